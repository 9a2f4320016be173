//! Reading directories: `listdir`, `scandir`, `os.DirEntry`.

use std::ffi::CString;
use std::io;

use memory::{Exclusive, Guarded, Held};
use runtime::error::{Result, type_error};
use runtime::native::slots::Slots;
use runtime::native::{self, Finalizer};
use runtime::object::cast;
use runtime::system::files::{Directory, Entry};
use runtime::system::numbers;
use runtime::types::{List, Str, int};
use runtime::{Object, Thread, Value, ops};

use super::path::{Allow, Path};
use super::status;

/// Opens the directory that `path` names; of a descriptor, another one of the same directory.
fn open(thread: &mut Thread, path: &Path) -> io::Result<Directory> {
    thread.detached(|| match path.fd {
        Some(fd) => {
            let own = runtime::system::files::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0)?;
            Directory::of_fd(own).inspect_err(|_| {
                let _ = numbers::close(own);
            })
        }
        None => Directory::open(path.c()),
    })
}

/// The next entry that is neither the directory itself nor its parent.
fn next_entry(directory: &mut Directory) -> io::Result<Option<Entry>> {
    loop {
        match directory.next()? {
            Some(entry) if entry.name == b"." || entry.name == b".." => {}
            found => return Ok(found),
        }
    }
}

/// An entry of a directory.
#[native::class("DirEntry", module = "posix", methods, disallow_instantiation, slots = entry_slots)]
pub struct DirEntry {
    #[trace]
    name: Value,
    #[trace]
    path: Value,
    /// The path as the system gets it: relative to the directory's descriptor if there is one.
    system_path: Vec<u8>,
    dir_fd: i32,
    inode: u64,
    kind: u8,
    /// What `stat` and `stat(follow_symlinks=False)` have answered.
    #[trace]
    known: Guarded<[Option<Held>; 2]>,
}

fn entry_slots(slots: &Slots) {
    slots.repr.set(|thread, value| {
        let Some(entry) = cast::<DirEntry>(value) else { return Err(type_error("a DirEntry is required")) };
        let name = ops::repr_text(thread, &entry.payload().name)?;
        Str::new(thread, &format!("<DirEntry {name}>"))
    });
}

impl DirEntry {
    fn look(
        thread: &mut Thread,
        entry: &Object<Self>,
        follow: bool,
    ) -> io::Result<runtime::system::files::Status> {
        let this = entry.payload();
        let name = CString::new(this.system_path.clone()).unwrap_or_default();
        status::mode_of(thread, this.dir_fd, &name, follow)
    }

    fn fail(thread: &mut Thread, entry: &Object<Self>, error: &io::Error) -> runtime::error::Raised {
        runtime::types::os_error::from_io(thread, error, Some(&entry.payload().path))
    }

    /// Whether the entry is of this kind; an entry that is gone is of none.
    fn is_kind(thread: &mut Thread, entry: &Object<Self>, kind: u8, mode: u32, follow: bool) -> Result<bool> {
        let known = entry.payload().kind;
        if known != libc::DT_UNKNOWN && !(follow && known == libc::DT_LNK) {
            return Ok(known == kind);
        }
        match Self::look(thread, entry, follow) {
            Ok(status) => Ok(status.mode & libc::S_IFMT == mode),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Self::fail(thread, entry, &error)),
        }
    }
}

#[native::methods(DirEntry, name = "DirEntry")]
mod methods {
    use super::*;

    /// the entry's base filename, relative to scandir() "path" argument
    #[getter]
    pub fn name(entry: &Object<DirEntry>) -> Value {
        entry.payload().name.clone()
    }

    /// the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)
    #[getter]
    pub fn path(entry: &Object<DirEntry>) -> Value {
        entry.payload().path.clone()
    }

    /// Return True if the entry is a directory; cached per entry.
    #[sig("($self, /, *, follow_symlinks=True)")]
    pub fn is_dir(th: &mut Thread, entry: &Object<DirEntry>, follow_symlinks: bool) -> Result<bool> {
        DirEntry::is_kind(th, entry, libc::DT_DIR, libc::S_IFDIR, follow_symlinks)
    }

    /// Return True if the entry is a file; cached per entry.
    #[sig("($self, /, *, follow_symlinks=True)")]
    pub fn is_file(th: &mut Thread, entry: &Object<DirEntry>, follow_symlinks: bool) -> Result<bool> {
        DirEntry::is_kind(th, entry, libc::DT_REG, libc::S_IFREG, follow_symlinks)
    }

