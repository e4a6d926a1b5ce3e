//! The engine: five stages, called in order.
//!
//! ```text
//! plan -> fetch -> work -> generate -> judge -> aggregate -> render
//! ```
//!
//! Costly results are kept (files in the Hub's cache, responses in the store); pure functions
//! of them are computed in every run, so they are never stale.

mod aggregate;
pub mod apply;
pub mod batch_api;
pub mod budget;
pub mod connect;
pub mod consult;
pub mod explain;
pub mod fetch;
mod fresh;
mod gate;
pub mod gauge;
pub mod generate;
mod generated;
mod idling;
mod in_turn;
mod judge;
pub mod judge_models;
pub mod leaving;
mod left_out;
pub mod metrics_page;
pub mod missing;
mod observed;
mod observing;
mod opinions;
mod pending;
mod pictures;
pub mod place;
pub mod prepare;
mod queue;
pub mod readiness;
mod render;
mod report_page;
mod responses;
mod results_table;
mod run_batch;
mod running_score;
mod search;
mod send;
mod send_by_batch_api;
mod sent;
mod serve;
mod served_files;
mod server_clock;
mod show_state;
mod sites;
mod surplus;
mod table_draft;
mod time_limit;
pub mod timed_level;
mod together;
pub mod until;
mod verdicts_table;
mod waiting;
mod warmups;
mod writing;

use std::path::PathBuf;
use std::sync::Arc;

use crate::dataset::HubSettings;
use crate::endpoint::client::Run;
use crate::endpoint::replay::recorder::Recorder;
use crate::event::{Event, Observer, Stage};
use crate::secret::Secrets;
use crate::stop::Stop;
use crate::store::Store;

/// Context of the stages besides the plan.
pub struct Context<'c> {
    /// Where responses are kept.
    pub store: Arc<dyn Store>,
    /// Settings of the Hub.
    pub hub: &'c HubSettings,
    /// Listener of events.
    pub observer: &'c Observer<'c>,
    /// How the run is stopped.
    pub stop: &'c Stop,
    /// The run.
    pub run: Run,
    /// Asks for confirmation of a costly run.
    pub confirm: &'c (dyn Fn(&str) -> bool + Sync),
    /// Secrets, which must not be written or printed.
    pub secrets: Secrets,
    /// Recorder of exchanges, if enabled.
    pub recorder: Option<Arc<Recorder>>,
    /// Whether answers are judged while requests are sent, for a running score.
    pub keeps_score: bool,
    /// The file of this program, which guards the servers that it starts.
    pub own: PathBuf,
}

impl Context<'_> {
    /// Reports the end of a stage.
    pub fn finished(&self, stage: Stage, line: String) {
        (self.observer)(&Event::StageFinished { stage, line });
    }

    /// Reports a warning.
    pub fn warn(&self, text: impl Into<String>) {
        (self.observer)(&Event::Warning(text.into()));
    }
}
