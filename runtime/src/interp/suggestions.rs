//! "Did you mean": the name that is nearest to a misspelt one.
//!
//! A variant of Levenshtein's distance in which changing case is cheap, as CPython's `traceback` module has it.

const MOVE: usize = 2;
const CASE: usize = 1;
/// Longer names, and longer lists, are not compared.
const LONGEST: usize = 40;
const MOST: usize = 750;

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// The distance, or more than `most`.
fn distance(a: &str, b: &str, most: usize) -> usize {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b)
        && x == y
    {
        (a, b) = (rest_a, rest_b);
    }
    while let ([rest_a @ .., x], [rest_b @ .., y]) = (a, b)
        && x == y
    {
        (a, b) = (rest_a, rest_b);
    }
    if a.is_empty() || b.is_empty() {
        return MOVE * (a.len() + b.len());
    }
    if a.len() > LONGEST || b.len() > LONGEST || a.len().abs_diff(b.len()) * MOVE > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (1..=b.len()).map(|i| i * MOVE).collect();
    let mut result = 0;
    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = i * MOVE;
        result = (i + 1) * MOVE;
        let mut least = usize::MAX;
        for (j, &y) in b.iter().enumerate() {
            let substitute = diagonal + substitution(x, y);
            diagonal = row[j];
            let insert_or_delete = result.min(diagonal) + MOVE;
            result = substitute.min(insert_or_delete);
            row[j] = result;
            least = least.min(result);
        }
        if least > most {
            return most + 1;
        }
    }
    result
}

/// The name among `names` that `wrong` was probably meant to be.
pub fn closest<'a>(wrong: &str, names: &'a [String]) -> Option<&'a str> {
    if names.len() > MOST || wrong.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for name in names.iter().filter(|name| *name != wrong) {
        let mut most = (name.len() + wrong.len() + 3) * MOVE / 6;
        if let Some((so_far, _)) = best {
            most = most.min(so_far.saturating_sub(1));
        }
        let d = distance(wrong, name, most);
        if d <= most && best.is_none_or(|(so_far, _)| d < so_far) {
            best = Some((d, name));
        }
    }
    best.map(|(_, name)| name)
}
