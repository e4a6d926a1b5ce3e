//! JSON as servers write it: a member of another type than the documented one is unknown, and the rest is read.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The largest count that a float holds exactly.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// The methods of a visitor that takes these kinds of JSON for unknown.
macro_rules! unknown {
    ($($kind:ident)*) => { $(unknown!(@$kind);)* };
    (@bool) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
    };
    (@number) => {
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
    };
    (@text) => {
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
    };
    (@null) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_none<E>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
    };
    (@list) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            skip(&mut list)?;
            Ok(Self::Value::default())
        }
    };
    (@object) => {
        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

fn skip<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<usize, A::Error> {
    let mut skipped = 0;
    while list.next_element::<IgnoredAny>()?.is_some() {
        skipped += 1;
    }
    Ok(skipped)
}

/// A text, borrowed from its frame wherever it holds no escape; empty if it is none.
#[derive(Debug, Default)]
pub(super) struct Text<'frame>(Cow<'frame, str>);

impl<'frame> Text<'frame> {
    /// A word of ours.
    pub(super) const fn of(word: &'frame str) -> Self {
        Self(Cow::Borrowed(word))
    }

    /// The text on its own.
    pub(super) fn into_owned(self) -> String {
        self.0.into_owned()
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    /// An object says what it is in its `type`, as SGLang's reason for an end does.
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Text<'de>, A::Error> {
        let mut found = Text::default();
        while let Some(name) = object.next_key::<String>()? {
            let value: Text<'de> = object.next_value()?;
            if matches!(name.as_str(), "type" | "reason" | "finish_reason") && found.0.is_empty() {
                found = value;
            }
        }
        Ok(found)
    }

    unknown!(bool number null list);
}

impl<'de: 'frame, 'frame> Deserialize<'de> for Text<'frame> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(TextVisitor)
    }
}

/// A number, also if it is written as a text; unknown if it is neither.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Number(Option<f64>);

impl Number {
    /// A count; unknown if it is negative or not whole.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number within its range")]
    pub(super) fn count(self) -> Option<u64> {
        self.0.filter(|value| value.fract() == 0.0 && (0.0..=LARGEST).contains(value)).map(|value| value as u64)
    }

    /// A duration in nanoseconds.
    pub(super) fn nanoseconds(self) -> Option<Duration> {
        self.count().map(Duration::from_nanos)
    }

