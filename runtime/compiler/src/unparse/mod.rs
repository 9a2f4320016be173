//! An expression back to text: what `from __future__ import annotations` stores.
//!
//! Not the layout of the source but one that depends on the tree alone, with as few parentheses as the precedence of
//! operators allows (and those that the f-string grammar needs).

mod repr;

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use crate::ast::{Arg, Arguments, BoolOp, CmpOp, Comprehension, Expr, ExprKind, Keyword, Operator, UnaryOp};
use crate::depth::nested;
use crate::{Constant, SyntaxError};

/// How tightly an operator binds; what binds less tightly than its place asks for is put in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    /// The next tighter level.
    fn tighter(self) -> Self {
        use Level::{
            And, Arith, Atom, Await, BitAnd, BitOr, BitXor, Compare, Factor, Not, Or, Power, Shift, Term,
            Test, Tuple,
        };
        match self {
            Tuple => Test,
            Test => Or,
            Or => And,
            And => Not,
            Not => Compare,
            Compare => BitOr,
            BitOr => BitXor,
            BitXor => BitAnd,
            BitAnd => Shift,
            Shift => Arith,
            Arith => Term,
            Term => Factor,
            Factor => Power,
            Power => Await,
            Await | Atom => Atom,
        }
    }
}

type Written = Result<(), SyntaxError>;

/// The text of an expression.
pub fn unparse(expression: &Expr) -> Result<String, SyntaxError> {
    let mut writer = Writer { out: String::new(), depth: 0 };
    writer.expression(expression, Level::Test)?;
    Ok(writer.out)
}

struct Writer {
    out: String,
    depth: usize,
}

impl Writer {
    fn expression(&mut self, node: &Expr, level: Level) -> Written {
        self.depth += 1;
        nested(self.depth, || self.expression_here(node, level))?;
        self.depth -= 1;
        Ok(())
    }

    /// Writes `body`, in parentheses where its own level is looser than `level`.
    fn at(&mut self, level: Level, own: Level, body: impl FnOnce(&mut Self) -> Written) -> Written {
        if level > own {
            self.out.push('(');
            body(self)?;
            self.out.push(')');
            return Ok(());
        }
        body(self)
    }

