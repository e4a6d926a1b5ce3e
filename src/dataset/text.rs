//! Rows of text files: CSV, TSV and JSON Lines.

use std::cell::Cell;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use serde_json::Value;

use super::error::DatasetError;
use super::rows::{Row, Table, kind_of};
use crate::files::open_file;

/// Most bytes of a line of JSON or a record of CSV.
const LONGEST_LINE: u64 = 64 << 20;

/// Up to so many bytes, the rows of a file are held rather than read twice.
const HELD: u64 = 64 << 20;

pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Opens a CSV or TSV file; every value is a text.
pub(super) fn separated(path: &Path, shown: &str, delimiter: u8) -> Result<Table, DatasetError> {
    let file = open_file(path).map_err(|source| unreadable(shown, source))?;
    let since_record = Rc::new(Cell::new(0));
    let bounded = Bounded { file, since_record: Rc::clone(&since_record) };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bounded);
    let columns = header(reader.byte_headers().map_err(|error| csv_error(shown, &error))?, shown)?;
    let (names, shown) = (columns.clone(), shown.to_owned());
    let rows = reader.into_byte_records().map(move |record| {
        let record = record.map_err(|error| csv_error(&shown, &error))?;
        since_record.set(0);
        let line = record.position().map(csv::Position::line);
        let fields = csv::StringRecord::from_byte_record(record).map_err(|error| {
            let column = names.get(error.utf8_error().field()).map_or("", String::as_str);
            wrong(&shown, line, format!("column `{column}` is not valid UTF-8; save the file as UTF-8"))
        })?;
        Ok(names.iter().cloned().zip(fields.iter().map(Value::from)).collect())
    });
    Ok(Table { columns, skipped: Vec::new(), count: None, is_part: false, rows: Box::new(rows) })
}

/// A file that is given up where a record does not end.
struct Bounded {
    file: File,
    /// Bytes that were read since the last record was whole.
    since_record: Rc<Cell<u64>>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.since_record.set(self.since_record.get() + length as u64);
        if self.since_record.get() > LONGEST_LINE {
            return Err(io::Error::other(too_long()));
        }
        Ok(length)
    }
}

fn too_long() -> String {
    format!("a line of more than {} MB; is a quote or a line break missing?", LONGEST_LINE >> 20)
}

fn header(record: &csv::ByteRecord, shown: &str) -> Result<Vec<String>, DatasetError> {
    let mut seen = HashSet::new();
    let mut columns = Vec::with_capacity(record.len());
    for (at, field) in record.iter().enumerate() {
        let name = std::str::from_utf8(field)
            .map_err(|_| wrong(shown, Some(1), "the header is not valid UTF-8; save the file as UTF-8"))?;
        let name = match name.trim_start_matches(BYTE_ORDER_MARK).trim() {
            "" => format!("column_{}", at + 1),
            name => name.to_owned(),
        };
        if !seen.insert(name.clone()) {
            return Err(wrong(shown, Some(1), format!("two columns are named `{name}`")));
        }
        columns.push(name);
    }
    Ok(columns)
}

/// Opens a file with one JSON object a line, for its first `most` rows. Many of them are read twice, first
/// for their columns: each line may have one that no other has.
pub(super) fn json_lines(path: &Path, shown: &str, most: usize) -> Result<Table, DatasetError> {
    let open = || open_file(path).map_err(|source| unreadable(shown, source));
    let file = open()?;
    let length = file.metadata().map_err(|source| unreadable(shown, source))?.len();
    let mut lines = JsonLines::new(file, shown);
    let mut held = (most < usize::MAX || length <= HELD).then(Vec::new);
    let (mut columns, mut count) = (Columns::default(), 0);
    let mut is_part = most == 0;
    while !is_part {
        let row = match lines.next() {
            None => break,
            Some(Ok(row)) => row,
            Some(Err(error)) if most == usize::MAX => return Err(error),
            // Whether it counts, the rows before it tell.
            Some(Err(_)) => {
                is_part = true;
                break;
            }
        };
        columns.add(&row);
        count += 1;
        is_part = count == most;
        held = held.filter(|_| lines.length <= HELD);
        if let Some(held) = &mut held {
            held.push(row);
        }
    }
    let rows: Box<dyn Iterator<Item = _>> = match held {
        Some(held) => Box::new(held.into_iter().map(Ok)),
        None => Box::new(JsonLines::new(open()?, shown).take(count)),
    };
    Ok(Table { columns: columns.names, skipped: Vec::new(), count: None, is_part, rows })
}

