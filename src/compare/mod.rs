//! Comparison: what the difference between two models on the same questions carries.
//!
//! Each side is a model's answers summed up by question, so that repeats and duplicates of a question are one
//! observation. A pair compares two sides on the questions that both answered; a family of pairs adjusts its p values
//! for their number.

mod change;
pub mod mean;
mod model_name;
mod pair;
pub mod published;
mod sentence;
mod side;
pub mod source;
mod subjects;

pub use change::{Change, Difference, Flip, SideOfFlip, changes, differences};
pub use model_name::ModelName;
pub use pair::{Pair, Peers, Ratio, ScoreDifference, compared, family, score_difference};
pub use sentence::{difference, p_value, points, ratio_sentence, reversal_sentence, score_sentence};
pub use side::{Item, Party, Side, SideId, Subject, Turns};
