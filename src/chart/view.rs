//! A chart of any kind.

use super::{
    ChartError, DurationsChart, EcdfChart, ForestChart, Frame, Heatmap, HistoryChart, LoadCurveChart, PanelsChart,
    ReliabilityChart, ScatterChart, ScoreChart, StackedChart, TimelineChart, TradeoffChart, durations, ecdf, forest,
    heatmap, history, load_curve, panels, reliability, scatter, score, stacked, timeline, tradeoff,
};

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
            Self::Panels(chart) => panels(chart),
        }
    }

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
