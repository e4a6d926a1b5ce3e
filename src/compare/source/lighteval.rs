//! Details of lighteval: `details/MODEL/DATE/details_TASK_DATE.parquet`, a row per question. Its later versions keep them as
//! `doc`, `model_response` and `metric`, the earlier ones (up to 0.9) flat.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::Value;

use super::below::files_below;
use super::error::{SourceError, malformed, unreadable};
use super::json::{day, score, text};
use super::results::Answer;
use crate::columnar::parquet::read as rows;
use crate::columnar::{ColumnarContent, ColumnarError, Row, Wanted};
use crate::compare::model_name::ModelName;
use crate::compare::side::Item;
use crate::files::open_file;

pub(super) const FORMAT: &str = "lighteval";

/// Metrics that say whether an answer is right, the most telling first.
const METRICS: [&str; 8] =
    ["extractive_match", "exact_match", "qem", "pem", "acc_norm", "loglikelihood_acc_norm", "acc", "em"];

/// How deep the details of a task lie in an output folder: `details`, the organisation, the model, the date.
const DEPTH: usize = 5;

/// The files of details in a folder and below it; of two runs of a task by a model the later.
pub(super) fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let found = files_below(folder, DEPTH, &|path| Named::of(path).is_some())?;
    let mut latest: BTreeMap<(ModelName, String), PathBuf> = BTreeMap::new();
    for path in found {
        let Some(named) = Named::of(&path) else { continue };
        latest.insert((named.model, named.task), path);
    }
    Ok(latest.into_values().collect())
}

/// What the path of a file says.
struct Named {
    model: ModelName,
    task: String,
    measured: Option<NaiveDate>,
}

impl Named {
    /// None for files that are no details.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (task, date) = name.strip_prefix("details_")?.strip_suffix(".parquet")?.rsplit_once('_')?;
        Some(Self {
            model: model(path).unwrap_or_else(|| "model".to_owned()).into(),
            task: task.to_owned(),
            measured: day(date),
        })
    }
}

/// The folders between `details` and the date; without `details`, as in a repository of the Hub, the one above the date.
fn model(path: &Path) -> Option<String> {
    let above: Vec<&str> = path.parent()?.iter().filter_map(|part| part.to_str()).collect();
    let (_, above) = above.split_last()?;
    let name = match above.iter().rposition(|part| *part == "details") {
        Some(place) => above[place + 1..].join("/"),
        None => (*above.last()?).to_owned(),
    };
    Some(name).filter(|name| !name.is_empty())
}

pub(super) fn read(path: &Path) -> Result<Vec<Answer>, SourceError> {
    let Some(named) = Named::of(path) else {
        let message = "its name is not that of details of lighteval (`details_TASK_DATE.parquet`)";
        return Err(SourceError::unknown(path, message)
            .or("name the folder of results of smallbench, or the file as lighteval wrote it"));
    };
    let all = Wanted { first: usize::MAX, has_binary: &|_| false };
    let broken = |error: ColumnarError| SourceError::unknown(path, error.to_string());
    let file = open_file(path).map_err(unreadable(path))?;
    let mut answers = Vec::new();
    for (number, row) in rows(ColumnarContent::File(file), &all).map_err(broken)?.rows.enumerate() {
        let row = row.map_err(broken)?;
        let found =
            answer(&named, number, &row).map_err(|message| malformed(path, format!("row {}", number + 1), message));
        answers.push(found?);
    }
    Ok(answers)
}

/// A row, wherever its version of lighteval keeps its parts.
struct Detail<'r> {
    question: &'r Value,
    choices: &'r Value,
    gold: &'r Value,
    said: &'r Value,
    logprobs: &'r Value,
    prompt: &'r Value,
    generated: &'r Value,
    metrics: &'r Value,
}

impl<'r> Detail<'r> {
    fn of(row: &'r Row) -> Result<Self, String> {
        let of = |name: &str| row.get(name).unwrap_or(&Value::Null);
        let (doc, response) = (of("doc"), of("model_response"));
        if doc.is_object() && of("metric").is_object() {
            return Ok(Self {
                question: &doc["query"],
                choices: &doc["choices"],
                gold: &doc["gold_index"],
                said: &response["text"],
                logprobs: &response["logprobs"],
                prompt: &response["input_tokens"],
                generated: &response["output_tokens"],
                metrics: of("metric"),
            });
        }
        if of("metrics").is_object() {
            return Ok(Self {
                question: of("example"),
                choices: if of("choices")[0].is_null() { of("gold") } else { of("choices") },
                gold: of("gold_index"),
                said: of("predictions"),
                logprobs: of("pred_logits"),
                prompt: &of("input_tokens")[0],
                generated: of("cont_tokens"),
                metrics: of("metrics"),
            });
        }
        Err("there is neither `metric` nor `metrics`: this is no detail of lighteval, or one of a version before 0.5"
            .to_owned())
    }

    /// The first metric that says whether the answer is right, else the first that is a number.
    fn metric(&self) -> Option<(&'r str, f64)> {
        let metrics = self.metrics.as_object()?;
        let known = METRICS.into_iter().filter_map(|name| metrics.get_key_value(name));
        known.chain(metrics).find_map(|(name, value)| Some((name.as_str(), score(value)?)))
    }

