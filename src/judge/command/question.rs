//! An answer as a program reads it: one line of JSON.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::prompt::letter;
use crate::response::Response;
use crate::sample::{Answer, Sample};
use crate::tool::ToolCall;

/// An answer to be judged, without the number that it has within a call.
#[derive(Debug, Serialize)]
pub struct Question<'a> {
    question: &'a str,
    choices: &'a [String],
    gold: Option<String>,
    output: &'a str,
    /// Left out where there are none, so that verdicts on answers without calls stay under their keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Value>,
    status: &'static str,
    dataset: &'a str,
    subject: Option<&'a str>,
    columns: &'a Map<String, Value>,
}

impl<'a> Question<'a> {
    /// A response to a sample of a dataset.
    pub fn new(dataset: &'a str, sample: &'a Sample, response: &'a Response) -> Self {
        let gold = sample.answer.as_ref().map(|answer| match answer {
            Answer::Choice(index) => letter(*index),
            Answer::Text(text) => text.to_string(),
        });
        Self {
            question: &sample.question,
            choices: &sample.choices,
            gold,
            output: &response.text,
            tool_calls: response.calls.iter().map(ToolCall::as_json).collect(),
            status: response.status.word(),
            dataset,
            subject: sample.subject.as_deref(),
            columns: &sample.columns,
        }
    }

    /// The object on one line.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// The lines of a call: each answer with its number, counted from 0.
pub fn lines(questions: &[String]) -> String {
    let size = questions.iter().map(|question| question.len() + 16).sum();
    let mut lines = String::with_capacity(size);
    for (id, question) in questions.iter().enumerate() {
        // After the brace: the number is no part of what the verdict is kept under.
        lines.push_str(&format!("{{\"id\":{id},"));
        lines.push_str(question.strip_prefix('{').unwrap_or(question));
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_one_line_with_its_number() {
        let questions = [r#"{"output":"a\nb"}"#.to_owned(), r#"{"output":"é"}"#.to_owned()];
        let lines: Vec<Value> = lines(&questions).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, [json!({ "id": 0, "output": "a\nb" }), json!({ "id": 1, "output": "é" })]);
    }
}
