//! Clients that begin a load level at the same moment: a row for each that has arrived, which goes with its worker, and the
//! start, which is set once all are there.

use std::time::{Duration, Instant};

use tokio_postgres::Error;

use super::link::Live;
use crate::store::meeting::{Arrival, ClockReading, Met};

/// Time from the last arrival to the start: enough for each client to hear of it and to claim what it sends first.
const LEAD: Duration = Duration::from_secs(1);

/// Round trips of which the shortest tells the clock.
const TRIPS: u32 = 16;

/// A worker arrives, or looks again who has.
pub(super) async fn arrive(live: &mut Live, worker: i64, arrival: &Arrival) -> Result<Met, Error> {
    let transaction = live.client.transaction().await?;
    let key = arrival.batch.0.as_slice();
    // One lock for each level, so that the start is set once.
    transaction.execute("SELECT pg_advisory_xact_lock(1935892071, hashtext(encode($1, 'hex')))", &[&key]).await?;
    let client = i64::from(arrival.client);
    let there = transaction.query_one(ARRIVE, &[&key, &client, &worker]).await?.try_get::<_, i64>(0)?;
    if there != worker {
        let run = transaction.query_opt("SELECT run FROM workers WHERE id = $1", &[&there]).await?;
        return Ok(Met::Taken { run: run.map_or_else(|| Ok(String::new()), |row| row.try_get(0))? });
    }
    let clients = i64::from(arrival.clients);
    transaction.execute(START, &[&key, &clients, &LEAD.as_secs_f64()]).await?;
    let rows = transaction.query(ARRIVED, &[&key]).await?;
    let at_work = transaction.query_one(AT_WORK, &[&worker]).await?.try_get::<_, i64>(0)?;
    transaction.commit().await?;
    let mut here = Vec::with_capacity(rows.len());
    for row in &rows {
        let number: i64 = row.try_get(0)?;
        if let (true, Some(start_ns)) = (number == client, row.try_get(1)?) {
            return Ok(Met::Start { start_ns });
        }
        here.push(u32::try_from(number).unwrap_or_default());
    }
    let missing = (1..=arrival.clients).filter(|number| !here.contains(number)).collect();
    Ok(Met::Waiting { missing, all_live: at_work >= clients })
}

/// Reads the clock of the database.
pub(super) async fn clock(live: &mut Live) -> Result<Option<ClockReading>, Error> {
    let statement = live.prepared(CLOCK).await?;
    let mut best: Option<ClockReading> = None;
    for _ in 0..TRIPS {
        let before = Instant::now();
        let store_ns = live.client.query_one(&statement, &[]).await?.try_get(0)?;
        let half = before.elapsed() / 2;
        if best.is_none_or(|best| half < best.uncertainty) {
            best = Some(ClockReading { at: before + half, store_ns, uncertainty: half });
        }
    }
    Ok(best)
}

const CLOCK: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint";

/// The worker that is there stays: two runs are not the same client.
const ARRIVE: &str = "INSERT INTO arrivals AS there(key, client, worker) VALUES ($1, $2, $3) \
                      ON CONFLICT (key, client) DO UPDATE SET worker = there.worker RETURNING worker";

const START: &str = "UPDATE arrivals SET start_at = statement_timestamp() + $3 * interval '1 second' WHERE key = $1 \
                     AND start_at IS NULL AND (SELECT count(*) FROM arrivals WHERE key = $1) >= $2";

const ARRIVED: &str = "SELECT client, (extract(epoch FROM start_at) * 1000000000)::bigint FROM arrivals WHERE key = $1";

/// The runs of the experiment of a worker that live.
const AT_WORK: &str = "SELECT count(*) FROM workers w WHERE w.until > clock_timestamp() \
                       AND w.experiment = (SELECT o.experiment FROM workers o WHERE o.id = $1)";
