//! The `_weakref` module.

use memory::Value;
use threads::Thread;

use super::weak_proxy::{self, CallableProxy, Proxy};
use super::weakref::WeakReference;
use super::{Dict, DictExt, List, module, weakref_methods};
use crate::class::Payload;
use crate::error::{Result, type_error};
use crate::object::cast;

/// Weak-reference support module.
#[native::module("_weakref")]
pub mod functions {
    use super::*;

    /// Return the number of weak references to 'object'.
    pub fn getweakrefcount(th: &mut Thread, object: &Value) -> usize {
        memory::weak_references(th, object).len()
    }

    /// Return a list of all weak reference objects pointing to 'object'.
    pub fn getweakrefs(th: &mut Thread, object: &Value) -> Result<Value> {
        let all = weakref_methods::references(th, object);
        List::new(th, all)
    }

    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the proxy when 'object'
    /// is about to be finalized.
    #[sig("(object, callback=None, /)")]
    pub fn proxy(th: &mut Thread, object: &Value, callback: Option<&Value>) -> Result<Value> {
        weak_proxy::new(th, object, callback)
    }

    /// Atomically remove key from dict if it points to a dead weakref.
    pub fn _remove_dead_weakref(th: &mut Thread, dct: &Value, key: &Value) -> Result<()> {
        let Some(dict) = cast::<Dict>(dct) else { return Err(type_error("argument 1 must be dict")) };
        let Some(found) = dict.get(th, key)? else { return Ok(()) };
        if cast::<WeakReference>(&found).is_none() {
            return Err(type_error("not a weakref"));
        }
        // Another thread may have put something else there meanwhile.
        dict.remove_if(th, key, super::super::weakref::is_dead)
    }

    /// Adds the types.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let reference = WeakReference::def().value();
        module::set(th, module, "ref", reference.clone())?;
        module::set(th, module, "ReferenceType", reference)?;
        module::set(th, module, "ProxyType", Proxy::def().value())?;
        module::set(th, module, "CallableProxyType", CallableProxy::def().value())
    }
}
