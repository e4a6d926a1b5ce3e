//! The errors of serde while a spec is read, and their translation into problems with words and places of the spec.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::diagnostic::{Problem, suggestion};
use super::schema::json_schema;
use super::source_span::SourceSpan;
use super::tree::{Node, PathSegment, Table, Value};

/// An error, its source span, and its path from the root (innermost segment first).
#[derive(Debug)]
pub struct Error {
    pub(super) kind: Kind,
    pub(super) span: Option<SourceSpan>,
    pub(super) path: Vec<PathSegment>,
}

#[derive(Debug)]
pub(super) enum Kind {
    Missing { owner: Option<String>, field: &'static str },
    UnknownKey { key: String, known: &'static [&'static str] },
    UnknownVariant { word: String, known: &'static [&'static str] },
    AlreadyReported,
    Other(String),
}

impl Error {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, span: None, path: Vec::new() }
    }

    pub(super) fn at(mut self, span: &SourceSpan) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    pub(super) fn under(mut self, segment: PathSegment) -> Self {
        self.path.push(segment);
        self
    }
}

/// Names the struct that lacks a key, unless the error came from deeper inside.
pub(super) fn owned_by(mut error: Error, name: &str) -> Error {
    if let Kind::Missing { owner: owner @ None, .. } = &mut error.kind
        && error.path.is_empty()
    {
        *owner = Some(name.to_owned());
    }
    error
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Kind::Other(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::new(Kind::Other(format!("expected {}, found {}", wanted_in_words(wanted), in_words(&found))))
    }

    fn invalid_value(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::new(Kind::Other(format!("expected {}, found {}", wanted_in_words(wanted), in_words(&found))))
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownVariant { word: word.to_owned(), known })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownKey { key: key.to_owned(), known })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Kind::Missing { owner: None, field })
    }
}

fn wanted_in_words(wanted: &dyn Expected) -> String {
    let wanted = wanted.to_string();
    match wanted.as_str() {
        "a nonzero u32" => format!("an integer from 1 to {}", u32::MAX),
        "u32" => format!("an integer from 0 to {}", u32::MAX),
        "u8" | "u16" | "u64" | "usize" => "a non-negative integer".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" | "a borrowed string" | "path string" => "a string".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        _ => wanted,
    }
}

fn in_words(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("the boolean `{value}`"),
        Unexpected::Unsigned(value) => format!("the number `{value}`"),
        Unexpected::Signed(value) => format!("the number `{value}`"),
        Unexpected::Float(value) => format!("the number `{value}`"),
        Unexpected::Str(text) => format!("the string `{text}`"),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}

pub(super) fn describe(root: &Node, path: &[PathSegment], error: &Error) -> Vec<Problem> {
    match &error.kind {
        Kind::Missing { owner, field } => missing_keys(root.at(path), owner.as_deref(), field)
            .into_iter()
            .map(|key| {
                let problem = Problem::new(format!("key `{key}` is missing{}", in_section(path)));
                located(problem, error.span.clone())
            })
            .collect(),
        Kind::UnknownKey { key, known } => {
            let problem = Problem::new(format!("unknown key `{key}`{}", in_section(path_parent(path))));
            vec![located(problem.help(suggestion(key, known)), error.span.clone())]
        }
        Kind::UnknownVariant { word, known } => {
            let problem = Problem::new(format!("unknown value `{word}`"));
            vec![located(problem.help(suggestion(word, known)), error.span.clone())]
        }
        Kind::AlreadyReported => Vec::new(),
        Kind::Other(message) => vec![located(Problem::new(message.clone()), error.span.clone())],
    }
}

fn located(problem: Problem, span: Option<SourceSpan>) -> Problem {
    match span {
        Some(span) => problem.at(span),
        None => problem,
    }
}

fn path_parent(path: &[PathSegment]) -> &[PathSegment] {
    path.split_last().map_or(&[], |(_, parents)| parents)
}

fn in_section(path: &[PathSegment]) -> String {
    let named = path.iter().rev().find_map(|segment| match segment {
        PathSegment::Key(key) => Some(key),
        PathSegment::Index(_) => None,
    });
    named.map_or(String::new(), |key| format!(" in `{key}`"))
}

/// All required keys that a table lacks, where serde names only the first.
fn missing_keys(node: Option<&Node>, owner: Option<&str>, first: &str) -> Vec<String> {
    // A bare word or an empty value is a section without keys.
    let empty = Table::default();
    let table = match node.map(|node| &node.value) {
        Some(Value::Table(table)) => table,
        _ => &empty,
    };
    let absent = |key: &str| table.get(key).is_none() && !table.pruned.iter().any(|pruned| pruned == key);
    let required = owner.map(required_keys).unwrap_or_default();
    if required.iter().any(|key| key == first) {
        required.into_iter().filter(|key| absent(key)).collect()
    } else if absent(first) {
        vec![first.to_owned()]
    } else {
        Vec::new()
    }
}

fn required_keys(owner: &str) -> Vec<String> {
    let schema = json_schema();
    let object = if owner == "Spec" { schema } else { &schema["$defs"][owner] };
    let required = object["required"].as_array();
    required.map(|keys| keys.iter().filter_map(|key| key.as_str().map(str::to_owned)).collect()).unwrap_or_default()
}
