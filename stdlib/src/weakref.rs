//! `_weakref`: weak references and proxies by name. Their types are the runtime's.

use runtime::class::Payload;
use runtime::error::{Result, type_error};
use runtime::object::cast;
use runtime::types::weakproxy::{self, CallableProxy, Proxy};
use runtime::types::weakref::{self, WeakReference};
use runtime::types::{Dict, DictExt, List, module as modules};
use runtime::{Thread, Value, memory, native};

/// The module.
#[native::module("_weakref", doc = "Weak-reference support module.")]
pub mod module {
    use super::*;

    #[init]
    fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let classes = [
            ("ref", WeakReference::def().value()),
            ("ReferenceType", WeakReference::def().value()),
            ("ProxyType", Proxy::def().value()),
            ("CallableProxyType", CallableProxy::def().value()),
        ];
        for (name, class) in classes {
            modules::set(th, module, name, class)?;
        }
        Ok(())
    }

    /// Return the number of weak references to 'object'.
    pub fn getweakrefcount(th: &mut Thread, object: &Value) -> usize {
        memory::weak_references(th, object).len()
    }

    /// Return a list of all weak reference objects pointing to 'object'.
    pub fn getweakrefs(th: &mut Thread, object: &Value) -> Result<Value> {
        let references = memory::weak_references(th, object);
        List::new(th, references)
    }

    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the
    /// proxy when 'object' is about to be finalized.
    #[sig("(object, callback=None, /)")]
    pub fn proxy(th: &mut Thread, object: &Value, callback: Option<&Value>) -> Result<Value> {
        weakproxy::new(th, object, callback)
    }

    /// Atomically remove key from dict if it points to a dead weakref.
    pub fn _remove_dead_weakref(th: &mut Thread, dct: &Value, key: &Value) -> Result<()> {
        let Some(dict) = cast::<Dict>(dct) else {
            let class = crate::support::class_name(dct);
            return Err(type_error(format!("_remove_dead_weakref() argument 1 must be dict, not {class}")));
        };
        let Some(found) = dict.get(th, key)? else { return Ok(()) };
        if cast::<WeakReference>(&found).is_none() {
            return Err(type_error("not a weakref"));
        }
        if weakref::is_dead(&found) {
            // Between these lines another thread may set the key anew: then that entry is put back.
            if let Some(removed) = dict.remove(th, key)?
                && !weakref::is_dead(&removed)
            {
                dict.set_default(th, key, removed)?;
            }
        }
        Ok(())
    }
}
