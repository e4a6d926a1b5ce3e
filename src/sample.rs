//! A sample: one item of a dataset, as every later stage sees it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::message::Message;
use crate::secret::Secrets;

/// One item of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// The row's index in its dataset, from 0, before filter, shuffle and limit.
    pub index: usize,
    /// The row's own identifier, where the dataset has one.
    pub id: Option<String>,
    /// The question.
    pub question: String,
    /// The chat that the question ends, as the row has it; empty for a question alone.
    pub messages: Vec<Message>,
    /// The choices, in order; empty for open questions.
    pub choices: Vec<String>,
    /// The right answer; `None` where the row carries none.
    pub answer: Option<Answer>,
    /// Further right answers; any of them counts as `answer` does.
    pub also: Vec<Answer>,
    /// The text that the question is about.
    pub passage: Option<String>,
    /// The subject, else the subset's name.
    pub subject: Option<String>,
    /// Every other column by its name, for templates.
    pub columns: Map<String, Value>,
}

/// The right answer to a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Answer {
    /// Index of the right choice, from 0.
    Choice(usize),
    /// Text of the answer to an open question.
    Text(String),
}

impl Sample {
    /// All right answers, the first of them `answer`.
    pub fn golds(&self) -> impl Iterator<Item = &Answer> {
        self.answer.iter().chain(&self.also)
    }

    /// The sample without secrets: a mirror that echoes the token it was sent must not have it asked of others.
    #[must_use]
    pub fn redacted(self, secrets: &Secrets) -> Self {
        let clean = |text: String| secrets.redacted(text);
        let clean_answer = |answer: Answer| match answer {
            Answer::Text(text) => Answer::Text(clean(text)),
            choice @ Answer::Choice(_) => choice,
        };
        Self {
            index: self.index,
            id: self.id.map(clean),
            question: clean(self.question),
            messages: (self.messages.into_iter())
                .map(|message| Message { content: clean(message.content), ..message })
                .collect(),
            choices: self.choices.into_iter().map(clean).collect(),
            answer: self.answer.map(clean_answer),
            also: self.also.into_iter().map(clean_answer).collect(),
            passage: self.passage.map(clean),
            subject: self.subject.map(clean),
            columns: self
                .columns
                .into_iter()
                .map(|(name, value)| (clean(name), redacted_value(value, secrets)))
                .collect(),
        }
    }
}

fn redacted_value(value: Value, secrets: &Secrets) -> Value {
    match value {
        Value::String(text) => Value::String(secrets.redacted(text)),
        Value::Array(items) => items.into_iter().map(|item| redacted_value(item, secrets)).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| (secrets.redacted(name), redacted_value(member, secrets)))
            .collect(),
        plain => plain,
    }
}
