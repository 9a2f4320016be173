//! Looks in the machine code of the program for handlers that call the next one where they should jump to it (INV-HOT-2).
//!
//! The interpreter's handlers (`runtime/src/interp/hot`) end by calling one another in tail position. Optimised code jumps there, as
//! long as the handler keeps nothing on the machine stack; Rust promises nothing of the kind, and what is inlined differs from
//! profile to profile. A handler that calls makes the stack grow with every instruction, until the process ends. Programs show that
//! only of the instructions that they happen to execute; the machine code shows it of all.
//!
//! A function is known for a handler by a jump through the table (an index times eight), or by a jump to a handler.
//! It must neither call through the table, nor be called, but by the driver, which does so for every first instruction.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::command::target;

/// Where the handlers are. What calls a handler from elsewhere is the driver, or has the driver inlined.
const HANDLERS: &str = "interp::hot::";

/// What a function does that matters here.
struct Function {
    name: String,
    /// Jumps through the table.
    goes_on: bool,
    /// Calls through a table.
    calls_on: bool,
    jumps_to: Vec<String>,
    calls: Vec<String>,
}

/// The recipe: checks the program named, or that of the release profile.
///
/// # Errors
/// As [`check`].
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    match arguments {
        [] => check(&target().join("release/weft")),
        [program] => check(Path::new(program)),
        [_, more, ..] => Err(format!("handlers takes one program: {more}")),
    }
}

/// Checks `program`, an optimised one with symbols.
///
/// # Errors
/// A handler that calls the next, or is called; no handler found; the disassembler's failure. Without a disassembler, and on other
/// processors, it says that it has not looked.
pub fn check(program: &Path) -> Result<(), Failure> {
    if cfg!(not(target_arch = "x86_64")) {
        println!("handlers: not looked at on this processor");
        return Ok(());
    }
    let mut disassembler = Command::new("objdump");
    disassembler.args(["--disassemble", "--demangle", "--no-show-raw-insn"]).arg(program);
    let Ok(output) = disassembler.output() else {
        println!("handlers: not looked at, for there is no objdump");
        return Ok(());
    };
    if !output.status.success() {
        return Err(format!("{disassembler:?}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let functions = functions(&String::from_utf8_lossy(&output.stdout));
    let handlers = handlers(&functions);
    let defects = defects(&functions, &handlers);
    if handlers.is_empty() {
        return Err(format!("{}: no handler found", program.display()));
    }
    if defects.is_empty() {
        println!("handlers: {} end in jumps", handlers.len());
        return Ok(());
    }
    Err(format!("INV-HOT-2 does not hold in {}:\n  {}", program.display(), defects.join("\n  ")))
}

/// The functions of a listing.
fn functions(listing: &str) -> Vec<Function> {
    let mut functions: Vec<Function> = Vec::new();
    for line in listing.lines() {
        if let Some(name) = line.strip_suffix(">:").and_then(|line| line.split_once(" <")) {
            let name = name.1.to_owned();
            functions.push(Function {
                name,
                goes_on: false,
                calls_on: false,
                jumps_to: Vec::new(),
                calls: Vec::new(),
            });
        } else if let (Some(function), Some((_, instruction))) = (functions.last_mut(), line.split_once('\t'))
        {
            function.note(instruction);
        }
    }
    functions
}

impl Function {
    fn note(&mut self, instruction: &str) {
        let (operation, operand) = instruction.split_once(char::is_whitespace).unwrap_or((instruction, ""));
        let (calls, jumps) = (operation.starts_with("call"), operation.starts_with('j'));
        let by_table = operand.trim_start().starts_with('*') && operand.contains(",8)");
        self.calls_on |= calls && by_table;
        self.goes_on |= jumps && by_table;
        // The start of another function is written `<name>`, a place in this one `<name+0x10>`.
        let Some((_, target)) =
            operand.trim_end().strip_suffix('>').and_then(|operand| operand.split_once('<'))
        else {
            return;
        };
        if calls {
            self.calls.push(target.to_owned());
        } else if jumps && target != self.name {
            self.jumps_to.push(target.to_owned());
        }
    }

    fn is_handler(&self) -> bool {
        self.name.contains(HANDLERS)
    }
}

/// The names of those among the handlers that go on by themselves, or by one that they jump to.
fn handlers(functions: &[Function]) -> HashSet<&str> {
    let mut handlers = HashSet::new();
    loop {
        let before = handlers.len();
        for function in functions.iter().filter(|function| function.is_handler()) {
            if function.goes_on || function.jumps_to.iter().any(|target| handlers.contains(target.as_str())) {
                handlers.insert(function.name.as_str());
            }
        }
        if handlers.len() == before {
            return handlers;
        }
    }
}

fn defects(functions: &[Function], handlers: &HashSet<&str>) -> Vec<String> {
    let mut defects = Vec::new();
    for function in functions.iter().filter(|function| function.is_handler()) {
        if function.calls_on {
            defects.push(format!("{} calls the next handler", function.name));
        }
        let called = function.calls.iter().filter(|target| handlers.contains(target.as_str()));
        defects.extend(called.map(|target| format!("{} calls {target}", function.name)));
    }
    defects
}

#[cfg(test)]
mod tests {
    use super::{defects, functions, handlers};

    const LISTING: &str = "
0000000000000010 <runtime::interp::hot::jumps::good>:
      10:\tmov    (%rdx),%r9
      14:\tjmp    *(%rax,%rcx,8)

0000000000000020 <runtime::interp::hot::jumps::fair>:
      20:\tjne    28 <runtime::interp::hot::jumps::fair+0x8>
      28:\tjmp    10 <runtime::interp::hot::jumps::good>

0000000000000030 <runtime::interp::hot::building::bad>:
      30:\tcall   *(%rax,%rcx,8)
      34:\tret

0000000000000040 <runtime::interp::hot::building::worse>:
      40:\tcall   20 <runtime::interp::hot::jumps::fair>
      44:\tret

0000000000000050 <runtime::interp::run::run>:
      50:\tcall   *(%rax,%rcx,8)
      54:\tret
";

    #[test]
    fn a_handler_that_calls_is_found() {
        let functions = functions(LISTING);
        let handlers = handlers(&functions);
        assert_eq!(handlers.len(), 2);
        let found = defects(&functions, &handlers);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("bad calls the next"));
        assert!(found[1].contains("worse calls"));
    }
}
