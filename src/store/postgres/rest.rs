//! Leaving the rest of an experiment to the other runs that work on it.

use std::time::Duration;

use tokio_postgres::{Error, Row};

use super::claims::Claimant;
use super::presence::ALONE;
use crate::request::RequestKey;
use crate::store::claims::Claim;
use crate::store::rest::{Rest, STANDBY};

impl Claimant {
    /// Takes this worker away if others do the rest. Of several that ask at the same time one is the first, so that never all
    /// of them leave.
    pub(super) async fn attempt_leaving(&mut self, idle: Option<Duration>) -> Result<Option<Rest>, Error> {
        self.bury().await?;
        let (experiment, seconds) = (&self.identity.name.experiment, idle.map(|idle| idle.as_secs_f64()));
        let (live, _) = self.link.open().await?;
        let transaction = live.client.transaction().await?;
        transaction.execute(ALONE, &[experiment]).await?;
        let row = transaction.query_one(OTHERS, &[experiment, &self.worker, &i64::from(STANDBY), &seconds]).await?;
        let rest = rest(&row, idle.is_some())?;
        if rest.is_some() {
            transaction.execute("DELETE FROM workers WHERE id = $1", &[&self.worker]).await?;
        }
        transaction.commit().await?;
        if rest.is_some() {
            self.lose();
        }
        Ok(rest)
    }

    /// How requests stand, once the claims of runs that have ended are gone.
    pub(super) async fn attempt_to_see(&mut self, keys: &[RequestKey]) -> Result<Vec<Claim>, Error> {
        self.bury().await?;
        let worker = self.enter().await?;
        self.standing(worker, keys).await
    }

    /// Takes the claim of a run away that stands by.
    pub(super) async fn relieve(&mut self, key: &RequestKey) -> Result<(), Error> {
        let (live, _) = self.link.open().await?;
        let relieve = "DELETE FROM claims WHERE key = $1 AND batch = $2";
        live.client.execute(relieve, &[&key.0.as_slice(), &i64::from(STANDBY)]).await?;
        Ok(())
    }
}

/// What others have, if it can be left to them.
fn rest(row: &Row, is_idle: bool) -> Result<Option<Rest>, Error> {
    let count = |column: usize| row.try_get::<_, i64>(column).map(i64::unsigned_abs);
    let (own, others, all_heard) = (count(0)?, count(1)?, row.try_get(2)?);
    let rest = Rest { runs: count(3)?, requests: count(4)? };
    let is_enough = !is_idle || (own == 0 && others >= 2 && all_heard);
    Ok((rest.requests > 0 && is_enough).then_some(rest))
}

/// What this worker has claimed; how many others of its experiment live, and whether all of them were heard of in the last
/// seconds; how many of them have claimed requests, and how many.
const OTHERS: &str = "WITH claimed AS (SELECT worker, count(*) AS requests FROM claims WHERE batch < $3 GROUP BY worker), \
    others AS (SELECT w.heard, coalesce(c.requests, 0) AS requests FROM workers w LEFT JOIN claimed c ON c.worker = w.id \
    WHERE w.experiment = $1 AND w.id IS DISTINCT FROM $2 AND w.until > clock_timestamp()) \
    SELECT (SELECT coalesce(sum(requests), 0)::bigint FROM claimed WHERE worker = $2), count(*), \
    coalesce(bool_and(heard > clock_timestamp() - $4 * interval '1 second'), false), \
    count(*) FILTER (WHERE requests > 0), coalesce(sum(requests), 0)::bigint FROM others";
