//! `_blake2`: the classes and their parameters.

use memory::Value;
use runtime::Thread;
use runtime::class::{ClassDef, ClassFlags, Type};
use runtime::error::{Result, overflow_error, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::cast;
use runtime::ops;
use runtime::types::{Str, StrExt, int, module};

use super::blake2::{Blake2b, Blake2s, Parameters};
use super::engine::Engine;
use super::object::{self, Hash};

static BLAKE2B: ClassDef = object::callable("blake2b", "_blake2", ClassFlags::BASETYPE)
    .with_doc("Return a new BLAKE2b hash object.")
    .with_new(new_b)
    .with_methods(&[object::methods::METHODS, object::fixed::METHODS])
    .with_getsets(&[object::methods::GETSETS])
    .with_init(|namespace| limits(namespace, Blake2b::SALT_BYTES, Blake2b::MOST_BYTES));
static BLAKE2S: ClassDef = object::callable("blake2s", "_blake2", ClassFlags::BASETYPE)
    .with_doc("Return a new BLAKE2s hash object.")
    .with_new(new_s)
    .with_methods(&[object::methods::METHODS, object::fixed::METHODS])
    .with_getsets(&[object::methods::GETSETS])
    .with_init(|namespace| limits(namespace, Blake2s::SALT_BYTES, Blake2s::MOST_BYTES));

fn limits(namespace: &runtime::class::Namespace<'_>, salt: usize, most: usize) {
    for (name, bytes) in
        [("SALT_SIZE", salt), ("PERSON_SIZE", salt), ("MAX_KEY_SIZE", most), ("MAX_DIGEST_SIZE", most)]
    {
        if let Some(value) = Value::from_int(bytes as i64) {
            namespace.set(name, value);
        }
    }
}

fn new_b(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let sizes =
        Sizes { name: "blake2b", salt: Blake2b::SALT_BYTES, most: Blake2b::MOST_BYTES, offset: u64::MAX };
    let (parameters, data) = parameters(thread, &sizes, args)?;
    finish(thread, class, Engine::Blake2b(Blake2b::new(&parameters)), data)
}

fn new_s(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let sizes = Sizes {
        name: "blake2s",
        salt: Blake2s::SALT_BYTES,
        most: Blake2s::MOST_BYTES,
        offset: (1 << 48) - 1,
    };
    let (parameters, data) = parameters(thread, &sizes, args)?;
    finish(thread, class, Engine::Blake2s(Blake2s::new(&parameters)), data)
}

fn finish(thread: &mut Thread, class: &Value, engine: Engine, data: Vec<u8>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    let value = object::make(thread, class, engine)?;
    if let Some(hash) = cast::<Hash>(&value) {
        object::update(thread, hash, &data)?;
    }
    Ok(value)
}

struct Sizes {
    name: &'static str,
    salt: usize,
    most: usize,
    offset: u64,
}

fn number(thread: &mut Thread, value: &Value) -> Result<i128> {
    ops::index_i128(thread, value)
}

fn parameters(thread: &mut Thread, sizes: &Sizes, args: Args<'_>) -> Result<(Parameters, Vec<u8>)> {
    let given = args.positionals();
    if given.len() > 1 {
        return Err(type_error(format!(
            "{}() takes at most 1 positional argument ({} given)",
            sizes.name,
            given.len()
        )));
    }
    let mut of = Parameters { digest_bytes: sizes.most, fanout: 1, depth: 1, ..Parameters::default() };
    let (mut data, mut string) = (given.first(), None);
    for (key, value) in args.keywords() {
        let text = cast::<Str>(key).map(|key| key.to_string_lossy()).unwrap_or_default();
        match text.as_str() {
            "data" if data.is_none() => data = Some(value),
            "string" => string = Some(value),
            "usedforsecurity" => {}
            "digest_size" => {
                let bytes = number(thread, value)?;
                if bytes < 1 || bytes > sizes.most as i128 {
                    return Err(value_error(format!(
                        "digest_size for {} must be between 1 and {} bytes, here it is {bytes}",
                        if sizes.name == "blake2b" { "Blake2b" } else { "Blake2s" },
                        sizes.most
                    )));
                }
                of.digest_bytes = bytes as usize;
            }
            "key" => {
                of.key = object::bytes_argument(thread, value)?;
                if of.key.len() > sizes.most {
                    return Err(value_error(format!("maximum key length is {} bytes", sizes.most)));
                }
            }
            "salt" => {
                of.salt = object::bytes_argument(thread, value)?;
                if of.salt.len() > sizes.salt {
                    return Err(value_error(format!("maximum salt length is {} bytes", sizes.salt)));
                }
            }
            "person" => {
                of.person = object::bytes_argument(thread, value)?;
                if of.person.len() > sizes.salt {
                    return Err(value_error(format!("maximum person length is {} bytes", sizes.salt)));
                }
            }
            "fanout" => {
                let fanout = number(thread, value)?;
                of.fanout =
                    u8::try_from(fanout).map_err(|_| value_error("fanout must be between 0 and 255"))?;
            }
            "depth" => {
                let depth = number(thread, value)?;
                of.depth = u8::try_from(depth)
                    .ok()
                    .filter(|&depth| depth > 0)
                    .ok_or_else(|| value_error("depth must be between 1 and 255"))?;
            }
            "leaf_size" => {
                let bytes = number(thread, value)?;
                of.leaf_bytes = match u32::try_from(bytes) {
                    Ok(bytes) => bytes,
                    Err(_) if bytes < 0 => return Err(value_error("value must be positive")),
                    Err(_) => return Err(overflow_error("leaf_size is too large")),
                };
            }
            "node_offset" => {
                let offset = number(thread, value)?;
                of.node_offset = match u64::try_from(offset) {
                    Ok(offset) if offset <= sizes.offset => offset,
                    Err(_) if offset < 0 => return Err(value_error("value must be positive")),
                    _ => return Err(overflow_error("node_offset is too large")),
                };
            }
            "node_depth" => {
                let depth = number(thread, value)?;
                of.node_depth =
                    u8::try_from(depth).map_err(|_| value_error("node_depth must be between 0 and 255"))?;
            }
            "inner_size" => {
                let bytes = number(thread, value)?;
                if bytes < 0 || bytes > sizes.most as i128 {
                    return Err(value_error(format!("inner_size must be between 0 and is {}", sizes.most)));
                }
                of.inner_bytes = bytes as u8;
            }
            "last_node" => of.last_node = ops::is_true(thread, value)?,
            _ => {
                return Err(type_error(format!(
                    "{}() got an unexpected keyword argument '{text}'",
                    sizes.name
                )));
            }
        }
    }
    let data = match object::data_argument(data, string)? {
        Some(data) => object::bytes_argument(thread, &data)?,
        None => Vec::new(),
    };
    Ok((of, data))
}

#[native::module("_blake2", doc = "_blake2b provides BLAKE2b for hashlib\n")]
pub mod functions {
    use super::*;

    /// Adds the types.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        for (name, bytes) in [
            ("BLAKE2B_SALT_SIZE", Blake2b::SALT_BYTES),
            ("BLAKE2B_PERSON_SIZE", Blake2b::SALT_BYTES),
            ("BLAKE2B_MAX_KEY_SIZE", Blake2b::MOST_BYTES),
            ("BLAKE2B_MAX_DIGEST_SIZE", Blake2b::MOST_BYTES),
            ("BLAKE2S_SALT_SIZE", Blake2s::SALT_BYTES),
            ("BLAKE2S_PERSON_SIZE", Blake2s::SALT_BYTES),
            ("BLAKE2S_MAX_KEY_SIZE", Blake2s::MOST_BYTES),
            ("BLAKE2S_MAX_DIGEST_SIZE", Blake2s::MOST_BYTES),
            ("_GIL_MINSIZE", 2048),
        ] {
            let value = int::from_i64(th, bytes as i64)?;
            super::module::set(th, module, name, value)?;
        }
        super::module::set(th, module, "blake2b", BLAKE2B.value())?;
        super::module::set(th, module, "blake2s", BLAKE2S.value())
    }
}
