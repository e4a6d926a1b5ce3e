//! The row of a worker: entered before its first claim, renewed while it lives, and removed when its lease has run out.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio_postgres::Error;
use tokio_postgres::types::ToSql;

use super::claims::{Claimant, WorkerIdentity};
use super::link::Live;
use crate::store::owner::{LEASE, Owner, millis};

/// Time between two looks for workers that have ended.
const BURIALS: Duration = Duration::from_secs(1);

impl Claimant {
    /// Removes workers whose lease has run out, and those that have ended on this machine; with them go their claims. Many
    /// runs look for them, so that each does so once in a while.
    pub(super) async fn bury(&mut self) -> Result<(), Error> {
        if self.buried.is_some_and(|buried| buried.elapsed() < BURIALS) {
            return Ok(());
        }
        let owner = &self.identity.owner;
        let (live, _) = self.link.open().await?;
        let (expire, neighbours) = (live.prepared(EXPIRE).await?, live.prepared(NEIGHBOURS).await?);
        live.client.execute(&expire, &[]).await?;
        self.buried = Some(Instant::now());
        if owner.host.is_empty() {
            return Ok(());
        }
        let rows = live.client.query(&neighbours, &[&owner.host, &self.worker]).await?;
        let mut ended: Vec<i64> = Vec::new();
        for row in &rows {
            let (process, started): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
            let process = u32::try_from(process).unwrap_or_default();
            let other = Owner { process, started: started.unsigned_abs(), ..owner.clone() };
            if other.has_ended(owner) {
                ended.push(row.try_get(0)?);
            }
        }
        if !ended.is_empty() {
            live.client.execute("DELETE FROM workers WHERE id = ANY($1)", &[&ended]).await?;
        }
        Ok(())
    }

    pub(super) async fn enter(&mut self) -> Result<i64, Error> {
        if let Some(worker) = self.worker {
            return Ok(worker);
        }
        let WorkerIdentity { owner, name, .. } = &self.identity;
        let (process, started) = (i64::from(owner.process), i64::try_from(owner.started).unwrap_or(i64::MAX));
        let before = self.reckoning.now();
        let (live, _) = self.link.open().await?;
        let transaction = live.client.transaction().await?;
        // Of several that begin at the same time one is the first.
        transaction.execute(ALONE, &[&name.experiment]).await?;
        let (seconds, team) = (LEASE.as_secs_f64(), self.team);
        let values: [&(dyn ToSql + Sync); 8] =
            [&owner.host, &process, &started, &name.machine, &name.run, &name.experiment, &seconds, &team];
        let row = transaction.query_one(ENTER, &values).await?;
        transaction.commit().await?;
        let worker = row.try_get(0)?;
        self.worker = Some(worker);
        self.team = row.try_get::<_, Option<i64>>(1)?.or(Some(worker));
        self.reckoning.lease.renew(before.saturating_add(millis(LEASE)));
        // Before anything is sent.
        self.look().await?;
        Ok(worker)
    }

    /// This worker lives.
    pub(super) async fn beat(&mut self) -> Result<(), Error> {
        let Some(worker) = self.worker else { return Ok(()) };
        let before = self.reckoning.now();
        let stored = i64::try_from(self.stored.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let (live, _) = self.link.open().await?;
        let renew = live.prepared(RENEW).await?;
        match live.client.execute(&renew, &[&worker, &LEASE.as_secs_f64(), &stored]).await? {
            // It had run out, and others may have taken over.
            0 => self.lose(),
            _ => self.reckoning.lease.renew(before.saturating_add(millis(LEASE))),
        }
        Ok(())
    }

    /// What was claimed so far may be others' now.
    pub(super) fn lose(&mut self) {
        self.worker = None;
        self.reckoning.lease.lose();
    }

    pub(super) async fn leave(&mut self) -> Result<(), Error> {
        let Some(worker) = self.worker.take() else { return Ok(()) };
        let (live, _): (&mut Live, bool) = self.link.open().await?;
        live.client.execute("DELETE FROM workers WHERE id = $1", &[&worker]).await?;
        Ok(())
    }
}

/// Waits for a worker that is renewing its lease at this moment, and looks at it again then.
const EXPIRE: &str = "DELETE FROM workers WHERE until < clock_timestamp()";

const NEIGHBOURS: &str = "SELECT id, process, started FROM workers WHERE host = $1 AND id IS DISTINCT FROM $2";

pub(super) const ALONE: &str = "SELECT pg_advisory_xact_lock(1935892070, hashtext($1))";

/// A worker that comes back brings its team along; another joins that of those who live, or begins one.
const ENTER: &str = "INSERT INTO workers(host, process, started, machine, run, experiment, until, team) \
                     VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 second', \
                     coalesce($8, (SELECT min(coalesce(w.team, w.id)) FROM workers w WHERE w.experiment = $6 \
                     AND w.until > clock_timestamp()))) RETURNING id, team";

const RENEW: &str = "UPDATE workers SET until = clock_timestamp() + $2 * interval '1 second', \
                     heard = clock_timestamp(), stored = $3 WHERE id = $1 AND until > clock_timestamp()";
