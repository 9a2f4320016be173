//! `_stat`: what the mode of a file says.

use runtime::error::Result;
use runtime::types::{int, module as modules};
use runtime::{Thread, Value, native};

const FORMAT: u32 = 0o170_000;
const SOCKET: u32 = 0o140_000;
const LINK: u32 = 0o120_000;
const REGULAR: u32 = 0o100_000;
const BLOCK: u32 = 0o060_000;
const DIRECTORY: u32 = 0o040_000;
const CHARACTER: u32 = 0o020_000;
const FIFO: u32 = 0o010_000;

/// The names of numbers.
static CONSTANTS: &[(&str, i64)] = &[
    ("S_IFDIR", DIRECTORY as i64),
    ("S_IFCHR", CHARACTER as i64),
    ("S_IFBLK", BLOCK as i64),
    ("S_IFREG", REGULAR as i64),
    ("S_IFIFO", FIFO as i64),
    ("S_IFLNK", LINK as i64),
    ("S_IFSOCK", SOCKET as i64),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", 0),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ISVTX", 0o1000),
    ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070),
    ("S_IRGRP", 0o040),
    ("S_IWGRP", 0o020),
    ("S_IXGRP", 0o010),
    ("S_IRWXO", 0o007),
    ("S_IROTH", 0o004),
    ("S_IWOTH", 0o002),
    ("S_IXOTH", 0o001),
    ("UF_SETTABLE", 0x0000_ffff),
    ("UF_NODUMP", 0x0000_0001),
    ("UF_IMMUTABLE", 0x0000_0002),
    ("UF_APPEND", 0x0000_0004),
    ("UF_OPAQUE", 0x0000_0008),
    ("UF_NOUNLINK", 0x0000_0010),
    ("UF_COMPRESSED", 0x0000_0020),
    ("UF_TRACKED", 0x0000_0040),
    ("UF_DATAVAULT", 0x0000_0080),
    ("UF_HIDDEN", 0x0000_8000),
    ("SF_SETTABLE", 0xffff_0000),
    ("SF_ARCHIVED", 0x0001_0000),
    ("SF_IMMUTABLE", 0x0002_0000),
    ("SF_APPEND", 0x0004_0000),
    ("SF_NOUNLINK", 0x0010_0000),
    ("SF_SNAPSHOT", 0x0020_0000),
    ("SF_FIRMLINK", 0x0080_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
    ("FILE_ATTRIBUTE_ARCHIVE", 32),
    ("FILE_ATTRIBUTE_COMPRESSED", 2048),
    ("FILE_ATTRIBUTE_DEVICE", 64),
    ("FILE_ATTRIBUTE_DIRECTORY", 16),
    ("FILE_ATTRIBUTE_ENCRYPTED", 16384),
    ("FILE_ATTRIBUTE_HIDDEN", 2),
    ("FILE_ATTRIBUTE_INTEGRITY_STREAM", 32768),
    ("FILE_ATTRIBUTE_NORMAL", 128),
    ("FILE_ATTRIBUTE_NOT_CONTENT_INDEXED", 8192),
    ("FILE_ATTRIBUTE_NO_SCRUB_DATA", 131_072),
    ("FILE_ATTRIBUTE_OFFLINE", 4096),
    ("FILE_ATTRIBUTE_READONLY", 1),
    ("FILE_ATTRIBUTE_REPARSE_POINT", 1024),
    ("FILE_ATTRIBUTE_SPARSE_FILE", 512),
    ("FILE_ATTRIBUTE_SYSTEM", 4),
    ("FILE_ATTRIBUTE_TEMPORARY", 256),
    ("FILE_ATTRIBUTE_VIRTUAL", 65536),
];

/// The letter of a file's type.
fn letter(mode: u32) -> char {
    match mode & FORMAT {
        REGULAR => '-',
        DIRECTORY => 'd',
        LINK => 'l',
        BLOCK => 'b',
        CHARACTER => 'c',
        FIFO => 'p',
        SOCKET => 's',
        _ => '?',
    }
}

