//! Responses as rows of the database: the columns that a file has, and what few responses have beside them.

use std::sync::LazyLock;

use rusqlite::types::{Value, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use super::value::{Cell, Parameter, cells, lent};
use crate::request::{Request, Settings};
use crate::response::Response;
use crate::store::check;
use crate::store::rows::{IS_FAULT, NAMES, Parts, response, with_values};

/// Columns that hold bytes, and those that hold texts; the others hold numbers.
const BYTES: [&str; 4] = ["key", "settings", "prompt", "gaps"];
const TEXTS: [&str; 9] =
    ["sample", "run", "status", "fault", "text", "reasoning", "finish_reason", "alternatives", "calls"];

/// What few responses have, as JSON.
const BESIDE: [&str; 2] = ["alternatives", "calls"];

/// How many columns a check covers.
const COUNT: usize = NAMES.len() + BESIDE.len();

fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().chain(BESIDE).chain(["crc"])
}

/// The columns of a response `r` as [`read`] takes them.
pub(super) static COLUMNS: LazyLock<String> =
    LazyLock::new(|| names().map(|name| format!("r.{name}")).collect::<Vec<_>>().join(", "));

/// How many columns these are.
pub(super) const WIDTH: usize = COUNT + 1;

/// Writes responses with the prompts and settings that they name, as one statement and so whole or not at all. A response
/// replaces a fault of the same request, and never another answer.
pub(super) static INSERT: LazyLock<String> = LazyLock::new(|| {
    let list = names().collect::<Vec<_>>().join(", ");
    let arrays: Vec<String> = names()
        .zip(PROMPT.len() + SETTINGS.len() + 1..)
        .map(|(name, place)| format!("${place}::{}[]", kind(name)))
        .collect();
    let updates: Vec<String> = names().map(|name| format!("{name} = excluded.{name}")).collect();
    format!(
        "WITH said AS (INSERT INTO prompts(hash, system, text) SELECT * FROM unnest({}) ON CONFLICT DO NOTHING), \
         used AS (INSERT INTO settings(hash, endpoint, model, digest, parameters, repeat, level, crc) \
         SELECT * FROM unnest({}) ON CONFLICT DO NOTHING) \
         INSERT INTO responses({list}) SELECT * FROM unnest({}) ON CONFLICT (key) DO UPDATE SET {}, tx = DEFAULT \
         WHERE responses.{IS_FAULT}",
        typed(&PROMPT, 1),
        typed(&SETTINGS, PROMPT.len() + 1),
        arrays.join(", "),
        updates.join(", ")
    )
});

/// The types of what is written of prompts and of settings.
const PROMPT: [&str; 3] = ["bytea", "text", "text"];
const SETTINGS: [&str; 8] = ["bytea", "text", "text", "text", "text", "bigint", "text", "bigint"];

fn typed(types: &[&str], first: usize) -> String {
    types.iter().zip(first..).map(|(name, place)| format!("${place}::{name}[]")).collect::<Vec<_>>().join(", ")
}

fn kind(column: &str) -> &'static str {
    match column {
        name if BYTES.contains(&name) => "bytea",
        name if TEXTS.contains(&name) => "text",
        _ => "bigint",
    }
}

/// Rows that are written together: the columns of each of the three tables.
pub(super) struct Together {
    prompts: Table,
    settings: Table,
    responses: Table,
}

/// The rows of a table by their columns.
struct Table(Vec<Vec<Cell>>);

impl Table {
    fn new(columns: usize) -> Self {
        Self(vec![Vec::new(); columns])
    }

    fn push(&mut self, values: Vec<Cell>) {
        self.0.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
    }

    fn parameters(self) -> impl Iterator<Item = Parameter> {
        self.0.into_iter().map(|column| Box::new(column) as Parameter)
    }
}

impl Together {
    pub(super) fn new() -> Self {
        Self { prompts: Table::new(PROMPT.len()), settings: Table::new(SETTINGS.len()), responses: Table::new(WIDTH) }
    }

    /// Adds a prompt.
    pub(super) fn prompt(&mut self, request: &Request) -> rusqlite::Result<()> {
        let prompt = &request.prompt;
        let (text, system) = (prompt.stored_text(), prompt.system.as_deref());
        self.add_prompt(owned(&[&prompt.hash, &system, &text.as_ref()])?);
        Ok(())
    }

