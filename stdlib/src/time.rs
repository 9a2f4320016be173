//! `time`: clocks, sleeping, calendar times.

use runtime::class::{TypeExt, class_of};
use runtime::error::{Result, overflow_error, type_error, value_error};
use runtime::native::{self, Rest};
use runtime::object::cast;
use runtime::system::clock::{self, Calendar};
use runtime::types::{Str, StrExt, Tuple, TupleExt, float, int, module, namespace, struct_sequence};
use runtime::{Thread, Value, call, ops};
use rustix::time::{ClockId, Timespec, clock_getres, clock_gettime};

use crate::support::{self, Rounding};

runtime::struct_sequence! {
    /// `time.struct_time`.
    pub static STRUCT_TIME: "time" "struct_time" "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the same as those defined by\n the C language standard for struct tm.  For example, the value of the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details."
    visible 9 unnamed 0 {
        "tm_year" "year, for example, 1993",
        "tm_mon" "month of year, range [1, 12]",
        "tm_mday" "day of month, range [1, 31]",
        "tm_hour" "hours, range [0, 23]",
        "tm_min" "minutes, range [0, 59]",
        "tm_sec" "seconds, range [0, 61])",
        "tm_wday" "day of week, range [0, 6], Monday is 0",
        "tm_yday" "day of year, range [1, 366]",
        "tm_isdst" "1 if summer time is in effect, 0 if not, and -1 if unknown",
        "tm_zone" "abbreviation of timezone name",
        "tm_gmtoff" "offset from UTC in seconds",
    }
}

fn ns_of(time: Timespec) -> i64 {
    time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec)
}

fn read(clock: ClockId) -> i64 {
    ns_of(clock_gettime(clock))
}

fn seconds(ns: i64) -> f64 {
    // Whole seconds and the rest apart: a product with 1e-9 would round differently.
    ns as f64 / 1e9
}

fn clock_id(thread: &mut Thread, number: i32) -> Result<ClockId> {
    match ClockId::try_from(number) {
        Ok(clock) => Ok(clock),
        Err(_) => Err(support::raise_number(thread, rustix::io::Errno::INVAL.raw_os_error())),
    }
}

/// The reading of any clock, those of processes and threads included (their ids are negative).
fn read_number(thread: &mut Thread, number: i32) -> Result<i64> {
    if let Ok(clock) = ClockId::try_from(number) {
        return Ok(read(clock));
    }
    match runtime::system::clock::read(number) {
        Ok(ns) => Ok(ns),
        Err(error) => Err(support::raise(thread, &error)),
    }
}

