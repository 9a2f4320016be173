//! Deep and long texts give a tree or an error, and never an overflow of a small stack.

use compiler::{ErrorKind, Mode, Options, compile_ast, parse, symtable};

/// Parses and makes the symbol table on a thread with little stack, as programs may.
fn outcome(source: String, mode: Mode) -> Result<(), ErrorKind> {
    let work = move || {
        let options = Options { mode, ..Options::default() };
        let parsed = parse(&source, &options).map_err(|error| error.kind)?;
        let copy = parsed.module.clone();
        symtable::build(&copy, &options).map_err(|error| error.kind)?;
        let compiled = compile_ast(&copy, &options).map_err(|error| error.kind)?;
        let again = compiled.clone();
        assert!(again == compiled);
        Ok(())
    };
    std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(work)
        .expect("a thread")
        .join()
        .expect("no panic")
}

#[test]
fn nesting_ends_in_an_answer() {
    let repeated = |text: &str, count: usize, end: &str| text.repeat(count) + end;
    for count in [10, 190, 3_000, 30_000, 300_000] {
        for source in [
            repeated("(", count, &")".repeat(count)),
            repeated("(", count, ""),
            repeated("[", count, "1"),
            repeated("-", count, "1"),
            repeated("not ", count, "1"),
            repeated("lambda: ", count, "1"),
            repeated("1+", count, "1"),
            repeated("a**", count, "1"),
            repeated("1 if 1 else ", count, "1"),
            repeated("a and ", count, "a"),
            repeated("a < ", count, "a"),
            repeated("x", 1, &".a".repeat(count)),
            repeated("x", 1, &"()".repeat(count)),
            repeated("x", 1, &"[0]".repeat(count)),
            repeated("'a' ", count, "'b'"),
            repeated("if 1: pass\n", 1, &"elif 1: pass\n".repeat(count.min(30_000))),
            repeated("f'{", count.min(3_000), "1"),
            repeated("f\"{(", count.min(1_000), "1"),
            repeated("x = ", count, "1"),
            repeated("[-1, ", 1, &"-1, ".repeat(count)) + "]",
            repeated("await ", count, "x"),
            repeated("yield ", count, "x"),
            repeated("*", count, "x"),
            repeated("x if ", count, "x"),
            repeated("(lambda x=", count.min(199), "1"),
        ] {
            let shown: String = source.chars().take(12).collect();
            let _ = outcome(source, Mode::Exec);
            println!("{shown} {count}");
        }
    }
    let blocks: String = (0..150).map(|depth| " ".repeat(depth) + "if x:\n").collect();
    assert_eq!(outcome(blocks, Mode::Exec), Err(ErrorKind::IndentationError));
    assert_eq!(outcome("-".repeat(100_000) + "1", Mode::Eval), Err(ErrorKind::TooComplex));
    assert_eq!(outcome("1+".repeat(100_000) + "1", Mode::Eval), Err(ErrorKind::TooDeep));
    assert_eq!(outcome("1+".repeat(10_000) + "1", Mode::Eval), Ok(()));
    assert_eq!(outcome("-".repeat(5_000) + "1", Mode::Eval), Ok(()));
    assert_eq!(outcome("(".repeat(201), Mode::Eval), Err(ErrorKind::SyntaxError));
}
