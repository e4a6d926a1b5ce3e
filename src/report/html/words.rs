//! Figures in the words of the page.

use crate::format::percent;

/// The ends of an interval of shares.
pub(super) fn interval((low, high): (f64, f64)) -> String {
    format!("{:.1} – {:.1}", low * 100.0, high * 100.0)
}

/// The ends of an interval of shares, in a sentence.
pub(super) fn points_of(low: f64, high: f64) -> String {
    format!("{} to {}", percent(low), percent(high))
}

/// The ends of another interval.
pub(super) fn ends((low, high): (f64, f64), text: impl Fn(f64) -> String) -> String {
    format!("{} – {}", text(low), text(high))
}

/// A p value with three digits.
pub(super) fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// A text with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
