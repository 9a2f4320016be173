//! The opcodes that only the interpreter uses: what decoding or specialization makes of CPython's.

use super::instr::Unit;
use super::run::number;

/// Declares the opcodes: name, number, CPython's instruction that it is a form of, and whether `step` knows it by itself
/// (`alone`) or as that instruction (`general`).
macro_rules! specialized {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal of $base:ident, $knows:ident;)*) => {
        /// The opcodes.
        pub mod internal {
            $($(#[doc = $doc])+ pub const $name: u8 = $number;)*
            /// An instruction that is being watched; the original opcode is beside it in the unit.
            pub const INSTRUMENTED: u8 = 139;
            /// All instructions of code that cannot be trusted.
            pub const REFUSED: u8 = 140;
        }

        /// CPython's instruction of each opcode.
        static BASE: [u8; 256] = {
            let mut table = identity();
            $(table[$number] = number::$base;)*
            table
        };

        /// The opcode under which `step` and `step_control` know each.
        static IN_FULL: [u8; 256] = {
            let mut table = identity();
            $(table[$number] = specialized!(@$knows $number, number::$base);)*
            table
        };
    };
    (@alone $own:expr, $base:expr) => { $own };
    (@general $own:expr, $base:expr) => { $base };
}

specialized! {
    /// `LOAD_ATTR` of an attribute in a slot of a shape.
    LOAD_ATTR_SLOT = 130 of LoadAttr, alone;
    /// So where what is loaded is called next: an empty slot stands behind it then.
    LOAD_ATTR_SLOT_CALLED = 171 of LoadAttr, alone;
    /// `LOAD_ATTR` of a method of a class.
    LOAD_ATTR_METHOD = 131 of LoadAttr, alone;
    /// `LOAD_ATTR` that is not specialized again.
    LOAD_ATTR_GENERIC = 132 of LoadAttr, alone;
    /// `STORE_ATTR` into a slot of a shape.
    STORE_ATTR_SLOT = 133 of StoreAttr, alone;
    /// `STORE_ATTR` that is not specialized again.
    STORE_ATTR_GENERIC = 134 of StoreAttr, alone;
    /// `LOAD_GLOBAL` found in the globals.
    LOAD_GLOBAL_MODULE = 135 of LoadGlobal, alone;
    /// `LOAD_GLOBAL` found in the builtins.
    LOAD_GLOBAL_BUILTIN = 136 of LoadGlobal, alone;
    /// `LOAD_GLOBAL` that is not specialized again.
    LOAD_GLOBAL_GENERIC = 137 of LoadGlobal, alone;
    /// `STORE_ATTR` of an attribute that the instance has not yet, with the shape that follows.
    STORE_ATTR_NEW = 138 of StoreAttr, alone;
    /// `BINARY_OP` of `+` and `+=`, which decoding puts there; so with the next ones.
    BINARY_OP_ADD = 141 of BinaryOp, general;
    /// `BINARY_OP` of `-` and `-=`.
    BINARY_OP_SUBTRACT = 142 of BinaryOp, general;
    /// `BINARY_OP` of `*` and `*=`.
    BINARY_OP_MULTIPLY = 143 of BinaryOp, general;
    /// `BINARY_OP` of `container[key]`, for a list and a small int (`hot::subscripts`).
    BINARY_OP_SUBSCRIPT = 144 of BinaryOp, general;
    /// Of a tuple by a small int.
    SUBSCRIPT_TUPLE = 189 of BinaryOp, general;
    /// Of a dict.
    SUBSCRIPT_DICT = 190 of BinaryOp, general;
    /// Of a str or of bytes by a small int.
    SUBSCRIPT_TEXT = 191 of BinaryOp, general;
    /// Of what is no instance of a program's class by a slice.
    SUBSCRIPT_SLICE = 192 of BinaryOp, general;
    /// Of an instance of a program's class.
    SUBSCRIPT_METHOD = 193 of BinaryOp, general;
    /// Of anything else.
    SUBSCRIPT_ANY = 194 of BinaryOp, general;
    /// `LOAD_ATTR` of an attribute that a native computes.
    LOAD_ATTR_COMPUTED = 145 of LoadAttr, alone;
    /// `LOAD_ATTR` of `__class__` as `object` computes it.
    LOAD_ATTR_CLASS_OF = 188 of LoadAttr, general;
    /// `LOAD_ATTR` of a module's variable.
    LOAD_ATTR_MODULE = 146 of LoadAttr, alone;
    /// `LOAD_ATTR` of a property whose getter is a Python function.
    LOAD_ATTR_PROPERTY = 153 of LoadAttr, alone;
    /// `LOAD_ATTR` of an instance, found in its class, which holds the very value.
    LOAD_ATTR_HELD = 154 of LoadAttr, alone;
    /// `LOAD_ATTR` of a class, which holds the very value.
    LOAD_ATTR_CLASS = 155 of LoadAttr, alone;
    /// `LOAD_ATTR` of what a descriptor makes of an instance or a class, which the class holds.
    LOAD_ATTR_BOUND = 159 of LoadAttr, general;
    /// `LOAD_ATTR` of an attribute in a slot of one of several shapes.
    LOAD_ATTR_SLOTS = 156 of LoadAttr, alone;
    /// `STORE_ATTR` into a slot of one of several shapes.
    STORE_ATTR_SLOTS = 157 of StoreAttr, alone;
    /// `FOR_ITER` over a list.
    FOR_ITER_LIST = 147 of ForIter, general;
    /// `FOR_ITER` over a tuple.
    FOR_ITER_TUPLE = 148 of ForIter, general;
    /// `FOR_ITER` over a generator.
    FOR_ITER_GENERATOR = 149 of ForIter, general;
    /// `FOR_ITER` over the keys or values of a dict.
    FOR_ITER_DICT = 152 of ForIter, general;
    /// `FOR_ITER` over pairs that the next instruction takes apart.
    FOR_ITER_PAIR = 150 of ForIter, general;
    /// `FOR_ITER` over the characters of an ASCII str.
    FOR_ITER_TEXT = 158 of ForIter, general;
    /// `FOR_ITER` over another iterator that is native.
    FOR_ITER_NATIVE = 151 of ForIter, general;
    /// `CALL` of a native function. `CALL` itself is that of a Python function.
    CALL_NATIVE = 160 of Call, general;
    /// `CALL` of a native method with its receiver.
    CALL_METHOD = 161 of Call, general;
    /// `CALL` of a class.
    CALL_CLASS = 162 of Call, general;
    /// `CALL` of `len`.
    CALL_LEN = 163 of Call, general;
    /// `CALL` of `isinstance`.
    CALL_ISINSTANCE = 164 of Call, general;
    /// `CALL` of `list.append`.
    CALL_LIST_APPEND = 165 of Call, general;
    /// `CALL` of `dict.get`.
    CALL_DICT_GET = 221 of Call, general;
    /// `CALL` of a native method that takes its receiver along.
    CALL_BOUND = 166 of Call, general;
    /// `CALL` of a method bound to its receiver, whose function is a Python function.
    CALL_BOUND_FUNCTION = 168 of Call, general;
    /// `CALL` of an instance of another native class that can be called.
    CALL_BY_SLOT = 202 of Call, general;
    /// `CALL` of a Python function that lacks arguments, for which it has defaults, or whose arguments are to be bound.
    CALL_WITH_DEFAULTS = 201 of Call, general;
    /// `CALL` of `type` for the class of a value.
    CALL_TYPE = 200 of Call, general;
    /// `CALL` of anything.
    CALL_ANY = 167 of Call, general;
    /// `LOAD_FAST_BORROW` before a `LOAD_ATTR` (`hot::pairs`).
    LOAD_FAST_BORROW_ATTR = 172 of LoadFastBorrow, general;
    /// Before a `LOAD_ATTR_SLOT`.
    LOAD_FAST_BORROW_ATTR_SLOT = 173 of LoadFastBorrow, general;
    /// Before a `LOAD_ATTR_METHOD`.
    LOAD_FAST_BORROW_ATTR_METHOD = 174 of LoadFastBorrow, general;
    /// Before a `BINARY_OP_SUBSCRIPT`.
    LOAD_FAST_BORROW_SUBSCRIPT = 175 of LoadFastBorrow, general;
    /// Before a `BINARY_OP_ADD`.
    LOAD_FAST_BORROW_ADD = 176 of LoadFastBorrow, general;
    /// Before a `BINARY_OP_SUBTRACT`.
    LOAD_FAST_BORROW_SUBTRACT = 177 of LoadFastBorrow, general;
    /// Before a `BINARY_OP_MULTIPLY`.
    LOAD_FAST_BORROW_MULTIPLY = 178 of LoadFastBorrow, general;
    /// Before a `POP_JUMP_IF_NONE`.
    LOAD_FAST_BORROW_IF_NONE = 179 of LoadFastBorrow, general;
    /// Before a `POP_JUMP_IF_NOT_NONE`.
    LOAD_FAST_BORROW_IF_NOT_NONE = 180 of LoadFastBorrow, general;
    /// `LOAD_FAST_BORROW_LOAD_FAST_BORROW` before a `BINARY_OP_SUBSCRIPT`.
    LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBSCRIPT = 181 of LoadFastBorrowLoadFastBorrow, general;
    /// `LOAD_FAST_BORROW` before a `SUBSCRIPT_TUPLE`.
    LOAD_FAST_BORROW_SUBSCRIPT_TUPLE = 195 of LoadFastBorrow, general;
    /// `LOAD_FAST_BORROW_LOAD_FAST_BORROW` before one.
    LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBSCRIPT_TUPLE = 196 of LoadFastBorrowLoadFastBorrow, general;
    /// `LOAD_SMALL_INT` before a `BINARY_OP_ADD`.
    LOAD_SMALL_INT_ADD = 182 of LoadSmallInt, general;
    /// Before a `BINARY_OP_SUBTRACT`.
    LOAD_SMALL_INT_SUBTRACT = 183 of LoadSmallInt, general;
    /// Before a `COMPARE_OP`.
    LOAD_SMALL_INT_COMPARE = 184 of LoadSmallInt, general;
    /// `STORE_FAST` before a `LOAD_FAST_BORROW`.
    STORE_FAST_LOAD_FAST_BORROW = 185 of StoreFast, general;
    /// Before a `LOAD_FAST_BORROW_LOAD_FAST_BORROW`.
    STORE_FAST_LOAD_FAST_BORROW_LOAD_FAST_BORROW = 186 of StoreFast, general;
    /// Before a `JUMP_BACKWARD`.
    STORE_FAST_JUMP_BACKWARD = 187 of StoreFast, general;
    /// `LOAD_CONST` before a `BINARY_OP_ADD` (`hot::number_pairs`).
    LOAD_CONST_ADD = 203 of LoadConst, general;
    /// Before a `BINARY_OP_SUBTRACT`.
    LOAD_CONST_SUBTRACT = 204 of LoadConst, general;
    /// Before a `BINARY_OP_MULTIPLY`.
    LOAD_CONST_MULTIPLY = 205 of LoadConst, general;
    /// Before another `BINARY_OP`.
    LOAD_CONST_BINARY_OP = 206 of LoadConst, general;
    /// Before a `RETURN_VALUE`.
    LOAD_CONST_RETURN_VALUE = 207 of LoadConst, general;
    /// `LOAD_FAST_BORROW_LOAD_FAST_BORROW` before a `BINARY_OP_ADD`.
    LOAD_FAST_BORROW_LOAD_FAST_BORROW_ADD = 208 of LoadFastBorrowLoadFastBorrow, general;
    /// Before a `BINARY_OP_SUBTRACT`.
    LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBTRACT = 209 of LoadFastBorrowLoadFastBorrow, general;
    /// Before a `BINARY_OP_MULTIPLY`.
    LOAD_FAST_BORROW_LOAD_FAST_BORROW_MULTIPLY = 210 of LoadFastBorrowLoadFastBorrow, general;
    /// Before a `COMPARE_OP`.
    LOAD_FAST_BORROW_LOAD_FAST_BORROW_COMPARE = 211 of LoadFastBorrowLoadFastBorrow, general;
    /// Before another `BINARY_OP`.
    LOAD_FAST_BORROW_LOAD_FAST_BORROW_BINARY_OP = 212 of LoadFastBorrowLoadFastBorrow, general;
    /// `LOAD_FAST_BORROW` before a `LOAD_SMALL_INT_ADD`.
    LOAD_FAST_BORROW_LOAD_SMALL_INT_ADD = 213 of LoadFastBorrow, general;
    /// Before a `LOAD_SMALL_INT_SUBTRACT`.
    LOAD_FAST_BORROW_LOAD_SMALL_INT_SUBTRACT = 214 of LoadFastBorrow, general;
    /// Before a `LOAD_SMALL_INT_COMPARE`.
    LOAD_FAST_BORROW_LOAD_SMALL_INT_COMPARE = 215 of LoadFastBorrow, general;
    /// Before a `RETURN_VALUE`.
    LOAD_FAST_BORROW_RETURN_VALUE = 217 of LoadFastBorrow, general;
    /// `LOAD_SMALL_INT` before another `BINARY_OP`.
    LOAD_SMALL_INT_BINARY_OP = 216 of LoadSmallInt, general;
    /// `STORE_FAST` before a `LOAD_GLOBAL` (`hot::pairs`, as the next ones).
    STORE_FAST_LOAD_GLOBAL = 220 of StoreFast, general;
    /// `COPY` before a `COPY`.
    COPY_COPY = 218 of Copy, general;
    /// `SWAP` before a `SWAP`.
    SWAP_SWAP = 219 of Swap, general;
    /// What follows the special method that `BINARY_OP` has called; decoding puts it into the instruction's first cache.
    FINISH_BINARY_OP = 169 of Cache, general;
    /// So for `COMPARE_OP`.
    FINISH_COMPARE_OP = 170 of Cache, general;
}

const fn identity() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = i as u8;
        i += 1;
    }
    table
}

