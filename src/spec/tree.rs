//! The file as a tree of values with source spans, the same for YAML and TOML.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::diagnostic::Problem;
use super::source_span::SourceSpan;

/// A value and its source span.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its source span.
    pub span: SourceSpan,
}

/// A value of the tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or an empty value.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Table),
}

/// A table: entries in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The entries.
    pub entries: Vec<TableEntry>,
    /// Keys removed because their value was invalid; they are not reported as missing.
    pub pruned: Vec<String>,
}

/// One entry of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableEntry {
    /// The key.
    pub key: String,
    /// Source span of the key.
    pub key_span: SourceSpan,
    /// The value.
    pub value: Node,
}

/// One segment of a path into the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// Into a table.
    Key(String),
    /// Into a list.
    Index(usize),
}

impl Table {
    /// The entry with this key.
    pub fn get(&self, key: &str) -> Option<&TableEntry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Node {
    /// The node at a path such as `[Key("models"), Index(0)]`.
    pub fn at(&self, path: &[PathSegment]) -> Option<&Node> {
        path.iter().try_fold(self, |node, segment| match (&node.value, segment) {
            (Value::Table(table), PathSegment::Key(key)) => table.get(key).map(|entry| &entry.value),
            (Value::List(items), PathSegment::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    /// The node at a path, mutable.
    pub fn at_mut(&mut self, path: &[PathSegment]) -> Option<&mut Node> {
        path.iter().try_fold(self, |node, segment| match (&mut node.value, segment) {
            (Value::Table(table), PathSegment::Key(key)) => {
                table.entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.value)
            }
            (Value::List(items), PathSegment::Index(index)) => items.get_mut(*index),
            _ => None,
        })
    }

    /// The kind of the value, with its article.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// Parses YAML. `source` is the index stored in source spans.
///
/// # Errors
/// The first syntax error: after it there is no tree to check.
pub fn from_yaml(text: &str, source: usize) -> Result<Node, Problem> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    let root: Spanned<Yaml> =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| yaml_problem(&error, text, source))?;
    Ok(root.value.0.into_node(span_of(root.referenced, text, source), text, source))
}

/// Parses TOML. `source` is the index stored in source spans.
///
/// # Errors
/// The first syntax error: after it there is no tree to check.
pub fn from_toml(text: &str, source: usize) -> Result<Node, Problem> {
    let table = toml::de::DeTable::parse(text).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        Problem::new(error.message()).at(SourceSpan { source, range })
    })?;
    let span = SourceSpan { source, range: table.span() };
    Ok(Node { value: toml_table(table.into_inner(), source), span })
}

fn yaml_problem(error: &serde_saphyr::Error, text: &str, source: usize) -> Problem {
    let plain = error.without_snippet();
    let message = plain.to_string();
    let range = plain.location().map_or(0..0, |location| span_of(location, text, source).range);
    // The parser appends the position, which the frame already shows.
    let message = message.split(" at line ").next().unwrap_or(&message);
    // Limits of the parser; its own wording is not for users.
    let message = if message.contains("budget breached") {
        "the file is nested too deeply, or too large after alias expansion".to_owned()
    } else if message.contains("recursive references") {
        "an anchor refers to itself".to_owned()
    } else {
        message.to_owned()
    };
    let message = match message.strip_prefix("duplicate mapping key: ").and_then(|rest| rest.split(',').next()) {
        Some(key) => format!("duplicate key `{key}`"),
        None => message,
    };
    Problem::new(message).at(SourceSpan { source, range })
}

fn span_of(location: serde_saphyr::Location, text: &str, source: usize) -> SourceSpan {
    let span = location.span();
    let from = span.byte_offset().and_then(|n| usize::try_from(n).ok());
    let length = span.byte_len().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let start = from.unwrap_or_else(|| offset_of_line(text, location.line(), location.column()));
    let start = start.min(text.len());
    SourceSpan { source, range: start..(start + length).min(text.len()) }
}

fn offset_of_line(text: &str, line: u64, column: u64) -> usize {
    let skip = usize::try_from(line.saturating_sub(1)).unwrap_or(0);
    let before: usize = text.split_inclusive('\n').take(skip).map(str::len).sum();
    before + usize::try_from(column.saturating_sub(1)).unwrap_or(0)
}

/// A YAML value before its positions are converted to source spans.
struct Yaml(YamlValue);

enum YamlValue {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Spanned<Yaml>>),
    Table(Vec<(Spanned<String>, Spanned<Yaml>)>),
}

