//! `mmap`: files as memory.

use memory::{Exclusive, Guarded, Object, Value};
use runtime::Thread;
use runtime::class::{Slots, TypeExt};
use runtime::error::{
    OS_ERROR, Raised, Result, buffer_error, index_error, overflow_error, type_error, value_error,
};
use runtime::native::buffer::Buffer;
use runtime::native::{self, Args, Finalizer};
use runtime::object::cast;
use runtime::ops;
use runtime::system::mapping::Mapping;
use runtime::system::{files, numbers};
use runtime::types::sequence::{self, Subscript};
use runtime::types::slice::Slice;
use runtime::types::{Bytes, Str, buffers, int};
use threads::sync::atomic::{AtomicUsize, Ordering};

use crate::support;

const PAGE: i64 = 4096;

const CONSTANTS: &[(&str, i64)] = &[
    ("ACCESS_COPY", 3),
    ("ACCESS_DEFAULT", 0),
    ("ACCESS_READ", 1),
    ("ACCESS_WRITE", 2),
    ("ALLOCATIONGRANULARITY", PAGE),
    ("MADV_DODUMP", 17),
    ("MADV_DOFORK", 11),
    ("MADV_DONTDUMP", 16),
    ("MADV_DONTFORK", 10),
    ("MADV_DONTNEED", 4),
    ("MADV_FREE", 8),
    ("MADV_HUGEPAGE", 14),
    ("MADV_HWPOISON", 100),
    ("MADV_MERGEABLE", 12),
    ("MADV_NOHUGEPAGE", 15),
    ("MADV_NORMAL", 0),
    ("MADV_RANDOM", 1),
    ("MADV_REMOVE", 9),
    ("MADV_SEQUENTIAL", 2),
    ("MADV_UNMERGEABLE", 13),
    ("MADV_WILLNEED", 3),
    ("MAP_32BIT", 64),
    ("MAP_ANON", 32),
    ("MAP_ANONYMOUS", 32),
    ("MAP_DENYWRITE", 2048),
    ("MAP_EXECUTABLE", 4096),
    ("MAP_NORESERVE", 16384),
    ("MAP_POPULATE", 32768),
    ("MAP_PRIVATE", 2),
    ("MAP_SHARED", 1),
    ("MAP_STACK", 131072),
    ("PAGESIZE", PAGE),
    ("PROT_EXEC", 4),
    ("PROT_READ", 1),
    ("PROT_WRITE", 2),
];

/// What a program may do with the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Default,
    Read,
    Write,
    Copy,
}

/// A file's bytes as memory.
#[native::class(
    "mmap",
    module = "mmap",
    basetype,
    weakref,
    methods(methods),
    slots = slots,
    new = new,
    finalizer = Finalizer { wants: |_| true, run: finalize },
    doc = "mmap(fileno, length, flags=MAP_SHARED, prot=PROT_READ|PROT_WRITE, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)\n\nMaps length bytes of a file from offset on; all of it, if length is 0.  With a\nfileno of -1 the memory belongs to no file.  flags and prot are the system's;\naccess says instead of them whether the memory may only be read, may be written\nto, or is a copy that is written to without changing the file."
)]
pub struct Mmap {
    #[untraced]
    state: Guarded<State>,
    #[untraced]
    access: Access,
    offset: i64,
    flags: i32,
    track: bool,
}

#[derive(Debug)]
struct State {
    /// None when it is closed.
    mapping: Option<Mapping>,
    at: usize,
    loans: usize,
    /// A descriptor of the file of our own; -1 for none.
    fd: i32,
}

impl Drop for State {
    fn drop(&mut self) {
        if self.fd >= 0 {
            let _ = numbers::close(self.fd);
        }
    }
}

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.len.set(|thread, value| open(thread, this_of(value)?, |_, mapping| Ok(mapping.len())));
    slots.getitem.set(getitem);
    slots.setitem.set(setitem);
    slots.buffer.set(lend);
    slots.iter.set(|thread, value| {
        open(thread, this_of(value)?, |_, _| Ok(()))?;
        runtime::object::new(
            thread,
            MmapIterator { mmap: support::slot(value.clone()), next: AtomicUsize::new(0) },
        )
    });
}

