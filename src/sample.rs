//! A sample: one item of a dataset, as every later stage sees it.

use serde::Serialize;
use serde_json::{Map, Value};

/// One item of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// The row's index in its dataset, from 0, before filter, shuffle and limit.
    pub index: usize,
    /// The row's own identifier, where the dataset has one.
    pub id: Option<String>,
    /// The question.
    pub question: String,
    /// The choices, in order; empty for open questions.
    pub choices: Vec<String>,
    /// The right answer; `None` where the row carries none.
    pub answer: Option<Answer>,
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
