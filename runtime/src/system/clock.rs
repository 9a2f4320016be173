//! Calendar time as the C library knows it: the local zone, and `strftime`.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;

use threads::sync::Mutex;

/// A calendar time: C's `struct tm`, with its own counting (months from 0, years from 1900).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of C")]
pub struct Calendar {
    pub sec: i32,
    pub min: i32,
    pub hour: i32,
    pub mday: i32,
    pub mon: i32,
    pub year: i32,
    pub wday: i32,
    pub yday: i32,
    pub isdst: i32,
    /// Seconds east of UTC.
    pub gmtoff: i64,
}

/// The C library's zone is one for the process, and `tzset` changes it.
static ZONE: Mutex<()> = Mutex::new(());

fn from_c(tm: &libc::tm) -> (Calendar, String) {
    let calendar = Calendar {
        sec: tm.tm_sec,
        min: tm.tm_min,
        hour: tm.tm_hour,
        mday: tm.tm_mday,
        mon: tm.tm_mon,
        year: tm.tm_year,
        wday: tm.tm_wday,
        yday: tm.tm_yday,
        isdst: tm.tm_isdst,
        gmtoff: tm.tm_gmtoff,
    };
    let zone = if tm.tm_zone.is_null() {
        String::new()
    } else {
        // SAFETY: the C library sets a string of its own, and `ZONE` keeps it from being changed.
        unsafe { CStr::from_ptr(tm.tm_zone) }.to_string_lossy().into_owned()
    };
    (calendar, zone)
}

fn to_c(of: &Calendar) -> libc::tm {
    // SAFETY: numbers and a pointer that may be null.
    let mut tm: libc::tm = unsafe { MaybeUninit::zeroed().assume_init() };
    tm.tm_sec = of.sec;
    tm.tm_min = of.min;
    tm.tm_hour = of.hour;
    tm.tm_mday = of.mday;
    tm.tm_mon = of.mon;
    tm.tm_year = of.year;
    tm.tm_wday = of.wday;
    tm.tm_yday = of.yday;
    tm.tm_isdst = of.isdst;
    tm.tm_gmtoff = of.gmtoff;
    tm
}

/// The local time of a moment, and the name of its zone.
///
/// # Errors
/// EOVERFLOW for a year that does not fit.
pub fn local(seconds: i64) -> io::Result<(Calendar, String)> {
    let _zone = ZONE.lock();
    let mut tm = to_c(&Calendar::default());
    // SAFETY: both point to values of this function.
    let found = unsafe { libc::localtime_r(&raw const seconds, &raw mut tm) };
    if found.is_null() { Err(io::Error::last_os_error()) } else { Ok(from_c(&tm)) }
}

/// The time in UTC of a moment.
///
/// # Errors
/// EOVERFLOW for a year that does not fit.
pub fn universal(seconds: i64) -> io::Result<(Calendar, String)> {
    let _zone = ZONE.lock();
    let mut tm = to_c(&Calendar::default());
    // SAFETY: both point to values of this function.
    let found = unsafe { libc::gmtime_r(&raw const seconds, &raw mut tm) };
    if found.is_null() { Err(io::Error::last_os_error()) } else { Ok(from_c(&tm)) }
}

/// The moment of a local time; `None` if it cannot be expressed.
pub fn make(of: &Calendar) -> Option<i64> {
    let _zone = ZONE.lock();
    let mut tm = to_c(of);
    tm.tm_wday = -1; // stays so if there is no such time
    // SAFETY: a value of this function.
    let seconds = unsafe { libc::mktime(&raw mut tm) };
    (seconds != -1 || tm.tm_wday != -1).then_some(seconds)
}

/// `strftime`. `zone` is the name that `%Z` stands for; without one, the local zone's.
pub fn format(of: &Calendar, zone: Option<&str>, format: &[u8]) -> Vec<u8> {
    let Ok(format) = CString::new(format) else { return Vec::new() };
    if format.as_bytes().is_empty() {
        return Vec::new();
    }
    let zone = zone.and_then(|zone| CString::new(zone).ok());
    let _lock = ZONE.lock();
    let mut tm = to_c(of);
    if let Some(zone) = &zone {
        tm.tm_zone = zone.as_ptr();
    } else {
        // SAFETY: set by the C library before anybody can be here; two entries.
        let names = unsafe { std::ptr::read(&raw const tzname) };
        tm.tm_zone = names[usize::from(of.isdst > 0)];
    }
    let mut room = 1024.max(format.as_bytes().len() * 4);
    loop {
        let mut out = vec![0u8; room];
        // SAFETY: `out` has as many bytes; the format ends with a zero; the time was made above.
        let written =
            unsafe { libc::strftime(out.as_mut_ptr().cast(), room, format.as_ptr(), &raw const tm) };
        // A result of nothing says that there was no room, or that there is nothing to say.
        if written > 0 || room >= 256 * format.as_bytes().len() {
            out.truncate(written);
            return out;
        }
        room *= 2;
    }
}

unsafe extern "C" {
    safe fn tzset();
    static tzname: [*const libc::c_char; 2];
}

/// Reads the zone anew from the environment.
pub fn read_zone() {
    let _zone = ZONE.lock();
    tzset();
}

/// The reading of a clock by number, in nanoseconds.
///
/// # Errors
/// EINVAL for a number that no clock has.
pub fn read(clock: i32) -> io::Result<i64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: points to a value of this function.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec))
}

/// The clock of the processor time of the thread with this number in the system.
pub fn of_thread(native_id: i32) -> i32 {
    // As Linux makes such numbers: the complement of the thread's, three bits for what is counted (6: one thread's time).
    (!native_id << 3) | 6
}
