//! Files that become part of a store in a database, all of them or none.

use std::collections::HashMap;

use rusqlite::Connection;
use rusqlite::types::Value;
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::changes::model_hash;
use super::claims::WorkerName;
use super::database::Database;
use super::errand::{self, Failure};
use super::opened::{Access, PostgresStore};
use super::rows::{self, Together, checked};
use super::upkeep::refuse_if_used;
use super::value::{Cell, Parameter, cells};
use crate::request::KeyHasher;
use crate::store::beside;
use crate::store::error::StoreError;
use crate::store::merge::{Donor, Merged, ModelAtLevel};
use crate::store::rows::{Added, COUNT, IS_FAULT, Known, added, key_of, names_of, sound_values};
use crate::store::schema::{CHECKED, COPIED};

/// Rows that are written as one statement.
const TOGETHER: i64 = 512;

/// Adds the responses of files to a store, whose tables are made if there are none.
pub(in crate::store) fn gather(
    database: &Database,
    donors: Vec<Donor>,
    takes_other_models: bool,
) -> Result<Merged, StoreError> {
    drop(PostgresStore::open(database, Access::Work(WorkerName::default()), Box::new(|_| ()))?);
    errand::run(database, move |mut client, place| async move {
        let transaction = client.transaction().await?;
        refuse_if_used(&transaction, &place).await?;
        let mut merged = Merged::default();
        for donor in &donors {
            let source = donor.open()?;
            let mut gathering = Gathering { donor, source, transaction: &transaction, settings: HashMap::new() };
            gathering.settings()?;
            gathering.responses(&mut merged).await?;
            gathering.models(&mut merged).await?;
            for (table, columns) in CHECKED.iter().filter(|(table, _)| COPIED.contains(table)) {
                gathering.table(table, columns).await?;
            }
        }
        if !merged.models.is_empty() && !takes_other_models {
            return Err(StoreError::OtherModels { models: merged.models }.into());
        }
        transaction.commit().await?;
        Ok(merged)
    })
}

/// A file on its way into a database.
struct Gathering<'g> {
    donor: &'g Donor,
    source: Connection,
    transaction: &'g Transaction<'g>,
    /// By their numbers in the file.
    settings: HashMap<i64, Settings>,
}

/// What responses of a file share.
#[derive(Default)]
struct Settings {
    hash: [u8; 32],
    values: Vec<Value>,
    asked: ModelAtLevel,
}

/// A response of a file, with its prompt: hash, system message and text.
struct Found {
    values: Vec<Value>,
    beside: Vec<Value>,
    prompt: Vec<Value>,
}

