//! Lines after which an output no longer answers: a new question, a new turn, the options of another question.

use std::ops::Range;
use std::sync::LazyLock;

use ahash::AHashMap;

use super::words::{ANSWERING, BESIDE, MATERIAL, QUESTION, SPEAKERS};
use crate::sample::Sample;

/// Where the first line stands that opens something new after something was said; else the end of the range.
pub(super) fn end(text: &str, range: Range<usize>, mut masked: &[Range<usize>], sample: &Sample) -> usize {
    // Where the first letter or digit stands: what is before it may be long, and says nothing.
    let mut first = None;
    let lettered = opens_with_letter(&text[range.clone()]);
    let mut asks_itself = false;
    let mut introduced = false;
    // Whether a turn that repeats the question was opened, which the next turn answers.
    let mut questioned = false;
    let mut before: Option<Range<usize>> = None;
    let mut at = range.start;
    for line in text[range.clone()].split_inclusive(['\n', '\r']) {
        let span = at..at + line.len();
        at = span.end;
        let said = first.is_some();
        while masked.first().is_some_and(|mask| mask.end <= span.start) {
            masked = &masked[1..];
        }
        if masked.first().is_some_and(|mask| mask.start <= span.start && span.end <= mask.end) {
            continue;
        }
        if let Some(rest) = opening(line, sample) {
            let is_answered = questioned && answering(line);
            if said && !introduced && !asks_itself && !is_answered {
                return span.start;
            }
            questioned = !is_answered && echoes(rest, sample);
            // Who opens with a question of his own asks the next as part of the answer.
            asks_itself |= !said && !echoes(rest, sample);
        }
        if said && states(line, sample) {
            return span.start;
        }
        let block = first_option(line, &text[span.end..range.end], sample);
        let asked = || before.clone().is_some_and(|line| asks_anew(&text[line], sample));
        let another = match block {
            Some(Block::Other) => true,
            Some(Block::Moved) => asked(),
            // The next question of a list may have the same choices.
            Some(Block::Own) => lettered && asked(),
            None => false,
        };
        if another {
            let stem = |line: &Range<usize>| asks(&text[line.clone()]) || opens_alike(&text[line.clone()], sample);
            let start = before.take().filter(stem).map_or(span.start, |line| line.start);
            let said_before = first.is_some_and(|first| first < start);
            if asks_itself && block == Some(Block::Other) {
                return range.start;
            }
            if said_before && (start < span.start || inline_question(line)) {
                return start;
            }
        }
        if let Some(last) = line.trim_end().chars().next_back() {
            first = first.or_else(|| Some(span.start + line.find(char::is_alphanumeric)?));
            introduced = matches!(last, ':' | '：');
            before = Some(span);
        }
    }
    range.end
}

/// Whether a text opens with a letter that stands for a choice: `B`, `(B) `, `B. Venus`.
fn opens_with_letter(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "([*".contains(c));
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_uppercase())
        && chars.next().is_none_or(|c| c != ' ' && !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '-'))
}

/// Whether a line opens the turn of a role that answers.
fn answering(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "#*>_-".contains(c));
    let word = &line[..line.find(|c: char| !c.is_alphabetic()).unwrap_or(line.len())];
    ANSWERING.contains(&word.to_lowercase().as_str())
}

/// The rest of a line that opens a question or a turn.
fn opening<'a>(line: &'a str, sample: &Sample) -> Option<&'a str> {
    let trimmed = line.trim();
    if trimmed == "###" {
        return Some("");
    }
    let line = trimmed.trim_start_matches(|c: char| c.is_whitespace() || "#*>_-•[【(（«\"".contains(c));
    let word_end = |c: char| c.is_whitespace() || c.is_ascii_punctuation() && c != '-' || "：。、，】）".contains(c);
    let mut kind = None;
    let mut rest = line;
    for _ in 0..3 {
        let end = rest.find(|c: char| word_end(c) || c.is_ascii_digit()).unwrap_or(rest.len());
        if end == 0 || end > 48 {
            break;
        }
        let word = rest[..end].to_lowercase();
        match (kind_of(&word), &kind) {
            (Some(Some(found)), None) => kind = Some((found, word)),
            _ if kind.is_some() && matches!(word.as_str(), "is" | "are") => break,
            (Some(None), _) => {}
            (Some(Some(_)), _) if BESIDE.contains(&word.as_str()) => {}
            _ => return None,
        }
        rest = rest[end..].trim_start_matches([' ', '\t', '\u{a0}', '#', '.', '°']);
    }
    let (kind, word) = kind?;
    // `"input": [20, 24]` is a field of JSON.
    if kind == Opens::Material && trimmed.starts_with('"') {
        return None;
    }
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let numbered = digits > 0;
    let rest = rest[digits..].trim_start_matches([' ', '*', '_', '\u{a0}', ']', '】', ')', '）', '"']);
    let after = rest.chars().next();
    let opens = match after {
        Some(':' | '：') => true,
        None => kind != Opens::Material,
        Some('|') => kind == Opens::Question && numbered,
        Some('.' | '、' | '-' | '–' | '—' | '。') => kind == Opens::Question && (numbered || word == "q"),
        Some(_) => {
            kind == Opens::Question && (word == "question" && rest.starts_with("is ") || numbered && word == "q")
        }
    };
    let rest = rest.trim_start_matches([':', '：', '.', ' ', '*', '|']);
    (opens && (kind != Opens::Material || !echoes(rest, sample))).then_some(rest)
}

