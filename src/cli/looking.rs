//! What commands share that look at an experiment and change nothing: warnings are shown, nothing is confirmed or recorded.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::session::Session;
use super::storing;
use crate::console::reporter::Reporter;
use crate::dataset::HubSettings;
use crate::endpoint::client::Run;
use crate::engine::Context;
use crate::error::Error;
use crate::event::{Event, Observer};
use crate::plan::Plan;
use crate::secret::Secrets;
use crate::stop::Stop;
use crate::store::Store;

/// The surroundings of a command that only looks.
pub(super) struct Looking {
    /// The store of the plan, or an empty one that goes with this value.
    pub(super) store: Arc<dyn Store>,
    /// Where results are printed.
    pub(super) reporter: Arc<Reporter>,
    command: &'static str,
    hub: HubSettings,
    observer: Box<Observer<'static>>,
    stop: Stop,
    secrets: Secrets,
    _scratch: Option<TempDir>,
}

impl Looking {
    /// Opens the store of a plan for a command.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) fn at(plan: &Plan, command: &'static str, session: &Session) -> Result<Self, Error> {
        Self::of_tables(plan, (command, false), session)
    }

    /// The same for a command whose tables show all columns if that is wished for.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) fn of_tables(
        plan: &Plan,
        (command, wide): (&'static str, bool),
        session: &Session,
    ) -> Result<Self, Error> {
        let hub = session.hub();
        let (store, scratch) = storing::to_look_at(plan)?;
        let reporter = Arc::new(session.reporter_of_tables(wide));
        let shown = Arc::clone(&reporter);
        let observer = move |event: &Event| {
            if matches!(event, Event::Warning(_)) {
                shown.show(event);
            }
        };
        Ok(Self {
            store,
            reporter,
            command,
            hub,
            observer: Box::new(observer),
            stop: Stop::default(),
            secrets: session.secrets.clone(),
            _scratch: scratch,
        })
    }

    /// The context of its stages.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            store: Arc::clone(&self.store),
            hub: &self.hub,
            observer: &*self.observer,
            stop: &self.stop,
            run: Run::start(self.command),
            confirm: &|_| false,
            secrets: self.secrets.clone(),
            recorder: None,
            keeps_score: false,
            own: PathBuf::new(),
        }
    }
}
