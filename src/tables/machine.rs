//! The price of a machine, shared among the responses that it made.

use std::time::Duration;

use super::figures::{Figures, duration};
use crate::level::Level;
use crate::statistics::{Flight, covered};

/// What each answer costs of a machine that is paid by the hour:
/// `latency · (busy / Σ latency) / 3600 · price per hour`, with the sum over the answers of one model and
/// level, whose requests are what shares a machine. Busy is the time in which at least one of them was
/// between sending and last token, added up over runs. Where the client did not keep when it sent, it is the
/// sum of latencies if one request was in flight at a time, and unknown otherwise, and so is the cost.
pub fn machine_costs(figures: &Figures, level: Level, per_hour: f64) -> Vec<Option<f64>> {
    let share = share(figures, level);
    figures.latency.iter().map(|latency| Some(latency? * share? / 3600.0 * per_hour)).collect()
}

/// Time that the machine was busy per second of latency; 1 where requests follow one another.
fn share(figures: &Figures, level: Level) -> Option<f64> {
    let has_latency = |row: &usize| figures.latency.get(*row).is_some();
    if (0..figures.len()).filter(has_latency).any(|row| figures.sent.get(row).is_none()) {
        return (level.in_flight() == Some(1)).then_some(1.0);
    }
    let flight = |row| {
        let (sent, latency) = (duration(figures.sent.get(row)?), duration(figures.latency.get(row)?));
        Some(Flight { start: sent, end: sent + latency })
    };
    let latencies: Duration = figures.latency.iter().flatten().map(duration).sum();
    let busy: Duration = figures.by_clock(flight, Flight::shift).iter().map(|flights| covered(flights)).sum();
    (!latencies.is_zero()).then(|| busy.as_secs_f64() / latencies.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use crate::id::Id;
    use crate::tables::fixture::{Fixture, ms};

    fn costs(fixture: &Fixture) -> Vec<Option<f64>> {
        fixture.figures().cost.iter().collect()
    }

    /// 36 per hour is a hundredth per second.
    fn paid_by_the_hour(count: usize, load: &str) -> Fixture {
        let mut fixture = Fixture::with(count, load);
        fixture.plan.models[Id::at(0)].machine_per_hour = Some(36.0);
        fixture
    }

    fn about(found: &[Option<f64>], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} {expected}");
        }
    }

    #[test]
    fn two_at_once_share_the_machine() {
        let mut fixture = paid_by_the_hour(2, "{ concurrency: 2 }");
        fixture.dispatched(0, 0, 0);
        fixture.dispatched(1, 0, 0);
        fixture.responses[1].stamps.last_token = Some(ms(300));
        // 0.3 s busy cost 0.003, shared one to three.
        about(&costs(&fixture), &[0.000_75, 0.002_25]);
    }

    #[test]
    fn runs_are_added_up() {
        let mut fixture = paid_by_the_hour(2, "{ concurrency: 2 }");
        fixture.dispatched(0, 0, 0);
        fixture.dispatched(1, 0, 0);
        fixture.responses[1].run = "run-2".into();
        about(&costs(&fixture), &[0.001, 0.001]);
    }

    #[test]
    fn without_a_clock_only_one_at_a_time_has_a_cost() {
        about(&costs(&paid_by_the_hour(2, "{ concurrency: 1 }")), &[0.001, 0.001]);
        assert_eq!(costs(&paid_by_the_hour(2, "{ concurrency: 4 }")), [None, None]);
        assert_eq!(costs(&Fixture::new(1)), [None]);
    }
}
