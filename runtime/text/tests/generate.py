"""Write tests/data: what the Python that runs this answers, a line a question.

    python3.14 generate.py [FOLDER [SCALE]]

A line is a function's name, its arguments and the answer, `=` and a text or `!` and an exception, separated by
tabs and written with Python's escapes. With a folder and a scale more of the random questions are written.
"""

import random
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "oracle"))
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data"
SCALE = int(sys.argv[2]) if len(sys.argv) > 2 else 1


class Out:
    def __init__(self, area):
        self.rng = random.Random(area)
        self.lines = {}

    def times(self, count):
        return range(count * SCALE)

    def case(self, name, fn, *args):
        try:
            answer = "=" + fn()
        except Exception as error:
            message = error.args[0] if isinstance(error, KeyError) else error
            answer = f"!{type(error).__name__}: {message}"
        self.lines["\t".join(map(escape, [name, *map(str, args), answer]))] = None


def escape(text):
    return "".join(chr(b) for b in text.encode("unicode_escape", "surrogatepass"))


def bits(value):
    return struct.pack(">d", value).hex()


if __name__ == "__main__":
    import areas

    FOLDER.mkdir(exist_ok=True, parents=True)
    wanted = sys.argv[3:]
    for name, write in areas.AREAS.items():
        if wanted and name not in wanted:
            continue
        out = Out(name)
        write(out)
        (FOLDER / f"{name}.txt").write_text("".join(line + "\n" for line in out.lines))
        print(name, len(out.lines))
