//! Judges score outputs. Pure: the same output and sample give the same verdict.

mod choice;
mod compare;
mod contains;
mod exact;
mod first_letter;
mod fold;
mod golds;
mod ifeval;
mod json;
mod model;
mod numeric;
mod reader;
mod regex;
mod said;
pub mod verdict;
mod zone;

use crate::response::Status;
use crate::sample::Sample;
use crate::spec::types::JudgeSpec;
pub use model::{ModelJudge, Opinion};
pub use reader::Reader;
pub use verdict::{CLASSES, Class, Ending, Evidence, Fate, Output, RANKS, Rank, Verdict};

impl From<Status> for Ending {
    fn from(status: Status) -> Self {
        match status {
            Status::Capped => Self::Capped,
            Status::Refused => Self::Refused,
            _ => Self::Complete,
        }
    }
}

/// A judge, ready to use.
#[derive(Debug)]
pub enum Judge {
    /// Reads the output itself.
    Reader(Reader),
    /// Asks other models.
    Model(Box<ModelJudge>),
}

impl Judge {
    /// The judge of a spec.
    ///
    /// # Errors
    /// A setting cannot be used; the message says which and why.
    pub fn new(spec: &JudgeSpec) -> Result<Self, String> {
        Ok(match spec {
            JudgeSpec::Model(model) => Self::Model(Box::new(ModelJudge::new(model)?)),
            JudgeSpec::Choice => Self::Reader(Reader::Choice(Box::new(choice::ChoiceJudge::new()))),
            JudgeSpec::FirstLetter => Self::Reader(Reader::FirstLetter),
            JudgeSpec::Exact(exact) => Self::Reader(Reader::Exact(exact.clone())),
            JudgeSpec::Contains(contains) => match contains.fault() {
                None => Self::Reader(Reader::Contains(contains.clone())),
                Some(fault) => return Err(fault),
            },
            JudgeSpec::Regex(regex) => Self::Reader(Reader::Regex(Box::new(regex.compile()?))),
            JudgeSpec::Json(json) => Self::Reader(Reader::Json(Box::new(json::JsonJudge::new(json)?))),
            JudgeSpec::Ifeval(ifeval) => Self::Reader(Reader::Ifeval(ifeval.clone())),
            JudgeSpec::Numeric(numeric) => Self::Reader(Reader::Numeric { tolerance: numeric.tolerance }),
        })
    }

    /// The reason this judge cannot be used for a sample, if any.
    pub fn unfit(&self, sample: &Sample) -> Option<&'static str> {
        match self {
            Self::Reader(reader) => reader.unfit(sample),
            Self::Model(_) => None,
        }
    }
}