impl YamlValue {
    fn into_node(self, span: SourceSpan, text: &str, source: usize) -> Node {
        let value = match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Float(value) => Value::Float(value),
            Self::Text(value) => Value::Text(value),
            Self::List(items) => Value::List(items.into_iter().map(|item| spanned_node(item, text, source)).collect()),
            Self::Table(entries) => {
                let entries = entries.into_iter().map(|(key, value)| TableEntry {
                    key_span: span_of(key.referenced, text, source),
                    key: key.value,
                    value: spanned_node(value, text, source),
                });
                Value::Table(Table { entries: entries.collect(), pruned: Vec::new() })
            }
        };
        Node { value, span }
    }
}

fn spanned_node(item: Spanned<Yaml>, text: &str, source: usize) -> Node {
    let span = span_of(item.referenced, text, source);
    item.value.0.into_node(span, text, source)
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YamlVisitor).map(Yaml)
    }
}

struct YamlVisitor;

impl<'de> Visitor<'de> for YamlVisitor {
    type Value = YamlValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Null)
    }

    fn visit_none<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<YamlValue, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<YamlValue, E> {
        Ok(YamlValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<YamlValue, E> {
        Ok(YamlValue::Integer(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers past i64 are only ever compared with limits")]
    fn visit_u64<E>(self, value: u64) -> Result<YamlValue, E> {
        Ok(i64::try_from(value).map_or(YamlValue::Float(value as f64), YamlValue::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<YamlValue, E> {
        Ok(YamlValue::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<YamlValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(YamlValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<YamlValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(YamlValue::Table(entries))
    }
}

fn toml_table(table: toml::de::DeTable<'_>, source: usize) -> Value {
    let mut entries: Vec<TableEntry> = table
        .into_iter()
        .map(|(key, value)| TableEntry {
            key_span: SourceSpan { source, range: key.span() },
            key: key.into_inner().into_owned(),
            value: toml_node(value, source),
        })
        .collect();
    // The parser sorts tables by name; diagnostics follow the order of the file.
    entries.sort_by_key(|entry| entry.key_span.range.start);
    Value::Table(Table { entries, pruned: Vec::new() })
}

fn toml_node(value: toml::Spanned<toml::de::DeValue<'_>>, source: usize) -> Node {
    use toml::de::DeValue;
    let span = SourceSpan { source, range: value.span() };
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
            .map_or_else(|_| Value::Text(number.to_string()), Value::Integer),
        DeValue::Float(number) => {
            number.as_str().replace('_', "").parse().map_or_else(|_| Value::Text(number.to_string()), Value::Float)
        }
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(value) => Value::Text(value.to_string()),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| toml_node(item, source)).collect()),
        DeValue::Table(table) => toml_table(table, source),
    };
    Node { value, span }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice<'t>(text: &'t str, node: &Node, path: &[PathSegment]) -> &'t str {
        &text[node.at(path).unwrap().span.range.clone()]
    }

    #[test]
    fn yaml_scalars_keep_their_span_after_multibyte_text() {
        let text = "name: \"é\"\nmodels:\n  - { name: gemma, n: 12 }\n";
        let root = from_yaml(text, 0).unwrap();
        let path = [PathSegment::Key("models".into()), PathSegment::Index(0), PathSegment::Key("n".into())];
        assert_eq!(slice(text, &root, &path), "12");
        assert_eq!(root.at(&path).unwrap().value, Value::Integer(12));
    }

    #[test]
    fn toml_values_keep_their_span_and_order() {
        let text = "z = 1\na = \"x\"\n[[models]]\nname = \"gemma\"\n";
        let root = from_toml(text, 0).unwrap();
        let Value::Table(table) = &root.value else { panic!("a table") };
        assert_eq!(table.entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["z", "a", "models"]);
        let path = [PathSegment::Key("models".into()), PathSegment::Index(0), PathSegment::Key("name".into())];
        assert_eq!(slice(text, &root, &path), "\"gemma\"");
    }

    #[test]
    fn syntax_errors_and_duplicate_keys_have_a_span() {
        let twice = from_yaml("a: 1\nb: 2\na: 3\n", 0).unwrap_err();
        assert_eq!(twice.span.unwrap().range.start, 10);
        assert!(from_yaml("a: [1, 2\n", 0).unwrap_err().span.is_some());
        assert!(from_toml("a = \n", 0).unwrap_err().span.is_some());
    }
}
