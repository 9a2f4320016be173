"""A configuration file read by tomllib."""

import tomllib


def document(packages):
    parts = ['title = "made for measuring"\n[owner]\nname = "Someone"\nborn = 1979-05-27T07:32:00Z\n']
    for n in range(packages):
        parts.append(
            f"""
[[package]]
name = "package-{n}"
version = "1.{n}.0"
checksum = '{n:064x}'
weight = {n}.5e-1
dependencies = [
  "one {n}",  # the first
  "two",
  "three ^1.2",
]
limits = {{ low = {n}, high = 1_000, hex = 0xff, on = true }}
[package.source]
"quoted key" = \"\"\"
Several lines
of "text" \\u00e9.\"\"\"
a.b.c = [[1, 2], [3.5, 4.0], []]
"""
        )
    return "".join(parts)


def bench_toml_documents(threads):
    text = document(2000)
    parsed = tomllib.loads(text)
    again = tomllib.loads(text.replace("package-", "other-"))
    last = parsed["package"][-1]
    return len(parsed["package"]), last["checksum"][-4:], last["source"], last["limits"], again["package"][3]["name"]
