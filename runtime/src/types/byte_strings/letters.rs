//! Case, and the questions that begin with `is`: about ASCII.

use memory::{Object, Value};
use text::ascii;
use threads::Thread;

use super::ByteString;
use crate::error::Result;
use crate::native;
use crate::types::Bytes;
use crate::types::bytearray::Bytearray;

fn changed<T: ByteString>(thread: &Thread, object: &Object<T>, f: fn(&[u8]) -> Vec<u8>) -> Result<Value> {
    let bytes = T::with(thread, object, f);
    T::make(thread, bytes)
}

macro_rules! letters {
    ($module:ident $type:ident $name:literal) => {
        #[native::methods($type, name = $name)]
        pub(in crate::types) mod $module {
            use super::*;

            /// B.capitalize() -> copy of B
            ///
            /// Return a copy of B with only its first character capitalized (ASCII)
            /// and the rest lower-cased.
            pub fn capitalize(th: &mut Thread, this: &Object<$type>) -> Result<Value> {
                changed(th, this, ascii::capitalize)
            }

            /// B.lower() -> copy of B
            ///
            /// Return a copy of B with all ASCII characters converted to lowercase.
            pub fn lower(th: &mut Thread, this: &Object<$type>) -> Result<Value> {
                changed(th, this, <[u8]>::to_ascii_lowercase)
            }

            /// B.swapcase() -> copy of B
            ///
            /// Return a copy of B with uppercase ASCII characters converted
            /// to lowercase ASCII and vice versa.
            pub fn swapcase(th: &mut Thread, this: &Object<$type>) -> Result<Value> {
                changed(th, this, ascii::swap_case)
            }

            /// B.title() -> copy of B
            ///
            /// Return a titlecased version of B, i.e. ASCII words start with uppercase
            /// characters, all remaining cased characters have lowercase.
            pub fn title(th: &mut Thread, this: &Object<$type>) -> Result<Value> {
                changed(th, this, ascii::title)
            }

            /// B.upper() -> copy of B
            ///
            /// Return a copy of B with all ASCII characters converted to uppercase.
            pub fn upper(th: &mut Thread, this: &Object<$type>) -> Result<Value> {
                changed(th, this, <[u8]>::to_ascii_uppercase)
            }

            /// B.isalnum() -> bool
            ///
            /// Return True if all characters in B are alphanumeric
            /// and there is at least one character in B, False otherwise.
            pub fn isalnum(th: &mut Thread, this: &Object<$type>) -> bool {
                <$type>::with(th, this, ascii::is_alnum)
            }

            /// B.isalpha() -> bool
            ///
            /// Return True if all characters in B are alphabetic
            /// and there is at least one character in B, False otherwise.
            pub fn isalpha(th: &mut Thread, this: &Object<$type>) -> bool {
                <$type>::with(th, this, ascii::is_alpha)
            }

            /// B.isascii() -> bool
            ///
            /// Return True if B is empty or all characters in B are ASCII,
            /// False otherwise.
            pub fn isascii(th: &mut Thread, this: &Object<$type>) -> bool {
                <$type>::with(th, this, <[u8]>::is_ascii)
            }

            /// B.isdigit() -> bool
            ///
            /// Return True if all characters in B are digits
            /// and there is at least one character in B, False otherwise.
            pub fn isdigit(th: &mut Thread, this: &Object<$type>) -> bool {
                <$type>::with(th, this, ascii::is_digit)
            }

            /// B.islower() -> bool
            ///
            /// Return True if all cased characters in B are lowercase and there is
            /// at least one cased character in B, False otherwise.
            pub fn islower(th: &mut Thread, this: &Object<$type>) -> bool {
                <$type>::with(th, this, ascii::is_lower)
            }

            /// B.isspace() -> bool
            ///
            /// Return True if all characters in B are whitespace
            /// and there is at least one character in B, False otherwise.
            pub fn isspace(th: &mut Thread, this: &Object<$type>) -> bool {
                <$type>::with(th, this, ascii::is_space)
            }

            /// B.istitle() -> bool
            ///
            /// Return True if B is a titlecased string and there is at least one
            /// character in B, i.e. uppercase characters may only follow uncased
            /// characters and lowercase characters only cased ones. Return False
            /// otherwise.
            pub fn istitle(th: &mut Thread, this: &Object<$type>) -> bool {
                <$type>::with(th, this, ascii::is_title)
            }

            /// B.isupper() -> bool
            ///
            /// Return True if all cased characters in B are uppercase and there is
            /// at least one cased character in B, False otherwise.
            pub fn isupper(th: &mut Thread, this: &Object<$type>) -> bool {
                <$type>::with(th, this, ascii::is_upper)
            }
        }
    };
}

letters!(of_bytes Bytes "bytes");
letters!(of_bytearray Bytearray "bytearray");
