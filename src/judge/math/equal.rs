//! Are two formulas the same? By exact form first, else by their values at fixed points.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;

use super::complex::Complex;
use super::evaluate::{POINTS, Point, is_positive, size, value, vanishes};
use super::exact;
use super::expression::{Constant, Expr, Function, Shown};
use super::float::{Float, Trouble};

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// The same.
    Equal,
    /// Not the same.
    Different,
    /// It cannot be told.
    Unknown,
}

impl Truth {
    /// Both: different if one is.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Different, _) | (_, Self::Different) => Self::Different,
            (Self::Equal, Self::Equal) => Self::Equal,
            _ => Self::Unknown,
        }
    }

    /// Either: equal if one is.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Equal, _) | (_, Self::Equal) => Self::Equal,
            (Self::Different, Self::Different) => Self::Different,
            _ => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(equal: bool) -> Self {
        if equal { Self::Equal } else { Self::Different }
    }
}

/// Values count as equal if they agree in this many bits: more than 45 digits.
const AGREED: i64 = 150;

/// The least precision, in bits.
const PRECISION: i64 = 256;

/// The most bits that the numbers of a formula may have for it to be evaluated.
const MOST_BITS: i64 = 900;

/// The number of points at which formulas with variables have to agree.
const ENOUGH: u32 = 4;

/// The steps of one evaluation.
const STEPS: u32 = 4000;

/// The most digits behind a point that rounding looks at.
const MOST_PLACES: u32 = 60;

/// A decimal stands for a value that it rounds if it shows at least this number of digits.
const SHOWN: usize = 6;

/// Are two folded scalars equal?
pub(super) fn scalars(gold: &Expr, answer: &Expr) -> Truth {
    if gold == answer {
        return Truth::Equal;
    }
    match (exact::number(gold), exact::number(answer)) {
        (Some(one), Some(other)) => return (one == other || rounds(gold, other) || rounds(answer, one)).into(),
        (None, Some(_)) | (Some(_), None) if is_infinite(gold) || is_infinite(answer) => return Truth::Different,
        _ => {}
    }
    if is_infinite(gold) || is_infinite(answer) {
        return infinite(gold).zip(infinite(answer)).map_or(Truth::Different, |(one, other)| (one == other).into());
    }
    match by_points(gold, answer, &Match::Values) {
        Truth::Different => decimal_of(gold, answer).or(decimal_of(answer, gold)),
        truth => truth,
    }
}

/// Is one folded formula a constant multiple of another; a positive one where the sign counts?
pub(super) fn multiples(gold: &Expr, answer: &Expr, positive: bool) -> Truth {
    by_points(gold, answer, &Match::Multiples { positive })
}

/// The order of two folded constants.
pub(super) fn order(one: &Expr, other: &Expr) -> Option<Ordering> {
    if let (Some(one), Some(other)) = (exact::number(one), exact::number(other)) {
        return Some(one.cmp(other));
    }
    let rank = |expr: &Expr| infinite(expr).unwrap_or(0);
    if rank(one) != 0 || rank(other) != 0 {
        return Some(rank(one).cmp(&rank(other)));
    }
    if scalars(one, other) == Truth::Equal {
        return Some(Ordering::Equal);
    }
    let point = point(0, false, PRECISION);
    let (one, other) = (value(one, &point).ok()?, value(other, &point).ok()?);
    if !one.is_real() || !other.is_real() {
        return None;
    }
    one.re.minus(&other.re, PRECISION).sign()
}

/// Is a value the one that a decimal rounds, to the digits that it shows?
fn rounds(decimal: &Expr, value: &BigRational) -> bool {
    let Expr::Decimal(shown, Shown { digits, places }) = decimal else { return false };
    *digits >= SHOWN && !is_short(value) && is_rounded(&(value - shown), shown, *places)
}

/// Is a decimal off by no more than rounding or cutting its last digit, or computing it, makes it?
fn is_rounded(distance: &BigRational, shown: &BigRational, places: u32) -> bool {
    let away = if shown.is_negative() { -distance } else { distance.clone() };
    let unit = BigRational::new(1.into(), BigInt::from(10).pow(places.min(MOST_PLACES)));
    let half = &unit / BigRational::from_integer(2.into());
    let computed = size(shown) / BigRational::from_integer(1_000_000_000_000_i64.into());
    (-half <= away && away < unit) || distance.abs() <= computed
}

