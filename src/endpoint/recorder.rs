//! A recorder: writes each good exchange of a run into a cassette.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::cassette::{CassetteError, Exchange, FORMAT, Label};

/// A cassette that is being written.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    file: Mutex<File>,
}

impl Recorder {
    /// Starts a cassette; an older file of that name is replaced.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path, api: &str, recorded: &str) -> Result<Self, CassetteError> {
        let error = |source| CassetteError::Io { path: path.to_owned(), source };
        let mut file = File::create(path).map_err(error)?;
        let label = Label { cassette: FORMAT, api: api.to_owned(), recorded: recorded.to_owned() };
        write_line(&mut file, &label).map_err(error)?;
        Ok(Self { path: path.to_owned(), file: Mutex::new(file) })
    }

    /// Adds an exchange.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&self, exchange: &Exchange) -> Result<(), CassetteError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        write_line(&mut file, exchange).map_err(|source| CassetteError::Io { path: self.path.clone(), source })
    }
}

fn write_line(file: &mut File, value: &impl serde::Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}
