//! `smallbench prompt`: what is sent for one question.

use super::apply;
use super::arguments::Prompt as Arguments;
use super::looking::Looking;
use super::session::Session;
use crate::engine::fetch;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::counted;
use crate::work;

pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(&arguments.spec)?;
    let looking = Looking::at(&plan, "prompt", session)?;
    let reporter = &looking.reporter;
    let datasets = apply::runtime()?.block_on(fetch::fetch(&plan, &looking.context()))?;
    let prompts = work::prompts(&plan, &datasets)?;
    let all: Vec<_> = prompts.iter().flatten().collect();
    let wanted = all.get(arguments.item).ok_or_else(|| {
        let count = counted(all.len(), "question");
        Error::Usage(format!("there is no item {}: the datasets have {count}, counted from 0", arguments.item))
    })?;
    if let Some(system) = &wanted.system {
        reporter.result(&format!("[system]\n{system}\n[user]"));
    }
    reporter.result(&wanted.text);
    reporter.written()?;
    Ok(Exit::Success)
}
