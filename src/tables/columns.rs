//! The columns of the results table, each declared once.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use super::row::Row;
use crate::response::Status;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Text,
    /// Whole numbers.
    Count,
    /// Other numbers.
    Number,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'r> {
    /// Unknown, or not defined for this row.
    Empty,
    /// A text.
    Text(Cow<'r, str>),
    /// A text that many rows share.
    Word(Arc<str>),
    /// A whole number.
    Count(i64),
    /// Another number.
    Number(f64),
}

/// One column.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Its value in a row.
    pub value: Read,
}

/// How a row becomes a value.
pub type Read = for<'r> fn(&'r Row<'_>) -> Value<'r>;

macro_rules! columns {
    ($($name:literal $kind:ident $value:expr;)*) => {
        &[$(Column { name: $name, kind: Kind::$kind, value: $value }),*]
    };
}

/// The columns of `results.csv` and `results.parquet`, in order. The first eight are those that the
/// old scripts wrote.
pub const COLUMNS: &[Column] = columns! {
    "model" Text |row| text(&row.model.name);
    "prompt_id" Count |row| Value::Count(i64::try_from(row.sample.index).unwrap_or(i64::MAX));
    "prompt" Text |row| text(&row.sample.question);
    "expected_answer" Text |row| optional(row.expected_answer());
    "output" Text |row| text(row.response.text.trim());
    "score" Number |row| number(row.verdict.as_ref().map(|verdict| verdict.score));
    "latency_sec" Number |row| seconds(row.response.latency());
    "metadata" Text |row| Value::Text(row.metadata().into());
    "dataset" Text |row| text(row.dataset);
    "subject" Text |row| optional_text(row.sample.subject.as_deref());
    "level" Text |row| Value::Text(row.level.to_string().into());
    "repeat" Count |row| Value::Count(row.repeat.into());
    "status" Text |row| text(row.response.status.word());
    "fault" Text |row| optional_text(row.response.fault.as_deref());
    "verdict" Text |row| optional_text(row.verdict.as_ref().map(|verdict| verdict.class.word()));
    "extracted_answer" Text |row| optional_text(row.verdict.as_ref().and_then(|verdict| verdict.extracted.as_deref()));
    "rule" Text |row| optional_text(row.verdict.as_ref().map(|verdict| verdict.rule));
    "attempts" Count |row| Value::Count(row.response.attempts.into());
    "retry_s" Number |row| seconds(Some(row.response.retry_time));
    "throttled" Count |row| Value::Count(row.response.throttled.into());
    "finish_reason" Text |row| optional_text(row.response.finish_reason.as_deref());
    "reasoning" Text |row| optional_text(row.response.reasoning.as_deref());
    "cold" Count |row| flag(Some(row.response.cold));
    "warmup" Count |row| flag(Some(row.response.warmup));
    "scheduled_s" Number |row| seconds(row.response.dispatch.map(|dispatch| dispatch.scheduled));
    "permit_s" Number |row| seconds(row.response.dispatch.map(|dispatch| dispatch.permit));
    "sent_s" Number |row| seconds(row.response.dispatch.map(|dispatch| dispatch.sent));
    "connect_s" Number |row| seconds(row.response.dispatch.and_then(|dispatch| dispatch.connect));
    "new_connection" Count |row| flag(row.response.dispatch.map(|dispatch| dispatch.connect.is_some()));
    "headers_s" Number |row| seconds(answered(row).and(row.response.stamps.headers));
    "first_byte_s" Number |row| seconds(answered(row).and(row.response.stamps.first_byte));
    "ttft_s" Number |row| seconds(row.response.time_to_first_token());
    "ttfc_s" Number |row| seconds(answered(row).and(row.response.stamps.first_content));
    "tpot_s" Number |row| seconds(row.time_per_output_token());
    "last_token_s" Number |row| seconds(row.response.latency());
    "stream_total_s" Number |row| seconds(answered(row).and(row.response.stamps.end));
    "latency_from_schedule_s" Number |row| seconds(row.response.latency_from_schedule());
    "dispatch_delay_s" Number |row| seconds(row.response.dispatch_delay());
    "chunk_gaps_ms" Text |row| gaps(answered(row).map(|_| &*row.response.gaps));
    "prompt_tokens" Count |row| count(row.response.usage.prompt_tokens);
    "output_tokens" Count |row| count(row.output_tokens().map(|(tokens, _)| tokens));
    "tokens_source" Text |row| optional_text(row.output_tokens().map(|(_, source)| source.word()));
    "cached_prompt_tokens" Count |row| count(row.response.usage.cached_prompt_tokens);
    "cache_write_tokens" Count |row| count(row.response.usage.cache_write_tokens);
    "reasoning_tokens" Count |row| count(row.response.usage.reasoning_tokens);
    "decode_tokens_per_s" Number |row| number(row.decode_rate());
    "total_duration_s" Number |row| seconds(row.response.server.total);
    "load_duration_s" Number |row| seconds(row.response.server.load);
    "prompt_eval_duration_s" Number |row| seconds(row.response.server.prompt_eval);
    "eval_duration_s" Number |row| seconds(row.response.server.eval);
    "server_decode_tokens_per_s" Number |row| number(row.server_decode_rate());
    "server_prefill_tokens_per_s" Number |row| number(row.server_prefill_rate());
    "queue_s" Number |row| seconds(row.queue());
    "residue_s" Number |row| seconds(row.residue());
    "good" Count |row| flag(row.is_good());
    "cost" Number |row| number(row.cost());
    "choices" Text |row| choices(&row.sample.choices);
    "measured_by" Text |row| text(&row.response.run);
    "request_key" Text |row| Value::Text(row.response.key.to_string().into());
};

