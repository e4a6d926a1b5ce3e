//! From rows to pictures: each chart of the plan as a view, and its drawing.

mod datasets;
mod durations;
mod ecdf;
mod frame;
mod heatmap;
pub mod imported;
mod job;
mod letters;
pub(super) mod load;
mod measures;
mod quality;
mod scatter;
mod score;
pub(super) mod shown;
pub(super) mod timeline;

use self::datasets::{OfDataset, apart};
use self::frame::{frame, titled};
use self::shown::{Shown, shown};
use polars::prelude::PolarsResult;

use crate::chart::{Frame, View};
use crate::checks::Check;
use crate::plan::Plan;
use crate::spec::chart_files::chart_file;
use crate::spec::types::ChartSpec;
use crate::tables::group::Results;
use crate::work::Work;

pub use job::{ChartJob, Picture};

/// What charts are made from.
#[derive(Clone, Copy)]
pub struct ChartInput<'r> {
    /// The plan.
    pub plan: &'r Plan,
    /// Its batches, and what servers said of their models.
    pub work: &'r Work,
    /// What was measured.
    pub results: &'r Results,
    /// What its checks found.
    pub checks: &'r [Check],
}

/// The charts of a plan, each drawn on its own. A chart of a quantity that no server reported is left out.
///
/// # Errors
/// polars refuses the figures.
pub fn chart_jobs(measured: ChartInput<'_>) -> PolarsResult<Vec<ChartJob>> {
    let groups = shown(&measured.work.batches, measured.results);
    let datasets = datasets::datasets(measured.plan, measured.results)?;
    let of_chart = |chart: &ChartSpec| {
        let frame = frame(measured.plan, measured.work, &measured.results.groups, chart);
        let names = [chart_file(chart), format!("{}_rate", chart_file(chart))];
        let views = views(measured, (&groups, &datasets), chart, frame);
        views.into_iter().zip(names).map(|(view, name)| ChartJob { name, view }).collect::<Vec<_>>()
    };
    Ok(measured.plan.charts.iter().flat_map(of_chart).collect())
}

/// The views of a chart; none without figures, and two of a sweep with closed and open loops. Several datasets stand in panels
/// of their own, except where they share a server's time: in load curves and timelines.
fn views(
    measured: ChartInput<'_>,
    (groups, datasets): (&[Shown<'_>], &[OfDataset]),
    chart: &ChartSpec,
    frame: Frame,
) -> Vec<View> {
    let ChartInput { plan, results, .. } = measured;
    let with = |title: &str| titled(frame.clone(), title);
    match chart {
        ChartSpec::LoadCurve(_) => {
            let views = load::load_views(plan, &results.groups, &with("Throughput and latency over load"));
            views.into_iter().map(View::LoadCurve).collect()
        }
        ChartSpec::Timeline(_) => {
            let view = timeline::timeline_view(groups, with("Requests over the time of the run"));
            view.map(View::Timeline).into_iter().collect()
        }
        chart => view(measured, (groups, datasets), chart, frame::of_batches(frame, plan, &measured.work.batches))
            .into_iter()
            .collect(),
    }
}

/// The view of a chart of answers.
fn view(
    measured: ChartInput<'_>,
    (groups, datasets): (&[Shown<'_>], &[OfDataset]),
    chart: &ChartSpec,
    frame: Frame,
) -> Option<View> {
    let ChartInput { plan, results, checks, .. } = measured;
    let (all, with) = (groups, |title: &str| titled(frame.clone(), title));
    let of_each = |frame, view: &dyn Fn(&[Shown<'_>], Frame) -> Option<View>| apart(datasets, groups, frame, view);
    match chart {
        ChartSpec::Score(_) => Some(score::score_view((groups, datasets), results, with("Mean score by model"))),
        ChartSpec::Durations(spec) => {
            of_each(frame, &|groups, frame| Some(durations::durations_view((all, groups), spec, frame)))
        }
        ChartSpec::Scatter(spec) => {
            of_each(frame, &|groups, frame| scatter::scatter_view(plan, groups, spec, frame).map(View::Scatter))
        }
        ChartSpec::Heatmap(spec) => {
            heatmap::heatmap_view(plan, &datasets::model_panels(datasets, groups), spec, frame).map(View::Heatmap)
        }
        ChartSpec::LatencyEcdf(_) => {
            ecdf::ecdf_view(plan, groups, with("Share of responses by latency")).map(View::Ecdf)
        }
        ChartSpec::Tradeoff(spec) => of_each(frame, &|groups, frame| {
            quality::tradeoff_view(plan, groups, (spec.x, checks), frame).map(View::Tradeoff)
        }),
        ChartSpec::Subjects(_) => quality::subjects_view((groups, datasets), results, with("Mean score by subject")),
        ChartSpec::Verdicts(_) => of_each(with("What became of the requests"), &|groups, frame| {
            quality::verdicts_view(all, groups, frame).map(View::Stacked)
        }),
        ChartSpec::Letters(_) => of_each(with("Letter chosen against the right one"), &|groups, frame| {
            quality::letters_view(groups, frame).map(View::Heatmap)
        }),
        ChartSpec::Pairs(_) => {
            quality::pairs_view((groups, datasets), results, with("Differences on the same questions"))
        }
        ChartSpec::Reliability(_) => of_each(with("Reliability of the letters' probabilities"), &|groups, frame| {
            letters::reliability_view(groups, frame).map(View::Reliability)
        }),
        ChartSpec::LoadCurve(_) | ChartSpec::Timeline(_) => None,
    }
}
