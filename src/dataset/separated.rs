//! Rows of CSV and TSV files; every value is a string.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, BufReader, Read};
use std::num::NonZeroU32;
use std::rc::Rc;

use serde_json::Value;

use super::error::DatasetError;
use super::lines::Lines;
use super::open::{Opened, open_text};
use super::rows::{Numbered, Row, Table};
use super::text::{BYTE_ORDER_MARK, LONGEST_LINE, NOT_UTF8, too_long, unreadable, wrong};
use crate::format::counted;
use crate::spec::types::ColumnsSpec;

/// Separators of columns, those of the format names last.
const SEPARATORS: [u8; 4] = [b';', b'\t', b'|', b','];

/// Number of lines that tell the separator.
const MOST_LINES: usize = 5;

/// Opens a CSV or TSV file. If all columns of the spec are numbers, it has no header and these are its columns.
pub(super) fn read(opened: Opened<'_>, usual: u8, spec: &ColumnsSpec) -> Result<Table, DatasetError> {
    let shown = opened.shown;
    let open = || open_text(opened).map_err(|source| unreadable(shown, source));
    let first = first_lines(open()?).map_err(|source| unreadable(shown, source))?;
    let stated = first.first().and_then(|line| stated_separator(line));
    let delimiter = stated.unwrap_or_else(|| separator(&first, usual));
    // A file with tabs knows no quotes, only text.
    let is_quoted = delimiter != b'\t';
    let lines = Rc::new(RefCell::new(Lines::default()));
    let mut file = BufReader::new(Bounded { file: open()?, lines: Rc::clone(&lines) });
    let mut statement = Vec::new();
    if stated.is_some() {
        file.read_until(b'\n', &mut statement).map_err(|source| unreadable(shown, source))?;
    }
    let before = statement.len() as u64;
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(delimiter).quoting(is_quoted).has_headers(!is_headerless(spec)).flexible(true);
    let mut reader = builder.from_reader(file);
    let written = reader.byte_headers().map_err(|error| csv_error(shown, &error))?;
    let columns = match is_headerless(spec) {
        true => (1..=written.len()).map(|number| number.to_string()).collect(),
        false => header(written, shown, is_quoted)?,
    };
    let is_spaced = written.len() > 1 && written.iter().skip(1).all(|name| name.starts_with(b" "));
    let fields = Fields { shown: shown.to_owned(), columns: columns.clone(), delimiter, is_spaced };
    let rows = reader.into_byte_records().filter_map(move |record| {
        let begin = |record: &csv::ByteRecord| record.position().map_or(0, csv::Position::byte) + before;
        match record.map(|record| (lines.borrow_mut().of_record(begin(&record)), record)) {
            // Spreadsheets write lines without a value.
            Ok((_, record)) if record.iter().all(|field| field.trim_ascii().is_empty()) => None,
            Ok((line, record)) => Some(fields.row(record, line)),
            Err(error) => Some(Err(csv_error(&fields.shown, &error))),
        }
    });
    let (skipped, labels) = (Vec::new(), BTreeMap::new());
    Ok(Table { columns, skipped, labels, count: None, is_part: false, rows: Box::new(rows) })
}

/// The separator that the first line states, as Excel writes it: `sep=;`.
fn stated_separator(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(line).trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => Some(*separator),
        // The tab of `sep=` is white space at the end.
        b"sep=" => Some(b'\t'),
        _ => None,
    }
}

/// How the records of a file become rows.
struct Fields {
    shown: String,
    columns: Vec<String>,
    delimiter: u8,
    /// True if spaces follow the separators.
    is_spaced: bool,
}

impl Fields {
    fn row(&self, record: csv::ByteRecord, line: Option<NonZeroU32>) -> Result<Numbered, DatasetError> {
        let number = line.map(|line| line.get().into());
        // A separator at the end of a line begins no field.
        let is_longer = record.iter().skip(self.columns.len()).any(|field| !field.trim_ascii().is_empty());
        if is_longer || record.len() < self.columns.len() {
            let quotes = format!("; a field that holds a `{}` is in double quotes", char::from(self.delimiter));
            let quotes = if is_longer && self.delimiter != b'\t' { quotes } else { String::new() };
            let (fields, wanted) = (counted(record.len(), "field"), self.columns.len());
            return Err(wrong(&self.shown, number, format!("{fields}, but the header has {wanted}{quotes}")));
        }
        let fields = csv::StringRecord::from_byte_record(record).map_err(|error| {
            let column = self.columns.get(error.utf8_error().field()).map_or("", String::as_str);
            wrong(&self.shown, number, format!("column `{column}` is {NOT_UTF8}"))
        })?;
        let values = fields.iter().map(|field| Value::from(self.text(field)));
        let row: Row = self.columns.iter().cloned().zip(values).collect();
        Ok(Numbered { row, line })
    }

