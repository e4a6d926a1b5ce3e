//! Scores of several answers to one question.

use std::collections::HashMap;
use std::hash::Hash;

/// The unbiased estimate of pass@k: the chance that one of `k` answers, drawn from `n` of which `right` are, is right.
///
/// 1 − C(n − right, k) / C(n, k), as in Chen et al. 2021, "Evaluating Large Language Models Trained on Code"
/// (arXiv:2107.03374), equation 1, and as there by a product that cannot overflow. `None` for fewer than `k` answers
/// or `k` = 0.
pub fn pass_at(n: usize, right: usize, k: usize) -> Option<f64> {
    let wrong = n.checked_sub(right)?;
    Some(1.0 - drawn_alike(n, wrong, k)?)
}

/// The unbiased estimate of pass^k: the chance that all of `k` answers, drawn from `n` of which `right` are, are right.
///
/// C(right, k) / C(n, k), as in Yao et al. 2024, "τ-bench: A Benchmark for Tool-Agent-User Interaction in Real-World
/// Domains" (arXiv:2406.12045), section 3. `None` for fewer than `k` answers or `k` = 0.
pub fn pass_all(n: usize, right: usize, k: usize) -> Option<f64> {
    if right > n { None } else { drawn_alike(n, right, k) }
}

/// The chance that `k` of `n` things, drawn without putting back, are all among `alike` of them.
fn drawn_alike(n: usize, alike: usize, k: usize) -> Option<f64> {
    if k == 0 || k > n {
        return None;
    }
    // C(alike, k) / C(n, k) is the product of (alike - i) / (n - i), with a 0 in it if alike < k.
    Some((0..k).map(|i| ratio(alike.saturating_sub(i), n - i)).product())
}

#[expect(clippy::cast_precision_loss, reason = "numbers of answers are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// The mean of scores; `None` of none.
pub fn mean(scores: &[f64]) -> Option<f64> {
    if scores.is_empty() {
        return None;
    }
    Some(scores.iter().sum::<f64>() * ratio(1, scores.len()))
}

/// The answer that most of several agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Majority<T> {
    /// The answers with the most votes, in the order of their first vote; more than one if there is a tie.
    pub winners: Vec<T>,
    /// The votes of each winner.
    pub votes: usize,
}

/// The majority of answers. Outputs without an answer have no vote; `None` if nobody has one.
///
/// The score of a majority is the mean score of its winners: with a tie of two answers of which one is right, 1/2,
/// which is what a fair draw among them gives on average.
pub fn majority<T: Eq + Hash + Clone>(answers: &[Option<T>]) -> Option<Majority<T>> {
    let mut votes: HashMap<&T, usize> = HashMap::new();
    let mut order = Vec::new();
    for answer in answers.iter().flatten() {
        let count = votes.entry(answer).or_insert(0);
        *count += 1;
        if *count == 1 {
            order.push(answer);
        }
    }
    let most = votes.values().copied().max()?;
    let winners = order.into_iter().filter(|answer| votes.get(answer) == Some(&most)).cloned().collect();
    Some(Majority { winners, votes: most })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(value: Option<f64>, expected: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() < 1e-12)
    }

    #[test]
    fn pass_at_k_by_hand() {
        // C(2, 2) / C(5, 2) = 1/10 of the pairs hold only wrong answers.
        assert!(near(pass_at(5, 3, 2), 0.9));
        assert!(near(pass_at(10, 3, 1), 0.3), "pass@1 is the share of right answers");
        assert!(near(pass_at(5, 0, 3), 0.0) && near(pass_at(5, 5, 3), 1.0));
        assert!(near(pass_at(5, 3, 3), 1.0), "only two are wrong");
        assert_eq!((pass_at(2, 1, 3), pass_at(2, 1, 0), pass_at(2, 3, 1)), (None, None, None));
    }

    #[test]
    fn pass_all_by_hand() {
        assert!(near(pass_all(5, 3, 2), 0.3));
        assert!(near(pass_all(8, 4, 1), 0.5));
        assert!(near(pass_all(5, 3, 4), 0.0) && near(pass_all(5, 5, 5), 1.0));
        assert_eq!(pass_all(2, 3, 1), None);
    }

    #[test]
    fn many_answers_do_not_overflow() {
        let value = pass_at(100_000, 50, 1000).unwrap();
        assert!((0.39..0.4).contains(&value), "{value}");
    }

    #[test]
    fn ties_are_shared() {
        let votes = |answers: &[&'static str]| {
            majority(&answers.iter().map(|answer| (!answer.is_empty()).then_some(*answer)).collect::<Vec<_>>())
        };
        let won = votes(&["B", "", "A", "B"]).unwrap();
        assert_eq!((won.winners.as_slice(), won.votes), (["B"].as_slice(), 2));
        let tie = votes(&["B", "A", "A", "B", "C"]).unwrap();
        assert_eq!((tie.winners.as_slice(), tie.votes), (["B", "A"].as_slice(), 2));
        assert_eq!(votes(&["", ""]), None);
        assert_eq!((mean(&[1.0, 0.0, 0.5]), mean(&[])), (Some(0.5), None));
    }

    proptest! {
        #[test]
        fn both_follow_from_each_other(n in 1_usize..40, right in 0_usize..40, k in 1_usize..40) {
            prop_assume!(right <= n && k <= n);
            let (any, all) = (pass_at(n, right, k).unwrap(), pass_all(n, right, k).unwrap());
            prop_assert!((0.0..=1.0).contains(&all) && all <= any + 1e-12);
            prop_assert!((any - (1.0 - pass_all(n, n - right, k).unwrap())).abs() < 1e-12);
        }
    }
}
