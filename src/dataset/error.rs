//! What can go wrong with a data set: each error says what, where, and what to do next.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a data set could not be had. No variant ever holds the token.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// The repository is not written as the Hub names them.
    #[error("`{repo}` is not the name of a repository")]
    RepoName {
        /// The name as written.
        repo: String,
    },
    /// The revision cannot be one.
    #[error("`{revision}` is not the name of a revision of `{repo}`")]
    RevisionName {
        /// Repository.
        repo: String,
        /// The revision as written.
        revision: String,
    },
    /// The HTTP client did not start.
    #[error("the client for the Hub does not start: {reason}")]
    Client {
        /// What the client said.
        reason: String,
    },
    /// The Hub refuses, or knows no such repository.
    #[error("{}", access_text(repo, *status, *gated, *with_token))]
    Access {
        /// Repository.
        repo: String,
        /// Page of the repository, where terms are accepted.
        page: String,
        /// HTTP status.
        status: u16,
        /// The Hub says that the repository asks for terms to be accepted.
        gated: bool,
        /// A token was sent.
        with_token: bool,
    },
    /// The repository has no such branch, tag or commit.
    #[error("`{repo}` has no revision `{revision}`")]
    RevisionMissing {
        /// Repository.
        repo: String,
        /// Revision asked for.
        revision: String,
    },
    /// The Hub cannot be reached, or is in trouble.
    #[error("the Hub at {endpoint} cannot be reached for `{repo}`: {reason}")]
    Unreachable {
        /// Repository.
        repo: String,
        /// Address of the Hub.
        endpoint: String,
        /// What happened.
        reason: String,
    },
    /// The Hub sent nothing for too long.
    #[error("the Hub at {endpoint} sent nothing for {seconds} s ({what} of `{repo}`)")]
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
    /// The Hub answered something unusable.
    #[error("the Hub's answer for {what} of `{repo}` is of no use: {reason}")]
    Answer {
        /// Repository.
        repo: String,
        /// What was asked for.
        what: String,
        /// What was wrong.
        reason: String,
    },
    /// Offline mode, and the cache does not hold what is needed.
    #[error("offline, and {what} of `{repo}` is not in the cache {}", cache.display())]
    Offline {
        /// Repository.
        repo: String,
        /// What is missing.
        what: String,
        /// The cache folder.
        cache: PathBuf,
    },
    /// Twice the content was not what its hash promises.
    #[error("what arrives for `{path}` of `{repo}` is not the file: its content does not match its hash")]
    Damaged {
        /// Repository.
        repo: String,
        /// File in the repository.
        path: String,
    },
    /// The dataset card cannot be read.
    #[error("the dataset card of `{repo}` cannot be read: {reason}")]
    Card {
        /// Repository.
        repo: String,
        /// What the reader said.
        reason: String,
    },
    /// Nothing in the repository is a file of rows.
    #[error("`{repo}` holds no Parquet, CSV, TSV, JSONL or JSON file of rows")]
    NoFiles {
        /// Repository.
        repo: String,
    },
    /// Several subsets, and none was chosen.
    #[error("`{repo}` has several subsets and none is named: {}", listed(subsets))]
    SubsetNeeded {
        /// Repository.
        repo: String,
        /// The subsets there are.
        subsets: Vec<String>,
    },
    /// No such subset.
    #[error("`{repo}` has no subset `{subset}`; there are {}", listed(subsets))]
    SubsetMissing {
        /// Repository.
        repo: String,
        /// Subset asked for.
        subset: String,
        /// The subsets there are, the nearest first.
        subsets: Vec<String>,
    },
    /// No such split.
    #[error("subset `{subset}` of `{repo}` has no split `{split}`; there are {}", listed(splits))]
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
    /// The card names files that do not exist, or that cannot be read as rows.
    #[error(
        "split `{split}` of subset `{subset}` of `{repo}` has no file of rows: {}",
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
        /// Files that match, in formats that are not read.
        unreadable: Vec<String>,
    },
    /// The examples would come from the rows that are asked.
    #[error("the examples would come from {place}, which is also what is asked: the answers would be in the prompt")]
    Leak {
        /// The split or file.
        place: String,
    },
    /// Examples of a kind that does not go with the source.
    #[error("the examples come from split `{split}`, but a file has no splits")]
    ExamplesSplit {
        /// The split asked for.
        split: String,
    },
    /// The file name does not tell a known format.
    #[error("`{}` is not named as a Parquet, CSV, TSV, JSONL or JSON file", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be opened or read.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what its name says.
    #[error("`{path}`{}: {reason}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Content {
        /// The file.
        path: String,
        /// Line from 1, where there is one.
        line: Option<u64>,
        /// What is wrong.
        reason: String,
    },
    /// A column that the spec names is not there.
    #[error("`{path}` has no column `{column}` ({role}); there are {}", listed(columns))]
    ColumnMissing {
        /// The file.
        path: String,
        /// Column as named.
        column: String,
        /// What it was named for.
        role: &'static str,
        /// The columns there are, the nearest first.
        columns: Vec<String>,
    },
    /// A column that the spec names is of a type that no row can hold.
    #[error("column `{column}` of `{path}` holds {kind}, which a prompt cannot show")]
    ColumnKind {
        /// The file.
        path: String,
        /// Column as named.
        column: String,
        /// Its type.
        kind: String,
    },
    /// None of the usual names of a question is there.
    #[error("`{path}` has no column with a usual name for the question; there are {}", listed(columns))]
    NoQuestion {
        /// The file.
        path: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// A row that cannot be asked.
    #[error("row {row} of `{path}` (counted from 0): {fault}")]
    Row {
        /// The file.
        path: String,
        /// The row's index in the data set.
        row: usize,
        /// What is wrong with it.
        fault: Fault,
    },
    /// There is no row at all.
    #[error("`{place}` holds no rows")]
    Empty {
        /// The source.
        place: String,
    },
    /// The filter lets nothing through.
    #[error("none of the {rows} rows of `{place}` passes the filter{}", seen_text(seen))]
    FilterEmpty {
        /// The source.
        place: String,
        /// Rows before the filter.
        rows: usize,
        /// Filtered columns with some values that exist, the nearest first.
        seen: Vec<(String, Vec<String>)>,
    },
}

