//! The columns of the results table, each declared once.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use polars::prelude::DataType;

use super::question_digest::question_hash;
use super::row::Row;
use crate::answer_form::FormFit;
use crate::judge::{Rank, Verdict};
use crate::prompt::letter;
use crate::response::Status;
use crate::tool::ToolCall;

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

impl Kind {
    /// The type of such a column in a frame.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::String,
            Self::Count => DataType::Int64,
            Self::Number => DataType::Float64,
        }
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'r> {
    /// Unknown, or not defined for this row.
    Empty,
    /// A text.
    Text(Cow<'r, str>),
    /// A whole number.
    Count(i64),
    /// Another number.
    Number(f64),
    /// Yes or no: 1 or 0 in tables.
    Flag(bool),
}

/// One column.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Unit of its numbers; empty for texts, counts and flags.
    pub unit: &'static str,
    /// What it means, with formula and source, in Markdown.
    pub meaning: &'static str,
    /// Its value in a row.
    pub value: Read,
}

/// How a row becomes a value.
pub type Read = for<'r> fn(&'r Row<'_>) -> Value<'r>;

macro_rules! columns {
    ($(#[doc = $meaning:literal] $name:literal: $kind:ident $(in $unit:literal)? = $value:expr;)*) => {
        &[$(Column {
            name: $name,
            kind: Kind::$kind,
            unit: concat!($($unit)?),
            meaning: $meaning,
            value: $value,
        }),*]
    };
}

/// The columns of `results.csv` and `results.parquet`, in order. The first eight are those that the
/// old scripts wrote.
pub const COLUMNS: &[Column] = columns! {
    /// Name of the model.
    "model": Text = |row| text(&row.model.name);
    /// Number of the sample in its dataset, counted from 0 before any filter, shuffle or limit.
    "prompt_id": Count = |row| Value::Count(i64::try_from(row.sample.index).unwrap_or(i64::MAX));
    /// Question of the sample. The prompt that was sent also holds the template's text and the choices.
    "prompt": Text = |row| text(&row.sample.question);
    /// Right answer: the index of the right choice, else its text.
    "expected_answer": Text = |row| optional(row.expected_answer());
    /// Text of the answer, without white space around it.
    "output": Text = |row| text(row.response.text.trim());
    /// Score of the verdict, from 0 to 1; empty for a fault and for an answer that could not be judged.
    "score": Number = |row| number(row.verdict.as_ref().and_then(Verdict::counted_score));
    /// Latency: last piece of text − sent; for an answer that came whole, the end of its body − sent.
    "latency_sec": Number in "s" = |row| seconds(row.response.latency());
    /// Durations and counts as the server reported them, as one JSON object (also a Python literal).
    "metadata": Text in "ns, tokens" = |row| Value::Text(row.metadata().into());
    /// Name of the dataset.
    "dataset": Text = |row| text(row.dataset);
    /// Subject of the sample.
    "subject": Text = |row| optional_text(row.sample.subject.as_deref());
    /// Load level: `c=N` for N requests in flight, `r=N/s` for N arrivals per second.
    "level": Text = |row| Value::Text(row.level.to_string().into());
    /// Number of the repeat, from 0.
    "repeat": Count = |row| Value::Count(row.repeat.into());
    /// How the request ended: `ok`, `capped`, `refused`, or a kind of fault.
    "status": Text = |row| text(row.response.status.word());
    /// What went wrong; empty for an answer.
    "fault": Text = |row| optional_text(row.response.fault.as_deref());
    /// Class of the judge's verdict; empty for a fault.
    "verdict": Text = |row| optional_text(row.verdict.as_ref().map(|verdict| verdict.class.word()));
    /// Answer that the judge found in the output.
    "extracted_answer": Text = |row| optional_text(row.verdict.as_ref().and_then(|verdict| verdict.extracted.as_deref()));
    /// Rule by which the judge found it.
    "rule": Text = |row| optional_text(row.verdict.as_ref().map(|verdict| verdict.rule));
    /// Strength of the evidence that it found, from `final` to `named`; empty where a judge ranks none.
    "evidence": Text = |row| optional_text(row.verdict.as_ref().and_then(|verdict| verdict.rank).map(Rank::word));
    /// Where it stands in the output, as the response holds it: first byte and the byte after the last.
    "span": Text in "bytes" = |row| optional(row.verdict.as_ref().and_then(|verdict| verdict.span.as_ref()).map(|span| format!("{}-{}", span.start, span.end)));
    /// Probability of the most likely letter of a choice as the first token, over all its spellings and among all choices; only with log-probabilities, and empty if `letter_mass` is below 0.5.
    "letter_probability": Number = |row| number(row.letters().and_then(|letters| letters.best()).map(|best| best.1));
    /// The same of the letter of the right choice.
    "gold_probability": Number = |row| number(row.letters().and_then(|letters| letters.probability(row.gold_choice()?)));
    /// Probability that the first token is the letter of any choice.
    "letter_mass": Number = |row| number(row.letters().map(|letters| letters.mass()));
    /// Brier score over all choices: Σ (probability − 1 for the right one)², from 0 to 2.
    "letter_brier": Number = |row| number(row.letters().and_then(|letters| letters.brier(row.gold_choice()?)));
    /// Identifier of the sample in its dataset, where it has one.
    "item_id": Text = |row| optional_text(row.sample.id.as_deref());
    /// Letter of the right choice; empty for an open question.
    "gold_letter": Text = |row| optional(row.gold_choice().map(letter));
    /// Text of the right answer.
    "gold_text": Text = |row| optional_text(row.gold_text());
    /// What identifies the question across runs and tools: a hash of its passage, question, earlier messages, choices and right answers.
    "question_hash": Text = |row| Value::Text(question_hash(row.question).into());
    /// How often the request was sent.
    "attempts": Count = |row| Value::Count(row.response.attempts.into());
    /// Time of earlier attempts and of the waits between them.
    "retry_s": Number in "s" = |row| seconds(Some(row.response.retry_time));
    /// 1 if the request was sent while the client was throttled: its latency does not reflect the load level.
    "throttled": Count = |row| Value::Count(row.response.throttled.into());
    /// Why generation ended, in the server's words.
    "finish_reason": Text = |row| optional_text(row.response.finish_reason.as_deref());
    /// Text of the answer's reasoning channel.
    "reasoning": Text = |row| optional_text(row.response.reasoning.as_deref());
    /// Tools that the model called, as a JSON list of names with arguments; empty without a call.
    "tool_calls": Text = |row| calls(&row.response.calls);
    /// Whether the answer has the form that `response_format` asked for: `fits`, `not_json`, `not_object` or `violates_schema`; empty where none was asked for and without an answer.
    "answer_format": Text = |row| optional_text(row.form_fit().map(FormFit::word));
    /// 1 if the server had to load the model first; such an answer is in no figure of time.
    "cold": Count = |row| flag(Some(row.response.cold));
    /// 1 for a request that only warmed the server up (`warmups.csv`).
    "warmup": Count = |row| flag(Some(row.response.warmup));
    /// When the request was due, on the clock of its run: its arrival in an open loop, the end of the answer before it in a closed one.
    "scheduled_s": Number in "s" = |row| seconds(row.response.dispatch.map(|dispatch| dispatch.scheduled));
    /// When nothing held it back any more, on the clock of its run: its pace and its place among the requests in flight.
    "permit_s": Number in "s" = |row| seconds(row.response.dispatch.map(|dispatch| dispatch.permit));
    /// When its first byte was handed to the socket, at the last attempt, on the clock of its run; the other times are counted from here.
    "sent_s": Number in "s" = |row| seconds(row.response.dispatch.map(|dispatch| dispatch.sent));
    /// How long connecting took; empty on a reused connection. Part of no latency.
    "connect_s": Number in "s" = |row| seconds(row.response.dispatch.and_then(|dispatch| dispatch.connect));
    /// 1 if it opened a connection, 0 if it reused one.
    "new_connection": Count = |row| flag(row.response.dispatch.map(|dispatch| dispatch.connect.is_some()));
    /// End of the response's headers − sent.
    "headers_s": Number in "s" = |row| seconds(answered(row).and(row.response.stamps.headers));
    /// First byte of the body − sent.
    "first_byte_s": Number in "s" = |row| seconds(answered(row).and(row.response.stamps.first_byte));
    /// Time to first token: first piece with text in any channel − sent; streams only.
    "ttft_s": Number in "s" = |row| seconds(row.response.time_to_first_token());
    /// Time to first content: first piece with text of the answer, not of its reasoning − sent; streams only.
    "ttfc_s": Number in "s" = |row| seconds(answered(row).and(row.response.stamps.first_content));
    /// Time per output token: (last token − first token) / (output tokens − 1), from two tokens on; streams only.
    "tpot_s": Number in "s" = |row| seconds(row.time_per_output_token());
    /// Last piece with text − sent; for an answer that came whole, the end of its body.
    "last_token_s": Number in "s" = |row| seconds(row.response.latency());
    /// End of the body − sent.
    "stream_total_s": Number in "s" = |row| seconds(answered(row).and(row.response.stamps.end));
    /// Last token − scheduled, with every wait and attempt: what a user of an open loop waits.
    "latency_from_schedule_s": Number in "s" = |row| seconds(row.response.latency_from_schedule());
    /// Delay that the client added: sent − scheduled − connecting − earlier attempts.
    "dispatch_delay_s": Number in "s" = |row| seconds(row.response.dispatch_delay());
    /// Gaps from each piece with text to the next, separated by spaces.
    "chunk_gaps_ms": Text in "ms" = |row| gaps(answered(row).map(|_| &*row.response.gaps));
    /// Prompt tokens, as the server counted them.
    "prompt_tokens": Count in "tokens" = |row| count(row.response.usage.prompt_tokens);
    /// Output tokens as the server counted them, else the pieces of the stream; see `tokens_source`.
    "output_tokens": Count in "tokens" = |row| count(row.output_tokens().map(|(tokens, _)| tokens));
    /// Who counted the output tokens: `server`, or `chunks` for pieces of the stream.
    "tokens_source": Text = |row| optional_text(row.output_tokens().map(|(_, source)| source.word()));
    /// Prompt tokens that the server took from its cache.
    "cached_prompt_tokens": Count in "tokens" = |row| count(row.response.usage.cached_prompt_tokens);
    /// Prompt tokens that the server wrote into its cache.
    "cache_write_tokens": Count in "tokens" = |row| count(row.response.usage.cache_write_tokens);
    /// Output tokens of the reasoning channel.
    "reasoning_tokens": Count in "tokens" = |row| count(row.response.usage.reasoning_tokens);
    /// Decode rate on the client's clock: (output tokens − 1) / (last token − first token).
    "decode_tokens_per_s": Number in "tokens/s" = |row| number(row.decode_rate());
    /// Total duration, as the server reported it.
    "total_duration_s": Number in "s" = |row| seconds(row.response.server.total);
    /// Duration of loading the model, as the server reported it.
    "load_duration_s": Number in "s" = |row| seconds(row.response.server.load);
    /// Duration of prompt evaluation, as the server reported it.
    "prompt_eval_duration_s": Number in "s" = |row| seconds(row.response.server.prompt_eval);
    /// Duration of generation, as the server reported it.
    "eval_duration_s": Number in "s" = |row| seconds(row.response.server.eval);
    /// Decode rate on the server's clock: output tokens / evaluation time.
    "server_decode_tokens_per_s": Number in "tokens/s" = |row| number(row.server_decode_rate());
    /// Prefill rate on the server's clock: (prompt − cached tokens) / prompt evaluation time; only where the cached count is known, or zero because a nonce stands before each prompt.
    "server_prefill_tokens_per_s": Number in "tokens/s" = |row| number(row.server_prefill_rate());
    /// Wait for the server: its total − load − prompt evaluation − evaluation; only where it reports its load time (Ollama).
    "queue_s": Number in "s" = |row| seconds(row.queue());
    /// Latency − the server's total, where it reports its load time: network and client.
    "residue_s": Number in "s" = |row| seconds(row.residue());
    /// 1 if every limit of `slo` is met; in an open loop the latency is that from the schedule. Empty where it is unknown or no limit is set.
    "good": Count = |row| flag(row.is_good());
    /// Cost by tokens: Σ tokens · price / 10⁶ over uncached, cached, cache-write and output tokens, unanswered attempts included. By the hour: latency · (time the machine was busy / Σ latency) / 3600 · price per hour.
    "cost": Number in "currency" = |row| number(row.cost());
    /// Choices of the sample as a JSON list.
    "choices": Text = |row| choices(&row.sample.choices);
    /// By how many places the choices were moved forward, for `rotate` of the judge; empty where a question is asked in one order.
    "rotation": Count = |row| count(row.sample.rotation.and_then(|places| u64::try_from(places).ok()));
    /// Number of the turn in its conversation, from 1; empty for a question that is asked alone.
    "conversation_turn": Count = |row| count(row.conversation_turn());
    /// Letter that the chosen option has before its choices are rotated; of options with one text the first. Empty without `rotate`.
    "unrotated_answer": Text = |row| optional(row.chosen_content().map(letter));
    /// Name of the machine that it was measured at; empty for an experiment without `sites`.
    "site": Text = |row| optional_text(row.model.site.as_deref());
    /// Name of the run that measured it; every run has a clock of its own. Behind it stands `batch` and an id where a provider's batch API answered.
    "measured_by": Text = |row| text(&row.response.run);
    /// Key of the request: the hash under which the store holds the response.
    "request_key": Text = |row| Value::Text(row.response.key.to_string().into());
};

/// How the column of a name gets its value.
pub(super) fn value_of(name: &str) -> Read {
    COLUMNS.iter().find(|column| column.name == name).map_or(|_| Value::Empty, |column| column.value)
}

/// The choices as a JSON list: what a verdict can be checked against.
fn choices(choices: &[String]) -> Value<'static> {
    let list = || serde_json::Value::from_iter(choices.iter().map(String::as_str)).to_string();
    optional((!choices.is_empty()).then(list))
}

