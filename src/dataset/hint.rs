//! What to do next about an error of a dataset.

use std::io;

use super::error::DatasetError;
use super::fault::Fault;
use super::format::Format;
use super::likeness::{did_you_mean, nearest};
use super::readings::{FROM_0, LABEL, LETTER, TEXT};
use super::usual::{like_chat, like_question, written};

/// Number of different remedies that the error of several rows names.
const MOST_HINTS: usize = 3;

impl DatasetError {
    /// What to do next, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let fixed = match self {
            Self::RepoName { .. } => "write `owner/name`, as in the address of its page",
            Self::RevisionName { .. } => "use a branch, a tag or a commit, such as `main`",
            Self::Client { .. } => {
                "install the system's CA certificates (package `ca-certificates`), or point SSL_CERT_FILE at them"
            }
            Self::RevisionMissing { .. } => {
                "check `revision`; if the lock file pins a commit that no longer exists, accept the change with `--update`"
            }
            Self::Unreachable { .. } => "check the network and HF_ENDPOINT, and rerun; finished downloads are kept",
            Self::Silent { .. } => "check the network, the proxy and HF_ENDPOINT, and rerun",
            Self::Answer { .. } => "check that HF_ENDPOINT is the address of a Hub",
            Self::Offline { .. } => {
                "run once without offline mode (HF_HUB_OFFLINE), or copy the cache folder from a machine that has it"
            }
            Self::Damaged { .. } => {
                "the damaged copy was removed; rerun later, a proxy or mirror may have sent an error page"
            }
            Self::Card { .. } => {
                "report it to the owner of the dataset, or download the file and use `source: { file: { path: … } }`"
            }
            Self::NoFiles { .. } | Self::SplitEmpty { .. } => {
                "download and convert the file, and use `source: { file: { path: … } }`"
            }
            Self::NoSuchFile { .. } => "open the page of the repository to see which files it has",
            Self::SubsetNeeded { .. } => "set `subsets` to one or more of them, or to `all`",
            Self::Leak { .. } => "take the examples from another split or file, such as `dev` or `train`",
            Self::SavedSplits { .. } => "name the folder of one of them, such as `path: FOLDER/test`",
            Self::ExamplesSplit { .. } => "set a file of examples: `few_shot: { path: examples.jsonl, count: 5 }`",
            Self::Format { path }
                if path.extension().is_some_and(|ending| ending == "xlsx" || ending == "xls" || ending == "ods") =>
            {
                "save the sheet as CSV (UTF-8), and name that file"
            }
            Self::Format { .. } => {
                "use the extension .parquet, .arrow, .csv, .tsv, .jsonl, .ndjson or .json; the text formats also with .gz or .zst"
            }
            Self::NoQuestion { path, columns } => return Some(question_hint(path, columns)),
            Self::Row { fault, .. } => return Some(fault.hint()),
            Self::Pattern { .. } => "write a regular expression in single quotes, such as '#### (.*)', or '\\boxed{}'",
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
            Self::Rows { rows, .. } => {
                let mut hints: Vec<String> = Vec::new();
                for hint in rows.iter().filter_map(Self::hint) {
                    if !hints.contains(&hint) {
                        hints.push(hint);
                    }
                }
                if let Some(Self::Row { fault: Fault::SeveralReadings { .. }, .. }) = rows.first() {
                    return hints.into_iter().next();
                }
                let or = if hints.is_empty() { "" } else { "or " };
                hints.truncate(MOST_HINTS);
                hints.push(format!("{or}set `on_bad_row: skip` to leave such rows out"));
                Some(hints.join("; "))
            }
            Self::FilterEmpty { .. } => Some("values are compared exactly, including case".to_owned()),
            _ => None,
        }
    }
}

