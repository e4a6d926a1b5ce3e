//! What is missing: per cell, how many responses are kept, failed or missing, and why.

use std::collections::{BTreeMap, HashSet};

use super::budget;
use crate::error::Error;
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::store::{Missing, Store};
use crate::work::{Slot, Work};

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
}

/// Looks up every cell of the plan.
///
/// # Errors
/// The store cannot be read.
pub fn states(plan: &Plan, work: &Work, store: &dyn Store) -> Result<Vec<CellState>, Error> {
    let keys = work.keys();
    let held = store.holds(&keys)?;
    let current: HashSet<RequestKey> = keys.into_iter().collect();
    let mut cells: Vec<CellState> = Vec::with_capacity(plan.models.len() * work.datasets.len());
    for (slot, held) in work.slots.iter().zip(held) {
        if cells.last().is_none_or(|cell| !is_in(slot, cell)) {
            cells.push(CellState {
                model: slot.model,
                dataset: slot.dataset,
                level: slot.level,
                ..CellState::default()
            });
        }
        let Some(cell) = cells.last_mut() else { continue };
        cell.requests += 1;
        if held {
            cell.kept += 1;
            continue;
        }
        let prompt = &work.prompts[slot.dataset][slot.sample];
        cell.missing_bytes += prompt.text.len() + prompt.system.as_ref().map_or(0, |system| system.len());
        let request = work.request(slot);
        cell.most_cost += plan.models[slot.model].price.as_ref().map_or(0.0, |price| budget::at_most(&request, price));
        *cell.missing.entry(store.why_missing(&request, &current)?).or_default() += 1;
    }
    Ok(cells)
}

fn is_in(slot: &Slot, cell: &CellState) -> bool {
    (slot.model, slot.dataset, slot.level) == (cell.model, cell.dataset, cell.level)
}

impl CellState {
    /// How many requests would be sent.
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
