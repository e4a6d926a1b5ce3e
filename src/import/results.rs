//! `results.csv` of imported answers: the columns of a run, in their order, as far as the source fills them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::question::question;
use crate::compare::source::{Answer, Source};
use crate::tables::columns::COLUMNS;

/// An answer with its place in its dataset.
struct Row<'s> {
    format: &'static str,
    number: usize,
    answer: &'s Answer,
}

/// The table, in the order of the sources.
pub(super) fn table(sources: &[Source]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|column| column.name))?;
    let mut numbers: HashMap<&str, HashMap<String, usize>> = HashMap::new();
    for source in sources {
        for answer in &source.answers {
            let known = numbers.entry(&answer.dataset).or_default();
            let next = known.len();
            let number = *known.entry(question(answer)).or_insert(next);
            let row = Row { format: source.format, number, answer };
            writer.write_record(COLUMNS.iter().map(|column| row.value(column.name).into_owned()))?;
        }
    }
    text(writer)
}

/// What was written.
pub(super) fn text(writer: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    String::from_utf8(bytes).map_err(|error| csv::Error::from(std::io::Error::other(error)))
}

impl Row<'_> {
    /// The value of a column; empty where the source does not say it.
    fn value(&self, column: &str) -> Cow<'_, str> {
        let answer = self.answer;
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let text = match column {
            "model" => &*answer.model,
            "prompt" => &answer.question,
            "expected_answer" => &answer.target,
            "output" => &answer.said,
            "dataset" => &answer.dataset,
            "subject" => &answer.subject,
            "extracted_answer" => &answer.extracted,
            "item_id" => &answer.title,
            "question_hash" => answer.question_hash.as_ref().map_or("", String::as_str),
            "fault" if answer.failed => FAILED,
            "status" => {
                if answer.failed {
                    FAILED
                } else {
                    "ok"
                }
            }
            "verdict" => self.verdict(),
            "prompt_id" => return self.number.to_string().into(),
            "repeat" => return answer.repeat.to_string().into(),
            "score" => return number(answer.item.score).into(),
            "latency_sec" => return number(answer.item.latency).into(),
            "output_tokens" => return number(answer.item.output_tokens).into(),
            "cost" => return number(answer.item.cost).into(),
            "prompt_tokens" => return answer.prompt_tokens.map_or_else(String::new, |count| count.to_string()).into(),
            "rule" => return self.rule().into(),
            "measured_by" => {
                return answer.measured.map_or_else(String::new, |day| format!("recorded {day}")).into();
            }
            _ => "",
        };
        text.into()
    }

    /// The class, where the source says that the answer is right or wrong.
    fn verdict(&self) -> &'static str {
        let by_score = self.answer.item.score.and_then(|score| match score {
            score if score >= 1.0 => Some(true),
            score if score <= 0.0 => Some(false),
            _ => None,
        });
        self.answer.is_correct.or(by_score).map_or("", |right| if right { "correct" } else { "wrong" })
    }

    /// Who judged: the tool, and the metric or scorer where it has several.
    fn rule(&self) -> String {
        match (&self.answer.scored_by, self.answer.item.score) {
            (_, None) => String::new(),
            (Some(scorer), _) => format!("{}: {scorer}", self.format),
            (None, _) => self.format.to_owned(),
        }
    }
}

/// Status and fault of a request that the source calls failed.
const FAILED: &str = "failed";
