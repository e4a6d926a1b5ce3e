//! The choices of a row: a list, a struct, several columns, literal options, or one text with all of them.

use regex::Regex;
use serde_json::{Map, Value};

use super::fault::Fault;
use super::path::take;
use super::rows::{Row, kind_of, scalar_text};

/// The choices of a row, with their labels if each has one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Choices {
    pub texts: Vec<String>,
    pub labels: Vec<String>,
}

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
            Self::Literal(options) => Ok(Choices { texts: options.clone(), labels: Vec::new() }),
            Self::Column(column) => choices(take(row, column), column),
            Self::Columns(columns) => {
                let mut cells = Vec::with_capacity(columns.len());
                for column in columns {
                    for value in each(take(row, column), column) {
                        cells.push(cell(value, column)?.filter(|text| !text.trim().is_empty()));
                    }
                }
                let are_single = cells.len() == columns.len();
                let texts = without_tail(cells)?;
                Ok(Choices { labels: if are_single { labels_of(columns, texts.len()) } else { Vec::new() }, texts })
            }
            Self::Text(column, pattern) => {
                let text = cell(take(row, column), column)?.unwrap_or_default();
                let texts: Vec<String> = pattern.captures_iter(&text).filter_map(|found| option(&found)).collect();
                if texts.len() < 2 {
                    return Err(Fault::NoOptions { column: column.clone(), options: texts.len() });
                }
                Ok(Choices { texts, labels: Vec::new() })
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

/// A scalar as text; `None` if it is null.
pub(super) fn cell(value: Value, column: &str) -> Result<Option<String>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Array(_) | Value::Object(_) => Err(Fault::NotText { column: column.to_owned(), kind: kind_of(&value) }),
        scalar => Ok(scalar_text(&scalar)),
    }
}

/// The choices that a value holds.
pub(super) fn choices(value: Value, column: &str) -> Result<Choices, Fault> {
    match value {
        Value::Null => Ok(Choices::default()),
        Value::String(text) if text.trim().is_empty() => Ok(Choices::default()),
        // CSV has no lists; they are written as JSON, or as Python prints them.
        Value::String(text) => match written_list(&text) {
            Some(inner) => choices(inner, column),
            None => lettered(&text).ok_or_else(|| Fault::NotChoices { column: column.to_owned(), kind: "a string" }),
        },
        Value::Array(items) => listed(items, column).map(with_whole_labels),
        Value::Object(object) => labelled(object, column).map(with_whole_labels),
        other => Err(Fault::NotChoices { column: column.to_owned(), kind: kind_of(&other) }),
    }
}

/// `A) Paris B) Rome C) Oslo`: choices in one text, each behind its letter, which stands nowhere else.
fn lettered(text: &str) -> Option<Choices> {
    let (mut texts, mut labels, mut rest) = (Vec::new(), Vec::new(), text.trim());
    let first = rest.trim_start_matches('(').chars().next().filter(|c| matches!(c, 'A' | 'a'))?;
    for label in first..=char::from(first as u8 + 25) {
        let Some((before, behind)) = split_at_label(rest, label) else { break };
        match texts.last_mut() {
            Some(last) => *last = before,
            None if before.is_empty() => {}
            None => return None,
        }
        // A label that comes twice may belong to a text.
        if split_at_label(behind, label).is_some() {
            return None;
        }
        texts.push(behind.trim());
        labels.push(label.to_string());
        rest = behind;
    }
    let texts: Vec<String> =
        texts.into_iter().map(|text| text.trim_end_matches([',', ';']).trim().to_owned()).collect();
    (texts.len() > 1 && texts.iter().all(|text| !text.is_empty())).then_some(Choices { texts, labels })
}

/// What stands before and behind a label such as `B)`, `(B)`, `B.` or `b )`.
fn split_at_label(text: &str, label: char) -> Option<(&str, &str)> {
    text.match_indices(label).find_map(|(at, _)| {
        let before = &text[..at];
        let open = before.strip_suffix('(').unwrap_or(before);
        let is_free = open.is_empty() || open.ends_with(|c: char| c.is_whitespace() || ",;".contains(c));
        let behind = text[at + label.len_utf8()..].trim_start_matches(' ').strip_prefix([')', '.', ':'])?;
        let is_apart = behind.starts_with(char::is_whitespace) || text[at + 1..].starts_with(')');
        (is_free && is_apart).then(|| (open.trim(), behind))
    })
}

/// A list or struct that is written as text.
pub(super) fn written_list(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['[', '{']) {
        return None;
    }
    let json = serde_json::from_str(text).ok();
    json.or_else(|| super::python::value(text)).filter(|value: &Value| value.is_array() || value.is_object())
}

/// Fewer labels than choices cannot be assigned.
fn with_whole_labels(mut choices: Choices) -> Choices {
    if choices.labels.len() < choices.texts.len() {
        choices.labels.clear();
    }
    choices
}

fn listed(items: Vec<Value>, column: &str) -> Result<Choices, Fault> {
    if !items.is_empty() && items.iter().all(|item| item.get("text").is_some()) {
        let labels = items.iter().filter_map(|item| scalar_text(item.get("label")?)).collect();
        let texts = items.into_iter().map(|mut item| item.get_mut("text").map(Value::take).unwrap_or_default());
        return Ok(Choices { texts: texts_of(texts, column)?, labels });
    }
    Ok(Choices { texts: texts_of(items.into_iter(), column)?, labels: Vec::new() })
}

/// A struct of a list `text` or `choices` and a list `label`, or an object that maps labels to texts.
fn labelled(mut object: Map<String, Value>, column: &str) -> Result<Choices, Fault> {
    for name in ["text", "choices"] {
        if let Some(Value::Array(texts)) = object.get_mut(name).map(Value::take) {
            let labels = match object.remove("label") {
                Some(Value::Array(labels)) => labels.iter().filter_map(scalar_text).collect(),
                _ => Vec::new(),
            };
            return Ok(Choices { texts: texts_of(texts.into_iter(), column)?, labels });
        }
    }
    let mut cells: Vec<(String, Value)> = object.into_iter().collect();
    cells.sort_by(|(one, _), (other, _)| (one.len(), one).cmp(&(other.len(), other)));
    let (labels, texts): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
    Ok(Choices { texts: texts_of(texts.into_iter(), column)?, labels })
}

fn texts_of(items: impl Iterator<Item = Value>, column: &str) -> Result<Vec<String>, Fault> {
    without_tail(items.map(|item| cell(item, column)).collect::<Result<_, _>>()?)
}

/// Rows with fewer choices than others end in empty ones; an empty choice before another is an error.
fn without_tail(mut texts: Vec<Option<String>>) -> Result<Vec<String>, Fault> {
    while texts.last().is_some_and(Option::is_none) {
        texts.pop();
    }
    texts.into_iter().enumerate().map(|(at, text)| text.ok_or(Fault::ChoiceGap(at))).collect()
}
