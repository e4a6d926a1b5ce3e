//! The words of a text, and phrases among them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use regex::Regex;

/// A word: a number with its separators, a character of a script without spaces, a run of Katakana, a syllable of
/// Hangul, else a run of letters and digits, lowered ones as in `H₂O` among them, with the
/// signs of `C++` and `C#`.
#[expect(clippy::unwrap_used, reason = "the pattern is constant and a test compiles it")]
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    let spaceless = r"\p{Han}\p{Hiragana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}";
    let word = format!(r"[[\w₀-₉]--[{spaceless}\p{{Katakana}}ー\p{{Hangul}}]]+[+#]*");
    Regex::new(&format!(r"\p{{Nd}}+(?:[.,]\p{{Nd}}+)+|[{spaceless}]\p{{M}}*|[\p{{Katakana}}ー]+|\p{{Hangul}}|{word}"))
        .unwrap()
});

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What is compared: composed, in lower case unless case counts.
    form: String,
    /// Whether it is written in capitals.
    capitals: bool,
    /// Its byte range in the text.
    range: Range<usize>,
    /// Whether a phrase may start here: not within a word of Hangul, to whose end particles are joined.
    starts: bool,
    /// The signs between the word before and this one, without spaces, quotes, hyphens and markup.
    gap: String,
}

/// The words of a text, in order.
pub fn words(text: &str, case_sensitive: bool) -> Vec<Word> {
    let mut end = 0;
    let mut hangul_before = false;
    let word = |range: Range<usize>| {
        let found = &text[range.clone()];
        let hangul = found.starts_with(|c| matches!(c, '가'..='힣' | 'ᄀ'..='ᇿ'));
        let starts = !(hangul && hangul_before && end == range.start);
        let gap = text[end..range.start].chars().filter(|c| is_sign(*c)).take(8).collect();
        (end, hangul_before) = (range.end, hangul);
        let capitals = is_capital(found);
        let mut form = form(found, case_sensitive);
        if is_negative(text, range.start, &form) {
            form.insert(0, '-');
        }
        Word { form, capitals, range, starts, gap }
    };
    if text.is_ascii() {
        ranges_in_ascii(text.as_bytes()).map(word).collect()
    } else {
        WORD.find_iter(text).map(|found| found.range()).map(word).collect()
    }
}

/// What [`WORD`] finds in a text of ASCII, in a walk over its bytes, which is several times as quick.
fn ranges_in_ascii(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let run = |from: usize, is: fn(&u8) -> bool| from + text[from..].iter().take_while(|byte| is(byte)).count();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].iter().position(is_of_word)?;
        let digits = run(start, u8::is_ascii_digit);
        let mut number = digits;
        while number > start && matches!(text.get(number), Some(b'.' | b',')) {
            let more = run(number + 1, u8::is_ascii_digit);
            if more == number + 1 {
                break;
            }
            number = more;
        }
        at = if number > digits { number } else { run(run(start, is_of_word), |byte| matches!(byte, b'+' | b'#')) };
        Some(start..at)
    })
}

fn is_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

/// Whether a minus sign stands before a number: `-5`, and not in `3-5` or before an item of a list.
fn is_negative(text: &str, start: usize, form: &str) -> bool {
    let before = text.get(..start).and_then(|before| before.strip_suffix(['-', '−']));
    let free =
        |before: &str| before.chars().next_back().is_none_or(|c| c.is_whitespace() || "(=:,;$€£¥\"'".contains(c));
    form.starts_with(|c: char| c.is_ascii_digit()) && before.is_some_and(free)
}

fn form(word: &str, case_sensitive: bool) -> String {
    let composed = if word.is_ascii() { word.into() } else { ComposingNormalizerBorrowed::new_nfkc().normalize(word) };
    let composed = if composed.starts_with(|c: char| c.is_ascii_digit()) { plain_number(&composed) } else { composed };
    if case_sensitive { composed.into_owned() } else { composed.to_lowercase() }
}

/// A number without its groups and without zeros at the end of its decimals: `1,000.50` and `1000.5` are one word.
fn plain_number(word: &str) -> Cow<'_, str> {
    let (whole, decimals) = word.split_once('.').unwrap_or((word, ""));
    let groups: Vec<&str> = whole.split(',').collect();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = groups.len() == 1 || (groups[0].len() <= 3 && groups.iter().skip(1).all(|group| group.len() == 3));
    if !grouped || !groups.iter().all(|group| digits(group)) || !digits(decimals) {
        return word.into();
    }
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{}{point}{decimals}", groups.concat()).into()
}

fn is_capital(word: &str) -> bool {
    word.contains(char::is_uppercase) && !word.contains(char::is_lowercase)
}

/// Whether a character between two words keeps them from being one phrase.
fn is_sign(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '-' | '‐'..='―' | '\'' | '"' | '*' | '_' | '`' | '‘'..='‟' | '~' | '\u{200b}'..='\u{200f}')
}

