//! Names that the runtime itself uses: interned, immortal strs, one function each (`names::__init__()`).
//!
//! * INV-NAMES-1: a static value is set once, at the start, and is never freed.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use memory::Value;
use threads::Context;
use threads::sync::atomic::{AtomicU64, Ordering};

use crate::error::Result;
use crate::types::Str;

/// A value that is made once, is immortal, and is found in a static.
pub struct StaticValue(AtomicU64);

impl Default for StaticValue {
    fn default() -> Self {
        Self::new()
    }
}

impl StaticValue {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Fills it, once, with an immortal value.
    pub fn set(&self, value: Value) {
        // What others may be counting already is counted for good instead.
        if value.header().is_some_and(|header| !header.is_shared()) {
            memory::make_immortal(&value);
        }
        // Release: the value is complete before it is found here.
        self.0.store(value.into_word().bits(), Ordering::Release);
    }

    /// Fills it with an immortal value unless another thread has done so before.
    pub fn set_first(&self, value: Value) {
        if value.header().is_some_and(|header| !header.is_shared()) {
            memory::make_immortal(&value);
        }
        let word = value.into_word();
        // Release: the value is complete before it is found here. What comes too late is never freed.
        let _ = self.0.compare_exchange(0, word.bits(), Ordering::Release, Ordering::Relaxed);
    }

    /// The value, if it has been set.
    #[inline]
    pub fn get(&'static self) -> Option<&'static Value> {
        // Acquire: pairs with the release in `set`.
        if self.0.load(Ordering::Acquire) == 0 {
            return None;
        }
        let place: *const Value = (&raw const self.0).cast();
        // SAFETY: INV-NAMES-1: a word that is not zero is that of an immortal value and never changes; a `Value` is one
        // word.
        Some(unsafe { &*place })
    }

    /// The interned str with this text, which it is filled with at the first time.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub fn interned(&'static self, thread: &Context, text: &str) -> Result<&'static Value> {
        if self.get().is_none() {
            self.set_first(Str::interned(thread, text)?);
        }
        Ok(self.value())
    }

    /// The value.
    ///
    /// # Panics
    /// Before the runtime has been initialised.
    #[inline(always)]
    pub fn value(&'static self) -> &'static Value {
        self.get().expect("INV-NAMES-1: the runtime has been initialised")
    }
}

/// The interned str with a text that the source says, made when the line is reached first: `interned!(thread, "decode")?`.
#[macro_export]
macro_rules! interned {
    ($thread:expr, $text:expr) => {{
        static NAME: $crate::names::StaticValue = $crate::names::StaticValue::new();
        const TEXT: &str = $text;
        NAME.interned($thread, TEXT)
    }};
}

macro_rules! names {
    ($($name:ident $(= $text:literal)?)*) => {
        #[allow(non_upper_case_globals, reason = "the statics are named as what they hold")]
        mod statics {
            use super::StaticValue;
            $(pub static $name: StaticValue = StaticValue::new();)*
        }
        $(
            #[doc = concat!("The str `", stringify!($name), "`.")]
            #[inline(always)]
            #[allow(non_snake_case, reason = "named as what it is")]
            pub fn $name() -> &'static Value {
                statics::$name.value()
            }
        )*
        static ALL: &[(&str, &StaticValue)] = &[$((names!(@text $name $($text)?), &statics::$name)),*];
    };
    (@text $name:ident) => { stringify!($name) };
    (@text $name:ident $text:literal) => { $text };
}

