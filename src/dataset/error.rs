//! Errors of datasets, in words; `hint` says what to do next.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::fault::Fault;
use crate::format::counted;

/// Why a dataset could not be fetched. No variant holds the token.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// The repository name is not valid.
    #[error("`{repo}` is not a valid repository name")]
    RepoName {
        /// The name as written.
        repo: String,
    },
    /// The revision name is not valid.
    #[error("`{revision}` is not a valid revision name (repository `{repo}`)")]
    RevisionName {
        /// Repository.
        repo: String,
        /// The revision as written.
        revision: String,
    },
    /// The HTTP client could not be created.
    #[error("cannot create the client for the Hub: {reason}")]
    Client {
        /// The error of the client.
        reason: String,
    },
    /// The Hub denies access, or the repository does not exist.
    #[error("{}", access_text(repo, *status, *gated, *with_token))]
    Access {
        /// Repository.
        repo: String,
        /// Page of the repository, where terms are accepted.
        page: String,
        /// HTTP status.
        status: u16,
        /// True if the repository is gated by terms.
        gated: bool,
        /// True if a token was sent.
        with_token: bool,
    },
    /// The branch, tag or commit does not exist.
    #[error("`{repo}` has no revision `{revision}`")]
    RevisionMissing {
        /// Repository.
        repo: String,
        /// Revision asked for.
        revision: String,
    },
    /// The Hub is unreachable or fails.
    #[error("the Hub at {endpoint} is unreachable (repository `{repo}`): {reason}")]
    Unreachable {
        /// Repository.
        repo: String,
        /// Address of the Hub.
        endpoint: String,
        /// The cause.
        reason: String,
    },
    /// The Hub timed out.
    #[error("the Hub at {endpoint} timed out after {seconds} s without data ({what} of `{repo}`)")]
    Silent {
        /// Repository.
        repo: String,
        /// Address of the Hub.
        endpoint: String,
        /// What was asked for.
        what: String,
        /// The time-out.
        seconds: f64,
    },
    /// The Hub's response is not usable.
    #[error("the Hub sent an invalid response for {what} of `{repo}`: {reason}")]
    Answer {
        /// Repository.
        repo: String,
        /// What was asked for.
        what: String,
        /// The reason.
        reason: String,
    },
    /// Offline mode, and the cache lacks a file.
    #[error("offline mode is on, but {what} of `{repo}` is not in the cache {}", cache.display())]
    Offline {
        /// Repository.
        repo: String,
        /// What is missing.
        what: String,
        /// The cache folder.
        cache: PathBuf,
    },
    /// The content did not match its hash, twice.
    #[error("the content of `{path}` of `{repo}` does not match its hash")]
    Damaged {
        /// Repository.
        repo: String,
        /// File in the repository.
        path: String,
    },
    /// The dataset card cannot be read.
    #[error("the dataset card of `{repo}` is not valid: {reason}")]
    Card {
        /// Repository.
        repo: String,
        /// The error of the parser.
        reason: String,
    },
    /// The repository has no file of that name.
    #[error("`{repo}` has no file `{file}`")]
    NoSuchFile {
        /// Repository.
        repo: String,
        /// File asked for.
        file: String,
    },
    /// The repository has no data file.
    #[error("`{repo}` has no Parquet, Arrow, CSV, TSV, JSONL or JSON file")]
    NoFiles {
        /// Repository.
        repo: String,
    },
    /// Several subsets, and none was chosen.
    #[error("`{repo}` has several subsets, and the spec selects none: {}", listed(subsets))]
    SubsetNeeded {
        /// Repository.
        repo: String,
        /// The subsets there are.
        subsets: Vec<String>,
    },
    /// The subset does not exist.
    #[error("`{repo}` has no subset `{subset}`; available: {}", listed(subsets))]
    SubsetMissing {
        /// Repository.
        repo: String,
        /// Subset asked for.
        subset: String,
        /// The subsets there are, the nearest first.
        subsets: Vec<String>,
    },
    /// The split does not exist.
    #[error("subset `{subset}` of `{repo}` has no split `{split}`; available: {}", listed(splits))]
    SplitMissing {
        /// Repository.
        repo: String,
        /// Subset.
        subset: String,
        /// Split asked for.
        split: String,
        /// The splits there are, the nearest first.
        splits: Vec<String>,
    },
    /// The files of a split do not exist or have an unsupported format.
    #[error(
        "split `{split}` of subset `{subset}` of `{repo}` cannot be read: {}",
        split_files_text(patterns, unreadable)
    )]
    SplitEmpty {
        /// Repository.
        repo: String,
        /// Subset.
        subset: String,
        /// Split.
        split: String,
        /// The card's patterns.
        patterns: Vec<String>,
        /// Matching files in unsupported formats.
        unreadable: Vec<String>,
    },
    /// The examples are taken from the rows that are asked.
    #[error("the examples come from {place}, which is also asked; prompts would contain the answers")]
    Leak {
        /// The split or file.
        place: String,
    },
    /// The examples do not fit the source.
    #[error("the examples come from split `{split}`, but a file has no splits")]
    ExamplesSplit {
        /// The split asked for.
        split: String,
    },
    /// The file name has no known extension.
    #[error("`{}` has an unsupported extension", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A pattern of file names is not valid.
    #[error("`{}` is not a valid pattern of file names: {reason}", pattern.display())]
    Glob {
        /// The pattern.
        pattern: PathBuf,
        /// The error of its parser.
        reason: String,
    },
    /// A folder or pattern without data files.
    #[error("`{}` has no Parquet, Arrow, CSV, TSV, JSONL or JSON file", place.display())]
    NoLocalFiles {
        /// The folder or pattern.
        place: PathBuf,
    },
    /// A folder of saved splits, none of which is chosen.
    #[error("`{}` holds a dataset with the splits {splits}, each in a folder of its own", place.display())]
    SavedSplits {
        /// The folder.
        place: PathBuf,
        /// The splits.
        splits: String,
    },
    /// The file cannot be opened or read.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// The file.
        path: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The file is malformed.
    #[error("`{path}`{}: {reason}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Content {
        /// The file.
        path: String,
        /// Line from 1, if known.
        line: Option<u64>,
        /// What is wrong.
        reason: String,
    },
    /// A column of the spec does not exist.
    #[error("`{path}` has no column `{column}` ({role}); available: {}", listed(columns))]
    ColumnMissing {
        /// The file.
        path: String,
        /// Column as named.
        column: String,
        /// Its role.
        role: &'static str,
        /// The columns there are, the nearest first.
        columns: Vec<String>,
    },
    /// A column of the spec has an unsupported type.
    #[error("column `{column}` of `{path}` holds {kind}, which a prompt cannot contain")]
    ColumnKind {
        /// The file.
        path: String,
        /// Column as named.
        column: String,
        /// Its type.
        kind: String,
    },
    /// No column has a usual name of the question.
    #[error("`{path}` has no question column with a usual name; available: {}", listed(columns))]
    NoQuestion {
        /// The file.
        path: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// A pattern of the spec is not a regular expression.
    #[error("a pattern of `columns` is not valid (`{path}`): {reason}")]
    Pattern {
        /// The file it is for.
        path: String,
        /// The error of its parser.
        reason: String,
    },
    /// Several invalid rows.
    #[error("{}", rows_text(rows, *count))]
    Rows {
        /// The first of them.
        rows: Vec<DatasetError>,
        /// How many there are.
        count: usize,
    },
    /// An invalid row.
    #[error("{}: {fault}", row_text(path, *row, *line))]
    Row {
        /// The file.
        path: String,
        /// The row's index in the dataset.
        row: usize,
        /// The line on which it begins, from 1, in a file of lines.
        line: Option<u32>,
        /// What is wrong with it.
        fault: Fault,
    },
    /// The dataset is empty.
    #[error("`{place}` has no rows")]
    Empty {
        /// The source.
        place: String,
    },
    /// No row passes the filter.
    #[error("no row of `{place}` passes the filter ({} read){}", counted(*rows, "row"), seen_text(seen))]
    FilterEmpty {
        /// The source.
        place: String,
        /// Rows before the filter.
        rows: usize,
        /// Filtered columns with some values that exist, the nearest first.
        seen: Vec<(String, Vec<String>)>,
    },
}

