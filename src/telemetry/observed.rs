//! What readings say of a batch as a whole.

use super::{Stretch, Validity, WORDS, Word};

/// What a server and its machine said along a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observed {
    /// True if the spec asks for what the server says, whether or not it was read.
    pub is_server_asked: bool,
    /// The readings, stretch by stretch, of the runs that measured the batch.
    pub stretches: Vec<Stretch>,
    /// The energy, or why it is not known.
    pub energy: Validity,
}

impl Observed {
    /// Stretches of a batch, and whether what the server says and energy were asked for.
    pub fn new(is_server_asked: bool, is_energy_asked: bool, stretches: Vec<Stretch>) -> Self {
        let energy = if is_energy_asked { Validity::Unknown(String::new()) } else { Validity::NotAsked };
        Self { is_server_asked, stretches, energy }
    }

    /// Readings of the server.
    pub fn readings(&self) -> usize {
        self.stretches.iter().map(|stretch| stretch.readings.len()).sum()
    }

    /// Readings at which the server said nothing.
    pub fn gaps(&self) -> usize {
        let readings = self.stretches.iter().flat_map(|stretch| &stretch.readings);
        readings.filter(|reading| reading.words.is_empty()).count()
    }

    /// Why the server said nothing, where it did so.
    pub fn fault(&self) -> Option<&str> {
        self.stretches.iter().find_map(|stretch| stretch.words_fault.as_deref())
    }

    /// The most of a word while requests were sent.
    pub fn most(&self, word: Word) -> Option<f64> {
        self.within(word).reduce(f64::max)
    }

    /// The mean of a word while requests were sent.
    pub fn mean(&self, word: Word) -> Option<f64> {
        let (sum, count) = self.within(word).fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        (count > 0.0).then(|| sum / count)
    }

    /// Share of the readings at which a word was not zero, while requests were sent.
    pub fn share_above_zero(&self, word: Word) -> Option<f64> {
        let (above, count) =
            self.within(word).fold((0.0, 0.0), |(above, count), value| (above + f64::from(value > 0.0), count + 1.0));
        (count > 0.0).then(|| above / count)
    }

    /// How much a counter has grown, over all stretches; none if one of them does not tell.
    pub fn growth(&self, word: Word) -> Option<f64> {
        let grown = self.stretches.iter().map(|stretch| {
            // The border readings are what counts: without them something is missing.
            let growth = stretch.growth(word);
            growth.first().copied().flatten().and(growth.last().copied().flatten())
        });
        grown.collect::<Option<Vec<f64>>>().filter(|grown| !grown.is_empty()).map(|grown| grown.iter().sum())
    }

    /// Share of the looked up prompt tokens that were in the server's cache; none if it is more than all of them.
    pub fn prefix_hit_rate(&self) -> Option<f64> {
        let queries = self.growth(Word::PrefixQueries).filter(|queries| *queries > 0.0)?;
        Some(self.growth(Word::PrefixHits)? / queries).filter(|rate| *rate <= 1.0)
    }

    /// What the counters of the server say that cannot be, or that they began anew.
    pub fn contradiction(&self) -> Option<String> {
        let counters = WORDS.into_iter().filter(|word| word.is_counter());
        let falls = |word: Word| self.stretches.iter().map(|stretch| stretch.falls(word)).max();
        match counters.filter_map(falls).max() {
            Some(1) => {
                return Some(
                    "the server's counters were reset while requests were sent, as when it is restarted".to_owned(),
                );
            }
            Some(falls @ 2..) => {
                return Some(format!(
                    "the server's counters fell {falls} times, as where several servers answer in turn at one address; what they counted \
                     is left out"
                ));
            }
            _ => {}
        }
        let is_more = self.growth(Word::PrefixHits) > self.growth(Word::PrefixQueries);
        let has_both = self.growth(Word::PrefixQueries).is_some();
        (is_more && has_both).then(|| {
            "the server found more prompt tokens in its cache than it looked up; the share is left out".to_owned()
        })
    }

