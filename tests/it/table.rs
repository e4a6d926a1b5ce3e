//! A CSV table that the program wrote.

use std::path::Path;

/// Columns of `results.csv` that hold the client's clock or say which run sent the request.
pub(crate) const TIMES: [&str; 21] = [
    "latency_sec",
    "headers_s",
    "first_byte_s",
    "ttft_s",
    "ttfc_s",
    "tpot_s",
    "last_token_s",
    "stream_total_s",
    "chunk_gaps_ms",
    "decode_tokens_per_s",
    "residue_s",
    "retry_s",
    "measured_by",
    // When the client acted.
    "scheduled_s",
    "permit_s",
    "sent_s",
    "connect_s",
    "new_connection",
    "cold",
    "latency_from_schedule_s",
    "dispatch_delay_s",
];

/// A table as texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a file.
    #[track_caller]
    pub(crate) fn read(path: &Path) -> Self {
        let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let columns = texts(reader.headers().unwrap());
        Self { columns, rows: reader.records().map(|record| texts(&record.unwrap())).collect() }
    }

    /// One column.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        let at = self.position(name);
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    /// One field.
    #[track_caller]
    pub(crate) fn field(&self, row: usize, name: &str) -> &str {
        &self.rows[row][self.position(name)]
    }

    /// One field as a number.
    #[track_caller]
    pub(crate) fn number(&self, row: usize, name: &str) -> f64 {
        let field = self.field(row, name);
        field.parse().unwrap_or_else(|_| panic!("{name} is `{field}`"))
    }

    /// The table without some of its columns.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let kept: Vec<usize> = (0..self.columns.len()).filter(|at| !names.contains(&&*self.columns[*at])).collect();
        let pick = |row: &Vec<String>| kept.iter().map(|at| row[*at].clone()).collect::<Vec<_>>();
        Self { columns: pick(&self.columns), rows: self.rows.iter().map(pick).collect() }
    }

    #[track_caller]
    fn position(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"))
    }
}
