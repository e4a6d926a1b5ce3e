//! Trends of scattered points: running medians, a least-squares line, and bunched markers.
//!
//! All of it works on points in the axes' own scale, 0 to 1 along each, so that a fit on a
//! logarithmic axis is a straight line there.

use super::canvas::Point;

/// Minimum number of points for a trend.
const LEAST_POINTS: usize = 8;
const POINTS_PER_GROUP: usize = 8;
const MOST_GROUPS: usize = 8;
const LEAST_SPREAD: f64 = 1e-3;

/// Points that are drawn as one marker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bunch {
    /// Their mean.
    pub center: Point,
    /// Their number.
    pub count: u64,
}

/// Medians of x and y in groups of about equal size along x; equal x stay in one group.
pub(super) fn median_line(points: &[Point]) -> Vec<Point> {
    if !has_trend(points) {
        return Vec::new();
    }
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let groups = (sorted.len() / POINTS_PER_GROUP).clamp(2, MOST_GROUPS);
    let mut line = Vec::new();
    let mut start = 0;
    for group in 1..=groups {
        let mut end = sorted.len() * group / groups;
        while end > start && end < sorted.len() && sorted[end].0 <= sorted[end - 1].0 {
            end += 1;
        }
        if end > start {
            line.push(median_point(&sorted[start..end]));
            start = end;
        }
    }
    line
}

/// Both ends of the least-squares line over the points' own range of x.
pub(super) fn least_squares(points: &[Point]) -> Option<(Point, Point)> {
    if !has_trend(points) {
        return None;
    }
    let count = points.len() as f64;
    let mean_x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let mean_y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let (mut across, mut square) = (0.0, 0.0);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (x, y) in points {
        across += (x - mean_x) * (y - mean_y);
        square += (x - mean_x).powi(2);
        (low, high) = (x.min(low), x.max(high));
    }
    let slope = across / square;
    let at = |x: f64| (x, mean_y + slope * (x - mean_x));
    Some((at(low), at(high)))
}

/// The part of a line between two heights; `None` where nothing of it is between them.
pub(super) fn clip((from, to): (Point, Point), low: f64, high: f64) -> Option<(Point, Point)> {
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    let rise = to.1 - from.1;
    if rise.abs() < 1e-12 {
        return (low..=high).contains(&from.1).then_some((from, to));
    }
    let (first, second) = ((low - from.1) / rise, (high - from.1) / rise);
    start = start.max(first.min(second));
    end = end.min(first.max(second));
    let at = |part: f64| (from.0 + (to.0 - from.0) * part, from.1 + rise * part);
    (start < end).then(|| (at(start), at(end)))
}

/// Bunches the points that fall into the same square of a grid.
pub(super) fn bunch(points: &[Point], square: f64) -> Vec<Bunch> {
    let cell = |point: &Point| ((point.0 / square).floor() as i64, (point.1 / square).floor() as i64);
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| cell(a).cmp(&cell(b)).then(a.0.total_cmp(&b.0)).then(a.1.total_cmp(&b.1)));
    sorted
        .chunk_by(|a, b| cell(a) == cell(b))
        .map(|members| {
            let count = members.len() as f64;
            let sum = members.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
            Bunch { center: (sum.0 / count, sum.1 / count), count: members.len() as u64 }
        })
        .collect()
}

fn has_trend(points: &[Point]) -> bool {
    let low = points.iter().map(|point| point.0).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|point| point.0).fold(f64::NEG_INFINITY, f64::max);
    points.len() >= LEAST_POINTS && high - low > LEAST_SPREAD
}

fn median_point(sorted_by_x: &[Point]) -> Point {
    let mut heights: Vec<f64> = sorted_by_x.iter().map(|point| point.1).collect();
    heights.sort_by(f64::total_cmp);
    let widths: Vec<f64> = sorted_by_x.iter().map(|point| point.0).collect();
    (median(&widths), median(&heights))
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(count: u32) -> Vec<Point> {
        (0..count).map(|step| (f64::from(step) / 100.0, 0.1 + f64::from(step) / 200.0)).collect()
    }

    #[test]
    fn a_line_is_found_again() {
        let (from, to) = least_squares(&ramp(50)).unwrap();
        assert!((from.1 - 0.1).abs() < 1e-9 && (to.1 - 0.345).abs() < 1e-9);
        for (x, y) in median_line(&ramp(50)) {
            assert!((y - 0.1 - x / 2.0).abs() < 1e-9);
        }
    }

    #[test]
    fn few_points_or_one_x_have_no_trend() {
        let upright: Vec<Point> = (0..50).map(|step| (0.5, f64::from(step))).collect();
        for points in [Vec::new(), ramp(1), ramp(7), upright] {
            assert!(median_line(&points).is_empty());
            assert!(least_squares(&points).is_none());
        }
    }

    #[test]
    fn one_outlier_does_not_move_the_medians() {
        let mut points = ramp(64);
        points[30].1 = 1e6;
        assert!(median_line(&points).iter().all(|point| point.1 < 1.0));
    }

    #[test]
    fn equal_x_stay_together() {
        let points: Vec<Point> = (0..80).map(|step| (f64::from(step / 40), f64::from(step))).collect();
        let line = median_line(&points);
        assert_eq!(line, [(0.0, 19.5), (1.0, 59.5)]);
    }

    #[test]
    fn bunches_hold_every_point_once() {
        let points = ramp(1000);
        let bunches = bunch(&points, 0.5);
        assert!(bunches.len() < 40);
        assert_eq!(bunches.iter().map(|bunch| bunch.count).sum::<u64>(), 1000);
    }

    #[test]
    fn lines_are_clipped_to_the_plot() {
        let line = ((0.0, -1.0), (1.0, 1.0));
        assert_eq!(clip(line, 0.0, 1.0), Some(((0.5, 0.0), (1.0, 1.0))));
        assert_eq!(clip(((0.0, 2.0), (1.0, 2.0)), 0.0, 1.0), None);
        assert_eq!(clip(((0.0, 2.0), (1.0, 3.0)), 0.0, 1.0), None);
    }
}
