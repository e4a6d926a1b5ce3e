//! The curves as they are drawn: points that have a place, thinned where they are too many, and the axes they share.

use super::view::{LoadCurveChart, LoadPoint, LoadSeries};
use crate::chart::axis::{Range, Tick, extent, is_drawable};
use crate::chart::number::setting;
use crate::chart::rows::MOST_ROWS;

/// Loads further apart than this are shown on a logarithmic scale, and so are latencies.
const LOG_LOADS_FROM: f64 = 8.0;
const LOG_LATENCIES_FROM: f64 = 30.0;
const MOST_LOAD_TICKS: usize = 30;
/// More points than this, over all models, are thinned.
pub(super) const MOST_POINTS: usize = 1500;

/// One model's points as they are drawn, ordered by load.
pub(super) struct Curve {
    pub(super) points: Vec<LoadPoint>,
    pub(super) knee: Option<LoadPoint>,
}

pub(super) struct Curves {
    pub(super) curves: Vec<Curve>,
    pub(super) axes: Option<Axes>,
    /// The service level of latency.
    pub(super) limit: Option<f64>,
    /// Points and values that have no place on the axes.
    pub(super) hidden: u64,
    /// Points left out because they are too many.
    pub(super) thinned: usize,
}

impl Curves {
    pub(super) fn of(chart: &LoadCurveChart) -> Self {
        let points = || chart.series.iter().take(MOST_ROWS).flat_map(|series| &series.points);
        let is_wide = |values: &mut dyn Iterator<Item = f64>, least: f64| {
            extent(values.filter(|value| is_drawable(*value, true))).is_some_and(|(low, high)| high / low > least)
        };
        let log_load = is_wide(&mut points().map(|point| point.load), LOG_LOADS_FROM);
        let log_latency = is_wide(&mut points().flat_map(latencies), LOG_LATENCIES_FROM);
        let mut hidden = 0;
        let mut thinned = 0;
        let most = (MOST_POINTS / chart.series.len().clamp(1, MOST_ROWS)).max(2);
        let mut curve = |series: &LoadSeries| {
            let knee = series.knee.and_then(|knee| series.points.get(knee)).copied();
            let mut shown = |point: &LoadPoint| drawable(*point, (log_load, log_latency), &mut hidden);
            let mut points: Vec<LoadPoint> = series.points.iter().filter_map(&mut shown).collect();
            points.sort_by(|one, other| one.load.total_cmp(&other.load));
            let count = points.len();
            if count > most {
                points = (0..most).map(|index| points[index * (count - 1) / (most - 1)]).collect();
                thinned += count - most;
            }
            let knee = knee.and_then(|knee| drawable(knee, (log_load, log_latency), &mut 0));
            Curve { points, knee: knee.filter(|knee| knee.throughput.is_some()) }
        };
        let curves: Vec<Curve> = chart.series.iter().take(MOST_ROWS).map(&mut curve).collect();
        let limit = chart.limit.filter(|limit| is_drawable(*limit, true));
        let axes = Axes::of(&curves, limit, (log_load, log_latency));
        Self { curves, axes, limit, hidden, thinned }
    }

    pub(super) fn any(&self, test: impl Fn(&LoadPoint) -> bool) -> bool {
        self.curves.iter().flat_map(|curve| &curve.points).any(test)
    }
}

pub(super) struct Axes {
    pub(super) load: Range,
    pub(super) load_ticks: Vec<Tick>,
    pub(super) throughput: Range,
    pub(super) latency: Range,
}

impl Axes {
    fn of(curves: &[Curve], limit: Option<f64>, (log_load, log_latency): (bool, bool)) -> Option<Self> {
        let points = || curves.iter().flat_map(|curve| &curve.points);
        let has_values = points().any(|point| point.throughput.or(point.latency).or(point.tail).is_some());
        let loads = || points().map(|point| point.load);
        let load = if has_values { Range::around(loads(), log_load)? } else { return None };
        let latencies = || points().flat_map(latencies).chain(limit);
        let latency = if log_latency { Range::around(latencies(), true) } else { None };
        Some(Self {
            load,
            load_ticks: load_ticks(loads().collect(), &load),
            throughput: with_headroom(points().flat_map(|point| [point.throughput, point.goodput]).flatten()),
            latency: latency.unwrap_or_else(|| with_headroom(latencies())),
        })
    }
}

/// From zero, with room for a ring round the highest point.
fn with_headroom(values: impl Iterator<Item = f64>) -> Range {
    let range = Range::from_zero(values);
    Range { high: range.high * 1.05, ..range }
}

/// A tick at each load that was measured, or round numbers where these are too many.
fn load_ticks(mut loads: Vec<f64>, range: &Range) -> Vec<Tick> {
    loads.sort_by(f64::total_cmp);
    loads.dedup();
    if loads.len() > MOST_LOAD_TICKS {
        return range.ticks(8);
    }
    loads.into_iter().map(|value| Tick { value, label: setting(value) }).collect()
}

/// All latencies of a point: median, interval and tail.
fn latencies(point: &LoadPoint) -> impl Iterator<Item = f64> + use<> {
    let (low, high) = point.latency_interval.unzip();
    [point.latency, low, high, point.tail].into_iter().flatten()
}

/// The point without values that have no place on the axes, which are counted.
fn drawable(point: LoadPoint, (log_load, log_latency): (bool, bool), hidden: &mut u64) -> Option<LoadPoint> {
    if !is_drawable(point.load, log_load) {
        *hidden += 1;
        return None;
    }
    let mut keep = |value: Option<f64>, log: bool| {
        let kept = value.filter(|value| is_drawable(*value, log) && *value >= 0.0);
        *hidden += u64::from(kept.is_none() && value.is_some());
        kept
    };
    let (low, high) = point.latency_interval.unzip();
    let ends = keep(low, log_latency).zip(keep(high, log_latency));
    Some(LoadPoint {
        throughput: keep(point.throughput, false),
        goodput: keep(point.goodput, false),
        latency: keep(point.latency, log_latency),
        latency_interval: ends,
        tail: keep(point.tail, log_latency),
        ..point
    })
}
