//! The Python objects around the hash algorithms: one payload, a class for each algorithm.

use memory::{Exclusive, Guarded, Object, TypeDesc, Value};
use runtime::Thread;
use runtime::class::{ClassDef, ClassFlags, Payload};
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::{Extended, cast, define};
use runtime::types::{Bytes, Str, StrExt, buffers, module};
use threads::{Acquire, Lock, Wait};

use super::engine::Engine;

/// The payload of a hash object.
#[native::payload("hash")]
pub struct Hash {
    /// EMPTY only while a thread mixes much in, which holds the lock.
    /// Boxed: some algorithms want more alignment than a payload has.
    #[untraced]
    engine: Guarded<Option<Box<Engine>>>,
    #[untraced]
    lock: Lock,
}

static DESC: TypeDesc = TypeDesc::of::<Hash>();
static EXTENDED: TypeDesc = Extended::<Hash>::describe(&DESC);

impl Payload for Hash {
    fn def() -> &'static ClassDef {
        &MD5
    }
}

const fn definition(name: &'static str, module: &'static str) -> ClassDef {
    define::<Hash>(name, &DESC, &EXTENDED, ClassFlags::NO_NEW)
        .with_module(module)
        .with_methods(FIXED)
        .with_getsets(GETTERS)
}

static FIXED: &[&[runtime::native::NativeDef]] = &[methods::METHODS, fixed::METHODS];
static GETTERS: &[&[runtime::native::GetSet]] = &[methods::GETSETS];

/// A class of its own that can be called.
pub(super) const fn callable(name: &'static str, module: &'static str, flags: ClassFlags) -> ClassDef {
    define::<Hash>(name, &DESC, &EXTENDED, flags).with_module(module)
}

static MD5: ClassDef = definition("md5", "_md5");
static SHA1: ClassDef = definition("sha1", "_sha1");
static SHA224: ClassDef = definition("SHA224Type", "_sha2");
static SHA256: ClassDef = definition("SHA256Type", "_sha2");
static SHA384: ClassDef = definition("SHA384Type", "_sha2");
static SHA512: ClassDef = definition("SHA512Type", "_sha2");

macro_rules! sha3_classes {
    ($($constant:ident $name:literal $table:ident;)*) => {$(
        static $constant: ClassDef = callable($name, "_sha3", ClassFlags::NONE)
            .with_new(|thread, class, args| new_of(thread, class, args, $name))
            .with_signature("(data=b'', *, usedforsecurity=True, string=None)")
            .with_methods(&[methods::METHODS, $table::METHODS])
            .with_getsets(&[methods::GETSETS, sponge::GETSETS]);
    )*};
}

sha3_classes! {
    SHA3_224 "sha3_224" fixed;
    SHA3_256 "sha3_256" fixed;
    SHA3_384 "sha3_384" fixed;
    SHA3_512 "sha3_512" fixed;
    SHAKE_128 "shake_128" extendable;
    SHAKE_256 "shake_256" extendable;
}

/// An object of `class` that computes with `engine`.
///
/// # Errors
/// MemoryError.
pub fn make(thread: &mut Thread, class: &Object<runtime::class::Type>, engine: Engine) -> Result<Value> {
    let payload = Hash { engine: Guarded::new(Some(Box::new(engine))), lock: Lock::new() };
    runtime::object::new_of(thread, class, payload)
}

/// The bytes to mix in.
///
/// # Errors
/// TypeError.
pub fn bytes_argument(thread: &mut Thread, data: &Value) -> Result<Vec<u8>> {
    if cast::<Str>(data).is_some() {
        return Err(type_error("Strings must be encoded before hashing"));
    }
    if !buffers::is_buffer(data) {
        return Err(type_error("object supporting the buffer API required"));
    }
    buffers::bytes_of(thread, data).map(buffers::BytesLike::into_vec)
}

/// The data among the arguments, which has two names.
pub fn data_argument(data: Option<&Value>, string: Option<&Value>) -> Result<Option<Value>> {
    match (data, string.filter(|string| !string.is_none())) {
        (Some(_), Some(_)) => Err(type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        )),
        (data, string) => Ok(data.or(string).cloned()),
    }
}

/// Bytes from which on others need not wait while they are mixed in.
const DETACH_BYTES: usize = 2048;

/// Runs `f` on the state, after whoever mixes much in has finished.
fn with<R>(thread: &mut Thread, hash: &Object<Hash>, f: impl FnOnce(&mut Engine) -> R) -> Result<R> {
    loop {
        {
            let mut section = Exclusive::open(thread, hash);
            if let Some(engine) = section.get(|hash| &hash.engine) {
                return Ok(f(engine));
            }
        }
        lock(thread, hash)?;
        let _ = hash.payload().lock.release(thread);
    }
}

fn lock(thread: &mut Thread, hash: &Object<Hash>) -> Result<()> {
    while hash.payload().lock.acquire(thread, Wait::Forever) != Acquire::Acquired {
        crate::support::check_signals(thread)?;
    }
    Ok(())
}

