//! Between the pure encodings and Python: faults become exceptions, exceptions go to error handlers, and what these
//! return becomes replacements.

use memory::Value;
use text::codec::{DecodeErrors, EncodeErrors, Errors, Fault, Replacement, Standard};
use text::{Text, View};
use threads::Thread;

use super::handlers;
use crate::class::ClassDef;
use crate::error::{
    Raised, Result, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, index_error, memory_error, type_error,
};
use crate::object::cast;
use crate::types::exception::{field, set_field};
use crate::types::{Bytes, BytesExt, Str, StrExt, Tuple, TupleExt, int};

/// An error handler at work on one input.
pub struct Handler<'a> {
    thread: &'a mut Thread,
    name: &'a str,
    /// What is decoded or encoded.
    object: &'a Value,
    /// The bytes that are decoded.
    bytes: &'a [u8],
    /// The handler, once it has been looked up.
    callback: Option<Value>,
    /// The exception that is handed to it, made at the first fault.
    exception: Option<Value>,
    /// The bytes that it was made with.
    shown: Option<Value>,
}

/// An exception of `class` for `fault` in `object`.
fn exception(thread: &mut Thread, class: &'static ClassDef, object: &Value, fault: &Fault) -> Result<Value> {
    let args = [
        Str::new(thread, fault.encoding)?,
        object.clone(),
        int::from_i64(thread, fault.start as i64)?,
        int::from_i64(thread, fault.end as i64)?,
        Str::new(thread, fault.reason)?,
    ];
    crate::call::call_positional(thread, &class.value(), &args)
}

/// The UnicodeDecodeError for `fault` in `bytes`, which are those of `object`.
pub fn decode_error(thread: &mut Thread, object: &Value, bytes: &[u8], fault: &Fault) -> Raised {
    let made = if cast::<Bytes>(object).is_some_and(|object| object.bytes().len() == bytes.len()) {
        exception(thread, &UNICODE_DECODE_ERROR, object, fault)
    } else {
        Bytes::new(thread, bytes).and_then(|object| exception(thread, &UNICODE_DECODE_ERROR, &object, fault))
    };
    made.map_or_else(|raised| raised, Raised::new)
}

/// The UnicodeEncodeError for `fault` in the str `object`.
pub fn encode_error(thread: &mut Thread, object: &Value, fault: &Fault) -> Raised {
    exception(thread, &UNICODE_ENCODE_ERROR, object, fault).map_or_else(|raised| raised, Raised::new)
}

impl<'a> Handler<'a> {
    /// The handler called `name`, for encoding the str `object`.
    pub fn of_str(thread: &'a mut Thread, object: &'a Value, name: &'a str) -> Self {
        Self { thread, name, object, bytes: &[], callback: None, exception: None, shown: None }
    }

    /// The handler called `name`, for decoding `bytes`, which are those of `object`.
    pub fn of_bytes(thread: &'a mut Thread, object: &'a Value, bytes: &'a [u8], name: &'a str) -> Self {
        Self { thread, name, object, bytes, callback: None, exception: None, shown: None }
    }

    /// The thread, for who looks something up on the way.
    pub fn thread(&mut self) -> &mut Thread {
        self.thread
    }

