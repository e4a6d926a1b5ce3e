//! Opening the store of a plan.

use std::sync::Arc;

use tempfile::TempDir;

use super::process_env;
use crate::console::reporter::Reporter;
use crate::error::Error;
use crate::event::Event;
use crate::format::{counted, significant};
use crate::plan::Plan;
use crate::store::{
    Access, Location, Notice, PostgresError, PostgresStore, SqliteStore, Store, StoreError, WorkerName,
};

/// The store, for a run of this name.
pub(super) fn to_work(plan: &Plan, run: &str, reporter: &Arc<Reporter>) -> Result<Arc<dyn Store>, Error> {
    match &plan.output.store {
        Location::File(path) => {
            let store = SqliteStore::open(path)?;
            if let Some(orphan) = store.orphan() {
                let text = format!(
                    "the store {0} was missing, but its log was there; the log is now {1}. To keep its \
                     responses, stop this run and restore the store and the log as {0} and {0}-wal; without the store, \
                     restore only the log and run `smallbench store recover {0}`",
                    path.display(),
                    orphan.display()
                );
                reporter.show(&Event::Warning(text));
            }
            Ok(Arc::new(store))
        }
        Location::Database(database) => {
            let name =
                WorkerName { machine: process_env::machine(), run: run.to_owned(), experiment: plan.name.clone() };
            let reporter = Arc::clone(reporter);
            let tell = move |notice: &Notice| reporter.show(&Event::Warning(text(notice)));
            Ok(Arc::new(PostgresStore::open(database, Access::Work(name), Box::new(tell))?))
        }
    }
}

/// The store, for a command that only looks; if there is none, a temporary empty one that is deleted with its folder.
pub(super) fn to_look_at(plan: &Plan) -> Result<(Arc<dyn Store>, Option<TempDir>), Error> {
    match &plan.output.store {
        Location::File(path) if path.exists() => return Ok((Arc::new(SqliteStore::open(path)?), None)),
        Location::File(_) => {}
        Location::Database(database) => match PostgresStore::open(database, Access::Look, Box::new(|_| ())) {
            Ok(store) => return Ok((Arc::new(store), None)),
            Err(StoreError::Postgres(PostgresError::Absent { .. })) => {}
            Err(error) => return Err(error.into()),
        },
    }
    let scratch = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
    Ok((Arc::new(SqliteStore::open(&scratch.path().join("store.sqlite"))?), Some(scratch)))
}

/// What is said of a database that is away.
fn text(notice: &Notice) -> String {
    let waiting = |count: &usize| match count {
        0 => String::new(),
        count => format!("; {} in memory until it is back", counted(*count, "response")),
    };
    match notice {
        Notice::Lost { message, waiting: count } => {
            format!(
                "the store cannot be used ({message}); what is in flight is finished, no more is claimed{}",
                waiting(count)
            )
        }
        Notice::Back { after } => format!("the store is back after {} s", significant(after.as_secs_f64())),
    }
}
