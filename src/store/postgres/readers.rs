//! Connections to read with: several at once, each as long as it is needed.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use super::link::Link;
use super::outage::{Outage, User};
use super::value::Parameter;
use crate::store::postgres_error::PostgresError;

/// Connections that read.
pub(super) struct Readers {
    /// Those that nobody uses.
    spare: Mutex<Vec<Link>>,
    free: Semaphore,
    outage: Arc<Outage>,
    place: String,
}

impl Readers {
    pub(super) fn new(links: Vec<Link>, outage: Arc<Outage>, place: String) -> Self {
        Self { free: Semaphore::new(links.len()), spare: Mutex::new(links), outage, place }
    }

    /// The rows that a statement gives. A database that is away is waited for.
    pub(super) async fn rows(&self, sql: &'static str, parameters: Vec<Parameter>) -> Result<Vec<Row>, PostgresError> {
        let closed = || PostgresError::Closed { place: self.place.clone() };
        let _turn = self.free.acquire().await.map_err(|_| closed())?;
        let mut link = self.spare(|spare| spare.pop()).ok_or_else(closed)?;
        let outcome = self.patient(&mut link, sql, &parameters).await;
        self.spare(|spare| spare.push(link));
        outcome
    }

    async fn patient(
        &self,
        link: &mut Link,
        sql: &'static str,
        parameters: &[Parameter],
    ) -> Result<Vec<Row>, PostgresError> {
        let mut tries = 0;
        loop {
            let error = match read(link, sql, parameters).await {
                Ok(rows) => {
                    self.outage.over(User::Reader);
                    return Ok(rows);
                }
                Err(error) => error,
            };
            link.cut();
            if !self.outage.wait(User::Reader, &error, &mut tries).await {
                return Err(PostgresError::failed(&self.place, &error));
            }
        }
    }

    fn spare<T>(&self, take: impl FnOnce(&mut Vec<Link>) -> T) -> T {
        take(&mut self.spare.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn read(link: &mut Link, sql: &'static str, parameters: &[Parameter]) -> Result<Vec<Row>, Error> {
    let (live, _) = link.open().await?;
    let statement = live.prepared(sql).await?;
    let parameters: Vec<&(dyn ToSql + Sync)> =
        parameters.iter().map(|parameter| &**parameter as &(dyn ToSql + Sync)).collect();
    live.client.query(&statement, &parameters).await
}
