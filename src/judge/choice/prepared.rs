//! A sample, made ready to judge many answers to it.

use std::sync::OnceLock;

use super::lexicon::{AND, CLAIM, FALSE, LEXICON, LINK, Mask, NOT, TRUE};
use super::lexicon::{numerals, references};
use super::meaning::Meaning;
use super::question::{Asked, Question, may_ask_otherwise};
use super::scan::{Kind, Scan, scan};
use super::spellings::{asks_for_a_person, spellings};
use super::statements::statements;
use crate::sample::{Answer, Sample};

/// The most choices that letters can label.
pub(in crate::judge) const MOST: usize = 26;

/// One choice, made ready.
#[derive(Debug)]
pub(super) struct Text {
    /// Its normal form without the full stop.
    pub norm: String,
    /// Other ways to say the same: without its article or its label, a list with `and`.
    also: Vec<String>,
    /// Whether it is a number or a formula, or too short to be told from other words.
    pub brief: bool,
    /// Whether it refers to other choices: all of the above.
    pub refers: bool,
    /// The two choices that it names by their labels, as bits: both A and B.
    pub paired: u32,
    /// What its first word says.
    pub mask: Mask,
    /// The truth values that it lists, if that is all it says.
    pub truths: Vec<bool>,
}

/// A sample, made ready to judge many answers to it.
#[derive(Debug)]
pub struct PreparedSample<'a> {
    pub(super) sample: &'a Sample,
    pub(super) texts: Vec<Text>,
    /// First bytes of the choices.
    firsts: [bool; 256],
    /// Whether digits can name choices: no choice is a number.
    pub(super) digits: bool,
    /// Whether every choice lists truth values.
    pub(super) truths: bool,
    /// Whether the choices name the statements whose truth they tell: `I is true and II is false`.
    pub(super) claims: bool,
    /// Whether every choice says which statements hold: `I and II`.
    pub(super) lists: bool,
    /// Whether a choice holds a word for true or false.
    truthful: bool,
    /// Whether the question has a word by which it may ask for what is not so.
    may_ask_otherwise: bool,
    question: OnceLock<Question>,
    meanings: OnceLock<Vec<Meaning>>,
}

impl<'a> PreparedSample<'a> {
    /// Makes a sample ready.
    pub fn new(sample: &'a Sample) -> Self {
        let mut texts: Vec<Text> = sample.choices.iter().take(MOST).map(|choice| text(choice)).collect();
        let norms: Vec<&str> = texts.iter().map(|text| text.norm.as_str()).collect();
        let also = spellings(sample, &norms);
        let held = statements(&sample.question, &norms);
        texts.iter_mut().zip(also).for_each(|(text, also)| text.also = also);
        let mut firsts = [false; 256];
        for text in &texts {
            for first in text.spellings().filter_map(|norm| norm.bytes().next()) {
                firsts[usize::from(first)] = true;
            }
        }
        let digits = !texts.iter().any(|text| text.norm.bytes().all(|c| c.is_ascii_digit() || b"+,.-/%".contains(&c)));
        let lists = held.is_some();
        texts.iter_mut().zip(held.into_iter().flatten()).for_each(|(text, held)| text.truths = held);
        let digits = digits && !lists;
        let truths = texts.len() > 1 && texts.iter().all(|text| text.truths.len() > 1);
        let named = |text: &Text| text.norm.split([' ', ':']).take(2).any(|word| claim(word).is_some());
        let claims = lists || truths && texts.iter().all(named);
        let truthful = texts.iter().any(|text| text.mask & (TRUE | FALSE) != 0);
        let may_ask_otherwise = may_ask_otherwise(&sample.question);
        Self {
            sample,
            texts,
            firsts,
            digits,
            truths,
            claims,
            lists,
            truthful,
            may_ask_otherwise,
            question: OnceLock::new(),
            meanings: OnceLock::new(),
        }
    }

    /// How many choices letters can label.
    pub(super) fn count(&self) -> usize {
        self.texts.len()
    }

    /// Whether a choice is the right one.
    pub(super) fn is_right(&self, choice: u8) -> bool {
        self.sample.answer == Some(Answer::Choice(usize::from(choice)))
    }

    pub(super) fn question(&self) -> &Question {
        self.question
            .get_or_init(|| Question::new(&self.sample.question, self.texts.iter().map(|text| text.norm.as_str())))
    }

    /// What the choices say, read only when an answer names none of them.
    pub(super) fn meanings(&self) -> &[Meaning] {
        self.meanings.get_or_init(|| self.sample.choices.iter().take(MOST).map(|choice| Meaning::of(choice)).collect())
    }

