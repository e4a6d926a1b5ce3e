//! Clients that send one load level together: what each says of its part, and how their clocks go together. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::format::enumerated;

/// What one client says of its part in a load level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientPart {
    /// Name of its run.
    pub run: String,
    /// Its number, from 1.
    pub client: u32,
    /// How many clients the level was divided among.
    pub clients: u32,
    /// When its run started, in nanoseconds since 1970 on the clock of all.
    pub run_started_ns: i64,
    /// When the level was to begin for all, on that clock.
    pub start_ns: i64,
    /// When it began for this client.
    pub begun_ns: i64,
    /// True once it has come to its end.
    pub ended: bool,
    /// What tells the clock of its machine from those of others; empty where that is not known.
    pub machine: String,
    /// The clock of all beside that of its machine; none where nobody compared them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<ClockOffset>,
}

/// How far a clock is ahead of another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// By how much, in seconds; behind if negative.
    pub ahead_s: f64,
    /// It may be as much more or less, in seconds: half of the round trip.
    pub uncertainty_s: f64,
}

impl ClientPart {
    /// `2/4`, the second of four.
    pub fn name(&self) -> String {
        format!("{}/{}", self.client, self.clients)
    }

    /// How much later it began than the level was to begin.
    pub fn lateness(&self) -> Duration {
        self.begun_after(self.start_ns)
    }

    /// How much later it began than at a moment on the clock of all.
    pub fn begun_after(&self, start_ns: i64) -> Duration {
        Duration::from_nanos(u64::try_from(self.begun_ns.saturating_sub(start_ns)).unwrap_or(0))
    }
}

/// Clients by their numbers: `client 3`, `clients 2, 3 and 7`.
pub fn named(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    match words.as_slice() {
        [] => "no client".to_owned(),
        [only] => format!("client {only}"),
        several => format!("clients {}", enumerated(several)),
    }
}

/// Runs that began a level together and have one clock: by the number of clients and the moment at which it was to begin.
pub type Session = (u32, i64);

/// The clocks of the runs that measured a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Clocks {
    parts: BTreeMap<String, ClientPart>,
    /// The earliest start of a run of each session, from which its clock counts.
    zeros: BTreeMap<Session, i64>,
}

impl Clocks {
    /// The clocks of these parts of a batch.
    pub fn of(parts: Vec<ClientPart>) -> Self {
        let mut zeros = BTreeMap::new();
        for part in &parts {
            let zero = zeros.entry((part.clients, part.start_ns)).or_insert(part.run_started_ns);
            *zero = part.run_started_ns.min(*zero);
        }
        Self { parts: parts.into_iter().map(|part| (part.run.clone(), part)).collect(), zeros }
    }

    /// The session of a run, and how much later its own clock began than that of the session; none for a run that was no
    /// client.
    pub fn place(&self, run: &str) -> Option<(Session, Duration)> {
        let part = self.parts.get(run)?;
        let session = (part.clients, part.start_ns);
        let later = part.run_started_ns.saturating_sub(*self.zeros.get(&session)?);
        Some((session, Duration::from_nanos(u64::try_from(later).unwrap_or(0))))
    }

    /// What each client said, by its number and run.
    pub fn parts(&self) -> Vec<&ClientPart> {
        let mut parts: Vec<&ClientPart> = self.parts.values().collect();
        parts.sort_by_key(|part| part.client);
        parts
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The part of a client whose run started at a millisecond, in a level that began for it at another.
    pub(crate) fn part(run: &str, (client, clients): (u32, u32), run_started_ms: i64, begun_ms: i64) -> ClientPart {
        ClientPart {
            run: run.into(),
            client,
            clients,
            run_started_ns: run_started_ms * 1_000_000,
            start_ns: 10_000_000_000,
            begun_ns: begun_ms * 1_000_000,
            ended: true,
            machine: "m".into(),
            offset: Some(ClockOffset { ahead_s: 0.5, uncertainty_s: 1e-4 }),
        }
    }

    #[test]
    fn clients_that_began_together_have_one_clock() {
        let other = ClientPart { start_ns: 99_000_000_000, ..part("c", (1, 2), 98_000, 99_000) };
        let clocks = Clocks::of(vec![part("b", (2, 2), 9_250, 10_000), part("a", (1, 2), 9_000, 10_000), other]);
        let ms = Duration::from_millis;
        let session = (2, 10_000_000_000);
        assert_eq!(clocks.place("a"), Some((session, ms(0))));
        assert_eq!(clocks.place("b"), Some((session, ms(250))));
        assert_eq!(clocks.place("c"), Some(((2, 99_000_000_000), ms(0))));
        assert_eq!(clocks.place("d"), None);
        assert_eq!(clocks.parts().iter().map(|part| part.name()).collect::<Vec<_>>(), ["1/2", "1/2", "2/2"]);
    }

    #[test]
    fn clients_are_named_by_their_numbers() {
        assert_eq!(
            [&[][..], &[3], &[2, 3], &[2, 3, 7]].map(named).join("; "),
            "no client; client 3; clients 2 and 3; clients 2, 3 and 7"
        );
    }

    #[test]
    fn lateness_is_never_negative() {
        assert_eq!(part("a", (1, 2), 0, 9_000).lateness(), Duration::ZERO);
        assert_eq!(part("a", (1, 2), 0, 12_500).lateness(), Duration::from_millis(2_500));
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let part = part("a", (1, 2), 1, 2);
        assert_eq!(serde_json::from_str::<ClientPart>(&serde_json::to_string(&part).unwrap()).unwrap(), part);
    }
}