    fn separated(&mut self, nodes: &[Expr], level: Level) -> Written {
        for (index, node) in nodes.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.expression(node, level)?;
        }
        Ok(())
    }

    fn enclosed(&mut self, open: char, close: char, body: impl FnOnce(&mut Self) -> Written) -> Written {
        self.out.push(open);
        body(self)?;
        self.out.push(close);
        Ok(())
    }

    fn expression_here(&mut self, node: &Expr, level: Level) -> Written {
        match &node.kind {
            ExprKind::BoolOp { op, values } => {
                let (own, word) = match op {
                    BoolOp::And => (Level::And, " and "),
                    BoolOp::Or => (Level::Or, " or "),
                };
                self.at(level, own, |this| {
                    for (index, value) in values.iter().enumerate() {
                        if index > 0 {
                            this.out.push_str(word);
                        }
                        this.expression(value, own.tighter())?;
                    }
                    Ok(())
                })
            }
            ExprKind::BinOp { left, op, right } => {
                let (own, text) = binary(*op);
                let power = *op == Operator::Pow;
                self.at(level, own, |this| {
                    this.expression(left, if power { own.tighter() } else { own })?;
                    this.out.push_str(text);
                    this.expression(right, if power { own } else { own.tighter() })
                })
            }
            ExprKind::UnaryOp { op, operand } => {
                let (own, text) = match op {
                    UnaryOp::Invert => (Level::Factor, "~"),
                    UnaryOp::Not => (Level::Not, "not "),
                    UnaryOp::UAdd => (Level::Factor, "+"),
                    UnaryOp::USub => (Level::Factor, "-"),
                };
                self.at(level, own, |this| {
                    this.out.push_str(text);
                    this.expression(operand, own)
                })
            }
            ExprKind::Lambda { args, body } => self.at(level, Level::Test, |this| {
                this.out.push_str("lambda");
                this.arguments(args)?;
                this.out.push_str(": ");
                this.expression(body, Level::Test)
            }),
            ExprKind::IfExp { test, body, orelse } => self.at(level, Level::Test, |this| {
                this.expression(body, Level::Or)?;
                this.out.push_str(" if ");
                this.expression(test, Level::Or)?;
                this.out.push_str(" else ");
                this.expression(orelse, Level::Test)
            }),
            ExprKind::NamedExpr { target, value } => self.at(level, Level::Tuple, |this| {
                this.expression(target, Level::Atom)?;
                this.out.push_str(" := ");
                this.expression(value, Level::Atom)
            }),
            ExprKind::Dict { keys, values } => self.enclosed('{', '}', |this| {
                for (index, (key, value)) in keys.iter().zip(values).enumerate() {
                    if index > 0 {
                        this.out.push_str(", ");
                    }
                    match key {
                        Some(key) => {
                            this.expression(key, Level::Test)?;
                            this.out.push_str(": ");
                            this.expression(value, Level::Test)?;
                        }
                        None => {
                            this.out.push_str("**");
                            this.expression(value, Level::BitOr)?;
                        }
                    }
                }
                Ok(())
            }),
            ExprKind::Set { elts } => self.enclosed('{', '}', |this| this.separated(elts, Level::Test)),
            ExprKind::List { elts, .. } => self.enclosed('[', ']', |this| this.separated(elts, Level::Test)),
            ExprKind::Tuple { elts, .. } => {
                if elts.is_empty() {
                    self.out.push_str("()");
                    return Ok(());
                }
                self.at(level, Level::Tuple, |this| {
                    this.separated(elts, Level::Test)?;
                    if elts.len() == 1 {
                        this.out.push(',');
                    }
                    Ok(())
                })
            }
            ExprKind::ListComp { elt, generators } => {
                self.enclosed('[', ']', |this| this.comprehension(elt, None, generators))
            }
            ExprKind::SetComp { elt, generators } => {
                self.enclosed('{', '}', |this| this.comprehension(elt, None, generators))
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.enclosed('(', ')', |this| this.comprehension(elt, None, generators))
            }
            ExprKind::DictComp { key, value, generators } => {
                self.enclosed('{', '}', |this| this.comprehension(key, Some(value), generators))
            }
            ExprKind::Await { value } => self.at(level, Level::Await, |this| {
                this.out.push_str("await ");
                this.expression(value, Level::Atom)
            }),
            ExprKind::Yield { value: None } => {
                self.out.push_str("(yield)");
                Ok(())
            }
            ExprKind::Yield { value: Some(value) } => self.enclosed('(', ')', |this| {
                this.out.push_str("yield ");
                this.expression(value, Level::Test)
            }),
            ExprKind::YieldFrom { value } => self.enclosed('(', ')', |this| {
                this.out.push_str("yield from ");
                this.expression(value, Level::Test)
            }),
            ExprKind::Compare { left, ops, comparators } => self.at(level, Level::Compare, |this| {
                this.expression(left, Level::BitOr)?;
                for (op, comparator) in ops.iter().zip(comparators) {
                    this.out.push_str(comparison(*op));
                    this.expression(comparator, Level::BitOr)?;
                }
                Ok(())
            }),
            ExprKind::Call { func, args, keywords } => self.call(func, args, keywords),
            ExprKind::JoinedStr { values } => {
                self.out.push('f');
                self.interpolated(values)
            }
            ExprKind::TemplateStr { values } => {
                self.out.push('t');
                self.interpolated(values)
            }
            ExprKind::FormattedValue { .. } => {
                self.out.push('f');
                self.interpolated(std::slice::from_ref(node))
            }
            ExprKind::Interpolation { .. } => {
                self.out.push('t');
                self.interpolated(std::slice::from_ref(node))
            }
            ExprKind::Constant { value, kind } => {
                if let Some(kind) = kind {
                    self.out.push_str(kind);
                }
                repr::constant(value, &mut self.out);
                Ok(())
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expression(value, Level::Atom)?;
                let int = matches!(
                    value.kind,
                    ExprKind::Constant { value: Constant::Int(_) | Constant::BigInt(_), .. }
                );
                self.out.push_str(if int { " ." } else { "." });
                self.out.push_str(attr);
                Ok(())
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expression(value, Level::Atom)?;
                self.enclosed('[', ']', |this| this.expression(slice, Level::Tuple))
            }
            ExprKind::Starred { value, .. } => {
                self.out.push('*');
                self.expression(value, Level::BitOr)
            }
            ExprKind::Name { id, .. } => {
                self.out.push_str(id);
                Ok(())
            }
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expression(lower, Level::Test)?;
                }
                self.out.push(':');
                if let Some(upper) = upper {
                    self.expression(upper, Level::Test)?;
                }
                if let Some(step) = step {
                    self.out.push(':');
                    self.expression(step, Level::Test)?;
                }
                Ok(())
            }
        }
    }

    fn comprehension(
        &mut self,
        element: &Expr,
        value: Option<&Expr>,
        generators: &[Comprehension],
    ) -> Written {
        self.expression(element, Level::Test)?;
        if let Some(value) = value {
            self.out.push_str(": ");
            self.expression(value, Level::Test)?;
        }
        for generator in generators {
            self.out.push_str(if generator.is_async { " async for " } else { " for " });
            self.expression(&generator.target, Level::Tuple)?;
            self.out.push_str(" in ");
            self.expression(&generator.iter, Level::Or)?;
            for test in &generator.ifs {
                self.out.push_str(" if ");
                self.expression(test, Level::Or)?;
            }
        }
        Ok(())
    }

    fn call(&mut self, func: &Expr, args: &[Expr], keywords: &[Keyword]) -> Written {
        self.expression(func, Level::Atom)?;
        if let ([only], []) = (args, keywords)
            && matches!(only.kind, ExprKind::GeneratorExp { .. })
        {
            // It brings the parentheses.
            return self.expression(only, Level::Test);
        }
        self.enclosed('(', ')', |this| {
            this.separated(args, Level::Test)?;
            for (index, keyword) in keywords.iter().enumerate() {
                if index > 0 || !args.is_empty() {
                    this.out.push_str(", ");
                }
                match &keyword.arg {
                    Some(name) => {
                        this.out.push_str(name);
                        this.out.push('=');
                    }
                    None => this.out.push_str("**"),
                }
                this.expression(&keyword.value, Level::Test)?;
            }
            Ok(())
        })
    }

    /// Parameters of a lambda, with the space before them.
    fn arguments(&mut self, args: &Arguments) -> Written {
        let mut separator = " ";
        let positional = args.posonlyargs.len() + args.args.len();
        let required = positional.saturating_sub(args.defaults.len());
        for (index, arg) in args.posonlyargs.iter().chain(&args.args).enumerate() {
            let default = index.checked_sub(required).and_then(|index| args.defaults.get(index));
            self.argument(&mut separator, "", arg, default)?;
            if index + 1 == args.posonlyargs.len() {
                self.out.push_str(", /");
            }
        }
        match &args.vararg {
            Some(arg) => self.argument(&mut separator, "*", arg, None)?,
            None if !args.kwonlyargs.is_empty() => {
                self.out.push_str(separator);
                self.out.push('*');
                separator = ", ";
            }
            None => {}
        }
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            self.argument(&mut separator, "", arg, default.as_ref())?;
        }
        if let Some(arg) = &args.kwarg {
            self.argument(&mut separator, "**", arg, None)?;
        }
        Ok(())
    }

    fn argument(
        &mut self,
        separator: &mut &'static str,
        stars: &str,
        arg: &Arg,
        default: Option<&Expr>,
    ) -> Written {
        self.out.push_str(separator);
        *separator = ", ";
        self.out.push_str(stars);
        self.out.push_str(&arg.arg);
        if let Some(annotation) = &arg.annotation {
            self.out.push_str(": ");
            self.expression(annotation, Level::Test)?;
        }
        if let Some(default) = default {
            self.out.push('=');
            self.expression(default, Level::Test)?;
        }
        Ok(())
    }

    /// An interpolated string: its content as one str literal.
    fn interpolated(&mut self, values: &[Expr]) -> Written {
        let mut content = Wtf8Buf::new();
        self.pieces(values, false, &mut content)?;
        repr::text(&content, &mut self.out);
        Ok(())
    }

    fn pieces(&mut self, values: &[Expr], in_format_spec: bool, content: &mut Wtf8Buf) -> Written {
        values.iter().try_for_each(|value| self.piece(value, in_format_spec, content))
    }

    fn piece(&mut self, node: &Expr, in_format_spec: bool, content: &mut Wtf8Buf) -> Written {
        self.depth += 1;
        nested(self.depth, || self.piece_here(node, in_format_spec, content))?;
        self.depth -= 1;
        Ok(())
    }

    fn piece_here(&mut self, node: &Expr, in_format_spec: bool, content: &mut Wtf8Buf) -> Written {
        match &node.kind {
            ExprKind::Constant { value: Constant::Str(text), .. } => {
                for code_point in text.code_points() {
                    let brace = matches!(code_point.to_char(), Some('{' | '}'));
                    content.push(code_point);
                    if brace && !in_format_spec {
                        content.push(code_point);
                    }
                }
                Ok(())
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
                self.pieces(values, in_format_spec, content)
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let text = self.apart(value)?;
                field(Wtf8::new(text.as_str()), *conversion, content);
                self.format_spec(format_spec.as_deref(), content)
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                if let Constant::Str(text) = str {
                    field(text, *conversion, content);
                } else {
                    let text = self.apart(value)?;
                    field(Wtf8::new(text.as_str()), *conversion, content);
                }
                self.format_spec(format_spec.as_deref(), content)
            }
            _ => {
                let text = self.apart(node)?;
                content.push_str(&text);
                Ok(())
            }
        }
    }

    fn format_spec(&mut self, spec: Option<&Expr>, content: &mut Wtf8Buf) -> Written {
        if let Some(spec) = spec {
            content.push_char(':');
            self.piece(spec, true, content)?;
        }
        content.push_char('}');
        Ok(())
    }

    /// The text of an expression that does not go into this one's.
    fn apart(&mut self, node: &Expr) -> Result<String, SyntaxError> {
        let outer = std::mem::take(&mut self.out);
        self.expression(node, Level::Or)?;
        Ok(std::mem::replace(&mut self.out, outer))
    }
}

