//! From rows to pictures: each chart of the plan as a view, and its drawing.

mod durations;
mod ecdf;
mod frame;
mod heatmap;
mod letters;
pub(super) mod load;
mod measures;
mod quality;
mod scatter;
mod score;
pub(super) mod shown;

use self::frame::{frame, titled};
use self::shown::{Shown, shown};
use crate::chart::{Frame, Values, View};
use crate::checks::Check;
use crate::error::Error;
use crate::plan::Plan;
use crate::spec::chart_files::chart_file;
use crate::spec::types::ChartSpec;
use crate::tables::group::Results;
use crate::work::Work;

/// A drawn chart.
pub struct Picture {
    /// Its file name without ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The drawing.
    pub svg: String,
}

/// A chart to be drawn.
pub struct ChartJob {
    name: String,
    view: View,
}

impl ChartJob {
    /// Its file name without ending.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values that it draws.
    pub fn values(&self) -> Values {
        self.view.values()
    }

    /// Draws it.
    ///
    /// # Errors
    /// The drawing library refuses.
    pub fn draw(&self) -> Result<Picture, Error> {
        let svg =
            self.view.draw().map_err(|error| Error::Chart { name: self.name.clone(), message: error.to_string() })?;
        Ok(Picture { name: self.name.clone(), title: self.view.title().to_owned(), svg })
    }
}

/// What charts are made from.
#[derive(Clone, Copy)]
pub struct Measured<'r> {
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
pub fn chart_jobs(measured: Measured<'_>) -> Vec<ChartJob> {
    let groups = shown(&measured.work.batches, measured.results);
    let of_chart = |chart: &ChartSpec| {
        let frame = frame(measured.plan, measured.work, &measured.results.groups, chart);
        let names = [chart_file(chart), format!("{}_rate", chart_file(chart))];
        let views = views(measured, &groups, chart, frame);
        views.into_iter().zip(names).map(|(view, name)| ChartJob { name, view }).collect::<Vec<_>>()
    };
    measured.plan.charts.iter().flat_map(of_chart).collect()
}

/// The views of a chart; none without figures, and two of a sweep with closed and open loops.
fn views(measured: Measured<'_>, groups: &[Shown<'_>], chart: &ChartSpec, frame: Frame) -> Vec<View> {
    let Measured { plan, results, checks, .. } = measured;
    let with = |title: &str| titled(frame.clone(), title);
    let one = |view: Option<View>| view.into_iter().collect();
    match chart {
        ChartSpec::Score(_) => vec![View::Score(score::score_view(groups, with("Mean score by model")))],
        ChartSpec::Durations(spec) => vec![durations::durations_view(groups, spec, frame)],
        ChartSpec::Scatter(spec) => one(scatter::scatter_view(plan, groups, spec, frame).map(View::Scatter)),
        ChartSpec::Heatmap(spec) => one(heatmap::heatmap_view(plan, groups, spec, frame).map(View::Heatmap)),
        ChartSpec::LoadCurve(_) => {
            let views = load::load_views(plan, &results.groups, &with("Throughput and latency over load"));
            views.into_iter().map(View::LoadCurve).collect()
        }
        ChartSpec::LatencyEcdf(_) => {
            one(ecdf::ecdf_view(plan, groups, with("Share of responses by latency")).map(View::Ecdf))
        }
        ChartSpec::Tradeoff(spec) => {
            one(quality::tradeoff_view(plan, groups, (spec.x, checks), frame).map(View::Tradeoff))
        }
        ChartSpec::Subjects(_) => one(quality::subjects_view(groups, results, with("Mean score by subject"))),
        ChartSpec::Verdicts(_) => {
            one(quality::verdicts_view(groups, with("What became of the requests")).map(View::Stacked))
        }
        ChartSpec::Letters(_) => {
            one(quality::letters_view(groups, with("Letter chosen against the right one")).map(View::Heatmap))
        }
        ChartSpec::Pairs(_) => {
            one(quality::pairs_view(&results.pairs, with("Differences on the same questions")).map(View::Forest))
        }
        ChartSpec::Reliability(_) => {
            let frame = with("Reliability of the letters' probabilities");
            one(letters::reliability_view(groups, frame).map(View::Reliability))
        }
        ChartSpec::Timeline(_) => {
            one(load::timeline_view(groups, with("Requests over the time of the run")).map(View::Timeline))
        }
    }
}
