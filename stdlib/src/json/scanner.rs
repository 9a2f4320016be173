//! `make_scanner`: reads a JSON value.

use runtime::class::Payload;
use runtime::error::{Raised, Result, STOP_ITERATION, type_error, value_error};
use runtime::native::{self, Args, Slots};
use runtime::object::cast;
use runtime::types::{Dict, DictExt, List, Str, StrExt, Tuple, float, int};
use runtime::{Object, Thread, Value, call, class, ops, state};
use text::View;

use super::strings::{self, Read, Unit, Wrong};
use crate::support;

/// JSON scanner object
#[native::class("Scanner", module = "_json", methods(methods), new, slots = slots)]
pub struct Scanner {
    strict: bool,
    #[trace]
    object_hook: Value,
    #[trace]
    object_pairs_hook: Value,
    #[trace]
    parse_float: Value,
    #[trace]
    parse_int: Value,
    #[trace]
    parse_constant: Value,
}

fn slots(slots: &Slots) {
    slots.call.set(scan_once);
}

/// The attributes that say how to read, and the constructor.
#[native::methods(Scanner, name = "Scanner")]
pub mod methods {
    use super::*;

    /// A scanner that reads as its context says.
    #[new]
    #[sig("(context)")]
    pub fn new(th: &mut Thread, class: &Value, context: &Value) -> Result<Value> {
        let mut get = |name: &str| {
            let name = Str::interned(th, name)?;
            class::lookup::getattr(th, context, &name)
        };
        let strict = get("strict")?;
        let (object_hook, object_pairs_hook) = (get("object_hook")?, get("object_pairs_hook")?);
        let (parse_float, parse_int, parse_constant) =
            (get("parse_float")?, get("parse_int")?, get("parse_constant")?);
        let strict = ops::is_true(th, &strict)?;
        let scanner =
            Scanner { strict, object_hook, object_pairs_hook, parse_float, parse_int, parse_constant };
        support::make(th, class, scanner)
    }

    /// strict
    #[getter]
    pub fn strict(this: &Object<Scanner>) -> bool {
        this.payload().strict
    }

    /// object_hook
    #[getter]
    pub fn object_hook(this: &Object<Scanner>) -> Value {
        this.payload().object_hook.clone()
    }

    /// object_pairs_hook
    #[getter]
    pub fn object_pairs_hook(this: &Object<Scanner>) -> Value {
        this.payload().object_pairs_hook.clone()
    }

    /// parse_float
    #[getter]
    pub fn parse_float(this: &Object<Scanner>) -> Value {
        this.payload().parse_float.clone()
    }

    /// parse_int
    #[getter]
    pub fn parse_int(this: &Object<Scanner>) -> Value {
        this.payload().parse_int.clone()
    }

    /// parse_constant
    #[getter]
    pub fn parse_constant(this: &Object<Scanner>) -> Value {
        this.payload().parse_constant.clone()
    }
}

/// Why there is no value.
enum Fail {
    /// Nothing begins here.
    Nothing(usize),
    /// Something is wrong here.
    Wrong(Wrong),
    /// A hook has raised.
    Raised(Raised),
}

impl From<Raised> for Fail {
    fn from(raised: Raised) -> Self {
        Self::Raised(raised)
    }
}

