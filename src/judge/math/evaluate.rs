//! The value of a formula at a point: its variables replaced by fixed pseudo-random numbers.

use std::cell::Cell;
use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::complex::Complex;
use super::elementary::{arctangent, pi};
use super::exact;
use super::expression::{Constant, Expr, Function};
use super::float::{Float, Trouble};

type Value = Result<Complex, Trouble>;

/// The largest number whose factorial is computed.
const MOST_FACTORIAL: i64 = 5000;

/// Where a formula is evaluated.
pub(super) struct Point {
    /// Number of the point; each gives other values to the variables.
    pub(super) index: u64,
    /// Are the variables whole numbers?
    pub(super) whole: bool,
    /// Precision in bits.
    pub(super) bits: i64,
    /// Steps that are left; a formula that needs more is given up.
    pub(super) steps: Cell<u32>,
}

/// The ranges of the points: near zero, ordinary, large, of either sign.
const SCALES: [i64; 10] = [3, -3, 1, -1, 40, -40, 7, -7, 3000, -3000];

/// The points at which variables get different signs.
const FLIPPED: [u64; 2] = [2, 5];

/// Whether all variables are positive at a point.
pub(super) fn is_positive(index: u64) -> bool {
    let scale = usize::try_from(index).ok().and_then(|index| SCALES.get(index));
    scale.is_some_and(|scale| *scale > 0) && !FLIPPED.contains(&index)
}

/// How many points there are.
pub(super) const POINTS: u64 = SCALES.len() as u64;

impl Point {
    /// The value of a variable.
    fn variable(&self, name: &str) -> Float {
        let random = hash(name.as_bytes(), self.index + 1);
        if self.whole {
            return Float::whole(2 + random % (7 + 2 * self.index));
        }
        let index = usize::try_from(self.index).unwrap_or(0) % SCALES.len();
        let scale = SCALES.get(index).copied().unwrap_or(1);
        // At some points variables get different signs.
        let flip = FLIPPED.contains(&self.index) && random % 2 == 1;
        let mantissa = BigInt::from((random >> 4) | (1 << 58)) * if flip { -scale } else { scale };
        Float::new(mantissa, -60, Float::zero().error())
    }

    fn step(&self) -> Result<(), Trouble> {
        self.steps.set(self.steps.get().checked_sub(1).ok_or(Trouble::Lost)?);
        Ok(())
    }
}

