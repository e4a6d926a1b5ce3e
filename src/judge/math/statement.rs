//! What a relation states: the value of a name, a set of numbers, or a relation that stays one.

use std::cmp::Ordering;

use num_traits::{Signed, Zero};

use super::equal::{Truth, order, scalars};
use super::exact;
use super::expression::{Constant, Expr, Function, Interval, Relation};

/// A formula with the name that it is given.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    /// The name: `x` of `x = 3`.
    pub(super) name: Option<Expr>,
    /// The value.
    pub(super) value: Expr,
    /// Both sides of the equation that it was.
    pub(super) sides: Option<(Expr, Expr)>,
}

impl Statement {
    fn plain(value: Expr) -> Self {
        Self { name: None, value, sides: None }
    }

    fn named(name: Expr, value: Expr) -> Self {
        Self { name: Some(name), value, sides: None }
    }
}

/// What a formula states.
pub(super) fn statement(expr: &Expr) -> Statement {
    match expr {
        Expr::Chain(first, rest) => chain(first, rest),
        Expr::List(items) => list(items),
        other => Statement::plain(other.clone()),
    }
}

/// Can a formula be the name of a value?
fn is_name(expr: &Expr) -> bool {
    match expr {
        Expr::Variable(_) | Expr::Unknown(..) | Expr::Words(_) | Expr::Constant(Constant::I | Constant::E) => true,
        Expr::Tuple(parts) => !parts.is_empty() && parts.iter().all(|part| matches!(part, Expr::Variable(_))),
        Expr::Product(parts) => parts
            .iter()
            .all(|part| matches!(part, Expr::Variable(name) if name.chars().all(|c| c.is_ascii_uppercase()))),
        _ => false,
    }
}

fn chain(first: &Expr, rest: &[(Relation, Expr)]) -> Statement {
    let whole = || Statement::plain(Expr::Chain(Box::new(first.clone()), rest.to_vec()));
    let about = rest.iter().position(|(relation, _)| *relation == Relation::About);
    if let Some(about) = about {
        return match rest.get(..about) {
            Some([]) | None if is_name(first) => match rest.last() {
                Some((_, value)) => Statement::named(first.clone(), value.clone()),
                None => whole(),
            },
            Some([]) | None => Statement::plain(first.clone()),
            Some(exact) => chain(first, exact),
        };
    }
    let Some((_, last)) = rest.last() else { return Statement::plain(first.clone()) };
    if rest.iter().all(|(relation, _)| *relation == Relation::Equal) {
        return equation(first, rest, last).unwrap_or_else(whole);
    }
    if let [(Relation::In, set)] = rest
        && is_name(first)
    {
        return Statement::named(first.clone(), set.clone());
    }
    match bounds(first, rest) {
        Some((name, interval)) => Statement::named(name.clone(), interval),
        None => whole(),
    }
}

fn equation(first: &Expr, rest: &[(Relation, Expr)], last: &Expr) -> Option<Statement> {
    let sides = (first.clone(), last.clone());
    if is_name(first) {
        return Some(Statement { name: Some(first.clone()), value: last.clone(), sides: Some(sides) });
    }
    let constant = !first.has_variables() && rest.iter().all(|(_, term)| !term.has_variables());
    if constant {
        return Some(Statement::plain(last.clone()));
    }
    if rest.len() == 1 && is_name(last) && !first.has_variables() {
        return Some(Statement { name: Some(last.clone()), value: first.clone(), sides: Some(sides) });
    }
    let identity = first.is_scalar() && last.is_scalar() && scalars(first, last) == Truth::Equal;
    identity.then(|| Statement::plain(last.clone()))
}

/// The numbers that inequalities leave to a name.
fn bounds<'a>(first: &'a Expr, rest: &'a [(Relation, Expr)]) -> Option<(&'a Expr, Expr)> {
    let free = |expr: &Expr| !expr.has_variables() && expr.is_scalar();
    match rest {
        [(relation, second)] if matches!(first, Expr::Variable(_)) && free(second) => {
            Some((first, side(*relation, second)?))
        }
        [(relation, second)] if matches!(second, Expr::Variable(_)) && free(first) => {
            Some((second, side(relation.turned(), first)?))
        }
        [(one, second), (other, third)] if matches!(second, Expr::Variable(_)) && free(first) && free(third) => {
            let up = |relation: &Relation| matches!(relation, Relation::Less | Relation::LessEqual);
            let down = |relation: &Relation| matches!(relation, Relation::Greater | Relation::GreaterEqual);
            let closed = |relation: &Relation| matches!(relation, Relation::LessEqual | Relation::GreaterEqual);
            let (low, low_closed, high, high_closed) = match (one, other) {
                (one, other) if up(one) && up(other) => (first, closed(one), third, closed(other)),
                (one, other) if down(one) && down(other) => (third, closed(other), first, closed(one)),
                _ => return None,
            };
            let (low, high) = (low.clone(), high.clone());
            Some((second, Expr::Interval(Box::new(Interval { low, low_closed, high, high_closed }))))
        }
        [(relation, second)] => distance(first, *relation, second)
            .or_else(|| distance(second, relation.turned(), first))
            .or_else(|| linear(first, *relation, second)),
        _ => None,
    }
}

