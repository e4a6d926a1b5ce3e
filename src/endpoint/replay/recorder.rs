//! A recorder: writes each good exchange of a run into a cassette.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::blank::blanked;
use super::cassette::{Cassette, CassetteError, Exchange, FORMAT, Label};
use crate::files::{FileError, open_file};
use crate::secret::Secrets;

/// A cassette that is being written.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    file: Mutex<File>,
    secrets: Secrets,
}

impl Recorder {
    /// Starts a cassette, or appends to an existing one.
    ///
    /// # Errors
    /// The file cannot be written, or is a cassette of another API.
    pub fn open(path: &Path, api: &str, recorded: &str, secrets: Secrets) -> Result<Self, CassetteError> {
        let error = |source| CassetteError::Io(FileError { path: path.to_owned(), source });
        // What is there must be a file: anything else could block when it is opened for writing.
        match open_file(path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(error(source)),
            _ => {}
        }
        let file = File::options().append(true).create(true).open(path).map_err(error)?;
        let label = Label { cassette: FORMAT, api: api.to_owned(), recorded: recorded.to_owned() };
        // Of two runs that begin one cassette at once, one labels it.
        let is_new = alone(&file, || {
            let is_new = file.metadata()?.len() == 0;
            if is_new {
                write_line(&mut &file, &label)?;
            }
            Ok(is_new)
        });
        if !is_new.map_err(error)? {
            // Nobody is in the middle of a line meanwhile.
            let _ = file.lock_shared();
            let found = Cassette::load(path);
            let _ = file.unlock();
            let found = found?.label.api;
            if found != api {
                let message = format!("it holds `{found}`, not `{api}`: choose another file");
                return Err(CassetteError::Malformed { path: path.to_owned(), line: 1, message });
            }
        }
        Ok(Self { path: path.to_owned(), file: Mutex::new(file), secrets })
    }

    /// Adds an exchange, without the secrets in it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&self, mut exchange: Exchange) -> Result<(), CassetteError> {
        blanked(&mut exchange.chunks, &self.secrets);
        exchange.content_type = self.secrets.redacted(exchange.content_type);
        let line = serde_json::to_string(&exchange).map_err(std::io::Error::from);
        let line = line.map(|line| self.secrets.redacted(line) + "\n");
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = line.and_then(|line| alone(&file, || (&mut &*file).write_all(line.as_bytes())));
        Ok(written.map_err(FileError::at(&self.path))?)
    }
}

/// Runs `act` while no other run writes to the file. Where files cannot be locked, it runs without a lock.
fn alone<T>(file: &File, act: impl FnOnce() -> std::io::Result<T>) -> std::io::Result<T> {
    let _ = file.lock();
    let outcome = act();
    let _ = file.unlock();
    outcome
}

fn write_line(file: &mut impl Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}
