//! `smallbench prompt`: what is sent for one question.

use super::apply;
use super::arguments::Prompt as Arguments;
use super::looking::Looking;
use super::session::Session;
use crate::engine::fetch;
use crate::engine::prepare::gauge;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::counted;
use crate::id::{Id, ModelId};
use crate::work::prompts::Prompts;

pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Error> {
    let mut plan = session.plan(&arguments.spec)?;
    let looking = Looking::at(&plan, "prompt", session)?;
    let (reporter, context) = (&looking.reporter, looking.context());
    let runtime = apply::runtime()?;
    let datasets = runtime.block_on(fetch::fetch(&plan, &context))?;
    if !plan.gauged().is_empty() {
        runtime.block_on(gauge::recall(&mut plan, &context))?;
    }
    let model = match &arguments.model {
        None => ModelId::at(0),
        Some(name) => {
            let named = plan.models.with_ids().find(|(_, model)| model.name == *name);
            let known = plan.models.iter().map(|model| &*model.name);
            named.ok_or_else(|| Error::unknown_model(name, known))?.0
        }
    };
    let prompts = Prompts::new(&plan, &datasets)?;
    let all: Vec<_> = prompts.of_model(model).flatten().collect();
    let wanted = all.get(arguments.item).ok_or_else(|| {
        let count = counted(all.len(), "question");
        Error::misuse(
            format!("no question has the number {}", arguments.item),
            format!("the datasets have {count}, counted from 0"),
        )
    })?;
    reporter.result(&wanted.shown());
    reporter.written()?;
    Ok(Exit::Success)
}
