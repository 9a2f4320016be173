//! The words in which `step` and `step_control` say what their instructions have in common.

/// The opcode of one of CPython's instructions.
macro_rules! op {
    ($name:ident) => {
        $crate::interp::run::number::$name
    };
}
pub(super) use op;

/// The words in which the arms of `step` and `step_control` say what they have in common. They are about the variables that
/// they are given, and leave the block of that label, whose value is how the instruction ends.
#[rustfmt::skip] // it does not know macros that make macros
macro_rules! vocabulary {
    ($d:tt $op:lifetime $thread:ident $frame:ident $pc:ident $top:ident $locals:ident) => {
        macro_rules! state {
            () => {
                $crate::interp::run::state_of($thread)
            };
        }
        macro_rules! stack {
            () => {
                $crate::interp::run::stack_of($thread)
            };
        }
        // The instruction has ended; the next one follows.
        macro_rules! done {
            () => {
                break $op $crate::interp::run::Flow::Next
            };
        }
        macro_rules! raise {
            ($d raised:expr) => {
                break $op $crate::interp::run::Flow::Raise($d raised)
            };
        }
        // What `result` is, if it is no exception.
        macro_rules! attempt {
            ($d result:expr) => {
                match $d result {
                    Ok(value) => value,
                    Err(raised) => raise!(raised),
                }
            };
        }
        // Before anything that can reach a safepoint (INV-FRAME-3).
        macro_rules! sync {
            () => {{
                stack!().set_top($top.0);
                $crate::interp::run::save_pc($frame, $pc);
            }};
        }
        macro_rules! poll {
            () => {
                if $thread.control().poll() != threads::Control::QUIET {
                    sync!();
                    attempt!($crate::interp::run::answer($thread));
                }
            };
        }
        macro_rules! jump {
            ($d by:expr) => {
                $pc = $pc.wrapping_offset($d by as isize)
            };
        }
        // One operand replaced by a result.
        macro_rules! unary {
            ($d operation:expr) => {{
                sync!();
                let operand = $top.look(1);
                let result = attempt!($d operation($thread, &operand));
                $top.drop_one();
                $top.push_value(result);
                poll!();
            }};
        }
        // Another frame runs from here on.
        macro_rules! new_frame {
            () => {{
                $frame = state!().frames.current.get();
                ($pc, $top, $locals) = $crate::interp::run::load($frame);
            }};
        }
    };
}
pub(super) use vocabulary;
