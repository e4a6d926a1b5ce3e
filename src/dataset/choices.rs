//! The choices of a row: a list, a struct, several columns, literal options, or one text with all of them.

use regex::Regex;
use serde_json::Value;

use super::choice::{Choices, cell};
use super::fault::Fault;
use super::marks::{lettered, unmarked};
use super::options::{labelled, listed, without_tail};
use super::path::take;
use super::rows::{Row, kind_of};

/// Where choices come from.
#[derive(Debug, Clone)]
pub(super) enum ChoicesFrom {
    /// Nowhere: the question is open.
    Nothing,
    /// A column of lists or structs.
    Column(String),
    /// Several columns of one choice each.
    Columns(Vec<String>),
    /// The same for every row.
    Literal(Vec<String>),
    /// A column of texts, in which a pattern finds each choice.
    Text(String, Regex),
}

impl ChoicesFrom {
    /// The columns that hold the choices.
    pub(super) fn columns(&self) -> &[String] {
        match self {
            Self::Nothing | Self::Literal(_) => &[],
            Self::Column(column) | Self::Text(column, _) => std::slice::from_ref(column),
            Self::Columns(columns) => columns,
        }
    }

    /// Takes the choices out of a row.
    pub(super) fn take(&self, row: &mut Row) -> Result<Choices, Fault> {
        match self {
            Self::Nothing => Ok(Choices::default()),
            Self::Literal(options) => Ok(Choices::of(options.clone())),
            Self::Column(column) => choices(take(row, column), column),
            Self::Columns(columns) => {
                let mut cells = Vec::with_capacity(columns.len());
                for column in columns {
                    for value in each(take(row, column), column) {
                        cells.push(cell(value, column)?.filter(|text| !text.trim().is_empty()));
                    }
                }
                let are_single = cells.len() == columns.len();
                let choices = without_tail(cells)?;
                let labels = if are_single { labels_of(columns, choices.texts.len()) } else { Vec::new() };
                Ok(unmarked(Choices { labels, ..choices }))
            }
            Self::Text(column, pattern) => {
                let text = cell(take(row, column), column)?.unwrap_or_default();
                let texts: Vec<String> = pattern.captures_iter(&text).filter_map(|found| option(&found)).collect();
                if texts.len() < 2 {
                    return Err(Fault::NoOptions { column: column.clone(), options: texts.len() });
                }
                Ok(Choices::of(texts))
            }
        }
    }
}

/// The choices of a column among others: one, or a list of several, such as the wrong ones.
fn each(value: Value, column: &str) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        // A choice of its own may look like a list; one of several is in a column of many.
        Value::String(text) => match written_list(&text).filter(|_| column.ends_with('s')) {
            Some(Value::Array(items)) => items,
            _ => vec![Value::String(text)],
        },
        value => vec![value],
    }
}

/// The text of an option that a pattern has found.
fn option(found: &regex::Captures<'_>) -> Option<String> {
    let text = found.name("text").or_else(|| found.iter().skip(1).flatten().next()).or_else(|| found.get(0))?;
    Some(text.as_str().trim().to_owned())
}

/// Names of columns are labels, as an answer may name its column; numbers are left to the numbers of choices.
fn labels_of(columns: &[String], count: usize) -> Vec<String> {
    match columns.iter().any(|column| column.parse::<usize>().is_ok()) {
        true => Vec::new(),
        false => columns.iter().take(count).cloned().collect(),
    }
}

/// The choices that a value holds.
pub(super) fn choices(value: Value, column: &str) -> Result<Choices, Fault> {
    match value {
        Value::Null => Ok(Choices::default()),
        Value::String(text) if text.trim().is_empty() => Ok(Choices::default()),
        // CSV has no lists; they are written as JSON, or as Python prints them.
        Value::String(text) => match written_list(&text).or_else(|| written_tuple(&text)) {
            Some(inner) => choices(inner, column),
            None => lettered(&text).ok_or_else(|| Fault::NotChoices { column: column.to_owned(), kind: "a string" }),
        },
        Value::Array(items) => listed(items, column).map(with_whole_labels).map(unmarked),
        Value::Object(object) => labelled(object, column).map(with_whole_labels).map(unmarked),
        other => Err(Fault::NotChoices { column: column.to_owned(), kind: kind_of(&other) }),
    }
}

/// A list or struct that is written as text.
pub(super) fn written_list(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['[', '{']) {
        return None;
    }
    let json = serde_json::from_str(text).ok();
    json.or_else(|| super::python::value(text)).filter(|value: &Value| value.is_array() || value.is_object())
}

/// A tuple of texts as Python prints it: `('red', 'blue')`.
fn written_tuple(text: &str) -> Option<Value> {
    let is_tuple = text.trim_start().strip_prefix('(')?.starts_with(['\'', '"']);
    super::python::value(text).filter(|value| is_tuple && value.is_array())
}

/// Fewer labels than choices cannot be assigned.
fn with_whole_labels(mut choices: Choices) -> Choices {
    if choices.labels.len() < choices.texts.len() {
        choices.labels.clear();
    }
    choices
}
