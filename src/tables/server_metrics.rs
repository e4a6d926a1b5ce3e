//! `server_metrics.parquet`: what servers and machines said along each batch, reading by reading.

use std::path::Path;

use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, PolarsResult, Series};

use super::group::Group;
use crate::files::{FileError, write_whole};
use crate::plan::Plan;
use crate::telemetry::{Stretch, WORDS};

/// Name of the file.
pub const FILE: &str = "server_metrics.parquet";

/// A column that is no word of servers: its name, unit and meaning.
pub type MetricColumn = (&'static str, &'static str, &'static str);

/// The columns before the words.
pub const PLACE_COLUMNS: [MetricColumn; 6] = [
    ("model", "", "Name of the model."),
    ("level", "", "The load level."),
    ("endpoint", "", "Name of the endpoint in the spec."),
    ("site", "", "Name of the machine that was measured; empty for an experiment without `sites`."),
    (
        "stretch",
        "",
        "Number of the uninterrupted measurement of the batch, from 1: a level that several runs measured has several.",
    ),
    ("elapsed_s", "s", "Time since the first reading of the stretch, which is made just before the first request."),
];

/// The column after them.
pub const ENERGY_COLUMN: MetricColumn =
    ("energy_j", "J", "Energy of the machine since the first reading of the stretch; idle power is in it.");

/// True if there is anything to write.
pub fn has_readings(groups: &[Group]) -> bool {
    let mut readings = groups.iter().flat_map(|group| &group.observed.stretches).flat_map(|stretch| &stretch.readings);
    readings.any(|reading| !reading.words.is_empty() || reading.energy_j.is_some())
}

/// Writes the file.
///
/// # Errors
/// polars refuses the columns, or the file cannot be written.
pub fn write(path: &Path, plan: &Plan, groups: &[Group]) -> Result<(), FileError> {
    let mut frame = frame(plan, groups).map_err(std::io::Error::other);
    write_whole(path, |file| {
        let frame = frame.as_mut().map_err(|error| std::io::Error::other(error.to_string()))?;
        ParquetWriter::new(file).finish(frame).map_err(std::io::Error::other).map(|_| ())
    })
}

/// A stretch with its group and number.
type Numbered<'g> = (&'g Group, i64, &'g Stretch);

fn frame(plan: &Plan, groups: &[Group]) -> PolarsResult<DataFrame> {
    let stretches: Vec<Numbered<'_>> = groups
        .iter()
        .flat_map(|group| (1..).zip(&group.observed.stretches).map(move |(number, stretch)| (group, number, stretch)))
        .collect();
    let height = stretches.iter().map(|(_, _, stretch)| stretch.readings.len()).sum();
    let [model, level, endpoint, site, stretch, elapsed] = PLACE_COLUMNS.map(|(name, ..)| name);
    let text = |name: &str, value: &dyn Fn(&Group) -> Option<String>| {
        let of = |(group, _, stretch): &Numbered<'_>| vec![value(group); stretch.readings.len()];
        Series::new(name.into(), stretches.iter().flat_map(of).collect::<Vec<_>>())
    };
    let numbers = |name: &str, values: &dyn Fn(&Stretch) -> Vec<Option<f64>>| {
        Series::new(name.into(), stretches.iter().flat_map(|(_, _, stretch)| values(stretch)).collect::<Vec<_>>())
    };
    let count = |(_, number, stretch): &Numbered<'_>| vec![*number; stretch.readings.len()];
    let since = |stretch: &Stretch| {
        let begun = stretch.readings.first().map_or(0.0, |first| first.at_s);
        // To the microsecond, as the readings are.
        stretch.readings.iter().map(|reading| Some(((reading.at_s - begun) * 1e6).round() / 1e6)).collect()
    };
    let energy = |stretch: &Stretch| stretch.readings.iter().map(|reading| reading.energy_j).collect();
    let mut columns = vec![
        text(model, &|group| Some(group.batch.model.name.clone())),
        text(level, &|group| Some(group.batch.level.to_string())),
        text(endpoint, &|group| Some(plan.endpoint_of(&group.batch.model).name.clone())),
        text(site, &|group| group.batch.model.site.as_ref().map(ToString::to_string)),
        Series::new(stretch.into(), stretches.iter().flat_map(count).collect::<Vec<_>>()),
        numbers(elapsed, &since),
    ];
    columns.extend(WORDS.map(|word| numbers(word.name(), &|stretch| stretch.values(word))));
    columns.push(numbers(ENERGY_COLUMN.0, &energy));
    DataFrame::new(height, columns.into_iter().map(Column::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;
    use crate::telemetry::{Observed, Reading, Word};

    #[test]
    fn a_row_is_a_reading() {
        let fixture = Fixture::new(2);
        let reading = |at_s: f64, tokens: f64| Reading {
            at_s,
            words: [(Word::OutputTokens, tokens), (Word::Running, 1.0)].into(),
            energy_j: None,
        };
        let stretch = |first: f64| Stretch {
            run: "run-1".into(),
            readings: vec![reading(first, 100.0), reading(first + 1.1, 107.0)],
            ..Stretch::default()
        };
        let mut results = fixture.results();
        let observed = Observed::new(true, false, vec![stretch(3.0), stretch(9.0)]);
        results.observe(|_| Ok::<_, ()>(observed.clone())).unwrap();
        let frame = frame(&fixture.plan, &results.groups).unwrap();
        assert_eq!((frame.height(), frame.width()), (4, PLACE_COLUMNS.len() + WORDS.len() + 1));
        let numbers = |name: &str| frame.column(name).unwrap().f64().unwrap().to_vec();
        assert_eq!(numbers("elapsed_s"), [Some(0.0), Some(1.1), Some(0.0), Some(1.1)]);
        assert_eq!(numbers("output_tokens"), [Some(0.0), Some(7.0), Some(0.0), Some(7.0)]);
        assert_eq!(numbers("waiting"), [None; 4]);
        assert_eq!(frame.column("stretch").unwrap().i64().unwrap().to_vec(), [1, 1, 2, 2].map(Some));
        assert!(has_readings(&results.groups) && !has_readings(&fixture.groups()));
    }
}
