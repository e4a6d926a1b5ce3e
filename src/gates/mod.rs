//! Gates: whether the figures of a run hold their limits, judged on the interval and not on the estimate.
//!
//! A gate is passed if the whole interval holds the limit, failed if none of it does, and cannot be told in between.

mod junit;
mod recommend;
pub mod until;

use serde_json::json;

use crate::compare::source::Source;
use crate::compare::{Pair, Side, compared};
use crate::format::{about, counted, percent, seconds, significant};
use crate::judge::Class;
use crate::spec::gate::{Gate, Limit, Measure, Metric};
use crate::statistics::cluster::MeanScore;
use crate::statistics::{wilson, wilson_at};
use crate::tables::by_question;
use crate::tables::figures::Figures;
use crate::tables::group::Group;
use crate::tables::pairs::side;
use crate::work::batch::Batch;

pub use junit::junit;
pub use recommend::{Recommendation, recommendations};

/// How a gate ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// The whole interval holds the limit.
    Passed,
    /// No part of the interval holds the limit.
    Failed,
    /// The limit lies inside the interval, or there is no interval.
    CannotTell,
}

impl Ruling {
    /// The words of reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// A gate, held against one model at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct GateOutcome {
    /// The gate.
    pub gate: String,
    /// The model, with its level where there are several.
    pub subject: String,
    /// How it ended.
    pub ruling: Ruling,
    /// The figure with its interval, and what would be needed.
    pub message: String,
}

impl GateOutcome {
    /// The outcome in one line.
    pub fn line(&self) -> String {
        format!("{}: {} ({}): {}", self.ruling.words(), self.gate, self.subject, self.message)
    }

    /// The outcome as JSON.
    pub fn json(&self) -> serde_json::Value {
        json!({
            "gate": self.gate, "subject": self.subject, "outcome": self.ruling.words().replace(' ', "_"),
            "message": self.message,
        })
    }
}

/// Holds each gate against each model.
pub fn outcomes(gates: &[Gate], groups: &[Group], baseline: Option<&Source>) -> Vec<GateOutcome> {
    let is_alone = groups.len() == 1;
    let baseline = baseline.filter(|_| gates.iter().any(Gate::needs_baseline));
    let against = |group: &Group| against(group, baseline?, is_alone);
    let pairs: Vec<Option<Pair>> = groups.iter().map(against).collect();
    let each = gates.iter().flat_map(|gate| {
        groups.iter().zip(&pairs).map(move |(group, pair)| {
            let found = figure(gate, group, pair.as_ref());
            let (ruling, message) = match found {
                Ok(figure) => (figure.ruling(gate), figure.message(gate)),
                Err(missing) => (Ruling::CannotTell, missing),
            };
            GateOutcome { gate: gate.to_string(), subject: group.batch.name(), ruling, message }
        })
    });
    each.collect()
}

/// A model against the same model of the baseline; where each side has a single model, against that.
fn against(group: &Group, baseline: &Source, is_alone: bool) -> Option<Pair> {
    let own = side(&group.batch, &group.figures);
    let before = before(&group.batch, baseline, is_alone)?;
    compared(&[(None, &own, &before)]).pop().filter(|pair| pair.items > 0)
}

/// The answers of a model in the baseline.
fn before(batch: &Batch, baseline: &Source, is_alone: bool) -> Option<Side> {
    let names: Vec<&str> = baseline.models();
    let name = [batch.name(), batch.model.name.clone()].into_iter().find(|name| names.contains(&name.as_str()));
    let name = name.or_else(|| (names.len() == 1 && is_alone).then(|| names[0].to_owned()))?;
    Some(baseline.side(&name))
}

/// A figure that is held against a limit.
struct Figure {
    estimate: f64,
    interval: (f64, f64),
    limit: f64,
    questions: u64,
    text: fn(f64) -> String,
    /// Independent answers that a question is worth, where Wilson's interval is that of their number.
    weight: Option<f64>,
}

/// How an interval stands to a limit.
fn ruling(at_least: bool, (low, high): (f64, f64), limit: f64) -> Ruling {
    let (holds, breaks) = if at_least { (low >= limit, high < limit) } else { (high <= limit, low > limit) };
    match (holds, breaks) {
        (true, _) => Ruling::Passed,
        (_, true) => Ruling::Failed,
        _ => Ruling::CannotTell,
    }
}

