# What is not in a program but around it: sessions without a terminal, warnings of text that does not parse, files that are no
# text, columns that are left out.
import os
import subprocess
import sys
import tempfile


def run(*arguments, text=b"", code=0):
    done = subprocess.run([sys.executable, *arguments], input=text, capture_output=True)
    assert done.returncode == code, done
    return done.stdout.decode(), done.stderr.decode()


# Statements run as their lines come; what they print is told from prompts and tracebacks.
out, err = run("-i", "-q", text=b"x = 1\nx\nif x:\n    2\n\n1/0\nx + 2\n")
assert out == "1\n2\n3\n", out
assert err.startswith(">>> >>> >>> ... ... >>> ") and "ZeroDivisionError: division by zero" in err, err
out, err = run("-i", "-q", text=b"import sys\nsys.exit(3)\n", code=3)
assert out == ""
out, err = run("-i", "-c", "y = 5", text=b"y\n")
assert out == "5\n"

# An escape before a mistake is warned of once.
out, err = run("-W", "always", "-c", r"'\e' $", code=1)
assert err.count("SyntaxWarning") == 1 and err.endswith("SyntaxError: invalid syntax\n"), err

# A program that is no text: its file is named.
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "program.py")
    with open(name, "wb") as file:
        file.write(b"\x89")
    out, err = run(name, code=1)
    assert f"SyntaxError: Non-UTF-8 code starting with '\\x89' in file {name} on line 1, but no encoding" in err, err

# Without columns, lines are all there is.
out, err = run("-X", "no_debug_ranges", "-c", "print([*compile('x', '', 'eval').co_positions()][1])")
assert out == "(1, 1, None, None)\n", out

# Tracebacks show the lines of the command, by whichever way they are printed.
out, err = run("-c", "def f():\n    1 / 0\nf()", code=1)
assert '  File "<string>", line 2, in f\n    1 / 0\n    ~~^~~\nZeroDivisionError' in err, err
out, err = run("-c", "import traceback\ntry:\n    1 / 0\nexcept Exception:\n    traceback.print_exc()")
assert "    1 / 0\n    ~~^~~\n" in err, err
