//! The check of a row: a CRC-32 of all that stands in it, its key included, so that no flipped bit is believed.
//!
//! SQLite finds damage of its own pages only where their form suffers; a letter of an answer is none of that.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, Row, ToSql, params_from_iter};

/// Bytes of the type and the length of a value.
const HEAD: usize = 1 + NUMBER;

/// Bytes of a number.
const NUMBER: usize = 8;

/// The type and the length of a value.
fn head(kind: u8, length: usize) -> [u8; HEAD] {
    let mut head = [kind; HEAD];
    head[1..].copy_from_slice(&(length as u64).to_le_bytes());
    head
}

/// A check in the making.
struct Bytes(Vec<u8>);

/// Room for most rows, so that they are not moved while they grow; more would be no size that allocators keep at hand.
const ROOM: usize = 1024;

impl Bytes {
    fn new() -> Self {
        Self(Vec::with_capacity(ROOM))
    }

    /// Each value with its type and length, so that nothing can move from one column into the next unseen.
    fn add(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.0.extend_from_slice(&head(0, 0)),
            ValueRef::Integer(number) => self.add_number(1, number.to_le_bytes()),
            ValueRef::Real(number) => self.add_number(2, number.to_bits().to_le_bytes()),
            ValueRef::Text(text) => self.add_bytes(3, text),
            ValueRef::Blob(blob) => self.add_bytes(4, blob),
        }
    }

    /// In one piece: most values are numbers, and a row has some forty.
    fn add_number(&mut self, kind: u8, number: [u8; NUMBER]) {
        let mut bytes = [0; HEAD + NUMBER];
        bytes[..HEAD].copy_from_slice(&head(kind, NUMBER));
        bytes[HEAD..].copy_from_slice(&number);
        self.0.extend_from_slice(&bytes);
    }

    fn add_bytes(&mut self, kind: u8, bytes: &[u8]) {
        self.0.extend_from_slice(&head(kind, bytes.len()));
        self.0.extend_from_slice(bytes);
    }

    fn sum(&self) -> u32 {
        crc32fast::hash(&self.0)
    }
}

/// Runs a statement with these values, and their check as the last.
pub(super) fn execute(mut statement: CachedStatement<'_>, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
    let sum = of(values)?;
    let all = values.iter().copied().chain([&sum as &dyn ToSql]);
    statement.execute(params_from_iter(all))?;
    Ok(())
}

/// The check of values that were read.
pub(super) fn sum<'v>(values: impl IntoIterator<Item = ValueRef<'v>>) -> u32 {
    let mut bytes = Bytes::new();
    values.into_iter().for_each(|value| bytes.add(value));
    bytes.sum()
}

/// The check of values that are about to be written.
fn of(values: &[&dyn ToSql]) -> rusqlite::Result<u32> {
    let mut bytes = Bytes::new();
    for value in values {
        match value.to_sql()? {
            ToSqlOutput::Borrowed(value) => bytes.add(value),
            ToSqlOutput::Owned(value) => bytes.add(ValueRef::from(&value)),
            // No other kind is ever written here.
            _ => return Err(rusqlite::Error::ToSqlConversionFailure("a value of a kind that has no check".into())),
        }
    }
    Ok(bytes.sum())
}

/// The first columns of a row, each taken once; nothing if they are not those of which the next column is the check.
pub(super) fn sound<'r, const COUNT: usize>(row: &'r Row<'_>) -> rusqlite::Result<Option<[ValueRef<'r>; COUNT]>> {
    let (mut values, mut bytes) = ([ValueRef::Null; COUNT], Bytes::new());
    for (column, value) in values.iter_mut().enumerate() {
        *value = row.get_ref(column)?;
        bytes.add(*value);
    }
    let is_sound = row.get_ref(COUNT)? == ValueRef::Integer(bytes.sum().into());
    Ok(is_sound.then_some(values))
}

/// True if the first `count` columns of a row are those of which the next column is the check.
pub(super) fn is_sound(row: &Row<'_>, count: usize) -> rusqlite::Result<bool> {
    let mut bytes = Bytes::new();
    for column in 0..count {
        bytes.add(row.get_ref(column)?);
    }
    Ok(row.get_ref(count)? == ValueRef::Integer(bytes.sum().into()))
}

/// Computes the check of every row of a table that has none: those that an older version wrote.
pub(super) fn seal(connection: &Connection, table: &str, columns: &[&str]) -> rusqlite::Result<()> {
    let read = format!("SELECT {}, rowid FROM {table} WHERE crc IS NULL", columns.join(", "));
    let mut statement = connection.prepare(&read)?;
    let mut write = connection.prepare(&format!("UPDATE {table} SET crc=? WHERE rowid=?"))?;
    let mut rows = statement.query([])?;
    let mut sums: Vec<(i64, u32)> = Vec::new();
    while let Some(row) = rows.next()? {
        let mut bytes = Bytes::new();
        for column in 0..columns.len() {
            bytes.add(row.get_ref(column)?);
        }
        sums.push((row.get(columns.len())?, bytes.sum()));
    }
    drop(rows);
    for (id, sum) in sums {
        write.execute((sum, id))?;
    }
    Ok(())
}

/// The first `count` columns of a row; nothing if they are not as they were written. What an older version wrote
/// has no check to fail.
pub(super) fn sound_values(row: &Row<'_>, count: usize) -> rusqlite::Result<Option<Vec<Value>>> {
    if row.get_ref(count)? != ValueRef::Null && !is_sound(row, count)? {
        return Ok(None);
    }
    (0..count).map(|column| row.get(column)).collect::<rusqlite::Result<_>>().map(Some)
}

/// Writes a row with its number in front of its values, and their check as the last; false if it was there already.
pub(super) fn insert(mut statement: CachedStatement<'_>, id: i64, values: &[Value]) -> rusqlite::Result<bool> {
    let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
    let sum = of(&values)?;
    let all = [&id as &dyn ToSql].into_iter().chain(values).chain([&sum as &dyn ToSql]);
    Ok(statement.execute(params_from_iter(all))? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_between_columns_changes_the_check() {
        let pairs: [[&dyn ToSql; 2]; 5] = [[&"ab", &"c"], [&"a", &"bc"], [&"abc", &None::<i64>], [&1, &0], [&0, &1]];
        let sums: std::collections::HashSet<u32> = pairs.iter().map(|pair| of(pair).unwrap()).collect();
        assert_eq!(sums.len(), pairs.len());
    }
}
