//! Where rows stand, in words.

use std::num::NonZeroU32;

use super::fetched::Dataset;
use super::provenance::FileProvenance;
use crate::sample::{RowPlace, Sample};

/// Number of rows that are named.
const MOST_NAMED: usize = 5;

impl Dataset {
    /// Where the first of these samples stand: by their lines, or else by their rows.
    pub fn named<'s>(&self, samples: impl IntoIterator<Item = &'s Sample>) -> String {
        samples_named(samples, &self.provenance.files)
    }

    /// The file of a sample, or else the dataset.
    pub fn source_of(&self, sample: &Sample) -> String {
        match (sample.place.line, self.provenance.files.get(sample.place.file as usize)) {
            (Some(_), Some(file)) => format!("`{}`", file.path),
            _ => format!("dataset `{}`", self.name),
        }
    }
}

/// Where the first of these samples stand in files.
pub(super) fn samples_named<'s>(samples: impl IntoIterator<Item = &'s Sample>, files: &[FileProvenance]) -> String {
    let rows: Vec<(usize, RowPlace)> = samples.into_iter().map(|sample| (sample.index, sample.place)).collect();
    named(&rows, files)
}

/// The first of these rows, each with its index in the dataset: by their lines, or else by their indices.
pub(super) fn named(rows: &[(usize, RowPlace)], files: &[FileProvenance]) -> String {
    let first = &rows[..rows.len().min(MOST_NAMED)];
    let lines: Option<Vec<(u32, NonZeroU32)>> =
        first.iter().map(|(_, place)| Some((place.file, place.line?))).collect();
    let are_of_one = first.windows(2).all(|pair| pair[0].1.file == pair[1].1.file);
    let (word, texts): (&str, Vec<String>) = match lines {
        Some(lines) if !are_of_one => {
            let shown = |file: u32| files.get(file as usize).map_or("", |file| file.path.as_str());
            ("", lines.iter().map(|(file, line)| format!("`{}` line {line}", shown(*file))).collect())
        }
        Some(lines) => ("line", lines.iter().map(|(_, line)| line.to_string()).collect()),
        None => ("row", first.iter().map(|(index, _)| index.to_string()).collect()),
    };
    let plural = match (word, rows.len()) {
        ("", _) => "",
        (_, 1) => " ",
        _ => "s ",
    };
    let more = if rows.len() > MOST_NAMED { ", …" } else { "" };
    format!("{word}{plural}{}{more}", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> FileProvenance {
        FileProvenance { path: path.to_owned(), sha256: String::new(), rows: None }
    }

    #[test]
    fn rows_are_named_by_their_lines_where_a_file_has_them() {
        let files = [file("a.csv"), file("b.csv")];
        let row = |row: u32| (row as usize + 10, RowPlace { file: row / 3, line: NonZeroU32::new(row + 2) });
        let rows: Vec<(usize, RowPlace)> = (0..6).map(row).collect();
        assert_eq!(named(&rows[1..2], &files), "line 3");
        assert_eq!(named(&rows[..3], &files), "lines 2, 3, 4");
        assert_eq!(named(&rows[2..4], &files), "`a.csv` line 4, `b.csv` line 5");
        let all = "`a.csv` line 2, `a.csv` line 3, `a.csv` line 4, `b.csv` line 5, `b.csv` line 6, …";
        assert_eq!(named(&rows, &files), all);
        let without: Vec<(usize, RowPlace)> = rows.iter().map(|(row, _)| (*row, RowPlace::default())).collect();
        assert_eq!(named(&without, &files), "rows 10, 11, 12, 13, 14, …");
        assert_eq!(named(&without[..1], &files), "row 10");
    }
}
