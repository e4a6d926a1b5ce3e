//! Whether a model needs no more questions: its interval is narrow enough, or its gates are decided.

use serde_json::json;

use super::baseline::before;
use super::figure::not_answers;
use super::outcome::{Ruling, ruling};
use crate::compare::{Side, score_difference};
use crate::format::{counted, percent};
use crate::plan::Plan;
use crate::spec::gate::{Gate, Limit, Metric};
use crate::statistics::sequential::expected;
use crate::tables::by_question;
use crate::tables::figures::Figures;
use crate::tables::group::Results;
use crate::tables::pairs::side;
use crate::work::batch::Batch;

/// Why a model needs no more questions.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// The interval of its score is no wider than was asked for.
    Narrow,
    /// Every gate is passed.
    Passed,
    /// A gate has failed.
    Failed(String),
}

/// Why a model needs no more questions, by the answers to those that come first.
pub fn end(plan: &Plan, batch: &Batch, figures: &Figures) -> Option<End> {
    let until = plan.gating.until?;
    let is_narrow = || {
        let (low, high) = by_question::score(figures)?.interval;
        Some(high - low <= until.width?)
    };
    if is_narrow() == Some(true) {
        return Some(End::Narrow);
    }
    let gates: Vec<&Gate> = plan.gating.gates.iter().filter(|gate| until.gates && gate.is_sequential()).collect();
    if gates.is_empty() {
        return None;
    }
    let (own, baseline) = sides(plan, batch, figures);
    let rulings: Vec<Ruling> = gates.iter().map(|gate| ruled(gate, figures, (&own, baseline.as_ref()))).collect();
    match rulings.iter().position(|ruling| *ruling == Ruling::Failed) {
        Some(failed) => Some(End::Failed(gates[failed].to_string())),
        None => rulings.iter().all(|ruling| *ruling == Ruling::Passed).then_some(End::Passed),
    }
}

/// A model now and in the baseline.
fn sides(plan: &Plan, batch: &Batch, figures: &Figures) -> (Side, Option<Side>) {
    let is_alone = plan.models.len() == 1 && plan.levels.len() == 1;
    let baseline = plan.gating.baseline.as_deref().and_then(|baseline| before(batch, baseline, is_alone));
    (side(batch, figures), baseline)
}

fn ruled(gate: &Gate, figures: &Figures, (own, before): (&Side, Option<&Side>)) -> Ruling {
    let known = match (gate.metric, gate.limit) {
        (Metric::NoAnswerRate, Limit::Value(limit)) => not_answers(figures).map(|found| (found.interval, limit)),
        (_, Limit::Value(limit)) => by_question::score(figures).map(|found| (found.interval, limit)),
        (_, Limit::BaselinePlus(offset) | Limit::BaselineTimes(offset)) => {
            before.and_then(|before| score_difference(own, before)).map(|found| (found.interval, offset))
        }
    };
    known.map_or(Ruling::CannotTell, |(interval, limit)| ruling(gate.at_least, interval, limit))
}

/// How many questions a model is expected to need by the answers so far, in which half are right where there are none; `None`
/// where they do not tell, or where `most` are not enough.
pub fn expected_questions(plan: &Plan, batch: &Batch, figures: &Figures, most: u64) -> Option<u64> {
    let until = plan.gating.until?;
    let scores = by_question::scores(figures);
    let by_width = until.aim().and_then(|aim| expected(variance(&scores), (aim, true), most));
    let gates = plan.gating.gates.iter().filter(|gate| until.gates && gate.is_sequential());
    let (own, baseline) = sides(plan, batch, figures);
    let by_gate = gates.map(|gate| match (gate.metric, gate.limit) {
        (Metric::NoAnswerRate, Limit::Value(limit)) => {
            let share = not_answers(figures)?.mean;
            expected(share * (1.0 - share), ((share - limit).abs(), false), most)
        }
        (_, Limit::Value(limit)) => decided(&scores, limit, most),
        (_, Limit::BaselinePlus(offset) | Limit::BaselineTimes(offset)) => {
            let (differences, _) = own.differences_in_turn(baseline.as_ref()?)?;
            let halves: Vec<f64> = differences.iter().map(|difference| f64::midpoint(*difference, 1.0)).collect();
            decided(&halves, f64::midpoint(offset, 1.0), most)
        }
    });
    // The last gate counts; without any the width does.
    let by_gates = by_gate.collect::<Option<Vec<u64>>>().and_then(|needed| needed.into_iter().max());
    [by_width, by_gates].into_iter().flatten().min()
}

/// After how many values like these their mean is told from a limit.
fn decided(values: &[f64], limit: f64, most: u64) -> Option<u64> {
    let mean = Some(values.iter().sum::<f64>() / values.len() as f64).filter(|_| !values.is_empty())?;
    expected(variance(values), ((mean - limit).abs(), false), most)
}

/// The variance of values between 0 and 1, with one more of one half, whose variance is a quarter.
fn variance(values: &[f64]) -> f64 {
    let count = values.len() as f64 + 1.0;
    let mean = (0.5 + values.iter().sum::<f64>()) / count;
    (0.25 + values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()) / count
}

/// How far a model was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// The model, with its level where there are several.
    subject: String,
    asked: usize,
    of: usize,
    /// Whether its answers say enough.
    is_decided: bool,
    /// The sentence that says so.
    pub text: String,
}

impl Stop {
    /// The stop as JSON.
    pub fn json(&self) -> serde_json::Value {
        json!({
            "subject": self.subject, "asked": self.asked, "questions": self.of, "decided": self.is_decided,
            "text": self.text,
        })
    }
}

/// How far each model was asked; nothing where all are asked everything anyway.
pub fn stops(results: &Results, plan: &Plan) -> Vec<Stop> {
    let Some(until) = plan.gating.until else { return Vec::new() };
    let lines = results.groups.iter().map(|group| {
        let (asked, of) = (asked(&group.figures), results.questions);
        let found = end(plan, &group.batch, &group.figures);
        let why = match &found {
            Some(End::Narrow) => {
                let width = group.summary.score_interval.map_or(0.0, |(low, high)| high - low);
                format!("its interval is {} wide", percent(width))
            }
            Some(End::Passed) => "its gates are passed".to_owned(),
            Some(End::Failed(gate)) => format!("it fails {gate}"),
            None => match (until.width, until.gates) {
                (Some(width), false) => format!("its interval is still wider than {}", percent(width)),
                _ => "its gates are not decided".to_owned(),
            },
        };
        let questions = counted(of, "question");
        let shown = match (&found, asked < of) {
            (_, false) => format!("asked all {questions}"),
            (Some(_), true) => format!("stopped after {asked} of {questions}"),
            (None, true) => format!("{asked} of {questions} so far"),
        };
        let text = format!("{}: {shown}; {why}", group.batch.label());
        Stop { subject: group.batch.name(), asked, of, is_decided: found.is_some(), text }
    });
    lines.collect()
}

/// What the intervals of a run that stops early are.
pub const STOPS_LEGEND: &str = "Questions are asked in a seeded random order, and each model is looked at while it is asked. \
     Intervals and p values of scores hold at every look (a confidence sequence, Waudby-Smith and Ramdas 2024); those of \
     pairs are over the questions that both were asked. Other intervals are those of a fixed number of questions.";

/// Rows of the dataset that were asked, answered or not.
fn asked(figures: &Figures) -> usize {
    let rows = figures.dataset.iter().zip(figures.sample.iter());
    rows.collect::<std::collections::HashSet<_>>().len()
}
