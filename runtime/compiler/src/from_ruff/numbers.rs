//! Number literals.

use num_bigint::BigInt;
use num_traits::{Num, ToPrimitive};
use ruff_ast as r;
use ruff_text_size::TextRange;

use super::{Convert, Converter};
use crate::Constant;

impl Converter<'_> {
    pub(super) fn number(&mut self, number: &r::Number, range: TextRange) -> Convert<Constant> {
        match number {
            r::Number::Float(value) => Ok(Constant::Float(*value)),
            r::Number::Complex { real, imag } => Ok(Constant::Complex(*real, *imag)),
            r::Number::Int(value) => match value.as_i64() {
                Some(small) => Ok(Constant::Int(small)),
                None => self.big_int(range),
            },
        }
    }

    fn big_int(&mut self, range: TextRange) -> Convert<Constant> {
        let digits: String = self.text(range).chars().filter(|&char| char != '_').collect();
        let (radix, digits) = match digits.get(..2) {
            Some("0x" | "0X") => (16, &digits[2..]),
            Some("0o" | "0O") => (8, &digits[2..]),
            Some("0b" | "0B") => (2, &digits[2..]),
            _ => (10, &digits[..]),
        };
        let limit = self.max_int_digits;
        if radix == 10 && limit > 0 && digits.len() > limit {
            let message = format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {} \
                 digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge \
                 integer literals to avoid decimal conversion limits.",
                digits.len()
            );
            return Err(self.error(range, message));
        }
        let value = BigInt::from_str_radix(digits, radix)
            .map_err(|_| self.error(range, "invalid decimal literal"))?;
        Ok(value.to_i64().map_or(Constant::BigInt(value), Constant::Int))
    }
}
