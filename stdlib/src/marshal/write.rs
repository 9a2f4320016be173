//! Values to bytes.

use std::collections::HashMap;

use num_bigint::Sign;
use runtime::error::{Result, STOP_ITERATION, value_error};
use runtime::object::{cast, cast_exact};
use runtime::types::code::Code;
use runtime::types::slice::Slice;
use runtime::types::{
    Bytes, BytesExt, Dict, DictExt, FrozenSet, List, ListExt, Set, SetExt, Str, StrExt, Tuple, TupleExt, buffers,
    codecs, complex, float, int,
};
use runtime::{Thread, Value, ops};

use super::{FLAG_REF, MAX_DEPTH};

struct Writer {
    out: Vec<u8>,
    version: i64,
    allow_code: bool,
    /// Numbers of the objects that references may name, by the object's word.
    known: HashMap<u64, u32>,
    depth: usize,
}

/// The bytes of a value.
///
/// # Errors
/// ValueError for what has no form as bytes, or is nested too deeply.
pub fn write(thread: &mut Thread, value: &Value, version: i64, allow_code: bool) -> Result<Vec<u8>> {
    if !allow_code && cast::<Code>(value).is_some() {
        return Err(no_code());
    }
    let mut writer = Writer { out: Vec::new(), version, allow_code, known: HashMap::new(), depth: 0 };
    writer.value(thread, value)?;
    Ok(writer.out)
}

fn no_code() -> runtime::error::Raised {
    value_error("marshalling code objects is disallowed")
}

fn unmarshallable() -> runtime::error::Raised {
    value_error("unmarshallable object")
}

