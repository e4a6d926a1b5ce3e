//! What pairs of models carry, as lines for people, and which of many pairs are shown.

use crate::compare::{Pair, Party, ScoreDifference, ratio_sentence, reversal_sentence, score_sentence};
use crate::level::Level;
use crate::printable::isolated;

/// Pairs that are shown one by one: those of six models. Of more models the best is shown against each other one.
pub const MOST_LISTED: usize = 15;

/// The pairs that are shown of many.
#[derive(Debug)]
pub struct Listed<'p> {
    /// The pairs, those of the best with the next best first where these were chosen.
    pub pairs: Vec<&'p Pair>,
    /// The side with the highest score, if only its pairs are shown; of several levels that of each.
    best: Vec<Best<'p>>,
    /// How many pairs there are.
    pub all: usize,
}

impl<'p> Listed<'p> {
    /// All of few pairs. Of more than `most` those with the model of the highest score at their level, if scores are known.
    pub fn of(pairs: &[&'p Pair], most: usize) -> Self {
        let all = pairs.len();
        let best = if all > most { best(pairs) } else { Vec::new() };
        let mut chosen: Vec<&Pair> = Vec::new();
        for best in &best {
            let mut own: Vec<&Pair> =
                pairs.iter().copied().filter(|pair| pair.level == best.level && best.is_in(pair)).collect();
            own.sort_by(|a, b| best.ahead(a).total_cmp(&best.ahead(b)));
            chosen.extend(own);
        }
        if chosen.is_empty() {
            return Self { pairs: pairs.to_vec(), best: Vec::new(), all };
        }
        Self { pairs: chosen, best, all }
    }

    /// True if the side with the highest score at its level is the second of a pair.
    pub fn puts_second(&self, pair: &Pair) -> bool {
        self.best.iter().any(|best| best.level == pair.level && best.party.id == pair.b.id)
    }

    /// What is said of a list of the first `shown` of them; none where it has all.
    pub fn remark(&self, shown: usize) -> Option<String> {
        let shown = shown.min(self.pairs.len());
        let mut names: Vec<String> = self.best.iter().map(|best| isolated(&best.party.label)).collect();
        names.dedup();
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

/// The side with the highest mean score at a level, over the questions that it has in common with others.
#[derive(Debug)]
struct Best<'p> {
    level: Option<Level>,
    party: &'p Party,
    score: f64,
}

impl Best<'_> {
    fn is_in(&self, pair: &Pair) -> bool {
        [&pair.a, &pair.b].iter().any(|party| party.id == self.party.id)
    }

    /// How far it is ahead in a pair of it.
    fn ahead(&self, pair: &Pair) -> f64 {
        let difference = pair.score.as_ref().map_or(f64::NAN, ScoreDifference::difference);
        if pair.a.id == self.party.id { difference } else { -difference }
    }
}

/// The best of each level; of equal ones the first.
fn best<'p>(pairs: &[&'p Pair]) -> Vec<Best<'p>> {
    let mut sides: Vec<(Option<Level>, &Party, Vec<f64>)> = Vec::new();
    for pair in pairs {
        let Some(score) = &pair.score else { continue };
        for (party, value) in [(&pair.a, score.a), (&pair.b, score.b)] {
            match sides.iter_mut().find(|known| known.0 == pair.level && known.1.id == party.id) {
                Some(known) => known.2.push(value),
                None => sides.push((pair.level, party, vec![value])),
            }
        }
    }
    let mut found: Vec<Best<'_>> = Vec::new();
    for (level, party, values) in sides {
        let score = values.iter().sum::<f64>() / values.len() as f64;
        match found.iter_mut().find(|best| best.level == level) {
            Some(best) if score > best.score => *best = Best { level, party, score },
            Some(_) => {}
            None => found.push(Best { level, party, score }),
        }
    }
    found
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
    let level = pair.level.map_or_else(String::new, |level| format!("{level}: "));
    let ratios = [("latency", pair.latency), ("cost", pair.cost)];
    let ratios: Vec<String> =
        ratios.into_iter().filter_map(|(what, ratio)| Some(ratio_sentence(what, ratio?))).collect();
    let (a, b) = (isolated(&pair.a.label), isolated(&pair.b.label));
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
    use std::num::NonZeroU32;

    use super::*;
    use crate::compare::{Item, Side, family};

    /// Pairs of models, each with this number of 40 questions right, the first ones.
    fn pairs(right: &[usize]) -> Vec<Pair> {
        let side = |(place, right): (usize, &usize)| {
            let item = |number: usize| Item { score: Some(if number < *right { 1.0 } else { 0.0 }), ..Item::default() };
            let name = format!("m{place}");
            let party = Party::published(&name.as_str().into(), name.to_uppercase());
            Side::new(party, (0..40).map(|number| (format!("{number:02}").into(), item(number))))
        };
        family(&[(None, right.iter().enumerate().map(side).collect())])
    }

    #[test]
    fn of_many_pairs_those_of_the_best_are_shown_the_next_best_first() {
        let pairs = pairs(&[10, 20, 36, 30, 5, 25, 28]);
        let all: Vec<&Pair> = pairs.iter().collect();
        let listed = Listed::of(&all, MOST_LISTED);
        let names: Vec<(&str, &str)> = listed.pairs.iter().map(|pair| (&*pair.a.name, &*pair.b.name)).collect();
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
        let at = |count| NonZeroU32::new(count).map(Level::Concurrency);
        low.iter_mut().for_each(|pair| pair.level = at(1));
        high.iter_mut().for_each(|pair| pair.level = at(8));
        let all: Vec<&Pair> = low.iter().chain(&high).collect();
        let listed = Listed::of(&all, 10);
        assert_eq!(listed.pairs.len(), 6);
        assert!(listed.remark(6).unwrap().contains("those of M2, M0, which have the highest scores"), "{listed:?}");
        // M2 is the best at c=1 alone, and M0 at c=8 alone.
        let second = |pairs: &[Pair]| -> Vec<(String, String)> {
            let own = pairs.iter().filter(|pair| listed.puts_second(pair));
            own.map(|pair| (pair.a.name.clone(), pair.b.name.clone())).collect()
        };
        let names = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!((second(&low), second(&high)), (vec![names("m0", "m2"), names("m1", "m2")], vec![]));
    }
}
