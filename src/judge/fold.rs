//! A normal form of short texts, in which spellings of one answer are equal.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Articles that a short answer may start with.
const ARTICLES: [&str; 3] = ["a ", "an ", "the "];

/// The normal form of a short text, after the one that the evaluation of `SQuAD` made common.
///
/// Compatible characters are one (NFKC: full-width forms, ligatures), case does not count, white space is one space,
/// typographic quotes and dashes are plain ones, punctuation and markup at the ends are dropped, and so is an English
/// article at the start. Other than in `SQuAD`, what stands inside stays: "1.5" is not "15", and "vitamin A" keeps its A.
/// Signs that carry meaning stay at the ends as well: "-5", "50%", "C++", "C#", "$5".
pub fn fold(text: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let plain: String = composed.chars().flat_map(char::to_lowercase).map(plain).collect();
    let spaced = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = without_edges(&spaced);
    let rest = ARTICLES.iter().find_map(|article| bare.strip_prefix(article)).unwrap_or(bare);
    rest.trim_start().to_owned()
}

/// The plain form of typographic quotes and dashes, and of a letter that is written otherwise at the end of a word.
fn plain(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' => '\'',
        '“' | '”' | '„' | '‟' | '″' => '"',
        // A final sigma is the same letter.
        'ς' => 'σ',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        _ => c,
    }
}

/// A text without punctuation at its ends; all of it if nothing else is in it.
fn without_edges(text: &str) -> &str {
    let mut rest = text.trim_end_matches(|c| is_edge(c) || c == '-');
    while let Some(behind) = without_mark(rest) {
        rest = behind;
    }
    if rest.is_empty() { text } else { rest }
}

/// A text without the mark that it starts with; `None` if it starts with none.
fn without_mark(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let behind = text.get(first.len_utf8()..)?;
    let is_mark = match first {
        '.' if behind.starts_with('.') => return Some(behind.trim_start_matches('.')),
        '.' => !behind.starts_with(char::is_numeric),
        // A dash before a space is a bullet, unless it may be the sign of a number.
        '-' => behind.strip_prefix(' ').is_some_and(|item| !item.starts_with(char::is_numeric)),
        '#' => true,
        _ => is_edge(first),
    };
    is_mark.then_some(behind)
}

/// Whether a character at the end of an answer is no part of it.
fn is_edge(c: char) -> bool {
    match c {
        '%' | '$' | '#' | '+' | '-' | '<' | '>' | '=' | '/' | '\\' | '^' | '|' | '~' | '&' | '@' => false,
        '¡' | '¿' | '«' | '»' | '·' | '‹' | '›' | '•' | '…' => true,
        '、' | '。' | '〈'..='】' | '〔'..='〟' | '।' | '،' | '؛' | '؟' => true,
        _ => c.is_ascii_punctuation() || c.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_answer_are_equal() {
        let cases = [
            ("  The Hague.\n", "hague"),
            ("**Oslo**", "oslo"),
            ("\u{201c}Oslo\u{201d}", "oslo"),
            ("Ｏｓｌｏ", "oslo"),
            ("New\n York", "new york"),
            ("O\u{2019}Neill", "o'neill"),
            ("ﬁn", "fin"),
            ("東京。", "東京"),
            ("- Oslo", "oslo"),
            ("# Oslo", "oslo"),
            ("ΟΔΟΣ", "οδοσ"),
            ("οδός.", "οδόσ"),
        ];
        for (text, form) in cases {
            assert_eq!(fold(text), form, "{text}");
        }
    }

    #[test]
    fn what_carries_meaning_stays() {
        let cases = [
            ("-5", "-5"),
            ("\u{2212}5.", "-5"),
            (".5", ".5"),
            ("... 5", "5"),
            ("-x", "-x"),
            ("-(1)", "-(1"),
            ("- 5", "- 5"),
            ("50%", "50%"),
            ("C++", "c++"),
            ("C#", "c#"),
            ("$5", "$5"),
            ("1.5", "1.5"),
            ("vitamin A", "vitamin a"),
            ("A", "a"),
            ("...", "..."),
            ("", ""),
        ];
        for (text, form) in cases {
            assert_eq!(fold(text), form, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_no_letter(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(once.trim(), once.as_str());
        }
    }
}
