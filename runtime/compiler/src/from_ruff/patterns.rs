//! Patterns of `match`.

use ruff_ast as r;
use ruff_text_size::Ranged;

use super::{Convert, Converter};
use crate::Constant;
use crate::ast::{Pattern, PatternKind};
use crate::depth::nested;

impl Converter<'_> {
    pub(super) fn pattern(&mut self, node: &r::Pattern) -> Convert<Pattern> {
        self.depth += 1;
        let kind = nested(self.depth, || self.pattern_kind(node))?;
        self.depth -= 1;
        Ok(Pattern { kind, span: self.span(node) })
    }

    fn patterns(&mut self, nodes: &[r::Pattern]) -> Convert<Vec<Pattern>> {
        nodes.iter().map(|node| self.pattern(node)).collect()
    }

    fn pattern_kind(&mut self, node: &r::Pattern) -> Convert<PatternKind> {
        Ok(match node {
            r::Pattern::MatchValue(node) => PatternKind::MatchValue { value: self.boxed(&node.value)? },
            r::Pattern::MatchSingleton(node) => PatternKind::MatchSingleton {
                value: match node.value {
                    r::Singleton::None => Constant::None,
                    r::Singleton::True => Constant::Bool(true),
                    r::Singleton::False => Constant::Bool(false),
                },
            },
            r::Pattern::MatchSequence(node) => {
                PatternKind::MatchSequence { patterns: self.patterns(&node.patterns)? }
            }
            r::Pattern::MatchMapping(node) if node.rest.as_ref().is_some_and(|rest| rest.id == "_") => {
                return Err(self.error(node.range(), "invalid syntax"));
            }
            r::Pattern::MatchAs(node)
                if node.pattern.is_some() && node.name.as_ref().is_none_or(|name| name.id == "_") =>
            {
                return Err(self.error(node.range(), "cannot use '_' as a target"));
            }
            r::Pattern::MatchMapping(node) => PatternKind::MatchMapping {
                keys: self.expressions(&node.keys)?,
                patterns: self.patterns(&node.patterns)?,
                rest: self.optional_identifier(node.rest.as_ref()),
            },
            r::Pattern::MatchClass(node) => {
                let mut kwd_attrs = Vec::new();
                let mut kwd_patterns = Vec::new();
                for keyword in &node.arguments.keywords {
                    kwd_attrs.push(self.identifier(&keyword.attr));
                    kwd_patterns.push(self.pattern(&keyword.pattern)?);
                }
                PatternKind::MatchClass {
                    cls: self.boxed(&node.cls)?,
                    patterns: self.patterns(&node.arguments.patterns)?,
                    kwd_attrs,
                    kwd_patterns,
                }
            }
            r::Pattern::MatchStar(node) => {
                PatternKind::MatchStar { name: self.optional_identifier(node.name.as_ref()) }
            }
            r::Pattern::MatchAs(node) => PatternKind::MatchAs {
                pattern: match &node.pattern {
                    Some(inner) => Some(Box::new(self.pattern(inner)?)),
                    None => None,
                },
                name: self.optional_identifier(node.name.as_ref()),
            },
            r::Pattern::MatchOr(node) => PatternKind::MatchOr { patterns: self.patterns(&node.patterns)? },
        })
    }
}
