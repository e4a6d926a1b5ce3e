//! What is done with a whole store, in a file or in a database: looking into it, removing from it, reading all of it, and
//! putting several together.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use super::contents::{Contents, OfModel};
use super::error::StoreError;
use super::location::Location;
use super::merge::{Donor, Merged, merge_files};
use super::readout::Stored;
use super::{place, postgres, readout, upkeep};
use crate::files::{DraftFolder, draft, folder_of};

/// Looks into a store.
///
/// # Errors
/// There is no store, or it cannot be read.
pub fn contents(at: &Location) -> Result<Contents, StoreError> {
    match at {
        Location::File(path) => upkeep::contents(path),
        Location::Database(database) => postgres::contents(database),
    }
}

/// Removes what a store holds of a model, and what only its requests needed; returns the number of responses.
///
/// # Errors
/// There is no store, a run uses it, or it cannot be written.
pub fn remove(at: &Location, of: OfModel<'_>) -> Result<u64, StoreError> {
    match at {
        Location::File(path) => upkeep::remove(path, of),
        Location::Database(database) => postgres::remove(database, of),
    }
}

/// Reads every answer of a store, in the order of their keys; neither failed requests nor warm-ups.
///
/// # Errors
/// There is no store, it cannot be read, or a response is not as it was written.
pub fn each_answer(at: &Location, take: impl FnMut(Stored)) -> Result<(), StoreError> {
    match at {
        Location::File(path) => readout::each_answer(path, take),
        Location::Database(database) => postgres::each_answer(database, take),
    }
}

/// Adds the responses of other stores to one, which is made if there is none. Either all of them are added or none.
/// `takes_other_models` lets a model be described in two ways, as when it was updated between two runs.
///
/// # Errors
/// A store is missing, in use, damaged or of another program; a request of a load level was measured in two stores, so
/// that the level is not one measurement; or a model is another one under the same name.
pub fn merge(into: &Location, from: &[Location], takes_other_models: bool) -> Result<Merged, StoreError> {
    let temporary = std::env::temp_dir();
    let beside = into.file().map_or(temporary.as_path(), folder_of);
    let failed = |source: std::io::Error| {
        StoreError::system(into.file().unwrap_or(&beside.join("store.sqlite")), "unable to open its folder", &source)
    };
    std::fs::create_dir_all(beside).map_err(failed)?;
    // What comes out of a database is a file first, by one look at it.
    let scratch = DraftFolder::new(beside).map_err(failed)?;
    let donors = from.iter().enumerate().map(|(number, location)| donor(location, scratch.path(), number));
    let donors: Vec<Donor> = donors.collect::<Result<_, _>>()?;
    match into {
        Location::File(path) => merge_files(path, &donors, takes_other_models),
        Location::Database(database) => postgres::gather(database, donors, takes_other_models),
    }
}

fn donor(location: &Location, scratch: &Path, number: usize) -> Result<Donor, StoreError> {
    let own: PathBuf = scratch.join(format!("{number}.sqlite"));
    let path = match location {
        Location::File(path) if is_writable(path) => path.clone(),
        Location::File(path) => place::copy(path, &own)
            .map_err(|source| StoreError::system(path, "unable to read it", &source))
            .map(|()| own)?,
        Location::Database(database) => {
            postgres::copy_out(database, &own)?;
            own
        }
    };
    Ok(Donor { path, name: location.to_string() })
}

/// True of a file that SQLite can read where it is: beside it, it lays files of its own. What is no file is no matter here.
fn is_writable(path: &Path) -> bool {
    !path.is_file() || (OpenOptions::new().append(true).open(path).is_ok() && draft(folder_of(path)).is_ok())
}
