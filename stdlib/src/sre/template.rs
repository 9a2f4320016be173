//! `SRE_Template`: literal text with groups of a match in between.

use runtime::error::{Result, type_error};
use runtime::memory::Slot;
use runtime::native;
use runtime::object::{cast, to_value};
use runtime::types::{Tuple, TupleExt};
use runtime::{Object, Thread, Value, call, ops};

use super::found::{self, Match};
use super::pattern::Pattern;
use super::text;
use crate::support;

/// A replacement, taken apart.
#[native::class("SRE_Template", module = "_sre", doc = "", disallow_instantiation)]
pub struct Template {
    /// The literals: a tuple, one longer than there are groups.
    #[trace]
    literals: Slot,
    #[untraced]
    groups: Box<[usize]>,
}

/// The template of literals and numbers of groups in turns.
///
/// # Errors
/// TypeError for anything else; what `index` raises; MemoryError.
pub fn new(
    thread: &mut Thread,
    items: &[Value],
    index: impl Fn(&mut Thread, &Value) -> Result<isize>,
) -> Result<Value> {
    let invalid = || type_error("invalid template");
    if items.len().is_multiple_of(2) {
        return Err(invalid());
    }
    let mut groups = support::vector(items.len() / 2)?;
    for item in items.iter().skip(1).step_by(2) {
        let group = index(thread, item)?;
        groups.push(usize::try_from(group).map_err(|_| invalid())?);
    }
    let literals = Tuple::new(thread, items.iter().step_by(2).cloned().collect())?;
    runtime::object::new(
        thread,
        Template { literals: support::slot(literals), groups: groups.into_boxed_slice() },
    )
}

/// What `re._compile_template` makes of a replacement, which it keeps for the next time.
///
/// # Errors
/// What it raises.
pub fn compile(thread: &mut Thread, pattern: &Object<Pattern>, template: &Value) -> Result<Value> {
    let module = runtime::interp::import_module(thread, "re")?;
    let name = runtime::interned!(thread, "_compile_template")?;
    call::call_method(thread, &module, name, &[to_value(pattern), template.clone()])
}

fn literals(this: &Object<Template>) -> Value {
    support::get(this, |template| &template.literals).unwrap_or_else(Value::none)
}

/// The only literal of a template without groups.
pub fn literal(this: &Object<Template>) -> Option<Value> {
    let literals = literals(this);
    let literals = cast::<Tuple>(&literals)?;
    if this.payload().groups.is_empty() { literals.items().first().cloned() } else { None }
}

/// The replacement for a match. What is no template is a literal.
///
/// # Errors
/// IndexError for a group that there is not; MemoryError.
pub fn expand(thread: &mut Thread, template: &Value, of: &Value) -> Result<Value> {
    let (Some(this), Some(of)) = (cast::<Template>(template), cast::<Match>(of)) else {
        return Ok(template.clone());
    };
    if let Some(literal) = literal(this) {
        return Ok(literal);
    }
    let literals = literals(this);
    let Some(literals) = cast::<Tuple>(&literals) else { return Ok(Value::none()) };
    let mut parts = support::vector(literals.len() * 2)?;
    for (i, literal) in literals.items().iter().enumerate() {
        if i > 0
            && let Some(&group) = this.payload().groups.get(i - 1)
        {
            let part = found::part(thread, of, group, &Value::none())?;
            if !part.is_none() {
                parts.push(part);
            }
        }
        if ops::is_true(thread, literal)? {
            parts.push(literal.clone());
        }
    }
    text::join(thread, found::is_bytes(of), parts)
}
