//! `smallbench init --hub-task`: a task that a dataset repository describes, as the parts of a spec.

use super::apply::runtime;
use super::session::Session;
use crate::console::yaml;
use crate::dataset::text_on_hub;
use crate::error::Error;
use crate::hub_task::{Address, FILE, translate};

/// Maximum size of the description in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// What a spec says of the task at an address.
pub(super) fn parts(address: &str, session: &Session) -> Result<String, Error> {
    let address = Address::read(address).map_err(Error::Usage)?;
    let revision = address.revision.as_deref().unwrap_or("main");
    let hub = session.hub();
    let file = text_on_hub((&address.repo, revision, FILE), MOST_BYTES, &hub);
    let (text, commit) = runtime()?.block_on(file)?;
    section(&text, &commit, &address)
}

/// The parts of a spec, and where they come from.
pub(super) fn section(text: &str, commit: &str, address: &Address) -> Result<String, Error> {
    let translated = translate(text, address).map_err(|reasons| {
        let reasons = reasons.replace('\n', "\n  ");
        Error::Usage(format!("{FILE} of {} cannot be expressed in a spec:\n  {reasons}", address.repo))
    })?;
    let mut written =
        format!("# From {FILE} of https://huggingface.co/datasets/{} at commit {commit}.\n", address.repo);
    translated.remarks.iter().for_each(|remark| written.push_str(&format!("# {remark}\n")));
    Ok(written + &yaml::text(&translated.parts.into()))
}
