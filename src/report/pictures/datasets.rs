//! The answers of each dataset on their own: what several datasets have in common is seldom worth a mean, so charts of
//! answers have a panel for each.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::shown::Shown;
use crate::chart::{Frame, PanelsChart, View};
use crate::dataset::DatasetPlan;
use crate::id::{BatchId, DatasetId};
use crate::plan::Plan;
use crate::tables::group::{Group, Results, dataset_of};
use crate::telemetry::Observed;

/// One dataset of several.
pub(super) struct OfDataset {
    pub(super) id: DatasetId,
    pub(super) name: String,
    /// What was measured of it.
    groups: BTreeMap<BatchId, Group>,
}

impl OfDataset {
    /// Each batch with its answers on this dataset.
    pub(super) fn shown<'p>(&'p self, groups: &[Shown<'p>]) -> Vec<Shown<'p>> {
        let own = groups.iter().map(|shown| Shown { batch: shown.batch, group: self.groups.get(&shown.batch.id) });
        own.collect()
    }
}

/// The datasets that have answers, in the order of the plan; none where there is one alone.
///
/// # Errors
/// polars refuses the figures.
pub(super) fn datasets(plan: &Plan, results: &Results) -> PolarsResult<Vec<OfDataset>> {
    if plan.datasets.len() < 2 {
        return Ok(Vec::new());
    }
    let of = |(id, dataset): (DatasetId, &DatasetPlan)| {
        let mut groups = BTreeMap::new();
        for group in &results.groups {
            if let Some(own) = of_dataset(plan, group, results, id)? {
                groups.insert(own.batch.id, own);
            }
        }
        Ok(OfDataset { id, name: dataset.name.clone(), groups })
    };
    let all = plan.datasets.with_ids().map(of).collect::<PolarsResult<Vec<_>>>()?;
    Ok(all.into_iter().filter(|dataset| !dataset.groups.is_empty()).collect())
}

/// The rows of a group that are of a dataset, with the summary of the cell; none without a row.
fn of_dataset(plan: &Plan, group: &Group, results: &Results, id: DatasetId) -> PolarsResult<Option<Group>> {
    let cell = results.cells.iter().find(|cell| cell.batch == group.batch.id && cell.dataset_id == Some(id));
    let is_own = |row: &u32| dataset_of(plan, &group.figures, *row as usize) == Some(id);
    let rows = group.figures.rows_by(&["dataset"])?.into_iter().find(|rows| rows.first().is_some_and(is_own));
    let Some((rows, cell)) = rows.zip(cell) else { return Ok(None) };
    Ok(Some(Group {
        batch: group.batch.clone(),
        figures: group.figures.take(rows)?,
        warmups: group.warmups.slice(0..0)?,
        summary: cell.clone(),
        observed: Observed::default(),
    }))
}

/// A chart of all answers, or of several datasets a panel for each.
pub(super) fn apart<'p>(
    datasets: &'p [OfDataset],
    groups: &[Shown<'p>],
    frame: Frame,
    view: impl Fn(&[Shown<'p>], Frame) -> Option<View>,
) -> Option<View> {
    if datasets.is_empty() {
        return view(groups, frame);
    }
    let panel = |dataset: &'p OfDataset| Some((dataset.name.clone(), view(&dataset.shown(groups), frame.clone())?));
    let panels: Vec<(String, View)> = datasets.iter().filter_map(panel).collect();
    (!panels.is_empty()).then(|| View::Panels(PanelsChart::new("dataset", panels)))
}

/// A panel that is of one model.
pub(super) struct ModelPanel<'p> {
    pub(super) label: String,
    /// The place of the model among all.
    pub(super) model: usize,
    pub(super) shown: Shown<'p>,
}

/// A panel per model, or per model and dataset where there are several datasets.
pub(super) fn model_panels<'p>(datasets: &'p [OfDataset], groups: &[Shown<'p>]) -> Vec<ModelPanel<'p>> {
    let of = |dataset: Option<&'p OfDataset>| {
        let shown = dataset.map_or_else(|| groups.to_vec(), |dataset| dataset.shown(groups));
        shown.into_iter().enumerate().map(move |(model, shown)| {
            let model_label = shown.batch.label();
            let label = dataset.map_or_else(|| model_label.clone(), |own| format!("{model_label} · {}", own.name));
            ModelPanel { label, model, shown }
        })
    };
    if datasets.is_empty() { of(None).collect() } else { datasets.iter().map(Some).flat_map(of).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::report::pictures::shown::shown;
    use crate::report::pictures::{quality, scatter, score};
    use crate::spec::types::ScatterChartSpec;
    use crate::tables::fixture::{Fixture, verdict};
    use crate::work::batch::Batch;

    /// Of two datasets, 15 answers that are right and 5 that are wrong.
    fn fixture() -> Fixture {
        let mut fixture = Fixture::new(20);
        fixture.in_second(15..20);
        (15..20).for_each(|index| fixture.verdicts[index] = Some(verdict(Class::Wrong)));
        fixture
    }

    #[test]
    fn datasets_stand_apart_and_their_mean_is_named() {
        let (fixture, frame) = (fixture(), Frame::default());
        let (batches, results) = (Batch::all(&fixture.plan), fixture.results());
        let groups = shown(&batches, &results);
        let datasets = datasets(&fixture.plan, &results).unwrap();
        let View::Panels(chart) = score::score_view((&groups, &datasets), &results, frame.clone()) else { panic!() };
        let scores = chart.panels.iter().map(|panel| match &panel.view {
            View::Score(score) => (panel.label.as_str(), score.bars[0].mean, score.bars[0].n),
            view => panic!("{view:?}"),
        });
        let scores: Vec<_> = scores.collect();
        assert_eq!(scores, [("d", 1.0, 15), ("e", 0.0, 5), ("mean of datasets", 0.5, 20)]);
        let json = serde_json::json!({ "x": "output_tokens", "y": "latency" });
        let spec: ScatterChartSpec = serde_json::from_value(json).unwrap();
        let of =
            |groups: &[Shown<'_>], frame| scatter::scatter_view(&fixture.plan, groups, &spec, frame).map(View::Scatter);
        let View::Panels(chart) = apart(&datasets, &groups, frame.clone(), of).unwrap() else { panic!() };
        let points = chart.panels.iter().map(|panel| panel.view.values().table.rows.len());
        assert_eq!(points.collect::<Vec<_>>(), [15, 5]);
        assert!(quality::pairs_view((&groups, &datasets), &results, frame).is_none());
        let labels: Vec<String> = model_panels(&datasets, &groups).into_iter().map(|panel| panel.label).collect();
        assert!(labels[0].ends_with(" · d") && labels.last().unwrap().ends_with(" · e"), "{labels:?}");
    }
}
