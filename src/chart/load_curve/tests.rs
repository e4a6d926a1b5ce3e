//! Tests of the load curve: its axes, its knee, and points that are left out.

use super::curves::MOST_POINTS;
use super::*;

fn point(load: f64, throughput: f64) -> LoadPoint {
    LoadPoint { load, throughput: Some(throughput), ..LoadPoint::default() }
}

fn chart(points: Vec<LoadPoint>, knee: Option<usize>) -> LoadCurveChart {
    let series = vec![LoadSeries { label: "m".into(), points, knee }];
    LoadCurveChart { series, ..LoadCurveChart::default() }
}

#[test]
fn the_ticks_stand_at_the_measured_loads() {
    let curves = Curves::of(&chart([1.0, 2.0, 4.0, 8.0, 16.0].map(|load| point(load, load)).into(), None));
    let axes = curves.axes.unwrap();
    assert!(axes.load.log);
    let labels: Vec<&str> = axes.load_ticks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(labels, ["1", "2", "4", "8", "16"]);
    assert!(!Curves::of(&chart(vec![point(1.0, 1.0), point(8.0, 1.0)], None)).axes.unwrap().load.log);
}

#[test]
fn the_knee_stays_with_its_point_when_loads_come_unordered() {
    let curves = Curves::of(&chart(vec![point(8.0, 3.0), point(1.0, 1.0), point(4.0, 2.9)], Some(2)));
    let loads: Vec<f64> = curves.curves[0].points.iter().map(|point| point.load).collect();
    assert_eq!(loads, [1.0, 4.0, 8.0]);
    assert_eq!(curves.curves[0].knee.map(|point| point.load), Some(4.0));
}

#[test]
fn values_without_a_place_are_counted_and_their_points_kept() {
    let odd = LoadPoint { latency: Some(f64::NAN), latency_interval: Some((0.1, -1.0)), ..point(2.0, 5.0) };
    let chart = chart(vec![odd, point(f64::INFINITY, 1.0), point(1.0, -1.0)], Some(7));
    let curves = Curves::of(&chart);
    assert_eq!((curves.hidden, curves.curves[0].points.len()), (4, 2));
    assert!(load_curve(&chart).unwrap().contains("4 values cannot be drawn on these axes."));
}

#[test]
fn very_many_points_are_thinned_with_both_ends_kept() {
    let curves = Curves::of(&chart((1..=9000_u32).map(|load| point(f64::from(load), 1.0)).collect(), None));
    let points = &curves.curves[0].points;
    assert_eq!((points.len(), curves.thinned), (MOST_POINTS, 9000 - MOST_POINTS));
    assert_eq!((points[0].load, points[MOST_POINTS - 1].load), (1.0, 9000.0));
}