/// The fewest questions with which a gate is decided; infinite above ten million.
fn settled(is_decided: impl Fn(u64) -> bool) -> f64 {
    let (mut low, mut high) = (1, 1);
    while !is_decided(high) {
        (low, high) = (high, high * 2);
        if high > 10_000_000 {
            return f64::INFINITY;
        }
    }
    while low < high {
        let middle = u64::midpoint(low, high);
        if is_decided(middle) { high = middle } else { low = middle + 1 }
    }
    high as f64
}

impl Figure {
    fn with(&self, interval: Option<(f64, f64)>) -> Self {
        Self { interval: interval.unwrap_or(self.interval), ..*self }
    }

    fn ruling(&self, gate: &Gate) -> Ruling {
        ruling(gate.at_least, self.interval, self.limit)
    }

    /// The figure with its interval, and how many questions would settle it where it cannot be told.
    fn message(&self, gate: &Gate) -> String {
        let (low, high) = self.interval;
        let shown = format!("{} [{}, {}]", (self.text)(self.estimate), (self.text)(low), (self.text)(high));
        if self.ruling(gate) != Ruling::CannotTell {
            return shown;
        }
        let gap = (self.estimate - self.limit).abs();
        let half = if self.estimate > self.limit { self.estimate - low } else { high - self.estimate };
        let needed = match self.weight {
            // The same interval with more questions, as far as it takes.
            Some(weight) => {
                settled(|n| self.with(wilson_at(self.estimate, n as f64 * weight)).ruling(gate) != Ruling::CannotTell)
            }
            None => self.questions as f64 * (half / gap).powi(2),
        };
        if !needed.is_finite() || needed > 1e7 {
            return format!("{shown}; the limit is too close to the figure for any number of questions");
        }
        let more = (needed.ceil() as u64).saturating_sub(self.questions).max(1);
        format!("{shown}; about {} more questions would settle it, if the figure stays", about(more))
    }
}

fn figure(gate: &Gate, group: &Group, pair: Option<&Pair>) -> Result<Figure, String> {
    match gate.limit {
        Limit::Value(limit) => absolute(gate.metric, limit, group),
        Limit::BaselinePlus(offset) => {
            let score = pair.and_then(|pair| pair.score.as_ref()).ok_or(NO_BASELINE)?;
            let questions = score.items as u64;
            Ok(Figure {
                estimate: score.difference(),
                interval: score.interval,
                limit: offset,
                questions,
                text: points,
                weight: None,
            })
        }
        Limit::BaselineTimes(limit) => {
            let pair = pair.ok_or(NO_BASELINE)?;
            let ratio = match gate.metric {
                Metric::Latency => pair.latency,
                Metric::OutputTokens => pair.output_tokens,
                _ => pair.cost,
            };
            let ratio = ratio.ok_or_else(|| format!("the baseline or this run has no {}", gate.metric))?;
            let questions = ratio.items as u64;
            Ok(Figure { estimate: ratio.ratio, interval: ratio.interval, limit, questions, text: times, weight: None })
        }
    }
}

/// Why nothing can be said of a model.
const NO_BASELINE: &str = "the baseline has no answers of this model to the same questions that can be compared";

fn absolute(metric: Metric, limit: f64, group: &Group) -> Result<Figure, String> {
    let summary = &group.summary;
    let questions = summary.items;
    let of_answers = |found: Option<MeanScore>| {
        let found = found.ok_or("no answer could be judged")?;
        let weight = found.effective.map(|effective| effective / questions as f64);
        Ok(Figure { estimate: found.mean, interval: found.interval, limit, questions, text: percent, weight })
    };
    match metric {
        Metric::FaultRate => {
            let requests = summary.answers + summary.faults;
            let share = summary.faults as f64 / requests as f64;
            let interval = wilson(share, requests).ok_or("there are no answers")?;
            Ok(Figure { estimate: share, interval, limit, questions: requests, text: percent, weight: Some(1.0) })
        }
        Metric::NoAnswerRate => of_answers(not_answers(&group.figures)),
        Metric::Score => of_answers(by_question::score(&group.figures)),
        Metric::CostPerCorrect => {
            let spending = &summary.spending;
            let known = spending.per_correct.zip(spending.per_correct_interval);
            let (estimate, interval) = known.ok_or("the cost is not known, or no answer is right")?;
            Ok(Figure { estimate, interval, limit, questions, text: significant, weight: None })
        }
        Metric::Percentile(name, measure) => {
            let percentiles = match measure {
                Measure::Latency => summary.latency(),
                Measure::Ttft => &summary.timing.ttft,
                Measure::Tpot => &summary.timing.tpot,
            };
            let known = percentiles.named(name).ok_or_else(|| {
                format!("{name} with an interval needs more than {}", counted(percentiles.n, "warm answer"))
            })?;
            let questions = percentiles.n as u64;
            Ok(Figure {
                estimate: known.value,
                interval: (known.low, known.high),
                limit,
                questions,
                text: seconds,
                weight: None,
            })
        }
        Metric::Latency | Metric::OutputTokens | Metric::Cost => Err(NO_BASELINE.to_owned()),
    }
}

