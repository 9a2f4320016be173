"""Building, splitting and searching strings."""

from measure import measure


def work():
    total = 0
    for number in range(400_000):
        line = f"{number}:{number * 3}:{number % 10}"
        parts = line.split(":")
        text = "-".join(parts).replace("9", "nine").upper()
        total += len(text) + text.find("NINE")
        if text.startswith("1"):
            total += 1
    built = ""
    for number in range(1_000_000):
        built += "x" if number % 2 else "yz"
    return total + len(built) + built.count("zx")


measure(work, 10_637_778)
