//! Equality of what is built from values: lists, sets, intervals, matrices, relations, quantities.

use std::cell::Cell;

use num_rational::BigRational;
use num_traits::One;

use super::equal::{Truth, multiples, scalars};
use super::exact;
use super::expression::{Constant, Expr, Interval, OPEN_BASE, Relation};
use super::pieces::pieces;
use super::reading::Reading;
use super::statement::{Statement, statement};

/// The most comparisons of values for one answer.
const MOST: u32 = 600;

/// Does an answer say what the gold says?
pub(super) fn compare(gold: &Reading, answer: &Reading) -> Truth {
    let budget = Budget(Cell::new(MOST));
    if let (Some(one), Some(other)) = (&gold.unit, &answer.unit) {
        if !one.is_like(other) {
            return Truth::Different;
        }
        if one.scale != other.scale {
            return budget.values(&scaled(&gold.value, &one.scale), &scaled(&answer.value, &other.scale));
        }
    }
    let measured = |one: &Reading, other: &Reading| (one.percent || one.degrees) && other.unit.is_some();
    if measured(gold, answer) || measured(answer, gold) {
        return Truth::Different;
    }
    let plain = labelled(gold, answer, budget.values(&gold.value, &answer.value));
    let hundredth = BigRational::new(1.into(), 100.into());
    match (gold.percent, answer.percent) {
        (true, false) => return plain.or(budget.values(&scaled(&gold.value, &hundredth), &answer.value)),
        (false, true) => {
            let part = budget.values(&gold.value, &scaled(&answer.value, &hundredth));
            return if is_percentage(&gold.value) { plain.or(part) } else { part };
        }
        _ => {}
    }
    let degrees = |value: &Expr| Expr::Product(vec![value.clone(), Expr::Constant(Constant::Degree)]);
    match (gold.degrees, answer.degrees) {
        (true, false) if gold.value.is_scalar() => plain.or(budget.values(&degrees(&gold.value), &answer.value)),
        (false, true) if answer.value.is_scalar() => plain.or(budget.values(&gold.value, &degrees(&answer.value))),
        _ => plain,
    }
}

/// Equal values with labels that have nothing in common are not told apart: 20 June, 20 July.
fn labelled(gold: &Reading, answer: &Reading, truth: Truth) -> Truth {
    let known = gold.unit.is_some() && answer.unit.is_some();
    let bare = |reading: &Reading| reading.label.is_empty() || reading.percent || reading.degrees;
    let alike = |one: &String, other: &String| one.starts_with(other.as_str()) || other.starts_with(one.as_str());
    let shared = || gold.label.iter().any(|one| answer.label.iter().any(|other| alike(one, other)));
    if truth == Truth::Equal && !known && !bare(gold) && !bare(answer) && !shared() { Truth::Unknown } else { truth }
}

/// Can a plain number be meant as a percentage? A fraction cannot, nor can what is no larger than one.
fn is_percentage(value: &Expr) -> bool {
    match value {
        Expr::Number(value) => value.is_integer() && *value > BigRational::one(),
        Expr::Decimal(value, _) => *value > BigRational::one(),
        _ => false,
    }
}

fn scaled(value: &Expr, scale: &BigRational) -> Expr {
    match value {
        Expr::Chain(first, rest) => {
            let last = rest.len().saturating_sub(1);
            let rest = rest.iter().enumerate();
            let rest = rest
                .map(|(at, (relation, part))| (*relation, if at == last { scaled(part, scale) } else { part.clone() }));
            Expr::Chain(first.clone(), rest.collect())
        }
        value if value.is_scalar() => exact::fold(Expr::Product(vec![Expr::Number(scale.clone()), value.clone()])),
        value => value.clone(),
    }
}

/// Comparisons that are left.
struct Budget(Cell<u32>);

impl Budget {
    /// Compares two answers as stated.
    fn values(&self, gold: &Expr, answer: &Expr) -> Truth {
        let about = match (statement(gold).value, answer) {
            (Expr::Decimal(..), Expr::Chain(_, rest)) => {
                rest.iter().rfind(|(relation, _)| *relation == Relation::About)
            }
            _ => None,
        };
        let exact = self.statements(gold, answer);
        // Where a rounded value is asked for, `70/9 ≈ 7.78` gives it.
        about.map_or(exact, |(_, rounded)| exact.or(self.statements(gold, rounded)))
    }

