//! What pairs of models carry, as lines for people, and which of many pairs are shown.

use crate::compare::{Pair, ratio_sentence, reversal_sentence, score_sentence};
use crate::printable::isolated;

/// Pairs that are shown one by one: those of six models. Of more models the best is shown against each other one.
pub const MOST_LISTED: usize = 15;

/// The pairs that are shown of many.
#[derive(Debug)]
pub struct Listed<'p> {
    /// The pairs, those of the best with the next best first where these were chosen.
    pub pairs: Vec<&'p Pair>,
    /// The label of the model with the highest score, if only its pairs are shown; of several levels for each.
    pub best: Vec<&'p str>,
    /// How many pairs there are.
    pub all: usize,
}

impl<'p> Listed<'p> {
    /// All of few pairs. Of more than `most` those with the model of the highest score at their level, if scores are known.
    pub fn of(pairs: &[&'p Pair], most: usize) -> Self {
        let all = pairs.len();
        let best = if all > most { best(pairs) } else { Vec::new() };
        let is_best = |pair: &Pair, name: &str| pair.a.0 == name || pair.b.0 == name;
        let mut chosen: Vec<&Pair> = Vec::new();
        for (level, name) in &best {
            let mut own: Vec<&Pair> =
                pairs.iter().copied().filter(|pair| pair.level.as_deref() == *level && is_best(pair, name)).collect();
            own.sort_by(|a, b| ahead(a, name).total_cmp(&ahead(b, name)));
            chosen.extend(own);
        }
        let label = |name: &str| {
            let sides = pairs.iter().flat_map(|pair| [&pair.a, &pair.b]);
            sides.into_iter().find(|side| side.0 == name).map_or("", |side| side.1.as_str())
        };
        if chosen.is_empty() {
            return Self { pairs: pairs.to_vec(), best: Vec::new(), all };
        }
        let mut labels: Vec<&str> = best.iter().map(|(_, name)| label(name)).collect();
        labels.dedup();
        Self { pairs: chosen, best: labels, all }
    }

    /// What is said of a list of the first `shown` of them; none where it has all.
    pub fn remark(&self, shown: usize) -> Option<String> {
        let shown = shown.min(self.pairs.len());
        let names: Vec<String> = self.best.iter().map(|name| isolated(name)).collect();
        let which = match names.as_slice() {
            [] => "the first".to_owned(),
            [one] => format!("those of {one}, which has the highest score,"),
            several => format!("those of {}, which have the highest scores,", several.join(", ")),
        };
        let next = if !names.is_empty() && shown < self.pairs.len() { " with the next best" } else { "" };
        let which = if next.is_empty() { which.trim_end_matches(',') } else { &which };
        let adjusted = if names.is_empty() { String::new() } else { format!("; p is adjusted for all {}", self.all) };
        (shown < self.all).then(|| format!("{shown} of {} pairs: {which}{next}{adjusted}", self.all))
    }
}

/// How far a model is ahead in a pair of it.
fn ahead(pair: &Pair, name: &str) -> f64 {
    let difference = pair.score.as_ref().map_or(f64::NAN, crate::compare::ScoreDifference::difference);
    if pair.a.0 == name { difference } else { -difference }
}

/// The model of the highest mean score at each level, over the questions that it has in common with others; of equal ones the first.
fn best<'p>(pairs: &[&'p Pair]) -> Vec<(Option<&'p str>, &'p str)> {
    let mut scores: Vec<(Option<&str>, &str, Vec<f64>)> = Vec::new();
    for pair in pairs {
        let Some(score) = &pair.score else { continue };
        for (side, value) in [(&pair.a, score.a), (&pair.b, score.b)] {
            let (level, name) = (pair.level.as_deref(), side.0.as_str());
            match scores.iter_mut().find(|known| (known.0, known.1) == (level, name)) {
                Some(known) => known.2.push(value),
                None => scores.push((level, name, vec![value])),
            }
        }
    }
    let mut found: Vec<(Option<&str>, &str, f64)> = Vec::new();
    for (level, name, values) in scores {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        match found.iter_mut().find(|best| best.0 == level) {
            Some(best) if mean > best.2 => *best = (level, name, mean),
            Some(_) => {}
            None => found.push((level, name, mean)),
        }
    }
    found.into_iter().map(|(level, name, _)| (level, name)).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Item, Side, family};

    /// Pairs of models, each with this number of 40 questions right, the first ones.
    fn pairs(right: &[usize]) -> Vec<Pair> {
        let side = |(place, right): (usize, &usize)| {
            let item = |number: usize| Item { score: Some(if number < *right { 1.0 } else { 0.0 }), ..Item::default() };
            let name = format!("m{place}");
            Side::new(&name, &name.to_uppercase(), (0..40).map(|number| (format!("{number:02}").into(), item(number))))
        };
        family(&[(None, right.iter().enumerate().map(side).collect())])
    }

    #[test]
    fn of_many_pairs_those_of_the_best_are_shown_the_next_best_first() {
        let pairs = pairs(&[10, 20, 36, 30, 5, 25, 28]);
        let all: Vec<&Pair> = pairs.iter().collect();
        let listed = Listed::of(&all, MOST_LISTED);
        let names: Vec<(&str, &str)> = listed.pairs.iter().map(|pair| (&*pair.a.0, &*pair.b.0)).collect();
        assert_eq!(names, [("m2", "m3"), ("m2", "m6"), ("m2", "m5"), ("m1", "m2"), ("m0", "m2"), ("m2", "m4")]);
        assert_eq!(
            listed.remark(6).unwrap(),
            "6 of 21 pairs: those of M2, which has the highest score; p is adjusted for all 21"
        );
        assert_eq!(
            listed.remark(2).unwrap(),
            "2 of 21 pairs: those of M2, which has the highest score, with the next best; p is adjusted for all 21"
        );
        // Of the pairs that are shown p stays adjusted for all of the run.
        assert!(listed.pairs.iter().all(|pair| pair.score.as_ref().unwrap().family == 21));
    }

    #[test]
    fn few_pairs_and_pairs_without_scores_are_shown_as_they_are() {
        let few = pairs(&[10, 20, 30]);
        let all: Vec<&Pair> = few.iter().collect();
        let listed = Listed::of(&all, MOST_LISTED);
        assert_eq!((listed.pairs.len(), listed.best.len(), listed.remark(3)), (3, 0, None));
        let mut many = pairs(&[10, 20, 30, 35, 5, 6, 7]);
        many.iter_mut().for_each(|pair| pair.score = None);
        let all: Vec<&Pair> = many.iter().collect();
        let listed = Listed::of(&all, MOST_LISTED);
        assert_eq!((listed.pairs.len(), listed.remark(6).unwrap()), (21, "6 of 21 pairs: the first".to_owned()));
    }

    #[test]
    fn each_level_has_its_best() {
        let mut low = pairs(&[10, 20, 30, 5]);
        let mut high = pairs(&[30, 20, 10, 5]);
        low.iter_mut().for_each(|pair| pair.level = Some("c=1".to_owned()));
        high.iter_mut().for_each(|pair| pair.level = Some("c=8".to_owned()));
        let all: Vec<&Pair> = low.iter().chain(&high).collect();
        let listed = Listed::of(&all, 10);
        assert_eq!((listed.pairs.len(), &listed.best[..]), (6, &["M2", "M0"][..]));
    }
}
