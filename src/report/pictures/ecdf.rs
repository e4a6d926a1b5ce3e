//! The view of distributions: models in one plot; of a sweep a plot per model with its levels; a plot per dataset.

use std::collections::BTreeMap;

use super::shown::Shown;
use crate::chart::{EcdfChart, EcdfPanel, EcdfSeries, Frame};
use crate::plan::Plan;
use crate::tables::figures::{Figures, as_count};

/// The distribution of latency; none without an answer.
pub(in crate::report) fn ecdf_view(plan: &Plan, groups: &[Shown<'_>], frame: Frame) -> Option<EcdfChart> {
    let is_sweep = groups.iter().any(|shown| shown.batch.level != groups[0].batch.level);
    let panels =
        |dataset: Option<&str>| if is_sweep { of_models(groups, dataset) } else { of_dataset(groups, dataset) };
    let panels: Vec<EcdfPanel> = if plan.datasets.len() > 1 {
        plan.datasets.iter().flat_map(|dataset| panels(Some(&dataset.name))).collect()
    } else {
        panels(None)
    };
    let is_open = |shown: &Shown<'_>| shown.group.is_some() && shown.batch.level.is_open();
    let (x_label, note) = match (groups.iter().any(is_open), groups.iter().all(is_open)) {
        (_, true) => ("latency from the arrival (s)", ""),
        (true, false) => ("latency (s)", "Latency of open loops (r=) counts from the arrival."),
        (false, false) => ("latency (s)", ""),
    };
    let has_values = panels.iter().flat_map(|panel| &panel.series).any(|series| !series.values.is_empty());
    has_values.then(|| EcdfChart {
        frame,
        x_label: x_label.into(),
        log_x: true,
        is_ordered: is_sweep,
        panels,
        note: note.into(),
        ..EcdfChart::default()
    })
}

/// A line per model.
fn of_dataset(groups: &[Shown<'_>], dataset: Option<&str>) -> Vec<EcdfPanel> {
    let series = groups.iter().map(|shown| line(shown, shown.batch.label(), dataset)).collect();
    vec![EcdfPanel { label: dataset.unwrap_or_default().to_owned(), series }]
}

/// A panel per model, with a line per level: closed loops before open ones, by load.
fn of_models(groups: &[Shown<'_>], dataset: Option<&str>) -> Vec<EcdfPanel> {
    let mut models: BTreeMap<_, Vec<&Shown<'_>>> = BTreeMap::new();
    for shown in groups {
        models.entry(shown.batch.model_id).or_default().push(shown);
    }
    let panel = |mut levels: Vec<&Shown<'_>>| {
        let load = |shown: &&Shown<'_>| (shown.batch.level.is_open(), shown.batch.level.load());
        levels.sort_by(|one, other| {
            let (one, other) = (load(one), load(other));
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
        });
        let model = levels.first().map_or("", |shown| shown.batch.model.label.as_str());
        EcdfPanel {
            label: dataset.map_or_else(|| model.to_owned(), |dataset| format!("{model} · {dataset}")),
            series: levels.iter().map(|shown| line(shown, shown.batch.level.to_string(), dataset)).collect(),
        }
    };
    models.into_values().map(panel).collect()
}

fn line(shown: &Shown<'_>, label: String, dataset: Option<&str>) -> EcdfSeries {
    let Some(group) = shown.group else { return EcdfSeries { label, ..EcdfSeries::default() } };
    let figures = &group.figures;
    let latency = figures.user_latency(shown.batch.level).iter().zip(figures.warm.iter());
    let rows = latency.zip(figures.fault.iter()).zip(of(figures, dataset)).filter(|(_, is_own)| *is_own);
    let (mut values, mut failed) = (Vec::new(), 0);
    for (((latency, warm), fault), _) in rows {
        values.extend(latency.filter(|_| warm == Some(true)));
        failed += usize::from(fault == Some(true));
    }
    EcdfSeries { label, values, failed: as_count(failed) }
}

/// True for each row of the dataset; for all without one.
fn of<'f>(figures: &'f Figures, dataset: Option<&'f str>) -> impl Iterator<Item = bool> + 'f {
    let is_own = move |word| dataset.is_none_or(|name| figures.word(word).is_some_and(|word| *word == *name));
    figures.dataset.iter().map(is_own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::pictures::shown::shown;
    use crate::response::Status;
    use crate::tables::fixture::Fixture;
    use crate::work::batch::Batch;

    fn chart(fixture: &Fixture) -> EcdfChart {
        let (batches, results) = (Batch::all(&fixture.plan), fixture.results());
        ecdf_view(&fixture.plan, &shown(&batches, &results), Frame::default()).unwrap()
    }

    #[test]
    fn faults_are_counted_and_cold_answers_are_not_drawn() {
        let mut fixture = Fixture::new(4);
        fixture.responses[0].status = Status::Stalled;
        fixture.responses[1].cold = true;
        let chart = chart(&fixture);
        let series = &chart.panels[0].series[0];
        assert_eq!((series.values.len(), series.failed, chart.is_ordered), (2, 1, false));
    }

    #[test]
    fn a_sweep_has_a_panel_per_model_with_its_levels_by_load() {
        let mut fixture = Fixture::with(6, "{ concurrency: [4, 1, 2] }");
        (0..6).for_each(|index| fixture.places[index] = (0, index % 3));
        let chart = chart(&fixture);
        let levels: Vec<&str> = chart.panels[0].series.iter().map(|series| series.label.as_str()).collect();
        assert_eq!((levels, chart.is_ordered), (vec!["c=1", "c=2", "c=4"], true));
        assert_eq!(chart.panels[0].series.iter().map(|series| series.values.len()).sum::<usize>(), 6);
        assert_ne!(chart.panels[0].label, "");
    }
}
