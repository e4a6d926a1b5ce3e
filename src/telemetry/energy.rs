//! Energy of a batch from readings of counters, where they are good enough.

use super::Stretch;

/// Longest time between two readings, in seconds. A counter of 65 kJ, the smallest range that processors have, goes round
/// in it only at more than 6 kW, so that no round is missed.
const LONGEST_GAP_S: f64 = 10.0;

/// Share of the requests that has to lie between readings.
const COVERAGE: f64 = 0.99;

/// Why there is none where nobody read any.
const NOTHING: &str = "no reading lies beside the responses, which may be older than the key `energy`; `smallbench apply --fresh` measures again";

/// Energy that was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Energy {
    /// Joules from the first reading of each stretch to its last.
    pub joules: f64,
    /// What they are of, such as `packages+dram`.
    pub of: String,
}

/// A request: its run, and when it was sent and had ended, in seconds since the run's start.
pub type Flight<'f> = (&'f str, f64, f64);

/// The energy of a batch, or why it is not known.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Validity {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// It is not known, and why.
    Unknown(String),
    /// It is known.
    Known(Energy),
}

impl Validity {
    /// What the readings of a batch with these requests come to.
    pub fn of<'f>(stretches: &[Stretch], flights: impl Iterator<Item = Flight<'f>>) -> Self {
        match measured(stretches, flights) {
            Ok(energy) => Self::Known(energy),
            Err(why) => Self::Unknown(why),
        }
    }

    /// The energy, if it is known.
    pub fn known(&self) -> Option<&Energy> {
        match self {
            Self::Known(energy) => Some(energy),
            Self::NotAsked | Self::Unknown(_) => None,
        }
    }
}

fn measured<'f>(stretches: &[Stretch], flights: impl Iterator<Item = Flight<'f>>) -> Result<Energy, String> {
    if let Some(fault) = stretches.iter().find_map(|stretch| stretch.energy_fault.as_ref()) {
        return Err(fault.clone());
    }
    let of = stretches.iter().find_map(|stretch| stretch.energy_of.as_ref()).ok_or(NOTHING)?;
    if let Some(other) = stretches.iter().filter_map(|stretch| stretch.energy_of.as_ref()).find(|other| *other != of) {
        return Err(format!("one run read {of}, another {other}"));
    }
    let measured: Vec<Span<'_>> = stretches.iter().filter_map(Span::of).collect();
    let gap = measured.iter().map(|span| span.gap).fold(0.0, f64::max);
    if gap > LONGEST_GAP_S {
        return Err(format!("{gap:.0} s lie between two readings; at most {LONGEST_GAP_S:.0} s are allowed"));
    }
    let (mut covered, mut all) = (0_usize, 0_usize);
    for flight in flights {
        all += 1;
        covered += usize::from(measured.iter().any(|span| span.holds(flight)));
    }
    if (covered as f64) < COVERAGE * all as f64 || all == 0 {
        let noun = if all == 1 { "request" } else { "requests" };
        return Err(format!("the readings cover {covered} of {all} {noun}"));
    }
    let joules: f64 = measured.iter().map(|span| span.joules).sum();
    if joules <= 0.0 {
        return Err(format!("the counters of {of} do not change, as in some virtual machines"));
    }
    Ok(Energy { joules, of: of.clone() })
}

/// The part of a stretch that has energy.
struct Span<'s> {
    run: &'s str,
    first: f64,
    last: f64,
    joules: f64,
    /// The longest time between two readings.
    gap: f64,
}

impl<'s> Span<'s> {
    fn of(stretch: &'s Stretch) -> Option<Self> {
        let known: Vec<(f64, f64)> =
            stretch.readings.iter().filter_map(|reading| Some((reading.at_s, reading.energy_j?))).collect();
        let ((first, begun), (last, ended)) = (*known.first()?, *known.last()?);
        let gap = known.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(0.0, f64::max);
        Some(Self { run: &stretch.run, first, last, joules: ended - begun, gap })
    }

    fn holds(&self, (run, sent, end): Flight<'_>) -> bool {
        run == self.run && sent >= self.first && end <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reading;
    use super::*;

    /// Readings at these times, with 50 J for each second.
    fn stretch(run: &str, times: &[f64]) -> Stretch {
        let reading =
            |at_s: &f64| Reading { at_s: *at_s, energy_j: Some(50.0 * (at_s - times[0])), ..Reading::default() };
        Stretch {
            run: run.into(),
            energy_of: Some("packages".into()),
            readings: times.iter().map(reading).collect(),
            ..Stretch::default()
        }
    }

    fn unknown(stretches: &[Stretch], flights: &[Flight<'_>]) -> String {
        match Validity::of(stretches, flights.iter().copied()) {
            Validity::Unknown(why) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn stretches_that_cover_their_requests_add_up() {
        let stretches = [stretch("a", &[1.0, 2.0, 3.0]), stretch("b", &[0.5, 1.5])];
        let found = Validity::of(&stretches, [("a", 1.0, 2.5), ("b", 0.6, 1.5)].into_iter());
        assert_eq!(found, Validity::Known(Energy { joules: 150.0, of: "packages".into() }));
        assert_eq!(unknown(&[Stretch::default()], &[("a", 1.0, 2.5)]), NOTHING);
    }

    #[test]
    fn what_is_not_good_enough_is_explained() {
        let flights = [("a", 1.0, 2.5)];
        let gap = unknown(&[stretch("a", &[1.0, 2.0, 14.0])], &flights);
        assert_eq!(gap, "12 s lie between two readings; at most 10 s are allowed");
        assert_eq!(unknown(&[stretch("a", &[1.0, 2.0])], &flights), "the readings cover 0 of 1 request");
        assert_eq!(unknown(&[stretch("b", &[1.0, 3.0])], &flights), "the readings cover 0 of 1 request");
        let fault = Stretch { energy_fault: Some("no permission".into()), ..stretch("a", &[1.0, 3.0]) };
        assert_eq!(unknown(&[fault], &flights), "no permission");
        let still = Stretch { readings: vec![], ..stretch("a", &[1.0]) };
        assert_eq!(unknown(&[still], &flights), "the readings cover 0 of 1 request");
        let mut still = stretch("a", &[1.0, 3.0]);
        still.readings.iter_mut().for_each(|reading| reading.energy_j = Some(0.0));
        assert!(unknown(&[still], &flights).starts_with("the counters of packages do not change"));
        let other = Stretch { energy_of: Some("gpus".into()), ..stretch("b", &[1.0, 3.0]) };
        assert_eq!(unknown(&[stretch("a", &[1.0, 3.0]), other], &flights), "one run read packages, another gpus");
    }
}
