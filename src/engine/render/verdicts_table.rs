//! The tables of further judges and of models that judge: what each said, and a summary of it.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::results_table;
use crate::engine::judge::table_draft::in_memory;
use crate::engine::opinions::Opinions;
use crate::engine::stored::responses::{Responses, TOGETHER};
use crate::error::Error;
use crate::files::WholeFile;
use crate::id::{DatasetId, JudgeId, Per};
use crate::plan::JudgePlan;
use crate::tables::judges::{JudgeSummary, JudgeTally, judges_csv, verdict_header, verdict_line};
use crate::tables::summary::Grouping;
use crate::tables::write;

/// What every further judge said of every answer.
pub(super) const VERDICTS: &str = "verdicts.csv";
/// How every judge scores every model.
pub(super) const SUMMARY: &str = "judge_summary.csv";
/// What models that judge were asked and answered, in the columns of `results.csv`.
pub(super) const ASKED: &str = "judge_answers.csv";
/// A summary of that, in the columns of `model_summary.csv`.
pub(super) const ASKED_SUMMARY: &str = "judge_model_summary.csv";

/// Writes what the further judges of each dataset said, and how all of them score.
///
/// # Errors
/// The store cannot be read or a file cannot be written.
pub(super) fn write(responses: &Responses<'_>, opinions: &Opinions, folder: &Path) -> Result<(), Error> {
    let path = folder.join(VERDICTS);
    let file = WholeFile::create(&path)?;
    let mut csv = csv::Writer::from_writer(BufWriter::new(file.writer()?));
    csv.write_record(verdict_header()).map_err(in_memory)?;
    let mut summaries = Vec::new();
    for (dataset, judges) in responses.plan.judges.with_ids().filter(|(_, judges)| !judges.others.is_empty()) {
        for batch in responses.work.batches.iter() {
            let places = places_of(responses, dataset, responses.work.places_of(batch.id));
            let mut tallies: Tallies<'_> = judges.named().map(|(_, name, _)| (name, JudgeTally::default())).collect();
            for places in places.chunks(TOGETHER) {
                of_some(responses, opinions, places, &mut (&mut csv, &mut tallies))?;
            }
            let dataset = &responses.work.datasets[dataset].name;
            let answered = tallies.into_values().filter(|(_, tally)| tally.answers > 0);
            summaries.extend(answered.map(|(name, tally)| JudgeSummary::new(batch, dataset, name, &tally)));
        }
    }
    csv.into_inner().map_err(|error| Error::io(&path)(error.into_error()))?.flush().map_err(Error::io(&path))?;
    file.finish()?;
    Ok(judges_csv(&folder.join(SUMMARY), &summaries)?)
}

/// Each judge by its name, with what it has counted.
type Tallies<'j> = Per<JudgeId, (&'j str, JudgeTally)>;

/// Where the lines of verdicts go, and the counts of each judge.
type Sink<'s, 'j, W> = (&'s mut csv::Writer<W>, &'s mut Tallies<'j>);

/// What all judges say of some answers.
fn of_some<W: Write>(
    responses: &Responses<'_>,
    opinions: &Opinions,
    places: &[usize],
    (csv, tallies): &mut Sink<'_, '_, W>,
) -> Result<(), Error> {
    for (place, response) in responses.read(places)?.iter().filter(|(_, response)| !response.status.is_fault()) {
        let slot = &responses.work.slots[*place];
        let (judges, sample) = (&responses.plan.judges[slot.dataset], responses.work.sample(slot));
        let verdict_of = |id, plan: &JudgePlan| opinions.verdict(&plan.judge, (slot.dataset, id), sample, response);
        let mut all = judges.named();
        // Beside a judge of nothing there are no others.
        let score = all.next().and_then(|(id, _, plan)| Some((id, verdict_of(id, plan)?)));
        let Some((id, score)) = score else { continue };
        tallies[id].1.add(sample.index, &score, &score);
        for (id, name, plan) in all {
            let Some(verdict) = verdict_of(id, plan) else { continue };
            tallies[id].1.add(sample.index, &verdict, &score);
            let row = responses.row(*place, response, Some(verdict));
            csv.write_record(verdict_line(name, &row)).map_err(in_memory)?;
        }
    }
    Ok(())
}

/// The places of a dataset's requests among some.
fn places_of(responses: &Responses<'_>, dataset: DatasetId, places: std::ops::Range<usize>) -> Vec<usize> {
    places.filter(|place| responses.work.slots[*place].dataset == dataset).collect()
}

/// Writes what models that judge were asked, and a summary of it.
///
/// # Errors
/// The store cannot be read or a file cannot be written.
pub(super) fn write_asked(opinions: &Opinions, responses: &Responses<'_>, folder: &Path) -> Result<(), Error> {
    let parts = opinions.asked.iter().map(|asked| (asked.responses(responses.store), &asked.results));
    let parts: Vec<_> = parts.collect();
    results_table::write_csv(&parts, &folder.join(ASKED))?;
    let summaries = opinions.asked.iter().flat_map(|asked| asked.results.summaries());
    Ok(write::summary_csv(&folder.join(ASKED_SUMMARY), summaries, Grouping::Model)?)
}
