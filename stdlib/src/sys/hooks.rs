//! What happens to the results of an interactive session and to exceptions that nobody catches.

use runtime::class::lookup::getattr;
use runtime::class::{as_value, class_of};
use runtime::config;
use runtime::error::{
    EXCEPTION, Raised, Result, SYSTEM_EXIT, UNICODE_ENCODE_ERROR, runtime_error, type_error,
};
use runtime::interp::{import, import_module, sys_attribute};
use runtime::native::{Args, KwRest, Rest};
use runtime::object::cast;
use runtime::state::Runtime;
use runtime::system::signal;
use runtime::types::{Dict, DictExt, Str, StrExt, Tuple, exception, int, module};
use runtime::{Thread, Value, call, names, ops};
use threads::sync::atomic::{AtomicBool, Ordering};

use super::functions::{field, required, text_of};
use super::{audit, report};

/// Sets an attribute of `sys`.
///
/// # Errors
/// MemoryError.
pub fn set_sys(thread: &mut Thread, name: &str, value: Value) -> Result<()> {
    let Some(dict) = Runtime::get().and_then(Runtime::sys_dict) else { return Ok(()) };
    let key = Str::interned(thread, name)?;
    match cast::<Dict>(dict) {
        Some(dict) => dict.set_str(thread, &key, value),
        None => Ok(()),
    }
}

/// A stream of `sys` that is not None.
pub fn stream(thread: &mut Thread, name: &str) -> Option<Value> {
    sys_attribute(thread, name).filter(|stream| !stream.is_none())
}

/// Flushes a stream of `sys`.
///
/// # Errors
/// What `flush` raises.
pub fn flush(thread: &mut Thread, name: &str) -> Result<()> {
    match stream(thread, name) {
        Some(stream) => call::call_method(thread, &stream, names::flush(), &[]).map(drop),
        None => Ok(()),
    }
}

/// Writes to `sys.stderr`, or where the system has it if a program has taken `sys.stderr` away. Nobody is told of
/// failures: there is no place left to tell them.
pub fn write_error(thread: &mut Thread, text: &str) {
    match sys_attribute(thread, "stderr") {
        Some(stderr) if stderr.is_none() => {}
        Some(stderr) => {
            let done = Str::new(thread, text)
                .and_then(|text| call::call_method(thread, &stderr, names::write(), &[text]))
                .and_then(|_| call::call_method(thread, &stderr, names::flush(), &[]));
            drop(done);
        }
        None => eprint!("{text}"),
    }
}

/// `sys.displayhook`.
///
/// # Errors
/// RuntimeError without `sys.stdout`, what writing raises.
pub fn display(thread: &mut Thread, value: &Value) -> Result<()> {
    if value.is_none() {
        return Ok(());
    }
    let builtins = import_module(thread, "builtins")?;
    module::set(thread, &builtins, "_", Value::none())?;
    let Some(stdout) = sys_attribute(thread, "stdout").filter(|stdout| !stdout.is_none()) else {
        return Err(runtime_error("lost sys.stdout"));
    };
    let text = ops::repr(thread, value)?;
    match call::call_method(thread, &stdout, names::write(), std::slice::from_ref(&text)) {
        Err(raised) if raised.is(&UNICODE_ENCODE_ERROR) => display_escaped(thread, &stdout, &text)?,
        result => drop(result?),
    }
    let end = Str::new(thread, "\n")?;
    call::call_method(thread, &stdout, names::write(), &[end])?;
    module::set(thread, &builtins, "_", value.clone())
}

/// Writes text that the stream's encoding lacks characters for.
fn display_escaped(thread: &mut Thread, stdout: &Value, text: &Value) -> Result<()> {
    let encoding = required(thread, stdout, "encoding")?;
    let encoding = text_of(&encoding).unwrap_or_else(|| "utf-8".to_owned());
    let bytes = runtime::types::codecs::encode(thread, text, Some(&encoding), Some("backslashreplace"))?;
    match field(thread, stdout, "buffer")? {
        Some(buffer) => call::call_method(thread, &buffer, names::write(), &[bytes]).map(drop),
        None => {
            let data = runtime::types::buffers::bytes_of(thread, &bytes)?.to_vec();
            let text =
                runtime::types::codecs::decode(thread, &bytes, &data, Some(&encoding), Some("strict"))?;
            call::call_method(thread, stdout, names::write(), &[text]).map(drop)
        }
    }
}