/// Calls of tools as a JSON list.
fn calls(calls: &[ToolCall]) -> Value<'static> {
    let list = || serde_json::Value::from_iter(calls.iter().map(ToolCall::as_json)).to_string();
    optional((!calls.is_empty()).then(list))
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

    /// The value as a CSV field; what is empty is an empty field. A number is written into `buffer`.
    pub fn field<'b>(&'b self, buffer: &'b mut String) -> Cow<'b, str> {
        buffer.clear();
        let _ = match self {
            Self::Empty => Ok(()),
            Self::Text(text) => return spreadsheet_safe(text),
            Self::Count(count) => write!(buffer, "{count}"),
            Self::Number(number) => write!(buffer, "{number}"),
            Self::Flag(is) => write!(buffer, "{}", u8::from(*is)),
        };
        Cow::Borrowed(buffer)
    }

    /// The value in JSON; null for what is unknown and for what JSON has no number for.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Empty => serde_json::Value::Null,
            Self::Text(text) => text.as_ref().into(),
            Self::Count(count) => (*count).into(),
            Self::Number(number) => (*number).into(),
            Self::Flag(is) => (*is).into(),
        }
    }
}

/// A text as a CSV file holds it. A spreadsheet runs what starts like a formula, so such a text gets
/// an apostrophe in front, which spreadsheets take for "this is text"; a NUL, at which many readers
/// stop, becomes U+2400. Everything else stays, and the Parquet file holds every text as it was.
pub fn spreadsheet_safe(text: &str) -> Cow<'_, str> {
    let starts_like_one = matches!(text.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
    let is_formula = starts_like_one && text.trim().parse::<f64>().is_err();
    // Every text of a table is searched.
    match (is_formula, memchr::memchr(0, text.as_bytes()).is_some()) {
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
            (column.value)(&rows[row]).field(&mut String::new()).into_owned()
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