    fn statements(&self, gold: &Expr, answer: &Expr) -> Truth {
        let (gold, answer) = (statement(gold), statement(answer));
        let values =
            |gold: &Statement, answer: &Statement| self.shapes(&expanded(&gold.value), &expanded(&answer.value));
        if let (Some(one), Some(other)) = (equation(&gold), equation(&answer))
            && (gold.name.is_none() || answer.name.is_none() || gold.name != answer.name)
            && one.has_variables()
        {
            let free = |name: &Option<Expr>| {
                matches!(name, Some(Expr::Unknown(..))) || *name == Some(Expr::Variable("y".to_owned()))
            };
            let named = gold.name.is_some() && answer.name.is_some() && gold.value.has_variables();
            let renamed = named && (free(&gold.name) || free(&answer.name));
            let same =
                if one.is_scalar() && other.is_scalar() { multiples(&one, &other, false) } else { Truth::Different };
            return if renamed { same.or(values(&gold, &answer)) } else { same.or(renaming(&gold, &answer, &values)) };
        }
        match (&gold.name, &answer.name) {
            (Some(one), Some(other)) if one != other => renaming(&gold, &answer, &values),
            _ => values(&gold, &answer),
        }
    }

    /// Compares two values of any structure.
    fn shapes(&self, gold: &Expr, answer: &Expr) -> Truth {
        let Some(left) = self.0.get().checked_sub(1) else { return Truth::Unknown };
        self.0.set(left);
        if gold == answer {
            return Truth::Equal;
        }
        match (gold, answer) {
            (Expr::Words(one), Expr::Words(other)) => texts(one, other),
            (Expr::Based(value, digits), Expr::Number(plain)) | (Expr::Number(plain), Expr::Based(value, digits)) => {
                match value == plain {
                    true => Truth::Equal,
                    false if plain.to_string() == *digits => Truth::Unknown,
                    false => Truth::Different,
                }
            }
            (Expr::List(one), Expr::List(other)) => self.unordered(one, other),
            (Expr::Set(one) | Expr::List(one), Expr::Set(other) | Expr::List(other)) => self.sets(one, other),
            (Expr::List(one) | Expr::Tuple(one), Expr::List(other) | Expr::Tuple(other))
            | (Expr::Ratio(one), Expr::Ratio(other)) => self.ordered(one, other),
            (Expr::Matrix(one), Expr::Matrix(other)) => {
                if one.len() == other.len() && one.first().map(Vec::len) == other.first().map(Vec::len) {
                    self.ordered(&one.concat(), &other.concat())
                } else {
                    Truth::Different
                }
            }
            (Expr::Matrix(rows), Expr::Tuple(parts)) | (Expr::Tuple(parts), Expr::Matrix(rows)) => {
                let vector = rows.len() == 1 || rows.iter().all(|row| row.len() == 1);
                if vector { self.ordered(&rows.concat(), parts) } else { Truth::Different }
            }
            (Expr::Chain(first, rest), Expr::Chain(other, others)) => self.chains((first, rest), (other, others)),
            (Expr::Set(parts) | Expr::List(parts), other) | (other, Expr::Set(parts) | Expr::List(parts))
                if parts.len() == 1 && other.is_scalar() =>
            {
                parts.first().map_or(Truth::Different, |part| self.shapes(part, other))
            }
            (Expr::List(parts), other) | (other, Expr::List(parts))
                if other.is_scalar() && parts.iter().all(Expr::is_scalar) =>
            {
                // Several spellings of one value: 1/2 or 0.5.
                parts.iter().map(|part| self.shapes(part, other)).fold(Truth::Equal, Truth::and)
            }
            (Expr::Words(_), Expr::Set(_) | Expr::Interval(_)) | (Expr::Set(_) | Expr::Interval(_), Expr::Words(_)) => {
                Truth::Unknown
            }
            // `x^2 = 9` may state the value 9, or an equation to be solved.
            (one, Expr::Chain(_, rest)) if one.is_scalar() => match rest.last() {
                Some((Relation::Equal, last)) if self.shapes(one, last) == Truth::Equal => Truth::Unknown,
                _ => Truth::Different,
            },
            (one, other) if one.is_scalar() && other.is_scalar() => with_open_bases(one, other),
            (one, other) => self.intervals(one, other),
        }
    }

