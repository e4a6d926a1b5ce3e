//! What is missing: per cell, how many responses are kept, failed or missing, and why.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::{budget, stretch};
use crate::error::Error;
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::store::{Missing, Store};
use crate::work::Work;

/// One cell of the plan and what the store holds of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CellState {
    /// Index of the model.
    pub model: usize,
    /// Index of the dataset.
    pub dataset: usize,
    /// Index of the level.
    pub level: usize,
    /// Requests of the cell.
    pub requests: usize,
    /// Those that the store holds.
    pub kept: usize,
    /// Those that it does not hold, by reason.
    pub missing: BTreeMap<Missing, usize>,
    /// Bytes of the missing prompts, for an estimate of their tokens.
    pub missing_bytes: usize,
    /// The most that the missing requests can cost, as the budget reckons it.
    pub most_cost: f64,
    /// For how long its level goes on besides, if only time ends it; the datasets of a level share that time.
    pub goes_on: Option<Duration>,
}

/// Looks up every cell of the plan.
///
/// # Errors
/// The store cannot be read.
pub fn states(plan: &Plan, work: &Work, store: &dyn Store) -> Result<Vec<CellState>, Error> {
    let keys = work.keys();
    let held = store.holds(&keys)?;
    let current: HashSet<RequestKey> = keys.into_iter().collect();
    let mut cells = cells(plan, work, store)?;
    for (slot, held) in work.slots.iter().zip(held) {
        let place = (slot.model * work.datasets.len() + slot.dataset) * plan.levels.len() + slot.level;
        let Some(cell) = cells.get_mut(place) else { continue };
        cell.requests += 1;
        if held {
            cell.kept += 1;
            continue;
        }
        let prompt = &work.prompts[slot.dataset][slot.sample];
        cell.missing_bytes += prompt.bytes();
        let request = work.request(slot);
        cell.most_cost += plan.models[slot.model].price.as_ref().map_or(0.0, |price| budget::at_most(&request, price));
        *cell.missing.entry(store.why_missing(&request, &current)?).or_default() += 1;
    }
    cells.retain(|cell| cell.requests > 0 || cell.goes_on.is_some());
    Ok(cells)
}

/// Every cell in the order of tables, still without its requests.
fn cells(plan: &Plan, work: &Work, store: &dyn Store) -> Result<Vec<CellState>, Error> {
    let mut cells = Vec::with_capacity(plan.models.len() * work.datasets.len() * plan.levels.len());
    for model in 0..plan.models.len() {
        let levels = 0..plan.levels.len();
        let left = levels.map(|level| Ok(stretch::remaining(work, store, model, level)?.map(|(_, time)| time)));
        let left = left.collect::<Result<Vec<Option<Duration>>, Error>>()?;
        for dataset in 0..work.datasets.len() {
            let of_level = |(level, goes_on): (usize, &Option<Duration>)| CellState {
                model,
                dataset,
                level,
                goes_on: *goes_on,
                ..CellState::default()
            };
            cells.extend(left.iter().enumerate().map(of_level));
        }
    }
    Ok(cells)
}

impl CellState {
    /// How many requests would be sent, besides those of a level that only time ends.
    pub fn to_send(&self) -> usize {
        self.requests - self.kept
    }

    /// Why requests are missing, in words.
    pub fn reasons(&self) -> String {
        let words = self.missing.iter().map(|(reason, count)| match reason {
            Missing::New => format!("{count} never asked"),
            Missing::Failed(status) => format!("{count} failed before ({status})"),
            Missing::Stale(parts) if parts.is_empty() => format!("{count} asked again"),
            Missing::Stale(parts) => format!("{count} changed: {}", parts.join(", ")),
        });
        words.collect::<Vec<_>>().join("; ")
    }
}