/// Mixes in bytes.
///
/// # Errors
/// What a signal handler raises.
pub fn update(thread: &mut Thread, hash: &Object<Hash>, bytes: &[u8]) -> Result<()> {
    if bytes.len() < DETACH_BYTES {
        return with(thread, hash, |engine| engine.update(bytes));
    }
    lock(thread, hash)?;
    let taken = Exclusive::open(thread, hash).get(|hash| &hash.engine).take();
    if let Some(mut engine) = taken {
        let engine = thread.detached(move || {
            engine.update(bytes);
            engine
        });
        *Exclusive::open(thread, hash).get(|hash| &hash.engine) = Some(engine);
    }
    let _ = hash.payload().lock.release(thread);
    Ok(())
}

fn make_with(
    thread: &mut Thread,
    def: &'static ClassDef,
    name: &str,
    data: Option<&Value>,
    string: Option<&Value>,
) -> Result<Value> {
    let data = data_argument(data, string)?;
    let bytes = match &data {
        Some(data) => bytes_argument(thread, data)?,
        None => Vec::new(),
    };
    let Some(engine) = Engine::new(name) else { return Err(value_error("unsupported hash type")) };
    let value = make(thread, def.object(), engine)?;
    if let Some(hash) = cast::<Hash>(&value) {
        update(thread, hash, &bytes)?;
    }
    Ok(value)
}

fn new_of(thread: &mut Thread, class: &Value, args: Args<'_>, name: &str) -> Result<Value> {
    let given = args.positionals();
    if given.len() > 1 {
        return Err(type_error(format!(
            "{name}() takes at most 1 positional argument ({} given)",
            given.len()
        )));
    }
    let (mut data, mut string) = (given.first(), None);
    for (key, value) in args.keywords() {
        match cast::<Str>(key).map(|key| key.to_string_lossy()).as_deref() {
            Some("data") if data.is_none() => data = Some(value),
            Some("string") => string = Some(value),
            Some("usedforsecurity") => {}
            other => {
                return Err(type_error(format!(
                    "{name}() got an unexpected keyword argument '{}'",
                    other.unwrap_or_default()
                )));
            }
        }
    }
    let _ = class; // none of these can be derived from
    let def = [&SHA3_224, &SHA3_256, &SHA3_384, &SHA3_512, &SHAKE_128, &SHAKE_256]
        .into_iter()
        .find(|def| def.name == name)
        .unwrap_or(&SHA3_256);
    make_with(thread, def, name, data, string)
}

/// The digits of a digest.
fn hex(thread: &mut Thread, bytes: &[u8]) -> Result<Value> {
    Str::from_latin1(thread, &text::ascii::to_hex(bytes, None, 0))
}

#[native::methods(Hash, name = "hash")]
pub mod methods {
    use super::*;

    /// Update this hash object's state with the provided string.
    #[name("update")]
    pub fn update_with(th: &mut Thread, hash: &Object<Hash>, obj: &Value) -> Result<()> {
        let bytes = bytes_argument(th, obj)?;
        update(th, hash, &bytes)
    }

    /// Return a copy of the hash object.
    pub fn copy(th: &mut Thread, hash: &Object<Hash>) -> Result<Value> {
        let engine = with(th, hash, |engine| engine.clone())?;
        let value = runtime::object::to_value(hash);
        make(th, runtime::class::class_of(&value), engine)
    }

    /// the name of the algorithm
    #[getter]
    pub fn name(th: &mut Thread, hash: &Object<Hash>) -> Result<&'static str> {
        with(th, hash, |engine| engine.name())
    }

    /// bytes that are mixed at once
    #[getter]
    pub fn block_size(th: &mut Thread, hash: &Object<Hash>) -> Result<usize> {
        with(th, hash, |engine| engine.block_bytes())
    }

    /// bytes of the result
    #[getter]
    pub fn digest_size(th: &mut Thread, hash: &Object<Hash>) -> Result<usize> {
        with(th, hash, |engine| engine.digest_bytes())
    }
}

#[native::methods(Hash, name = "hash")]
pub mod fixed {
    use super::*;

    /// Return the digest value as a bytes object.
    pub fn digest(th: &mut Thread, hash: &Object<Hash>) -> Result<Value> {
        let bytes = with(th, hash, |engine| engine.digest(0))?;
        Bytes::new(th, &bytes)
    }

    /// Return the digest value as a string of hexadecimal digits.
    pub fn hexdigest(th: &mut Thread, hash: &Object<Hash>) -> Result<Value> {
        let bytes = with(th, hash, |engine| engine.digest(0))?;
        hex(th, &bytes)
    }
}

fn length_argument(length: isize) -> Result<usize> {
    const MOST: usize = 1 << 29;
    match usize::try_from(length) {
        Ok(length) if length < MOST => Ok(length),
        Ok(_) => Err(value_error("length is too large")),
        Err(_) => Err(value_error("value must be positive")),
    }
}

#[native::methods(Hash, name = "hash")]
pub mod extendable {
    use super::*;

