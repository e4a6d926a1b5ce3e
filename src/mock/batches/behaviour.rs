//! The behaviour of the batch APIs.

use std::str::FromStr;
use std::time::Duration;

use crate::mock::faults::place;
use crate::spec::scalar::HumanDuration;

/// How batches are answered.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchBehaviour {
    /// False for a server without a batch API.
    pub is_offered: bool,
    /// Time until a batch ends.
    pub time: Duration,
    /// Time after which a submission is taken.
    pub accept: Duration,
    /// Time for which the reply to a submission is held back after the batch was made.
    pub reply: Duration,
    /// Submissions that are refused (429), the first ones.
    pub refused: u64,
    /// Each fault with the share of it and of those before it.
    shares: Vec<(BatchFault, f64)>,
}

/// What goes wrong with one request of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchFault {
    /// The server fails.
    Errored,
    /// The request is refused.
    Rejected,
    /// The batch's time is over before it.
    Expired,
    /// Its result is no JSON.
    Malformed,
    /// It has no result.
    Missing,
}

/// Every fault with its word.
const WORDS: [(&str, BatchFault); 5] = [
    ("errored", BatchFault::Errored),
    ("rejected", BatchFault::Rejected),
    ("expired", BatchFault::Expired),
    ("malformed", BatchFault::Malformed),
    ("missing", BatchFault::Missing),
];

impl Default for BatchBehaviour {
    fn default() -> Self {
        let [time, accept, reply] = [Duration::ZERO; 3];
        Self { is_offered: true, time, accept, reply, refused: 0, shares: Vec::new() }
    }
}

impl BatchBehaviour {
    /// The fault of a request by its number, if it has one.
    pub(super) fn fault(&self, number: u64) -> Option<BatchFault> {
        let place = place(number);
        self.shares.iter().find(|(_, sum)| place < *sum || *sum >= 1.0).map(|(fault, _)| *fault)
    }

    /// Sets what an item such as `time=2s` says; `None` if it says nothing.
    fn set(&mut self, item: &str) -> Option<()> {
        let (word, value) = item.split_once('=')?;
        let time = || HumanDuration::parse(value).map(|time| time.0);
        match word.trim() {
            "time" => self.time = time()?,
            "accept" => self.accept = time()?,
            "reply" => self.reply = time()?,
            "refused" => self.refused = value.parse().ok()?,
            word => {
                let (_, fault) = WORDS.into_iter().find(|(known, _)| *known == word)?;
                self.with_fault(fault, value)?;
            }
        }
        Some(())
    }

    fn with_fault(&mut self, fault: BatchFault, share: &str) -> Option<()> {
        let share: f64 = share.parse().ok().filter(|share| (0.0..=1.0).contains(share))?;
        let sum = self.shares.last().map_or(0.0, |(_, sum)| *sum) + share;
        self.shares.push((fault, sum));
        (sum <= 1.0 + 1e-9).then_some(())
    }
}

impl FromStr for BatchBehaviour {
    type Err = String;

    /// Reads `none`, or settings such as `time=2s,errored=0.1`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "none" {
            return Ok(Self { is_offered: false, ..Self::default() });
        }
        let mut behaviour = Self::default();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            behaviour.set(item).ok_or_else(|| {
                let faults = WORDS.map(|(word, _)| word).join(", ");
                format!(
                    "invalid setting `{item}`; write `none`, or `time=2s`, `accept=1s`, `reply=1s`, `refused=2` and shares from 0 to 1 of {faults}"
                )
            })?;
        }
        Ok(behaviour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let behaviour: BatchBehaviour = "time=2s, reply=5ms,refused=3,errored=0.25,missing=0.25".parse().unwrap();
        assert_eq!((behaviour.time, behaviour.reply), (Duration::from_secs(2), Duration::from_millis(5)));
        assert_eq!((behaviour.refused, behaviour.is_offered), (3, true));
        let count = |fault| (1..=1000).filter(|number| behaviour.fault(*number) == fault).count();
        for fault in [Some(BatchFault::Errored), Some(BatchFault::Missing)] {
            assert!(count(fault).abs_diff(250) <= 3, "{fault:?}");
        }
        assert!(!"none".parse::<BatchBehaviour>().unwrap().is_offered);
        assert_eq!("".parse(), Ok(BatchBehaviour::default()));
        for wrong in ["time", "time=2", "refused=-1", "errored=2", "errored=0.6,expired=0.6", "x=1"] {
            assert!(wrong.parse::<BatchBehaviour>().is_err(), "{wrong}");
        }
    }
}
