//! Draws a view of any kind.

use super::ChartError;
use super::durations::durations;
use super::ecdf::ecdf;
use super::forest::forest;
use super::heatmap::heatmap;
use super::history::history;
use super::load_curve::load_curve;
use super::panels::panels;
use super::reliability::reliability;
use super::scatter::scatter;
use super::score::score;
use super::stacked::stacked;
use super::timeline::timeline;
use super::tradeoff::tradeoff;
use super::view::View;

impl View {
    /// Draws it as SVG.
    ///
    /// # Errors
    ///
    /// Only when the drawing library fails; never over the data.
    pub fn draw(&self) -> Result<String, ChartError> {
        match self {
            Self::Score(chart) => score(chart),
            Self::Durations(chart) => durations(chart),
            Self::Scatter(chart) => scatter(chart),
            Self::Heatmap(chart) => heatmap(chart),
            Self::LoadCurve(chart) => load_curve(chart),
            Self::Ecdf(chart) => ecdf(chart),
            Self::Reliability(chart) => reliability(chart),
            Self::Timeline(chart) => timeline(chart),
            Self::Tradeoff(chart) => tradeoff(chart),
            Self::Forest(chart) => forest(chart),
            Self::Stacked(chart) => stacked(chart),
            Self::History(chart) => history(chart),
            Self::Panels(chart) => panels(chart, &Self::draw),
        }
    }
}
