//! `smallbench explain`: shows how the answers to a sample were judged.

use std::io::IsTerminal;

use super::apply;
use super::arguments::Explain;
use super::looking::Looking;
use super::origin;
use super::session::Session;
use crate::console::explain::{Looks, render};
use crate::engine::explain::{Wanted, explain};
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(arguments: &Explain, session: &Session) -> Result<Exit, Error> {
    let (mut plan, changed) = origin::plan(&arguments.origin, &arguments.overrides, session)?;
    let looking = Looking::at(&plan, "explain", session)?;
    changed.into_iter().for_each(|warning| looking.context().warn(warning));
    let wanted = Wanted { item: &arguments.item, model: arguments.model.as_deref() };
    let found = apply::runtime()?.block_on(explain(&mut plan, &wanted, &looking.context()))?;
    let has_colours = std::io::stdout().is_terminal() && !session.environment.contains_key("NO_COLOR");
    let looks = Looks { has_colours, reasoning: arguments.reasoning };
    let pages: Vec<String> = found.iter().map(|explained| render(explained, looks)).collect();
    looking.reporter.result(&pages.join("\n\n"));
    looking.reporter.written()?;
    Ok(Exit::Success)
}
