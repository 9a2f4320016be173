//! Newlines of all kinds: `IncrementalNewlineDecoder`, and the translation that it and the text streams share.

use memory::{Exclusive, Guarded, Object, Slot, Value};
use runtime::Thread;
use runtime::class::{Type, TypeExt, class_of};
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Args, Slots};
use runtime::object::cast;
use runtime::types::{Bytes, Str, StrExt, Tuple, TupleExt, int};
use runtime::{call, ops};
use text::{Builder, Chars, View};
use threads::sync::atomic::{AtomicU8, Ordering};

use super::method;

const CR: u32 = b'\r' as u32;
const LF: u32 = b'\n' as u32;

/// `\r` has been seen.
pub const SEEN_CR: u8 = 1;
/// `\n` has been seen.
pub const SEEN_LF: u8 = 2;
/// `\r\n` has been seen.
pub const SEEN_CRLF: u8 = 4;

/// What has been seen of newlines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Newlines {
    /// A `\r` at the end has been held back: it may be half of a `\r\n`.
    pub pending_cr: bool,
    /// Whether `\n` takes the place of the others.
    pub translate: bool,
    /// Which have been seen.
    pub seen: u8,
}

impl Newlines {
    /// Takes the next piece of text; what comes of it.
    ///
    /// # Errors
    /// MemoryError.
    pub fn feed(&mut self, thread: &mut Thread, piece: &Value, last: bool) -> Result<Value> {
        let Some(text) = cast::<Str>(piece) else {
            return Err(type_error("decoder should return a string result"));
        };
        let view = text.view();
        let has_cr = text::search::find_char(view, CR).is_some();
        if !self.pending_cr && !has_cr {
            if self.seen & SEEN_LF == 0 && text::search::find_char(view, LF).is_some() {
                self.seen |= SEEN_LF;
            }
            return Ok(piece.clone());
        }
        if self.pending_cr && view.is_empty() && !last {
            return Ok(piece.clone());
        }
        let mut end = view.len();
        let starts_with_cr = std::mem::take(&mut self.pending_cr);
        // Before anything is counted: a last `\r` waits for what follows it.
        if !last && view.len() > 0 && view.at(end - 1) == CR {
            end -= 1;
            self.pending_cr = true;
        }
        let mut out = Builder::with_capacity(end + 1);
        let mut at = 0;
        if starts_with_cr {
            if end > 0 && view.at(0) == LF {
                self.push_newline(&mut out, SEEN_CRLF);
                at = 1;
            } else {
                self.push_newline(&mut out, SEEN_CR);
            }
        }
        let mut start = at;
        while at < end {
            let code = view.at(at);
            if code != CR && code != LF {
                at += 1;
                continue;
            }
            out.push_view(view.slice(start..at));
            if code == LF {
                self.push_newline(&mut out, SEEN_LF);
                at += 1;
            } else if at + 1 < end && view.at(at + 1) == LF {
                self.push_newline(&mut out, SEEN_CRLF);
                at += 2;
            } else {
                self.push_newline(&mut out, SEEN_CR);
                at += 1;
            }
            start = at;
        }
        out.push_view(view.slice(start..end));
        Str::from_text(thread, &out.finish())
    }

    fn push_newline(&mut self, out: &mut Builder, kind: u8) {
        self.seen |= kind;
        match kind {
            _ if self.translate => out.push(LF),
            SEEN_CR => out.push(CR),
            SEEN_LF => out.push(LF),
            _ => {
                out.push(CR);
                out.push(LF);
            }
        }
    }
}

