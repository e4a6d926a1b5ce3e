//! Real numbers of many digits with a bound on their error.
//!
//! A value is `mantissa · 2^exponent`, off by at most `2^error`. The bound makes a difference certain: two values
//! whose distance exceeds their errors are different numbers, whatever was rounded on the way.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// The error of an exact value: far below every other exponent, far above overflow.
const EXACT: i64 = i64::MIN / 16;

/// Exponents beyond this are given up.
const LARGEST: i64 = 1 << 40;

/// Why a value is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It does not exist, as 1/0.
    Undefined,
    /// Too few digits are left, or it is too large.
    Lost,
}

/// A real number with a bound on its error.
#[derive(Debug, Clone)]
pub(super) struct Float {
    mantissa: BigInt,
    exponent: i64,
    error: i64,
}

impl Float {
    /// Zero, exactly.
    pub(super) fn zero() -> Self {
        Self::whole(BigInt::zero())
    }

    /// A whole number, exactly.
    pub(super) fn whole(value: impl Into<BigInt>) -> Self {
        Self { mantissa: value.into(), exponent: 0, error: EXACT }
    }

    /// A value from its parts.
    pub(super) fn new(mantissa: BigInt, exponent: i64, error: i64) -> Self {
        Self { mantissa, exponent, error }
    }

    /// A rational number.
    pub(super) fn rational(value: &BigRational, bits: i64) -> Result<Self, Trouble> {
        let numerator = Self::whole(value.numer().clone());
        if value.is_integer() {
            return Ok(numerator);
        }
        numerator.over(&Self::whole(value.denom().clone()), bits)
    }

    /// The exponent of the error bound.
    pub(super) fn error(&self) -> i64 {
        self.error
    }

    /// The least known `m` with `|mantissa · 2^exponent| < 2^m`.
    pub(super) fn magnitude(&self) -> i64 {
        if self.mantissa.is_zero() { EXACT } else { self.exponent + length(&self.mantissa) }
    }

    /// Is this exactly zero?
    pub(super) fn is_zero(&self) -> bool {
        self.mantissa.is_zero() && self.error == EXACT
    }

    /// Could this be zero?
    pub(super) fn may_be_zero(&self) -> bool {
        self.mantissa.is_zero() || self.magnitude() - 1 <= self.error
    }

    /// The sign, where it is certain.
    pub(super) fn sign(&self) -> Option<Ordering> {
        match self.mantissa.sign() {
            _ if self.is_zero() => Some(Ordering::Equal),
            _ if self.may_be_zero() => None,
            Sign::Minus => Some(Ordering::Less),
            _ => Some(Ordering::Greater),
        }
    }

    /// `self` as a multiple of `2^-places`, rounded down.
    pub(super) fn fixed(&self, places: i64) -> BigInt {
        shifted(&self.mantissa, self.exponent + places)
    }

    /// Fails where the exponent has grown beyond use.
    pub(super) fn checked(self) -> Result<Self, Trouble> {
        let fits = self.exponent.abs() < LARGEST && (self.error == EXACT || self.error.abs() < LARGEST);
        if fits { Ok(self) } else { Err(Trouble::Lost) }
    }

    /// `-self`.
    pub(super) fn negated(&self) -> Self {
        Self { mantissa: -&self.mantissa, ..self.clone() }
    }

    /// `|self|`.
    pub(super) fn absolute(&self) -> Self {
        Self { mantissa: self.mantissa.abs(), ..self.clone() }
    }

    /// `self · 2^places`.
    pub(super) fn scaled(&self, places: i64) -> Self {
        let error = if self.error == EXACT { EXACT } else { self.error + places };
        Self { mantissa: self.mantissa.clone(), exponent: self.exponent + places, error }
    }

    /// `self + other`.
    pub(super) fn plus(&self, other: &Self, bits: i64) -> Self {
        if self.mantissa.is_zero() || other.mantissa.is_zero() {
            let (value, zero) = if self.mantissa.is_zero() { (other, self) } else { (self, other) };
            return Self { error: joined(value.error, zero.error), ..value.clone() };
        }
        let (high, low) = if self.magnitude() >= other.magnitude() { (self, other) } else { (other, self) };
        let error = joined(high.error, low.error);
        if high.magnitude() - low.magnitude() > 4 * bits {
            return Self { error: joined(error, low.magnitude()), ..high.clone() };
        }
        let exponent = high.exponent.min(low.exponent);
        let mantissa =
            shifted(&high.mantissa, high.exponent - exponent) + shifted(&low.mantissa, low.exponent - exponent);
        Self { mantissa, exponent, error }.rounded(bits)
    }

