"""Plain text with light markup turned into a document tree and that into HTML, as documentation tools do."""

import html
import re
import textwrap

HEADINGS = {"=": 1, "-": 2, "~": 3}
INLINE = re.compile(r"\*\*(?P<strong>.+?)\*\*|\*(?P<emphasis>.+?)\*|``(?P<literal>.+?)``|`(?P<text>[^`<]+) <(?P<link>[^>]+)>`_")
BULLET = re.compile(r"([-*]|\d+\.)\s+")


class Node:
    def __init__(self, tag, text="", **attributes):
        self.tag = tag
        self.text = text
        self.attributes = attributes
        self.children = []
        self.parent = None

    def add(self, child):
        child.parent = self
        self.children.append(child)
        return child

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


class Reader:
    def __init__(self, text):
        self.lines = text.expandtabs().splitlines()
        self.place = 0
        self.root = Node("document")
        self.section = self.root
        self.names = {}

    def read(self):
        while self.place < len(self.lines):
            line = self.lines[self.place]
            if not line.strip():
                self.place += 1
            elif self.heading():
                pass
            elif line.startswith(".. "):
                self.directive(line)
            elif BULLET.match(line):
                self.items()
            elif line.startswith("    "):
                self.literal()
            else:
                self.paragraph()
        return self.root

    def heading(self):
        if self.place + 1 >= len(self.lines):
            return False
        title, rule = self.lines[self.place], self.lines[self.place + 1].rstrip()
        if not rule or rule[0] not in HEADINGS or set(rule) != {rule[0]} or len(rule) < len(title):
            return False
        level = HEADINGS[rule[0]]
        while int(self.section.attributes.get("level", 0)) >= level:
            self.section = self.section.parent
        name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
        count = self.names[name] = self.names.get(name, 0) + 1
        self.section = self.section.add(Node("section", level=level, ident=name if count == 1 else f"{name}-{count}"))
        self.inline(self.section.add(Node(f"h{level}")), title)
        self.place += 2
        return True

    def directive(self, line):
        name, _, argument = line[3:].partition("::")
        node = self.section.add(Node("aside", kind=name.strip()))
        self.place += 1
        body = [argument.strip()] + [text.strip() for text in self.indented(3)]
        self.inline(node, " ".join(part for part in body if part))

    def indented(self, depth):
        start = self.place
        while self.place < len(self.lines):
            line = self.lines[self.place]
            if line.strip() and len(line) - len(line.lstrip()) < depth:
                break
            self.place += 1
        return self.lines[start : self.place]

    def items(self):
        match = BULLET.match(self.lines[self.place])
        parent = self.section.add(Node("ol" if match[1][0].isdigit() else "ul"))
        while self.place < len(self.lines) and (match := BULLET.match(self.lines[self.place])):
            first = self.lines[self.place][match.end() :]
            self.place += 1
            rest = [line.strip() for line in self.indented(2) if line.strip()]
            self.inline(parent.add(Node("li")), " ".join([first] + rest))

    def literal(self):
        text = textwrap.dedent("\n".join(self.indented(4))).rstrip()
        self.section.add(Node("pre", text))

    def paragraph(self):
        lines = []
        while self.place < len(self.lines) and self.lines[self.place].strip():
            lines.append(self.lines[self.place].strip())
            self.place += 1
        self.inline(self.section.add(Node("p")), " ".join(lines))

    def inline(self, node, text):
        place = 0
        for match in INLINE.finditer(text):
            if match.start() > place:
                node.add(Node("#", text[place : match.start()]))
            if match["link"]:
                node.add(Node("a", match["text"], href=match["link"]))
            else:
                kind = match.lastgroup
                node.add(Node({"strong": "b", "emphasis": "i", "literal": "code"}[kind], match[kind]))
            place = match.end()
        if place < len(text):
            node.add(Node("#", text[place:]))


def write(node, out):
    if node.tag == "#":
        out.append(html.escape(node.text))
        return
    attributes = "".join(f' {k}="{html.escape(str(v))}"' for k, v in node.attributes.items())
    out.append(f"<{node.tag}{attributes}>")
    if node.text:
        out.append(html.escape(node.text))
    for child in node.children:
        write(child, out)
    out.append(f"</{node.tag}>")


def source(chapters):
    parts = ["A made document\n===============\n"]
    for n in range(chapters):
        parts.append(
            f"""
Chapter {n} of it
----------------------

This paragraph has **strong words**, *emphasis*, ``literal text`` and a `link {n} <https://example.org/{n}>`_
over several lines, so that there is something to be joined & escaped.

- the first item, which goes on
  in a second line
- the second with ``code``
- a third

.. note:: Something to notice
   about chapter {n}.

Details
~~~~~~~

    for x in range({n}):
        print(x < 3)

1. numbered
2. items *here*
"""
        )
    return "".join(parts)


def bench_markup(threads):
    text = source(4000)
    root = Reader(text).read()
    out = []
    write(root, out)
    page = "".join(out)
    wrapped = textwrap.fill(page[:6000], 72)
    return len(page), sum(1 for _ in root.walk()), wrapped.count("\n"), page[-80:]
