//! The questions about text.

use super::super::Answer;
use std::ops::Range;
use text::search::{self, Side, Translated};
use text::str_format::{Access, Fields, First, split_name};
use text::unicode::{self, Form, NamedSequence};
use text::{Builder, Chars, Text, View, repr};

fn string(text: &Text) -> String {
    text.view().to_string_lossy()
}

fn ok(text: impl Into<Text>) -> Option<Answer> {
    Some(Ok(text.into()))
}

fn bytes(text: &Text) -> &[u8] {
    match text {
        Text::Latin1(bytes) => bytes,
        _ => panic!("no bytes: {text:?}"),
    }
}

fn truth(value: bool) -> Option<Answer> {
    ok(if value { "True" } else { "False" })
}

fn number(text: &Text) -> i64 {
    string(text).parse().expect("a question that can be read")
}

/// Parts in the form that the questions have them in.
fn units(text: View<'_>, parts: Vec<Range<usize>>) -> Option<Answer> {
    let mut out = Builder::new();
    for (i, part) in parts.into_iter().enumerate() {
        out.push_str(&format!("{}{}:", if i > 0 { " " } else { "" }, part.len()));
        out.push_view(text.slice(part));
    }
    ok(out.finish())
}

fn place(found: Option<usize>) -> Option<Answer> {
    ok(found.map_or("-1".into(), |at| at.to_string()))
}

fn slice(text: &Text, range: Range<usize>) -> Text {
    Text::narrow(text.view().slice(range))
}

fn ascii(text: &Text, range: Range<usize>) -> String {
    string(&repr::str_ascii(&text.view().slice(range)))
}

fn most(text: &Text) -> usize {
    usize::try_from(number(text)).unwrap_or(usize::MAX)
}

fn predicate(name: &str, s: &View<'_>) -> Option<bool> {
    Some(match name {
        "str_isalpha" => unicode::is_alpha(s),
        "str_isdecimal" => unicode::is_decimal(s),
        "str_isdigit" => unicode::is_digit(s),
        "str_isnumeric" => unicode::is_numeric(s),
        "str_isalnum" => unicode::is_alnum(s),
        "str_isspace" => unicode::is_space(s),
        "str_isprintable" => unicode::is_printable(s),
        "str_isidentifier" => unicode::is_identifier(s),
        "str_islower" => unicode::is_lower(s),
        "str_isupper" => unicode::is_upper(s),
        "str_istitle" => unicode::is_title(s),
        "str_isascii" => s.is_ascii(),
        _ => return None,
    })
}

fn mapped(name: &str, s: &View<'_>) -> Option<Text> {
    Some(match name {
        "str_upper" => unicode::upper(s),
        "str_lower" => unicode::lower(s),
        "str_title" => unicode::title(s),
        "str_casefold" => unicode::casefold(s),
        "str_swapcase" => unicode::swapcase(s),
        "str_capitalize" => unicode::capitalize(s),
        "repr" => repr::str_repr(s),
        "ascii" => repr::str_ascii(s),
        _ => return None,
    })
}

