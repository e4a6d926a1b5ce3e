//! Throughput of a group: what was completed per second, in the steady window and over the whole.

use super::figures::{Figures, as_count};
use crate::level::Level;
use crate::statistics::{Flight, Window, steady_window, wilson};

/// Throughput of a group. Requests count from their schedule to their end; cold answers are left out. Runs
/// have clocks of their own, so windows are found in each and added up; clients that began a level together have one.
///
/// In the steady window of a closed loop an answer counts by the share of its time that lies in the window, because
/// answers that keep step would otherwise be counted a whole round too many or too few: N in flight at a latency of L
/// seconds make N/L per second. In an open loop those count that end in the window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Throughput {
    /// Clocks that are known: those of runs, or of clients that began together.
    pub runs: usize,
    /// Length of the steady windows in seconds: in a closed loop the longest stretch of each run with at least
    /// 0.9 of the level in flight, without the time until as many have ended, in an open one from the first end to the last arrival. Zero if there is none,
    /// and then steady rates are those of the whole.
    pub steady: Option<f64>,
    /// Length of the whole in seconds: from the first schedule to the last end.
    pub whole: Option<f64>,
    /// Answers per second in the steady windows.
    pub requests: Option<f64>,
    /// Output tokens per second in the steady windows.
    pub tokens: Option<f64>,
    /// Answers per second over the whole.
    pub requests_whole: Option<f64>,
    /// Output tokens per second over the whole.
    pub tokens_whole: Option<f64>,
    /// Good answers per second in the steady windows, where a service level is set.
    pub goodput: Option<f64>,
    /// Share of good answers among all answers and faults.
    pub attainment: Option<f64>,
    /// 95 % Wilson interval of the attainment.
    pub attainment_interval: Option<(f64, f64)>,
}

impl Throughput {
    /// The throughput of some rows of one model and level.
    pub fn of(figures: &Figures, level: Level, has_slo: bool) -> Self {
        let (runs, steady, whole) = parts(figures, level);
        let is_known = runs > 0;
        let rates = if steady.seconds > 0.0 { &steady } else { &whole };
        let known = as_count(figures.good.len() - figures.good.null_count());
        let good = f64::from(figures.good.sum().unwrap_or(0));
        let attainment = (known > 0).then(|| good / known as f64);
        Self {
            runs,
            steady: is_known.then_some(steady.seconds),
            whole: is_known.then_some(whole.seconds),
            requests: rates.per_second(rates.requests()),
            tokens: rates.tokens(figures).and_then(|tokens| rates.per_second(tokens)),
            requests_whole: whole.per_second(whole.requests()),
            tokens_whole: whole.tokens(figures).and_then(|tokens| whole.per_second(tokens)),
            goodput: rates.per_second(rates.good(figures)).filter(|_| has_slo),
            attainment,
            attainment_interval: attainment.and_then(|share| wilson(share, known)),
        }
    }

    /// Share of the whole in which the load was steady.
    pub fn steady_share(&self) -> Option<f64> {
        self.whole.filter(|whole| *whole > 0.0).and_then(|whole| Some(self.steady? / whole))
    }
}

/// What of a group counts in its rates: the shares of its rows that lie in windows, and the length of those.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Length of the windows in seconds.
    pub seconds: f64,
    /// Share of each row's time that lies in a window; 0 for those that are no answers or whose clock is unknown.
    pub shares: Vec<f64>,
}

impl Counted {
    /// What counts in the rates of a group: the steady windows or, without any, the whole.
    pub fn of(figures: &Figures, level: Level) -> Self {
        let (_, steady, whole) = parts(figures, level);
        if steady.seconds > 0.0 { steady } else { whole }
    }

    fn none(rows: usize) -> Self {
        Self { seconds: 0.0, shares: vec![0.0; rows] }
    }

    fn add(&mut self, timed: &[Timed], window: Window, share: impl Fn(&Flight) -> f64) {
        self.seconds += window.length().as_secs_f64();
        for row in timed.iter().filter(|row| row.is_warm) {
            self.shares[row.row as usize] = share(&row.flight);
        }
    }

    fn requests(&self) -> f64 {
        self.shares.iter().sum()
    }

    /// Output tokens; unknown as soon as one answer's are.
    fn tokens(&self, figures: &Figures) -> Option<f64> {
        let counted = self.shares.iter().enumerate().filter(|(_, share)| **share > 0.0);
        counted
            .map(|(row, share)| Some(share * figures.output_tokens.get(row)? as f64))
            .try_fold(0.0, |sum, tokens| Some(sum + tokens?))
    }

    fn good(&self, figures: &Figures) -> f64 {
        let good = |row: usize| f64::from(u8::from(figures.good.get(row) == Some(true)));
        self.shares.iter().enumerate().map(|(row, share)| share * good(row)).sum()
    }

    fn per_second(&self, sum: f64) -> Option<f64> {
        Some(sum / self.seconds).filter(|rate| rate.is_finite())
    }
}

