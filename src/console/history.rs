//! The runs of an experiment, as a table and as a chart.

use super::text::columns_within;
use crate::chart::{Frame, HistoryChart, HistoryPoint, HistorySeries, Look, Medium};
use crate::format::{counted, interval, known, known_count, percent, seconds, significant};
use crate::report::history::{HistoryEntry, Measured};

/// What matters more of the columns stays on a narrow terminal.
const IMPORTANCE: [u8; 9] = [9, 9, 3, 8, 7, 4, 6, 2, 5];

/// The table: a line per run and model, the oldest run first.
pub fn table(entries: &[HistoryEntry], width: Option<usize>) -> String {
    let mut lines = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let changes = place.checked_sub(1).map(|before| entry.changes(&entries[before]).join(", ")).unwrap_or_default();
        for (number, measured) in entry.content.models.iter().enumerate() {
            // A run is named once.
            let once = |text: &str| if number == 0 { text.to_owned() } else { String::new() };
            lines.push(line([once(&when(entry)), once(&changes)], measured));
        }
    }
    let headings =
        ["finished", "model", "level", "score", "95 % interval", "n", "median latency", "cost", "changed since"];
    columns_within(width, headings, &lines, IMPORTANCE)
}

fn line([finished, changes]: [String; 2], measured: &Measured) -> [String; 9] {
    let ends = known(measured.score_interval, |ends| interval(ends, percent));
    let mark = if measured.is_guessing { " ≈ guessing" } else { "" };
    [
        finished,
        measured.model.clone(),
        measured.level.clone(),
        format!("{}{mark}", known(measured.score, percent)),
        ends,
        known_count(measured.samples),
        known(measured.latency_median_s, seconds),
        known(measured.cost, significant),
        changes,
    ]
}

/// The day and the minute.
fn when(entry: &HistoryEntry) -> String {
    entry.finished.chars().take("2026-01-01T00:00".len()).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// The chart of the same runs.
pub fn chart(name: &str, entries: &[HistoryEntry], medium: Medium) -> HistoryChart {
    let mut names: Vec<(&str, &str)> = Vec::new();
    let all = || entries.iter().flat_map(|entry| &entry.content.models);
    for measured in all() {
        let name = (measured.model.as_str(), measured.level.as_str());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let has_levels = names.iter().any(|(_, level)| Some(*level) != names.first().map(|first| first.1));
    let series = names.iter().map(|(model, level)| HistorySeries {
        label: if has_levels { format!("{model} {level}") } else { (*model).to_owned() },
        points: entries.iter().map(|entry| point(entry, model, level)).collect(),
    });
    HistoryChart {
        frame: Frame {
            title: "Mean score from run to run".into(),
            subtitle: format!("{name} · {}", counted(entries.len(), "run")),
            looks: looks(&names),
            medium,
            ..Frame::default()
        },
        runs: entries.iter().map(when).collect(),
        renewed: (1..entries.len()).filter(|run| entries[*run].changes(&entries[run - 1]).contains(&"data")).collect(),
        series: series.collect(),
        note: "Whiskers: 95 % interval.".into(),
    }
}

/// Each model and level with the place of the model among all and of the level among those of the model.
fn looks(names: &[(&str, &str)]) -> Vec<Look> {
    let mut models: Vec<&str> = Vec::new();
    names.iter().for_each(|(model, _)| {
        if !models.contains(model) {
            models.push(model);
        }
    });
    let look = |(model, level): &(&str, &str)| {
        let own = || names.iter().filter(|name| name.0 == *model);
        Look {
            model: models.iter().position(|known| known == model).unwrap_or_default(),
            level: own().position(|name| name.1 == *level).unwrap_or_default(),
            levels: own().count(),
        }
    };
    names.iter().map(look).collect()
}

fn point(entry: &HistoryEntry, model: &str, level: &str) -> Option<HistoryPoint> {
    let measured = entry.content.models.iter().find(|known| known.model == model && known.level == level)?;
    let (low, high) = measured.score_interval.unwrap_or((f64::NAN, f64::NAN));
    Some(HistoryPoint { value: measured.score?, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_a_model_have_its_place() {
        let found = looks(&[("a", "c=1"), ("b", "c=1"), ("a", "c=4")]);
        let places: Vec<(usize, usize, usize)> =
            found.iter().map(|look| (look.model, look.level, look.levels)).collect();
        assert_eq!(places, [(0, 0, 2), (1, 0, 1), (0, 1, 2)]);
    }
}
