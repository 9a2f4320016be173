//! The tree seen from outside: node types by name, their fields, and a generic form of every tree.
//!
//! What the `_ast` module needs. One list of all nodes makes the table, the conversion to the generic form and the one
//! back, so that they cannot disagree; what a field is follows from its Rust type.

use std::sync::Arc;

use crate::Constant;
use crate::ast::*;
use crate::depth::MAX_DEPTH;

/// What a field holds, in the words of the ASDL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// `identifier`: a str.
    Identifier,
    /// `string`: a str.
    String,
    /// `int`.
    Int,
    /// `constant`: any constant.
    Constant,
    /// A node of a category: `expr`, `stmt`, `arguments`, …
    Node(&'static str),
}

/// How many values a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// One.
    One,
    /// One or `None`: `?`.
    Optional,
    /// A list: `*`.
    Sequence,
    /// A list that may hold `None`: `?*`.
    OptionalSequence,
}

/// One field of a node type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldInfo {
    /// Its name in Python.
    pub name: &'static str,
    /// What it holds.
    pub field_type: FieldType,
    /// How many.
    pub quantity: Quantity,
}

/// One node type.
#[derive(Clone, Debug)]
pub struct NodeType {
    /// Its name in Python.
    pub name: &'static str,
    /// The category, which is its base class; its own name where the category has no other members.
    pub category: &'static str,
    /// Its fields in order.
    pub fields: Vec<FieldInfo>,
    /// Whether it has a place: `lineno` and the like.
    pub located: bool,
}

/// A node in generic form.
#[derive(Clone, Debug, PartialEq)]
pub struct GenericNode {
    /// The name of its type.
    pub name: &'static str,
    /// The values of its fields in order.
    pub fields: Vec<GenericValue>,
    /// Its place, where its type has one.
    pub span: Span,
}

impl GenericNode {
    /// Drops the node, however deeply it is nested.
    pub fn dismantle(self) {
        let mut pending = self.fields;
        while let Some(value) = pending.pop() {
            match value {
                GenericValue::Node(node) => pending.extend(node.fields),
                GenericValue::List(values) => pending.extend(values),
                _ => {}
            }
        }
    }
}

/// The value of a field in generic form.
#[derive(Clone, Debug, PartialEq)]
pub enum GenericValue {
    /// `None`, of an optional field.
    None,
    /// An identifier or string.
    Str(Arc<str>),
    /// An int.
    Int(i64),
    /// A constant.
    Constant(Constant),
    /// A node.
    Node(Box<GenericNode>),
    /// A list.
    List(Vec<GenericValue>),
}

/// Why a generic tree is not one of Python's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReflectError {
    /// A field holds something else than it should: node type, field and what was expected.
    Mismatch {
        /// The node's type.
        node: &'static str,
        /// The field.
        field: &'static str,
    },
    /// Not a node of the category that was expected.
    Category {
        /// The category.
        expected: &'static str,
        /// The type that was found.
        found: &'static str,
    },
    /// Nested too deeply.
    TooDeep,
}

/// Conversion of one field.
trait Field: Sized {
    fn info() -> (FieldType, Quantity);
    fn show(&self) -> GenericValue;
    /// None where the value does not fit.
    fn read(value: GenericValue, depth: usize) -> Result<Option<Self>, ReflectError>;
}

/// A member of a category.
trait Category: Sized {
    const NAME: &'static str;
    fn show_node(&self) -> GenericNode;
    fn read_node(node: GenericNode, depth: usize) -> Result<Self, ReflectError>;
}

fn read_nested<T: Category>(node: GenericNode, depth: usize) -> Result<T, ReflectError> {
    if depth > MAX_DEPTH {
        return Err(ReflectError::TooDeep);
    }
    stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || T::read_node(node, depth + 1))
}

fn show_nested<T: Category>(node: &T) -> GenericValue {
    stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || GenericValue::Node(Box::new(node.show_node())))
}

/// A field that holds one of a category.
macro_rules! category_fields {
    ($($type:ty),*) => {$(
        impl Field for $type {
            fn info() -> (FieldType, Quantity) {
                (FieldType::Node(<$type as Category>::NAME), Quantity::One)
            }
            fn show(&self) -> GenericValue {
                show_nested(self)
            }
            fn read(value: GenericValue, depth: usize) -> Result<Option<Self>, ReflectError> {
                match value {
                    GenericValue::Node(node) => read_nested(*node, depth).map(Some),
                    _ => Ok(None),
                }
            }
        }
    )*};
}

