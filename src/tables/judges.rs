//! The tables of judges: what each of several says of an answer, and how it scores.

use std::collections::BTreeMap;
use std::path::Path;

use super::columns::value_of;
use super::row::Row;
use super::write::write_csv;
use crate::files::FileError;
use crate::judge::{CLASSES, Class, Verdict};
use crate::statistics::agreement::kappa;
use crate::statistics::cluster::mean_score;
use crate::work::batch::Batch;

/// The columns of `verdicts.csv` that are also columns of `results.csv`; the judge's name comes before them.
const SHARED: [&str; 13] = [
    "model",
    "dataset",
    "level",
    "prompt_id",
    "item_id",
    "repeat",
    "verdict",
    "extracted_answer",
    "score",
    "rule",
    "evidence",
    "span",
    "request_key",
];

/// The names of the columns of `verdicts.csv`.
pub fn verdict_header() -> impl Iterator<Item = &'static str> {
    std::iter::once("judge").chain(SHARED)
}

/// A line of `verdicts.csv`: what a judge says of a row.
pub fn verdict_line(judge: &str, row: &Row<'_>) -> Vec<String> {
    let mut buffer = String::new();
    let shared = SHARED.iter().map(|name| value_of(name)(row).field(&mut buffer).into_owned());
    std::iter::once(judge.to_owned()).chain(shared).collect()
}

/// The verdicts of one judge on the answers of a batch to a dataset.
#[derive(Debug, Clone, Default)]
pub struct JudgeTally {
    /// Answers.
    pub answers: u64,
    classes: [u64; CLASSES.len()],
    /// By sample: the sum of its scores, and their number.
    scores: BTreeMap<usize, (f64, f64)>,
    is_on_a_scale: bool,
    /// Of each answer that both score: what this judge says and what the one that scores says.
    both: Vec<(Class, Class)>,
    /// The sample of each of those.
    both_of: Vec<u64>,
}

impl JudgeTally {
    /// Adds the verdict on an answer to the sample of this index; `first` is that of the judge that scores.
    pub fn add(&mut self, sample: usize, verdict: &Verdict, first: &Verdict) {
        self.answers += 1;
        for (class, count) in CLASSES.iter().zip(&mut self.classes) {
            *count += u64::from(*class == verdict.class);
        }
        let Some(score) = verdict.counted_score() else { return };
        let sums = self.scores.entry(sample).or_default();
        *sums = (sums.0 + score, sums.1 + 1.0);
        self.is_on_a_scale |= score != 0.0 && score != 1.0;
        if first.counted_score().is_some() {
            self.both.push((verdict.class, first.class));
            self.both_of.push(sample as u64);
        }
    }
}

/// How a judge scores the answers of a batch to a dataset: a line of `judge_summary.csv`.
pub struct JudgeSummary {
    cells: Vec<String>,
}

impl JudgeSummary {
    /// Sums up the verdicts of a judge.
    pub fn new(batch: &Batch, dataset: &str, judge: &str, tally: &JudgeTally) -> Self {
        let share = |part: f64, whole: u64| (whole > 0).then(|| part / whole as f64);
        let scores: Vec<(f64, f64)> = tally.scores.values().copied().collect();
        let (sum, scored) = scores.iter().fold((0.0, 0.0), |sums, question| (sums.0 + question.0, sums.1 + question.1));
        let score = Some(sum / scored).filter(|_| scored > 0.0);
        let interval = mean_score(&scores, !tally.is_on_a_scale).map(|found| found.interval);
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let mut cells = vec![judge.to_owned(), batch.model.name.clone(), dataset.to_owned(), batch.level.to_string()];
        cells.push(tally.answers.to_string());
        cells.extend(tally.classes.iter().map(u64::to_string));
        cells.extend([number(score), number(interval.map(|ends| ends.0)), number(interval.map(|ends| ends.1))]);
        let alike = tally.both.iter().filter(|(own, first)| own == first).count();
        cells.push(number(share(alike as f64, tally.both.len() as u64)));
        let kappa = kappa(&tally.both, &tally.both_of);
        let ends = kappa.map(|kappa| kappa.interval);
        cells.extend([kappa.map(|kappa| kappa.kappa), ends.map(|ends| ends.0), ends.map(|ends| ends.1)].map(number));
        Self { cells }
    }
}

/// Writes `judge_summary.csv`.
///
/// # Errors
/// The file cannot be written.
pub fn judges_csv(path: &Path, summaries: &[JudgeSummary]) -> Result<(), FileError> {
    write_csv(path, |writer| {
        let head = ["judge", "model", "dataset", "level", "answers"].into_iter().chain(CLASSES.map(Class::word));
        writer.write_record(head.chain([
            "score",
            "score_low",
            "score_high",
            "agreement",
            "kappa",
            "kappa_low",
            "kappa_high",
        ]))?;
        summaries.iter().try_for_each(|summary| writer.write_record(&summary.cells))
    })
}
