//! The answer within a longer text: after a marker, in `\boxed{}`, or where a pattern finds it.

use regex::Regex;

/// The marker of the final answer in the worked solutions of GSM8K and similar datasets.
const FINAL_ANSWER: &str = "####";

/// The pattern that stands for the content of the last `\boxed{}`, whose braces no regular expression can count.
const BOXED: &str = r"\boxed{}";

/// Where an answer stands in a text.
#[derive(Debug, Clone)]
pub(super) enum Extract {
    /// After `####`, else in `\boxed{}`, else the whole text.
    Usual,
    /// In the last `\boxed{}`.
    Boxed,
    /// The first group of the last match, or what follows it.
    Pattern(Regex),
}

impl Extract {
    /// Reads a pattern of the spec.
    pub(super) fn new(pattern: Option<&str>) -> Result<Self, regex::Error> {
        Ok(match pattern {
            None => Self::Usual,
            Some(BOXED) => Self::Boxed,
            Some(pattern) => Self::Pattern(Regex::new(pattern)?),
        })
    }

    /// The answer in a text; `None` if the pattern does not find one.
    pub(super) fn of(&self, text: &str) -> Option<String> {
        let found = match self {
            Self::Usual => match text.rsplit_once(FINAL_ANSWER) {
                Some((_, last)) => last,
                None => boxed(text).unwrap_or(text),
            },
            Self::Boxed => boxed(text)?,
            Self::Pattern(pattern) => {
                let last = pattern.captures_iter(text).last()?;
                match (pattern.captures_len(), last.get(0)) {
                    (1, Some(whole)) => &text[whole.end()..],
                    _ => last.iter().skip(1).flatten().next()?.as_str(),
                }
            }
        };
        Some(found.trim().to_owned())
    }
}

/// The content of the last `\boxed{…}` or `\fbox{…}` whose braces match.
fn boxed(text: &str) -> Option<&str> {
    let starts = [r"\boxed", r"\fbox"].into_iter().filter_map(|word| Some(text.rfind(word)? + word.len()));
    let rest = text[starts.max()?..].trim_start();
    let Some(inner) = rest.strip_prefix('{') else { return rest.split_whitespace().next() };
    let mut depth = 1_usize;
    let mut is_escaped = false;
    for (at, character) in inner.char_indices() {
        match character {
            _ if is_escaped => {}
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        is_escaped = character == '\\' && !is_escaped;
        if depth == 0 {
            return Some(&inner[..at]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_found_in_a_solution() {
        let of = |pattern: Option<&str>, text: &str| Extract::new(pattern).unwrap().of(text);
        for (pattern, text, expected) in [
            (None, "48/2 = 24.\n#### 72", Some("72")),
            (None, r"so $\boxed{1}$ or $\boxed{\frac{3}{4}}$.", Some(r"\frac{3}{4}")),
            (None, r"a set \boxed{\{1, 2\}}", Some(r"\{1, 2\}")),
            (None, r"\boxed 5 is it", Some("5")),
            (None, r"\boxed{never closed", Some(r"\boxed{never closed")),
            (None, " plain ", Some("plain")),
            (Some(r"\boxed{}"), "no box", None),
            (Some("#### "), "a #### 1 #### 2", Some("2")),
            (Some("answer is ([A-E])"), "the answer is B. The answer is C.", Some("C")),
            (Some("answer is ([A-E])"), "none", None),
        ] {
            assert_eq!(of(pattern, text).as_deref(), expected, "{pattern:?} {text}");
        }
        assert!(Extract::new(Some("(")).is_err());
    }
}