    /// Adds hash, system message and text of a prompt.
    pub(super) fn add_prompt(&mut self, values: Vec<Cell>) {
        self.prompts.push(values);
    }

    /// Adds settings with their hash.
    pub(super) fn settings(&mut self, settings: &Settings, hash: &[u8; 32]) -> rusqlite::Result<()> {
        let values: [&dyn rusqlite::ToSql; 6] = [
            &settings.endpoint,
            &settings.model,
            &settings.digest.as_deref().unwrap_or(""),
            &settings.parameters_text(),
            &settings.repeat,
            &settings.level.to_string(),
        ];
        self.add_settings(*hash, owned(&values)?);
        Ok(())
    }

    /// Adds the values of settings under their hash.
    pub(super) fn add_settings(&mut self, hash: [u8; 32], values: Vec<Cell>) {
        let mut row = vec![Cell(Value::Blob(hash.to_vec()))];
        row.extend(checked(values));
        self.settings.push(row);
    }

    /// Adds a response, whose settings have this hash.
    pub(super) fn response(&mut self, request: &Request, response: &Response, hash: &[u8; 32]) -> rusqlite::Result<()> {
        let parts = Parts { request, response, settings: hash, prompt: &request.prompt.hash };
        let mut row = with_values(&parts, owned)?;
        row.push(list(&response.alternatives)?);
        row.push(list(&response.calls)?);
        self.add_response(row);
        Ok(())
    }

    /// Adds the values of a response, with what few responses have beside them.
    pub(super) fn add_response(&mut self, values: Vec<Cell>) {
        self.responses.push(checked(values));
    }

    /// What [`INSERT`] is run with.
    pub(super) fn parameters(self) -> Vec<Parameter> {
        self.prompts.parameters().chain(self.settings.parameters()).chain(self.responses.parameters()).collect()
    }
}

pub(super) fn owned(values: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<Vec<Cell>> {
    values.iter().map(|value| Cell::of(*value)).collect()
}

/// Values, and their check behind them.
pub(super) fn checked(mut values: Vec<Cell>) -> Vec<Cell> {
    let sum = check::sum(values.iter().map(|cell| ValueRef::from(&cell.0)));
    values.push(Cell(Value::Integer(sum.into())));
    values
}

/// The first `count` values of a row, if they are those of which the next column is the check.
pub(super) fn sound(row: &Row, count: usize) -> Result<Option<Vec<Value>>, tokio_postgres::Error> {
    let mut values = cells(row, count + 1)?;
    let sum = values.pop();
    let is_sound = sum == Some(Value::Integer(check::sum(values.iter().map(ValueRef::from)).into()));
    Ok(is_sound.then_some(values))
}

/// Reads a row that was selected with [`COLUMNS`]; nothing if it is not as it was written.
pub(super) fn read(row: &Row) -> Result<Option<Response>, tokio_postgres::Error> {
    // In place: of each row there are some forty values, and a copy of each would be half the work of reading it.
    let values = lent(row, WIDTH)?;
    let values: Vec<ValueRef<'_>> = values.iter().map(ValueRef::from).collect();
    let Some((sum, values)) = values.split_last() else { return Ok(None) };
    if *sum != ValueRef::Integer(check::sum(values.iter().copied()).into()) {
        return Ok(None);
    }
    let Some((own, beside)) = values.split_first_chunk() else { return Ok(None) };
    // A value of another type is damage as well.
    let Ok(Some(mut response)) = response(own) else { return Ok(None) };
    let [alternatives, calls] = beside else { return Ok(None) };
    let (Some(alternatives), Some(calls)) = (items(*alternatives), items(*calls)) else { return Ok(None) };
    (response.alternatives, response.calls) = (alternatives, calls);
    Ok(Some(response))
}

fn list(items: &[impl Serialize]) -> rusqlite::Result<Cell> {
    if items.is_empty() {
        return Ok(Cell(Value::Null));
    }
    let text = serde_json::to_string(items).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    Ok(Cell(Value::Text(text)))
}

fn items<T: DeserializeOwned>(value: ValueRef<'_>) -> Option<Vec<T>> {
    match value {
        ValueRef::Text(text) => serde_json::from_slice(text).ok(),
        _ => Some(Vec::new()),
    }
}
