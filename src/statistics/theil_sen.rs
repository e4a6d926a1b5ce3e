//! A straight line through points that a few outliers do not bend: Theil (1950) and Sen (1968).

/// Most points whose pairs are taken; of more, points at even distances.
const MOST_POINTS: usize = 400;

/// A straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// How much `y` rises for one of `x`.
    pub slope: f64,
    /// `y` at zero.
    pub intercept: f64,
}

/// The line with the median of the slopes between every two points, at the median distance of all points; none without
/// two different `x`.
pub fn theil_sen(points: &[(f64, f64)]) -> Option<Line> {
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    let taken: Vec<(f64, f64)> = points.iter().step_by(every).copied().collect();
    let slopes = taken.iter().enumerate().flat_map(|(place, a)| {
        taken[place + 1..].iter().filter(|b| b.0 != a.0).map(move |b| (b.1 - a.1) / (b.0 - a.0))
    });
    let slope = median(slopes.collect())?;
    let intercept = median(points.iter().map(|(x, y)| y - slope * x).collect())?;
    Some(Line { slope, intercept })
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|value| value.is_finite());
    values.sort_unstable_by(f64::total_cmp);
    super::quantile(&values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_do_not_bend_the_line() {
        let mut points: Vec<(f64, f64)> = (1..=30).map(|x| (f64::from(x), 0.5 + 0.02 * f64::from(x))).collect();
        points.extend([(5.0, 90.0), (6.0, 80.0), (29.0, 70.0)]);
        let line = theil_sen(&points).unwrap();
        assert!((line.slope - 0.02).abs() < 1e-3 && (line.intercept - 0.5).abs() < 1e-2, "{line:?}");
        assert_eq!(theil_sen(&[(1.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(theil_sen(&[]), None);
    }
}
