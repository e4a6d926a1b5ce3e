//! A pair of sides: their differences on the questions that both answered, with intervals.

use super::side::{Party, Side, SideId};
use super::subjects::BySubject;
use crate::level::Level;
use crate::statistics::bca::{OF_PAIRS, mean_interval, ratio_interval, with_unseen};
use crate::statistics::holm::holm;
use crate::statistics::paired::{Outcomes, Power};
use crate::statistics::randomization::randomization_p;
use crate::statistics::sequential::Differences;

/// Fewest questions that a ratio is taken of.
const FEWEST: usize = 5;

/// Level of significance of a family.
pub const ALPHA: f64 = 0.05;

/// Two sides compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The first side.
    pub a: Party,
    /// The second side.
    pub b: Party,
    /// The level at which both were measured, where there are several.
    pub level: Option<Level>,
    /// True if both sides are one model on two machines, so that their times are what they are compared for.
    pub is_of_machines: bool,
    /// Questions that both answered.
    pub items: usize,
    /// True if no answer of either side was judged.
    pub is_unjudged: bool,
    /// The difference of their scores; none without a common question that could be judged.
    pub score: Option<ScoreDifference>,
    /// Latency of `a` over that of `b`: the geometric mean of the ratios by question.
    pub latency: Option<Ratio>,
    /// Output tokens of `a` over those of `b`.
    pub output_tokens: Option<Ratio>,
    /// Cost of `a` over that of `b`.
    pub cost: Option<Ratio>,
    /// Cost of `a` less that of `b`, per question.
    pub cost_difference: Option<CostDifference>,
    /// How the two stand in each subject, where there are several.
    pub subjects: Option<BySubject>,
}

impl Pair {
    /// Whether it is of these two: `true` if the first is its second side, `false` if its first.
    pub fn is_turned(&self, first: &SideId, second: &SideId) -> Option<bool> {
        let sides = (&self.a.id, &self.b.id);
        if sides == (first, second) { Some(false) } else { (sides == (second, first)).then_some(true) }
    }

    /// The subjects that say the opposite of all questions together, if they are most; see [`BySubject::reversed`].
    pub fn reversed(&self) -> Option<usize> {
        self.subjects?.reversed(self.score.as_ref()?.difference())
    }
}

/// How much better `a` scores than `b`.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreDifference {
    /// Questions that have a score on both sides.
    pub items: usize,
    /// Mean score of `a` on them.
    pub a: f64,
    /// Mean score of `b` on them.
    pub b: f64,
    /// 95 % interval of `a − b`: Newcombe's for right and wrong, else the BCa bootstrap by question; the confidence sequence
    /// where answers were looked at while questions were asked.
    pub interval: (f64, f64),
    /// Two-sided p value of no difference: McNemar's exact test for right and wrong, else by changing signs; that of the
    /// confidence sequence where there is one.
    pub p: f64,
    /// The p value adjusted for the number of pairs in the family (Holm).
    pub p_adjusted: f64,
    /// Pairs in the family.
    pub family: usize,
    /// Questions on which `a` scores higher.
    pub a_higher: usize,
    /// Questions on which `b` scores higher.
    pub b_higher: usize,
    /// The smallest difference that this number of questions shows in four of five runs.
    pub detectable: Option<f64>,
    /// Questions that would show a difference of this size in four of five runs.
    pub needed: Option<u64>,
}

impl ScoreDifference {
    /// The difference, `a − b`.
    pub fn difference(&self) -> f64 {
        self.a - self.b
    }

    /// Whether the data tell the two apart: the adjusted p value is below 5 %, and the interval leaves zero out.
    pub fn is_distinguishable(&self) -> bool {
        self.p_adjusted < ALPHA && (self.interval.0 > 0.0 || self.interval.1 < 0.0)
    }
}

/// A ratio with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// Questions that it is taken of.
    pub items: usize,
    /// `a / b`.
    pub ratio: f64,
    /// 95 % interval.
    pub interval: (f64, f64),
}

/// A difference of costs per question, with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostDifference {
    /// `a − b`, in the currency of the run.
    pub mean: f64,
    /// 95 % BCa bootstrap interval, by question.
    pub interval: (f64, f64),
}

/// Sides that are compared with each other, and the level at which they were measured, where there are several.
pub type Peers = (Option<Level>, Vec<Side>);

/// Compares every two peers, the earlier with the later. p values are adjusted for the number of all pairs.
pub fn family(peers: &[Peers]) -> Vec<Pair> {
    let every_two = peers.iter().flat_map(|(level, sides)| {
        let of = move |place: usize| (place + 1..sides.len()).map(move |other| (*level, &sides[place], &sides[other]));
        (0..sides.len()).flat_map(of)
    });
    compared(&every_two.collect::<Vec<_>>())
}

