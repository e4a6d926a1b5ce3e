//! The view of the durations chart: medians side by side; means, which add up, as parts of the latency.

use super::frame::titled;
use super::measures::measure;
use super::shown::Shown;
use crate::chart::{DurationBars, DurationsChart, Frame, StackedBar, StackedChart, View};
use crate::spec::types::{Average, DurationsChartSpec, TimeMeasure};
use crate::statistics::quantile;
use crate::tables::figures::{Figures, as_count};

/// The durations of each model, by what is known of all: medians, or means as parts of the latency.
pub(in crate::report) fn durations_view(
    (all, groups): (&[Shown<'_>], &[Shown<'_>]),
    spec: &DurationsChartSpec,
    frame: Frame,
) -> View {
    match spec.statistic {
        Average::Mean => View::Stacked(parts_view((all, groups), frame)),
        Average::Median => View::Durations(medians_view((all, groups), frame)),
    }
}

const COUNT: usize = 8;

/// Seconds below which clocks do not disagree.
const LEAST_GAP: f64 = 1e-3;

/// The parts of a latency: by the server's own times where it tells them, else by the first token, else none.
const PARTS: [&str; COUNT] = [
    "load",
    "prompt eval",
    "eval",
    "rest of the server",
    "network and client",
    "to the first token",
    "after the first token",
    "latency without known parts",
];

/// A group with the means of its parts.
type Measured<'s> = (&'s Shown<'s>, Option<[f64; COUNT]>);

fn means(shown: &Shown<'_>) -> Option<[f64; COUNT]> {
    mean_parts(&shown.group?.figures)
}

fn parts_view((all, groups): (&[Shown<'_>], &[Shown<'_>]), frame: Frame) -> StackedChart {
    let of_all: Vec<[f64; COUNT]> = all.iter().filter_map(means).collect();
    let measured: Vec<Measured<'_>> = groups.iter().map(|shown| (shown, means(shown))).collect();
    let occurs = |class: &usize| of_all.iter().any(|parts| parts[*class] > 0.0);
    let classes: Vec<usize> = (0..COUNT).filter(occurs).collect();
    let bar = |(shown, means): &Measured<'_>| StackedBar {
        label: shown.batch.label(),
        parts: classes.iter().map(|class| means.map_or(f64::NAN, |parts| parts[*class])).collect(),
    };
    StackedChart {
        frame: titled(frame, "Mean durations by model"),
        value_label: "seconds".into(),
        classes: classes.iter().map(|class| PARTS[*class].to_owned()).collect(),
        bars: measured.iter().map(bar).collect(),
        note: note(&measured),
        ..StackedChart::default()
    }
}

/// What the bars add up to. Of a server that tells more time than the client waited the rest is below zero and not drawn.
fn note(measured: &[Measured<'_>]) -> String {
    let is_beyond = |parts: &[f64; COUNT]| parts.iter().any(|part| *part < -LEAST_GAP);
    let beyond = measured.iter().filter(|(_, means)| means.as_ref().is_some_and(is_beyond));
    let beyond: Vec<String> = beyond.map(|(shown, _)| shown.batch.label()).collect();
    let whole = "Means over warm answers; the parts add up to the client's latency";
    if beyond.is_empty() {
        return format!("{whole}.");
    }
    format!("{whole}, except where the server tells more time than that: {}.", beyond.join(", "))
}

/// The mean of each part; none without an answer whose parts are known.
fn mean_parts(figures: &Figures) -> Option<[f64; COUNT]> {
    let known: Vec<[f64; COUNT]> = (0..figures.len()).filter_map(|row| parts(figures, row)).collect();
    let mean = |class: usize| known.iter().map(|parts| parts[class]).sum::<f64>() / known.len() as f64;
    (!known.is_empty()).then(|| std::array::from_fn(mean))
}

fn parts(figures: &Figures, row: usize) -> Option<[f64; COUNT]> {
    let latency = figures.latency.get(row).filter(|_| figures.warm.get(row) == Some(true))?;
    if let Some(total) = figures.server_total.get(row) {
        let columns = [&figures.server_load, &figures.server_prompt_eval, &figures.server_eval];
        let [load, prompt, eval] = columns.map(|column| column.get(row).unwrap_or(0.0));
        return Some([load, prompt, eval, total - load - prompt - eval, latency - total, 0.0, 0.0, 0.0]);
    }
    let Some(first) = figures.ttft.get(row) else { return Some([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, latency]) };
    Some([0.0, 0.0, 0.0, 0.0, 0.0, first, latency - first, 0.0])
}

fn medians_view((all, groups): (&[Shown<'_>], &[Shown<'_>]), frame: Frame) -> DurationsChart {
    let measures = [
        ("client latency", TimeMeasure::Latency),
        ("server total", TimeMeasure::TotalDuration),
        ("prompt eval", TimeMeasure::PromptEvalDuration),
        ("eval", TimeMeasure::EvalDuration),
    ];
    let is_known = |measure: &TimeMeasure| all.iter().any(|group| !sorted(group, *measure).is_empty());
    let measures: Vec<_> = measures.into_iter().filter(|(_, measure)| is_known(measure)).collect();
    let bars = groups.iter().map(|group| {
        let columns: Vec<Vec<f64>> = measures.iter().map(|(_, measure)| sorted(group, *measure)).collect();
        DurationBars {
            label: group.batch.label(),
            values: columns.iter().map(|values| quantile(values, 0.5)).collect(),
            spread: columns.iter().map(|values| quantile(values, 0.25).zip(quantile(values, 0.75))).collect(),
            n: columns.iter().map(|values| as_count(values.len())).collect(),
        }
    });
    DurationsChart {
        frame: titled(frame, "Median durations by model"),
        is_share: false,
        series: measures.iter().map(|(label, _)| (*label).to_owned()).collect(),
        groups: bars.collect(),
        value_label: "seconds".into(),
        note: "Marks: medians; whiskers: quartiles.".into(),
        beside: Vec::new(),
    }
}

fn sorted(group: &Shown<'_>, wanted: TimeMeasure) -> Vec<f64> {
    let mut values: Vec<f64> = group.column(|figures| measure(figures, wanted).flatten().collect());
    values.sort_by(f64::total_cmp);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::pictures::shown::shown;
    use crate::tables::fixture::Fixture;
    use crate::work::batch::Batch;

    #[test]
    fn the_parts_of_means_add_up_to_the_latency() {
        let fixture = Fixture::new(6);
        let (batches, results) = (Batch::all(&fixture.plan), fixture.results());
        let spec = DurationsChartSpec { statistic: Average::Mean, ..DurationsChartSpec::default() };
        let View::Stacked(chart) =
            durations_view((&shown(&batches, &results), &shown(&batches, &results)), &spec, Frame::default())
        else {
            panic!("means are stacked");
        };
        let group = &results.groups[0];
        let latency: Vec<f64> = group.figures.of_warm(&group.figures.latency).collect();
        let mean = latency.iter().sum::<f64>() / latency.len() as f64;
        let parts: f64 = chart.bars[0].parts.iter().sum();
        assert!(latency.len() > 1 && (parts - mean).abs() < 1e-9, "{parts} {mean} {:?}", chart.classes);
    }
}
