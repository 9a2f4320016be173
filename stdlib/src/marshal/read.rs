//! Bytes to values.

use std::borrow::Cow;

use num_bigint::{BigInt, BigUint, Sign};
use runtime::error::{Raised, Result, STOP_ITERATION, eof_error, type_error, value_error};
use runtime::object::cast;
use runtime::types::code::{self, Code, Prepared, Trust};
use runtime::types::{
    Bytes, BytesExt, Dict, DictExt, FrozenSet, List, ListExt, Set, SetExt, Str, Tuple, buffers, codecs,
    complex, float, int, slice,
};
use runtime::{Thread, Value, call, ops};

use super::{FLAG_REF, MAX_DEPTH, is_str};

/// Where bytes come from.
enum Source<'a> {
    Bytes {
        data: &'a [u8],
        at: usize,
    },
    /// The `read` method of a file.
    File(&'a Value),
}

/// What stands for a value in the data.
enum Read {
    Value(Value),
    /// The end of a dict.
    Null,
}

struct Reader<'a> {
    source: Source<'a>,
    allow_code: bool,
    /// The objects that references name; None while one is being read.
    known: Vec<Option<Value>>,
    depth: usize,
}

/// The value at the start of `data`.
///
/// # Errors
/// EOFError, ValueError, TypeError for what is no value.
pub fn read(thread: &mut Thread, data: &[u8], allow_code: bool) -> Result<Value> {
    run(thread, Source::Bytes { data, at: 0 }, allow_code)
}

/// The next value of a file, whose `read` method is given.
///
/// # Errors
/// As [`read`], or what the method raises.
pub fn read_from(thread: &mut Thread, method: &Value, allow_code: bool) -> Result<Value> {
    run(thread, Source::File(method), allow_code)
}

fn run(thread: &mut Thread, source: Source<'_>, allow_code: bool) -> Result<Value> {
    let mut reader = Reader { source, allow_code, known: Vec::new(), depth: 0 };
    reader.value(thread, "object")
}

fn bad(what: &str) -> Raised {
    value_error(format!("bad marshal data ({what})"))
}