    /// What the question asks for. Most ask for what is so, which shows without taking them apart.
    pub(super) fn asked(&self) -> Asked {
        let truthful = self.truthful;
        if truthful || !self.may_ask_otherwise {
            return Asked { truthful, ..Asked::default() };
        }
        let Question { negated, untrue, partly, .. } = *self.question();
        Asked { truthful, negated, untrue, partly }
    }

    /// Whether the question asks for a person.
    pub(super) fn asks_for_a_person(&self) -> bool {
        asks_for_a_person(&self.sample.question)
    }

    /// Whether the question holds a word, in this form or a plain one.
    pub(super) fn asks_with(&self, word: &str) -> bool {
        self.question().holds(word)
    }

    /// The choice whose text starts at a token, the longest if several do, and the token behind it.
    pub(super) fn text_at(&self, scan: &Scan, index: usize) -> Option<(u8, usize)> {
        let token = scan.tokens.get(index)?;
        let rest = scan.norm.as_bytes().get(token.from..)?;
        if token.from == token.until || !self.firsts[usize::from(*rest.first()?)] {
            return None;
        }
        let mut best: Option<(u8, usize, usize)> = None;
        let mut same = false;
        let spellings =
            (0..).zip(&self.texts).flat_map(|(choice, text)| text.spellings().map(move |norm| (choice, norm)));
        for (choice, norm) in spellings {
            let length = norm.len();
            if best.is_some_and(|(_, _, longest)| longest > length) || !rest.starts_with(norm.as_bytes()) {
                continue;
            }
            let Some(end) = ends(scan, index, token.from + length) else { continue };
            same = best.is_some_and(|(other, _, longest)| longest == length && other != choice);
            best = Some((choice, end, length));
        }
        let (choice, end, length) = best.filter(|_| !same)?;
        (whole(scan, index, end) && !self.continues(scan, choice, token.from, length)).then_some((choice, end))
    }

    /// Whether what follows starts like the rest of a longer choice, so that neither is said.
    fn continues(&self, scan: &Scan, choice: u8, from: usize, length: usize) -> bool {
        let said = &scan.norm[from..];
        let said = &said[..said.floor_char_boundary(length + 64)];
        self.texts.iter().enumerate().any(|(other, text)| {
            if other == usize::from(choice) || text.norm.len() <= length || !text.norm.starts_with(&said[..length]) {
                return false;
            }
            let next = |rest: &str| rest.trim_start_matches(' ').split([' ', ',', '.', '\n']).next().map(str::to_owned);
            let (expected, found) = (next(&text.norm[length..]), next(&said[length..]));
            expected.as_deref().is_some_and(|word| !word.is_empty()) && expected == found
        })
    }
}

/// The token behind a text that ends at `end`, if a token ends there.
fn ends(scan: &Scan, index: usize, end: usize) -> Option<usize> {
    let mut at = index;
    while scan.tokens.get(at)?.until < end {
        at += 1;
    }
    (scan.tokens.get(at)?.until == end).then_some(at + 1)
}

/// Whether the text is no part of a longer word, number or formula.
fn whole(scan: &Scan, index: usize, end: usize) -> bool {
    let kind = |index: usize| scan.tokens.get(index).map(|token| token.kind);
    let glued = |index: usize| scan.tokens.get(index).is_some_and(|token| token.glued);
    let solid = |kind: Option<Kind>| matches!(kind, Some(Kind::Word | Kind::Number));
    let ties =
        |kind: Option<Kind>| matches!(kind, Some(Kind::Mark('^' | '/' | '√' | '·' | '×' | '÷' | '∞' | '°' | '%')));
    let (first, last) = (kind(index), kind(end - 1));
    if is_part_of_list(scan, index, end) {
        return false;
    }
    if index > 0 && glued(index) {
        let before = kind(index - 1);
        let hyphen = before == Some(Kind::Mark('-')) && glued(index - 1) && index > 1 && solid(kind(index - 2));
        let symbol = solid(first) && (solid(before) || ties(before));
        let called = before == Some(Kind::Mark('('))
            && glued(index - 1)
            && index > 1
            && kind(index - 2) == Some(Kind::Word)
            && first == Some(Kind::Number);
        if called {
            return false;
        }
        let negative = first == Some(Kind::Number) && before == Some(Kind::Mark('-'));
        if hyphen || symbol || negative {
            return false;
        }
    }
    // `for x ≠ 3`, where `x` is a choice.
    if end - index == 1
        && length(scan, index, end) == 1
        && matches!(kind(end), Some(Kind::Mark('≠' | '<' | '>' | '≤' | '≥')))
    {
        return false;
    }
    if glued(end) {
        let after = kind(end);
        let hyphen = after == Some(Kind::Mark('-')) && glued(end + 1) && solid(kind(end + 1));
        // `32 °F`, where a choice is 32 °C.
        let scale = last == Some(Kind::Mark('°')) && after == Some(Kind::Word);
        if scale {
            return false;
        }
        let number = last == Some(Kind::Number) && ties(after) && glued(end + 1);
        let called = matches!(after, Some(Kind::Mark('('))) && matches!(last, Some(Kind::Word)) && end - index == 1;
        if solid(last)
            && (solid(after)
                || hyphen
                || matches!(after, Some(Kind::Mark('^')))
                || number
                || called && length(scan, index, end) < 3)
        {
            return false;
        }
    }
    true
}

