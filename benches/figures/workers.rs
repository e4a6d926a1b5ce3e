//! Workers that share a store in PostgreSQL: 10, 100 and 1,000 of them in one process, each with the connections, the claims,
//! the lease and the writes of a run, and answers that come after a simulated latency.
//!
//! The database is that of `SMALLBENCH_STORE`; each round has a schema of its own, which is dropped after it.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use smallbench::level::Level;
use smallbench::request::{Parameters, Prompt, Request, Settings};
use smallbench::secret::Secret;
use smallbench::store::{Access, Claim, Database, PostgresStore, Store, WorkerName};
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

use super::store::response;

/// The variable with the address of the database.
const VARIABLE: &str = "SMALLBENCH_STORE";

/// Requests that each worker keeps in flight, and how many of them it would send if all were equally fast.
const IN_FLIGHT: usize = 4;
const EACH: usize = 100;

/// The time that an answer takes.
const LATENCY: Duration = Duration::from_secs(2);

/// Requests that a run claims at once at this concurrency.
const BLOCK: usize = 32;

/// Shortest and longest pause where others have claimed all that is left.
const LOOK: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Most requests at which a run looks at once where others have been before it.
const FARTHEST: usize = 16_384;

/// Where so far a look would go, all that is listed is asked first.
const FAR: usize = 4_096;

/// What the workers of a round did.
#[derive(Default)]
struct Counts {
    claims: AtomicU64,
    empty_handed: AtomicU64,
    /// Requests at which claims looked.
    looked_at: AtomicU64,
    sent: AtomicU64,
    /// Nanoseconds that commits took, and the longest of them.
    commits_ns: AtomicU64,
    longest_ns: AtomicU64,
}

