//! Upkeep of a store in a database: what it holds, and removing responses.

use std::sync::LazyLock;

use rusqlite::types::Value;
use tokio_postgres::{Client, Row, Transaction};

use super::database::Database;
use super::errand::{self, Failure};
use super::schema::has_table;
use super::value::{cells, escaped};
use crate::store::contents::{Contents, ModelContents, OfModel};
use crate::store::error::StoreError;
use crate::store::postgres_error::PostgresError;
use crate::store::rows::IS_FAULT;

/// Looks into a store.
pub(in crate::store) fn contents(database: &Database) -> Result<Contents, StoreError> {
    errand::run(database, |client, _| async move { look(&client).await })
}

async fn look(client: &Client) -> Result<Contents, Failure> {
    let bytes: i64 = client.query_one(BYTES, &[]).await?.try_get(0)?;
    let verdicts: i64 = client.query_one("SELECT count(*) FROM verdicts", &[]).await?.try_get(0)?;
    let models = client.query(&*MODELS, &[]).await?;
    let models = models.iter().map(|row| {
        let (names, count) = (texts(row)?, |column| row.try_get(column).map(i64::unsigned_abs));
        let [endpoint, model] = names;
        Ok(ModelContents { endpoint, model, answers: count(2)?, faults: count(3)?, warmups: count(4)? })
    });
    let models = models.collect::<Result<_, tokio_postgres::Error>>()?;
    let runs = client.query("SELECT run, count(*) FROM responses GROUP BY run ORDER BY min(id)", &[]).await?;
    let runs = runs.iter().map(|row| {
        let [run] = texts(row)?;
        Ok((run, row.try_get::<_, i64>(1)?.unsigned_abs()))
    });
    let runs = runs.collect::<Result<_, tokio_postgres::Error>>()?;
    Ok(Contents { bytes: bytes.unsigned_abs(), models, runs, verdicts: verdicts.unsigned_abs() })
}

/// The texts that a row begins with.
fn texts<const COUNT: usize>(row: &Row) -> Result<[String; COUNT], tokio_postgres::Error> {
    let mut texts = std::array::from_fn(|_| String::new());
    for (text, value) in texts.iter_mut().zip(cells(row, COUNT)?) {
        if let Value::Text(told) = value {
            *text = told;
        }
    }
    Ok(texts)
}

const BYTES: &str = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c \
                     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'";

static MODELS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT s.endpoint, s.model, count(*) FILTER (WHERE r.warmup = 0 AND NOT r.{IS_FAULT}), \
         count(*) FILTER (WHERE r.warmup = 0 AND r.{IS_FAULT}), count(*) FILTER (WHERE r.warmup <> 0) FROM responses r \
         JOIN settings s ON s.hash = r.settings GROUP BY 1, 2 ORDER BY s.endpoint COLLATE \"C\", s.model COLLATE \"C\""
    )
});

/// Removes what a store holds of a model, and what only its requests needed; returns the number of responses.
pub(in crate::store) fn remove(database: &Database, of: OfModel<'_>) -> Result<u64, StoreError> {
    let (model, endpoint) = (escaped(of.model).into_owned(), of.endpoint.map(|name| escaped(name).into_owned()));
    errand::run(database, |mut client, place| async move {
        let transaction = client.transaction().await?;
        refuse_if_used(&transaction, &place).await?;
        let removed = transaction.execute(REMOVE, &[&model, &endpoint]).await?;
        let rest = "DELETE FROM models WHERE model = $1 AND ($2::text IS NULL OR endpoint = $2)";
        transaction.execute(rest, &[&model, &endpoint]).await?;
        for rest in [
            "DELETE FROM settings s WHERE NOT EXISTS (SELECT FROM responses r WHERE r.settings = s.hash)",
            "DELETE FROM prompts WHERE hash NOT IN (SELECT prompt FROM responses)",
            "DELETE FROM telemetry WHERE run NOT IN (SELECT run FROM responses)",
        ] {
            transaction.execute(rest, &[]).await?;
        }
        if has_table(&transaction, "failed_attempts").await? {
            transaction.execute(UNATTEMPTED, &[]).await?;
        }
        transaction.commit().await?;
        Ok(removed)
    })
}

/// Removes failed attempts at requests that have no response.
const UNATTEMPTED: &str =
    "DELETE FROM failed_attempts a WHERE NOT EXISTS (SELECT FROM responses r WHERE r.key = a.key)";

const REMOVE: &str = "DELETE FROM responses WHERE settings IN \
                      (SELECT hash FROM settings WHERE model = $1 AND ($2::text IS NULL OR endpoint = $2))";

/// Refuses to change what runs work on; a run that begins meanwhile waits until the transaction has ended.
pub(super) async fn refuse_if_used(transaction: &Transaction<'_>, place: &str) -> Result<(), Failure> {
    transaction.batch_execute("LOCK TABLE workers IN SHARE ROW EXCLUSIVE MODE").await?;
    let living = "SELECT count(*) FROM workers WHERE until > clock_timestamp()";
    let living: i64 = transaction.query_one(living, &[]).await?.try_get(0)?;
    match living {
        0 => Ok(()),
        runs => Err(PostgresError::InUse { place: place.to_owned(), runs }.into()),
    }
}
