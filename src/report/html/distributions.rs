//! The view of distributions: how many answers took how long, and how time grows with tokens.

use serde::Serialize;

use super::figure::{COLORS, Figure, line_swatch, swatch};
use super::load::short_seconds;
use super::scale::{Scale, plain};
use crate::format::{UNKNOWN, interval, known, seconds};
use crate::id::Id;
use crate::statistics::{PERCENTILES, theil_sen};
use crate::tables::group::{Group, Results};
use crate::tables::timing::Percentiles;

/// Points of a curve; the eye sees no more.
const MOST_STEPS: usize = 160;

/// Dots of a model.
const MOST_DOTS: usize = 300;

/// Curves in one picture; of more, each level has a picture of its own.
const MOST_CURVES: usize = 6;

/// Pictures of one measure.
const MOST_PANELS: usize = 8;

/// Models and levels whose latency is drawn over their tokens.
const MOST_SERIES: usize = 24;

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Distributions {
    curves: Vec<Picked>,
    key: Vec<(String, String)>,
    unlisted: usize,
    headings: Vec<String>,
    scatter: Option<Scatter>,
}

/// The curves of one measure.
#[derive(Debug, Serialize)]
struct Picked {
    id: &'static str,
    name: &'static str,
    panels: Vec<Panel>,
    rows: Vec<(String, Vec<String>)>,
}

/// One picture of curves.
#[derive(Debug, Serialize)]
struct Panel {
    title: String,
    svg: String,
}

/// Latency over tokens.
#[derive(Debug, Serialize)]
struct Scatter {
    svg: String,
    rows: Vec<[String; 6]>,
    is_thinned: bool,
}

/// What is distributed.
struct Measure {
    id: &'static str,
    name: &'static str,
    values: fn(&Group) -> Vec<f64>,
    percentiles: fn(&Group) -> &Percentiles,
}

const MEASURES: [Measure; 3] = [
    Measure {
        id: "latency",
        name: "latency",
        values: |group| group.figures.of_warm(group.figures.user_latency(group.batch.level)).collect(),
        percentiles: |group| group.summary.latency(),
    },
    Measure {
        id: "ttft",
        name: "time to first token",
        values: |group| group.figures.of_warm(&group.figures.ttft).collect(),
        percentiles: |group| &group.summary.timing.ttft,
    },
    Measure {
        id: "tpot",
        name: "time per output token",
        values: |group| group.figures.of_warm(&group.figures.tpot).collect(),
        percentiles: |group| &group.summary.timing.tpot,
    },
];

/// The distributions of a run; none where nothing was timed.
pub(super) fn distributions(results: &Results) -> Option<Distributions> {
    let curves: Vec<Picked> = MEASURES.iter().filter_map(|measure| curves(results, measure)).collect();
    if curves.is_empty() {
        return None;
    }
    let drawn = panels(results);
    let mut key: Vec<(String, String)> = Vec::new();
    let is_alone = drawn.len() > 1 || is_one_level(results);
    for (groups, group) in drawn.iter().flat_map(|(_, groups)| groups.iter().map(move |group| (groups, group))) {
        let entry = match is_alone {
            true => (swatch(group.batch.model_id.place()), group.batch.model.label.clone()),
            false => (line_swatch(&class(group, groups)), group.batch.label()),
        };
        if !key.contains(&entry) {
            key.push(entry);
        }
    }
    Some(Distributions {
        curves,
        key,
        unlisted: results.groups.len() - drawn.iter().map(|panel| panel.1.len()).sum::<usize>(),
        headings: PERCENTILES.iter().map(|(_, name)| (*name).to_owned()).collect(),
        scatter: scatter(results),
    })
}

/// Whether each model was measured at one level only.
fn is_one_level(results: &Results) -> bool {
    let groups = &results.groups;
    groups.iter().all(|group| groups.iter().filter(|other| other.batch.is_of_model(&group.batch)).count() == 1)
}