fn this_of(value: &Value) -> Result<&Object<Mmap>> {
    cast::<Mmap>(value).ok_or_else(|| type_error("an mmap object is required"))
}

fn closed() -> Raised {
    value_error("mmap closed or invalid")
}

/// Runs `f` on where it stands and the memory.
fn open<R>(
    thread: &mut Thread,
    mmap: &Object<Mmap>,
    f: impl FnOnce(&mut usize, &Mapping) -> Result<R>,
) -> Result<R> {
    let mut section = Exclusive::open(thread, mmap);
    let State { mapping, at, .. } = section.get(|mmap| &mmap.state);
    match mapping {
        Some(mapping) => f(at, mapping),
        None => Err(closed()),
    }
}

fn check_writable(mmap: &Object<Mmap>) -> Result<()> {
    if mmap.payload().access == Access::Read {
        return Err(type_error("mmap can't modify a readonly memory map."));
    }
    Ok(())
}

fn c_int(thread: &mut Thread, value: &Value) -> Result<i32> {
    i32::try_from(ops::index_i128(thread, value)?)
        .map_err(|_| overflow_error("Python int too large to convert to C int"))
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    const NAMES: [&str; 7] = ["fileno", "length", "flags", "prot", "access", "offset", "trackfd"];
    let given = args.positionals();
    if given.len() > 6 {
        let count = given.len();
        return Err(type_error(format!("mmap() takes at most 6 positional arguments ({count} given)")));
    }
    let mut bound: [Option<Value>; 7] = [const { None }; 7];
    for (slot, value) in bound.iter_mut().zip(given) {
        *slot = Some(value.clone());
    }
    for (key, value) in args.keywords() {
        let key = support::keyword(key);
        match NAMES.iter().position(|&name| name == key) {
            Some(index) if bound[index].is_none() => bound[index] = Some(value.clone()),
            Some(index) => {
                return Err(type_error(format!(
                    "argument for function given by name ('{key}') and position ({})",
                    index + 1
                )));
            }
            None => return Err(type_error(format!("mmap() got an unexpected keyword argument '{key}'"))),
        }
    }
    let [fileno, length, flags, protection, access, offset, track] = bound;
    let missing =
        |what: &str, at: usize| type_error(format!("function missing required argument '{what}' (pos {at})"));
    let fd = c_int(thread, &fileno.ok_or_else(|| missing("fileno", 1))?)?;
    let length = ops::index_isize(thread, &length.ok_or_else(|| missing("length", 2))?)?;
    let number = |thread: &mut Thread, value: &Option<Value>, default: i32| match value {
        Some(value) => c_int(thread, value),
        None => Ok(default),
    };
    const READ_WRITE: i32 = libc::PROT_READ | libc::PROT_WRITE;
    let mut flags_number = number(thread, &flags, libc::MAP_SHARED)?;
    let mut protection_number = number(thread, &protection, READ_WRITE)?;
    let access_number = number(thread, &access, 0)?;
    let offset = match &offset {
        Some(offset) => i64::try_from(ops::index_i128(thread, offset)?)
            .map_err(|_| overflow_error("Python int too large to convert to C long"))?,
        None => 0,
    };
    let track = match &track {
        Some(track) => ops::is_true(thread, track)?,
        None => true,
    };
    let Ok(mut length) = usize::try_from(length) else {
        return Err(overflow_error("memory mapped length must be positive"));
    };
    if offset < 0 {
        return Err(overflow_error("memory mapped offset must be positive"));
    }
    if access_number != 0 && (flags_number != libc::MAP_SHARED || protection_number != READ_WRITE) {
        return Err(value_error("mmap can't specify both access and flags, prot."));
    }
    let access = match access_number {
        0 => match (protection_number & libc::PROT_READ != 0, protection_number & libc::PROT_WRITE != 0) {
            (true, true) => Access::Default,
            (_, true) => Access::Write,
            _ => Access::Read,
        },
        1 => {
            (flags_number, protection_number) = (libc::MAP_SHARED, libc::PROT_READ);
            Access::Read
        }
        2 => {
            (flags_number, protection_number) = (libc::MAP_SHARED, READ_WRITE);
            Access::Write
        }
        3 => {
            (flags_number, protection_number) = (libc::MAP_PRIVATE, READ_WRITE);
            Access::Copy
        }
        _ => return Err(value_error("mmap invalid access parameter.")),
    };
    if fd != -1 {
        check_size(fd, offset, &mut length)?;
    }
    let mut own = -1;
    if fd == -1 {
        flags_number |= libc::MAP_ANONYMOUS;
    } else if track {
        own = files::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0).map_err(|error| support::raise(thread, &error))?;
    }
    // Closes the descriptor if what follows fails.
    let mut state = State { mapping: None, at: 0, loans: 0, fd: own };
    let mapped = thread.detached(|| Mapping::new(fd, length, protection_number, flags_number, offset));
    state.mapping = Some(mapped.map_err(|error| support::raise(thread, &error))?);
    let mmap = Mmap { state: Guarded::new(state), access, offset, flags: flags_number, track };
    support::make(thread, class, mmap)
}