/// Does a value have a short decimal expansion, which a decimal would have shown?
fn is_short(value: &BigRational) -> bool {
    (BigInt::from(10).pow(12) % value.denom()) == BigInt::from(0)
}

/// Is an irrational value the one that a decimal rounds?
fn decimal_of(decimal: &Expr, other: &Expr) -> Truth {
    let Expr::Decimal(shown, Shown { digits, places }) = decimal else { return Truth::Different };
    if *digits < SHOWN || other.has_variables() || exact::number(other).is_some() {
        return Truth::Different;
    }
    let point = point(0, false, PRECISION);
    let Ok(float) = value(other, &point) else { return Truth::Unknown };
    match float.is_real().then(|| float.re.to_rational()).flatten() {
        Some(value) => is_rounded(&(value - shown), shown, *places).into(),
        None => Truth::Different,
    }
}

/// The sign of an infinite value.
fn infinite(expr: &Expr) -> Option<i8> {
    match expr {
        Expr::Constant(Constant::Infinity) => Some(1),
        Expr::Product(parts) => match parts.as_slice() {
            [factor, Expr::Constant(Constant::Infinity)] => {
                exact::number(factor).map(|factor| if factor.is_negative() { -1 } else { 1 })
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_infinite(expr: &Expr) -> bool {
    infinite(expr).is_some()
}

/// What is compared at a point.
enum Match {
    /// The values.
    Values,
    /// The ratio of the values, which must be the same at all points.
    Multiples {
        /// Must it be positive?
        positive: bool,
    },
}

fn point(index: u64, whole: bool, bits: i64) -> Point {
    Point { index, whole, bits, steps: Cell::new(STEPS) }
}

fn by_points(gold: &Expr, answer: &Expr, by: &Match) -> Truth {
    let sizes = literal_bits(gold) + literal_bits(answer);
    if sizes > MOST_BITS {
        return Truth::Unknown;
    }
    let bits = PRECISION + 2 * sizes;
    let variables = gold.has_variables() || answer.has_variables();
    let complex = [gold, answer].iter().any(|expr| expr.any(&|part| *part == Expr::Constant(Constant::I)));
    let positive = [gold, answer].iter().all(|expr| expects_positive(expr));
    let truth = at_points(gold, answer, by, &Plan { bits, complex, whole: false, variables, positive });
    let counts = |expr: &Expr| expr.any(&|part| discrete(part));
    let steps = |expr: &Expr| expr.any(&|part| matches!(part, Expr::Call(Function::Floor | Function::Ceiling, _)));
    if truth == Truth::Equal && variables && (steps(gold) || steps(answer)) {
        // Steps may differ just where they are.
        return truth.and(at_points(gold, answer, by, &Plan { bits, complex, whole: true, variables, positive }));
    }
    if truth == Truth::Unknown && variables && (counts(gold) || counts(answer)) {
        return at_points(gold, answer, by, &Plan { bits, complex, whole: true, variables, positive });
    }
    truth
}

/// Does a formula make sense for whole numbers only: factorials, series, powers of negative numbers?
fn discrete(expr: &Expr) -> bool {
    match expr {
        Expr::Call(Function::Factorial | Function::Binomial | Function::Series | Function::Sequence, _) => true,
        Expr::Power(base, exponent) => exponent.has_variables() && exact::number(base).is_some_and(Signed::is_negative),
        _ => false,
    }
}

/// Is it understood that the variables of a formula are positive: several of them in logarithms or roots, as in
/// `\ln(ab)`? With a single one the sign matters, as `\ln(x^2)` shows, and an absolute value says that it does.
fn expects_positive(expr: &Expr) -> bool {
    let restricts = |part: &Expr| match part {
        Expr::Call(Function::Logarithm | Function::OpenLogarithm | Function::DecimalLogarithm, parts) => {
            parts.iter().any(Expr::has_variables)
        }
        Expr::Power(base, exponent) => {
            base.has_variables() && exact::number(exponent).is_some_and(|exponent| !exponent.is_integer())
        }
        _ => false,
    };
    let mut names = BTreeSet::new();
    variables(expr, &mut names);
    names.len() > 1 && expr.any(&restricts) && !expr.any(&|part| matches!(part, Expr::Call(Function::Absolute, _)))
}

/// Collects the names of the variables of a formula.
fn variables<'a>(expr: &'a Expr, names: &mut BTreeSet<&'a str>) {
    if let Expr::Variable(name) = expr {
        names.insert(name);
    }
    expr.parts().into_iter().for_each(|part| variables(part, names));
}

/// How points are tried.
struct Plan {
    bits: i64,
    complex: bool,
    whole: bool,
    variables: bool,
    /// Are only points of positive numbers tried?
    positive: bool,
}

fn at_points(gold: &Expr, answer: &Expr, by: &Match, plan: &Plan) -> Truth {
    let mut agreed = 0;
    let mut first: Option<(Complex, Complex)> = None;
    let count = if plan.variables || matches!(by, Match::Multiples { .. }) { POINTS } else { 1 };
    for index in (0..count).filter(|index| !plan.positive || is_positive(*index)) {
        let point = point(index, plan.whole, plan.bits);
        let values = match (value(gold, &point), value(answer, &point)) {
            (Ok(one), Ok(other)) => (one, other),
            (Ok(_), Err(Trouble::Undefined)) | (Err(Trouble::Undefined), Ok(_)) if !plan.whole => {
                return Truth::Different;
            }
            _ => continue,
        };
        if !plan.complex && plan.variables {
            match (values.0.im.may_be_zero(), values.1.im.may_be_zero()) {
                (true, true) => {}
                (false, false) => continue,
                _ => return Truth::Different,
            }
        }
        let truth = match by {
            Match::Values => same(&values.0, &values.1, plan.bits),
            Match::Multiples { positive } => {
                let truth = proportional(first.as_ref(), &values, *positive, plan.bits);
                first.get_or_insert(values);
                truth
            }
        };
        match truth {
            Truth::Different => return Truth::Different,
            Truth::Equal => agreed += 1,
            Truth::Unknown => {}
        }
    }
    let enough = if count == 1 { 1 } else { ENOUGH };
    if agreed >= enough { Truth::Equal } else { Truth::Unknown }
}

/// Do the values of two formulas have the same ratio as at the first point?
fn proportional(first: Option<&(Complex, Complex)>, values: &(Complex, Complex), positive: bool, bits: i64) -> Truth {
    if positive {
        match (values.0.re.sign(), values.1.re.sign()) {
            (Some(one), Some(other)) if one != other => return Truth::Different,
            _ => {}
        }
    }
    match (vanishes(&values.0), vanishes(&values.1)) {
        (false, false) => {}
        (true, true) => return Truth::Unknown,
        _ => return Truth::Different,
    }
    let Some(first) = first else { return Truth::Unknown };
    same(&first.0.times(&values.1, bits), &first.1.times(&values.0, bits), bits)
}

fn same(one: &Complex, other: &Complex, bits: i64) -> Truth {
    let certain = |value: &Float| (!value.may_be_zero()).then(|| value.magnitude());
    let scales = [&one.re, &one.im, &other.re, &other.im].map(certain);
    // Values of which none is certainly not zero are the same if they are zero to all digits.
    let scale = scales.into_iter().flatten().max().unwrap_or(0);
    let part = |one: &Float, other: &Float| {
        let difference = one.minus(other, bits);
        match difference.sign() {
            Some(Ordering::Equal) => Truth::Equal,
            Some(_) => Truth::Different,
            None if difference.error() <= scale - (bits - PRECISION) - AGREED => Truth::Equal,
            None => Truth::Unknown,
        }
    };
    part(&one.re, &other.re).and(part(&one.im, &other.im))
}

/// The bits of all numbers of a formula.
fn literal_bits(expr: &Expr) -> i64 {
    let own = exact::number(expr).map_or(0, |value| value.numer().bits() + value.denom().bits());
    let own = i64::try_from(own).unwrap_or(MOST_BITS).min(2 * MOST_BITS);
    let own = if own <= 16 { 0 } else { own };
    own + expr.parts().into_iter().map(literal_bits).sum::<i64>()
}