pub fn run_all(counts: &[usize]) {
    #[expect(clippy::disallowed_methods, reason = "the address of the database is a secret")]
    let Ok(url) = std::env::var(VARIABLE) else {
        println!("workers: skipped, as {VARIABLE} is not set");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    for workers in counts {
        runtime.block_on(round(&url, *workers));
    }
}

async fn round(url: &str, workers: usize) {
    let schema = format!("workers_{workers}_{}", std::process::id());
    let database = Database {
        variable: VARIABLE.into(),
        url: Some(Secret::new(url)),
        schema: schema.clone(),
        pool: 1,
        patience: Duration::from_secs(600),
    };
    let watcher = Watcher::connect(url).await;
    drop(open(&database, 0));
    watcher.sql(&on_machines_of_their_own(&schema)).await;
    let (requests, counts) = (Arc::new(requests(workers * EACH)), Arc::new(Counts::default()));
    let (before, started) = (watcher.figures().await, Instant::now());
    let mut tasks = JoinSet::new();
    for number in 0..workers {
        let (database, requests, counts) = (database.clone(), Arc::clone(&requests), Arc::clone(&counts));
        tasks.spawn(async move {
            let store = tokio::task::spawn_blocking(move || open(&database, number)).await.expect("a store");
            let start = crc32fast::hash(format!("r{number}").as_bytes()) as usize % requests.len();
            work(&store, &requests, start, &counts).await;
            // It waits for its thread.
            tokio::task::spawn_blocking(move || drop(store)).await.expect("it is closed");
        });
    }
    let mut connections = 0;
    while !tasks.is_empty() {
        tokio::select! {
            ended = tasks.join_next() => ended.expect("a worker").expect("its end"),
            () = tokio::time::sleep(Duration::from_millis(500)) => connections = connections.max(watcher.connections().await),
        }
    }
    let took = started.elapsed().as_secs_f64();
    // Statistics of a connection that has ended are there a moment later.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = watcher.figures().await;
    let stored = watcher.number(&format!("SELECT count(*) FROM {schema}.responses")).await;
    watcher.sql(&format!("DROP SCHEMA {schema} CASCADE")).await;
    show(workers, &requests, &counts, took, connections, [before, after]);
    assert_eq!(counts.sent.load(Ordering::Relaxed), requests.len() as u64, "nothing is asked twice");
    assert_eq!(stored, requests.len() as u64, "and everything is stored");
}

fn show(
    workers: usize,
    requests: &[Request],
    counts: &Counts,
    took: f64,
    connections: u64,
    [before, after]: [(f64, u64); 2],
) {
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
    let (sent, processor) = (count(&counts.sent), after.0 - before.0);
    println!(
        "{workers} workers, {} in flight, {} s per answer, {} requests",
        workers * IN_FLIGHT,
        LATENCY.as_secs(),
        requests.len()
    );
    let line = |what: &str, value: f64| println!("  {what:<56} {value:>12.2}");
    line("requests/s", sent / took);
    line("of what the latency allows", sent / took / (workers * IN_FLIGHT) as f64 * LATENCY.as_secs_f64());
    line("commits/s", (after.1 - before.1) as f64 / took);
    line("processor of the database (cores)", processor / took);
    line("processor of the database per request (ms)", processor / sent * 1e3);
    line("connections", connections as f64);
    line("claims per request", count(&counts.claims) / sent);
    line("of them empty-handed", count(&counts.empty_handed) / count(&counts.claims));
    line("requests that claims looked at, per request", count(&counts.looked_at) / sent);
    line("commit of an answer, mean (ms)", count(&counts.commits_ns) / sent / 1e6);
    line("commit of an answer, longest (ms)", count(&counts.longest_ns) / 1e6);
}

fn open(database: &Database, number: usize) -> PostgresStore {
    let name =
        WorkerName { machine: format!("machine-{number}"), run: format!("r{number}"), experiment: "bench".into() };
    PostgresStore::open(database, Access::Work(name), Box::new(|_| ())).expect("the database can be reached")
}

/// Runs on one machine look after each other's processes; these stand for runs on as many machines.
fn on_machines_of_their_own(schema: &str) -> String {
    format!(
        "CREATE FUNCTION {schema}.apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.host := NEW.machine; \
         RETURN NEW; END $$; CREATE TRIGGER apart BEFORE INSERT ON {schema}.workers FOR EACH ROW \
         EXECUTE FUNCTION {schema}.apart()"
    )
}

/// What a run does: claims ahead of what it sends, keeps some in flight, and looks what became of others' claims.
async fn work(store: &PostgresStore, requests: &[Request], start: usize, counts: &Counts) {
    let mut list = List::new(store, requests, start);
    let mut sending = FuturesUnordered::new();
    let mut held: VecDeque<usize> = VecDeque::new();
    let mut idle_since: Option<Instant> = None;
    let mut is_stuck = false;
    loop {
        if held.len() <= BLOCK / 2 && !list.is_empty() && (!is_stuck || sending.is_empty()) {
            if !held.is_empty() {
                idle_since = None;
            }
            if is_stuck {
                let since = *idle_since.get_or_insert_with(Instant::now);
                tokio::time::sleep((since.elapsed() / 10).clamp(LOOK.0, LOOK.1)).await;
            }
            is_stuck = list.claim(store, requests, &mut held, counts).await;
        }
        while sending.len() < IN_FLIGHT
            && let Some(place) = held.pop_front()
        {
            list.in_flight.push(place);
            sending.push(ask(store, &requests[place], place, counts));
        }
        match sending.next().await {
            Some(place) => list.in_flight.retain(|other| *other != place),
            None if list.is_empty() && held.is_empty() => return,
            None => {}
        }
    }
}

/// Those places of a list whose requests have no answer.
fn unanswered(store: &PostgresStore, requests: &[Request], mut listed: VecDeque<usize>) -> VecDeque<usize> {
    let keys: Vec<_> = listed.iter().map(|place| &requests[*place].key).collect();
    let mut held = store.holds(&keys).expect("an answer").into_iter();
    listed.retain(|_| !held.next().expect("one for each"));
    listed
}

/// What a run has still to claim.
struct List {
    listed: VecDeque<usize>,
    taken: Vec<usize>,
    in_flight: Vec<usize>,
    reach: usize,
}

impl List {
    /// All that was not stored when the run began, from a place of its own.
    fn new(store: &PostgresStore, requests: &[Request], start: usize) -> Self {
        let mut listed: VecDeque<usize> = (0..requests.len()).collect();
        listed.rotate_left(start);
        let listed = unanswered(store, requests, listed);
        Self { listed, taken: Vec::new(), in_flight: Vec::new(), reach: BLOCK }
    }

    fn is_empty(&self) -> bool {
        self.listed.is_empty() && self.taken.is_empty()
    }

    /// Claims a block; true if others have all that is left.
    async fn claim(
        &mut self,
        store: &PostgresStore,
        requests: &[Request],
        held: &mut VecDeque<usize>,
        counts: &Counts,
    ) -> bool {
        if self.reach >= FAR && self.listed.len() >= FAR {
            self.listed = unanswered(store, requests, std::mem::take(&mut self.listed));
            self.reach = BLOCK;
        }
        let only_taken = self.listed.is_empty();
        let wanted: Vec<usize> = match only_taken {
            true => self.taken.drain(..self.taken.len().min(self.reach)).collect(),
            false => self.listed.drain(..self.listed.len().min(self.reach)).collect(),
        };
        let keys = |places: &mut dyn Iterator<Item = &usize>| places.map(|place| requests[*place].key).collect();
        let still = keys(&mut held.iter().chain(&self.in_flight));
        counts.looked_at.fetch_add(wanted.len() as u64, Ordering::Relaxed);
        let claims = store.claim_some(0, still, keys(&mut wanted.iter()), BLOCK).await.expect("claims");
        let mut free = Vec::new();
        for (place, claim) in wanted.into_iter().zip(&claims) {
            match claim {
                Claim::Ours => held.push_back(place),
                Claim::Taken => self.taken.push(place),
                Claim::Free => free.push(place),
                Claim::Stored => {}
            }
        }
        free.into_iter().rev().for_each(|place| self.listed.push_front(place));
        let count = |wanted: Claim| claims.iter().filter(|claim| **claim == wanted).count();
        let is_empty_handed = count(Claim::Ours) == 0;
        let is_stuck = only_taken && is_empty_handed && 2 * count(Claim::Stored) <= claims.len();
        self.reach = if is_empty_handed && !is_stuck { (2 * self.reach).min(FARTHEST) } else { BLOCK };
        counts.claims.fetch_add(1, Ordering::Relaxed);
        counts.empty_handed.fetch_add(u64::from(is_empty_handed), Ordering::Relaxed);
        is_stuck
    }
}

async fn ask(store: &PostgresStore, request: &Request, place: usize, counts: &Counts) -> usize {
    counts.sent.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(LATENCY).await;
    let answered = Instant::now();
    store.put(request.clone(), Arc::new(response(request))).await.expect("it is stored");
    let took = u64::try_from(answered.elapsed().as_nanos()).unwrap_or(u64::MAX);
    counts.commits_ns.fetch_add(took, Ordering::Relaxed);
    counts.longest_ns.fetch_max(took, Ordering::Relaxed);
    place
}

fn requests(count: usize) -> Vec<Request> {
    let settings = Arc::new(Settings {
        endpoint: "openai chat https://host.example/v1".into(),
        model: "small".into(),
        digest: None,
        parameters: Parameters { max_tokens: Some(128), ..Parameters::default() },
        repeat: 0,
        level: Level::Concurrency(NonZeroU32::MIN),
    });
    let hasher = settings.hasher();
    let request = |index: usize| {
        let prompt = Prompt::new(None, format!("Question {index}. What is the order of the group of the lecture?"));
        let key = hasher.key(&prompt);
        Request { key, settings: Arc::clone(&settings), prompt, sample: format!("all#{index}") }
    };
    (0..count).map(request).collect()
}

/// Looks at the database, on a connection of its own.
struct Watcher(Client);

impl Watcher {
    async fn connect(url: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the database can be reached");
        tokio::spawn(connection);
        Self(client)
    }

    async fn sql(&self, sql: &str) {
        self.0.batch_execute(sql).await.expect(sql);
    }

    async fn number(&self, sql: &str) -> u64 {
        self.0.query_one(sql, &[]).await.expect(sql).get::<_, i64>(0).unsigned_abs()
    }

    async fn connections(&self) -> u64 {
        self.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'smallbench'").await
    }

    /// Processor seconds of the database if it runs on this machine, and its commits so far.
    async fn figures(&self) -> (f64, u64) {
        let backend = self.number("SELECT pg_backend_pid()::bigint").await;
        let commits = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
        (processor(backend), self.number(commits).await)
    }
}

/// Processor seconds of the server to which a process belongs, with those of its processes that have ended.
fn processor(backend: u64) -> f64 {
    let fields = |process: &str| -> Option<Vec<u64>> {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // From the parent on.
        Some(stat.rsplit_once(") ")?.1.split(' ').skip(1).map(|field| field.parse().unwrap_or_default()).collect())
    };
    let parent = |fields: &[u64]| fields.first().copied().unwrap_or_default();
    let own = |fields: &[u64]| fields.get(10..12).map_or(0, |times| times.iter().sum());
    let Some(server) = fields(&backend.to_string()).map(|fields| parent(&fields)) else { return f64::NAN };
    let ended: u64 = fields(&server.to_string()).and_then(|fields| Some(fields.get(10..14)?.iter().sum())).unwrap_or(0);
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let living = all.filter_map(|entry| fields(&entry.file_name().to_string_lossy()));
    let ticks: u64 = ended + living.filter(|fields| parent(fields) == server).map(|fields| own(&fields)).sum::<u64>();
    ticks as f64 / 100.0
}
