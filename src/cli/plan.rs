//! `smallbench plan`: shows what `apply` would send.

use std::sync::Arc;

use super::arguments::Plan as Arguments;
use super::session::Session;
use super::{apply, process_env};
use crate::console::estimate;
use crate::endpoint::client::Run;
use crate::engine::apply::{Sending, prepare};
use crate::engine::{Context, missing};
use crate::error::Error;
use crate::event::Event;
use crate::exit::Exit;
use crate::lock::Policy;
use crate::stop::Stop;
use crate::store::Store;

pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Error> {
    let mut plan = session.plan(&arguments.spec)?;
    let hub = session.hub();
    let (store, _scratch) = process_env::store_to_look_at(&plan)?;
    let store: Arc<dyn Store> = Arc::new(store);
    let reporter = session.reporter(false);
    let stop = Stop::default();
    let context = Context {
        store: Arc::clone(&store),
        hub: &hub,
        observer: &|event| {
            if matches!(event, Event::Warning(_)) {
                reporter.show(event);
            }
        },
        stop: &stop,
        run: Run::start("plan"),
        confirm: &|_| false,
        secrets: session.secrets.clone(),
        recorder: None,
    };
    let prepared = apply::runtime()?.block_on(prepare(&mut plan, (Policy::Look, Sending::Missing), &context))?;
    let states = missing::states(&prepared.work, &*store)?;
    reporter.result(&estimate::render(&plan, &states));
    reporter.written()?;
    Ok(Exit::Success)
}
