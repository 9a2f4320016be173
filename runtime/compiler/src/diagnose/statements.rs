//! Whole texts and compound statements.

use super::node::{Node, NodeKind, TargetKind};
use super::parser::{Parser, Rule};
use super::token::{Kind, Token};

impl<'a> Parser<'a> {
    pub(super) fn file(&mut self) -> Option<()> {
        self.many(Self::statement);
        self.eat_kind(Kind::End).map(|_| ())
    }

    pub(super) fn interactive(&mut self) -> Option<()> {
        let compound = self.alt(|this| {
            this.compound_statement()?;
            this.eat_kind(Kind::Newline)
        });
        if compound.is_some() {
            return Some(());
        }
        if self.alt(Self::simple_statements).is_some() {
            return Some(());
        }
        self.eat_kind(Kind::Newline).map(|_| ())
    }

    pub(super) fn eval(&mut self) -> Option<()> {
        self.expressions()?;
        self.many(|this| this.eat_kind(Kind::Newline));
        self.eat_kind(Kind::End).map(|_| ())
    }

    pub(super) fn func_type(&mut self) -> Option<()> {
        self.eat("(")?;
        self.maybe(|this| {
            this.separated(|this| {
                this.eat_any(&["**", "*"]);
                this.expression()
            })
        })?;
        self.eat(")")?;
        self.eat("->")?;
        self.expression()?;
        self.many(|this| this.eat_kind(Kind::Newline));
        self.eat_kind(Kind::End).map(|_| ())
    }

    fn statement(&mut self) -> Option<()> {
        if self.alt(Self::compound_statement).is_some() {
            return Some(());
        }
        self.simple_statements()
    }

    fn compound_statement(&mut self) -> Option<()> {
        let token = self.peek()?;
        let is = |words: &[&str]| words.iter().any(|word| token.is(word));
        if is(&["def", "@", "async"]) && self.alt(Self::function).is_some() {
            return Some(());
        }
        if is(&["if"]) {
            return self.if_statement("if");
        }
        if is(&["class", "@"]) && self.alt(Self::class).is_some() {
            return Some(());
        }
        if is(&["with", "async"]) && self.alt(Self::with).is_some() {
            return Some(());
        }
        if is(&["for", "async"]) && self.alt(Self::for_).is_some() {
            return Some(());
        }
        if is(&["try"]) {
            return self.try_();
        }
        if is(&["while"]) {
            return self.while_();
        }
        self.match_statement()
    }

    pub(super) fn block(&mut self) -> Option<()> {
        self.remember(Rule::Block, |this| {
            let start = this.start()?;
            let indented = this.alt(|this| {
                this.eat_kind(Kind::Newline)?;
                this.eat_kind(Kind::Indent)?;
                this.some(Self::statement)?;
                this.eat_kind(Kind::Dedent)
            });
            if indented.is_none() && this.alt(Self::simple_statements).is_none() {
                this.mistake(|this| {
                    this.eat_kind(Kind::Newline)?;
                    if this.peek_kind(Kind::Indent) || this.failed() {
                        return None;
                    }
                    this.raise_indentation("expected an indented block")
                })?;
                return None;
            }
            Some(Node::new(NodeKind::Other("block"), start, this.last_end()))
        })
        .map(|_| ())
    }

    /// The colon of a statement without a block after it.
    pub(super) fn no_block(&mut self, word: &Token<'a>, what: &str) -> Option<()> {
        self.eat(":")?;
        self.eat_kind(Kind::Newline)?;
        if self.peek_kind(Kind::Indent) || self.failed() {
            return None;
        }
        let line = self.line_of(word);
        self.raise_indentation(&format!("expected an indented block after {what} on line {line}"))
    }

    /// A line that ends where a colon should be.
    fn no_colon(&mut self) -> Option<()> {
        self.eat_kind(Kind::Newline)?;
        self.raise_last("expected ':'")
    }

    fn decorators(&mut self) -> Option<()> {
        self.many(|this| {
            this.eat("@")?;
            this.named_expression()?;
            this.eat_kind(Kind::Newline)
        });
        if self.failed() { None } else { Some(()) }
    }

    fn class(&mut self) -> Option<()> {
        self.decorators()?;
        let head = |this: &mut Self| {
            let word = this.eat("class")?;
            this.name()?;
            this.maybe(Self::type_parameters)?;
            this.maybe(|this| {
                this.eat("(")?;
                this.maybe(Self::arguments)?;
                this.eat(")")
            })?;
            Some(word)
        };
        self.mistake(|this| {
            head(this)?;
            this.no_colon()
        })?;
        self.mistake(|this| {
            let word = head(this)?;
            this.no_block(&word, "class definition")
        })?;
        head(self)?;
        self.eat(":")?;
        self.block()
    }

