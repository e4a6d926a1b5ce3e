//! `smallbench store`: commands on a store.

use std::path::Path;

use super::apply::ask;
use super::file_arguments::Store;
use super::session::Session;
use crate::console::store::shown;
use crate::console::text::printable;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::in_units;
use crate::format::counted;
use crate::store::{self, OfModel};

pub(super) fn run(command: &Store, session: &Session) -> Result<Exit, Error> {
    let text = match command {
        Store::Show { path } => shown(path, &store::contents(path)?),
        Store::Recover { path } => recover(path)?,
        Store::Vacuum { path } => {
            let (before, after) = store::compact(path)?;
            format!("{} takes {} now, {} before", path.display(), in_units(after), in_units(before))
        }
        Store::Remove { path, model, endpoint, yes } => {
            let of = OfModel { model, endpoint: endpoint.as_deref() };
            remove(path, of, *yes)?
        }
    };
    let reporter = session.reporter(false);
    reporter.result(&printable(&text));
    reporter.written()?;
    Ok(Exit::Success)
}

/// Removes what was confirmed.
fn remove(path: &Path, of: OfModel<'_>, yes: bool) -> Result<String, Error> {
    let contents = store::contents(path)?;
    let is_meant = |endpoint: &str| of.endpoint.is_none_or(|wanted| wanted == endpoint);
    let meant = contents.models.iter().filter(|held| held.model == of.model && is_meant(&held.endpoint));
    let count: u64 = meant.map(|held| held.answers + held.faults + held.warmups).sum();
    let what = format!("{} of `{}`", counted(count, "response"), of.model);
    if count == 0 {
        return Err(Error::Usage(format!(
            "{0} has no response of `{1}`; `smallbench store show {0}` lists what it has",
            path.display(),
            of.model
        )));
    }
    if !yes && !ask(&format!("{what} will be removed from {} and have to be paid for again", path.display())) {
        return Err(Error::RemovalUnconfirmed { what });
    }
    let removed = store::remove(path, of)?;
    let (before, after) = store::compact(path)?;
    Ok(format!(
        "{} of `{}` removed; {} takes {} now, {} before",
        counted(removed, "response"),
        of.model,
        path.display(),
        in_units(after),
        in_units(before)
    ))
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
