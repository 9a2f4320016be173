//! `_csv`: tables as lines of separated values.
//!
//! `dialect` says how they are separated, `reader` takes lines apart, `writer` puts them together.

mod dialect;
mod reader;
mod writer;

pub use functions::MODULE;

use runtime::class::ClassDef;
use runtime::error::{EXCEPTION, Raised, raise};
use runtime::types::exception;
use threads::sync::atomic::AtomicI64;

/// `_csv.Error`
pub static ERROR: ClassDef = exception::declare("Error", "_csv", "", &EXCEPTION);

#[cold]
fn error(message: impl Into<String>) -> Raised {
    raise(&ERROR, message.into())
}

/// The most characters of a field.
static FIELD_LIMIT: AtomicI64 = AtomicI64::new(128 * 1024);

/// CSV parsing and writing.
#[runtime::native::module("_csv", classes(super::dialect::Dialect))]
pub mod functions {
    use runtime::class::Payload;
    use runtime::error::{Result, type_error};
    use runtime::native::{KwRest, Rest};
    use runtime::object::cast;
    use runtime::types::{Dict, DictExt, List, Str, int, module};
    use runtime::{Thread, Value, ops};
    use threads::sync::atomic::Ordering;

    use super::{FIELD_LIMIT, dialect, error, reader, writer};
    use crate::support;

    /// Sets the classes and constants that are not declared above.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let dialects = Dict::new(th)?;
        module::set(th, module, "_dialects", dialects)?;
        let version = Str::new(th, "1.0")?;
        module::set(th, module, "__version__", version)?;
        module::set(th, module, "Error", super::ERROR.value())?;
        module::set(th, module, "Reader", reader::Reader::def().value())?;
        module::set(th, module, "Writer", writer::Writer::def().value())?;
        support::constants(
            th,
            module,
            &[
                ("QUOTE_MINIMAL", 0),
                ("QUOTE_ALL", 1),
                ("QUOTE_NONNUMERIC", 2),
                ("QUOTE_NONE", 3),
                ("QUOTE_STRINGS", 4),
                ("QUOTE_NOTNULL", 5),
            ],
        )
    }

    /// The first argument and the dialect, if there is one.
    fn with_dialect<'a>(args: &'a [Value], function: &str) -> Result<(&'a Value, Option<&'a Value>)> {
        match args {
            [first] => Ok((first, None)),
            [first, dialect] => Ok((first, Some(dialect))),
            [] => Err(type_error(format!("{function} expected at least 1 argument, got 0"))),
            more => Err(type_error(format!("{function} expected at most 2 arguments, got {}", more.len()))),
        }
    }

    /// Return a reader object that will process lines from the given iterable.
    ///
    /// The "iterable" argument can be any object that returns a line
    /// of input for each iteration, such as a file object or a list.  The
    /// optional "dialect" argument defines a CSV dialect.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    ///
    /// The returned object is an iterator.  Each iteration returns a row
    /// of the CSV file (which can span multiple input lines).
    #[sig("(*args, **fmtparams)", hidden)]
    pub fn reader(th: &mut Thread, args: Rest<'_>, fmtparams: KwRest<'_>) -> Result<Value> {
        let (iterable, dialect) = with_dialect(args, "reader")?;
        let iterator = ops::iter(th, iterable)?;
        let dialect = dialect::of(th, dialect, &fmtparams)?;
        reader::new(th, iterator, dialect)
    }

    /// Return a writer object that will write user data on the given file object.
    ///
    /// The "fileobj" argument can be any object that supports the file API.
    /// The optional "dialect" argument defines a CSV dialect.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    #[sig("(*args, **fmtparams)", hidden)]
    pub fn writer(th: &mut Thread, args: Rest<'_>, fmtparams: KwRest<'_>) -> Result<Value> {
        let (file, dialect) = with_dialect(args, "writer")?;
        let dialect = dialect::of(th, dialect, &fmtparams)?;
        writer::new(th, file, dialect)
    }

    /// Create a mapping from a string name to a CVS dialect.
    ///
    /// The optional "dialect" argument specifies the base dialect instance
    /// or the name of the registered dialect.  The function also accepts
    /// optional keyword arguments which override settings provided by the
    /// dialect.
    #[sig("(*args, **fmtparams)", hidden)]
    pub fn register_dialect(th: &mut Thread, args: Rest<'_>, fmtparams: KwRest<'_>) -> Result<()> {
        let (name, dialect) = with_dialect(args, "register_dialect")?;
        if cast::<Str>(name).is_none() {
            return Err(type_error("dialect name must be a string"));
        }
        let dialect = dialect::of(th, dialect, &fmtparams)?;
        let known = dialect::registered(th)?;
        ops::setitem(th, &known, name, Some(&dialect))
    }

    /// Delete the name/dialect mapping associated with a string name.
    #[sig("(name)")]
    pub fn unregister_dialect(th: &mut Thread, name: &Value) -> Result<()> {
        let known = dialect::registered(th)?;
        let removed = match cast::<Dict>(&known) {
            Some(known) => known.remove(th, name)?,
            None => None,
        };
        removed.map(drop).ok_or_else(|| error("unknown dialect"))
    }

    /// Return the dialect instance associated with name.
    #[sig("(name)")]
    pub fn get_dialect(th: &mut Thread, name: &Value) -> Result<Value> {
        dialect::named(th, name)
    }

    /// Return a list of all known dialect names.
    pub fn list_dialects(th: &mut Thread) -> Result<Value> {
        let known = dialect::registered(th)?;
        let names = ops::to_vec(th, &known)?;
        List::new(th, names)
    }

    /// Sets an upper limit on parsed fields.
    ///
    /// Returns old limit. If limit is not given, no new limit is set and
    /// the old limit is returned
    #[sig("(new_limit=<unrepresentable>)")]
    pub fn field_size_limit(th: &mut Thread, new_limit: Option<&Value>) -> Result<i64> {
        // Relaxed: a number that stands for itself.
        let before = FIELD_LIMIT.load(Ordering::Relaxed);
        if let Some(limit) = new_limit {
            if !int::is_exact(limit) {
                return Err(type_error("limit must be an integer"));
            }
            let limit = ops::index_isize_or(th, limit, |_| {
                runtime::error::overflow_error("Python int too large to convert to C ssize_t")
            })?;
            // Relaxed, as above.
            FIELD_LIMIT.store(limit as i64, Ordering::Relaxed);
        }
        Ok(before)
    }
}
