//! Deserializes the tree into the typed spec and collects every error of the file.
//!
//! serde stops at the first error. This deserializer records the node that the error belongs to;
//! the node is removed from the tree, and the rest is read again until it is valid or
//! empty.

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
    value::StrDeserializer,
};

use super::diagnostic::{MOST_SHOWN, Problem};
use super::serde_error::{Error, Kind, describe, owned_by};
use super::source_span::SourceSpan;
use super::tree::{Node, PathSegment, Table, TableEntry, Value};
use super::types::Spec;

/// Deserializes the tree into a spec and removes invalid nodes. `None` if nothing usable is left.
///
/// Each problem costs a pass over the whole tree, so reading stops after [`MOST_SHOWN`]
/// problems.
pub(super) fn spec_from(root: &mut Node) -> (Option<Spec>, Vec<Problem>) {
    let mut problems = Vec::new();
    loop {
        if problems.len() > MOST_SHOWN {
            return (None, problems);
        }
        let error = match <Spec as de::Deserialize>::deserialize(&*root) {
            Ok(spec) => return (Some(spec), problems),
            Err(error) => error,
        };
        let mut path = error.path.clone();
        path.reverse();
        problems.extend(describe(root, &path, &error));
        if path.is_empty() || !prune(root, &path) {
            return (None, problems);
        }
    }
}

/// Removes the node at the path from its parent; false if it does not exist.
fn prune(root: &mut Node, path: &[PathSegment]) -> bool {
    let Some((last, parents)) = path.split_last() else { return false };
    match (root.at_mut(parents).map(|node| &mut node.value), last) {
        (Some(Value::Table(table)), PathSegment::Key(key)) => {
            let before = table.entries.len();
            table.entries.retain(|entry| entry.key != *key);
            table.pruned.push(key.clone());
            table.entries.len() < before
        }
        (Some(Value::List(items)), PathSegment::Index(index)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        _ => false,
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let result = match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => match u64::try_from(*value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(*value),
            },
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter().enumerate() }),
            Value::Table(table) => visitor.visit_map(Entries::of(&table.entries)),
        };
        result.map_err(|error| error.at(&self.span))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        // YAML authors write version-like names without quotes: `name: 3.10` is meant as text, but a
        // number has lost its spelling, so only integers and booleans are accepted as strings.
        let result = match &self.value {
            Value::Integer(value) => visitor.visit_string(value.to_string()),
            Value::Bool(value) => visitor.visit_string(value.to_string()),
            Value::Float(value) => {
                Err(de::Error::custom(format!("`{value}` is a number; quote it to make it a string")))
            }
            _ => return self.deserialize_any(visitor),
        };
        result.map_err(|error: Error| error.at(&self.span))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        // `prompt:` with nothing after it is an empty section.
        let entries: &[TableEntry] = match &self.value {
            Value::Table(table) => &table.entries,
            Value::Null => &[],
            _ => {
                return Err(Error::new(Kind::Other(format!("expected a table, found {}", self.kind()))).at(&self.span));
            }
        };
        visitor.visit_map(Entries::of(entries)).map_err(|error| owned_by(error, name).at(&self.span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let choice = match &self.value {
            Value::Text(word) => Choice { word, span: &self.span, content: None },
            Value::Table(Table { entries, .. }) if entries.len() == 1 => {
                Choice { word: &entries[0].key, span: &entries[0].key_span, content: Some(&entries[0].value) }
            }
            Value::Table(table) if !table.pruned.is_empty() => {
                return Err(Error::new(Kind::AlreadyReported).at(&self.span));
            }
            Value::Table(table) if table.entries.len() > 1 => {
                let message = format!("only one of {} is allowed here", list(variants));
                return Err(Error::new(Kind::Other(message)).at(&self.span));
            }
            _ => {
                let message = format!("expected one of {}, found {}", list(variants), self.kind());
                return Err(Error::new(Kind::Other(message)).at(&self.span));
            }
        };
        visitor.visit_enum(choice).map_err(|error| error.at(&self.span))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

struct Items<'n> {
    items: std::iter::Enumerate<std::slice::Iter<'n, Node>>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        seed.deserialize(node).map(Some).map_err(|error| error.at(&node.span).under(PathSegment::Index(index)))
    }
}

struct Entries<'n> {
    entries: std::slice::Iter<'n, TableEntry>,
    current: Option<&'n TableEntry>,
}

impl<'n> Entries<'n> {
    fn of(entries: &'n [TableEntry]) -> Self {
        Self { entries: entries.iter(), current: None }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.current = self.entries.next();
        let Some(entry) = self.current else { return Ok(None) };
        let key: StrDeserializer<'_, Error> = entry.key.as_str().into_deserializer();
        seed.deserialize(key)
            .map(Some)
            .map_err(|error| error.at(&entry.key_span).under(PathSegment::Key(entry.key.clone())))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some(entry) = self.current else { return Err(de::Error::custom("a value without a key")) };
        seed.deserialize(&entry.value)
            .map_err(|error| error.at(&entry.value.span).under(PathSegment::Key(entry.key.clone())))
    }
}

/// The content of a bare word: every setting at its default.
static NO_SETTINGS: Node = Node {
    value: Value::Table(Table { entries: Vec::new(), pruned: Vec::new() }),
    span: SourceSpan { source: 0, range: 0..0 },
};

/// An enum: a bare word, or a table of one entry. A bare word also selects a variant whose
/// settings all have defaults.
struct Choice<'n> {
    word: &'n str,
    span: &'n SourceSpan,
    content: Option<&'n Node>,
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let word: StrDeserializer<'_, Error> = self.word.into_deserializer();
        let value = seed.deserialize(word).map_err(|error| error.at(self.span))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content.map(|node| (&node.value, node)) {
            None | Some((Value::Null, _)) => Ok(()),
            Some((Value::Table(table), _)) if table.entries.is_empty() => Ok(()),
            Some((_, node)) => Err(Error::new(Kind::Other(format!("`{}` takes no settings", self.word)))
                .at(&node.span)
                .under(PathSegment::Key(self.word.to_owned()))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        match self.content {
            Some(node) => seed
                .deserialize(node)
                .map_err(|error| error.at(&node.span).under(PathSegment::Key(self.word.to_owned()))),
            None => seed.deserialize(&NO_SETTINGS).map_err(|error| Error { span: Some(self.span.clone()), ..error }),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("a list is not allowed here"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("a table is not allowed here"))
    }
}
