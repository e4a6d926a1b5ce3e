//! Sets of numbers as intervals, sorted and merged.

use std::cmp::Ordering;

use super::equal::order;
use super::expression::{Constant, Expr, Interval};
use super::statement::statement;

/// More intervals are not sorted.
const MOST: usize = 60;

/// The intervals that make up a set of numbers; `None` if the formula is no such set or its ends cannot be ordered.
pub(super) fn pieces(expr: &Expr) -> Option<Vec<Interval>> {
    let found = gathered(expr)?;
    if found.len() > MOST { None } else { merged(found) }
}

fn gathered(expr: &Expr) -> Option<Vec<Interval>> {
    match expr {
        Expr::Interval(interval) => ascends(interval).then(|| vec![(**interval).clone()]),
        Expr::Tuple(ends) => match ends.as_slice() {
            [low, high] => {
                let interval = Interval { low: low.clone(), low_closed: false, high: high.clone(), high_closed: false };
                ascends(&interval).then(|| vec![interval])
            }
            _ => None,
        },
        Expr::Set(parts) => parts.iter().map(|part| constant(&point(part)).then(|| point(part))).collect(),
        Expr::Union(parts) => Some(parts.iter().map(gathered).collect::<Option<Vec<_>>>()?.concat()),
        Expr::Intersection(parts) => {
            let mut parts = parts.iter();
            let first = pieces(parts.next()?)?;
            parts.try_fold(first, |common, part| crossed(&common, &pieces(part)?))
        }
        Expr::Difference(whole, removed) => match &**removed {
            Expr::Set(points) => points.iter().try_fold(pieces(whole)?, |rest, point| without(&rest, point)),
            _ => None,
        },
        Expr::Chain(..) => match statement(expr).value {
            Expr::Chain(..) => None,
            set => gathered(&set),
        },
        _ => None,
    }
}

fn point(value: &Expr) -> Interval {
    Interval { low: value.clone(), low_closed: true, high: value.clone(), high_closed: true }
}

fn constant(interval: &Interval) -> bool {
    [&interval.low, &interval.high].iter().all(|end| end.is_scalar() && !end.has_variables() && **end != Expr::Sign)
}

/// Does an interval lead upwards? What looks like another is no interval but a pair.
fn ascends(interval: &Interval) -> bool {
    constant(interval) && order(&interval.low, &interval.high) == Some(Ordering::Less)
}

/// Sorts intervals and joins those that overlap or touch; empty ones vanish.
fn merged(found: Vec<Interval>) -> Option<Vec<Interval>> {
    let mut sorted: Vec<Interval> = Vec::new();
    for piece in found {
        let piece = open_at_infinity(piece);
        match order(&piece.low, &piece.high)? {
            Ordering::Less => {}
            Ordering::Equal if piece.low_closed && piece.high_closed => {}
            _ => continue,
        }
        let mut at = sorted.len();
        for (index, other) in sorted.iter().enumerate() {
            let before = match order(&piece.low, &other.low)? {
                Ordering::Equal => piece.low_closed && !other.low_closed,
                ordering => ordering == Ordering::Less,
            };
            if before {
                at = index;
                break;
            }
        }
        sorted.insert(at, piece);
    }
    let mut result: Vec<Interval> = Vec::new();
    for piece in sorted {
        if let Some(last) = result.last_mut() {
            let touches = match order(&piece.low, &last.high)? {
                Ordering::Less => true,
                Ordering::Equal => piece.low_closed || last.high_closed,
                Ordering::Greater => false,
            };
            if touches {
                match order(&piece.high, &last.high)? {
                    Ordering::Greater => (last.high, last.high_closed) = (piece.high, piece.high_closed),
                    Ordering::Equal => last.high_closed |= piece.high_closed,
                    Ordering::Less => {}
                }
                continue;
            }
        }
        result.push(piece);
    }
    Some(result)
}

fn open_at_infinity(mut interval: Interval) -> Interval {
    let infinite = |end: &Expr| end.any(&|part| *part == Expr::Constant(Constant::Infinity));
    interval.low_closed &= !infinite(&interval.low);
    interval.high_closed &= !infinite(&interval.high);
    interval
}

/// What two sets have in common.
fn crossed(one: &[Interval], other: &[Interval]) -> Option<Vec<Interval>> {
    let mut common = Vec::new();
    for a in one {
        for b in other {
            let (low, low_closed) = match order(&a.low, &b.low)? {
                Ordering::Less => (&b.low, b.low_closed),
                Ordering::Greater => (&a.low, a.low_closed),
                Ordering::Equal => (&a.low, a.low_closed && b.low_closed),
            };
            let (high, high_closed) = match order(&a.high, &b.high)? {
                Ordering::Less => (&a.high, a.high_closed),
                Ordering::Greater => (&b.high, b.high_closed),
                Ordering::Equal => (&a.high, a.high_closed && b.high_closed),
            };
            common.push(Interval { low: low.clone(), low_closed, high: high.clone(), high_closed });
        }
    }
    (common.len() <= MOST).then_some(common)
}

/// A set without one number.
fn without(set: &[Interval], point: &Expr) -> Option<Vec<Interval>> {
    let mut rest = Vec::new();
    for piece in set {
        let (low, high) = (order(point, &piece.low)?, order(point, &piece.high)?);
        if low == Ordering::Less || high == Ordering::Greater {
            rest.push(piece.clone());
            continue;
        }
        rest.push(Interval { high: point.clone(), high_closed: false, ..piece.clone() });
        rest.push(Interval { low: point.clone(), low_closed: false, ..piece.clone() });
    }
    (rest.len() <= MOST).then_some(rest)
}
