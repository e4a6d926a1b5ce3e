//! Exact arithmetic: what is a rational number becomes one.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};

use super::expression::{Constant, Expr, Function};

/// Powers and factorials of more bits stay unevaluated.
const MOST_BITS: u64 = 4096;

/// The largest number whose factorial is computed exactly.
const MOST_FACTORIAL: u32 = 400;

/// Replaces every part that is a rational number by that number; a decimal that stands alone keeps its digits.
pub(super) fn fold(expr: Expr) -> Expr {
    expr.map(&|part| match folded(&part) {
        Some(value) => Expr::Number(value),
        None => part,
    })
}

/// The value of a number.
pub(super) fn number(expr: &Expr) -> Option<&BigRational> {
    match expr {
        Expr::Number(value) | Expr::Decimal(value, _) | Expr::Based(value, _) => Some(value),
        _ => None,
    }
}

/// The value of a compound whose parts are numbers.
fn folded(expr: &Expr) -> Option<BigRational> {
    let value = match expr {
        Expr::Sum(parts) => {
            parts.iter().map(number).try_fold(BigRational::zero(), |sum, part| Some(small(sum)? + part?))?
        }
        Expr::Product(parts) => {
            parts.iter().map(number).try_fold(BigRational::one(), |product, part| Some(small(product)? * part?))?
        }
        Expr::Quotient(one, other) => number(one)? / number(other).filter(|value| !value.is_zero())?,
        Expr::Power(base, exponent) => power(number(base)?, number(exponent)?)?,
        Expr::Constant(Constant::Percent) => BigRational::new(1.into(), 100.into()),
        Expr::Call(function, parts) => {
            let parts = parts.iter().map(|part| number(part).cloned()).collect::<Option<Vec<_>>>()?;
            call(*function, &parts)?
        }
        _ => return None,
    };
    small(value)
}

fn small(value: BigRational) -> Option<BigRational> {
    (value.numer().bits() + value.denom().bits() <= 2 * MOST_BITS).then_some(value)
}

/// A power that is a rational number.
fn power(base: &BigRational, exponent: &BigRational) -> Option<BigRational> {
    let degree = exponent.denom().to_u32()?;
    let times = exponent.numer().to_i32()?;
    let base = if degree == 1 { base.clone() } else { root(base, degree)? };
    if base.is_zero() {
        return (times > 0).then(BigRational::zero);
    }
    let bits = base.numer().bits().max(base.denom().bits());
    let one = bits <= 1;
    if !one && bits.saturating_mul(u64::from(times.unsigned_abs())) > MOST_BITS {
        return None;
    }
    if one && !base.is_integer() {
        return None;
    }
    let times = if one { times % 2 } else { times };
    Some(base.pow(times))
}

/// The root of a rational number, where it is one: √(4/9) = 2/3, ∛(-8) = -2.
fn root(value: &BigRational, degree: u32) -> Option<BigRational> {
    if degree > 64 || (value.is_negative() && degree.is_multiple_of(2)) {
        return None;
    }
    let whole = |value: &BigInt| {
        let root = value.nth_root(degree);
        (Pow::pow(&root, degree) == *value).then_some(root)
    };
    Some(BigRational::new(whole(value.numer())?, whole(value.denom())?))
}

/// The value of a function that is a rational number.
fn call(function: Function, parts: &[BigRational]) -> Option<BigRational> {
    let first = parts.first()?;
    let wholes =
        || parts.iter().map(|part| part.is_integer().then(|| part.numer().clone())).collect::<Option<Vec<_>>>();
    Some(match function {
        Function::Absolute => first.abs(),
        Function::Floor => first.floor(),
        Function::Ceiling => first.ceil(),
        Function::Minimum => parts.iter().min()?.clone(),
        Function::Maximum => parts.iter().max()?.clone(),
        Function::Gcd => BigRational::from_integer(wholes()?.iter().fold(BigInt::zero(), |a, b| a.gcd(b))),
        Function::Lcm => BigRational::from_integer(
            wholes()?.iter().try_fold(BigInt::one(), |a, b| (a.bits() + b.bits() <= MOST_BITS).then(|| a.lcm(b)))?,
        ),
        Function::Factorial => BigRational::from_integer(factorial(first)?),
        Function::Binomial => BigRational::from_integer(binomial(first, parts.get(1)?)?),
        _ => return None,
    })
}

fn factorial(value: &BigRational) -> Option<BigInt> {
    let value = value.is_integer().then(|| value.numer().to_u32())??;
    (value <= MOST_FACTORIAL).then(|| (1..=value).product())
}

fn binomial(n: &BigRational, k: &BigRational) -> Option<BigInt> {
    let n = n.is_integer().then(|| n.numer().to_u32())??;
    let k = k.is_integer().then(|| k.numer().to_u32())??;
    if k > n {
        return Some(BigInt::zero());
    }
    let k = k.min(n - k);
    (k <= MOST_FACTORIAL).then(|| (0..k).fold(BigInt::one(), |product, i| product * (n - i) / (i + 1)))
}