    /// Return the digest value as a bytes object.
    #[sig("($self, length)")]
    pub fn digest(th: &mut Thread, hash: &Object<Hash>, length: isize) -> Result<Value> {
        let length = length_argument(length)?;
        let bytes = with(th, hash, |engine| engine.digest(length))?;
        Bytes::new(th, &bytes)
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[sig("($self, length)")]
    pub fn hexdigest(th: &mut Thread, hash: &Object<Hash>, length: isize) -> Result<Value> {
        let length = length_argument(length)?;
        let bytes = with(th, hash, |engine| engine.digest(length))?;
        hex(th, &bytes)
    }
}

#[native::methods(Hash, name = "hash")]
pub mod sponge {
    use super::*;

    /// bits of the state that are never shown
    #[getter]
    pub fn _capacity_bits(th: &mut Thread, hash: &Object<Hash>) -> Result<usize> {
        with(th, hash, |engine| 1600 - engine.block_bytes() * 8)
    }

    /// bits that are mixed at once
    #[getter]
    pub fn _rate_bits(th: &mut Thread, hash: &Object<Hash>) -> Result<usize> {
        with(th, hash, |engine| engine.block_bytes() * 8)
    }

    /// what is put behind the message
    #[getter]
    pub fn _suffix(th: &mut Thread, hash: &Object<Hash>) -> Result<Value> {
        let shake = with(th, hash, |engine| engine.digest_bytes() == 0)?;
        Bytes::new(th, if shake { b"\x1f" } else { b"\x06" })
    }
}

const BIG: &[(&str, i64)] = &[("_GIL_MINSIZE", 2048)];

#[native::module("_md5", doc = "")]
pub(crate) mod md5 {
    use super::*;

    /// Adds the type.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        crate::support::constants(th, module, BIG)?;
        super::module::set(th, module, "MD5Type", MD5.value())
    }

    /// Return a new MD5 hash object; optionally initialized with a string.
    #[sig("(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn md5(
        th: &mut Thread,
        data: Option<&Value>,
        usedforsecurity: bool,
        string: Option<&Value>,
    ) -> Result<Value> {
        let _ = usedforsecurity;
        make_with(th, &MD5, "md5", data, string)
    }
}

#[native::module("_sha1", doc = "")]
pub(crate) mod sha1 {
    use super::*;

    /// Adds the type.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        crate::support::constants(th, module, BIG)?;
        super::module::set(th, module, "SHA1Type", SHA1.value())
    }

    /// Return a new SHA1 hash object; optionally initialized with a string.
    #[sig("(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha1(
        th: &mut Thread,
        data: Option<&Value>,
        usedforsecurity: bool,
        string: Option<&Value>,
    ) -> Result<Value> {
        let _ = usedforsecurity;
        make_with(th, &SHA1, "sha1", data, string)
    }
}

#[native::module("_sha2", doc = "")]
pub(crate) mod sha2 {
    use super::*;

    /// Adds the types.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        crate::support::constants(th, module, BIG)?;
        for def in [&SHA224, &SHA256, &SHA384, &SHA512] {
            super::module::set(th, module, def.name, def.value())?;
        }
        Ok(())
    }

    /// Return a new SHA-224 hash object; optionally initialized with a string.
    #[sig("(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha224(
        th: &mut Thread,
        data: Option<&Value>,
        usedforsecurity: bool,
        string: Option<&Value>,
    ) -> Result<Value> {
        let _ = usedforsecurity;
        make_with(th, &SHA224, "sha224", data, string)
    }

    /// Return a new SHA-256 hash object; optionally initialized with a string.
    #[sig("(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha256(
        th: &mut Thread,
        data: Option<&Value>,
        usedforsecurity: bool,
        string: Option<&Value>,
    ) -> Result<Value> {
        let _ = usedforsecurity;
        make_with(th, &SHA256, "sha256", data, string)
    }

    /// Return a new SHA-384 hash object; optionally initialized with a string.
    #[sig("(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha384(
        th: &mut Thread,
        data: Option<&Value>,
        usedforsecurity: bool,
        string: Option<&Value>,
    ) -> Result<Value> {
        let _ = usedforsecurity;
        make_with(th, &SHA384, "sha384", data, string)
    }

    /// Return a new SHA-512 hash object; optionally initialized with a string.
    #[sig("(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha512(
        th: &mut Thread,
        data: Option<&Value>,
        usedforsecurity: bool,
        string: Option<&Value>,
    ) -> Result<Value> {
        let _ = usedforsecurity;
        make_with(th, &SHA512, "sha512", data, string)
    }
}

#[native::module("_sha3", doc = "")]
pub(crate) mod sha3 {
    use super::*;

    /// Adds the types.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        crate::support::constants(th, module, BIG)?;
        let implementation = Str::interned(th, "HACL")?;
        super::module::set(th, module, "implementation", implementation)?;
        for def in [&SHA3_224, &SHA3_256, &SHA3_384, &SHA3_512, &SHAKE_128, &SHAKE_256] {
            super::module::set(th, module, def.name, def.value())?;
        }
        Ok(())
    }
}