    /// Return True if the entry is a symbolic link; cached per entry.
    #[sig("($self, /)")]
    pub fn is_symlink(th: &mut Thread, entry: &Object<DirEntry>) -> Result<bool> {
        DirEntry::is_kind(th, entry, libc::DT_LNK, libc::S_IFLNK, false)
    }

    /// Return True if the entry is a junction; cached per entry.
    #[sig("($self, /)")]
    pub fn is_junction(entry: &Object<DirEntry>) -> bool {
        let _ = entry; // there are none here
        false
    }

    /// Return stat_result object for the entry; cached per entry.
    #[sig("($self, /, *, follow_symlinks=True)")]
    pub fn stat(th: &mut Thread, entry: &Object<DirEntry>, follow_symlinks: bool) -> Result<Value> {
        let which = usize::from(!follow_symlinks);
        {
            let mut section = Exclusive::open(th, entry);
            if let Some(known) = &section.get(|entry| &entry.known)[which] {
                return Ok(known.value().clone());
            }
        }
        let status =
            DirEntry::look(th, entry, follow_symlinks).map_err(|error| DirEntry::fail(th, entry, &error))?;
        let value = status::value_of(th, &status)?;
        let mut section = Exclusive::open(th, entry);
        let held = section.hold(value.clone());
        let before = section.get(|entry| &entry.known)[which].replace(held);
        drop(section);
        drop(before);
        Ok(value)
    }

    /// Return inode of the entry; cached per entry.
    #[sig("($self, /)")]
    pub fn inode(th: &mut Thread, entry: &Object<DirEntry>) -> Result<Value> {
        int::from_i128(th, entry.payload().inode.into())
    }

    /// Returns the path for the entry.
    #[sig("($self, /)")]
    pub fn __fspath__(entry: &Object<DirEntry>) -> Value {
        entry.payload().path.clone()
    }

    /// See PEP 585
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, item: &Value) -> Result<Value> {
        crate::support::generic_alias(th, class, item)
    }
}

/// What `scandir` returns.
#[native::class(
    "ScandirIterator",
    module = "posix",
    methods(iterator_methods),
    disallow_instantiation,
    slots = iterator_slots,
    finalizer = Finalizer { wants: |_| true, run: finalize }
)]
pub struct ScandirIterator {
    #[trace]
    given: Value,
    /// The directory's name in front of the entries', with a slash.
    prefix: Vec<u8>,
    dir_fd: Option<i32>,
    is_bytes: bool,
    /// Gone when the iterator is exhausted or closed, or while a thread reads.
    #[untraced]
    directory: Guarded<Option<Directory>>,
}

fn iterator_slots(slots: &Slots) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next);
}

fn take(thread: &mut Thread, iterator: &Object<ScandirIterator>) -> Option<Directory> {
    Exclusive::open(thread, iterator).get(|iterator| &iterator.directory).take()
}

/// Closes a directory without making others wait.
fn close(thread: &mut Thread, directory: Option<Directory>) {
    if directory.is_some() {
        thread.detached(move || drop(directory));
    }
}

fn finalize(thread: &mut Thread, value: &Value) {
    let Some(iterator) = cast::<ScandirIterator>(value) else { return };
    let Some(directory) = take(thread, iterator) else { return };
    if let Ok(shown) = ops::repr_text(thread, value) {
        let message = format!("unclosed scandir iterator {shown}");
        if let Err(raised) = runtime::hooks::warn(thread, &runtime::error::RESOURCE_WARNING, &message, 1) {
            runtime::hooks::unraisable(thread, raised, None, Some(value));
        }
    }
    close(thread, Some(directory));
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<ScandirIterator>(value) else { return Ok(None) };
    let this = iterator.payload();
    // A stream is one thread's at a time: another that comes meanwhile sees an exhausted iterator.
    let Some(mut directory) = take(thread, iterator) else { return Ok(None) };
    let found = thread.detached(|| next_entry(&mut directory));
    match found {
        Ok(Some(entry)) => {
            let mut section = Exclusive::open(thread, iterator);
            *section.get(|iterator| &iterator.directory) = Some(directory);
            drop(section);
            let name = crate::support::name_value(thread, &entry.name, this.is_bytes)?;
            let path = match this.dir_fd {
                Some(_) => name.clone(),
                None => {
                    let full = [&this.prefix[..], &entry.name].concat();
                    crate::support::name_value(thread, &full, this.is_bytes)?
                }
            };
            let system_path = match this.dir_fd {
                Some(_) => entry.name,
                None => [&this.prefix[..], &entry.name].concat(),
            };
            let payload = DirEntry {
                name,
                path,
                system_path,
                dir_fd: this.dir_fd.unwrap_or(libc::AT_FDCWD),
                inode: entry.inode,
                kind: entry.kind,
                known: Guarded::new([None, None]),
            };
            runtime::object::new(thread, payload).map(Some)
        }
        Ok(None) => {
            close(thread, Some(directory));
            Ok(None)
        }
        Err(error) => {
            close(thread, Some(directory));
            Err(runtime::types::os_error::from_io(thread, &error, Some(&this.given)))
        }
    }
}

