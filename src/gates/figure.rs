//! The figure of a gate: its estimate, its interval, and how many questions would settle it.

use super::outcome::{Ruling, ruling};
use super::percentile::{Held, held};
use crate::compare::Pair;
use crate::format::{about, percent, significant};
use crate::judge::Class;
use crate::spec::gate::{Gate, Limit, Measure, Metric};
use crate::statistics::cluster::MeanScore;
use crate::statistics::{wilson, wilson_at};
use crate::tables::by_question;
use crate::tables::figures::Figures;
use crate::tables::group::Group;

/// A figure that is held against a limit.
pub(super) struct Figure {
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

    /// How its interval stands to the limit.
    pub(super) fn ruling(&self, gate: &Gate) -> Ruling {
        ruling(gate.at_least, self.interval, self.limit)
    }

    /// The figure with its interval, and how many questions would settle it where it cannot be told.
    pub(super) fn message(&self, gate: &Gate) -> String {
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

/// The figure of a gate for a model, or why there is none.
pub(super) fn figure(gate: &Gate, group: &Group, pair: Option<&Pair>) -> Result<Figure, String> {
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
pub(super) fn not_answers(figures: &Figures) -> Option<MeanScore> {
    let answers = [Class::Correct, Class::Wrong].map(|class| figures.number_of(class.word()));
    by_question::share(figures, |row| !answers.contains(&figures.verdict.get(row)))
}

fn points(difference: f64) -> String {
    format!("{} points", crate::compare::points(difference))
}

fn times(ratio: f64) -> String {
    format!("{} ×", significant(ratio))
}
