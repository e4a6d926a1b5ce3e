//! The engine: five stages, called in order.
//!
//! ```text
//! plan -> fetch -> work -> generate -> judge -> aggregate -> render
//! ```
//!
//! Each stage is a folder or file of its name; what comes before and between them too: `prepare` connects, fetches and lists the
//! requests, `consult` asks the judges that have to be asked. `apply` calls them one after the other. What they have in common:
//! `servers` (connections, and what servers say of themselves), `stored` (what the store holds of a plan), `sharing` (several
//! runs on one store), `budget`; and what travels from one to the next: `generated`, `opinions`, `outcome`.
//!
//! Costly results are kept (files in the Hub's cache, responses in the store); pure functions
//! of them are computed in every run, so they are never stale.

mod aggregate;
pub mod apply;
pub mod budget;
pub mod consult;
pub mod explain;
pub mod fetch;
pub mod generate;
mod generated;
mod judge;
mod opinions;
pub mod outcome;
pub mod prepare;
pub mod render;
pub mod search;
mod sent;
pub mod servers;
pub mod sharing;
mod stored;

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