/// How the column of a name gets its value.
pub(super) fn value_of(name: &str) -> Read {
    COLUMNS.iter().find(|column| column.name == name).map_or(|_| Value::Empty, |column| column.value)
}

/// The choices as a JSON list: what a verdict can be checked against.
fn choices(choices: &[String]) -> Value<'static> {
    let list = (!choices.is_empty()).then(|| serde_json::to_string(choices).ok()).flatten();
    optional(list)
}

/// Gaps in milliseconds with up to three decimals, separated by spaces.
fn gaps(gaps: Option<&[Duration]>) -> Value<'static> {
    let Some(gaps) = gaps.filter(|gaps| !gaps.is_empty()) else { return Value::Empty };
    let mut list = String::with_capacity(gaps.len() * 7);
    for gap in gaps {
        if !list.is_empty() {
            list.push(' ');
        }
        let microseconds = gap.as_micros() as u64;
        // Much faster than a float, and streams have many.
        let _ = write!(list, "{}", microseconds / 1000);
        let thousandths = microseconds % 1000;
        if thousandths > 0 {
            let _ = write!(list, ".{thousandths:03}");
            list.truncate(list.trim_end_matches('0').len());
        }
    }
    Value::Text(list.into())
}

fn answered(row: &Row<'_>) -> Option<Status> {
    Some(row.response.status).filter(|status| !status.is_fault())
}

fn text(value: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(value))
}

fn optional_text(value: Option<&str>) -> Value<'_> {
    value.map_or(Value::Empty, text)
}

fn optional(value: Option<String>) -> Value<'static> {
    value.map_or(Value::Empty, |value| Value::Text(value.into()))
}

pub(super) fn number(value: Option<f64>) -> Value<'static> {
    value.map_or(Value::Empty, Value::Number)
}

pub(super) fn flag(value: Option<bool>) -> Value<'static> {
    value.map_or(Value::Empty, |value| Value::Count(value.into()))
}

pub(super) fn count(value: Option<u64>) -> Value<'static> {
    value.and_then(|value| i64::try_from(value).ok()).map_or(Value::Empty, Value::Count)
}

pub(super) fn seconds(value: Option<Duration>) -> Value<'static> {
    number(value.map(|value| value.as_secs_f64()))
}

impl Value<'_> {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn count(&self) -> Option<i64> {
        match self {
            Self::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// The other number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The value as a CSV field; what is empty is an empty field.
    pub fn field(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => spreadsheet_safe(text),
            Self::Word(word) => spreadsheet_safe(word),
            Self::Count(count) => count.to_string().into(),
            Self::Number(number) => number.to_string().into(),
        }
    }
}

/// A text as a CSV file holds it. A spreadsheet runs what starts like a formula, so such a text gets
/// an apostrophe in front, which spreadsheets take for "this is text"; a NUL, at which many readers
/// stop, becomes U+2400. Everything else stays, and the Parquet file holds every text as it was.
pub fn spreadsheet_safe(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.trim().parse::<f64>().is_err();
    match (is_formula, text.contains('\0')) {
        (false, false) => Cow::Borrowed(text),
        (true, _) => format!("'{}", text.replace('\0', "\u{2400}")).into(),
        (false, true) => text.replace('\0', "\u{2400}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;

    #[test]
    fn gaps_are_short_texts_in_milliseconds() {
        let list = [0, 999, 1000, 12_340, 5_000_001, 20].map(Duration::from_micros);
        assert_eq!(gaps(Some(&list)), Value::Text("0 0.999 1 12.34 5000.001 0.02".into()));
        assert_eq!((gaps(Some(&[])), gaps(None)), (Value::Empty, Value::Empty));
    }

    #[test]
    fn every_column_has_its_own_name_and_key_and_run_come_last() {
        let mut names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names[names.len() - 2..], ["measured_by", "request_key"]);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COLUMNS.len());
    }

    #[test]
    fn what_the_client_did_is_in_the_row_and_empty_where_it_is_unknown() {
        let mut fixture = Fixture::new(2);
        fixture.dispatched(0, 1000, 1250);
        let rows = fixture.rows();
        let field = |row: usize, name: &str| {
            let column = COLUMNS.iter().find(|column| column.name == name).unwrap();
            (column.value)(&rows[row]).field().into_owned()
        };
        let names = ["scheduled_s", "sent_s", "new_connection", "latency_from_schedule_s", "dispatch_delay_s"];
        assert_eq!(names.map(|name| field(0, name)), ["1", "1.25", "0", "0.35", "0.25"]);
        assert_eq!(names.map(|name| field(1, name)), [""; 5]);
        assert_eq!(["cold", "warmup", "good", "tokens_source"].map(|name| field(0, name)), ["0", "0", "", "server"]);
    }

    #[test]
    fn formulas_become_texts_and_numbers_stay() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-x", "'-x"),
            ("-1.5", "-1.5"),
            ("+7", "+7"),
            ("a=b", "a=b"),
            ("a\0b", "a\u{2400}b"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(spreadsheet_safe(text), expected, "{text:?}");
        }
    }
}
