//! The questions about every code point, answered by a checksum for each page of 16384.

use super::super::Answer;
use text::unicode::{self, Class, Form, database, old};
use text::{Builder, Text, View, float};

pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, &b| {
        (0..8).fold(crc ^ u32::from(b), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

/// UTF-8 with surrogates in the form that their code points would have.
fn bytes(text: View<'_>) -> Vec<u8> {
    use text::codec::{Errors, Standard, utf8_encode};
    utf8_encode(text, &mut Standard::new(Errors::SurrogatePass, text)).expect("a question that can be read")
}

pub fn answer(name: &str, page: &Text) -> Option<Answer> {
    let page: u32 = page.view().to_string_lossy().parse().expect("a question that can be read");
    let mut out = Builder::new();
    for code in page..page + 0x4000 {
        if code > page {
            out.push_str("\n");
        }
        question(name, code, &mut out);
    }
    Some(Ok(Text::from(format!("{:08x}", crc32(&bytes(out.finish().view()))))))
}

const FORMS: [Form; 4] = [Form::Nfc, Form::Nfd, Form::Nfkc, Form::Nfkd];

fn question(name: &str, code: u32, out: &mut Builder) {
    let slice = [code];
    let c = View::Full(&slice);
    let bit = |value: bool| if value { "1" } else { "0" };
    let shown = |value: Option<u8>| value.map_or(String::new(), |value| value.to_string());
    let separated = |out: &mut Builder, texts: &[Text]| {
        for (i, text) in texts.iter().enumerate() {
            if i > 0 {
                out.push_str("|");
            }
            out.push_view(text.view());
        }
    };
    match name {
        "unicode_flags" => {
            let next = [97, code];
            for value in [
                unicode::is_alpha(&c),
                unicode::is_decimal(&c),
                unicode::is_digit(&c),
                unicode::is_numeric(&c),
                unicode::is_lower(&c),
                unicode::is_upper(&c),
                unicode::is_title(&c),
                unicode::is_identifier(&c),
                unicode::is_printable(&c),
                Class::of(code).has(Class::SPACE),
                unicode::is_identifier(&View::Full(&next)),
            ] {
                out.push_str(bit(value));
            }
        }
        "unicode_case" => {
            let all = [
                unicode::upper(&c),
                unicode::lower(&c),
                unicode::title(&c),
                unicode::casefold(&c),
                unicode::swapcase(&c),
            ];
            separated(out, &all);
        }
        "unicode_sigma" => {
            for text in
                [&[65, code, 0x3a3][..], &[49, code, 0x3a3], &[65, 0x3a3, code], &[65, 0x3a3, code, 97]]
            {
                out.push_view(unicode::lower(&View::Full(text)).view());
            }
        }
        "unicode_record" => push_record(out, database::Record::of(code)),
        "unicode_decomposition" => out.push_str(&database::decomposition(code)),
        "unicode_values" => {
            let number = float::repr(database::numeric(code).unwrap_or(-1.0));
            out.push_str(&format!(
                "{} {} {number}",
                shown(database::decimal(code)),
                shown(database::digit(code))
            ));
        }
        "unicode_name" => out.push_str(&unicode::name(code).unwrap_or_default()),
        "unicode_normal" => {
            let mut all = Vec::new();
            for form in FORMS {
                let mut one = Builder::new();
                one.push_view(unicode::normalize(&c, form).view());
                one.push_str(bit(unicode::is_normalized(&c, form)));
                all.push(one.finish());
            }
            separated(out, &all);
        }
        "unicode_old" => {
            push_record(out, old::record(code));
            out.push_str(&format!(" {} {}", old::decomposition(code), old::name(code).unwrap_or_default()));
        }
        "unicode_old_values" => {
            let number = float::repr(old::numeric(code).unwrap_or(-1.0));
            out.push_str(&format!("{} {} {number}", shown(old::decimal(code)), shown(old::digit(code))));
        }
        "unicode_old_normal" => separated(out, &FORMS.map(|form| old::normalize(&c, form))),
        _ => panic!("no such question: {name}"),
    }
}

fn push_record(out: &mut Builder, record: &database::Record) {
    out.push_str(&format!(
        "{} {} {} {} {}",
        record.category(),
        record.bidirectional(),
        record.combining(),
        record.east_asian_width(),
        u8::from(record.mirrored())
    ));
}
