//! `smallbench store`: commands on a store.

use std::path::Path;

use super::apply::ask;
use super::file_arguments::Store;
use super::places::{file, location};
use super::session::Session;
use crate::console::store::shown;
use crate::console::text::printable;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::in_units;
use crate::format::counted;
use crate::store::{self, Location, OfModel};

/// What brings a damaged database back.
const NO_RECOVERY: &str = "a database recovers by itself, and has no damaged files to copy responses from; restore a backup, or merge \
                           what can be read into a file: `smallbench merge postgres:VARIABLE --into FILE`";

/// Who gives space back in a database.
const NO_VACUUM: &str = "PostgreSQL gives the space of removed rows to new ones by itself (autovacuum); `VACUUM FULL` in the database \
                         gives it back to the disk, and keeps runs from the store while it does";

pub(super) fn run(command: &Store, session: &Session) -> Result<Exit, Error> {
    let reporter = session.reporter_of_tables(matches!(command, Store::Show { wide: true, .. }));
    let text = match command {
        Store::Show { path, .. } => {
            let at = location(path, session)?;
            shown(&at.to_string(), &store::contents(&at)?, reporter.width())
        }
        Store::Recover { path } => recover(&file(path, NO_RECOVERY)?)?,
        Store::Vacuum { path } => {
            let path = file(path, NO_VACUUM)?;
            let (before, after) = store::compact(&path)?;
            format!("{} takes {} now, {} before", path.display(), in_units(after), in_units(before))
        }
        Store::Remove { path, model, endpoint, yes } => {
            let of = OfModel { model, endpoint: endpoint.as_deref() };
            remove(path, &location(path, session)?, of, *yes)?
        }
    };
    reporter.result(&printable(&text));
    reporter.written()?;
    Ok(Exit::Success)
}

/// Removes what was confirmed.
fn remove(argument: &Path, at: &Location, of: OfModel<'_>, yes: bool) -> Result<String, Error> {
    let contents = store::contents(at)?;
    let is_meant = |endpoint: &str| of.endpoint.is_none_or(|wanted| wanted == endpoint);
    let meant = contents.models.iter().filter(|held| held.model == of.model && is_meant(&held.endpoint));
    let count: u64 = meant.map(|held| held.answers + held.faults + held.warmups).sum();
    let what = format!("{} of `{}`", counted(count, "response"), of.model);
    if count == 0 {
        return Err(Error::misuse(
            format!("{at} has no response of `{}`", of.model),
            format!("`smallbench store show {}` lists what it has", argument.display()),
        ));
    }
    if !yes && !ask(&format!("{what} will be removed from {at} and have to be paid for again")) {
        return Err(Error::RemovalUnconfirmed { what });
    }
    let removed = format!("{} of `{}` removed", counted(store::remove(at, of)?, "response"), of.model);
    // A database gives the space to new rows.
    let Some(path) = at.file() else { return Ok(format!("{removed} from {at}")) };
    let (before, after) = store::compact(path)?;
    Ok(format!("{removed}; {at} takes {} now, {} before", in_units(after), in_units(before)))
}

fn recover(path: &Path) -> Result<String, Error> {
    let recovered = store::recover(path)?;
    let lost = match recovered.lost {
        0 => String::new(),
        1 => "; 1 is lost, the next run requests it again".into(),
        many => format!("; {many} are lost, the next run requests them again"),
    };
    let aside: Vec<String> = recovered.aside.iter().map(|file| file.display().to_string()).collect();
    Ok(format!("{} recovered{lost}; old files renamed to {}", counted(recovered.saved, "response"), aside.join(", ")))
}
