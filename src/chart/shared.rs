//! What charts of one kind need to stand in panels: the extent of their values, room for others, and their captions.

use super::axis::{extent, is_drawable};
use super::view::View;
use super::{EcdfPanel, TimelineGroup, durations, forest, reliability, scatter, score, stacked, timeline, tradeoff};

/// Gives each of these charts of one kind room for the values of the others, so that lengths and places compare.
pub(super) fn align(views: &mut [View]) {
    let places: Vec<(f64, f64)> = views.iter().flat_map(View::extent).collect();
    let along: Vec<f64> = places.iter().map(|place| place.0).collect();
    let scores = views.iter().filter_map(|view| match view {
        View::Score(chart) => Some(chart.bars.clone()),
        _ => None,
    });
    let durations = views.iter().filter_map(|view| match view {
        View::Durations(chart) => Some(chart.groups.clone()),
        _ => None,
    });
    let lines: Vec<EcdfPanel> = views.iter().flat_map(View::lines).cloned().collect();
    let axis = timeline::axis(views.iter().flat_map(View::times));
    let (scores, durations) = (scores.flatten().collect::<Vec<_>>(), durations.flatten().collect::<Vec<_>>());
    for view in views {
        match view {
            View::Score(chart) => chart.beside.clone_from(&scores),
            View::Durations(chart) => chart.beside.clone_from(&durations),
            View::Scatter(chart) => chart.room.clone_from(&places),
            View::Tradeoff(chart) => chart.room.clone_from(&along),
            View::Stacked(chart) => chart.room.clone_from(&along),
            View::Forest(chart) => chart.room.clone_from(&along),
            View::Ecdf(chart) => chart.beside.clone_from(&lines),
            View::Timeline(chart) => chart.axis = axis,
            _ => {}
        }
    }
}

impl View {
    /// The least and the greatest place along both axes, where these follow the values.
    fn extent(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Scatter(chart) => {
                let is_shown =
                    |point: &&(f64, f64)| is_drawable(point.0, chart.log_x) && is_drawable(point.1, chart.log_y);
                let points = || chart.series.iter().flat_map(|series| &series.points).filter(is_shown);
                let (x, y) = (extent(points().map(|point| point.0)), extent(points().map(|point| point.1)));
                x.zip(y).map(|(x, y)| [(x.0, y.0), (x.1, y.1)]).into_iter().flatten().collect()
            }
            Self::Tradeoff(chart) => along(chart.points.iter().flat_map(tradeoff::along)),
            Self::Stacked(chart) => along(chart.bars.iter().map(stacked::whole)),
            Self::Forest(chart) => along(chart.drawn().flat_map(forest::ends)),
            _ => Vec::new(),
        }
    }

    fn lines(&self) -> &[EcdfPanel] {
        if let Self::Ecdf(chart) = self { &chart.panels } else { &[] }
    }

    fn times(&self) -> &[TimelineGroup] {
        if let Self::Timeline(chart) = self { &chart.groups } else { &[] }
    }

    /// The sentences below the picture; of a kind that stands in no panels its note.
    pub(super) fn captions(&self) -> Vec<String> {
        match self {
            Self::Score(chart) => score::captions(chart).into(),
            Self::Scatter(chart) => scatter::captions(chart),
            Self::Tradeoff(chart) => tradeoff::captions(chart).into(),
            Self::Durations(chart) => durations::captions(chart).into(),
            Self::Stacked(chart) => stacked::captions(chart).into(),
            Self::Forest(chart) => forest::captions(chart).into(),
            Self::Reliability(chart) => reliability::captions(chart).into(),
            view => vec![view.texts().1.to_owned()],
        }
    }
}

/// The ends of values along one axis.
fn along(values: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    let ends = extent(values.filter(|value| value.is_finite()));
    ends.into_iter().flat_map(|(low, high)| [(low, 0.0), (high, 0.0)]).collect()
}
