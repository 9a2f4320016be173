//! Expressions back to text, as CPython 3.14 stores them under `from __future__ import annotations`.

use compiler::ast::Mod;
use compiler::{Mode, Options, parse, unparse};

fn round(source: &str) -> String {
    let options = Options { mode: Mode::Eval, ..Options::default() };
    match &parse(source, &options).map(|parsed| parsed.module) {
        Ok(Mod::Expression { body }) => unparse(body).unwrap_or_else(|error| error.message),
        other => format!("{other:?}"),
    }
}

#[test]
fn expressions_come_back_as_cpython_writes_them() {
    let cases = [
        ("x[1,2]", "x[1, 2]"),
        ("x[(1,2):3]", "x[(1, 2):3]"),
        ("lambda: 1", "lambda: 1"),
        ("lambda x,/,y=1,*a,z,k=2,**kw: (x,y)", "lambda x, /, y=1, *a, z, k=2, **kw: (x, y)"),
        ("lambda *,a:1", "lambda *, a: 1"),
        ("1 .real", "1 .real"),
        ("1e400", "1e309"),
        ("1e400j", "1e309j"),
        ("2**-1", "2 ** (-1)"),
        ("-x**2", "-x ** 2"),
        ("(-x)**2", "(-x) ** 2"),
        ("(2**3)**4", "(2 ** 3) ** 4"),
        ("f(a for a in b)", "f(a for a in b)"),
        ("(a if b else c) if d else e", "(a if b else c) if d else e"),
        ("{**a,1:2}", "{**a, 1: 2}"),
        ("f\"{ {1:2} }'\"", "f\"{ {1: 2}}'\""),
        ("f\"{x}{y!r:>{w}}a{{\"", "f'{x}{y!r:>{w}}a{{'"),
        ("t\"a{ x !r:>{w}}\"", "t'a{ x !r:>{w}}'"),
        ("f\"{x=}\"", "f'x={x!r}'"),
        ("f\"{a,b}\"", "f'{(a, b)}'"),
        ("f\"{(lambda x: 1)}\"", "f'{(lambda x: 1)}'"),
        ("x[*a]", "x[*a,]"),
        ("1.5e300", "1.5e+300"),
        ("1e16", "1e+16"),
        ("123456789.0", "123456789.0"),
        ("1e-5", "1e-05"),
        ("u\"x\"", "u'x'"),
        ("not (a and b)", "not (a and b)"),
        ("(a or b) and c", "(a or b) and c"),
        ("a+(b+c)", "a + (b + c)"),
        ("x[lambda: 1]", "x[lambda: 1]"),
        ("(a,)[0]", "(a,)[0]"),
        ("\"a\\x00\\u200b\\n'\"", "\"a\\x00\\u200b\\n'\""),
    ];
    for (source, expected) in cases {
        assert_eq!(round(source), expected, "{source}");
    }
}
