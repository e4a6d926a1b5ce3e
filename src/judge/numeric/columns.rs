//! Sums that are written in columns: `48`, `- 31`, a rule, and `17` below it.

use super::access;
use super::select::Choice;
use super::tokens::Kind;
use super::view::{Found, View, place};
use crate::judge::verdict::Rank;

/// Signs that a line between operands and result is drawn with.
const RULE: &str = "-—–−=_";

/// Signs that open the line of an operand.
const OPERATORS: &str = "+-−–×x*÷/";

/// The number below the rule of a sum, where nothing follows it.
pub(super) fn column(view: &View<'_>) -> Option<Found> {
    let number = |index: &usize| access::number(view.tokens, *index).is_some();
    let result = (0..view.tokens.len()).rev().find(number)?;
    let span = view.tokens.get(result)?.span.clone();
    let ends = view.tokens.get(result + 1..)?.iter().all(|token| match token.kind {
        Kind::Line => true,
        Kind::Sign(sign) => sign == '`' || sign == '.',
        _ => false,
    });
    let start = view.text.get(..span.start)?.rfind('\n')?;
    let lead = view.text.get(start + 1..span.start)?.trim();
    let mut above = view.text.get(..start)?.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let rule = |line: &str| line.chars().count() > 1 && line.chars().all(|c| RULE.contains(c));
    let operand = |line: &str| {
        line.starts_with(|c| OPERATORS.contains(c)) && line.contains(|c: char| c.is_numeric()) && !line.contains('=')
    };
    let nearest = above.next()?;
    let sum = match lead {
        "=" => operand(nearest),
        "" | "$" | "€" | "£" => rule(nearest) && above.next().is_some_and(operand),
        _ => false,
    };
    (ends && sum).then(|| place(Rank::Conclusion, "column", Choice::One(result)))
}
