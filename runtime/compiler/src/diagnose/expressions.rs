//! Expressions down to comparisons, and what is wrong with them as a whole.

use std::rc::Rc;

use super::node::{Node, NodeKind};
use super::parser::{Parser, Rule};
use super::token::Kind;

const SOFT_KEYWORDS: [&str; 4] = ["_", "case", "match", "type"];

impl Parser<'_> {
    /// Elements between commas as a tuple, or the only one without comma as itself.
    pub(super) fn tuple_of(&mut self, element: fn(&mut Self) -> Option<Node>) -> Option<Node> {
        let first = element(self)?;
        let mut elements = vec![first];
        elements.extend(self.many(|this| {
            this.eat(",")?;
            element(this)
        }));
        let comma = self.eat(",").is_some();
        if self.failed() {
            return None;
        }
        match (elements.pop(), elements.is_empty() && !comma) {
            (Some(only), true) => Some(only),
            (last, _) => {
                elements.extend(last);
                let start = elements.first().map_or(0, |first| first.start);
                Some(Node::new(NodeKind::Tuple(elements.into()), start, self.last_end()))
            }
        }
    }

    pub(super) fn expressions(&mut self) -> Option<Node> {
        self.tuple_of(Self::expression)
    }

    pub(super) fn star_expressions(&mut self) -> Option<Node> {
        self.tuple_of(Self::star_expression)
    }

    fn starred(&mut self, value: fn(&mut Self) -> Option<Node>) -> Option<Node> {
        let star = self.eat("*")?;
        let value = value(self)?;
        let end = value.end;
        Some(Node::new(NodeKind::Starred(Rc::new(value)), star.start, end))
    }

    pub(super) fn star_expression(&mut self) -> Option<Node> {
        self.remember(Rule::StarExpression, |this| match this.alt(|this| this.starred(Self::bitwise_or)) {
            Some(node) => Some(node),
            None => this.expression(),
        })
    }

    pub(super) fn star_named_expressions(&mut self) -> Option<Vec<Node>> {
        let elements = self.separated(Self::star_named_expression)?;
        self.eat(",");
        Some(elements)
    }

    pub(super) fn star_named_expression(&mut self) -> Option<Node> {
        match self.alt(|this| this.starred(Self::bitwise_or)) {
            Some(node) => Some(node),
            None => self.named_expression(),
        }
    }

    /// `*` before an argument.
    pub(super) fn starred_expression(&mut self) -> Option<Node> {
        self.mistake(|this| {
            let star = this.eat("*")?;
            this.expression()?;
            this.eat("=")?;
            let value = this.expression()?;
            this.raise(star.start, value.end, "cannot assign to iterable argument unpacking")
        })?;
        if let Some(node) = self.alt(|this| this.starred(Self::expression)) {
            return Some(node);
        }
        self.mistake(|this| {
            this.eat("*")?;
            this.raise_last("Invalid star expression")
        })?;
        None
    }

    pub(super) fn assignment_expression(&mut self) -> Option<Node> {
        let name = self.name()?;
        self.eat(":=")?;
        let value = self.expression()?;
        Some(Node::new(NodeKind::Other("named expression"), name.start, value.end))
    }

    pub(super) fn named_expression(&mut self) -> Option<Node> {
        self.remember(Rule::NamedExpression, |this| {
            // Once `:=` has been read nothing else is tried.
            let at = this.at;
            if this.name().is_some() && this.eat(":=").is_some() {
                this.at = at;
                return this.assignment_expression();
            }
            this.at = at;
            this.invalid_named_expression()?;
            let node = this.expression()?;
            if this.peek_is(":=") { None } else { Some(node) }
        })
    }

    fn invalid_named_expression(&mut self) -> Option<()> {
        self.mistake(|this| {
            let target = this.expression()?;
            this.eat(":=")?;
            this.expression()?;
            let message = format!("cannot use assignment expressions with {}", target.describe());
            this.raise_node(&target, &message)
        })?;
        self.mistake(|this| {
            let name = this.name()?;
            this.eat("=")?;
            let value = this.bitwise_or()?;
            if this.peek_any(&["=", ":="]) {
                return None;
            }
            let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            this.raise(name.start, value.end, message)
        })?;
        self.mistake(|this| {
            let display = this.peek_any(&["True", "None", "False"])
                || this.ahead(Self::list)
                || this.ahead(Self::tuple)
                || this.ahead(Self::generator);
            if display {
                return None;
            }
            let target = this.bitwise_or()?;
            this.eat("=")?;
            this.bitwise_or()?;
            if this.peek_any(&["=", ":="]) {
                return None;
            }
            let message =
                format!("cannot assign to {} here. Maybe you meant '==' instead of '='?", target.describe());
            this.raise_node(&target, &message)
        })
    }

    pub(super) fn expression(&mut self) -> Option<Node> {
        self.remember(Rule::Expression, |this| {
            this.invalid_expression()?;
            this.invalid_legacy_expression()?;
            this.plain_expression()
        })
    }

    fn plain_expression(&mut self) -> Option<Node> {
        let conditional = self.alt(|this| {
            let body = this.disjunction()?;
            this.eat("if")?;
            this.disjunction()?;
            this.eat("else")?;
            let orelse = this.expression()?;
            Some(Node::new(NodeKind::Other("conditional expression"), body.start, orelse.end))
        });
        if conditional.is_some() {
            return conditional;
        }
        match self.alt(Self::disjunction) {
            Some(node) => Some(node),
            None => self.lambda(),
        }
    }

    fn is_legacy(&self, node: &Node) -> bool {
        matches!(node.kind, NodeKind::Name)
            && matches!(self.lines.source().get(node.start..node.end), Some("print" | "exec"))
    }

    fn invalid_expression(&mut self) -> Option<()> {
        self.mistake(|this| {
            this.eat_kind(Kind::String)?;
            let inner = this.some(|this| {
                if this.peek_kind(Kind::String) {
                    return None;
                }
                this.without_mistakes(Self::plain_expression)
            })?;
            this.eat_kind(Kind::String)?;
            let message = "invalid syntax. Is this intended to be part of the string?";
            this.raise(inner.first()?.start, inner.last()?.end, message)
        })?;
        self.mistake(|this| {
            let at = this.at;
            let first = this.peek()?;
            if first.is_name() {
                let string = this.token(at + 1).is_some_and(|token| token.kind == Kind::String);
                if string || SOFT_KEYWORDS.contains(&first.text) {
                    return None;
                }
            }
            let left = this.disjunction()?;
            let right = this.without_mistakes(Self::plain_expression)?;
            if this.is_legacy(&left) || this.last()?.level == 0 {
                return None;
            }
            this.raise(left.start, right.end, "invalid syntax. Perhaps you forgot a comma?")
        })?;
        self.mistake(|this| {
            let body = this.disjunction()?;
            this.eat("if")?;
            let test = this.disjunction()?;
            if this.peek_any(&["else", ":"]) {
                return None;
            }
            this.raise(body.start, test.end, "expected 'else' after 'if' expression")
        })?;
        self.mistake(|this| {
            this.disjunction()?;
            this.eat("if")?;
            this.disjunction()?;
            this.eat("else")?;
            if this.ahead(Self::expression) || this.failed() {
                return None;
            }
            this.raise_next("expected expression after 'else', but statement is given")
        })?;
        self.mistake(|this| {
            let statement = this.eat_any(&["pass", "break", "continue"])?;
            this.eat("if")?;
            this.disjunction()?;
            this.eat("else")?;
            this.simple_statement()?;
            this.raise_at(&statement, "expected expression before 'if', but statement is given")
        })?;
        self.mistake(|this| {
            let lambda = this.eat("lambda")?;
            this.maybe(Self::lambda_parameters)?;
            let colon = this.eat(":")?;
            let letter = match this.peek()?.kind {
                Kind::FMiddle { template: false } => 'f',
                Kind::FMiddle { template: true } => 't',
                _ => return None,
            };
            let message = format!("{letter}-string: lambda expressions are not allowed without parentheses");
            this.raise(lambda.start, colon.end, &message)
        })
    }

    fn invalid_legacy_expression(&mut self) -> Option<()> {
        self.mistake(|this| {
            let name = this.name()?;
            if this.peek_is("(") {
                return None;
            }
            // What follows is read whatever the name, and may have a message of its own.
            let rest = this.star_expressions()?;
            if !matches!(name.text, "print" | "exec") {
                return None;
            }
            let message = format!("Missing parentheses in call to '{0}'. Did you mean {0}(...)?", name.text);
            this.raise(name.start, rest.end, &message)
        })
    }

    fn lambda(&mut self) -> Option<Node> {
        let lambda = self.eat("lambda")?;
        self.maybe(Self::lambda_parameters)?;
        self.eat(":")?;
        let body = self.expression()?;
        Some(Node::new(NodeKind::Other("lambda"), lambda.start, body.end))
    }

    pub(super) fn yield_expression(&mut self) -> Option<Node> {
        let yield_ = self.eat("yield")?;
        if self.eat("from").is_some() {
            let value = self.expression()?;
            return Some(Node::new(NodeKind::Other("yield expression"), yield_.start, value.end));
        }
        let value = self.maybe(Self::star_expressions)?;
        let end = value.map_or(yield_.end, |value| value.end);
        Some(Node::new(NodeKind::Other("yield expression"), yield_.start, end))
    }

    /// What stands on the right of `=`.
    pub(super) fn annotated_rhs(&mut self) -> Option<Node> {
        match self.alt(Self::yield_expression) {
            Some(node) => Some(node),
            None => self.star_expressions(),
        }
    }

    fn boolean(&mut self, word: &str, operand: fn(&mut Self) -> Option<Node>) -> Option<Node> {
        let first = operand(self)?;
        let rest = self.many(|this| {
            this.eat(word)?;
            operand(this)
        });
        if self.failed() {
            return None;
        }
        Some(match rest.last() {
            Some(last) => Node::new(NodeKind::Other("expression"), first.start, last.end),
            None => first,
        })
    }

    pub(super) fn disjunction(&mut self) -> Option<Node> {
        self.remember(Rule::Disjunction, |this| this.boolean("or", Self::conjunction))
    }

    fn conjunction(&mut self) -> Option<Node> {
        self.remember(Rule::Conjunction, |this| this.boolean("and", Self::inversion))
    }

    pub(super) fn inversion(&mut self) -> Option<Node> {
        self.remember(Rule::Inversion, |this| {
            if let Some(not) = this.eat("not") {
                let operand = this.inversion()?;
                return Some(Node::new(NodeKind::Other("expression"), not.start, operand.end));
            }
            this.comparison()
        })
    }

    fn comparison(&mut self) -> Option<Node> {
        self.remember(Rule::Comparison, |this| {
            let left = this.bitwise_or()?;
            let mut first_is_in = None;
            let mut end = left.end;
            while let Some((is_in, right)) = this.alt(|this| {
                let is_in = this.comparison_operator()?;
                Some((is_in, this.bitwise_or()?))
            }) {
                first_is_in.get_or_insert(is_in);
                end = right.end;
            }
            if this.failed() {
                return None;
            }
            Some(match first_is_in {
                None => left,
                Some(is_in) => {
                    let start = left.start;
                    let kept = is_in.then(|| Rc::new(left));
                    Node::new(NodeKind::Compare(kept), start, end)
                }
            })
        })
    }

    /// Reads a comparison operator; whether it is `in`.
    fn comparison_operator(&mut self) -> Option<bool> {
        self.mistake(|this| {
            let less = this.eat("<")?;
            let greater = this.eat(">").filter(|greater| greater.start == less.end)?;
            let message = "invalid syntax.  Maybe you meant '!=' instead of '<>'?";
            this.raise(less.start, greater.end, message)
        })?;
        if self.eat_any(&["==", "!=", "<=", "<", ">=", ">"]).is_some() {
            return Some(false);
        }
        if self.eat("in").is_some() {
            return Some(true);
        }
        if self.eat("is").is_some() {
            self.eat("not");
            return Some(false);
        }
        self.eat("not")?;
        self.eat("in")?;
        Some(false)
    }
}