/// Which of CPython's instructions `step_control` has rather than `step`, of the more frequent ones.
static CONTROL: [bool; 256] = {
    let mut table = [false; 256];
    macro_rules! control {
        ($($name:ident;)*) => { $(table[number::$name as usize] = true;)* };
    }
    control! {
        LoadAttr;
        StoreAttr;
        LoadSuperAttr;
        LoadSpecial;
        Call;
        CallKw;
        CallFunctionEx;
        MakeFunction;
        SetFunctionAttribute;
        ReturnValue;
        ReturnGenerator;
        YieldValue;
        Send;
        RaiseVarargs;
        WithExceptStart;
    }
    table
};

/// CPython's instruction of which `opcode` is a form.
#[inline(always)]
pub fn base(opcode: u8) -> u8 {
    BASE[opcode as usize]
}

/// The instruction as `step` and `step_control` know it.
#[inline(always)]
pub fn in_full(unit: Unit) -> Unit {
    unit.with_opcode(IN_FULL[unit.opcode() as usize])
}

/// Whether `step_control` has the instruction.
#[inline(always)]
pub fn is_control(opcode: u8) -> bool {
    CONTROL[base(opcode) as usize]
}

/// The opcode under which the first of two instructions that follow each other executes both, if there is one.
pub fn pair(first: u8, second: u8) -> Option<u8> {
    Some(match (first, second) {
        (number::LoadFastBorrow, number::LoadAttr) => internal::LOAD_FAST_BORROW_ATTR,
        (number::LoadFastBorrow, internal::BINARY_OP_SUBSCRIPT) => internal::LOAD_FAST_BORROW_SUBSCRIPT,
        (number::LoadFastBorrow, internal::BINARY_OP_ADD) => internal::LOAD_FAST_BORROW_ADD,
        (number::LoadFastBorrow, internal::BINARY_OP_SUBTRACT) => internal::LOAD_FAST_BORROW_SUBTRACT,
        (number::LoadFastBorrow, internal::BINARY_OP_MULTIPLY) => internal::LOAD_FAST_BORROW_MULTIPLY,
        (number::LoadFastBorrow, number::PopJumpIfNone) => internal::LOAD_FAST_BORROW_IF_NONE,
        (number::LoadFastBorrow, number::PopJumpIfNotNone) => internal::LOAD_FAST_BORROW_IF_NOT_NONE,
        (number::LoadFastBorrowLoadFastBorrow, internal::BINARY_OP_SUBSCRIPT) => {
            internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBSCRIPT
        }
        (number::LoadSmallInt, internal::BINARY_OP_ADD) => internal::LOAD_SMALL_INT_ADD,
        (number::LoadSmallInt, internal::BINARY_OP_SUBTRACT) => internal::LOAD_SMALL_INT_SUBTRACT,
        (number::LoadSmallInt, number::CompareOp) => internal::LOAD_SMALL_INT_COMPARE,
        (number::StoreFast, number::LoadFastBorrow) => internal::STORE_FAST_LOAD_FAST_BORROW,
        (number::StoreFast, number::LoadFastBorrowLoadFastBorrow) => {
            internal::STORE_FAST_LOAD_FAST_BORROW_LOAD_FAST_BORROW
        }
        (number::StoreFast, number::JumpBackward) => internal::STORE_FAST_JUMP_BACKWARD,
        (number::LoadFastBorrow, internal::LOAD_SMALL_INT_ADD) => {
            internal::LOAD_FAST_BORROW_LOAD_SMALL_INT_ADD
        }
        (number::LoadFastBorrow, internal::LOAD_SMALL_INT_SUBTRACT) => {
            internal::LOAD_FAST_BORROW_LOAD_SMALL_INT_SUBTRACT
        }
        (number::LoadFastBorrow, internal::LOAD_SMALL_INT_COMPARE) => {
            internal::LOAD_FAST_BORROW_LOAD_SMALL_INT_COMPARE
        }
        (number::LoadFastBorrow, number::ReturnValue) => internal::LOAD_FAST_BORROW_RETURN_VALUE,
        (number::LoadFastBorrowLoadFastBorrow, internal::BINARY_OP_ADD) => {
            internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_ADD
        }
        (number::LoadFastBorrowLoadFastBorrow, internal::BINARY_OP_SUBTRACT) => {
            internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBTRACT
        }
        (number::LoadFastBorrowLoadFastBorrow, internal::BINARY_OP_MULTIPLY) => {
            internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_MULTIPLY
        }
        (number::LoadFastBorrowLoadFastBorrow, number::CompareOp) => {
            internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_COMPARE
        }
        (number::LoadFastBorrowLoadFastBorrow, number::BinaryOp) => {
            internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_BINARY_OP
        }
        (number::LoadConst, internal::BINARY_OP_ADD) => internal::LOAD_CONST_ADD,
        (number::LoadConst, internal::BINARY_OP_SUBTRACT) => internal::LOAD_CONST_SUBTRACT,
        (number::LoadConst, internal::BINARY_OP_MULTIPLY) => internal::LOAD_CONST_MULTIPLY,
        (number::LoadConst, number::BinaryOp) => internal::LOAD_CONST_BINARY_OP,
        (number::LoadConst, number::ReturnValue) => internal::LOAD_CONST_RETURN_VALUE,
        (number::LoadSmallInt, number::BinaryOp) => internal::LOAD_SMALL_INT_BINARY_OP,
        (number::StoreFast, number::LoadGlobal) => internal::STORE_FAST_LOAD_GLOBAL,
        (number::Copy, number::Copy) => internal::COPY_COPY,
        (number::Swap, number::Swap) => internal::SWAP_SWAP,
        _ => return None,
    })
}
