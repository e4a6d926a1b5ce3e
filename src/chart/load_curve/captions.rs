//! The captions of a load curve: how to read the marks, and what is not drawn.

use super::curves::Curves;
use super::view::LoadCurveChart;
use crate::chart::number::counted;
use crate::chart::rows::unlisted;

impl Curves {
    pub(super) fn captions(&self, chart: &LoadCurveChart) -> Vec<String> {
        let mut sentences = vec![chart.note.clone()];
        if self.curves.iter().any(|curve| curve.knee.is_some()) {
            sentences.push(
                "Knee: where throughput over latency is greatest; beyond it, latency grows faster than throughput."
                    .into(),
            );
        }
        if self.any(|point| point.client_limited) {
            sentences.push("Hollow points: the client may have been the bottleneck.".into());
        }
        if self.axes.as_ref().is_some_and(|axes| axes.latency.log) {
            sentences.push("Latency on a logarithmic scale.".into());
        }
        if self.thinned > 0 {
            sentences.push(format!(
                "{} left out at even distances, for lack of space.",
                counted(self.thinned as u64, "point")
            ));
        }
        if self.hidden > 0 {
            let text = counted(self.hidden, "value");
            sentences.push(format!("{text} cannot be drawn on these axes."));
        }
        sentences.push(unlisted(chart.series.len()));
        sentences
    }
}
