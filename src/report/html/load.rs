//! The view of load: what was completed and how long it took, level by level, and the service level.

use serde::Serialize;

use super::figure::{COLORS, Figure, swatch};
use super::scale::{Scale, plain};
use super::words::capital;
use crate::chart::{Frame, LoadCurveChart, LoadSeries};
use crate::format::{UNKNOWN, seconds};
use crate::level::Level;
use crate::plan::Plan;
use crate::printable::isolated;
use crate::report::largest_load::largest_load;
use crate::report::pictures::load::load_views;
use crate::report::tables::{level_headings, level_line, load_legend};
use crate::tables::group::{Group, Results};
use crate::tables::summary::Summary;

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Load {
    kinds: Vec<Kind>,
    headings: Vec<&'static str>,
    lines: Vec<Line>,
    legend: Vec<String>,
    largest: Vec<String>,
}

/// The levels of one kind of loop, as pictures.
#[derive(Debug, Serialize)]
struct Kind {
    name: &'static str,
    figures: Vec<Picked>,
    knees: Vec<String>,
    key: Vec<(String, String)>,
}

/// A picture of one measure over the load.
#[derive(Debug, Serialize)]
struct Picked {
    id: &'static str,
    name: &'static str,
    y: String,
    x: String,
    svg: String,
}

/// A line of the table.
#[derive(Debug, Serialize)]
struct Line {
    cells: Vec<String>,
    is_limited: bool,
}

/// The load of a run; none where nothing was timed.
pub(super) fn load(plan: &Plan, results: &Results) -> Option<Load> {
    let groups = &results.groups;
    if groups.iter().all(|group| group.summary.latency().median.is_none()) {
        return None;
    }
    let charts = load_views(plan, groups, &Frame::default());
    let kinds = charts.iter().map(|chart| kind(plan, groups, chart));
    let (headings, lines) = table(plan, groups);
    Some(Load {
        kinds: kinds.collect(),
        headings,
        lines,
        legend: load_legend(groups).lines().map(capital).collect(),
        largest: largest_load(groups, plan).into_iter().map(|found| found.text).collect(),
    })
}

/// The table per level without the columns in which nothing is known.
fn table(plan: &Plan, groups: &[Group]) -> (Vec<&'static str>, Vec<Line>) {
    let lines: Vec<(&Group, [String; 11])> = groups.iter().map(|group| (group, level_line(group, plan))).collect();
    let headings = level_headings();
    let is_known = |place: &usize| lines.iter().any(|(_, cells)| cells[*place] != UNKNOWN);
    let kept: Vec<usize> = (0..headings.len()).filter(is_known).collect();
    let line = |(group, cells): &(&Group, [String; 11])| Line {
        cells: kept.iter().map(|place| cells[*place].clone()).collect(),
        is_limited: group.summary.client.is_limit == Some(true),
    };
    (kept.iter().map(|place| headings[*place]).collect(), lines.iter().map(line).collect())
}

/// A measure over the load.
struct Measure {
    id: &'static str,
    name: &'static str,
    unit: &'static str,
    is_time: bool,
    value: fn(&Summary) -> Option<f64>,
}

const MEASURES: [Measure; 2] = [
    Measure {
        id: "ttft",
        name: "time to first token",
        unit: "median time to first token",
        is_time: true,
        value: |summary| summary.timing.ttft.median,
    },
    Measure {
        id: "goodput",
        name: "goodput",
        unit: "good answers per second",
        is_time: false,
        value: |summary| summary.throughput.goodput,
    },
];

