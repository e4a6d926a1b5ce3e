//! The view of the durations chart.

use super::frame::titled;
use super::measures::measure;
use super::shown::Shown;
use crate::chart::{DurationBars, DurationsChart, Frame};
use crate::spec::types::{Average, DurationsChartSpec, TimeMeasure};
use crate::statistics::quantile;

pub(in crate::report) fn durations_view(
    groups: &[Shown<'_>],
    spec: &DurationsChartSpec,
    frame: Frame,
) -> DurationsChart {
    let measures = [
        ("client latency", TimeMeasure::Latency),
        ("server total", TimeMeasure::TotalDuration),
        ("prompt eval", TimeMeasure::PromptEvalDuration),
        ("eval", TimeMeasure::EvalDuration),
    ];
    let word = match spec.statistic {
        Average::Mean => "Mean",
        Average::Median => "Median",
    };
    let bars = groups.iter().map(|group| {
        let columns: Vec<Vec<f64>> = measures.iter().map(|(_, measure)| sorted(group, *measure)).collect();
        DurationBars {
            label: group.batch.label(),
            values: columns.iter().map(|values| average(values, spec.statistic)).collect(),
            spread: columns.iter().map(|values| quartiles(values, spec.statistic)).collect(),
            n: u64::try_from(columns[0].len()).unwrap_or(u64::MAX),
        }
    });
    DurationsChart {
        frame: titled(frame, &format!("{word} durations by model")),
        is_share: false,
        series: measures.iter().map(|(label, _)| (*label).to_owned()).collect(),
        groups: bars.collect(),
        value_label: "seconds".into(),
        note: match spec.statistic {
            Average::Median => "Marks: medians; whiskers: quartiles.".into(),
            Average::Mean => "Marks: means.".into(),
        },
    }
}

/// Quartiles are shown with a median only; around a mean they would look like its error.
fn quartiles(sorted: &[f64], statistic: Average) -> Option<(f64, f64)> {
    match statistic {
        Average::Median => Some((quantile(sorted, 0.25)?, quantile(sorted, 0.75)?)),
        Average::Mean => None,
    }
}

fn sorted(group: &Shown<'_>, wanted: TimeMeasure) -> Vec<f64> {
    let mut values: Vec<f64> = group.column(|figures| measure(figures, wanted).flatten().collect());
    values.sort_by(f64::total_cmp);
    values
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn average(sorted: &[f64], statistic: Average) -> Option<f64> {
    match statistic {
        Average::Median => quantile(sorted, 0.5),
        Average::Mean if sorted.is_empty() => None,
        Average::Mean => Some(sorted.iter().sum::<f64>() / sorted.len() as f64),
    }
}
