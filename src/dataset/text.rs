//! Rows of files with one JSON object a line.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::ops::{Range, RangeInclusive};

use rayon::prelude::*;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::error::DatasetError;
use super::lines;
use super::long_numbers;
use super::nan;
use super::open::{Opened, open_text};
use super::rows::{Numbered, Row, Table, kind_of};

/// Maximum size of a line of JSON or a record of CSV, in bytes.
pub(super) const LONGEST_LINE: u64 = 64 << 20;

pub(super) const NOT_UTF8: &str =
    "not valid UTF-8; save the file as UTF-8, or set `encoding: latin1` beside its `path`";

pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

pub(super) fn too_long() -> String {
    format!("the line exceeds {} MB; check for a missing quote or line break", LONGEST_LINE >> 20)
}

/// Opens a file with one JSON object a line, for its first `most` rows. It is read twice, first for its columns
/// alone: each line may have one that no other has.
pub(super) fn json_lines(opened: Opened<'_>, most: usize) -> Result<Table, DatasetError> {
    let shown = opened.shown;
    let open = || open_text(opened).map_err(|source| unreadable(shown, source));
    let mut columns = Columns::default();
    let mut count = 0;
    let mut is_part = most == 0;
    let mut lines = JsonLines::new(open()?, shown, names);
    while !is_part {
        match lines.next() {
            None => break,
            Some(Ok((_, names))) => names.into_iter().for_each(|name| columns.add(name)),
            // A line that cannot be read is a row, and its error that of a row.
            Some(Err(DatasetError::Content { line: Some(_), .. })) if most == usize::MAX => {}
            Some(Err(error)) if most == usize::MAX => return Err(error),
            // The rows before it determine whether it counts.
            Some(Err(_)) => {
                is_part = true;
                break;
            }
        }
        count += 1;
        is_part = count == most;
    }
    let rows = JsonLines::new(open()?, shown, row).take(count);
    let rows = Box::new(rows.map(|row| row.map(|(line, row)| Numbered { row, line: lines::number(line) })));
    Ok(Table { columns: columns.names, skipped: Vec::new(), labels: BTreeMap::new(), count: None, is_part, rows })
}

/// The object of a line, with all digits of its numbers.
fn row(text: &str) -> serde_json::Result<Row> {
    let exact = long_numbers::as_strings(text);
    serde_json::from_str(exact.as_deref().unwrap_or(text))
}

/// The names of an object, without its values; an error where it is no object.
fn names(text: &str) -> serde_json::Result<Vec<String>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let names = deserializer.deserialize_map(Names)?;
    deserializer.end()?;
    Ok(names)
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = map.next_key()? {
            map.next_value::<IgnoredAny>()?;
            names.push(name);
        }
        Ok(names)
    }
}

/// Bytes of the lines that are read together at first, and at most; a line that is longer is read alone.
const TOGETHER: RangeInclusive<usize> = 16 << 10..=1 << 20;

/// What is made of the lines of a file, each of which is one JSON object, with their numbers. Lines are read a few at a
/// time, and their objects on all cores.
struct JsonLines<T, R> {
    reader: BufReader<Box<dyn Read>>,
    shown: String,
    /// Number of the last line.
    line: u64,
    /// Bytes of the lines that are read next.
    room: usize,
    made: std::vec::IntoIter<Result<(u64, T), DatasetError>>,
    read: R,
}

/// Lines that were read together.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    /// Where each line stands, with its number, or why it cannot be had.
    found: Vec<Result<(u64, Range<usize>), DatasetError>>,
}

impl<T: Send, R: Fn(&str) -> serde_json::Result<T> + Sync> JsonLines<T, R> {
    fn new(file: Box<dyn Read>, shown: &str, read: R) -> Self {
        let (reader, made) = (BufReader::new(file), Vec::new().into_iter());
        Self { reader, shown: shown.to_owned(), line: 0, room: *TOGETHER.start(), made, read }
    }