/// What `newlines` answers for what has been seen.
///
/// # Errors
/// MemoryError.
pub fn seen_value(thread: &mut Thread, seen: u8) -> Result<Value> {
    let kinds = [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")];
    let found: Vec<&str> = kinds.iter().filter(|(kind, _)| seen & kind != 0).map(|(_, text)| *text).collect();
    match &found[..] {
        [] => Ok(Value::none()),
        [one] => Str::new(thread, one),
        more => {
            let items = more.iter().map(|text| Str::new(thread, text)).collect::<Result<Vec<_>>>()?;
            Tuple::new(thread, items)
        }
    }
}

/// Where the first line of `text` ends, from `start` on: just behind its newline. `universal`: any newline ends a line;
/// otherwise `newline` does.
pub fn line_end(text: View<'_>, start: usize, universal: bool, newline: &str) -> Option<usize> {
    let rest = text.slice(start..text.len());
    if universal {
        let cr = text::search::find_char(rest, CR);
        let lf = text::search::find_char(rest, LF);
        return match (cr, lf) {
            (Some(cr), Some(lf)) if lf < cr => Some(start + lf + 1),
            (Some(cr), _) if cr + 1 < rest.len() && rest.at(cr + 1) == LF => Some(start + cr + 2),
            (Some(cr), _) => Some(start + cr + 1),
            (None, lf) => lf.map(|lf| start + lf + 1),
        };
    }
    match newline.as_bytes() {
        [one] => text::search::find_char(rest, (*one).into()).map(|at| start + at + 1),
        more => text::search::find(rest, View::Latin1(more)).map(|at| start + at + more.len()),
    }
}

/// A decoder that translates newlines behind another one.
#[native::class(
    "IncrementalNewlineDecoder",
    module = "_io",
    basetype,
    methods,
    slots = slots,
    object_new = new,
    signature = "(decoder, translate, errors='strict')",
    doc = "Codec used when reading a file in universal newlines mode.\n\nIt wraps another incremental decoder, translating \\r\\n and \\r into \\n.\nIt also records the types of newlines encountered.  When used with\ntranslate=False, it ensures that the newline sequence is returned in\none piece. When used with decoder=None, it expects unicode strings as\ndecode input and translates newlines without first invoking an external\ndecoder."
)]
pub struct IncrementalNewlineDecoder {
    #[trace]
    decoder: Slot,
    initialized: AtomicU8,
    #[untraced]
    newlines: Guarded<Newlines>,
}

fn slots(slots: &Slots) {
    slots.init.set(init);
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    runtime::types::instance::check_new(thread, class, args)?;
    let payload = IncrementalNewlineDecoder {
        decoder: Slot::new(None),
        initialized: AtomicU8::new(0),
        newlines: Guarded::new(Newlines::default()),
    };
    runtime::object::new_of(thread, class, payload)
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(this) = cast::<IncrementalNewlineDecoder>(value) else { return Ok(()) };
    let given = args.positionals();
    let (mut decoder, mut translate) = (given.first().cloned(), given.get(1).cloned());
    for (key, value) in args.keywords() {
        match cast::<Str>(key).map(|key| key.to_string_lossy()).as_deref() {
            Some("decoder") => decoder = Some(value.clone()),
            Some("translate") => translate = Some(value.clone()),
            Some("errors") => {}
            other => {
                return Err(type_error(format!(
                    "IncrementalNewlineDecoder() got an unexpected keyword argument '{}'",
                    other.unwrap_or_default()
                )));
            }
        }
    }
    let Some(decoder) = decoder else {
        return Err(type_error("IncrementalNewlineDecoder() missing required argument 'decoder' (pos 1)"));
    };
    let Some(translate) = translate else {
        return Err(type_error("IncrementalNewlineDecoder() missing required argument 'translate' (pos 2)"));
    };
    let translate = ops::is_true(thread, &translate)?;
    drop(this.payload().decoder.replace(thread, this.header(), Some(decoder)));
    edit(thread, this, |newlines| *newlines = Newlines { translate, ..Newlines::default() });
    this.payload().initialized.store(1, Ordering::Release);
    Ok(())
}

fn edit<R>(
    thread: &mut Thread,
    this: &Object<IncrementalNewlineDecoder>,
    f: impl FnOnce(&mut Newlines) -> R,
) -> R {
    let mut section = Exclusive::open(thread, this);
    f(section.get(|this| &this.newlines))
}

fn decoder_of(this: &Object<IncrementalNewlineDecoder>) -> Result<Option<Value>> {
    if this.payload().initialized.load(Ordering::Acquire) == 0 {
        return Err(value_error("IncrementalNewlineDecoder.__init__() not called"));
    }
    Ok(this.payload().decoder.get(this.header()).filter(|decoder| !decoder.is_none()))
}

/// Which newlines a decoder of this type has seen; `None` for another type.
pub fn seen_by(thread: &mut Thread, decoder: &Value) -> Option<u8> {
    let this = cast::<IncrementalNewlineDecoder>(decoder)?;
    Some(edit(thread, this, |newlines| newlines.seen))
}

