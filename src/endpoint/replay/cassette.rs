//! A cassette: a recording of real exchanges, replayed through the same engine and client code.
//!
//! One JSON object per line. The first says what was recorded, and when; each further one is an
//! exchange with the chunks of its reply and the time stamps they had.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::checksum::sha256;
use crate::endpoint::fault::Fault;
use crate::files::{FileError, read_bounded};
use crate::response::Status;

/// Version of the format.
pub const FORMAT: u32 = 1;

/// Most bytes of a cassette, which is held in memory.
const MOST_BYTES: u64 = 1 << 30;

/// First line of a cassette.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Version of the format.
    pub cassette: u32,
    /// Name of the API that was spoken, as its provider says it.
    pub api: String,
    /// Day of the recording, as YYYY-MM-DD.
    pub recorded: String,
}

/// One recorded exchange.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Path below the endpoint's URL.
    pub path: String,
    /// JSON body of the request; null for a GET.
    pub body: Json,
    /// HTTP status of the reply.
    pub http_status: u16,
    /// Media type of the reply.
    pub content_type: String,
    /// When the headers were there, in nanoseconds since the request was sent.
    pub headers_ns: u64,
    /// The chunks of the body, each with its time stamp.
    pub chunks: Vec<(u64, String)>,
    /// When the body was over.
    pub end_ns: u64,
}

/// What can be wrong with a cassette.
#[derive(Debug, thiserror::Error)]
pub enum CassetteError {
    /// The file cannot be read or written.
    #[error("the cassette {0}")]
    Io(#[from] FileError),
    /// A line is not what it should be.
    #[error("the cassette {}, line {line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

/// A recording, ready to answer.
#[derive(Debug)]
pub struct Cassette {
    path: PathBuf,
    /// What the first line says.
    pub label: Label,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    exchanges: HashMap<(String, String), Arc<Exchange>>,
}

impl Cassette {
    /// Reads a cassette.
    ///
    /// # Errors
    /// The file is not there, or a line of it cannot be read.
    pub fn load(path: &Path) -> Result<Self, CassetteError> {
        let bytes = read_bounded(path, MOST_BYTES).map_err(FileError::at(path))?;
        let malformed =
            |line: usize, message: String| CassetteError::Malformed { path: path.to_owned(), line, message };
        let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
        let (_, first) = lines.next().ok_or_else(|| malformed(1, "the file is empty".into()))?;
        let label: Label = serde_json::from_slice(first).map_err(|error| malformed(1, error.to_string()))?;
        if label.cassette != FORMAT {
            return Err(malformed(1, format!("format {} is not known, only {FORMAT}", label.cassette)));
        }
        let mut exchanges = HashMap::new();
        for (index, line) in lines {
            let exchange: Exchange =
                serde_json::from_slice(line).map_err(|error| malformed(index + 1, error.to_string()))?;
            exchanges.insert((exchange.path.clone(), exchange.body.to_string()), Arc::new(exchange));
        }
        let sha256 = sha256(&bytes);
        Ok(Self { path: path.to_owned(), label, sha256, exchanges })
    }

    /// The recorded exchange of a request.
    ///
    /// # Errors
    /// Nothing like it was recorded.
    pub fn find(&self, path: &str, body: Option<&[u8]>) -> Result<Arc<Exchange>, Fault> {
        let body = match body {
            Some(body) => serde_json::from_slice(body).unwrap_or(Json::Null),
            None => Json::Null,
        };
        self.exchanges.get(&(path.to_owned(), body.to_string())).map(Arc::clone).ok_or_else(|| {
            let message = format!(
                "{} holds no answer to this request: record it again with `--record` after a change of prompt, model or generation",
                self.path.display()
            );
            Fault::new(Status::Rejected, message)
        })
    }
}
