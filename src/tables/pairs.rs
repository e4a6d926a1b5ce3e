//! `pairs.csv`: what the differences between every two models carry.

use std::collections::HashSet;
use std::path::Path;

use super::columns::{Value, number};
use super::figures::Figures;
use super::write::{write_csv, write_lines};
use crate::compare::{Item, Pair, Party, Peers, Ratio, ScoreDifference, Side, SideId, Subject, Turns, family};
use crate::files::FileError;
use crate::level::Level;
use crate::work::batch::Batch;

/// The answers of a batch, summed up by question.
pub fn side(batch: &Batch, figures: &Figures) -> Side {
    let answers = (0..figures.len()).filter_map(|row| {
        let question =
            Some(row).filter(|row| figures.fault.get(*row) != Some(true)).and_then(|row| figures.question_hash(row))?;
        let is_timed = figures.warm.get(row) == Some(true) && figures.throttled.get(row) == Some(false);
        let item = Item {
            score: figures.score.get(row),
            latency: figures.latency.get(row).filter(|_| is_timed),
            output_tokens: figures.counted_tokens.get(row).map(|tokens| tokens as f64),
            cost: figures.cost.get(row),
        };
        Some((question, item))
    });
    let subject = |row| {
        let (dataset, name) = (figures.word(figures.dataset.get(row))?, figures.word(figures.subject.get(row))?);
        Some((figures.question_hash(row)?, Subject { dataset, name }))
    };
    let subjects = (0..figures.len()).filter_map(subject);
    let side = Side::new(party(batch), answers).with_subjects(subjects);
    if figures.is_sequential() { side.in_turn(turns(figures)) } else { side }
}

fn party(batch: &Batch) -> Party {
    Party { id: batch.id.into(), name: batch.model.name.clone(), label: batch.model.label.clone() }
}

/// The questions in the order in which they were asked.
fn turns(figures: &Figures) -> Turns {
    let mut turns: Vec<(Option<i64>, usize)> = figures.turn.iter().zip(0..).collect();
    turns.sort_unstable();
    let mut seen = HashSet::new();
    let rows = turns.into_iter().map(|(_, row)| row).filter(|row| seen.insert(figures.question.get(*row)));
    Turns { questions: rows.filter_map(|row| figures.question_hash(row)).collect(), aim: figures.aim.get(0) }
}

/// Every two models at the same level. All pairs of a run are one family.
pub fn pairs(measured: &[(&Batch, &Figures)]) -> Vec<Pair> {
    pairs_of(measured, side)
}

/// The same with scores alone, which takes a fraction of the time: nothing is resampled.
pub fn pairs_of_scores(measured: &[(&Batch, &Figures)]) -> Vec<Pair> {
    pairs_of(measured, |batch, figures| side(batch, figures).with_scores_alone())
}

fn pairs_of(measured: &[(&Batch, &Figures)], side: impl Fn(&Batch, &Figures) -> Side) -> Vec<Pair> {
    if measured.len() < 2 {
        return Vec::new();
    }
    let mut levels: Vec<_> = measured.iter().map(|(batch, _)| (batch.level_id, batch.level)).collect();
    levels.sort();
    levels.dedup();
    let has_levels = levels.len() > 1;
    let by_level = levels.into_iter().map(|(id, level)| -> Peers {
        let of_level = measured.iter().filter(|(batch, _)| batch.level_id == id);
        let sides = of_level.map(|(batch, figures)| side(batch, figures)).collect();
        (has_levels.then_some(level), sides)
    });
    let mut pairs = family(&by_level.collect::<Vec<_>>());
    for pair in &mut pairs {
        let batch = |id: &SideId| measured.iter().map(|(batch, _)| batch).find(|batch| *id == batch.id.into());
        pair.is_of_machines = batch(&pair.a.id).zip(batch(&pair.b.id)).is_some_and(|(a, b)| is_at_two_sites(a, b));
    }
    pairs
}

/// True if two batches are of one model at two sites.
fn is_at_two_sites(a: &Batch, b: &Batch) -> bool {
    a.model.model == b.model.model && a.model.site.is_some() && b.model.site.is_some() && a.model.site != b.model.site
}

