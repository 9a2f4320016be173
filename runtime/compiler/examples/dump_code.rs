//! Compiles each file named on standard input and prints one line of JSON for it, in the form that
//! `tests/differential/codes.py` makes of the oracle's code objects. Arguments: level of optimization, mode, flags.

use std::fmt::Write as _;
use std::io::{BufRead, Write as _};

use compiler::{Code, Constant, Mode, Options, compile};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let optimize = arguments.next().and_then(|level| level.parse().ok()).unwrap_or(0);
    let mode = match arguments.next().as_deref() {
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        _ => Mode::Exec,
    };
    let future_flags = arguments.next().and_then(|flags| flags.parse().ok()).unwrap_or(0);
    let stdin = std::io::stdin();
    let mut out = std::io::stdout().lock();
    for path in stdin.lock().lines().map_while(Result::ok) {
        let mut line = String::new();
        match std::fs::read(&path).map(String::from_utf8) {
            Ok(Ok(source)) => {
                let options = Options { filename: &path, optimize, mode, future_flags, ..Options::default() };
                match compile(&source, &options) {
                    Ok(compiled) => code(&compiled.code, &mut line),
                    Err(error) => {
                        let message = format!("{:?}: {}", error.kind, error.message);
                        line.push_str("{\"error\":");
                        string(&message, &mut line);
                        let _ = write!(line, ",\"lineno\":{},\"offset\":{}}}", error.lineno, error.offset);
                    }
                }
            }
            _ => line.push_str("{\"error\":\"unreadable\"}"),
        }
        if writeln!(out, "{line}").is_err() {
            return;
        }
    }
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    for point in text.chars() {
        match point {
            '"' | '\\' => {
                out.push('\\');
                out.push(point);
            }
            point if point < ' ' => {
                let _ = write!(out, "\\u{:04x}", point as u32);
            }
            point => out.push(point),
        }
    }
    out.push('"');
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn code(code_: &Code, out: &mut String) {
    out.push('{');
    for (key, text) in [("name", &code_.name), ("qualname", &code_.qualname)] {
        let _ = write!(out, "\"{key}\":");
        string(text, out);
        out.push(',');
    }
    for (key, number) in [
        ("argcount", code_.argcount),
        ("posonlyargcount", code_.posonlyargcount),
        ("kwonlyargcount", code_.kwonlyargcount),
        ("stacksize", code_.stacksize),
        ("flags", code_.flags),
        ("firstlineno", code_.first_line as u32),
    ] {
        let _ = write!(out, "\"{key}\":{number},");
    }
    for (key, bytes) in [
        ("code", &code_.code),
        ("linetable", &code_.linetable),
        ("exceptiontable", &code_.exceptiontable),
        ("localskinds", &code_.localspluskinds),
    ] {
        let _ = write!(out, "\"{key}\":\"{}\",", hex(bytes));
    }
    for (key, names) in [("names", &code_.names), ("localsplusnames", &code_.localsplusnames)] {
        let _ = write!(out, "\"{key}\":[");
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            string(name, out);
        }
        out.push_str("],");
    }
    out.push_str("\"consts\":[");
    for (index, value) in code_.consts.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match value {
            Constant::Code(nested) => code(nested, out),
            value => {
                out.push('"');
                constant(value, out);
                out.push('"');
            }
        }
    }
    out.push_str("]}");
}

fn constant(value: &Constant, out: &mut String) {
    let bits = |number: f64| format!("{:016x}", number.to_bits());
    let list = |items: &[Constant]| {
        items
            .iter()
            .map(|item| {
                let mut text = String::new();
                constant(item, &mut text);
                text
            })
            .collect::<Vec<_>>()
    };
    let _ = match value {
        Constant::None => write!(out, "None"),
        Constant::Bool(true) => write!(out, "True"),
        Constant::Bool(false) => write!(out, "False"),
        Constant::Ellipsis => write!(out, "..."),
        Constant::Int(int) => write!(out, "i{int}"),
        Constant::BigInt(int) => write!(out, "i{int}"),
        Constant::Float(float) => write!(out, "f{}", bits(*float)),
        Constant::Complex(real, imag) => write!(out, "c{}{}", bits(*real), bits(*imag)),
        Constant::Str(text) => write!(out, "s{}", hex(text.as_bytes())),
        Constant::Bytes(bytes) => write!(out, "b{}", hex(bytes)),
        Constant::Tuple(items) => write!(out, "({})", list(items).join(",")),
        Constant::FrozenSet(items) => {
            let mut items = list(items);
            items.sort();
            write!(out, "{{{}}}", items.join(","))
        }
        Constant::Slice(parts) => write!(out, "[{}]", list(&parts[..]).join(",")),
        Constant::Code(_) => write!(out, "code"),
    };
}
