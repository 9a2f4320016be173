//! `termios`: how terminals are set.

use memory::Value;
use runtime::Thread;
use runtime::class::Type;
use runtime::error::{EXCEPTION, Raised, Result, overflow_error, type_error};
use runtime::names::StaticValue;
use runtime::native;
use runtime::object::cast;
use runtime::system::terminal::{self, CONTROLS, Settings};
use runtime::types::{Bytes, BytesExt, Dict, DictExt, List, ListExt, Str, Tuple, int};
use runtime::{call, ops};

use crate::support::{self, Descriptor, blocking};

/// `termios.error`: made at the first import.
static ERROR: StaticValue = StaticValue::new();

fn raise(thread: &mut Thread, error: &std::io::Error) -> Raised {
    let number = error.raw_os_error().unwrap_or(libc::EIO);
    let made = match ERROR.get() {
        None => return support::raise(thread, error),
        Some(class) => int::from_i64(thread, number.into()).and_then(|number_value| {
            let text = Str::new(thread, &runtime::types::os_error::describe(number))?;
            call::call_positional(thread, class, &[number_value, text])
        }),
    };
    made.map_or_else(|raised| raised, Raised::new)
}

fn run(thread: &mut Thread, what: impl FnMut() -> std::io::Result<()>) -> Result<()> {
    let done = blocking(thread, what)?;
    done.map_err(|error| raise(thread, &error))
}

/// Whether input goes by lines: then two of the control characters are characters and no numbers.
fn by_lines(modes: [u32; 4]) -> bool {
    modes[3] & libc::ICANON != 0
}

/// A number of C, of which the lower bits count.
fn number(thread: &mut Thread, value: &Value) -> Result<i64> {
    i64::try_from(ops::index_i128(thread, value)?)
        .map_err(|_| overflow_error("Python int too large to convert to C long"))
}

fn speed(thread: &mut Thread, value: &Value) -> Result<u32> {
    u32::try_from(ops::index_i128(thread, value)?)
        .map_err(|_| overflow_error("Python int too large to convert to C unsigned int"))
}

fn list_of(value: &Value, count: usize, message: &str) -> Result<Vec<Value>> {
    let list = cast::<List>(value).ok_or_else(|| type_error(message))?;
    let mut items = Vec::new();
    while let Some(item) = list.get(items.len()) {
        items.push(item);
    }
    if items.len() == count { Ok(items) } else { Err(type_error(message)) }
}

fn settings_of(thread: &mut Thread, attributes: &Value) -> Result<Settings> {
    let items = list_of(attributes, 7, "tcsetattr, arg 3: must be 7 element list")?;
    let mut settings = Settings::default();
    for (mode, value) in settings.modes.iter_mut().zip(&items) {
        *mode = number(thread, value)? as u32;
    }
    for (to, value) in settings.speeds.iter_mut().zip(&items[4..6]) {
        *to = speed(thread, value)?;
    }
    let controls =
        list_of(&items[6], CONTROLS, &format!("tcsetattr: attributes[6] must be {CONTROLS} element list"))?;
    for (control, value) in settings.controls.iter_mut().zip(&controls) {
        *control = match cast::<Bytes>(value).map(|bytes| bytes.bytes()) {
            Some(&[byte]) => byte,
            None if int::is_int(value) => number(thread, value)? as u8,
            _ => {
                return Err(type_error("tcsetattr: elements of attributes must be characters or integers"));
            }
        };
    }
    Ok(settings)
}

fn attributes_of(thread: &mut Thread, settings: &Settings) -> Result<Value> {
    let mut controls = Vec::new();
    for (index, control) in settings.controls.iter().enumerate() {
        controls.push(if !by_lines(settings.modes) && matches!(index, libc::VMIN | libc::VTIME) {
            int::from_i64(thread, (*control).into())?
        } else {
            Bytes::new(thread, &[*control])?
        });
    }
    let mut items = Vec::new();
    for number in settings.modes.iter().chain(&settings.speeds) {
        items.push(int::from_i64(thread, (*number).into())?);
    }
    items.push(List::new(thread, controls)?);
    List::new(thread, items)
}