/// What is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// No question.
    #[error("the question (`{0}`) is empty")]
    NoQuestion(String),
    /// No answer, though other rows have one.
    #[error("the answer (`{0}`) is empty, though other rows have one")]
    NoAnswer(String),
    /// An example without an answer.
    #[error("an example without an answer (`{0}`)")]
    NoExampleAnswer(String),
    /// A list or struct where a text belongs.
    #[error("`{column}` holds {kind}, not a text or number")]
    NotText {
        /// Column.
        column: String,
        /// What it holds.
        kind: &'static str,
    },
    /// Choices in a shape that is not understood.
    #[error("`{column}` holds {kind}, not a list of choices")]
    NotChoices {
        /// Column.
        column: String,
        /// What it holds.
        kind: &'static str,
    },
    /// A hole in the choices.
    #[error("choice {} is empty, though a later one is not", .0 + 1)]
    ChoiceGap(usize),
    /// The answer is none of the choices.
    #[error("the answer `{answer}` is none of the {choices} choices")]
    AnswerOutside {
        /// The answer as written.
        answer: String,
        /// How many choices there are.
        choices: usize,
    },
}

impl DatasetError {
    /// What to do next, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let fixed = match self {
            Self::RepoName { .. } => "write it as `owner/name`, as in the address of its page",
            Self::RevisionName { .. } => "name a branch, a tag or a commit, such as `main`",
            Self::Client { .. } => {
                "install the system's CA certificates (package `ca-certificates`), or point SSL_CERT_FILE at them"
            }
            Self::RevisionMissing { .. } => {
                "check `revision`; if the lock file pinned a commit that is gone, accept the change with `--update`"
            }
            Self::Unreachable { .. } => "check the network and HF_ENDPOINT, then run again: what has arrived is kept",
            Self::Silent { .. } => "check the network, a proxy and HF_ENDPOINT, then run again",
            Self::Answer { .. } => "check HF_ENDPOINT: it must be the address of a Hub",
            Self::Offline { .. } => {
                "run once without offline mode (HF_HUB_OFFLINE), or copy the cache folder from a machine that has it"
            }
            Self::Damaged { .. } => {
                "the damaged copy was removed; a proxy or mirror may send an error page in its place: run again later"
            }
            Self::Card { .. } => "report it to the owner of the data set, or download a file and name it as `file:`",
            Self::NoFiles { .. } | Self::SplitEmpty { .. } => {
                "download and convert a file yourself, and name it as `file: { path: ... }`"
            }
            Self::SubsetNeeded { .. } => "name one or several under `subsets`, or write `subsets: all`",
            Self::Leak { .. } => "take the examples from another split or file, such as `dev` or `train`",
            Self::ExamplesSplit { .. } => "name a file of examples: `few_shot: { path: examples.jsonl, count: 5 }`",
            Self::Format { .. } => "name it .parquet, .csv, .tsv, .jsonl (or .ndjson) or .json",
            Self::NoQuestion { .. } => "name the column: `columns: { question: ... }`",
            Self::Row { fault, .. } => fault.hint(),
            _ => return self.named_hint(),
        };
        Some(fixed.to_owned())
    }

    fn named_hint(&self) -> Option<String> {
        match self {
            Self::Access { page, with_token, gated, .. } => Some(access_hint(page, *with_token, *gated)),
            Self::SubsetMissing { subset, subsets, .. } => did_you_mean(subset, subsets),
            Self::SplitMissing { split, splits, .. } => did_you_mean(split, splits),
            Self::ColumnMissing { column, columns, .. } => did_you_mean(column, columns),
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("paths are relative to the spec file".to_owned())
            }
            Self::FilterEmpty { .. } => Some("values are compared exactly, case included".to_owned()),
            _ => None,
        }
    }
}

