//! Injected faults: a share of the answers fails, the same ones on each run.

use std::str::FromStr;

/// One kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429, with a `Retry-After`.
    RateLimited,
    /// 500.
    Failed,
    /// 503.
    Overloaded,
    /// The connection is closed in the middle of the answer.
    Cut,
    /// The answer stops in the middle and the connection stays open.
    Stall,
    /// The answer is no valid JSON.
    Malformed,
    /// The answer reports an error after a status of 200.
    ErrorInside,
}

/// Every fault with its word.
const WORDS: [(&str, Fault); 7] = [
    ("429", Fault::RateLimited),
    ("500", Fault::Failed),
    ("503", Fault::Overloaded),
    ("cut", Fault::Cut),
    ("stall", Fault::Stall),
    ("malformed", Fault::Malformed),
    ("error", Fault::ErrorInside),
];

/// The golden ratio's share of 2^64: its multiples fall evenly, so that any hundred answers in a row
/// have very nearly their share of faults.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Faults by the share of answers that have them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// Each fault with the share of it and of those before it.
    shares: Vec<(Fault, f64)>,
}

/// A description of faults that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongFaults {
    /// An unknown fault, or one without a share.
    #[error("invalid fault `{0}`; write a fault and its share, such as `429=0.05`, with one of {known}", known = known())]
    Unknown(String),
    /// A share that is none, or shares that come to more than everything.
    #[error("the shares of faults lie between 0 and 1 and come to 1 at most, and `{0}` goes beyond that")]
    Share(String),
}

fn known() -> String {
    WORDS.map(|(word, _)| word).join(", ")
}

impl Faults {
    /// Adds a fault for a share of the answers, from 0 to 1.
    ///
    /// # Errors
    /// The share is none, or together with the others it is more than 1.
    pub fn with(mut self, fault: Fault, share: f64) -> Result<Self, WrongFaults> {
        let sum = self.shares.last().map_or(0.0, |(_, sum)| *sum) + share;
        // A little more, for shares that do not add up in binary.
        if !(0.0..=1.0).contains(&share) || sum > 1.0 + 1e-9 {
            return Err(WrongFaults::Share(share.to_string()));
        }
        self.shares.push((fault, sum));
        Ok(self)
    }

    /// The fault of an answer by its number, if it has one.
    pub(super) fn of(&self, number: u64) -> Option<Fault> {
        if self.shares.is_empty() {
            return None;
        }
        let place = place(number);
        self.shares.iter().find(|(_, sum)| place < *sum || *sum >= 1.0).map(|(fault, _)| *fault)
    }
}

/// The place of an answer between 0 and 1, by its number.
#[expect(clippy::cast_precision_loss, reason = "a share needs no 64 bits")]
pub(super) fn place(number: u64) -> f64 {
    number.wrapping_mul(STEP) as f64 / 2.0_f64.powi(64)
}

impl FromStr for Faults {
    type Err = WrongFaults;

    /// Reads `429=0.05,cut=0.01`.
    fn from_str(text: &str) -> Result<Self, WrongFaults> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.into_iter().try_fold(Self::default(), |faults, item| {
            let unknown = || WrongFaults::Unknown(item.to_owned());
            let (word, share) = item.split_once('=').ok_or_else(unknown)?;
            let (_, fault) = WORDS.into_iter().find(|(known, _)| *known == word.trim()).ok_or_else(unknown)?;
            let share = share.trim().parse().map_err(|_| WrongFaults::Share(item.to_owned()))?;
            faults.with(fault, share).map_err(|_| WrongFaults::Share(item.to_owned()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_its_share() {
        let faults: Faults = "429=0.05, 500=0.1,cut=0.01,stall=0.2".parse().unwrap();
        let count = |fault| (1..=10_000).filter(|number| faults.of(*number) == fault).count();
        let counts = [Some(Fault::RateLimited), Some(Fault::Failed), Some(Fault::Cut), Some(Fault::Stall), None];
        for (fault, expected) in counts.into_iter().zip([500, 1000, 100, 2000, 6400]) {
            assert!(count(fault).abs_diff(expected) <= 3, "{fault:?}: {}", count(fault));
        }
    }

    #[test]
    fn all_is_all_and_nothing_is_nothing() {
        let all = Faults::default().with(Fault::Failed, 1.0).unwrap();
        assert!((0..10_000).all(|number| all.of(number) == Some(Fault::Failed)));
        let nothing = Faults::default().with(Fault::Failed, 0.0).unwrap();
        assert!((0..10_000).all(|number| nothing.of(number).is_none()));
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        for text in ["429", "404=0.1", "=1", "x"] {
            assert!(matches!(text.parse::<Faults>(), Err(WrongFaults::Unknown(_))), "{text}");
        }
        for text in ["429=2", "cut=-0.1", "cut=nan", "cut=x", "cut=0.6,stall=0.6"] {
            assert!(matches!(text.parse::<Faults>(), Err(WrongFaults::Share(_))), "{text}");
        }
        assert_eq!("".parse(), Ok(Faults::default()));
        assert!("429=0.1,500=0.2,503=0.3,cut=0.1,stall=0.1,malformed=0.1,error=0.1".parse::<Faults>().is_ok());
    }
}