    fn text(&self, field: &str) -> String {
        let field = if self.is_spaced { field.trim_start_matches(' ') } else { field };
        if self.delimiter == b'\t' { unquoted(field) } else { field.to_owned() }
    }
}

/// True if the spec names columns by numbers only.
fn is_headerless(spec: &ColumnsSpec) -> bool {
    let named = spec.named();
    let is_number = |name: &&String| name.parse::<usize>().is_ok_and(|number| number > 0);
    !named.is_empty() && named.iter().all(is_number)
}

/// The first lines, up to a maximum.
fn first_lines(file: Box<dyn Read>) -> io::Result<Vec<Vec<u8>>> {
    const LONGEST: u64 = 1 << 20;
    let lines = BufReader::new(file.take(LONGEST)).split(b'\n').take(MOST_LINES);
    lines.collect()
}

/// The separator: the usual one if it parts each of the first lines alike, else another one that does, else the one
/// that the header has.
fn separator(lines: &[Vec<u8>], usual: u8) -> u8 {
    let count = |line: &[u8], separator: u8| {
        let mut is_quoted = false;
        let is_outside = |byte: &&u8| {
            is_quoted ^= **byte == b'"';
            !is_quoted && **byte == separator
        };
        line.iter().filter(is_outside).count()
    };
    let header = |separator: u8| lines.first().map_or(0, |line| count(line, separator));
    let parts_alike =
        |separator: u8| header(separator) > 0 && lines.iter().all(|line| count(line, separator) == header(separator));
    let others = || SEPARATORS.into_iter().filter(|separator| header(*separator) > 0);
    if parts_alike(usual) {
        return usual;
    }
    let alike = others().filter(|separator| lines.len() > 1 && parts_alike(*separator));
    match (alike.max_by_key(|separator| header(*separator)), header(usual)) {
        (Some(separator), _) => separator,
        (None, 0) => others().max_by_key(|separator| header(*separator)).unwrap_or(usual),
        (None, _) => usual,
    }
}

/// A field of a file without quoting. Some programs quote all the same; doubled quotes tell.
fn unquoted(field: &str) -> String {
    let inner = field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner.map(|inner| (inner, inner.replace("\"\"", ""))) {
        Some((inner, rest)) if inner.contains("\"\"") && !rest.contains('"') => inner.replace("\"\"", "\""),
        _ => field.to_owned(),
    }
}

/// A reader that stops at a record without an end.
struct Bounded {
    file: Box<dyn Read>,
    lines: Rc<RefCell<Lines>>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        let mut lines = self.lines.borrow_mut();
        lines.pass(&buffer[..length]);
        if lines.since_record() > LONGEST_LINE {
            return Err(io::Error::other(too_long()));
        }
        Ok(length)
    }
}

fn header(record: &csv::ByteRecord, shown: &str, is_quoted: bool) -> Result<Vec<String>, DatasetError> {
    let mut seen = HashSet::new();
    let mut columns = Vec::with_capacity(record.len());
    for (at, field) in record.iter().enumerate() {
        let name =
            std::str::from_utf8(field).map_err(|_| wrong(shown, Some(1), format!("the header is {NOT_UTF8}")))?;
        let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
        let name = match name.trim_matches(is_blank) {
            "" => format!("column_{}", at + 1),
            name if is_quoted => name.to_owned(),
            name => name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name).to_owned(),
        };
        if !seen.insert(name.clone()) {
            return Err(wrong(shown, Some(1), format!("duplicate column `{name}`")));
        }
        columns.push(name);
    }
    Ok(columns)
}

