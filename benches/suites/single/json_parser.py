"""A parser of JSON in plain Python: characters are told apart one by one."""

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
SPACE = " \t\n\r"
DIGITS = "0123456789"


class Malformed(ValueError):
    def __init__(self, message, place):
        super().__init__(f"{message} at {place}")
        self.place = place


class Parser:
    def __init__(self, text):
        self.text = text
        self.place = 0

    def space(self):
        text, place = self.text, self.place
        while place < len(text) and text[place] in SPACE:
            place += 1
        self.place = place

    def expect(self, character):
        if self.text[self.place : self.place + 1] != character:
            raise Malformed(f"expected {character!r}", self.place)
        self.place += 1

    def value(self):
        self.space()
        if self.place >= len(self.text):
            raise Malformed("unexpected end", self.place)
        first = self.text[self.place]
        if first == "{":
            return self.object()
        if first == "[":
            return self.array()
        if first == '"':
            return self.string()
        if first == "-" or first in DIGITS:
            return self.number()
        for word, meaning in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.place):
                self.place += len(word)
                return meaning
        raise Malformed("unexpected character", self.place)

    def object(self):
        result = {}
        self.expect("{")
        self.space()
        if self.text[self.place] == "}":
            self.place += 1
            return result
        while True:
            self.space()
            key = self.string()
            self.space()
            self.expect(":")
            result[key] = self.value()
            self.space()
            if self.text[self.place] == "}":
                self.place += 1
                return result
            self.expect(",")

    def array(self):
        result = []
        self.expect("[")
        self.space()
        if self.text[self.place] == "]":
            self.place += 1
            return result
        while True:
            result.append(self.value())
            self.space()
            if self.text[self.place] == "]":
                self.place += 1
                return result
            self.expect(",")

    def string(self):
        self.expect('"')
        parts = []
        while True:
            character = self.text[self.place]
            self.place += 1
            if character == '"':
                return "".join(parts)
            if character != "\\":
                parts.append(character)
                continue
            escape = self.text[self.place]
            self.place += 1
            if escape == "u":
                parts.append(chr(int(self.text[self.place : self.place + 4], 16)))
                self.place += 4
            elif escape in ESCAPES:
                parts.append(ESCAPES[escape])
            else:
                raise Malformed("unknown escape", self.place)

    def number(self):
        text = self.text
        start = place = self.place
        if text[place] == "-":
            place += 1
        while place < len(text) and text[place] in DIGITS:
            place += 1
        whole = True
        if place < len(text) and text[place] == ".":
            whole = False
            place += 1
            while place < len(text) and text[place] in DIGITS:
                place += 1
        if place < len(text) and text[place] in "eE":
            whole = False
            place += 1
            if text[place] in "+-":
                place += 1
            while place < len(text) and text[place] in DIGITS:
                place += 1
        self.place = place
        return int(text[start:place]) if whole else float(text[start:place])


def document(entries):
    lines = []
    for n in range(entries):
        lines.append(
            f'  {{"id": {n}, "name": "entry \\u00e9 {n}", "price": {n / 8}, "tags": ["a", "b{n % 9}", null],'
            f' "on": {"true" if n % 2 else "false"}, "text": "some \\"quoted\\" words\\n", "far": -{n}e3}}'
        )
    return "[\n" + ",\n".join(lines) + "\n]"


def bench_json_parser(threads):
    text = document(14000)
    parsed = Parser(text).value()
    failures = 0
    for end in range(1, 200):
        try:
            Parser("[1, " + "x" * end).value()
        except Malformed as error:
            failures += error.place
    return len(parsed), parsed[17], sum(entry["far"] for entry in parsed), failures
