"""Strings split, joined, searched, formatted and counted."""

import team

TEXT = "the quick brown fox jumps over the lazy dog and runs away from it as fast as a fox can "


def portion(number):
    words = {}
    length = 0
    for turn in range(3300):
        line = TEXT.replace("fox", f"fox{turn % 17}").upper().strip()
        for word in line.split(" "):
            words[word] = words.get(word, 0) + 1
        length += len("-".join(reversed(line.split()))) + line.find("DOG")
        length += sum(1 for c in line if c == "O")
        length += len("%s:%05d" % (line[3:9].lower(), turn))
    return length + len(words) + number


def bench_texts(threads):
    return sum(team.run(threads, portion))