/// `sys.excepthook`: the `traceback` module prints, and a plainer report stands in for it.
///
/// # Errors
/// TypeError for what is no exception.
pub fn except(thread: &mut Thread, class: &Value, value: &Value, traceback: &Value) -> Result<()> {
    let _ = class;
    if !exception::is_exception(value) {
        let name = runtime::class::TypeExt::name_lossy(class_of(value));
        write_error(
            thread,
            &format!("TypeError: print_exception(): Exception expected for value, {name} found\n"),
        );
        return Ok(());
    }
    if !traceback.is_none()
        && exception::traceback(thread, value).is_none()
        && cast::<runtime::types::traceback::Traceback>(traceback).is_some()
    {
        exception::set_traceback(thread, value, Some(traceback.clone()));
    }
    print_exception(thread, value);
    Ok(())
}

/// Prints an exception as the interpreter does.
pub fn print_exception(thread: &mut Thread, exception: &Value) {
    if stream(thread, "stderr").is_none() && sys_attribute(thread, "stderr").is_some() {
        return;
    }
    let printed = import::attribute_of(thread, "traceback", "_print_exception_bltin")
        .and_then(|print| call::call_one(thread, &print, exception));
    if printed.is_err() {
        let text = report::full_text(thread, exception);
        write_error(thread, &text);
    }
    drop(flush(thread, "stderr"));
}

/// `sys.unraisablehook`.
///
/// # Errors
/// TypeError for what is not such an argument.
pub fn unraisable(thread: &mut Thread, args: &Value) -> Result<()> {
    let class = required(thread, args, "exc_type")?;
    let value = required(thread, args, "exc_value")?;
    let traceback = required(thread, args, "exc_traceback")?;
    let message = required(thread, args, "err_msg")?;
    let object = required(thread, args, "object")?;
    let mut text = String::new();
    if !object.is_none() {
        let heading = if message.is_none() { None } else { ops::str_text(thread, &message).ok() };
        text += &heading.unwrap_or_else(|| "Exception ignored in".to_owned());
        text += ": ";
        text += &ops::repr_text(thread, &object).unwrap_or_else(|_| "<object repr() failed>".to_owned());
        text += "\n";
    } else if !message.is_none()
        && let Ok(message) = ops::str_text(thread, &message)
    {
        text += &message;
        text += ":\n";
    }
    if !traceback.is_none() {
        text += &report::traceback_value_text(&traceback);
    }
    if !class.is_none() {
        if exception::is_exception(&value) {
            text += &report::summary(thread, &value);
        } else if let Some(name) = field(thread, &class, "__name__")?.as_ref().and_then(text_of) {
            text += &name;
        }
        text += "\n";
    }
    write_error(thread, &text);
    Ok(())
}

/// `sys.breakpointhook`: what `PYTHONBREAKPOINT` names, or the debugger.
///
/// # Errors
/// What the function that is called raises.
pub fn breakpoint(thread: &mut Thread, args: Rest<'_>, kwargs: &KwRest<'_>) -> Result<Value> {
    let variable =
        if config::get().ignore_environment { None } else { std::env::var("PYTHONBREAKPOINT").ok() };
    let path = match variable {
        None => "pdb.set_trace".to_owned(),
        Some(path) if path.is_empty() => "pdb.set_trace".to_owned(),
        Some(path) if path == "0" => return Ok(Value::none()),
        Some(path) => path,
    };
    let (module, attribute) = path.rsplit_once('.').unwrap_or(("builtins", &path));
    let hook = match import::attribute_of(thread, module, attribute) {
        Ok(hook) => hook,
        Err(raised) if raised.is(&EXCEPTION) => {
            let message = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{path}\"");
            runtime::hooks::warn(thread, &runtime::error::RUNTIME_WARNING, &message, 0)?;
            return Ok(Value::none());
        }
        Err(raised) => return Err(raised),
    };
    let mut values = args.to_vec();
    let mut names = Vec::new();
    for (name, value) in kwargs.iter() {
        names.push(name.clone());
        values.push(value.clone());
    }
    call::call(thread, &hook, Args { values: &values, names: &names })
}

/// Whether an interactive session has begun.
static IN_SESSION: AtomicBool = AtomicBool::new(false);

/// An interactive session begins: what leaves it ends the process.
pub fn begin_session() {
    IN_SESSION.store(true, Ordering::Relaxed);
}

/// Whether SystemExit ends the process: under `-i` the session comes first.
fn exits() -> bool {
    !config::get().inspect || IN_SESSION.load(Ordering::Relaxed)
}

