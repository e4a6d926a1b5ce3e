//! Equations whose left side only names what their right side says: `\lim_{x \to 2} f(x) = 7`, `\angle BAC = 90^\circ`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::margins::trimmed;

/// How a left side opens that is no term of an equation to be solved.
#[expect(clippy::unwrap_used, reason = "a constant pattern")]
static NAMES: LazyLock<Regex> = LazyLock::new(|| {
    let names = [
        r"\\(?:lim|i?i?int|oint|sum|prod|angle|measuredangle|overline|det|nabla|vec|Pr)\b",
        r"\\lim_",
        r"\\i?i?int_",
        r"\\(?:sum|prod|det)_",
        r"\\operatorname\{",
        r"\\[dt]?frac\{(?:d|\\partial)\b[^=]*?\}\{(?:d|\\partial)",
        r"\\[dt]?frac\{d[a-z]\}\{d[a-z]\}",
        r"\\mathbb\{[PE]\}",
        r"[A-Z]\^\{?(?:-1|T|\\top)\}?\s*=",
        r"lim\b|[∫∑∏∠]",
        r"\|[A-Z]{2}\|",
        r"[a-zA-Z](?:'|′|\^\{?\\prime\}?)+\(",
    ];
    Regex::new(&format!("^(?:{})", names.join("|"))).unwrap()
});

/// How an absolute value opens: it names a value only where a computation of it follows, `|z| = \sqrt{25} = 5`.
const BARS: [&str; 4] = ["|", "\\left|", "\\lvert", "\\left\\|"];

/// The right side of an equation whose left side only names it.
pub(super) fn right_side(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let named = NAMES.is_match(part);
    if !named && !BARS.iter().any(|bar| part.starts_with(bar)) {
        return None;
    }
    let signs = equal_signs(part)?;
    let last = signs.last().filter(|_| named || signs.len() > 1)?;
    let found = trimmed(text, range.start + last + 1..range.end);
    (!found.is_empty()).then_some(found)
}

/// The signs of equality outside braces; none where other relations stand between sides.
fn equal_signs(part: &str) -> Option<Vec<usize>> {
    const OTHERS: [&str; 8] = ["<", ">", "≤", "≥", "\\le", "\\ge", "\\neq", "\\approx"];
    let mut depth = 0_i32;
    let mut signs = Vec::new();
    for (at, c) in part.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '=' if depth == 0 => signs.push(at),
            _ => {}
        }
    }
    let from = *signs.first()?;
    let left = |command: &str| part[from..].contains(command) && !part[from..].contains("\\left");
    (!OTHERS.iter().any(|other| left(other))).then_some(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(part: &str) -> Option<&str> {
        right_side(part, 0..part.len()).and_then(|range| part.get(range))
    }

    #[test]
    fn the_right_side_of_a_name_is_its_value() {
        for (part, value) in [
            (r"\lim_{x \to 2} \frac{x^2-4}{x-2} = 4", Some("4")),
            (r"\int_0^1 x\,dx = \left[\frac{x^2}{2}\right]_0^1 = \frac12", Some(r"\frac12")),
            (r"\angle BAC = 90^\circ", Some(r"90^\circ")),
            (r"\frac{dy}{dx} = 2x", Some("2x")),
            (r"\frac{d}{dx} x^2 = 2x", Some("2x")),
            (r"A^{-1} = \begin{pmatrix} 1 \end{pmatrix}", Some(r"\begin{pmatrix} 1 \end{pmatrix}")),
            ("|z| = \\sqrt{25} = 5", Some("5")),
            ("|x| = 5", None),
            ("2x + 3 = 7", None),
            ("x^2 = 9", None),
            (r"\lim_{n=1} a_n < 3", None),
            (r"\frac{x}{2} = 3", None),
        ] {
            assert_eq!(right(part), value, "{part}");
        }
    }
}
