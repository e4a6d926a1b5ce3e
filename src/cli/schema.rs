//! `smallbench schema`: the JSON schema of a spec.

use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::spec;

pub(super) fn run(session: &Session) -> Result<Exit, Error> {
    let text = serde_json::to_string_pretty(&spec::editor_schema())
        .map_err(|error| Error::Internal(format!("the schema cannot be written: {error}")))?;
    let reporter = session.reporter(false);
    reporter.result(&text);
    reporter.written()?;
    Ok(Exit::Success)
}
