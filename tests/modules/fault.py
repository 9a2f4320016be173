# What faulthandler prints when a process dies, from the handler itself.
import subprocess
import sys

child = subprocess.run(
    [sys.executable, '-X', 'faulthandler', '-c', 'import os, signal; os.kill(os.getpid(), signal.SIGABRT)'],
    capture_output=True, text=True)
assert child.returncode == -6, child
assert 'Fatal Python error: Aborted' in child.stderr, child.stderr
