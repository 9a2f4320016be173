"""Count how often each word occurs in a folder of text files.

Each thread reads files and counts their words in dictionaries of its own;
the counts are added up at the end. The files are written to a temporary
folder first, so what must come out is known.
"""

import random
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from speedup import compare, options

WORDS_IN_FILE = 100_000
REPEATS = 20  # a file is this many times the same text, which makes it quick to write
WORDS_IN_LINE = 12
PUNCTUATION = ("", "", "", "", "", ",", ".", "!", "?", ";")
SYLLABLES = ("ka", "lo", "mi", "ru", "ta", "ne", "so", "vi", "po", "da")
VOCABULARY = [first + second + third for first in SYLLABLES for second in SYLLABLES for third in SYLLABLES]


def write_file(path, seed):
    """Write a file of random words and return how often each is in it."""
    generator = random.Random(seed)
    # Low ranks are common and high ones rare, as in any language.
    count = WORDS_IN_FILE // REPEATS
    ranks = [int(len(VOCABULARY) ** generator.random()) - 1 for _ in range(count)]
    words = [VOCABULARY[rank] for rank in ranks]
    lines = []
    for start in range(0, count, WORDS_IN_LINE):
        line = [word + generator.choice(PUNCTUATION) for word in words[start : start + WORDS_IN_LINE]]
        lines.append(" ".join(line).capitalize() + "\n")
    path.write_text("".join(lines) * REPEATS, encoding="utf-8")
    return Counter(words * REPEATS)


def count_file(path):
    counts = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            for word in line.lower().split():
                word = word.rstrip(",.!?;")
                if word in counts:
                    counts[word] += 1
                else:
                    counts[word] = 1
    return counts


def count_folder(folder, size, threads):
    total = {}
    with ThreadPoolExecutor(threads) as pool:
        for counts in pool.map(count_file, sorted(folder.iterdir())):
            for word, count in counts.items():
                total[word] = total.get(word, 0) + count
    return total


def main():
    chosen = options(__doc__, 150, f"files of {WORDS_IN_FILE} words")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = Counter()
        for number in range(chosen.size):
            written += write_file(folder / f"{number:05}.txt", number)
        counts = compare(
            partial(count_folder, folder),
            lambda size, counts: counts == written,
            chosen.size,
            chosen.threads,
        )
    common = sorted(counts, key=counts.get, reverse=True)[:5]
    print(f"{sum(counts.values())} words, {len(counts)} different ones")
    print("most common:", ", ".join(f"{word} ({counts[word]})" for word in common))


if __name__ == "__main__":
    main()
