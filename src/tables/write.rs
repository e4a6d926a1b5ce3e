//! Tables as files: CSV and Parquet. A file appears whole or not at all.

use std::io::{BufWriter, Write};
use std::path::Path;

use polars::prelude::{DataFrame, ParquetWriter};

use super::columns::{COLUMNS, spreadsheet_safe};
use super::row::Row;
use super::summary::{Grouping, Summary};
use crate::error::Error;
use crate::files::write_whole;

/// Writes `results.csv`.
///
/// # Errors
/// The file cannot be written.
pub fn results_csv(path: &Path, rows: &[Row<'_>]) -> Result<(), Error> {
    write_csv(path, |writer| {
        writer.write_record(COLUMNS.iter().map(|column| column.name))?;
        for row in rows {
            for column in COLUMNS {
                writer.write_field(&*(column.value)(row).field())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(())
    })
}

/// Writes `results.parquet`: the same rows, typed.
///
/// # Errors
/// The file cannot be written.
pub fn results_parquet(path: &Path, frame: &mut DataFrame) -> Result<(), Error> {
    write_whole(path, |file| ParquetWriter::new(file).finish(frame).map(|_| ()).map_err(std::io::Error::other))
}

/// Writes a summary. The first ten columns are those that the old scripts wrote.
///
/// # Errors
/// The file cannot be written.
pub fn summary_csv(path: &Path, summaries: &[Summary], grouping: Grouping) -> Result<(), Error> {
    write_csv(path, |writer| {
        let group: &[&str] = match grouping {
            Grouping::Model => &[],
            Grouping::Cell => &["dataset"],
            Grouping::Subject => &["subject"],
        };
        let (old, new) = SUMMARY_COLUMNS.split_at(10);
        let names = |columns: &[SummaryColumn]| columns.iter().map(|column| column.0).collect::<Vec<_>>();
        writer.write_record(names(old).into_iter().chain(group.iter().copied()).chain(names(new)))?;
        for summary in summaries {
            let group = summary.dataset.as_deref().or(summary.subject.as_deref()).unwrap_or_default();
            let group = [spreadsheet_safe(group).into_owned()];
            let group = group.into_iter().filter(|_| grouping != Grouping::Model);
            let values =
                |columns: &[SummaryColumn]| columns.iter().map(|column| (column.1)(summary)).collect::<Vec<_>>();
            writer.write_record(values(old).into_iter().chain(group).chain(values(new)))?;
        }
        Ok(())
    })
}

type SummaryColumn = (&'static str, fn(&Summary) -> String);

/// The columns of `model_summary.csv`.
const SUMMARY_COLUMNS: &[SummaryColumn] = &[
    ("model", |s| spreadsheet_safe(&s.model).into_owned()),
    ("avg_score", |s| number(s.score)),
    ("avg_latency_sec", |s| number(s.latency_mean)),
    ("total_duration_s", |s| number(s.total_duration)),
    ("load_duration_s", |s| number(s.load_duration)),
    ("prompt_eval_duration_s", |s| number(s.prompt_eval_duration)),
    ("prompt_eval_count", |s| number(s.prompt_tokens)),
    ("eval_count", |s| number(s.output_tokens)),
    ("eval_duration_s", |s| number(s.eval_duration)),
    ("samples", |s| s.samples.to_string()),
    ("level", |s| s.level.clone()),
    ("items", |s| s.items.to_string()),
    ("faults", |s| s.faults.to_string()),
    ("correct", |s| s.correct.to_string()),
    ("wrong", |s| s.wrong.to_string()),
    ("no_answer", |s| s.no_answer.to_string()),
    ("ambiguous", |s| s.ambiguous.to_string()),
    ("capped", |s| s.capped.to_string()),
    ("refused", |s| s.refused.to_string()),
    ("throttled", |s| s.throttled.to_string()),
    ("score_low", |s| number(s.score_interval.map(|interval| interval.0))),
    ("score_high", |s| number(s.score_interval.map(|interval| interval.1))),
    ("latency_median_s", |s| number(s.latency_median)),
    ("latency_p95_s", |s| number(s.latency_p95)),
    ("ttft_median_s", |s| number(s.ttft_median)),
    ("server_tokens_per_s", |s| number(s.server_tokens_per_s)),
    ("client_tokens_per_s", |s| number(s.client_tokens_per_s)),
    ("cost", |s| number(s.cost)),
    ("cost_per_correct", |s| number(s.cost_per_correct())),
];

fn number(value: Option<f64>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn write_csv(
    path: &Path,
    fill: impl FnOnce(&mut csv::Writer<&mut dyn Write>) -> Result<(), csv::Error>,
) -> Result<(), Error> {
    write_whole(path, |file| {
        let mut buffered = BufWriter::new(file);
        let mut writer = csv::Writer::from_writer(&mut buffered as &mut dyn Write);
        fill(&mut writer).map_err(std::io::Error::other)?;
        writer.flush()?;
        drop(writer);
        buffered.flush()
    })
}
