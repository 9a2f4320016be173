//! The numeric half of the questions.

use super::super::Answer;
use num_bigint::BigInt;
use text::format_spec::{C_LOCALE, Context, format_complex, format_float, format_int, format_str};
use text::int::{Int, IntRef};
use text::{Chars, Text, complex, float, int};

fn string(text: &Text) -> String {
    text.view().to_string_lossy()
}

fn bits(text: &Text) -> f64 {
    f64::from_bits(u64::from_str_radix(&string(text), 16).expect("a question that can be read"))
}

fn shown(value: f64) -> String {
    // Which NaN it is does not matter but for its sign.
    let value = if value.is_nan() { f64::from_bits(0x7ff8 << 48).copysign(value) } else { value };
    format!("{:016x}", value.to_bits())
}

fn big(text: &Text) -> BigInt {
    string(text).parse().expect("a question that can be read")
}

fn done<T: Into<Text>>(result: text::Result<T>) -> Option<Answer> {
    Some(result.map(Into::into).map_err(|error| error.to_string()))
}

pub fn answer(name: &str, args: &[Text]) -> Option<Answer> {
    let cx = |type_name| Context { locale: &C_LOCALE, max_str_digits: 4300, type_name };
    match name {
        "float_repr" => done(Ok(float::repr(bits(&args[0])))),
        "float_hex" => done(Ok(float::to_hex(bits(&args[0])))),
        "float_ratio" => done(float::integer_ratio(bits(&args[0])).map(|(n, d)| format!("{n}/{d}"))),
        "float_int" => done(float::trunc_to_bigint(bits(&args[0])).map(|n| n.to_string())),
        "float_round" => done(
            float::round(bits(&args[0]), string(&args[1]).parse().expect("a question that can be read"))
                .map(shown),
        ),
        "float_parse" => done(float::parse(&args[0]).map(shown)),
        "float_fromhex" => done(float::from_hex(&args[0]).map(shown)),
        "int_parse" => {
            let base = string(&args[1]).parse().expect("a question that can be read");
            done(int::parse(&args[0], base, 4300).map(|value| match value {
                big if args[0].len() >= 1000 => int::to_string_radix(&big.into(), 16),
                Int::Small(small) => small.to_string(),
                Int::Big(big) => big.to_string(),
            }))
        }
        "int_str" => {
            let value =
                BigInt::parse_bytes(string(&args[0]).as_bytes(), 16).expect("a question that can be read");
            done(int::to_decimal(&value, 4300))
        }
        "format_int" => {
            let value = Int::from(big(&args[0]));
            done(format_int(IntRef::from(&value), &args[1], &cx("int")))
        }
        "format_float" => done(format_float(bits(&args[0]), &args[1], &cx("float"))),
        "format_complex" => done(format_complex(bits(&args[0]), bits(&args[1]), &args[2], &cx("complex"))),
        "format_str" => done(format_str(args[0].view(), &args[1], &cx("str"))),
        "complex_repr" => done(Ok(complex::repr(bits(&args[0]), bits(&args[1])))),
        "complex_parse" => {
            done(complex::parse(&args[0]).map(|(real, imag)| format!("{} {}", shown(real), shown(imag))))
        }
        _ => None,
    }
}
