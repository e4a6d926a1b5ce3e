//! Gates: whether the figures of a run hold their limits, judged on the interval and not on the estimate.
//!
//! A gate is passed if the whole interval holds the limit, failed if none of it does, and cannot be told in between. A bound
//! alone decides on its side, where answers are too few for an interval.

mod junit;
mod percentile;
mod recommend;
pub mod until;

use serde_json::json;

use crate::compare::source::Source;
use crate::compare::{ModelName, Pair, Side, compared};
use crate::format::{about, percent, significant};
use crate::id::BatchId;
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
use percentile::{Held, held};
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
    /// The model at its level.
    pub batch: BatchId,
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
    let compared: Vec<(&Group, Option<Pair>)> = groups.iter().map(|group| (group, against(group))).collect();
    let each = gates.iter().flat_map(|gate| {
        compared.iter().map(move |(group, pair)| {
            let found = figure(gate, group, pair.as_ref());
            let (ruling, message) = match found {
                Ok(figure) => (figure.ruling(gate), figure.message(gate)),
                Err(missing) => (Ruling::CannotTell, missing),
            };
            GateOutcome { gate: gate.to_string(), subject: group.batch.name(), batch: group.batch.id, ruling, message }
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
    let models = baseline.models();
    let names: [ModelName; 2] = [batch.name().into(), batch.model.name.as_str().into()];
    let named = names.iter().find_map(|name| models.iter().find(|model| **model == name));
    let model = named.or_else(|| models.first().filter(|_| models.len() == 1 && is_alone))?;
    Some(baseline.side(model))
}

/// A figure that is held against a limit.
struct Figure {
    estimate: f64,
    interval: (f64, f64),
    limit: f64,
    questions: u64,
    /// The figure with its interval, in words.
    shown: String,
    growth: Growth,
}

/// What more questions do to an interval.
#[derive(Clone)]
enum Growth {
    /// It narrows by the root of their number.
    Root,
    /// It is Wilson's; a question is worth this number of independent answers.
    Wilson(f64),
    /// It is not known how it narrows, but this.
    Lacking(String),
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
    fn new(
        (estimate, interval): (f64, (f64, f64)),
        limit: f64,
        questions: u64,
        (text, growth): (fn(f64) -> String, Growth),
    ) -> Self {
        let shown = format!("{} [{}, {}]", text(estimate), text(interval.0), text(interval.1));
        Self { estimate, interval, limit, questions, shown, growth }
    }

    fn ruling(&self, gate: &Gate) -> Ruling {
        ruling(gate.at_least, self.interval, self.limit)
    }

    /// The figure with its interval, and how many questions would settle it where it cannot be told.
    fn message(&self, gate: &Gate) -> String {
        let ((low, high), shown) = (self.interval, &self.shown);
        if self.ruling(gate) != Ruling::CannotTell {
            return shown.clone();
        }
        let gap = (self.estimate - self.limit).abs();
        let half = if self.estimate > self.limit { self.estimate - low } else { high - self.estimate };
        let is_decided = |ends: Option<(f64, f64)>| {
            ruling(gate.at_least, ends.unwrap_or(self.interval), self.limit) != Ruling::CannotTell
        };
        let needed = match &self.growth {
            Growth::Lacking(what) => return format!("{shown}; {what}"),
            // The same interval with more questions, as far as it takes.
            Growth::Wilson(weight) => settled(|n| is_decided(wilson_at(self.estimate, n as f64 * weight))),
            Growth::Root => self.questions as f64 * (half / gap).powi(2),
        };
        if !needed.is_finite() || needed > 1e7 {
            return format!("{shown}; the limit is too close to the figure for any number of questions");
        }
        let more = (needed.ceil() as u64).saturating_sub(self.questions).max(1);
        let questions = if more == 1 { "question" } else { "questions" };
        format!("{shown}; about {} more {questions} would settle it, if the figure stays", about(more))
    }
}

fn figure(gate: &Gate, group: &Group, pair: Option<&Pair>) -> Result<Figure, String> {
    match gate.limit {
        Limit::Value(limit) => absolute(gate.metric, limit, group),
        Limit::BaselinePlus(offset) => {
            let score = pair.and_then(|pair| pair.score.as_ref()).ok_or(NO_BASELINE)?;
            let questions = score.items as u64;
            Ok(Figure::new((score.difference(), score.interval), offset, questions, (points, Growth::Root)))
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
            Ok(Figure::new((ratio.ratio, ratio.interval), limit, questions, (times, Growth::Root)))
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
        let growth = weight.map_or(Growth::Root, Growth::Wilson);
        Ok(Figure::new((found.mean, found.interval), limit, questions, (percent, growth)))
    };
    match metric {
        Metric::FaultRate => {
            let requests = summary.answers + summary.faults;
            let share = summary.faults as f64 / requests as f64;
            let interval = wilson(share, requests).ok_or("there are no answers")?;
            Ok(Figure::new((share, interval), limit, requests, (percent, Growth::Wilson(1.0))))
        }
        Metric::NoAnswerRate => of_answers(not_answers(&group.figures)),
        Metric::Score => of_answers(by_question::score(&group.figures)),
        Metric::CostPerCorrect => {
            let spending = &summary.spending;
            let known = spending.per_correct.zip(spending.per_correct_interval);
            let (estimate, interval) = known.ok_or("the cost is not known, or no answer is right")?;
            Ok(Figure::new((estimate, interval), limit, questions, (significant, Growth::Root)))
        }
        Metric::Percentile(name, measure) => {
            let percentiles = match measure {
                Measure::Latency => summary.latency(),
                Measure::Ttft => &summary.timing.ttft,
                Measure::Tpot => &summary.timing.tpot,
            };
            let Held { estimate, bounds, shown, lacking } = held(name, percentiles)?;
            let growth = lacking.map_or(Growth::Root, Growth::Lacking);
            Ok(Figure { estimate, interval: bounds, limit, questions: percentiles.n as u64, shown, growth })
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
    use crate::tables::fixture::{Fixture, ms, verdict};

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
            (
                "p99_latency <= 1s",
                "at least 100 ms with 200 warm answers; it takes 368 of them to bound p99 from above",
            ),
            ("score >= baseline", "the baseline has no answer"),
        ] {
            let (ruling, message) = ruled(gate, &groups);
            assert!(ruling == Ruling::CannotTell && message.contains(why), "{gate}: {message}");
        }
    }

    /// What is said of `p95_latency <= 50ms` with these numbers of answers below and above the limit.
    fn p95(below: usize, above: usize) -> (Ruling, String) {
        let mut fixture = Fixture::new(below + above);
        for response in &mut fixture.responses[..below] {
            response.stamps.last_token = Some(ms(20));
        }
        ruled("p95_latency <= 50ms", &fixture.groups())
    }

    #[test]
    fn a_bound_on_one_side_decides_where_there_is_no_interval() {
        // All over: the lower bound fails them, from two answers on.
        for over in [2, 5, 20, 100, 200] {
            assert_eq!(p95(0, over).0, Ruling::Failed, "{over}");
        }
        // All under: the upper bound passes them, from 72 answers on.
        for (under, ruling) in [
            (5, Ruling::CannotTell),
            (20, Ruling::CannotTell),
            (71, Ruling::CannotTell),
            (72, Ruling::Passed),
            (100, Ruling::Passed),
        ] {
            assert_eq!(p95(under, 0).0, ruling, "{under}");
        }
        // Mixed: the rank of the lower bound is 4 of 5, 17 of 20, 90 of 100; that of the upper one 100 of 100.
        for (below, above, ruling) in [
            (3, 2, Ruling::Failed),
            (4, 1, Ruling::CannotTell),
            (16, 4, Ruling::Failed),
            (17, 3, Ruling::CannotTell),
            (89, 11, Ruling::Failed),
            (90, 10, Ruling::CannotTell),
            (99, 1, Ruling::CannotTell),
        ] {
            assert_eq!(p95(below, above).0, ruling, "{below} below, {above} above");
        }
        assert_eq!(p95(0, 20).1, "at least 100 ms with 20 warm answers");
        assert_eq!(p95(100, 0).1, "20.0 ms – 20.0 ms with 100 warm answers");
        assert_eq!(p95(20, 0).1, "at least 20.0 ms with 20 warm answers; it takes 72 of them to bound p95 from above");
        assert_eq!(p95(95, 5).1, "20.0 ms – 100 ms with 100 warm answers; more of them narrow it");
        assert_eq!(p95(0, 1).1, "p95 has no bound with 1 warm answer; it takes 72 of them to bound p95 from above");
    }

    #[test]
    fn a_model_is_held_against_its_own_answers() {
        let now = groups(120);
        let mut before = crate::compare::source::Source::default();
        let own = side(&now[0].batch, &now[0].figures);
        for (place, (question, item)) in own.items.iter().enumerate() {
            before.answers.push(crate::compare::source::Answer {
                model: "a".into(),
                hash: Some(question.to_string()),
                item: crate::compare::Item { score: Some(f64::from(u8::from(place % 2 == 0))), ..*item },
                ..crate::compare::source::Answer::default()
            });
        }
        before.answers.push(crate::compare::source::Answer { model: "a c=1".into(), ..before.answers[0].clone() });
        let rule = |gate: &str| outcomes(&[Gate::parse(gate).unwrap()], &now, Some(&before))[0].ruling;
        assert_eq!(rule("score >= baseline - 0.2"), Ruling::Passed);
        assert_eq!(rule("score >= baseline + 0.5"), Ruling::Failed);
        assert_eq!(rule("latency <= baseline * 1.05"), Ruling::Passed);
    }
}
