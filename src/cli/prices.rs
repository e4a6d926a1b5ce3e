//! `smallbench prices`: the price list that specs refer to.

use super::file_arguments::Prices;
use super::process_env;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::{read_bounded, write_bytes};
use crate::format::counted;
use crate::plan::PriceList;

/// Maximum size of a file of prices in bytes.
const MOST_BYTES: u64 = 64 << 20;

pub(super) fn run(command: &Prices, session: &Session) -> Result<Exit, Error> {
    let Prices::Update { from, output } = command;
    let shown = from.display();
    let bytes =
        read_bounded(from, MOST_BYTES).map_err(|error| Error::Usage(format!("cannot read {shown}: {error}")))?;
    let list = PriceList::import(&bytes, &process_env::today())
        .map_err(|message| Error::Usage(format!("{shown} cannot be used: {message}")))?;
    let text = list.text().map_err(|error| Error::Internal(format!("the price list cannot be written: {error}")))?;
    write_bytes(output, text.as_bytes())?;
    let reporter = session.reporter(false);
    let count = counted(list.models.len(), "price");
    reporter.result(&format!("{count} of {} written to {}", list.source, output.display()));
    reporter.written()?;
    Ok(Exit::Success)
}
