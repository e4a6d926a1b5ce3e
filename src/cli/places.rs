//! Stores on the command line: a file, or a database by the variable that holds its address.

use std::path::{Path, PathBuf};

use super::session::Session;
use crate::error::Error;
use crate::plan::database_named;
use crate::store::Location;

/// What a database begins with on the command line.
const DATABASE: &str = "postgres:";

/// The store that an argument names: the path of a file, or `postgres:VARIABLE` with `/SCHEMA` behind it where that is not
/// `smallbench`.
///
/// # Errors
/// It is an address, which would be seen by others in the list of processes, or no variable or schema.
pub(super) fn location(argument: &Path, session: &Session) -> Result<Location, Error> {
    let Some(name) = database(argument) else { return Ok(Location::File(argument.to_owned())) };
    let (variable, schema) = name.split_once('/').map_or((name, None), |(variable, schema)| (variable, Some(schema)));
    if variable.is_empty() || name.starts_with("//") {
        return Err(Error::misuse(
            "an address on the command line can be read by others",
            "put it into an environment variable, and write `postgres:VARIABLE`, or `postgres:VARIABLE/SCHEMA`",
        ));
    }
    let database = database_named(variable, schema, &session.environment).map_err(Error::Usage)?;
    database.secrets().iter().for_each(|secret| session.secrets.add(secret));
    Ok(Location::Database(database))
}

/// The file that an argument names, for what is done to files only; `instead` is what is done with a database.
///
/// # Errors
/// It names a database.
pub(super) fn file(argument: &Path, instead: &str) -> Result<PathBuf, Error> {
    match database(argument) {
        None => Ok(argument.to_owned()),
        Some(_) => Err(Error::Usage(instead.to_owned())),
    }
}

/// True if an argument names a database.
pub(super) fn is_database(argument: &Path) -> bool {
    database(argument).is_some()
}

fn database(argument: &Path) -> Option<&str> {
    let text = argument.to_str()?;
    text.strip_prefix(DATABASE).or_else(|| text.strip_prefix("postgresql:"))
}
