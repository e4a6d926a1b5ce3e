//! The pace of servers that several runs ask: a row for each that was too much for its server lately. Who is told so first
//! writes it, and the database wakes the others.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio_postgres::Error;

use super::link::{Live, channel};
use crate::store::pace::{Heed, Overload, SharedServer};

/// The hash of a server's name.
pub(super) type ServerHash = [u8; 32];

/// What a server is known by; `host` is this machine, or empty.
pub(super) fn hash(server: SharedServer<'_>, host: &str) -> ServerHash {
    let host = if server.is_here { host } else { "" };
    Sha256::new().chain_update(server.url).chain_update([0]).chain_update(host).finalize().into()
}

/// Who hears of which server, and what they have heard.
#[derive(Default)]
pub(super) struct Pace {
    heeds: HashMap<ServerHash, Vec<Heed>>,
    /// When the last overload was written that is known here, by the database's clock in microseconds.
    heard: HashMap<ServerHash, i64>,
}

impl Pace {
    pub(super) fn join(&mut self, server: ServerHash, heed: Heed) {
        self.heeds.entry(server).or_default().push(heed);
    }

    /// Writes that a server was overloaded.
    pub(super) async fn tell(
        &mut self,
        live: &mut Live,
        schema: &str,
        (server, overload): (ServerHash, Overload),
    ) -> Result<(), Error> {
        let tell = live.prepared(TELL).await?;
        let pause = overload.pause().unwrap_or_default().as_secs_f64();
        let told = live.client.query_opt(&tell, &[&server.as_slice(), &pause, &channel(schema)]).await?;
        if let Some(row) = told {
            self.heard.insert(server, row.try_get(0)?);
        }
        Ok(())
    }

    /// Looks what servers told others.
    pub(super) async fn look(&mut self, live: &mut Live) -> Result<(), Error> {
        if self.heeds.is_empty() {
            return Ok(());
        }
        let servers: Vec<&[u8]> = self.heeds.keys().map(ServerHash::as_slice).collect();
        let look = live.prepared(LOOK).await?;
        // From before the database was asked, so that nobody waits longer than it says.
        let asked = Instant::now();
        for row in live.client.query(&look, &[&servers]).await? {
            let (server, told, left): (&[u8], i64, f64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let Ok(server) = ServerHash::try_from(server) else { continue };
            if self.heard.insert(server, told) == Some(told) {
                continue;
            }
            let left = Duration::try_from_secs_f64(left).unwrap_or_default();
            let overload = Overload { until: asked.checked_add(left).filter(|_| !left.is_zero()) };
            self.heeds.get(&server).into_iter().flatten().for_each(|heed| heed(overload));
        }
        Ok(())
    }
}

/// Of the runs that were told within a second one writes it, unless another was told to wait for longer.
const TELL: &str = "WITH told AS (INSERT INTO overloads AS known(server, told, until) \
                    VALUES ($1, clock_timestamp(), clock_timestamp() + $2 * interval '1 second') \
                    ON CONFLICT (server) DO UPDATE SET told = excluded.told, until = greatest(known.until, excluded.until) \
                    WHERE excluded.told > known.told + interval '1 second' \
                    OR excluded.until > known.until + interval '1 second' RETURNING told) \
                    SELECT (extract(epoch FROM told) * 1000000)::bigint, pg_notify($3, '') FROM told";

/// What is over for a second is not news for a run that begins.
const LOOK: &str = "SELECT server, (extract(epoch FROM told) * 1000000)::bigint, \
                    greatest(extract(epoch FROM until - clock_timestamp()), 0)::float8 FROM overloads \
                    WHERE server = ANY($1) AND until > clock_timestamp() - interval '1 second'";
