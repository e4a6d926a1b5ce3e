//! A chart of any kind.

use super::durations::DurationsChart;
use super::ecdf::EcdfChart;
use super::forest::ForestChart;
use super::frame::Frame;
use super::heatmap::Heatmap;
use super::history::HistoryChart;
use super::load_curve::LoadCurveChart;
use super::reliability::ReliabilityChart;
use super::scatter::ScatterChart;
use super::score::ScoreChart;
use super::stacked::StackedChart;
use super::timeline::TimelineChart;
use super::tradeoff::TradeoffChart;

/// What a picture shows.
#[derive(Debug, Clone, PartialEq)]
pub enum View {
    /// Mean score per model.
    Score(ScoreChart),
    /// Durations per model.
    Durations(DurationsChart),
    /// One point per response.
    Scatter(ScatterChart),
    /// A measure over bins of two counts.
    Heatmap(Heatmap),
    /// Throughput and latency over load.
    LoadCurve(LoadCurveChart),
    /// Distribution functions.
    Ecdf(EcdfChart),
    /// Confidence against accuracy.
    Reliability(ReliabilityChart),
    /// Requests over time.
    Timeline(TimelineChart),
    /// Score against what it takes.
    Tradeoff(TradeoffChart),
    /// Differences of pairs.
    Forest(ForestChart),
    /// Parts of a whole per model.
    Stacked(StackedChart),
    /// Scores from run to run.
    History(HistoryChart),
    /// The same chart of several parts.
    Panels(PanelsChart),
}

/// The chart of one part.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Name of the part; the title of the panel.
    pub label: String,
    /// The chart; its title, subtitle and footer are not drawn.
    pub view: View,
}

/// The same chart of several parts.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelsChart {
    /// What stands around all of them.
    pub frame: Frame,
    /// What a part is, such as "dataset".
    pub part: String,
    /// The charts, from above.
    pub panels: Vec<Panel>,
    /// Sentences for the caption.
    pub note: String,
}

impl View {
    /// Its title.
    pub fn title(&self) -> &str {
        &self.texts().0.title
    }

    /// What stands around it, and the sentences of its caption.
    pub(super) fn texts(&self) -> (&Frame, &str) {
        match self {
            Self::Score(chart) => (&chart.frame, &chart.note),
            Self::Durations(chart) => (&chart.frame, &chart.note),
            Self::Scatter(chart) => (&chart.frame, &chart.note),
            Self::Heatmap(chart) => (&chart.frame, &chart.note),
            Self::LoadCurve(chart) => (&chart.frame, &chart.note),
            Self::Ecdf(chart) => (&chart.frame, &chart.note),
            Self::Reliability(chart) => (&chart.frame, &chart.note),
            Self::Timeline(chart) => (&chart.frame, &chart.note),
            Self::Tradeoff(chart) => (&chart.frame, &chart.note),
            Self::Forest(chart) => (&chart.frame, &chart.note),
            Self::Stacked(chart) => (&chart.frame, &chart.note),
            Self::History(chart) => (&chart.frame, &chart.note),
            Self::Panels(chart) => (&chart.frame, &chart.note),
        }
    }

    /// The same, to be changed.
    pub(super) fn texts_mut(&mut self) -> (&mut Frame, &mut String) {
        match self {
            Self::Score(chart) => (&mut chart.frame, &mut chart.note),
            Self::Durations(chart) => (&mut chart.frame, &mut chart.note),
            Self::Scatter(chart) => (&mut chart.frame, &mut chart.note),
            Self::Heatmap(chart) => (&mut chart.frame, &mut chart.note),
            Self::LoadCurve(chart) => (&mut chart.frame, &mut chart.note),
            Self::Ecdf(chart) => (&mut chart.frame, &mut chart.note),
            Self::Reliability(chart) => (&mut chart.frame, &mut chart.note),
            Self::Timeline(chart) => (&mut chart.frame, &mut chart.note),
            Self::Tradeoff(chart) => (&mut chart.frame, &mut chart.note),
            Self::Forest(chart) => (&mut chart.frame, &mut chart.note),
            Self::Stacked(chart) => (&mut chart.frame, &mut chart.note),
            Self::History(chart) => (&mut chart.frame, &mut chart.note),
            Self::Panels(chart) => (&mut chart.frame, &mut chart.note),
        }
    }

    /// The same view with something else around it.
    pub(super) fn with_frame(&self, frame: Frame) -> Self {
        let mut view = self.clone();
        *view.texts_mut().0 = frame;
        view
    }
}