/// One column of `pairs.csv`.
pub struct PairColumn {
    /// Its name.
    pub name: &'static str,
    /// Unit of its numbers; empty for texts, counts and shares.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
    value: fn(&Pair) -> Value<'_>,
}

macro_rules! columns {
    ($($name:literal: $meaning:literal = $value:expr;)*) => {
        /// The columns of `pairs.csv`, in order.
        pub const PAIR_COLUMNS: &[PairColumn] =
            &[$(PairColumn { name: $name, unit: "", meaning: $meaning, value: $value },)*];
    };
}

columns! {
    "model_a": "The first of two models." = |pair| Value::Text(pair.a.name.as_str().into());
    "model_b": "The second." = |pair| Value::Text(pair.b.name.as_str().into());
    "level": "The level of both; empty where there is one." = |pair| Value::Text(level_text(pair.level).into());
    "common_questions": "Questions that both answered." = |pair| whole(Some(pair.items as u64));
    "scored_questions": "Questions that have a score on both sides; repeats and duplicates of a question are one." = |pair| whole(of(pair, |score| score.items as u64));
    "score_a": "Mean score of the first on them." = |pair| number(of(pair, |score| score.a));
    "score_b": "Mean score of the second on them." = |pair| number(of(pair, |score| score.b));
    "score_difference": "`score_a − score_b`." = |pair| number(of(pair, ScoreDifference::difference));
    "score_difference_low": "Lower end of its 95 % interval: Newcombe's for paired proportions (1998, method 10), else the BCa bootstrap by question; with `until` a confidence sequence." = |pair| number(of(pair, |score| score.interval.0));
    "score_difference_high": "Upper end of its 95 % interval." = |pair| number(of(pair, |score| score.interval.1));
    "a_higher": "Questions on which the first scores higher." = |pair| whole(of(pair, |score| score.a_higher as u64));
    "b_higher": "Questions on which the second scores higher." = |pair| whole(of(pair, |score| score.b_higher as u64));
    "p": "Two-sided p value of no difference: McNemar's exact test for right and wrong, else by changing signs at random; with `until` that of the confidence sequence." = |pair| number(of(pair, |score| score.p));
    "p_adjusted": "`p` adjusted for the number of pairs in the file (Holm 1979)." = |pair| number(of(pair, |score| score.p_adjusted));
    "distinguishable": "1 if `p_adjusted` is below 0.05 and the interval leaves zero out." = |pair| of(pair, ScoreDifference::is_distinguishable).map_or(Value::Empty, Value::Flag);
    "detectable_difference": "Smallest difference that this number of questions shows in four of five runs (Connor 1987)." = |pair| number(of(pair, |score| score.detectable).flatten());
    "questions_needed": "Questions that show a difference of this size in four of five runs." = |pair| whole(of(pair, |score| score.needed).flatten());
    "latency_ratio": "Latency of the first over that of the second: geometric mean of the ratios by question, over warm answers." = |pair| number(pair.latency.map(|ratio| ratio.ratio));
    "latency_ratio_low": "Lower end of its 95 % BCa bootstrap interval." = |pair| number(low(pair.latency));
    "latency_ratio_high": "Upper end of its 95 % BCa bootstrap interval." = |pair| number(high(pair.latency));
    "output_tokens_ratio": "Output tokens of the first over those of the second." = |pair| number(pair.output_tokens.map(|ratio| ratio.ratio));
    "output_tokens_ratio_low": "Lower end of its 95 % BCa bootstrap interval." = |pair| number(low(pair.output_tokens));
    "output_tokens_ratio_high": "Upper end of its 95 % BCa bootstrap interval." = |pair| number(high(pair.output_tokens));
    "cost_ratio": "Cost of the first over that of the second." = |pair| number(pair.cost.map(|ratio| ratio.ratio));
    "cost_ratio_low": "Lower end of its 95 % BCa bootstrap interval." = |pair| number(low(pair.cost));
    "cost_ratio_high": "Upper end of its 95 % BCa bootstrap interval." = |pair| number(high(pair.cost));
    "cost_difference": "Cost of the first less that of the second, per question, in the currency of the run." = |pair| number(pair.cost_difference.map(|cost| cost.mean));
    "cost_difference_low": "Lower end of its 95 % BCa bootstrap interval." = |pair| number(pair.cost_difference.map(|cost| cost.interval.0));
    "cost_difference_high": "Upper end of its 95 % BCa bootstrap interval." = |pair| number(pair.cost_difference.map(|cost| cost.interval.1));
    "subjects": "Subjects of the scored questions, where there are several." = |pair| whole(pair.subjects.map(|by| by.subjects as u64));
    "subjects_a_ahead": "Subjects in which the first has the higher mean score." = |pair| whole(pair.subjects.map(|by| by.a_ahead as u64));
    "subjects_b_ahead": "Subjects in which the second has." = |pair| whole(pair.subjects.map(|by| by.b_ahead as u64));
    "score_difference_macro": "Mean of the differences over subjects, each of which counts alike." = |pair| number(pair.subjects.map(|by| by.mean_difference));
    "reversed": "1 if one is ahead over all questions and the other in more than half of the subjects (Simpson 1951)." = |pair| pair.subjects.map_or(Value::Empty, |_| Value::Flag(pair.reversed().is_some()));
}

