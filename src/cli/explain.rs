//! `smallbench explain`: shows how the answers to a sample were judged.

use std::io::IsTerminal;
use std::sync::Arc;

use super::arguments::Explain;
use super::session::Session;
use super::{apply, process_env};
use crate::console::explain::{Looks, render};
use crate::endpoint::client::Run;
use crate::engine::Context;
use crate::engine::explain::{Wanted, explain};
use crate::error::Error;
use crate::event::Event;
use crate::exit::Exit;
use crate::stop::Stop;

pub(super) fn run(arguments: &Explain, session: &Session) -> Result<Exit, Error> {
    let mut plan = session.plan(&arguments.spec)?;
    let hub = session.hub();
    let (store, _scratch) = process_env::store_to_look_at(&plan)?;
    let reporter = session.reporter(false);
    let stop = Stop::default();
    let context = Context {
        store: Arc::new(store),
        hub: &hub,
        observer: &|event| {
            if matches!(event, Event::Warning(_)) {
                reporter.show(event);
            }
        },
        stop: &stop,
        run: Run::start("explain"),
        confirm: &|_| false,
        secrets: session.secrets.clone(),
        recorder: None,
    };
    let wanted = Wanted { item: &arguments.item, model: arguments.model.as_deref() };
    let found = apply::runtime()?.block_on(explain(&mut plan, &wanted, &context))?;
    let has_colours = std::io::stdout().is_terminal() && !session.environment.contains_key("NO_COLOR");
    let looks = Looks { has_colours, reasoning: arguments.reasoning };
    let pages: Vec<String> = found.iter().map(|explained| render(explained, looks)).collect();
    reporter.result(&pages.join("\n\n"));
    reporter.written()?;
    Ok(Exit::Success)
}
