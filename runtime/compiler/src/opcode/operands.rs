//! What the arguments of instructions mean where they are neither an index nor a distance.

macro_rules! operand {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $number:literal $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $type {
            $($(#[$doc])* $variant = $number,)*
        }

        impl $type {
            /// Every value, by number.
            pub const ALL: &'static [$type] = &[$($type::$variant,)*];

            /// The value of an instruction's argument.
            #[must_use]
            pub const fn from_oparg(oparg: u32) -> Option<$type> {
                match oparg {
                    $($number => Some($type::$variant),)*
                    _ => None,
                }
            }

            /// The name (or symbol) that `dis` shows.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $($type::$variant => $text,)*
                }
            }
        }
    };
}

operand! {
    /// Argument of BINARY_OP.
    BinaryOp {
        /// `+`
        Add = 0 "+",
        /// `&`
        And = 1 "&",
        /// `//`
        FloorDivide = 2 "//",
        /// `<<`
        LeftShift = 3 "<<",
        /// `@`
        MatrixMultiply = 4 "@",
        /// `*`
        Multiply = 5 "*",
        /// `%`
        Remainder = 6 "%",
        /// `|`
        Or = 7 "|",
        /// `**`
        Power = 8 "**",
        /// `>>`
        RightShift = 9 ">>",
        /// `-`
        Subtract = 10 "-",
        /// `/`
        TrueDivide = 11 "/",
        /// `^`
        Xor = 12 "^",
        /// `+=`
        InplaceAdd = 13 "+=",
        /// `&=`
        InplaceAnd = 14 "&=",
        /// `//=`
        InplaceFloorDivide = 15 "//=",
        /// `<<=`
        InplaceLeftShift = 16 "<<=",
        /// `@=`
        InplaceMatrixMultiply = 17 "@=",
        /// `*=`
        InplaceMultiply = 18 "*=",
        /// `%=`
        InplaceRemainder = 19 "%=",
        /// `|=`
        InplaceOr = 20 "|=",
        /// `**=`
        InplacePower = 21 "**=",
        /// `>>=`
        InplaceRightShift = 22 ">>=",
        /// `-=`
        InplaceSubtract = 23 "-=",
        /// `/=`
        InplaceTrueDivide = 24 "/=",
        /// `^=`
        InplaceXor = 25 "^=",
        /// `container[key]`
        Subscript = 26 "[]",
    }
}

/// CPython's names of the values of [`BinaryOp`], by number.
pub const BINARY_OP_NAMES: &[&str] = &[
    "NB_ADD",
    "NB_AND",
    "NB_FLOOR_DIVIDE",
    "NB_LSHIFT",
    "NB_MATRIX_MULTIPLY",
    "NB_MULTIPLY",
    "NB_REMAINDER",
    "NB_OR",
    "NB_POWER",
    "NB_RSHIFT",
    "NB_SUBTRACT",
    "NB_TRUE_DIVIDE",
    "NB_XOR",
    "NB_INPLACE_ADD",
    "NB_INPLACE_AND",
    "NB_INPLACE_FLOOR_DIVIDE",
    "NB_INPLACE_LSHIFT",
    "NB_INPLACE_MATRIX_MULTIPLY",
    "NB_INPLACE_MULTIPLY",
    "NB_INPLACE_REMAINDER",
    "NB_INPLACE_OR",
    "NB_INPLACE_POWER",
    "NB_INPLACE_RSHIFT",
    "NB_INPLACE_SUBTRACT",
    "NB_INPLACE_TRUE_DIVIDE",
    "NB_INPLACE_XOR",
    "NB_SUBSCR",
];

operand! {
    /// Argument of COMPARE_OP; the instruction packs it with [`CompareOp::oparg`].
    CompareOp {
        /// `<`
        Less = 0 "<",
        /// `<=`
        LessEqual = 1 "<=",
        /// `==`
        Equal = 2 "==",
        /// `!=`
        NotEqual = 3 "!=",
        /// `>`
        Greater = 4 ">",
        /// `>=`
        GreaterEqual = 5 ">=",
    }
}

impl CompareOp {
    /// Bit of the argument of COMPARE_OP: convert the result to a bool.
    pub const TO_BOOL: u32 = 16;

    /// The argument of COMPARE_OP: the operation in bits 5 and up, [`CompareOp::TO_BOOL`] where the result feeds a
    /// branch, and in bits 0 to 3 which outcomes make it true: unordered 1, less 2, greater 4, equal 8.
    #[must_use]
    pub const fn oparg(self, to_bool: bool) -> u32 {
        let outcomes = match self {
            CompareOp::Less => 2,
            CompareOp::LessEqual => 10,
            CompareOp::Equal => 8,
            CompareOp::NotEqual => 7,
            CompareOp::Greater => 4,
            CompareOp::GreaterEqual => 12,
        };
        (self as u32) << 5 | outcomes | if to_bool { Self::TO_BOOL } else { 0 }
    }

