//! The judge `numeric`: the number that an output gives as its answer equals the expected one.

mod access;
mod ahead;
mod clauses;
mod columns;
mod conclusions;
mod digits;
mod echo;
mod equations;
mod factorials;
mod json;
mod lexer;
mod lexicon;
mod markers;
mod meant;
mod names;
mod number;
mod numerals;
mod powers;
mod quantities;
mod recount;
mod recurring;
mod roles;
mod scaled;
mod scales;
mod select;
mod sentences;
mod signs;
mod space;
mod statements;
mod sums;
mod tex;
mod tokens;
mod units;
mod value;
mod view;
mod vocabulary;
mod words;
mod years;

use std::collections::BTreeMap;

use crate::judge::verdict::{Class, Ending, Evidence, Fate, Output, Rank, Verdict};
use crate::judge::zone;
use crate::sample::Sample;
use crate::spec::types::{NumericSpec, Percent};
use roles::Roles;
use select::Choice;
use tokens::{Kind, Token};
use value::Number;
use view::{Found, View};

/// The relative difference that counts as equal where the spec says nothing.
const RELATIVE: f64 = 1e-6;

/// How many numbers of one place are listed as evidence.
const MOST_EVIDENCE: usize = 64;

/// The right answer to a sample, as a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected(Number);

/// The judge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numeric {
    options: NumericSpec,
}

/// Reads a right answer; `None` if it is not a single number.
pub fn gold(text: &str) -> Option<Expected> {
    let tokens = lexer::tokens(text, &[(0, text)], "");
    let sentence = 0..tokens.len();
    let parts = tokens.iter().filter(|token| token.kind == Kind::Part).count();
    let words = sentences::words(&tokens, sentence.clone());
    match select::stated(&tokens, sentence.clone()) {
        Choice::One(index) if parts == 0 && words <= 3 && tokens.iter().all(plain) && apart(&tokens, text) => {
            access::number(&tokens, index).filter(|number| number.value.is_finite()).map(Expected)
        }
        _ => None,
    }
}

/// Whether a token may stand in a right answer that is one number.
fn plain(token: &Token) -> bool {
    const OTHER: [Roles; 7] =
        [Roles::OR, Roles::AND, Roles::TO, Roles::BETWEEN, Roles::BOUND, Roles::DENIAL, Roles::INSTEAD];
    match token.kind {
        Kind::Sign(sign) => {
            !matches!(sign, '+' | '×' | '/' | '^' | '±' | '!' | '<' | '>' | '≤' | '≥' | '≠' | '~' | '?')
        }
        Kind::Word(roles) => !OTHER.iter().any(|role| roles.has(*role)),
        _ => true,
    }
}

/// Whether no word with a digit in it continues where a number ends: `0x1F`, `1e999`.
fn apart(tokens: &[Token], text: &str) -> bool {
    let glued = |pair: &[Token]| match pair {
        [number, word] => {
            matches!((number.kind, word.kind), (Kind::Number(..), Kind::Word(_)))
                && number.span.end == word.span.start
                && text.get(word.span.clone()).is_some_and(|word| word.contains(|c: char| c.is_ascii_digit()))
        }
        _ => false,
    };
    !tokens.windows(2).any(glued)
}

impl Numeric {
    /// A judge with these options.
    pub fn new(options: &NumericSpec) -> Self {
        Self { options: *options }
    }

    /// Judges an output.
    pub fn judge(&self, expected: &Expected, sample: &Sample, output: &Output) -> Verdict {
        let zone = zone::zone(output.text, sample);
        let pieces = zone.pieces(output.text);
        let asked = lexer::tokens(&sample.question, &[(0, &sample.question)], "");
        let mut tokens = lexer::tokens(output.text, &pieces, &sample.question);
        let echo = echo::take_out(output.text, &mut tokens, &sample.question, &asked);
        recount::negate_accounted(output.text, &mut tokens);
        recount::set_aside(output.text, &mut tokens, &sample.question);
        quantities::join(output.text, &mut tokens, &sample.question);
        names::set_aside(output.text, &mut tokens, &sample.question, &asked);
        years::set_aside_others(&mut tokens, &sample.question);
        let sentences = markers::sentences_of(&tokens);
        let capped = output.ending == Ending::Capped;
        let cut = capped && zone.range.end == output.text.len() || ends_within_a_step(&tokens, &sentences);
        let given = given(&asked);
        let view = View {
            text: output.text,
            question: &sample.question,
            given: &given,
            last_equation: conclusions::last_equation(&tokens, &sentences),
            pieces: &pieces,
            tokens: &tokens,
            sentences: &sentences,
            cut,
        };
        let mut found = markers::found(&view);
        for place in &mut found {
            if place.fate.is_none() && cut && too_weak(place, &view) {
                place.fate = Some(Fate::TooWeak);
            }
        }
        let decided = found.iter().position(|place| place.fate.is_none());
        let mut verdict = match decided.and_then(|at| found.get(at)) {
            Some(place) => self.verdict(expected, place, &view),
            None if echo => Verdict::none(Class::Echo, "question"),
            None => Verdict::none(without(&view, output, capped), "no_number"),
        };
        verdict.evidence = evidence(&found, decided, &view);
        verdict
    }

