//! What the functions of complex numbers are at infinities and nan: by class of the real part (row) and of the imaginary
//! part (column), as C's Annex G has it.

use super::Parts;

/// A value for each pair of classes.
pub(super) type Table = [[Parts; 7]; 7];

const I: f64 = f64::INFINITY;
const N: f64 = f64::NAN;
const P: f64 = std::f64::consts::PI;
const P2: f64 = std::f64::consts::FRAC_PI_2;
const P4: f64 = std::f64::consts::FRAC_PI_4;
const P34: f64 = 3.0 * std::f64::consts::FRAC_PI_4;
/// Not looked up: both parts are finite, or a formula or an error comes first.
const U: Parts = (N, N);

/// The class of a part: -inf, negative, -0, 0, positive, inf, nan.
fn class(part: f64) -> usize {
    match part {
        _ if part.is_nan() => 6,
        f64::NEG_INFINITY => 0,
        f64::INFINITY => 5,
        _ if part < 0.0 => 1,
        _ if part > 0.0 => 4,
        _ if part.is_sign_negative() => 2,
        _ => 3,
    }
}

/// The value for `z`.
pub(super) fn find(table: &Table, z: Parts) -> Parts {
    table[class(z.0)][class(z.1)]
}

/// `acos(z)`
pub(super) const ACOS: Table = [
    [(P34, I), (P, I), (P, I), (P, -I), (P, -I), (P34, -I), (N, I)],
    [(P2, I), U, U, U, U, (P2, -I), (N, N)],
    [(P2, I), U, U, U, U, (P2, -I), (P2, N)],
    [(P2, I), U, U, U, U, (P2, -I), (P2, N)],
    [(P2, I), U, U, U, U, (P2, -I), (N, N)],
    [(P4, I), (0.0, I), (0.0, I), (0.0, -I), (0.0, -I), (P4, -I), (N, I)],
    [(N, I), (N, N), (N, N), (N, N), (N, N), (N, -I), (N, N)],
];

/// `acosh(z)`
pub(super) const ACOSH: Table = [
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P2), U, U, U, U, (I, P2), (N, N)],
    [(I, -P2), U, U, U, U, (I, P2), (N, P2)],
    [(I, -P2), U, U, U, U, (I, P2), (N, P2)],
    [(I, -P2), U, U, U, U, (I, P2), (N, N)],
    [(I, -P4), (I, -0.0), (I, -0.0), (I, 0.0), (I, 0.0), (I, P4), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
];

/// `asinh(z)`
pub(super) const ASINH: Table = [
    [(-I, -P4), (-I, -0.0), (-I, -0.0), (-I, 0.0), (-I, 0.0), (-I, P4), (-I, N)],
    [(-I, -P2), U, U, U, U, (-I, P2), (N, N)],
    [(-I, -P2), U, U, U, U, (-I, P2), (N, N)],
    [(I, -P2), U, U, U, U, (I, P2), (N, N)],
    [(I, -P2), U, U, U, U, (I, P2), (N, N)],
    [(I, -P4), (I, -0.0), (I, -0.0), (I, 0.0), (I, 0.0), (I, P4), (I, N)],
    [(I, N), (N, N), (N, -0.0), (N, 0.0), (N, N), (I, N), (N, N)],
];

/// `atanh(z)`
pub(super) const ATANH: Table = [
    [(-0.0, -P2), (-0.0, -P2), (-0.0, -P2), (-0.0, P2), (-0.0, P2), (-0.0, P2), (-0.0, N)],
    [(-0.0, -P2), U, U, U, U, (-0.0, P2), (N, N)],
    [(-0.0, -P2), U, U, U, U, (-0.0, P2), (-0.0, N)],
    [(0.0, -P2), U, U, U, U, (0.0, P2), (0.0, N)],
    [(0.0, -P2), U, U, U, U, (0.0, P2), (N, N)],
    [(0.0, -P2), (0.0, -P2), (0.0, -P2), (0.0, P2), (0.0, P2), (0.0, P2), (0.0, N)],
    [(0.0, -P2), (N, N), (N, N), (N, N), (N, N), (0.0, P2), (N, N)],
];

/// `cosh(z)`
pub(super) const COSH: Table = [
    [U, U, (I, 0.0), (I, -0.0), U, U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, 0.0)],
    [U, U, U, U, U, U, (N, 0.0)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, (I, -0.0), (I, 0.0), U, U, (I, N)],
    [(N, N), (N, N), (N, 0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];

/// `exp(z)`
pub(super) const EXP: Table = [
    [(0.0, 0.0), U, (0.0, -0.0), (0.0, 0.0), U, (0.0, 0.0), (0.0, 0.0)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, (I, -0.0), (I, 0.0), U, U, (I, N)],
    [(N, N), (N, N), (N, -0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];

/// `log(z)`
pub(super) const LOG: Table = [
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P2), U, U, U, U, (I, P2), (N, N)],
    [(I, -P2), U, U, U, U, (I, P2), (N, N)],
    [(I, -P2), U, U, U, U, (I, P2), (N, N)],
    [(I, -P2), U, U, U, U, (I, P2), (N, N)],
    [(I, -P4), (I, -0.0), (I, -0.0), (I, 0.0), (I, 0.0), (I, P4), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
];

/// `sinh(z)`
pub(super) const SINH: Table = [
    [U, U, (-I, -0.0), (-I, 0.0), U, U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (0.0, N)],
    [U, U, U, U, U, U, (0.0, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, (I, -0.0), (I, 0.0), U, U, (I, N)],
    [(N, N), (N, N), (N, -0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];

/// `sqrt(z)`
pub(super) const SQRT: Table = [
    [(I, -I), (0.0, -I), (0.0, -I), (0.0, I), (0.0, I), (I, I), (N, I)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), (I, -0.0), (I, -0.0), (I, 0.0), (I, 0.0), (I, I), (I, N)],
    [(I, -I), (N, N), (N, N), (N, N), (N, N), (I, I), (N, N)],
];

/// `tanh(z)`
pub(super) const TANH: Table = [
    [(-1.0, 0.0), U, (-1.0, -0.0), (-1.0, 0.0), U, (-1.0, 0.0), (-1.0, 0.0)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (-0.0, N)],
    [U, U, U, U, U, U, (0.0, N)],
    [U, U, U, U, U, U, (N, N)],
    [(1.0, 0.0), U, (1.0, -0.0), (1.0, 0.0), U, (1.0, 0.0), (1.0, 0.0)],
    [(N, N), (N, N), (N, -0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];

/// `rect(r, phi)`
pub(super) const RECT: Table = [
    [U, U, (-I, 0.0), (-I, -0.0), U, U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [(0.0, 0.0), U, U, U, U, (0.0, 0.0), (0.0, 0.0)],
    [(0.0, 0.0), U, U, U, U, (0.0, 0.0), (0.0, 0.0)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, (I, -0.0), (I, 0.0), U, U, (I, N)],
    [(N, N), (N, N), (N, 0.0), (N, 0.0), (N, N), (N, N), (N, N)],
];