/// Groups by the panel in which they are drawn: all in one if they are few, else those of each level.
fn panels(results: &Results) -> Vec<(String, Vec<&Group>)> {
    let groups = &results.groups;
    if groups.len() <= MOST_CURVES {
        return vec![(String::new(), groups.iter().collect())];
    }
    let mut panels: Vec<(String, Vec<&Group>)> = Vec::new();
    for group in groups {
        let level = &group.summary.level;
        match panels.iter_mut().find(|panel| panel.0 == *level) {
            Some(panel) => panel.1.push(group),
            None => panels.push((level.clone(), vec![group])),
        }
    }
    panels.truncate(MOST_PANELS);
    panels.iter_mut().for_each(|panel| panel.1.truncate(COLORS));
    panels
}

/// The look of a curve: the colour of its model, and of several levels of it in one picture a dash each.
fn class(group: &Group, groups: &[&Group]) -> String {
    let own = groups.iter().filter(|other| other.batch.is_of_model(&group.batch));
    let level = own.take_while(|other| other.batch.id != group.batch.id).count();
    format!("s{} dash{level}", group.batch.model_id.place() % COLORS)
}

fn sorted(group: &Group, measure: &Measure) -> Vec<f64> {
    let mut values = (measure.values)(group);
    values.sort_unstable_by(f64::total_cmp);
    values
}

fn panel(title: &str, groups: &[&Group], measure: &Measure, scale: &Scale) -> Panel {
    let at = if title.is_empty() { String::new() } else { format!(" at {title}") };
    let name = format!("Share of answers by {}{at}", measure.name);
    let mut figure = Figure::new(&name, scale.clone(), Scale::shares());
    for group in groups {
        let values = sorted(group, measure);
        let class = class(group, groups);
        let steps = steps(&values);
        // Dvoretzky, Kiefer and Wolfowitz; Massart's constant (1990).
        let reach = (libm::log(2.0 / 0.05) / (2.0 * values.len().max(1) as f64)).sqrt();
        let band: Vec<(f64, f64, f64)> = steps.iter().map(|(x, y)| (*x, y - reach, y + reach)).collect();
        figure.band(&class, &band);
        figure.line(&class, &steps);
    }
    let height = if title.is_empty() { 280 } else { 190 };
    let svg = figure.svg(height, short_seconds, |value| format!("{:.0} %", value * 100.0));
    Panel { title: title.to_owned(), svg }
}

fn curves(results: &Results, measure: &Measure) -> Option<Picked> {
    let panels = panels(results);
    let ends = panels.iter().flat_map(|panel| &panel.1).filter_map(|group| {
        let values = sorted(group, measure);
        Some([*values.first()?, *values.last()?])
    });
    let ends: Vec<f64> = ends.flatten().collect();
    if ends.is_empty() {
        return None;
    }
    let scale = Scale::logarithmic(ends.into_iter());
    let row = |group: &Group| {
        let percentiles = (measure.percentiles)(group);
        let cells = percentiles.known.iter().enumerate().map(|(place, found)| match found {
            Some(found) => format!("{} ({})", seconds(found.value), interval((found.low, found.high), seconds)),
            None if place == 0 => known(percentiles.median, seconds),
            None => UNKNOWN.to_owned(),
        });
        (group.batch.label(), cells.collect())
    };
    Some(Picked {
        id: measure.id,
        name: measure.name,
        panels: panels.iter().map(|(title, groups)| panel(title, groups, measure, &scale)).collect(),
        rows: results.groups.iter().map(row).collect(),
    })
}

/// The steps of the share of values up to each, as many as can be seen.
fn steps(sorted: &[f64]) -> Vec<(f64, f64)> {
    let n = sorted.len();
    let every = n.div_ceil(MOST_STEPS).max(1);
    let places = (0..n).filter(|place| place % every == 0 || place + 1 == n);
    let mut steps = Vec::new();
    let mut before = 0.0;
    for place in places {
        let share = (place + 1) as f64 / n as f64;
        steps.push((sorted[place], before));
        steps.push((sorted[place], share));
        before = share;
    }
    steps
}

