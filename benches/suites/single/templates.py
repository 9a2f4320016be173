"""A template language compiled to a tree, rendered with escapes, loops, conditions and filters."""

import html
import re

PIECE = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.S)
FILTERS = {"upper": str.upper, "title": str.title, "money": lambda v: f"{v:,.2f}", "trim": lambda v: str(v).strip()}


class Lookup:
    """A dotted name and the filters it goes through."""

    def __init__(self, source):
        first, *filters = [part.strip() for part in source.split("|")]
        self.path = first.split(".")
        self.raw = "raw" in filters
        self.filters = [FILTERS[name] for name in filters if name != "raw"]

    def value(self, scope):
        result = scope[self.path[0]]
        for name in self.path[1:]:
            if isinstance(result, dict):
                result = result[name]
            else:
                result = getattr(result, name)
                if callable(result):
                    result = result()
        for function in self.filters:
            result = function(result)
        return result

    def render(self, scope, out):
        value = self.value(scope)
        text = value if isinstance(value, str) else str(value)
        out(text if self.raw else html.escape(text))


class Text:
    def __init__(self, text):
        self.text = text

    def render(self, scope, out):
        out(self.text)


class Loop:
    def __init__(self, name, source, body):
        self.name = name
        self.source = source
        self.body = body

    def render(self, scope, out):
        inner = dict(scope)
        for number, item in enumerate(self.source.value(scope)):
            inner[self.name] = item
            inner["index"] = number
            for node in self.body:
                node.render(inner, out)


class Condition:
    def __init__(self, source, body, otherwise):
        self.source = source
        self.body = body
        self.otherwise = otherwise

    def render(self, scope, out):
        for node in self.body if self.source.value(scope) else self.otherwise:
            node.render(scope, out)


def parse(source):
    pieces = []
    place = 0
    for match in PIECE.finditer(source):
        if match.start() > place:
            pieces.append(("text", source[place : match.start()]))
        pieces.append(("value", match[1]) if match[1] is not None else ("tag", match[2].strip()))
        place = match.end()
    pieces.append(("text", source[place:]))
    pieces.reverse()
    return block(pieces)[0]


def block(pieces):
    nodes = []
    while pieces:
        kind, content = pieces.pop()
        if kind == "text":
            nodes.append(Text(content))
        elif kind == "value":
            nodes.append(Lookup(content))
        elif content.startswith("for "):
            _, name, _, source = content.split(None, 3)
            nodes.append(Loop(name, Lookup(source), block(pieces)[0]))
        elif content.startswith("if "):
            body, end = block(pieces)
            otherwise = block(pieces)[0] if end == "else" else []
            nodes.append(Condition(Lookup(content[3:]), body, otherwise))
        else:
            return nodes, content
    return nodes, None


PAGE = """<html><head><title>{{ page.title | upper }}</title></head><body>
<table>{% for row in rows %}<tr class="{% if row.odd %}odd{% else %}even{% endif %}">
  <td>{{ index }}</td><td>{{ row.name | trim | title }}</td><td>{{ row.price | money }}</td>
  {% for cell in row.cells %}<td>{{ cell }}</td>{% endfor %}
</tr>{% endfor %}</table>{{ footer | raw }}</body></html>"""


def rows(count):
    return [
        {"odd": n % 2, "name": f" item <{n}> ", "price": n * 13.7, "cells": [n, "a & b", None, n / 4]} for n in range(count)
    ]


def bench_template_tree(threads):
    nodes = parse(PAGE)
    parts = []
    for _ in range(150):
        parts.clear()
        scope = {"page": {"title": "A list"}, "rows": rows(300), "footer": "<hr>"}
        for node in nodes:
            node.render(scope, parts.append)
    text = "".join(parts)
    return len(text), text[-60:]


def bench_template_strings(threads):
    length = 0
    for turn in range(160):
        out = []
        for n, row in enumerate(rows(600)):
            cells = "".join(["<td>%s</td>" % html.escape(str(c)) for c in row["cells"]])
            out.append(f"<tr class={'odd' if row['odd'] else 'even'!r}><td>{n:>5}</td><td>{row['name'].strip().title()}</td>")
            out.append("<td>{:,.2f}</td>{}</tr>\n".format(row["price"], cells))
        text = "".join(out)
        length += len(text) + text.count("odd") + len(text.replace("<td>", "<th>").splitlines())
    return length
