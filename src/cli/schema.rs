//! `smallbench schema`: the JSON schema of a spec.

use super::session::Session;
use crate::error::Error;
use crate::spec;

pub(super) fn run(session: &Session) -> Result<u8, Error> {
    let text = serde_json::to_string_pretty(spec::json_schema())
        .map_err(|error| Error::Internal(format!("the schema cannot be written: {error}")))?;
    let reporter = session.reporter(false);
    reporter.result(&text);
    reporter.written()?;
    Ok(0)
}
