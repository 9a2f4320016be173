//! Text to tree.

use ruff_ast as r;
use ruff_ast::token::{TokenKind, Tokens};
use ruff_parser::{Mode as RuffMode, ParseError, ParseErrorType, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

use crate::ast::{Expr, Mod, TypeIgnore};
use crate::depth::too_deep;
use crate::diagnose::diagnose;
use crate::from_ruff::Converter;
use crate::lines::Lines;
use crate::scan::scan;
use crate::{ErrorKind, Mode, Options, SyntaxError, SyntaxWarning, parse_flag, versions};

/// A tree and what the text made it warn of.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The tree.
    pub module: Mod,
    /// Warnings in the order of the text.
    pub warnings: Vec<SyntaxWarning>,
}

/// Stack for texts without deep nesting, and for each level beyond.
const BASE_STACK_BYTES: usize = 4 * 1024 * 1024;
const LEVEL_STACK_BYTES: usize = 16 * 1024;
/// Each level of the tree is dropped in a call of its own.
const CHAIN_STACK_BYTES: usize = 512;

/// Levels of recursion and of the tree beyond which a text is too complex.
const MAX_RECURSION: usize = 6_000;
const MAX_CHAIN: usize = 200_000;

/// Parses a text. Lines may end in any of the three ways.
pub fn parse(source: &str, options: &Options<'_>) -> Result<Parsed, SyntaxError> {
    if source.contains('\0') {
        let message = "source code string cannot contain null bytes";
        return Err(SyntaxError::unplaced(ErrorKind::SyntaxError, message));
    }
    if source.contains('\r') {
        let unified = source.replace("\r\n", "\n").replace('\r', "\n");
        return parse_unified(&unified, options);
    }
    parse_unified(source, options)
}

fn parse_unified(source: &str, options: &Options<'_>) -> Result<Parsed, SyntaxError> {
    let shape = scan(source);
    let lines = Lines::new(source);
    if shape.beyond_limits
        && let Some(error) = stacker::grow(BASE_STACK_BYTES, || diagnose(&lines, options))
    {
        return Err(error);
    }
    if shape.recursion > MAX_RECURSION {
        let message = "Parser stack overflowed - Python source too complex to parse";
        return Err(SyntaxError::unplaced(ErrorKind::TooComplex, message));
    }
    if shape.chain > MAX_CHAIN {
        return Err(too_deep());
    }
    let stack = BASE_STACK_BYTES + shape.recursion * LEVEL_STACK_BYTES + shape.chain * CHAIN_STACK_BYTES;
    let body = || parse_with_stack(&lines, options);
    if stacker::remaining_stack().is_some_and(|remaining| remaining > stack) {
        return body();
    }
    stacker::grow(stack, body)
}

fn parse_with_stack(lines: &Lines<'_>, options: &Options<'_>) -> Result<Parsed, SyntaxError> {
    let source = lines.source();
    let wrong = |error: Option<&ParseError>| {
        diagnose(lines, options).unwrap_or_else(|| match error {
            // Something that only the parser itself refuses.
            Some(error) => lines.error(
                error.location.start().to_usize(),
                error.location.end().to_usize(),
                "invalid syntax",
            ),
            None => lines.error(0, 0, "invalid syntax"),
        })
    };
    // These begin and end in ways that the parser does not know.
    let strict = match options.mode {
        Mode::Single | Mode::FuncType => true,
        Mode::Eval => source.starts_with([' ', '\t', '\x0c', '\n', '#']),
        Mode::Exec => false,
    } || source.starts_with('\u{feff}');
    if strict && let Some(error) = diagnose(lines, options) {
        return Err(error);
    }
    if options.mode == Mode::FuncType {
        return function_type(lines, options);
    }
    let mode = if options.mode == Mode::Eval { RuffMode::Expression } else { RuffMode::Module };
    let version = r::PythonVersion { major: 3, minor: 14 };
    let parsed = parse_unchecked(source, ParseOptions::from(mode).with_target_version(version));
    // Repeated keyword arguments are for the compiler to refuse: a tree may have them.
    let repeated =
        |error: &ParseError| matches!(error.error, ParseErrorType::DuplicateKeywordArgumentError(_));
    let error = parsed.errors().iter().find(|error| !repeated(error));
    if error.is_some() || !parsed.unsupported_syntax_errors().is_empty() {
        let mut failure = wrong(error);
        failure.warnings = escapes_before(&failure, parsed.tokens(), lines, options);
        return Err(failure);
    }
    let mut converter = Converter::new(source, lines, options.max_int_digits);
    number_warnings(parsed.tokens(), source, &mut converter);
    let module = match parsed.syntax() {
        r::Mod::Module(module) => {
            let body = converter.module(&module.body).map_err(|error| refused(lines, options, error))?;
            match options.mode {
                Mode::Single => Mod::Interactive { body },
                _ => Mod::Module { body, type_ignores: Vec::new() },
            }
        }
        r::Mod::Expression(expression) => {
            let body =
                converter.expression(&expression.body).map_err(|error| refused(lines, options, error))?;
            Mod::Expression { body: Box::new(body) }
        }
    };
    if let Some(name) = converter.constant_name {
        let message = format!("identifier field can't represent '{name}' constant");
        return Err(SyntaxError::unplaced(ErrorKind::ValueError, message));
    }
    if options.feature_version < Options::default().feature_version {
        versions::check(&module, lines, options.feature_version)?;
    }
    let module = match module {
        Mod::Module { .. } if options.future_flags & parse_flag::TYPE_COMMENTS != 0 => {
            with_ignores(module, parsed.tokens(), lines)
        }
        module => module,
    };
    let mut warnings = converter.warnings;
    warnings.sort_by_key(|warning| (warning.lineno, warning.offset));
    Ok(Parsed { module, warnings })
}