    /// The next lines; none at the end.
    fn next_lines(&mut self) -> Lines {
        let mut lines = Lines::default();
        while lines.bytes.len() < self.room {
            self.line += 1;
            let start = lines.bytes.len();
            let mut bounded = (&mut self.reader).take(LONGEST_LINE + 1);
            let found = match bounded.read_until(b'\n', &mut lines.bytes) {
                Ok(0) => break,
                Ok(length) if length as u64 > LONGEST_LINE => Err(wrong(&self.shown, Some(self.line), too_long())),
                Ok(_) => Ok((self.line, start..lines.bytes.len())),
                Err(source) => Err(unreadable(&self.shown, source)),
            };
            let is_last = found.is_err();
            lines.found.push(found);
            if is_last {
                break;
            }
        }
        self.room = (self.room * 4).min(*TOGETHER.end());
        lines
    }
}

impl<T: Send, R: Fn(&str) -> serde_json::Result<T> + Sync> Iterator for JsonLines<T, R> {
    type Item = Result<(u64, T), DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(made) = self.made.next() {
                return Some(made);
            }
            let Lines { bytes, found } = self.next_lines();
            if found.is_empty() {
                return None;
            }
            let (read, shown) = (&self.read, self.shown.as_str());
            let make = |line: Result<(u64, Range<usize>), DatasetError>| match line {
                Ok((number, range)) => Line { shown, number, bytes: &bytes[range] }.object(read),
                Err(error) => Some(Err(error)),
            };
            let made: Vec<_> = found.into_par_iter().filter_map(make).collect();
            self.made = made.into_iter();
        }
    }
}

/// One line of a file.
struct Line<'l> {
    shown: &'l str,
    number: u64,
    bytes: &'l [u8],
}

impl Line<'_> {
    /// The text of the line; `None` if it is blank.
    fn text(&self) -> Result<Option<&str>, DatasetError> {
        let text = std::str::from_utf8(self.bytes)
            .map_err(|error| self.wrong(format!("byte {} of the line is {NOT_UTF8}", error.valid_up_to() + 1)))?;
        let text = if self.number == 1 { text.trim_start_matches(BYTE_ORDER_MARK) } else { text };
        Ok((!text.trim().is_empty()).then_some(text))
    }

    /// What is made of the line; `None` if it is blank. What is wrong with one that `read` refuses, reading all of it
    /// tells.
    fn object<T>(&self, read: impl Fn(&str) -> serde_json::Result<T>) -> Option<Result<(u64, T), DatasetError>> {
        let text = match self.text() {
            Ok(text) => text?,
            Err(error) => return Some(Err(error)),
        };
        let made = read(text).or_else(|error| {
            nan::as_null(text).and_then(|text| read(&text).ok()).ok_or_else(|| self.flaw(text, &error))
        });
        Some(made.map(|made| (self.number, made)))
    }

    fn flaw(&self, text: &str, error: &serde_json::Error) -> DatasetError {
        match serde_json::from_str(text).map(object) {
            Ok(Err(kind)) => self.wrong(format!("holds {kind}, expected an object")),
            Err(error) => self.wrong(format!("not JSON: {}", without_position(&error))),
            Ok(Ok(_)) => self.wrong(format!("not JSON: {}", without_position(error))),
        }
    }

    fn wrong(&self, reason: impl Into<String>) -> DatasetError {
        wrong(self.shown, Some(self.number), reason)
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
    rows.iter().flat_map(Row::keys).for_each(|name| columns.add(name.clone()));
    let rows = Box::new(rows.into_iter().map(|row| Ok(row.into())));
    Table { columns: columns.names, skipped: Vec::new(), labels: BTreeMap::new(), count: None, is_part: false, rows }
}

/// The columns of rows, in order of appearance.
#[derive(Default)]
struct Columns {
    seen: HashSet<String>,
    names: Vec<String>,
}

impl Columns {
    fn add(&mut self, name: String) {
        if !self.seen.contains(&name) {
            self.names.push(name.clone());
            self.seen.insert(name);
        }
    }
}

