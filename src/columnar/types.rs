//! Types beyond those that the reader of Parquet knows: how they are stored, and the text that they stand for.
//!
//! Each further type of polars costs build time. What Parquet calls a date, a decimal or a short integer is stored as
//! a plain one, so it is read as that, and shown by the type that the file declares.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use polars::prelude::{AnyValue, ArrowDataType, ArrowField, ArrowTimeUnit};
use polars_parquet::parquet::metadata::{FileMetadata, SchemaDescriptor};
use polars_parquet::parquet::schema::types::{
    IntegerType, ParquetType, PhysicalType, PrimitiveConvertedType, PrimitiveLogicalType, PrimitiveType,
};
use serde_json::{Map, Number, Value, json as value};

/// The metadata of a file, with the stored types in place of the declared ones.
pub(super) fn as_stored(metadata: &FileMetadata) -> FileMetadata {
    let fields = metadata.schema_descr.fields().iter().map(stored).collect();
    let mut plain = without_arrow(metadata);
    plain.schema_descr = SchemaDescriptor::new(metadata.schema_descr.name().into(), fields);
    plain
}

/// The names that the numbers of a column stand for, as the Hub's own tools write them into the file.
pub(super) fn labels(metadata: &FileMetadata) -> BTreeMap<String, Vec<String>> {
    let pairs = metadata.key_value_metadata.iter().flatten();
    let written = pairs.filter(|pair| pair.key == HUB).find_map(|pair| pair.value.as_deref());
    written.map(labels_in).unwrap_or_default()
}

/// The key of what the Hub's own tools write into a file.
pub(super) const HUB: &str = "huggingface";

/// The names in what the Hub's own tools write into a file.
pub(super) fn labels_in(written: &str) -> BTreeMap<String, Vec<String>> {
    let stated: Option<Value> = serde_json::from_str(written).ok();
    let features = stated.as_ref().and_then(|stated| stated.pointer("/info/features")).and_then(Value::as_object);
    let names = |feature: &Value| {
        let names = feature.get("names")?.as_array()?.iter();
        names.map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
    };
    features.into_iter().flatten().filter_map(|(column, feature)| Some((column.clone(), names(feature)?))).collect()
}

/// The metadata of a file, without the Arrow types that its writer had in memory, such as dictionaries.
pub(super) fn without_arrow(metadata: &FileMetadata) -> FileMetadata {
    FileMetadata { key_value_metadata: None, ..metadata.clone() }
}

fn stored(declared: &ParquetType) -> ParquetType {
    match declared {
        ParquetType::PrimitiveType(primitive) if is_shown_as_stored(primitive) => declared.clone(),
        ParquetType::PrimitiveType(primitive) => {
            let plain = PrimitiveType { logical_type: None, converted_type: None, ..primitive.clone() };
            ParquetType::PrimitiveType(plain)
        }
        ParquetType::GroupType { field_info, logical_type, converted_type, fields } => ParquetType::GroupType {
            field_info: field_info.clone(),
            logical_type: *logical_type,
            converted_type: *converted_type,
            fields: fields.iter().map(stored).collect(),
        },
    }
}

/// True for the types that the reader knows, and for texts.
fn is_shown_as_stored(primitive: &PrimitiveType) -> bool {
    use IntegerType as Int;
    use PrimitiveConvertedType as Converted;
    use PrimitiveLogicalType as Logical;
    match (primitive.physical_type, primitive.logical_type, primitive.converted_type) {
        (PhysicalType::Int32 | PhysicalType::Int64, Some(Logical::Integer(kind)), _) => {
            matches!(kind, Int::Int32 | Int::Int64 | Int::UInt32 | Int::UInt64)
        }
        (PhysicalType::Int32 | PhysicalType::Int64, None, Some(converted)) => {
            matches!(converted, Converted::Int32 | Converted::Int64 | Converted::Uint32 | Converted::Uint64)
        }
        (PhysicalType::Int32 | PhysicalType::Int64, ..) => false,
        (PhysicalType::FixedLenByteArray(_), logical, converted) => {
            !matches!(logical, Some(Logical::Decimal(..))) && !matches!(converted, Some(Converted::Decimal(..)))
        }
        _ => true,
    }
}

/// What columns of bytes hold.
pub(super) const BINARY: &str = "binary content, such as a picture";

