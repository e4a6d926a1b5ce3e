//! What pairs of models carry, as lines for people.

use crate::compare::{Pair, ratio_sentence, reversal_sentence, score_sentence};
use crate::printable::isolated;

/// How a pair is to be read, in Markdown.
pub const PAIRS_LEGEND: &str = "Differences are over the questions that both models answered, with a 95 % interval for \
paired scores; p is McNemar's exact test (for scores on a scale a randomization test), adjusted for the number of pairs \
(Holm). Intervals of single scores may overlap although a difference is distinguishable: the same questions are hard for \
both. Ratios are the first model over the second, by question; `pairs.csv` has all figures.";

/// True if there is anything to say of a pair.
pub fn has_line(pair: &Pair) -> bool {
    pair.items > 0 && (!pair.is_unjudged || pair.latency.is_some() || pair.cost.is_some())
}

/// A pair in one line: scores, then ratios of latency and cost, and whether most subjects say the opposite. Of one model on
/// two machines the ratios come first.
pub fn pair_line(pair: &Pair) -> String {
    let level = pair.level.as_ref().map_or_else(String::new, |level| format!("{level}: "));
    let ratios = [("latency", pair.latency), ("cost", pair.cost)];
    let ratios: Vec<String> =
        ratios.into_iter().filter_map(|(what, ratio)| Some(ratio_sentence(what, ratio?))).collect();
    let (a, b) = (isolated(&pair.a.1), isolated(&pair.b.1));
    let over = || format!("{a} over {b}: {}", ratios.join("; "));
    let score = score_sentence(pair);
    let parts: Vec<String> = match score {
        None if pair.is_unjudged && !ratios.is_empty() => vec![over()],
        score if pair.is_of_machines && !ratios.is_empty() => [over()].into_iter().chain(score).collect(),
        None => [format!("{a} and {b} have no judged question in common")].into_iter().chain(ratios).collect(),
        Some(score) => [score].into_iter().chain(ratios).collect(),
    };
    let parts: Vec<String> = parts.into_iter().chain(reversal_sentence(pair)).collect();
    format!("{level}{}", parts.join("; "))
}
