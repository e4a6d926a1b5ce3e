//! Rows of JSON files: a list of objects, an object whose `data` is one, or one object a line.

use std::io::{self, BufRead, BufReader, Read};

use serde::Deserialize;
use serde_json::{Deserializer, Map, Value};

use super::encoding::whole_as_utf8;
use super::error::DatasetError;
use super::long_numbers;
use super::nan;
use super::open::{Opened, check_packing, is_compressed, open_text};
use super::rows::{Row, Table, kind_of};
use super::text::{BYTE_ORDER_MARK, NOT_UTF8, json_lines, object, table, unreadable, without_position, wrong};
use crate::files::read_bounded;

/// Maximum size of a file that is read whole, in bytes; its values take several times as much memory.
const MOST_BYTES: u64 = 256 << 20;

/// Numbers from this one on are not whole numbers of the machine.
const LARGEST: f64 = 9.2e18;

/// The members of an object that hold its rows.
const LISTS: [&str; 2] = ["data", "examples"];

/// Opens a file with one JSON list of objects, or an object whose `data` is one; of a list, no more than
/// the first `most` items are read if it has others.
pub(super) fn read(opened: Opened<'_>, most: usize) -> Result<Table, DatasetError> {
    if most < usize::MAX
        && let Some(rows) = first_items(opened, most).map_err(|source| unreadable(opened.shown, source))?
    {
        return Ok(Table { is_part: true, ..table(rows) });
    }
    whole(opened, most)
}

/// True if a file begins with a list of objects, and so is one value and not one a line.
pub(super) fn is_list(opened: Opened<'_>) -> bool {
    let Ok(file) = open_text(opened) else { return false };
    let mut start = Vec::new();
    let is_read = file.take(64).read_to_end(&mut start).is_ok();
    let start = start.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(&start);
    let items = start.trim_ascii_start().strip_prefix(b"[");
    is_read && items.is_some_and(|items| items.trim_ascii_start().starts_with(b"{"))
}

fn whole(opened: Opened<'_>, most: usize) -> Result<Table, DatasetError> {
    let shown = opened.shown;
    let bytes = bounded(opened).map_err(|source| unreadable(shown, source))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count() as u64;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        wrong(shown, Some(line), format!("byte {} of the line is {NOT_UTF8}", before.len() - start + 1))
    })?;
    let text = text.trim_start_matches(BYTE_ORDER_MARK);
    let exact = long_numbers::as_strings(text);
    let text = exact.as_deref().unwrap_or(text);
    let parsed = serde_json::from_str(text)
        .or_else(|error| nan::as_null(text).and_then(|text| serde_json::from_str(&text).ok()).ok_or(error));
    let value: Value = match parsed {
        Ok(value) => value,
        // Many .json files hold one object per line; a complete first line shows it.
        Err(error) if is_object_per_line(text) && error.line() > 1 => return json_lines(opened, most),
        Err(error) => {
            let line = Some(error.line() as u64);
            return Err(wrong(shown, line, format!("not JSON: {}", without_position(&error))));
        }
    };
    let items = match value {
        Value::Array(items) => items,
        Value::Object(object) => rows_of(object).map_err(|reason| wrong(shown, None, reason))?,
        other => return Err(wrong(shown, None, format!("holds {}, expected a list of objects", kind_of(&other)))),
    };
    let rows = items.into_iter().enumerate().map(|(at, item)| {
        object(item).map_err(|kind| wrong(shown, None, format!("item {at} (counted from 0) is {kind}, not an object")))
    });
    Ok(table(rows.collect::<Result<_, _>>()?))
}

/// The rows that one object holds: the list of a usual name, the only list of objects, or objects by their names.
fn rows_of(mut object: Map<String, Value>) -> Result<Vec<Value>, String> {
    if let Some(Value::Array(items)) = LISTS.iter().find_map(|name| object.remove(*name)) {
        return Ok(items);
    }
    let are_objects =
        |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_object) && !items.is_empty());
    let lists: Vec<String> =
        object.iter().filter(|(_, value)| are_objects(value)).map(|(name, _)| name.clone()).collect();
    match lists.as_slice() {
        [only] => return Ok(object.remove(only).and_then(|list| list.as_array().cloned()).unwrap_or_default()),
        [] => {}
        several => {
            let names = several.join("`, `");
            return Err(format!("holds several lists of rows (`{names}`); save the one to ask as a file of its own"));
        }
    }
    // Tables by columns have numbers below their names.
    let is_row =
        |value: &Value| value.as_object().is_some_and(|row| row.keys().any(|name| name.parse::<u64>().is_err()));
    if object.len() > 1 && object.values().all(is_row) {
        return Ok(object.into_iter().map(|(_, row)| row).collect());
    }
    Err("is one object without a list `data`; expected a list of objects, in pandas `to_json(…, orient=\"records\")`"
        .to_owned())
}

/// Reads a file of at most the maximum size, unpacked.
fn bounded(opened: Opened<'_>) -> io::Result<Vec<u8>> {
    if !is_compressed(opened.shown) {
        check_packing(opened.path, opened.shown)?;
        return whole_as_utf8(read_bounded(opened.path, MOST_BYTES)?, opened.encoding);
    }
    let mut bytes = Vec::new();
    open_text(opened)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MOST_BYTES {
        true => {
            Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it unpacks to more than {} MB", MOST_BYTES >> 20)))
        }
        false => Ok(bytes),
    }
}

