//! A store in PostgreSQL: several runs share it, and nothing that happens to them, to the database or to the network between
//! them is paid for twice.

mod clients;
mod encryption;
mod faults;
mod leaving;
mod proxy;
mod readers;
pub(crate) mod server;
mod sharing;
mod upkeep;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};
use server::Server as Database;

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

/// The variable with the address.
const VARIABLE: &str = "SMALLBENCH_STORE";

/// A bench whose responses are in a schema of a database.
struct Shared<'d> {
    bench: Bench,
    database: &'d Database,
    schema: String,
    url: String,
}

impl<'d> Shared<'d> {
    /// So many questions to a server, two at a time.
    fn new(database: &'d Database, server: &Server, questions: usize) -> Self {
        Self::with(database, server, questions, "")
    }

    /// The same with more keys of the store.
    fn with(database: &'d Database, server: &Server, questions: usize, keys: &str) -> Self {
        let schema = database.schema();
        let store = format!("{{ postgres: {{ url_env: {VARIABLE}, schema: {schema}{keys} }} }}");
        let spec = |name: &str| {
            let output = format!("{{ dir: ../outputs/{name}, formats: [svg], store: {store} }}");
            Spec::on(server).with("load", "{ warmup: 0, concurrency: 2, attempts: 1 }").with("output", &output)
        };
        let bench = Bench::ready(questions, &spec("trial"));
        for name in ["second", "third"] {
            bench.write(&format!("experiments/{name}.yaml"), spec(name).text());
        }
        Self { bench, database, url: database.url(), schema }
    }

    /// The same database on another way.
    fn by(mut self, port: u16) -> Self {
        self.url = self.url.replace(&self.database.port().to_string(), &port.to_string());
        self
    }

    fn start(&self, arguments: &[&str]) -> crate::bench::Running {
        self.bench.start(arguments, &[(VARIABLE, &self.url)])
    }

    fn run(&self, arguments: &[&str]) -> crate::bench::Finished {
        self.start(arguments).end()
    }

    /// What a statement gives in the schema.
    #[track_caller]
    fn sql(&self, sql: &str) -> String {
        self.database.sql(&format!("SET search_path TO {}; {sql}", self.schema))
    }

    /// The store as commands name it.
    fn named(&self) -> String {
        format!("postgres:{VARIABLE}/{}", self.schema)
    }

    fn responses(&self) -> usize {
        self.sql("SELECT count(*) FROM responses").parse().unwrap()
    }
}

/// Keeps answers back until it is opened.
#[derive(Clone, Default)]
struct Gate(Arc<AtomicBool>);

impl Gate {
    fn open(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn pass(&self) -> Act {
        while !self.0.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(2));
        }
        Act::Answer
    }
}