impl Fault {
    fn hint(&self) -> &'static str {
        match self {
            Self::NoQuestion(_) => "correct or remove the row, or name another column: `columns: { question: ... }`",
            Self::NoAnswer(_) | Self::NoExampleAnswer(_) => "correct or remove the row, or choose another split",
            Self::NotText { .. } => "name a column of texts under `columns`",
            Self::NotChoices { .. } => {
                "choices are a list, a struct with a list `text`, or columns: `columns: { choices: [a, b, c, d] }`"
            }
            Self::ChoiceGap(_) => "correct the row: leaving the choice out would move the letters of the others",
            Self::AnswerOutside { .. } => {
                "an answer is an index from 0, a letter, a label or the text of a choice; check `columns`"
            }
        }
    }
}

/// The candidates, the most similar first.
pub(super) fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut ranked: Vec<(f64, &str)> = candidates.into_iter().map(|name| (likeness(wanted, name), name)).collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    ranked.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// From 0 to 1; a name that is a part of the other is very like it.
fn likeness(wanted: &str, name: &str) -> f64 {
    /// Longer names take their length squared to compare.
    const LONGEST: usize = 200;
    if wanted.len().max(name.len()) > LONGEST {
        return 0.0;
    }
    let (wanted, name) = (wanted.to_lowercase(), name.to_lowercase());
    let is_part = wanted.len() > 2 && name.len() > 2 && (name.contains(&wanted) || wanted.contains(&name));
    strsim::jaro_winkler(&wanted, &name).max(if is_part { 0.9 } else { 0.0 })
}

fn did_you_mean(wanted: &str, nearest_first: &[String]) -> Option<String> {
    let first = nearest_first.first()?;
    (likeness(wanted, first) > 0.75).then(|| format!("did you mean `{first}`?"))
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
        format!("nothing matches {}", listed(patterns))
    } else {
        format!("{} cannot be read as rows", listed(unreadable))
    }
}

fn access_text(repo: &str, status: u16, gated: bool, with_token: bool) -> String {
    match (gated, with_token) {
        (true, _) => format!("`{repo}` is gated: the Hub asks for its terms to be accepted (HTTP {status})"),
        (false, true) => {
            format!("`{repo}` does not exist, or the token in HF_TOKEN may not read it (HTTP {status})")
        }
        (false, false) => format!("`{repo}` does not exist or is private, and no token is set (HTTP {status})"),
    }
}

fn access_hint(page: &str, with_token: bool, gated: bool) -> String {
    match (gated, with_token) {
        (true, true) => format!("accept the terms at {page} with the account that the token in HF_TOKEN belongs to"),
        (true, false) => format!("accept the terms at {page}, then set HF_TOKEN to a token of that account"),
        (false, true) => format!("check the name at {page}, and that the token in HF_TOKEN is valid and may read it"),
        (false, false) => format!("check the name at {page}; for a private repository set HF_TOKEN"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_comes_first_and_is_proposed() {
        let names = nearest("abstract_algebr", ["world_religions", "all", "abstract_algebra"]);
        assert_eq!(names[0], "abstract_algebra");
        assert_eq!(did_you_mean("abstract_algebr", &names).unwrap(), "did you mean `abstract_algebra`?");
        assert_eq!(did_you_mean("zzz", &names), None);
        assert_eq!(nearest("logic", ["college_chemistry", "formal_logic"])[0], "formal_logic");
    }

    #[test]
    fn a_refusal_says_which_of_its_causes_are_left() {
        let refusal = |gated, with_token| DatasetError::Access {
            repo: "o/n".into(),
            page: "https://hub/datasets/o/n".into(),
            status: 401,
            gated,
            with_token,
        };
        assert!(refusal(true, false).to_string().contains("gated"));
        assert!(refusal(true, false).hint().unwrap().contains("https://hub/datasets/o/n"));
        assert!(refusal(false, false).hint().unwrap().contains("HF_TOKEN"));
        assert!(refusal(false, true).to_string().contains("may not read it"));
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..57).map(|number| format!("s{number}")).collect();
        assert!(listed(&names).ends_with("`s19` and 37 more"));
        assert_eq!(listed(&[]), "none");
    }
}
