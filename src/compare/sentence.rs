//! What a pair carries, as a sentence.

use super::pair::{Pair, Ratio, ScoreDifference};
use crate::format::{about, counted, signed, significant};
use crate::printable::isolated;

/// What the scores of a pair say; none where they have no question in common that could be judged.
///
/// ```text
/// A − B = +16.3 points [+4.1, +27.9], distinguishable (80 questions, p = 0.011)
/// A − B = +4.0 points [−8.0, +16.0], not distinguishable with 100 questions; about 1,150 would be needed
/// ```
pub fn score_sentence(pair: &Pair) -> Option<String> {
    let score = pair.score.as_ref()?;
    Some(format!("{} − {} = {}", isolated(&pair.a.label), isolated(&pair.b.label), difference(score)))
}

/// The difference of two scores, and whether the data carry it.
pub fn difference(score: &ScoreDifference) -> String {
    let (low, high) = score.interval;
    let points = format!("{} points [{}, {}]", points(score.difference()), points(low), points(high));
    let questions = counted(score.items, "question");
    if score.is_distinguishable() {
        return format!("{points}, distinguishable ({questions}, {})", p_value(score.p_adjusted));
    }
    format!("{points}, not distinguishable with {questions}{}", needed(score))
}

/// How many questions would show a difference of this size.
fn needed(score: &ScoreDifference) -> String {
    match score.needed {
        Some(needed) if score.family > 1 => {
            let alone = if needed > score.items as u64 {
                format!("; this pair alone would need about {}", about(needed))
            } else {
                String::new()
            };
            format!(" ({} among {} pairs){alone}", p_value(score.p_adjusted), score.family)
        }
        Some(needed) if needed > score.items as u64 => format!("; about {} would be needed", about(needed)),
        // The interval asks for more than the test.
        Some(_) => format!(" ({})", p_value(score.p_adjusted)),
        None if score.a_higher + score.b_higher == 0 => "; every question has the same score".to_owned(),
        None => String::new(),
    }
}

/// What a ratio says of two sides, such as `latency 0.94 × [0.91, 0.98]`.
pub fn ratio_sentence(what: &str, ratio: Ratio) -> String {
    let (low, high) = ratio.interval;
    format!("{what} {} × [{}, {}]", significant(ratio.ratio), significant(low), significant(high))
}

/// That most subjects say the opposite of all questions together; none where they do not.
pub fn reversal_sentence(pair: &Pair) -> Option<String> {
    let (against, subjects) = (pair.reversed()?, pair.subjects?);
    let is_ahead = pair.score.as_ref()?.difference() > 0.0;
    let (a, b) = (isolated(&pair.a.label), isolated(&pair.b.label));
    let (ahead, behind) = if is_ahead { (a, b) } else { (b, a) };
    let mean = if is_ahead { subjects.mean_difference } else { -subjects.mean_difference };
    Some(format!(
        "Simpson's reversal: {ahead} is ahead over all questions, but {behind} in {against} of {} subjects; the mean over \
         subjects is {} points",
        subjects.subjects,
        points(mean)
    ))
}

/// A difference in points with its sign.
pub fn points(difference: f64) -> String {
    signed(difference * 100.0)
}

/// A p value with three digits, as in `p = 0.012`.
pub fn p_value(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Party;
    use crate::compare::subjects::BySubject;

    fn pair(outcomes: [usize; 2], p: f64, interval: (f64, f64), needed: Option<u64>) -> Pair {
        let [a_higher, b_higher] = outcomes;
        let difference = (a_higher as f64 - b_higher as f64) / 100.0;
        let score = ScoreDifference {
            items: 100,
            a: 0.5 + difference,
            b: 0.5,
            interval,
            p,
            p_adjusted: p,
            family: 1,
            a_higher,
            b_higher,
            detectable: None,
            needed,
        };
        let score = Some(score);
        let [a, b] =
            [("qwen2:1.5b", "qwen2"), ("gemma:2b", "gemma")].map(|(name, label)| Party::published(&name.into(), label));
        Pair {
            a,
            b,
            level: None,
            is_of_machines: false,
            items: 100,
            is_unjudged: false,
            score,
            latency: None,
            output_tokens: None,
            cost: None,
            cost_difference: None,
            subjects: None,
        }
    }

    #[test]
    fn a_reversal_names_who_is_ahead_where() {
        let mut pair = pair([2, 22], 0.0001, (-0.3, -0.1), Some(40));
        let by_subject = |a_ahead, b_ahead| BySubject { subjects: 7, a_ahead, b_ahead, mean_difference: 0.031 };
        pair.subjects = Some(by_subject(5, 1));
        assert_eq!(
            reversal_sentence(&pair).unwrap(),
            "Simpson's reversal: gemma is ahead over all questions, but qwen2 in 5 of 7 subjects; the mean over subjects is \
             −3.1 points"
        );
        pair.subjects = Some(by_subject(3, 4));
        assert_eq!(reversal_sentence(&pair), None);
    }

    #[test]
    fn sentences_say_what_the_data_carry() {
        let said = |pair: &Pair| score_sentence(pair).unwrap();
        assert_eq!(
            said(&pair([20, 16], 0.6, (-0.08, 0.16), Some(1149))),
            "qwen2 − gemma = +4.0 points [−8.0, +16.0], not distinguishable with 100 questions; about 1,200 would be needed"
        );
        assert_eq!(
            said(&pair([2, 22], 0.0001, (-0.3, -0.1), Some(40))),
            "qwen2 − gemma = −20.0 points [−30.0, −10.0], distinguishable (100 questions, p < 0.001)"
        );
        assert_eq!(
            said(&pair([0, 0], 1.0, (-0.01, 0.01), None)),
            "qwen2 − gemma = 0.0 points [−1.0, +1.0], not distinguishable with 100 questions; every question has the same score"
        );
        assert_eq!(
            said(&pair([12, 4], 0.09, (0.01, 0.15), Some(95))),
            "qwen2 − gemma = +8.0 points [+1.0, +15.0], not distinguishable with 100 questions (p = 0.090)"
        );
    }
}
