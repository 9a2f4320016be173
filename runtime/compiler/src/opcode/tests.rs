//! The table of instructions agrees with itself.

use super::*;

#[test]
fn numbers_and_names_lead_back_to_the_instruction() {
    for &op in Opcode::ALL {
        assert_eq!(Opcode::from_number(op.number()), Some(op));
        assert_eq!(Opcode::from_name(op.name()), Some(op));
        assert_eq!(op.is_pseudo(), op.number() > 255);
        assert!(op.has_arg() || op.flags() & !(flag::PSEUDO | flag::EVAL_BREAK) == 0, "{op:?}");
    }
    assert_eq!(Opcode::from_number(121), None);
}

#[test]
fn specialized_numbers_are_free() {
    for &(name, number, _) in SPECIALIZED {
        assert_eq!(Opcode::from_number(number.into()), None, "{name}");
    }
}

#[test]
fn compare_arguments_pack_operation_and_outcomes() {
    assert_eq!(CompareOp::Equal.oparg(true), 88);
    assert_eq!(CompareOp::of_oparg(88), Some(CompareOp::Equal));
}