impl From<Wrong> for Fail {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

fn wrong<T>(message: &'static str, at: usize) -> std::result::Result<T, Fail> {
    Err(Fail::Wrong(Wrong(message, at as isize)))
}

fn raised(thread: &mut Thread, fail: Fail, document: &Value) -> Raised {
    match fail {
        Fail::Raised(raised) => raised,
        Fail::Wrong(Wrong(message, at)) => super::decode_error(thread, message, document, at),
        Fail::Nothing(at) => {
            let made = int::from_i64(thread, at as i64)
                .and_then(|at| call::call_one(thread, &STOP_ITERATION.value(), &at));
            made.map_or_else(|raised| raised, Raised::new)
        }
    }
}

/// `scan_once(string, idx)`
fn scan_once(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(scanner) = cast::<Scanner>(value) else { return Ok(Value::none()) };
    let [string, index] = super::two_arguments(args, "scan_once", ["string", "idx"])?;
    let index = ops::index_isize(thread, index)?;
    let Some(text) = cast::<Str>(string) else {
        let class = support::class_name(string);
        return Err(type_error(format!("first argument must be a string, not {class}")));
    };
    let index = usize::try_from(index).map_err(|_| value_error("idx cannot be negative"))?;
    let memo = Dict::new(thread)?;
    let scanner = scanner.payload();
    let result = match text.view() {
        View::Latin1(units) => Scan { units, scanner, memo }.value(thread, index),
        View::Wide(units) => Scan { units, scanner, memo }.value(thread, index),
        View::Full(units) => Scan { units, scanner, memo }.value(thread, index),
    };
    let (value, end) = result.map_err(|fail| raised(thread, fail, string))?;
    let end = int::from_i64(thread, end as i64)?;
    Tuple::of_array(thread, [value, end])
}

/// `scanstring`: the string that begins at `end`, and where it ends.
pub fn scan_string(
    thread: &mut Thread,
    text: &Object<Str>,
    document: &Value,
    end: isize,
    strict: bool,
) -> Result<(Value, usize)> {
    let begin = usize::try_from(end)
        .ok()
        .filter(|&begin| begin <= text.len())
        .ok_or_else(|| value_error("end is out of bounds"))?;
    fn scan<U: Unit>(thread: &Thread, units: &[U], begin: usize, strict: bool) -> Scanned {
        let (read, end) = strings::read(units, begin, strict)?;
        Ok((text_of(thread, read)?, end))
    }
    let result = match text.view() {
        View::Latin1(units) => scan(thread, units, begin, strict),
        View::Wide(units) => scan(thread, units, begin, strict),
        View::Full(units) => scan(thread, units, begin, strict),
    };
    result.map_err(|fail| raised(thread, fail, document))
}

fn text_of<U: Unit>(thread: &Thread, read: Read<'_, U>) -> Result<Value> {
    match read {
        Read::Plain(units) => Str::from_view(thread, U::view(units)),
        Read::Escaped(text) => Str::from_text(thread, &text),
    }
}

/// Reading one document.
struct Scan<'a, U> {
    units: &'a [U],
    scanner: &'a Scanner,
    /// Keys that have occurred, so that equal ones are one object.
    memo: Value,
}

type Scanned = std::result::Result<(Value, usize), Fail>;