impl<'a> Reader<'a> {
    fn take(&mut self, thread: &mut Thread, count: usize) -> Result<Cow<'a, [u8]>> {
        match &mut self.source {
            Source::Bytes { data, at } => {
                let end = at.checked_add(count).filter(|&end| end <= data.len());
                let Some(end) = end else { return Err(eof_error("marshal data too short")) };
                let bytes = &data[*at..end];
                *at = end;
                Ok(Cow::Borrowed(bytes))
            }
            Source::File(read) => {
                let size = int::from_i64(thread, count as i64)?;
                let got = call::call_one(thread, read, &size)?;
                let bytes = buffers::bytes_of(thread, &got)?.to_vec();
                if bytes.len() == count {
                    return Ok(Cow::Owned(bytes));
                }
                if bytes.len() > count {
                    return Err(value_error(format!(
                        "read() returned too much data: {count} bytes requested, {} returned",
                        bytes.len()
                    )));
                }
                Err(eof_error("EOF read where not expected"))
            }
        }
    }

    fn byte(&mut self, thread: &mut Thread) -> Result<u8> {
        Ok(self.take(thread, 1)?[0])
    }

    fn long(&mut self, thread: &mut Thread) -> Result<i32> {
        let bytes = self.take(thread, 4)?;
        Ok(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn double(&mut self, thread: &mut Thread) -> Result<f64> {
        let bytes = self.take(thread, 8)?;
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes);
        Ok(f64::from_le_bytes(eight))
    }

    fn double_text(&mut self, thread: &mut Thread) -> Result<f64> {
        let length = self.byte(thread)?;
        let bytes = self.take(thread, length.into())?;
        let text = std::str::from_utf8(&bytes).map_err(|_| bad("float"))?;
        text.parse().map_err(|_| value_error(format!("could not convert string to float: '{text}'")))
    }

    fn size(&mut self, thread: &mut Thread, what: &str) -> Result<usize> {
        let size = self.long(thread)?;
        usize::try_from(size).map_err(|_| bad(&format!("{what} size out of range")))
    }

    /// A value that must be one.
    fn value(&mut self, thread: &mut Thread, what: &str) -> Result<Value> {
        match self.next(thread)? {
            Read::Value(value) => Ok(value),
            Read::Null => Err(type_error(format!("NULL object in marshal data for {what}"))),
        }
    }

    fn next(&mut self, thread: &mut Thread) -> Result<Read> {
        let kind = match &self.source {
            Source::Bytes { data, at } if *at >= data.len() => {
                return Err(eof_error("EOF read where object expected"));
            }
            Source::Bytes { .. } => self.byte(thread)?,
            Source::File(_) => self.byte(thread).map_err(|raised| {
                if raised.is(&runtime::error::EOF_ERROR) {
                    eof_error("EOF read where object expected")
                } else {
                    raised
                }
            })?,
        };
        if self.depth >= MAX_DEPTH {
            return Err(value_error("recursion limit exceeded"));
        }
        self.depth += 1;
        let result = self.of_kind(thread, kind & !FLAG_REF, kind & FLAG_REF != 0);
        self.depth -= 1;
        result
    }

    /// Keeps a finished value for references.
    fn keep(&mut self, value: Value, flagged: bool) -> Read {
        if flagged {
            self.known.push(Some(value.clone()));
        }
        Read::Value(value)
    }

    /// A place for a value that is not finished.
    fn reserve(&mut self, flagged: bool) -> Option<usize> {
        flagged.then(|| {
            self.known.push(None);
            self.known.len() - 1
        })
    }

    fn fill(&mut self, place: Option<usize>, value: Value) -> Read {
        if let Some(place) = place {
            self.known[place] = Some(value.clone());
        }
        Read::Value(value)
    }

    fn of_kind(&mut self, thread: &mut Thread, kind: u8, flagged: bool) -> Result<Read> {
        let value = match kind {
            b'0' => return Ok(Read::Null),
            b'N' => return Ok(Read::Value(Value::none())),
            b'F' => return Ok(Read::Value(Value::from_bool(false))),
            b'T' => return Ok(Read::Value(Value::from_bool(true))),
            b'.' => return Ok(Read::Value(Value::ellipsis())),
            b'S' => return Ok(Read::Value(STOP_ITERATION.value())),
            b'r' => {
                let number = self.long(thread)?;
                let known = usize::try_from(number).ok().and_then(|number| self.known.get(number));
                return match known {
                    Some(Some(value)) => Ok(Read::Value(value.clone())),
                    _ => Err(bad("invalid reference")),
                };
            }
            b'i' => {
                let number = self.long(thread)?;
                int::from_i64(thread, number.into())?
            }
            b'I' => {
                let bytes = self.take(thread, 8)?;
                let mut eight = [0; 8];
                eight.copy_from_slice(&bytes);
                int::from_i64(thread, i64::from_le_bytes(eight))?
            }
            b'l' => self.big_int(thread)?,
            b'f' => {
                let number = self.double_text(thread)?;
                float::new(thread, number)?
            }
            b'g' => {
                let number = self.double(thread)?;
                float::new(thread, number)?
            }
            b'x' => {
                let (real, imaginary) = (self.double_text(thread)?, self.double_text(thread)?);
                complex::new(thread, real, imaginary)?
            }
            b'y' => {
                let (real, imaginary) = (self.double(thread)?, self.double(thread)?);
                complex::new(thread, real, imaginary)?
            }
            b's' => {
                let size = self.size(thread, "bytes object")?;
                let bytes = self.take(thread, size)?;
                Bytes::new(thread, &bytes)?
            }
            b'a' | b'A' | b'z' | b'Z' | b't' | b'u' => self.text(thread, kind)?,
            b'(' | b')' => return self.tuple(thread, kind, flagged),
            b'[' => return self.list(thread, flagged),
            b'{' => return self.dict(thread, flagged),
            b'<' | b'>' => return self.set(thread, kind, flagged),
            b'c' => {
                if !self.allow_code {
                    return Err(value_error("unmarshalling code objects is disallowed"));
                }
                let place = self.reserve(flagged);
                let code = self.code(thread)?;
                return Ok(self.fill(place, code));
            }
            b':' => {
                let place = self.reserve(flagged);
                let start = self.value(thread, "slice")?;
                let stop = self.value(thread, "slice")?;
                let step = self.value(thread, "slice")?;
                let slice = slice::new(thread, start, stop, step)?;
                return Ok(self.fill(place, slice));
            }
            _ => return Err(bad("unknown type code")),
        };
        Ok(self.keep(value, flagged))
    }

    fn big_int(&mut self, thread: &mut Thread) -> Result<Value> {
        let count = self.long(thread)?;
        if count == i32::MIN {
            return Err(bad("long size out of range"));
        }
        let size = count.unsigned_abs() as usize;
        let bytes = self.take(thread, size * 2)?;
        let (mut out, mut held, mut bits) = (Vec::with_capacity(size * 2), 0u32, 0);
        for (index, pair) in bytes.chunks_exact(2).enumerate() {
            let digit = u16::from_le_bytes([pair[0], pair[1]]);
            if digit > 0x7fff {
                return Err(bad("digit out of range in long"));
            }
            if digit == 0 && index + 1 == size {
                return Err(bad("unnormalized long data"));
            }
            held |= u32::from(digit) << bits;
            bits += 15;
            while bits >= 8 {
                out.push(held as u8);
                held >>= 8;
                bits -= 8;
            }
        }
        out.push(held as u8);
        let magnitude = BigUint::from_bytes_le(&out);
        let sign = if count < 0 { Sign::Minus } else { Sign::Plus };
        int::from_bigint(thread, BigInt::from_biguint(sign, magnitude))
    }

    fn text(&mut self, thread: &mut Thread, kind: u8) -> Result<Value> {
        let size = match kind {
            b'z' | b'Z' => usize::from(self.byte(thread)?),
            _ => self.size(thread, "string")?,
        };
        let bytes = self.take(thread, size)?;
        let value = match (kind, std::str::from_utf8(&bytes)) {
            (b'a' | b'A' | b'z' | b'Z', _) => Str::from_latin1(thread, &bytes)?,
            (_, Ok(text)) => Str::new(thread, text)?,
            (_, Err(_)) => {
                let object = Bytes::new(thread, &bytes)?;
                codecs::decode(thread, &object, &bytes, Some("utf-8"), Some("surrogatepass"))?
            }
        };
        Ok(match kind {
            b'A' | b'Z' | b't' => runtime::types::str::intern(thread, &value),
            _ => value,
        })
    }

    fn items(&mut self, thread: &mut Thread, count: usize, what: &str) -> Result<Vec<Value>> {
        // What the data claims is not believed before it is there.
        let mut items = Vec::with_capacity(count.min(4096));
        for _ in 0..count {
            items.push(self.value(thread, what)?);
        }
        Ok(items)
    }

    fn tuple(&mut self, thread: &mut Thread, kind: u8, flagged: bool) -> Result<Read> {
        let count = match kind {
            b')' => usize::from(self.byte(thread)?),
            _ => self.size(thread, "tuple")?,
        };
        let place = self.reserve(flagged);
        let items = self.items(thread, count, "tuple")?;
        let tuple = Tuple::new(thread, items)?;
        Ok(self.fill(place, tuple))
    }

    fn list(&mut self, thread: &mut Thread, flagged: bool) -> Result<Read> {
        let count = self.size(thread, "list")?;
        let list = List::new(thread, Vec::new())?;
        let read = self.keep(list.clone(), flagged);
        if let Some(object) = cast::<List>(&list) {
            for _ in 0..count {
                let item = self.value(thread, "list")?;
                object.push(thread, item)?;
            }
        }
        Ok(read)
    }

    fn dict(&mut self, thread: &mut Thread, flagged: bool) -> Result<Read> {
        let dict = Dict::new(thread)?;
        let read = self.keep(dict.clone(), flagged);
        if let Some(object) = cast::<Dict>(&dict) {
            while let Read::Value(key) = self.next(thread)? {
                let Read::Value(value) = self.next(thread)? else { break };
                object.set(thread, &key, value)?;
            }
        }
        Ok(read)
    }

    fn set(&mut self, thread: &mut Thread, kind: u8, flagged: bool) -> Result<Read> {
        let count = self.size(thread, "set")?;
        if kind == b'<' {
            let set = Set::new(thread)?;
            let read = self.keep(set.clone(), flagged);
            if let Some(object) = cast::<Set>(&set) {
                for _ in 0..count {
                    let item = self.value(thread, "set")?;
                    object.add(thread, &item)?;
                }
            }
            return Ok(read);
        }
        let place = self.reserve(flagged);
        let set = FrozenSet::new(thread)?;
        if let Some(object) = cast::<FrozenSet>(&set) {
            for _ in 0..count {
                let item = self.value(thread, "set")?;
                object.add(thread, &item)?;
            }
        }
        Ok(self.fill(place, set))
    }

    fn bytes_part(&mut self, thread: &mut Thread) -> Result<Box<[u8]>> {
        let value = self.value(thread, "code object")?;
        match cast::<Bytes>(&value) {
            Some(bytes) => Ok(bytes.bytes().into()),
            None => Err(type_error("code: a part that must be bytes is not")),
        }
    }

    fn str_part(&mut self, thread: &mut Thread) -> Result<Value> {
        let value = self.value(thread, "code object")?;
        if is_str(&value) { Ok(value) } else { Err(type_error("code: a part that must be a str is not")) }
    }

    fn tuple_part(&mut self, thread: &mut Thread) -> Result<Value> {
        let value = self.value(thread, "code object")?;
        if cast::<Tuple>(&value).is_some() {
            Ok(value)
        } else {
            Err(type_error("code: a part that must be a tuple is not"))
        }
    }

    fn count(&mut self, thread: &mut Thread) -> Result<u32> {
        let number = self.long(thread)?;
        u32::try_from(number).map_err(|_| value_error("code: a count is negative"))
    }

    fn code(&mut self, thread: &mut Thread) -> Result<Value> {
        let argcount = self.count(thread)?;
        let posonlyargcount = self.count(thread)?;
        let kwonlyargcount = self.count(thread)?;
        let stacksize = self.count(thread)?;
        let flags = self.long(thread)? as u32;
        let code = self.bytes_part(thread)?;
        let consts = self.tuple_part(thread)?;
        let names = self.tuple_part(thread)?;
        let localsplusnames = self.tuple_part(thread)?;
        let localspluskinds = self.bytes_part(thread)?;
        let filename = self.str_part(thread)?;
        let name = self.str_part(thread)?;
        let qualname = self.str_part(thread)?;
        let first_line = self.long(thread)?;
        let linetable = self.bytes_part(thread)?;
        let exceptiontable = self.bytes_part(thread)?;
        ops::memory_poll(thread)?;
        let payload = Code {
            name,
            qualname,
            filename,
            first_line,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            code,
            consts,
            names,
            localsplusnames,
            localspluskinds,
            linetable,
            exceptiontable,
            instructions: Prepared::default(),
            trust: Trust::Full,
        };
        code::new(thread, payload)
    }
}