    fn verdict(&self, expected: &Expected, place: &Found, view: &View<'_>) -> Verdict {
        let index = match &place.choice {
            Choice::One(index) => meant::asked_percent(view, *index).unwrap_or_else(|| meant::asked_unit(view, *index)),
            Choice::Several(all) | Choice::Open(all) => {
                let line = || all.last().and_then(|index| meant::asked_line(view, *index));
                let Some(index) = meant::asked_quantity(view, all)
                    .or_else(|| meant::asked_name(view, all))
                    .or_else(|| meant::asked_person(view, all))
                    .or_else(line)
                else {
                    return Verdict { rank: Some(place.rank), ..Verdict::none(Class::Ambiguous, "several_numbers") };
                };
                index
            }
            Choice::None | Choice::Denied(_) => {
                return Verdict { rank: Some(place.rank), ..Verdict::none(Class::NoAnswer, "not_a_number") };
            }
        };
        let (Some(number), Some(token)) = (access::number(view.tokens, index), view.tokens.get(index)) else {
            return Verdict::none(Class::NoAnswer, "no_number");
        };
        let share = meant::share(view, index);
        let number = share.filter(|(_, asked)| *asked).map_or(number, |(share, _)| share);
        let correct = self.equal(expected.0, number);
        // What is written may be another spelling of the right answer.
        let spellings = || {
            let share = share.map(|(share, _)| share);
            [share, meant::in_asked_unit(view, index, number), recount::accounted(view.text, token, number)]
        };
        let fits = |other: &Number| self.equal(expected.0, *other);
        if let Some(other) = (!correct).then(spellings).into_iter().flatten().flatten().find(fits) {
            return Verdict::found(true, shown(other), place.rule, Some(place.rank), token.span.clone());
        }
        if let Some((exact, exactly)) =
            rounded(view, index, number).filter(|(exact, _)| !correct && self.equal(expected.0, *exact))
        {
            return Verdict::found(true, shown(exact), place.rule, Some(place.rank), exactly.span.clone());
        }
        Verdict::found(correct, shown(number), place.rule, Some(place.rank), token.span.clone())
    }

    /// Whether a number that was read is the expected one.
    fn equal(&self, gold: Number, read: Number) -> bool {
        let fraction = self.options.percent == Percent::Fraction;
        let hundredth = |number: Number| Number::real(number.value / 100.0);
        self.close(gold, read)
            || !read.percent && (gold.percent || fraction) && self.close(hundredth(gold), read)
            || read.percent && !gold.percent && fraction && self.close(gold, hundredth(read))
    }

    fn close(&self, gold: Number, read: Number) -> bool {
        let difference = (gold.value - read.value).abs();
        if difference <= self.options.tolerance {
            return true;
        }
        if let (None, Some(gold), Some(read)) = (self.options.relative, gold.whole, read.whole) {
            return gold == read;
        }
        difference <= self.options.relative.unwrap_or(RELATIVE) * gold.value.abs()
    }
}

/// Whether the last sentence only opens a step, as where an output ends with `Step 2:`.
fn ends_within_a_step(tokens: &[Token], sentences: &[sentences::Sentence]) -> bool {
    let Some(last) = sentences.last() else { return false };
    let colon = last.range.end.checked_sub(1).and_then(|at| tokens.get(at)).map(|token| token.kind);
    colon == Some(Kind::Sign(':')) && sentences::begins_with(tokens, last, Roles::LABEL, 1)
}

