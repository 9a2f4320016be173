//! Python's abstract syntax tree: a mirror of the grammar that the `ast` module documents.
//!
//! Names, fields and their order are those of Python 3.14's ASDL. Places are lines from one and columns in UTF-8 bytes
//! from zero. Trees that programs build by hand are the same type, so nothing here can be assumed to be well-formed
//! beyond its shape: the compiler validates before it relies on more.
//!
//! A node has no identity of its own; the symbol table knows nodes by their address, so a tree must not move
//! between making its symbol table and compiling it.

use std::sync::Arc;

use crate::Constant;

/// A name in normal form (NFKC).
pub type Identifier = Arc<str>;

/// Where a node stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First line, from one.
    pub lineno: i32,
    /// Column of the first byte, from zero.
    pub col_offset: i32,
    /// Last line.
    pub end_lineno: i32,
    /// Column after the last byte.
    pub end_col_offset: i32,
}

/// What is compiled as a whole.
///
/// Cloning and dropping go down as deep as the tree is, on a stack of their own.
#[derive(Debug, PartialEq)]
pub enum Mod {
    /// A module.
    Module {
        /// The statements.
        body: Vec<Stmt>,
        /// `# type: ignore` comments.
        type_ignores: Vec<TypeIgnore>,
    },
    /// An interactive statement.
    Interactive {
        /// The statements.
        body: Vec<Stmt>,
    },
    /// One expression.
    Expression {
        /// The expression.
        body: Box<Expr>,
    },
    /// A signature.
    FunctionType {
        /// The parameters' types.
        argtypes: Vec<Expr>,
        /// The result's type.
        returns: Box<Expr>,
    },
}

/// Stack for cloning or dropping the deepest tree that there can be. Only what is used is ever touched.
const TREE_STACK_BYTES: usize = 64 * 1024 * 1024;

impl Clone for Mod {
    fn clone(&self) -> Self {
        stacker::grow(TREE_STACK_BYTES, || match self {
            Self::Module { body, type_ignores } => {
                Self::Module { body: body.clone(), type_ignores: type_ignores.clone() }
            }
            Self::Interactive { body } => Self::Interactive { body: body.clone() },
            Self::Expression { body } => Self::Expression { body: body.clone() },
            Self::FunctionType { argtypes, returns } => {
                Self::FunctionType { argtypes: argtypes.clone(), returns: returns.clone() }
            }
        })
    }
}

impl Drop for Mod {
    fn drop(&mut self) {
        let nothing = || {
            let kind = ExprKind::Constant { value: Constant::None, kind: None };
            Box::new(Expr { kind, span: Span::default() })
        };
        stacker::grow(TREE_STACK_BYTES, || match self {
            Self::Module { body, .. } | Self::Interactive { body } => drop(std::mem::take(body)),
            Self::Expression { body } => drop(std::mem::replace(body, nothing())),
            Self::FunctionType { argtypes, returns } => {
                drop(std::mem::take(argtypes));
                drop(std::mem::replace(returns, nothing()));
            }
        });
    }
}

/// A `# type: ignore` comment.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeIgnore {
    /// Its line.
    pub lineno: i32,
    /// What follows `ignore`.
    pub tag: Arc<str>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// Which, with its parts.
    pub kind: StmtKind,
    /// Where.
    pub span: Span,
}

/// `def` and `async def`.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionDef {
    /// The name.
    pub name: Identifier,
    /// The parameters.
    pub args: Box<Arguments>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// The decorators, first applied last.
    pub decorator_list: Vec<Expr>,
    /// The annotation of the result.
    pub returns: Option<Box<Expr>>,
    /// The type comment.
    pub type_comment: Option<Arc<str>>,
    /// The type parameters.
    pub type_params: Vec<TypeParam>,
}

/// `class`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassDef {
    /// The name.
    pub name: Identifier,
    /// Positional bases.
    pub bases: Vec<Expr>,
    /// Keyword arguments.
    pub keywords: Vec<Keyword>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// The decorators, first applied last.
    pub decorator_list: Vec<Expr>,
    /// The type parameters.
    pub type_params: Vec<TypeParam>,
}

