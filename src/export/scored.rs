//! The scored answers of `results.csv`, by model and dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::compare::source::{NamedRow, SourceError, each_row};

/// Columns without which nothing can be exported.
const NEEDED: [&str; 8] =
    ["model", "prompt_id", "prompt", "expected_answer", "output", "score", "question_hash", "measured_by"];

/// A scored answer.
pub(super) struct Scored {
    model: String,
    level: String,
    dataset: String,
    measured: Option<NaiveDateTime>,
    /// Number of the sample in its dataset.
    pub(super) number: u64,
    /// Identifier of the sample, or its number.
    pub(super) id: String,
    pub(super) subject: String,
    pub(super) repeat: u64,
    pub(super) question: String,
    /// Letter of the right choice, or the right answer.
    pub(super) target: String,
    /// Text of the right answer.
    pub(super) reference: String,
    pub(super) question_hash: String,
    pub(super) output: String,
    pub(super) reasoning: String,
    pub(super) score: f64,
    pub(super) is_correct: bool,
    pub(super) extracted: String,
    pub(super) rule: String,
    pub(super) finish_reason: String,
    /// Latency in seconds; none for an answer that waited for the model to be loaded.
    pub(super) latency: Option<f64>,
    pub(super) ttft: Option<f64>,
    pub(super) prompt_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) reasoning_tokens: Option<u64>,
}

/// The answers of a run.
pub(super) struct ScoredRun {
    answers: Vec<Scored>,
    experiment: String,
    pub(super) left_out: usize,
}

/// The answers of one model to one dataset.
pub(super) struct Part<'r> {
    /// The experiment: the name of the folder.
    pub(super) experiment: &'r str,
    /// The model, with its level where there are several.
    pub(super) model: String,
    pub(super) dataset: &'r str,
    pub(super) answers: Vec<&'r Scored>,
}

impl Part<'_> {
    /// When the run began that measured the newest answer.
    pub(super) fn measured(&self) -> Result<NaiveDateTime, String> {
        let newest = self.answers.iter().filter_map(|answer| answer.measured).max();
        newest.ok_or_else(|| "results.csv does not say when its answers were measured (`measured_by`)".to_owned())
    }

    /// The mean score.
    pub(super) fn mean(&self) -> f64 {
        self.answers.iter().map(|answer| answer.score).sum::<f64>() / self.answers.len() as f64
    }

    /// Whether every question was asked once, and is right or wrong.
    pub(super) fn is_proportion(&self) -> bool {
        // Imported answers may have no hash; their numbers are those of their questions.
        let question = |answer: &Scored| match answer.question_hash.as_str() {
            "" => format!("#{}", answer.number),
            hash => hash.to_owned(),
        };
        let questions: BTreeSet<String> = self.answers.iter().map(|answer| question(answer)).collect();
        questions.len() == self.answers.len() && self.answers.iter().all(|answer| [0.0, 1.0].contains(&answer.score))
    }
}

impl ScoredRun {
    /// By model, level and dataset, each in the order of the table.
    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        let has_levels = self.answers.iter().map(|answer| &answer.level).collect::<BTreeSet<_>>().len() > 1;
        let mut parts: BTreeMap<(&str, &str, &str), Vec<&Scored>> = BTreeMap::new();
        for answer in &self.answers {
            parts.entry((&answer.model, &answer.level, &answer.dataset)).or_default().push(answer);
        }
        let part = |((model, level, dataset), answers): ((&str, &str, _), Vec<_>)| {
            let model = if has_levels { format!("{model} {level}") } else { model.to_owned() };
            Part { experiment: &self.experiment, model, dataset, answers }
        };
        parts.into_iter().map(part).collect()
    }
}

/// Reads the answers of an output folder.
pub(super) fn read(folder: &Path) -> Result<ScoredRun, SourceError> {
    let (mut answers, mut left_out) = (Vec::new(), 0);
    each_row(&folder.join("results.csv"), &[&NEEDED], |row| {
        match row.number("score").filter(|_| row.text("fault").is_empty()) {
            Some(score) => answers.push(scored(row, score)?),
            None => left_out += 1,
        }
        Ok(())
    })?;
    if answers.is_empty() {
        return Err(SourceError::unknown(folder, "it holds no scored answer"));
    }
    let named = folder.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    Ok(ScoredRun { answers, experiment: named.unwrap_or_else(|| "smallbench".to_owned()), left_out })
}

fn scored(row: &NamedRow<'_>, score: f64) -> Result<Scored, String> {
    let text = |column: &str| row.text(column).to_owned();
    let count = |column: &str| row.text(column).parse().ok();
    let first = |columns: [&str; 2]| {
        let filled = columns.into_iter().find(|column| !row.text(column).is_empty());
        filled.map_or_else(String::new, text)
    };
    let number = count("prompt_id").ok_or_else(|| format!("`{}` is no number of a sample", row.text("prompt_id")))?;
    Ok(Scored {
        number,
        id: first(["item_id", "prompt_id"]),
        target: first(["gold_letter", "expected_answer"]),
        reference: first(["gold_text", "expected_answer"]),
        measured: measured(row.text("measured_by")),
        model: text("model"),
        level: text("level"),
        dataset: text("dataset"),
        subject: text("subject"),
        repeat: count("repeat").unwrap_or_default(),
        question: text("prompt"),
        question_hash: text("question_hash"),
        output: text("output"),
        reasoning: text("reasoning"),
        score,
        is_correct: row.text("verdict") == "correct",
        extracted: text("extracted_answer"),
        rule: text("rule"),
        finish_reason: text("finish_reason"),
        latency: row.number("latency_sec").filter(|_| !row.flag("cold")),
        ttft: row.number("ttft_s").filter(|_| !row.flag("cold")),
        prompt_tokens: count("prompt_tokens"),
        output_tokens: count("output_tokens"),
        reasoning_tokens: count("reasoning_tokens"),
    })
}

/// When a run began, by its name; the day of a recording.
fn measured(run: &str) -> Option<NaiveDateTime> {
    let day = run.strip_prefix("recorded ").and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    let start = || NaiveDateTime::parse_from_str(run.get(..15)?, "%Y%m%dT%H%M%S").ok();
    day.map(|day| day.and_time(NaiveTime::MIN)).or_else(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_run_says_when_it_began() {
        let found = ["20261128T191609190Z-5164", "recorded 2026-11-28", "", "é23456789012345"].map(measured);
        let shown = found.map(|time| time.map(|time| time.to_string()));
        assert_eq!(shown[0].as_deref(), Some("2026-11-28 19:16:09"));
        assert_eq!(shown[1].as_deref(), Some("2026-11-28 00:00:00"));
        assert_eq!((&shown[2], &shown[3]), (&None, &None));
    }
}
