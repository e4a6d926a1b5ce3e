//! The page of all columns, made of their declarations.

use std::fmt::Write;

use super::elsewhere::ELSEWHERE;
use super::markdown::Table;
use crate::tables::columns::{COLUMNS, Column};
use crate::tables::pairs::{PAIR_COLUMNS, PairColumn};
use crate::tables::server_metrics::{ENERGY_COLUMN, MetricColumn, PLACE_COLUMNS};
use crate::tables::summary::Grouping;
use crate::tables::summary_columns::summary_columns;
use crate::telemetry::WORDS;

/// A column as the page shows it.
struct Entry {
    name: String,
    unit: &'static str,
    meaning: String,
}

/// The page, of all columns whose name contains `part`; `None` if there is no such column.
pub fn page(part: &str) -> Option<String> {
    let chosen =
        |entries: Vec<Entry>| -> Vec<Entry> { entries.into_iter().filter(|entry| entry.name.contains(part)).collect() };
    let (results, summaries, pairs) = (chosen(results()), chosen(summaries()), chosen(pairs()));
    let metrics = chosen(metrics());
    if results.is_empty() && summaries.is_empty() && pairs.is_empty() && metrics.is_empty() {
        return None;
    }
    let mut page = String::from("# Columns\n");
    if part.is_empty() {
        let _ = write!(page, "\n{READING}\n");
    }
    section(&mut page, "Responses: results.csv, results.parquet and warmups.csv", &results);
    section(&mut page, "Summaries: model_summary.csv, cell_summary.csv and subject_summary.csv", &summaries);
    section(&mut page, "Pairs of models: pairs.csv", &pairs);
    section(&mut page, "Readings of servers: server_metrics.parquet", &metrics);
    elsewhere(&mut page, part);
    Some(page)
}

/// What holds of every column.
const READING: &str = "\
A value that is unknown or not defined is empty, never zero; so is a difference that comes out below zero because two
clocks disagree. A fault has no metrics. Times are seconds on one monotonic clock, taken when bytes leave the socket.
*Warm* answers are those that are no faults and for which the server did not have to load the model. Where the server
counts no output tokens, the pieces of the stream stand in for them; costs and `server_tokens_per_s` never use such a
count. Texts in CSV files are safe for spreadsheets (a text that starts like a formula gets an apostrophe in front);
the Parquet file holds them as they were.

`results.*` has one row per response, `warmups.csv` the same columns for warm-up requests. `model_summary.csv` has one
row per model and load level, `cell_summary.csv` one per model, dataset and level, `subject_summary.csv` one per model,
dataset, subject and level. The event `finished` of `apply --json` holds the columns of `model_summary.csv` for each model and
level.";

fn results() -> Vec<Entry> {
    let entry = |column: &Column| Entry {
        name: column.name.to_owned(),
        unit: column.unit,
        meaning: column.meaning.trim().to_owned(),
    };
    COLUMNS.iter().map(entry).collect()
}

fn pairs() -> Vec<Entry> {
    let entry = |column: &PairColumn| Entry {
        name: column.name.to_owned(),
        unit: column.unit,
        meaning: column.meaning.to_owned(),
    };
    PAIR_COLUMNS.iter().map(entry).collect()
}

fn metrics() -> Vec<Entry> {
    let entry =
        |(name, unit, meaning): MetricColumn| Entry { name: name.to_owned(), unit, meaning: meaning.to_owned() };
    let words = WORDS.map(|word| (word.name(), "", word.meaning()));
    PLACE_COLUMNS.into_iter().chain(words).chain([ENERGY_COLUMN]).map(entry).collect()
}

/// The columns of all summaries, each once, in the order of the files.
fn summaries() -> Vec<Entry> {
    let of = |grouping| summary_columns(grouping).into_iter().map(move |column| (grouping, column));
    let all = of(Grouping::Model).chain(of(Grouping::Cell)).chain(of(Grouping::Subject));
    let shown = all.filter(|(grouping, column)| match column.name.as_str() {
        "dataset" => *grouping == Grouping::Cell,
        "subject" => *grouping == Grouping::Subject,
        _ => *grouping == Grouping::Model,
    });
    shown.map(|(_, column)| Entry { name: column.name, unit: column.unit, meaning: column.meaning }).collect()
}

/// The names that other tools have for columns whose name contains `part`.
fn elsewhere(page: &mut String, part: &str) {
    let mut table = Table::new(&["column", "elsewhere"]);
    let chosen: Vec<_> = ELSEWHERE.iter().filter(|(name, _)| name.contains(part)).collect();
    chosen.iter().for_each(|(name, names)| table.row([format!("`{name}`").as_str(), names]));
    if !chosen.is_empty() {
        let _ = write!(page, "\n## Names in other tools\n\n{}", table.text());
    }
}

fn section(page: &mut String, title: &str, entries: &[Entry]) {
    if entries.is_empty() {
        return;
    }
    let mut table = Table::new(&["column", "unit", "meaning"]);
    for Entry { name, unit, meaning } in entries {
        table.row([format!("`{name}`").as_str(), unit, meaning]);
    }
    let _ = write!(page, "\n## {title}\n\n{}", table.text());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_is_one_sentence_that_a_table_can_hold() {
        for Entry { name, meaning, .. } in results().into_iter().chain(summaries()).chain(metrics()) {
            assert!(meaning.ends_with('.') && !meaning.contains(['|', '\n']), "{name}: {meaning}");
        }
    }

    #[test]
    fn names_elsewhere_are_those_of_columns() {
        let columns: Vec<String> = results().into_iter().chain(summaries()).map(|entry| entry.name).collect();
        for (name, names) in ELSEWHERE {
            assert!(columns.iter().any(|column| column == name), "{name} is no column");
            assert!(!names.contains(['|', '\n']), "{names}");
        }
    }

    #[test]
    fn a_part_of_a_name_chooses_columns() {
        let page = page("ttft").unwrap();
        assert!(page.contains("| `ttft_s` | s |") && page.contains("| `ttft_p99_s_high` | s |"));
        assert!(!page.contains("latency_sec"));
        assert_eq!(super::page("no_such_column"), None);
    }
}