/// The numbers within a distance of a point, or farther away: `|x - 1| < 2`. Only a positive distance leaves them so.
fn distance<'a>(first: &'a Expr, relation: Relation, second: &Expr) -> Option<(&'a Expr, Expr)> {
    let Expr::Call(Function::Absolute, inner) = first else { return None };
    let [inner] = inner.as_slice() else { return None };
    if !relation.orders() || second.has_variables() || order(second, &Expr::whole(0)) != Some(Ordering::Greater) {
        return None;
    }
    let half = |relation, bound| bounds(inner, &[(relation, bound)]).map(|(_, numbers)| numbers);
    let above = half(relation.turned(), second.clone().negated())?;
    let below = half(relation, second.clone())?;
    let inside = matches!(relation, Relation::Less | Relation::LessEqual);
    let numbers = vec![above, below];
    Some((variable(inner)?, if inside { Expr::Intersection(numbers) } else { Expr::Union(numbers) }))
}

/// The numbers that an inequality leaves to its only variable, in which it is linear: `-2x > 6`.
fn linear<'a>(first: &'a Expr, relation: Relation, second: &'a Expr) -> Option<(&'a Expr, Expr)> {
    if !first.is_scalar() || !second.is_scalar() || !relation.orders() {
        return None;
    }
    let variable = variable(first).or_else(|| variable(second))?;
    let difference = first.clone().minus(second.clone());
    let at = |value: i32| {
        let bound = |part| if part == *variable { Expr::whole(value) } else { part };
        exact::number(&exact::fold(difference.clone().map(&bound))).cloned()
    };
    let (start, slope) = (at(0)?, at(1)? - at(0)?);
    if slope.is_zero() {
        return None;
    }
    let line = Expr::Sum(vec![
        Expr::Product(vec![Expr::Number(slope.clone()), variable.clone()]),
        Expr::Number(start.clone()),
    ]);
    if scalars(&exact::fold(difference), &line) != Truth::Equal {
        return None;
    }
    let relation = if slope.is_negative() { relation.turned() } else { relation };
    Some((variable, side(relation, &Expr::Number(-start / slope))?))
}

/// A variable of a formula.
fn variable(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Variable(_) => Some(expr),
        other => other.parts().into_iter().find_map(variable),
    }
}

/// The numbers on one side of a bound.
fn side(relation: Relation, bound: &Expr) -> Option<Expr> {
    let infinity = Expr::Constant(Constant::Infinity);
    let minus = infinity.clone().negated();
    let bound = bound.clone();
    let interval = |low, low_closed, high, high_closed| {
        Some(Expr::Interval(Box::new(Interval { low, low_closed, high, high_closed })))
    };
    match relation {
        Relation::Less => interval(minus, false, bound, false),
        Relation::LessEqual => interval(minus, false, bound, true),
        Relation::Greater => interval(bound, false, infinity, false),
        Relation::GreaterEqual => interval(bound, true, infinity, false),
        Relation::NotEqual => Some(Expr::Difference(Box::new(Expr::reals()), Box::new(Expr::Set(vec![bound])))),
        _ => None,
    }
}

/// Several statements: values of one name, or values of several names in the order of the alphabet.
fn list(items: &[Expr]) -> Statement {
    let parts: Vec<Statement> = items.iter().map(statement).collect();
    let names: Vec<&Expr> = parts.iter().filter_map(|part| part.name.as_ref()).collect();
    let values = || parts.iter().map(|part| part.value.clone()).collect::<Vec<_>>();
    let Some(first) = names.first() else { return Statement::plain(Expr::List(values())) };
    let one_name = names.iter().all(|name| name == first);
    if one_name && (names.len() == parts.len() || parts.first().is_some_and(|part| part.name.is_some())) {
        return Statement::named((*first).clone(), Expr::Set(values()));
    }
    let letters: Option<Vec<&str>> = parts
        .iter()
        .map(|part| match &part.name {
            Some(Expr::Variable(name)) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    match letters {
        Some(letters) if letters.windows(2).all(|pair| matches!(pair, [one, other] if one != other)) => {
            let mut order: Vec<usize> = (0..letters.len()).collect();
            order.sort_by_key(|at| letters.get(*at).copied());
            let sorted = |at: &usize| parts.get(*at).map(|part| part.value.clone());
            let names = letters.iter().map(|name| Expr::Variable((*name).to_owned()));
            let mut names: Vec<Expr> = names.collect();
            names.sort_by_key(|name| if let Expr::Variable(name) = name { name.clone() } else { String::new() });
            Statement::named(Expr::Tuple(names), Expr::Tuple(order.iter().filter_map(sorted).collect()))
        }
        _ => Statement::plain(Expr::List(items.to_vec())),
    }
}
