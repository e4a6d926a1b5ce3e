//! The knee of a sweep: the load from which more of it brings more waiting than work.

/// Fewest loads that can show a knee.
const FEWEST: usize = 3;

/// Index of the load with the most power, `throughput / latency`: up to it more load buys more work than
/// it costs time, beyond it the other way round. Points are throughput and latency, in the order of the
/// load; what is unknown is passed over. `None` with fewer than three known points, and where power still
/// rises at the last of them: then the knee was not reached. Of equals the lowest load counts.
///
/// Source: L. Kleinrock, "Power and deterministic rules of thumb for probabilistic problems in computer
/// communications", ICC (1979); R. Jain, "The Art of Computer Systems Performance Analysis" (1991), section
/// 3.3, calls its maximum the knee. It needs no threshold and no model of the server: of a closed loop
/// without noise it is the load at which throughput meets its bound, of an M/M/1 queue half its capacity.
pub fn knee(points: &[Option<(f64, f64)>]) -> Option<usize> {
    let powers = points.iter().enumerate().filter_map(|(index, point)| {
        let (throughput, latency) = (*point)?;
        Some((index, throughput / latency)).filter(|(_, power)| power.is_finite())
    });
    let powers: Vec<(usize, f64)> = powers.collect();
    let last = powers.last()?.0;
    let best = powers.iter().fold(powers[0], |best, point| if point.1 > best.1 { *point } else { best });
    (powers.len() >= FEWEST && best.0 != last).then_some(best.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A closed loop by its asymptotic bounds: each request takes one second, and a second brings at most `most`.
    fn closed(loads: &[f64], most: f64) -> Vec<Option<(f64, f64)>> {
        loads.iter().map(|load| Some((load.min(most), (load / most).max(1.0)))).collect()
    }

    #[test]
    fn a_closed_loop_bends_where_throughput_meets_its_bound() {
        let loads = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
        assert_eq!(knee(&closed(&loads, 8.0)), Some(3));
        assert_eq!(knee(&closed(&loads, 1.0)), Some(0));
        assert_eq!(knee(&closed(&loads, 100.0)), None);
    }

    #[test]
    fn an_open_loop_bends_at_half_the_capacity_of_its_queue() {
        // M/M/1 with a capacity of 10/s: latency 1 / (10 − rate).
        let point = |rate: u32| Some((f64::from(rate), 1.0 / (10.0 - f64::from(rate))));
        let points: Vec<_> = (1..10).map(point).collect();
        assert_eq!(knee(&points), Some(4));
    }

    #[test]
    fn a_smooth_bend_is_found_under_noise() {
        // Throughput of a server with eight slots by load, some percent off.
        let points = [(1.0, 1.0), (1.97, 1.02), (3.9, 1.03), (7.1, 1.13), (7.9, 2.03), (7.8, 4.1)].map(Some);
        assert_eq!(knee(&points), Some(3));
    }

    #[test]
    fn too_little_is_known_for_a_knee() {
        assert_eq!(knee(&[]), None);
        assert_eq!(knee(&[Some((2.0, 1.0)), None, Some((2.0, 9.0))]), None);
        assert_eq!(knee(&[Some((2.0, 1.0)), None, Some((2.1, 9.0)), Some((2.2, 20.0))]), Some(0));
        assert_eq!(knee(&[Some((2.0, 0.0)), Some((2.0, f64::NAN)), None]), None);
    }
}