/// How many runs have a clock, and what of their rows counts in steady windows and in the whole.
fn parts(figures: &Figures, level: Level) -> (usize, Counted, Counted) {
    let clocks = figures.by_clock(|row| timed(figures, row), |row, later| row.flight.shift(later));
    let (mut steady, mut whole) = (Counted::none(figures.len()), Counted::none(figures.len()));
    for timed in &clocks {
        let flights: Vec<Flight> = timed.iter().map(|row| row.flight).collect();
        if let Some(window) = window(&flights, level) {
            let share = |flight: &Flight| match level.is_open() {
                true => f64::from(u8::from(window.start < flight.end && flight.end <= window.end)),
                false => window.share(flight),
            };
            steady.add(timed, window, share);
        }
        if let Some(window) = Window::around(&flights) {
            whole.add(timed, window, |_| 1.0);
        }
    }
    (clocks.len(), steady, whole)
}

/// A row whose clock is known.
struct Timed {
    row: u32,
    flight: Flight,
    is_warm: bool,
}

/// A row whose clock is known, unless it is cold.
fn timed(figures: &Figures, row: usize) -> Option<Timed> {
    let flight = figures.flight(row).filter(|_| figures.cold.get(row) != Some(true))?;
    Some(Timed { row: u32::try_from(row).ok()?, flight, is_warm: figures.warm.get(row) == Some(true) })
}

/// The steady window of a run.
fn window(flights: &[Flight], level: Level) -> Option<Window> {
    if let Some(target) = level.in_flight() {
        return steady_window(flights, target).map(|window| without_ramp(window, flights, target));
    }
    let start = flights.iter().map(|flight| flight.end).min()?;
    let end = flights.iter().map(|flight| flight.start).max()?;
    Some(Window { start, end }).filter(|window| !window.length().is_zero())
}