/// Number of invalid rows that an error keeps.
pub(super) const MOST_ROWS_TOLD: usize = 20;

fn rows_text(rows: &[DatasetError], count: usize) -> String {
    let mut lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    if count > rows.len() {
        lines.push(format!("and {} more", counted(count - rows.len(), "row")));
    }
    format!("{} cannot be asked:\n  {}", counted(count, "row"), lines.join("\n  "))
}

fn row_text(path: &str, row: usize, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("`{path}`, line {line}"),
        None => format!("row {row} of `{path}` (counted from 0)"),
    }
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    if names.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    let rest = names.len().saturating_sub(MOST);
    let tail = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{tail}", shown.join(", "))
}

fn seen_text(seen: &[(String, Vec<String>)]) -> String {
    seen.iter().map(|(column, values)| format!("; `{column}` holds {}", listed(values))).collect()
}

fn split_files_text(patterns: &[String], unreadable: &[String]) -> String {
    if unreadable.is_empty() {
        format!("no file matches {}", listed(patterns))
    } else {
        format!("{} has an unsupported format", listed(unreadable))
    }
}

fn access_text(repo: &str, status: u16, gated: bool, with_token: bool) -> String {
    match (gated, with_token) {
        (true, _) => format!("`{repo}` is gated; its terms must be accepted on the Hub (HTTP {status})"),
        (false, true) => {
            format!("`{repo}` does not exist, or the token in HF_TOKEN has no access (HTTP {status})")
        }
        (false, false) => format!("`{repo}` does not exist or is private, and no token is set (HTTP {status})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..57).map(|number| format!("s{number}")).collect();
        assert!(listed(&names).ends_with("`s19` and 37 more"));
        assert_eq!(listed(&[]), "none");
    }
}
