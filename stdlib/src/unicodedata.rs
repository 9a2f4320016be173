//! `unicodedata`: the character database, as it is and as it was in Unicode 3.2.

use runtime::class::{TypeExt, class_of};
use runtime::error::{Raised, Result, key_error, type_error, value_error};
use runtime::native::{self, FromArg, NativeDef};
use runtime::object::cast;
use runtime::types::buffers::TextOrBytes;
use runtime::types::{Str, StrExt, float, int, module as modules};
use runtime::{Object, Thread, Value, object};
use text::unicode::database::{self, Record};
use text::unicode::{
    Form, NamedSequence, is_normalized as is_normal, lookup as look_up, normalize as normal, old,
};

/// One character, an argument.
#[derive(Clone, Copy, Debug)]
pub struct Char(u32);

impl<'a> FromArg<'a> for Char {
    fn from_arg(_: &mut Thread, def: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        let which = if def.params.names.len() == 1 { "argument" } else { "argument 1" };
        let wrong = |punctuation: &str, given: String| {
            type_error(format!(
                "{}(){punctuation} {which} must be a unicode character, not {given}",
                def.name
            ))
        };
        let Some(text) = cast::<Str>(value) else {
            let class = if value.is_none() { "None".to_owned() } else { class_of(value).name_lossy() };
            return Err(wrong("", class));
        };
        match text.char_at(0) {
            Some(code) if text.len() == 1 => Ok(Self(code)),
            _ => Err(wrong(":", format!("a string of length {}", text.len()))),
        }
    }
}

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Today,
    Then,
}

impl Age {
    fn record(self, code: u32) -> &'static Record {
        if self == Self::Today { Record::of(code) } else { old::record(code) }
    }

    fn decimal(self, code: u32) -> Option<u8> {
        if self == Self::Today { database::decimal(code) } else { old::decimal(code) }
    }

    fn digit(self, code: u32) -> Option<u8> {
        if self == Self::Today { database::digit(code) } else { old::digit(code) }
    }

    fn numeric(self, code: u32) -> Option<f64> {
        if self == Self::Today { database::numeric(code) } else { old::numeric(code) }
    }

    fn name(self, code: u32) -> Option<String> {
        if self == Self::Today { text::unicode::name(code) } else { old::name(code) }
    }

    fn decomposition(self, code: u32) -> String {
        if self == Self::Today { database::decomposition(code) } else { old::decomposition(code) }
    }
}

/// What was found, or the default, or an error.
fn or_default(found: Option<Value>, default: Option<&Value>, missing: &str) -> Result<Value> {
    match (found, default) {
        (Some(found), _) => Ok(found),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(value_error(missing)),
    }
}

fn form_of(form: &Object<Str>) -> Result<Form> {
    let form = form.as_ascii().and_then(Form::from_name);
    form.ok_or_else(|| value_error("invalid normalization form"))
}

fn normalized(thread: &mut Thread, age: Age, form: &Object<Str>, text: &Object<Str>) -> Result<Value> {
    if text.is_empty() {
        return Ok(object::to_value(text)); // whatever the form
    }
    let form = form_of(form)?;
    let view = text.view();
    if normality(age, form, text) {
        return runtime::types::str::encode::to_exact(thread, &object::to_value(text));
    }
    let made = if age == Age::Today { normal(&view, form) } else { old::normalize(&view, form) };
    Str::from_text(thread, &made)
}

fn normality(age: Age, form: Form, text: &Object<Str>) -> bool {
    let view = text.view();
    if text.is_ascii() {
        return true;
    }
    if age == Age::Today { is_normal(&view, form) } else { old::is_normalized(&view, form) }
}

fn unknown_name(name: &str) -> Raised {
    key_error(format!("undefined character name '{name}'"))
}

fn looked_up(thread: &mut Thread, age: Age, name: &[u8]) -> Result<Value> {
    let name = String::from_utf8_lossy(name);
    if name.len() > 256 {
        return Err(key_error("name too long"));
    }
    match look_up(&name) {
        Some(NamedSequence::Char(code)) => Str::from_char(thread, code),
        Some(NamedSequence::Sequence(codes)) if age == Age::Today => {
            Str::from_view(thread, text::View::Full(&codes))
        }
        _ => Err(unknown_name(&name)),
    }
}