/// `Statement 1 | … Statement 2 | …`: a question of statements, and not the one that was asked.
fn states(line: &str, sample: &Sample) -> bool {
    let rest = line.trim_start().strip_prefix("Statement 1 |");
    rest.is_some_and(|rest| rest.contains("Statement 2 |") && !echoes(rest, sample))
}

/// What each word opens, `None` for a word that may stand beside it.
static WORDS: LazyLock<AHashMap<&str, Option<Opens>>> = LazyLock::new(|| {
    let kinds = [(SPEAKERS, Opens::Turn), (MATERIAL, Opens::Material), (QUESTION, Opens::Question)];
    let beside = BESIDE.iter().map(|word| (*word, None));
    let opening = kinds.into_iter().flat_map(|(words, kind)| words.iter().map(move |word| (*word, Some(kind))));
    beside.chain(opening).collect()
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opens {
    Question,
    Material,
    Turn,
}

fn kind_of(word: &str) -> Option<Option<Opens>> {
    WORDS.get(word).copied()
}

/// Whether a line repeats a part of the question that was asked.
fn echoes(rest: &str, sample: &Sample) -> bool {
    let rest = rest.trim();
    let start = &rest[..rest.floor_char_boundary(32)];
    start.is_empty() || (rest.len() >= 16 || rest == sample.question.trim()) && sample.question.contains(start)
}

/// Whether a line asks something else than the sample.
fn asks_anew(line: &str, sample: &Sample) -> bool {
    const SHORTEST: usize = 12;
    let line = line.trim().trim_start_matches(|c: char| c.is_ascii_digit() || ".) ".contains(c));
    asks(line) && line.len() > SHORTEST && line.starts_with(char::is_uppercase) && !echoes(line, sample)
}

/// Whether a line starts as the question does and then asks for something else: `Find all zeros of …`.
fn opens_alike(line: &str, sample: &Sample) -> bool {
    const SAME: usize = 16;
    let start = line.trim().get(..SAME);
    let alike = start.is_some_and(|start| sample.question.trim_start().starts_with(start));
    alike && !sample.question.contains(line.trim())
}

fn asks(line: &str) -> bool {
    line.trim_end().ends_with(['?', '？', '؟', '_'])
}

/// `Which is it? A. this B. that` in one line.
fn inline_question(line: &str) -> bool {
    line.find(['?', '？', '؟']).is_some_and(|at| label(&line[at..], 'A').is_some())
}

/// Whose options a block lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Those of the sample.
    Own,
    /// Texts of the sample, in other places.
    Moved,
    /// Those of another question.
    Other,
}

/// Whose options a line begins to list, if it does.
fn first_option(line: &str, after: &str, sample: &Sample) -> Option<Block> {
    let (first, rest) = match label(line, 'A') {
        Some(text) if line.trim_start().starts_with(['A', '(', '*', '-']) || inline_question(line) => (text, text),
        _ => return None,
    };
    let next = label(rest, 'B').or_else(|| {
        let next = after.lines().find(|line| !line.trim().is_empty())?;
        next.trim_start().starts_with(['B', '(', '*', '-']).then(|| label(next, 'B'))?
    })?;
    let says = |text: &str, choice: &String| {
        let (text, choice) = (text.trim_start(), choice.trim());
        !choice.is_empty() && text.get(..choice.len()).is_some_and(|start| start.eq_ignore_ascii_case(choice))
    };
    let at = |text: &str, place: usize| sample.choices.get(place).is_some_and(|choice| says(text, choice));
    let any = |text: &str| sample.choices.iter().any(|choice| says(text, choice));
    Some(if at(first, 0) || sample.choices.is_empty() {
        Block::Own
    } else if at(next, 1) || any(first) && any(next) {
        Block::Moved
    } else {
        Block::Other
    })
}

/// What stands behind a label such as `A.` or `(A)`.
fn label(line: &str, letter: char) -> Option<&str> {
    let mut from = 0;
    while let Some(found) = line[from..].find(letter) {
        let at = from + found;
        from = at + 1;
        let free = !line[..at].ends_with(|c: char| c.is_alphanumeric());
        let rest = &line[from..];
        if let Some(text) = rest.strip_prefix(['.', ')', ':', '．', '）', '：', '、'])
            && free
        {
            return Some(text);
        }
    }
    None
}
