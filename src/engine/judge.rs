//! The stage judge: responses become verdicts, and with them the columns that figures are made of.

use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult};
use rayon::prelude::*;

use super::Context;
use super::consult::{Opinions, output};
use super::responses::{Responses, TOGETHER};
use crate::error::Error;
use crate::event::Stage;
use crate::judge::{CLASSES, Class, Judge, Prepared};
use crate::response::Response;
use crate::sample::Sample;
use crate::tables::figures::Figures;
use crate::tables::group::Results;
use crate::tables::words::Words;
use crate::work::batch::Batch;

/// Reads and judges every response; gives the figures of each batch, in the order of the batches.
///
/// # Errors
/// The store cannot be read.
pub(super) fn judge(
    responses: &Responses<'_>,
    opinions: &Opinions,
    words: &Arc<Words>,
    context: &Context<'_>,
) -> Result<Vec<Figures>, Error> {
    let judged = |found: &[Found]| judged(responses, opinions, found, words);
    let batches = responses.work.batches.iter();
    let figures: Vec<Figures> =
        batches.map(|batch| of_batch(responses, batch, words, judged)).collect::<Result<_, _>>()?;
    let counts = CLASSES.iter().filter_map(|class| {
        let count: u64 = figures.iter().map(|figures| figures.equal(&figures.verdict, class.word())).sum();
        let is_told = count > 0 || matches!(class, Class::Correct | Class::Wrong);
        is_told.then(|| format!("{count} {}", class.word().replace('_', " ")))
    });
    let counts: Vec<String> = counts.collect();
    let is_judged = responses.plan.is_judged();
    context.finished(Stage::Judge, if is_judged { counts.join(", ") } else { "no judge, so no score".to_owned() });
    Ok(figures)
}

/// The figures of responses that nobody judges, summed up.
///
/// # Errors
/// The store cannot be read.
pub(super) fn without_verdicts(responses: &Responses<'_>) -> Result<Results, Error> {
    let words = Arc::default();
    let unjudged = |found: &[Found]| {
        let rows: Vec<_> = found.iter().map(|(place, response)| responses.row(*place, response, None)).collect();
        Figures::frame_of(&rows, &words)
    };
    let mut measured = Vec::new();
    for batch in responses.work.batches.iter() {
        let none = Figures::new(Figures::frame_of(&[], &words)?, Arc::clone(&words))?;
        measured.push((batch.clone(), of_batch(responses, batch, &words, unjudged)?, none));
    }
    Ok(Results::new(responses.plan, measured)?)
}

/// A response, and where its request stands.
type Found = (usize, Response);

/// The figures of a batch: a frame of a few responses at a time, on all cores.
fn of_batch(
    responses: &Responses<'_>,
    batch: &Batch,
    words: &Arc<Words>,
    frame_of: impl Fn(&[Found]) -> PolarsResult<DataFrame> + Sync,
) -> Result<Figures, Error> {
    let places: Vec<usize> = responses.work.places_of(batch.id).collect();
    let frames = places.par_chunks(TOGETHER).map(|places| Ok(frame_of(&responses.read(places)?)?));
    let mut whole = Figures::frame_of(&[], words)?;
    for frame in frames.collect::<Result<Vec<DataFrame>, Error>>()? {
        whole.vstack_mut(&frame)?;
    }
    Ok(Figures::new(whole, Arc::clone(words))?)
}

/// The figures of some responses with their verdicts.
pub(super) fn judged(
    responses: &Responses<'_>,
    opinions: &Opinions,
    found: &[Found],
    words: &Words,
) -> PolarsResult<DataFrame> {
    // Repeats of a sample stand side by side, so that it is prepared once for all of them.
    let mut last: Option<(&Sample, Prepared<'_>)> = None;
    let rows = found.iter().map(|(place, response)| {
        let slot = &responses.work.slots[*place];
        let (sample, judge) = (responses.work.sample(slot), &*responses.plan.judges[slot.dataset].score.judge);
        let answered = Some(judge).filter(|judge| !response.status.is_fault() && !judge.leaves_out(sample));
        let verdict = answered.and_then(|judge| match judge {
            Judge::Reader(reader) => {
                let known = last.take().filter(|(known, _)| std::ptr::eq(*known, sample));
                let (_, prepared) = last.insert(known.unwrap_or_else(|| (sample, reader.prepare(sample))));
                Some(prepared.read(&output(response)))
            }
            _ => opinions.verdict(judge, (slot.dataset, 0), sample, response),
        });
        responses.row(*place, response, verdict)
    });
    Figures::frame_of(&rows.collect::<Vec<_>>(), words)
}