#[native::module(
    "termios",
    doc = "How terminals are set: the calls of POSIX.\n\nEvery function takes a file descriptor first, or an object that has one."
)]
pub mod module {
    use super::*;
    use runtime::types::module;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)?;
        if ERROR.get().is_none() {
            let name = Str::interned(th, "error")?;
            let bases = Tuple::of_array(th, [EXCEPTION.value()])?;
            let namespace = Dict::new(th)?;
            if let Some(namespace) = cast::<Dict>(&namespace) {
                let of = Str::interned(th, "termios")?;
                namespace.set_str(th, runtime::names::__module__(), of)?;
            }
            let class = <Type as runtime::class::Payload>::def().value();
            let made = call::call_positional(th, &class, &[name, bases, namespace])?;
            if ERROR.get().is_none() {
                ERROR.set(made);
            }
        }
        module::set(th, module, "error", ERROR.get().cloned().unwrap_or_else(Value::none))
    }

    /// Wait until everything that was written has been transmitted.
    #[sig("(fd, /)")]
    pub fn tcdrain(th: &mut Thread, fd: Descriptor) -> Result<()> {
        run(th, || terminal::drain(fd.0))
    }

    /// Stop input or output, or go on with it.
    #[sig("(fd, action, /)")]
    pub fn tcflow(th: &mut Thread, fd: Descriptor, action: i32) -> Result<()> {
        run(th, || terminal::flow(fd.0, action))
    }

    /// Forget what has been typed, or written and not transmitted.
    #[sig("(fd, queue, /)")]
    pub fn tcflush(th: &mut Thread, fd: Descriptor, queue: i32) -> Result<()> {
        run(th, || terminal::flush(fd.0, queue))
    }

    /// How the terminal is set: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc].
    ///
    /// cc is a list of control characters, as bytes of length one; VMIN and VTIME are ints unless input goes by lines.
    #[sig("(fd, /)")]
    pub fn tcgetattr(th: &mut Thread, fd: Descriptor) -> Result<Value> {
        let found = th.detached(|| terminal::settings(fd.0)).map_err(|error| raise(th, &error))?;
        attributes_of(th, &found)
    }

    /// The size of the window: (rows, columns).
    #[sig("(fd, /)")]
    pub fn tcgetwinsize(th: &mut Thread, fd: Descriptor) -> Result<(u16, u16)> {
        th.detached(|| terminal::size(fd.0)).map_err(|error| raise(th, &error))
    }

    /// Send a break.
    #[sig("(fd, duration, /)")]
    pub fn tcsendbreak(th: &mut Thread, fd: Descriptor, duration: i32) -> Result<()> {
        run(th, || terminal::send_break(fd.0, duration))
    }

    /// Set the terminal, to a list as tcgetattr gives: at once (TCSANOW), when everything is transmitted (TCSADRAIN), or also
    /// without what has been typed (TCSAFLUSH).
    #[sig("(fd, when, attributes, /)")]
    pub fn tcsetattr(th: &mut Thread, fd: Descriptor, when: i32, attributes: &Value) -> Result<()> {
        let settings = settings_of(th, attributes)?;
        run(th, || terminal::set(fd.0, when, &settings))
    }

    /// Set the size of the window: (rows, columns).
    #[sig("(fd, winsize, /)")]
    pub fn tcsetwinsize(th: &mut Thread, fd: Descriptor, winsize: &Value) -> Result<()> {
        const WRONG: &str = "tcsetwinsize, arg 2: must be a two-item sequence";
        if !runtime::types::sequence::is_iterable(winsize) {
            return Err(type_error(WRONG));
        }
        let items = ops::to_vec(th, winsize)?;
        let [rows, columns] = items.as_slice() else { return Err(type_error(WRONG)) };
        let mut numbers = [0; 2];
        for (number, value) in numbers.iter_mut().zip([rows, columns]) {
            *number = u16::try_from(ops::index_i128(th, value)?)
                .map_err(|_| overflow_error("winsize value(s) out of range."))?;
        }
        run(th, || terminal::set_size(fd.0, numbers[0], numbers[1]))
    }
}