/// Looks whether a file has the bytes that are asked for; takes all that it has for a length of zero.
fn check_size(fd: i32, offset: i64, length: &mut usize) -> Result<()> {
    let Ok(status) = files::fstat(fd) else { return Ok(()) };
    if status.mode & libc::S_IFMT != libc::S_IFREG {
        return Ok(());
    }
    if *length == 0 {
        if status.size == 0 {
            return Err(value_error("cannot mmap an empty file"));
        }
        if offset >= status.size {
            return Err(value_error("mmap offset is greater than file size"));
        }
        *length =
            usize::try_from(status.size - offset).map_err(|_| value_error("mmap length is too large"))?;
    } else if offset > status.size || (status.size - offset) < *length as i64 {
        return Err(value_error("mmap length is greater than file size"));
    }
    Ok(())
}

fn finalize(thread: &mut Thread, value: &Value) {
    if let Some(mmap) = cast::<Mmap>(value) {
        drop(take(thread, mmap));
    }
}

/// What is to be dropped when it is closed; none if somebody is lent the bytes.
fn take(thread: &mut Thread, mmap: &Object<Mmap>) -> Option<(Option<Mapping>, i32)> {
    let mut section = Exclusive::open(thread, mmap);
    let state = section.get(|mmap| &mmap.state);
    if state.loans > 0 {
        return None;
    }
    let taken = (state.mapping.take(), std::mem::replace(&mut state.fd, -1));
    drop(section);
    if taken.1 >= 0 {
        let _ = numbers::close(taken.1);
    }
    Some(taken)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let mmap = this_of(value)?;
    let name = runtime::class::class_of(value).full_name(thread);
    let found = open(thread, mmap, |at, mapping| Ok((*at, mapping.len())));
    let text = match found {
        Err(_) => format!("<{name} closed=True>"),
        Ok((at, length)) => {
            let access = match mmap.payload().access {
                Access::Default => "ACCESS_DEFAULT",
                Access::Read => "ACCESS_READ",
                Access::Write => "ACCESS_WRITE",
                Access::Copy => "ACCESS_COPY",
            };
            let offset = mmap.payload().offset;
            format!("<{name} closed=False, access={access}, length={length}, pos={at}, offset={offset}>")
        }
    };
    Str::new(thread, &text)
}

fn lend(thread: &mut Thread, value: &Value, writable: bool) -> Result<Buffer> {
    let mmap = this_of(value)?;
    let readonly = mmap.payload().access == Access::Read;
    if writable && readonly {
        return Err(buffer_error("Object is not writable."));
    }
    let mut section = Exclusive::open(thread, mmap);
    let state = section.get(|mmap| &mmap.state);
    let Some(mapping) = &state.mapping else { return Err(closed()) };
    let (pointer, length) = (mapping.pointer(), mapping.len());
    state.loans += 1;
    let mut buffer = Buffer::of_bytes(value.clone(), pointer, length, readonly);
    buffer.release = Some(|thread, value| {
        if let Some(mmap) = cast::<Mmap>(value) {
            let mut section = Exclusive::open(thread, mmap);
            let state = section.get(|mmap| &mmap.state);
            state.loans = state.loans.saturating_sub(1);
        }
    });
    Ok(buffer)
}

