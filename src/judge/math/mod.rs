//! The judge `math`: the answer is the same formula, value or set as the gold.
//!
//! Both are read by a small parser of TeX and plain text. Numbers are compared exactly, other formulas by their
//! values at fixed points with more than 45 digits, and what is built of them part by part. What cannot be read is
//! compared as text; if that does not decide, the output is not judged, and counts in no score.

mod application;
mod complex;
mod elementary;
mod equal;
mod evaluate;
mod exact;
mod expression;
mod float;
mod lexer;
mod margins;
mod marks;
mod matrix;
mod named;
mod number;
mod parser;
mod phrases;
mod pieces;
mod place;
mod primary;
mod reading;
mod spans;
mod statement;
mod structure;
mod symbols;
mod units;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::judge::verdict::{Class, Ending, Evidence, Fate, Output, Rank, Verdict};
use crate::judge::zone::zone;
use crate::sample::Sample;
use equal::Truth;
use expression::Expr;
use place::AnswerPlace;
use reading::{Reading, readings};
use words::Normal;

/// Why a text cannot be read, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(&'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A gold answer, read once.
#[derive(Debug, Clone)]
pub struct Expected {
    normal: Normal,
    readings: Result<Vec<Reading>, Unreadable>,
}

#[cfg(test)]
impl Expected {
    /// Why the gold can only be compared as text, if so.
    pub fn unreadable(&self) -> Option<&Unreadable> {
        self.readings.as_ref().err()
    }
}

/// Golds of more bytes are no answers.
const LONGEST_GOLD: usize = 20_000;

/// Reads a gold answer: bare, between dollar signs, boxed, or behind `####`.
///
/// # Errors
///
/// Fails where there is nothing that an output could be compared with.
pub fn gold(text: &str) -> Result<Expected, Unreadable> {
    if text.len() > LONGEST_GOLD {
        return Err(Unreadable("it is too long"));
    }
    let marked = place::marked(text).into_iter().find(|place| matches!(place.rule, "boxed" | "hash_marks"));
    let places = marked.into_iter().chain(place::unmarked(text).into_iter().take(1));
    let mut first = None;
    for place in places {
        let candidates = candidates(text, &place);
        if let Some((_, candidate)) = candidates.iter().find(|(_, candidate)| readings(candidate).is_ok()) {
            let readings = readings(candidate).map_err(Unreadable);
            return Ok(Expected { normal: Normal::new(candidate), readings });
        }
        first = first.or_else(|| candidates.into_iter().next().map(|(_, candidate)| candidate.into_owned()));
    }
    let text = first.unwrap_or_else(|| text.trim().to_owned());
    if text.is_empty() {
        return Err(Unreadable("it is empty"));
    }
    let readings = readings(&text).map_err(Unreadable);
    Ok(Expected { normal: Normal::new(&text), readings })
}

/// Judges an output.
pub fn judge(expected: &Expected, sample: &Sample, output: &Output<'_>) -> Verdict {
    if output.ending == Ending::Refused {
        return Verdict::none(Class::Refusal, "refused");
    }
    let zone = zone(output.text, sample);
    let start = zone.range.start;
    let text = counted(output.text, &zone);
    let marked = place::marked(&text);
    let mut answer = decide(expected, output.text, &text, start, &marked);
    if answer.is_none() && output.ending != Ending::Capped {
        answer = decide(expected, output.text, &text, start, &place::unmarked(&text));
    }
    let nothing = match output.ending {
        Ending::Capped => Verdict::none(Class::Truncated, "no_marked_answer"),
        _ => Verdict::none(Class::NoAnswer, "no_formula"),
    };
    answer.unwrap_or(nothing)
}