category_fields!(
    Stmt,
    Expr,
    Comprehension,
    ExceptHandler,
    Arguments,
    Arg,
    Keyword,
    Alias,
    WithItem,
    MatchCase,
    Pattern,
    TypeIgnore,
    TypeParam,
    ExprContext,
    BoolOp,
    Operator,
    UnaryOp,
    CmpOp
);

impl<T: Field> Field for Box<T> {
    fn info() -> (FieldType, Quantity) {
        T::info()
    }
    fn show(&self) -> GenericValue {
        (**self).show()
    }
    fn read(value: GenericValue, depth: usize) -> Result<Option<Self>, ReflectError> {
        Ok(T::read(value, depth)?.map(Box::new))
    }
}

impl<T: Field> Field for Option<T> {
    fn info() -> (FieldType, Quantity) {
        (T::info().0, Quantity::Optional)
    }
    fn show(&self) -> GenericValue {
        self.as_ref().map_or(GenericValue::None, T::show)
    }
    fn read(value: GenericValue, depth: usize) -> Result<Option<Self>, ReflectError> {
        match value {
            GenericValue::None => Ok(Some(None)),
            value => Ok(T::read(value, depth)?.map(Some)),
        }
    }
}

impl<T: Field> Field for Vec<T> {
    fn info() -> (FieldType, Quantity) {
        match T::info() {
            (field_type, Quantity::Optional) => (field_type, Quantity::OptionalSequence),
            (field_type, _) => (field_type, Quantity::Sequence),
        }
    }
    fn show(&self) -> GenericValue {
        GenericValue::List(self.iter().map(T::show).collect())
    }
    fn read(value: GenericValue, depth: usize) -> Result<Option<Self>, ReflectError> {
        let GenericValue::List(values) = value else { return Ok(None) };
        values.into_iter().map(|value| T::read(value, depth)).collect()
    }
}

impl Field for Arc<str> {
    fn info() -> (FieldType, Quantity) {
        (FieldType::Identifier, Quantity::One)
    }
    fn show(&self) -> GenericValue {
        GenericValue::Str(self.clone())
    }
    fn read(value: GenericValue, _depth: usize) -> Result<Option<Self>, ReflectError> {
        Ok(if let GenericValue::Str(text) = value { Some(text) } else { None })
    }
}

impl Field for i32 {
    fn info() -> (FieldType, Quantity) {
        (FieldType::Int, Quantity::One)
    }
    fn show(&self) -> GenericValue {
        GenericValue::Int(i64::from(*self))
    }
    fn read(value: GenericValue, _depth: usize) -> Result<Option<Self>, ReflectError> {
        Ok(if let GenericValue::Int(number) = value { i32::try_from(number).ok() } else { None })
    }
}

impl Field for bool {
    fn info() -> (FieldType, Quantity) {
        (FieldType::Int, Quantity::One)
    }
    fn show(&self) -> GenericValue {
        GenericValue::Int(i64::from(*self))
    }
    fn read(value: GenericValue, _depth: usize) -> Result<Option<Self>, ReflectError> {
        Ok(if let GenericValue::Int(number) = value { Some(number != 0) } else { None })
    }
}

impl Field for Constant {
    fn info() -> (FieldType, Quantity) {
        (FieldType::Constant, Quantity::One)
    }
    fn show(&self) -> GenericValue {
        GenericValue::Constant(self.clone())
    }
    fn read(value: GenericValue, _depth: usize) -> Result<Option<Self>, ReflectError> {
        Ok(match value {
            GenericValue::Constant(constant) => Some(constant),
            GenericValue::None => Some(Constant::None),
            _ => None,
        })
    }
}

/// What a field is, from a function that would reach it.
fn info_by<N, T: Field>(_: fn(&N) -> Option<&T>) -> (FieldType, Quantity) {
    T::info()
}

fn field_info(name: &'static str, (field_type, quantity): (FieldType, Quantity)) -> FieldInfo {
    // The ASDL tells text from names, which are of one Rust type.
    let text = matches!(name, "type_comment" | "kind" | "tag") && field_type == FieldType::Identifier;
    FieldInfo {
        name: python_name(name),
        field_type: if text { FieldType::String } else { field_type },
        quantity,
    }
}