/// `2/3 ≈ 0.667`: the number that another one rounds, which the answer states as well.
fn rounded<'a>(view: &View<'a>, index: usize, number: Number) -> Option<(Number, &'a Token)> {
    const NEAR: f64 = 0.01;
    let sign = view.text.get(view.tokens.get(index.checked_sub(1)?)?.span.clone())?;
    let (exact, token) = (access::number(view.tokens, index.checked_sub(2)?)?, view.tokens.get(index - 2)?);
    let away = (exact.value - number.value).abs();
    let near = away <= NEAR * exact.value.abs();
    let approximates = ["≈", "≅", "≃", "≒", "~"].contains(&sign) || sign.starts_with("\\approx");
    // `5/6 = 0.8333` rounds as well.
    let written = view.text.get(view.tokens.get(index)?.span.clone())?;
    let decimals = written.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len());
    let rounds = || sign == "=" && decimals > 1 && away <= 0.5 * 0.1_f64.powi(i32::try_from(decimals).unwrap_or(0));
    (near && (approximates || rounds())).then_some((exact, token))
}

/// The numbers that a question gives.
fn given(asked: &[Token]) -> Vec<f64> {
    (0..asked.len()).filter_map(|index| access::number(asked, index)).map(|number| number.value).collect()
}

/// A number as text.
fn shown(number: Number) -> String {
    match number.whole {
        Some(whole) => whole.to_string(),
        None if number.value != 0.0 && !(1e-7..1e15).contains(&number.value.abs()) => format!("{:e}", number.value),
        None => number.value.to_string(),
    }
}

/// Whether a cut output may not rest on a place: prose, or a number that the cut may have shortened.
fn too_weak(place: &Found, view: &View<'_>) -> bool {
    let last = match &place.choice {
        Choice::One(index) => *index,
        Choice::Several(all) | Choice::Open(all) => all.last().copied().unwrap_or(0),
        Choice::None | Choice::Denied(_) => return false,
    };
    let end = view.tokens.get(last).map_or(0, |token| token.span.end);
    let closed = last + 1 < view.tokens.len() || end < view.text.len() && view.text.ends_with(char::is_whitespace);
    match place.rank {
        Rank::Final | Rank::Statement => !closed,
        _ => !repeated(view),
    }
}

/// Whether the output is one value over and over.
fn repeated(view: &View<'_>) -> bool {
    let mut numbers = view.tokens.iter().filter_map(|token| match token.kind {
        Kind::Number(number, _) => Some(number.value),
        _ => None,
    });
    let Some(first) = numbers.next() else { return false };
    let numbers: Vec<f64> = numbers.collect();
    // Each may have a unit.
    numbers.len() >= 2
        && sentences::words(view.tokens, 0..view.tokens.len()) <= numbers.len() + 1
        && numbers.iter().take(numbers.len().saturating_sub(1)).all(|value| *value == first)
}

/// The class of an output without a number.
fn without(view: &View<'_>, output: &Output, capped: bool) -> Class {
    let blank = view.tokens.iter().all(|token| token.kind == Kind::Line);
    if output.ending == Ending::Refused {
        return Class::Refusal;
    }
    if capped && (view.cut || blank) {
        return Class::Truncated;
    }
    let start: String = view.pieces.iter().flat_map(|(_, piece)| piece.trim_start().chars()).take(80).collect();
    let start = start.to_lowercase();
    if vocabulary::REFUSALS.iter().any(|phrase| start.contains(phrase)) {
        return Class::Refusal;
    }
    Class::NoAnswer
}

/// What was found, in the order of the text.
fn evidence(found: &[Found], decided: Option<usize>, view: &View<'_>) -> Vec<Evidence> {
    let mut all: BTreeMap<usize, Evidence> = BTreeMap::new();
    for (at, place) in found.iter().enumerate() {
        let disputed = matches!(place.choice, Choice::Several(_) | Choice::Open(_));
        let fate = match place.fate {
            Some(fate) => fate,
            None if Some(at) == decided && disputed => Fate::Disputed,
            None if Some(at) == decided => Fate::Decided,
            None => Fate::Outranked,
        };
        let indices: &[usize] = match &place.choice {
            Choice::One(index) | Choice::Denied(index) => std::slice::from_ref(index),
            Choice::Several(all) | Choice::Open(all) => all,
            Choice::None => &[],
        };
        for index in indices.iter().take(MOST_EVIDENCE) {
            let (Some(number), Some(token)) = (access::number(view.tokens, *index), view.tokens.get(*index)) else {
                continue;
            };
            all.entry(token.span.start).or_insert_with(|| {
                let (rank, rule, span) = (place.rank, place.rule, token.span.clone());
                Evidence { rank, rule, value: shown(number), span, fate }
            });
        }
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests;
