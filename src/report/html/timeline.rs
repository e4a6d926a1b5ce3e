//! The view of time: a bar per request with its phases, and below it what was in flight and what came out.

use std::fmt::Write;

use serde::Serialize;

use super::figure::{Figure, escaped, share};
use super::load::short_seconds;
use super::scale::{Scale, plain};
use crate::chart::{BarKind, Frame, ServerReading, TimelineBar, TimelineGroup, pack};
use crate::format::counted;
use crate::report::pictures::shown::shown;
use crate::report::pictures::timeline::timeline_view;
use crate::tables::group::Results;
use crate::work::batch::Batch;

/// Bars that are drawn of a model at a level.
const MOST_BARS: usize = 240;

/// Models and levels that are drawn.
const MOST_GROUPS: usize = 12;

/// Lanes that bars lie in.
const MOST_LANES: usize = 48;

/// Steps of the curves below the bars.
const STEPS: usize = 80;

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Timeline {
    groups: Vec<Shown>,
    note: String,
    unlisted: usize,
}

/// The requests of a model at a level.
#[derive(Debug, Serialize)]
struct Shown {
    label: String,
    bars: String,
    in_flight: String,
    rate: String,
    /// Heading and curve of what the server said.
    server: Vec<(&'static str, String)>,
    caption: String,
}

/// The time of a run; none without time stamps.
pub(super) fn timeline(batches: &[Batch], results: &Results) -> Option<Timeline> {
    let view = timeline_view(&shown(batches, results), Frame::default())?;
    let groups = view.groups.iter().filter(|group| !group.bars.is_empty());
    let drawn: Vec<Shown> = groups.clone().take(MOST_GROUPS).map(drawn).collect();
    Some(Timeline { unlisted: groups.count() - drawn.len(), groups: drawn, note: view.note })
}

fn drawn(group: &TimelineGroup) -> Shown {
    let mut bars: Vec<&TimelineBar> = group.bars.iter().collect();
    bars.sort_by(|a, b| a.scheduled.total_cmp(&b.scheduled).then(a.end.total_cmp(&b.end)));
    let start = bars.iter().map(|bar| bar.scheduled).fold(f64::INFINITY, f64::min);
    let end = bars.iter().map(|bar| bar.end).fold(start, f64::max);
    let length = (end - start).max(1e-9);
    let time = Scale::from_zero(std::iter::once(length));
    let shown = &bars[..bars.len().min(MOST_BARS)];
    let (lanes, used) = lanes(shown);
    let mut svg = String::new();
    let height = (used.max(1) * 9).clamp(18, 9 * MOST_LANES);
    let _ = write!(
        svg,
        r#"<svg class="plot bars" width="100%" height="{height}" role="img" aria-label="{}">"#,
        escaped(&format!("Requests of {} over time", group.label))
    );
    for (bar, lane) in shown.iter().zip(lanes).filter(|(_, lane)| *lane < MOST_LANES) {
        bar_of(&mut svg, bar, (start, &time), lane);
    }
    svg.push_str("</svg>");
    let caption = match bars.len() - shown.len() {
        0 => counted(bars.len(), "request"),
        more => format!("the first {} of {}", shown.len(), counted(shown.len() + more, "request")),
    };
    Shown {
        label: group.label.clone(),
        bars: svg,
        in_flight: in_flight(&bars, (start, length), &time),
        rate: rate(&bars, (start, length), &time),
        server: server(group, (start, length), &time),
        caption,
    }
}

/// The lane of each bar, and how many of them are drawn.
fn lanes(bars: &[&TimelineBar]) -> (Vec<usize>, usize) {
    let lanes = pack(&bars.iter().map(|bar| (bar.scheduled, bar.end)).collect::<Vec<_>>());
    let used = lanes.iter().max().map_or(0, |last| last + 1);
    (lanes, used.min(MOST_LANES))
}

/// Waiting, reading the prompt, writing the answer.
fn bar_of(svg: &mut String, bar: &TimelineBar, (start, time): (f64, &Scale), lane: usize) {
    let at = |moment: f64| time.unit(moment - start);
    let first = bar.first_token.filter(|first| *first <= bar.end);
    let kind = match bar.kind {
        BarKind::Answer => "answer",
        BarKind::WarmUp => "warm",
        BarKind::Cold => "cold",
        BarKind::Fault => "fault",
    };
    let parts = [
        ("p-wait", bar.scheduled, bar.sent),
        ("p-first", bar.sent, first.unwrap_or(bar.end)),
        ("p-rest", first.unwrap_or(bar.end), bar.end),
    ];
    for (class, from, to) in parts.into_iter().filter(|(_, from, to)| to > from) {
        let (x, width) = (share(at(from)), share(at(to) - at(from)));
        let _ =
            write!(svg, r#"<rect class="{class} {kind}" x="{x}" width="{width}" y="{}" height="7"/>"#, lane * 9 + 1);
    }
}

/// How many requests were in flight, step by step.
fn in_flight(bars: &[&TimelineBar], (start, length): (f64, f64), time: &Scale) -> String {
    let mut sums = vec![0.0; STEPS];
    let width = length / STEPS as f64;
    for bar in bars {
        let (from, to) = ((bar.sent - start) / width, (bar.end - start) / width);
        let mut step = from.floor().max(0.0);
        while step < to && step < STEPS as f64 {
            sums[step as usize] += (to.min(step + 1.0) - from.max(step)).max(0.0);
            step += 1.0;
        }
    }
    curve("Requests in flight", &sums, width, time)
}

/// Output tokens per second by the ends of answers, step by step; nothing where no tokens are known.
fn rate(bars: &[&TimelineBar], (start, length): (f64, f64), time: &Scale) -> String {
    let width = length / STEPS as f64;
    let mut sums = vec![0.0; STEPS];
    for bar in bars.iter().filter(|bar| bar.kind != BarKind::WarmUp) {
        let step = (((bar.end - start) / width) as usize).min(STEPS - 1);
        sums[step] += f64::from(bar.tokens.unwrap_or(0)) / width;
    }
    if sums.iter().all(|sum| *sum == 0.0) {
        String::new()
    } else {
        curve("Output tokens per second", &sums, width, time)
    }
}

/// What the server said it had, step by step; nothing where it said nothing.
fn server(group: &TimelineGroup, (start, length): (f64, f64), time: &Scale) -> Vec<(&'static str, String)> {
    let width = length / STEPS as f64;
    let curve_of = |(heading, value): (&'static str, fn(&ServerReading) -> Option<f64>)| {
        let mut most = vec![None::<f64>; STEPS];
        for (at, value) in group.readings.iter().filter_map(|reading| Some((reading.at, value(reading)?))) {
            let step = (((at - start) / width).max(0.0) as usize).min(STEPS - 1);
            most[step] = Some(most[step].map_or(value, |most| most.max(value)));
        }
        let mut last = most.iter().flatten().next().copied()?;
        let mut held = |most: Option<f64>| {
            last = most.unwrap_or(last);
            last
        };
        let held: Vec<f64> = most.into_iter().map(&mut held).collect();
        Some((heading, curve(heading, &held, width, time)))
    };
    [
        ("Running at the server", (|reading| reading.running) as fn(&ServerReading) -> Option<f64>),
        ("Waiting at the server", |reading| reading.waiting),
    ]
    .into_iter()
    .filter_map(curve_of)
    .collect()
}

fn curve(name: &str, sums: &[f64], width: f64, time: &Scale) -> String {
    let mut figure = Figure::new(name, time.clone(), Scale::from_zero(sums.iter().copied()));
    let points: Vec<(f64, f64)> = sums
        .iter()
        .enumerate()
        .flat_map(|(step, sum)| [(step as f64 * width, *sum), ((step + 1) as f64 * width, *sum)])
        .collect();
    let base: Vec<(f64, f64, f64)> = points.iter().map(|(x, y)| (*x, 0.0, *y)).collect();
    figure.band("ink", &base);
    figure.line("ink thin", &points);
    figure.svg(70, short_seconds, plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;

    #[test]
    fn bars_that_overlap_lie_in_lanes_of_their_own() {
        let bar = |scheduled: f64, end: f64| TimelineBar { scheduled, sent: scheduled, end, ..TimelineBar::default() };
        let bars = [bar(0.0, 2.0), bar(0.5, 1.0), bar(1.0, 3.0), bar(2.0, 4.0)];
        assert_eq!(lanes(&bars.iter().collect::<Vec<_>>()), (vec![0, 1, 1, 0], 2));
    }

    #[test]
    fn without_stamps_there_is_no_time() {
        let mut fixture = Fixture::new(4);
        let batches = Batch::all(&fixture.plan);
        assert!(timeline(&batches, &fixture.results()).is_none());
        fixture.back_to_back(2);
        let view = timeline(&batches, &fixture.results()).unwrap();
        assert_eq!((view.groups.len(), &*view.groups[0].caption), (1, "4 requests"));
        assert!(view.groups[0].rate.contains("tokens per second"));
    }
}
