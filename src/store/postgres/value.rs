//! Values on their way into a database and out of it: the same that a file holds, so that one check covers both.
//!
//! PostgreSQL's texts hold every character but NUL, which a model may well send. It is written as a character of the
//! private use area and a digit.

use std::borrow::Cow;
use std::error::Error;

use bytes::BytesMut;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// Begins what stands for another character.
const ESCAPE: char = '\u{e000}';

type Failed = Box<dyn Error + Sync + Send>;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell(pub(super) Value);

/// A value of a row, as far as it can be where it stands in what the database sent.
#[derive(Debug)]
pub(super) enum Lent<'r> {
    Text(Cow<'r, str>),
    Blob(&'r [u8]),
    Other(Value),
}

/// Something that a statement is run with.
pub(super) type Parameter = Box<dyn ToSql + Sync + Send>;

impl Cell {
    pub(super) fn of(value: &dyn rusqlite::ToSql) -> rusqlite::Result<Self> {
        match value.to_sql()? {
            ToSqlOutput::Borrowed(value) => Ok(Self(value.try_into()?)),
            ToSqlOutput::Owned(value) => Ok(Self(value)),
            _ => Err(rusqlite::Error::ToSqlConversionFailure("a value of a kind that no table holds".into())),
        }
    }
}

impl ToSql for Cell {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match &self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(number) => number.to_sql(ty, out),
            Value::Real(number) => number.to_sql(ty, out),
            Value::Text(text) => escaped(text).to_sql(ty, out),
            Value::Blob(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::FLOAT8, Type::TEXT, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}

impl<'r> FromSql<'r> for Cell {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Failed> {
        Ok(Self(match *ty {
            Type::INT8 => Value::Integer(i64::from_sql(ty, raw)?),
            Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
            Type::TEXT => Value::Text(plain(<&str>::from_sql(ty, raw)?).into_owned()),
            _ => Value::Blob(raw.to_vec()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failed> {
        Ok(Self(Value::Null))
    }

    fn accepts(ty: &Type) -> bool {
        <Self as ToSql>::accepts(ty)
    }
}

impl<'r> FromSql<'r> for Lent<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Failed> {
        Ok(match *ty {
            Type::TEXT => Self::Text(plain(<&str>::from_sql(ty, raw)?)),
            Type::BYTEA => Self::Blob(raw),
            _ => Self::Other(Cell::from_sql(ty, raw)?.0),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failed> {
        Ok(Self::Other(Value::Null))
    }

    fn accepts(ty: &Type) -> bool {
        <Cell as ToSql>::accepts(ty)
    }
}

impl<'l> From<&'l Lent<'_>> for ValueRef<'l> {
    fn from(value: &'l Lent<'_>) -> Self {
        match value {
            Lent::Text(text) => Self::Text(text.as_bytes()),
            Lent::Blob(bytes) => Self::Blob(bytes),
            Lent::Other(value) => Self::from(value),
        }
    }
}

/// The first `count` values of a row, where they stand.
pub(super) fn lent(row: &Row, count: usize) -> Result<Vec<Lent<'_>>, tokio_postgres::Error> {
    (0..count).map(|column| row.try_get(column)).collect()
}

/// The first `count` values of a row.
pub(super) fn cells(row: &Row, count: usize) -> Result<Vec<Value>, tokio_postgres::Error> {
    (0..count).map(|column| row.try_get::<_, Cell>(column).map(|cell| cell.0)).collect()
}

/// A text as the database holds it.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => out.extend([ESCAPE, '0']),
            ESCAPE => out.extend([ESCAPE, '1']),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// A text as it was before.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(ESCAPE) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ESCAPE if characters.next() == Some('0') => out.push('\0'),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn texts_come_back(text in "[a\\x00\u{e000}01é]{0,12}") {
            let escaped = escaped(&text);
            proptest::prop_assert!(!escaped.contains('\0'));
            proptest::prop_assert_eq!(plain(&escaped).into_owned(), text);
        }
    }
}
