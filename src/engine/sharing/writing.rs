//! Which of the runs that share a store writes the results.
//!
//! Of those that come to the end one writes. A second one stands by, and takes over if that one dies; the others leave. A run
//! that has written takes the claim of the one that stands by away, and so tells it that nothing is left to do.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::idling::shares;
use super::leaving::{Others, Writer};
use crate::engine::Context;
use crate::engine::generated::Generated;
use crate::error::Error;
use crate::event::Event;
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::store::{Claim, RESULTS, STANDBY};
use crate::work::Work;

/// Time between two looks at the run that writes.
const LOOK: Duration = Duration::from_secs(1);

/// Which run writes the results.
pub(in crate::engine) enum WriterRole {
    /// This one, for itself.
    Own,
    /// This one, for all that share the store.
    ForAll(ResultsClaim),
    /// Another one.
    Others(Others),
}

/// What stands for the results among claims, and for the place of the run that stands by.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct ResultsClaim {
    results: RequestKey,
    standby: RequestKey,
}

/// How a run that stood by ended.
enum Waited {
    Written,
    Abandoned,
    Stopped,
}

/// Finds which run writes. A run that finds nothing to send when it begins was asked for the results.
pub(in crate::engine) async fn writer_role(
    plan: &Plan,
    work: &Work,
    generated: &Generated,
    context: &Context<'_>,
) -> Result<WriterRole, Error> {
    let has_sent_all = generated.was_incomplete && generated.unsent == 0;
    if !(has_sent_all && shares(plan, context)) {
        return Ok(WriterRole::Own);
    }
    let results = ResultsClaim::of(plan, work);
    loop {
        if context.store.claim(RESULTS, Vec::new(), vec![results.results]).await? != [Claim::Taken] {
            // Another may stand by for this one.
            context.store.claim(STANDBY, Vec::new(), Vec::new()).await?;
            return Ok(WriterRole::ForAll(results));
        }
        let writer = writer(plan, context)?;
        // One that is done by now could not tell this run, which then writes the same once more.
        if context.store.claim(STANDBY, Vec::new(), vec![results.standby]).await? == [Claim::Taken] {
            return Ok(WriterRole::Others(Others::Write(writer)));
        }
        (context.observer)(&Event::StandingBy { run: writer.run.clone(), machine: writer.machine.clone() });
        match results.stand_by(context).await? {
            Waited::Written => return Ok(WriterRole::Others(Others::HaveWritten(writer))),
            Waited::Stopped => return Ok(WriterRole::Others(Others::Write(writer))),
            Waited::Abandoned => {}
        }
    }
}

/// The run that writes, as far as it is known.
fn writer(plan: &Plan, context: &Context<'_>) -> Result<Writer, Error> {
    let has_results = |claimed: &[(u32, u64)]| claimed.iter().any(|(batch, _)| *batch == RESULTS);
    let workers = context.store.workers()?.into_iter();
    let mut writers = workers.filter(|worker| worker.experiment == plan.name && has_results(&worker.claimed));
    Ok(writers.next().map(|worker| Writer { run: worker.run, machine: worker.machine }).unwrap_or_default())
}

impl ResultsClaim {
    /// They are the same only for the same spec and requests.
    fn of(plan: &Plan, work: &Work) -> Self {
        let key = |what: &str| {
            let mut hasher = Sha256::new();
            hasher.update(what);
            hasher.update(plan.document.text());
            work.slots.iter().for_each(|slot| hasher.update(slot.key.0));
            RequestKey(hasher.finalize().into())
        };
        Self { results: key("results"), standby: key("standby") }
    }

    /// Waits until nobody writes any more.
    async fn stand_by(&self, context: &Context<'_>) -> Result<Waited, Error> {
        let lease = context.store.lease();
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = context.stop.drain.cancelled() => return Ok(Waited::Stopped),
            }
            let standing = context.store.standing(vec![self.results, self.standby]).await?;
            if standing.first() == Some(&Claim::Taken) {
                continue;
            }
            // A claim that went with its lease was not taken away.
            let is_told = standing.last() != Some(&Claim::Ours) && context.store.lease() == lease;
            return Ok(if is_told { Waited::Written } else { Waited::Abandoned });
        }
    }
}

impl WriterRole {
    /// The results are written.
    pub(in crate::engine) async fn end(self, context: &Context<'_>) {
        if let Self::ForAll(results) = self {
            context.store.relieve(results.standby).await;
        }
    }
}
