//! What became of the requests of a plan.

use std::collections::{BTreeMap, HashSet};

use crate::checks::Surplus;
use crate::endpoint::models::LoadedModel;
use crate::engine::Context;
use crate::engine::sent::Sent;
use crate::error::Error;
use crate::format::counted;
use crate::id::{BatchId, EndpointId, ModelId};
use crate::request::RequestKey;
use crate::store::Rest;
use crate::work::Work;
use crate::work::batch::Batch;

/// The outcome of the requests of a plan. The responses are in the store.
#[derive(Default)]
pub struct Generated {
    /// Requests that were sent and ended in a fault.
    pub failed: HashSet<RequestKey>,
    /// Number of kept requests.
    pub kept: usize,
    /// Number of requests sent.
    pub sent: usize,
    /// Number of requests not sent, because the run was stopped or a model was given up.
    pub unsent: usize,
    /// True if there was something to send when the run began.
    pub was_incomplete: bool,
    /// What was left to other runs.
    pub left: Option<Rest>,
    /// Memory use of the models, if the server reports it.
    pub loaded: Vec<(Batch, LoadedModel)>,
    /// What endpoints sent without a request.
    pub surplus: BTreeMap<EndpointId, Surplus>,
    /// How many responses of a model held several answers.
    pub several: BTreeMap<ModelId, u64>,
}

impl Generated {
    /// What there is without sending anything.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) fn stored(work: &Work, context: &Context<'_>) -> Result<Self, Error> {
        let held = context.store.holds(&work.keys().collect::<Vec<_>>())?;
        let kept = held.iter().filter(|held| **held).count();
        Ok(Self { kept, unsent: held.len() - kept, ..Self::default() })
    }

    /// Adds what became of further requests.
    pub(super) fn add(&mut self, more: Self) {
        self.failed.extend(more.failed);
        self.kept += more.kept;
        self.sent += more.sent;
        self.unsent += more.unsent;
        self.loaded.extend(more.loaded);
        self.add_unasked(more.surplus, more.several);
    }

    /// Adds what became of the batches of a machine; gives those that need no more, and the turn from which on they do not.
    pub(super) fn take_in(&mut self, sent: Sent, work: &mut Work) -> Vec<(BatchId, usize)> {
        self.sent += sent.responses;
        self.failed.extend(sent.failed);
        self.loaded.extend(sent.loaded);
        self.add_unasked(sent.surplus, sent.several);
        sent.extended.into_iter().for_each(|(batch, turns)| work.extend(batch, turns));
        sent.ended
    }

    /// Adds what servers sent beyond what was asked.
    fn add_unasked(
        &mut self,
        surplus: impl IntoIterator<Item = (EndpointId, Surplus)>,
        several: impl IntoIterator<Item = (ModelId, u64)>,
    ) {
        for (endpoint, found) in surplus {
            let known = self.surplus.entry(endpoint).or_default();
            known.connections += found.connections;
            known.forgotten += found.forgotten;
        }
        for (model, count) in several {
            *self.several.entry(model).or_default() += count;
        }
    }

    /// What became of the requests, in a line.
    pub(super) fn line(&self, requests: usize) -> String {
        let Self { kept, sent, unsent, .. } = self;
        let unsent = if *unsent == 0 { String::new() } else { format!(", {unsent} not sent") };
        format!("{}: {kept} kept, {sent} sent{unsent}", counted(requests, "request"))
    }
}
