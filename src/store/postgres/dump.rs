//! A store in a database as a file: what is merged out of it, by one look at it while others may write.

use std::collections::HashMap;
use std::path::Path;

use futures::TryStreamExt;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Row, Transaction};

use super::database::Database;
use super::errand::{self, Failure};
use super::rows;
use super::schema::has_table;
use super::value::cells;
use crate::store::error::StoreError;
use crate::store::postgres_error::PostgresError;
use crate::store::schema::{CHECKED, COPIED};
use crate::store::{beside, check, schema};

/// Writes a store as a new file.
pub(in crate::store) fn copy_out(database: &Database, path: &Path) -> Result<(), StoreError> {
    let path = path.to_owned();
    errand::run(database, |mut client, place| async move {
        let transaction =
            client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await?;
        let mut copy = Copy::begin(&path, place)?;
        copy.settings(&transaction).await?;
        copy.prompts(&transaction).await?;
        copy.responses(&transaction).await?;
        for (table, columns) in CHECKED.iter().filter(|(table, _)| *table == "models" || COPIED.contains(table)) {
            // Tables of an older format are looked at as they are.
            if has_table(&transaction, table).await? {
                copy.table(&transaction, table, columns).await?;
            }
        }
        Ok(copy.end()?)
    })
}

/// A file in the making.
struct Copy {
    connection: Connection,
    place: String,
    path: std::path::PathBuf,
    /// The numbers of settings by their hashes.
    settings: HashMap<Vec<u8>, i64>,
    responses: i64,
}

impl Copy {
    fn begin(path: &Path, place: String) -> Result<Self, StoreError> {
        let error = |source: rusqlite::Error| StoreError::sqlite(path, &source);
        schema::fill(path).map_err(error)?;
        let (connection, _) = schema::open(path)?;
        connection.execute_batch("BEGIN").map_err(error)?;
        let (path, settings) = (path.to_owned(), HashMap::new());
        Ok(Self { connection, place, path, settings, responses: 0 })
    }

    fn end(self) -> Result<(), StoreError> {
        self.connection.execute_batch("COMMIT").map_err(|source| StoreError::sqlite(&self.path, &source))
    }

    async fn settings(&mut self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let names = CHECKED[0].1.join(", ");
        for row in transaction.query(&format!("SELECT hash, {names}, crc FROM settings"), &[]).await? {
            let hash: Vec<u8> = row.try_get(0)?;
            let values = self.sound(behind_hash(&row, CHECKED[0].1.len())?, "settings")?;
            self.insert("settings", CHECKED[0].1, &values)?;
            self.settings.insert(hash, self.connection.last_insert_rowid());
        }
        Ok(())
    }

    async fn prompts(&mut self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let mut rows = std::pin::pin!(stream(transaction, "SELECT hash, system, text FROM prompts").await?);
        while let Some(row) = rows.try_next().await? {
            let values = cells(&row, 3)?;
            let insert = self.connection.prepare_cached("INSERT INTO prompts(hash, system, text) VALUES(?,?,?)");
            insert
                .and_then(|mut insert| insert.execute(params_from_iter(values)))
                .map_err(|error| self.error(&error))?;
        }
        Ok(())
    }

    async fn responses(&mut self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let sql = format!("SELECT {} FROM responses r ORDER BY r.id", *rows::COLUMNS);
        let mut rows = std::pin::pin!(stream(transaction, &sql).await?);
        while let Some(row) = rows.try_next().await? {
            let values = rows::sound(&row, rows::WIDTH - 1)?.ok_or_else(|| self.damaged("responses"))?;
            self.response(values).map_err(|error| self.error(&error))?;
        }
        Ok(())
    }

    /// Writes a response, whose last values have tables of their own in a file.
    fn response(&mut self, mut values: Vec<Value>) -> rusqlite::Result<()> {
        let mut lists = values.split_off(values.len() - beside::PLACES.len()).into_iter();
        let [settings, prompt] = crate::store::rows::names_of(&mut values);
        if let Value::Blob(hash) = settings {
            *settings = Value::Integer(self.settings.get(hash).copied().unwrap_or_default());
        }
        let find = "SELECT id FROM prompts WHERE hash=?";
        *prompt = self.connection.prepare_cached(find)?.query_row([&*prompt], |row| row.get(0))?;
        self.responses += 1;
        crate::store::rows::insert(&self.connection, self.responses, &values)?;
        for (table, column) in beside::PLACES {
            if let Some(list @ Value::Text(_)) = lists.next() {
                let sql = format!("INSERT INTO {table}(key, {column}, crc) VALUES(?,?,?)");
                check::execute(self.connection.prepare_cached(&sql)?, &[&values[0], &list])?;
            }
        }
        Ok(())
    }

    async fn table(
        &mut self,
        transaction: &Transaction<'_>,
        table: &'static str,
        columns: &[&str],
    ) -> Result<(), Failure> {
        let names = columns.join(", ");
        let sql = match table {
            // Those have no check in a database.
            "stretches" => format!("SELECT {names} FROM {table}"),
            "models" => format!("SELECT hash, {names}, crc FROM {table}"),
            _ => format!("SELECT {names}, crc FROM {table}"),
        };
        let mut rows = std::pin::pin!(stream(transaction, &sql).await?);
        while let Some(row) = rows.try_next().await? {
            let values = match table {
                "stretches" => cells(&row, columns.len())?,
                "models" => {
                    let values = rows::sound(&row, columns.len() + 1)?.ok_or_else(|| self.damaged(table))?;
                    values.into_iter().skip(1).collect()
                }
                _ => rows::sound(&row, columns.len())?.ok_or_else(|| self.damaged(table))?,
            };
            self.insert(table, columns, &values)?;
        }
        Ok(())
    }

    fn insert(&self, table: &str, columns: &[&str], values: &[Value]) -> Result<(), StoreError> {
        let places = "?, ".repeat(columns.len());
        let sql = format!("INSERT INTO {table}({}, crc) VALUES({places}?)", columns.join(", "));
        let values: Vec<&dyn rusqlite::ToSql> = values.iter().map(|value| value as &dyn rusqlite::ToSql).collect();
        let insert = self.connection.prepare_cached(&sql);
        insert.and_then(|insert| check::execute(insert, &values)).map_err(|error| self.error(&error))
    }

    fn sound(&self, values: Option<Vec<Value>>, table: &'static str) -> Result<Vec<Value>, StoreError> {
        values.ok_or_else(|| self.damaged(table))
    }

    fn damaged(&self, table: &'static str) -> StoreError {
        PostgresError::Damaged { place: self.place.clone(), table, rows: 1 }.into()
    }

    fn error(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, error)
    }
}

/// The values behind the first one of a row, if they are those of which the next is the check.
fn behind_hash(row: &Row, count: usize) -> Result<Option<Vec<Value>>, tokio_postgres::Error> {
    let mut values = cells(row, count + 2)?.split_off(1);
    let sum = values.pop();
    let own = check::sum(values.iter().map(rusqlite::types::ValueRef::from));
    Ok((sum == Some(Value::Integer(own.into()))).then_some(values))
}

/// The rows of a statement, as they come.
async fn stream(transaction: &Transaction<'_>, sql: &str) -> Result<tokio_postgres::RowStream, tokio_postgres::Error> {
    transaction.query_raw(sql, std::iter::empty::<&(dyn ToSql + Sync)>()).await
}
