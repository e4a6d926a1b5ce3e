//! What a formula can be: numbers, terms, and what is built from them.

use num_bigint::BigInt;
use num_rational::BigRational;

/// A formula, or why there is none.
pub(super) type Parsed = Result<Expr, &'static str>;

/// The name of the base that a `log` leaves open.
pub(super) const OPEN_BASE: &str = "log base";

/// A formula.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    /// An exact number.
    Number(BigRational),
    /// A number written with a decimal point, and how it is shown.
    Decimal(BigRational, Shown),
    /// A number written in a stated base, and its digits as written.
    Based(BigRational, String),
    /// A named constant.
    Constant(Constant),
    /// A variable with its indices.
    Variable(String),
    /// The sign that all `±` of a formula share.
    Sign,
    /// A sum.
    Sum(Vec<Expr>),
    /// A product.
    Product(Vec<Expr>),
    /// A quotient.
    Quotient(Box<Expr>, Box<Expr>),
    /// A power.
    Power(Box<Expr>, Box<Expr>),
    /// A known function.
    Call(Function, Vec<Expr>),
    /// A function that the formula does not define, as `f(2)`.
    Unknown(String, Vec<Expr>),
    /// Values in an order: `(1, 2)`, `[1, 2, 3]`.
    Tuple(Vec<Expr>),
    /// Values side by side: `1, 2`.
    List(Vec<Expr>),
    /// A finite set.
    Set(Vec<Expr>),
    /// An interval.
    Interval(Box<Interval>),
    /// A union of sets.
    Union(Vec<Expr>),
    /// An intersection of sets.
    Intersection(Vec<Expr>),
    /// A set without the elements of another.
    Difference(Box<Expr>, Box<Expr>),
    /// A matrix by its rows.
    Matrix(Vec<Vec<Expr>>),
    /// A chain of relations: a first term and what follows it.
    Chain(Box<Expr>, Vec<(Relation, Expr)>),
    /// Parts to each other, or a time: `2:3`.
    Ratio(Vec<Expr>),
    /// Words, in normal form.
    Words(String),
}

/// How many digits a decimal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    /// Significant digits.
    pub(super) digits: usize,
    /// Digits behind the point.
    pub(super) places: u32,
}

/// A named constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    /// π.
    Pi,
    /// Euler's number.
    E,
    /// The imaginary unit.
    I,
    /// Infinity.
    Infinity,
    /// One hundredth, written as a percent sign.
    Percent,
    /// One degree.
    Degree,
}

/// A known function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// sin.
    Sine,
    /// cos.
    Cosine,
    /// tan.
    Tangent,
    /// cot.
    Cotangent,
    /// sec.
    Secant,
    /// csc.
    Cosecant,
    /// arcsin.
    Arcsine,
    /// arccos.
    Arccosine,
    /// arctan.
    Arctangent,
    /// sinh.
    HyperbolicSine,
    /// cosh.
    HyperbolicCosine,
    /// tanh.
    HyperbolicTangent,
    /// The natural logarithm; with a second argument, the logarithm to that base.
    Logarithm,
    /// `log`, to a base that is stated or known to the reader.
    OpenLogarithm,
    /// `lg`, to the base 10.
    DecimalLogarithm,
    /// exp.
    Exponential,
    /// The absolute value.
    Absolute,
    /// The next whole number below.
    Floor,
    /// The next whole number above.
    Ceiling,
    /// `n!`.
    Factorial,
    /// `n` over `k`.
    Binomial,
    /// The greatest common divisor.
    Gcd,
    /// The least common multiple.
    Lcm,
    /// The smallest argument.
    Minimum,
    /// The largest argument.
    Maximum,
    /// A sum over a range: variable, first, last, term.
    Series,
    /// A product over a range: variable, first, last, factor.
    Sequence,
}

/// An interval.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Interval {
    /// The lower end.
    pub(super) low: Expr,
    /// Does it contain its lower end?
    pub(super) low_closed: bool,
    /// The upper end.
    pub(super) high: Expr,
    /// Does it contain its upper end?
    pub(super) high_closed: bool,
}

/// How two terms of a chain relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// `=`.
    Equal,
    /// `≠`.
    NotEqual,
    /// `≈`.
    About,
    /// `<`.
    Less,
    /// `≤`.
    LessEqual,
    /// `>`.
    Greater,
    /// `≥`.
    GreaterEqual,
    /// `∈`.
    In,
}

impl Relation {
    /// Does it order its terms, or keep them apart?
    pub(super) fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::About | Self::In)
    }

    /// The relation read from right to left.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            other => other,
        }
    }
}