    /// The operation in an argument of COMPARE_OP.
    #[must_use]
    pub const fn of_oparg(oparg: u32) -> Option<CompareOp> {
        Self::from_oparg(oparg >> 5)
    }
}

operand! {
    /// Argument of CALL_INTRINSIC_1.
    Intrinsic1 {
        /// Not used.
        Invalid = 0 "INTRINSIC_1_INVALID",
        /// Show the value of an expression statement typed interactively (`sys.displayhook`).
        Print = 1 "INTRINSIC_PRINT",
        /// `from module import *` into the local names.
        ImportStar = 2 "INTRINSIC_IMPORT_STAR",
        /// Turn a StopIteration (or StopAsyncIteration) leaving a generator into a RuntimeError.
        StopIterationError = 3 "INTRINSIC_STOPITERATION_ERROR",
        /// Wrap a value yielded by an asynchronous generator.
        AsyncGenWrap = 4 "INTRINSIC_ASYNC_GEN_WRAP",
        /// `+value`
        UnaryPositive = 5 "INTRINSIC_UNARY_POSITIVE",
        /// `tuple(list)`
        ListToTuple = 6 "INTRINSIC_LIST_TO_TUPLE",
        /// Make a TypeVar of its name.
        TypeVar = 7 "INTRINSIC_TYPEVAR",
        /// Make a ParamSpec of its name.
        ParamSpec = 8 "INTRINSIC_PARAMSPEC",
        /// Make a TypeVarTuple of its name.
        TypeVarTuple = 9 "INTRINSIC_TYPEVARTUPLE",
        /// `typing.Generic[parameters]`
        SubscriptGeneric = 10 "INTRINSIC_SUBSCRIPT_GENERIC",
        /// Make a TypeAliasType of (name, type parameters, function of the value).
        TypeAlias = 11 "INTRINSIC_TYPEALIAS",
    }
}

operand! {
    /// Argument of CALL_INTRINSIC_2.
    Intrinsic2 {
        /// Not used.
        Invalid = 0 "INTRINSIC_2_INVALID",
        /// The exception to raise at the end of `except*`: (original, list of raised and unhandled).
        PrepReraiseStar = 1 "INTRINSIC_PREP_RERAISE_STAR",
        /// Make a TypeVar of its name and the function of its bound.
        TypeVarWithBound = 2 "INTRINSIC_TYPEVAR_WITH_BOUND",
        /// Make a TypeVar of its name and the function of its constraints.
        TypeVarWithConstraints = 3 "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
        /// Set `__type_params__` of a function.
        SetFunctionTypeParams = 4 "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
        /// Set the function of a type parameter's default.
        SetTypeParamDefault = 5 "INTRINSIC_SET_TYPEPARAM_DEFAULT",
    }
}

operand! {
    /// Argument of LOAD_SPECIAL.
    SpecialMethod {
        /// `__enter__`
        Enter = 0 "__enter__",
        /// `__exit__`
        Exit = 1 "__exit__",
        /// `__aenter__`
        AsyncEnter = 2 "__aenter__",
        /// `__aexit__`
        AsyncExit = 3 "__aexit__",
    }
}

operand! {
    /// Argument of LOAD_COMMON_CONSTANT: a builtin whatever the name is bound to.
    CommonConstant {
        /// The class AssertionError.
        AssertionError = 0 "AssertionError",
        /// The class NotImplementedError.
        NotImplementedError = 1 "NotImplementedError",
        /// The class tuple.
        Tuple = 2 "tuple",
        /// The function all.
        All = 3 "all",
        /// The function any.
        Any = 4 "any",
    }
}

/// Argument of SET_FUNCTION_ATTRIBUTE: which attribute.
pub mod function_attribute {
    /// Tuple of default values of positional parameters.
    pub const DEFAULTS: u32 = 1;
    /// Dict of default values of keyword-only parameters.
    pub const KWDEFAULTS: u32 = 2;
    /// Tuple of alternating names and annotations.
    pub const ANNOTATIONS: u32 = 4;
    /// Tuple of cells.
    pub const CLOSURE: u32 = 8;
    /// The function that computes the annotations.
    pub const ANNOTATE: u32 = 16;
}

/// Argument of RESUME: where the frame goes on, and a bit for monitoring.
pub mod resume {
    /// At the start of a function.
    pub const AT_FUNC_START: u32 = 0;
    /// After a `yield`.
    pub const AFTER_YIELD: u32 = 1;
    /// After a `yield from`.
    pub const AFTER_YIELD_FROM: u32 = 2;
    /// After an `await`.
    pub const AFTER_AWAIT: u32 = 3;
    /// The bits that say where.
    pub const OPARG_LOCATION_MASK: u32 = 3;
    /// Bit: the handler depth is one, only the generator's own StopIteration handler is active.
    pub const OPARG_DEPTH1_MASK: u32 = 4;
}

/// Argument of CONVERT_VALUE.
pub mod conversion {
    /// `str`
    pub const STR: u32 = 1;
    /// `repr`
    pub const REPR: u32 = 2;
    /// `ascii`
    pub const ASCII: u32 = 3;
}
