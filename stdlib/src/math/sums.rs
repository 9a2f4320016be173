//! Sums that are more exact than adding one after the other.

use runtime::class::BinaryOp;
use runtime::error::{Raised, Result, memory_error, overflow_error, value_error};
use runtime::iterate::Iteration;
use runtime::types::{float, int};
use runtime::{Thread, Value, ops};

/// A sum or product as two doubles: the rounded result and what rounding took away.
#[derive(Clone, Copy, Default)]
struct Double {
    high: f64,
    low: f64,
}

/// `a + b`, where `a` is not smaller in magnitude.
fn fast_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    Double { high, low: (a - high) + b }
}

/// `a + b`
fn two_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    let z = high - a;
    Double { high, low: (a - (high - z)) + (b - z) }
}

/// `a * b`
fn two_product(a: f64, b: f64) -> Double {
    let high = a * b;
    Double { high, low: a.mul_add(b, -high) }
}

/// The Euclidean norm of magnitudes, to the last digit nearly always: squares of scaled coordinates are summed in doubled
/// precision, and the root is corrected by what its square misses.
pub(super) fn norm(coordinates: &mut [f64]) -> f64 {
    if coordinates.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if coordinates.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let largest = coordinates.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 || coordinates.len() <= 1 {
        return largest;
    }
    let (_, exponent) = super::mantissa_exponent(largest);
    if exponent < -1023 {
        // The scale would overflow: first out of the denormal numbers.
        for x in coordinates.iter_mut() {
            *x /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * scaled_norm(coordinates, exponent + 1022);
    }
    scaled_norm(coordinates, exponent)
}

fn scaled_norm(coordinates: &[f64], exponent: i32) -> f64 {
    let scale = libm::ldexp(1.0, -exponent);
    // The sum begins at 1 so that no term is larger than it.
    let (mut sum, mut low_products, mut low_sums) = (1.0, 0.0, 0.0);
    for x in coordinates {
        let x = x * scale;
        let square = two_product(x, x);
        let next = fast_sum(sum, square.high);
        sum = next.high;
        low_products += square.low;
        low_sums += next.low;
    }
    let mut root = (sum - 1.0 + (low_products + low_sums)).sqrt();
    let square = two_product(-root, root);
    let next = fast_sum(sum, square.high);
    sum = next.high;
    low_products += square.low;
    low_sums += next.low;
    let missing = sum - 1.0 + (low_products + low_sums);
    root += missing / (2.0 * root);
    root / scale
}

/// `math.dist(p, q)`
pub(super) fn distance(thread: &mut Thread, p: &Value, q: &Value) -> Result<f64> {
    let p = ops::to_vec(thread, p)?;
    let q = ops::to_vec(thread, q)?;
    if p.len() != q.len() {
        return Err(value_error("both points must have the same number of dimensions"));
    }
    let mut differences = Vec::with_capacity(p.len());
    for (p, q) in p.iter().zip(&q) {
        let (p, q) = (float::as_f64(thread, p)?, float::as_f64(thread, q)?);
        differences.push((p - q).abs());
    }
    Ok(norm(&mut differences))
}

#[cold]
fn intermediate_overflow() -> Raised {
    overflow_error("intermediate overflow in fsum")
}

/// `math.fsum(seq)`: Shewchuk's partial sums, which do not overlap and add up to the exact sum.
pub(super) fn exact_sum(thread: &mut Thread, seq: &Value) -> Result<f64> {
    let mut partials: Vec<f64> = Vec::new();
    let (mut special, mut infinities) = (0.0, 0.0);
    ops::for_each(thread, seq, |thread, item| {
        let original = float::as_f64(thread, &item)?;
        let mut x = original;
        let mut kept = 0;
        for j in 0..partials.len() {
            let mut y = partials[j];
            if x.abs() < y.abs() {
                (x, y) = (y, x);
            }
            let sum = fast_sum(x, y);
            if sum.low != 0.0 {
                partials[kept] = sum.low;
                kept += 1;
            }
            x = sum.high;
        }
        partials.truncate(kept);
        if x == 0.0 {
            return Ok(());
        }
        if x.is_finite() {
            partials.try_reserve(1).map_err(|_| memory_error())?;
            partials.push(x);
            return Ok(());
        }
        if original.is_finite() {
            return Err(intermediate_overflow());
        }
        if original.is_infinite() {
            infinities += original;
        }
        special += original;
        partials.clear();
        Ok(())
    })?;
    if special != 0.0 {
        // nan compares unequal too.
        return if f64::is_nan(infinities) { Err(value_error("-inf + inf in fsum")) } else { Ok(special) };
    }
    Ok(round_partials(&partials))
}

/// The double nearest to the sum of non-overlapping partials, ties to even.
fn round_partials(partials: &[f64]) -> f64 {
    let Some((&largest, rest)) = partials.split_last() else { return 0.0 };
    let mut high = largest;
    let mut low = 0.0;
    let mut below = rest.len();
    while below > 0 {
        below -= 1;
        let sum = fast_sum(high, rest[below]);
        (high, low) = (sum.high, sum.low);
        if low != 0.0 {
            break;
        }
    }
    // What lies further below decides a tie.
    if below > 0 && (low < 0.0 && rest[below - 1] < 0.0 || low > 0.0 && rest[below - 1] > 0.0) {
        let twice = low * 2.0;
        let away = high + twice;
        if twice == away - high {
            high = away;
        }
    }
    high
}

/// `math.prod(iterable, start=start)`
pub(super) fn product(thread: &mut Thread, iterable: &Value, start: Option<&Value>) -> Result<Value> {
    let mut result = match start {
        Some(start) => start.clone(),
        None => int::from_i64(thread, 1)?,
    };
    ops::for_each(thread, iterable, |thread, item| {
        result = ops::binary(thread, &result, &item, BinaryOp::Multiply)?;
        Ok(())
    })?;
    Ok(result)
}

/// A sum of products of doubles in three doubles.
#[derive(Clone, Copy, Default)]
struct Triple {
    high: f64,
    low: f64,
    tiny: f64,
}

impl Triple {
    fn with_product(self, x: f64, y: f64) -> Self {
        let product = two_product(x, y);
        let sum = two_sum(self.high, product.high);
        let first = two_sum(self.low, product.low);
        let second = two_sum(first.high, sum.low);
        Self { high: sum.high, low: second.high, tiny: self.tiny + first.low + second.low }
    }

    fn value(self) -> f64 {
        let last = two_sum(self.low, self.tiny);
        two_sum(self.high, last.high).high
    }
}

/// What `math.sumprod` has added up so far: small ints and floats on their own, as long as nothing else has come. What else comes
/// decides where floats are rounded, so sums that outgrow 64 bits are not kept on their own either.
struct SumOfProducts {
    total: Value,
    ints: Option<i64>,
    ints_used: bool,
    floats: Option<Triple>,
    floats_used: bool,
}

impl SumOfProducts {
    fn finish_ints(&mut self, thread: &mut Thread) -> Result<()> {
        if let Some(sum) = self.ints.take()
            && self.ints_used
        {
            let sum = int::from_i64(thread, sum)?;
            self.total = ops::binary(thread, &self.total, &sum, BinaryOp::Add)?;
        }
        Ok(())
    }

    fn finish_floats(&mut self, thread: &mut Thread) -> Result<()> {
        if let Some(sum) = self.floats.take()
            && self.floats_used
        {
            let sum = float::new(thread, sum.value())?;
            self.total = ops::binary(thread, &self.total, &sum, BinaryOp::Add)?;
        }
        Ok(())
    }

    fn add(&mut self, thread: &mut Thread, p: &Value, q: &Value) -> Result<()> {
        if let Some(sum) = self.ints {
            let small = |value: &Value| if int::is_exact(value) { int::to_i64(value) } else { None };
            let next = small(p).zip(small(q)).and_then(|(p, q)| sum.checked_add(p.checked_mul(q)?));
            if next.is_some() {
                self.ints = next;
                self.ints_used = true;
                return Ok(());
            }
            self.finish_ints(thread)?;
        }
        if let Some(sum) = self.floats {
            if let Some((p, q)) = float_pair(p, q) {
                let next = sum.with_product(p, q);
                if next.high.is_finite() {
                    self.floats = Some(next);
                    self.floats_used = true;
                    return Ok(());
                }
            }
            self.finish_floats(thread)?;
        }
        let product = ops::binary(thread, p, q, BinaryOp::Multiply)?;
        self.total = ops::binary(thread, &self.total, &product, BinaryOp::Add)?;
        Ok(())
    }
}

/// Two doubles, of which one at least is a float and the other a float, an int or a bool.
fn float_pair(p: &Value, q: &Value) -> Option<(f64, f64)> {
    let number = |value: &Value| {
        let whole = int::is_exact(value) || int::as_bool(value).is_some();
        if whole { float::from_int(value).ok() } else { None }
    };
    match (float::to_f64_exact(p), float::to_f64_exact(q)) {
        (Some(p), Some(q)) => Some((p, q)),
        (Some(p), None) => Some((p, number(q)?)),
        (None, Some(q)) => Some((number(p)?, q)),
        (None, None) => None,
    }
}

/// `math.sumprod(p, q)`
pub(super) fn sum_of_products(thread: &mut Thread, p: &Value, q: &Value) -> Result<Value> {
    let mut p = Iteration::over(thread, p)?;
    let mut q = Iteration::over(thread, q)?;
    let mut sum = SumOfProducts {
        total: int::from_i64(thread, 0)?,
        ints: Some(0),
        ints_used: false,
        floats: Some(Triple::default()),
        floats_used: false,
    };
    loop {
        match (p.next(thread)?, q.next(thread)?) {
            (Some(p), Some(q)) => sum.add(thread, &p, &q)?,
            (None, None) => break,
            _ => return Err(value_error("Inputs are not the same length")),
        }
        ops::memory_poll(thread)?;
    }
    sum.finish_ints(thread)?;
    sum.finish_floats(thread)?;
    Ok(sum.total)
}