#[native::methods(ScandirIterator, name = "ScandirIterator")]
mod iterator_methods {
    use super::*;

    /// Closes the iterator and frees what it holds.
    #[name("close")]
    pub fn close_iterator(th: &mut Thread, iterator: &Object<ScandirIterator>) {
        let directory = take(th, iterator);
        super::close(th, directory);
    }

    /// The iterator itself.
    pub fn __enter__(iterator: &Value) -> Value {
        iterator.clone()
    }

    /// Closes the iterator.
    #[sig("($self, /, *args)", hidden)]
    pub fn __exit__(th: &mut Thread, iterator: &Object<ScandirIterator>, args: native::Rest<'_>) {
        let _ = args;
        let directory = take(th, iterator);
        super::close(th, directory);
    }
}

const DIRECTORY: Allow = Allow { fd: true, none: true };

#[native::module("posix", doc = "Functions that read directories.", classes(DirEntry))]
pub(crate) mod functions {
    use super::*;

    /// Return a list containing the names of the files in the directory.
    ///
    /// path can be specified as either str, bytes, or a path-like object.  If path is bytes,
    ///   the filenames returned will also be bytes; in all other circumstances
    ///   the filenames returned will be str.
    /// If path is None, uses the path='.'.
    /// On some platforms, path may also be specified as an open file descriptor;\
    ///   the file descriptor must refer to a directory.
    ///   If this functionality is unavailable, using it raises NotImplementedError.
    ///
    /// The list is in arbitrary order.  It does not include the special
    /// entries '.' and '..' even if they are present in the directory.
    #[sig("(path=None)")]
    pub fn listdir(th: &mut Thread, path: Option<&Value>) -> Result<Value> {
        let none = Value::none();
        let path = Path::of(th, "listdir", "path", path.unwrap_or(&none), DIRECTORY)?;
        let mut directory = open(th, &path).map_err(|error| path.raise(th, &error))?;
        let names = th.detached(|| {
            let mut names = Vec::new();
            while let Some(entry) = next_entry(&mut directory)? {
                names.push(entry.name);
            }
            drop(directory);
            Ok(names)
        });
        let names: Vec<Vec<u8>> = names.map_err(|error: io::Error| path.raise(th, &error))?;
        let mut values = Vec::with_capacity(names.len());
        for name in names {
            values.push(crate::support::name_value(th, &name, path.is_bytes)?);
        }
        List::new(th, values)
    }

    /// Return an iterator of DirEntry objects for given path.
    ///
    /// path can be specified as either str, bytes, or a path-like object.  If path
    /// is bytes, the names of yielded DirEntry objects will also be bytes; in
    /// all other circumstances they will be str.
    ///
    /// If path is None, uses the path='.'.
    #[sig("(path=None)")]
    pub fn scandir(th: &mut Thread, path: Option<&Value>) -> Result<Value> {
        let none = Value::none();
        let path = Path::of(th, "scandir", "path", path.unwrap_or(&none), DIRECTORY)?;
        let directory = open(th, &path).map_err(|error| path.raise(th, &error))?;
        let mut prefix = path.bytes().to_vec();
        if prefix.last() != Some(&b'/') {
            prefix.push(b'/');
        }
        let payload = ScandirIterator {
            given: path.given.clone(),
            prefix,
            dir_fd: path.fd,
            is_bytes: path.is_bytes,
            directory: Guarded::new(Some(directory)),
        };
        runtime::object::new(th, payload)
    }
}
