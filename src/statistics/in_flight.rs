//! Requests in flight: when the load was steady, how many there were at once, and how long any was.

use std::time::Duration;

/// Share of the target that must be in flight for the load to count as steady.
const STEADY: f64 = 0.9;

/// A dip so short is no end of a steady window: between two requests of one slot the client reads its clock twice.
const DIP: Duration = Duration::from_millis(1);

/// One request on the clock of its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flight {
    /// From when it counts as in flight.
    pub start: Duration,
    /// Until when.
    pub end: Duration,
}

impl Flight {
    /// Puts it later by a time.
    pub fn shift(&mut self, later: Duration) {
        self.start += later;
        self.end += later;
    }
}

/// A stretch of a run's clock, with both its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its start.
    pub start: Duration,
    /// Its end.
    pub end: Duration,
}

impl Window {
    /// How long it is.
    pub fn length(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }

    /// True if a moment lies in it.
    pub fn holds(&self, moment: Duration) -> bool {
        self.start <= moment && moment <= self.end
    }

    /// The share of a flight's time that lies in it; for one that takes no time, whether it does.
    pub fn share(&self, flight: &Flight) -> f64 {
        let inside = flight.end.min(self.end).saturating_sub(flight.start.max(self.start));
        let all = flight.end.saturating_sub(flight.start);
        if all.is_zero() { f64::from(u8::from(self.holds(flight.end))) } else { inside.div_duration_f64(all) }
    }

    /// From the first start to the last end; none without flights.
    pub fn around(flights: &[Flight]) -> Option<Self> {
        let start = flights.iter().map(|flight| flight.start).min()?;
        let end = flights.iter().map(|flight| flight.end.max(flight.start)).max()?;
        Some(Self { start, end })
    }
}

/// The longest window in which at least 0.9 of the target is in flight; the first of several; `None`
/// if that load was never reached. Takes `O(n log n)`.
pub fn steady_window(flights: &[Flight], target: usize) -> Option<Window> {
    let least = (target as f64 * STEADY - 1e-9).ceil() as usize;
    let mut longest: Option<Window> = None;
    let mut current: Option<Window> = None;
    let mut opened = None;
    for (moment, count) in counts(flights) {
        match opened {
            None if count >= least => {
                // A dip joins what lies around it.
                let is_dip = |window: &Window| moment.saturating_sub(window.end) <= DIP;
                opened = Some(current.filter(is_dip).map_or(moment, |window| window.start));
            }
            Some(start) if count < least => {
                let window = Window { start, end: moment };
                current = Some(window);
                longest = longest.filter(|longest| longest.length() >= window.length()).or(Some(window));
                opened = None;
            }
            _ => {}
        }
    }
    longest.filter(|window| !window.length().is_zero())
}

/// The most flights at one moment; one that starts when another ends is not at once with it.
pub fn most_at_once(flights: &[Flight]) -> usize {
    let mut starts: Vec<Duration> = flights.iter().map(|flight| flight.start).collect();
    let mut ends: Vec<Duration> = flights.iter().map(|flight| flight.end.max(flight.start)).collect();
    starts.sort_unstable();
    ends.sort_unstable();
    let mut ended = 0;
    let counts = starts.iter().enumerate().map(|(before, start)| {
        while ends[ended] <= *start && ended < before {
            ended += 1;
        }
        before + 1 - ended
    });
    counts.max().unwrap_or(0)
}

/// How long at least one of the flights was under way.
pub fn covered(flights: &[Flight]) -> Duration {
    let mut sorted = flights.to_vec();
    sorted.sort_unstable();
    let mut reached = Duration::ZERO;
    let mut covered = Duration::ZERO;
    for flight in sorted {
        covered += flight.end.saturating_sub(flight.start.max(reached));
        reached = reached.max(flight.end);
    }
    covered
}

/// How many are in flight after each start and end. At one moment starts come first, so that a request
/// that follows another at once leaves no hole.
fn counts(flights: &[Flight]) -> impl Iterator<Item = (Duration, usize)> {
    let ends = flights.iter().map(|flight| (flight.end.max(flight.start), true));
    let mut edges: Vec<(Duration, bool)> = flights.iter().map(|flight| (flight.start, false)).chain(ends).collect();
    edges.sort_unstable();
    edges.into_iter().scan(0_usize, |count, (moment, is_end)| {
        *count = if is_end { count.saturating_sub(1) } else { *count + 1 };
        Some((moment, *count))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flights(spans: &[(u64, u64)]) -> Vec<Flight> {
        let at = Duration::from_millis;
        spans.iter().map(|(start, end)| Flight { start: at(*start), end: at(*end) }).collect()
    }

    fn steady(spans: &[(u64, u64)], target: usize) -> Option<(u128, u128)> {
        steady_window(&flights(spans), target).map(|window| (window.start.as_millis(), window.end.as_millis()))
    }

    #[test]
    fn requests_back_to_back_leave_no_hole() {
        assert_eq!(steady(&[(0, 100), (100, 250), (250, 300)], 1), Some((0, 300)));
        // The clock is read twice between two requests.
        assert_eq!(steady(&[(0, 100), (101, 250)], 1), Some((0, 250)));
        assert_eq!(steady(&[(0, 100), (110, 250)], 1), Some((110, 250)));
    }

    #[test]
    fn the_ramp_and_the_last_stragglers_are_no_part_of_it() {
        let spans = [(0, 50), (10, 60), (50, 100), (60, 130), (100, 120)];
        assert_eq!(steady(&spans, 2), Some((10, 120)));
        assert_eq!(steady(&spans, 3), None);
    }

    #[test]
    fn nine_of_ten_are_enough_and_seven_of_eight_are_not() {
        let ends = |count: u64| (0..count).map(|index| (0, if index == 0 { 100 } else { 200 })).collect::<Vec<_>>();
        assert_eq!(steady(&ends(10), 10), Some((0, 200)));
        assert_eq!(steady(&ends(8), 8), Some((0, 100)));
    }

    #[test]
    fn time_under_way_counts_once() {
        let spans = flights(&[(100, 200), (0, 50), (120, 150), (180, 260)]);
        assert_eq!(covered(&spans), Duration::from_millis(210));
        assert_eq!((most_at_once(&spans), most_at_once(&flights(&[(0, 100), (100, 200)]))), (2, 1));
        assert_eq!((covered(&[]), most_at_once(&[]), steady_window(&[], 1)), (Duration::ZERO, 0, None));
    }

    proptest::proptest! {
        #[test]
        fn a_window_has_enough_in_flight_and_no_clock_is_too_odd(
            spans in proptest::collection::vec((0_u64..1000, 0_u64..1000), 0..60), target in 1_usize..8,
        ) {
            let flights = flights(&spans);
            if let Some(window) = steady_window(&flights, target) {
                let whole = Window::around(&flights).unwrap();
                proptest::prop_assert!(whole.holds(window.start) && whole.holds(window.end));
            }
            covered(&flights);
            proptest::prop_assert!(most_at_once(&flights) <= flights.len());
        }
    }
}
