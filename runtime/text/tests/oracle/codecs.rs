//! The questions about encodings, `%`, hashes and random numbers.

use super::super::Answer;
use num_bigint::BigInt;
use std::ops::Range;
use text::codec::*;
use text::int::{Int, IntRef};
use text::percent::{Format, Piece, Source};
use text::{Builder, Text, View, float, hash, mersenne};

fn string(text: &Text) -> String {
    text.view().to_string_lossy()
}

fn bits(text: &Text) -> f64 {
    f64::from_bits(u64::from_str_radix(&string(text), 16).expect("a question that can be read"))
}

fn bytes(text: &Text) -> &[u8] {
    match text {
        Text::Latin1(bytes) => bytes,
        _ => panic!("no bytes: {text:?}"),
    }
}

fn fault(fault: Fault) -> Text {
    let Fault { encoding, start, end, reason } = fault;
    Text::from(format!("!{encoding} {start} {end} {reason}"))
}

fn decoded(result: Decoded<Fault>) -> Option<Answer> {
    Some(Ok(match result {
        Ok((text, used)) => {
            let mut out = Builder::new();
            out.push_str(&format!("{used} "));
            out.push_view(text.view());
            out.finish()
        }
        Err(error) => fault(error),
    }))
}

fn decode(codec: &str, input: &[u8], errors: Errors, last: bool) -> Decoded<Fault> {
    let h = &mut Standard::new(errors, input);
    use ByteOrder::*;
    match codec {
        "utf-8" => utf8_decode(input, last, h),
        "utf-16" => utf16_decode(input, &mut { Mark }, last, h),
        "utf-16-le" => utf16_decode(input, &mut { Little }, last, h),
        "utf-16-be" => utf16_decode(input, &mut { Big }, last, h),
        "utf-32" => utf32_decode(input, &mut { Mark }, last, h),
        "utf-32-le" => utf32_decode(input, &mut { Little }, last, h),
        "utf-32-be" => utf32_decode(input, &mut { Big }, last, h),
        "utf-7" => utf7_decode(input, last, h),
        "ascii" => ascii_decode(input, h),
        "latin-1" => Ok((latin1_decode(input), input.len())),
        "unicode_escape" => unicode_escape_decode(input, last, h).map(|(text, used, _)| (text, used)),
        "raw_unicode_escape" => raw_unicode_escape_decode(input, last, h),
        _ => panic!("no such codec: {codec}"),
    }
}

fn encode(codec: &str, input: View<'_>, errors: Errors) -> Result<Vec<u8>, Fault> {
    let h = &mut Standard::new(errors, input);
    use ByteOrder::*;
    match codec {
        "utf-8" => utf8_encode(input, h),
        "utf-16" => utf16_encode(input, Mark, h),
        "utf-16-le" => utf16_encode(input, Little, h),
        "utf-16-be" => utf16_encode(input, Big, h),
        "utf-32" => utf32_encode(input, Mark, h),
        "utf-32-le" => utf32_encode(input, Little, h),
        "utf-32-be" => utf32_encode(input, Big, h),
        "utf-7" => utf7_encode(input, h),
        "ascii" => ascii_encode(input, h),
        "latin-1" => latin1_encode(input, h),
        "unicode_escape" => Ok(unicode_escape_encode(input)),
        "raw_unicode_escape" => Ok(raw_unicode_escape_encode(input)),
        _ => panic!("no such codec: {codec}"),
    }
}

fn encoded(result: Result<Vec<u8>, Fault>) -> Option<Answer> {
    Some(Ok(result.map_or_else(fault, Text::Latin1)))
}

/// ASCII, and three characters more.
fn table() -> Text {
    let mut out = Builder::new();
    (0..128).for_each(|code| out.push(code));
    out.push_str("\u{20ac}\u{fffe}\u{e9}");
    out.push_repeated(0xfffe, 256 - 131);
    out.finish()
}

/// Arguments for `%`: there is one, and no mapping has any other.
struct One;

impl Source for One {
    type Error = text::Error;
    fn mapping(&mut self) -> Result<(), text::Error> {
        Ok(())
    }
    fn key(&mut self, _: Range<usize>) -> Result<(), text::Error> {
        Ok(())
    }
    fn star(&mut self, _: bool) -> Result<i64, text::Error> {
        Err(text::Error::type_error("not enough arguments for format string"))
    }
}

