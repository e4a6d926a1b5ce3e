//! Scores that stand for themselves: means of which a source has no answers, so that nothing can be paired.

use std::collections::BTreeSet;

use super::mean::{LeftOut, Mean};
use super::sentence::points;
use super::source::Source;
use crate::format::{counted, interval, percent};
use crate::printable::{all_isolated, isolated};

/// Most metrics that are named as left out.
const MOST_NAMED: usize = 6;

/// What is said of the metrics that sources have and that are no scores; none without one.
pub fn left_out(sources: &[Source]) -> Option<String> {
    let all: BTreeSet<&LeftOut> = sources.iter().flat_map(|source| &source.left_out).collect();
    let names: Vec<String> = all.iter().take(MOST_NAMED).map(|left| left.name()).collect();
    let more = all.len() - names.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!all.is_empty()).then(|| {
        format!("left out, as not between 0 and 1 or better where lower: {}{rest}", all_isolated(&names).join(", "))
    })
}

/// What sources say of one metric of a dataset.
#[derive(Debug, Clone)]
pub struct Published<'s> {
    /// The dataset.
    pub dataset: &'s str,
    /// The metric; empty where it has no name.
    pub scored_by: &'s str,
    /// The means with their sources, in the order of these.
    pub means: Vec<(&'s Source, &'s Mean)>,
}

/// The means of all sources, by dataset and metric in the order in which they come; also by model where a source has several.
pub fn published(sources: &[Source]) -> Vec<Published<'_>> {
    let models = |source: &Source| source.means.iter().map(|mean| &mean.model).collect::<BTreeSet<_>>().len();
    let is_by_model = sources.iter().any(|source| models(source) > 1);
    let is_of = |known: &Published<'_>, mean: &Mean| {
        let is_model = known.means.iter().all(|(_, other)| other.model == mean.model);
        known.dataset == mean.dataset && known.scored_by == mean.scored_by && (is_model || !is_by_model)
    };
    let mut found: Vec<Published<'_>> = Vec::new();
    for (source, mean) in sources.iter().flat_map(|source| source.means.iter().map(move |mean| (source, mean))) {
        match found.iter_mut().find(|known| is_of(known, mean)) {
            Some(known) => known.means.push((source, mean)),
            None => found.push(Published {
                dataset: &mean.dataset,
                scored_by: &mean.scored_by,
                means: vec![(source, mean)],
            }),
        }
    }
    found
}

/// What stands above such sentences.
pub const ALONE: &str = "means alone: without answers nothing can be paired or tested; an interval of a difference, where standard errors are \
known, takes the two as independent";

/// The means of a dataset, and their difference where there are two.
pub fn sentence(published: &Published<'_>) -> String {
    let Published { dataset, scored_by, means } = published;
    let metric = if scored_by.is_empty() { String::new() } else { format!(", {}", isolated(scored_by)) };
    let shown: Vec<String> = means.iter().map(|(source, mean)| described(source, mean)).collect();
    let difference = match means.as_slice() {
        [(_, before), (_, after)] => {
            let ends = after.above(before).map(|ends| format!(", unpaired {}", interval(ends, points)));
            format!(", {} points{}", points(after.score - before.score), ends.unwrap_or_default())
        }
        _ => String::new(),
    };
    format!("{}{metric}: {}{difference}", isolated(dataset), shown.join(" → "))
}

/// A mean with its interval, the number of its questions and its source.
fn described(source: &Source, mean: &Mean) -> String {
    let ends = mean.interval().map(|ends| interval(ends, percent));
    let questions = mean.questions.map(|count| counted(count, "question"));
    let known: Vec<String> = ends.into_iter().chain(questions).chain([isolated(&source.name).to_string()]).collect();
    format!("{} {} ({})", isolated(&mean.model), percent(mean.score), known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, means: &[(&str, &str, f64)]) -> Source {
        let mean = |(dataset, metric, score): &(&str, &str, f64)| Mean {
            model: "m".into(),
            dataset: (*dataset).into(),
            scored_by: (*metric).into(),
            score: *score,
            ..Mean::default()
        };
        Source { name: name.into(), means: means.iter().map(mean).collect(), ..Source::default() }
    }

    #[test]
    fn means_of_one_dataset_and_metric_stand_together() {
        let sources =
            [source("old", &[("arc", "acc", 0.5), ("gsm8k", "", 0.25)]), source("new", &[("arc", "acc", 0.625)])];
        let said: Vec<String> = published(&sources).iter().map(sentence).collect();
        assert_eq!(said, ["arc, acc: m 50.0 % (old) → m 62.5 % (new), +12.5 points", "gsm8k: m 25.0 % (old)"]);
    }
}