/// The message of `serde_json` without its "at line 1 column 5": the line has its own field.
pub(super) fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => format!("{} at column {}", &text[..at], error.column()),
        None => text,
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

    use super::super::format::{self, Format};
    use super::*;
    use crate::spec::types::TextEncoding;

    fn read(name: &str, content: &[u8]) -> Result<(Vec<String>, Vec<Value>), DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let opened = Opened { path: &path, shown: name, encoding: TextEncoding::Utf8 };
        let table = format::read(opened, Format::of(name).unwrap(), (usize::MAX, &Default::default()))?;
        let rows: Result<Vec<Value>, DatasetError> =
            table.rows.map(|row| row.map(|row| Value::Object(row.row))).collect();
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
        assert_eq!(failure("a.csv", b"q,a\nx,1\ny\n"), "`a.csv`, line 3: 1 field, but the header has 2");
        let text = failure("a.csv", b"q,a\nx,1\ny,\xff\n");
        assert_eq!(
            text,
            "`a.csv`, line 3: column `a` is not valid UTF-8; save the file as UTF-8, or set `encoding: latin1` beside its `path`"
        );
        assert!(failure("a.csv", b"q,q\n").contains("duplicate column `q`"));
        assert!(failure("a.csv", b"q,\xff\n").contains("header is not valid UTF-8"));
    }

    #[test]
    fn json_lines_are_read_and_their_flaws_told_with_the_line() {
        let (columns, rows) = read("a.jsonl", "\u{feff}{\"q\":1}\r\n\n{\"q\":null,\"a\":[1]}".as_bytes()).unwrap();
        assert_eq!(columns, ["q", "a"]);
        assert_eq!(rows, [json!({"q": 1}), json!({"q": null, "a": [1]})]);
        assert_eq!(failure("a.jsonl", b"{}\n{\"q\": }\n"), "`a.jsonl`, line 2: not JSON: expected value at column 7");
        assert_eq!(failure("a.ndjson", b"{}\n[1]\n"), "`a.ndjson`, line 2: holds a list, expected an object");
        assert_eq!(failure("a.jsonl", b"{}\nnull\n"), "`a.jsonl`, line 2: holds nothing, expected an object");
        assert_eq!(failure("a.jsonl", b"{} {}\n"), "`a.jsonl`, line 1: not JSON: trailing characters at column 4");
        assert!(failure("a.jsonl", b"{\"q\": 1e999}\n").contains("line 1: not JSON: number out of range"));
        assert!(failure("a.jsonl", b"{}\n\"\xff\"\n").contains("line 2: byte 2 of the line is not valid UTF-8"));
    }

    #[test]
    fn long_numbers_are_exact() {
        let row = "{\"q\":1,\"answer\":1180591620717411303424}";
        let expected = [json!({"q": 1, "answer": "1180591620717411303424"})];
        assert_eq!(read("a.jsonl", row.as_bytes()).unwrap().1, expected);
        assert_eq!(read("a.json", format!("[{row}]").as_bytes()).unwrap().1, expected);
    }

    #[test]
    fn a_line_that_does_not_end_is_given_up() {
        let long = usize::try_from(LONGEST_LINE).unwrap();
        let quoted = [b"q,a\n1,\"".as_slice(), &vec![b'x'; long + 100_000]].concat();
        assert!(failure("a.csv", &quoted).contains("the line exceeds 64 MB"));
        let line = [b"{\"q\": \"".as_slice(), &vec![b'x'; long]].concat();
        assert!(failure("a.jsonl", &line).contains("line 1: the line exceeds 64 MB"));
    }

    #[test]
    fn columns_of_later_lines_are_found() {
        let content = "{\"q\": 0, \"pad\": \"x\"}\n\n{\"q\": 70, \"last\": {\"a\": [1]}}\n";
        let (columns, rows) = read("a.jsonl", content.as_bytes()).unwrap();
        assert_eq!(columns, ["q", "pad", "last"]);
        assert_eq!(rows, [json!({"q": 0, "pad": "x"}), json!({"q": 70, "last": {"a": [1]}})]);
        assert!(failure("a.jsonl", format!("{content}{{").as_bytes()).contains("line 4: not JSON"));
    }
}
