//! `smallbench prompt`: what is sent for one question.

use std::sync::Arc;

use super::arguments::Prompt as Arguments;
use super::session::Session;
use super::{apply, process_env};
use crate::endpoint::client::Run;
use crate::engine::{Context, fetch};
use crate::error::Error;
use crate::event::Event;
use crate::exit::Exit;
use crate::format::counted;
use crate::stop::Stop;
use crate::work;

pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(&arguments.spec)?;
    let hub = session.hub();
    let (store, _scratch) = process_env::store_to_look_at(&plan)?;
    let (reporter, stop) = (session.reporter(false), Stop::default());
    let context = Context {
        store: Arc::new(store),
        hub: &hub,
        observer: &|event| {
            if matches!(event, Event::Warning(_)) {
                reporter.show(event);
            }
        },
        stop: &stop,
        run: Run::start("prompt"),
        confirm: &|_| false,
        secrets: session.secrets.clone(),
        recorder: None,
    };
    let datasets = apply::runtime()?.block_on(fetch::fetch(&plan, &context))?;
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
