//! The work: every request of a plan, by the cell it belongs to.

pub mod arrivals;
pub mod batch;
mod context_size;
pub mod dialogues;
mod keys;
mod limits;
pub mod prompts;
pub mod recital;
mod requests;
pub mod sequence;
mod slot;
mod warmups;

pub use requests::Work;
pub use slot::Slot;