    /// A duration in milliseconds.
    pub(super) fn milliseconds(self) -> Option<Duration> {
        self.0.and_then(|value| Duration::try_from_secs_f64(value / 1e3).ok())
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53, and what is not is unknown")]
    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(Number(Some(value as f64)))
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53, and what is not is unknown")]
    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(Number(Some(value as f64)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
        Ok(Number(Some(value)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Number, E> {
        Ok(Number(text.trim().parse().ok().filter(|value: &f64| value.is_finite())))
    }

    unknown!(bool null list object);
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(NumberVisitor)
    }
}

/// True for `true`, also if it is written as a text or a 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Truth(pub(super) bool);

struct TruthVisitor;

impl<'de> Visitor<'de> for TruthVisitor {
    type Value = Truth;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Truth, E> {
        Ok(Truth(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Truth, E> {
        Ok(Truth(value == 1))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Truth, E> {
        Ok(Truth(value == 1))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Truth, E> {
        Ok(Truth(false))
    }

    fn visit_str<E>(self, text: &str) -> Result<Truth, E> {
        Ok(Truth(text.eq_ignore_ascii_case("true")))
    }

    unknown!(null list object);
}

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(TruthVisitor)
    }
}

/// The objects of a list, or the object alone; what is no object among them is passed over.
#[derive(Debug)]
pub(super) struct Objects<T> {
    /// The first.
    pub(super) first: Option<T>,
    /// Those after it; most lists have none.
    pub(super) others: Vec<T>,
    /// True if there is a list or an object.
    pub(super) is_there: bool,
}

impl<T> Default for Objects<T> {
    fn default() -> Self {
        Self { first: None, others: Vec::new(), is_there: false }
    }
}

struct ObjectsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectsVisitor<T> {
    type Value = Objects<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Objects<T>, A::Error> {
        let mut all = Objects { is_there: true, ..Objects::default() };
        while let Some(Objects { first, others, .. }) = list.next_element::<Objects<T>>()? {
            for object in first.into_iter().chain(others) {
                match all.first {
                    Some(_) => all.others.push(object),
                    None => all.first = Some(object),
                }
            }
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Objects<T>, A::Error> {
        let first = T::deserialize(MapAccessDeserializer::new(object))?;
        Ok(Objects { first: Some(first), others: Vec::new(), is_there: true })
    }

    unknown!(bool number text null);
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Objects<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(ObjectsVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;

    fn read<T: DeserializeOwned>(json: &str) -> T {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn only_an_escape_costs_a_copy() {
        for (json, borrowed) in [(r#""plain é""#, true), (r#""a\n""#, false)] {
            let text: Text<'_> = serde_json::from_slice(json.as_bytes()).unwrap();
            assert_eq!(matches!(text.0, Cow::Borrowed(_)), borrowed, "{json}");
        }
        for json in ["1", "null", "[1,[2]]", r#"{"a":{"b":1}}"#, "true", "1.5"] {
            let text: Text<'_> = serde_json::from_slice(json.as_bytes()).unwrap();
            assert_eq!(&*text, "", "{json}");
        }
    }

    #[test]
    fn counts_are_read_however_they_are_written() {
        for (json, count) in [
            ("12", Some(12)),
            ("0", Some(0)),
            ("12.0", Some(12)),
            ("1.2e1", Some(12)),
            (r#""12""#, Some(12)),
            (r#"" 12.0 ""#, Some(12)),
            ("12.5", None),
            ("-1", None),
            ("-1.0", None),
            (r#""-1""#, None),
            (r#""many""#, None),
            (r#""inf""#, None),
            ("1e300", None),
            ("18446744073709551615", None),
            ("null", None),
            ("true", None),
            ("[12]", None),
            (r#"{"count":12}"#, None),
        ] {
            assert_eq!(read::<Number>(json).count(), count, "{json}");
        }
        assert_eq!(read::<Number>("2.5").milliseconds(), Some(Duration::from_micros(2500)));
        assert_eq!(read::<Number>("-2.5").milliseconds(), None);
        assert_eq!(read::<Number>("4e9").nanoseconds(), Some(Duration::from_secs(4)));
    }

    #[test]
    fn truths_are_read_however_they_are_written() {
        for (json, truth) in [
            ("true", true),
            ("false", false),
            (r#""true""#, true),
            ("1", true),
            ("0.5", false),
            ("null", false),
            ("[1]", false),
            ("{}", false),
        ] {
            assert_eq!(read::<Truth>(json).0, truth, "{json}");
        }
    }

    #[derive(serde::Deserialize)]
    struct Inner {
        #[serde(default)]
        a: Number,
    }

    #[test]
    fn objects_are_found_alone_and_in_a_list() {
        for (json, counts, is_there) in [
            (r#"[{"a":1},null,{"a":2},3,{"a":3}]"#, vec![1, 2, 3], true),
            (r#"{"a":1}"#, vec![1], true),
            (r#"[[{"a":1}],{"a":2}]"#, vec![1, 2], true),
            (r#"[3,{"a":1}]"#, vec![1], true),
            ("[3]", vec![], true),
            ("[]", vec![], true),
            ("{}", vec![], true),
            ("null", vec![], false),
            ("7", vec![], false),
            (r#""text""#, vec![], false),
        ] {
            let objects: Objects<Inner> = read(json);
            let found = objects.first.into_iter().chain(objects.others).filter_map(|inner| inner.a.count());
            assert_eq!((found.collect::<Vec<_>>(), objects.is_there), (counts, is_there), "{json}");
        }
    }
}
