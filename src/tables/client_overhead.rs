//! What the client itself adds to the figures of a group.

use std::time::Duration;

use super::figures::{Figures, as_count, duration};
use super::timing::Timing;
use crate::statistics::{Flight, most_at_once, quantile};

/// Delay that no client can do without.
const FLOOR: f64 = 0.005;

/// Share of the median latency that a delay may have.
const SHARE: f64 = 0.01;

/// Fewest delays for their 99th percentile.
const P99_LEAST: usize = 100;

/// The largest dispatch delay, in seconds, that does not show in the figures: 5 ms, or 1 % of the median latency.
pub fn allowed_delay(median_latency: f64) -> f64 {
    FLOOR.max(SHARE * median_latency)
}

/// What the client itself adds to the figures of a group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClientOverhead {
    /// 99th percentile of the dispatch delay in seconds, over requests that took one attempt and were not
    /// throttled; of fewer than 100 the largest. Of clients that sent a level together, that of the latest.
    pub delay: Option<f64>,
    /// True if that is more than 5 ms and more than 1 % of the median latency: then the figures are those of
    /// the client.
    pub is_limit: Option<bool>,
    /// Of clients that sent a level together, the numbers of those that sent late.
    pub limited: Vec<u32>,
    /// Requests that opened a connection.
    pub connections_new: u64,
    /// Requests of which it is known whether they did.
    pub connections_known: u64,
    /// Connections that could not be spared: the most requests at once, added up over runs.
    pub connections_needed: u64,
}

impl ClientOverhead {
    /// The client's part in some rows.
    pub fn of(figures: &Figures, timing: &Timing) -> Self {
        let plain = |row: &usize| figures.attempts.get(*row) == Some(1) && figures.throttled.get(*row) != Some(true);
        let delay_of = |row: usize| figures.dispatch_delay.get(row).filter(|_| plain(&row));
        let allowed = timing.latency.median.map(allowed_delay);
        let clients = figures.clocks().parts();
        let mut delay = late((0..figures.len()).filter_map(delay_of).collect());
        let mut limited = Vec::new();
        if !clients.is_empty() {
            // One of many would not show among the requests of all.
            for (run, delays) in figures.by_run(delay_of) {
                let own = late(delays);
                delay = [delay, own].into_iter().flatten().reduce(f64::max);
                let is_limit = own.zip(allowed).is_some_and(|(own, allowed)| own > allowed);
                limited.extend(clients.iter().filter(|part| is_limit && *part.run == *run).map(|part| part.client));
            }
        }
        limited.sort_unstable();
        let connections = &figures.new_connection;
        Self {
            delay,
            is_limit: delay.zip(allowed).map(|(delay, allowed)| delay > allowed),
            limited,
            connections_new: connections.sum().unwrap_or(0).into(),
            connections_known: as_count(connections.len() - connections.null_count()),
            connections_needed: needed(figures),
        }
    }
}

/// The 99th percentile of delays, or the largest of few.
fn late(mut delays: Vec<f64>) -> Option<f64> {
    delays.sort_unstable_by(f64::total_cmp);
    if delays.len() < P99_LEAST { delays.last().copied() } else { quantile(&delays, 0.99) }
}

fn needed(figures: &Figures) -> u64 {
    // A connection is taken while it is being made, and no longer by a request that only waits.
    let taken = |row| {
        let (flight, sent) = (figures.flight(row)?, duration(figures.sent.get(row)?));
        let connect = figures.connect.get(row).map_or(Duration::ZERO, duration);
        Some(Flight { start: sent.saturating_sub(connect), end: flight.end })
    };
    figures.by_run(taken).iter().map(|(_, flights)| as_count(most_at_once(flights))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::Clocks;
    use crate::clients::tests::part;
    use crate::id::Id;
    use crate::tables::fixture::{Fixture, ms};

    fn client(fixture: &Fixture) -> ClientOverhead {
        let figures = fixture.figures();
        ClientOverhead::of(&figures, &Timing::of(&figures, fixture.plan.levels[Id::at(0)]).unwrap())
    }

    #[test]
    fn a_client_that_sends_late_sets_the_figures() {
        let mut fixture = Fixture::new(50);
        fixture.back_to_back(1);
        assert_eq!((client(&fixture).delay, client(&fixture).is_limit), (Some(0.0), Some(false)));
        fixture.dispatched(7, 700, 706);
        assert_eq!((client(&fixture).delay, client(&fixture).is_limit), (Some(0.006), Some(true)));
        // Of a second, 6 ms are less than 1 %.
        fixture.responses.iter_mut().for_each(|response| response.stamps.last_token = Some(ms(1000)));
        assert_eq!(client(&fixture).is_limit, Some(false));
    }

    #[test]
    fn one_late_client_of_several_sets_the_figures() {
        let mut fixture = Fixture::new(400);
        fixture.back_to_back(4);
        fixture.dispatched(7, 100, 400);
        (0..4).for_each(|index| fixture.responses[index * 2 + 1].run = "run-2".into());
        assert_eq!(client(&fixture).is_limit, Some(false), "one in a hundred may be late");
        let parts = vec![part("run-1", (1, 2), 0, 0), part("run-2", (2, 2), 0, 0)];
        let figures = fixture.figures().with_clocks(Clocks::of(parts));
        let found = ClientOverhead::of(&figures, &Timing::of(&figures, fixture.plan.levels[Id::at(0)]).unwrap());
        assert_eq!((found.is_limit, found.limited), (Some(true), vec![2]));
    }

    #[test]
    fn a_retry_or_a_spared_endpoint_is_not_the_clients_doing() {
        let mut fixture = Fixture::new(3);
        fixture.back_to_back(1);
        fixture.dispatched(0, 0, 900);
        fixture.dispatched(1, 100, 900);
        fixture.responses[0].attempts = 2;
        fixture.responses[1].throttled = true;
        assert_eq!(client(&fixture).delay, Some(0.0));
    }

    #[test]
    fn of_many_delays_one_in_a_hundred_may_be_late() {
        let mut fixture = Fixture::new(200);
        fixture.back_to_back(1);
        fixture.dispatched(3, 300, 400);
        assert_eq!(client(&fixture).is_limit, Some(false));
        fixture.dispatched(5, 500, 600);
        fixture.dispatched(6, 600, 700);
        assert_eq!(client(&fixture).is_limit, Some(true));
    }

    #[test]
    fn connections_are_counted_against_those_that_were_needed() {
        let mut fixture = Fixture::with(8, "{ concurrency: 4 }");
        assert_eq!((client(&fixture).connections_known, client(&fixture).is_limit), (0, None));
        fixture.back_to_back(4);
        for response in &mut fixture.responses[..4] {
            response.dispatch.as_mut().unwrap().connect = Some(ms(0));
        }
        let found = client(&fixture);
        assert_eq!((found.connections_new, found.connections_known, found.connections_needed), (4, 8, 4));
    }
}