/// Compares these sides, two by two. p values are adjusted for the number of pairs.
pub fn compared(sides: &[(Option<Level>, &Side, &Side)]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = sides.iter().map(|(level, a, b)| pair(*level, a, b)).collect();
    adjust(&mut pairs);
    pairs
}

/// Adjusts the p values of the pairs for their number.
fn adjust(pairs: &mut [Pair]) {
    let mut scores: Vec<&mut ScoreDifference> = pairs.iter_mut().filter_map(|pair| pair.score.as_mut()).collect();
    let p: Vec<f64> = scores.iter().map(|score| score.p).collect();
    for (score, adjusted) in scores.iter_mut().zip(holm(&p)) {
        score.p_adjusted = adjusted;
        score.family = p.len();
    }
}

fn pair(level: Option<Level>, a: &Side, b: &Side) -> Pair {
    Pair {
        a: a.party.clone(),
        b: b.party.clone(),
        level,
        is_of_machines: false,
        items: a.items.keys().filter(|question| b.items.contains_key(*question)).count(),
        is_unjudged: [a, b].iter().all(|side| side.items.values().all(|item| item.score.is_none())),
        score: score_difference(a, b),
        latency: ratio_by_question(a.paired(b, |item| item.latency)),
        output_tokens: ratio_of_sums(a.paired(b, |item| item.output_tokens)),
        cost: ratio_of_sums(a.paired(b, |item| item.cost)),
        cost_difference: cost_difference(a.paired(b, |item| item.cost)),
        subjects: BySubject::of(a, b),
    }
}

/// The difference of the scores on the questions that both answered.
pub fn score_difference(a: &Side, b: &Side) -> Option<ScoreDifference> {
    let (scores_a, scores_b) = a.paired(b, |item| item.score);
    let differences: Vec<f64> = scores_a.iter().zip(&scores_b).map(|(a, b)| a - b).collect();
    let (items, mean_a, mean_b) = (differences.len(), mean(&scores_a)?, mean(&scores_b)?);
    let (interval, p, power) = match a.differences_in_turn(b) {
        Some((in_turn, aim)) => {
            let found = Differences::of(in_turn, aim);
            (found.interval(), found.p(), None)
        }
        None => at_the_end(&scores_a, &scores_b, &differences)?,
    };
    Some(ScoreDifference {
        items,
        a: mean_a,
        b: mean_b,
        interval,
        p,
        p_adjusted: p,
        family: 1,
        a_higher: differences.iter().filter(|difference| **difference > 0.0).count(),
        b_higher: differences.iter().filter(|difference| **difference < 0.0).count(),
        detectable: power.as_ref().and_then(|power| power.detectable()),
        needed: power.as_ref().and_then(|power| power.needed(mean_a - mean_b)),
    })
}

