//! Rows of Parquet and Arrow files as JSON, a part of the file at a time.

pub mod arrow;
mod arrow_sizes;
mod arrow_values;
pub mod parquet;
mod types;

use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::{Map, Value};

/// Maximum unpacked size of what is held at a time, in bytes: a row group, or a record batch.
const MOST_BYTES: usize = 1 << 30;

/// Values by the names of their columns.
pub type Row = Map<String, Value>;

/// What is read.
#[derive(Debug)]
pub enum ColumnarContent {
    /// An open file.
    File(File),
    /// What a compressed file unpacks to.
    Unpacked(Arc<[u8]>),
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ColumnarError {
    /// It unpacks to more than is held.
    #[error("{0}")]
    TooLarge(String),
    /// It is not what its name says.
    #[error("not a readable {0} file: {1}")]
    Damaged(&'static str, String),
}

/// What is wanted of a file.
pub struct Wanted<'w> {
    /// Rows that are needed at least; the others are unpacked when they are asked for.
    pub first: usize,
    /// Whether a column is read although it holds pictures, sounds or other binary content.
    pub has_binary: &'w dyn Fn(&str) -> bool,
}

/// A file whose rows are taken one at a time.
pub struct Rows {
    /// Columns in the file's order.
    pub columns: Vec<String>,
    /// Columns of unsupported types, with the name of the type.
    pub skipped: Vec<(String, String)>,
    /// The names that the numbers of a column stand for, where the file states them.
    pub labels: BTreeMap<String, Vec<String>>,
    /// Number of rows.
    pub count: usize,
    /// The rows.
    pub rows: Box<dyn Iterator<Item = Result<Row, ColumnarError>>>,
}

/// What work comes to that may panic, with the words of the panic.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the reader gave up").to_owned()
    })
}
