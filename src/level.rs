//! A level: one load setting at which requests are sent.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;

/// One load setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Closed loop: a fixed number of requests in flight, each sent when another is answered.
    Concurrency(NonZeroU32),
    /// Open loop: a fixed rate of arrivals, independent of responses.
    Rate(Rate, Arrivals),
    /// Open loop: the arrivals of a recorded load.
    Trace(Replay),
}

/// A recorded load that is replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Replay {
    /// The beginning of the hash of its file.
    pub digest: u32,
    /// How many times as fast as recorded.
    pub speed: Rate,
    /// Mean arrivals per second.
    pub mean: Rate,
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trace {:08x}", self.digest)?;
        if self.speed == Rate::ONE { Ok(()) } else { write!(f, " x{}", self.speed.per_second()) }
    }
}

/// How the arrivals of an open loop are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arrivals {
    /// Exponential gaps: independent users.
    Poisson,
    /// Equal gaps.
    Constant,
}

/// Requests per second; finite and above zero.
#[derive(Debug, Clone, Copy)]
pub struct Rate(f64);

impl Rate {
    /// One per second.
    pub const ONE: Self = Self(1.0);

    /// A rate; `None` unless it is finite and above zero.
    pub fn new(per_second: f64) -> Option<Self> {
        (per_second.is_finite() && per_second > 0.0).then_some(Self(per_second))
    }

    /// Requests per second.
    pub fn per_second(self) -> f64 {
        self.0
    }
}

impl PartialEq for Rate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Rate {}

impl PartialOrd for Rate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Hash for Rate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

impl Level {
    /// Most requests in flight at a time; an open loop has no such limit.
    pub fn in_flight(self) -> Option<usize> {
        match self {
            Self::Concurrency(count) => Some(count.get() as usize),
            Self::Rate(..) | Self::Trace(_) => None,
        }
    }

    /// The number that a sweep runs over: requests in flight, or arrivals per second.
    pub fn load(self) -> f64 {
        match self {
            Self::Concurrency(count) => f64::from(count.get()),
            Self::Rate(rate, _) => rate.per_second(),
            Self::Trace(trace) => trace.mean.per_second(),
        }
    }

    /// True for an open loop.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Rate(..) | Self::Trace(_))
    }
}

/// As columns and messages show it: `c=4`, `r=2/s`, `r=2/s constant`, `trace 0a1b2c3d x2`.
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Concurrency(count) => write!(f, "c={count}"),
            Self::Rate(rate, Arrivals::Poisson) => write!(f, "r={rate}"),
            Self::Rate(rate, Arrivals::Constant) => write!(f, "r={rate} constant"),
            Self::Trace(trace) => trace.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_a_name_each() {
        let rate = |value| Rate::new(value).unwrap();
        assert_eq!(Level::Concurrency(NonZeroU32::MIN).to_string(), "c=1");
        assert_eq!(Level::Rate(rate(2.0), Arrivals::Poisson).to_string(), "r=2/s");
        assert_eq!(Level::Rate(rate(0.5), Arrivals::Constant).to_string(), "r=0.5/s constant");
        let trace = |speed| Level::Trace(Replay { digest: 0xa1b2, speed: rate(speed), mean: rate(3.0) });
        assert_eq!([1.0, 0.5].map(|speed| trace(speed).to_string()), ["trace 0000a1b2", "trace 0000a1b2 x0.5"]);
        assert!([0.0, -1.0, f64::NAN, f64::INFINITY].into_iter().all(|value| Rate::new(value).is_none()));
    }
}