const CONSTANTS: &[(&str, i64)] = &[
    ("B0", 0),
    ("B1000000", 1000000),
    ("B110", 110),
    ("B115200", 115200),
    ("B1152000", 1152000),
    ("B1200", 1200),
    ("B134", 134),
    ("B14400", 14400),
    ("B150", 150),
    ("B1500000", 1500000),
    ("B1800", 1800),
    ("B19200", 19200),
    ("B200", 200),
    ("B2000000", 2000000),
    ("B230400", 230400),
    ("B2400", 2400),
    ("B2500000", 2500000),
    ("B28800", 28800),
    ("B300", 300),
    ("B3000000", 3000000),
    ("B3500000", 3500000),
    ("B38400", 38400),
    ("B4000000", 4000000),
    ("B460800", 460800),
    ("B4800", 4800),
    ("B50", 50),
    ("B500000", 500000),
    ("B57600", 57600),
    ("B576000", 576000),
    ("B600", 600),
    ("B7200", 7200),
    ("B75", 75),
    ("B76800", 76800),
    ("B921600", 921600),
    ("B9600", 9600),
    ("BRKINT", 2),
    ("BS0", 0),
    ("BS1", 8192),
    ("BSDLY", 8192),
    ("CBAUD", 4111),
    ("CBAUDEX", 4096),
    ("CDSUSP", 25),
    ("CEOF", 4),
    ("CEOL", 0),
    ("CEOT", 4),
    ("CERASE", 127),
    ("CFLUSH", 15),
    ("CIBAUD", 269418496),
    ("CINTR", 3),
    ("CKILL", 21),
    ("CLNEXT", 22),
    ("CLOCAL", 2048),
    ("CQUIT", 28),
    ("CR0", 0),
    ("CR1", 512),
    ("CR2", 1024),
    ("CR3", 1536),
    ("CRDLY", 1536),
    ("CREAD", 128),
    ("CRPRNT", 18),
    ("CRTSCTS", 2147483648),
    ("CS5", 0),
    ("CS6", 16),
    ("CS7", 32),
    ("CS8", 48),
    ("CSIZE", 48),
    ("CSTART", 17),
    ("CSTOP", 19),
    ("CSTOPB", 64),
    ("CSUSP", 26),
    ("CWERASE", 23),
    ("ECHO", 8),
    ("ECHOCTL", 512),
    ("ECHOE", 16),
    ("ECHOK", 32),
    ("ECHOKE", 2048),
    ("ECHONL", 64),
    ("ECHOPRT", 1024),
    ("EXTA", 19200),
    ("EXTB", 38400),
    ("EXTPROC", 65536),
    ("FF0", 0),
    ("FF1", 32768),
    ("FFDLY", 32768),
    ("FIOASYNC", 21586),
    ("FIOCLEX", 21585),
    ("FIONBIO", 21537),
    ("FIONCLEX", 21584),
    ("FIONREAD", 21531),
    ("FLUSHO", 4096),
    ("HUPCL", 1024),
    ("IBSHIFT", 16),
    ("ICANON", 2),
    ("ICRNL", 256),
    ("IEXTEN", 32768),
    ("IGNBRK", 1),
    ("IGNCR", 128),
    ("IGNPAR", 4),
    ("IMAXBEL", 8192),
    ("INLCR", 64),
    ("INPCK", 16),
    ("IOCSIZE_MASK", 1073676288),
    ("IOCSIZE_SHIFT", 16),
    ("ISIG", 1),
    ("ISTRIP", 32),
    ("IUCLC", 512),
    ("IUTF8", 16384),
    ("IXANY", 2048),
    ("IXOFF", 4096),
    ("IXON", 1024),
    ("NCCS", 32),
    ("NL0", 0),
    ("NL1", 256),
    ("NLDLY", 256),
    ("NOFLSH", 128),
    ("N_MOUSE", 2),
    ("N_PPP", 3),
    ("N_SLIP", 1),
    ("N_STRIP", 4),
    ("N_TTY", 0),
    ("OCRNL", 8),
    ("OFDEL", 128),
    ("OFILL", 64),
    ("OLCUC", 2),
    ("ONLCR", 4),
    ("ONLRET", 32),
    ("ONOCR", 16),
    ("OPOST", 1),
    ("PARENB", 256),
    ("PARMRK", 8),
    ("PARODD", 512),
    ("PENDIN", 16384),
    ("TAB0", 0),
    ("TAB1", 2048),
    ("TAB2", 4096),
    ("TAB3", 6144),
    ("TABDLY", 6144),
    ("TCFLSH", 21515),
    ("TCGETS", 21505),
    ("TCIFLUSH", 0),
    ("TCIOFF", 2),
    ("TCIOFLUSH", 2),
    ("TCION", 3),
    ("TCOFLUSH", 1),
    ("TCOOFF", 0),
    ("TCOON", 1),
    ("TCSADRAIN", 1),
    ("TCSAFLUSH", 2),
    ("TCSANOW", 0),
    ("TCSBRK", 21513),
    ("TCSBRKP", 21541),
    ("TCSETS", 21506),
    ("TCSETSF", 21508),
    ("TCSETSW", 21507),
    ("TCXONC", 21514),
    ("TIOCCONS", 21533),
    ("TIOCEXCL", 21516),
    ("TIOCGETD", 21540),
    ("TIOCGICOUNT", 21597),
    ("TIOCGLCKTRMIOS", 21590),
    ("TIOCGPGRP", 21519),
    ("TIOCGSERIAL", 21534),
    ("TIOCGSOFTCAR", 21529),
    ("TIOCGWINSZ", 21523),
    ("TIOCINQ", 21531),
    ("TIOCLINUX", 21532),
    ("TIOCMBIC", 21527),
    ("TIOCMBIS", 21526),
    ("TIOCMGET", 21525),
    ("TIOCMIWAIT", 21596),
    ("TIOCMSET", 21528),
    ("TIOCM_CAR", 64),
    ("TIOCM_CD", 64),
    ("TIOCM_CTS", 32),
    ("TIOCM_DSR", 256),
    ("TIOCM_DTR", 2),
    ("TIOCM_LE", 1),
    ("TIOCM_RI", 128),
    ("TIOCM_RNG", 128),
    ("TIOCM_RTS", 4),
    ("TIOCM_SR", 16),
    ("TIOCM_ST", 8),
    ("TIOCNOTTY", 21538),
    ("TIOCNXCL", 21517),
    ("TIOCOUTQ", 21521),
    ("TIOCPKT", 21536),
    ("TIOCPKT_DATA", 0),
    ("TIOCPKT_DOSTOP", 32),
    ("TIOCPKT_FLUSHREAD", 1),
    ("TIOCPKT_FLUSHWRITE", 2),
    ("TIOCPKT_NOSTOP", 16),
    ("TIOCPKT_START", 8),
    ("TIOCPKT_STOP", 4),
    ("TIOCSCTTY", 21518),
    ("TIOCSERCONFIG", 21587),
    ("TIOCSERGETLSR", 21593),
    ("TIOCSERGETMULTI", 21594),
    ("TIOCSERGSTRUCT", 21592),
    ("TIOCSERGWILD", 21588),
    ("TIOCSERSETMULTI", 21595),
    ("TIOCSERSWILD", 21589),
    ("TIOCSER_TEMT", 1),
    ("TIOCSETD", 21539),
    ("TIOCSLCKTRMIOS", 21591),
    ("TIOCSPGRP", 21520),
    ("TIOCSSERIAL", 21535),
    ("TIOCSSOFTCAR", 21530),
    ("TIOCSTI", 21522),
    ("TIOCSWINSZ", 21524),
    ("TOSTOP", 256),
    ("VDISCARD", 13),
    ("VEOF", 4),
    ("VEOL", 11),
    ("VEOL2", 16),
    ("VERASE", 2),
    ("VINTR", 0),
    ("VKILL", 3),
    ("VLNEXT", 15),
    ("VMIN", 6),
    ("VQUIT", 1),
    ("VREPRINT", 12),
    ("VSTART", 8),
    ("VSTOP", 9),
    ("VSUSP", 10),
    ("VSWTC", 7),
    ("VSWTCH", 7),
    ("VT0", 0),
    ("VT1", 16384),
    ("VTDLY", 16384),
    ("VTIME", 5),
    ("VWERASE", 14),
    ("XCASE", 4),
    ("XTABS", 6144),
    ("_POSIX_VDISABLE", 0),
];
