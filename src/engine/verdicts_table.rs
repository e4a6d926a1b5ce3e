//! The tables of further judges and of models that judge: what each said, and a summary of it.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::consult::{Opinions, names};
use super::responses::{Responses, TOGETHER};
use super::results_table;
use super::table_draft::in_memory;
use crate::error::Error;
use crate::files::WholeFile;
use crate::id::DatasetId;
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
        let names: Vec<&str> = names(judges).collect();
        for batch in responses.work.batches.iter() {
            let places = places_of(responses, dataset, responses.work.places_of(batch.id));
            let mut tallies = vec![JudgeTally::default(); names.len()];
            for places in places.chunks(TOGETHER) {
                of_some(responses, opinions, places, &mut (&mut csv, &mut tallies))?;
            }
            let dataset = &responses.work.datasets[dataset].name;
            let summary = |(name, tally): (&&str, &JudgeTally)| JudgeSummary::new(batch, dataset, name, tally);
            summaries.extend(names.iter().zip(&tallies).filter(|(_, tally)| tally.answers > 0).map(summary));
        }
    }
    csv.into_inner().map_err(|error| Error::io(&path)(error.into_error()))?.flush().map_err(Error::io(&path))?;
    file.finish()?;
    Ok(judges_csv(&folder.join(SUMMARY), &summaries)?)
}

/// Where the lines of verdicts go, and the counts of each judge.
type Sink<'s, W> = (&'s mut csv::Writer<W>, &'s mut Vec<JudgeTally>);

/// What all judges say of some answers.
fn of_some<W: Write>(
    responses: &Responses<'_>,
    opinions: &Opinions,
    places: &[usize],
    (csv, tallies): &mut Sink<'_, W>,
) -> Result<(), Error> {
    for (place, response) in responses.read(places)?.iter().filter(|(_, response)| !response.status.is_fault()) {
        let slot = &responses.work.slots[*place];
        let (judges, sample) = (&responses.plan.judges[slot.dataset], responses.work.sample(slot));
        let verdict_of = |judge, number| opinions.verdict(judge, (slot.dataset, number), sample, response);
        // Beside a judge of nothing there are no others.
        let Some(first) = verdict_of(&judges.score.judge, 0) else { continue };
        tallies[0].add(sample.index, &first, &first);
        for (number, (name, plan)) in (1..).zip(&judges.others) {
            let Some(verdict) = verdict_of(&plan.judge, number) else { continue };
            tallies[number].add(sample.index, &verdict, &first);
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
