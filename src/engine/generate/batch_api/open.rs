//! What is at providers: the batches that the store knows of.

use std::collections::{HashMap, HashSet};

use crate::endpoint::batch_api::Phase;
use crate::engine::Context;
use crate::engine::servers::connect::Connection;
use crate::error::Error;
use crate::id::{EndpointId, Per};
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::store::{ProviderBatch, Store};
use crate::work::{Slot, Work};

/// A batch at a provider that holds requests of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBatch {
    /// Name of the endpoint.
    pub endpoint: String,
    /// Name of the model.
    pub model: String,
    /// Its id, if it is known.
    pub id: Option<String>,
    /// Requests of the plan in it.
    pub requests: usize,
    /// When it was submitted, in seconds since 1970.
    pub submitted: i64,
    /// How far the provider is with it, in words.
    pub state: String,
}

/// The batches of all endpoints of a plan that have any.
fn batches(plan: &Plan, store: &dyn Store) -> Result<Vec<(EndpointId, ProviderBatch)>, Error> {
    let mut found = Vec::new();
    for (id, endpoint) in plan.endpoints.with_ids().filter(|(_, endpoint)| endpoint.batch.is_some()) {
        found.extend(store.provider_batches(&endpoint.identity())?.into_iter().map(|batch| (id, batch)));
    }
    Ok(found)
}

/// Requests that are at a provider already: they are paid for.
///
/// # Errors
/// The store cannot be read.
pub(in crate::engine) fn at_providers(plan: &Plan, store: &dyn Store) -> Result<HashSet<RequestKey>, Error> {
    Ok(batches(plan, store)?.into_iter().flat_map(|(_, batch)| batch.keys).collect())
}

/// The batches that hold requests of a plan, and how far they are.
///
/// # Errors
/// The store cannot be read.
pub async fn open(
    plan: &Plan,
    work: &Work,
    connections: &Per<EndpointId, Option<Connection>>,
    context: &Context<'_>,
) -> Result<Vec<OpenBatch>, Error> {
    let batches = batches(plan, &*context.store)?;
    if batches.is_empty() {
        return Ok(Vec::new());
    }
    let slots: HashMap<RequestKey, &Slot> = work.slots.iter().map(|slot| (slot.key, slot)).collect();
    let mut open = Vec::new();
    for (id, batch) in batches {
        let own: Vec<&&Slot> = batch.keys.iter().filter_map(|key| slots.get(key)).collect();
        let Some(first) = own.first() else { continue };
        open.push(OpenBatch {
            endpoint: plan.endpoints[id].name.clone(),
            model: work.batch_of(first).model.name.clone(),
            requests: own.len(),
            submitted: batch.submitted,
            state: state(plan, &connections[id], (id, &batch)).await,
            id: batch.id,
        });
    }
    Ok(open)
}

/// How far a batch is, by its provider.
async fn state(
    plan: &Plan,
    connection: &Option<Connection>,
    (endpoint, batch): (EndpointId, &ProviderBatch),
) -> String {
    let api = plan.endpoints[endpoint].provider.batch_api();
    let (Some(connection), Some(api), Some(id)) = (connection, api, &batch.id) else {
        return "which may not have been submitted".to_owned();
    };
    match connection.client.look(api, id).await {
        Ok(state) => match state.phase {
            Phase::Open => format!("{} of {} done", state.done, state.requests.max(batch.keys.len())),
            Phase::Ended(_) => "ended".to_owned(),
            Phase::Failed(why) => format!("refused: {why}"),
        },
        Err(fault) => format!("not to be seen: {}", fault.line()),
    }
}
