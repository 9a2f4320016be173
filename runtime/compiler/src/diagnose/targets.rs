//! What can be assigned to and deleted.

use super::node::{Node, NodeKind, TargetKind};
use super::parser::{Parser, Rule};

impl Parser<'_> {
    pub(super) fn star_targets(&mut self) -> Option<Node> {
        self.remember(Rule::StarTargets, |this| this.tuple_of(Self::star_target))
    }

    pub(super) fn star_target(&mut self) -> Option<Node> {
        self.remember(Rule::StarTarget, |this| {
            if let Some(star) = this.eat("*") {
                if this.peek_is("*") {
                    return None;
                }
                let value = this.star_target()?;
                return Some(Node::new(NodeKind::Starred(value.clone().into()), star.start, value.end));
            }
            this.target_with_star_atom()
        })
    }

    fn target_with_star_atom(&mut self) -> Option<Node> {
        self.remember(Rule::TargetWithStarAtom, |this| match this.alt(Self::attribute_or_subscript) {
            Some(node) => Some(node),
            None => this.star_atom(),
        })
    }

    fn star_atom(&mut self) -> Option<Node> {
        if let Some(name) = self.name() {
            return Some(Node::new(NodeKind::Name, name.start, name.end));
        }
        let inner = self.alt(|this| {
            this.eat("(")?;
            let inner = this.target_with_star_atom()?;
            this.eat(")")?;
            Some(inner)
        });
        if inner.is_some() {
            return inner;
        }
        self.target_list(Self::star_target)
    }

    /// Targets in brackets of either kind.
    fn target_list(&mut self, target: fn(&mut Self) -> Option<Node>) -> Option<Node> {
        let tuple = self.alt(|this| {
            let open = this.eat("(")?;
            this.maybe(|this| {
                target(this)?;
                this.eat(",")?;
                this.maybe(|this| this.separated(target))?;
                this.eat(",");
                Some(())
            })?;
            let close = this.eat(")")?;
            Some(Node::new(NodeKind::Tuple([].into()), open.start, close.end))
        });
        if tuple.is_some() {
            return tuple;
        }
        let open = self.eat("[")?;
        self.maybe(|this| {
            this.separated(target)?;
            this.eat(",");
            Some(())
        })?;
        let close = self.eat("]")?;
        Some(Node::new(NodeKind::List([].into()), open.start, close.end))
    }

    fn target_follows(&mut self) -> bool {
        self.peek_any(&["(", "[", "."])
    }

    /// A primary that something follows.
    fn target_primary(&mut self) -> Option<Node> {
        self.remember(Rule::TargetPrimary, |this| {
            let mut node = this.atom()?;
            if !this.target_follows() {
                return None;
            }
            while let Some(kind) = this.alt(|this| {
                let kind = this.trailer()?;
                if this.target_follows() { Some(kind) } else { None }
            }) {
                node = Node::new(kind, node.start, this.last_end());
            }
            if this.failed() { None } else { Some(node) }
        })
    }

    pub(super) fn attribute_or_subscript(&mut self) -> Option<Node> {
        let value = self.target_primary()?;
        let kind = self.trailer()?;
        if self.target_follows() || matches!(kind, NodeKind::Other(_)) {
            return None;
        }
        Some(Node::new(kind, value.start, self.last_end()))
    }

    pub(super) fn single_target(&mut self) -> Option<Node> {
        if let Some(node) = self.alt(Self::attribute_or_subscript) {
            return Some(node);
        }
        if let Some(name) = self.name() {
            return Some(Node::new(NodeKind::Name, name.start, name.end));
        }
        self.alt(|this| {
            this.eat("(")?;
            let inner = this.single_target()?;
            this.eat(")")?;
            Some(inner)
        })
    }

    pub(super) fn del_targets(&mut self) -> Option<()> {
        self.separated(Self::del_target)?;
        self.eat(",");
        Some(())
    }

    fn del_target(&mut self) -> Option<Node> {
        self.remember(Rule::DelTarget, |this| {
            if let Some(node) = this.alt(Self::attribute_or_subscript) {
                return Some(node);
            }
            if let Some(name) = this.name() {
                return Some(Node::new(NodeKind::Name, name.start, name.end));
            }
            let inner = this.alt(|this| {
                this.eat("(")?;
                let inner = this.del_target()?;
                this.eat(")")?;
                Some(inner)
            });
            if inner.is_some() {
                return inner;
            }
            let tuple = this.alt(|this| {
                let open = this.eat("(")?;
                this.maybe(Self::del_targets)?;
                let close = this.eat(")")?;
                Some(Node::new(NodeKind::Tuple([].into()), open.start, close.end))
            });
            if tuple.is_some() {
                return tuple;
            }
            let open = this.eat("[")?;
            this.maybe(Self::del_targets)?;
            let close = this.eat("]")?;
            Some(Node::new(NodeKind::List([].into()), open.start, close.end))
        })
    }

    pub(super) fn invalid_for_target(&mut self) -> Option<()> {
        self.mistake(|this| {
            this.eat("async");
            this.eat("for")?;
            let target = this.star_expressions()?;
            this.raise_invalid_target(TargetKind::For, &target)
        })
    }
}
