//! `smallbench plan`: what a run would do, without doing it.

use std::sync::Arc;

use super::arguments::Plan as Arguments;
use super::{apply, surroundings};
use crate::console::estimate;
use crate::console::reporter::{Mode, Reporter};
use crate::endpoint::client::Run;
use crate::engine::apply::prepare;
use crate::engine::{Context, missing};
use crate::error::Error;
use crate::event::Event;
use crate::lock::Policy;
use crate::stop::Stop;
use crate::store::Store;

pub(super) fn run(arguments: &Arguments) -> Result<u8, Error> {
    let environment = surroundings::environment();
    let mut plan = surroundings::plan(&arguments.spec, &environment)?;
    let hub = surroundings::hub(&environment);
    let (store, _scratch) = surroundings::store_to_look_at(&plan)?;
    let store: Arc<dyn Store> = Arc::new(store);
    let reporter = Reporter::new(Mode::choose(false, true));
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
        recorder: None,
    };
    let prepared = apply::runtime()?.block_on(prepare(&mut plan, Policy::Look, &context))?;
    let states = missing::states(&plan, &prepared.work, &*store)?;
    reporter.result(&estimate::render(&plan, &prepared.work, &states));
    Ok(0)
}