    fn intervals(&self, gold: &Expr, answer: &Expr) -> Truth {
        if let (Some(one), Some(other)) = (pieces(gold), pieces(answer)) {
            let same = |(one, other): (&Interval, &Interval)| {
                if (one.low_closed, one.high_closed) != (other.low_closed, other.high_closed) {
                    return Truth::Different;
                }
                self.shapes(&one.low, &other.low).and(self.shapes(&one.high, &other.high))
            };
            let length = Truth::from(one.len() == other.len());
            return one.iter().zip(&other).map(same).fold(length, Truth::and);
        }
        let ends = |expr: &Expr| match expr {
            Expr::Interval(interval) => Some((**interval).clone()),
            Expr::Tuple(ends) => match ends.as_slice() {
                [low, high] => {
                    Some(Interval { low: low.clone(), low_closed: false, high: high.clone(), high_closed: false })
                }
                _ => None,
            },
            _ => None,
        };
        match (gold, answer, ends(gold), ends(answer)) {
            (_, _, Some(one), Some(other))
                if (one.low_closed, one.high_closed) == (other.low_closed, other.high_closed) =>
            {
                self.shapes(&one.low, &other.low).and(self.shapes(&one.high, &other.high))
            }
            (Expr::Union(one), Expr::Union(other), ..) => self.unordered(one, other),
            (Expr::Intersection(_) | Expr::Difference(..), Expr::Intersection(_) | Expr::Difference(..), ..) => {
                Truth::Unknown
            }
            _ => Truth::Different,
        }
    }

    fn ordered(&self, gold: &[Expr], answer: &[Expr]) -> Truth {
        if gold.len() != answer.len() {
            return Truth::Different;
        }
        gold.iter().zip(answer).map(|(one, other)| self.shapes(one, other)).fold(Truth::Equal, Truth::and)
    }

    /// Compares values in any order, each as often as it stands.
    fn unordered(&self, gold: &[Expr], answer: &[Expr]) -> Truth {
        if gold.len() != answer.len() {
            return Truth::Different;
        }
        let mut rest: Vec<&Expr> = answer.iter().collect();
        let mut unknown = false;
        for one in gold {
            let mut found = None;
            for (at, other) in rest.iter().enumerate() {
                match self.shapes(one, other) {
                    Truth::Equal => {
                        found = Some(at);
                        break;
                    }
                    Truth::Unknown => unknown = true,
                    Truth::Different => {}
                }
            }
            match found {
                Some(at) => drop(rest.swap_remove(at)),
                None => return if unknown { Truth::Unknown } else { Truth::Different },
            }
        }
        Truth::Equal
    }

    /// Compares sets: each value of one is in the other.
    fn sets(&self, gold: &[Expr], answer: &[Expr]) -> Truth {
        let within = |one: &Expr, other: &[Expr]| {
            other.iter().map(|part| self.shapes(one, part)).fold(Truth::Different, Truth::or)
        };
        let all =
            |one: &[Expr], other: &[Expr]| one.iter().map(|part| within(part, other)).fold(Truth::Equal, Truth::and);
        all(gold, answer).and(all(answer, gold))
    }

    fn chains(&self, gold: (&Expr, &[(Relation, Expr)]), answer: (&Expr, &[(Relation, Expr)])) -> Truth {
        if let ((first, [(relation, second)]), (other, [(others, last)])) = (gold, answer)
            && [first, second, other, last].iter().all(|side| side.is_scalar())
        {
            let (gold, relation) = oriented(first, *relation, second);
            let (answer, others) = oriented(other, *others, last);
            let positive = matches!(relation, Relation::Greater | Relation::GreaterEqual);
            return if relation == others { multiples(&gold, &answer, positive) } else { Truth::Different };
        }
        let forwards = |(first, rest): (&Expr, &[(Relation, Expr)])| {
            let terms = std::iter::once(first.clone()).chain(rest.iter().map(|(_, term)| term.clone()));
            (terms.collect::<Vec<_>>(), rest.iter().map(|(relation, _)| *relation).collect::<Vec<_>>())
        };
        let ((terms, relations), (mut others, mut turned)) = (forwards(gold), forwards(answer));
        let same = |others: &[Expr], found: &[Relation]| {
            if relations == found { self.ordered(&terms, others) } else { Truth::Different }
        };
        let straight = same(&others, &turned);
        others.reverse();
        turned.reverse();
        straight.or(same(&others, &turned.into_iter().map(Relation::turned).collect::<Vec<_>>()))
    }
}