/// Adds what `# type: ignore` comments say.
fn with_ignores(mut module: Mod, tokens: &Tokens, lines: &Lines<'_>) -> Mod {
    let found = tokens.iter().filter(|token| token.kind() == TokenKind::Comment).filter_map(|token| {
        let start = token.start().to_usize();
        let comment = lines.source().get(start..token.end().to_usize())?;
        let rest = comment.strip_prefix('#')?.trim_start_matches([' ', '\t']).strip_prefix("type:")?;
        let tag = rest.trim_start_matches([' ', '\t']).strip_prefix("ignore")?;
        let ends = tag.chars().next().is_none_or(|char| !char.is_ascii() || !char.is_ascii_alphanumeric());
        ends.then(|| TypeIgnore { lineno: lines.position(start).0, tag: tag.into() })
    });
    let found: Vec<TypeIgnore> = found.collect();
    if let Mod::Module { type_ignores, .. } = &mut module {
        *type_ignores = found;
    }
    module
}

/// The complaint about a tree that cannot be converted.
fn refused(lines: &Lines<'_>, options: &Options<'_>, error: SyntaxError) -> SyntaxError {
    match error.kind {
        ErrorKind::SyntaxError => diagnose(lines, options).unwrap_or(error),
        _ => error,
    }
}

/// Warns of invalid escapes in the literals before an error.
fn escapes_before(
    error: &SyntaxError,
    tokens: &Tokens,
    lines: &Lines<'_>,
    options: &Options<'_>,
) -> Vec<SyntaxWarning> {
    let source = lines.source();
    let mut converter = Converter::new(source, lines, options.max_int_digits);
    for token in tokens.iter().filter(|token| token.kind() == TokenKind::String) {
        let end = token.end().to_usize();
        if lines.place(end) > (error.lineno, error.offset) || !converter.check_escapes(token.range()) {
            break;
        }
    }
    converter.warnings
}

/// Warns of keywords that follow a number without space: `1if x else y`.
fn number_warnings(tokens: &Tokens, source: &str, converter: &mut Converter<'_>) {
    for pair in tokens.windows(2) {
        if matches!(pair[0].kind(), TokenKind::Int | TokenKind::Float | TokenKind::Complex)
            && pair[0].end() == pair[1].start()
            && source[pair[1].start().to_usize()..].starts_with(|char: char| char.is_ascii_alphabetic())
        {
            let text = &source[pair[0].start().to_usize()..pair[0].end().to_usize()];
            let kind = match text.get(..2) {
                Some("0x" | "0X") => "hexadecimal",
                Some("0o" | "0O") => "octal",
                Some("0b" | "0B") => "binary",
                _ if text.ends_with(['j', 'J']) => "imaginary",
                _ => "decimal",
            };
            converter.warn_before(pair[0].end().to_usize(), format!("invalid {kind} literal"));
        }
    }
}

/// `(int, *str) -> bool`: the parts are parsed as expressions in their places.
fn function_type(lines: &Lines<'_>, options: &Options<'_>) -> Result<Parsed, SyntaxError> {
    let source = lines.source();
    let parsed = parse_unchecked(source, ParseOptions::from(RuffMode::Module));
    let arrow = parsed
        .tokens()
        .iter()
        .filter(|token| token.kind() == TokenKind::Rarrow)
        .map(|token| token.start().to_usize())
        .next_back()
        .unwrap_or(source.len());
    // Blanks keep every part where it stands.
    let blank =
        |text: &str| text.chars().map(|char| if char == '\n' { '\n' } else { ' ' }).collect::<String>();
    let open = source.find('(').unwrap_or(0);
    let eval = Options { mode: Mode::Eval, ..*options };
    let returns =
        blank(&source[..(arrow + 2).min(source.len())]) + source.get(arrow + 2..).unwrap_or_default();
    let returns = piece(&returns, &eval)?;
    let inner = source[open + 1..arrow].trim_end().trim_end_matches(')');
    let mut argtypes = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for (index, char) in inner.char_indices().chain([(inner.len(), ',')]) {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                let part = &inner[start..index];
                let stars = part.len() - part.trim_start().trim_start_matches('*').len();
                if !part.trim().is_empty() {
                    let text = blank(&source[..open + 1 + start + stars]) + &part[stars..];
                    argtypes.push(*piece(&text, &eval)?);
                }
                start = index + 1;
            }
            _ => {}
        }
    }
    Ok(Parsed { module: Mod::FunctionType { argtypes, returns }, warnings: Vec::new() })
}

/// An expression that stands behind something else, which blanks replace. Brackets around it allow blanks before it.
fn piece(text: &str, options: &Options<'_>) -> Result<Box<Expr>, SyntaxError> {
    let bracketed = text.strip_prefix(' ').map(|rest| format!("({rest}\n)"));
    let text = bracketed.as_deref().unwrap_or(text);
    let lines = Lines::new(text);
    let parsed = parse_unchecked(text, ParseOptions::from(RuffMode::Expression));
    match (parsed.errors().first(), parsed.syntax()) {
        (None, r::Mod::Expression(expression)) => {
            Ok(Box::new(Converter::new(text, &lines, options.max_int_digits).expression(&expression.body)?))
        }
        _ => Err(diagnose(&lines, options).unwrap_or_else(|| lines.error(0, 0, "invalid syntax"))),
    }
}
