//! The manifest of a run: what it was made of, when, and what became of its requests.

use std::collections::BTreeMap;
use std::path::Path;

use crate::endpoint::throttle::Change;
use crate::engine::Context;
use crate::engine::budget::Budget;
use crate::engine::generated::Generated;
use crate::engine::prepare::Prepared;
use crate::engine::servers::connect::Connection;
use crate::engine::servers::served_files::served_files;
use crate::id::{EndpointId, Per};
use crate::plan::Plan;
use crate::report::manifest::{Counts, FileEntry, Manifest, RunIdentity};
use crate::report::origin::Origin;

/// What the manifest says of a run besides its results.
#[derive(Clone, Copy)]
pub(in crate::engine) struct RunRecord<'r> {
    pub(in crate::engine) prepared: &'r Prepared,
    pub(in crate::engine) generated: &'r Generated,
    pub(in crate::engine) budget: &'r Budget,
    /// When the run began.
    pub(in crate::engine) started: &'r str,
    /// Says what time it is.
    pub(in crate::engine) clock: &'r (dyn Fn() -> String + Sync),
}

impl RunRecord<'_> {
    /// The manifest of a run with this number of answers, whose files are in a folder.
    pub(super) fn manifest(
        &self,
        plan: &Plan,
        answered: usize,
        (folder, files): (&Path, Vec<FileEntry>),
        context: &Context<'_>,
    ) -> Manifest {
        let Prepared { work, connections, seen, judges, .. } = self.prepared;
        let finished = (self.clock)();
        let identity = RunIdentity { run: &context.run.name, started: self.started, finished: &finished };
        Manifest::new(plan, (work, seen), self.counts(plan, answered), &identity, files)
            .with_judges(plan, judges.all())
            .with_throttling(throttling(plan, connections))
            .with_served(served_files(plan, self.generated.sent, folder))
            .with_origin(Origin::of(plan, folder, &context.secrets))
    }

    fn counts(&self, plan: &Plan, answered: usize) -> Counts {
        let (generated, budget) = (self.generated, self.budget);
        Counts {
            planned: self.prepared.work.slots.len(),
            answered: Some(answered),
            kept: generated.kept,
            sent: generated.sent,
            unsent: generated.unsent,
            attempts: Some(budget.attempts()),
            spent: plan.currency.is_some().then(|| budget.spent()),
        }
    }
}

/// The throttling of each endpoint that was throttled.
fn throttling(plan: &Plan, connections: &Per<EndpointId, Option<Connection>>) -> BTreeMap<String, Vec<Change>> {
    let named = plan.endpoints.iter().zip(connections);
    let cut = named.filter_map(|(endpoint, connection)| {
        let history = connection.as_ref()?.client.throttle.history();
        (!history.is_empty()).then(|| (endpoint.name.clone(), history))
    });
    cut.collect()
}
