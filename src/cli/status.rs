//! `smallbench status`: who works on the store of a spec.

use super::arguments::Status;
use super::looking::Looking;
use super::session::Session;
use crate::console::text::printable;
use crate::console::workers::{json, table};
use crate::error::Error;
use crate::exit::Exit;
use crate::work::batch::Batch;

pub(super) fn run(arguments: &Status, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(&arguments.spec)?;
    let looking = Looking::of_tables(&plan, ("status", arguments.wide), session)?;
    let workers = looking.store.workers()?;
    let batches: Vec<String> =
        Batch::all(&plan).iter().map(|batch| format!("{} {}", batch.model.name, batch.level)).collect();
    let text = if arguments.json {
        let list = json(&workers, &plan.name, &batches);
        serde_json::to_string_pretty(&list)
            .map_err(|error| Error::Internal(format!("cannot serialize the status: {error}")))?
    } else if workers.is_empty() {
        printable(&format!("no run works on the store {}", plan.output.store))
    } else {
        table(&workers, (&plan.name, &batches), looking.reporter.width())
    };
    looking.reporter.result(&text);
    looking.reporter.written()?;
    Ok(Exit::Success)
}