/// The window without its beginning: a server that queues answers the first requests sooner than those that follow.
/// It is over when as many have ended as are in flight; where that would take more than half of the window, it stays.
fn without_ramp(window: Window, flights: &[Flight], target: usize) -> Window {
    let mut ends: Vec<_> = flights.iter().map(|flight| flight.end).filter(|end| window.holds(*end)).collect();
    ends.sort_unstable();
    let start = ends.get(target - 1).copied().filter(|_| target > 1).unwrap_or(window.start);
    let rest = Window { start, ..window };
    if rest.length() * 2 >= window.length() { rest } else { window }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clients::Clocks;
    use crate::clients::tests::part;
    use crate::id::Id;
    use crate::response::Status;
    use crate::tables::fixture::{Fixture, ms};

    fn throughput(fixture: &Fixture) -> Throughput {
        Throughput::of(&fixture.figures(), fixture.plan.levels[Id::at(0)], fixture.plan.slo.is_set())
    }

    #[test]
    fn one_at_a_time_is_steady_from_the_first_to_the_last() {
        let mut fixture = Fixture::new(10);
        fixture.back_to_back(1);
        let found = throughput(&fixture);
        assert_eq!((found.steady, found.whole, found.steady_share()), (Some(1.0), Some(1.0), Some(1.0)));
        assert_eq!((found.requests, found.tokens), (Some(10.0), Some(200.0)));
    }

    #[test]
    fn a_straggler_is_no_part_of_the_steady_window() {
        let mut fixture = Fixture::with(20, "{ concurrency: 2 }");
        fixture.back_to_back(2);
        fixture.responses[19].stamps.end = Some(ms(1100));
        let found = throughput(&fixture);
        // The first round is left out, and of the straggler's 1.1 s only the first 0.1 lie in the window.
        assert_eq!((found.steady, found.whole), (Some(0.9), Some(2.0)));
        let requests = found.requests.unwrap();
        assert!((requests - (17.0 + 1.0 / 11.0) / 0.9).abs() < 1e-9, "{requests}");
        assert_eq!(found.requests_whole, Some(10.0));
    }

    #[test]
    fn answers_that_keep_step_make_no_round_too_many_or_too_few() {
        for rounds in [2, 5, 20] {
            let mut fixture = Fixture::with(rounds * 64, "{ concurrency: 64 }");
            fixture.back_to_back(64);
            // The last round ends one by one, so that the window closes at its first ends.
            for (late, response) in fixture.responses.iter_mut().rev().take(64).rev().enumerate() {
                response.stamps.end = Some(ms(100) + Duration::from_micros(late as u64));
            }
            let requests = throughput(&fixture).requests.unwrap();
            assert!((requests / 640.0 - 1.0).abs() < 0.001, "{rounds} rounds: {requests}");
        }
    }

    #[test]
    fn a_server_that_queues_gives_what_it_can() {
        // 16 in flight, 4 at work: four answers every 100 ms, the first sooner than those that had to queue.
        let mut fixture = Fixture::with(160, "{ concurrency: 16 }");
        for index in 0..160_u64 {
            let end = (index / 4 + 1) * 100;
            let start = (end - 100).saturating_sub(300);
            fixture.dispatched(usize::try_from(index).unwrap(), start, start);
            fixture.responses[usize::try_from(index).unwrap()].stamps.end = Some(ms(end - start));
        }
        let requests = throughput(&fixture).requests.unwrap();
        assert!((requests / 40.0 - 1.0).abs() < 0.005, "{requests}");
    }

    #[test]
    fn an_open_loop_with_slow_answers_completes_what_arrives() {
        let mut fixture = Fixture::open(100, 10.0);
        fixture.back_to_back(1);
        for response in &mut fixture.responses {
            response.stamps.end = Some(ms(4000));
        }
        let found = throughput(&fixture);
        let (requests, steady) = (found.requests.unwrap(), found.steady.unwrap());
        assert!((requests - 10.0).abs() < 0.2 && (steady - 5.9).abs() < 1e-9, "{requests} {steady}");
        for response in &mut fixture.responses {
            response.stamps.end = Some(ms(60_000));
        }
        let found = throughput(&fixture);
        assert_eq!((found.steady, found.requests), (Some(0.0), found.requests_whole));
    }

    #[test]
    fn without_a_steady_window_the_whole_counts() {
        let mut fixture = Fixture::with(2, "{ concurrency: 8 }");
        fixture.back_to_back(1);
        let found = throughput(&fixture);
        assert_eq!((found.steady, found.steady_share()), (Some(0.0), Some(0.0)));
        assert_eq!((found.requests, found.requests_whole), (Some(10.0), Some(10.0)));
    }

    #[test]
    fn clients_that_began_together_share_one() {
        let mut fixture = Fixture::with(40, "{ concurrency: 4 }");
        fixture.back_to_back(4);
        // Two clients with half of the requests in flight each; the run of the second started 300 ms later.
        for index in (0..40).filter(|index| index % 2 == 1) {
            let start = index as u64 / 4 * 100;
            fixture.responses[index].run = "run-2".into();
            fixture.dispatched(index, start + 700, start + 700);
        }
        for index in (0..40).filter(|index| index % 2 == 0) {
            let start = index as u64 / 4 * 100;
            fixture.dispatched(index, start + 1000, start + 1000);
        }
        let apart = throughput(&fixture);
        assert_eq!((apart.runs, apart.steady), (2, Some(0.0)), "neither holds the level alone");
        let parts = vec![part("run-1", (1, 2), 9_000, 10_000), part("run-2", (2, 2), 9_300, 10_000)];
        let level = fixture.plan.levels[Id::at(0)];
        let found = Throughput::of(&fixture.figures().with_clocks(Clocks::of(parts)), level, false);
        assert_eq!((found.runs, found.whole), (1, Some(1.0)));
        assert!((found.requests.unwrap() - 40.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn runs_share_no_clock() {
        let mut fixture = Fixture::new(4);
        fixture.back_to_back(1);
        // On one clock the second run would lie within the first.
        for index in [2, 3] {
            fixture.responses[index].run = "run-2".into();
            fixture.dispatched(index, (index as u64 - 2) * 100, (index as u64 - 2) * 100);
        }
        let found = throughput(&fixture);
        assert_eq!((found.runs, found.steady, found.whole), (2, Some(0.4), Some(0.4)));
        assert_eq!(found.requests, Some(10.0));
    }

    #[test]
    fn an_open_loop_is_steady_while_requests_arrive() {
        let mut fixture = Fixture::open(11, 10.0);
        fixture.back_to_back(1);
        let found = throughput(&fixture);
        // From the first end to the last arrival; the last answer comes after it.
        assert_eq!((found.steady, found.requests), (Some(0.9), Some(10.0)));
    }

    #[test]
    fn faults_and_slow_answers_are_not_good() {
        let mut fixture = Fixture::new(10);
        fixture.back_to_back(1);
        fixture.plan.slo.latency = Some(ms(150));
        fixture.responses[3].status = Status::Stalled;
        fixture.responses[4].stamps.last_token = Some(ms(200));
        let found = throughput(&fixture);
        assert_eq!((found.attainment, found.goodput, found.requests), (Some(0.8), Some(8.0), Some(9.0)));
        let (low, high) = found.attainment_interval.unwrap();
        // The formula for 8 of 10, worked out apart.
        assert!((low - 0.490_162).abs() < 1e-6 && (high - 0.943_318).abs() < 1e-6, "{low} {high}");
    }

    #[test]
    fn what_is_not_known_is_no_rate() {
        let mut fixture = Fixture::new(2);
        assert_eq!(throughput(&fixture), Throughput::default());
        fixture.back_to_back(1);
        fixture.responses[1].usage.output_tokens = None;
        assert_eq!((throughput(&fixture).tokens, throughput(&fixture).requests), (None, Some(10.0)));
    }
}
