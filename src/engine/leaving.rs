//! Runs that share a store: when one ends before the others, and leaves the rest of the requests and the results to them.
//!
//! Of many runs one has to write the results, and a table that is not complete is of no use to anybody. A run that finds all
//! that is left in other runs' hands leaves; the last two stay, so that one takes over where the other dies. A run that ends
//! early leaves as well, if others have requests. Who finds nothing left writes the results, unless another does so already.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::Context;
use super::generate::Generated;
use super::idling::shares;
use crate::error::Error;
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::store::{Claim, RESULTS, Rest};
use crate::work::Work;

/// The end of a run that leaves something to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What others do.
    pub others: Others,
    /// Requests that this run sent.
    pub sent: usize,
    /// Those of them that failed.
    pub failed: usize,
    /// True if this run ended before its time: it was stopped, or gave up a model.
    pub is_cut: bool,
    /// The limit of the budget that ended the run, if any.
    pub over_budget: Option<String>,
    /// The output folder, on the machine that writes the results.
    pub folder: PathBuf,
}

/// What other runs do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Others {
    /// They have requests left; the last of them writes the results.
    Ask(Rest),
    /// One of them writes the results.
    Write {
        /// The run; empty if it is not known any more.
        run: String,
        /// Its machine; empty if it is not known.
        machine: String,
    },
}

/// What others do for a run that has sent what it could; nothing if it has to see to the results.
pub(super) async fn others_that_ask(
    plan: &Plan,
    generated: &Generated,
    context: &Context<'_>,
) -> Result<Option<Others>, Error> {
    let rest = match generated.left {
        None if generated.unsent > 0 && shares(plan, context) => context.store.leave_rest(None).await?,
        left => left,
    };
    Ok(rest.map(Others::Ask))
}

/// Who writes the results, if another run does. Of those that come to the end at the same time one does; who finds nothing
/// to send when it begins was asked for the results.
pub(super) async fn other_that_writes(
    plan: &Plan,
    work: &Work,
    generated: &Generated,
    context: &Context<'_>,
) -> Result<Option<Others>, Error> {
    let has_sent_all = generated.was_incomplete && generated.unsent == 0;
    if !(has_sent_all && shares(plan, context)) {
        return Ok(None);
    }
    if context.store.claim(RESULTS, Vec::new(), vec![results_key(plan, work)]).await? != [Claim::Taken] {
        return Ok(None);
    }
    let has_results = |claimed: &[(u32, u64)]| claimed.iter().any(|(batch, _)| *batch == RESULTS);
    let workers = context.store.workers()?.into_iter();
    let mut writers = workers.filter(|worker| worker.experiment == plan.name && has_results(&worker.claimed));
    let (run, machine) = writers.next().map(|worker| (worker.run, worker.machine)).unwrap_or_default();
    Ok(Some(Others::Write { run, machine }))
}

/// What stands for the results among claims: the same only for the same spec and requests.
fn results_key(plan: &Plan, work: &Work) -> RequestKey {
    let mut hasher = Sha256::new();
    hasher.update("results");
    hasher.update(plan.document.text());
    work.slots.iter().for_each(|slot| hasher.update(slot.key.0));
    RequestKey(hasher.finalize().into())
}
