//! `smallbench store`: what can be done to a store by hand.

use super::arguments::Store;
use crate::console::reporter::{Mode, Reporter};
use crate::error::Error;
use crate::store;

pub(super) fn run(command: &Store) -> Result<u8, Error> {
    let Store::Recover { path } = command;
    let recovered = store::recover(path)?;
    let reporter = Reporter::new(Mode::choose(false, true));
    let lost = match recovered.lost {
        0 => String::new(),
        1 => "; 1 is lost, and is asked again by the next run".into(),
        many => format!("; {many} are lost, and are asked again by the next run"),
    };
    let noun = if recovered.saved == 1 { "response" } else { "responses" };
    let aside: Vec<String> = recovered.aside.iter().map(|file| file.display().to_string()).collect();
    let text = format!("{} {noun} saved{lost}; the old files are {}", recovered.saved, aside.join(", "));
    reporter.result(&crate::console::text::printable(&text));
    Ok(0)
}