impl<U: Unit> Scan<'_, U> {
    fn at(&self, index: usize) -> u32 {
        self.units.get(index).map_or(u32::MAX, |unit| unit.code())
    }

    fn is(&self, index: usize, byte: u8) -> bool {
        self.at(index) == u32::from(byte)
    }

    fn skip_space(&self, mut index: usize) -> usize {
        while matches!(self.at(index), 0x20 | 0x09 | 0x0a | 0x0d) {
            index += 1;
        }
        index
    }

    fn word(&self, index: usize, word: &str) -> bool {
        word.bytes().enumerate().all(|(i, byte)| self.is(index + i, byte))
    }

    fn value(&self, thread: &mut Thread, index: usize) -> Scanned {
        let Ok(first) = u8::try_from(self.at(index)) else { return Err(Fail::Nothing(index)) };
        match first {
            b'"' => {
                let (read, end) = strings::read(self.units, index + 1, self.scanner.strict)?;
                return Ok((text_of(thread, read)?, end));
            }
            b'{' => {
                state::check_stack(thread, " while decoding a JSON object from a unicode string")?;
                return self.object(thread, index + 1);
            }
            b'[' => {
                state::check_stack(thread, " while decoding a JSON array from a unicode string")?;
                return self.array(thread, index + 1);
            }
            b'n' if self.word(index, "null") => return Ok((Value::none(), index + 4)),
            b't' if self.word(index, "true") => return Ok((Value::from_bool(true), index + 4)),
            b'f' if self.word(index, "false") => return Ok((Value::from_bool(false), index + 5)),
            _ => {}
        }
        for constant in ["NaN", "Infinity", "-Infinity"] {
            if self.word(index, constant) {
                let text = Str::interned(thread, constant)?;
                let value = call::call_one(thread, &self.scanner.parse_constant, &text)?;
                return Ok((value, index + constant.len()));
            }
        }
        self.number(thread, index)
    }

    fn digits(&self, mut index: usize) -> usize {
        while (u32::from(b'0')..=u32::from(b'9')).contains(&self.at(index)) {
            index += 1;
        }
        index
    }

    fn number(&self, thread: &mut Thread, start: usize) -> Scanned {
        let mut index = start + usize::from(self.is(start, b'-'));
        let whole = if self.is(index, b'0') { index + 1 } else { self.digits(index) };
        if whole == index {
            return Err(Fail::Nothing(start));
        }
        index = whole;
        if self.is(index, b'.') {
            let end = self.digits(index + 1);
            index = if end > index + 1 { end } else { index };
        }
        if self.is(index, b'e') || self.is(index, b'E') {
            let digits = index + 1 + usize::from(self.is(index + 1, b'-') || self.is(index + 1, b'+'));
            let end = self.digits(digits);
            index = if end > digits { end } else { index };
        }
        let is_float = index > whole;
        let bytes: Vec<u8> = self.units[start..index].iter().map(|unit| unit.code() as u8).collect();
        let parser = if is_float { &self.scanner.parse_float } else { &self.scanner.parse_int };
        let native = if is_float { float::Float::def() } else { int::Int::def() };
        if parser.is(&native.value()) {
            if is_float && let Some(value) = text::float::parse_ascii(&bytes) {
                return Ok((float::new(thread, value)?, index));
            }
            let small = std::str::from_utf8(&bytes).ok().and_then(|digits| digits.parse().ok());
            if !is_float && let Some(value) = small {
                return Ok((int::from_i64(thread, value)?, index));
            }
        }
        let digits = Str::from_latin1(thread, &bytes)?;
        Ok((call::call_one(thread, parser, &digits)?, index))
    }

    fn array(&self, thread: &mut Thread, index: usize) -> Scanned {
        let list = List::new(thread, Vec::new())?;
        let mut index = self.skip_space(index);
        if self.is(index, b']') {
            return Ok((list, index + 1));
        }
        let mut items = Vec::new();
        loop {
            let (value, next) = self.value(thread, index)?;
            items.push(value);
            index = self.skip_space(next);
            if self.is(index, b']') {
                break;
            }
            if !self.is(index, b',') {
                return wrong("Expecting ',' delimiter", index);
            }
            let comma = index;
            index = self.skip_space(index + 1);
            if self.is(index, b']') {
                return wrong("Illegal trailing comma before end of array", comma);
            }
            support::poll(thread)?;
        }
        Ok((List::new(thread, items)?, index + 1))
    }

    fn object(&self, thread: &mut Thread, index: usize) -> Scanned {
        let pairs_hook = &self.scanner.object_pairs_hook;
        let object = Dict::new(thread)?;
        let mut pairs = Vec::new();
        let mut index = self.skip_space(index);
        if !self.is(index, b'}') {
            loop {
                let (key, value, next) = self.member(thread, index)?;
                if pairs_hook.is_none() {
                    if let Some(dict) = cast::<Dict>(&object) {
                        dict.set_str(thread, &key, value)?;
                    }
                } else {
                    pairs.push(Tuple::of_array(thread, [key, value])?);
                }
                index = self.skip_space(next);
                if self.is(index, b'}') {
                    break;
                }
                if !self.is(index, b',') {
                    return wrong("Expecting ',' delimiter", index);
                }
                let comma = index;
                index = self.skip_space(index + 1);
                if self.is(index, b'}') {
                    return wrong("Illegal trailing comma before end of object", comma);
                }
                support::poll(thread)?;
            }
        }
        if !pairs_hook.is_none() {
            let pairs = List::new(thread, pairs)?;
            return Ok((call::call_one(thread, pairs_hook, &pairs)?, index + 1));
        }
        let hook = &self.scanner.object_hook;
        let object = if hook.is_none() { object } else { call::call_one(thread, hook, &object)? };
        Ok((object, index + 1))
    }

    /// A key and its value.
    fn member(&self, thread: &mut Thread, index: usize) -> std::result::Result<(Value, Value, usize), Fail> {
        if !self.is(index, b'"') {
            return wrong("Expecting property name enclosed in double quotes", index);
        }
        let (read, next) = strings::read(self.units, index + 1, self.scanner.strict)?;
        let mut key = text_of(thread, read)?;
        if let Some(memo) = cast::<Dict>(&self.memo) {
            (key, _) = memo.set_default(thread, &key, key.clone())?;
        }
        let colon = self.skip_space(next);
        if !self.is(colon, b':') {
            return wrong("Expecting ':' delimiter", colon);
        }
        let (value, next) = self.value(thread, self.skip_space(colon + 1))?;
        Ok((key, value, next))
    }
}
