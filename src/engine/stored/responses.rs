//! Responses as they come out of the store: a few at a time and on all cores, so that their texts are never all in memory.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use crate::engine::Context;
use crate::error::Error;
use crate::id::{BatchId, Id};
use crate::judge::Verdict;
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::response::Response;
use crate::store::Store;
use crate::tables::question_digest::question_digest;
use crate::tables::row::{Row, SequentialTurn};
use crate::work::{Slot, Work};

/// Responses that are read at once, with all their texts.
pub(in crate::engine) const TOGETHER: usize = 256;

/// Places, [`TOGETHER`] at a time.
pub(in crate::engine) fn pieces_of(places: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = places.end;
    places.step_by(TOGETHER).map(move |start| start..end.min(start + TOGETHER))
}

/// What there is to read, and what of it counts.
pub(in crate::engine) struct Responses<'r> {
    pub(in crate::engine) plan: &'r Plan,
    pub(in crate::engine) work: &'r Work,
    pub(in crate::engine) store: &'r dyn Store,
    /// Requests that failed in this run. A fault of an earlier one is no result of this.
    pub(in crate::engine) failed: &'r HashSet<RequestKey>,
}

impl Responses<'_> {
    /// The responses to the requests in these places, each with its place. A request without one is left out.
    pub(in crate::engine) fn read(&self, places: &[usize]) -> Result<Vec<(usize, Response)>, Error> {
        let keys: Vec<&RequestKey> = places.iter().map(|place| &self.work.slots[*place].key).collect();
        let found = self.store.read(&keys)?;
        let counts = |response: &Response| !response.status.is_fault() || self.failed.contains(&response.key);
        let placed = places.iter().zip(found).filter_map(|(place, response)| Some((*place, response.filter(counts)?)));
        Ok(placed.collect())
    }

    /// The places of all requests with their batch, [`TOGETHER`] at a time, in the order of the results table: by model,
    /// dataset, level, sample and repeat.
    pub(in crate::engine) fn in_order(&self) -> Vec<(BatchId, Range<usize>)> {
        let slots = &self.work.slots;
        let cells = slots.chunk_by(|left, right| (left.batch, left.dataset) == (right.batch, right.dataset));
        let mut start = 0;
        let mut cells: Vec<(&Slot, Range<usize>)> = cells
            .map(|cell| {
                start += cell.len();
                (&cell[0], start - cell.len()..start)
            })
            .collect();
        cells.sort_by_key(|(slot, _)| {
            let batch = self.work.batch_of(slot);
            (batch.model_id, slot.dataset, batch.level_id)
        });
        let pieces = |(slot, places): (&Slot, Range<usize>)| {
            let batch = slot.batch;
            pieces_of(places).map(move |places| (batch, places))
        };
        cells.into_iter().flat_map(pieces).collect()
    }

    /// A response and all that belongs to it.
    pub(in crate::engine) fn row<'a>(
        &'a self,
        place: usize,
        response: &'a Response,
        verdict: Option<Verdict>,
    ) -> Row<'a> {
        let slot = &self.work.slots[place];
        let (batch, sample) = (self.work.batch_of(slot), self.work.sample(slot));
        // A plan that asks models for verdicts has no judges of its own.
        let judges = self.plan.judges.get(slot.dataset.place());
        Row {
            place,
            model: &batch.model,
            dataset: &self.work.datasets[slot.dataset].name,
            sample,
            question: question_digest(sample),
            prompt: self.work.rendered(slot),
            level: batch.level,
            repeat: slot.repeat,
            answer_form: batch.model.asking.get(slot.dataset.place()).and_then(|asking| asking.answer_form.as_ref()),
            turn: self.plan.gating.until.map(|until| SequentialTurn { number: slot.turn, aim: until.aim() }),
            recital: judges.map(|_| self.work.recital(slot.dataset)),
            response,
            verdict,
            slo: self.plan.slo,
            is_cache_busted: self.plan.load.cache_bust,
            is_compared: judges.is_some_and(|judges| judges.score.judge.needs_expected_answer()),
        }
    }
}

/// Reads every answer that the store holds, so that one that is damaged is known before others are paid for. Each is
/// shown to `see`, on all cores.
pub(in crate::engine) fn verify(
    work: &Work,
    held: &[bool],
    context: &Context<'_>,
    see: impl Fn(&Slot, &Response) + Sync,
) -> Result<(), Error> {
    let held: Vec<&Slot> = work.slots.iter().zip(held).filter(|(_, held)| **held).map(|(slot, _)| slot).collect();
    held.par_chunks(TOGETHER).try_for_each(|slots| {
        let keys: Vec<&RequestKey> = slots.iter().map(|slot| &slot.key).collect();
        let found = context.store.read(&keys)?;
        slots.iter().zip(&found).for_each(|(slot, found)| found.iter().for_each(|response| see(slot, response)));
        Ok(())
    })
}