impl Expr {
    /// A whole number.
    pub(super) fn whole(value: impl Into<BigInt>) -> Self {
        Self::Number(BigRational::from_integer(value.into()))
    }

    /// `-self`.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Number(value) => Self::Number(-value),
            Self::Decimal(value, digits) => Self::Decimal(-value, digits),
            Self::Product(mut parts) => {
                parts.insert(0, Self::whole(-1));
                Self::Product(parts)
            }
            other => Self::Product(vec![Self::whole(-1), other]),
        }
    }

    /// `self - other`.
    pub(super) fn minus(self, other: Self) -> Self {
        Self::Sum(vec![self, other.negated()])
    }

    /// The reals.
    pub(super) fn reals() -> Self {
        let high = Self::Constant(Constant::Infinity);
        Self::Interval(Box::new(Interval { low: high.clone().negated(), low_closed: false, high, high_closed: false }))
    }

    /// The parts of this formula.
    pub(super) fn parts(&self) -> Vec<&Expr> {
        match self {
            Self::Sum(parts)
            | Self::Product(parts)
            | Self::Call(_, parts)
            | Self::Unknown(_, parts)
            | Self::Tuple(parts)
            | Self::List(parts)
            | Self::Set(parts)
            | Self::Ratio(parts)
            | Self::Union(parts)
            | Self::Intersection(parts) => parts.iter().collect(),
            Self::Quotient(one, other) | Self::Power(one, other) | Self::Difference(one, other) => vec![one, other],
            Self::Interval(interval) => vec![&interval.low, &interval.high],
            Self::Matrix(rows) => rows.iter().flatten().collect(),
            Self::Chain(first, rest) => std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part)).collect(),
            _ => Vec::new(),
        }
    }

    /// Does this or any part of it satisfy a condition?
    pub(super) fn any(&self, condition: &dyn Fn(&Expr) -> bool) -> bool {
        condition(self) || self.parts().into_iter().any(|part| part.any(condition))
    }

    /// Does this hold a variable or an undefined function?
    pub(super) fn has_variables(&self) -> bool {
        self.any(&|part| matches!(part, Self::Variable(_) | Self::Unknown(..)))
    }

    /// Is this a single value: no words, sets, relations or other structure?
    pub(super) fn is_scalar(&self) -> bool {
        !self.any(&|part| {
            matches!(
                part,
                Self::Tuple(_)
                    | Self::List(_)
                    | Self::Set(_)
                    | Self::Interval(_)
                    | Self::Union(_)
                    | Self::Intersection(_)
                    | Self::Difference(..)
                    | Self::Matrix(_)
                    | Self::Chain(..)
                    | Self::Ratio(_)
                    | Self::Words(_)
            )
        })
    }

    /// This formula with every part replaced, from the leaves up.
    pub(super) fn map(self, change: &dyn Fn(Expr) -> Expr) -> Self {
        let all = |parts: Vec<Self>| parts.into_iter().map(|part| part.map(change)).collect::<Vec<_>>();
        let one = |part: Box<Self>| Box::new(part.map(change));
        change(match self {
            Self::Sum(parts) => Self::Sum(all(parts)),
            Self::Product(parts) => Self::Product(all(parts)),
            Self::Call(function, parts) => Self::Call(function, all(parts)),
            Self::Unknown(name, parts) => Self::Unknown(name, all(parts)),
            Self::Tuple(parts) => Self::Tuple(all(parts)),
            Self::List(parts) => Self::List(all(parts)),
            Self::Set(parts) => Self::Set(all(parts)),
            Self::Ratio(parts) => Self::Ratio(all(parts)),
            Self::Union(parts) => Self::Union(all(parts)),
            Self::Intersection(parts) => Self::Intersection(all(parts)),
            Self::Quotient(a, b) => Self::Quotient(one(a), one(b)),
            Self::Power(a, b) => Self::Power(one(a), one(b)),
            Self::Difference(a, b) => Self::Difference(one(a), one(b)),
            Self::Interval(interval) => {
                let Interval { low, low_closed, high, high_closed } = *interval;
                let (low, high) = (low.map(change), high.map(change));
                Self::Interval(Box::new(Interval { low, low_closed, high, high_closed }))
            }
            Self::Matrix(rows) => Self::Matrix(rows.into_iter().map(all).collect()),
            Self::Chain(first, rest) => {
                Self::Chain(one(first), rest.into_iter().map(|(relation, part)| (relation, part.map(change))).collect())
            }
            leaf => leaf,
        })
    }
}
