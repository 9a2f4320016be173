//! The packed data: two-level tables from code points to rows.
//!
//! `data/generate.py` writes them. A page holds the row numbers of 128 code points; equal pages and equal rows are
//! stored once, so a look-up is three loads. The files are turned into arrays of numbers at compile time.

use crate::unicode::database::Record;

pub const PAGE: usize = 128;

/// Little-endian numbers from a file of exactly `N` of them.
pub const fn u16s<const N: usize>(bytes: &[u8]) -> [u16; N] {
    assert!(bytes.len() == 2 * N);
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        out[i] = u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]);
        i += 1;
    }
    out
}

/// The same for numbers of four bytes.
pub const fn u32s<const N: usize>(bytes: &[u8]) -> [u32; N] {
    assert!(bytes.len() == 4 * N);
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        out[i] = u32_at(bytes, 4 * i);
        i += 1;
    }
    out
}

pub const fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Two levels of tables in front of the rows.
pub struct Trie<const INDEX: usize, const PAGES: usize, const ROWS: usize, R: 'static> {
    pub index: [u16; INDEX],
    pub pages: [u16; PAGES],
    pub rows: [R; ROWS],
}

impl<const I: usize, const P: usize, const N: usize, R> Trie<I, P, N, R> {
    /// The row of `code`; what is no code point has that of an unassigned one.
    #[inline]
    pub fn get(&self, code: u32) -> &R {
        let code = if code > 0x10ffff { 0x10ffff } else { code as usize };
        let page = usize::from(self.index[code / PAGE]);
        &self.rows[usize::from(self.pages[page * PAGE + code % PAGE])]
    }
}

/// What the methods of `str` need to know of a character.
#[derive(Clone, Copy)]
pub struct Row {
    /// Bits of [`crate::unicode::Class`].
    pub flags: u16,
    pub decimal: u8,
    pub digit: u8,
    /// Upper, lower, title case and case folding: what to add to the code point, or `SEQUENCE` and a number.
    pub cases: [i32; 4],
}

/// In a case mapping: the rest is the number of a sequence of up to three code points.
pub const SEQUENCE: i32 = 0x4000_0000;

const fn rows<const N: usize>(bytes: &[u8]) -> [Row; N] {
    assert!(bytes.len() == 20 * N);
    let mut out = [Row { flags: 0, decimal: 0, digit: 0, cases: [0; 4] }; N];
    let mut i = 0;
    while i < N {
        let at = 20 * i;
        out[i].flags = u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        out[i].decimal = bytes[at + 2];
        out[i].digit = bytes[at + 3];
        let mut c = 0;
        while c < 4 {
            out[i].cases[c] = u32_at(bytes, at + 4 + 4 * c) as i32;
            c += 1;
        }
        i += 1;
    }
    out
}

const fn records<const N: usize>(bytes: &[u8]) -> [Record; N] {
    assert!(bytes.len() == 6 * N);
    let mut out = [Record { category: 0, bidi: 0, combining: 0, width: 0, quick: 0, mirrored: false }; N];
    let mut i = 0;
    while i < N {
        let at = 6 * i;
        out[i] = Record {
            category: bytes[at],
            bidi: bytes[at + 1],
            combining: bytes[at + 2],
            width: bytes[at + 3],
            quick: bytes[at + 4],
            mirrored: bytes[at + 5] != 0,
        };
        i += 1;
    }
    out
}

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../data/", $name, ".bin"))
    };
}

/// Classes, digits and case.
pub static CLASSES: Trie<8704, 38912, 337, Row> = Trie {
    index: u16s(file!("class_index")),
    pages: u16s(file!("class_pages")),
    rows: rows(file!("class_rows")),
};

/// Case mappings to several code points, or to one of them by way of a context; unused places hold 0.
pub static SEQUENCES: [u32; 501] = u32s(file!("case_sequences"));

/// What `unicodedata` knows.
pub static RECORDS: Trie<8704, 37120, 345, Record> = Trie {
    index: u16s(file!("record_index")),
    pages: u16s(file!("record_pages")),
    rows: records(file!("record_rows")),
};

/// The same for Unicode 3.2.
pub static OLD_RECORDS: Trie<8704, 16640, 288, Record> = Trie {
    index: u16s(file!("old_index")),
    pages: u16s(file!("old_pages")),
    rows: records(file!("old_rows")),
};

/// Eight bytes a character that has a decomposition (other than Hangul syllables), in order: code point, tag, count
/// and where its code points start.
static DECOMPOSITIONS: [u32; 2 * 5913] = u32s(file!("decompositions"));
static DECOMPOSITION_CODES: [u32; 8739] = u32s(file!("decomposition_codes"));

/// Tag and code points of `code`'s decomposition.
pub fn decomposition(code: u32) -> Option<(u8, &'static [u32])> {
    let (rows, _) = DECOMPOSITIONS.as_chunks::<2>();
    let row = rows[rows.binary_search_by_key(&code, |row| row[0]).ok()?][1];
    let (tag, count, start) = (row as u8, usize::from((row >> 8) as u8), (row >> 16) as usize);
    Some((tag, &DECOMPOSITION_CODES[start..start + count]))
}

static COMPOSITIONS: [u32; 3 * 961] = u32s(file!("compositions"));

/// The primary composite of two characters (other than Hangul).
pub fn composition(first: u32, second: u32) -> Option<u32> {
    let (rows, _) = COMPOSITIONS.as_chunks::<3>();
    let found = rows.binary_search_by_key(&(first, second), |row| (row[0], row[1])).ok()?;
    Some(rows[found][2])
}

static NUMERICS: [u32; 4 * 2002] = u32s(file!("numerics"));

/// Numerator and denominator of the number that a character stands for.
pub fn numeric(code: u32) -> Option<(i64, u32)> {
    let (rows, _) = NUMERICS.as_chunks::<4>();
    let row = rows[rows.binary_search_by_key(&code, |row| row[0]).ok()?];
    Some(((u64::from(row[3]) << 32 | u64::from(row[2])) as i64, row[1]))
}
