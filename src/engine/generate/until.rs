//! Sequential use: the answers of a batch are looked at while it is asked, in the order of the plan.
//!
//! A look is at all answers to the questions that come first in that order, whichever answer came first, and their numbers
//! are those of [`looks`]; so the same store stops at the same question however often it is read.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::DataFrame;

use crate::engine::judge::judged;
use crate::engine::opinions::Opinions;
use crate::engine::stored::responses::{Responses, TOGETHER};
use crate::error::Error;
use crate::format::counted;
use crate::gates::until::{end, expected_questions};
use crate::plan::{Plan, looks};
use crate::request::RequestKey;
use crate::store::Store;
use crate::tables::figures::Figures;
use crate::tables::words::Words;
use crate::work::batch::Batch;
use crate::work::{Slot, Work};

/// The answers of a batch as far as they were looked at.
pub(in crate::engine) struct Looks<'l> {
    plan: &'l Plan,
    work: &'l Work,
    store: &'l dyn Store,
    batch: &'l Batch,
    frame: DataFrame,
    words: Arc<Words>,
}

impl<'l> Looks<'l> {
    /// Nothing was looked at yet.
    pub(in crate::engine) fn new(
        (plan, work): (&'l Plan, &'l Work),
        store: &'l dyn Store,
        batch: &'l Batch,
    ) -> Result<Self, Error> {
        let words = Arc::default();
        Ok(Self { plan, work, store, batch, frame: Figures::frame_of(&[], &words)?, words })
    }

    /// The turns that lie between one look and the next.
    pub(super) fn blocks(&self) -> Vec<Range<usize>> {
        let (repeats, at_once) = (self.work.repeats(), self.batch.in_flight().unwrap_or(1));
        let ends = looks(self.work.questions(), at_once.div_ceil(repeats));
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(&ends).map(|(start, end)| start * repeats..end * repeats).collect()
    }

    /// Reads and judges what came of these turns, and says whether nothing more is needed.
    pub(in crate::engine) fn see(&mut self, turns: Range<usize>) -> Result<bool, Error> {
        let mut block = self.work.without_slots();
        block.extend(self.batch.id, turns);
        // What failed is asked again by the next run, and says nothing until then.
        let failed = HashSet::new();
        let responses = Responses { plan: self.plan, work: &block, store: self.store, failed: &failed };
        let places: Vec<usize> = (0..block.slots.len()).collect();
        for places in places.chunks(TOGETHER) {
            let found = responses.read(places)?;
            let rows = judged(&responses, &Opinions::default(), &found);
            self.frame.vstack_mut(&Figures::frame_of(&rows, &self.words)?)?;
        }
        Ok(end(self.plan, self.batch, &self.figures()?).is_some())
    }

    /// The number of questions at the first look after this number.
    fn look_after(&self, questions: usize) -> usize {
        let mut ends = self.blocks().into_iter().map(|turns| turns.end / self.work.repeats());
        ends.find(|end| *end >= questions).unwrap_or(questions)
    }

    /// The figures of what was looked at.
    pub(in crate::engine) fn figures(&self) -> Result<Figures, Error> {
        Ok(Figures::new(self.frame.clone(), Arc::clone(&self.words))?)
    }

    /// Reads answers as far as the store has all of them; the turn at which nothing more is needed, if it comes to that.
    pub(super) fn see_stored(&mut self) -> Result<Option<usize>, Error> {
        for turns in self.blocks() {
            let slots: Vec<Slot> = turns.clone().filter_map(|turn| self.work.slot(self.batch, turn)).collect();
            let keys: Vec<&RequestKey> = slots.iter().map(|slot| &slot.key).collect();
            if self.store.holds(&keys)?.contains(&false) {
                break;
            }
            let end = turns.end;
            if self.see(turns)? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }
}

/// How many questions each model is expected to need, as lines for people.
///
/// # Errors
/// The store cannot be read.
pub fn expectations(plan: &Plan, work: &Work, store: &dyn Store) -> Result<Vec<String>, Error> {
    let of = work.questions();
    let mut lines = Vec::new();
    for batch in work.batches.iter().filter(|_| plan.gating.until.is_some()) {
        let mut known = Looks::new((plan, work), store, batch)?;
        let ended = known.see_stored()?.map(|turn| turn / work.repeats());
        let figures = known.figures()?;
        let basis = match figures.is_empty() {
            true => "if half of the answers are right, which takes the most".to_owned(),
            false => format!("by the {} so far", counted(figures.len(), "answer")),
        };
        let most = u64::try_from(of).unwrap_or(u64::MAX);
        let expected = expected_questions(plan, batch, &figures, most).and_then(|needed| usize::try_from(needed).ok());
        let questions = counted(of, "question");
        let text = match (ended, expected) {
            (Some(asked), _) => format!("needs no more than the {asked} of {questions} that were asked"),
            (None, Some(needed)) => {
                let look = known.look_after(needed);
                format!("is expected to need about {look} of {questions}, {basis}")
            }
            (None, None) => format!("may need all {questions}, {basis}"),
        };
        lines.push(format!("`until`: {} {text}", batch.name()));
    }
    Ok(lines)
}

/// Leaves out what the answers in the store make unnecessary.
///
/// # Errors
/// The store cannot be read.
pub(in crate::engine) fn cut_known(plan: &Plan, work: &mut Work, store: &dyn Store) -> Result<(), Error> {
    if plan.gating.until.is_none() {
        return Ok(());
    }
    for batch in &*Arc::clone(&work.batches) {
        if let Some(end) = Looks::new((plan, work), store, batch)?.see_stored()? {
            work.cut(batch.id, end);
        }
    }
    Ok(())
}