fn level_text(level: Option<Level>) -> String {
    level.map_or_else(String::new, |level| level.to_string())
}

fn of<T>(pair: &Pair, value: impl FnOnce(&ScoreDifference) -> T) -> Option<T> {
    pair.score.as_ref().map(value)
}

fn whole(count: Option<u64>) -> Value<'static> {
    count.map_or(Value::Empty, |count| Value::Count(i64::try_from(count).unwrap_or(i64::MAX)))
}

fn low(ratio: Option<Ratio>) -> Option<f64> {
    ratio.map(|ratio| ratio.interval.0)
}

fn high(ratio: Option<Ratio>) -> Option<f64> {
    ratio.map(|ratio| ratio.interval.1)
}

/// Writes `pairs.csv`.
///
/// # Errors
/// The file cannot be written.
pub fn pairs_csv(path: &Path, pairs: &[Pair]) -> Result<(), FileError> {
    write_csv(path, |writer| {
        writer.write_record(PAIR_COLUMNS.iter().map(|column| column.name))?;
        write_lines(writer, pairs.iter().map(|pair| PAIR_COLUMNS.iter().map(|column| (column.value)(pair))))
    })
}

/// The columns of a pair as JSON.
pub fn pair_json(pair: &Pair) -> serde_json::Value {
    let field = |column: &PairColumn| (column.name.to_owned(), (column.value)(pair).json());
    PAIR_COLUMNS.iter().map(field).collect::<serde_json::Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use crate::judge::Class;
    use crate::tables::fixture::{Fixture, verdict};

    /// Two models on 20 questions each; the second has six of them wrong, and the last question comes twice.
    fn fixture() -> Fixture {
        let mut fixture = Fixture::new(42);
        for index in 0..42 {
            fixture.samples[index] = fixture.samples[index % 21].clone();
            fixture.samples[index].question = format!("Question {}?", (index % 21).min(19));
            fixture.places[index] = (index / 21, 0);
            if (21..27).contains(&index) {
                fixture.verdicts[index] = Some(verdict(Class::Wrong));
            }
        }
        fixture
    }

    #[test]
    fn duplicates_of_a_question_are_one() {
        let pairs = fixture().results().pairs;
        let [pair] = pairs.as_slice() else { panic!("{pairs:?}") };
        let score = pair.score.as_ref().unwrap();
        assert_eq!((score.items, score.a_higher, score.b_higher, &*pair.b.label), (20, 6, 0, "Big B"));
        assert!((score.p - 0.03125).abs() < 1e-12 && score.is_distinguishable(), "{score:?}");
    }

    #[test]
    fn a_model_alone_has_no_pair() {
        assert!(Fixture::new(3).results().pairs.is_empty());
    }
}
