//! Strings, and what stands between the braces of f-strings and t-strings.

use super::node::{Node, NodeKind};
use super::parser::{Parser, Rule};
use super::token::Kind;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Bytes,
    Formatted,
    Template,
}

impl Parser<'_> {
    pub(super) fn strings(&mut self) -> Option<Node> {
        self.remember(Rule::Strings, |this| {
            let start = this.start()?;
            let mut sorts = Vec::new();
            let mut mixed = None;
            let mut before = start;
            while let Some((begin, sort)) = this.alt(|this| Some((this.start()?, this.one_string()?))) {
                let template = |sort: Sort| sort == Sort::Template;
                if mixed.is_none() && sorts.first().is_some_and(|&first| template(first) != template(sort)) {
                    mixed = Some((before, this.last_end()));
                }
                before = begin;
                sorts.push(sort);
            }
            if this.failed() {
                return None;
            }
            let first = *sorts.first()?;
            if let Some((start, end)) = mixed {
                if this.mistakes {
                    return this.raise(
                        start,
                        end,
                        "cannot mix t-string literals with string or bytes literals",
                    );
                }
                // Only the first of them are one literal.
                return None;
            }
            let end = this.last_end();
            let bytes = sorts.iter().filter(|sort| **sort == Sort::Bytes).count();
            if bytes > 0 && bytes < sorts.len() {
                return this.raise_last("cannot mix bytes and nonbytes literals");
            }
            let name = if first == Sort::Template {
                "t-string expression"
            } else if sorts.contains(&Sort::Formatted) {
                "f-string expression"
            } else {
                "literal"
            };
            Some(Node::new(NodeKind::Other(name), start, end))
        })
    }

    fn one_string(&mut self) -> Option<Sort> {
        if let Some(token) = self.eat_kind(Kind::String) {
            return match crate::from_ruff::check_literal(token.text) {
                Ok(bytes) => Some(if bytes { Sort::Bytes } else { Sort::Text }),
                Err(message) => self.raise(token.start, token.end, &message),
            };
        }
        let Kind::FStart { template } = self.peek()?.kind else { return None };
        let raw = self.peek()?.text.contains(['r', 'R']);
        self.at += 1;
        self.many(|this| this.middle(template, raw));
        self.eat_kind(Kind::FEnd { template })?;
        Some(if template { Sort::Template } else { Sort::Formatted })
    }

    fn middle(&mut self, template: bool, raw: bool) -> Option<()> {
        if let Some(token) = self.eat_kind(Kind::FMiddle { template }) {
            if let Err(message) = crate::from_ruff::check_middle(token.text, raw) {
                return self.raise(token.start, token.end, &message);
            }
            return Some(());
        }
        match self.alt(|this| this.replacement_field(template, raw)) {
            Some(()) => Some(()),
            None => {
                self.invalid_replacement_field(template, raw)?;
                None
            }
        }
    }

    fn replacement_field(&mut self, template: bool, raw: bool) -> Option<()> {
        self.eat("{")?;
        self.annotated_rhs()?;
        self.eat("=");
        self.maybe(|this| this.conversion(template))?;
        self.maybe(|this| {
            this.eat(":")?;
            this.many(|this| this.middle(template, raw));
            Some(())
        })?;
        self.eat("}")?;
        Some(())
    }

    fn conversion(&mut self, template: bool) -> Option<()> {
        let letter = if template { 't' } else { 'f' };
        let mark = self.eat("!")?;
        let name = self.name()?;
        if mark.end != name.start {
            let message =
                format!("{letter}-string: conversion type must come right after the exclamation mark");
            return self.raise(mark.start, name.end, &message);
        }
        if !matches!(name.text, "s" | "r" | "a") {
            let message = format!(
                "{letter}-string: invalid conversion character '{}': expected 's', 'r', or 'a'",
                name.text
            );
            return self.raise_at(&name, &message);
        }
        Some(())
    }

    fn invalid_replacement_field(&mut self, template: bool, raw: bool) -> Option<()> {
        let letter = if template { 't' } else { 'f' };
        self.mistake(|this| {
            this.eat("{")?;
            let token = this.eat_any(&["=", "!", ":", "}"])?;
            this.raise_at(
                &token,
                &format!("{letter}-string: valid expression required before '{}'", token.text),
            )
        })?;
        self.mistake(|this| {
            this.eat("{")?;
            if this.ahead(Self::annotated_rhs) || this.failed() {
                return None;
            }
            this.raise_next(&format!("{letter}-string: expecting a valid expression after '{{'"))
        })?;
        self.mistake(|this| {
            this.eat("{")?;
            this.annotated_rhs()?;
            if this.peek_any(&["=", "!", ":", "}"]) {
                return None;
            }
            this.raise_next(&format!("{letter}-string: expecting '=', or '!', or ':', or '}}'"))
        })?;
        self.mistake(|this| {
            this.eat("{")?;
            this.annotated_rhs()?;
            this.eat("=")?;
            if this.peek_any(&["!", ":", "}"]) {
                return None;
            }
            this.raise_next(&format!("{letter}-string: expecting '!', or ':', or '}}'"))
        })?;
        self.mistake(|this| {
            this.eat("{")?;
            this.annotated_rhs()?;
            this.eat("=");
            this.eat("!")?;
            if this.peek_any(&[":", "}"]) {
                return this.raise_next(&format!("{letter}-string: missing conversion character"));
            }
            if this.peek()?.is_name() {
                return None;
            }
            this.raise_next(&format!("{letter}-string: invalid conversion character"))
        })?;
        self.mistake(|this| {
            this.eat("{")?;
            this.annotated_rhs()?;
            this.eat("=");
            this.marked_name()?;
            if this.peek_any(&[":", "}"]) {
                return None;
            }
            this.raise_next(&format!("{letter}-string: expecting ':' or '}}'"))
        })?;
        self.mistake(|this| {
            this.eat("{")?;
            this.annotated_rhs()?;
            this.eat("=");
            this.marked_name()?;
            this.eat(":")?;
            this.many(|this| this.middle(template, raw));
            if this.peek_is("}") {
                return None;
            }
            this.raise_next(&format!("{letter}-string: expecting '}}', or format specs"))
        })?;
        self.mistake(|this| {
            this.eat("{")?;
            this.annotated_rhs()?;
            this.eat("=");
            this.marked_name()?;
            if this.peek_is("}") {
                return None;
            }
            this.raise_next(&format!("{letter}-string: expecting '}}'"))
        })
    }

    fn marked_name(&mut self) -> Option<()> {
        self.maybe(|this| {
            this.eat("!")?;
            this.name()
        })?;
        Some(())
    }
}
