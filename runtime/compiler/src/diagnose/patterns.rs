//! `match` and its patterns.

use super::parser::Parser;
use super::token::Kind;

impl Parser<'_> {
    pub(super) fn match_statement(&mut self) -> Option<()> {
        let matched = self.alt(|this| {
            this.eat("match")?;
            this.subject()?;
            this.eat(":")?;
            this.eat_kind(Kind::Newline)?;
            this.eat_kind(Kind::Indent)?;
            this.some(Self::case_block)?;
            this.eat_kind(Kind::Dedent)
        });
        if matched.is_some() {
            return Some(());
        }
        self.mistake(|this| {
            this.eat("match")?;
            this.subject()?;
            this.eat_kind(Kind::Newline)?;
            this.raise_last("expected ':'")
        })?;
        self.mistake(|this| {
            let word = this.eat("match")?;
            this.subject()?;
            this.no_block(&word, "'match' statement")
        })?;
        None
    }

    fn subject(&mut self) -> Option<()> {
        let several = self.alt(|this| {
            this.star_named_expression()?;
            this.eat(",")?;
            this.maybe(Self::star_named_expressions)
        });
        match several {
            Some(_) => Some(()),
            None => self.named_expression().map(|_| ()),
        }
    }

    fn case_block(&mut self) -> Option<()> {
        self.mistake(|this| {
            this.eat("case")?;
            this.patterns()?;
            this.maybe(Self::guard)?;
            this.eat_kind(Kind::Newline)?;
            this.raise_last("expected ':'")
        })?;
        self.mistake(|this| {
            let word = this.eat("case")?;
            this.patterns()?;
            this.maybe(Self::guard)?;
            this.no_block(&word, "'case' statement")
        })?;
        self.eat("case")?;
        self.patterns()?;
        self.maybe(Self::guard)?;
        self.eat(":")?;
        self.block()
    }

    fn guard(&mut self) -> Option<()> {
        self.eat("if")?;
        self.named_expression().map(|_| ())
    }

    fn patterns(&mut self) -> Option<()> {
        let open = self.alt(|this| {
            this.maybe_star_pattern()?;
            this.eat(",")?;
            this.maybe(|this| {
                this.separated(Self::maybe_star_pattern)?;
                this.eat(",");
                Some(())
            })
        });
        match open {
            Some(_) => Some(()),
            None => self.pattern(),
        }
    }

    fn maybe_star_pattern(&mut self) -> Option<()> {
        if self.eat("*").is_some() {
            return self.name().map(|_| ());
        }
        self.pattern()
    }

    fn pattern(&mut self) -> Option<()> {
        stacker::maybe_grow(256 * 1024, 8 * 1024 * 1024, || self.pattern_here())
    }

    fn pattern_here(&mut self) -> Option<()> {
        let named = self.alt(|this| {
            this.or_pattern()?;
            this.eat("as")?;
            this.capture()
        });
        if named.is_some() {
            return named;
        }
        self.mistake(|this| {
            this.or_pattern()?;
            this.eat("as")?;
            let underscore = this.eat("_")?;
            this.raise_at(&underscore, "cannot use '_' as a target")
        })?;
        self.mistake(|this| {
            this.or_pattern()?;
            this.eat("as")?;
            let target = this.expression()?;
            this.raise_node(&target, &format!("cannot use {} as pattern target", target.describe()))
        })?;
        self.or_pattern()
    }

    fn or_pattern(&mut self) -> Option<()> {
        self.closed_pattern()?;
        self.many(|this| {
            this.eat("|")?;
            this.closed_pattern()
        });
        if self.failed() { None } else { Some(()) }
    }

    /// A name that is bound.
    fn capture(&mut self) -> Option<()> {
        if self.name()?.text == "_" || self.peek_any(&[".", "(", "="]) { None } else { Some(()) }
    }

    fn closed_pattern(&mut self) -> Option<()> {
        if self.alt(Self::literal_pattern).is_some() || self.alt(Self::capture).is_some() {
            return Some(());
        }
        if self.eat("_").is_some() {
            return Some(());
        }
        let value = self.alt(|this| {
            this.dotted(true)?;
            if this.peek_any(&[".", "(", "="]) { None } else { Some(()) }
        });
        if value.is_some() {
            return value;
        }
        let group = self.alt(|this| {
            this.eat("(")?;
            this.pattern()?;
            this.eat(")")
        });
        if group.is_some() {
            return Some(());
        }
        for (open, close) in [("[", "]"), ("(", ")")] {
            let sequence = self.alt(|this| {
                this.eat(open)?;
                this.maybe(|this| {
                    this.maybe_star_pattern()?;
                    if open == "(" && !this.peek_is(",") {
                        return None;
                    }
                    this.many(|this| {
                        this.eat(",")?;
                        this.maybe_star_pattern()
                    });
                    this.eat(",");
                    Some(())
                })?;
                this.eat(close)
            });
            if sequence.is_some() {
                return Some(());
            }
        }
        if self.alt(Self::mapping_pattern).is_some() {
            return Some(());
        }
        self.class_pattern()
    }

    fn dotted(&mut self, attribute: bool) -> Option<()> {
        self.name()?;
        let names = self.many(|this| {
            this.eat(".")?;
            this.name()
        });
        if self.failed() || attribute && names.is_empty() { None } else { Some(()) }
    }

    fn literal_pattern(&mut self) -> Option<()> {
        let number = self.alt(|this| {
            this.signed_number()?;
            if this.peek_any(&["+", "-"]) { None } else { Some(()) }
        });
        if number.is_some() {
            return number;
        }
        let complex = self.alt(|this| {
            let real = this.signed_number()?;
            this.eat_any(&["+", "-"])?;
            let imaginary = this.peek()?;
            this.eat_kind(Kind::Number)?;
            if real {
                return this.raise_at(&imaginary, "real number required in complex literal");
            }
            if !imaginary.text.ends_with(['j', 'J']) {
                return this.raise_at(&imaginary, "imaginary number required in complex literal");
            }
            Some(())
        });
        if complex.is_some() {
            return complex;
        }
        if matches!(self.peek()?.kind, Kind::String | Kind::FStart { .. }) {
            return self.strings().map(|_| ());
        }
        self.eat_any(&["None", "True", "False"]).map(|_| ())
    }

    /// A number with or without minus; whether it is imaginary.
    fn signed_number(&mut self) -> Option<bool> {
        self.eat("-");
        let number = self.eat_kind(Kind::Number)?;
        Some(number.text.ends_with(['j', 'J']))
    }

    fn mapping_pattern(&mut self) -> Option<()> {
        self.eat("{")?;
        let items = self.alt(|this| this.separated(Self::key_value_pattern));
        let more = items.is_none() || self.eat(",").is_some();
        if more {
            self.maybe(|this| {
                this.eat("**")?;
                this.capture()?;
                this.eat(",");
                Some(())
            })?;
        }
        self.eat("}").map(|_| ())
    }

    fn key_value_pattern(&mut self) -> Option<()> {
        let literal = self.alt(Self::literal_pattern);
        if literal.is_none() {
            self.dotted(true)?;
        }
        self.eat(":")?;
        self.pattern()
    }

    fn keyword_pattern(&mut self) -> Option<()> {
        self.name()?;
        self.eat("=")?;
        self.pattern()
    }

    fn positional_pattern(&mut self) -> Option<(usize, usize)> {
        let start = self.start()?;
        self.pattern()?;
        if self.peek_is("=") {
            return None;
        }
        Some((start, self.last_end()))
    }

    fn class_pattern(&mut self) -> Option<()> {
        let class = self.alt(|this| {
            this.dotted(false)?;
            this.eat("(")?;
            let positional = this.alt(|this| this.separated(Self::positional_pattern));
            let comma = positional.is_some() && this.eat(",").is_some();
            if positional.is_none() || comma {
                let keywords = this.alt(|this| this.separated(Self::keyword_pattern));
                if keywords.is_some() {
                    this.eat(",");
                }
            }
            this.eat(")")
        });
        if class.is_some() {
            return Some(());
        }
        self.mistake(|this| {
            this.dotted(false)?;
            this.eat("(")?;
            this.maybe(|this| {
                this.separated(Self::positional_pattern)?;
                this.eat(",")
            })?;
            this.separated(Self::keyword_pattern)?;
            this.eat(",")?;
            let positional = this.separated(Self::positional_pattern)?;
            let (start, _) = *positional.first()?;
            let (_, end) = *positional.last()?;
            this.raise(start, end, "positional patterns follow keyword patterns")
        })?;
        None
    }
}