impl Writer {
    fn long(&mut self, number: i32) {
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    fn size(&mut self, size: usize) -> Result<()> {
        match i32::try_from(size) {
            Ok(size) => {
                self.long(size);
                Ok(())
            }
            Err(_) => Err(unmarshallable()),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.size(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn value(&mut self, thread: &mut Thread, value: &Value) -> Result<()> {
        if self.depth >= MAX_DEPTH {
            return Err(value_error("object too deeply nested to marshal"));
        }
        self.depth += 1;
        let result = self.write_value(thread, value);
        self.depth -= 1;
        result
    }

    fn write_value(&mut self, thread: &mut Thread, value: &Value) -> Result<()> {
        let simple = if value.is_none() {
            b'N'
        } else if let Some(bool) = int::as_bool(value) {
            if bool { b'T' } else { b'F' }
        } else if value.is(&Value::ellipsis()) {
            b'.'
        } else if value.is(&STOP_ITERATION.value()) {
            b'S'
        } else {
            return self.shared_value(thread, value);
        };
        self.out.push(simple);
        Ok(())
    }

    /// A value that may have been written before.
    fn shared_value(&mut self, thread: &mut Thread, value: &Value) -> Result<()> {
        let mut flag = 0;
        if self.version >= 3 && value.header().is_some() {
            let word = value.word().bits();
            if let Some(&number) = self.known.get(&word) {
                self.out.push(b'r');
                self.out.extend_from_slice(&number.to_le_bytes());
                return Ok(());
            }
            let number = u32::try_from(self.known.len()).map_err(|_| value_error("too many objects"))?;
            self.known.insert(word, number);
            flag = FLAG_REF;
        }
        self.complex_value(thread, value, flag)
    }

    fn complex_value(&mut self, thread: &mut Thread, value: &Value, flag: u8) -> Result<()> {
        if int::is_exact(value) {
            self.int(value, flag);
            Ok(())
        } else if let Some(number) = float::to_f64_exact(value) {
            if self.version > 1 {
                self.out.push(b'g' | flag);
                self.out.extend_from_slice(&number.to_le_bytes());
            } else {
                self.out.push(b'f' | flag);
                self.float_text(number);
            }
            Ok(())
        } else if cast_exact::<runtime::types::Complex>(value).is_some() {
            let (real, imaginary) = complex::to_parts(value).unwrap_or_default();
            if self.version > 1 {
                self.out.push(b'y' | flag);
                self.out.extend_from_slice(&real.to_le_bytes());
                self.out.extend_from_slice(&imaginary.to_le_bytes());
            } else {
                self.out.push(b'x' | flag);
                self.float_text(real);
                self.float_text(imaginary);
            }
            Ok(())
        } else if let Some(bytes) = cast_exact::<Bytes>(value) {
            self.out.push(b's' | flag);
            self.bytes(bytes.bytes())
        } else if cast_exact::<Str>(value).is_some() {
            self.text(thread, value, flag)
        } else {
            self.container(thread, value, flag)
        }
    }

    fn int(&mut self, value: &Value, flag: u8) {
        if let Some(small) = int::to_i64(value).and_then(|number| i32::try_from(number).ok()) {
            self.out.push(b'i' | flag);
            self.long(small);
            return;
        }
        self.out.push(b'l' | flag);
        let big = int::to_bigint(value).unwrap_or_default();
        let digits = big.magnitude().to_bytes_le();
        let mut small = Vec::new();
        let (mut held, mut bits) = (0u32, 0);
        for digit in digits {
            held |= u32::from(digit) << bits;
            bits += 8;
            if bits >= 15 {
                small.push((held & 0x7fff) as u16);
                held >>= 15;
                bits -= 15;
            }
        }
        if held != 0 {
            small.push(held as u16);
        }
        while small.last() == Some(&0) {
            small.pop();
        }
        let count = small.len() as i32;
        self.long(if big.sign() == Sign::Minus { -count } else { count });
        for digit in small {
            self.out.extend_from_slice(&digit.to_le_bytes());
        }
    }

    fn float_text(&mut self, number: f64) {
        let text = text::float::repr(number);
        let text = text.strip_suffix(".0").unwrap_or(&text);
        self.out.push(text.len() as u8);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn text(&mut self, thread: &mut Thread, value: &Value, flag: u8) -> Result<()> {
        let Some(text) = cast::<Str>(value) else { return Err(unmarshallable()) };
        let interned = text.payload().is_interned(text) && self.version >= 3;
        if self.version >= 4
            && let Some(ascii) = text.as_ascii()
        {
            if let Ok(short) = u8::try_from(ascii.len()) {
                self.out.push(if interned { b'Z' } else { b'z' } | flag);
                self.out.push(short);
            } else {
                self.out.push(if interned { b'A' } else { b'a' } | flag);
                self.size(ascii.len())?;
            }
            self.out.extend_from_slice(ascii.as_bytes());
            return Ok(());
        }
        self.out.push(if interned { b't' } else { b'u' } | flag);
        match text.to_utf8() {
            Some(utf8) => self.bytes(utf8.as_bytes()),
            None => {
                let bytes = codecs::encode(thread, value, Some("utf-8"), Some("surrogatepass"))?;
                self.bytes(cast::<Bytes>(&bytes).map(BytesExt::bytes).unwrap_or_default())
            }
        }
    }

    fn items(&mut self, thread: &mut Thread, items: &[Value]) -> Result<()> {
        for item in items {
            self.value(thread, item)?;
        }
        Ok(())
    }

    fn container(&mut self, thread: &mut Thread, value: &Value, flag: u8) -> Result<()> {
        if let Some(tuple) = cast_exact::<Tuple>(value) {
            let items = tuple.items();
            match u8::try_from(items.len()) {
                Ok(short) if self.version >= 4 => self.out.extend_from_slice(&[b')' | flag, short]),
                _ => {
                    self.out.push(b'(' | flag);
                    self.size(items.len())?;
                }
            }
            return self.items(thread, items);
        }
        if let Some(list) = cast_exact::<List>(value) {
            let items = list.to_vec(thread)?;
            self.out.push(b'[' | flag);
            self.size(items.len())?;
            return self.items(thread, &items);
        }
        if let Some(dict) = cast_exact::<Dict>(value) {
            self.out.push(b'{' | flag);
            for (key, item) in dict.items(thread) {
                self.value(thread, &key)?;
                self.value(thread, &item)?;
            }
            self.out.push(b'0');
            return Ok(());
        }
        let set = cast_exact::<Set>(value).map(|set| set.keys());
        let frozen = cast_exact::<FrozenSet>(value).map(|set| set.keys());
        if let Some(keys) = set.or(frozen) {
            self.out.push(if frozen.is_some() { b'>' } else { b'<' } | flag);
            // Sorted by their bytes, so that equal sets give equal files.
            let mut parts = Vec::new();
            for (_, item) in keys.to_vec(thread) {
                parts.push((write(thread, &item, self.version, self.allow_code)?, item));
            }
            parts.sort_by(|a, b| a.0.cmp(&b.0));
            self.size(parts.len())?;
            for (_, item) in parts {
                self.value(thread, &item)?;
            }
            return Ok(());
        }
        if let Some(code) = cast::<Code>(value) {
            if !self.allow_code {
                return Err(no_code());
            }
            return self.code(thread, code.payload(), flag);
        }
        if let Some(slice) = cast_exact::<Slice>(value).filter(|_| self.version >= 5) {
            self.out.push(b':' | flag);
            let payload = slice.payload();
            for slot in [&payload.start, &payload.stop, &payload.step] {
                let part = slot.get(slice.header()).unwrap_or_else(Value::none);
                self.value(thread, &part)?;
            }
            return Ok(());
        }
        if buffers::is_buffer(value) {
            let bytes = buffers::any_bytes_of(thread, value)?;
            self.out.push(b's' | flag);
            return self.bytes(&bytes);
        }
        self.out.push(b'?');
        Err(unmarshallable())
    }

    fn code(&mut self, thread: &mut Thread, code: &Code, flag: u8) -> Result<()> {
        self.out.push(b'c' | flag);
        for number in
            [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags]
        {
            self.long(number as i32);
        }
        self.plain_bytes(&code.code)?;
        for part in [&code.consts, &code.names, &code.localsplusnames] {
            self.value(thread, part)?;
        }
        self.plain_bytes(&code.localspluskinds)?;
        for part in [&code.filename, &code.name, &code.qualname] {
            self.value(thread, part)?;
        }
        self.long(code.first_line);
        self.plain_bytes(&code.linetable)?;
        self.plain_bytes(&code.exceptiontable)?;
        ops::memory_poll(thread)
    }

    /// A bytes object that nobody refers to.
    fn plain_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.push(b's');
        self.bytes(bytes)
    }
}