    /// True if a request of a run lies within a stretch.
    pub fn covers(&self, run: &str, sent: f64, end: f64) -> bool {
        let within = |stretch: &Stretch| {
            let ends = stretch.readings.first().zip(stretch.readings.last());
            stretch.run == run && ends.is_some_and(|(first, last)| first.at_s <= sent && end <= last.at_s)
        };
        self.stretches.iter().any(within)
    }

    /// The values of a word without those at the borders, where no request is in flight.
    fn within(&self, word: Word) -> impl Iterator<Item = f64> + '_ {
        let inner = self.stretches.iter().flat_map(Stretch::within);
        inner.filter_map(move |reading| reading.words.get(&word).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reading;
    use super::*;

    fn observed(run: &str, waiting: &[Option<f64>]) -> Observed {
        let reading = |(at, waiting): (usize, &Option<f64>)| Reading {
            at_s: at as f64,
            words: waiting
                .iter()
                .flat_map(|waiting| [(Word::Waiting, *waiting), (Word::OutputTokens, 10.0 * at as f64)])
                .collect(),
            energy_j: None,
        };
        let readings = waiting.iter().enumerate().map(reading).collect();
        Observed { stretches: vec![Stretch { run: run.into(), readings, ..Stretch::default() }], ..Observed::default() }
    }

    #[test]
    fn borders_count_for_counters_and_for_nothing_else() {
        let found = observed("r", &[Some(9.0), Some(2.0), None, Some(0.0), Some(9.0)]);
        assert_eq!((found.most(Word::Waiting), found.mean(Word::Waiting)), (Some(2.0), Some(1.0)));
        assert_eq!(found.share_above_zero(Word::Waiting), Some(0.5));
        assert_eq!((found.growth(Word::OutputTokens), found.growth(Word::PromptTokens)), (Some(40.0), None));
        assert_eq!((found.readings(), found.gaps()), (5, 1));
        assert_eq!(observed("r", &[Some(1.0), Some(1.0)]).most(Word::Waiting), None);
        assert_eq!(observed("r", &[Some(1.0), None]).growth(Word::OutputTokens), None);
        assert_eq!(Observed::default().growth(Word::OutputTokens), None);
    }

    #[test]
    fn what_counters_cannot_say_together_is_said() {
        let of = |values: &[(f64, f64)]| {
            let reading = |(hits, queries): &(f64, f64)| Reading {
                words: [(Word::PrefixHits, *hits), (Word::PrefixQueries, *queries)].into(),
                ..Reading::default()
            };
            let readings = values.iter().map(reading).collect();
            Observed { stretches: vec![Stretch { readings, ..Stretch::default() }], ..Observed::default() }
        };
        let said = |values: &[(f64, f64)]| of(values).contradiction().unwrap_or_default();
        assert_eq!(said(&[(0.0, 0.0), (5.0, 5.0)]), "");
        assert!(said(&[(0.0, 0.0), (6.0, 5.0)]).starts_with("the server found more"));
        assert!(said(&[(9.0, 9.0), (1.0, 1.0)]).starts_with("the server's counters were reset"));
        assert!(
            said(&[(9.0, 9.0), (1.0, 1.0), (9.0, 9.0), (1.0, 1.0)]).starts_with("the server's counters fell 2 times")
        );
        assert_eq!(of(&[(0.0, 0.0), (6.0, 5.0)]).prefix_hit_rate(), None);
        assert_eq!(of(&[(0.0, 0.0), (5.0, 5.0)]).prefix_hit_rate(), Some(1.0));
    }

    #[test]
    fn a_request_is_covered_by_a_stretch_of_its_run() {
        let found = observed("r", &[None, None, None]);
        assert!(found.covers("r", 0.0, 2.0) && !found.covers("r", 1.0, 2.1) && !found.covers("s", 0.0, 1.0));
    }
}