/// `for` and `async for`.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// What is assigned.
    pub target: Box<Expr>,
    /// What is iterated.
    pub iter: Box<Expr>,
    /// The loop.
    pub body: Vec<Stmt>,
    /// `else`.
    pub orelse: Vec<Stmt>,
    /// The type comment.
    pub type_comment: Option<Arc<str>>,
}

/// `with` and `async with`.
#[derive(Clone, Debug, PartialEq)]
pub struct With {
    /// The context managers.
    pub items: Vec<WithItem>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// The type comment.
    pub type_comment: Option<Arc<str>>,
}

/// `try` and `try` with `except*`.
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// The statements.
    pub body: Vec<Stmt>,
    /// The handlers.
    pub handlers: Vec<ExceptHandler>,
    /// `else`.
    pub orelse: Vec<Stmt>,
    /// `finally`.
    pub finalbody: Vec<Stmt>,
}

/// The kinds of statement.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named and documented by the grammar
pub enum StmtKind {
    FunctionDef(Box<FunctionDef>),
    AsyncFunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Return {
        value: Option<Box<Expr>>,
    },
    Delete {
        targets: Vec<Expr>,
    },
    Assign {
        targets: Vec<Expr>,
        value: Box<Expr>,
        type_comment: Option<Arc<str>>,
    },
    TypeAlias {
        name: Box<Expr>,
        type_params: Vec<TypeParam>,
        value: Box<Expr>,
    },
    AugAssign {
        target: Box<Expr>,
        op: Operator,
        value: Box<Expr>,
    },
    /// `simple`: the target is a name without parentheses (an int, since trees made by hand may hold any).
    AnnAssign {
        target: Box<Expr>,
        annotation: Box<Expr>,
        value: Option<Box<Expr>>,
        simple: i32,
    },
    For(Box<For>),
    AsyncFor(Box<For>),
    While {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    If {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    With(Box<With>),
    AsyncWith(Box<With>),
    Match {
        subject: Box<Expr>,
        cases: Vec<MatchCase>,
    },
    Raise {
        exc: Option<Box<Expr>>,
        cause: Option<Box<Expr>>,
    },
    Try(Box<Try>),
    TryStar(Box<Try>),
    Assert {
        test: Box<Expr>,
        msg: Option<Box<Expr>>,
    },
    Import {
        names: Vec<Alias>,
    },
    /// `level`: leading dots; `None` (from a tree made by hand) means none.
    ImportFrom {
        module: Option<Identifier>,
        names: Vec<Alias>,
        level: Option<i32>,
    },
    Global {
        names: Vec<Identifier>,
    },
    Nonlocal {
        names: Vec<Identifier>,
    },
    Expr {
        value: Box<Expr>,
    },
    Pass,
    Break,
    Continue,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Which, with its parts.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named and documented by the grammar
pub enum ExprKind {
    BoolOp {
        op: BoolOp,
        values: Vec<Expr>,
    },
    NamedExpr {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: Operator,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Lambda {
        args: Box<Arguments>,
        body: Box<Expr>,
    },
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    /// A missing key is `**value`.
    Dict {
        keys: Vec<Option<Expr>>,
        values: Vec<Expr>,
    },
    Set {
        elts: Vec<Expr>,
    },
    ListComp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    SetComp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    DictComp {
        key: Box<Expr>,
        value: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    GeneratorExp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    Await {
        value: Box<Expr>,
    },
    Yield {
        value: Option<Box<Expr>>,
    },
    YieldFrom {
        value: Box<Expr>,
    },
    Compare {
        left: Box<Expr>,
        ops: Vec<CmpOp>,
        comparators: Vec<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Expr>,
        keywords: Vec<Keyword>,
    },
    /// `conversion`: -1, or the character `s`, `r` or `a`.
    FormattedValue {
        value: Box<Expr>,
        conversion: i32,
        format_spec: Option<Box<Expr>>,
    },
    /// `str`: the source text of the expression (a `Constant`, since trees made by hand may hold any).
    Interpolation {
        value: Box<Expr>,
        str: Constant,
        conversion: i32,
        format_spec: Option<Box<Expr>>,
    },
    JoinedStr {
        values: Vec<Expr>,
    },
    TemplateStr {
        values: Vec<Expr>,
    },
    /// `kind`: `u` for a str literal with that prefix.
    Constant {
        value: Constant,
        kind: Option<Arc<str>>,
    },
    Attribute {
        value: Box<Expr>,
        attr: Identifier,
        ctx: ExprContext,
    },
    Subscript {
        value: Box<Expr>,
        slice: Box<Expr>,
        ctx: ExprContext,
    },
    Starred {
        value: Box<Expr>,
        ctx: ExprContext,
    },
    Name {
        id: Identifier,
        ctx: ExprContext,
    },
    List {
        elts: Vec<Expr>,
        ctx: ExprContext,
    },
    Tuple {
        elts: Vec<Expr>,
        ctx: ExprContext,
    },
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
}

/// What is done with an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ExprContext {
    Load,
    Store,
    Del,
}

/// `and`, `or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BoolOp {
    And,
    Or,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

/// One `for` of a comprehension.
#[derive(Clone, Debug, PartialEq)]
pub struct Comprehension {
    /// What is assigned.
    pub target: Expr,
    /// What is iterated.
    pub iter: Expr,
    /// The conditions.
    pub ifs: Vec<Expr>,
    /// `async for`.
    pub is_async: bool,
}

/// `except` and `except*`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptHandler {
    /// What is caught.
    pub typ: Option<Box<Expr>>,
    /// The name after `as`.
    pub name: Option<Identifier>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// Where.
    pub span: Span,
}

/// Parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// Those before `/`.
    pub posonlyargs: Vec<Arg>,
    /// Those that may be given either way.
    pub args: Vec<Arg>,
    /// `*args`.
    pub vararg: Option<Box<Arg>>,
    /// Those after `*`.
    pub kwonlyargs: Vec<Arg>,
    /// One for each of them; none where it is required.
    pub kw_defaults: Vec<Option<Expr>>,
    /// `**kwargs`.
    pub kwarg: Option<Box<Arg>>,
    /// Defaults of the last positional parameters.
    pub defaults: Vec<Expr>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// The name.
    pub arg: Identifier,
    /// The annotation.
    pub annotation: Option<Box<Expr>>,
    /// The type comment.
    pub type_comment: Option<Arc<str>>,
    /// Where.
    pub span: Span,
}

/// A keyword argument; without a name, `**value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// The name.
    pub arg: Option<Identifier>,
    /// The value.
    pub value: Expr,
    /// Where.
    pub span: Span,
}

/// An imported name.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The name, dots included, or `*`.
    pub name: Identifier,
    /// The name after `as`.
    pub asname: Option<Identifier>,
    /// Where.
    pub span: Span,
}