fn copied(mapping: &Mapping, at: usize, count: usize) -> Result<Vec<u8>> {
    let mut bytes = support::zeroed(count.min(mapping.len().saturating_sub(at)))?;
    mapping.read(at, &mut bytes);
    Ok(bytes)
}

fn subscript(thread: &mut Thread, key: &Value, message: &str) -> Result<Subscript> {
    if cast::<Slice>(key).is_none() && runtime::class::slots_of(key).index.get().is_none() {
        return Err(type_error(message));
    }
    sequence::subscript(thread, "mmap", key)
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let mmap = this_of(value)?;
    open(thread, mmap, |_, _| Ok(()))?;
    match subscript(thread, key, "mmap indices must be integers")? {
        Subscript::Index(index) => {
            let byte = open(thread, mmap, |_, mapping| {
                let index = ops::wrap_index(index, mapping.len())
                    .ok_or_else(|| index_error("mmap index out of range"))?;
                let mut byte = [0];
                mapping.read(index, &mut byte);
                Ok(byte[0])
            })?;
            int::from_i64(thread, byte.into())
        }
        Subscript::Span(span) => {
            let bytes = open(thread, mmap, |_, mapping| {
                let selection = span.select(mapping.len());
                if selection.step == 1 {
                    return copied(mapping, selection.start, selection.count);
                }
                let mut bytes = support::zeroed(selection.count)?;
                for (byte, index) in bytes.iter_mut().zip(selection.indices()) {
                    mapping.read(index, std::slice::from_mut(byte));
                }
                Ok(bytes)
            })?;
            Bytes::new(thread, &bytes)
        }
    }
}

fn setitem(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    let mmap = this_of(value)?;
    open(thread, mmap, |_, _| Ok(()))?;
    check_writable(mmap)?;
    let place = subscript(thread, key, "mmap indices must be integer")?;
    match (place, new) {
        (Subscript::Index(_), None) => Err(type_error("mmap doesn't support item deletion")),
        (Subscript::Span(_), None) => Err(type_error("mmap object doesn't support slice deletion")),
        (Subscript::Index(index), Some(new)) => {
            let find = |mapping: &Mapping| {
                ops::wrap_index(index, mapping.len()).ok_or_else(|| index_error("mmap index out of range"))
            };
            open(thread, mmap, |_, mapping| find(mapping))?;
            if runtime::class::slots_of(new).index.get().is_none() {
                return Err(type_error("mmap item value must be an int"));
            }
            let byte = u8::try_from(ops::index_i128(thread, new)?)
                .map_err(|_| value_error("mmap item value must be in range(0, 256)"))?;
            open(thread, mmap, |_, mapping| {
                mapping.write(find(mapping)?, &[byte]);
                Ok(())
            })
        }
        (Subscript::Span(span), Some(new)) => {
            let bytes = buffers::bytes_of(thread, new)?;
            open(thread, mmap, |_, mapping| {
                let selection = span.select(mapping.len());
                if selection.count != bytes.len() {
                    return Err(index_error("mmap slice assignment is wrong size"));
                }
                if selection.step == 1 {
                    mapping.write(selection.start, &bytes);
                } else {
                    for (byte, index) in bytes.iter().zip(selection.indices()) {
                        mapping.write(index, std::slice::from_ref(byte));
                    }
                }
                Ok(())
            })
        }
    }
}

/// Iterates over single bytes.
#[native::class("mmap_iterator", module = "mmap", disallow_instantiation, slots = iterator_slots)]
pub struct MmapIterator {
    #[trace]
    mmap: runtime::memory::Slot,
    next: AtomicUsize,
}

fn iterator_slots(slots: &Slots) {
    support::iterator(slots, |thread, value| {
        let Some(iterator) = cast::<MmapIterator>(value) else { return Ok(None) };
        let Some(value) = support::get(iterator, |iterator| &iterator.mmap) else { return Ok(None) };
        // Relaxed: a counter of its own.
        let at = iterator.payload().next.fetch_add(1, Ordering::Relaxed);
        let bytes = open(thread, this_of(&value)?, |_, mapping| copied(mapping, at, 1))?;
        if bytes.is_empty() { Ok(None) } else { Bytes::new(thread, &bytes).map(Some) }
    });
}

