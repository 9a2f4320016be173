//! Parameters of functions and lambdas, and type parameters.

use super::node::{Node, NodeKind};
use super::parser::{Parser, Rule};

/// Where parameters stand: annotations and what ends the list differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Function,
    Lambda,
}

impl Place {
    fn close(self) -> &'static str {
        if self == Self::Function { ")" } else { ":" }
    }
}

impl Parser<'_> {
    pub(super) fn function_parameters(&mut self) -> Option<()> {
        self.invalid_parameters(Place::Function)?;
        self.parameter_list(Place::Function)
    }

    pub(super) fn lambda_parameters(&mut self) -> Option<Node> {
        self.remember(Rule::LambdaParameters, |this| {
            let start = this.start()?;
            this.invalid_parameters(Place::Lambda)?;
            this.parameter_list(Place::Lambda)?;
            Some(Node::new(NodeKind::Other("parameters"), start, this.last_end()))
        })
    }

    fn parameter_list(&mut self, place: Place) -> Option<()> {
        let slash = self.alt(|this| this.slash_without_default(place));
        if slash.is_some() {
            self.many(|this| this.without_default(place));
        } else if self.alt(|this| this.slash_with_default(place)).is_none() {
            let plain = !self.many(|this| this.without_default(place)).is_empty();
            let with_default = !self.many(|this| this.with_default(place)).is_empty();
            if !plain && !with_default {
                return self.star_etc(place);
            }
        }
        self.many(|this| this.with_default(place));
        self.maybe(|this| this.star_etc(place))?;
        Some(())
    }

    /// A parameter's end: a comma, or the end of the list ahead.
    fn parameter_end(&mut self, place: Place) -> Option<()> {
        if self.eat(",").is_some() || self.peek_is(place.close()) { Some(()) } else { None }
    }

    fn slash_end(&mut self, place: Place) -> Option<()> {
        self.eat("/")?;
        self.parameter_end(place)
    }

    fn slash_without_default(&mut self, place: Place) -> Option<()> {
        self.some(|this| this.without_default(place))?;
        self.slash_end(place)
    }

    fn slash_with_default(&mut self, place: Place) -> Option<()> {
        self.many(|this| this.without_default(place));
        self.some(|this| this.with_default(place))?;
        self.slash_end(place)
    }

    /// A parameter's name and annotation.
    fn parameter(&mut self, place: Place) -> Option<(usize, usize)> {
        let name = self.name()?;
        if place == Place::Function {
            self.maybe(|this| {
                this.eat(":")?;
                this.expression()
            })?;
        }
        Some((name.start, self.last_end()))
    }

    fn without_default(&mut self, place: Place) -> Option<(usize, usize)> {
        let found = self.parameter(place)?;
        self.parameter_end(place)?;
        Some(found)
    }

    fn default(&mut self, place: Place) -> Option<()> {
        let given = self.alt(|this| {
            this.eat("=")?;
            this.expression()
        });
        if given.is_some() {
            return Some(());
        }
        self.mistake(|this| {
            let equals = this.eat("=")?;
            // A lambda has a message only where a comma or a parenthesis follows, too.
            if !this.peek_any(&[")", ","]) || place == Place::Lambda && this.peek_is(":") {
                return None;
            }
            this.raise_at(&equals, "expected default value expression")
        })?;
        None
    }

    fn with_default(&mut self, place: Place) -> Option<()> {
        self.parameter(place)?;
        self.default(place)?;
        self.parameter_end(place)
    }

    fn maybe_default(&mut self, place: Place) -> Option<()> {
        self.parameter(place)?;
        self.maybe(|this| this.default(place))?;
        self.parameter_end(place)
    }

    fn star_etc(&mut self, place: Place) -> Option<()> {
        self.invalid_star_etc(place)?;
        let star = self.alt(|this| {
            this.eat("*")?;
            let named = this.alt(|this| this.without_default(place));
            if named.is_none() {
                let starred = this.alt(|this| {
                    if place == Place::Lambda {
                        return None;
                    }
                    this.name()?;
                    this.eat(":")?;
                    this.star_expression()?;
                    this.parameter_end(place)
                });
                if starred.is_none() {
                    this.eat(",")?;
                    this.some(|this| this.maybe_default(place))?;
                }
            }
            this.many(|this| this.maybe_default(place));
            this.maybe(|this| this.double_star(place))?;
            Some(())
        });
        match star {
            Some(()) => Some(()),
            None => self.double_star(place),
        }
    }

    fn double_star(&mut self, place: Place) -> Option<()> {
        self.mistake(|this| {
            this.eat("**")?;
            this.parameter(place)?;
            let equals = this.eat("=")?;
            this.raise_at(&equals, "var-keyword argument cannot have default value")
        })?;
        self.mistake(|this| {
            this.eat("**")?;
            this.parameter(place)?;
            this.eat(",")?;
            const MESSAGE: &str = "arguments cannot follow var-keyword argument";
            if let Some((start, end)) = this.alt(|this| this.parameter(place)) {
                return this.raise(start, end, MESSAGE);
            }
            let token = this.eat_any(&["*", "**", "/"])?;
            this.raise_at(&token, MESSAGE)
        })?;
        self.eat("**")?;
        self.without_default(place).map(|_| ())
    }

    fn invalid_star_etc(&mut self, place: Place) -> Option<()> {
        self.mistake(|this| {
            let star = this.eat("*")?;
            const MESSAGE: &str = "named arguments must follow bare *";
            let bare = this.peek_is(place.close())
                || this.eat(",").is_some() && this.peek_any(&[place.close(), "**"]);
            if !bare {
                return None;
            }
            match place {
                Place::Function => this.raise_at(&star, MESSAGE),
                Place::Lambda => this.raise_last(MESSAGE),
            }
        })?;
        self.mistake(|this| {
            this.eat("*")?;
            this.parameter(place)?;
            let equals = this.eat("=")?;
            this.raise_at(&equals, "var-positional argument cannot have default value")
        })?;
        self.mistake(|this| {
            this.eat("*")?;
            this.star_parameter(place)?;
            this.many(|this| this.maybe_default(place));
            let star = this.eat("*")?;
            this.star_parameter(place)?;
            this.raise_at(&star, "* argument may appear only once")
        })
    }

    /// What may follow a star.
    fn star_parameter(&mut self, place: Place) -> Option<()> {
        match self.alt(|this| this.without_default(place)) {
            Some(_) => Some(()),
            None => self.eat(",").map(|_| ()),
        }
    }

    fn slash_either(&mut self, place: Place) -> Option<()> {
        match self.alt(|this| this.slash_without_default(place)) {
            Some(()) => Some(()),
            None => self.slash_with_default(place),
        }
    }

    fn invalid_parameters(&mut self, place: Place) -> Option<()> {
        self.mistake(|this| {
            let slash = this.eat("/")?;
            this.eat(",")?;
            this.raise_at(&slash, "at least one argument must precede /")
        })?;
        self.mistake(|this| {
            this.slash_either(place)?;
            this.many(|this| this.maybe_default(place));
            let slash = this.eat("/")?;
            this.raise_at(&slash, "/ may appear only once")
        })?;
        self.mistake(|this| {
            this.maybe(|this| this.slash_without_default(place))?;
            this.many(|this| this.without_default(place));
            if this.alt(|this| this.slash_with_default(place)).is_none() {
                this.some(|this| this.with_default(place))?;
            }
            let (start, end) = this.without_default(place)?;
            // The comma or the end of the list is no part of it.
            let end = end.max(start);
            this.raise(start, end, "parameter without a default follows parameter with a default")
        })?;
        self.mistake(|this| {
            this.many(|this| this.without_default(place));
            let open = this.eat("(")?;
            let inner = Place::Function;
            match place {
                Place::Function => {
                    this.some(|this| this.without_default(inner))?;
                    this.eat(",");
                }
                Place::Lambda => {
                    this.separated(|this| this.name())?;
                    this.eat(",");
                }
            }
            let close = this.eat(")")?;
            let message = match place {
                Place::Function => "Function parameters cannot be parenthesized",
                Place::Lambda => "Lambda expression parameters cannot be parenthesized",
            };
            this.raise(open.start, close.end, message)
        })?;
        self.mistake(|this| {
            this.maybe(|this| this.slash_either(place))?;
            this.many(|this| this.maybe_default(place));
            this.eat("*")?;
            if this.eat(",").is_none() {
                this.without_default(place)?;
            }
            this.many(|this| this.maybe_default(place));
            let slash = this.eat("/")?;
            this.raise_at(&slash, "/ must be ahead of *")
        })?;
        self.mistake(|this| {
            this.some(|this| this.maybe_default(place))?;
            this.eat("/")?;
            let star = this.eat("*")?;
            this.raise_at(&star, "expected comma between / and *")
        })
    }

    /// Type parameters in their brackets.
    pub(super) fn type_parameters(&mut self) -> Option<()> {
        self.mistake(|this| {
            this.eat("[")?;
            let close = this.eat("]")?;
            this.raise_from(close.start, "Type parameter list cannot be empty")
        })?;
        self.eat("[")?;
        self.separated(Self::type_parameter)?;
        self.eat(",");
        self.eat("]").map(|_| ())
    }

    fn type_parameter(&mut self) -> Option<()> {
        let plain = self.alt(|this| {
            this.name()?;
            this.maybe(|this| {
                this.eat(":")?;
                this.expression()
            })?;
            this.maybe(|this| {
                this.eat("=")?;
                this.expression()
            })?;
            Some(())
        });
        if plain.is_some() {
            return plain;
        }
        self.mistake(|this| {
            let star = this.eat_any(&["*", "**"])?;
            this.name()?;
            let colon = this.eat(":")?;
            let bound = this.expression()?;
            let what = if matches!(bound.kind, NodeKind::Tuple(_)) { "constraints" } else { "bound" };
            let kind = if star.text == "*" { "TypeVarTuple" } else { "ParamSpec" };
            this.raise_from(colon.start, &format!("cannot use {what} with {kind}"))
        })?;
        let star = self.eat_any(&["*", "**"])?;
        self.name()?;
        self.maybe(|this| {
            this.eat("=")?;
            if star.text == "*" { this.star_expression() } else { this.expression() }
        })?;
        Some(())
    }
}
