//! Judges score responses. Pure: the same response and sample give the same verdict.
//!
//! A new judge is one file, one spec variant and its match arms below.

mod choice;
mod exact;
mod first_letter;
mod numeric;

use std::fmt;
use std::ops::Range;

use crate::sample::{Answer, Sample};
use crate::spec::types::JudgeSpec;

/// The class of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The right answer.
    Correct,
    /// Another answer.
    Wrong,
    /// No answer was found.
    NoAnswer,
    /// Several answers, none of them stated as final.
    Ambiguous,
}

/// Every class, in the order of tables.
pub const CLASSES: [Class; 4] = [Class::Correct, Class::Wrong, Class::NoAnswer, Class::Ambiguous];

impl Class {
    /// The word that tables use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Wrong => "wrong",
            Self::NoAnswer => "no_answer",
            Self::Ambiguous => "ambiguous",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The result of judging a response.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Its class.
    pub class: Class,
    /// The extracted answer.
    pub extracted: Option<String>,
    /// 1 for the right answer, else 0.
    pub score: f64,
    /// Name of the rule that decided.
    pub rule: &'static str,
    /// Byte range of the answer in the text.
    pub span: Option<Range<usize>>,
}

impl Verdict {
    fn found(correct: bool, extracted: String, rule: &'static str, span: Range<usize>) -> Self {
        let class = if correct { Class::Correct } else { Class::Wrong };
        Self { class, extracted: Some(extracted), score: f64::from(u8::from(correct)), rule, span: Some(span) }
    }

    fn none(class: Class, rule: &'static str) -> Self {
        Self { class, extracted: None, score: 0.0, rule, span: None }
    }
}

/// A judge, ready to use.
pub enum Judge {
    /// Reads the letter or text of a choice.
    Choice(Box<choice::ChoiceJudge>),
    /// Reads the first standalone letter.
    FirstLetter,
    /// Compares whole texts.
    Exact {
        /// Ignores the difference between upper and lower case.
        ignore_case: bool,
    },
    /// Compares the last number.
    Numeric {
        /// Maximum absolute difference that counts as equal.
        tolerance: f64,
    },
}

impl Judge {
    /// The judge of a spec.
    pub fn new(spec: &JudgeSpec) -> Self {
        match spec {
            JudgeSpec::Choice => Self::Choice(Box::new(choice::ChoiceJudge::new())),
            JudgeSpec::FirstLetter => Self::FirstLetter,
            JudgeSpec::Exact(exact) => Self::Exact { ignore_case: exact.ignore_case },
            JudgeSpec::Numeric(numeric) => Self::Numeric { tolerance: numeric.tolerance },
        }
    }

    /// The reason this judge cannot be used for a sample, if any.
    pub fn unfit(&self, sample: &Sample) -> Option<&'static str> {
        match (self, &sample.answer) {
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

    /// Judges the text of a response.
    pub fn judge(&self, sample: &Sample, text: &str) -> Verdict {
        match self {
            Self::Choice(judge) => judge.judge(sample, text),
            Self::FirstLetter => first_letter::judge(sample, text),
            Self::Exact { ignore_case } => exact::judge(sample, text, *ignore_case),
            Self::Numeric { tolerance } => numeric::judge(sample, text, *tolerance),
        }
    }
}