names! {
    __abs__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__ __annotate__ __annotate_func__ __annotations__
    __annotations_cache__ __await__ __bases__ __bool__ __build_class__ __builtins__ __bytes__ __call__ __cause__ __ceil__ __class__
    __class_getitem__ __classcell__ __classdict__ __classdictcell__ __code__ __complex__ __conditional_annotations__ __contains__
    __context__ __copy__ __deepcopy__ __del__ __delattr__ __delete__ __delitem__ __dict__ __dir__ __divmod__ __doc__ __enter__ __eq__
    __exit__ __file__ __firstlineno__ __float__ __floor__ __floordiv__ __format__ __fspath__ __ge__ __generic_alias__ __get__ __getattr__
    __getattribute__ __getinitargs__ __getitem__ __getnewargs__ __getnewargs_ex__ __getstate__ __globals__ __gt__ __hash__ __iadd__
    __iand__ __ifloordiv__ __ilshift__ __imatmul__ __imod__ __import__ __imul__ __index__ __init__ __init_subclass__ __instancecheck__
    __int__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __iter__ __itruediv__ __ixor__ __kwdefaults__ __le__ __len__
    __length_hint__ __loader__ __lshift__ __lt__ __main__ __match_args__ __matmul__ __missing__ __mod__ __module__ __mro_entries__
    __mul__ __name__ __ne__ __neg__ __new__ __newobj__ __newobj_ex__ __next__ __notes__ __or__ __orig_bases__ __orig_class__ __origin__ __package__
    __parameters__ __path__ __pos__ __pow__ __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __reduce__ __reduce_ex__
    __release_buffer__ __buffer__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__
    __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __set__ __set_name__ __setattr__ __setitem__ __setstate__ __sizeof__
    __slots__ __slotnames__ __spec__ __static_attributes__ __str__ __sub__ __subclasscheck__ __subclasshook__ __traceback__ __truediv__
    __trunc__ __type_params__ __typing_is_unpacked_typevartuple__ __typing_prepare_subst__ __typing_subst__ __typing_unpacked_tuple_args__ __warningregistry__ __weakref__ __wrapped__ __xor__
    __abstractmethods__ __debug__ __defaults__ __closure__ __func__ __self__ __objclass__ __text_signature__ __args__ __unpacked__
    copy args builtins close code copyreg default_format = "" encoding encode decode end errors excepthook exceptions extend end_lineno end_offset errno filename
    filename2 file fileno flush get items join key keys last_exc latin_1 = "latin-1" lineno message metaclass mode modules msg mro name name_from newline obj object
    offset open path print_file_and_line read readline reason replace reverse send sep sort start stderr stdin stdout strerror
    strict surrogateescape sys text throw update utf_8 = "utf-8" value values warnings write ps1 ps2 exc_type exc_value exc_traceback err_msg thread
    _initializing _uninitialized_submodules __cached__ __origname__ = "__origname__" append pop add insert _fix_up_module __repr_pattern__ dispatch_table _slotnames _reduce_ex
}

/// The name `text`, if it is one of these.
pub fn find(text: &str) -> Option<&'static Value> {
    place(text)?.get()
}

/// Where the name `text` is, if it is one of these.
pub fn place(text: &str) -> Option<&'static StaticValue> {
    let index = INDEX.get_or_init(|| ALL.iter().enumerate().map(|(i, (text, _))| (*text, i)).collect());
    index.get(text).map(|&i| ALL[i].1)
}

static INDEX: threads::sync::OnceLock<HashMap<&'static str, usize, BuildHasherDefault<TextHasher>>> =
    threads::sync::OnceLock::new();

/// FNV-1a: the names are short, and nobody chooses them to collide.
struct TextHasher(u64);

impl Default for TextHasher {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for TextHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
}

/// Makes all names.
pub(crate) fn initialize(thread: &Context) -> crate::error::Result<()> {
    for (text, place) in ALL {
        if place.get().is_none() {
            let name = Str::new(thread, text)?;
            if name.header().is_some_and(|header| !header.is_shared()) {
                memory::make_immortal(&name);
            }
            let name = crate::types::str::intern(thread, &name);
            if place.get().is_none() {
                // Interned strs of the runtime are immortal (`intern_static` has made it so).
                place.set_interned(name);
            }
        }
    }
    Ok(())
}

impl StaticValue {
    /// Fills it with a value that is immortal already, or counted for good.
    pub(crate) fn set_interned(&self, value: Value) {
        // Release: as in `set`.
        self.0.store(value.into_word().bits(), Ordering::Release);
    }
}
