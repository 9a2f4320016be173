"""Draw the Mandelbrot set in the terminal.

Every character stands for a rectangle of the plane of complex numbers, in
which several points are looked at. Rows are independent of each other, so
each thread takes the next row that nobody has drawn.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from speedup import compare, options

LEFT, RIGHT = -2.1, 0.7
TOP, BOTTOM = 1.2, -1.2
SAMPLES = 10  # points across and down in each character
LIMIT = 500  # steps after which a point counts as in the set
SHADES = " .:-=+*%#@"

# The iterations made for a drawing of the default size.
KNOWN = {80: 32_075_978}


def steps(real, imag):
    """Count the steps until z*z + c runs away, for c = real + imag*1j."""
    x = y = 0.0
    for step in range(LIMIT):
        xx, yy = x * x, y * y
        if xx + yy > 4.0:
            return step
        y = 2.0 * x * y + imag
        x = xx - yy + real
    return LIMIT


def draw_row(width, height, row):
    """Return a row's characters and how many steps they took."""
    characters = []
    total = 0
    for column in range(width):
        here = 0
        for down in range(SAMPLES):
            # Measured from the middle, so that the halves mirror each other exactly.
            offset = (row - height / 2) * SAMPLES + down + 0.5
            imag = offset * (BOTTOM - TOP) / (height * SAMPLES)
            for across in range(SAMPLES):
                position = (column * SAMPLES + across + 0.5) / (width * SAMPLES)
                here += steps(LEFT + (RIGHT - LEFT) * position, imag)
        total += here
        average = here / (SAMPLES * SAMPLES)
        shade = min(average / LIMIT, 1.0) ** 0.35
        characters.append(SHADES[round(shade * (len(SHADES) - 1))])
    return "".join(characters), total


def draw(width, threads):
    """Return the rows of the drawing and the number of steps made."""
    height = max(2, round(width * 0.43) // 2 * 2)  # characters are taller than wide
    with ThreadPoolExecutor(threads) as pool:
        drawn = list(pool.map(partial(draw_row, width, height), range(height)))
    return [row for row, _ in drawn], sum(total for _, total in drawn)


def is_right(width, result):
    rows, total = result
    known = KNOWN.get(width, total)
    return total == known and rows == rows[::-1]  # the set is its own mirror image


if __name__ == "__main__":
    chosen = options(__doc__, 80, "characters in a row")
    rows, total = compare(draw, is_right, chosen.size, chosen.threads)
    print(*rows, sep="\n")
    print(f"{total} steps")
