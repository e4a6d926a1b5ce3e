//! `smallbench store`: what can be done to a store by hand.

use super::arguments::Store;
use super::session::Session;
use crate::error::Error;
use crate::report::quantity::counted;
use crate::store;

pub(super) fn run(command: &Store, session: &Session) -> Result<u8, Error> {
    let Store::Recover { path } = command;
    let recovered = store::recover(path)?;
    let reporter = session.reporter(false);
    let lost = match recovered.lost {
        0 => String::new(),
        1 => "; 1 is lost, and is asked again by the next run".into(),
        many => format!("; {many} are lost, and are asked again by the next run"),
    };
    let aside: Vec<String> = recovered.aside.iter().map(|file| file.display().to_string()).collect();
    let text = format!("{} saved{lost}; the old files are {}", counted(recovered.saved, "response"), aside.join(", "));
    reporter.result(&crate::console::text::printable(&text));
    reporter.written()?;
    Ok(0)
}