/// `II and III` in `I, II and III`: a part of a longer list of numerals.
fn is_part_of_list(scan: &Scan, index: usize, end: usize) -> bool {
    let numeral = |at: Option<usize>| {
        let word = at.and_then(|at| scan.tokens.get(at)).map_or("", |token| scan.word(token));
        !word.is_empty() && word.bytes().all(|c| b"ivx".contains(&c))
    };
    let joins = |at: Option<usize>| {
        at.and_then(|at| scan.tokens.get(at))
            .is_some_and(|token| token.kind == Kind::Mark(',') || scan.word(token) == "and")
    };
    let before = joins(index.checked_sub(1)) && numeral(index.checked_sub(2)) && numeral(Some(index));
    before || numeral(Some(end - 1)) && joins(Some(end)) && numeral(Some(end + 1))
}

fn length(scan: &Scan, index: usize, end: usize) -> usize {
    let from = scan.tokens.get(index).map_or(0, |token| token.from);
    scan.tokens.get(end - 1).map_or(0, |token| token.until) - from
}

impl Text {
    /// Its normal form and the other ways to say it.
    fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.norm.as_str()).chain(self.also.iter().map(String::as_str))
    }
}

fn text(choice: &str) -> Text {
    let scanned = scan(&[(0, choice)]);
    let found = LEXICON.find(&scanned, 0);
    // More letters than these make no difference.
    let letters = scanned.norm.chars().filter(|c| c.is_alphabetic()).take(3).count();
    let glyphs = scanned.tokens.iter().any(|token| token.kind == Kind::Glyph);
    let measured = glyphs && scanned.norm.contains(|c: char| c.is_ascii_digit());
    let brief = letters < 2 && !measured
        || letters < 3 && !glyphs && scanned.norm.len() < 5
        || scanned.tokens.iter().any(|token| matches!(token.kind, Kind::Mark('=' | '^')));
    let truths = truths(&scanned);
    let mut norm = scanned.norm;
    norm.truncate(norm.trim_end_matches(['.', ';', ',', '\n']).len());
    let (refers, paired) = (references::refers(&norm), references::paired(&norm));
    Text { norm, also: Vec::new(), brief, refers, paired, mask: found.map_or(0, |found| found.mask), truths }
}

/// The truth values that a text lists, if it says nothing else.
fn truths(scan: &Scan) -> Vec<bool> {
    let mut truths = Vec::new();
    let mut named = 0;
    let mut denied = false;
    for (index, token) in scan.tokens.iter().enumerate() {
        match token.kind {
            Kind::Mark(_) | Kind::Break => {}
            _ => match LEXICON.find(scan, index) {
                Some(found) if found.mask & (TRUE | FALSE) != 0 => {
                    truths.push((found.mask & TRUE != 0) != std::mem::take(&mut denied));
                }
                // `Wrong, Not wrong`
                Some(found) if found.mask & NOT != 0 && found.tokens == 1 => denied = true,
                Some(found) if found.mask & AND != 0 => {}
                // `I is true and II is false`: the names of the statements, in their order.
                Some(found) if found.mask & (CLAIM | LINK) != 0 && found.mask & NOT == 0 && found.tokens == 1 => {}
                _ if claim(scan.word(token)) == Some(named) && truths.len() == named => named += 1,
                _ => return Vec::new(),
            },
        }
    }
    if named == 0 || named == truths.len() { truths } else { Vec::new() }
}

/// The place of the statement that a number names: `1`, `one`, `I`.
pub(super) fn claim(word: &str) -> Option<usize> {
    let number =
        word.parse().ok().or_else(|| numerals::roman(word)).or_else(|| numerals::numeral(word).map(usize::from));
    number?.checked_sub(1)
}