/// The share of answers that are neither right nor wrong.
fn not_answers(figures: &Figures) -> Option<MeanScore> {
    let answers = [Class::Correct, Class::Wrong].map(|class| figures.number_of(class.word()));
    by_question::share(figures, |row| !answers.contains(&figures.verdict.get(row)))
}

fn points(difference: f64) -> String {
    format!("{} points", crate::compare::points(difference))
}

fn times(ratio: f64) -> String {
    format!("{} ×", significant(ratio))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::tables::fixture::{Fixture, verdict};

    /// 200 answers of 100 ms, of which `right` are right.
    fn groups(right: usize) -> Vec<Group> {
        let mut fixture = Fixture::new(200);
        for index in right..200 {
            fixture.verdicts[index] = Some(verdict(Class::Wrong));
        }
        fixture.groups()
    }

    fn ruled(gate: &str, groups: &[Group]) -> (Ruling, String) {
        let mut found = outcomes(&[Gate::parse(gate).unwrap()], groups, None);
        let outcome = found.pop().unwrap();
        (outcome.ruling, outcome.message)
    }

    #[test]
    fn the_bound_of_the_interval_decides() {
        let groups = groups(120);
        assert_eq!(ruled("score >= 0.5", &groups).0, Ruling::Passed);
        assert_eq!(ruled("score >= 0.7", &groups).0, Ruling::Failed);
        let (ruling, message) = ruled("score >= 0.58", &groups);
        assert_eq!(
            (ruling, &*message),
            (
                Ruling::CannotTell,
                "60.0 % [53.1 %, 66.5 %]; about 2,200 more questions would settle it, if the figure stays"
            )
        );
        assert_eq!(
            ruled("score >= 0.6", &groups).1,
            "60.0 % [53.1 %, 66.5 %]; the limit is too close to the figure for any number of questions"
        );
        assert_eq!(ruled("fault_rate <= 5 %", &groups).0, Ruling::Passed);
        assert_eq!(ruled("p95_latency <= 200ms", &groups).0, Ruling::Passed);
        assert_eq!(ruled("p95_latency <= 50ms", &groups).0, Ruling::Failed);
    }

    #[test]
    fn what_is_not_known_cannot_be_told() {
        let groups = groups(0);
        for (gate, why) in [
            ("cost_per_correct <= 1", "the cost is not known"),
            ("p99_latency <= 1s", "p99 with an interval needs more than 200 warm answers"),
            ("score >= baseline", "the baseline has no answer"),
        ] {
            let (ruling, message) = ruled(gate, &groups);
            assert!(ruling == Ruling::CannotTell && message.contains(why), "{gate}: {message}");
        }
    }

    #[test]
    fn a_model_is_held_against_its_own_answers() {
        let now = groups(120);
        let mut before = crate::compare::source::Source::default();
        let own = side(&now[0].batch, &now[0].figures);
        for (place, (question, item)) in own.items.iter().enumerate() {
            before.answers.push(crate::compare::source::Answer {
                model: "a".to_owned(),
                hash: Some(question.to_string()),
                item: crate::compare::Item { score: Some(f64::from(u8::from(place % 2 == 0))), ..*item },
                ..crate::compare::source::Answer::default()
            });
        }
        let rule = |gate: &str| outcomes(&[Gate::parse(gate).unwrap()], &now, Some(&before))[0].ruling;
        assert_eq!(rule("score >= baseline - 0.2"), Ruling::Passed);
        assert_eq!(rule("score >= baseline + 0.5"), Ruling::Failed);
        assert_eq!(rule("latency <= baseline * 1.05"), Ruling::Passed);
    }
}
