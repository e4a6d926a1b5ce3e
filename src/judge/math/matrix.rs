//! Sums and products of matrices.

use super::expression::Expr;

/// Computes the sum or product of a formula's parts where matrices are among them.
pub(super) fn fold(expr: Expr) -> Expr {
    match expr {
        Expr::Sum(parts) if parts.iter().any(is_matrix) => sum(&parts).unwrap_or(Expr::Sum(parts)),
        Expr::Product(parts) if parts.iter().any(is_matrix) => product(&parts).unwrap_or(Expr::Product(parts)),
        other => other,
    }
}

/// More entries are not computed.
const MOST_ENTRIES: usize = 100;

fn is_matrix(expr: &Expr) -> bool {
    matches!(expr, Expr::Matrix(_))
}

fn rows(expr: &Expr) -> Option<&Vec<Vec<Expr>>> {
    match expr {
        Expr::Matrix(rows) => Some(rows).filter(|rows| rows.len() * rows.first().map_or(0, Vec::len) <= MOST_ENTRIES),
        _ => None,
    }
}

fn sum(parts: &[Expr]) -> Option<Expr> {
    let (first, rest) = parts.split_first()?;
    let mut total = rows(first)?.clone();
    for part in rest {
        let part = rows(part)?;
        if part.len() != total.len() || part.first()?.len() != total.first()?.len() {
            return None;
        }
        for (row, more) in total.iter_mut().zip(part) {
            for (entry, more) in row.iter_mut().zip(more) {
                *entry = Expr::Sum(vec![entry.clone(), more.clone()]);
            }
        }
    }
    Some(Expr::Matrix(total))
}

fn product(parts: &[Expr]) -> Option<Expr> {
    let scalars: Vec<Expr> = parts.iter().filter(|part| !is_matrix(part)).cloned().collect();
    if !scalars.iter().all(Expr::is_scalar) {
        return None;
    }
    let mut matrices = parts.iter().filter(|part| is_matrix(part));
    let mut total = rows(matrices.next()?)?.clone();
    for matrix in matrices.take(4) {
        total = multiplied(&total, rows(matrix)?)?;
    }
    let scaled = |entry: Expr| {
        let mut factors = scalars.clone();
        factors.push(entry);
        Expr::Product(factors)
    };
    if !scalars.is_empty() {
        total = total.into_iter().map(|row| row.into_iter().map(scaled).collect()).collect();
    }
    Some(Expr::Matrix(total))
}

fn multiplied(left: &[Vec<Expr>], right: &[Vec<Expr>]) -> Option<Vec<Vec<Expr>>> {
    if left.first()?.len() != right.len() {
        return None;
    }
    let entry = |row: &[Expr], column: usize| {
        let terms = row
            .iter()
            .zip(right)
            .map(|(one, other)| Some(Expr::Product(vec![one.clone(), other.get(column)?.clone()])));
        terms.collect::<Option<Vec<_>>>().map(Expr::Sum)
    };
    left.iter().map(|row| (0..right.first()?.len()).map(|column| entry(row, column)).collect()).collect()
}