/// Interval, p value and power of a number of questions that was fixed beforehand.
fn at_the_end(a: &[f64], b: &[f64], differences: &[f64]) -> Option<((f64, f64), f64, Option<Power>)> {
    if let Some(outcomes) = Outcomes::of(a, b) {
        return Some((outcomes.interval()?, outcomes.mcnemar(), Some(outcomes.power())));
    }
    let items = differences.len();
    let interval = with_unseen(mean_interval(differences, OF_PAIRS)?, items, (-1.0, 1.0));
    let variance = differences.iter().map(|difference| difference * difference).sum::<f64>() / items as f64;
    Some((interval, randomization_p(differences)?, Some(Power { items: items as u64, variance })))
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The geometric mean of the ratios by question, with its BCa bootstrap interval: a slow answer on one side weighs as much
/// as one on the other, and long questions no more than short ones.
fn ratio_by_question((a, b): (Vec<f64>, Vec<f64>)) -> Option<Ratio> {
    let logarithms: Vec<f64> =
        a.iter().zip(&b).filter(|(a, b)| **a > 0.0 && **b > 0.0).map(|(a, b)| libm::log(a / b)).collect();
    let items = logarithms.len();
    let (low, high) = mean_interval(&logarithms, OF_PAIRS).filter(|_| items >= FEWEST)?;
    Some(Ratio { items, ratio: libm::exp(mean(&logarithms)?), interval: (libm::exp(low), libm::exp(high)) })
}

/// The mean of the differences by question.
fn cost_difference((a, b): (Vec<f64>, Vec<f64>)) -> Option<CostDifference> {
    let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    let interval = mean_interval(&differences, OF_PAIRS).filter(|_| differences.len() >= FEWEST)?;
    Some(CostDifference { mean: mean(&differences)?, interval })
}

/// The ratio of the sums over the questions, resampled by question.
fn ratio_of_sums((a, b): (Vec<f64>, Vec<f64>)) -> Option<Ratio> {
    let items = a.len();
    let (above, below) = (a.iter().sum::<f64>(), b.iter().sum::<f64>());
    let pairs: Vec<(f64, f64)> = a.into_iter().zip(b).collect();
    let interval = ratio_interval(&pairs, OF_PAIRS).filter(|_| items >= FEWEST && below > 0.0)?;
    Some(Ratio { items, ratio: above / below, interval })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Item;

    fn party(name: &str) -> Party {
        Party::published(&name.into(), name)
    }

    /// A side whose scores and latencies are given by question.
    fn side(name: &str, answers: &[(f64, f64)]) -> Side {
        let item =
            |(score, latency): &(f64, f64)| Item { score: Some(*score), latency: Some(*latency), ..Item::default() };
        let answers = answers.iter().enumerate().map(|(place, answer)| (format!("q{place:04}").into(), item(answer)));
        Side::new(party(name), answers)
    }

    #[test]
    fn a_clear_difference_is_told_apart() {
        let a = side("a", &[(1.0, 2.0); 100]);
        let b: Vec<(f64, f64)> = (0..100).map(|index| (f64::from(u8::from(index % 5 != 0)), 4.0)).collect();
        let pairs = family(&[(None, vec![a, side("b", &b)])]);
        let [pair] = pairs.as_slice() else { panic!("{pairs:?}") };
        let score = pair.score.as_ref().unwrap();
        assert!((score.difference() - 0.2).abs() < 1e-12 && score.is_distinguishable(), "{score:?}");
        assert_eq!((pair.items, score.a_higher, score.b_higher), (100, 20, 0));
        let latency = pair.latency.unwrap();
        assert!((latency.ratio - 0.5).abs() < 1e-12 && (latency.interval.1 - 0.5).abs() < 1e-12, "{latency:?}");
        assert_eq!((pair.cost, pair.cost_difference, pair.subjects), (None, None, None));
    }

    #[test]
    fn the_family_pays_for_its_size() {
        let scores = |right: usize| -> Vec<(f64, f64)> {
            (0..40).map(|index| (f64::from(u8::from(index < right)), 1.0)).collect()
        };
        // Six questions are found by one and not by the other: p = 0.031 alone, and 0.094 among three pairs.
        let two = family(&[(None, vec![side("a", &scores(30)), side("b", &scores(24))])]);
        assert!(two[0].score.as_ref().unwrap().is_distinguishable());
        let three = family(&[(None, vec![side("a", &scores(30)), side("b", &scores(24)), side("c", &scores(27))])]);
        assert!(three.iter().all(|pair| !pair.score.as_ref().unwrap().is_distinguishable()), "{three:?}");
    }

    #[test]
    fn scores_on_a_scale_are_resampled() {
        let a: Vec<(f64, f64)> = (0..60).map(|index| (0.5 + f64::from(index % 3) / 10.0, 1.0)).collect();
        let b: Vec<(f64, f64)> = (0..60).map(|index| (0.4 + f64::from(index % 3) / 10.0, 1.0)).collect();
        let pairs = family(&[(None, vec![side("a", &a), side("b", &b)])]);
        let score = pairs[0].score.as_ref().unwrap();
        // 60 questions that are all alike leave room for three in sixty.
        assert!((score.interval.0 - 0.05).abs() < 1e-9 && score.is_distinguishable(), "{score:?}");
    }

    #[test]
    fn costs_are_compared_by_question() {
        let costs = |name: &str, factor: f64| {
            let item = |cost: f64| Item { score: Some(1.0), cost: Some(cost * factor), ..Item::default() };
            Side::new(party(name), (1..=20_u8).map(|place| (format!("q{place:02}").into(), item(f64::from(place)))))
        };
        let pairs = family(&[(None, vec![costs("a", 1.0), costs("b", 2.0)])]);
        let (ratio, difference) = (pairs[0].cost.unwrap(), pairs[0].cost_difference.unwrap());
        assert!((ratio.ratio - 0.5).abs() < 1e-12 && (ratio.interval.1 - 0.5).abs() < 1e-12, "{ratio:?}");
        // The standard error is 5.92 / √20 = 1.32.
        let (low, high) = difference.interval;
        assert!((difference.mean + 10.5).abs() < 1e-12 && (low + 13.0).abs() < 0.4 && (high + 8.0).abs() < 0.4);
    }

    #[test]
    fn sides_without_a_common_question_have_no_difference() {
        let (a, b) = (side("a", &[(1.0, 1.0)]), Side::new(party("b"), [("other".into(), Item::default())]));
        let pairs = family(&[(None, vec![a, b])]);
        assert_eq!((pairs[0].items, &pairs[0].score, pairs[0].latency), (0, &None, None));
    }
}