macro_rules! functions {
    ($(#[$attribute:meta])* $module:ident, [$($receiver:tt)*], $age:ident, {$($more:item)*}) => {
        $(#[$attribute])*
        pub mod $module {
            use super::*;

            $($more)*

            /// Converts a Unicode character into its equivalent decimal value.
            ///
            /// Returns the decimal value assigned to the character chr as integer.
            /// If no such value is defined, default is returned, or, if not given,
            /// ValueError is raised.
            #[sig("(chr, default=<unrepresentable>, /)")]
            pub fn decimal(th: &mut Thread, $($receiver)* chr: Char, default: Option<&Value>) -> Result<Value> {
                let found = Age::$age.decimal(chr.0).map(|n| int::from_i64(th, n.into())).transpose()?;
                or_default(found, default, "not a decimal")
            }

            /// Converts a Unicode character into its equivalent digit value.
            ///
            /// Returns the digit value assigned to the character chr as integer.
            /// If no such value is defined, default is returned, or, if not given,
            /// ValueError is raised.
            #[sig("(chr, default=<unrepresentable>, /)")]
            pub fn digit(th: &mut Thread, $($receiver)* chr: Char, default: Option<&Value>) -> Result<Value> {
                let found = Age::$age.digit(chr.0).map(|n| int::from_i64(th, n.into())).transpose()?;
                or_default(found, default, "not a digit")
            }

            /// Converts a Unicode character into its equivalent numeric value.
            ///
            /// Returns the numeric value assigned to the character chr as float.
            /// If no such value is defined, default is returned, or, if not given,
            /// ValueError is raised.
            #[sig("(chr, default=<unrepresentable>, /)")]
            pub fn numeric(th: &mut Thread, $($receiver)* chr: Char, default: Option<&Value>) -> Result<Value> {
                let found = Age::$age.numeric(chr.0).map(|n| float::new(th, n)).transpose()?;
                or_default(found, default, "not a numeric character")
            }

            /// Returns the general category assigned to the character chr as string.
            pub fn category(th: &mut Thread, $($receiver)* chr: Char) -> Result<Value> {
                Str::interned(th, Age::$age.record(chr.0).category())
            }

            /// Returns the bidirectional class assigned to the character chr as string.
            ///
            /// If no such value is defined, an empty string is returned.
            pub fn bidirectional(th: &mut Thread, $($receiver)* chr: Char) -> Result<Value> {
                Str::interned(th, Age::$age.record(chr.0).bidirectional())
            }

            /// Returns the canonical combining class assigned to the character chr as integer.
            ///
            /// Returns 0 if no combining class is defined.
            pub fn combining(th: &mut Thread, $($receiver)* chr: Char) -> Result<Value> {
                int::from_i64(th, Age::$age.record(chr.0).combining().into())
            }

            /// Returns the mirrored property assigned to the character chr as integer.
            ///
            /// Returns 1 if the character has been identified as a "mirrored"
            /// character in bidirectional text, 0 otherwise.
            pub fn mirrored(th: &mut Thread, $($receiver)* chr: Char) -> Result<Value> {
                int::from_i64(th, Age::$age.record(chr.0).mirrored().into())
            }

            /// Returns the east asian width assigned to the character chr as string.
            pub fn east_asian_width(th: &mut Thread, $($receiver)* chr: Char) -> Result<Value> {
                Str::interned(th, Age::$age.record(chr.0).east_asian_width())
            }

            /// Returns the character decomposition mapping assigned to the character chr as string.
            ///
            /// An empty string is returned in case no such mapping is defined.
            pub fn decomposition(th: &mut Thread, $($receiver)* chr: Char) -> Result<Value> {
                Str::new(th, &Age::$age.decomposition(chr.0))
            }

            /// Returns the name assigned to the character chr as a string.
            ///
            /// If no name is defined, default is returned, or, if not given,
            /// ValueError is raised.
            #[sig("(chr, default=<unrepresentable>, /)")]
            pub fn name(th: &mut Thread, $($receiver)* chr: Char, default: Option<&Value>) -> Result<Value> {
                let found = Age::$age.name(chr.0).map(|name| Str::new(th, &name)).transpose()?;
                or_default(found, default, "no such name")
            }

            /// Look up character by name.
            ///
            /// If a character with the given name is found, return the
            /// corresponding character.  If not found, KeyError is raised.
            pub fn lookup(th: &mut Thread, $($receiver)* name: TextOrBytes<'_>) -> Result<Value> {
                looked_up(th, Age::$age, &name.0)
            }

            /// Return whether the Unicode string unistr is in the normal form 'form'.
            ///
            /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
            pub fn is_normalized(
                th: &mut Thread,
                $($receiver)*
                form: &Object<Str>,
                unistr: &Object<Str>,
            ) -> Result<bool> {
                let _ = th;
                if unistr.is_empty() {
                    return Ok(true);
                }
                Ok(normality(Age::$age, form_of(form)?, unistr))
            }

            /// Return the normal form 'form' for the Unicode string unistr.
            ///
            /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
            pub fn normalize(
                th: &mut Thread,
                $($receiver)*
                form: &Object<Str>,
                unistr: &Object<Str>,
            ) -> Result<Value> {
                normalized(th, Age::$age, form, unistr)
            }
        }
    };
}

/// The type of `ucd_3_2_0`: the database of another time, with the module's functions as methods.
#[native::class("UCD", module = "unicodedata", disallow_instantiation, methods(then))]
pub struct Database {
    version: &'static str,
}

functions!(
    /// Methods of the database of another time.
    #[native::methods(Database, name = "UCD")]
    then,
    [_this: &Object<Database>,],
    Then,
    {
        /// The version of the database.
        #[getter]
        pub fn unidata_version(this: &Object<Database>) -> &'static str {
            this.payload().version
        }
    }
);

functions!(
    #[native::module(
        "unicodedata",
        doc = "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which is publicly available from the Unicode Consortium\nat https://www.unicode.org/Public/16.0.0/ucd/UnicodeData.txt.\n\nThe module uses the same names and symbols as defined by the\nUnicodeData File Format 16.0.0.",
        classes(Database)
    )]
    module,
    [],
    Today,
    {
        #[init]
        pub fn exec(th: &mut Thread, this: &Value) -> Result<()> {
            let version = Str::new(th, text::unicode::VERSION)?;
            modules::set(th, this, "unidata_version", version)?;
            let then = object::new(th, Database { version: "3.2.0" })?;
            modules::set(th, this, "ucd_3_2_0", then)
        }
    }
);
