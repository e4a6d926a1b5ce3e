//! Judges that read an output themselves. A new one is one file, one spec variant and its match arms below.

use super::verdict::{Class, Output, Verdict};
use super::{choice, contains, exact, first_letter, golds, ifeval, json, math, numeric, regex};
use crate::sample::{Answer, Sample};
use crate::spec::types::{ContainsSpec, ExactSpec, IfevalSpec};

/// A judge that reads outputs.
#[derive(Debug)]
pub enum Reader {
    /// Reads the letter or text of a choice.
    Choice(choice::Choice),
    /// Reads the first standalone letter.
    FirstLetter,
    /// Compares whole texts.
    Exact(ExactSpec),
    /// Compares formulas.
    Math,
    /// Looks for words and phrases.
    Contains(ContainsSpec),
    /// Looks for a pattern.
    Regex(Box<regex::Compiled>),
    /// Reads JSON.
    Json(Box<json::JsonJudge>),
    /// Checks instructions.
    Ifeval(IfevalSpec),
    /// Compares numbers.
    Numeric(numeric::Numeric),
}

impl Reader {
    /// The reason this judge cannot be used for a sample, if any.
    pub fn unfit(&self, sample: &Sample) -> Option<&'static str> {
        match (self, &sample.answer) {
            (Self::Ifeval(_), _) => None,
            (Self::Contains(contains), None) if !contains.all.is_empty() || !contains.any.is_empty() => None,
            (Self::Json(json), None) if json.needs_no_gold() => None,
            (_, None) => Some("has no expected answer; set `columns.answer`"),
            (Self::Choice(_) | Self::FirstLetter, Some(Answer::Text(_))) => {
                Some("has no choices; use `judge: exact` or `judge: numeric`")
            }
            (Self::Numeric(_), Some(_)) if golds::expected(sample).and_then(numeric::gold).is_none() => {
                Some("has an expected answer that is not a number; use another judge")
            }
            _ => None,
        }
    }

    /// Reads the sample, once for all outputs.
    pub fn prepare<'r>(&'r self, sample: &'r Sample) -> Prepared<'r> {
        let gold = match self {
            Self::Choice(_) => Gold::Choice(Box::new(choice::Prepared::new(sample))),
            Self::Math => Gold::Math(golds::expected(sample).and_then(|gold| math::gold(gold).ok()).map(Box::new)),
            Self::Numeric(_) => Gold::Numeric(golds::expected(sample).and_then(numeric::gold)),
            _ => Gold::AsItStands,
        };
        Prepared { reader: self, sample, gold }
    }
}

/// A judge that has read a sample.
pub struct Prepared<'r> {
    reader: &'r Reader,
    sample: &'r Sample,
    gold: Gold<'r>,
}

/// The right answer as a judge has read it.
enum Gold<'r> {
    Choice(Box<choice::Prepared<'r>>),
    Math(Option<Box<math::Expected>>),
    Numeric(Option<numeric::Expected>),
    AsItStands,
}

impl Prepared<'_> {
    /// Reads an output.
    pub fn read(&self, output: &Output<'_>) -> Verdict {
        let (sample, text) = (self.sample, output.text);
        match (self.reader, &self.gold) {
            (Reader::Choice(judge), Gold::Choice(prepared)) => judge.judge(prepared, output),
            (Reader::Math, Gold::Math(Some(gold))) => math::judge(gold, sample, output),
            (Reader::Numeric(judge), Gold::Numeric(Some(gold))) => judge.judge(gold, sample, output),
            (Reader::Choice(_) | Reader::Math | Reader::Numeric(_), _) => {
                Verdict::none(Class::Unjudged, "gold_unreadable")
            }
            (Reader::FirstLetter, _) => first_letter::judge(sample, text),
            (Reader::Exact(exact), _) => exact::judge(sample, *output, exact),
            (Reader::Contains(contains), _) => contains::judge(sample, *output, contains),
            (Reader::Regex(regex), _) => regex::judge(sample, *output, regex),
            (Reader::Json(json), _) => json.judge(sample, *output),
            (Reader::Ifeval(ifeval), _) => ifeval::judge(sample, *output, ifeval),
        }
    }
}