/// The whole seconds of an argument, or those of now.
fn moment(thread: &mut Thread, seconds: Option<&Value>) -> Result<i64> {
    let Some(seconds) = seconds.filter(|seconds| !seconds.is_none()) else {
        return Ok(read(ClockId::Realtime).div_euclid(1_000_000_000));
    };
    if let Some(seconds) = float::to_f64(seconds) {
        if seconds.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        let floor = seconds.floor();
        if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&floor) {
            return Err(overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(floor as i64);
    }
    let whole = ops::index(thread, seconds)?;
    int::to_i64(&whole).ok_or_else(|| overflow_error("timestamp out of range for platform time_t"))
}

fn struct_time(thread: &mut Thread, of: (Calendar, String)) -> Result<Value> {
    let (time, zone) = of;
    let numbers = [
        i64::from(time.year) + 1900,
        (time.mon + 1).into(),
        time.mday.into(),
        time.hour.into(),
        time.min.into(),
        time.sec.into(),
        ((time.wday + 6) % 7).into(),
        (time.yday + 1).into(),
        time.isdst.into(),
    ];
    let items = numbers.iter().map(|&n| int::from_i64(thread, n)).collect::<Result<Vec<_>>>()?;
    let zone = Str::new(thread, &zone)?;
    let offset = int::from_i64(thread, time.gmtoff)?;
    struct_sequence::make(thread, &STRUCT_TIME, items, vec![zone, offset])
}

/// The fields of a tuple of nine ints, as C has them; with the name of its zone, if it has one.
fn calendar(thread: &mut Thread, value: &Value, function: &str) -> Result<(Calendar, Option<String>)> {
    let Some(tuple) = cast::<Tuple>(value) else {
        return Err(type_error("Tuple or struct_time argument required"));
    };
    let items = tuple.items().to_vec();
    let is_struct = STRUCT_TIME.is_exact(value);
    if items.len() != 9 {
        return Err(type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut numbers = [0i32; 9];
    for (i, (number, item)) in numbers.iter_mut().zip(&items).enumerate() {
        let index =
            ops::index(thread, item).map_err(|raised| match raised.is(&runtime::error::TYPE_ERROR) {
                true => type_error(format!(
                    "'{}' object cannot be interpreted as an integer",
                    class_of(item).name_lossy()
                )),
                false => raised,
            })?;
        let wide =
            int::to_i64(&index).ok_or_else(|| overflow_error("Python int too large to convert to C long"))?;
        let wide = if i == 0 {
            if wide > i64::from(i32::MAX) {
                return Err(overflow_error("signed integer is greater than maximum"));
            }
            wide.checked_sub(1900).ok_or_else(|| overflow_error("year out of range"))?
        } else {
            wide
        };
        *number = i32::try_from(wide).map_err(|_| {
            if i == 0 {
                overflow_error("year out of range")
            } else if wide > 0 {
                overflow_error("signed integer is greater than maximum")
            } else {
                overflow_error("signed integer is less than minimum")
            }
        })?;
    }
    let [year, mon, mday, hour, min, sec, wday, yday, isdst] = numbers;
    let mut time = Calendar {
        sec,
        min,
        hour,
        mday,
        mon: mon.wrapping_sub(1),
        year,
        wday: wday.wrapping_add(1) % 7,
        yday: yday.wrapping_sub(1),
        isdst,
        gmtoff: 0,
    };
    let mut zone = None;
    if is_struct {
        let slots = runtime::object::AttributeSlots::of(value);
        let field = |i| slots.get(i).and_then(|slot| slot.get(value.header()?));
        zone = field(0).as_ref().and_then(cast::<Str>).map(|zone| zone.to_string_lossy());
        if let Some(offset) = field(1).as_ref().and_then(int::to_i64) {
            time.gmtoff = offset;
        }
    }
    Ok((time, zone))
}

/// Refuses what `asctime` and `strftime` must not be given.
fn check_ranges(time: &mut Calendar) -> Result<()> {
    let out = |what: &str| -> Result<()> { Err(value_error(format!("{what} out of range"))) };
    if time.mon == -1 {
        time.mon = 0;
    } else if !(0..=11).contains(&time.mon) {
        return out("month");
    }
    if time.mday == 0 {
        time.mday = 1;
    } else if !(0..=31).contains(&time.mday) {
        return out("day of month");
    }
    if !(0..=23).contains(&time.hour) {
        return out("hour");
    }
    if !(0..=59).contains(&time.min) {
        return out("minute");
    }
    if !(0..=61).contains(&time.sec) {
        return out("seconds");
    }
    if time.wday < 0 {
        return out("day of week");
    }
    if time.yday == -1 {
        time.yday = 0;
    } else if !(0..=365).contains(&time.yday) {
        return out("day of year");
    }
    Ok(())
}

fn now_fields(thread: &mut Thread) -> Result<(Calendar, String)> {
    let seconds = moment(thread, None)?;
    clock::local(seconds).map_err(|error| support::raise(thread, &error))
}

fn as_text(time: &Calendar) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[time.wday.rem_euclid(7) as usize],
        MONTHS[time.mon.rem_euclid(12) as usize],
        time.mday,
        time.hour,
        time.min,
        time.sec,
        1900 + i64::from(time.year)
    )
}

const CONSTANTS: &[(&str, i64)] = &[
    ("CLOCK_REALTIME", 0),
    ("CLOCK_MONOTONIC", 1),
    ("CLOCK_PROCESS_CPUTIME_ID", 2),
    ("CLOCK_THREAD_CPUTIME_ID", 3),
    ("CLOCK_MONOTONIC_RAW", 4),
    ("CLOCK_BOOTTIME", 7),
    ("CLOCK_TAI", 11),
    ("_STRUCT_TM_ITEMS", 11),
];

/// Sets what depends on the zone: `timezone`, `altzone`, `daylight`, `tzname`.
fn set_zone(thread: &mut Thread, module: &Value) -> Result<()> {
    clock::read_zone();
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let now = read(ClockId::Realtime).div_euclid(1_000_000_000);
    let start = now / YEAR * YEAR;
    let zone_at = |thread: &mut Thread, moment: i64| {
        clock::local(moment).map_err(|error| support::raise(thread, &error))
    };
    let (january, january_name) = zone_at(thread, start)?;
    let (july, july_name) = zone_at(thread, start + YEAR / 2)?;
    let (winter, summer) = (-january.gmtoff, -july.gmtoff);
    let (standard, other, names) = if winter < summer {
        // The southern hemisphere: January has summer time.
        (summer, winter, [july_name, january_name])
    } else {
        (winter, summer, [january_name, july_name])
    };
    let names = names.iter().map(|name| Str::new(thread, name)).collect::<Result<Vec<_>>>()?;
    let entries = [
        ("timezone", int::from_i64(thread, standard)?),
        ("altzone", int::from_i64(thread, other)?),
        ("daylight", int::from_i64(thread, (winter != summer).into())?),
        ("tzname", Tuple::new(thread, names)?),
    ];
    for (name, value) in entries {
        module::set(thread, module, name, value)?;
    }
    Ok(())
}

#[native::module("time", doc = "This module provides various functions to manipulate time values.")]
pub(crate) mod functions {
    use super::*;

    /// Sets what depends on the zone.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)?;
        module::set(th, module, "struct_time", STRUCT_TIME.value())?;
        set_zone(th, module)
    }

    /// Return the current time in seconds since the Epoch.
    ///
    /// Fractions of a second may be present if the system clock provides them.
    #[sig("()", hidden)]
    pub fn time() -> f64 {
        seconds(read(ClockId::Realtime))
    }

    /// Return the current time in nanoseconds since the Epoch.
    #[sig("()", hidden)]
    pub fn time_ns() -> i64 {
        read(ClockId::Realtime)
    }

    /// Monotonic clock, cannot go backward.
    #[sig("()", hidden)]
    pub fn monotonic() -> f64 {
        seconds(read(ClockId::Monotonic))
    }

    /// Monotonic clock, cannot go backward, as nanoseconds.
    #[sig("()", hidden)]
    pub fn monotonic_ns() -> i64 {
        read(ClockId::Monotonic)
    }

    /// Performance counter for benchmarking.
    #[sig("()", hidden)]
    pub fn perf_counter() -> f64 {
        seconds(read(ClockId::Monotonic))
    }

    /// Performance counter for benchmarking as nanoseconds.
    #[sig("()", hidden)]
    pub fn perf_counter_ns() -> i64 {
        read(ClockId::Monotonic)
    }

    /// Process time for profiling: sum of the kernel and user-space CPU time.
    #[sig("()", hidden)]
    pub fn process_time() -> f64 {
        seconds(read(ClockId::ProcessCPUTime))
    }

    /// Process time for profiling as nanoseconds:
    /// sum of the kernel and user-space CPU time.
    #[sig("()", hidden)]
    pub fn process_time_ns() -> i64 {
        read(ClockId::ProcessCPUTime)
    }

    /// Thread time for profiling: sum of the kernel and user-space CPU time.
    #[sig("()", hidden)]
    pub fn thread_time() -> f64 {
        seconds(read(ClockId::ThreadCPUTime))
    }

    /// Thread time for profiling as nanoseconds:
    /// sum of the kernel and user-space CPU time.
    #[sig("()", hidden)]
    pub fn thread_time_ns() -> i64 {
        read(ClockId::ThreadCPUTime)
    }

    /// Return the time of the specified clock clk_id as a float.
    #[sig("(clk_id, /)")]
    pub fn clock_gettime(th: &mut Thread, clk_id: i32) -> Result<f64> {
        read_number(th, clk_id).map(seconds)
    }

    /// Return the time of the specified clock clk_id as nanoseconds (int).
    #[sig("(clk_id, /)")]
    pub fn clock_gettime_ns(th: &mut Thread, clk_id: i32) -> Result<i64> {
        read_number(th, clk_id)
    }

    /// Return the resolution (precision) of the specified clock clk_id.
    #[sig("(clk_id, /)", hidden)]
    pub fn clock_getres(th: &mut Thread, clk_id: i32) -> Result<f64> {
        let clock = clock_id(th, clk_id)?;
        Ok(seconds(ns_of(super::clock_getres(clock))))
    }

    /// Set the time of the specified clock clk_id.
    #[sig("(clk_id, time, /)", hidden)]
    pub fn clock_settime(th: &mut Thread, clk_id: i32, time: &Value) -> Result<()> {
        let ns = support::nanoseconds(th, time, Rounding::Floor)?;
        clock_settime_ns(th, clk_id, ns)
    }

    /// Set the time of the specified clock clk_id with nanoseconds.
    #[sig("(clk_id, time, /)", hidden)]
    pub fn clock_settime_ns(th: &mut Thread, clk_id: i32, time: i64) -> Result<()> {
        let clock = clock_id(th, clk_id)?;
        let (tv_sec, tv_nsec) = (time.div_euclid(1_000_000_000), time.rem_euclid(1_000_000_000));
        rustix::time::clock_settime(clock, Timespec { tv_sec, tv_nsec })
            .map_err(|error| support::raise(th, &error))
    }

    /// Return the clk_id of a thread's CPU time clock.
    #[sig("(thread_id, /)", hidden)]
    pub fn pthread_getcpuclockid(th: &mut Thread, thread_id: u64) -> Result<i32> {
        match runtime::system::signal::native_id_of(thread_id) {
            Some(native) => Ok(clock::of_thread(native)),
            None => Err(support::raise_number(th, libc::ESRCH)),
        }
    }

    /// Delay execution for a given number of seconds.
    ///
    /// The argument may be a floating-point number for subsecond precision.
    #[sig("(seconds, /)", hidden)]
    pub fn sleep(th: &mut Thread, seconds: &Value) -> Result<()> {
        let ns = support::nanoseconds(th, seconds, Rounding::Up)?;
        if ns < 0 {
            return Err(value_error("sleep length must be non-negative"));
        }
        if ns == 0 {
            th.detached(runtime::yield_now);
            return support::check_signals(th);
        }
        let end = read(ClockId::Monotonic).saturating_add(ns);
        let until = Timespec { tv_sec: end / 1_000_000_000, tv_nsec: end % 1_000_000_000 };
        support::blocking_call(th, || rustix::thread::clock_nanosleep_absolute(ClockId::Monotonic, &until))
    }

    /// Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a. GMT).
    ///
    /// When 'seconds' is not passed in, convert the current time instead.
    ///
    /// If the platform supports the tm_gmtoff and tm_zone, they are available as
    /// attributes only.
    #[sig("(seconds=None, /)", hidden)]
    pub fn gmtime(th: &mut Thread, seconds: Option<&Value>) -> Result<Value> {
        let moment = moment(th, seconds)?;
        let fields = clock::universal(moment).map_err(|error| support::raise(th, &error))?;
        struct_time(th, (fields.0, "UTC".to_owned()))
    }

    /// Convert seconds since the Epoch to a time tuple expressing local time.
    ///
    /// When 'seconds' is not passed in, convert the current time instead.
    #[sig("(seconds=None, /)", hidden)]
    pub fn localtime(th: &mut Thread, seconds: Option<&Value>) -> Result<Value> {
        let moment = moment(th, seconds)?;
        let fields = clock::local(moment).map_err(|error| support::raise(th, &error))?;
        struct_time(th, fields)
    }

    /// Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.
    ///
    /// When the time tuple is not present, current time as returned by localtime()
    /// is used.
    #[sig("(tuple=<unrepresentable>, /)", hidden)]
    pub fn asctime(th: &mut Thread, tuple: Option<&Value>) -> Result<String> {
        let mut time = match tuple {
            Some(tuple) => calendar(th, tuple, "asctime")?.0,
            None => now_fields(th)?.0,
        };
        check_ranges(&mut time)?;
        Ok(as_text(&time))
    }

    /// Convert a time in seconds since the Epoch to a string in local time.
    ///
    /// This is equivalent to asctime(localtime(seconds)). When the time tuple is
    /// not present, current time as returned by localtime() is used.
    #[sig("(seconds=None, /)", hidden)]
    pub fn ctime(th: &mut Thread, seconds: Option<&Value>) -> Result<String> {
        let moment = moment(th, seconds)?;
        let (time, _) = clock::local(moment).map_err(|error| support::raise(th, &error))?;
        Ok(as_text(&time))
    }

    /// Convert a time tuple in local time to seconds since the Epoch.
    ///
    /// Note that mktime(gmtime(0)) will not generally return zero for most
    /// time zones; instead the returned value will either be equal to that
    /// of the timezone or altzone attributes on the time module.
    #[sig("(tuple, /)", hidden)]
    pub fn mktime(th: &mut Thread, tuple: &Value) -> Result<f64> {
        let (time, _) = calendar(th, tuple, "mktime")?;
        let seconds = clock::make(&time).ok_or_else(|| overflow_error("mktime argument out of range"))?;
        Ok(seconds as f64)
    }

    /// Convert a time tuple to a string according to a format specification.
    ///
    /// See the library reference manual for formatting codes. When the time tuple
    /// is not present, current time as returned by localtime() is used.
    #[sig("(format, tuple=<unrepresentable>, /)", hidden)]
    pub fn strftime(th: &mut Thread, format: &Value, tuple: Option<&Value>) -> Result<Value> {
        let Some(text) = cast::<Str>(format) else {
            return Err(type_error(format!(
                "strftime() argument 1 must be str, not {}",
                class_of(format).name_lossy()
            )));
        };
        let (mut time, zone) = match tuple {
            Some(tuple) => calendar(th, tuple, "strftime")?,
            None => {
                let (time, zone) = now_fields(th)?;
                (time, Some(zone))
            }
        };
        check_ranges(&mut time)?;
        time.isdst = time.isdst.clamp(-1, 1);
        // Surrogates and zeros pass through: what lies between them is formatted piece by piece.
        let mut out = text::Builder::new();
        let mut piece = String::new();
        let flush = |piece: &mut String, out: &mut text::Builder| {
            if !piece.is_empty() {
                let bytes = clock::format(&time, zone.as_deref(), piece.as_bytes());
                out.push_str(&String::from_utf8_lossy(&bytes));
                piece.clear();
            }
        };
        use text::Chars;
        for code in text.view().iter_chars() {
            match char::from_u32(code).filter(|&c| c != '\0') {
                Some(c) => piece.push(c),
                None => {
                    flush(&mut piece, &mut out);
                    out.push(code);
                }
            }
        }
        flush(&mut piece, &mut out);
        Str::from_text(th, &out.finish())
    }

    /// Parse a string to a time tuple according to a format specification.
    ///
    /// See the library reference manual for formatting codes (same as
    /// strftime()).
    #[sig("(*args)", hidden)]
    pub fn strptime(th: &mut Thread, args: Rest<'_>) -> Result<Value> {
        let parse = runtime::interp::import::attribute_of(th, "_strptime", "_strptime_time")?;
        call::call_positional(th, &parse, args)
    }

    /// Initialize, or reinitialize, the local timezone to the value stored in
    /// os.environ['TZ'].
    ///
    /// The TZ environment variable should be specified in standard Unix timezone
    /// format as documented in the tzset man page. If the TZ environment variable is
    /// not set or the timezone is unknown, the local timezone is UTC.
    #[sig("()", hidden)]
    pub fn tzset(th: &mut Thread) -> Result<()> {
        let module = runtime::interp::import::module_named(th, "time")?;
        set_zone(th, &module)
    }

    /// Get information of the specified clock.
    #[sig("(name, /)", hidden)]
    pub fn get_clock_info(th: &mut Thread, name: &runtime::Object<Str>) -> Result<Value> {
        let (implementation, monotonic, adjustable, clock) = match name.to_string_lossy().as_str() {
            "time" => ("clock_gettime(CLOCK_REALTIME)", false, true, ClockId::Realtime),
            "monotonic" | "perf_counter" => {
                ("clock_gettime(CLOCK_MONOTONIC)", true, false, ClockId::Monotonic)
            }
            "process_time" => {
                ("clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false, ClockId::ProcessCPUTime)
            }
            "thread_time" => ("clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false, ClockId::ThreadCPUTime),
            _ => return Err(value_error("unknown clock")),
        };
        let resolution = seconds(ns_of(super::clock_getres(clock)));
        let fields = [
            ("implementation", Str::new(th, implementation)?),
            ("monotonic", Value::from_bool(monotonic)),
            ("adjustable", Value::from_bool(adjustable)),
            ("resolution", float::new(th, resolution)?),
        ];
        let mut named = Vec::new();
        for (name, value) in fields {
            named.push((Str::interned(th, name)?, value));
        }
        let pairs: Vec<_> = named.iter().map(|(name, value)| (name, value.clone())).collect();
        namespace::new(th, &pairs)
    }
}
