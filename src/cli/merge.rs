//! `smallbench merge`: several stores become one.

use super::file_arguments::Merge;
use super::places::location;
use super::session::Session;
use crate::console::text::printable;
use crate::error::Error;
use crate::event::Event;
use crate::exit::Exit;
use crate::format::counted;
use crate::store;

pub(super) fn run(arguments: &Merge, session: &Session) -> Result<Exit, Error> {
    let from = arguments.stores.iter().map(|store| location(store, session)).collect::<Result<Vec<_>, _>>()?;
    let into = location(&arguments.into, session)?;
    let merged = store::merge(&into, &from, arguments.other_models)?;
    let reporter = session.reporter(false);
    let number = |count: u64, what: &str| counted(usize::try_from(count).unwrap_or(usize::MAX), what);
    let mut parts = vec![format!("{} added", number(merged.added, "response"))];
    let further = [(merged.answered, "in place of a fault"), (merged.same, "already there")];
    parts.extend(further.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    if !merged.twice.is_empty() {
        let of: Vec<String> = merged.twice.iter().map(|(model, count)| format!("{count} of {model}")).collect();
        parts.push(format!("{} asked twice, of which the first answer stays", printable(&of.join(" and "))));
    }
    for model in &merged.models {
        let text =
            format!("the stores know different models under one name: {model}; each answer is that of its own model");
        reporter.show(&Event::Warning(printable(&text)));
    }
    reporter.result(&format!("{into}: {}", parts.join(", ")));
    reporter.written()?;
    Ok(Exit::Success)
}
