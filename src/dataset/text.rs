//! Rows of text files: CSV, TSV, JSON Lines and JSON.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::{Map, Value};

use super::error::DatasetError;
use super::rows::{Row, Table, kind_of};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Opens a CSV or TSV file; every value is a text.
pub(super) fn separated(path: &Path, shown: &str, delimiter: u8) -> Result<Table, DatasetError> {
    let file = File::open(path).map_err(|source| unreadable(shown, source))?;
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(file);
    let columns = header(reader.byte_headers().map_err(|error| csv_error(shown, &error))?, shown)?;
    let (names, shown) = (columns.clone(), shown.to_owned());
    let rows = reader.into_byte_records().map(move |record| {
        let record = record.map_err(|error| csv_error(&shown, &error))?;
        let line = record.position().map(csv::Position::line);
        let fields = csv::StringRecord::from_byte_record(record).map_err(|error| {
            let column = names.get(error.utf8_error().field()).map_or("", String::as_str);
            wrong(&shown, line, format!("column `{column}` is not valid UTF-8; save the file as UTF-8"))
        })?;
        Ok(names.iter().cloned().zip(fields.iter().map(Value::from)).collect())
    });
    Ok(Table { columns, skipped: Vec::new(), rows: Box::new(rows) })
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

/// Opens a file with one JSON object a line.
pub(super) fn json_lines(path: &Path, shown: &str) -> Result<Table, DatasetError> {
    let file = File::open(path).map_err(|source| unreadable(shown, source))?;
    let mut reader = BufReader::new(file);
    let mut rows = Vec::new();
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        bytes.clear();
        line += 1;
        if reader.read_until(b'\n', &mut bytes).map_err(|source| unreadable(shown, source))? == 0 {
            return Ok(table(rows));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| wrong(shown, Some(line), "the line is not valid UTF-8; save the file as UTF-8"))?;
        let text = if line == 1 { text.trim_start_matches(BYTE_ORDER_MARK) } else { text };
        if text.trim().is_empty() {
            continue;
        }
        let value: Value = serde_json::from_str(text)
            .map_err(|error| wrong(shown, Some(line), format!("not JSON: {}", without_position(&error))))?;
        rows.push(object(value).map_err(|kind| wrong(shown, Some(line), format!("holds {kind}, not an object")))?);
    }
}

/// Opens a file with one JSON list of objects, or an object whose `data` is one.
pub(super) fn json(path: &Path, shown: &str) -> Result<Table, DatasetError> {
    let bytes = std::fs::read(path).map_err(|source| unreadable(shown, source))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count() as u64;
        wrong(shown, Some(line), "the line is not valid UTF-8; save the file as UTF-8")
    })?;
    let value: Value = match serde_json::from_str(text.trim_start_matches(BYTE_ORDER_MARK)) {
        Ok(value) => value,
        // Many files called .json hold one object a line; only a first line that is whole tells.
        Err(error) if is_object_per_line(text) && error.line() > 1 => return json_lines(path, shown),
        Err(error) => {
            let line = Some(error.line() as u64);
            return Err(wrong(shown, line, format!("not JSON: {}", without_position(&error))));
        }
    };
    let items = match value {
        Value::Array(items) => items,
        Value::Object(mut object) => match object.remove("data") {
            Some(Value::Array(items)) => items,
            _ => return Err(wrong(shown, None, "is one object without a list `data`; rows are a list of objects")),
        },
        other => return Err(wrong(shown, None, format!("holds {}, not a list of objects", kind_of(&other)))),
    };
    let rows = items.into_iter().enumerate().map(|(at, item)| {
        object(item).map_err(|kind| wrong(shown, None, format!("item {at} (counted from 0) is {kind}, not an object")))
    });
    Ok(table(rows.collect::<Result<_, _>>()?))
}

fn is_object_per_line(text: &str) -> bool {
    let first = text.trim_start_matches(BYTE_ORDER_MARK).lines().next().unwrap_or_default();
    serde_json::from_str::<Map<String, Value>>(first).is_ok()
}

fn object(value: Value) -> Result<Row, &'static str> {
    match value {
        Value::Object(row) => Ok(row),
        other => Err(kind_of(&other)),
    }
}

fn table(rows: Vec<Row>) -> Table {
    let mut seen = HashSet::new();
    let mut columns = Vec::new();
    for name in rows.iter().flat_map(Map::keys) {
        if !seen.contains(name) {
            seen.insert(name.clone());
            columns.push(name.clone());
        }
    }
    Table { columns, skipped: Vec::new(), rows: Box::new(rows.into_iter().map(Ok)) }
}

/// The message of `serde_json` without its "at line 1 column 5": the line is told by its own field.
fn without_position(error: &serde_json::Error) -> String {
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

fn unreadable(shown: &str, source: std::io::Error) -> DatasetError {
    DatasetError::Io { path: shown.to_owned(), source }
}

fn wrong(shown: &str, line: Option<u64>, reason: impl Into<String>) -> DatasetError {
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
        let table = rows::read(&path, Format::of(name).unwrap(), name)?;
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
    fn json_is_a_list_an_object_with_data_or_one_object_a_line() {
        for content in ["[{\"q\":1},{\"q\":2}]", "{\"data\":[{\"q\":1},{\"q\":2}]}", "{\"q\":1}\n{\"q\":2}\n"] {
            let (_, rows) = read("a.json", content.as_bytes()).unwrap();
            assert_eq!(rows, [json!({"q": 1}), json!({"q": 2})], "{content}");
        }
        assert_eq!(failure("a.json", b"[{},3]"), "`a.json`: item 1 (counted from 0) is a number, not an object");
        assert!(failure("a.json", b"{\"rows\":[]}").contains("without a list `data`"));
        assert!(failure("a.json", b"[{},\n{]").starts_with("`a.json`, line 2: not JSON: "));
        assert!(failure("a.json", b"[\n\"\xff\"]").contains("line 2: the line is not valid UTF-8"));
    }
}