    fn view(&self) -> View<'a> {
        cast::<Str>(self.object).map_or(View::Latin1(b""), |text| text.view())
    }

    /// The bytes that a handler has put into the exception in the place of those that are being decoded.
    fn replaced(&mut self) -> Result<Option<Value>> {
        let Some(exception) = &self.exception else { return Ok(None) };
        let now = field(self.thread, exception, "object");
        match (now, &self.shown) {
            (Some(now), Some(shown)) if now.is(shown) => Ok(None),
            (Some(now), _) if cast::<Bytes>(&now).is_some() => Ok(Some(now)),
            _ => Err(type_error("UnicodeError 'object' attribute must be a bytes")),
        }
    }

    /// Calls the registered handler with the exception for `fault`: the replacement, and where to go on.
    fn call(
        &mut self,
        class: &'static ClassDef,
        fault: &Fault,
        len: usize,
        wanted: &str,
    ) -> Result<(Value, usize)> {
        if self.callback.is_none() {
            self.callback = Some(handlers::look_up(self.thread, self.name)?);
        }
        match &self.exception {
            None => {
                let raised = if std::ptr::eq(class, &UNICODE_DECODE_ERROR) {
                    decode_error(self.thread, self.object, self.bytes, fault)
                } else {
                    encode_error(self.thread, self.object, fault)
                };
                if !raised.is(class) {
                    return Err(raised);
                }
                let exception = raised.into_value();
                self.shown = field(self.thread, &exception, "object");
                self.exception = Some(exception);
            }
            Some(exception) => {
                let start = int::from_i64(self.thread, fault.start as i64)?;
                let end = int::from_i64(self.thread, fault.end as i64)?;
                let reason = Str::new(self.thread, fault.reason)?;
                set_field(self.thread, exception, "start", start);
                set_field(self.thread, exception, "end", end);
                set_field(self.thread, exception, "reason", reason);
            }
        }
        let (Some(callback), Some(exception)) = (&self.callback, &self.exception) else {
            return Err(memory_error());
        };
        let answer = crate::call::call_one(self.thread, callback, exception)?;
        let wrong = || type_error(format!("{wanted}, int) tuple"));
        let Some(answer) = cast::<Tuple>(&answer) else { return Err(wrong()) };
        let [replacement, position] = answer.items() else { return Err(wrong()) };
        if !int::is_int(position) {
            return Err(wrong());
        }
        let decodes = std::ptr::eq(class, &UNICODE_DECODE_ERROR);
        let (replacement, position) = (replacement.clone(), position.clone());
        let other = if decodes { self.replaced()? } else { None };
        let len = other.as_ref().and_then(cast::<Bytes>).map_or(len, |other| other.bytes().len());
        let told = int::to_isize_clipped(&position);
        let position = if told < 0 { told.saturating_add_unsigned(len) } else { told };
        match usize::try_from(position) {
            Ok(position) if position <= len => Ok((replacement, position)),
            _ => Err(index_error(format!("position {position} from error handler out of bounds"))),
        }
    }
}

impl DecodeErrors for Handler<'_> {
    type Error = Raised;

    fn handle(&mut self, fault: &Fault) -> Result<(Text, usize)> {
        if let Some(errors) = Errors::from_name(self.name) {
            let result = DecodeErrors::handle(&mut Standard::new(errors, self.bytes), fault);
            return result.map_err(|fault| decode_error(self.thread, self.object, self.bytes, &fault));
        }
        const WANTED: &str = "decoding error handler must return (str";
        let (text, position) = self.call(&UNICODE_DECODE_ERROR, fault, self.bytes.len(), WANTED)?;
        let Some(text) = cast::<Str>(&text) else {
            return Err(type_error(format!("{WANTED}, int) tuple")));
        };
        let Some(other) = self.replaced()? else { return Ok((Text::narrow(text.view()), position)) };
        // What the handler wants to be decoded instead is decoded here, and nothing of the rest is.
        crate::state::check_stack(self.thread, "")?;
        // Another thread may have exchanged them once more.
        let rest = cast::<Bytes>(&other).and_then(|other| other.bytes().get(position..)).unwrap_or_default();
        let rest = Bytes::new(self.thread, rest)?;
        let bytes = cast::<Bytes>(&rest).map_or(&[][..], |rest| rest.bytes());
        // Exceptions call these two by names that are no encodings'.
        let encoding = match fault.encoding {
            "unicodeescape" => "unicode_escape",
            "rawunicodeescape" => "raw_unicode_escape",
            other => other,
        };
        let rest = super::decode(self.thread, &rest, bytes, Some(encoding), Some(self.name))?;
        let mut whole = text::Builder::new();
        whole.push_view(text.view());
        if let Some(rest) = cast::<Str>(&rest) {
            whole.reserve_view(rest.view())?;
            whole.push_view(rest.view());
        }
        Ok((whole.finish(), self.bytes.len()))
    }
}

impl EncodeErrors for Handler<'_> {
    type Error = Raised;

    fn handle(&mut self, fault: &Fault) -> Result<(Replacement, usize)> {
        let view = self.view();
        if let Some(errors) = Errors::from_name(self.name) {
            let result = EncodeErrors::handle(&mut Standard::new(errors, view), fault);
            return result.map_err(|fault| encode_error(self.thread, self.object, &fault));
        }
        const WANTED: &str = "encoding error handler must return (str/bytes";
        let len = text::Chars::len(&view);
        let (replacement, position) = self.call(&UNICODE_ENCODE_ERROR, fault, len, WANTED)?;
        if let Some(text) = cast::<Str>(&replacement) {
            return Ok((Replacement::Text(Text::narrow(text.view())), position));
        }
        match cast::<Bytes>(&replacement) {
            Some(bytes) => Ok((Replacement::Bytes(bytes.bytes().to_vec()), position)),
            None => Err(type_error(format!("{WANTED}, int) tuple"))),
        }
    }

    fn raise(&mut self, fault: &Fault) -> Raised {
        encode_error(self.thread, self.object, fault)
    }
}