    /// `self - other`.
    pub(super) fn minus(&self, other: &Self, bits: i64) -> Self {
        self.plus(&other.negated(), bits)
    }

    /// `self · other`.
    pub(super) fn times(&self, other: &Self, bits: i64) -> Self {
        let through = |value: &Self, of: &Self| {
            if value.error == EXACT || of.is_zero() { EXACT } else { value.error + of.reach() }
        };
        let error = joined(through(self, other), through(other, self));
        let mantissa = &self.mantissa * &other.mantissa;
        let exponent = if mantissa.is_zero() { 0 } else { self.exponent + other.exponent };
        Self { mantissa, exponent, error }.rounded(bits)
    }

    /// `self / other`.
    pub(super) fn over(&self, other: &Self, bits: i64) -> Result<Self, Trouble> {
        if other.may_be_zero() {
            return Err(if other.is_zero() { Trouble::Undefined } else { Trouble::Lost });
        }
        if self.is_zero() {
            return Ok(Self::zero());
        }
        let low = other.magnitude() - 2;
        let own = if self.error == EXACT { EXACT } else { self.error - low };
        let theirs = if other.error == EXACT { EXACT } else { other.error + self.reach() - 2 * low };
        let shift = bits + 8 + length(&other.mantissa) - length(&self.mantissa);
        let shift = shift.max(0);
        let exponent = self.exponent - other.exponent - shift;
        let mantissa = shifted(&self.mantissa, shift) / &other.mantissa;
        Ok(Self { mantissa, exponent, error: joined(joined(own, theirs), exponent) }.rounded(bits))
    }

    /// The square root of a value that is not negative.
    pub(super) fn root(&self, bits: i64) -> Result<Self, Trouble> {
        match self.sign() {
            Some(Ordering::Equal) => return Ok(Self::zero()),
            Some(Ordering::Less) => return Err(Trouble::Undefined),
            None => return Ok(Self::new(BigInt::zero(), 0, self.reach().div_euclid(2) + 1)),
            Some(Ordering::Greater) => {}
        }
        let mut shift = (2 * bits + 16 - length(&self.mantissa)).max(0);
        if (self.exponent - shift) % 2 != 0 {
            shift += 1;
        }
        let exponent = (self.exponent - shift) / 2;
        let own = if self.error == EXACT { EXACT } else { self.error - (self.magnitude() - 2).div_euclid(2) };
        let mantissa = shifted(&self.mantissa, shift).sqrt();
        Ok(Self { mantissa, exponent, error: joined(own, exponent) }.rounded(bits))
    }

    /// The largest whole number that is not above this, where that is certain.
    pub(super) fn floor(&self) -> Result<BigInt, Trouble> {
        if self.magnitude() > 4096 {
            return Err(Trouble::Lost);
        }
        let below = self.fixed(0);
        if self.error == EXACT {
            return Ok(below);
        }
        let near = self.error > -2 || {
            let places = 2 - self.error;
            let rest = self.fixed(places) - shifted(&below, places);
            rest < BigInt::from(4) || shifted(&BigInt::from(1), places) - rest < BigInt::from(4)
        };
        if near { Err(Trouble::Lost) } else { Ok(below) }
    }

    /// The value as a rational number, where it is of a usual size.
    pub(super) fn to_rational(&self) -> Option<BigRational> {
        let size = u32::try_from(self.exponent.abs()).ok().filter(|size| *size < 10_000)?;
        let power = BigInt::from(2).pow(size);
        let (over, under) =
            if self.exponent < 0 { (self.mantissa.clone(), power) } else { (&self.mantissa * power, 1.into()) };
        Some(BigRational::new(over, under))
    }

    /// The magnitude with the error counted in.
    fn reach(&self) -> i64 {
        self.magnitude().max(self.error) + 1
    }

    /// Drops the digits that exceed the precision.
    fn rounded(mut self, bits: i64) -> Self {
        let surplus = length(&self.mantissa) - bits;
        if surplus > 0 {
            self.mantissa >>= surplus;
            self.exponent += surplus;
            self.error = joined(self.error, self.exponent);
        }
        self
    }
}

/// The number of bits of a mantissa.
fn length(mantissa: &BigInt) -> i64 {
    i64::try_from(mantissa.bits()).unwrap_or(i64::MAX / 16)
}

/// `value · 2^places`, rounded down.
fn shifted(value: &BigInt, places: i64) -> BigInt {
    if places >= 0 { value << places } else { value >> -places }
}

/// The bound of two errors together.
fn joined(one: i64, other: i64) -> i64 {
    match (one, other) {
        (EXACT, error) | (error, EXACT) => error,
        _ => one.max(other) + 1,
    }
}