    fn function(&mut self) -> Option<()> {
        self.decorators()?;
        self.mistake(|this| {
            this.eat("async");
            let word = this.eat("def")?;
            this.name()?;
            this.maybe(Self::type_parameters)?;
            this.eat("(")?;
            this.maybe(Self::function_parameters)?;
            this.eat(")")?;
            this.maybe(Self::returns)?;
            this.no_block(&word, "function definition")
        })?;
        self.eat("async");
        self.eat("def")?;
        self.name()?;
        self.maybe(Self::type_parameters)?;
        self.force("(")?;
        self.maybe(Self::function_parameters)?;
        self.eat(")")?;
        self.maybe(Self::returns)?;
        self.force(":")?;
        self.block()
    }

    fn returns(&mut self) -> Option<()> {
        self.eat("->")?;
        self.expression().map(|_| ())
    }

    /// `if` and `elif`.
    fn if_statement(&mut self, word: &'static str) -> Option<()> {
        stacker::maybe_grow(256 * 1024, 8 * 1024 * 1024, || self.if_here(word))
    }

    fn if_here(&mut self, word: &'static str) -> Option<()> {
        self.conditional_mistakes(word)?;
        self.eat(word)?;
        self.named_expression()?;
        self.eat(":")?;
        self.block()?;
        if self.peek_is("elif") && self.alt(|this| this.if_statement("elif")).is_some() {
            return Some(());
        }
        self.maybe(Self::else_)?;
        Some(())
    }

    fn conditional_mistakes(&mut self, word: &'static str) -> Option<()> {
        self.mistake(|this| {
            this.eat(word)?;
            this.named_expression()?;
            this.no_colon()
        })?;
        self.mistake(|this| {
            let token = this.eat(word)?;
            this.named_expression()?;
            this.no_block(&token, &format!("'{word}' statement"))
        })
    }

    fn else_(&mut self) -> Option<()> {
        self.mistake(|this| {
            let word = this.eat("else")?;
            this.no_block(&word, "'else' statement")
        })?;
        self.mistake(|this| {
            this.eat("else")?;
            this.eat(":")?;
            this.block()?;
            let elif = this.eat("elif")?;
            this.raise_at(&elif, "'elif' block follows an 'else' block")
        })?;
        self.eat("else")?;
        self.force(":")?;
        self.block()
    }

    fn while_(&mut self) -> Option<()> {
        self.conditional_mistakes("while")?;
        self.eat("while")?;
        self.named_expression()?;
        self.eat(":")?;
        self.block()?;
        self.maybe(Self::else_)?;
        Some(())
    }

    fn for_(&mut self) -> Option<()> {
        let head = |this: &mut Self| {
            this.eat("async");
            let word = this.eat("for")?;
            this.star_targets()?;
            this.eat("in")?;
            this.star_expressions()?;
            Some(word)
        };
        self.mistake(|this| {
            head(this)?;
            this.no_colon()
        })?;
        self.mistake(|this| {
            let word = head(this)?;
            this.no_block(&word, "'for' statement")
        })?;
        // Once `in` has been read nothing else is tried.
        let mut committed = false;
        let loop_ = self.alt(|this| {
            this.eat("async");
            this.eat("for")?;
            this.star_targets()?;
            this.eat("in")?;
            committed = true;
            this.star_expressions()?;
            this.eat(":")?;
            this.block()?;
            this.maybe(Self::else_)
        });
        if loop_.is_some() {
            return Some(());
        }
        if !committed {
            self.invalid_for_target()?;
        }
        None
    }

    fn with(&mut self) -> Option<()> {
        // `with (a, b):` may be a tuple or two managers.
        let plain = |this: &mut Self| {
            this.separated(|this| {
                this.expression()?;
                this.maybe(|this| {
                    this.eat("as")?;
                    this.star_target()
                })
            })
        };
        let parenthesized = |this: &mut Self| {
            this.eat("(")?;
            this.separated(|this| {
                this.expressions()?;
                this.maybe(|this| {
                    this.eat("as")?;
                    this.star_target()
                })
            })?;
            this.eat(",");
            this.eat(")")
        };
        self.mistake(|this| {
            this.eat("async");
            let word = this.eat("with")?;
            plain(this)?;
            this.no_block(&word, "'with' statement")
        })?;
        self.mistake(|this| {
            this.eat("async");
            let word = this.eat("with")?;
            parenthesized(this)?;
            this.no_block(&word, "'with' statement")
        })?;
        let first = self.alt(|this| {
            this.eat("async");
            this.eat("with")?;
            this.eat("(")?;
            this.separated(Self::with_item)?;
            this.eat(",");
            this.eat(")")?;
            this.eat(":")?;
            this.block()
        });
        if first.is_some() {
            return first;
        }
        let second = self.alt(|this| {
            this.eat("async");
            this.eat("with")?;
            this.separated(Self::with_item)?;
            this.eat(":")?;
            this.block()
        });
        if second.is_some() {
            return second;
        }
        self.mistake(|this| {
            this.eat("async");
            this.eat("with")?;
            plain(this)?;
            this.no_colon()
        })?;
        self.mistake(|this| {
            this.eat("async");
            this.eat("with")?;
            parenthesized(this)?;
            this.no_colon()
        })?;
        None
    }

