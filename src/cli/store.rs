//! `smallbench store`: commands on a store.

use super::arguments::Store;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::counted;
use crate::store;

pub(super) fn run(command: &Store, session: &Session) -> Result<Exit, Error> {
    let Store::Recover { path } = command;
    let recovered = store::recover(path)?;
    let reporter = session.reporter(false);
    let lost = match recovered.lost {
        0 => String::new(),
        1 => "; 1 is lost, the next run requests it again".into(),
        many => format!("; {many} are lost, the next run requests them again"),
    };
    let aside: Vec<String> = recovered.aside.iter().map(|file| file.display().to_string()).collect();
    let text =
        format!("{} recovered{lost}; old files renamed to {}", counted(recovered.saved, "response"), aside.join(", "));
    reporter.result(&crate::console::text::printable(&text));
    reporter.written()?;
    Ok(Exit::Success)
}
