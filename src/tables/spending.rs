//! What a group cost, and what was had for it.

use polars::prelude::Float64Chunked;

use super::by_question::sums;
use super::figures::Figures;
use crate::judge::Class;
use crate::statistics::bca::{RESAMPLES, ratio_interval};

/// What a group cost, in the currency of the pricing table. Unknown if the cost of one of its answers is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spending {
    /// All of it, with what attempts cost that brought no answer.
    pub cost: Option<f64>,
    /// By kind of token: uncached prompt, cached prompt, prompt written into the cache, output. A machine that
    /// is paid by the hour has no such parts.
    pub by_kind: Option<[f64; 4]>,
    /// Cost per right answer; none without one.
    pub per_correct: Option<f64>,
    /// Its 95 % BCa bootstrap interval over different questions, see [`ratio_interval`].
    pub per_correct_interval: Option<(f64, f64)>,
    /// Cost per million tokens as they came, prompt and output together.
    pub per_million_tokens: Option<f64>,
}

impl Spending {
    /// The cost of some rows.
    pub fn of(figures: &Figures) -> Self {
        // A request that was never answered has no right answer to share its cost with.
        let (mut answered, mut lost) = (Vec::new(), 0.0);
        for (cost, fault) in figures.cost.iter().zip(figures.fault.iter()) {
            match (fault, cost) {
                (Some(true), cost) => lost += cost.unwrap_or(0.0),
                (_, Some(cost)) => answered.push(cost),
                (_, None) => return Self::default(),
            }
        }
        if answered.is_empty() {
            return Self::default();
        }
        let cost = answered.iter().sum::<f64>() + lost;
        let pairs = by_question(figures);
        let correct: f64 = pairs.iter().map(|pair| pair.1).sum();
        Self {
            cost: Some(cost),
            by_kind: by_kind(figures),
            per_correct: (correct > 0.0).then(|| cost / correct),
            per_correct_interval: ratio_interval(&pairs, RESAMPLES).filter(|_| correct > 0.0),
            per_million_tokens: tokens(figures).filter(|tokens| *tokens > 0.0).map(|tokens| cost / tokens * 1e6),
        }
    }
}

/// 95 % BCa bootstrap interval over different questions of the cost per answer, see [`ratio_interval`]; what requests cost that
/// brought no answer belongs to their questions. Made when it is drawn, as most summaries do not need it.
pub fn per_answer_interval(figures: &Figures) -> Option<(f64, f64)> {
    let pairs = sums(figures, |row| {
        let is_answer = figures.fault.get(row) != Some(true);
        let cost = figures.cost.get(row);
        Some((if is_answer { cost? } else { cost.unwrap_or(0.0) }, f64::from(u8::from(is_answer))))
    });
    ratio_interval(&pairs, RESAMPLES)
}

/// Cost and right answers of each question.
fn by_question(figures: &Figures) -> Vec<(f64, f64)> {
    let correct = figures.number_of(Class::Correct.word());
    sums(figures, |row| {
        let cost = figures.cost.get(row).filter(|_| figures.fault.get(row) != Some(true))?;
        let is_correct = correct.is_some() && figures.verdict.get(row) == correct;
        Some((cost, f64::from(u8::from(is_correct))))
    })
}

/// The sums over answers, of which each has all of them or none.
fn by_kind(figures: &Figures) -> Option<[f64; 4]> {
    let kinds =
        [&figures.cost_uncached_input, &figures.cost_cached_input, &figures.cost_cache_write, &figures.cost_output];
    let sum = |kind: &Float64Chunked| answers(figures, kind.iter()).sum::<Option<f64>>();
    Some([sum(kinds[0])?, sum(kinds[1])?, sum(kinds[2])?, sum(kinds[3])?])
}

fn tokens(figures: &Figures) -> Option<f64> {
    let counts = figures.prompt_tokens.iter().zip(figures.counted_tokens.iter());
    answers(figures, counts.map(|(prompt, output)| Some((prompt? + output?) as f64))).sum()
}

/// The values of answers, without those of faults.
fn answers<'f, T>(figures: &'f Figures, values: impl Iterator<Item = T> + 'f) -> impl Iterator<Item = T> + 'f {
    values.zip(figures.fault.iter()).filter(|(_, fault)| *fault != Some(true)).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::plan::{Price, Rates};
    use crate::tables::fixture::{Fixture, verdict};

    fn spending(fixture: &Fixture) -> Spending {
        Spending::of(&fixture.figures())
    }

    /// Answers of 100 prompt tokens, 40 of them cached and 10 written, and 20 output tokens.
    fn priced(count: usize) -> Fixture {
        let mut fixture = Fixture::new(count);
        fixture.plan.models[Id::at(0)].price = Some(Price {
            rates: Rates { input: 1.0, cached_input: 0.5, cache_write: 2.0, output: 3.0 },
            tiers: [None; 4],
            output_limit: 20,
        });
        for response in &mut fixture.responses {
            response.usage.cached_prompt_tokens = Some(40);
            response.usage.cache_write_tokens = Some(10);
        }
        fixture
    }

    #[test]
    fn parts_add_up_to_the_cost() {
        let mut fixture = priced(4);
        fixture.verdicts[1] = Some(verdict(Class::Wrong));
        let found = spending(&fixture);
        let near = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 1e-12;
        let kinds = found.by_kind.unwrap().map(|kind| (kind * 1e6).round());
        assert_eq!(kinds, [200.0, 80.0, 80.0, 240.0]);
        assert!(near(found.cost, 600e-6) && near(found.per_correct, 200e-6));
        assert!(near(found.per_million_tokens, 600.0 / 480.0));
        let (low, high) = found.per_correct_interval.unwrap();
        assert!(low < 200e-6 && 200e-6 < high);
    }

    #[test]
    fn one_unknown_cost_makes_the_whole_unknown() {
        let mut fixture = priced(3);
        fixture.responses[1].usage.output_tokens = None;
        assert_eq!(spending(&fixture), Spending::default());
    }

    #[test]
    fn without_a_right_answer_none_has_a_cost() {
        let mut fixture = priced(3);
        fixture.verdicts.iter_mut().for_each(|known| *known = Some(verdict(Class::NoAnswer)));
        let found = spending(&fixture);
        assert!(found.cost.is_some() && found.per_correct.is_none() && found.per_correct_interval.is_none());
    }
}