/// The three letters of a group of permissions, whose execute bit also shows `special`.
fn permissions(bits: u32, special: bool, letters: (char, char)) -> [char; 3] {
    let execute = match (bits & 1 != 0, special) {
        (true, true) => letters.0,
        (false, true) => letters.1,
        (true, false) => 'x',
        (false, false) => '-',
    };
    [if bits & 4 != 0 { 'r' } else { '-' }, if bits & 2 != 0 { 'w' } else { '-' }, execute]
}

/// `stat.filemode`.
pub fn file_mode(mode: u32) -> String {
    let mut out = String::from(letter(mode));
    out.extend(permissions(mode >> 6 & 7, mode & 0o4000 != 0, ('s', 'S')));
    out.extend(permissions(mode >> 3 & 7, mode & 0o2000 != 0, ('s', 'S')));
    out.extend(permissions(mode & 7, mode & 0o1000 != 0, ('t', 'T')));
    out
}

/// The module.
#[native::module("_stat", doc = "S_IFMT_: file type bits\nS_I*: permissions\nST_*: places in what os.stat() returns")]
pub mod module {
    use super::*;

    #[init]
    fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        for (name, number) in CONSTANTS {
            let number = int::from_i64(th, *number)?;
            modules::set(th, module, name, number)?;
        }
        Ok(())
    }

    /// Convert a file's mode to a string of the form '-rwxrwxrwx'
    pub fn filemode(object: u32) -> String {
        file_mode(object)
    }

    /// Return the portion of the file's mode that describes the file type.
    #[name("S_IFMT")]
    pub fn s_ifmt(object: u32) -> u32 {
        object & FORMAT
    }

    /// Return the portion of the file's mode that can be set by os.chmod().
    #[name("S_IMODE")]
    pub fn s_imode(object: u32) -> u32 {
        object & 0o7777
    }

    /// S_ISDIR(mode) -> bool
    ///
    /// Return True if mode is from a directory.
    #[name("S_ISDIR")]
    pub fn s_isdir(object: u32) -> bool {
        object & FORMAT == DIRECTORY
    }

    /// S_ISCHR(mode) -> bool
    ///
    /// Return True if mode is from a character special device file.
    #[name("S_ISCHR")]
    pub fn s_ischr(object: u32) -> bool {
        object & FORMAT == CHARACTER
    }

    /// S_ISBLK(mode) -> bool
    ///
    /// Return True if mode is from a block special device file.
    #[name("S_ISBLK")]
    pub fn s_isblk(object: u32) -> bool {
        object & FORMAT == BLOCK
    }

    /// S_ISREG(mode) -> bool
    ///
    /// Return True if mode is from a regular file.
    #[name("S_ISREG")]
    pub fn s_isreg(object: u32) -> bool {
        object & FORMAT == REGULAR
    }

    /// S_ISFIFO(mode) -> bool
    ///
    /// Return True if mode is from a FIFO (named pipe).
    #[name("S_ISFIFO")]
    pub fn s_isfifo(object: u32) -> bool {
        object & FORMAT == FIFO
    }

    /// S_ISLNK(mode) -> bool
    ///
    /// Return True if mode is from a symbolic link.
    #[name("S_ISLNK")]
    pub fn s_islnk(object: u32) -> bool {
        object & FORMAT == LINK
    }

    /// S_ISSOCK(mode) -> bool
    ///
    /// Return True if mode is from a socket.
    #[name("S_ISSOCK")]
    pub fn s_issock(object: u32) -> bool {
        object & FORMAT == SOCKET
    }

    /// S_ISDOOR(mode) -> bool
    ///
    /// Return True if mode is from a door.
    #[name("S_ISDOOR")]
    pub fn s_isdoor(object: u32) -> bool {
        let _ = object;
        false
    }

    /// S_ISPORT(mode) -> bool
    ///
    /// Return True if mode is from an event port.
    #[name("S_ISPORT")]
    pub fn s_isport(object: u32) -> bool {
        let _ = object;
        false
    }

    /// S_ISWHT(mode) -> bool
    ///
    /// Return True if mode is from a whiteout.
    #[name("S_ISWHT")]
    pub fn s_iswht(object: u32) -> bool {
        let _ = object;
        false
    }
}