/// Compares scalars; a `log` that could be natural or decimal is not told apart from what it would equal.
fn with_open_bases(gold: &Expr, answer: &Expr) -> Truth {
    let open = |expr: &Expr| expr.any(&|part| matches!(part, Expr::Variable(name) if name == OPEN_BASE));
    let truth = scalars(gold, answer);
    if truth == Truth::Equal || !(open(gold) || open(answer)) {
        return truth;
    }
    let to = |expr: &Expr, base: &Expr| {
        let closed =
            |part| if matches!(&part, Expr::Variable(name) if name == OPEN_BASE) { base.clone() } else { part };
        exact::fold(expr.clone().map(&closed))
    };
    let bases = [Expr::Constant(Constant::E), Expr::whole(10)];
    let equal = bases.iter().any(|base| scalars(&to(gold, base), &to(answer, base)) == Truth::Equal);
    if equal { Truth::Unknown } else { truth }
}

/// Values that agree under different names: a careful reader would have to look.
fn renaming(gold: &Statement, answer: &Statement, values: &dyn Fn(&Statement, &Statement) -> Truth) -> Truth {
    let (Some(one), Some(other)) = (&gold.name, &answer.name) else { return Truth::Different };
    let loose = |name: &Expr| matches!(name, Expr::Words(_) | Expr::Unknown(..) | Expr::Product(_));
    match values(gold, answer) {
        Truth::Equal if !loose(one) && !loose(other) => Truth::Unknown,
        truth => truth,
    }
}

/// The difference of both sides of an equation.
fn equation(statement: &Statement) -> Option<Expr> {
    let (left, right) = match (&statement.sides, &statement.value) {
        (Some((left, right)), _) => (left, right),
        (None, Expr::Chain(left, rest)) => match rest.as_slice() {
            [(Relation::Equal, right)] => (&**left, right),
            _ => return None,
        },
        _ => return None,
    };
    Some(exact::fold(left.clone().minus(right.clone())))
}

/// A relation with everything on its larger side.
fn oriented(left: &Expr, relation: Relation, right: &Expr) -> (Expr, Relation) {
    let (left, relation, right) = match relation {
        Relation::Less | Relation::LessEqual => (right, relation.turned(), left),
        _ => (left, relation, right),
    };
    (exact::fold(left.clone().minus(right.clone())), relation)
}

/// A value with `±` as its two values.
fn expanded(expr: &Expr) -> Expr {
    let signed = |expr: &Expr| expr.any(&|part| *part == Expr::Sign);
    if !signed(expr) {
        return expr.clone();
    }
    let with = |expr: &Expr, sign: i32| {
        exact::fold(expr.clone().map(&|part| if part == Expr::Sign { Expr::whole(sign) } else { part }))
    };
    let all = |parts: &[Expr]| {
        let each = |part: &Expr| if signed(part) { vec![with(part, 1), with(part, -1)] } else { vec![part.clone()] };
        parts.iter().flat_map(each).collect()
    };
    match expr {
        Expr::List(parts) => Expr::List(all(parts)),
        Expr::Set(parts) => Expr::Set(all(parts)),
        other => Expr::Set(vec![with(other, 1), with(other, -1)]),
    }
}

/// Do two texts say the same? If one is part of the other, it cannot be told.
fn texts(gold: &str, answer: &str) -> Truth {
    if gold == answer {
        return Truth::Equal;
    }
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (one, other) = (words(gold), words(answer));
    let within = |one: &[String], other: &[String]| one.iter().all(|word| other.contains(word));
    let letters = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    let shuffled = gold.len() <= 3 && letters(gold) == letters(answer);
    if within(&one, &other) || within(&other, &one) || shuffled { Truth::Unknown } else { Truth::Different }
}