/// Where `find` and `rfind` look.
fn bounds(start: Option<isize>, end: Option<isize>, at: usize, length: usize) -> (usize, usize) {
    let clip = |bound: isize| sequence::search_bound(bound, length);
    let start = start.map_or(at.min(length), clip);
    let end = end.map_or(length, clip);
    (start, end)
}

fn find_in(
    thread: &mut Thread,
    mmap: &Object<Mmap>,
    view: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
    last: bool,
) -> Result<Option<usize>> {
    open(thread, mmap, |_, _| Ok(()))?;
    let wanted = buffers::bytes_of(thread, view)?;
    let mut limits = [None; 2];
    for (limit, given) in limits.iter_mut().zip([start, end]) {
        if let Some(given) = given {
            *limit = Some(ops::index_clipped(thread, given)?);
        }
    }
    open(thread, mmap, |at, mapping| {
        let (start, end) = bounds(limits[0], limits[1], *at, mapping.len());
        if start > end || wanted.len() > end - start {
            return Ok(None);
        }
        let bytes = copied(mapping, start, end - start)?;
        let mut windows = 0..=bytes.len() - wanted.len();
        let matches = |&index: &usize| bytes[index..].starts_with(&wanted);
        let found = if last { windows.rfind(matches) } else { windows.find(matches) };
        Ok(found.map(|index| start + index))
    })
}

#[native::methods(Mmap, name = "mmap")]
mod methods {
    use super::*;

    /// Unmap the memory; nothing can be done with it any more.
    pub fn close(th: &mut Thread, mmap: &Object<Mmap>) -> Result<()> {
        match take(th, mmap) {
            Some(taken) => {
                th.detached(move || drop(taken));
                Ok(())
            }
            None => Err(buffer_error("cannot close exported pointers exist")),
        }
    }