/// The name of a type that has no text.
pub(super) fn unfit(kind: &ArrowDataType) -> Option<&'static str> {
    use ArrowDataType as Kind;
    let of_field = |field: &ArrowField| unfit(&field.dtype);
    match kind {
        Kind::Binary | Kind::LargeBinary | Kind::BinaryView | Kind::FixedSizeBinary(_) => Some(BINARY),
        Kind::Struct(fields) => fields.iter().find_map(of_field),
        Kind::List(field) | Kind::LargeList(field) | Kind::FixedSizeList(field, _) | Kind::Map(field, _) => {
            of_field(field)
        }
        Kind::Dictionary(_, values, _) => unfit(values),
        Kind::Extension(extension) => unfit(&extension.inner),
        Kind::Null
        | Kind::Boolean
        | Kind::Int8
        | Kind::Int16
        | Kind::Int32
        | Kind::Int64
        | Kind::UInt8
        | Kind::UInt16
        | Kind::UInt32
        | Kind::UInt64
        | Kind::Float32
        | Kind::Float64
        | Kind::Decimal(..)
        | Kind::Date32
        | Kind::Date64
        | Kind::Timestamp(..)
        | Kind::Time32(_)
        | Kind::Time64(_)
        | Kind::Utf8
        | Kind::LargeUtf8
        | Kind::Utf8View => None,
        _ => Some("a rare type"),
    }
}

/// The type with texts in the place of bytes.
pub(super) fn as_text(kind: &ArrowDataType) -> ArrowDataType {
    use ArrowDataType as Kind;
    let of_field = |field: &ArrowField| ArrowField { dtype: as_text(&field.dtype), ..field.clone() };
    match kind {
        Kind::Binary | Kind::LargeBinary | Kind::BinaryView => Kind::Utf8View,
        Kind::Struct(fields) => Kind::Struct(fields.iter().map(of_field).collect()),
        Kind::List(field) => Kind::List(Box::new(of_field(field))),
        Kind::LargeList(field) => Kind::LargeList(Box::new(of_field(field))),
        Kind::FixedSizeList(field, count) => Kind::FixedSizeList(Box::new(of_field(field)), *count),
        other => other.clone(),
    }
}

/// True if no text of a value has characters that are for machines.
pub(super) fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains(|c: char| c.is_control() && !c.is_whitespace()),
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(members) => members.values().all(is_plain),
        _ => true,
    }
}

/// A value as it is stored, in the form of the type that is declared.
pub(super) fn json(value: &AnyValue<'_>, kind: &ArrowDataType) -> Result<Value, String> {
    use ArrowDataType as Kind;
    let whole = match value {
        AnyValue::Int32(number) => Some(i64::from(*number)),
        AnyValue::Int64(number) => Some(*number),
        _ => None,
    };
    let text = match (kind, whole, value) {
        (Kind::Date32, Some(days), _) => moment(days.saturating_mul(86_400), 0).map(|at| at.date_naive().to_string()),
        (Kind::Timestamp(unit, _), Some(count), _) => instant(count, *unit).map(|at| at.naive_utc().to_string()),
        (Kind::Time32(unit) | Kind::Time64(unit), Some(count), _) => {
            instant(count, *unit).map(|at| at.time().to_string())
        }
        (Kind::Decimal(_, scale), Some(number), _) => Some(decimal(i128::from(number), *scale)),
        (Kind::Decimal(_, scale), _, AnyValue::Binary(bytes)) => {
            big_endian(bytes).map(|number| decimal(number, *scale))
        }
        (Kind::Decimal(_, scale), _, AnyValue::BinaryOwned(bytes)) => {
            big_endian(bytes).map(|number| decimal(number, *scale))
        }
        _ => return plain(value, kind),
    };
    text.map(Value::from).ok_or_else(|| "a date, time or decimal is out of range".to_owned())
}