/// FNV with a final mix: the same on every machine and in every version.
fn hash(bytes: &[u8], seed: u64) -> u64 {
    let mixed = |value: u64| {
        let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    };
    let start = mixed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed(bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
}

/// The value of a folded formula at a point.
pub(super) fn value(expr: &Expr, point: &Point) -> Value {
    point.step()?;
    let bits = point.bits;
    let result = match expr {
        Expr::Number(value) | Expr::Decimal(value, _) | Expr::Based(value, _) => {
            return Ok(Complex::real(Float::rational(value, bits)?));
        }
        Expr::Constant(constant) => self::constant(*constant, bits)?,
        Expr::Variable(name) => return Ok(Complex::real(point.variable(name))),
        Expr::Sum(parts) => {
            parts.iter().try_fold(Complex::real(Float::zero()), |sum, part| Ok(sum.plus(&value(part, point)?, bits)))?
        }
        Expr::Product(parts) => parts.iter().try_fold(Complex::real(Float::whole(1)), |product, part| {
            product.times(&value(part, point)?, bits).checked()
        })?,
        Expr::Quotient(one, other) => value(one, point)?.over(&value(other, point)?, bits)?,
        Expr::Power(base, exponent) => power(&value(base, point)?, exponent, point)?,
        Expr::Call(Function::Series | Function::Sequence, parts) => series(expr, parts, point)?,
        Expr::Call(function, parts) => {
            let parts = parts.iter().map(|part| value(part, point)).collect::<Result<Vec<_>, _>>()?;
            call(*function, &parts, bits)?
        }
        Expr::Unknown(name, parts) => unknown(name, parts, point)?,
        _ => return Err(Trouble::Lost),
    };
    result.checked()
}

fn constant(constant: Constant, bits: i64) -> Value {
    Ok(match constant {
        Constant::Pi => Complex::real(pi(bits)),
        Constant::E => Complex::real(Float::whole(1)).exponential(bits)?,
        Constant::I => Complex::unit(),
        Constant::Infinity => return Err(Trouble::Undefined),
        Constant::Percent => Complex::real(Float::whole(1).over(&Float::whole(100), bits)?),
        Constant::Degree => Complex::real(pi(bits).over(&Float::whole(180), bits)?),
    })
}

/// A power; a negative real number has a real root of odd degree.
fn power(base: &Complex, exponent: &Expr, point: &Point) -> Value {
    let bits = point.bits;
    let Some(ratio) = exact::number(exponent) else {
        let exponent = value(exponent, point)?;
        let whole = exponent.is_real().then(|| exponent.re.floor().ok()).flatten().and_then(|whole| whole.to_i64());
        return match whole.filter(|whole| exponent.re.minus(&Float::whole(*whole), bits).is_zero()) {
            Some(whole) => base.whole_power(whole, bits),
            None => base.power(&exponent, bits),
        };
    };
    let times = ratio.numer().to_i64().ok_or(Trouble::Lost)?;
    if ratio.is_integer() {
        return base.whole_power(times, bits);
    }
    if *ratio.denom() == BigInt::from(2) {
        return base.root(bits)?.whole_power(times, bits);
    }
    let part = Complex::real(Float::rational(&BigRational::new(1.into(), ratio.denom().clone()), bits)?);
    let odd = ratio.denom().bit(0);
    if odd && base.is_real() && base.re.sign() == Some(Ordering::Less) {
        let size = Complex::real(base.re.negated()).power(&part, bits)?;
        return Complex::real(size.re.negated()).whole_power(times, bits);
    }
    if base.re.is_zero() && base.is_real() {
        return if ratio.is_positive() { Ok(base.clone()) } else { Err(Trouble::Undefined) };
    }
    base.power(&Complex::real(Float::rational(ratio, bits)?), bits)
}

fn call(function: Function, parts: &[Complex], bits: i64) -> Value {
    let first = parts.first().ok_or(Trouble::Lost)?;
    let one = Complex::real(Float::whole(1));
    match function {
        Function::Sine => Ok(first.sine_cosine(bits)?.0),
        Function::Cosine => Ok(first.sine_cosine(bits)?.1),
        Function::Tangent => first.sine_cosine(bits).and_then(|(sine, cosine)| sine.over(&cosine, bits)),
        Function::Cotangent => first.sine_cosine(bits).and_then(|(sine, cosine)| cosine.over(&sine, bits)),
        Function::Secant => one.over(&first.sine_cosine(bits)?.1, bits),
        Function::Cosecant => one.over(&first.sine_cosine(bits)?.0, bits),
        Function::HyperbolicSine | Function::HyperbolicCosine | Function::HyperbolicTangent => {
            hyperbolic(function, first, bits)
        }
        Function::Logarithm => {
            let logarithm = first.logarithm(bits)?;
            parts.get(1).map_or(Ok(logarithm.clone()), |base| logarithm.over(&base.logarithm(bits)?, bits))
        }
        Function::Exponential => first.exponential(bits),
        Function::Absolute => Ok(Complex::real(first.absolute(bits)?)),
        _ => real_call(function, parts, bits).map(Complex::real),
    }
}

fn hyperbolic(function: Function, x: &Complex, bits: i64) -> Value {
    let grown = x.exponential(bits)?;
    let shrunk = Complex::real(Float::whole(1)).over(&grown, bits)?;
    let minus = Complex { re: shrunk.re.negated(), im: shrunk.im.negated() };
    let (cosine, sine) = (grown.plus(&shrunk, bits), grown.plus(&minus, bits));
    let two = Complex::real(Float::whole(2));
    match function {
        Function::HyperbolicSine => sine.over(&two, bits),
        Function::HyperbolicCosine => cosine.over(&two, bits),
        _ => sine.over(&cosine, bits),
    }
}

/// Functions of real numbers only.
fn real_call(function: Function, parts: &[Complex], bits: i64) -> Result<Float, Trouble> {
    let parts = parts.iter().map(Complex::as_real).collect::<Result<Vec<_>, _>>()?;
    let first = parts.first().ok_or(Trouble::Lost)?;
    let whole = |float: &Float| {
        let whole = float.floor()?;
        let exact = float.minus(&Float::whole(whole.clone()), bits).is_zero();
        if exact { whole.to_i64().ok_or(Trouble::Lost) } else { Err(Trouble::Lost) }
    };
    match function {
        Function::Arctangent => arctangent(first, bits),
        Function::Arcsine => arcsine(first, bits),
        Function::Arccosine => Ok(pi(bits).scaled(-1).minus(&arcsine(first, bits)?, bits)),
        Function::Floor => Ok(Float::whole(first.floor()?)),
        Function::Ceiling => Ok(Float::whole(-first.negated().floor()?)),
        Function::Factorial => {
            let n = whole(first)?;
            if n < 0 { Err(Trouble::Undefined) } else { falling(n, n, bits) }
        }
        Function::Binomial => {
            let (n, k) = (whole(first)?, whole(parts.get(1).ok_or(Trouble::Lost)?)?);
            if n < 0 || k < 0 { Err(Trouble::Lost) } else { falling(n, k, bits)?.over(&falling(k, k, bits)?, bits) }
        }
        Function::Minimum | Function::Maximum => {
            let wanted = if function == Function::Minimum { Ordering::Less } else { Ordering::Greater };
            parts.iter().skip(1).try_fold((*first).clone(), |best, part| {
                let sign = part.minus(&best, bits).sign().ok_or(Trouble::Lost)?;
                Ok(if sign == wanted { (*part).clone() } else { best })
            })
        }
        _ => Err(Trouble::Lost),
    }
}

/// `n · (n - 1) · …` with `count` factors.
fn falling(n: i64, count: i64, bits: i64) -> Result<Float, Trouble> {
    if count > n {
        return Ok(Float::zero());
    }
    if count > MOST_FACTORIAL {
        return Err(Trouble::Lost);
    }
    // Exactly, as the error bounds of all factors would add up.
    Ok(Float::whole((0..count).map(|i| BigInt::from(n - i)).product::<BigInt>()).times(&Float::whole(1), bits))
}

fn arcsine(x: &Float, bits: i64) -> Result<Float, Trouble> {
    let one = Float::whole(1);
    let rest = one.minus(&x.times(x, bits), bits);
    match rest.sign() {
        Some(Ordering::Less) => Err(Trouble::Undefined),
        Some(Ordering::Equal) => {
            let quarter = pi(bits).scaled(-1);
            Ok(if x.sign() == Some(Ordering::Less) { quarter.negated() } else { quarter })
        }
        _ => arctangent(&x.over(&rest.root(bits)?, bits)?, bits),
    }
}

/// A value that depends on the name and on the arguments' leading digits only.
fn unknown(name: &str, parts: &[Expr], point: &Point) -> Value {
    let mut seed = hash(name.as_bytes(), 1);
    for part in parts {
        let part = value(part, point)?;
        for float in [&part.re, &part.im] {
            let (places, half) = (100 - float.magnitude().max(0), BigInt::from(1) << 7);
            let near: BigInt = (float.fixed(places + 8) + half) >> 8;
            seed = hash(near.to_string().as_bytes(), seed);
        }
    }
    Ok(Complex::real(Float::new(BigInt::from(seed | 1), -60, Float::zero().error())))
}

/// A sum or product over a range of whole numbers.
fn series(expr: &Expr, parts: &[Expr], point: &Point) -> Value {
    let [Expr::Variable(name), first, last, term] = parts else { return Err(Trouble::Lost) };
    let whole = |expr: &Expr| {
        let float = value(expr, point)?;
        let whole = float.as_real()?.floor()?;
        let exact = float.re.minus(&Float::whole(whole.clone()), point.bits).is_zero();
        whole.to_i64().filter(|whole| exact && whole.abs() < 1 << 32).ok_or(Trouble::Lost)
    };
    let product = matches!(expr, Expr::Call(Function::Sequence, _));
    let mut total = if product { Complex::real(Float::whole(1)) } else { Complex::real(Float::zero()) };
    for index in whole(first)?..=whole(last)? {
        point.step()?;
        let bound = term.clone().map(&|part| match part {
            Expr::Variable(found) if found == *name => Expr::whole(index),
            other => other,
        });
        let next = value(&exact::fold(bound), point)?;
        total = if product { total.times(&next, point.bits).checked()? } else { total.plus(&next, point.bits) };
    }
    Ok(total)
}

/// Does a value count as zero at the precision of its parts?
pub(super) fn vanishes(complex: &Complex) -> bool {
    complex.re.may_be_zero() && complex.im.may_be_zero()
}

/// A number that the tolerance for rounded decimals is taken of.
pub(super) fn size(value: &BigRational) -> BigRational {
    if value.is_zero() { BigRational::from_integer(1.into()) } else { value.abs() }
}
