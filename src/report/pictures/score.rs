//! The view of the score chart.

use super::shown::Shown;
use crate::chart::{Frame, ScoreBar, ScoreChart};
use crate::tables::summary::Summary;

pub(in crate::report) fn score_view(groups: &[Shown<'_>], frame: Frame) -> ScoreChart {
    let bars = groups.iter().map(|shown| {
        let summary = shown.group.map(|group| &group.summary);
        let interval = summary.and_then(|summary| summary.score_interval).unwrap_or((f64::NAN, f64::NAN));
        ScoreBar {
            label: shown.batch.label(),
            mean: summary.and_then(|summary| summary.score).unwrap_or(f64::NAN),
            low: interval.0,
            high: interval.1,
            n: summary.map_or(0, |summary| summary.samples),
            not_answers: summary.map_or(0, Summary::not_answers),
        }
    });
    ScoreChart {
        frame,
        bars: bars.collect(),
        chance: chance(groups),
        note: format!("Whiskers: 95 % interval.{}", not_above_guessing(groups)),
    }
}

/// Names the models whose score cannot be told from guessing.
fn not_above_guessing(groups: &[Shown<'_>]) -> String {
    let is_guessing = |shown: &&Shown<'_>| shown.group.is_some_and(|group| group.summary.is_guessing());
    let named: Vec<String> = groups.iter().filter(is_guessing).map(|shown| shown.batch.label()).collect();
    if named.is_empty() { String::new() } else { format!(" Not above guessing: {}.", named.join(", ")) }
}

/// Expected score of guessing: the mean of one over the number of choices.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn chance(groups: &[Shown<'_>]) -> Option<f64> {
    let choices = groups.iter().flat_map(|shown| shown.column(|figures| figures.choices.iter().flatten().collect()));
    let shares: Option<Vec<f64>> = choices.map(|count: i64| (count > 0).then(|| 1.0 / count as f64)).collect();
    shares.filter(|shares| !shares.is_empty()).map(|shares| shares.iter().sum::<f64>() / shares.len() as f64)
}
