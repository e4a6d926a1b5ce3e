//! Judges score outputs. Pure: the same output and sample give the same verdict.

mod choice;
mod exact;
mod first_letter;
mod numeric;
mod reader;
pub mod verdict;

use crate::response::Status;
use crate::sample::Sample;
use crate::spec::types::JudgeSpec;
pub use reader::Reader;
pub use verdict::{CLASSES, Class, Ending, Output, RANKS, Rank, Verdict};

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
}

impl Judge {
    /// The judge of a spec.
    ///
    /// # Errors
    /// A setting cannot be used; the message says which and why.
    pub fn new(spec: &JudgeSpec) -> Result<Self, String> {
        Ok(Self::Reader(Reader::new(spec)?))
    }

    /// The reason this judge cannot be used for a sample, if any.
    pub fn unfit(&self, sample: &Sample) -> Option<&'static str> {
        match self {
            Self::Reader(reader) => reader.unfit(sample),
        }
    }
}