fn is_object_per_line(text: &str) -> bool {
    let first = text.trim_start_matches(BYTE_ORDER_MARK).lines().next().unwrap_or_default();
    serde_json::from_str::<Map<String, Value>>(first).is_ok()
}

/// The first items of a list, up to `most` or to the first that is not an object; `None` if
/// the file is not a list, or its list ends before.
///
/// Errors of the list are left to the reading of the whole file, which has positions.
fn first_items(opened: Opened<'_>, most: usize) -> io::Result<Option<Vec<Row>>> {
    let mut reader = BufReader::new(open_text(opened)?.take(MOST_BYTES));
    if reader.fill_buf()?.starts_with(BYTE_ORDER_MARK.as_bytes()) {
        reader.consume(BYTE_ORDER_MARK.len());
    }
    if next_byte(&mut reader)? != Some(b'[') {
        return Ok(None);
    }
    let mut rows = Vec::new();
    while rows.len() < most {
        let Ok(Value::Object(row)) = Value::deserialize(&mut Deserializer::from_reader(&mut reader)) else { break };
        if row.values().any(is_inexact) {
            // Its digits are in the text, which is read whole.
            return Ok(None);
        }
        rows.push(row);
        match next_byte(&mut reader)? {
            Some(b',') => {}
            Some(b']') => return Ok(None),
            _ => break,
        }
    }
    Ok(Some(rows))
}

/// True if a value holds a number that may have lost digits.
fn is_inexact(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64() && number.as_f64().is_some_and(|number| number.abs() >= LARGEST),
        Value::Array(items) => items.iter().any(is_inexact),
        Value::Object(members) => members.values().any(is_inexact),
        _ => false,
    }
}

/// Takes the next byte that is not JSON white space; `None` at the end.
fn next_byte(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let buffer = reader.fill_buf()?;
        let spaces = buffer.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
        let (is_end, found) = (buffer.is_empty(), buffer.get(spaces).copied());
        reader.consume(spaces + usize::from(found.is_some()));
        if is_end || found.is_some() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::spec::types::TextEncoding;

    fn read(content: &[u8], most: usize) -> Result<(Vec<Value>, bool), DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, content).unwrap();
        let opened = Opened { path: &path, shown: "a.json", encoding: TextEncoding::Utf8 };
        let table = super::read(opened, most)?;
        let rows: Result<Vec<Value>, DatasetError> =
            table.rows.map(|row| row.map(|row| Value::Object(row.row))).collect();
        Ok((rows?, table.is_part))
    }

    fn failure(content: &[u8]) -> String {
        read(content, usize::MAX).unwrap_err().to_string()
    }

    #[test]
    fn json_is_a_list_an_object_with_data_or_one_object_a_line() {
        for content in [
            "[{\"q\":1},{\"q\":2}]",
            "{\"data\":[{\"q\":1},{\"q\":2}]}",
            "{\"q\":1}\n{\"q\":2}\n",
            "\u{feff} [{\"q\":1}\t,\n{\"q\":2} ]\n",
        ] {
            for most in [3, usize::MAX] {
                let (rows, is_part) = read(content.as_bytes(), most).unwrap();
                assert_eq!((rows, is_part), (vec![json!({"q": 1}), json!({"q": 2})], false), "{content}");
            }
        }
        assert_eq!(failure(b"[{},3]"), "`a.json`: item 1 (counted from 0) is a number, not an object");
        assert!(failure(b"{\"rows\":[]}").contains("without a list `data`"));
        assert!(failure(b"[{},\n{]").starts_with("`a.json`, line 2: not JSON: "));
        assert!(failure(b"[\n\"\xff\"]").contains("line 2: byte 2 of the line is not valid UTF-8"));
    }

    #[test]
    fn what_stands_after_the_wanted_items_is_not_read() {
        for rest in [&b"{}]"[..], b"\xff", b"", b"{", b"3]", b"]"] {
            let content = [b"[{\"q\":1} , ", rest].concat();
            assert_eq!(read(&content, 1).unwrap(), (vec![json!({"q": 1})], true), "{rest:?}");
        }
    }

    #[test]
    fn items_before_a_flaw_are_a_part() {
        for content in ["[{},\n3]", "[{},\n{]", "[{},]", "[{}", "[{} {}]", "[{}:"] {
            assert_eq!(read(content.as_bytes(), 9).unwrap(), (vec![json!({})], true), "{content}");
            assert!(read(content.as_bytes(), usize::MAX).is_err(), "{content}");
        }
        for content in ["[", "[,{}]", "[7]", "[{]"] {
            assert_eq!(read(content.as_bytes(), 9).unwrap(), (vec![], true), "{content}");
        }
        assert_eq!(read(b"[]", usize::MAX).unwrap(), (vec![], false));
    }

    #[test]
    fn a_list_may_be_too_large_to_be_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, b"[{\"q\":1},{\"q\":2}").unwrap();
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(MOST_BYTES + 1).unwrap();
        let opened = Opened { path: &path, shown: "a.json", encoding: TextEncoding::Utf8 };
        assert_eq!(super::read(opened, 2).unwrap().rows.count(), 2);
        let refused = super::read(opened, usize::MAX).err().unwrap();
        assert!(refused.to_string().contains("256 MB"), "{refused}");
    }
}
