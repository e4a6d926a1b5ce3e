//! Judges that read an output themselves. A new one is one file, one spec variant and its match arms below.

use super::verdict::{Class, Output, Verdict};
use super::{choice, contains, exact, first_letter, golds, ifeval, json, letters, math, numeric, regex, tool_call};
use crate::prompt::letter;
use crate::sample::{Answer, Sample};
use crate::spec::types::{ContainsSpec, ExactSpec, IfevalSpec, ToolCallSpec};

/// A judge that reads outputs.
#[derive(Debug)]
pub enum Reader {
    /// Reads the letter or text of a choice.
    Choice(choice::Choice),
    /// Takes the most likely letter.
    FirstToken,
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
    /// Compares calls of tools.
    ToolCall(ToolCallSpec),
}

impl Reader {
    /// True if it compares answers with right ones, so that it cannot judge without any.
    pub fn needs_expected_answer(&self) -> bool {
        match self {
            // The right calls have a column of their own.
            Self::Ifeval(_) | Self::ToolCall(_) => false,
            Self::Contains(contains) => contains.all.is_empty() && contains.any.is_empty(),
            Self::Json(json) => !json.needs_no_gold(),
            Self::Choice(_)
            | Self::FirstToken
            | Self::FirstLetter
            | Self::Exact(_)
            | Self::Math
            | Self::Regex(_)
            | Self::Numeric(_) => true,
        }
    }

    /// The reason this judge cannot be used for a sample, if any.
    pub fn unfit(&self, sample: &Sample) -> Option<&'static str> {
        match (self, &sample.answer) {
            (Self::ToolCall(options), _) => tool_call::due(sample, options).err(),
            (_, None) if !self.needs_expected_answer() => None,
            (_, None) => Some("has no expected answer; set `columns.answer`, or `judge: none` to measure speed alone"),
            (Self::Choice(_) | Self::FirstToken | Self::FirstLetter, Some(Answer::Text(_))) => Some(
                "has no choices; use `judge: exact` or `judge: numeric`, or say where they stand in `columns.choices`",
            ),
            (Self::Choice(_) | Self::FirstToken | Self::FirstLetter, Some(_)) if sample.choices.len() == 1 => {
                Some("has one choice only; check `columns.choices`")
            }
            (Self::Choice(_) | Self::FirstToken | Self::FirstLetter, Some(_))
                if sample.choices.len() > choice::MOST =>
            {
                Some("has more than 26 choices, which no letters can name; use `judge: exact`, or leave the row out")
            }
            (Self::Numeric(_), Some(_)) if golds::all_expected(sample).all(|gold| numeric::gold(gold).is_none()) => {
                Some("has an expected answer that is not a number; use another judge")
            }
            _ => None,
        }
    }

    /// Reads the sample, once for all outputs.
    pub fn prepare<'r>(&'r self, sample: &'r Sample) -> PreparedReader<'r> {
        let gold = match self {
            Self::Choice(_) => Gold::Choice(Box::new(choice::PreparedSample::new(sample))),
            Self::Math => Gold::Math(golds::all_expected(sample).filter_map(|gold| math::gold(gold).ok()).collect()),
            Self::Numeric(_) => Gold::Numeric(golds::all_expected(sample).filter_map(numeric::gold).collect()),
            _ => Gold::AsItStands,
        };
        PreparedReader { reader: self, sample, gold }
    }
}

/// A judge that has read a sample.
pub struct PreparedReader<'r> {
    reader: &'r Reader,
    sample: &'r Sample,
    gold: Gold<'r>,
}

/// The right answer as a judge has read it.
enum Gold<'r> {
    Choice(Box<choice::PreparedSample<'r>>),
    Math(Vec<math::Expected>),
    Numeric(Vec<numeric::Expected>),
    AsItStands,
}

impl PreparedReader<'_> {
    /// Reads an output.
    pub fn read(&self, output: &Output<'_>) -> Verdict {
        let (sample, text) = (self.sample, output.text);
        match (self.reader, &self.gold) {
            (Reader::Choice(judge), Gold::Choice(prepared)) => self.with_further_choices(judge.judge(prepared, output)),
            (Reader::Math, Gold::Math(golds)) => best(golds.iter().map(|gold| math::judge(gold, sample, output))),
            (Reader::Numeric(judge), Gold::Numeric(golds)) => {
                best(golds.iter().map(|gold| judge.judge(gold, sample, output)))
            }
            (Reader::Choice(_) | Reader::Math | Reader::Numeric(_), _) => best(std::iter::empty()),
            (Reader::FirstToken, _) => self.with_further_choices(letters::judge(sample, output)),
            (Reader::FirstLetter, _) => first_letter::judge(sample, text),
            (Reader::Exact(exact), _) => exact::judge(sample, *output, exact),
            (Reader::Contains(contains), _) => contains::judge(sample, *output, contains),
            (Reader::Regex(regex), _) => regex::judge(sample, *output, regex),
            (Reader::Json(json), _) => json.judge(sample, *output),
            (Reader::ToolCall(options), _) => tool_call::judge(sample, *output, options),
            (Reader::Ifeval(ifeval), _) => ifeval::judge(sample, *output, ifeval),
        }
    }

    /// The verdict with every choice as right that the sample also takes, such as one of the same text.
    fn with_further_choices(&self, verdict: Verdict) -> Verdict {
        let is_right = |gold: &Answer| matches!(gold, Answer::Choice(index) if verdict.extracted.as_deref() == Some(letter(*index).as_str()));
        if verdict.class == Class::Wrong && self.sample.also.iter().any(is_right) {
            return Verdict { class: Class::Correct, score: 1.0, ..verdict };
        }
        verdict
    }
}

/// The first verdict that is right, else the first; one gold that is met is enough.
fn best(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut first = None;
    for verdict in verdicts {
        if verdict.class == Class::Correct {
            return verdict;
        }
        first.get_or_insert(verdict);
    }
    first.unwrap_or_else(|| Verdict::none(Class::Unjudged, "gold_unreadable"))
}
