//! `smallbench schema`: the JSON schema of a spec.

use crate::console::reporter::{Mode, Reporter};
use crate::error::Error;
use crate::spec;

pub(super) fn run() -> Result<u8, Error> {
    let text = serde_json::to_string_pretty(spec::json_schema()).unwrap_or_default();
    Reporter::new(Mode::choose(false, true)).result(&text);
    Ok(0)
}