/// The beginning of a replacement field, up to its format specification.
fn field(text: &Wtf8, conversion: i32, content: &mut Wtf8Buf) {
    // Two braces would be one.
    content.push_str(if text.starts_with(Wtf8::new("{")) { "{ " } else { "{" });
    content.push_wtf8(text);
    if let Some(char) = u8::try_from(conversion).ok().filter(u8::is_ascii_alphabetic) {
        content.push_char('!');
        content.push_char(char::from(char));
    }
}

fn binary(op: Operator) -> (Level, &'static str) {
    match op {
        Operator::Add => (Level::Arith, " + "),
        Operator::Sub => (Level::Arith, " - "),
        Operator::Mult => (Level::Term, " * "),
        Operator::MatMult => (Level::Term, " @ "),
        Operator::Div => (Level::Term, " / "),
        Operator::Mod => (Level::Term, " % "),
        Operator::FloorDiv => (Level::Term, " // "),
        Operator::LShift => (Level::Shift, " << "),
        Operator::RShift => (Level::Shift, " >> "),
        Operator::BitOr => (Level::BitOr, " | "),
        Operator::BitXor => (Level::BitXor, " ^ "),
        Operator::BitAnd => (Level::BitAnd, " & "),
        Operator::Pow => (Level::Power, " ** "),
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}
