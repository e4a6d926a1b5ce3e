//! A straight line through points that a few outliers do not bend: Theil (1950) and Sen (1968).

use super::special::NORMAL_DEVIATE;

/// Most points whose pairs are taken; of more, points at even distances.
const MOST_POINTS: usize = 400;

/// A straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// How much `y` rises for one of `x`.
    pub slope: f64,
    /// The 95 % interval of the slope, by Sen (1968): the slopes whose ranks are as far from the middle as Kendall's
    /// statistic may be by chance. Of more points than are taken it is that of the taken ones, and so wider.
    pub slope_interval: (f64, f64),
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
    let slopes = sorted(slopes.collect());
    let slope = super::quantile(&slopes, 0.5)?;
    let intercepts = sorted(points.iter().map(|(x, y)| y - slope * x).collect());
    let intercept = super::quantile(&intercepts, 0.5)?;
    Some(Line { slope, slope_interval: interval(&slopes, &taken), intercept })
}

/// The slopes at both ends of the 95 % interval, of all in order. Points of one `x` say nothing of it, and Kendall's
/// variance is less for them.
fn interval(slopes: &[f64], points: &[(f64, f64)]) -> (f64, f64) {
    let weight = |count: usize| count as f64 * (count as f64 - 1.0) * (2.0 * count as f64 + 5.0);
    let alike = sorted(points.iter().map(|point| point.0).collect());
    let alike: f64 = alike.chunk_by(|one, next| one == next).map(|same| weight(same.len())).sum();
    let away = NORMAL_DEVIATE * ((weight(points.len()) - alike) / 18.0).sqrt();
    let last = slopes.len() - 1;
    let below = ((slopes.len() as f64 - away) / 2.0).floor() - 1.0;
    let from_end = if below > 0.0 { (below as usize).min(last / 2) } else { 0 };
    (slopes[from_end], slopes[last - from_end])
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.retain(|value| value.is_finite());
    values.sort_unstable_by(f64::total_cmp);
    values
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

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

    #[test]
    fn the_interval_of_the_slope_holds_the_truth_as_often_as_it_says() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut draw = || f64::from(random.next_u32()) / f64::from(u32::MAX);
        for (count, distinct) in [(12, 12), (60, 60), (60, 9)] {
            let held = (0..2_000).filter(|_| {
                let points: Vec<(f64, f64)> = (0..count)
                    .map(|at| {
                        (f64::from(at % distinct), 3.0 + 0.25 * f64::from(at % distinct) + draw() + draw() - draw())
                    })
                    .collect();
                let (low, high) = theil_sen(&points).unwrap().slope_interval;
                (low..=high).contains(&0.25)
            });
            let share = held.count() as f64 / 2_000.0;
            assert!((0.935..=0.985).contains(&share), "{count} {distinct}: {share}");
        }
    }

    #[test]
    fn few_points_leave_every_slope_possible() {
        let line = theil_sen(&[(1.0, 1.0), (2.0, 3.0), (3.0, 4.0)]).unwrap();
        assert_eq!(line.slope_interval, (1.0, 2.0));
    }
}
