//! Gates: conditions on the figures of a run, such as `score >= 0.6` or `p95_latency <= 800ms`.

use std::borrow::Cow;
use std::fmt;

use schemars::json_schema;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::inline_schema::inline_schema;
use super::scalar::HumanDuration;

/// A condition on a figure of each model.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// The figure.
    pub metric: Metric,
    /// True if the figure must be at least the limit, false if at most.
    pub at_least: bool,
    /// The limit.
    pub limit: Limit,
}

/// A figure that a gate can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Mean score.
    Score,
    /// A percentile of a measure of time, such as p95 of the latency.
    Percentile(&'static str, Measure),
    /// Latency, question by question against the baseline.
    Latency,
    /// Output tokens, against the baseline.
    OutputTokens,
    /// Cost, against the baseline.
    Cost,
    /// Cost per right answer.
    CostPerCorrect,
    /// Share of requests that failed.
    FaultRate,
    /// Share of answers that state no single answer.
    NoAnswerRate,
}

/// A measure of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Latency; in an open loop from the schedule.
    Latency,
    /// Time to first token.
    Ttft,
    /// Time per output token.
    Tpot,
}

/// What a figure is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// A value: a share, seconds or money.
    Value(f64),
    /// The baseline's score, plus so much.
    BaselinePlus(f64),
    /// The baseline's figure, times so much.
    BaselineTimes(f64),
}

/// Percentiles that carry an interval.
const PERCENTILES: [&str; 4] = ["p50", "p90", "p95", "p99"];

const MEASURES: [(&str, Measure); 3] =
    [("latency", Measure::Latency), ("ttft", Measure::Ttft), ("tpot", Measure::Tpot)];

const PLAIN: [(&str, Metric); 7] = [
    ("score", Metric::Score),
    ("latency", Metric::Latency),
    ("output_tokens", Metric::OutputTokens),
    ("cost", Metric::Cost),
    ("cost_per_correct", Metric::CostPerCorrect),
    ("fault_rate", Metric::FaultRate),
    ("no_answer_rate", Metric::NoAnswerRate),
];

impl Metric {
    fn parse(name: &str) -> Option<Self> {
        let plain = PLAIN.into_iter().find(|known| known.0 == name).map(|known| known.1);
        plain.or_else(|| {
            let (percentile, measure) = name.split_once('_')?;
            let percentile = PERCENTILES.into_iter().find(|known| *known == percentile)?;
            let measure = MEASURES.into_iter().find(|known| known.0 == measure)?.1;
            Some(Self::Percentile(percentile, measure))
        })
    }

    /// Whether it is a share between 0 and 1.
    pub fn is_share(self) -> bool {
        matches!(self, Self::Score | Self::FaultRate | Self::NoAnswerRate)
    }

    /// Whether it is made of verdicts.
    fn is_of_verdicts(self) -> bool {
        matches!(self, Self::Score | Self::CostPerCorrect | Self::NoAnswerRate)
    }

    /// Whether it is known only as a ratio to the baseline.
    fn is_relative(self) -> bool {
        matches!(self, Self::Latency | Self::OutputTokens | Self::Cost)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentile(percentile, measure) => {
                let name = MEASURES.into_iter().find(|known| known.1 == *measure).map_or("", |known| known.0);
                write!(f, "{percentile}_{name}")
            }
            other => f.write_str(PLAIN.into_iter().find(|known| known.1 == *other).map_or("", |known| known.0)),
        }
    }
}

impl Gate {
    /// Whether its figure is made of verdicts.
    pub fn needs_verdicts(&self) -> bool {
        self.metric.is_of_verdicts()
    }

    /// Reads `METRIC >= LIMIT` or `METRIC <= LIMIT`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (at, sign) =
            text.match_indices(['<', '>']).next().ok_or_else(|| format!("`{text}` has no `>=` or `<=`"))?;
        let (name, rest) = (text[..at].trim(), &text[at + 1..]);
        // An interval cannot tell `>` from `>=`.
        let rest = rest.strip_prefix('=').unwrap_or(rest).trim();
        let Some(metric) = Metric::parse(name) else {
            let known: Vec<&str> = PLAIN.iter().map(|known| known.0).collect();
            return Err(format!(
                "`{name}` is no figure of a gate; available: {}, and p50, p90, p95 and p99 of latency, ttft and tpot, \
                 such as `p95_latency`",
                known.join(", ")
            ));
        };
        let limit = limit(metric, rest)?;
        let gate = Self { metric, at_least: sign == ">", limit };
        gate.reachable()
    }

    /// The gate, if any number of questions can decide it.
    fn reachable(self) -> Result<Self, String> {
        let end = if self.at_least { 1.0 } else { 0.0 };
        if self.metric.is_share() && self.limit == Limit::Value(end) {
            let near = if self.at_least { ">= 0.99" } else { "<= 0.01" };
            return Err(format!(
                "`{self}` can never pass, because an interval never ends at {end}; write `{} {near}`",
                self.metric
            ));
        }
        Ok(self)
    }

    /// The gate that holds where a condition of failure does not.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { at_least: !self.at_least, ..self }
    }

    /// Whether it has an interval that holds at every moment of a run: it is made of the scores of questions.
    pub fn is_sequential(&self) -> bool {
        matches!(self.metric, Metric::Score | Metric::NoAnswerRate)
    }

    /// Whether it needs a baseline.
    pub fn needs_baseline(&self) -> bool {
        !matches!(self.limit, Limit::Value(_))
    }
}

