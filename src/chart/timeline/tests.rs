//! Tests of the timeline: phases, lanes that are left out, and requests that are merged.

use super::layout::TimelineLayout;
use super::phase::{Phase, pieces};
use super::*;
use crate::chart::axis::Range;
use crate::chart::lanes::Piece;

const RANGE: Range = Range { low: 0.0, high: 10.0, log: false };

fn bar(scheduled: f64, sent: f64, first_token: Option<f64>, end: f64) -> TimelineBar {
    TimelineBar { scheduled, sent, first_token, end, ..TimelineBar::default() }
}

fn group(bars: Vec<TimelineBar>) -> TimelineGroup {
    TimelineGroup { label: "m".into(), bars, readings: Vec::new() }
}

#[test]
fn a_request_is_its_phases_one_after_the_other() {
    let piece = |from, to, paint| Piece { from, to, paint };
    let all: Vec<_> = pieces(&bar(1.0, 2.0, Some(4.0), 8.0), &RANGE).collect();
    let (waiting, generating) = (Phase::Waiting(BarKind::Answer), Phase::Generating(BarKind::Answer));
    assert_eq!(all, [piece(0.1, 0.2, Phase::Queued), piece(0.2, 0.4, waiting), piece(0.4, 0.8, generating)]);
    let odd: Vec<_> = pieces(&bar(3.0, 2.0, Some(f64::NAN), 2.0), &RANGE).collect();
    assert_eq!(odd, [piece(0.2, 0.2, generating)]);
}

#[test]
fn many_requests_at_once_are_thinned_by_whole_lanes() {
    let flat = |index: u32| bar(0.0, 0.0, None, 1.0 + f64::from(index % 7));
    let chart = TimelineChart { groups: vec![group((0..5000).map(flat).collect())], ..TimelineChart::default() };
    let plan = TimelineLayout::of(&chart, f64::INFINITY);
    assert_eq!((plan.bands[0].lanes, plan.bands[0].shown_lanes, plan.bands[0].shown_bars), (5000, 186, 186));
    assert!(
        plan.captions(&chart).contains(&"186 of 5,000 lanes drawn, evenly spaced, with 186 of 5,000 requests.".into())
    );
}

#[test]
fn many_requests_in_a_row_are_merged_and_no_fault_is_lost() {
    let kind = |index: u32| if index == 777 { BarKind::Fault } else { BarKind::Answer };
    let short = |index: u32| {
        let at = f64::from(index);
        TimelineBar { kind: kind(index), ..bar(at, at, Some(at + 0.5), at + 1.0) }
    };
    let chart = TimelineChart { groups: vec![group((0..50_000).map(short).collect())], ..TimelineChart::default() };
    let plan = TimelineLayout::of(&chart, f64::INFINITY);
    let row = &plan.bands[0].rows[0];
    assert!(row.len() <= 1001, "{}", row.len());
    assert_eq!(row.iter().filter(|piece| piece.paint.is_fault()).count(), 1);
    assert!(timeline(&chart).unwrap().contains("Requests closer than 1 pixel are merged"));
}

#[test]
fn groups_that_ran_in_turn_are_drawn_from_their_own_start() {
    let of = |starts: [f64; 2]| {
        let groups = starts.map(|start| group(vec![bar(start, start, None, start + 4.0)])).into();
        TimelineLayout::of(&TimelineChart { groups, ..TimelineChart::default() }, f64::INFINITY)
    };
    let first = |plan: &TimelineLayout| *plan.bands[1].bars().next().unwrap();
    let plan = of([1.0, 6.5]);
    assert_eq!((first(&plan).sent, first(&plan).end), (0.0, 4.0));
    assert!(plan.bands[1].detail().ends_with("from 6.50 s") && plan.is_aligned);
    let plan = of([1.0, 2.0]);
    assert_eq!((first(&plan).sent, plan.is_aligned), (2.0, false));
}
