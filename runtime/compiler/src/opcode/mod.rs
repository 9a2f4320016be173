//! The instruction set: what each instruction is called, does to the stack, carries as cache and as argument.
//!
//! `table.rs` is the one table. An instruction is two bytes, number and argument, followed by its cache units (two zero
//! bytes each in code that is not running). Numbers from 256 are *pseudo instructions*: the code generator emits them
//! and the assembler replaces or removes them. Numbers from [`MIN_INSTRUMENTED`] stand for instructions under
//! monitoring and occur only in running code.

#[macro_use]
mod table;
mod operands;
mod specialized;

#[cfg(test)]
mod tests;

pub use operands::*;
pub use specialized::SPECIALIZED;

/// What an instruction's argument is, and what else the compiler must know about it. Bits of [`Opcode::flags`].
pub mod flag {
    /// Has an argument.
    pub const ARG: u16 = 1;
    /// The argument is an index in `co_consts`.
    pub const CONST: u16 = 2;
    /// The argument (shifted, for some) is an index in `co_names`.
    pub const NAME: u16 = 4;
    /// The argument is a distance to jump, in code units, from the end of the instruction and its caches.
    pub const JUMP: u16 = 8;
    /// The argument is an index among the fast locals.
    pub const LOCAL: u16 = 16;
    /// The argument is the fast-local index of a cell or free variable.
    pub const FREE: u16 = 32;
    /// Starts a range protected by an exception handler.
    pub const EXC: u16 = 64;
    /// Polls for signals and requests of other threads.
    pub const EVAL_BREAK: u16 = 128;
    /// Exists only within the compiler.
    pub const PSEUDO: u16 = 256;
}

/// Numbers from here on stand for instructions under monitoring.
pub const MIN_INSTRUMENTED: u8 = 234;
/// Numbers above this take an argument (of the instructions that `co_code` can contain).
pub const HAVE_ARGUMENT: u8 = 43;

macro_rules! define_opcodes {
    ($n:ident; $($(#[$doc:meta])* $number:literal $variant:ident $name:ident ($popped:expr => $pushed:expr)
        cache $cache:literal [$($flag:ident)*];)*) => {
        /// An instruction, or a pseudo instruction of the compiler.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Opcode {
            $($(#[$doc])* $variant = $number,)*
        }

        impl Opcode {
            /// Every instruction, by number.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$variant,)*];

            /// The instruction's name as `dis` shows it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Opcode::$variant => stringify!($name),)*
                }
            }

            /// Number of cache units (of two bytes) that follow the instruction.
            #[must_use]
            pub const fn caches(self) -> usize {
                match self {
                    $(Opcode::$variant => $cache,)*
                }
            }

            /// Bits of [`flag`].
            #[must_use]
            pub const fn flags(self) -> u16 {
                match self {
                    $(Opcode::$variant => 0 $(| flag::$flag)*,)*
                }
            }

            /// Number of values the instruction takes from the stack; less than zero for an argument that no code has.
            #[must_use]
            #[allow(unused_variables)]
            pub const fn popped(self, oparg: u32) -> i32 {
                let $n = oparg as i32 as i64;
                let popped: i64 = match self {
                    $(Opcode::$variant => $popped,)*
                };
                popped as i32
            }

            /// Number of values the instruction leaves on the stack, when it does not jump to a handler.
            #[must_use]
            #[allow(unused_variables)]
            pub const fn pushed(self, oparg: u32) -> i32 {
                let $n = oparg as i32 as i64;
                let pushed: i64 = match self {
                    $(Opcode::$variant => $pushed,)*
                };
                pushed as i32
            }

            /// The instruction of a number.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Opcode> {
                match number {
                    $($number => Some(Opcode::$variant),)*
                    _ => None,
                }
            }
        }
    };
}
opcode_table!(define_opcodes);

impl std::fmt::Debug for Opcode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name())
    }
}

impl Opcode {
    /// The instruction's number; above 255 for pseudo instructions.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The instruction called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Opcode> {
        Self::ALL.iter().copied().find(|op| op.name() == name)
    }

    const fn has(self, bits: u16) -> bool {
        self.flags() & bits != 0
    }

    /// Whether the argument means anything.
    #[must_use]
    pub const fn has_arg(self) -> bool {
        self.has(flag::ARG)
    }

    /// Whether the argument is an index in `co_consts`.
    #[must_use]
    pub const fn has_const(self) -> bool {
        self.has(flag::CONST)
    }

    /// Whether the argument selects from `co_names`.
    #[must_use]
    pub const fn has_name(self) -> bool {
        self.has(flag::NAME)
    }

    /// Whether the argument is a distance to jump.
    #[must_use]
    pub const fn has_jump(self) -> bool {
        self.has(flag::JUMP)
    }

    /// Whether the argument is the index of a fast local.
    #[must_use]
    pub const fn has_local(self) -> bool {
        self.has(flag::LOCAL)
    }

    /// Whether the argument is the fast-local index of a cell or free variable.
    #[must_use]
    pub const fn has_free(self) -> bool {
        self.has(flag::FREE)
    }

    /// Whether the instruction starts a range with an exception handler.
    #[must_use]
    pub const fn has_exc(self) -> bool {
        self.has(flag::EXC)
    }

    /// Whether the instruction polls.
    #[must_use]
    pub const fn polls(self) -> bool {
        self.has(flag::EVAL_BREAK)
    }

    /// Whether this is a pseudo instruction.
    #[must_use]
    pub const fn is_pseudo(self) -> bool {
        self.has(flag::PSEUDO)
    }

    /// Change of the stack's height; `jump` tells whether a jump, or the entry of a handler, is taken.
    #[must_use]
    pub const fn stack_effect(self, oparg: u32, jump: bool) -> i32 {
        match (self, jump) {
            (Opcode::SetupCleanup, true) => 2,
            (Opcode::SetupFinally | Opcode::SetupWith, true) => 1,
            _ => self.pushed(oparg) - self.popped(oparg),
        }
    }
}