impl Fault {
    fn hint(&self) -> String {
        let fixed = match self {
            Self::NoQuestion(_) => "correct or remove the row, or set another column: `columns: { question: … }`",
            Self::NoMember { path, members } => {
                let (of, member) = path.rsplit_once('.').unwrap_or_default();
                let near = nearest(member, members.iter().map(String::as_str));
                let path = format!("{of}.{}", near.first().map_or("…", String::as_str));
                return format!("set the path of the question: `columns: {{ question: {} }}`", written(&path));
            }
            Self::NoAnswer(_) | Self::NoExampleAnswer(_) => "correct or remove the row, or choose another split",
            Self::Messages { .. } => {
                "a chat is a list of messages with `role` and `content`, or `from` and `value`; correct or remove the row"
            }
            Self::Image { .. } => {
                "an image is bytes, a path below the folder of the dataset's file, or an address; correct or remove the row, or leave \
                 such rows out with `on_bad_row: skip`"
            }
            Self::Tools { .. } => {
                "a tool is `{name, description, parameters}`, where `parameters` is a JSON Schema; correct or remove the row, or leave such \
                 rows out with `on_bad_row: skip`"
            }
            Self::NoTurns { .. } => {
                "use a list of texts, one for each turn, or set another column: `columns: { question: … }`"
            }
            Self::NotText { kind: "a list", column } => {
                return format!(
                    "select a column of strings in `columns`, or a path into it, such as `question.stem`; a chat is \
                     `columns: {{ messages: {column} }}`, and a list of what the user says turn by turn is `columns: {{ turns: {column} }}`"
                );
            }
            Self::NotText { .. } => {
                "select a column of strings in `columns`, or a path into it, such as `question.stem`"
            }
            Self::NotChoices { kind: "a string", column } => {
                return format!(
                    "write the list as JSON, or say where an option stands, here between semicolons: \
                     `columns: {{ choices: {{ column: {column}, pattern: '([^;]+)' }} }}` (with '([^|]+)' between bars, with '(.+)' one a line)"
                );
            }
            Self::NotChoices { .. } => {
                "use a list, a struct with a list `text`, or several columns: `columns: { choices: [a, b, c, d] }`"
            }
            Self::NoOptions { .. } => "correct the pattern in `columns.choices`; it must find each option of the text",
            Self::NotFound { .. } => "correct `columns.answer.pattern`, or the row",
            Self::ChoiceGap(_) => "correct the row; without the choice, the letters of the others would change",
            Self::SeveralReadings { column, second, first, .. } => return reading_hint(column, *first, *second),
            Self::OtherReading { .. } => {
                "correct the row, or say what answers are: `columns: { answer: { as: text } }`"
            }
            Self::AnswerOutside { answer, .. } => return outside_hint(answer),
        };
        fixed.to_owned()
    }
}

/// The line to write where several readings of the answers fit.
fn reading_hint(column: &str, first: usize, second: usize) -> String {
    let line = |reading| match reading {
        LABEL => "as: label",
        TEXT => "as: text",
        LETTER => "as: letter",
        FROM_0 => "base: 0",
        _ => "base: 1",
    };
    let write = |reading| format!("`columns: {{ answer: {{ column: {column}, {} }} }}`", line(reading));
    format!("write {} or {}", write(first), write(second))
}

/// The line to write where no column is the question by its name.
fn question_hint(path: &str, columns: &[String]) -> String {
    let like = like_question(columns);
    let name = like.map_or_else(|| "…".to_owned(), |name| written(name));
    let chat = match like_chat(columns) {
        _ if like.is_some() => String::new(),
        Some(chat) => return format!("set the column: `columns: {{ messages: {} }}` for a chat", written(chat)),
        None => ", or `{ messages: … }` for a chat".to_owned(),
    };
    match Format::of(path).is_some_and(Format::may_lack_names) {
        false => format!("set the column: `columns: {{ question: {name} }}`{chat}"),
        true => format!(
            "set the column: `columns: {{ question: {name} }}`; lines above the line of names are to be removed, and without a line \
             of names, columns have numbers, as in `columns: {{ question: 1, choices: [2, 3, 4, 5], answer: 6 }}`"
        ),
    }
}

/// What to do about an answer that is none of the choices, by the answer.
fn outside_hint(answer: &str) -> String {
    let parts: Vec<&str> = answer.split([',', ';', '|', '/', '&']).map(str::trim).collect();
    if parts.len() > 1 && parts.iter().all(|part| part.chars().count() == 1) {
        return "it names several choices that are right together, and an answer is one choice; leave such rows out with \
             `on_bad_row: skip`"
            .to_owned();
    }
    let last = answer.trim().trim_end_matches('.').rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_mark = last.trim_matches(['(', ')', '[', ']', '*']).len() == 1;
    if answer.trim().contains(' ') && is_mark {
        return "say where the letter stands: `columns: { answer: { pattern: '([A-Z])\\W*$' } }`".to_owned();
    }
    "an answer is an index (from 0, or with `base: 1` from 1), a letter, a label or the text of a choice; check `columns`".to_owned()
}

fn access_hint(page: &str, with_token: bool, gated: bool) -> String {
    match (gated, with_token) {
        (true, true) => format!("accept the terms at {page} with the account of the token in HF_TOKEN"),
        (true, false) => format!("accept the terms at {page}, then set HF_TOKEN to a token of that account"),
        (false, true) => format!("check the name at {page}, and that the token in HF_TOKEN is valid and has access"),
        (false, false) => format!("check the name at {page}; for a private repository set HF_TOKEN"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_several_faults_have_a_remedy_for_each() {
        let row = |fault| DatasetError::Row { path: "a".into(), row: 0, line: None, fault };
        let (empty, none) = (Fault::NoQuestion("q".into()), Fault::NoAnswer("a".into()));
        let hint = |rows| DatasetError::Rows { rows, count: 9 }.hint().unwrap();
        let several = hint(vec![row(empty.clone()), row(none.clone()), row(empty.clone())]);
        assert_eq!(
            several,
            format!("{}; {}; or set `on_bad_row: skip` to leave such rows out", empty.hint(), none.hint())
        );
        let content = DatasetError::Content { path: "a".into(), line: Some(1), reason: "not JSON".into() };
        assert_eq!(hint(vec![content]), "set `on_bad_row: skip` to leave such rows out");
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
        assert!(refusal(false, true).to_string().contains("has no access"));
    }
}
