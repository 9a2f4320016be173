//! `sys.monitoring` (PEP 669).

use runtime::error::{Result, type_error, value_error};
use runtime::interp::monitor::{self, EVENTS, LOCAL_EVENTS, TOOLS, UNGROUPED_EVENTS, code, event};
use runtime::object::cast;
use runtime::types::code::Code;
use runtime::types::{Dict, DictExt, Str, int, module, namespace};
use runtime::{Thread, Value, native};

use super::audit;

/// The events of a call's end, which come with CALL alone.
const C_CALL_EVENTS: u32 = 1 << event::CALL | C_RETURN_EVENTS;
const C_RETURN_EVENTS: u32 = 1 << event::C_RETURN | 1 << event::C_RAISE;
const BRANCHES: u32 = 1 << event::BRANCH_LEFT | 1 << event::BRANCH_RIGHT;

/// Makes the module.
///
/// # Errors
/// MemoryError.
pub fn make(thread: &mut Thread) -> Result<Value> {
    let made = module::from_def(thread, &functions::MODULE)?;
    module::set(thread, &made, "__doc__", Value::none())?;
    let disable = monitor::disable(thread)?;
    module::set(thread, &made, "DISABLE", disable)?;
    let missing = monitor::missing(thread)?;
    module::set(thread, &made, "MISSING", missing)?;
    let mut fields = Vec::new();
    for (number, name) in event::NAMES.iter().enumerate() {
        fields.push((Str::interned(thread, name)?, int::from_i64(thread, 1 << number)?));
    }
    fields.push((Str::interned(thread, "NO_EVENTS")?, int::from_i64(thread, 0)?));
    let fields: Vec<(&Value, Value)> = fields.iter().map(|(name, value)| (name, value.clone())).collect();
    let events = namespace::new(thread, &fields)?;
    module::set(thread, &made, "events", events)?;
    Ok(made)
}

fn tool_id(tool: i32) -> Result<usize> {
    usize::try_from(tool)
        .ok()
        .filter(|&tool| tool < TOOLS)
        .ok_or_else(|| value_error(format!("invalid tool {tool} (must be between 0 and 5)")))
}

fn used_tool(tool: i32) -> Result<usize> {
    let id = tool_id(tool)?;
    match monitor::tool_name(id) {
        Some(_) => Ok(id),
        None => Err(value_error(format!("tool {tool} is not in use"))),
    }
}

fn code_object(value: &Value) -> Result<&memory::Object<Code>> {
    cast::<Code>(value).ok_or_else(|| type_error("code must be a code object"))
}

/// An event set without the events that others stand for.
fn event_set(given: i32, what: &str, events: usize) -> Result<u32> {
    let mut set = given as u32;
    if set >= 1 << EVENTS {
        return Err(value_error(format!("invalid {what} 0x{set:x}")));
    }
    if set & C_RETURN_EVENTS != 0 && set & C_CALL_EVENTS != C_CALL_EVENTS {
        return Err(value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    set &= !C_RETURN_EVENTS;
    if set & 1 << event::BRANCH != 0 {
        set = set & !(1 << event::BRANCH) | BRANCHES;
    }
    if set >= 1 << events {
        return Err(value_error(format!("invalid {what} 0x{set:x}")));
    }
    Ok(set)
}

#[native::module("sys.monitoring")]
mod functions {
    use super::*;

    /// The tool of debuggers.
    pub const DEBUGGER_ID: i64 = 0;
    /// The tool of coverage tools.
    pub const COVERAGE_ID: i64 = 1;
    /// The tool of profilers.
    pub const PROFILER_ID: i64 = 2;
    /// The tool of optimizers.
    pub const OPTIMIZER_ID: i64 = 5;

    /// Put a tool to use under a name.
    pub fn use_tool_id(tool_id: i32, name: &Value) -> Result<()> {
        let id = super::tool_id(tool_id)?;
        if cast::<Str>(name).is_none() {
            return Err(value_error("tool name must be a str"));
        }
        if monitor::use_tool(id, name) {
            Ok(())
        } else {
            Err(value_error(format!("tool {tool_id} is already in use")))
        }
    }

    /// Forget the events and callbacks of a tool.
    pub fn clear_tool_id(th: &mut Thread, tool_id: i32) -> Result<()> {
        let id = super::tool_id(tool_id)?;
        monitor::clear_tool(th, id, false)
    }

    /// Take a tool out of use.
    pub fn free_tool_id(th: &mut Thread, tool_id: i32) -> Result<()> {
        let id = super::tool_id(tool_id)?;
        monitor::clear_tool(th, id, true)
    }

    /// Return the name of a tool that is in use, or None.
    pub fn get_tool(tool_id: i32) -> Result<Option<Value>> {
        Ok(monitor::tool_name(super::tool_id(tool_id)?))
    }

    /// Set what a tool calls at an event; return what it called before.
    pub fn register_callback(
        th: &mut Thread,
        tool_id: i32,
        event: i32,
        func: &Value,
    ) -> Result<Option<Value>> {
        let id = super::tool_id(tool_id)?;
        if event <= 0 || event.count_ones() != 1 {
            return Err(value_error("The callback can only be set for one event at a time"));
        }
        let number = event.trailing_zeros() as usize;
        if number >= EVENTS {
            return Err(value_error(format!("invalid event {event}")));
        }
        if audit::wanted() {
            let name = runtime::interned!(th, "sys.monitoring.register_callback")?;
            audit::raise(th, name, std::slice::from_ref(func))?;
        }
        Ok(monitor::set_callback(id, number, if func.is_none() { None } else { Some(func) }))
    }

    /// Return the events that a tool wants of all code.
    pub fn get_events(tool_id: i32) -> Result<i64> {
        Ok(monitor::events(super::tool_id(tool_id)?).into())
    }

    /// Set the events that a tool wants of all code.
    pub fn set_events(th: &mut Thread, tool_id: i32, event_set: i32) -> Result<()> {
        super::tool_id(tool_id)?;
        let set = super::event_set(event_set, "event set", UNGROUPED_EVENTS)?;
        let id = used_tool(tool_id)?;
        monitor::set_events(th, id, set)
    }

    /// Return the events that a tool wants of a code object.
    pub fn get_local_events(tool_id: i32, code: &Value) -> Result<i64> {
        let code = code_object(code)?;
        Ok(super::code::local_events(code, super::tool_id(tool_id)?).into())
    }

    /// Set the events that a tool wants of a code object.
    pub fn set_local_events(th: &mut Thread, tool_id: i32, code: &Value, event_set: i32) -> Result<()> {
        let code = code_object(code)?;
        super::tool_id(tool_id)?;
        let set = super::event_set(event_set, "local event set", LOCAL_EVENTS)?;
        let id = used_tool(tool_id)?;
        super::code::set_local_events(th, code, id, set)
    }

    /// Hear again of what callbacks have disabled.
    pub fn restart_events(th: &mut Thread) -> Result<()> {
        monitor::restart_events(th)
    }

    /// Return the events that are wanted of all code, with the tools that want them.
    pub fn _all_events(th: &mut Thread) -> Result<Value> {
        let result = Dict::new(th)?;
        if let Some(dict) = cast::<Dict>(&result) {
            for (name, tools) in monitor::all_events() {
                let name = Str::interned(th, name)?;
                let tools = int::from_i64(th, tools.into())?;
                dict.set(th, &name, tools)?;
            }
        }
        Ok(result)
    }
}
