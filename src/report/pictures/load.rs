//! The view of the load: curves over its levels.

use crate::chart::{Frame, LoadCurveChart, LoadPoint, LoadSeries};
use crate::level::Level;
use crate::plan::{ModelPlan, Plan};
use crate::statistics::knee;
use crate::tables::group::Group;
use crate::tables::summary::Summary;

/// The load curves of a sweep: of its closed loops, then of its open ones; a kind with a single level has none.
pub(in crate::report) fn load_views(plan: &Plan, groups: &[Group], frame: &Frame) -> Vec<LoadCurveChart> {
    let views = [false, true].into_iter().filter_map(|is_open| {
        let levels = sweep(plan, is_open);
        let own: Vec<&Group> = groups.iter().filter(|group| group.batch.level.is_open() == is_open).collect();
        let is_known = own.iter().any(|group| group.summary.throughput.requests.is_some());
        (levels.len() > 1 && is_known).then(|| load_view(plan, &levels, &own, is_open, frame))
    });
    views.collect()
}

/// The levels of one kind, by load.
fn sweep(plan: &Plan, is_open: bool) -> Vec<Level> {
    let own = plan.levels.iter().filter(|level| level.is_open() == is_open);
    let mut levels: Vec<Level> = own.copied().collect();
    levels.sort_by(|left, right| left.load().total_cmp(&right.load()));
    levels
}

fn load_view(plan: &Plan, levels: &[Level], groups: &[&Group], is_open: bool, frame: &Frame) -> LoadCurveChart {
    let is_counted = |summary: &Summary| summary.throughput.tokens.is_some() && summary.chunk_counted == 0;
    // Tokens are preferred to requests if they are known for all groups; what is good is counted in requests.
    let has_tokens = !plan.slo.is_set() && groups.iter().all(|group| is_counted(&group.summary));
    let tail = usual_tail(groups);
    let curves = Curves { has_tokens, tail };
    let series = plan.models.with_ids().map(|(id, model)| {
        let own: Vec<&Group> = groups.iter().copied().filter(|group| group.batch.model_id == id).collect();
        curves.series(model, levels, &own)
    });
    LoadCurveChart {
        frame: frame.clone(),
        load_label: if is_open { "arrivals per second" } else { "requests in flight" }.into(),
        throughput_label: if has_tokens { "output tokens per second" } else { "requests per second" }.into(),
        latency_label: if is_open { "median latency from the arrival (s)" } else { "median latency (s)" }.into(),
        tail_label: tail.unwrap_or_default().into(),
        limit: plan.slo.latency.map(|limit| limit.as_secs_f64()),
        series: series.collect(),
        note: format!("Rates are those of the steady window.{}{}", partly(groups, tail), together(plan)),
    }
}

/// A load is that of all requests, whatever they ask.
fn together(plan: &Plan) -> String {
    let datasets = plan.datasets.len();
    if datasets > 1 { format!(" Each level has the requests of all {datasets} datasets.") } else { String::new() }
}

/// The highest percentile that the sample size of at least half of the levels supports: a level that runs for a time has
/// few answers where the load is low, and is no reason to hide the tail of the others.
fn usual_tail(groups: &[&Group]) -> Option<&'static str> {
    ["p99", "p95", "p90"].into_iter().find(|name| 2 * supporting(groups, name) >= groups.len())
}

/// The number of groups whose sample size supports a percentile.
fn supporting(groups: &[&Group], name: &str) -> usize {
    groups.iter().filter(|group| group.summary.latency().named(name).is_some()).count()
}

/// Where the tail is not drawn for every level, and why.
fn partly(groups: &[&Group], tail: Option<&str>) -> String {
    let is_partial = |name: &&str| supporting(groups, name) < groups.len();
    tail.filter(is_partial).map(|name| format!(" {name} where there are answers enough for it.")).unwrap_or_default()
}

/// The contents of the curves of a chart.
struct Curves {
    has_tokens: bool,
    tail: Option<&'static str>,
}

impl Curves {
    fn series(&self, model: &ModelPlan, levels: &[Level], groups: &[&Group]) -> LoadSeries {
        let points = levels.iter().filter_map(|level| {
            let own = groups.iter().find(|group| group.batch.level == *level)?;
            Some(self.point(level.load(), &own.summary))
        });
        let points: Vec<LoadPoint> = points.collect();
        // A level limited by the client does not measure the server, and one with faults did not hold.
        let has_faults =
            |load: f64| groups.iter().any(|group| group.batch.level.load() == load && group.summary.faults > 0);
        let is_sound = |point: &LoadPoint| !point.client_limited && !has_faults(point.load);
        let known = |point: &LoadPoint| point.throughput.zip(point.latency).filter(|_| is_sound(point));
        let knee = knee(&points.iter().map(known).collect::<Vec<_>>());
        LoadSeries { label: model.label.clone(), points, knee }
    }