fn kind(plan: &Plan, groups: &[Group], chart: &LoadCurveChart) -> Kind {
    let is_open = chart.load_label.starts_with("arrivals");
    let figures = [
        Some(curve(chart, ("throughput", "throughput"), &chart.throughput_label, |point| point.throughput, false)),
        Some(curve(chart, ("latency", "latency"), &chart.latency_label, |point| point.latency, true)),
    ];
    let own: Vec<&Group> = groups.iter().filter(|group| group.batch.level.is_open() == is_open).collect();
    let further = MEASURES.iter().map(|measure| over_load(plan, &own, measure, &chart.load_label));
    let knee = |series: &LoadSeries| {
        let point = &series.points[series.knee?];
        Some(format!("{}: more load brings little more from {} on.", isolated(&series.label), plain(point.load)))
    };
    let key = chart.series.iter().enumerate().map(|(index, series)| (swatch(index), series.label.clone()));
    Kind {
        name: if is_open { "Open loop" } else { "Closed loop" },
        figures: figures.into_iter().chain(further).flatten().collect(),
        knees: chart.series.iter().filter_map(knee).collect(),
        key: key.collect(),
    }
}

/// A curve of the load chart.
fn curve(
    chart: &LoadCurveChart,
    (id, name): (&'static str, &'static str),
    y: &str,
    value: fn(&crate::chart::LoadPoint) -> Option<f64>,
    is_time: bool,
) -> Picked {
    let series = chart.series.iter().map(|series| {
        series.points.iter().filter_map(|point| Some((point.load, value(point)?, point.client_limited))).collect()
    });
    drawn((id, name), (&chart.load_label, y), &series.collect::<Vec<_>>(), is_time)
}

fn over_load(plan: &Plan, groups: &[&Group], measure: &Measure, x: &str) -> Option<Picked> {
    let of_model = |id| {
        let own = groups.iter().filter(|group| group.batch.model_id == id);
        let point = |group: &&&Group| {
            let level: Level = group.batch.level;
            Some((level.load(), (measure.value)(&group.summary)?, group.summary.client.is_limit == Some(true)))
        };
        let mut points: Vec<(f64, f64, bool)> = own.filter_map(|group| point(&group)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    let series: Vec<Vec<(f64, f64, bool)>> = plan.models.with_ids().map(|(id, _)| of_model(id)).collect();
    let has_curve = series.iter().any(|points| points.len() > 1);
    has_curve.then(|| drawn((measure.id, measure.name), (x, measure.unit), &series, measure.is_time))
}

fn drawn(
    (id, name): (&'static str, &'static str),
    (x, y): (&str, &str),
    series: &[Vec<(f64, f64, bool)>],
    is_time: bool,
) -> Picked {
    let all = || series.iter().flatten();
    let across = Scale::logarithmic(all().map(|point| point.0)).marked(all().map(|point| point.0).collect());
    let mut figure = Figure::new(&format!("{y} over {x}"), across, Scale::from_zero(all().map(|point| point.1)));
    for (index, points) in series.iter().enumerate() {
        let line: Vec<(f64, f64)> = points.iter().map(|(x, y, _)| (*x, *y)).collect();
        figure.line(&format!("s{}", index % COLORS), &line);
        for (x, y, is_limited) in points {
            let words = format!("{}: {}", plain(*x), if is_time { seconds(*y) } else { plain(*y) });
            figure.point((index, *is_limited), (*x, *y), &words);
        }
    }
    let tick = |value: f64| if is_time { short_seconds(value) } else { plain(value) };
    Picked { id, name, y: y.to_owned(), x: format!("{x}, logarithmic"), svg: figure.svg(280, plain, tick) }
}

/// A time for a tick.
pub(super) fn short_seconds(value: f64) -> String {
    let text = seconds(value);
    match text.split_once(' ') {
        Some((number, unit)) if number.contains('.') => {
            format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;

    #[test]
    fn ticks_of_times_are_short() {
        assert_eq!([0.0, 0.2, 0.25, 1.0, 20.0].map(short_seconds), ["0 s", "200 ms", "250 ms", "1 s", "20 s"]);
    }

    #[test]
    fn one_level_has_a_table_and_no_curve() {
        let mut fixture = Fixture::new(12);
        fixture.back_to_back(1);
        let view = load(&fixture.plan, &fixture.results()).unwrap();
        assert_eq!((view.kinds.len(), view.lines.len()), (0, 1));
    }
}
