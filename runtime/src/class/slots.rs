//! The table of native functions that a class has: what CPython calls type slots.
//!
//! Operations on values go through here and never through attribute lookup: `a + b` calls `add` of a's class. A class
//! written in Python has trampolines in its table, which look the special method up and call it. `slot_table` says
//! which special method stands for which slot.
//!
//! * INV-SLOTS-1: a slot's word is zero or the address of a function of the slot's type.
//! * INV-SLOTS-2: the slots of a class made by a program do what deciding each anew would make them do.

use std::marker::PhantomData;

use memory::Value;
use threads::Thread;
use threads::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Result;
use crate::names;
use crate::native::Args;

/// `f(x)`.
pub type Unary = fn(&mut Thread, &Value) -> Result<Value>;
/// `f(x, y)`; answers NotImplemented for operands that it does not know. Either operand may be the one whose class has it.
pub type Binary = fn(&mut Thread, &Value, &Value) -> Result<Value>;
/// `pow(x, y, z)`, with None for a missing z.
pub type Ternary = fn(&mut Thread, &Value, &Value, &Value) -> Result<Value>;
/// `bool(x)`.
pub type Predicate = fn(&mut Thread, &Value) -> Result<bool>;
/// `len(x)`.
pub type Length = fn(&mut Thread, &Value) -> Result<usize>;
/// `hash(x)`: never -1.
pub type Hash = fn(&mut Thread, &Value) -> Result<i64>;
/// `y in x`.
pub type Contains = fn(&mut Thread, &Value, &Value) -> Result<bool>;
/// `x * n` of a sequence.
pub type Repeat = fn(&mut Thread, &Value, isize) -> Result<Value>;
/// `x[y] = z`, or `del x[y]` without z.
pub type SetItem = fn(&mut Thread, &Value, &Value, Option<&Value>) -> Result<()>;
/// The next item; `None` when there is no more.
pub type Next = fn(&mut Thread, &Value) -> Result<Option<Value>>;
/// `x OP y`; NotImplemented for what it does not know.
pub type RichCompare = fn(&mut Thread, &Value, &Value, Comparison) -> Result<Value>;
/// `x.name`; `None` for what would be the usual AttributeError, which the caller makes if it wants one.
pub type GetAttr = fn(&mut Thread, &Value, &Value) -> Result<Option<Value>>;
/// `x.name = value`, or `del x.name` without a value.
pub type SetAttr = fn(&mut Thread, &Value, &Value, Option<&Value>) -> Result<()>;
/// `descriptor.__get__(object, class)`.
pub type DescrGet = fn(&mut Thread, &Value, Option<&Value>, Option<&Value>) -> Result<Value>;
/// `descriptor.__set__(object, value)`, or `__delete__` without a value.
pub type DescrSet = fn(&mut Thread, &Value, &Value, Option<&Value>) -> Result<()>;
/// `f(*args, **kwargs)`.
pub type Call = fn(&mut Thread, &Value, Args<'_>) -> Result<Value>;
/// `self.__init__(...)`.
pub type Init = fn(&mut Thread, &Value, Args<'_>) -> Result<()>;
/// `class.__new__(class, ...)`.
pub type New = fn(&mut Thread, &Value, Args<'_>) -> Result<Value>;

/// The comparisons, in the order of their opargs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl Comparison {
    /// All of them, by number.
    pub const ALL: [Self; 6] = [Self::Lt, Self::Le, Self::Eq, Self::Ne, Self::Gt, Self::Ge];

    /// The comparison with its operands exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }

    /// How it is written.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// The name of its special method.
    pub fn method(self) -> &'static Value {
        match self {
            Self::Lt => names::__lt__(),
            Self::Le => names::__le__(),
            Self::Eq => names::__eq__(),
            Self::Ne => names::__ne__(),
            Self::Gt => names::__gt__(),
            Self::Ge => names::__ge__(),
        }
    }

    /// What it answers for operands that compare so.
    #[inline(always)]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        }
    }
}

/// The arithmetic operators, in the order of `BINARY_OP`'s opargs; in-place ones follow at +13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    And,
    FloorDivide,
    Lshift,
    MatrixMultiply,
    Multiply,
    Remainder,
    Or,
    Power,
    Rshift,
    Subtract,
    TrueDivide,
    Xor,
}

impl BinaryOp {
    /// How many there are.
    pub const COUNT: usize = 13;
    /// All of them, by number.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Add,
        Self::And,
        Self::FloorDivide,
        Self::Lshift,
        Self::MatrixMultiply,
        Self::Multiply,
        Self::Remainder,
        Self::Or,
        Self::Power,
        Self::Rshift,
        Self::Subtract,
        Self::TrueDivide,
        Self::Xor,
    ];

    /// How it is written.
    pub fn symbol(self) -> &'static str {
        ["+", "&", "//", "<<", "@", "*", "%", "|", "** or pow()", ">>", "-", "/", "^"][self as usize]
    }

    /// The name of the left operand's special method.
    pub fn method(self) -> &'static Value {
        match self {
            Self::Add => names::__add__(),
            Self::And => names::__and__(),
            Self::FloorDivide => names::__floordiv__(),
            Self::Lshift => names::__lshift__(),
            Self::MatrixMultiply => names::__matmul__(),
            Self::Multiply => names::__mul__(),
            Self::Remainder => names::__mod__(),
            Self::Or => names::__or__(),
            Self::Power => names::__pow__(),
            Self::Rshift => names::__rshift__(),
            Self::Subtract => names::__sub__(),
            Self::TrueDivide => names::__truediv__(),
            Self::Xor => names::__xor__(),
        }
    }
}

