//! The view of the score chart.

use super::datasets::OfDataset;
use super::shown::Shown;
use crate::chart::{Frame, PanelsChart, ScoreBar, ScoreChart, View};
use crate::printable::all_isolated;
use crate::statistics::macro_mean::{Estimate, macro_mean};
use crate::tables::group::{Group, Results};
use crate::tables::summary::Summary;

/// The scores; of several datasets a panel for each, and one of their mean.
pub(in crate::report) fn score_view(
    (groups, datasets): (&[Shown<'_>], &[OfDataset]),
    results: &Results,
    frame: Frame,
) -> View {
    let of = |groups: &[Shown<'_>]| View::Score(of_groups(groups, frame.clone()));
    let own: Vec<(String, View)> =
        datasets.iter().map(|dataset| (dataset.name.clone(), of(&dataset.shown(groups)))).collect();
    if own.is_empty() {
        return of(groups);
    }
    let mean = View::Score(mean_of_datasets((groups, datasets), results, frame.clone()));
    View::Panels(PanelsChart::new("dataset", own.into_iter().chain([("mean of datasets".to_owned(), mean)])))
}

/// The mean over datasets, each of which counts alike.
fn mean_of_datasets((groups, datasets): (&[Shown<'_>], &[OfDataset]), results: &Results, frame: Frame) -> ScoreChart {
    let bar = |shown: &Shown<'_>| {
        let cells = |group: &Group| -> Vec<&Summary> {
            results.cells.iter().filter(|cell| cell.batch == group.batch.id).collect()
        };
        let cells = shown.group.map(cells).unwrap_or_default();
        let estimates: Option<Vec<Estimate>> = cells.iter().map(|cell| cell.estimate()).collect();
        // A mean over some of the datasets is none over all.
        let mean = estimates.filter(|all| all.len() == datasets.len()).and_then(|all| macro_mean(&all));
        // Intervals that hold at every look cannot be recovered into one that does.
        let is_sequential = shown.group.is_some_and(|group| group.figures.is_sequential());
        let interval = mean.map(|mean| mean.interval).filter(|_| !is_sequential).unwrap_or((f64::NAN, f64::NAN));
        ScoreBar {
            label: shown.batch.label(),
            mean: mean.map_or(f64::NAN, |mean| mean.value),
            low: interval.0,
            high: interval.1,
            n: cells.iter().map(|cell| cell.samples).sum(),
            not_answers: cells.iter().map(|cell| cell.not_answers()).sum(),
        }
    };
    let chances: Option<Vec<f64>> = datasets.iter().map(|dataset| chance(&dataset.shown(groups))).collect();
    ScoreChart {
        frame,
        bars: groups.iter().map(bar).collect(),
        beside: Vec::new(),
        chance: chances.map(|chances| chances.iter().sum::<f64>() / chances.len() as f64),
        note: "Whiskers: 95 % interval. Mean of datasets: each counts alike.".into(),
    }
}

fn of_groups(groups: &[Shown<'_>], frame: Frame) -> ScoreChart {
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
        beside: Vec::new(),
        chance: chance(groups),
        note: format!("Whiskers: 95 % interval.{}", not_above_guessing(groups)),
    }
}

/// Names the models whose score is not distinguishable from guessing.
fn not_above_guessing(groups: &[Shown<'_>]) -> String {
    let is_guessing = |shown: &&Shown<'_>| shown.group.is_some_and(|group| group.summary.is_guessing());
    let named: Vec<String> = groups.iter().filter(is_guessing).map(|shown| shown.batch.label()).collect();
    if named.is_empty() { String::new() } else { format!(" Not above guessing: {}.", all_isolated(named).join(", ")) }
}

/// Expected score of guessing: the mean of one over the number of choices.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn chance(groups: &[Shown<'_>]) -> Option<f64> {
    let choices = groups.iter().flat_map(|shown| shown.column(|figures| figures.choices.iter().flatten().collect()));
    let shares: Option<Vec<f64>> = choices.map(|count: i64| (count > 0).then(|| 1.0 / count as f64)).collect();
    shares.filter(|shares| !shares.is_empty()).map(|shares| shares.iter().sum::<f64>() / shares.len() as f64)
}