impl Word {
    /// Whether a word of a text is this word of a phrase.
    ///
    /// Short words in capitals are names of their own: `US` is not "us", `WHO` is not "who", `A` is not "a".
    fn is(&self, other: &Self) -> bool {
        self.form == other.form && (other.capitals || !self.capitals || self.form.chars().count() > 3)
    }
}

/// Where a phrase stands first in a text: its byte range.
///
/// Every sign between two words of the text must be in the phrase as well, so that a phrase ends with its sentence.
pub fn find(phrase: &[Word], text: &[Word]) -> Option<Range<usize>> {
    let first = phrase.first()?;
    text.windows(phrase.len()).find_map(|place| {
        let (start, end) = (place.first()?, place.last()?);
        let same = start.starts && first.is(start);
        let rest = || phrase.iter().zip(place).skip(1).all(|(a, b)| a.is(b) && (b.gap.is_empty() || a.gap == b.gap));
        if same && rest() { Some(start.range.start..end.range.end) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found<'a>(phrase: &str, text: &'a str) -> Option<&'a str> {
        find(&words(phrase, false), &words(text, false)).map(|range| &text[range])
    }

    #[test]
    fn phrases_are_whole_words() {
        let cases = [
            ("art", "the start of art", Some("art")),
            ("art", "the start", None),
            ("New York", "in **New-York**", Some("New-York")),
            ("New York", "It is new. York is old.", None),
            ("St. Louis", "in St. Louis", Some("St. Louis")),
            ("St. Louis", "in St Louis", Some("St Louis")),
            ("C++", "I like C++.", Some("C++")),
            ("C", "I like C++.", None),
            ("US", "tell us of the US", Some("US")),
            ("100", "about 100.0 degrees", Some("100.0")),
            ("1000.5", "costs $1,000.50", Some("1,000.50")),
            ("100", "in 1,00 or 100.5 or 100.0.1", None),
            ("IT", "it is", None),
            ("nasa", "at NASA", Some("NASA")),
            ("NASA", "at Nasa", Some("Nasa")),
            ("5", "about 3.5 m", None),
            ("3.5", "about 3.5 m", Some("3.5")),
            ("B12", "vitamin B12", Some("B12")),
            ("5", "It is -5", None),
            ("-5", "It is 5", None),
            ("-5", "It is −5 °C", Some("5")),
            ("5", "about 3-5", Some("5")),
            ("5", "- 5 apples", Some("5")),
            ("don't", "I don\u{2019}t know", Some("don\u{2019}t")),
            ("H2O", "H₂O is water", Some("H₂O")),
            ("102", "10² is 100", None),
            ("café", "the cafe\u{301} here", Some("cafe\u{301}")),
        ];
        for (phrase, text, expected) in cases {
            assert_eq!(found(phrase, text), expected, "{phrase} in {text}");
        }
    }

    #[test]
    fn scripts_without_spaces_need_none() {
        let cases = [
            ("北京", "首都是北京。", Some("北京")),
            ("琵琶湖", "答えは琵琶湖です", Some("琵琶湖")),
            ("パン", "ジャパンのこと", None),
            ("パン", "パンを食べる", Some("パン")),
            ("서울", "수도는 서울입니다", Some("서울")),
            ("울", "수도는 서울입니다", None),
            ("กรุงเทพ", "เมืองหลวงคือกรุงเทพ", Some("กรุงเทพ")),
            ("दिल्ली", "राजधानी नई दिल्ली है", Some("दिल्ली")),
            ("Python", "我用Python写", Some("Python")),
        ];
        for (phrase, text, expected) in cases {
            assert_eq!(found(phrase, text), expected, "{phrase} in {text}");
        }
    }

    #[test]
    fn a_walk_finds_what_the_pattern_finds() {
        for text in ["", "3.5abc", "a3.5", "1.2.3", "1,", "1.,2", "x_1++ C# 12abc +3", ".5", "1,000.50.", "#+a", "7"] {
            let found: Vec<Range<usize>> = WORD.find_iter(text).map(|found| found.range()).collect();
            assert_eq!(ranges_in_ascii(text.as_bytes()).collect::<Vec<_>>(), found, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_walk_finds_what_the_pattern_finds_in_any_text(text in "[ -~\\n]{0,40}|[a1.,+#_ -]{0,20}") {
            let found: Vec<Range<usize>> = WORD.find_iter(&text).map(|found| found.range()).collect();
            prop_assert_eq!(ranges_in_ascii(text.as_bytes()).collect::<Vec<_>>(), found);
        }

        #[test]
        fn any_text_has_words_in_order(text in "\\PC{0,60}") {
            let words = words(&text, false);
            prop_assert!(words.is_sorted_by(|a, b| a.range.end <= b.range.start));
        }
    }
}