/// One slot: a function pointer or nothing. Written when a class is made or changed, read all the time.
pub struct SlotCell<F>(AtomicUsize, PhantomData<fn() -> F>);

impl<F> Default for SlotCell<F> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<F> SlotCell<F> {
    /// No function.
    pub const fn empty() -> Self {
        Self(AtomicUsize::new(0), PhantomData)
    }
}

impl<F: Copy> SlotCell<F> {
    /// The function.
    #[inline(always)]
    pub fn get(&self) -> Option<F> {
        const { assert!(size_of::<F>() == size_of::<usize>(), "a slot holds a function pointer") };
        // Relaxed: functions are code; which of two racing versions is called is the program's race.
        let address = self.0.load(Ordering::Relaxed);
        if address == 0 {
            return None;
        }
        // SAFETY: INV-SLOTS-1: `set` alone writes here, and only function pointers of type `F`.
        Some(unsafe { std::mem::transmute_copy::<usize, F>(&address) })
    }

    /// Sets the function.
    pub fn set(&self, function: F) {
        // SAFETY: a function pointer is as large as a `usize` (asserted in `get`).
        let address = unsafe { std::mem::transmute_copy::<F, usize>(&function) };
        self.0.store(address, Ordering::Relaxed);
    }

    /// Sets the function, or none.
    pub fn set_option(&self, function: Option<F>) {
        match function {
            Some(function) => self.set(function),
            None => self.0.store(0, Ordering::Relaxed),
        }
    }

    /// Whether both hold the same function.
    pub fn same(&self, other: &Self) -> bool {
        self.0.load(Ordering::Relaxed) == other.0.load(Ordering::Relaxed)
    }

    fn copy_from(&self, other: &Self) {
        self.0.store(other.0.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)*) => {
        /// What a class's instances can do.
        #[derive(Default)]
        pub struct Slots {
            $($(#[$doc])* pub $name: SlotCell<$kind>,)*
            /// `x OP y`, by [`BinaryOp`]. (Power is `power`.)
            pub binary: [SlotCell<Binary>; BinaryOp::COUNT],
            /// `x OP= y`, by [`BinaryOp`]. (Power is `inplace_power`.)
            pub inplace: [SlotCell<Binary>; BinaryOp::COUNT],
        }
        impl Slots {
            /// Takes over every function that `other` has and this one has not.
            pub fn inherit(&self, other: &Slots) {
                $(if self.$name.0.load(Ordering::Relaxed) == 0 { self.$name.copy_from(&other.$name); })*
                for (mine, theirs) in self.binary.iter().zip(&other.binary).chain(self.inplace.iter().zip(&other.inplace)) {
                    if mine.0.load(Ordering::Relaxed) == 0 {
                        mine.copy_from(theirs);
                    }
                }
            }
        }
    };
}

slots! {
    /// `repr(x)`.
    repr: Unary;
    /// `str(x)`.
    str: Unary;
    /// `hash(x)`.
    hash: Hash;
    /// `x(...)`.
    call: Call;
    /// `x.name`.
    getattr: GetAttr;
    /// `x.name = y` and `del x.name`.
    setattr: SetAttr;
    /// Comparisons.
    compare: RichCompare;
    /// `iter(x)`.
    iter: Unary;
    /// `next(x)`.
    next: Next;
    /// `descriptor.__get__`.
    get: DescrGet;
    /// `descriptor.__set__` and `__delete__`.
    set: DescrSet;
    /// `__init__`.
    init: Init;
    /// `__new__`.
    new: New;
    /// `bool(x)`.
    bool: Predicate;
    /// `len(x)`.
    len: Length;
    /// `x[y]`.
    getitem: Binary;
    /// `x[y] = z` and `del x[y]`.
    setitem: SetItem;
    /// `y in x`.
    contains: Contains;
    /// `x + y` of sequences, after all numbers have declined.
    concat: Binary;
    /// `x * n` of sequences.
    repeat: Repeat;
    /// `x += y` of sequences.
    inplace_concat: Binary;
    /// `x *= n` of sequences.
    inplace_repeat: Repeat;
    /// `x ** y` and `pow(x, y, z)`.
    power: Ternary;
    /// `x **= y`.
    inplace_power: Ternary;
    /// `-x`.
    negative: Unary;
    /// `+x`.
    positive: Unary;
    /// `abs(x)`.
    absolute: Unary;
    /// `~x`.
    invert: Unary;
    /// `int(x)`.
    int: Unary;
    /// `float(x)`.
    float: Unary;
    /// `operator.index(x)`.
    index: Unary;
    /// `divmod(x, y)`.
    divmod: Binary;
    /// `await x`.
    await_: Unary;
    /// `aiter(x)`.
    aiter: Unary;
    /// `anext(x)`.
    anext: Unary;
    /// `__del__`, run once before the instance dies.
    finalize: Unary;
    /// The bytes that an object lends (`memoryview(x)`).
    buffer: crate::native::buffer::GetBuffer;
}