    /// The right answers.
    fn target(&self) -> String {
        let places: Vec<usize> = match self.gold {
            Value::Array(places) => places.iter().filter_map(place).collect(),
            one => place(one).into_iter().collect(),
        };
        let right: Vec<String> = places.iter().map(|place| text(&self.choices[*place])).collect();
        if right.is_empty() { text(self.choices) } else { right.join("\n") }
    }

    /// What the model said; where it was not asked to speak, the choice that it held most likely.
    fn said(&self) -> String {
        let said = text(&self.said[0]);
        if !said.is_empty() {
            return said;
        }
        let likely: Vec<f64> = self.logprobs.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        let is_by_choice =
            self.choices.as_array().is_some_and(|choices| choices.len() > 1 && choices.len() == likely.len());
        let best = likely.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).filter(|_| is_by_choice);
        best.map(|(place, _)| text(&self.choices[place])).unwrap_or_default()
    }

    /// Tokens that were generated; none where the choices were only weighed.
    fn output_tokens(&self) -> Option<f64> {
        let is_spoken = !text(&self.said[0]).is_empty();
        let tokens = self.generated[0].as_array().map(Vec::len).filter(|count| is_spoken && *count > 0)?;
        Some(tokens as f64)
    }
}

fn place(number: &Value) -> Option<usize> {
    usize::try_from(number.as_u64()?).ok()
}

fn answer(named: &Named, number: usize, row: &Row) -> Result<Answer, String> {
    let detail = Detail::of(row)?;
    let metric = detail.metric();
    Ok(Answer {
        model: named.model.clone(),
        dataset: named.task.clone(),
        subject: named.task.clone(),
        question: text(detail.question),
        target: detail.target(),
        said: detail.said(),
        prompt_tokens: detail.prompt.as_array().map(|tokens| tokens.len() as u64).filter(|count| *count > 0),
        scored_by: metric.map(|(name, _)| name.to_owned()),
        measured: named.measured,
        title: format!("{}#{number}", named.task),
        item: Item { score: metric.map(|(_, score)| score), output_tokens: detail.output_tokens(), ..Item::default() },
        ..Answer::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(path: &str) -> Option<(ModelName, String, Option<String>)> {
        let named = Named::of(Path::new(path))?;
        Some((named.model, named.task, named.measured.map(|day| day.to_string())))
    }

    fn read_row(row: Value) -> Result<Answer, String> {
        let named =
            Named::of(Path::new("details/a/b/2026-01-02T03-04-05.6/details_arc|0_2026-01-02T03-04-05.6.parquet"));
        answer(&named.unwrap(), 4, row.as_object().unwrap())
    }

    #[test]
    fn a_path_names_the_model_and_the_task() {
        let date = "2026-01-02T03-04-05.678";
        let said = |model: &str, task: &str| Some((model.into(), task.into(), Some("2026-01-02".into())));
        assert_eq!(
            named(&format!("out/details/org/m/{date}/details_gsm8k|5_{date}.parquet")),
            said("org/m", "gsm8k|5")
        );
        assert_eq!(
            named(&format!("org__m/{date}/details_lighteval|a_b|0_{date}.parquet")),
            said("org__m", "lighteval|a_b|0")
        );
        assert_eq!(named("details/m/x/results_2026.parquet"), None);
        assert_eq!(named("details_x.parquet"), None);
    }

    #[test]
    fn a_row_is_read_in_both_forms() {
        let new = json!({
            "doc": { "query": "2 + 2?", "choices": ["4"], "gold_index": 0 },
            "model_response": { "text": ["It is 4."], "input_tokens": [1, 2, 3], "output_tokens": [[1, 2]], "logprobs": [] },
            "metric": { "em": 0.0, "extractive_match": 1.0 },
        });
        let old = json!({
            "example": "2 + 2?", "choices": [], "gold": ["4"], "gold_index": [], "predictions": ["It is 4."],
            "input_tokens": [[1, 2, 3]], "cont_tokens": [[1, 2]], "pred_logits": [], "metrics": { "em": 0.0, "qem": 1 },
        });
        for (row, metric) in [(new, "extractive_match"), (old, "qem")] {
            let read = read_row(row).unwrap();
            let said = (&*read.question, &*read.target, &*read.said, &*read.title);
            assert_eq!(said, ("2 + 2?", "4", "It is 4.", "arc|0#4"));
            assert_eq!((read.scored_by.as_deref(), read.item.score), (Some(metric), Some(1.0)));
            assert_eq!((read.prompt_tokens, read.item.output_tokens), (Some(3), Some(2.0)));
        }
    }

    #[test]
    fn a_choice_that_was_weighed_is_what_the_model_said() {
        let row = json!({
            "doc": { "query": "Capital?", "choices": ["Rome", "Oslo", "Bern"], "gold_index": [1, 2] },
            "model_response": { "text": [], "logprobs": [-2.0, -0.5, -9.0], "output_tokens": [[1], [2], [3]] },
            "metric": { "acc": 1 },
        });
        let read = read_row(row).unwrap();
        assert_eq!((&*read.said, &*read.target, read.item.output_tokens), ("Oslo", "Oslo\nBern", None));
        assert_eq!((read.item.score, read.prompt_tokens), (Some(1.0), None));
    }

    #[test]
    fn what_is_no_detail_is_refused() {
        let error = read_row(json!({ "question": "x", "metrics": "{'acc': 1}" })).unwrap_err();
        assert!(error.contains("no detail of lighteval"), "{error}");
    }
}
