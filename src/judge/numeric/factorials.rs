//! Factorials: `5!`, where the sign does not end a sentence.

use super::value::Number;

/// The largest number whose factorial is read.
const LARGEST: i128 = 20;

/// The largest one where the sign might as well end a sentence.
const LARGEST_AT_END: i128 = 12;

/// How a question asks for what factorials count.
const WAYS: &[&str] = &["ways", "factorial", "arrange", "permut", "orders", "orderings", "!"];

/// The factorial of a number behind which `!` stands at `at`, and where it ends.
pub(super) fn factorial(text: &str, at: usize, number: Number, question: &str) -> Option<(Number, usize)> {
    let rest = text.get(at..)?.strip_prefix('!')?;
    let whole = number.whole.filter(|whole| (0..=LARGEST).contains(whole))?;
    let next = rest.trim_start_matches([' ', '\\', ',']).chars().next();
    let continues = match next {
        Some('=' | '/' | '×' | '·' | '*' | '+' | '-' | '−' | '}' | '$' | ')' | '≈' | 'c' | 't') => true,
        Some('!') => return None,
        Some(c) => rest.starts_with(' ') && c.is_lowercase(),
        None => false,
    };
    let lower = question.to_lowercase();
    if !continues && (whole > LARGEST_AT_END || !WAYS.iter().any(|word| lower.contains(word))) {
        return None;
    }
    let product = (1..=whole).product::<i128>();
    #[expect(clippy::cast_precision_loss, reason = "the exact value is kept beside it")]
    Some((Number { value: product as f64, whole: Some(product), percent: false }, at + 1))
}