fn plain(value: &AnyValue<'_>, kind: &ArrowDataType) -> Result<Value, String> {
    Ok(match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(truth) => Value::Bool(*truth),
        AnyValue::Int32(number) => Value::from(*number),
        AnyValue::Int64(number) => Value::from(*number),
        AnyValue::UInt32(number) => Value::from(*number),
        AnyValue::UInt64(number) => Value::from(*number),
        // Through its shortest text, or 0.1 becomes 0.10000000149011612.
        AnyValue::Float32(number) => number.to_string().parse().ok().and_then(Number::from_f64).into(),
        AnyValue::Float64(number) => Number::from_f64(*number).into(),
        AnyValue::List(items) => {
            let inner = item_kind(kind);
            Value::Array(items.iter().map(|item| json(&item, inner)).collect::<Result<_, _>>()?)
        }
        AnyValue::Struct(_, _, fields) => {
            let names = fields.iter().map(|field| field.name().to_string());
            Value::Object(members(names.zip(value._iter_struct_av()), kind)?)
        }
        AnyValue::StructOwned(cells) => {
            let names = cells.1.iter().map(|field| field.name().to_string());
            Value::Object(members(names.zip(cells.0.iter().cloned()), kind)?)
        }
        AnyValue::Binary(bytes) => of_bytes(bytes, kind)?,
        AnyValue::BinaryOwned(bytes) => of_bytes(bytes, kind)?,
        other => match other.get_str() {
            Some(text) => Value::from(text),
            None => return Err(format!("a value of type {} is not understood", other.dtype())),
        },
    })
}

/// Bytes, which are a text by their type, or which JSON has as Base64. The struct tells them from a text.
fn of_bytes(bytes: &[u8], kind: &ArrowDataType) -> Result<Value, String> {
    match kind {
        ArrowDataType::Utf8View => {
            std::str::from_utf8(bytes).map(Value::from).map_err(|error| format!("a text is not valid UTF-8: {error}"))
        }
        _ => Ok(value!({ "bytes": STANDARD.encode(bytes) })),
    }
}

fn members<'v>(
    cells: impl Iterator<Item = (String, AnyValue<'v>)>,
    kind: &ArrowDataType,
) -> Result<Map<String, Value>, String> {
    let of_name = |name: &str| match kind {
        ArrowDataType::Struct(fields) => fields.iter().find(|field| field.name == name).map(|field| &field.dtype),
        _ => None,
    };
    cells
        .map(|(name, cell)| {
            let value = json(&cell, of_name(&name).unwrap_or(&ArrowDataType::Null))?;
            Ok((name, value))
        })
        .collect()
}

fn item_kind(kind: &ArrowDataType) -> &ArrowDataType {
    match kind {
        ArrowDataType::List(field) | ArrowDataType::LargeList(field) | ArrowDataType::FixedSizeList(field, _) => {
            &field.dtype
        }
        _ => &ArrowDataType::Null,
    }
}

pub(super) fn moment(seconds: i64, nanoseconds: u32) -> Option<DateTime<chrono::Utc>> {
    DateTime::from_timestamp(seconds, nanoseconds)
}

pub(super) fn instant(count: i64, unit: ArrowTimeUnit) -> Option<DateTime<chrono::Utc>> {
    let per_second: i64 = match unit {
        ArrowTimeUnit::Second => 1,
        ArrowTimeUnit::Millisecond => 1_000,
        ArrowTimeUnit::Microsecond => 1_000_000,
        ArrowTimeUnit::Nanosecond => 1_000_000_000,
    };
    let rest = count.rem_euclid(per_second) * (1_000_000_000 / per_second);
    moment(count.div_euclid(per_second), u32::try_from(rest).ok()?)
}

fn big_endian(bytes: &[u8]) -> Option<i128> {
    let is_negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let mut whole = [if is_negative { 0xff } else { 0 }; 16];
    whole.get_mut(16_usize.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
    Some(i128::from_be_bytes(whole))
}

/// A decimal from its digits: 350 with two decimal places is 3.50.
pub(super) fn decimal(number: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let sign = if number < 0 { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_places() {
        for (number, scale, expected) in [
            (350, 2, "3.50"),
            (-5, 2, "-0.05"),
            (7, 0, "7"),
            (0, 3, "0.000"),
            (i128::MIN + 1, 0, "-170141183460469231731687303715884105727"),
        ] {
            assert_eq!(decimal(number, scale), expected);
        }
        assert_eq!(big_endian(&[0xff, 0xfe]), Some(-2));
        assert_eq!(big_endian(&[0x01, 0x00]), Some(256));
        assert_eq!(big_endian(&[0; 17]), None);
    }
}
