//! The view of a load curve: the figures of each model at each load, and the texts around them.

use crate::chart::frame::Frame;

/// The figures at one load.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LoadPoint {
    /// The load, such as requests in flight or arrivals per second.
    pub load: f64,
    /// Work done per second; none where unknown.
    pub throughput: Option<f64>,
    /// The part of the throughput that met the service levels; none without one.
    pub goodput: Option<f64>,
    /// Median latency; none where unknown.
    pub latency: Option<f64>,
    /// The ends of its interval.
    pub latency_interval: Option<(f64, f64)>,
    /// A high percentile of the latency; none where unknown.
    pub tail: Option<f64>,
    /// True if the client, not the server, may have limited these figures.
    pub client_limited: bool,
}

/// The curve of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoadSeries {
    /// Name of the model.
    pub label: String,
    /// One point per load, in ascending order.
    pub points: Vec<LoadPoint>,
    /// Index of the point beyond which latency grows faster than throughput.
    pub knee: Option<usize>,
}

/// Throughput and latency over load.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoadCurveChart {
    /// What stands around it.
    pub frame: Frame,
    /// Label of the load axis, such as "requests in flight".
    pub load_label: String,
    /// Label of the throughput axis, with its unit.
    pub throughput_label: String,
    /// Label of the latency axis, with its unit.
    pub latency_label: String,
    /// Name of the tail, such as "p95".
    pub tail_label: String,
    /// The latency that a good response does not exceed, if there is one.
    pub limit: Option<f64>,
    /// One curve per model, in the order of the models.
    pub series: Vec<LoadSeries>,
    /// Sentences for the caption.
    pub note: String,
}
