//! Prints the tree and the symbol table of each file named on standard input, one line each, in the form that
//! `tests/differential/trees.py` makes from the oracle's.

use std::fmt::Write as _;
use std::io::{BufRead, Write as _};

use compiler::reflect::{GenericNode, GenericValue, node_types};
use compiler::symtable::{self, ScopeId, SymbolTable};
use compiler::{Constant, Options, parse};

fn main() {
    let located: std::collections::HashSet<&'static str> =
        node_types().iter().filter(|node| node.located).map(|node| node.name).collect();
    let stdin = std::io::stdin();
    let mut out = std::io::stdout().lock();
    for path in stdin.lock().lines().map_while(Result::ok) {
        let line = match std::fs::read(&path).map(String::from_utf8) {
            Ok(Ok(source)) => dump(&source, &located),
            _ => "E unreadable\tE".to_owned(),
        };
        if writeln!(out, "{path}\t{line}").is_err() {
            return;
        }
    }
}

fn dump(source: &str, located: &std::collections::HashSet<&'static str>) -> String {
    let options = Options::default();
    let parsed = match parse(source, &options) {
        Ok(parsed) => parsed,
        Err(error) => {
            let text = format!(
                "E {:?} {} {} {} {} {}",
                error.kind, error.message, error.lineno, error.offset, error.end_lineno, error.end_offset
            );
            return format!("{text}\tE");
        }
    };
    let mut text = String::new();
    node(&parsed.module.to_generic(), located, &mut text);
    text.push('\t');
    match symtable::build(&parsed.module, &options) {
        Ok(table) => scope(&table, table.top(), &mut text),
        Err(error) => {
            let _ = write!(text, "E {} {} {}", error.message, error.lineno, error.offset);
        }
    }
    text
}

fn node(node_: &GenericNode, located: &std::collections::HashSet<&'static str>, text: &mut String) {
    let _ = write!(text, "({}", node_.name);
    if located.contains(node_.name) {
        let span = node_.span;
        let _ =
            write!(text, " {}:{}-{}:{}", span.lineno, span.col_offset, span.end_lineno, span.end_col_offset);
    }
    for field in &node_.fields {
        text.push(' ');
        value(field, located, text);
    }
    text.push(')');
}

fn value(field: &GenericValue, located: &std::collections::HashSet<&'static str>, text: &mut String) {
    match field {
        GenericValue::None => text.push('-'),
        GenericValue::Str(name) => hex('n', name.as_bytes(), text),
        GenericValue::Int(number) => {
            let _ = write!(text, "{number}");
        }
        GenericValue::Constant(value) => constant(value, text),
        GenericValue::Node(inner) => node(inner, located, text),
        GenericValue::List(values) => {
            text.push('[');
            for inner in values {
                value(inner, located, text);
                text.push(' ');
            }
            text.push(']');
        }
    }
}

fn hex(tag: char, bytes: &[u8], text: &mut String) {
    text.push(tag);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
}

fn constant(value: &Constant, text: &mut String) {
    let _ = match value {
        Constant::None => write!(text, "None"),
        Constant::Bool(value) => write!(text, "{}", if *value { "True" } else { "False" }),
        Constant::Ellipsis => write!(text, "..."),
        Constant::Int(value) => write!(text, "i{value}"),
        Constant::BigInt(value) => write!(text, "i{value}"),
        Constant::Float(value) => write!(text, "f{:016x}", value.to_bits()),
        Constant::Complex(real, imag) => write!(text, "c{:016x}{:016x}", real.to_bits(), imag.to_bits()),
        Constant::Str(value) => {
            hex('s', value.as_bytes(), text);
            Ok(())
        }
        Constant::Bytes(value) => {
            hex('b', value, text);
            Ok(())
        }
        other => write!(text, "?{other:?}"),
    };
}

fn scope(table: &SymbolTable, id: ScopeId, text: &mut String) {
    let block = table.scope(id);
    let _ =
        write!(text, "({} {} {} {} [", block.name, block.kind as u32, u8::from(block.nested), block.lineno);
    for name in &block.varnames {
        let _ = write!(text, "{name} ");
    }
    text.push_str("] {");
    let mut symbols: Vec<_> = block.symbols.iter().collect();
    symbols.sort_by(|left, right| left.0.cmp(right.0));
    for (name, symbol) in symbols {
        let _ = write!(text, "{name}:{} ", symbol.bits());
    }
    text.push('}');
    for &child in &block.children {
        text.push(' ');
        scope(table, child, text);
    }
    text.push(')');
}
