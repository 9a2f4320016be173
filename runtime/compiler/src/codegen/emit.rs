//! Writing instructions to the innermost block.

use std::sync::Arc;

use super::Compiler;
use crate::Constant;
use crate::ast::{CmpOp, Operator, Span};
use crate::flow::{Label, NO_LOCATION};
use crate::opcode::{BinaryOp, CompareOp, Opcode, resume};

/// How LOAD_ATTR and LOAD_SUPER_ATTR pack the index of the name: the bits below it and how many they are.
#[derive(Clone, Copy)]
pub(super) enum AttrForm {
    /// `value.name`.
    Plain,
    /// `value.name(…)`.
    Method,
    /// `super().name`.
    ZeroSuper,
    /// `super().name(…)`.
    ZeroSuperMethod,
    /// `super(class, self).name`.
    Super,
    /// `super(class, self).name(…)`.
    SuperMethod,
}

impl Compiler<'_> {
    pub(super) fn op(&mut self, span: Span, op: Opcode) {
        self.unit().seq.push(op, 0, span);
    }

    pub(super) fn op_arg(&mut self, span: Span, op: Opcode, arg: u32) {
        self.unit().seq.push(op, arg, span);
    }

    /// An instruction with a count.
    pub(super) fn op_count(&mut self, span: Span, op: Opcode, count: usize) {
        self.op_arg(span, op, count as u32);
    }

    pub(super) fn jump(&mut self, span: Span, op: Opcode, label: Label) {
        self.unit().seq.push(op, label.0, span);
    }

    pub(super) fn label(&mut self) -> Label {
        self.unit().seq.label()
    }

    pub(super) fn mark(&mut self, label: Label) {
        self.unit().seq.mark(label);
    }

    pub(super) fn load_const(&mut self, span: Span, value: Constant) {
        let index = self.unit().consts.add(value);
        self.op_arg(span, Opcode::LoadConst, index);
    }

    pub(super) fn load_none(&mut self, span: Span) {
        self.load_const(span, Constant::None);
    }

    pub(super) fn load_str(&mut self, span: Span, text: &str) {
        self.load_const(span, Constant::Str(text.into()));
    }

    pub(super) fn load_int(&mut self, span: Span, value: i64) {
        self.load_const(span, Constant::Int(value));
    }

    /// The index of a name, mangled, in `co_names`.
    pub(super) fn name_index(&mut self, name: &Arc<str>) -> u32 {
        let mangled = self.mangle(name);
        self.unit().names.insert_full(mangled).0 as u32
    }

    /// An instruction on a name, mangled, in `co_names`.
    pub(super) fn op_name(&mut self, span: Span, op: Opcode, name: &Arc<str>) {
        let index = self.name_index(name);
        self.op_arg(span, op, index);
    }

    pub(super) fn load_attr(&mut self, span: Span, name: &Arc<str>, form: AttrForm) {
        let index = self.name_index(name);
        let (op, arg) = match form {
            AttrForm::Plain => (Opcode::LoadAttr, index << 1),
            AttrForm::Method => (Opcode::LoadAttr, index << 1 | 1),
            AttrForm::ZeroSuper => (Opcode::LoadSuperAttr, index << 2),
            AttrForm::ZeroSuperMethod => (Opcode::LoadSuperAttr, index << 2 | 1),
            AttrForm::Super => (Opcode::LoadSuperAttr, index << 2 | 2),
            AttrForm::SuperMethod => (Opcode::LoadSuperAttr, index << 2 | 3),
        };
        self.op_arg(span, op, arg);
    }

    pub(super) fn binary(&mut self, span: Span, op: Operator) {
        self.op_arg(span, Opcode::BinaryOp, binary_op(op) as u32);
    }

    pub(super) fn subscript(&mut self, span: Span) {
        self.op_arg(span, Opcode::BinaryOp, BinaryOp::Subscript as u32);
    }

    pub(super) fn inplace(&mut self, span: Span, op: Operator) {
        let inplace = binary_op(op) as u32 + BinaryOp::InplaceAdd as u32;
        self.op_arg(span, Opcode::BinaryOp, inplace);
    }

    pub(super) fn compare_op(&mut self, span: Span, op: CmpOp) {
        let (op, arg) = match op {
            CmpOp::Eq => (Opcode::CompareOp, CompareOp::Equal.oparg(false)),
            CmpOp::NotEq => (Opcode::CompareOp, CompareOp::NotEqual.oparg(false)),
            CmpOp::Lt => (Opcode::CompareOp, CompareOp::Less.oparg(false)),
            CmpOp::LtE => (Opcode::CompareOp, CompareOp::LessEqual.oparg(false)),
            CmpOp::Gt => (Opcode::CompareOp, CompareOp::Greater.oparg(false)),
            CmpOp::GtE => (Opcode::CompareOp, CompareOp::GreaterEqual.oparg(false)),
            CmpOp::Is => (Opcode::IsOp, 0),
            CmpOp::IsNot => (Opcode::IsOp, 1),
            CmpOp::In => (Opcode::ContainsOp, 0),
            CmpOp::NotIn => (Opcode::ContainsOp, 1),
        };
        self.op_arg(span, op, arg);
    }

    /// `yield`: of what is on the stack, for what was sent.
    pub(super) fn yield_value(&mut self, span: Span) {
        let scope = self.scope();
        if scope.generator && scope.coroutine {
            self.intrinsic(span, crate::opcode::Intrinsic1::AsyncGenWrap);
        }
        self.op_arg(span, Opcode::YieldValue, 0);
        self.op_arg(span, Opcode::Resume, resume::AFTER_YIELD);
    }

    pub(super) fn intrinsic(&mut self, span: Span, function: crate::opcode::Intrinsic1) {
        self.op_arg(span, Opcode::CallIntrinsic1, function as u32);
    }

    /// The loop of `await` (and its like) and `yield from` around an iterator and the value to send to it.
    pub(super) fn delegate(&mut self, span: Span, awaits: bool) {
        let (send, fail, exit) = (self.label(), self.label(), self.label());
        self.mark(send);
        self.jump(span, Opcode::Send, exit);
        // Only `close` or `throw` can make the yield raise; what they make of StopIteration is done at `fail`.
        self.jump(span, Opcode::SetupFinally, fail);
        self.op_arg(span, Opcode::YieldValue, 1);
        self.op(NO_LOCATION, Opcode::PopBlock);
        let after = if awaits { resume::AFTER_AWAIT } else { resume::AFTER_YIELD_FROM };
        self.op_arg(span, Opcode::Resume, after);
        self.jump(span, Opcode::JumpNoInterrupt, send);
        self.mark(fail);
        self.op(span, Opcode::CleanupThrow);
        self.mark(exit);
        self.op(span, Opcode::EndSend);
    }

    /// The end of a handler that failed: restore the handled exception and raise on.
    pub(super) fn pop_except_and_reraise(&mut self, span: Span) {
        self.op_arg(span, Opcode::Copy, 3);
        self.op(span, Opcode::PopExcept);
        self.op_arg(span, Opcode::Reraise, 1);
    }
}

fn binary_op(op: Operator) -> BinaryOp {
    match op {
        Operator::Add => BinaryOp::Add,
        Operator::Sub => BinaryOp::Subtract,
        Operator::Mult => BinaryOp::Multiply,
        Operator::MatMult => BinaryOp::MatrixMultiply,
        Operator::Div => BinaryOp::TrueDivide,
        Operator::Mod => BinaryOp::Remainder,
        Operator::Pow => BinaryOp::Power,
        Operator::LShift => BinaryOp::LeftShift,
        Operator::RShift => BinaryOp::RightShift,
        Operator::BitOr => BinaryOp::Or,
        Operator::BitXor => BinaryOp::Xor,
        Operator::BitAnd => BinaryOp::And,
        Operator::FloorDiv => BinaryOp::FloorDivide,
    }
}
