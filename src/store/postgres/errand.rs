//! An errand to a database: one piece of work on a connection of its own.

use tokio_postgres::Client;

use super::database::Database;
use super::link::{Commits, connect};
use super::schema;
use super::thread::DatabaseThread;
use crate::store::error::StoreError;
use crate::store::postgres_error::PostgresError;

/// Why an errand came to nothing.
pub(super) enum Failure {
    Database(tokio_postgres::Error),
    Store(StoreError),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PostgresError> for Failure {
    fn from(error: PostgresError) -> Self {
        Self::Store(error.into())
    }
}

/// Does something with a database that has the tables of a store; `work` also gets its name, for messages.
pub(super) fn run<T: Send + 'static, F>(
    database: &Database,
    work: impl FnOnce(Client, String) -> F + Send + 'static,
) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, Failure>> + Send,
{
    let address = database.address()?;
    let (place, schema) = (address.place.clone(), address.schema.clone());
    let thread = DatabaseThread::start().map_err(|error| PostgresError::unfit(&place, &error))?;
    let name = place.clone();
    let errand = async move {
        let client = connect(&address, Commits::Synced).await?;
        let found = schema::found(&client, &schema).await?;
        schema::check(found.ok_or_else(|| PostgresError::Absent { place: name.clone() })?, &name)?;
        work(client, name).await
    };
    match thread.wait(errand) {
        Some(Ok(outcome)) => Ok(outcome),
        Some(Err(Failure::Store(error))) => Err(error),
        Some(Err(Failure::Database(error))) => Err(PostgresError::failed(&place, &error).into()),
        None => Err(PostgresError::Closed { place }.into()),
    }
}
