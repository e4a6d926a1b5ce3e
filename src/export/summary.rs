//! The figures of `model_summary.csv`, with their intervals.

use std::collections::BTreeSet;
use std::path::Path;

use crate::compare::source::{NamedRow, SourceError, each_row};

/// A figure with its interval, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    /// Its name.
    pub(super) name: &'static str,
    /// Its unit.
    pub(super) unit: &'static str,
    pub(super) value: f64,
    pub(super) interval: Option<(f64, f64)>,
}

/// A model, with its level where there are several.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) figures: Vec<Figure>,
}

impl Model {
    /// The score, where one could be judged.
    pub(super) fn score(&self) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == SCORE)
    }
}

/// The figure of which more is better; of all others less is.
pub(super) const SCORE: &str = "score";

/// Name, unit, and columns of the value and of the ends of its interval.
const FIGURES: [(&str, &str, [&str; 3]); 5] = [
    (SCORE, "share", ["avg_score", "score_low", "score_high"]),
    ("latency_p50", "s", ["latency_p50_s", "latency_p50_s_low", "latency_p50_s_high"]),
    ("ttft_p50", "s", ["ttft_p50_s", "ttft_p50_s_low", "ttft_p50_s_high"]),
    ("tpot_p50", "s", ["tpot_p50_s", "tpot_p50_s_low", "tpot_p50_s_high"]),
    ("cost_per_correct", "currency", ["cost_per_correct", "cost_per_correct_low", "cost_per_correct_high"]),
];

pub(super) fn read(folder: &Path) -> Result<Vec<Model>, SourceError> {
    let mut rows = Vec::new();
    each_row(&folder.join("model_summary.csv"), &[&["model", "avg_score"]], |row| {
        rows.push((row.text("model").to_owned(), row.text("level").to_owned(), figures(row)));
        Ok(())
    })?;
    let has_levels = rows.iter().map(|(_, level, _)| level).collect::<BTreeSet<_>>().len() > 1;
    let model = |(name, level, figures): (String, String, _)| Model {
        name: if has_levels { format!("{name} {level}") } else { name },
        figures,
    };
    Ok(rows.into_iter().map(model).collect())
}

fn figures(row: &NamedRow<'_>) -> Vec<Figure> {
    let known = FIGURES.into_iter().filter_map(|(name, unit, [value, low, high])| {
        let interval = row.number(low).zip(row.number(high));
        Some(Figure { name, unit, value: row.number(value)?, interval })
    });
    known.collect()
}
