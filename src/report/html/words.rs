//! Figures in the words of the page.

use crate::compare;
use crate::format::{self, percent};

/// The ends of an interval of shares, in percent.
pub(super) fn interval(ends: (f64, f64)) -> String {
    format::interval(ends, |share| format!("{:.1}", share * 100.0))
}

/// The ends of an interval of shares, in a sentence.
pub(super) fn points_of(low: f64, high: f64) -> String {
    format!("{} to {}", percent(low), percent(high))
}

/// A p value in a column of its own: `0.012`, `< 0.001`.
pub(super) fn p_value(p: f64) -> String {
    compare::p_value(p).trim_start_matches("p ").trim_start_matches("= ").to_owned()
}

/// A text with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