fn limit(metric: Metric, text: &str) -> Result<Limit, String> {
    let Some(change) = text.strip_prefix("baseline").map(str::trim) else {
        if metric.is_relative() {
            return Err(format!(
                "`{metric}` can only be held against a baseline, such as `{metric} <= baseline * 1.1`"
            ));
        }
        return value(metric, text).map(Limit::Value);
    };
    if metric == Metric::Score {
        let offset = match (change.strip_prefix('-'), change.strip_prefix('+')) {
            _ if change.is_empty() => Ok(0.0),
            (Some(less), _) => value(metric, less.trim()).map(|value| -value),
            (_, Some(more)) => value(metric, more.trim()),
            _ => Err(format!("`{text}` is no limit of a score; write `baseline - 0.02`")),
        };
        return offset.map(Limit::BaselinePlus);
    }
    if !metric.is_relative() {
        return Err(format!(
            "`{metric}` cannot be held against a baseline; score, latency, output_tokens and cost can"
        ));
    }
    let factor = match change.strip_prefix('*') {
        _ if change.is_empty() => Some(1.0),
        Some(factor) => factor.trim().parse().ok().filter(|factor: &f64| factor.is_finite() && *factor > 0.0),
        None => None,
    };
    factor.map(Limit::BaselineTimes).ok_or_else(|| format!("`{text}` is no limit; write `baseline * 1.1`"))
}

/// A share as `0.6` or `60 %`, a time as `800ms`, an amount as a number.
fn value(metric: Metric, text: &str) -> Result<f64, String> {
    if let Metric::Percentile(..) = metric {
        let time = HumanDuration::parse(text).map(|duration| duration.0.as_secs_f64());
        return time
            .ok_or_else(|| format!("`{text}` is not a duration; write a number and a unit, such as `800ms` or `2s`"));
    }
    let (number, scale) = match text.strip_suffix('%') {
        Some(percent) if metric.is_share() => (percent.trim(), 0.01),
        _ => (text, 1.0),
    };
    let number: Option<f64> =
        number.parse().ok().filter(|number: &f64| number.is_finite()).map(|number: f64| number * scale);
    match number {
        Some(share) if metric.is_share() && !(0.0..=1.0).contains(&share) => {
            Err(format!("`{text}` is no share; write a number between 0 and 1, or a percentage such as `60 %`"))
        }
        Some(number) => Ok(number),
        None => Err(format!("`{text}` is not a number")),
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.metric, if self.at_least { ">=" } else { "<=" })?;
        match self.limit {
            Limit::Value(seconds) if matches!(self.metric, Metric::Percentile(..)) => {
                let rounded = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
                write!(f, "{}", HumanDuration(rounded))
            }
            Limit::Value(value) => write!(f, "{value}"),
            Limit::BaselinePlus(0.0) => f.write_str("baseline"),
            Limit::BaselinePlus(offset) => {
                write!(f, "baseline {} {}", if offset < 0.0 { '-' } else { '+' }, offset.abs())
            }
            Limit::BaselineTimes(1.0) => f.write_str("baseline"),
            Limit::BaselineTimes(factor) => write!(f, "baseline * {factor}"),
        }
    }
}

impl<'de> Deserialize<'de> for Gate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl Serialize for Gate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

inline_schema!(Gate, "Gate", {
    let example = ["score >= 0.6", "score >= baseline - 0.02", "p95_latency <= 800ms", "latency <= baseline * 1.1"];
    json_schema!({ "type": "string", "pattern": "^[^<>]+[<>]=?.+$", "examples": example })
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_read_and_written_alike() {
        for (text, canonical) in [
            ("score >= 0.6", "score >= 0.6"),
            ("score>60 %", "score >= 0.6"),
            ("score >= baseline - 2%", "score >= baseline - 0.02"),
            ("score >= baseline", "score >= baseline"),
            ("p95_latency <= 800ms", "p95_latency <= 800ms"),
            ("p50_ttft < 2s", "p50_ttft <= 2s"),
            ("latency <= baseline*1.1", "latency <= baseline * 1.1"),
            ("cost_per_correct <= 0.001", "cost_per_correct <= 0.001"),
        ] {
            let gate = Gate::parse(text).unwrap();
            assert_eq!(gate.to_string(), canonical);
            assert_eq!(Gate::parse(canonical), Ok(gate), "{text}");
        }
    }

    #[test]
    fn what_is_no_gate_says_why() {
        for (text, why) in [
            ("score", "has no `>=`"),
            ("scor >= 1", "is no figure of a gate"),
            ("score >= 60", "is no share"),
            ("p95_latency <= 800", "is not a duration"),
            ("latency <= 2s", "only be held against a baseline"),
            ("p95_latency <= baseline", "cannot be held against a baseline"),
            ("score >= baseline * 2", "write `baseline - 0.02`"),
            ("cost <= baseline - 1", "write `baseline * 1.1`"),
            ("cost_per_correct <= cheap", "is not a number"),
            ("p42_latency <= 1s", "is no figure of a gate"),
            ("fault_rate <= 0", "can never pass"),
        ] {
            let error = Gate::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