/// One context manager.
#[derive(Clone, Debug, PartialEq)]
pub struct WithItem {
    /// The manager.
    pub context_expr: Expr,
    /// What `as` assigns.
    pub optional_vars: Option<Box<Expr>>,
}

/// One `case`.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchCase {
    /// The pattern.
    pub pattern: Pattern,
    /// The condition.
    pub guard: Option<Box<Expr>>,
    /// The statements.
    pub body: Vec<Stmt>,
}

/// A pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Which, with its parts.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// The kinds of pattern.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named and documented by the grammar
pub enum PatternKind {
    MatchValue {
        value: Box<Expr>,
    },
    MatchSingleton {
        value: Constant,
    },
    MatchSequence {
        patterns: Vec<Pattern>,
    },
    MatchMapping {
        keys: Vec<Expr>,
        patterns: Vec<Pattern>,
        rest: Option<Identifier>,
    },
    MatchClass {
        cls: Box<Expr>,
        patterns: Vec<Pattern>,
        kwd_attrs: Vec<Identifier>,
        kwd_patterns: Vec<Pattern>,
    },
    MatchStar {
        name: Option<Identifier>,
    },
    MatchAs {
        pattern: Option<Box<Pattern>>,
        name: Option<Identifier>,
    },
    MatchOr {
        patterns: Vec<Pattern>,
    },
}

/// A type parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeParam {
    /// Which, with its parts.
    pub kind: TypeParamKind,
    /// Where.
    pub span: Span,
}

/// The kinds of type parameter.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named and documented by the grammar
pub enum TypeParamKind {
    TypeVar { name: Identifier, bound: Option<Box<Expr>>, default_value: Option<Box<Expr>> },
    ParamSpec { name: Identifier, default_value: Option<Box<Expr>> },
    TypeVarTuple { name: Identifier, default_value: Option<Box<Expr>> },
}
