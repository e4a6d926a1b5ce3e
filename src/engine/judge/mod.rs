//! The stage judge: responses become verdicts, and with them the columns that figures are made of.

pub mod table_draft;

use std::ops::Range;
use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult};

use table_draft::{Lines, TableDraft};

use crate::engine::Context;
use crate::engine::opinions::{Opinions, output};
use crate::engine::stored::in_turn::in_turn;
use crate::engine::stored::responses::{Responses, pieces_of};
use crate::error::Error;
use crate::event::Stage;
use crate::id::{BatchId, Id, JudgeId, Per};
use crate::judge::{CLASSES, Class, Judge, PreparedReader};
use crate::plan::Plan;
use crate::response::Response;
use crate::sample::Sample;
use crate::tables::figures::Figures;
use crate::tables::gathered::Gathered;
use crate::tables::group::{MeasuredBatch, Results};
use crate::tables::row::Row;
use crate::tables::words::Words;

/// The columns of each batch, and the table of results that was drafted while the texts of its rows were at hand.
pub(super) struct Judged {
    pub(super) figures: Per<BatchId, Figures>,
    /// The words that stand in columns as numbers.
    pub(super) words: Arc<Words>,
    pub(super) table: Option<TableDraft>,
}

/// Reads and judges every response.
///
/// # Errors
/// The store cannot be read, or the system gives no thread for a table.
pub(super) fn judge(responses: &Responses<'_>, opinions: &Opinions, context: &Context<'_>) -> Result<Judged, Error> {
    let words = Arc::default();
    let mut table = table_draft(responses.plan)?;
    let mut gathered: Per<BatchId, Gathered> =
        responses.work.batches.ids().map(|_| Gathered::new(&words)).collect::<PolarsResult<_>>()?;
    let with_table = table.is_some();
    let read = |(batch, places): &(BatchId, Range<usize>)| -> Result<_, Error> {
        let found = responses.read(&places.clone().collect::<Vec<_>>())?;
        let rows = judged(responses, opinions, &found);
        let figures = Figures::new(Figures::frame_of(&rows, &words)?, Arc::clone(&words))?;
        let lines = with_table.then(|| Lines::of(&rows, &figures)).transpose()?;
        Ok((*batch, figures, lines))
    };
    let add = |(batch, figures, lines): (BatchId, Figures, Option<Lines>)| -> Result<(), Error> {
        gathered[batch].add(figures.frame())?;
        if let Some((table, lines)) = table.as_mut().zip(lines) {
            table.add(lines);
        }
        Ok(())
    };
    in_turn(&responses.in_order(), read, add)?;
    let figures = gathered.into_values().map(Gathered::figures).collect::<PolarsResult<Per<BatchId, Figures>>>()?;
    context.finished(Stage::Judge, told(responses, &figures));
    Ok(Judged { figures, words, table })
}

/// The table of results, if its rows are known when they are judged: what a machine costs that is paid by the hour is
/// shared among all answers.
fn table_draft(plan: &Plan) -> Result<Option<TableDraft>, Error> {
    let is_known = plan.models.iter().all(|model| model.machine_per_hour.is_none());
    is_known.then(|| TableDraft::begin(&plan.output.folder)).transpose()
}

/// How many answers are of each class.
fn told(responses: &Responses<'_>, figures: &[Figures]) -> String {
    if !responses.plan.is_judged() {
        return "no judge, so no score".to_owned();
    }
    let counts = CLASSES.iter().filter_map(|class| {
        let count: u64 = figures.iter().map(|figures| figures.equal(&figures.verdict, class.word())).sum();
        let is_told = count > 0 || matches!(class, Class::Correct | Class::Wrong);
        is_told.then(|| format!("{count} {}", class.word().replace('_', " ")))
    });
    counts.collect::<Vec<String>>().join(", ")
}

/// The figures of responses that nobody judges, summed up.
///
/// # Errors
/// The store cannot be read.
pub(super) fn without_verdicts(responses: &Responses<'_>) -> Result<Results, Error> {
    let words = Arc::default();
    let unjudged = |places: &Range<usize>| -> Result<DataFrame, Error> {
        let found = responses.read(&places.clone().collect::<Vec<_>>())?;
        let rows: Vec<_> = found.iter().map(|(place, response)| responses.row(*place, response, None)).collect();
        Ok(Figures::frame_of(&rows, &words)?)
    };
    let mut measured = Vec::new();
    for batch in responses.work.batches.iter() {
        let mut gathered = Gathered::new(&words)?;
        let pieces: Vec<Range<usize>> = pieces_of(responses.work.places_of(batch.id)).collect();
        in_turn(&pieces, unjudged, |frame| Ok(gathered.add(&frame)?))?;
        let none = Figures::new(Figures::frame_of(&[], &words)?, Arc::clone(&words))?;
        measured.push(MeasuredBatch { batch: batch.clone(), figures: gathered.figures()?, warmups: none });
    }
    Ok(Results::new(responses.plan, measured)?)
}

/// Some responses with their verdicts.
pub(super) fn judged<'r>(
    responses: &'r Responses<'_>,
    opinions: &Opinions,
    found: &'r [(usize, Response)],
) -> Vec<Row<'r>> {
    // Repeats of a sample stand side by side, so that it is prepared once for all of them.
    let mut last: Option<(&Sample, PreparedReader<'_>)> = None;
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
            _ => opinions.verdict(judge, (slot.dataset, JudgeId::at(0)), sample, response),
        });
        responses.row(*place, response, verdict)
    });
    rows.collect()
}
