//! The engine: five stages, called in order.
//!
//! ```text
//! plan -> fetch -> work -> generate -> judge -> aggregate -> render
//! ```
//!
//! What costs something is kept (files in the Hub's cache, responses in the store); what is a pure
//! function of that is made anew each time, so it cannot be stale.

mod aggregate;
pub mod apply;
pub mod budget;
pub mod connect;
pub mod fetch;
mod gate;
pub mod generate;
mod judge;
pub mod missing;
mod pending;
mod place;
mod queue;
mod render;
mod responses;
mod results_table;
mod run_batch;
mod send;
pub mod stretch;
mod surplus;
mod warmups;

use std::sync::Arc;

use crate::dataset::HubSettings;
use crate::endpoint::client::Run;
use crate::endpoint::replay::recorder::Recorder;
use crate::event::{Event, Observer, Stage};
use crate::secret::Secrets;
use crate::stop::Stop;
use crate::store::Store;

/// What stages need besides the plan.
pub struct Context<'c> {
    /// Where responses are kept.
    pub store: Arc<dyn Store>,
    /// How the Hub is reached.
    pub hub: &'c HubSettings,
    /// Who listens.
    pub observer: &'c Observer<'c>,
    /// How the run is stopped.
    pub stop: &'c Stop,
    /// The run.
    pub run: Run,
    /// Asks whether a run that may cost so much is wanted.
    pub confirm: &'c (dyn Fn(&str) -> bool + Sync),
    /// What must not be written or printed.
    pub secrets: Secrets,
    /// Where exchanges are recorded, if they are.
    pub recorder: Option<Arc<Recorder>>,
}

impl Context<'_> {
    /// Says that a stage is done.
    pub fn finished(&self, stage: Stage, line: String) {
        (self.observer)(&Event::StageFinished { stage, line });
    }

    /// Says something the user should know.
    pub fn warn(&self, text: impl Into<String>) {
        (self.observer)(&Event::Warning(text.into()));
    }
}
