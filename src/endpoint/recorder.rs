//! A recorder: writes each good exchange of a run into a cassette.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::blank::blanked;
use super::cassette::{Cassette, CassetteError, Exchange, FORMAT, Label};
use crate::files::open_file;
use crate::secret::Secrets;

/// A cassette that is being written.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    file: Mutex<File>,
    secrets: Secrets,
}

impl Recorder {
    /// Starts a cassette, or goes on with the one that is there.
    ///
    /// # Errors
    /// The file cannot be written, or is a cassette of another API.
    pub fn open(path: &Path, api: &str, recorded: &str, secrets: Secrets) -> Result<Self, CassetteError> {
        let error = |source| CassetteError::Io { path: path.to_owned(), source };
        let is_new = match open_file(path).and_then(|file| file.metadata()) {
            Ok(metadata) => metadata.len() == 0,
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => true,
            Err(source) => return Err(error(source)),
        };
        if !is_new {
            let label = Cassette::load(path)?.label;
            if label.api != api {
                let message = format!("it holds `{}`, not `{api}`: choose another file", label.api);
                return Err(CassetteError::Malformed { path: path.to_owned(), line: 1, message });
            }
        }
        let mut file = File::options().append(true).create(true).open(path).map_err(error)?;
        if is_new {
            let label = Label { cassette: FORMAT, api: api.to_owned(), recorded: recorded.to_owned() };
            write_line(&mut file, &label).map_err(error)?;
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
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = line.and_then(|line| file.write_all(line.as_bytes()));
        written.map_err(|source| CassetteError::Io { path: self.path.clone(), source })
    }
}

fn write_line(file: &mut File, value: &impl serde::Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}
