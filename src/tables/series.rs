//! Columns of a polars frame from what is read of rows.

use polars::prelude::{
    BooleanChunked, Column as PolarsColumn, DataType, Float64Chunked, Int64Chunked, IntoColumn, ListBuilderTrait,
    ListPrimitiveChunkedBuilder, NewChunkedArray, Series, StringChunked, UInt32Chunked, UInt64Type,
};

use super::columns::{Read, Value};
use super::row::Row;
use super::words::Words;

/// Numbers.
pub(super) fn numbers(name: &str, read: Read, rows: &[Row<'_>]) -> PolarsColumn {
    Float64Chunked::from_iter_options(name.into(), rows.iter().map(|row| read(row).number())).into_column()
}

/// Whole numbers.
pub(super) fn counts(name: &str, read: Read, rows: &[Row<'_>]) -> PolarsColumn {
    Int64Chunked::from_iter_options(name.into(), rows.iter().map(|row| read(row).count())).into_column()
}

/// Truth values.
pub(super) fn flags(name: &str, read: Read, rows: &[Row<'_>]) -> PolarsColumn {
    let values = rows.iter().map(|row| read(row).count().map(|flag| flag == 1));
    BooleanChunked::from_iter_options(name.into(), values).into_column()
}

/// Texts.
pub(super) fn texts(name: &str, read: Read, rows: &[Row<'_>]) -> PolarsColumn {
    let values: Vec<Value<'_>> = rows.iter().map(read).collect();
    StringChunked::from_iter_options(name.into(), values.iter().map(Value::text)).into_column()
}

/// Numbers of words; looks a word up only where it is another than that of the row before.
pub(super) fn numbered(name: &str, read: Read, rows: &[Row<'_>], words: &Words) -> PolarsColumn {
    let mut last: Option<(Value<'_>, u32)> = None;
    let number = |row| {
        let value = read(row);
        let word = value.text()?;
        if let Some((_, number)) = last.as_ref().filter(|(known, _)| known.text() == Some(word)) {
            return Some(*number);
        }
        let number = words.number(word);
        last = Some((value, number));
        Some(number)
    };
    UInt32Chunked::from_iter_options(name.into(), rows.iter().map(number)).into_column()
}

/// Lists of the times between chunks, in nanoseconds.
pub(super) fn gaps(name: &str, rows: &[Row<'_>]) -> PolarsColumn {
    let all = rows.iter().map(|row| row.response.gaps.len()).sum();
    let mut builder = ListPrimitiveChunkedBuilder::<UInt64Type>::new(name.into(), rows.len(), all, DataType::UInt64);
    for row in rows {
        let gaps = row.response.gaps.iter();
        builder.append_values_iter(gaps.map(|gap| u64::try_from(gap.as_nanos()).unwrap_or(u64::MAX)));
    }
    Series::from(builder.finish()).into()
}
