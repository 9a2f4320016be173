//! Quoted-printable (RFC 1521, and RFC 1522 for headers).

/// No line is longer, the `=` that breaks it included.
const MOST: usize = 76;

/// Decodes; in a header an underscore is a space.
pub(super) fn decode(data: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let digit = |i: usize| data.get(i).and_then(|&b| char::from(b).to_digit(16)).map(|digit| digit as u8);
    let mut at = 0;
    while at < data.len() {
        match data[at] {
            b'=' => {
                at += 1;
                let Some(&next) = data.get(at) else { break };
                if next == b'\n' || next == b'\r' {
                    // A soft break: the line goes on after it.
                    at += data[at..].iter().position(|&b| b == b'\n').map_or(data.len() - at, |i| i + 1);
                } else if next == b'=' {
                    out.push(b'=');
                    at += 1;
                } else if let (Some(high), Some(low)) = (digit(at), digit(at + 1)) {
                    out.push(high << 4 | low);
                    at += 2;
                } else {
                    out.push(b'=');
                }
            }
            b'_' if header => {
                out.push(b' ');
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// Encodes.
pub(super) fn encode(data: &[u8], quote_tabs: bool, is_text: bool, header: bool) -> Vec<u8> {
    // Lines end in the input as its first line does.
    let crlf = data.iter().position(|&b| b == b'\n').is_some_and(|i| i > 0 && data[i - 1] == b'\r');
    let mut out: Vec<u8> = Vec::with_capacity(data.len() + data.len() / 4);
    let mut column = 0;
    let soft_break = |out: &mut Vec<u8>| {
        out.push(b'=');
        if crlf {
            out.push(b'\r');
        }
        out.push(b'\n');
    };
    let mut at = 0;
    while at < data.len() {
        let byte = data[at];
        let next = data.get(at + 1).copied();
        let last = next.is_none();
        let line_end =
            |b: Option<u8>| b == Some(b'\n') || b == Some(b'\r') && data.get(at + 2) == Some(&b'\n');
        let must_quote = byte > 126
            || byte == b'='
            || header && byte == b'_'
            || byte == b'.' && column == 0 && (last || matches!(next, Some(b'\n' | b'\r' | 0)))
            || !is_text && (byte == b'\r' || byte == b'\n')
            || (byte == b'\t' || byte == b' ') && last
            || byte < 33
                && !matches!(byte, b'\r' | b'\n' | b'\t' | b' ')
            || byte < 33 && !matches!(byte, b'\r' | b'\n') && quote_tabs
            // A space at the end of a line would be lost on the way.
            || is_text && (byte == b'\t' || byte == b' ') && !header && line_end(next);
        if must_quote {
            if column + 3 >= MOST {
                soft_break(&mut out);
                column = 0;
            }
            out.extend(format!("={byte:02X}").bytes());
            column += 3;
            at += 1;
            continue;
        }
        if is_text && (byte == b'\n' || byte == b'\r' && next == Some(b'\n')) {
            column = 0;
            // A space before the end of the line is protected, even one that came through.
            if let Some(&before) = out.last()
                && (before == b' ' || before == b'\t')
            {
                out.pop();
                out.extend(format!("={before:02X}").bytes());
            }
            if crlf {
                out.push(b'\r');
            }
            out.push(b'\n');
            at += if byte == b'\r' { 2 } else { 1 };
            continue;
        }
        if next.is_some_and(|next| next != b'\n') && column + 1 >= MOST {
            soft_break(&mut out);
            column = 0;
        }
        column += 1;
        out.push(if header && byte == b' ' { b'_' } else { byte });
        at += 1;
    }
    out
}