/// The rows of a file with one JSON object a line.
struct JsonLines {
    reader: BufReader<File>,
    shown: String,
    line: u64,
    /// Bytes of the lines so far.
    length: u64,
    bytes: Vec<u8>,
}

impl JsonLines {
    fn new(file: File, shown: &str) -> Self {
        Self { reader: BufReader::new(file), shown: shown.to_owned(), line: 0, length: 0, bytes: Vec::new() }
    }

    /// The next line; false at the end.
    fn read_line(&mut self) -> Result<bool, DatasetError> {
        self.bytes.clear();
        self.line += 1;
        let mut bounded = (&mut self.reader).take(LONGEST_LINE + 1);
        let length = bounded.read_until(b'\n', &mut self.bytes).map_err(|source| unreadable(&self.shown, source))?;
        if length as u64 > LONGEST_LINE {
            return Err(self.wrong(too_long()));
        }
        self.length += length as u64;
        Ok(length > 0)
    }

    /// The row of the line; `None` if it is blank.
    fn row(&self) -> Result<Option<Row>, DatasetError> {
        let text = std::str::from_utf8(&self.bytes)
            .map_err(|_| self.wrong("the line is not valid UTF-8; save the file as UTF-8"))?;
        let text = if self.line == 1 { text.trim_start_matches(BYTE_ORDER_MARK) } else { text };
        if text.trim().is_empty() {
            return Ok(None);
        }
        let value: Value = serde_json::from_str(text)
            .map_err(|error| self.wrong(format!("not JSON: {}", without_position(&error))))?;
        object(value).map(Some).map_err(|kind| self.wrong(format!("holds {kind}, not an object")))
    }

    fn wrong(&self, reason: impl Into<String>) -> DatasetError {
        wrong(&self.shown, Some(self.line), reason)
    }
}

impl Iterator for JsonLines {
    type Item = Result<Row, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read_line() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
            if let Some(row) = self.row().transpose() {
                return Some(row);
            }
        }
    }
}

pub(super) fn object(value: Value) -> Result<Row, &'static str> {
    match value {
        Value::Object(row) => Ok(row),
        other => Err(kind_of(&other)),
    }
}

pub(super) fn table(rows: Vec<Row>) -> Table {
    let mut columns = Columns::default();
    rows.iter().for_each(|row| columns.add(row));
    let rows = Box::new(rows.into_iter().map(Ok));
    Table { columns: columns.names, skipped: Vec::new(), count: None, is_part: false, rows }
}

/// The columns of rows, in the order in which they come up.
#[derive(Default)]
struct Columns {
    seen: HashSet<String>,
    names: Vec<String>,
}

impl Columns {
    fn add(&mut self, row: &Row) {
        for name in row.keys().filter(|name| !self.seen.contains(*name)).cloned().collect::<Vec<_>>() {
            self.seen.insert(name.clone());
            self.names.push(name);
        }
    }
}

/// The message of `serde_json` without its "at line 1 column 5": the line is told by its own field.
pub(super) fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => format!("{} at column {}", &text[..at], error.column()),
        None => text,
    }
}

fn csv_error(shown: &str, error: &csv::Error) -> DatasetError {
    let line = error.position().map(csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            wrong(shown, line, format!("{len} fields, though the header has {expected_len}"))
        }
        csv::ErrorKind::Io(source) => unreadable(shown, std::io::Error::new(source.kind(), source.to_string())),
        _ => wrong(shown, line, error.to_string()),
    }
}

pub(super) fn unreadable(shown: &str, source: std::io::Error) -> DatasetError {
    DatasetError::Io { path: shown.to_owned(), source }
}