impl Gathering<'_> {
    fn settings(&mut self) -> Result<(), StoreError> {
        for mut values in self.values(&format!("SELECT {}, id FROM settings", CHECKED[0].1.join(", ")), &[])? {
            let Some(Value::Integer(number)) = values.pop() else { continue };
            let texts: Vec<String> = values.iter().map(text).collect();
            let [endpoint, model, digest, parameters, repeat, level] = texts.as_slice() else { continue };
            let digest = Some(digest.as_str()).filter(|digest| !digest.is_empty());
            let hasher = KeyHasher::of([endpoint, model], digest, [parameters, repeat, level]);
            let asked = ModelAtLevel { model: model.clone(), level: level.clone() };
            self.settings.insert(number, Settings { hash: hasher.hash(), values, asked });
        }
        Ok(())
    }

    async fn responses(&mut self, merged: &mut Merged) -> Result<(), Failure> {
        let mut after = 0;
        loop {
            let (found, last) = self.found(after)?;
            let Some(last) = last else { return Ok(()) };
            after = last;
            let known = self.known(&found).await?;
            let mut together = Together::new();
            for found in found {
                let settings = self.of(&found);
                let added = added(known.get(&blob(key_of(&found.values))), &found.values);
                merged.count(added, &settings.asked, self.donor)?;
                if matches!(added, Added::New | Added::InPlaceOfAFault) {
                    add(&mut together, settings, found);
                }
            }
            self.write(together).await?;
        }
    }

    /// The next responses, and the number of the last of them.
    fn found(&self, after: i64) -> Result<(Vec<Found>, Option<i64>), StoreError> {
        let lists = beside::PLACES.map(|(table, column)| format!("(SELECT {column} FROM {table} WHERE key = r.key)"));
        let sql = format!(
            "SELECT {}, r.id, {}, p.hash, p.system, p.text FROM responses r JOIN prompts p ON p.id = r.prompt \
             WHERE r.id > ? ORDER BY r.id LIMIT {TOGETHER}",
            *crate::store::rows::COLUMNS,
            lists.join(", ")
        );
        let (mut all, mut last, mut damaged) = (Vec::new(), None, 0);
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.source.prepare_cached(&sql)?;
            let mut rows = statement.query([after])?;
            while let Some(row) = rows.next()? {
                last = Some(row.get(COUNT)?);
                let Some(values) = sound_values(row)? else {
                    damaged += 1;
                    continue;
                };
                let further = |places: std::ops::Range<usize>| {
                    places.map(|place| row.get(COUNT + place)).collect::<rusqlite::Result<Vec<Value>>>()
                };
                all.push(Found { values, beside: further(1..3)?, prompt: further(3..6)? });
            }
            Ok(())
        };
        read().map_err(|error| self.error(&error))?;
        match damaged {
            0 => Ok((all, last)),
            responses => Err(StoreError::Damaged { path: self.donor.path.clone(), responses }),
        }
    }

    fn of(&self, found: &Found) -> &Settings {
        static NONE: std::sync::LazyLock<Settings> = std::sync::LazyLock::new(Settings::default);
        match crate::store::rows::settings_of(&found.values) {
            Some(number) => i64::try_from(number).ok().and_then(|number| self.settings.get(&number)).unwrap_or(&NONE),
            None => &NONE,
        }
    }

    /// What the database has of these requests.
    async fn known(&mut self, found: &[Found]) -> Result<HashMap<Vec<u8>, Known>, Failure> {
        let keys: Vec<Cell> = found.iter().map(|found| Cell(key_of(&found.values).clone())).collect();
        let sql = format!("SELECT key, end_ns, sent_ns, text, {IS_FAULT} FROM responses WHERE key = ANY($1)");
        let mut known = HashMap::with_capacity(found.len());
        for row in self.transaction.query(&sql, &[&keys]).await? {
            let was_fault = row.try_get(4)?;
            if let Ok([key, end, sent, text]) = <[Value; 4]>::try_from(cells(&row, 4)?) {
                known.insert(blob(&key), Known { content: (end, sent, text), was_fault });
            }
        }
        Ok(known)
    }

    async fn write(&mut self, together: Together) -> Result<(), Failure> {
        self.run(&rows::INSERT, together.parameters()).await
    }

    async fn run(&mut self, sql: &str, parameters: Vec<Parameter>) -> Result<(), Failure> {
        let parameters = parameters.iter().map(|parameter| &**parameter as &(dyn ToSql + Sync));
        let statement = self.transaction.prepare(sql).await?;
        self.transaction.execute_raw(&statement, parameters).await?;
        Ok(())
    }

    /// What servers said of their models; where they differ, the first stays, and the difference is named.
    async fn models(&mut self, merged: &mut Merged) -> Result<(), Failure> {
        for values in self.values(&format!("SELECT {} FROM models", CHECKED[2].1.join(", ")), &[])? {
            let [endpoint, model, digest] = [0, 1, 2].map(|place| values.get(place).map(text).unwrap_or_default());
            let hash = Cell(Value::Blob(model_hash(&endpoint, &model)));
            let known = self.transaction.query_opt("SELECT digest FROM models WHERE hash = $1", &[&hash]).await?;
            if let Some(row) = known {
                let known: Option<String> = row.try_get(0)?;
                merged.compare(&model, known.as_deref(), Some(digest.as_str()).filter(|digest| !digest.is_empty()));
                continue;
            }
            let row = [hash].into_iter().chain(values.into_iter().map(Cell)).collect();
            let sql = "INSERT INTO models(hash, endpoint, model, digest, server_version, facts, crc) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
            self.run(sql, checked(row).into_iter().map(|cell| Box::new(cell) as Parameter).collect()).await?;
        }
        Ok(())
    }

    /// Adds the rows of a table that the database has not.
    async fn table(&mut self, table: &str, columns: &[&str]) -> Result<(), Failure> {
        let has_check = table != "stretches";
        let all: Vec<&str> = columns.iter().copied().chain(has_check.then_some("crc")).collect();
        let kinds: Vec<String> =
            all.iter().zip(1..).map(|(name, place)| format!("${place}::{}[]", kind(name))).collect();
        let write = format!(
            "INSERT INTO {table}({}) SELECT * FROM unnest({}) ON CONFLICT DO NOTHING",
            all.join(", "),
            kinds.join(", ")
        );
        let read = format!(
            "SELECT {}, rowid FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT {TOGETHER}",
            columns.join(", ")
        );
        let mut after = Value::Integer(0);
        loop {
            let mut by_column: Vec<Vec<Cell>> = vec![Vec::new(); all.len()];
            let found = self.values(&read, &[&after])?;
            if found.is_empty() {
                return Ok(());
            }
            for mut values in found {
                after = values.pop().unwrap_or(Value::Null);
                let cells: Vec<Cell> = values.into_iter().map(Cell).collect();
                let cells = if has_check { checked(cells) } else { cells };
                by_column.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
            }
            self.run(&write, by_column.into_iter().map(|column| Box::new(column) as Parameter).collect()).await?;
        }
    }

    /// The rows that a statement gives in the file.
    fn values(&self, sql: &str, parameters: &[&dyn rusqlite::ToSql]) -> Result<Vec<Vec<Value>>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Vec<Value>>> {
            let mut statement = self.source.prepare_cached(sql)?;
            let count = statement.column_count();
            let row = |row: &rusqlite::Row<'_>| (0..count).map(|place| row.get(place)).collect();
            statement.query_map(parameters, row)?.collect()
        };
        read().map_err(|error| self.error(&error))
    }

    fn error(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.donor.path, error)
    }
}

/// Adds a response to those that are written together, with what it names.
fn add(together: &mut Together, settings: &Settings, found: Found) {
    let Found { mut values, beside, prompt } = found;
    let named = names_of(&mut values);
    *named[0] = Value::Blob(settings.hash.to_vec());
    *named[1] = prompt.first().cloned().unwrap_or(Value::Null);
    together.add_prompt(prompt.into_iter().map(Cell).collect());
    together.add_settings(settings.hash, settings.values.iter().cloned().map(Cell).collect());
    together.add_response(values.into_iter().chain(beside).map(Cell).collect());
}

/// The type of a column besides those of responses.
fn kind(column: &str) -> &'static str {
    match column {
        "key" | "keys" => "bytea",
        "score" => "float8",
        "requests" | "elapsed_ns" | "part_ns" | "submitted" | "crc" => "bigint",
        _ => "text",
    }
}

fn blob(value: &Value) -> Vec<u8> {
    if let Value::Blob(bytes) = value { bytes.clone() } else { Vec::new() }
}

/// A value as a text; an empty one where there is none.
fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        _ => String::new(),
    }
}