    fn point(&self, load: f64, summary: &Summary) -> LoadPoint {
        let throughput = &summary.throughput;
        let latency = summary.latency();
        LoadPoint {
            load,
            throughput: if self.has_tokens { throughput.tokens } else { throughput.requests },
            goodput: throughput.goodput,
            latency: latency.median,
            latency_interval: latency.named("p50").map(|percentile| (percentile.low, percentile.high)),
            tail: self.tail.and_then(|name| latency.named(name)).map(|percentile| percentile.value),
            client_limited: summary.client.is_limit == Some(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;
    use crate::tables::fixture::{Fixture, ms};

    /// Two models; of the first, 20 requests at each of three levels, of which the server has two slots.
    fn sweep_of(load: &str) -> Fixture {
        let mut fixture = Fixture::with(60, load);
        for index in 0..60 {
            let (level, place) = (index / 20, index % 20);
            let in_flight = 1 << level;
            let latency = 100 * (in_flight / 2).max(1) as u64;
            fixture.places[index] = (0, level);
            let start = (place / in_flight) as u64 * latency;
            fixture.dispatched(index, start, start);
            fixture.responses[index].stamps.last_token = Some(ms(latency));
            fixture.responses[index].stamps.end = Some(ms(latency));
        }
        fixture
    }

    fn curves(fixture: &Fixture) -> Vec<LoadCurveChart> {
        load_views(&fixture.plan, &fixture.results().groups, &Frame::default())
    }

    #[test]
    fn a_sweep_bends_where_the_slots_are_taken() {
        let found = curves(&sweep_of("{ concurrency: [4, 1, 2] }"));
        // The levels of the spec come in its order, those of the curve in the order of the load.
        assert_eq!(found.len(), 1);
        let found = curves(&sweep_of("{ concurrency: [1, 2, 4] }"));
        let points = &found[0].series[0].points;
        let throughputs: Vec<_> = points.iter().map(|point| point.throughput.unwrap()).collect();
        assert_eq!((throughputs, found[0].series[0].knee), (vec![200.0, 400.0, 400.0], Some(1)));
        assert_eq!(
            (found[0].throughput_label.as_str(), found[0].tail_label.as_str()),
            ("output tokens per second", "")
        );
        assert!(found[0].series[1].points.is_empty());
    }

    #[test]
    fn the_tail_is_drawn_where_half_of_the_levels_have_answers_enough() {
        let tails = |of_first: usize, count: usize| {
            let mut fixture = Fixture::with(count, "{ concurrency: [1, 2] }");
            for index in 0..count {
                fixture.places[index] = (0, usize::from(index >= of_first));
                fixture.dispatched(index, index as u64 * 10, index as u64 * 10);
            }
            let chart = curves(&fixture).remove(0);
            let known: Vec<bool> = chart.series[0].points.iter().map(|point| point.tail.is_some()).collect();
            (chart.tail_label, known, chart.note.contains("where there are answers enough"))
        };
        assert_eq!(tails(20, 240), ("p95".to_owned(), vec![false, true], true));
        assert_eq!(tails(110, 330), ("p95".to_owned(), vec![false, true], true));
        assert_eq!(tails(210, 420), ("p95".to_owned(), vec![true, true], false));
        assert_eq!(tails(20, 40), (String::new(), vec![false, false], false));
    }

    #[test]
    fn a_knee_is_never_at_a_level_with_faults() {
        let mut fixture = sweep_of("{ concurrency: [1, 2, 4] }");
        assert_eq!(curves(&fixture)[0].series[0].knee, Some(1));
        fixture.responses[25].status = Status::Stalled;
        assert_ne!(curves(&fixture)[0].series[0].knee, Some(1));
    }

    #[test]
    fn closed_and_open_loops_are_pictures_of_their_own() {
        assert_eq!(curves(&sweep_of("{ concurrency: [1, 2], rate: 2/s }")).len(), 1);
        let open = curves(&sweep_of("{ rate: [1/s, 2/s, 3/s] }"));
        assert_eq!(open[0].load_label, "arrivals per second");
        assert!(curves(&Fixture::new(3)).is_empty());
    }
}