fn csv_error(shown: &str, error: &csv::Error) -> DatasetError {
    match error.kind() {
        csv::ErrorKind::Io(source) => unreadable(shown, std::io::Error::new(source.kind(), source.to_string())),
        _ => wrong(shown, error.position().map(csv::Position::line), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::spec::scalar::OneOrMany;
    use crate::spec::types::ChoicesSpec;
    use crate::spec::types::TextEncoding;

    fn rows(name: &str, content: &str, spec: &ColumnsSpec) -> Vec<Value> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let usual = if name.ends_with("tsv") { b'\t' } else { b',' };
        read(Opened { path: &path, shown: name, encoding: TextEncoding::Utf8 }, usual, spec)
            .unwrap()
            .rows
            .map(|row| Value::Object(row.unwrap().row))
            .collect()
    }

    #[test]
    fn the_separator_is_found_in_the_header() {
        for content in ["q;a\nx, y;1\n", "q|a\nx, y|1\n", "q\ta\nx, y\t1\n", "q;a\nx, y;1", "\u{feff}q,a\n\"x, y\",1\n"]
        {
            assert_eq!(rows("a.csv", content, &ColumnsSpec::default()), [json!({"q": "x, y", "a": "1"})], "{content}");
        }
        let both = rows("a.csv", "q, or so;a\nx;1\n", &ColumnsSpec::default());
        assert_eq!(both, [json!({"q, or so": "x", "a": "1"})]);
        assert_eq!(rows("a.tsv", "q,a\nx,1\n", &ColumnsSpec::default()), [json!({"q": "x", "a": "1"})]);
    }

    #[test]
    fn what_spreadsheets_add_is_no_content() {
        let expected = [json!({"q": "x, y", "a": "1"})];
        for content in [
            "sep=;\r\nq;a\r\nx, y;1\r\n",
            "\u{feff}\"sep=|\"\nq|a\nx, y|1\n",
            "sep=\t\nq\ta\nx, y\t1\n",
            "q;a\nx, y;1\n;\n ; \n",
            "q;a\nx, y;1;\n",
            "q\u{a0}; a\u{200b}\nx, y; 1\n",
        ] {
            assert_eq!(rows("a.csv", content, &ColumnsSpec::default()), expected, "{content}");
        }
    }

    #[test]
    fn rows_have_the_lines_on_which_they_begin() {
        let lines = |name: &str, content: &str| -> Vec<u32> {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            let opened = Opened { path: &path, shown: name, encoding: TextEncoding::Utf8 };
            let table = read(opened, b',', &ColumnsSpec::default()).unwrap();
            table.rows.map(|row| row.unwrap().line.unwrap().get()).collect()
        };
        let plain = "q,a\nx,1\n\n\ny,2\n\"z\n\n?\",3\nw,4\n,\nv,5";
        for end in ["\n", "\r\n", "\r"] {
            let content = plain.replace('\n', end);
            assert_eq!(lines("a.csv", &content), [2, 5, 6, 9, 11], "{content:?}");
            assert_eq!(lines("a.csv", &format!("\u{feff}sep=,\n{content}")), [3, 6, 7, 10, 12], "{content:?}");
        }
        assert_eq!(lines("a.tsv", "q\ta\r\nx\t1\r\n\r\ny\t2\r\n"), [2, 4]);
        let many: String = (0..9_000).map(|row| format!("question {row},{row}\r\n")).collect();
        assert!(lines("a.csv", &format!("q,a\r\n{many}")).into_iter().eq(2..9_002));
    }

    #[test]
    fn tabs_know_no_quotes() {
        let content = "q\ta\n\"Who?\tno\nIs it \"good\"?\tyes\n\"Two \"\"2\"\"?\"\t\"b\"\n";
        let expected = [
            json!({"q": "\"Who?", "a": "no"}),
            json!({"q": "Is it \"good\"?", "a": "yes"}),
            json!({"q": "Two \"2\"?", "a": "\"b\""}),
        ];
        assert_eq!(rows("a.tsv", content, &ColumnsSpec::default()), expected);
    }

    #[test]
    fn numbers_name_the_columns_of_a_file_without_a_header() {
        let choices = OneOrMany(["2", "3"].map(str::to_owned).to_vec());
        let spec = ColumnsSpec {
            question: Some("1".into()),
            choices: Some(ChoicesSpec::Columns(choices)),
            ..ColumnsSpec::default()
        };
        let expected = [json!({"1": "Q?", "2": "a", "3": "b"}), json!({"1": "R?", "2": "c", "3": "d"})];
        assert_eq!(rows("a.csv", "Q?,a,b\nR?,c,d\n", &spec), expected);
    }
}
