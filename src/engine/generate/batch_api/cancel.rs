//! Cancelling what is at providers; what was finished is stored.

use std::collections::HashSet;

use super::asker::{Asker, Wanted};
use super::collect::Lacking;
use super::open::at_providers;
use super::recover::Found;
use crate::endpoint::batch_api::Phase;
use crate::engine::Context;
use crate::engine::budget::Budget;
use crate::engine::generated::Generated;
use crate::engine::servers::connect::Connection;
use crate::engine::stored::fresh;
use crate::error::Error;
use crate::event::Stage;
use crate::format::counted;
use crate::id::{EndpointId, Per};
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::store::ProviderBatch;
use crate::work::{Slot, Work};

/// Cancels the batches that hold requests of a plan; nothing is submitted.
///
/// # Errors
/// A provider cannot be asked, or the store fails.
pub(in crate::engine) async fn cancel(
    plan: &Plan,
    work: &Work,
    connections: &Per<EndpointId, Option<Connection>>,
    budget: &Budget,
    context: &Context<'_>,
) -> Result<Generated, Error> {
    let held = fresh::held(plan, work, context)?;
    let (mut answered, mut failed, mut batches) = (0, HashSet::new(), 0);
    for batch in work.batches.iter() {
        let Some(connection) = &connections[batch.model.endpoint] else { continue };
        let Some(asker) = Asker::of((plan, work), (batch, &connection.client), budget, &|_| {}, context) else {
            continue;
        };
        let places = work.places_of(batch.id);
        let open = work.slots[places.clone()].iter().zip(&held[places]).filter(|(_, held)| !**held);
        let wanted: Wanted = open.map(|(slot, _): (&Slot, _)| (slot.key, *slot)).collect();
        for open in asker.open_batches(&wanted)? {
            batches += 1;
            if let Some(collected) = asker.cancel(open, &wanted).await? {
                answered += collected.answered.len();
                failed.extend(collected.failed.into_keys());
            }
        }
    }
    warn_of_others(plan, work, context)?;
    let stored = Generated::stored(work, context)?;
    let line = match batches {
        0 => "no batch is open".to_owned(),
        _ => format!("cancelled {}", if batches == 1 { "1 batch".to_owned() } else { format!("{batches} batches") }),
    };
    context.finished(Stage::Generate, line);
    let kept = stored.kept - answered;
    Ok(Generated { kept, sent: answered + failed.len(), failed, ..stored })
}

/// Says what else is at the providers: it belongs to other experiments, or to models that judge.
fn warn_of_others(plan: &Plan, work: &Work, context: &Context<'_>) -> Result<(), Error> {
    let own: HashSet<RequestKey> = work.keys().copied().collect();
    let others = at_providers(plan, &*context.store)?.iter().filter(|key| !own.contains(*key)).count();
    if others > 0 {
        let requests = counted(others, "request");
        context.warn(format!(
            "{requests} of other experiments, of other questions or to models that judge stay at the provider; the run that \
             submitted them collects them"
        ));
    }
    Ok(())
}

impl Asker<'_> {
    /// Cancels a batch and stores what it has come to; `None` if that cannot be known.
    async fn cancel(&self, mut batch: ProviderBatch, wanted: &Wanted) -> Result<Option<super::Collected>, Error> {
        let forgotten = |batch: &ProviderBatch| ProviderBatch { keys: Vec::new(), ..batch.clone() };
        if batch.id.is_none() && !self.api.is_made_of_a_file() {
            let requests = counted(batch.keys.len(), "request");
            self.context.warn(format!(
                "a batch of {requests} may have been submitted to endpoint `{}` when a run was interrupted; its id is known \
                 once it has ended, so it is not cancelled",
                self.endpoint().name
            ));
            return Ok(None);
        }
        if batch.id.is_none() {
            match self.find(&batch, &HashSet::new()).await? {
                Found::Id(id) => batch.id = Some(id),
                Found::Nothing => return self.remember(&forgotten(&batch)).await.map(|()| None),
                Found::Unknown => return Ok(None),
            }
        }
        let id = batch.id.clone().unwrap_or_default();
        let state = match self.client.look(self.api, &id).await {
            Err(fault) if fault.http_status == Some(404) => {
                self.context.warn(format!("endpoint `{}` knows no batch {id}; it is forgotten", self.endpoint().name));
                return self.remember(&forgotten(&batch)).await.map(|()| None);
            }
            state => state.map_err(|fault| self.error(&fault, "rerun the command"))?,
        };
        if state.phase == Phase::Open {
            // It may have ended since the look; if it continues, the wait for its end shows that.
            if let Err(fault) = self.client.cancel(self.api, &id).await {
                self.context.warn(format!("batch {id} was not cancelled: {}", fault.line()));
            }
        }
        self.collect(batch, wanted, (1, Lacking::GivenUp)).await
    }
}