/// What becomes of an exception that came out of the program: its exit code, once it has been reported.
pub fn uncaught(thread: &mut Thread, raised: Raised) -> i32 {
    if raised.is(&SYSTEM_EXIT) && exits() {
        return exit_code(thread, raised.value());
    }
    let value = raised.into_value();
    let class = as_value(class_of(&value));
    let traceback = exception::traceback(thread, &value).unwrap_or_else(Value::none);
    let last =
        [("last_exc", &value), ("last_type", &class), ("last_value", &value), ("last_traceback", &traceback)];
    for (name, value) in last {
        drop(set_sys(thread, name, value.clone()));
    }
    let args = [class, value.clone(), traceback];
    match sys_attribute(thread, "excepthook") {
        Some(hook) => {
            if audit::wanted() {
                let event = Str::interned(thread, "sys.excepthook").and_then(|name| {
                    audit::raise(
                        thread,
                        &name,
                        &[hook.clone(), args[0].clone(), args[1].clone(), args[2].clone()],
                    )
                });
                if let Err(raised) = event
                    && !raised.is(&runtime::error::RUNTIME_ERROR)
                {
                    runtime::hooks::unraisable(thread, raised, None, None);
                }
            }
            match call::call_positional(thread, &hook, &args) {
                Ok(_) => {}
                Err(raised) if raised.is(&SYSTEM_EXIT) && exits() => {
                    return exit_code(thread, raised.value());
                }
                Err(second) => {
                    drop(flush(thread, "stdout"));
                    write_error(thread, "Error in sys.excepthook:\n");
                    print_exception(thread, second.value());
                    write_error(thread, "\nOriginal exception was:\n");
                    print_exception(thread, &value);
                }
            }
        }
        None => {
            write_error(thread, "sys.excepthook is missing\n");
            print_exception(thread, &value);
        }
    }
    if class_of_is_interrupt(&value) {
        INTERRUPTED.store(true, Ordering::Relaxed); // read by the same thread
        return KEYBOARD_INTERRUPT_EXIT;
    }
    1
}

/// Whether an uncaught KeyboardInterrupt has ended the program.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Ends the process as SIGINT would have, if an uncaught KeyboardInterrupt has ended the program: whoever started it is to see
/// that. Returns otherwise, or where the system does not let it.
pub fn die_if_interrupted() {
    if INTERRUPTED.load(Ordering::Relaxed)
        && signal::set_disposition(libc::SIGINT, signal::Disposition::Default).is_ok()
    {
        let _ = signal::raise(libc::SIGINT);
    }
}

/// The exit code that says that SIGINT ended the program.
pub const KEYBOARD_INTERRUPT_EXIT: i32 = 130;

fn class_of_is_interrupt(value: &Value) -> bool {
    runtime::class::is_instance(value, runtime::error::KEYBOARD_INTERRUPT.object())
}

/// The exit code of a SystemExit; what is no number is printed.
pub fn exit_code(thread: &mut Thread, exception: &Value) -> i32 {
    drop(flush(thread, "stdout"));
    let code = exception::field(thread, exception, "code").unwrap_or_else(Value::none);
    if code.is_none() {
        return 0;
    }
    if int::is_int(&code) {
        // The system takes the lowest byte; what does not fit a C long is -1 to it.
        return int::to_i64(&code).unwrap_or(-1) as i32;
    }
    match sys_attribute(thread, "stderr").filter(|stderr| !stderr.is_none()) {
        Some(stderr) => {
            let written = ops::str(thread, &code)
                .and_then(|text| call::call_method(thread, &stderr, names::write(), &[text]));
            drop(written);
        }
        None => eprint!("{}", ops::str_text(thread, &code).unwrap_or_default()),
    }
    write_error(thread, "\n");
    1
}

/// The simplest interactive loop: reads lines until they make a statement.
///
/// # Errors
/// What comes from outside the statements.
pub fn plain_repl(thread: &mut Thread) -> Result<()> {
    let interact = import::attribute_of(thread, "code", "interact")?;
    let main = import_module(thread, "__main__")?;
    let globals = getattr(thread, &main, names::__dict__())?;
    let empty = Str::new(thread, "")?;
    let keys = ["banner", "local", "exitmsg"].iter().map(|name| Str::interned(thread, name));
    let keys = keys.collect::<Result<Vec<Value>>>()?;
    let values = [empty.clone(), globals, empty];
    call::call(thread, &interact, Args { values: &values, names: &keys }).map(drop)
}

/// The tuple of three that describes an exception.
///
/// # Errors
/// MemoryError.
pub fn triple(thread: &Thread, value: &Value) -> Result<Value> {
    let traceback = exception::traceback(thread, value).unwrap_or_else(Value::none);
    Tuple::of_array(thread, [as_value(class_of(value)), value.clone(), traceback])
}

/// An argument that must be a str.
///
/// # Errors
/// TypeError.
pub fn str_argument(value: &Value, what: &str) -> Result<String> {
    cast::<Str>(value).map(StrExt::to_string_lossy).ok_or_else(|| type_error(format!("{what} must be a str")))
}