pub fn answer(name: &str, args: &[Text]) -> Option<Answer> {
    let Some(first) = args.first() else { return super::codecs::answer(name, args) };
    let s = first.view();
    if let Some(value) = predicate(name, &s) {
        return truth(value);
    }
    if let Some(text) = mapped(name, &s) {
        return ok(text);
    }
    let space = |code| unicode::Class::of(code).has(unicode::Class::SPACE);
    match name {
        "bytes_fromhex" => match text::ascii::from_hex_str(first) {
            Ok(bytes) => ok(Text::Latin1(bytes)),
            Err(error) => failed(error),
        },
        "bytes_hex" => ok(Text::Latin1(text::ascii::to_hex(bytes(first), Some(b':'), number(&args[1])))),
        "bytes_isalpha" => truth(text::ascii::is_alpha(bytes(first))),
        "bytes_isdigit" => truth(text::ascii::is_digit(bytes(first))),
        "bytes_isalnum" => truth(text::ascii::is_alnum(bytes(first))),
        "bytes_isspace" => truth(text::ascii::is_space(bytes(first))),
        "bytes_islower" => truth(text::ascii::is_lower(bytes(first))),
        "bytes_isupper" => truth(text::ascii::is_upper(bytes(first))),
        "bytes_istitle" => truth(text::ascii::is_title(bytes(first))),
        "bytes_capitalize" => ok(Text::Latin1(text::ascii::capitalize(bytes(first)))),
        "bytes_title" => ok(Text::Latin1(text::ascii::title(bytes(first)))),
        "bytes_swapcase" => ok(Text::Latin1(text::ascii::swap_case(bytes(first)))),
        "bytes_repr" => {
            let Text::Latin1(bytes) = first else { return None };
            ok(repr::bytes_repr(bytes))
        }
        "splitlines" => units(s, search::split_lines(&s, string(&args[1]) == "True").expect("memory")),
        "center" => ok(search::center(s, most(&args[1]), '*'.into()).expect("a question that can be read")),
        "ljust" => {
            ok(search::left_justify(s, most(&args[1]), '*'.into()).expect("a question that can be read"))
        }
        "rjust" => {
            ok(search::right_justify(s, most(&args[1]), '*'.into()).expect("a question that can be read"))
        }
        "zfill" => ok(search::zero_fill(s, most(&args[1])).expect("a question that can be read")),
        "expandtabs" => ok(search::expand_tabs(s, most(&args[1])).expect("a question that can be read")),
        "translate" => ok(search::translate(&s, |code| {
            Ok::<_, text::Error>(match code {
                97 => Translated::Text(Text::from("xy")),
                98 => Translated::Deleted,
                0x20ac => Translated::Char(65),
                0xe9 => Translated::Char(0x1f600),
                _ => Translated::Same,
            })
        })
        .expect("a question that can be read")),
        "find" => place(search::find(s, args[1].view())),
        "rfind" => place(search::rfind(s, args[1].view())),
        "count" => ok(search::count(s, args[1].view(), usize::MAX).to_string()),
        "replace" => {
            let replaced = search::replace(s, args[1].view(), args[2].view(), most(&args[3]))
                .expect("a question that can be read");
            ok(replaced.unwrap_or_else(|| first.clone()))
        }
        "split" => units(s, search::split(s, args[1].view(), most(&args[2])).expect("memory")),
        "rsplit" => units(s, search::rsplit(s, args[1].view(), most(&args[2])).expect("memory")),
        "split_space" => units(s, search::split_space(&s, most(&args[1]), space).expect("memory")),
        "rsplit_space" => units(s, search::rsplit_space(&s, most(&args[1]), space).expect("memory")),
        "strip" => ok(slice(first, search::strip_space(&s, Side::Both))),
        "lstrip" => ok(slice(first, search::strip_space(&s, Side::Left))),
        "rstrip" => ok(slice(first, search::strip_space(&s, Side::Right))),
        "strip_chars" => ok(slice(first, search::strip_chars(&s, Side::Both, args[1].view()))),
        "lstrip_chars" => ok(slice(first, search::strip_chars(&s, Side::Left, args[1].view()))),
        "rstrip_chars" => ok(slice(first, search::strip_chars(&s, Side::Right, args[1].view()))),
        "lookup" => match unicode::lookup(&string(first)) {
            Some(NamedSequence::Char(code)) => ok(Text::narrow(View::Full(&[code]))),
            Some(NamedSequence::Sequence(codes)) => ok(Text::narrow(View::Full(&codes))),
            None if string(first).is_ascii() => Some(Err(match first.len() > 256 {
                true => "KeyError: name too long".into(),
                false => format!("KeyError: undefined character name '{}'", string(first)),
            })),
            None => Some(Err(format!("KeyError: undefined character name '{}'", string(first)))),
        },
        "normalize" => ok(unicode::normalize(&args[1], Form::from_name(&string(first))?)),
        "is_normalized" => truth(unicode::is_normalized(&args[1], Form::from_name(&string(first))?)),
        "format_parse" => format_parse(first),
        "name_split" => name_split(first),
        _ if name.starts_with("unicode_") => super::characters::answer(name, first),
        _ => super::codecs::answer(name, args),
    }
}

fn failed(error: text::Error) -> Option<Answer> {
    Some(Err(error.to_string()))
}

fn format_parse(text: &Text) -> Option<Answer> {
    let mut out = Vec::new();
    for item in Fields::new(text, 0..text.len()) {
        let item = match item {
            Ok(item) => item,
            Err(error) => return failed(error),
        };
        let literal = ascii(text, item.literal);
        let rest = match item.field {
            None => "None, None, None".into(),
            Some(field) => {
                let conversion = match field.conversion {
                    None => "None".into(),
                    Some(code) => string(&repr::str_ascii(&View::Full(&[code]))),
                };
                format!("{}, {}, {conversion}", ascii(text, field.name), ascii(text, field.spec))
            }
        };
        out.push(format!("({literal}, {rest})"));
    }
    ok(out.join(" "))
}

fn name_split(text: &Text) -> Option<Answer> {
    let (first, path) = match split_name(text, 0..text.len(), None) {
        Ok(split) => split,
        Err(error) => return failed(error),
    };
    let mut out = match first {
        First::Index(index) => index.to_string(),
        First::Name(range) => ascii(text, range),
    };
    for step in path {
        let (attribute, key) = match step {
            Ok(Access::Attribute(range)) => ("True", ascii(text, range)),
            Ok(Access::Index(index)) => ("False", index.to_string()),
            Ok(Access::Key(range)) => ("False", ascii(text, range)),
            Err(error) => return failed(error),
        };
        out.push_str(&format!(" ({attribute}, {key})"));
    }
    ok(out)
}
