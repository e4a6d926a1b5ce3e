//! The sentences of a text, counted.
//!
//! An approximation: the reference uses the Punkt model of NLTK for English. As there, every full stop, question and
//! exclamation mark before white space ends a sentence but that of an abbreviation, an initial or dots; line breaks
//! alone do not.

/// Abbreviations whose full stop ends no sentence, in lower case.
const ABBREVIATIONS: [&str; 46] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "gen", "col", "lt", "capt", "sgt", "rep", "sen", "gov", "rev",
    "hon", "etc", "vs", "inc", "ltd", "co", "corp", "dept", "e.g", "i.e", "cf", "al", "a.m", "p.m", "u.s", "u.k",
    "u.n", "ph.d", "jan", "feb", "aug", "sept", "oct", "nov", "dec", "fig", "vol", "ave", "p.s",
];

/// Words that start a sentence far more often than they follow an abbreviation, in lower case.
const STARTERS: [&str; 24] = [
    "the", "this", "that", "these", "those", "it", "he", "she", "they", "we", "you", "i", "but", "however", "in", "if",
    "when", "there", "so", "as", "for", "what", "my", "our",
];

/// The number of sentences.
pub fn count(text: &str) -> usize {
    let text = text.trim();
    let mut count = 0;
    let mut words = text.split_whitespace().peekable();
    let mut open = false;
    while let Some(word) = words.next() {
        open = true;
        if ends(word, words.peek().copied()) {
            count += 1;
            open = false;
        }
    }
    count + usize::from(open)
}

/// Whether a sentence ends with a word, given the word behind it.
fn ends(word: &str, next: Option<&str>) -> bool {
    let bare = word.trim_end_matches(['"', '\'', ')', ']', '}', '*', '_', '”', '’', '»']);
    if bare.ends_with(['?', '!', '。', '？', '！', '।', '؟']) {
        return true;
    }
    let Some(stem) = bare.strip_suffix('.') else { return false };
    let Some(next) = next else { return true };
    let stem = stem.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '.');
    let lower_next = next.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_lowercase);
    if stem.ends_with('.') {
        return !lower_next;
    }
    let initial = stem.chars().count() == 1 && stem.starts_with(char::is_uppercase) && stem != "I";
    if initial || ABBREVIATIONS.contains(&stem.to_lowercase().as_str()) {
        return next.starts_with(char::is_uppercase) && STARTERS.contains(&next.to_lowercase().as_str());
    }
    let number = !stem.is_empty() && stem.chars().all(|c| c.is_ascii_digit());
    !(number && lower_next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_end_sentences() {
        let cases = [
            ("", 0),
            ("no mark at all", 1),
            ("One. Two! Three?", 3),
            ("one. two! three? and more", 4),
            ("Dr. Green met J. Brown at 5 p.m. in the park.", 1),
            ("He left at 5 p.m. The park was empty.", 2),
            ("It costs 3.50 dollars. (Really.) \"Yes!\" she said.", 4),
            ("Well... maybe not. Well... Maybe.", 3),
            ("A line\nwithout a mark\n\nand another", 1),
            ("See example.com for more.", 1),
        ];
        for (text, expected) in cases {
            assert_eq!(count(text), expected, "{text}");
        }
    }
}
