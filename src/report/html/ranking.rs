//! The rankings of the first view: models by their scores, the best first. Of several datasets their mean, then each alone.

use serde::Serialize;

use super::figure::{strip, strip_axis, swatch};
use super::scale::Scale;
use super::words::interval;
use crate::format::{counted, known, percent};
use crate::id::Id;
use crate::report::parts::Parts;
use crate::statistics::macro_mean::{Estimate, macro_mean};
use crate::tables::group::{Group, Results};
use crate::tables::summary::Summary;

/// The rankings of a run.
#[derive(Debug, Serialize)]
pub(super) struct Rankings {
    /// All questions, or the mean of several datasets; none where nobody judged.
    whole: Option<Ranking>,
    /// Each of several datasets.
    datasets: Vec<Ranking>,
    axis: String,
}

/// Models by their scores.
#[derive(Debug, Serialize)]
struct Ranking {
    name: String,
    ranks: Vec<Rank>,
    /// The expected score of guessing.
    guessing: Option<String>,
}

/// A line of a ranking.
#[derive(Debug, Serialize)]
struct Rank {
    swatch: String,
    label: String,
    strip: String,
    score: String,
    interval: String,
    n: u64,
    note: String,
}

/// The score of a group, over all its questions or over some.
struct Scored<'r> {
    group: &'r Group,
    score: f64,
    interval: Option<(f64, f64)>,
    guessing: Option<f64>,
    is_guessing: bool,
    /// What was scored.
    counted: &'r Summary,
}

/// The rankings of a run.
pub(super) fn rankings(results: &Results) -> Rankings {
    let scale = Scale::shares();
    let parts = datasets(results);
    let whole = match parts.names.len() {
        0 | 1 => results.groups.iter().filter_map(|group| scored(group, &group.summary)).collect(),
        _ => means(results, &parts),
    };
    let of_dataset = |name: &String| {
        let scores = results.groups.iter().filter_map(|group| scored(group, parts.of(group, name)?)).collect();
        ranking(name, scores, &scale)
    };
    Rankings {
        whole: Some(ranking("", whole, &scale)).filter(|ranking| !ranking.ranks.is_empty()),
        datasets: parts.names.iter().filter(|_| parts.names.len() > 1).map(of_dataset).collect(),
        axis: strip_axis(&scale, |value| format!("{:.0} %", value * 100.0)),
    }
}

/// Who is first in the mean of several datasets, in which each counts alike, with that mean.
pub(super) fn first_of_means(results: &Results) -> Option<(&Group, f64)> {
    let parts = datasets(results);
    let means = if parts.names.len() > 1 { means(results, &parts) } else { Vec::new() };
    sorted(means).first().map(|first| (first.group, first.score))
}

/// How many datasets have a score.
pub(super) fn number_of_datasets(results: &Results) -> usize {
    datasets(results).names.len()
}

fn datasets(results: &Results) -> Parts<'_> {
    Parts::new(&results.cells, |part| part.dataset.clone())
}

fn scored<'r>(group: &'r Group, summary: &'r Summary) -> Option<Scored<'r>> {
    Some(Scored {
        group,
        score: summary.score?,
        interval: summary.score_interval,
        guessing: summary.guessing,
        is_guessing: summary.is_guessing(),
        counted: summary,
    })
}

/// The mean over datasets of each group that has a score on all of them.
fn means<'r>(results: &'r Results, parts: &Parts<'r>) -> Vec<Scored<'r>> {
    let mean = |group: &'r Group| {
        let cells: Vec<&Summary> = parts.all_of(group).filter(|cell| cell.score.is_some()).collect();
        let estimates: Option<Vec<Estimate>> = cells.iter().map(|cell| cell.estimate()).collect();
        let mean = macro_mean(&estimates.filter(|all| all.len() == parts.names.len())?)?;
        let guessing: Option<Vec<f64>> = cells.iter().map(|cell| cell.guessing).collect();
        Some(Scored {
            group,
            score: mean.value,
            // Intervals that hold at every look cannot be recovered into one that does.
            interval: Some(mean.interval).filter(|_| !group.figures.is_sequential()),
            guessing: guessing.map(|all| all.iter().sum::<f64>() / all.len() as f64),
            is_guessing: false,
            counted: &group.summary,
        })
    };
    results.groups.iter().filter_map(mean).collect()
}

/// The best first; those with the same score in the order of the spec.
fn sorted(mut scores: Vec<Scored<'_>>) -> Vec<Scored<'_>> {
    scores.sort_by(|a, b| b.score.total_cmp(&a.score));
    scores
}

fn ranking(name: &str, scores: Vec<Scored<'_>>, scale: &Scale) -> Ranking {
    let guessing = scores.iter().find_map(|scored| scored.guessing);
    Ranking {
        name: name.to_owned(),
        ranks: sorted(scores).iter().map(|scored| rank(scored, scale)).collect(),
        guessing: guessing.map(percent),
    }
}

fn rank(scored: &Scored<'_>, scale: &Scale) -> Rank {
    let model = scored.group.batch.model_id.place();
    let Summary { faults, samples, .. } = *scored.counted;
    let not_answers = scored.counted.not_answers();
    let notes = [
        scored.is_guessing.then(|| "is not distinguishable from guessing".to_owned()),
        (not_answers > 0).then(|| counted(not_answers, "non-answer")),
        (faults > 0).then(|| format!("{} failed", counted(faults, "request"))),
    ];
    Rank {
        swatch: swatch(model),
        label: scored.group.batch.label(),
        strip: strip(Some(model), scale, scored.score, scored.interval, scored.guessing),
        score: percent(scored.score).replace(" %", ""),
        interval: known(scored.interval, interval),
        n: samples,
        note: notes.into_iter().flatten().collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::tables::fixture::{Fixture, verdict};

    fn lines(ranking: &Ranking) -> Vec<(&str, &str)> {
        ranking.ranks.iter().map(|rank| (&*rank.label, &*rank.score)).collect()
    }

    #[test]
    fn several_datasets_are_ranked_one_by_one_and_by_their_mean() {
        // On the first dataset a has 15 of 15 right and b 12; on the second a has 1 of 5 right, and b all.
        let mut fixture = Fixture::new(40);
        let one = rankings(&fixture.results());
        assert_eq!((one.whole.unwrap().ranks.len(), one.datasets.len()), (1, 0));
        (0..40).for_each(|index| fixture.places[index] = (index / 20, 0));
        fixture.in_second((0..40).filter(|index| index % 20 >= 15));
        for wrong in [16, 17, 18, 19, 20, 21, 22] {
            fixture.verdicts[wrong] = Some(verdict(Class::Wrong));
        }
        let results = fixture.results();
        let found = rankings(&results);
        assert_eq!(lines(&found.whole.unwrap()), [("Big B", "90.0"), ("a", "60.0")]);
        assert_eq!(lines(&found.datasets[0]), [("a", "100.0"), ("Big B", "80.0")]);
        assert_eq!(lines(&found.datasets[1]), [("Big B", "100.0"), ("a", "20.0")]);
        assert_eq!(found.datasets[1].name, "e");
        assert_eq!(first_of_means(&results).unwrap().0.batch.label(), "Big B");
        assert_eq!(number_of_datasets(&results), 2);
    }
}
