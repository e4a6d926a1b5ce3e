//! Values of Arrow arrays as JSON, by the types that they are declared as.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polars_arrow::array::{
    Array, BinaryArray, BinaryViewArray, BooleanArray, DictionaryArray, DictionaryKey, FixedSizeBinaryArray,
    FixedSizeListArray, ListArray, MapArray, PrimitiveArray, StructArray, Utf8Array, Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, IntegerType};
use polars_arrow::types::NativeType;
use serde_json::{Map, Number, Value, json as value};

use super::types::{decimal, instant, moment};

/// A value of an array.
///
/// # Errors
/// The array is not of its type, or a date or time is out of range.
pub(super) fn json(array: &dyn Array, at: usize) -> Result<Value, String> {
    use ArrowDataType as Kind;
    if array.is_null(at) {
        return Ok(Value::Null);
    }
    Ok(match array.dtype().to_storage() {
        Kind::Null => Value::Null,
        Kind::Boolean => of::<BooleanArray>(array)?.value(at).into(),
        Kind::Int8 => number::<i8>(array, at)?.into(),
        Kind::Int16 => number::<i16>(array, at)?.into(),
        Kind::Int32 => number::<i32>(array, at)?.into(),
        Kind::Int64 => number::<i64>(array, at)?.into(),
        Kind::UInt8 => number::<u8>(array, at)?.into(),
        Kind::UInt16 => number::<u16>(array, at)?.into(),
        Kind::UInt32 => number::<u32>(array, at)?.into(),
        Kind::UInt64 => number::<u64>(array, at)?.into(),
        // Through its shortest text, or 0.1 becomes 0.10000000149011612.
        Kind::Float32 => number::<f32>(array, at)?.to_string().parse().ok().and_then(Number::from_f64).into(),
        Kind::Float64 => Number::from_f64(number::<f64>(array, at)?).into(),
        Kind::Decimal(_, scale) => decimal(number::<i128>(array, at)?, *scale).into(),
        Kind::Date32 | Kind::Date64 | Kind::Timestamp(..) | Kind::Time32(_) | Kind::Time64(_) => {
            time(array, at)?.ok_or("a date or time is out of range")?.into()
        }
        Kind::Utf8 => of::<Utf8Array<i32>>(array)?.value(at).into(),
        Kind::LargeUtf8 => of::<Utf8Array<i64>>(array)?.value(at).into(),
        Kind::Utf8View => of::<Utf8ViewArray>(array)?.value(at).into(),
        Kind::Binary => bytes(of::<BinaryArray<i32>>(array)?.value(at)),
        Kind::LargeBinary => bytes(of::<BinaryArray<i64>>(array)?.value(at)),
        Kind::BinaryView => bytes(of::<BinaryViewArray>(array)?.value(at)),
        Kind::FixedSizeBinary(_) => bytes(of::<FixedSizeBinaryArray>(array)?.value(at)),
        Kind::List(_) => list(&*of::<ListArray<i32>>(array)?.value(at))?,
        Kind::LargeList(_) => list(&*of::<ListArray<i64>>(array)?.value(at))?,
        Kind::FixedSizeList(..) => list(&*of::<FixedSizeListArray>(array)?.value(at))?,
        Kind::Map(..) => list(&*of::<MapArray>(array)?.value(at))?,
        Kind::Struct(_) => members(of::<StructArray>(array)?, at)?,
        Kind::Dictionary(key, ..) => word(array, *key, at)?,
        other => return Err(format!("a value of type {other:?} is not understood")),
    })
}

fn of<A: 'static>(array: &dyn Array) -> Result<&A, String> {
    array.as_any().downcast_ref::<A>().ok_or_else(|| format!("an array is not of its type {:?}", array.dtype()))
}

fn number<T: NativeType>(array: &dyn Array, at: usize) -> Result<T, String> {
    Ok(of::<PrimitiveArray<T>>(array)?.value(at))
}

/// A date or time as text.
fn time(array: &dyn Array, at: usize) -> Result<Option<String>, String> {
    use ArrowDataType as Kind;
    Ok(match array.dtype().to_storage() {
        Kind::Date32 => moment(i64::from(number::<i32>(array, at)?) * 86_400, 0).map(|at| at.date_naive().to_string()),
        Kind::Date64 => moment(number::<i64>(array, at)?.div_euclid(1000), 0).map(|at| at.date_naive().to_string()),
        Kind::Timestamp(unit, _) => instant(number::<i64>(array, at)?, *unit).map(|at| at.naive_utc().to_string()),
        Kind::Time32(unit) => instant(number::<i32>(array, at)?.into(), *unit).map(|at| at.time().to_string()),
        Kind::Time64(unit) => instant(number::<i64>(array, at)?, *unit).map(|at| at.time().to_string()),
        _ => None,
    })
}

/// Bytes as Base64. The struct tells them from a text.
fn bytes(bytes: &[u8]) -> Value {
    value!({ "bytes": STANDARD.encode(bytes) })
}

fn list(items: &dyn Array) -> Result<Value, String> {
    (0..items.len()).map(|at| json(items, at)).collect::<Result<_, _>>().map(Value::Array)
}

fn members(array: &StructArray, at: usize) -> Result<Value, String> {
    let named = array.fields().iter().zip(array.values());
    let members = named.map(|(field, values)| Ok((field.name.to_string(), json(&**values, at)?)));
    members.collect::<Result<Map<String, Value>, String>>().map(Value::Object)
}

/// A value that stands in a dictionary.
fn word(array: &dyn Array, key: IntegerType, at: usize) -> Result<Value, String> {
    match key {
        IntegerType::Int8 => word_by::<i8>(array, at),
        IntegerType::Int16 => word_by::<i16>(array, at),
        IntegerType::Int32 => word_by::<i32>(array, at),
        IntegerType::Int64 => word_by::<i64>(array, at),
        IntegerType::UInt8 => word_by::<u8>(array, at),
        IntegerType::UInt16 => word_by::<u16>(array, at),
        IntegerType::UInt32 => word_by::<u32>(array, at),
        IntegerType::UInt64 => word_by::<u64>(array, at),
        other => Err(format!("a dictionary with keys of type {other:?} is not understood")),
    }
}

fn word_by<K: DictionaryKey>(array: &dyn Array, at: usize) -> Result<Value, String> {
    let array = of::<DictionaryArray<K>>(array)?;
    json(&**array.values(), array.key_value(at))
}
