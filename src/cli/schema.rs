//! `smallbench schema`: the JSON schema of a spec, or of the events of a run.

use super::arguments::Schema;
use super::session::Session;
use crate::console::json_event;
use crate::error::Error;
use crate::exit::Exit;
use crate::spec;

pub(super) fn run(arguments: &Schema, session: &Session) -> Result<Exit, Error> {
    let schema = if arguments.events { json_event::json_schema() } else { spec::editor_schema() };
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Error::Internal(format!("the schema cannot be written: {error}")))?;
    let reporter = session.reporter(false);
    reporter.result(&text);
    reporter.written()?;
    Ok(Exit::Success)
}