fn percent(format: &Text, arg: &Text, kind: &str) -> Result<Text, text::Error> {
    let mut out = Builder::new();
    let mut pieces = Format::new(format, false);
    while let Some(piece) = pieces.next(&mut One)? {
        match piece {
            Piece::Literal(range) => out.push_view(format.view().slice(range)),
            Piece::Conversion(c) => match c.letter() {
                b'd' | b'i' | b'u' | b'o' | b'x' | b'X' if kind == "percent_int" => {
                    let value =
                        Int::from(string(arg).parse::<BigInt>().expect("a question that can be read"));
                    c.push(&mut out, Text::from(c.integer(IntRef::from(&value), 4300)?).view())?;
                }
                b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                    let value = if kind == "percent_float" {
                        bits(arg)
                    } else {
                        string(arg).parse().expect("a question that can be read")
                    };
                    c.push(&mut out, Text::from(c.float(value)?).view())?;
                }
                b's' if kind == "percent_int" && string(arg) == "7" => c.push(&mut out, arg.view())?,
                b's' | b'c' => c.push(&mut out, arg.view())?,
                _ => return Err(c.unsupported(false)),
            },
        }
    }
    Ok(out.finish())
}

fn twister(seed: &Text) -> String {
    let mut r = mersenne::Twister::from_int(&string(seed).parse().expect("a question that can be read"));
    let mut out: Vec<String> = (0..5).map(|_| float::repr(r.random())).collect();
    out.extend([1, 5, 32, 33, 64].map(|count| r.small_bits(count).to_string()));
    out.extend([65, 200].map(|count| r.bits(count).to_string()));
    let last = (0..700).map(|_| r.random()).last().expect("a question that can be read");
    out.push(float::repr(last));
    let state: Vec<u32> = r.state().collect();
    let again =
        mersenne::Twister::from_state(&state[..624], state[624].into()).expect("a question that can be read");
    assert_eq!(again, r);
    let shown: Vec<String> = state.iter().map(u32::to_string).collect();
    out.push(format!("{:08x}", super::characters::crc32(shown.join("\n").as_bytes())));
    out.join(" ")
}

pub fn answer(name: &str, args: &[Text]) -> Option<Answer> {
    let errors = |i: usize| Errors::from_name(&string(&args[i])).expect("a question that can be read");
    Some(Ok(match name {
        "decode" => {
            return decoded(decode(
                &string(&args[0]),
                bytes(&args[3]),
                errors(1),
                string(&args[2]) == "True",
            ));
        }
        "encode" => return encoded(encode(&string(&args[0]), args[2].view(), errors(1))),
        "charmap_decode" => {
            let input = bytes(&args[1]);
            charmap_decode_table(input, table().view(), &mut Standard::new(errors(0), input))
                .map_or_else(fault, |(text, _)| text)
        }
        "charmap_encode" => {
            let map = EncodingMap::build(table().view());
            let input = args[1].view();
            let h = &mut Standard::new(errors(0), input);
            let look_up = |code| Ok(map.get(code).map(|byte| vec![byte]));
            charmap_encode(input, look_up, h).map_or_else(fault, Text::Latin1)
        }
        "percent_int" | "percent_float" | "percent_str" => {
            return Some(percent(&args[0], &args[1], name).map_err(|error| error.to_string()));
        }
        "hash_float" => {
            Text::from(hash::hash_f64(bits(&args[0])).expect("a question that can be read").to_string())
        }
        "hash_complex" => {
            let part = |i: usize| hash::hash_f64(bits(&args[i])).expect("a question that can be read");
            Text::from(hash::hash_complex(part(0), part(1)).to_string())
        }
        "hash_int" => Text::from(
            match Int::from(string(&args[0]).parse::<BigInt>().expect("a question that can be read")) {
                Int::Small(small) => {
                    assert_eq!(hash::hash_i64(small), hash::hash_bigint(&small.into()));
                    hash::hash_i64(small).to_string()
                }
                Int::Big(big) => hash::hash_bigint(&big).to_string(),
            },
        ),
        "hash_str" => {
            let key = hash::Key::from_seed(string(&args[0]).parse().expect("a question that can be read"));
            Text::from(
                match args[1].view() {
                    View::Latin1(s) => key.hash(s),
                    View::Wide(s) => key.hash_wide(s),
                    View::Full(s) => key.hash_full(s),
                }
                .to_string(),
            )
        }
        "twister" => Text::from(twister(&args[0])),
        _ => return None,
    }))
}