fn python_name(name: &'static str) -> &'static str {
    if name == "typ" { "type" } else { name }
}

fn take<T: Field>(
    fields: &mut std::vec::IntoIter<GenericValue>,
    node: &'static str,
    field: &'static str,
    depth: usize,
) -> Result<T, ReflectError> {
    let value = fields.next().unwrap_or(GenericValue::None);
    T::read(value, depth)?.ok_or(ReflectError::Mismatch { node, field: python_name(field) })
}

/// A category of one struct.
macro_rules! record {
    ($type:ident, $category:literal, $list:ident, [$($span:ident)?], { $($field:ident),* $(,)? }) => {
        impl Category for $type {
            const NAME: &'static str = $category;
            fn show_node(&self) -> GenericNode {
                #[allow(unused_mut, unused_assignments)]
                let mut span = Span::default();
                $(span = self.$span;)?
                GenericNode { name: Self::NAME_OF_NODE, fields: vec![$(self.$field.show()),*], span }
            }
            fn read_node(node: GenericNode, depth: usize) -> Result<Self, ReflectError> {
                if node.name != Self::NAME_OF_NODE {
                    return Err(ReflectError::Category { expected: $category, found: node.name });
                }
                let mut fields = node.fields.into_iter();
                Ok(Self {
                    $($field: take(&mut fields, Self::NAME_OF_NODE, stringify!($field), depth)?,)*
                    $($span: node.span,)?
                })
            }
        }
        fn $list(list: &mut Vec<NodeType>) {
            list.push(NodeType {
                name: $type::NAME_OF_NODE,
                category: $category,
                fields: vec![$(field_info(stringify!($field), info_by(|node: &$type| Some(&node.$field)))),*],
                located: !<[&str]>::is_empty(&[$(stringify!($span))?]),
            });
        }
    };
}

/// A category of several node types, which a struct with a place holds.
macro_rules! sum {
    ($type:ident, $kind:ident, $category:literal, $list:ident,
     boxed { $($boxed:ident($inner:ident) { $($boxed_field:ident),* $(,)? })* }
     inline { $($variant:ident { $($field:ident),* $(,)? })* }
     unit { $($unit:ident),* $(,)? }) => {
        impl Category for $type {
            const NAME: &'static str = $category;
            fn show_node(&self) -> GenericNode {
                let (name, fields) = match &self.kind {
                    $($kind::$boxed(node) => (stringify!($boxed), vec![$(node.$boxed_field.show()),*]),)*
                    $($kind::$variant { $($field),* } => (stringify!($variant), vec![$($field.show()),*]),)*
                    $($kind::$unit => (stringify!($unit), Vec::new()),)*
                };
                GenericNode { name, fields, span: self.span }
            }
            fn read_node(node: GenericNode, depth: usize) -> Result<Self, ReflectError> {
                let mut fields = node.fields.into_iter();
                let _ = (&mut fields, depth);
                let kind = match node.name {
                    $(stringify!($boxed) => $kind::$boxed(Box::new($inner {
                        $($boxed_field: take(&mut fields, stringify!($boxed), stringify!($boxed_field), depth)?,)*
                    })),)*
                    $(stringify!($variant) => $kind::$variant {
                        $($field: take(&mut fields, stringify!($variant), stringify!($field), depth)?,)*
                    },)*
                    $(stringify!($unit) => $kind::$unit,)*
                    found => return Err(ReflectError::Category { expected: $category, found }),
                };
                Ok(Self { kind, span: node.span })
            }
        }
        fn $list(list: &mut Vec<NodeType>) {
            let mut add = |name, fields| list.push(NodeType { name, category: $category, fields, located: true });
            $(add(stringify!($boxed), vec![$(field_info(
                stringify!($boxed_field),
                info_by(|kind: &$kind| if let $kind::$boxed(node) = kind { Some(&node.$boxed_field) } else { None }),
            )),*]);)*
            $(add(stringify!($variant), vec![$(field_info(
                stringify!($field),
                info_by(|kind: &$kind| if let $kind::$variant { $field, .. } = kind { Some($field) } else { None }),
            )),*]);)*
            $(add(stringify!($unit), Vec::new());)*
        }
    };
}

/// A category of node types without fields.
macro_rules! singletons {
    ($type:ident, $category:literal, $list:ident, { $($variant:ident),* $(,)? }) => {
        impl Category for $type {
            const NAME: &'static str = $category;
            fn show_node(&self) -> GenericNode {
                let name = match self {
                    $($type::$variant => stringify!($variant),)*
                };
                GenericNode { name, fields: Vec::new(), span: Span::default() }
            }
            fn read_node(node: GenericNode, _depth: usize) -> Result<Self, ReflectError> {
                match node.name {
                    $(stringify!($variant) => Ok($type::$variant),)*
                    found => Err(ReflectError::Category { expected: $category, found }),
                }
            }
        }
        fn $list(list: &mut Vec<NodeType>) {
            $(list.push(NodeType {
                name: stringify!($variant),
                category: $category,
                fields: Vec::new(),
                located: false,
            });)*
        }
    };
}

/// The name of the node type of a category of one.
trait NodeName {
    const NAME_OF_NODE: &'static str;
}

macro_rules! node_names {
    ($($type:ident: $name:literal),* $(,)?) => {$(
        impl NodeName for $type {
            const NAME_OF_NODE: &'static str = $name;
        }
    )*};
}

node_names! {
    Comprehension: "comprehension", ExceptHandler: "ExceptHandler", Arguments: "arguments", Arg: "arg",
    Keyword: "keyword", Alias: "alias", WithItem: "withitem", MatchCase: "match_case", TypeIgnore: "TypeIgnore",
}

sum! { Stmt, StmtKind, "stmt", list_stmt,
    boxed {
        FunctionDef(FunctionDef) { name, args, body, decorator_list, returns, type_comment, type_params }
        AsyncFunctionDef(FunctionDef) { name, args, body, decorator_list, returns, type_comment, type_params }
        ClassDef(ClassDef) { name, bases, keywords, body, decorator_list, type_params }
        For(For) { target, iter, body, orelse, type_comment }
        AsyncFor(For) { target, iter, body, orelse, type_comment }
        With(With) { items, body, type_comment }
        AsyncWith(With) { items, body, type_comment }
        Try(Try) { body, handlers, orelse, finalbody }
        TryStar(Try) { body, handlers, orelse, finalbody }
    }
    inline {
        Return { value }
        Delete { targets }
        Assign { targets, value, type_comment }
        TypeAlias { name, type_params, value }
        AugAssign { target, op, value }
        AnnAssign { target, annotation, value, simple }
        While { test, body, orelse }
        If { test, body, orelse }
        Match { subject, cases }
        Raise { exc, cause }
        Assert { test, msg }
        Import { names }
        ImportFrom { module, names, level }
        Global { names }
        Nonlocal { names }
        Expr { value }
    }
    unit { Pass, Break, Continue }
}

sum! { Expr, ExprKind, "expr", list_expr,
    boxed {}
    inline {
        BoolOp { op, values }
        NamedExpr { target, value }
        BinOp { left, op, right }
        UnaryOp { op, operand }
        Lambda { args, body }
        IfExp { test, body, orelse }
        Dict { keys, values }
        Set { elts }
        ListComp { elt, generators }
        SetComp { elt, generators }
        DictComp { key, value, generators }
        GeneratorExp { elt, generators }
        Await { value }
        Yield { value }
        YieldFrom { value }
        Compare { left, ops, comparators }
        Call { func, args, keywords }
        FormattedValue { value, conversion, format_spec }
        Interpolation { value, str, conversion, format_spec }
        JoinedStr { values }
        TemplateStr { values }
        Constant { value, kind }
        Attribute { value, attr, ctx }
        Subscript { value, slice, ctx }
        Starred { value, ctx }
        Name { id, ctx }
        List { elts, ctx }
        Tuple { elts, ctx }
        Slice { lower, upper, step }
    }
    unit {}
}

sum! { Pattern, PatternKind, "pattern", list_pattern,
    boxed {}
    inline {
        MatchValue { value }
        MatchSingleton { value }
        MatchSequence { patterns }
        MatchMapping { keys, patterns, rest }
        MatchClass { cls, patterns, kwd_attrs, kwd_patterns }
        MatchStar { name }
        MatchAs { pattern, name }
        MatchOr { patterns }
    }
    unit {}
}

sum! { TypeParam, TypeParamKind, "type_param", list_type_param,
    boxed {}
    inline {
        TypeVar { name, bound, default_value }
        ParamSpec { name, default_value }
        TypeVarTuple { name, default_value }
    }
    unit {}
}

record! { Comprehension, "comprehension", list_comprehension, [], { target, iter, ifs, is_async } }
record! { ExceptHandler, "excepthandler", list_handler, [span], { typ, name, body } }
record! { Arguments, "arguments", list_arguments, [],
{ posonlyargs, args, vararg, kwonlyargs, kw_defaults, kwarg, defaults } }
record! { Arg, "arg", list_arg, [span], { arg, annotation, type_comment } }
record! { Keyword, "keyword", list_keyword, [span], { arg, value } }
record! { Alias, "alias", list_alias, [span], { name, asname } }
record! { WithItem, "withitem", list_withitem, [], { context_expr, optional_vars } }
record! { MatchCase, "match_case", list_match_case, [], { pattern, guard, body } }
record! { TypeIgnore, "type_ignore", list_type_ignore, [], { lineno, tag } }

singletons! { ExprContext, "expr_context", list_context, { Load, Store, Del } }
singletons! { BoolOp, "boolop", list_boolop, { And, Or } }
singletons! { Operator, "operator", list_operator,
{ Add, Sub, Mult, MatMult, Div, Mod, Pow, LShift, RShift, BitOr, BitXor, BitAnd, FloorDiv } }
singletons! { UnaryOp, "unaryop", list_unaryop, { Invert, Not, UAdd, USub } }
singletons! { CmpOp, "cmpop", list_cmpop, { Eq, NotEq, Lt, LtE, Gt, GtE, Is, IsNot, In, NotIn } }

/// All node types.
pub fn node_types() -> Vec<NodeType> {
    let mut list = Vec::with_capacity(128);
    let mut module = |name, fields| list.push(NodeType { name, category: "mod", fields, located: false });
    let field = |name, field_type, quantity| FieldInfo { name, field_type, quantity };
    let body = field("body", FieldType::Node("stmt"), Quantity::Sequence);
    module("Module", vec![body, field("type_ignores", FieldType::Node("type_ignore"), Quantity::Sequence)]);
    module("Interactive", vec![body]);
    module("Expression", vec![field("body", FieldType::Node("expr"), Quantity::One)]);
    let argtypes = field("argtypes", FieldType::Node("expr"), Quantity::Sequence);
    module("FunctionType", vec![argtypes, field("returns", FieldType::Node("expr"), Quantity::One)]);
    for add in [
        list_stmt,
        list_expr,
        list_context,
        list_boolop,
        list_operator,
        list_unaryop,
        list_cmpop,
        list_comprehension,
        list_handler,
        list_arguments,
        list_arg,
        list_keyword,
        list_alias,
        list_withitem,
        list_match_case,
        list_pattern,
        list_type_ignore,
        list_type_param,
    ] {
        add(&mut list);
    }
    list
}

impl Mod {
    /// The tree in generic form.
    pub fn to_generic(&self) -> GenericNode {
        let (name, fields) = match self {
            Self::Module { body, type_ignores } => ("Module", vec![body.show(), type_ignores.show()]),
            Self::Interactive { body } => ("Interactive", vec![body.show()]),
            Self::Expression { body } => ("Expression", vec![body.show()]),
            Self::FunctionType { argtypes, returns } => {
                ("FunctionType", vec![argtypes.show(), returns.show()])
            }
        };
        GenericNode { name, fields, span: Span::default() }
    }

    /// The tree that a generic one describes.
    pub fn from_generic(node: GenericNode) -> Result<Self, ReflectError> {
        let name = node.name;
        let mut fields = node.fields.into_iter();
        Ok(match name {
            "Module" => Self::Module {
                body: take(&mut fields, name, "body", 0)?,
                type_ignores: take(&mut fields, name, "type_ignores", 0)?,
            },
            "Interactive" => Self::Interactive { body: take(&mut fields, name, "body", 0)? },
            "Expression" => Self::Expression { body: take(&mut fields, name, "body", 0)? },
            "FunctionType" => Self::FunctionType {
                argtypes: take(&mut fields, name, "argtypes", 0)?,
                returns: take(&mut fields, name, "returns", 0)?,
            },
            found => return Err(ReflectError::Category { expected: "mod", found }),
        })
    }
}
