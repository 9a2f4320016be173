//! Questions that a Python 3.14 was asked (`generate.py`), put to this crate.
//!
//! `WEFT_TEXT_ORACLE=FOLDER` takes the questions from elsewhere, where there are more of them.

mod oracle {
    pub mod characters;
    pub mod codecs;
    pub mod numbers;
    pub mod strings;
}

use std::path::Path;
use text::Text;

/// What the crate answers: `=` and a text, or `!` and an exception.
pub type Answer = Result<Text, String>;

/// Undo the escapes of a field.
fn unescape(field: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c.into());
            continue;
        }
        let digits = match chars.next() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            Some('t') => {
                out.push(9);
                continue;
            }
            Some('n') => {
                out.push(10);
                continue;
            }
            Some('r') => {
                out.push(13);
                continue;
            }
            other => {
                out.push(other.unwrap_or('\\').into());
                continue;
            }
        };
        let code: String = chars.by_ref().take(digits).collect();
        out.push(u32::from_str_radix(&code, 16).expect("a question that can be read"));
    }
    out
}

fn narrow(codes: &[u32]) -> Text {
    Text::narrow(text::View::Full(codes))
}

fn check(area: &str) {
    let folder = std::env::var("WEFT_TEXT_ORACLE").unwrap_or_else(|_| "tests/data".into());
    let path = Path::new(&folder).join(format!("{area}.txt"));
    let lines = std::fs::read_to_string(&path).expect("a question that can be read");
    let (mut wrong, mut count) = (0, 0);
    for line in lines.lines() {
        let fields: Vec<Text> = line.split('\t').map(|field| narrow(&unescape(field))).collect();
        let name = line.split('\t').next().expect("a question that can be read");
        let (wanted, args) = fields[1..].split_last().expect("a question that can be read");
        let answer = oracle::numbers::answer(name, args).or_else(|| oracle::strings::answer(name, args));
        let given = match answer.unwrap_or_else(|| panic!("no such function: {name}")) {
            Ok(text) => {
                let mut b = text::Builder::new();
                b.push_str("=");
                b.push_view(text.view());
                b.finish()
            }
            Err(error) => Text::from(format!("!{error}")),
        };
        count += 1;
        if given != *wanted {
            wrong += 1;
            if wrong <= 40 {
                let shown = text::repr::str_ascii(&given).view().to_string_lossy();
                println!("{line}\n    given {shown}");
            }
        }
    }
    assert_eq!(wrong, 0, "wrong answers of {count} in {area}");
}

macro_rules! areas {
    ($($area:ident)*) => {
        $(#[test]
        fn $area() {
            check(stringify!($area).trim_start_matches("area_"));
        })*
    };
}

areas! { area_float area_int area_format_spec area_complex area_text area_unicode area_codec area_percent area_str_format area_hash }