    fn with_item(&mut self) -> Option<()> {
        let bound = self.alt(|this| {
            this.expression()?;
            this.eat("as")?;
            this.star_target()?;
            if this.peek_any(&[",", ")", ":"]) { Some(()) } else { None }
        });
        if bound.is_some() {
            return bound;
        }
        self.mistake(|this| {
            this.expression()?;
            this.eat("as")?;
            let target = this.expression()?;
            if !this.peek_any(&[",", ")", ":"]) {
                return None;
            }
            this.raise_invalid_target(TargetKind::Star, &target)
        })?;
        self.expression().map(|_| ())
    }

    fn try_(&mut self) -> Option<()> {
        self.invalid_try()?;
        self.eat("try")?;
        self.force(":")?;
        self.block()?;
        if self.alt(Self::finally).is_some() {
            return Some(());
        }
        if self.alt(|this| this.some(|this| this.except(false))).is_none() {
            self.some(|this| this.except(true))?;
        }
        self.maybe(Self::else_)?;
        self.maybe(Self::finally)?;
        Some(())
    }

    fn invalid_try(&mut self) -> Option<()> {
        self.mistake(|this| {
            let word = this.eat("try")?;
            this.no_block(&word, "'try' statement")
        })?;
        self.mistake(|this| {
            this.eat("try")?;
            this.eat(":")?;
            this.block()?;
            if this.peek_any(&["except", "finally"]) || this.failed() {
                return None;
            }
            this.raise_last("expected 'except' or 'finally' block")
        })?;
        const BOTH: &str = "cannot have both 'except' and 'except*' on the same 'try'";
        self.mistake(|this| {
            this.eat("try")?;
            this.eat(":")?;
            this.many(Self::block);
            this.some(|this| this.except(false))?;
            let except = this.eat("except")?;
            let star = this.eat("*")?;
            this.expression()?;
            this.as_handler_name()?;
            this.eat(":")?;
            this.raise(except.start, star.end, BOTH)
        })?;
        self.mistake(|this| {
            this.eat("try")?;
            this.eat(":")?;
            this.many(Self::block);
            this.some(|this| this.except(true))?;
            let except = this.eat("except")?;
            this.maybe(|this| {
                this.expression()?;
                this.as_handler_name()
            })?;
            this.eat(":")?;
            this.raise_at(&except, BOTH)
        })
    }

    fn as_handler_name(&mut self) -> Option<()> {
        self.maybe(|this| {
            this.eat("as")?;
            this.name()
        })?;
        Some(())
    }

    fn finally(&mut self) -> Option<()> {
        self.mistake(|this| {
            let word = this.eat("finally")?;
            this.no_block(&word, "'finally' statement")
        })?;
        self.eat("finally")?;
        self.force(":")?;
        self.block()
    }

    /// One handler, with or without star.
    fn except(&mut self, star: bool) -> Option<()> {
        let what = if star { "'except*' statement" } else { "'except' statement" };
        self.mistake(|this| {
            let word = this.eat("except")?;
            if star {
                this.eat("*")?;
            }
            this.expression()?;
            this.as_handler_name()?;
            this.no_block(&word, what)
        })?;
        if !star {
            self.mistake(|this| {
                let word = this.eat("except")?;
                this.no_block(&word, what)
            })?;
        }
        let handler = self.alt(|this| {
            this.eat("except")?;
            if star {
                this.eat("*")?;
            } else if this.eat(":").is_some() {
                return this.block();
            }
            let named = this.alt(|this| {
                this.expression()?;
                this.as_handler_name()?;
                this.eat(":")
            });
            if named.is_none() {
                this.expressions()?;
                this.eat(":")?;
            }
            this.block()
        });
        if handler.is_some() {
            return handler;
        }
        self.invalid_except(star)?;
        None
    }

    fn invalid_except(&mut self, star: bool) -> Option<()> {
        self.mistake(|this| {
            this.eat("except")?;
            this.eat("*");
            let first = this.expression()?;
            this.eat(",")?;
            this.expressions()?;
            this.eat("as")?;
            this.name()?;
            this.eat(":")?;
            this.raise_from(first.start, "multiple exception types must be parenthesized when using 'as'")
        })?;
        self.mistake(|this| {
            this.eat("except")?;
            this.eat("*");
            this.expression()?;
            this.as_handler_name()?;
            this.no_colon()
        })?;
        self.mistake(|this| {
            this.eat("except")?;
            this.no_colon()
        })?;
        self.mistake(|this| {
            this.eat("except")?;
            this.eat("*")?;
            if this.eat(":").is_none() {
                this.eat_kind(Kind::Newline)?;
            }
            this.raise_last("expected one or more exception types")
        })?;
        self.mistake(|this| {
            this.eat("except")?;
            if star {
                this.eat("*")?;
            }
            this.expression()?;
            this.eat("as")?;
            let target = this.expression()?;
            this.eat(":")?;
            this.block()?;
            let word = if star { "except*" } else { "except" };
            this.raise_node(&target, &format!("cannot use {word} statement with {}", target.describe()))
        })
    }
}
