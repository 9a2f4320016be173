//! Arguments of calls and classes.

use super::node::Node;
use super::parser::{Parser, Rule};

/// An argument: its place, and whether it is given by `**`.
#[derive(Clone, Copy)]
struct Argument {
    start: usize,
    end: usize,
    keyword: Option<Keyword>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    Named,
    Unpacked,
}

const MAYBE: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
const PARENTHESIZED: &str = "Generator expression must be parenthesized";

impl Parser<'_> {
    pub(super) fn arguments(&mut self) -> Option<Node> {
        self.remember(Rule::Arguments, |this| {
            let start = this.start()?;
            let arguments = this.alt(|this| {
                this.args()?;
                this.eat(",");
                if this.peek_is(")") { Some(()) } else { None }
            });
            if arguments.is_none() {
                this.invalid_arguments()?;
                return None;
            }
            Some(Node::new(super::node::NodeKind::Other("arguments"), start, this.last_end()))
        })
    }

    /// One positional argument.
    fn positional(&mut self) -> Option<Argument> {
        let node = self.alt(|this| {
            let node = match this.alt(Self::starred_expression) {
                Some(node) => node,
                None => match this.alt(Self::assignment_expression) {
                    Some(node) => node,
                    None => {
                        let node = this.expression()?;
                        if this.peek_is(":=") {
                            return None;
                        }
                        node
                    }
                },
            };
            if this.peek_is("=") { None } else { Some(node) }
        })?;
        Some(Argument { start: node.start, end: node.end, keyword: None })
    }

    fn args(&mut self) -> Option<Vec<Argument>> {
        let positional = self.alt(|this| {
            let mut arguments = this.separated(Self::positional)?;
            let keywords = this.maybe(|this| {
                this.eat(",")?;
                this.keywords()
            })?;
            arguments.extend(keywords.unwrap_or_default());
            Some(arguments)
        });
        match positional {
            Some(arguments) => Some(arguments),
            None => self.keywords(),
        }
    }

    fn keywords(&mut self) -> Option<Vec<Argument>> {
        let both = self.alt(|this| {
            let mut arguments = this.separated(Self::keyword_or_starred)?;
            this.eat(",")?;
            arguments.extend(this.separated(Self::keyword_or_double_starred)?);
            Some(arguments)
        });
        if both.is_some() {
            return both;
        }
        match self.alt(|this| this.separated(Self::keyword_or_starred)) {
            Some(arguments) => Some(arguments),
            None => self.separated(Self::keyword_or_double_starred),
        }
    }

    fn named_argument(&mut self) -> Option<Argument> {
        self.alt(|this| {
            let name = this.name()?;
            this.eat("=")?;
            let value = this.expression()?;
            Some(Argument { start: name.start, end: value.end, keyword: Some(Keyword::Named) })
        })
    }

    fn keyword_or_starred(&mut self) -> Option<Argument> {
        self.invalid_keyword()?;
        if let Some(argument) = self.named_argument() {
            return Some(argument);
        }
        let node = self.starred_expression()?;
        Some(Argument { start: node.start, end: node.end, keyword: None })
    }

    fn keyword_or_double_starred(&mut self) -> Option<Argument> {
        self.invalid_keyword()?;
        if let Some(argument) = self.named_argument() {
            return Some(argument);
        }
        let stars = self.eat("**")?;
        let value = self.expression()?;
        Some(Argument { start: stars.start, end: value.end, keyword: Some(Keyword::Unpacked) })
    }

    fn invalid_keyword(&mut self) -> Option<()> {
        self.mistake(|this| {
            let constant = this.eat_any(&["True", "False", "None"])?;
            let equals = this.eat("=")?;
            this.raise(constant.start, equals.end, &format!("cannot assign to {}", constant.text))
        })?;
        self.mistake(|this| {
            let name = this.name()?;
            let equals = this.eat("=")?;
            this.expression()?;
            this.for_if_clauses()?;
            this.raise(name.start, equals.end, MAYBE)
        })?;
        self.mistake(|this| {
            if this.ahead(|this| {
                this.name()?;
                this.eat("=")
            }) {
                return None;
            }
            let target = this.expression()?;
            let equals = this.eat("=")?;
            let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
            this.raise(target.start, equals.end, message)
        })?;
        self.mistake(|this| {
            let stars = this.eat("**")?;
            this.expression()?;
            this.eat("=")?;
            let value = this.expression()?;
            this.raise(stars.start, value.end, "cannot assign to keyword argument unpacking")
        })
    }

    fn invalid_arguments(&mut self) -> Option<()> {
        self.mistake(|this| {
            let both = this.alt(|this| {
                this.separated(Self::positional)?;
                this.eat(",")?;
                this.keywords()
            });
            if both.is_none() {
                this.keywords()?;
            }
            let comma = this.eat(",")?;
            this.separated(|this| {
                this.starred_expression()?;
                if this.peek_is("=") { None } else { Some(()) }
            })?;
            let message = "iterable argument unpacking follows keyword argument unpacking";
            this.raise_from(comma.start, message)
        })?;
        self.mistake(|this| {
            let element = this.expression()?;
            let end = this.for_if_clauses()?;
            this.eat(",")?;
            this.maybe(|this| match this.alt(Self::args) {
                Some(_) => Some(()),
                None => {
                    this.expression()?;
                    this.for_if_clauses().map(|_| ())
                }
            })?;
            this.raise(element.start, end, PARENTHESIZED)
        })?;
        self.mistake(|this| {
            let name = this.name()?;
            let equals = this.eat("=")?;
            this.expression()?;
            this.for_if_clauses()?;
            this.raise(name.start, equals.end, MAYBE)
        })?;
        self.mistake(|this| {
            this.maybe(|this| {
                this.args()?;
                this.eat(",")
            })?;
            let name = this.name()?;
            let equals = this.eat("=")?;
            if !this.peek_any(&[",", ")"]) {
                return None;
            }
            this.raise(name.start, equals.end, "expected argument value expression")
        })?;
        self.mistake(|this| {
            let arguments = this.args()?;
            let end = this.for_if_clauses()?;
            let positional: Vec<_> = arguments.iter().filter(|argument| argument.keyword.is_none()).collect();
            if positional.len() <= 1 {
                return None;
            }
            let start = positional.last()?.start;
            this.raise(start, end, PARENTHESIZED)
        })?;
        self.mistake(|this| {
            this.args()?;
            this.eat(",")?;
            let element = this.expression()?;
            let end = this.for_if_clauses()?;
            this.raise(element.start, end, PARENTHESIZED)
        })?;
        self.mistake(|this| {
            let before = this.args()?;
            this.eat(",")?;
            this.args()?;
            let unpacked = before
                .iter()
                .filter(|argument| argument.keyword.is_some())
                .max_by_key(|argument| argument.end)
                .is_some_and(|argument| argument.keyword == Some(Keyword::Unpacked));
            let message = if unpacked {
                "positional argument follows keyword argument unpacking"
            } else {
                "positional argument follows keyword argument"
            };
            this.raise_last(message)
        })
    }
}
