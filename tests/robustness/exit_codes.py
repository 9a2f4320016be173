# stdout: ok
# Exit codes and messages of programs that end in every way.
import subprocess
import sys


def end(source, *options):
    done = subprocess.run([sys.executable, *options, "-c", source], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr.strip().splitlines()[-1:]


assert end("import sys; sys.exit()") == (0, "", [])
assert end("import sys; sys.exit(300)") == (44, "", [])
assert end("import sys; sys.exit(-1)") == (255, "", [])
assert end("import sys; sys.exit('words')") == (1, "", ["words"])
assert end("import sys; sys.exit((1, 2))") == (1, "", ["(1, 2)"])
assert end("import sys; sys.exit(10**30)")[0] == 255
assert end("raise SystemExit") == (0, "", [])
assert end("1/0") == (1, "", ["ZeroDivisionError: division by zero"])
assert end("def f(): f()\nf()") == (1, "", ["RecursionError: maximum recursion depth exceeded"])
assert end("raise KeyboardInterrupt")[0] in (130, -2)
assert end("import os; os._exit(5)") == (5, "", [])
assert end("import os; os.abort()")[0] == -6
assert end("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")[0] == -9
assert end("import threading, sys; t = threading.Thread(target=sys.exit, args=(3,)); t.start(); t.join()") == (0, "", [])
assert end("import threading\nthreading.Thread(target=lambda: print('late')).start()") == (0, "late\n", [])
assert end("import atexit; atexit.register(lambda: 1/0)") == (0, "", ["ZeroDivisionError: division by zero"])
assert end("import atexit, sys; atexit.register(print, 'bye'); sys.exit(4)") == (4, "bye\n", [])
assert end("import sys; sys.stdout.close()") == (0, "", [])
assert end("import sys; del sys.stdout, sys.stderr") == (0, "", [])
assert end("import sys; sys.stdout = sys.stderr = None; 1/0")[0] == 1
assert end("import sys; sys.modules.clear()")[0] == 0
assert end("import sys; sys.excepthook = lambda *a: print('hooked'); 1/0") == (1, "hooked\n", [])
assert end("import sys; del sys.excepthook; 1/0")[0] == 1
assert end("import sys\nclass E(Exception):\n def __str__(self): 1/0\nraise E")[0] == 1
assert end("e = None\nfor i in range(3000):\n  n = ValueError(i)\n  n.__context__ = e\n  e = n\nraise e")[2] == ["ValueError: 2999"]
assert end("e = ValueError()\nf = ValueError()\ne.__cause__ = f\nf.__cause__ = e\nraise e")[0] == 1
assert end("import builtins; builtins.__dict__.clear()")[0] in (0, 1)
assert end("class C:\n def __del__(self): 1/0\nc = C()") == (0, "", ["ZeroDivisionError: division by zero"])
assert end("class C:\n def __del__(self): raise SystemExit(3)\nc = C()")[0] == 0
assert end("(" * 300) [0] == 1
assert end("import sys; sys.setrecursionlimit(10**6)\ndef f(n): return n and f(n-1)\nf(50000)") == (0, "", [])
print("ok")
