//! Judges score outputs. Pure: the same output and sample give the same verdict.

mod choice;
pub mod command;
mod compare;
mod contains;
mod exact;
mod first_letter;
mod fold;
mod golds;
mod ifeval;
mod json;
#[cfg(test)]
mod labelled_tests;
mod letters;
mod math;
mod model;
mod numeric;
pub mod pairwise;
mod reader;
mod regex;
mod said;
mod tool_call;
pub mod verdict;
mod zone;

use std::path::Path;

use crate::response::Status;
use crate::sample::Sample;
use crate::spec::expand::Environment;
use crate::spec::types::{ChoiceMethod, JudgeSpec};
use command::CommandJudge;
pub use letters::{LEAST_MASS, Letters, RULES as LETTER_RULES, choice_of};
pub use model::{ModelJudge, Opinion};
pub use reader::{PreparedReader, Reader};
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
    /// A program of the user.
    Command(Box<CommandJudge>),
    /// Nobody.
    None,
}

impl Judge {
    /// The judge of a spec that lies in a folder.
    ///
    /// # Errors
    /// A setting cannot be used; the message says which and why.
    pub fn new(spec: &JudgeSpec, folder: &Path, environment: &Environment) -> Result<Self, String> {
        Ok(match spec {
            JudgeSpec::Model(model) => Self::Model(Box::new(ModelJudge::new(model)?)),
            JudgeSpec::Choice(choice) if choice.method == ChoiceMethod::FirstToken => Self::Reader(Reader::FirstToken),
            JudgeSpec::Choice(choice) => Self::Reader(Reader::Choice(choice::Choice(choice.clone()))),
            JudgeSpec::FirstLetter => Self::Reader(Reader::FirstLetter),
            JudgeSpec::Exact(exact) => Self::Reader(Reader::Exact(exact.clone())),
            JudgeSpec::Contains(contains) => match contains.fault() {
                None => Self::Reader(Reader::Contains(contains.clone())),
                Some(fault) => return Err(fault),
            },
            JudgeSpec::Regex(regex) => Self::Reader(Reader::Regex(Box::new(regex.compile()?))),
            JudgeSpec::Json(json) => Self::Reader(Reader::Json(Box::new(json::JsonJudge::new(json)?))),
            JudgeSpec::Ifeval(ifeval) => Self::Reader(Reader::Ifeval(ifeval.clone())),
            JudgeSpec::Numeric(numeric) => Self::Reader(Reader::Numeric(numeric::Numeric::new(numeric))),
            JudgeSpec::Math => Self::Reader(Reader::Math),
            JudgeSpec::ToolCall(options) => Self::Reader(Reader::ToolCall(options.clone())),
            JudgeSpec::None => Self::None,
            JudgeSpec::Command(command) => Self::Command(Box::new(CommandJudge::new(command, folder, environment)?)),
        })
    }

    /// True if answers get no verdict.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// True if it reads the alternatives of the first token, which servers send only if they are asked to.
    pub fn reads_alternatives(&self) -> bool {
        matches!(self, Self::Reader(Reader::FirstToken))
    }

    /// True if it compares answers with right ones, so that it cannot judge without any.
    pub fn needs_expected_answer(&self) -> bool {
        match self {
            Self::Reader(reader) => reader.needs_expected_answer(),
            // Both may know the right answer by themselves.
            Self::Model(_) | Self::Command(_) | Self::None => false,
        }
    }

    /// True for a turn of a conversation that has no right answer, which only the turns after it need: nobody judges it.
    pub fn leaves_out(&self, sample: &Sample) -> bool {
        sample.dialogue.is_some() && sample.answer.is_none() && self.needs_expected_answer()
    }

    /// The reason this judge cannot be used for a sample, if any.
    pub fn unfit(&self, sample: &Sample) -> Option<&'static str> {
        match self {
            Self::Reader(reader) => reader.unfit(sample),
            Self::Model(_) | Self::Command(_) | Self::None => None,
        }
    }
}