fn scatter(results: &Results) -> Option<Scatter> {
    let points: Vec<Vec<(f64, f64)>> = results.groups.iter().map(points).collect();
    let all = || points.iter().flatten();
    all().next()?;
    let (x, y) = (Scale::from_zero(all().map(|point| point.0)), Scale::from_zero(all().map(|point| point.1)));
    let mut figure = Figure::new("Latency by output tokens", x, y);
    let mut rows = Vec::new();
    for (index, points) in points.iter().enumerate().take(MOST_SERIES) {
        let class = format!("s{}", results.groups[index].batch.model_id.place() % COLORS);
        let every = points.len().div_ceil(MOST_DOTS).max(1);
        points.iter().step_by(every).for_each(|point| figure.dot(&class, *point));
        let Some(line) = theil_sen(points).filter(|_| points.len() > 4) else { continue };
        let ends =
            points.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), point| (low.min(point.0), high.max(point.0)));
        let at = |x: f64| (x, line.intercept + line.slope * x);
        figure.line(&class, &[at(ends.0), at(ends.1)]);
        let (low, high) = line.slope_interval;
        // A slope that may be zero says nothing of a rate, which would be beyond all bounds.
        let rate = if low > 0.0 { format!("{:.1}", 1.0 / line.slope) } else { UNKNOWN.to_owned() };
        let interval = format!("{} – {}", seconds(low), seconds(high));
        let label = results.groups[index].batch.label();
        rows.push([label, seconds(line.slope), interval, seconds(line.intercept), rate, points.len().to_string()]);
    }
    let svg = figure.svg(300, plain, short_seconds);
    Some(Scatter { svg, rows, is_thinned: points.iter().any(|points| points.len() > MOST_DOTS) })
}

/// Output tokens and latency of warm answers.
fn points(group: &Group) -> Vec<(f64, f64)> {
    let figures = &group.figures;
    let rows = figures.counted_tokens.iter().zip(figures.latency.iter()).zip(figures.warm.iter());
    rows.filter_map(|((tokens, latency), warm)| Some((tokens? as f64, latency.filter(|_| warm == Some(true))?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::{Fixture, ms};

    #[test]
    fn levels_of_a_model_have_its_colour_and_a_dash_each() {
        let mut fixture = Fixture::with(8, "{ concurrency: [1, 4] }");
        (0..8).for_each(|index| fixture.places[index] = (index / 4, index % 2));
        let view = distributions(&fixture.results()).unwrap();
        let key: Vec<&str> = view.key.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(key, ["a c=1", "a c=4", "Big B c=1", "Big B c=4"]);
        let svg = &view.curves[0].panels[0].svg;
        for class in ["s0 dash0", "s0 dash1", "s1 dash0", "s1 dash1"] {
            assert!(svg.contains(&format!("class=\"line {class}\"")), "{class}");
        }
    }

    #[test]
    fn a_slope_that_may_be_zero_has_no_rate() {
        let row = |latency: fn(u64) -> u64| {
            let mut fixture = Fixture::new(20);
            for (index, response) in (0..).zip(&mut fixture.responses) {
                response.usage.output_tokens = Some(index + 1);
                response.stamps.last_token = Some(ms(latency(index)));
            }
            scatter(&fixture.results()).unwrap().rows[0].clone()
        };
        assert_eq!(row(|index| 100 + 10 * index)[1..5], ["10.0 ms", "10.0 ms – 10.0 ms", "90.0 ms", "100.0"]);
        assert_eq!(row(|index| 100 + index % 3)[4], UNKNOWN);
    }

    #[test]
    fn steps_end_at_one_and_are_few() {
        let values: Vec<f64> = (0..10_000).map(f64::from).collect();
        let found = steps(&values);
        assert!(found.len() <= 2 * (MOST_STEPS + 1));
        assert_eq!(found.last(), Some(&(9999.0, 1.0)));
        assert_eq!(steps(&[2.0]), [(2.0, 0.0), (2.0, 1.0)]);
    }
}
