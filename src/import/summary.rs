//! What was measured of imported models: `model_summary.csv`, and a line for each model and dataset.

use std::collections::BTreeMap;

use super::question::question;
use super::results::text;
use crate::compare::ModelName;
use crate::compare::mean::Mean;
use crate::compare::source::{Answer, Source};
use crate::statistics::cluster::mean_score;
use crate::tables::summary::Grouping;
use crate::tables::summary_columns::summary_columns;

/// A model on a dataset.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The model.
    pub model: ModelName,
    /// The dataset or task; empty where the source does not name it.
    pub dataset: String,
    /// The subject; empty where the answers are not parted by it.
    pub subject: String,
    /// Answers and failed requests.
    pub answers: usize,
    /// Questions with a score.
    pub questions: usize,
    /// The mean score; none where no answer has a score.
    pub score: Option<f64>,
    /// Its 95 % interval; none for a single question with scores on a scale.
    pub interval: Option<(f64, f64)>,
}

/// Each model on each dataset, and on each subject of it, by their names.
pub(super) fn measured(sources: &[Source], subject: impl Fn(&Answer) -> String) -> Vec<Measured> {
    let by_part = grouped(sources, |answer| (answer.model.clone(), answer.dataset.clone(), subject(answer)));
    let measured = |((model, dataset, subject), answers): ((ModelName, String, String), Vec<&Answer>)| {
        let scored = Scored::of(&answers);
        Measured {
            model,
            dataset,
            subject,
            answers: answers.len(),
            questions: scored.questions.len(),
            score: scored.mean(),
            interval: scored.interval(),
        }
    };
    by_part.into_iter().map(measured).collect()
}

/// A mean of which there are no answers. Of several metrics of a dataset each has a line.
pub(super) fn of_mean(mean: &Mean) -> Measured {
    let metric = if mean.scored_by.is_empty() { String::new() } else { format!(" ({})", mean.scored_by) };
    Measured {
        model: mean.model.clone(),
        dataset: format!("{}{metric}", mean.dataset),
        subject: String::new(),
        answers: 0,
        questions: mean.questions.and_then(|count| count.try_into().ok()).unwrap_or(0),
        score: Some(mean.score),
        interval: mean.interval(),
    }
}

/// The table: a row for each model with the columns that follow from scores and latencies.
pub(super) fn table(sources: &[Source]) -> Result<String, csv::Error> {
    let columns = summary_columns(Grouping::Model);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| &*column.name))?;
    for (model, answers) in grouped(sources, |answer| answer.model.clone()) {
        let values = values(&model, &answers);
        writer.write_record(columns.iter().map(|column| values.get(&*column.name).map_or("", String::as_str)))?;
    }
    for (model, means) in published(sources) {
        let mut values = BTreeMap::from([("model", model.to_string())]);
        if let [mean] = means.as_slice() {
            values.insert("avg_score", mean.score.to_string());
            values.extend(mean.questions.map(|count| ("items", count.to_string())));
            let ends =
                mean.interval().map(|(low, high)| [("score_low", low.to_string()), ("score_high", high.to_string())]);
            values.extend(ends.into_iter().flatten());
        }
        writer.write_record(columns.iter().map(|column| values.get(&*column.name).map_or("", String::as_str)))?;
    }
    text(writer)
}

/// The means of models without answers. Several have no mean in common.
fn published(sources: &[Source]) -> BTreeMap<&ModelName, Vec<&Mean>> {
    let mut means: BTreeMap<&ModelName, Vec<&Mean>> = BTreeMap::new();
    for mean in sources.iter().flat_map(|source| &source.means) {
        means.entry(&mean.model).or_default().push(mean);
    }
    means.retain(|model, _| sources.iter().flat_map(|source| &source.answers).all(|answer| answer.model != **model));
    means
}

fn grouped<K: Ord>(sources: &[Source], key: impl Fn(&Answer) -> K) -> BTreeMap<K, Vec<&Answer>> {
    let mut groups: BTreeMap<K, Vec<&Answer>> = BTreeMap::new();
    for answer in sources.iter().flat_map(|source| &source.answers) {
        groups.entry(key(answer)).or_default().push(answer);
    }
    groups
}

fn values(model: &str, answers: &[&Answer]) -> BTreeMap<&'static str, String> {
    let scored = Scored::of(answers);
    let latencies: Vec<f64> = answers.iter().filter_map(|answer| answer.item.latency).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let mut values = BTreeMap::from([
        ("model", model.to_owned()),
        ("samples", scored.answers.to_string()),
        ("items", scored.questions.len().to_string()),
        ("faults", answers.iter().filter(|answer| answer.failed).count().to_string()),
    ]);
    if let Some(mean) = scored.mean() {
        values.insert("avg_score", mean.to_string());
    }
    if let Some((low, high)) = scored.interval() {
        values.insert("score_low", low.to_string());
        values.insert("score_high", high.to_string());
    }
    if !latencies.is_empty() {
        values.insert("avg_latency_sec", mean(&latencies).to_string());
    }
    values
}

/// Scores by question: their sum and their number.
struct Scored {
    answers: usize,
    questions: BTreeMap<(String, String), (f64, f64)>,
    is_right_or_wrong: bool,
}

impl Scored {
    fn of(answers: &[&Answer]) -> Self {
        let mut scored = Self { answers: 0, questions: BTreeMap::new(), is_right_or_wrong: true };
        for answer in answers {
            let Some(score) = answer.item.score else { continue };
            let sums = scored.questions.entry((answer.dataset.clone(), question(answer))).or_insert((0.0, 0.0));
            *sums = (sums.0 + score, sums.1 + 1.0);
            scored.answers += 1;
            scored.is_right_or_wrong &= [0.0, 1.0].contains(&score);
        }
        scored
    }

    fn mean(&self) -> Option<f64> {
        let sum: f64 = self.questions.values().map(|(sum, _)| sum).sum();
        (self.answers > 0).then(|| sum / self.answers as f64)
    }

    fn interval(&self) -> Option<(f64, f64)> {
        let questions: Vec<(f64, f64)> = self.questions.values().copied().collect();
        mean_score(&questions, self.is_right_or_wrong).map(|found| found.interval)
    }
}
