//! Complex numbers of many digits; what is real stays real.

use std::cmp::Ordering;

use super::elementary::{arctangent, exponential, logarithm, pi, sine_cosine};
use super::float::{Float, Trouble};

/// A complex number.
#[derive(Debug, Clone)]
pub(super) struct Complex {
    /// Its real part.
    pub(super) re: Float,
    /// Its imaginary part.
    pub(super) im: Float,
}

impl Complex {
    /// A real number.
    pub(super) fn real(re: Float) -> Self {
        Self { re, im: Float::zero() }
    }

    /// The imaginary unit.
    pub(super) fn unit() -> Self {
        Self { re: Float::zero(), im: Float::whole(1) }
    }

    /// Is the imaginary part exactly zero?
    pub(super) fn is_real(&self) -> bool {
        self.im.is_zero()
    }

    /// The real value, of a real number.
    pub(super) fn as_real(&self) -> Result<&Float, Trouble> {
        if self.im.may_be_zero() { Ok(&self.re) } else { Err(Trouble::Undefined) }
    }

    /// Fails where a part has grown beyond use.
    pub(super) fn checked(self) -> Result<Self, Trouble> {
        Ok(Self { re: self.re.checked()?, im: self.im.checked()? })
    }

    /// `self + other`.
    pub(super) fn plus(&self, other: &Self, bits: i64) -> Self {
        Self { re: self.re.plus(&other.re, bits), im: self.im.plus(&other.im, bits) }
    }

    /// `self · other`.
    pub(super) fn times(&self, other: &Self, bits: i64) -> Self {
        if self.is_real() && other.is_real() {
            return Self::real(self.re.times(&other.re, bits));
        }
        let re = self.re.times(&other.re, bits).minus(&self.im.times(&other.im, bits), bits);
        let im = self.re.times(&other.im, bits).plus(&self.im.times(&other.re, bits), bits);
        Self { re, im }
    }

    /// `self / other`.
    pub(super) fn over(&self, other: &Self, bits: i64) -> Result<Self, Trouble> {
        if other.is_real() {
            let im = if self.is_real() { Float::zero() } else { self.im.over(&other.re, bits)? };
            return Ok(Self { re: self.re.over(&other.re, bits)?, im });
        }
        let conjugate = Self { re: other.re.clone(), im: other.im.negated() };
        let square = other.re.times(&other.re, bits).plus(&other.im.times(&other.im, bits), bits);
        self.times(&conjugate, bits).over(&Self::real(square), bits)
    }

    /// The distance from zero.
    pub(super) fn absolute(&self, bits: i64) -> Result<Float, Trouble> {
        if self.is_real() {
            return Ok(self.re.absolute());
        }
        self.re.times(&self.re, bits).plus(&self.im.times(&self.im, bits), bits).root(bits)
    }

    /// `e^self`.
    pub(super) fn exponential(&self, bits: i64) -> Result<Self, Trouble> {
        let size = exponential(&self.re, bits)?;
        if self.is_real() {
            return Ok(Self::real(size));
        }
        let (up, along) = sine_cosine(&self.im, bits)?;
        Ok(Self { re: size.times(&along, bits), im: size.times(&up, bits) })
    }

    /// The principal logarithm.
    pub(super) fn logarithm(&self, bits: i64) -> Result<Self, Trouble> {
        let im = self.angle(bits)?;
        Ok(Self { re: logarithm(&self.absolute(bits)?, bits)?, im })
    }

    /// The angle to the positive real axis.
    fn angle(&self, bits: i64) -> Result<Float, Trouble> {
        if self.is_real() {
            return match self.re.sign() {
                Some(Ordering::Greater) => Ok(Float::zero()),
                Some(Ordering::Less) => Ok(pi(bits)),
                Some(Ordering::Equal) => Err(Trouble::Undefined),
                None => Err(Trouble::Lost),
            };
        }
        let up = self.im.sign().ok_or(Trouble::Lost)? == Ordering::Greater;
        match self.re.sign() {
            Some(Ordering::Greater) => arctangent(&self.im.over(&self.re, bits)?, bits),
            Some(Ordering::Less) => {
                let turn = if up { pi(bits) } else { pi(bits).negated() };
                Ok(arctangent(&self.im.over(&self.re, bits)?, bits)?.plus(&turn, bits))
            }
            _ => {
                let half = pi(bits).scaled(-1);
                let half = if up { half } else { half.negated() };
                Ok(half.minus(&arctangent(&self.re.over(&self.im, bits)?, bits)?, bits))
            }
        }
    }

    /// The principal square root.
    pub(super) fn root(&self, bits: i64) -> Result<Self, Trouble> {
        if self.is_real() {
            return match self.re.sign() {
                Some(Ordering::Less) => Ok(Self { re: Float::zero(), im: self.re.negated().root(bits)? }),
                _ => Ok(Self::real(self.re.root(bits)?)),
            };
        }
        let half = self.logarithm(bits)?;
        Self { re: half.re.scaled(-1), im: half.im.scaled(-1) }.exponential(bits)
    }

    /// `self^exponent` for a whole exponent.
    pub(super) fn whole_power(&self, exponent: i64, bits: i64) -> Result<Self, Trouble> {
        let (mut result, mut square, mut rest) = (Self::real(Float::whole(1)), self.clone(), exponent.unsigned_abs());
        while rest > 0 {
            if rest % 2 == 1 {
                result = result.times(&square, bits).checked()?;
            }
            rest /= 2;
            if rest > 0 {
                square = square.times(&square, bits).checked()?;
            }
        }
        if exponent < 0 { Self::real(Float::whole(1)).over(&result, bits) } else { Ok(result) }
    }

    /// `self^exponent`, the principal value.
    pub(super) fn power(&self, exponent: &Self, bits: i64) -> Result<Self, Trouble> {
        if self.re.is_zero() && self.is_real() {
            let positive = exponent.is_real() && exponent.re.sign() == Some(Ordering::Greater);
            return if positive { Ok(self.clone()) } else { Err(Trouble::Undefined) };
        }
        self.logarithm(bits)?.times(exponent, bits).exponential(bits)
    }

    /// Sine and cosine.
    pub(super) fn sine_cosine(&self, bits: i64) -> Result<(Self, Self), Trouble> {
        let (sine, cosine) = sine_cosine(&self.re, bits)?;
        if self.is_real() {
            return Ok((Self::real(sine), Self::real(cosine)));
        }
        let (grown, shrunk) = (exponential(&self.im, bits)?, exponential(&self.im.negated(), bits)?);
        let hyperbolic_cosine = grown.plus(&shrunk, bits).scaled(-1);
        let hyperbolic_sine = grown.minus(&shrunk, bits).scaled(-1);
        Ok((
            Self { re: sine.times(&hyperbolic_cosine, bits), im: cosine.times(&hyperbolic_sine, bits) },
            Self { re: cosine.times(&hyperbolic_cosine, bits), im: sine.times(&hyperbolic_sine, bits).negated() },
        ))
    }
}
