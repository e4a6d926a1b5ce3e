//! The charts of an experiment that asks for none.

use crate::spec::types::{
    ChartSpec, DurationsChartSpec, PlainChartSpec, ScatterChartSpec, Spec, TimeMeasure, TokenMeasure,
    TradeoffChartSpec, TradeoffMeasure,
};

/// Most charts that are drawn without being asked for.
const MOST_CHARTS: usize = 6;

/// The charts that answer what the experiment asks, at most six. Of scores where there is a judge, of differences and
/// trade-offs where there are several models, of load where there are several levels; of times in any case. Those that
/// have nothing to show are left out when they are drawn.
pub(super) fn default_charts(spec: &Spec, (models, levels): (usize, usize), has_alternatives: bool) -> Vec<ChartSpec> {
    let plain = PlainChartSpec::default;
    let tradeoff = |x| ChartSpec::Tradeoff(TradeoffChartSpec { x, title: None, size: None });
    let x = if spec.pricing.is_some() { TradeoffMeasure::Cost } else { TradeoffMeasure::Latency };
    let (is_judged, is_compared) = (spec.is_judged(), spec.is_judged() && models > 1);
    let is_sweep = levels > 1 || spec.load.find.is_some();
    let (x_axis, y) = (TokenMeasure::Output, TimeMeasure::Latency);
    let scatter = ScatterChartSpec { x: x_axis, y, log_x: true, log_y: true, title: None, size: None };
    let wanted = [
        (is_judged, ChartSpec::Score(plain())),
        (is_sweep, ChartSpec::LoadCurve(plain())),
        (is_sweep, ChartSpec::LatencyEcdf(plain())),
        (is_sweep || !is_judged, ChartSpec::Timeline(plain())),
        (is_compared, ChartSpec::Pairs(plain())),
        (is_compared, tradeoff(x)),
        (is_judged && !is_compared, ChartSpec::Verdicts(plain())),
        (is_judged, ChartSpec::Subjects(plain())),
        (has_alternatives, ChartSpec::Reliability(plain())),
        (!is_sweep, ChartSpec::LatencyEcdf(plain())),
        (!is_judged, ChartSpec::Durations(DurationsChartSpec::default())),
        (true, ChartSpec::Scatter(scatter)),
    ];
    wanted.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, chart)| chart).take(MOST_CHARTS).collect()
}
