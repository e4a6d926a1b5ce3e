//! From probabilities of letters to the view of their chart.

use super::shown::Shown;
use crate::chart::{Frame, ReliabilityChart, ReliabilityPoint, ReliabilitySeries};
use crate::statistics::{BINS, ReliabilityBin};
use crate::tables::figures::Figures;

/// The reliability diagram; none without log-probabilities.
pub(in crate::report) fn reliability_view(groups: &[Shown<'_>], frame: Frame) -> Option<ReliabilityChart> {
    let point = |bin: &ReliabilityBin| ReliabilityPoint {
        confidence: bin.confidence,
        accuracy: bin.accuracy,
        count: bin.count,
        interval: bin.interval(),
    };
    let of_bins = |figures: &Figures| figures.reliability().iter().filter(|bin| bin.count > 0).map(point).collect();
    let series = groups.iter().map(|shown| ReliabilitySeries {
        label: shown.batch.label(),
        points: shown.column(of_bins),
        error: shown.group.and_then(|group| group.summary.calibration_error).unwrap_or(f64::NAN),
    });
    let series: Vec<ReliabilitySeries> = series.collect();
    let has_points = series.iter().any(|series| !series.points.is_empty());
    has_points.then(|| ReliabilityChart { frame, bins: BINS, series, note: String::new() })
}
