//! Judges that read an output themselves. A new one is one file, one spec variant and its match arms below.

use super::verdict::{Output, Verdict};
use super::{choice, contains, exact, first_letter, ifeval, json, numeric, regex};
use crate::sample::{Answer, Sample};
use crate::spec::types::{ContainsSpec, ExactSpec, IfevalSpec};

/// A judge that reads outputs.
#[derive(Debug)]
pub enum Reader {
    /// Reads the letter or text of a choice.
    Choice(Box<choice::ChoiceJudge>),
    /// Reads the first standalone letter.
    FirstLetter,
    /// Compares whole texts.
    Exact(ExactSpec),
    /// Looks for words and phrases.
    Contains(ContainsSpec),
    /// Looks for a pattern.
    Regex(Box<regex::Compiled>),
    /// Reads JSON.
    Json(Box<json::JsonJudge>),
    /// Checks instructions.
    Ifeval(IfevalSpec),
    /// Compares the last number.
    Numeric {
        /// Maximum absolute difference that counts as equal.
        tolerance: f64,
    },
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
            (Self::Numeric { .. }, Some(_)) if numeric::expected(sample).is_none() => {
                Some("has an expected answer that is not a number; use another judge")
            }
            _ => None,
        }
    }

    /// Reads an output.
    pub fn read(&self, sample: &Sample, output: &Output<'_>) -> Verdict {
        let text = output.text;
        match self {
            Self::Choice(judge) => judge.judge(sample, text),
            Self::FirstLetter => first_letter::judge(sample, text),
            Self::Exact(exact) => exact::judge(sample, *output, exact),
            Self::Contains(contains) => contains::judge(sample, *output, contains),
            Self::Regex(regex) => regex::judge(sample, *output, regex),
            Self::Json(json) => json.judge(sample, *output),
            Self::Ifeval(ifeval) => ifeval::judge(sample, *output, ifeval),
            Self::Numeric { tolerance } => numeric::judge(sample, text, *tolerance),
        }
    }
}
