//! Simple statements.

use super::node::{Node, NodeKind, TargetKind};
use super::parser::{Parser, Rule};
use super::token::Kind;

const AUGMENTED: [&str; 13] =
    ["+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//="];

impl Parser<'_> {
    pub(super) fn simple_statements(&mut self) -> Option<()> {
        let single = self.alt(|this| {
            this.simple_statement()?;
            if this.peek_is(";") {
                return None;
            }
            this.eat_kind(Kind::Newline)
        });
        if single.is_some() {
            return Some(());
        }
        self.simple_statement()?;
        self.many(|this| {
            this.eat(";")?;
            this.simple_statement()
        });
        self.eat(";");
        self.eat_kind(Kind::Newline).map(|_| ())
    }

    pub(super) fn simple_statement(&mut self) -> Option<Node> {
        self.remember(Rule::SimpleStatement, |this| {
            let start = this.start()?;
            this.simple_statement_here()?;
            Some(Node::new(NodeKind::Other("statement"), start, this.last_end()))
        })
    }

    fn simple_statement_here(&mut self) -> Option<()> {
        if self.alt(Self::assignment).is_some() {
            return Some(());
        }
        if self.peek_is("type") && self.alt(Self::type_alias).is_some() {
            return Some(());
        }
        if self.alt(Self::star_expressions).is_some() {
            return Some(());
        }
        let token = self.peek()?;
        if token.kind != Kind::Name {
            return None;
        }
        match token.text {
            "return" => {
                self.at += 1;
                self.maybe(Self::star_expressions)?;
                Some(())
            }
            "import" | "from" => self.import(),
            "raise" => {
                self.at += 1;
                let raised = self.maybe(Self::expression)?;
                if raised.is_some() {
                    self.maybe(|this| {
                        this.eat("from")?;
                        this.expression()
                    })?;
                }
                Some(())
            }
            "pass" | "break" | "continue" => {
                self.at += 1;
                Some(())
            }
            "del" => self.del(),
            "yield" => self.yield_expression().map(|_| ()),
            "assert" => {
                self.at += 1;
                self.expression()?;
                self.maybe(|this| {
                    this.eat(",")?;
                    this.expression()
                })?;
                Some(())
            }
            "global" | "nonlocal" => {
                self.at += 1;
                self.separated(Self::name).map(|_| ())
            }
            _ => None,
        }
    }

    fn assignment(&mut self) -> Option<()> {
        let annotated = self.alt(|this| {
            let target = this.alt(|this| {
                this.name()?;
                this.eat(":")
            });
            if target.is_none() {
                let parenthesized = this.alt(|this| {
                    this.eat("(")?;
                    this.single_target()?;
                    this.eat(")")
                });
                if parenthesized.is_none() {
                    this.attribute_or_subscript()?;
                }
                this.eat(":")?;
            }
            this.expression()?;
            this.maybe(|this| {
                this.eat("=")?;
                this.annotated_rhs()
            })?;
            Some(())
        });
        if annotated.is_some() {
            return annotated;
        }
        let assigned = self.alt(|this| {
            this.some(|this| {
                this.star_targets()?;
                this.eat("=")
            })?;
            this.annotated_rhs()?;
            if this.peek_is("=") { None } else { Some(()) }
        });
        if assigned.is_some() {
            return assigned;
        }
        // After the operator nothing else is tried.
        let mut committed = false;
        let augmented = self.alt(|this| {
            this.single_target()?;
            this.eat_any(&AUGMENTED)?;
            committed = true;
            this.annotated_rhs()
        });
        if augmented.is_some() {
            return Some(());
        }
        if !committed {
            self.invalid_assignment()?;
        }
        None
    }

    fn invalid_assignment(&mut self) -> Option<()> {
        self.mistake(|this| {
            let target = this.invalid_annotation_target()?;
            this.eat(":")?;
            this.expression()?;
            let message = format!("only single target (not {}) can be annotated", target.describe());
            this.raise_node(&target, &message)
        })?;
        self.mistake(|this| {
            let first = this.star_named_expression()?;
            this.eat(",")?;
            this.many(Self::star_named_expressions);
            this.eat(":")?;
            this.expression()?;
            this.raise_node(&first, "only single target (not tuple) can be annotated")
        })?;
        self.mistake(|this| {
            let target = this.expression()?;
            this.eat(":")?;
            this.expression()?;
            this.raise_node(&target, "illegal target for annotation")
        })?;
        self.mistake(|this| {
            this.targets_before();
            let target = this.star_expressions()?;
            this.eat("=")?;
            this.raise_invalid_target(TargetKind::Star, &target)
        })?;
        self.mistake(|this| {
            this.targets_before();
            let target = this.yield_expression()?;
            this.eat("=")?;
            this.raise_node(&target, "assignment to yield expression not possible")
        })?;
        self.mistake(|this| {
            let target = this.star_expressions()?;
            this.eat_any(&AUGMENTED)?;
            this.annotated_rhs()?;
            let message =
                format!("'{}' is an illegal expression for augmented assignment", target.describe());
            this.raise_node(&target, &message)
        })
    }

    fn targets_before(&mut self) {
        self.many(|this| {
            this.star_targets()?;
            this.eat("=")
        });
    }

    fn invalid_annotation_target(&mut self) -> Option<Node> {
        if let Some(node) = self.alt(Self::list) {
            return Some(node);
        }
        if let Some(node) = self.alt(Self::tuple) {
            return Some(node);
        }
        self.eat("(")?;
        let node = self.invalid_annotation_target()?;
        self.eat(")")?;
        Some(node)
    }

    fn type_alias(&mut self) -> Option<()> {
        self.eat("type")?;
        self.name()?;
        self.maybe(Self::type_parameters)?;
        self.eat("=")?;
        self.expression().map(|_| ())
    }

    fn del(&mut self) -> Option<()> {
        let deleted = self.alt(|this| {
            this.eat("del")?;
            this.del_targets()?;
            if this.peek_is(";") || this.peek_kind(Kind::Newline) { Some(()) } else { None }
        });
        if deleted.is_some() {
            return deleted;
        }
        self.mistake(|this| {
            this.eat("del")?;
            let target = this.star_expressions()?;
            this.raise_invalid_target(TargetKind::Del, &target)
        })?;
        None
    }

    fn dotted_name(&mut self) -> Option<()> {
        self.name()?;
        self.many(|this| {
            this.eat(".")?;
            this.name()
        });
        if self.failed() { None } else { Some(()) }
    }

    fn import(&mut self) -> Option<()> {
        const NO_NAMES: &str = "Expected one or more names after 'import'";
        self.mistake(|this| {
            let import = this.eat("import")?;
            this.separated(Self::dotted_name)?;
            this.eat("from")?;
            this.dotted_name()?;
            let end = this.last_end();
            this.raise(import.start, end, "Did you mean to use 'from ... import ...' instead?")
        })?;
        self.mistake(|this| {
            this.eat("import")?;
            let newline = this.eat_kind(Kind::Newline)?;
            this.raise_from(newline.start, NO_NAMES)
        })?;
        if self.eat("import").is_some() {
            return self
                .separated(|this| {
                    this.invalid_as(Self::dotted_name)?;
                    this.dotted_name()?;
                    this.as_name()
                })
                .map(|_| ());
        }
        self.eat("from")?;
        let dots = self.many(|this| this.eat_any(&[".", "..."])).len();
        if self.alt(Self::dotted_name).is_none() && dots == 0 {
            return None;
        }
        self.eat("import")?;
        let parenthesized = self.alt(|this| {
            this.eat("(")?;
            this.import_names()?;
            this.eat(",");
            this.eat(")")
        });
        if parenthesized.is_some() {
            return Some(());
        }
        let plain = self.alt(|this| {
            this.import_names()?;
            if this.peek_is(",") { None } else { Some(()) }
        });
        if plain.is_some() || self.eat("*").is_some() {
            return Some(());
        }
        self.mistake(|this| {
            this.import_names()?;
            this.eat(",")?;
            this.eat_kind(Kind::Newline)?;
            this.raise_last("trailing comma not allowed without surrounding parentheses")
        })?;
        self.mistake(|this| {
            let newline = this.eat_kind(Kind::Newline)?;
            this.raise_from(newline.start, NO_NAMES)
        })?;
        None
    }

    fn import_names(&mut self) -> Option<()> {
        let names = self.separated(|this| {
            this.invalid_as(|this| this.name().map(|_| ()))?;
            this.name()?;
            this.as_name()
        });
        names.map(|_| ())
    }

    fn as_name(&mut self) -> Option<()> {
        self.maybe(|this| {
            this.eat("as")?;
            this.name()
        })?;
        Some(())
    }

    fn invalid_as(&mut self, imported: fn(&mut Self) -> Option<()>) -> Option<()> {
        self.mistake(|this| {
            imported(this)?;
            this.eat("as")?;
            if this.ahead(|this| {
                this.name()?;
                if this.peek_any(&[",", ")", ";"]) || this.peek_kind(Kind::Newline) { Some(()) } else { None }
            }) {
                return None;
            }
            let target = this.expression()?;
            this.raise_node(&target, &format!("cannot use {} as import target", target.describe()))
        })
    }
}
