//! Missing requests: per cell, the numbers of kept, failed and missing responses, with reasons.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::batch_api::at_providers;
use crate::engine::budget;
use crate::engine::stored::timed_level;
use crate::error::Error;
use crate::id::Id;
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::store::{Missing, Store};
use crate::work::Work;
use crate::work::batch::Batch;

/// One cell of the plan and its state in the store.
#[derive(Debug, Clone)]
pub struct CellState {
    /// Its model and level.
    pub batch: Batch,
    /// Name of its dataset.
    pub dataset: String,
    /// Requests of the cell.
    pub requests: usize,
    /// Those in the store.
    pub kept: usize,
    /// Those that wait in batches at a provider, and are paid for.
    pub at_provider: usize,
    /// Those not in the store, by reason.
    pub missing: BTreeMap<Missing, usize>,
    /// Bytes of the missing prompts, for an estimate of their tokens.
    pub missing_bytes: usize,
    /// Maximum cost of the missing requests, as the budget reserves it.
    pub most_cost: f64,
    /// Remaining time of its level, if it is timed; shared by the datasets of the level.
    pub continues: Option<Duration>,
}

/// Looks up every cell of the plan.
///
/// # Errors
/// The store cannot be read.
pub fn states(plan: &Plan, work: &Work, store: &dyn Store) -> Result<Vec<CellState>, Error> {
    let keys: Vec<&RequestKey> = work.keys().collect();
    let held = store.holds(&keys)?;
    let waiting = at_providers(plan, store)?;
    // Only what is missing is compared with them.
    let current: HashSet<RequestKey> =
        if held.contains(&false) { keys.into_iter().copied().collect() } else { HashSet::new() };
    let mut cells = cells(work, store)?;
    for (slot, held) in work.slots.iter().zip(held) {
        let Some(cell) = cells.get_mut(slot.batch.place() * work.datasets.len() + slot.dataset.place()) else {
            continue;
        };
        cell.requests += 1;
        if held {
            cell.kept += 1;
            continue;
        }
        if waiting.contains(&slot.key) {
            cell.at_provider += 1;
            continue;
        }
        let prompt = work.rendered(slot);
        cell.missing_bytes += prompt.bytes();
        let (request, _) = work.request_now(slot, store)?;
        cell.most_cost += cell.batch.model.price_to_ask().map_or(0.0, |price| budget::at_most(&request, price));
        *cell.missing.entry(store.why_missing(&request, &current)?).or_default() += 1;
    }
    let place = |name: &str| work.datasets.iter().position(|dataset| dataset.name == name);
    cells.sort_by_key(|cell| (cell.batch.model_id, place(&cell.dataset), cell.batch.level_id));
    cells.retain(|cell| cell.requests > 0 || cell.continues.is_some());
    Ok(cells)
}

/// Every cell by batch and dataset, still without its requests.
fn cells(work: &Work, store: &dyn Store) -> Result<Vec<CellState>, Error> {
    let mut cells = Vec::with_capacity(work.batches.len() * work.datasets.len());
    for batch in work.batches.iter() {
        let continues = timed_level::remaining(work, store, batch)?.map(|(_, time)| time);
        cells.extend(work.datasets.iter().map(|dataset| CellState {
            batch: batch.clone(),
            dataset: dataset.name.clone(),
            requests: 0,
            kept: 0,
            at_provider: 0,
            missing: BTreeMap::new(),
            missing_bytes: 0,
            most_cost: 0.0,
            continues,
        }));
    }
    Ok(cells)
}

impl CellState {
    /// Number of requests to send, without those of a timed level.
    pub fn to_send(&self) -> usize {
        self.requests - self.kept - self.at_provider
    }

    /// The reasons for missing requests, as text.
    pub fn reasons(&self) -> String {
        let words = self.missing.iter().map(|(reason, count)| match reason {
            Missing::New => format!("{count} new"),
            Missing::Failed(status) => format!("{count} failed before ({status})"),
            Missing::Stale(parts) if parts.is_empty() => format!("{count} repeated"),
            Missing::Stale(parts) => format!("{count} changed: {}", parts.join(", ")),
        });
        let waiting = (self.at_provider > 0).then(|| format!("{} at the provider", self.at_provider));
        waiting.into_iter().chain(words).collect::<Vec<_>>().join("; ")
    }
}