pub(super) fn wrong(shown: &str, line: Option<u64>, reason: impl Into<String>) -> DatasetError {
    DatasetError::Content { path: shown.to_owned(), line, reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::rows::{self, Format};
    use super::*;

    fn read(name: &str, content: &[u8]) -> Result<(Vec<String>, Vec<Value>), DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let table = rows::read(&path, Format::of(name).unwrap(), name, usize::MAX)?;
        let rows: Result<Vec<Value>, DatasetError> = table.rows.map(|row| row.map(Value::Object)).collect();
        Ok((table.columns, rows?))
    }

    fn failure(name: &str, content: &[u8]) -> String {
        read(name, content).unwrap_err().to_string()
    }

    #[test]
    fn csv_and_tsv_are_read_as_text() {
        let (columns, rows) = read("a.csv", "\u{feff}question,,answer\n\"1, or\n2?\",x,3\n\n".as_bytes()).unwrap();
        assert_eq!(columns, ["question", "column_2", "answer"]);
        assert_eq!(rows, [json!({"question": "1, or\n2?", "column_2": "x", "answer": "3"})]);
        let (_, rows) = read("a.tsv", b"q\ta\nx, y\t1\n").unwrap();
        assert_eq!(rows, [json!({"q": "x, y", "a": "1"})]);
    }

    #[test]
    fn flaws_of_a_csv_are_told_with_their_line() {
        assert_eq!(failure("a.csv", b"q,a\nx,1\ny\n"), "`a.csv`, line 3: 1 fields, though the header has 2");
        let text = failure("a.csv", b"q,a\nx,1\ny,\xff\n");
        assert_eq!(text, "`a.csv`, line 3: column `a` is not valid UTF-8; save the file as UTF-8");
        assert!(failure("a.csv", b"q,q\n").contains("two columns are named `q`"));
        assert!(failure("a.csv", b"q,\xff\n").contains("header is not valid UTF-8"));
    }

    #[test]
    fn json_lines_are_read_and_their_flaws_told_with_the_line() {
        let (columns, rows) = read("a.jsonl", "\u{feff}{\"q\":1}\r\n\n{\"q\":null,\"a\":[1]}".as_bytes()).unwrap();
        assert_eq!(columns, ["q", "a"]);
        assert_eq!(rows, [json!({"q": 1}), json!({"q": null, "a": [1]})]);
        assert_eq!(failure("a.jsonl", b"{}\n{\"q\": }\n"), "`a.jsonl`, line 2: not JSON: expected value at column 7");
        assert_eq!(failure("a.ndjson", b"{}\n[1]\n"), "`a.ndjson`, line 2: holds a list, not an object");
        assert!(failure("a.jsonl", b"{}\n\"\xff\"\n").contains("line 2: the line is not valid UTF-8"));
    }

    #[test]
    fn a_line_that_does_not_end_is_given_up() {
        let long = usize::try_from(LONGEST_LINE).unwrap();
        let quoted = [b"q,a\n1,\"".as_slice(), &vec![b'x'; long + 100_000]].concat();
        assert!(failure("a.csv", &quoted).contains("a line of more than 64 MB"));
        let line = [b"{\"q\": \"".as_slice(), &vec![b'x'; long]].concat();
        assert!(failure("a.jsonl", &line).contains("line 1: a line of more than 64 MB"));
    }

    #[test]
    fn a_large_file_has_the_rows_and_columns_of_a_small_one() {
        let pad = "x".repeat(1 << 20);
        let mut content: String = (0..70).map(|n| format!("{{\"q\": {n}, \"pad\": \"{pad}\"}}\n")).collect();
        content += "\n{\"q\": 70, \"last\": 1}\n";
        let (columns, rows) = read("a.jsonl", content.as_bytes()).unwrap();
        assert_eq!((columns, rows.len()), (["pad", "q", "last"].map(str::to_owned).to_vec(), 71));
        assert_eq!((&rows[0]["q"], &rows[70]), (&json!(0), &json!({"q": 70, "last": 1})));
        content += "{";
        assert!(failure("a.jsonl", content.as_bytes()).contains("line 73: not JSON"));
    }
}
