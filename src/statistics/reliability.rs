//! How far probabilities keep their word: bins of confidence, and the expected calibration error (Guo et al. 2017).

use std::collections::HashSet;

use super::wilson::wilson;

/// Number of bins, all of one width.
pub const BINS: usize = 15;

/// Answers of about one confidence.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReliabilityBin {
    /// How many there are.
    pub count: u64,
    /// Mean confidence.
    pub confidence: f64,
    /// Share of them that is right.
    pub accuracy: f64,
    /// Of how many questions they are: answers to one question are alike.
    pub questions: u64,
}

impl ReliabilityBin {
    /// 95 % Wilson interval of [`accuracy`](Self::accuracy) over the questions of the bin. `None` without any.
    pub fn interval(&self) -> Option<(f64, f64)> {
        wilson(self.accuracy, self.questions)
    }
}

/// An answer with the probability of its letter.
#[derive(Debug, Clone, Copy)]
pub struct Confident {
    /// Which question it answers.
    pub question: Option<i64>,
    /// Probability of its letter.
    pub probability: f64,
    /// Whether the letter is the right one.
    pub is_right: bool,
}

/// The bins over 0 to 1, the lowest first, of answers by their probability. A bin takes in its upper end.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of few bins, and counts far below 2^53"
)]
pub fn reliability(answers: impl IntoIterator<Item = Confident>) -> [ReliabilityBin; BINS] {
    let mut bins = [ReliabilityBin::default(); BINS];
    let mut seen = HashSet::new();
    for Confident { question, probability, is_right } in answers {
        let place = ((probability * BINS as f64).ceil() as usize).clamp(1, BINS) - 1;
        let bin = &mut bins[place];
        bin.count += 1;
        bin.confidence += probability;
        bin.accuracy += f64::from(u8::from(is_right));
        bin.questions += u64::from(seen.insert((place, question)));
    }
    for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
        bin.confidence /= bin.count as f64;
        bin.accuracy /= bin.count as f64;
    }
    bins
}

/// The expected calibration error: mean over the answers of |accuracy − confidence| of their bin.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub fn calibration_error(bins: &[ReliabilityBin]) -> Option<f64> {
    let count: u64 = bins.iter().map(|bin| bin.count).sum();
    let gap = |bin: &ReliabilityBin| bin.count as f64 * (bin.accuracy - bin.confidence).abs();
    (count > 0).then(|| bins.iter().map(gap).sum::<f64>() / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bins of answers to one question each.
    fn of(answers: &[(f64, bool)]) -> [ReliabilityBin; BINS] {
        let numbered = (0..).zip(answers);
        reliability(numbered.map(|(question, (probability, is_right))| Confident {
            question: Some(question),
            probability: *probability,
            is_right: *is_right,
        }))
    }

    #[test]
    fn the_interval_is_over_questions() {
        let answer = |question| Confident { question: Some(question), probability: 0.9, is_right: true };
        let once = reliability([1, 2].map(answer))[13];
        let again = reliability([1, 1, 1, 2, 2, 2].map(answer))[13];
        assert_eq!((once.count, again.count, again.questions), (2, 6, 2));
        assert_eq!(once.interval(), again.interval());
        assert_eq!(once.interval(), wilson(1.0, 2));
        assert_eq!(ReliabilityBin::default().interval(), None);
    }

    #[test]
    fn a_bin_takes_in_its_upper_end() {
        let bins = of(&[(0.0, false), (1.0 / 15.0, true), (0.07, true), (1.0, true)]);
        let counts: Vec<u64> = bins.iter().map(|bin| bin.count).collect();
        assert_eq!((counts[0], counts[1], counts[14]), (2, 1, 1));
    }

    #[test]
    fn the_error_is_weighed_by_answers() {
        // Three of confidence 0.9, of which one is right, and one of 0.5 that is right.
        let bins = of(&[(0.9, true), (0.9, false), (0.9, false), (0.5, true)]);
        let expected = (3.0 * (0.9 - 1.0 / 3.0) + 0.5) / 4.0;
        assert!((calibration_error(&bins).unwrap() - expected).abs() < 1e-9);
        assert_eq!(calibration_error(&of(&[])), None);
    }
}
