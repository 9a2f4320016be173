//! What the recognizer remembers of an expression: enough to say what cannot be assigned to.

use std::rc::Rc;

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    /// What can be assigned to, by what it is called.
    Name,
    Attribute,
    Subscript,
    List(Rc<[Node]>),
    Tuple(Rc<[Node]>),
    Starred(Rc<Node>),
    /// A comparison; of an `in`, what is on its left.
    Compare(Option<Rc<Node>>),
    /// Anything else, by what messages call it.
    Other(&'static str),
}

/// What a target is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    Star,
    Del,
    For,
}

impl Node {
    pub(super) fn new(kind: NodeKind, start: usize, end: usize) -> Self {
        Self { kind, start, end }
    }

    /// What messages call it.
    pub(super) fn describe(&self) -> &'static str {
        match &self.kind {
            NodeKind::Name => "name",
            NodeKind::Attribute => "attribute",
            NodeKind::Subscript => "subscript",
            NodeKind::List(_) => "list",
            NodeKind::Tuple(_) => "tuple",
            NodeKind::Starred(_) => "starred",
            NodeKind::Compare(_) => "comparison",
            NodeKind::Other(name) => name,
        }
    }

    /// The first part that cannot be a target.
    pub(super) fn invalid_target(&self, kind: TargetKind) -> Option<&Node> {
        match &self.kind {
            NodeKind::List(elements) | NodeKind::Tuple(elements) => {
                elements.iter().find_map(|element| element.invalid_target(kind))
            }
            NodeKind::Starred(_) if kind == TargetKind::Del => Some(self),
            NodeKind::Starred(value) => value.invalid_target(kind),
            NodeKind::Compare(left) if kind == TargetKind::For => {
                left.as_ref().and_then(|left| left.invalid_target(kind))
            }
            NodeKind::Name | NodeKind::Subscript | NodeKind::Attribute => None,
            _ => Some(self),
        }
    }
}
