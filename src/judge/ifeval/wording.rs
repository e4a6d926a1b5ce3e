//! Checks of words and letters.

use std::sync::LazyLock;

use regex::Regex;

/// Words as the reference counts them: its classes of characters leave out the vowel signs of Indic scripts.
#[expect(clippy::unwrap_used, reason = "the pattern is constant and a test compiles it")]
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{L}\p{N}_]+").unwrap());

/// Endings that are words of their own in the reference's count of words in capitals, in lower case.
const ENDINGS: [&str; 7] = ["n't", "'s", "'m", "'d", "'ll", "'re", "'ve"];

/// How often a keyword occurs, within words as well, in any case.
pub fn occurrences(text: &str, keyword: &str) -> usize {
    let keyword = keyword.trim().to_lowercase();
    if keyword.is_empty() { 0 } else { text.to_lowercase().matches(&keyword).count() }
}

/// Whether a word occurs as a whole word, in any case.
pub fn has_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.trim().to_lowercase());
    let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !word.is_empty()
        && text.match_indices(&word).any(|(at, found)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
            inner(before) != inner(found.chars().next()) && inner(found.chars().next_back()) != inner(after)
        })
}

/// How often a letter or sign occurs, in any case.
pub fn letters(text: &str, letter: char) -> usize {
    let letter: Vec<char> = letter.to_lowercase().collect();
    text.chars().flat_map(char::to_lowercase).filter(|c| letter.contains(c)).count()
}

/// The number of words: runs of letters, digits and underscores.
pub fn words(text: &str) -> usize {
    WORD.find_iter(text).count()
}

/// The number of words in capitals, near to what NLTK's tokens of English give: a word with a hyphen is one, and
/// the endings of `DON'T` and `IT'S` are words of their own.
pub fn capital_words(text: &str) -> usize {
    text.split(|c: char| c.is_whitespace() || ";@#$%&?!()[]{}<>\"“”«»…—".contains(c))
        .flat_map(|token| token.split("--"))
        .flat_map(at_commas)
        .map(|token| {
            let (stem, ending) = without_ending(token.trim_end_matches('.'));
            usize::from(is_upper(stem)) + usize::from(is_upper(ending))
        })
        .sum()
}

/// A token and the ending that is a word of its own, which may be empty.
fn without_ending(token: &str) -> (&str, &str) {
    let ends = |ending: &&str| {
        let start = token.len().checked_sub(ending.len()).filter(|start| *start > 0);
        start.and_then(|start| token.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    let length = ENDINGS.iter().find(|ending| ends(ending)).map_or(0, |ending| ending.len());
    token.split_at(token.len() - length)
}

/// The parts of a token between commas and colons, which split it unless a digit follows.
fn at_commas(token: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(token);
    std::iter::from_fn(move || {
        let text = rest?;
        let splits = |(at, _): &(usize, &str)| !text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        let cut = text.match_indices([',', ':']).find(splits);
        rest = cut.map(|(at, _)| &text[at + 1..]);
        Some(cut.map_or(text, |(at, _)| &text[..at]))
    })
}

/// Whether a text has a letter with case and none in lower case.
pub fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// Whether a text has a letter with case and none in upper case.
pub fn is_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_words() {
        assert_eq!(occurrences("Sunday, sun and SUN", "sun"), 3);
        assert!(has_word("The SUN.", "sun") && !has_word("sunny", "sun") && has_word("a-sun", "sun"));
        assert!(has_word("the moon landing", "moon landing") && !has_word("", "x") && !has_word("x", ""));
        assert_eq!(letters("Banana!", 'A'), 3);
        assert_eq!(letters("wow!!", '!'), 2);
        assert_eq!(words("don't stop_me, 3.5"), 5);
    }

    #[test]
    fn capitals() {
        let cases = [
            ("ONE two THREE", 2),
            ("A WELL-KNOWN fact", 2),
            ("DON'T", 2),
            ("I'm late and IT'S cold", 3),
            ("NASA, ESA and the U.S.", 3),
            ("B2B 24 x", 1),
            ("**BOLD**", 1),
            ("none", 0),
        ];
        for (text, count) in cases {
            assert_eq!(capital_words(text), count, "{text}");
        }
        assert!(is_upper("ABC 1!") && !is_upper("ABc") && !is_upper("1"));
        assert!(is_lower("abc 1!") && !is_lower("aBc") && !is_lower("1"));
    }
}
