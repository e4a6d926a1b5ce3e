//! A chart of any kind.

use super::{
    ChartError, DurationsChart, EcdfChart, ForestChart, Heatmap, LoadCurveChart, ReliabilityChart, ScatterChart,
    ScoreChart, StackedChart, TimelineChart, TradeoffChart, durations, ecdf, forest, heatmap, load_curve, reliability,
    scatter, score, stacked, timeline, tradeoff,
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
        }
    }
}
