//! An interactive session without a terminal (`weft -i < file`): statements are run one by one as their lines come.
//!
//! Prompts go to the standard error stream, so that what the statements print can be told from them.

use runtime::class::lookup::getattr;
use runtime::error::Result;
use runtime::interp::{import, import_module, sys_attribute};
use runtime::native::Args;
use runtime::object::cast;
use runtime::types::{Str, StrExt};
use runtime::{Thread, Value, call, names, ops};

use crate::sys::hooks::set_sys;

/// Reads and runs statements in `__main__` until there are no more lines.
///
/// # Errors
/// SystemExit, and what reading and prompting raise.
pub fn session(thread: &mut Thread) -> Result<()> {
    for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
        if sys_attribute(thread, name).is_none() {
            let prompt = Str::new(thread, prompt)?;
            set_sys(thread, name, prompt)?;
        }
    }
    let main = import_module(thread, "__main__")?;
    let globals = getattr(thread, &main, names::__dict__())?;
    let class = import::attribute_of(thread, "code", "InteractiveConsole")?;
    let filename = Str::interned(thread, "<stdin>")?;
    let console = call::call(thread, &class, Args::positional(&[globals, filename]))?;
    let push = Str::interned(thread, "push")?;
    let mut more = false;
    loop {
        prompt(thread, if more { "ps2" } else { "ps1" })?;
        let Some(line) = line(thread)? else {
            if more {
                // What has been read so far may be a statement.
                let end = Str::new(thread, "")?;
                call::call_method(thread, &console, &push, &[end])?;
            }
            return tell(thread, "\n");
        };
        let result = call::call_method(thread, &console, &push, &[line])?;
        more = ops::is_true(thread, &result)?;
    }
}

/// The next line without its end; none at the end of the input.
fn line(thread: &mut Thread) -> Result<Option<Value>> {
    let Some(stdin) = sys_attribute(thread, "stdin").filter(|stdin| !stdin.is_none()) else {
        return Ok(None);
    };
    let line = call::call_method(thread, &stdin, names::readline(), &[])?;
    let Some(text) = cast::<Str>(&line).filter(|text| !text.is_empty()) else { return Ok(None) };
    let last = text.len() - 1;
    if text.char_at(last) == Some(u32::from(b'\n')) {
        return Str::from_view(thread, text.view().slice(0..last)).map(Some);
    }
    Ok(Some(line.clone()))
}

/// Shows a prompt; what the program has printed comes first.
fn prompt(thread: &mut Thread, name: &str) -> Result<()> {
    if let Some(stdout) = sys_attribute(thread, "stdout").filter(|stdout| !stdout.is_none()) {
        call::call_method(thread, &stdout, names::flush(), &[])?;
    }
    let Some(prompt) = sys_attribute(thread, name) else { return Ok(()) };
    let text = ops::str_text(thread, &prompt)?;
    tell(thread, &text)
}

fn tell(thread: &mut Thread, text: &str) -> Result<()> {
    let Some(stderr) = sys_attribute(thread, "stderr").filter(|stderr| !stderr.is_none()) else {
        return Ok(());
    };
    runtime::hooks::write(thread, &stderr, text)?;
    call::call_method(thread, &stderr, names::flush(), &[]).map(drop)
}