#[native::methods(IncrementalNewlineDecoder, name = "IncrementalNewlineDecoder")]
mod methods {
    use super::*;

    /// Decodes what comes next, and translates its newlines.
    #[sig("($self, input, final=False)")]
    pub fn decode(
        th: &mut Thread,
        this: &Object<IncrementalNewlineDecoder>,
        input: &Value,
        r#final: bool,
    ) -> Result<Value> {
        let piece = match decoder_of(this)? {
            Some(decoder) => method(th, &decoder, "decode", &[input.clone(), Value::from_bool(r#final)])?,
            None => input.clone(),
        };
        if cast::<Str>(&piece).is_none() {
            return Err(type_error(format!(
                "decoder should return a string result, not '{}'",
                class_of(&piece).name_lossy()
            )));
        }
        // One thread's at a time is all that is promised: two that decode at once have their pieces mixed.
        let mut newlines = edit(th, this, |newlines| *newlines);
        let result = newlines.feed(th, &piece, r#final)?;
        edit(th, this, |state| *state = newlines);
        Ok(result)
    }

    /// The state, for `setstate`.
    pub fn getstate(th: &mut Thread, this: &Object<IncrementalNewlineDecoder>) -> Result<Value> {
        let (buffer, flag) = match decoder_of(this)? {
            Some(decoder) => {
                let state = method(th, &decoder, "getstate", &[])?;
                let items = cast::<Tuple>(&state).map(|state| state.items().to_vec());
                let Some([buffer, flag]) = items.as_deref() else {
                    return Err(type_error("illegal decoder state"));
                };
                (buffer.clone(), ops::index_i128(th, flag)?)
            }
            None => (Bytes::new(th, b"")?, 0),
        };
        let pending = edit(th, this, |newlines| newlines.pending_cr);
        let flag = int::from_i128(th, flag << 1 | i128::from(pending))?;
        Tuple::of_array(th, [buffer, flag])
    }

    /// Sets the state that `getstate` answered.
    pub fn setstate(th: &mut Thread, this: &Object<IncrementalNewlineDecoder>, state: &Value) -> Result<()> {
        let decoder = decoder_of(this)?;
        let Some(items) = cast::<Tuple>(state).map(|state| state.items().to_vec()) else {
            return Err(type_error("state argument must be a tuple"));
        };
        let [buffer, flag] = &items[..] else { return Err(type_error("illegal decoder state")) };
        let flag = ops::index_i128(th, flag)?;
        edit(th, this, |newlines| newlines.pending_cr = flag & 1 != 0);
        if let Some(decoder) = decoder {
            let flag = int::from_i128(th, flag >> 1)?;
            let inner = Tuple::of_array(th, [buffer.clone(), flag])?;
            method(th, &decoder, "setstate", &[inner])?;
        }
        Ok(())
    }

    /// Forgets everything.
    pub fn reset(th: &mut Thread, this: &Object<IncrementalNewlineDecoder>) -> Result<()> {
        let decoder = decoder_of(this)?;
        edit(th, this, |newlines| (newlines.seen, newlines.pending_cr) = (0, false));
        if let Some(decoder) = decoder {
            method(th, &decoder, "reset", &[])?;
        }
        Ok(())
    }

    /// which newlines have been seen
    #[getter]
    pub fn newlines(th: &mut Thread, this: &Object<IncrementalNewlineDecoder>) -> Result<Value> {
        decoder_of(this)?;
        let seen = edit(th, this, |newlines| newlines.seen);
        seen_value(th, seen)
    }
}

/// Calls a decoder's `decode`.
///
/// # Errors
/// What it raises; TypeError if it answers no str.
pub fn decode_with(thread: &mut Thread, decoder: &Value, input: &Value, last: bool) -> Result<Value> {
    let name = runtime::interned!(thread, "decode")?;
    let piece = call::call_method(thread, decoder, name, &[input.clone(), Value::from_bool(last)])?;
    if cast::<Str>(&piece).is_none() {
        return Err(type_error(format!(
            "decoder should return a string result, not '{}'",
            class_of(&piece).name_lossy()
        )));
    }
    Ok(piece)
}
