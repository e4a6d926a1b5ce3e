//! What an answer among choices may mean, in the spellings of letters, numbers, truth values and texts.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::choice::Choices;
use super::readings::Readings;

/// The choices that a text may name, by each reading.
pub(super) fn readings(text: &str, choices: &Choices) -> Readings {
    let count = choices.texts.len();
    // If choices are numbered by labels, a number that is not a label is not an index either.
    let is_number = |label: &String| label.trim().parse::<usize>().is_ok_and(|label| label <= count);
    let is_numbered = !choices.are_marks && choices.labels.iter().any(is_number);
    let number = without_fraction(bare(text)).parse::<usize>().ok().filter(|_| !is_numbered);
    // False comes before true.
    let number = number.or_else(|| truth(text).filter(|_| count == 2).map(usize::from));
    let from_1 = number.and_then(|number| number.checked_sub(1)).filter(|_| truth(text).is_none());
    let meant = same(text, &choices.texts).or_else(|| same_truth(text, &choices.texts));
    let meant = meant.or_else(|| marked_text(text, choices));
    let number = number.filter(|_| truth(text).is_none() || meant.is_none());
    let letter = letter(text).or_else(|| letter_and_text(text, choices));
    [same(text, &choices.labels), meant, letter, number, from_1].map(|reading| reading.filter(|choice| *choice < count))
}

fn same(text: &str, among: &[String]) -> Option<usize> {
    let trimmed = text.trim();
    let alike = |candidate: &String| alike(candidate, trimmed);
    among
        .iter()
        .position(|candidate| candidate == text)
        .or_else(|| among.iter().position(|candidate| candidate.trim() == trimmed))
        .or_else(|| among.iter().position(alike))
}

/// True if two texts are spellings of one: their plain forms are the same, which texts of ASCII show without a copy of each.
fn alike(left: &str, right: &str) -> bool {
    if !(left.is_ascii() && right.is_ascii()) {
        return plain(left) == plain(right);
    }
    words(left).count() == words(right).count()
        && words(left).zip(words(right)).all(|(left, right)| left.eq_ignore_ascii_case(right))
}

/// The words of a text without a full stop at the end.
fn words(text: &str) -> std::str::SplitWhitespace<'_> {
    text.trim_end().strip_suffix('.').unwrap_or(text).split_whitespace()
}

/// A text without what two spellings of it may differ in: case, the form of accents, spaces, a full stop at the end.
fn plain(text: &str) -> String {
    let text: String = ComposingNormalizerBorrowed::new_nfc().normalize(text).to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.strip_suffix('.').map_or(text.clone(), str::to_owned)
}

/// A number as programs write it that know no whole ones: `2.0`.
pub(super) fn without_fraction(text: &str) -> &str {
    let text = text.trim();
    text.strip_suffix(".0").unwrap_or(text)
}

/// `B. Rome`: a letter and the text of the choice that it stands for.
fn letter_and_text(text: &str, choices: &Choices) -> Option<usize> {
    let (label, rest) = text.trim().split_once(['.', ')', ':'])?;
    letter(label).filter(|choice| !rest.trim().is_empty() && same(rest, &choices.texts) == Some(*choice))
}

/// `1. Rome`: the text of a choice with the mark that the choices of the file have.
fn marked_text(text: &str, choices: &Choices) -> Option<usize> {
    let bare =
        |label: &String| text.trim().trim_start_matches(['(', '[']).strip_prefix(label.as_str()).map(str::to_owned);
    let rest = |label: &String| bare(label).map(|rest| rest.trim_start_matches([')', ']', '.', ':', ' ']).to_owned());
    let is_it = |(label, choice): (&String, &String)| rest(label).is_some_and(|rest| alike(&rest, choice));
    choices.are_marks.then(|| choices.labels.iter().zip(&choices.texts).position(is_it)).flatten()
}

/// The choice that says yes to true, or no to false. Where there are only these two, `T`, `y` and `1` name them as well.
fn same_truth(text: &str, among: &[String]) -> Option<usize> {
    let says = |choice: &String| match choice.trim().to_lowercase().as_str() {
        "yes" | "true" | "correct" | "right" => Some(true),
        "no" | "false" | "incorrect" | "wrong" => Some(false),
        _ => None,
    };
    let are_two = among.len() == 2 && among.iter().all(|choice| says(choice).is_some());
    let short = || match text.trim().to_ascii_lowercase().as_str() {
        "t" | "y" | "yes" | "1" => Some(true),
        "f" | "n" | "no" | "0" => Some(false),
        _ => None,
    };
    let wanted = truth(text).or_else(|| short().filter(|_| are_two))?;
    among.iter().position(|choice| says(choice) == Some(wanted))
}

/// The truth value that a text writes out.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The index of a letter written as `B`, `b`, `(B)`, `B.`, `B)`, `**B**` or `Option B`.
fn letter(text: &str) -> Option<usize> {
    let mut characters = bare(text).chars();
    match (characters.next(), characters.next()) {
        (Some(letter @ ('A'..='Z' | 'a'..='z')), None) => Some((letter.to_ascii_uppercase() as usize) - ('A' as usize)),
        // Of the wide forms of East Asian texts.
        (Some(letter @ 'Ａ'..='Ｚ'), None) => Some(letter as usize - 'Ａ' as usize),
        _ => None,
    }
}

/// A text without what frames a letter or number: marks, and a word such as `Option`.
fn bare(text: &str) -> &str {
    const WORDS: [&str; 4] = ["option", "choice", "answer", "ans"];
    let is_frame = |character: char| character.is_whitespace() || "()[].:*`\"'（）．：".contains(character);
    let text = text.trim_matches(is_frame);
    let word = |word: &&str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let rest = WORDS.iter().find(|name| word(name)).map(|word| &text[word.len()..]);
    // `answers` begins with one of them as well.
    let rest = rest.filter(|rest| rest.starts_with(|c: char| is_frame(c) || c == '_' || c == '-'));
    rest.map_or(text, |rest| rest.trim_matches(|c: char| is_frame(c) || c == '_' || c == '-'))
}
