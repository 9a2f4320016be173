//! Operators of arithmetic, primaries and atoms.

use std::rc::Rc;

use super::node::{Node, NodeKind};
use super::parser::{Parser, Rule};
use super::token::Kind;

impl Parser<'_> {
    /// A chain of one binary operator's level.
    fn chain(&mut self, operators: &[&str], operand: fn(&mut Self) -> Option<Node>) -> Option<Node> {
        let mut left = operand(self)?;
        loop {
            if self.eat_any(operators).is_none() {
                return if self.failed() { None } else { Some(left) };
            }
            self.not_after_operator(operators)?;
            match self.alt(operand) {
                Some(right) => left = Node::new(NodeKind::Other("expression"), left.start, right.end),
                None => {
                    self.at -= 1;
                    return if self.failed() { None } else { Some(left) };
                }
            }
        }
    }

    fn not_after_operator(&mut self, operators: &[&str]) -> Option<()> {
        // Only arithmetic has a message for it.
        if !operators
            .iter()
            .any(|operator| ["+", "-", "*", "/", "//", "%", "@", "<<", ">>"].contains(operator))
        {
            return Some(());
        }
        self.mistake(|this| {
            let not = this.eat("not")?;
            let operand = this.inversion()?;
            this.raise(not.start, operand.end, "'not' after an operator must be parenthesized")
        })
    }

    pub(super) fn bitwise_or(&mut self) -> Option<Node> {
        self.remember(Rule::BitwiseOr, |this| this.chain(&["|"], Self::bitwise_xor))
    }

    fn bitwise_xor(&mut self) -> Option<Node> {
        self.chain(&["^"], Self::bitwise_and)
    }

    fn bitwise_and(&mut self) -> Option<Node> {
        self.chain(&["&"], Self::shift)
    }

    fn shift(&mut self) -> Option<Node> {
        self.chain(&["<<", ">>"], Self::sum)
    }

    fn sum(&mut self) -> Option<Node> {
        self.chain(&["+", "-"], Self::term)
    }

    fn term(&mut self) -> Option<Node> {
        self.remember(Rule::Term, |this| this.chain(&["*", "/", "//", "%", "@"], Self::factor))
    }

    fn factor(&mut self) -> Option<Node> {
        self.remember(Rule::Factor, |this| {
            if let Some(sign) = this.eat_any(&["+", "-", "~"]) {
                this.mistake(|this| {
                    let not = this.eat("not")?;
                    let operand = this.inversion()?;
                    this.raise(not.start, operand.end, "'not' after an operator must be parenthesized")
                })?;
                let operand = this.factor()?;
                return Some(Node::new(NodeKind::Other("expression"), sign.start, operand.end));
            }
            let base = this.await_primary()?;
            let power = this.maybe(|this| {
                this.eat("**")?;
                this.factor()
            })?;
            Some(match power {
                Some(power) => Node::new(NodeKind::Other("expression"), base.start, power.end),
                None => base,
            })
        })
    }

    fn await_primary(&mut self) -> Option<Node> {
        self.remember(Rule::AwaitPrimary, |this| {
            if let Some(await_) = this.eat("await") {
                let value = this.primary()?;
                return Some(Node::new(NodeKind::Other("await expression"), await_.start, value.end));
            }
            this.primary()
        })
    }

    pub(super) fn primary(&mut self) -> Option<Node> {
        self.remember(Rule::Primary, |this| {
            let mut node = this.atom()?;
            while let Some(kind) = this.alt(Self::trailer) {
                node = Node::new(kind, node.start, this.last_end());
            }
            if this.failed() { None } else { Some(node) }
        })
    }

    /// An attribute, call or subscript after a primary.
    pub(super) fn trailer(&mut self) -> Option<NodeKind> {
        if self.eat(".").is_some() {
            self.name()?;
            return Some(NodeKind::Attribute);
        }
        if self.peek_is("(") {
            if self.alt(Self::generator).is_some() {
                return Some(NodeKind::Other("function call"));
            }
            self.eat("(")?;
            self.maybe(Self::arguments)?;
            self.eat(")")?;
            return Some(NodeKind::Other("function call"));
        }
        self.eat("[")?;
        self.slices()?;
        self.eat("]")?;
        Some(NodeKind::Subscript)
    }

    fn slices(&mut self) -> Option<()> {
        let one = self.alt(|this| {
            this.slice()?;
            if this.peek_is(",") { None } else { Some(()) }
        });
        if one.is_some() {
            return Some(());
        }
        self.separated(|this| match this.alt(Self::slice) {
            Some(()) => Some(()),
            None => this.starred_expression().map(|_| ()),
        })?;
        self.eat(",");
        Some(())
    }

    fn slice(&mut self) -> Option<()> {
        let sliced = self.alt(|this| {
            this.maybe(Self::expression)?;
            this.eat(":")?;
            this.maybe(Self::expression)?;
            this.maybe(|this| {
                this.eat(":")?;
                this.maybe(Self::expression)
            })?;
            Some(())
        });
        match sliced {
            Some(()) => Some(()),
            None => self.named_expression().map(|_| ()),
        }
    }

    pub(super) fn atom(&mut self) -> Option<Node> {
        self.remember(Rule::Atom, |this| {
            let token = this.peek()?;
            let constant = match token.kind {
                Kind::Name if token.is_name() => NodeKind::Name,
                Kind::Name => match token.text {
                    "True" => NodeKind::Other("True"),
                    "False" => NodeKind::Other("False"),
                    "None" => NodeKind::Other("None"),
                    _ => return None,
                },
                Kind::Number => NodeKind::Other("literal"),
                Kind::String | Kind::FStart { .. } => return this.strings(),
                Kind::Op => match token.text {
                    "..." => NodeKind::Other("ellipsis"),
                    "(" => {
                        return this
                            .alt(Self::tuple)
                            .or_else(|| this.alt(Self::group))
                            .or_else(|| this.generator());
                    }
                    "[" => return this.alt(Self::list).or_else(|| this.list_comprehension()),
                    "{" => return this.braces(),
                    _ => return None,
                },
                _ => return None,
            };
            this.at += 1;
            Some(Node::new(constant, token.start, token.end))
        })
    }

    pub(super) fn tuple(&mut self) -> Option<Node> {
        let open = self.eat("(")?;
        let elements = self.maybe(|this| {
            let mut elements = vec![this.star_named_expression()?];
            this.eat(",")?;
            if let Some(more) = this.maybe(Self::star_named_expressions)? {
                elements.extend(more);
            }
            Some(elements)
        })?;
        let close = self.eat(")")?;
        let elements: Rc<[Node]> = elements.unwrap_or_default().into();
        Some(Node::new(NodeKind::Tuple(elements), open.start, close.end))
    }

    fn group(&mut self) -> Option<Node> {
        let grouped = self.alt(|this| {
            this.eat("(")?;
            let inner = match this.alt(Self::yield_expression) {
                Some(node) => node,
                None => this.named_expression()?,
            };
            this.eat(")")?;
            Some(inner)
        });
        if grouped.is_some() || self.failed() {
            return grouped;
        }
        self.mistake(|this| {
            this.eat("(")?;
            let node = this.starred_expression()?;
            this.eat(")")?;
            this.raise_node(&node, "cannot use starred expression here")
        })?;
        self.mistake(|this| {
            this.eat("(")?;
            let stars = this.eat("**")?;
            this.expression()?;
            this.eat(")")?;
            this.raise_at(&stars, "cannot use double starred expression here")
        })?;
        None
    }

    pub(super) fn generator(&mut self) -> Option<Node> {
        let generator = self.alt(|this| {
            let open = this.eat("(")?;
            match this.alt(Self::assignment_expression) {
                Some(_) => {}
                None => {
                    this.expression()?;
                    if this.peek_is(":=") {
                        return None;
                    }
                }
            }
            this.for_if_clauses()?;
            let close = this.eat(")")?;
            Some(Node::new(NodeKind::Other("generator expression"), open.start, close.end))
        });
        if generator.is_none() {
            self.invalid_comprehension()?;
        }
        generator
    }

    pub(super) fn list(&mut self) -> Option<Node> {
        let open = self.eat("[")?;
        let elements: Rc<[Node]> = self.maybe(Self::star_named_expressions)?.unwrap_or_default().into();
        let close = self.eat("]")?;
        Some(Node::new(NodeKind::List(elements), open.start, close.end))
    }

    fn list_comprehension(&mut self) -> Option<Node> {
        self.comprehension("[", "]", "list comprehension")
    }

    fn comprehension(&mut self, open: &str, close: &str, name: &'static str) -> Option<Node> {
        let found = self.alt(|this| {
            let open = this.eat(open)?;
            this.named_expression()?;
            this.for_if_clauses()?;
            let close = this.eat(close)?;
            Some(Node::new(NodeKind::Other(name), open.start, close.end))
        });
        if found.is_none() {
            self.invalid_comprehension()?;
        }
        found
    }

    fn invalid_comprehension(&mut self) -> Option<()> {
        self.mistake(|this| {
            this.eat_any(&["[", "(", "{"])?;
            let node = this.starred_expression()?;
            this.for_if_clauses()?;
            this.raise_node(&node, "iterable unpacking cannot be used in comprehension")
        })?;
        const FORGOT: &str = "did you forget parentheses around the comprehension target?";
        self.mistake(|this| {
            this.eat_any(&["[", "{"])?;
            let first = this.star_named_expression()?;
            this.eat(",")?;
            let more = this.star_named_expressions()?;
            this.for_if_clauses()?;
            this.raise(first.start, more.last()?.end, FORGOT)
        })?;
        self.mistake(|this| {
            this.eat_any(&["[", "{"])?;
            let first = this.star_named_expression()?;
            let comma = this.eat(",")?;
            this.for_if_clauses()?;
            this.raise(first.start, comma.end, FORGOT)
        })
    }

    /// Dicts, sets and their comprehensions.
    fn braces(&mut self) -> Option<Node> {
        if let Some(node) = self.alt(Self::dict) {
            return Some(node);
        }
        let set = self.alt(|this| {
            let open = this.eat("{")?;
            this.star_named_expressions()?;
            let close = this.eat("}")?;
            Some(Node::new(NodeKind::Other("set display"), open.start, close.end))
        });
        if set.is_some() {
            return set;
        }
        let dict_comprehension = self.alt(|this| {
            let open = this.eat("{")?;
            this.pair()?;
            this.for_if_clauses()?;
            let close = this.eat("}")?;
            Some(Node::new(NodeKind::Other("dict comprehension"), open.start, close.end))
        });
        if dict_comprehension.is_some() {
            return dict_comprehension;
        }
        self.mistake(|this| {
            this.eat("{")?;
            let stars = this.eat("**")?;
            this.bitwise_or()?;
            this.for_if_clauses()?;
            this.eat("}")?;
            this.raise_at(&stars, "dict unpacking cannot be used in dict comprehension")
        })?;
        self.comprehension("{", "}", "set comprehension")
    }

    fn dict(&mut self) -> Option<Node> {
        let dict = self.alt(|this| {
            let open = this.eat("{")?;
            this.maybe(|this| {
                this.pairs()?;
                this.eat(",");
                Some(())
            })?;
            let close = this.eat("}")?;
            Some(Node::new(NodeKind::Other("dict literal"), open.start, close.end))
        });
        if dict.is_some() {
            return dict;
        }
        self.mistake(|this| {
            this.eat("{")?;
            this.alt(|this| {
                this.pairs()?;
                this.eat(",")?;
                this.mistake(|this| {
                    let key = this.without_mistakes(Self::expression)?;
                    if this.peek_is(":") {
                        return None;
                    }
                    let (line, _) = this.lines.place(key.end);
                    let mut error =
                        this.lines.error(key.end - 1, key.end, "':' expected after dictionary key");
                    (error.end_lineno, error.end_offset) = (line, 0);
                    this.fix_text(&mut error);
                    this.fail(error);
                    None
                })?;
                this.invalid_value();
                None::<()>
            });
            this.invalid_value()
        })?;
        None
    }

    /// Mistakes in the value of a dict's item.
    fn invalid_value(&mut self) -> Option<()> {
        self.mistake(|this| {
            this.expression()?;
            this.eat(":")?;
            let star = this.eat("*")?;
            this.bitwise_or()?;
            this.raise_from(star.start, "cannot use a starred expression in a dictionary value")
        })?;
        self.mistake(|this| {
            this.expression()?;
            let colon = this.eat(":")?;
            if !this.peek_any(&["}", ","]) {
                return None;
            }
            this.raise_at(&colon, "expression expected after dictionary key and ':'")
        })
    }

    /// The items of a dict. Of two expressions that stand where the key of a later one should, the message is that a
    /// colon is missing, not a comma.
    fn pairs(&mut self) -> Option<()> {
        let mut first = true;
        self.separated(|this| {
            let is_first = std::mem::replace(&mut first, false);
            if this.eat("**").is_some() {
                return this.bitwise_or().map(|_| ());
            }
            if is_first {
                return this.pair();
            }
            this.without_mistakes(Self::expression)?;
            this.eat(":")?;
            this.expression().map(|_| ())
        })?;
        Some(())
    }

    fn pair(&mut self) -> Option<()> {
        self.expression()?;
        self.eat(":")?;
        self.expression().map(|_| ())
    }

    pub(super) fn for_if_clauses(&mut self) -> Option<usize> {
        self.some(Self::for_if_clause)?;
        Some(self.last_end())
    }

    fn for_if_clause(&mut self) -> Option<()> {
        // Once `in` has been read nothing else is tried.
        let mut committed = false;
        let clause = self.alt(|this| {
            this.eat("async");
            this.eat("for")?;
            this.star_targets()?;
            this.eat("in")?;
            committed = true;
            this.disjunction()?;
            this.many(|this| {
                this.eat("if")?;
                this.disjunction()
            });
            Some(())
        });
        if clause.is_some() || committed || self.failed() {
            return clause;
        }
        self.mistake(|this| {
            this.eat("async");
            this.eat("for")?;
            this.separated(Self::bitwise_or)?;
            this.eat(",");
            if this.peek_is("in") {
                return None;
            }
            this.raise_last("'in' expected after for-loop variables")
        })?;
        self.invalid_for_target()?;
        None
    }
}