/// The verdict on the first place that holds an answer, with what the others hold as evidence.
fn decide(expected: &Expected, whole: &str, text: &str, start: usize, places: &[AnswerPlace]) -> Option<Verdict> {
    let (at, found) = places.iter().enumerate().find_map(|(at, place)| Some((at, read(expected, text, place)?)))?;
    let place = places.get(at)?;
    let shifted = |range: &Range<usize>| start + range.start..start + range.end;
    let mut evidence = Vec::new();
    for (index, other) in places.iter().enumerate().skip(at) {
        let range = if index == at { Some(&found.range) } else { other.ranges.first() };
        let Some(span) = range.map(shifted).filter(|span| !span.is_empty()) else { continue };
        let fate = if index == at { Fate::Decided } else { Fate::Outranked };
        let value = whole.get(span.clone()).unwrap_or("").to_owned();
        evidence.push(Evidence { rank: other.rank, rule: other.rule, value, span, fate });
    }
    evidence.sort_by_key(|piece| piece.span.start);
    let (text, span) = (found.text.clone().into_owned(), shifted(&found.range));
    let verdict = match same(expected, &found) {
        Truth::Unknown => Verdict {
            extracted: Some(text),
            rank: Some(place.rank),
            span: Some(span),
            ..Verdict::none(Class::Unjudged, place.rule)
        },
        truth => Verdict::found(truth == Truth::Equal, text, place.rule, Some(place.rank), span),
    };
    Some(Verdict { evidence, ..verdict })
}

/// The part of an output that counts, with the rest of it blanked.
fn counted<'a>(text: &'a str, zone: &crate::judge::zone::Zone) -> Cow<'a, str> {
    let part = text.get(zone.range.clone()).unwrap_or("");
    if zone.masked.is_empty() {
        return Cow::Borrowed(part);
    }
    let mut counted = String::with_capacity(part.len());
    let mut at = zone.range.start;
    for mask in &zone.masked {
        counted.push_str(text.get(at..mask.start).unwrap_or(""));
        counted.extend(std::iter::repeat_n('\n', mask.len()));
        at = mask.end;
    }
    counted.push_str(text.get(at..zone.range.end).unwrap_or(""));
    Cow::Owned(counted)
}

/// An answer that was found.
struct Found<'a> {
    range: Range<usize>,
    text: Cow<'a, str>,
    what: What,
}

/// What an answer is.
enum What {
    /// The text of the gold.
    Gold,
    /// What its text says.
    Says(Vec<Reading>),
    /// Text that cannot be read.
    Unclear,
}

/// The texts that a place may hold.
fn candidates<'a>(text: &'a str, place: &AnswerPlace) -> Vec<(Range<usize>, Cow<'a, str>)> {
    let whole = |range: &Range<usize>| match &place.text {
        Some(text) => (range.clone(), Cow::Owned(text.clone())),
        None => (range.clone(), Cow::Borrowed(text.get(range.clone()).unwrap_or(""))),
    };
    place.ranges.iter().map(whole).filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// The answer at a place: the first text that can be read as a value; where the answer is marked, else the first.
fn read<'a>(expected: &Expected, text: &'a str, place: &AnswerPlace) -> Option<Found<'a>> {
    let mut words = None;
    for (range, text) in candidates(text, place) {
        if expected.normal.is(&text) {
            return Some(Found { range, text, what: What::Gold });
        }
        match readings(&text) {
            Ok(readings) if readings.iter().any(|reading| is_value(&reading.value)) => {
                return Some(Found { range, text, what: What::Says(readings) });
            }
            Ok(readings) => {
                words.get_or_insert(Found { range, text, what: What::Says(readings) });
            }
            Err(_) => {
                words.get_or_insert(Found { range, text, what: What::Unclear });
            }
        }
    }
    words.filter(|_| matches!(place.rank, Rank::Final | Rank::Statement))
}

/// Is this a value rather than words?
fn is_value(expr: &Expr) -> bool {
    !expr.any(&|part| matches!(part, Expr::Words(words) if words != "…"))
}

/// Is what was found the same as the gold?
fn same(expected: &Expected, found: &Found<'_>) -> Truth {
    match (&expected.readings, &found.what) {
        (_, What::Gold) => Truth::Equal,
        (Ok(gold), What::Says(answer)) => {
            let compare = |one: &Reading, other: &Reading| match structure::compare(one, other) {
                Truth::Equal if one.doubtful != other.doubtful => Truth::Unknown,
                truth => truth,
            };
            let pairs = gold.iter().flat_map(|one| answer.iter().map(move |other| compare(one, other)));
            pairs.fold(Truth::Different, Truth::or)
        }
        _ => Truth::Unknown,
    }
}
