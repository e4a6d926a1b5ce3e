//! Checks of paragraphs, lists, sections and other marks of layout.

use std::sync::LazyLock;

use regex::Regex;

#[expect(clippy::unwrap_used, reason = "the patterns are constant and tests compile them")]
fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

static STARS: LazyLock<Regex> = LazyLock::new(|| constant(r"(?m)^\s*\*[^*].*$"));
static DASHES: LazyLock<Regex> = LazyLock::new(|| constant(r"(?m)^\s*-.*$"));
static EMPHASIS: LazyLock<Regex> = LazyLock::new(|| constant(r"\*[^\n*]*\*"));
static STRONG: LazyLock<Regex> = LazyLock::new(|| constant(r"\*\*[^\n*]*\*\*"));
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| constant(r"\[[^\n\]]*\]"));
static TITLE: LazyLock<Regex> = LazyLock::new(|| constant(r"<<[^\n]+>>"));

/// The number of paragraphs between `***` dividers; `None` if one in the middle is blank.
pub fn divided_paragraphs(text: &str) -> Option<usize> {
    let parts: Vec<bool> = text.split("***").map(|part| part.trim().is_empty()).collect();
    let last = parts.len() - 1;
    let blank = parts.iter().enumerate().filter(|(_, blank)| **blank);
    let mut count = parts.len();
    for (at, _) in blank {
        if at != 0 && at != last {
            return None;
        }
        count -= 1;
    }
    Some(count)
}

/// Whether a text has `count` paragraphs with blank lines between them, and the `nth` starts with a word.
pub fn paragraph_starts(text: &str, count: usize, nth: usize, word: &str) -> bool {
    let paragraphs: Vec<&str> = text.split("\n\n").map(str::trim).collect();
    let filled = paragraphs.iter().filter(|paragraph| !paragraph.is_empty()).count();
    let asked = nth.checked_sub(1).and_then(|at| paragraphs.get(at));
    let Some(first) = asked.and_then(|paragraph| paragraph.split_whitespace().next()) else {
        return false;
    };
    let first = first.trim_start_matches('\'').trim_start_matches('"');
    let first = first.split(['.', ',', '?', '!', '\'', '"']).next().unwrap_or_default();
    nth <= filled && filled == count && first.to_lowercase() == word.to_lowercase()
}

/// The number of bullet points: lines that start with a star, or with a dash.
pub fn bullets(text: &str) -> usize {
    STARS.find_iter(text).count() + DASHES.find_iter(text).count()
}

/// The number of texts between stars, single or double.
pub fn highlights(text: &str) -> usize {
    let filled = |pattern: &Regex| {
        pattern.find_iter(text).filter(|found| !found.as_str().trim_matches('*').trim().is_empty()).count()
    };
    filled(&EMPHASIS) + filled(&STRONG)
}

/// The number of texts in square brackets.
pub fn placeholders(text: &str) -> usize {
    PLACEHOLDER.find_iter(text).count()
}

/// The number of marks such as `Section 2`, whose word is given.
pub fn sections(text: &str, word: &str) -> usize {
    let numbered = |(at, found): &(usize, &str)| {
        let rest = &text[at + found.len()..];
        let mut after = rest.chars();
        match after.next() {
            Some(c) if c.is_whitespace() => after.next().is_some_and(char::is_numeric),
            first => first.is_some_and(char::is_numeric),
        }
    };
    if word.is_empty() { 0 } else { text.match_indices(word).filter(numbered).count() }
}

/// Whether a text has a title in double angle brackets.
pub fn has_title(text: &str) -> bool {
    let filled = |title: &str| !title.trim_start_matches('<').trim_end_matches('>').trim().is_empty();
    TITLE.find_iter(text).any(|found| filled(found.as_str()))
}

/// Whether a text is two different answers with `******` between them.
pub fn two_responses(text: &str) -> bool {
    let parts: Vec<&str> = text.split("******").map(str::trim).collect();
    let inner = parts.get(1..parts.len() - 1).unwrap_or_default();
    let filled: Vec<&&str> = parts.iter().filter(|part| !part.is_empty()).collect();
    inner.iter().all(|part| !part.is_empty()) && matches!(filled[..], [first, second] if first != second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs() {
        assert_eq!(divided_paragraphs("one\n***\ntwo\n***\nthree"), Some(3));
        assert_eq!(divided_paragraphs("***\none\n***\ntwo\n***"), Some(2));
        assert_eq!(divided_paragraphs("one\n***\n***\ntwo"), None);
        assert_eq!(divided_paragraphs("one"), Some(1));
        let text = "Rain falls.\n\n'Snow,' he says.\n\nHail";
        assert!(paragraph_starts(text, 3, 2, "SNOW"));
        assert!(!paragraph_starts(text, 2, 2, "snow") && !paragraph_starts(text, 3, 1, "snow"));
        assert!(!paragraph_starts(text, 3, 0, "rain") && !paragraph_starts(text, 3, 4, "x"));
        assert!(!paragraph_starts("a\n\n\n\nb", 2, 2, "b"), "the blank one is the second");
    }

    #[test]
    fn lists_and_highlights() {
        assert_eq!(bullets("Intro *\n* one\n  * two\n**bold**\n- three\n-four"), 4);
        assert_eq!(bullets("***\nText"), 0);
        assert_eq!(highlights("*one* and **two** and ** ** and *not\nhere*"), 2);
        assert_eq!(placeholders("[name], [] and [street\nname]"), 2);
    }

    #[test]
    fn sections_and_titles() {
        assert_eq!(sections("SECTION 1\na\nSECTION 2\nb\nSECTION X", "SECTION"), 2);
        assert_eq!(sections("Day1, Day  2", "Day"), 1);
        assert_eq!(sections("x 1", ""), 0);
        assert!(has_title("Here: <<a poem>>") && !has_title("<< >>") && !has_title("<a> <<b\n>>"));
    }

    #[test]
    fn responses() {
        assert!(two_responses("one\n******\ntwo") && two_responses("******one******two******"));
        assert!(!two_responses("one******one") && !two_responses("one") && !two_responses(""));
        assert!(!two_responses("one************two") && !two_responses("a******b******c"));
    }
}