    /// The lowest index from which on the bytes are found, from where the position is; -1 for none.
    #[sig("($self, view, start=None, end=None, /)")]
    pub fn find(
        th: &mut Thread,
        mmap: &Object<Mmap>,
        view: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<i64> {
        Ok(find_in(th, mmap, view, start, end, false)?.map_or(-1, |at| at as i64))
    }

    /// The highest index from which on the bytes are found, from where the position is; -1 for none.
    #[sig("($self, view, start=None, end=None, /)")]
    pub fn rfind(
        th: &mut Thread,
        mmap: &Object<Mmap>,
        view: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<i64> {
        Ok(find_in(th, mmap, view, start, end, true)?.map_or(-1, |at| at as i64))
    }

    /// Store changes in the file.
    #[sig("($self, offset=0, size=None, /)")]
    pub fn flush(th: &mut Thread, mmap: &Object<Mmap>, offset: isize, size: Option<isize>) -> Result<()> {
        let access = mmap.payload().access;
        let flushed = open(th, mmap, |_, mapping| {
            let size = match size {
                Some(size) => size,
                None => mapping.len() as isize - offset,
            };
            let wrong = || value_error("flush values out of range");
            let at = usize::try_from(offset).map_err(|_| wrong())?;
            let size = usize::try_from(size).map_err(|_| wrong())?;
            if mapping.len().checked_sub(at).is_none_or(|rest| rest < size) {
                return Err(wrong());
            }
            if matches!(access, Access::Read | Access::Copy) {
                return Ok(Ok(()));
            }
            Ok(mapping.flush(at, size))
        })?;
        flushed.map_err(|error| support::raise(th, &error))
    }

    /// Tell the system what the bytes will be used for.
    #[sig("($self, option, start=0, length=None, /)")]
    pub fn madvise(
        th: &mut Thread,
        mmap: &Object<Mmap>,
        option: i32,
        start: isize,
        length: Option<isize>,
    ) -> Result<()> {
        let done = open(th, mmap, |_, mapping| {
            let length = match length {
                Some(length) => length,
                None => mapping.len() as isize,
            };
            let at = usize::try_from(start)
                .ok()
                .filter(|&at| at < mapping.len())
                .ok_or_else(|| value_error("madvise start out of bounds"))?;
            let length = usize::try_from(length).map_err(|_| value_error("madvise length invalid"))?;
            if length > isize::MAX as usize - at {
                return Err(overflow_error("madvise length too large"));
            }
            Ok(mapping.advise(at, length, option))
        })?;
        done.map_err(|error| support::raise(th, &error))
    }

    /// Copy count bytes from index src to index dest.
    #[sig("($self, dest, src, count, /)")]
    pub fn r#move(th: &mut Thread, mmap: &Object<Mmap>, dest: isize, src: isize, count: isize) -> Result<()> {
        open(th, mmap, |_, _| Ok(()))?;
        check_writable(mmap)?;
        open(th, mmap, |_, mapping| {
            let wrong = || value_error("source, destination, or count out of range");
            let to = usize::try_from(dest).map_err(|_| wrong())?;
            let from = usize::try_from(src).map_err(|_| wrong())?;
            let count = usize::try_from(count).map_err(|_| wrong())?;
            let fits = |at: usize| mapping.len().checked_sub(at).is_some_and(|rest| rest >= count);
            if !fits(to) || !fits(from) {
                return Err(wrong());
            }
            mapping.move_within(to, from, count);
            Ok(())
        })
    }

    /// Read at most n bytes, or all to the end.
    #[sig("($self, n=None, /)")]
    pub fn read(th: &mut Thread, mmap: &Object<Mmap>, n: Option<&Value>) -> Result<Value> {
        let most = match n {
            None => None,
            Some(n) if runtime::class::slots_of(n).index.get().is_none() => {
                let got = support::class_name(n);
                return Err(type_error(format!("argument should be integer or None, not '{got}'")));
            }
            Some(n) => usize::try_from(ops::index_isize(th, n)?).ok(),
        };
        let bytes = open(th, mmap, |at, mapping| {
            let bytes = copied(mapping, *at, most.unwrap_or(usize::MAX))?;
            *at += bytes.len();
            Ok(bytes)
        })?;
        Bytes::new(th, &bytes)
    }

    /// Read a byte as an int.
    pub fn read_byte(th: &mut Thread, mmap: &Object<Mmap>) -> Result<u8> {
        open(th, mmap, |at, mapping| {
            let bytes = copied(mapping, *at, 1)?;
            let byte = *bytes.first().ok_or_else(|| value_error("read byte out of range"))?;
            *at += 1;
            Ok(byte)
        })
    }

    /// Read to the end of the line, which is part of it.
    pub fn readline(th: &mut Thread, mmap: &Object<Mmap>) -> Result<Value> {
        let line = open(th, mmap, |at, mapping| {
            let mut line = Vec::new();
            let mut part = [0; 4096];
            loop {
                let count = mapping.read(*at, &mut part);
                let end = part[..count].iter().position(|&byte| byte == b'\n').map(|end| end + 1);
                let taken = end.unwrap_or(count);
                line.extend_from_slice(&part[..taken]);
                *at += taken;
                if end.is_some() || count == 0 {
                    return Ok(line);
                }
            }
        })?;
        Bytes::new(th, &line)
    }

    /// Make the memory, and the file, longer or shorter.
    #[sig("($self, newsize, /)")]
    pub fn resize(th: &mut Thread, mmap: &Object<Mmap>, newsize: isize) -> Result<()> {
        open(th, mmap, |_, _| Ok(()))?;
        let this = mmap.payload();
        let mut section = Exclusive::open(th, mmap);
        let state = section.get(|mmap| &mmap.state);
        if state.loans > 0 {
            return Err(buffer_error("mmap can't resize with extant buffers exported."));
        }
        if matches!(this.access, Access::Read | Access::Copy) {
            return Err(type_error("mmap can't resize a readonly or copy-on-write memory map."));
        }
        let Ok(size) = usize::try_from(newsize) else { return Err(value_error("new size out of range")) };
        if (newsize as i64).checked_add(this.offset).is_none() {
            return Err(value_error("new size out of range"));
        }
        if !this.track {
            return Err(value_error("mmap can't resize with trackfd=False."));
        }
        let Some(mapping) = &mut state.mapping else { return Err(super::closed()) };
        let is_shared = this.flags & libc::MAP_PRIVATE == 0;
        if state.fd < 0 && is_shared && size > mapping.len() {
            // The system would map more than there is memory behind.
            return Err(value_error("mmap: can't expand a shared anonymous mapping on Linux"));
        }
        let mut done = Ok(0);
        if state.fd >= 0 {
            done = numbers::ftruncate(state.fd, this.offset + newsize as i64);
        }
        let done = done.and_then(|_| mapping.resize(size));
        drop(section);
        done.map_err(|error| support::raise(th, &error))
    }

    /// Set the position; the new one. whence is 0 for from the start, 1 for from here, 2 for from the end.
    #[sig("($self, pos, whence=0, /)")]
    pub fn seek(th: &mut Thread, mmap: &Object<Mmap>, pos: isize, whence: i32) -> Result<usize> {
        open(th, mmap, |at, mapping| {
            let wrong = || value_error("seek out of range");
            let base = match whence {
                0 => 0,
                1 => *at,
                2 => mapping.len(),
                _ => return Err(value_error("unknown seek type")),
            };
            let to = base.checked_add_signed(pos).filter(|&to| to <= mapping.len()).ok_or_else(wrong)?;
            *at = to;
            Ok(to)
        })
    }

    /// Whether the position can be set: it can.
    pub fn seekable(mmap: &Object<Mmap>) -> bool {
        let _ = mmap;
        true
    }

    /// How many bytes the file has.
    pub fn size(th: &mut Thread, mmap: &Object<Mmap>) -> Result<i64> {
        open(th, mmap, |_, _| Ok(()))?;
        let fd = Exclusive::open(th, mmap).get(|mmap| &mmap.state).fd;
        let status = th.detached(|| files::fstat(fd)).map_err(|error| support::raise(th, &error))?;
        Ok(status.size)
    }

    /// The position.
    pub fn tell(th: &mut Thread, mmap: &Object<Mmap>) -> Result<usize> {
        open(th, mmap, |at, _| Ok(*at))
    }

    /// Write bytes; how many.
    #[sig("($self, bytes, /)")]
    pub fn write(th: &mut Thread, mmap: &Object<Mmap>, bytes: &Value) -> Result<usize> {
        open(th, mmap, |_, _| Ok(()))?;
        let data = buffers::bytes_of(th, bytes)?;
        check_writable(mmap)?;
        open(th, mmap, |at, mapping| {
            if mapping.len().checked_sub(*at).is_none_or(|rest| rest < data.len()) {
                return Err(value_error("data out of range"));
            }
            let count = mapping.write(*at, &data);
            *at += count;
            Ok(count)
        })
    }

    /// Write a byte that is given as an int.
    #[sig("($self, byte, /)")]
    pub fn write_byte(th: &mut Thread, mmap: &Object<Mmap>, byte: &Value) -> Result<()> {
        let byte = u8::try_from(ops::index_i128(th, byte)?)
            .map_err(|_| overflow_error("unsigned byte integer is greater than maximum"))?;
        open(th, mmap, |_, _| Ok(()))?;
        check_writable(mmap)?;
        open(th, mmap, |at, mapping| {
            if mapping.write(*at, &[byte]) == 0 {
                return Err(value_error("write byte out of range"));
            }
            *at += 1;
            Ok(())
        })
    }

    /// The object itself.
    pub fn __enter__(th: &mut Thread, mmap: &Object<Mmap>) -> Result<Value> {
        open(th, mmap, |_, _| Ok(()))?;
        Ok(runtime::object::to_value(mmap))
    }

    /// Closes it.
    #[sig("($self, exc_type, exc_value, traceback, /)")]
    pub fn __exit__(
        th: &mut Thread,
        mmap: &Object<Mmap>,
        exc_type: &Value,
        exc_value: &Value,
        traceback: &Value,
    ) -> Result<()> {
        let _ = (exc_type, exc_value, traceback);
        close(th, mmap)
    }

    /// whether it is closed
    #[getter]
    pub fn closed(th: &mut Thread, mmap: &Object<Mmap>) -> bool {
        open(th, mmap, |_, _| Ok(())).is_err()
    }
}

#[native::module("mmap", doc = "", classes(Mmap))]
pub mod module {
    use super::*;
    use runtime::types::module;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)?;
        module::set(th, module, "error", OS_ERROR.value())
    }
}
