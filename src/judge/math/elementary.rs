//! Exponential, logarithm and circular functions of real numbers, by series in fixed point.

use std::cmp::Ordering;
use std::sync::LazyLock;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::float::{Float, Trouble};

/// The places to which the constants are known; no precision asks for more.
const PLACES: i64 = 4096;

/// π by Machin's formula.
static PI: LazyLock<BigInt> = LazyLock::new(|| {
    let places = PLACES + 32;
    let pi = (inverse_series(5, places, true) * 16) - (inverse_series(239, places, true) * 4);
    pi >> 32
});

/// The natural logarithm of 2.
static LN_2: LazyLock<BigInt> = LazyLock::new(|| (inverse_series(3, PLACES + 32, false) * 2) >> 32);

/// The series of arctan (alternating) or artanh at `1 / n`.
fn inverse_series(n: u32, places: i64, alternating: bool) -> BigInt {
    let mut power = (BigInt::one() << places) / n;
    let (mut sum, mut k) = (BigInt::zero(), 0u32);
    while !power.is_zero() {
        let term = &power / (2 * k + 1);
        if alternating && k % 2 == 1 {
            sum -= term;
        } else {
            sum += term;
        }
        power /= n * n;
        k += 1;
    }
    sum
}

/// A constant with fewer places.
fn shortened(constant: &BigInt, places: i64) -> BigInt {
    constant >> (PLACES - places).max(0)
}

/// π.
pub(super) fn pi(bits: i64) -> Float {
    let places = (bits + 8).min(PLACES);
    Float::new(shortened(&PI, places), -places, 1 - places)
}

/// `e^x`.
pub(super) fn exponential(x: &Float, bits: i64) -> Result<Float, Trouble> {
    const HALVINGS: i64 = 8;
    let size = x.magnitude().max(0);
    if size > 40 || x.error() > -4 {
        return Err(Trouble::Lost);
    }
    let places = bits + 48 + size;
    let (scale, rest) = x.fixed(places).div_mod_floor(&shortened(&LN_2, places));
    let scale = scale.to_i64().ok_or(Trouble::Lost)?;
    let rest = rest >> HALVINGS;
    let one = BigInt::one() << places;
    let (mut sum, mut term, mut n) = (one.clone(), one, 1u32);
    while !term.is_zero() {
        term = ((term * &rest) >> places) / n;
        sum += &term;
        n += 1;
    }
    for _ in 0..HALVINGS {
        sum = (&sum * &sum) >> places;
    }
    let error = scale + 3 + x.error().max(-bits - 4);
    Ok(Float::new(sum, scale - places, error))
}

/// The natural logarithm of a positive value.
pub(super) fn logarithm(x: &Float, bits: i64) -> Result<Float, Trouble> {
    match x.sign() {
        Some(Ordering::Greater) => {}
        None => return Err(Trouble::Lost),
        _ => return Err(Trouble::Undefined),
    }
    let places = bits + 64;
    let one = BigInt::one() << places;
    let mut scale = x.magnitude();
    let mut part = x.scaled(-scale).fixed(places);
    if &part * 10 < &one * 7 {
        part *= 2;
        scale -= 1;
    }
    let ratio = ((&part - &one) << places) / (&part + &one);
    let square = (&ratio * &ratio) >> places;
    let (mut sum, mut power, mut n) = (BigInt::zero(), ratio, 1u32);
    while !power.is_zero() && power != BigInt::from(-1) {
        sum += &power / n;
        power = (power * &square) >> places;
        n += 2;
    }
    let value = sum * 2 + shortened(&LN_2, places) * scale;
    let error = (x.error() - x.magnitude() + 2).max(-bits) + 2;
    Ok(Float::new(value, -places, error))
}

/// Sine and cosine.
pub(super) fn sine_cosine(x: &Float, bits: i64) -> Result<(Float, Float), Trouble> {
    let size = x.magnitude().max(0);
    if size > 256 || x.error() > -4 {
        return Err(Trouble::Lost);
    }
    let places = bits + 32 + size;
    let quarter = shortened(&PI, places) >> 1;
    let fixed = x.fixed(places);
    let shifted: BigInt = &fixed + (&quarter >> 1);
    let turns = shifted.div_floor(&quarter);
    let rest = fixed - &turns * &quarter;
    let square = (&rest * &rest) >> places;
    let series = |first: BigInt, start: u32| {
        let (mut sum, mut term, mut n) = (first.clone(), first, start);
        while !term.is_zero() && term != BigInt::from(-1) {
            term = -((term * &square) >> places) / (n * (n + 1));
            sum += &term;
            n += 2;
        }
        sum
    };
    let (up, along) = (series(rest.clone(), 2), series(BigInt::one() << places, 1));
    let error = x.error().max(-bits - 4) + 2;
    let float = |value: BigInt| Float::new(value, -places, error);
    Ok(match turns.mod_floor(&BigInt::from(4)).to_u8() {
        Some(0) => (float(up), float(along)),
        Some(1) => (float(along), float(-up)),
        Some(2) => (float(-up), float(-along)),
        _ => (float(-along), float(up)),
    })
}

/// The angle whose tangent is `x`.
pub(super) fn arctangent(x: &Float, bits: i64) -> Result<Float, Trouble> {
    const HALVINGS: i64 = 3;
    let one = Float::whole(1);
    if x.magnitude() > 1 {
        let rest = arctangent(&one.over(&x.absolute(), bits)?, bits)?;
        let angle = pi(bits).scaled(-1).minus(&rest, bits);
        return Ok(if x.sign() == Some(Ordering::Less) { angle.negated() } else { angle });
    }
    let mut part = x.clone();
    for _ in 0..HALVINGS {
        let hypotenuse = one.plus(&part.times(&part, bits), bits).root(bits)?;
        part = part.over(&one.plus(&hypotenuse, bits), bits)?;
    }
    let places = bits + 32;
    let fixed = part.fixed(places);
    let square = (&fixed * &fixed) >> places;
    let (mut sum, mut power, mut n) = (BigInt::zero(), fixed, 1u32);
    while power.abs() > BigInt::one() {
        sum += &power / n;
        power = -((power * &square) >> places);
        n += 2;
    }
    let error = part.error().max(-bits) + 4;
    Ok(Float::new(sum, -places, error).scaled(HALVINGS))
}
