//! A response as a row of the SQLite store, and back.

use std::time::Duration;

use rusqlite::{Row, params};

use super::gaps;
use crate::request::{Request, RequestKey};
use crate::response::{Dispatch, Response, ServerDurations, Stamps, Status, Usage};

/// The columns of a response, in the order in which [`read`] takes them.
pub(super) const COLUMNS: &str = "r.key, r.status, r.fault, r.text, r.reasoning, r.finish_reason, r.attempts, r.retry_ns, r.headers_ns, \
     r.first_byte_ns, r.first_token_ns, r.first_content_ns, r.last_token_ns, r.end_ns, r.prompt_tokens, \
     r.output_tokens, r.cached_prompt_tokens, r.reasoning_tokens, r.server_total_ns, r.server_load_ns, \
     r.server_prompt_eval_ns, r.server_eval_ns, r.run, r.throttled, r.cache_write_tokens, r.scheduled_ns, \
     r.permit_ns, r.sent_ns, r.connect_ns, r.gaps, r.cold, r.warmup";

/// How many columns that are.
pub(super) const COUNT: usize = 32;

/// A response replaces a fault of the same request, and never another answer.
const INSERT: &str = "INSERT INTO responses(key, settings, prompt, sample, run, status, fault, text, reasoning, \
     finish_reason, attempts, retry_ns, headers_ns, first_byte_ns, first_token_ns, first_content_ns, last_token_ns, \
     end_ns, prompt_tokens, output_tokens, cached_prompt_tokens, reasoning_tokens, server_total_ns, server_load_ns, \
     server_prompt_eval_ns, server_eval_ns, throttled, cache_write_tokens, scheduled_ns, permit_ns, sent_ns, \
     connect_ns, gaps, cold, warmup) \
     VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) \
     ON CONFLICT(key) DO UPDATE SET run=excluded.run, status=excluded.status, fault=excluded.fault, \
     text=excluded.text, reasoning=excluded.reasoning, finish_reason=excluded.finish_reason, \
     attempts=excluded.attempts, retry_ns=excluded.retry_ns, headers_ns=excluded.headers_ns, \
     first_byte_ns=excluded.first_byte_ns, first_token_ns=excluded.first_token_ns, \
     first_content_ns=excluded.first_content_ns, last_token_ns=excluded.last_token_ns, end_ns=excluded.end_ns, \
     prompt_tokens=excluded.prompt_tokens, output_tokens=excluded.output_tokens, \
     cached_prompt_tokens=excluded.cached_prompt_tokens, reasoning_tokens=excluded.reasoning_tokens, \
     server_total_ns=excluded.server_total_ns, server_load_ns=excluded.server_load_ns, \
     server_prompt_eval_ns=excluded.server_prompt_eval_ns, server_eval_ns=excluded.server_eval_ns, throttled=excluded.throttled, \
     cache_write_tokens=excluded.cache_write_tokens, scheduled_ns=excluded.scheduled_ns, \
     permit_ns=excluded.permit_ns, sent_ns=excluded.sent_ns, connect_ns=excluded.connect_ns, gaps=excluded.gaps, \
     cold=excluded.cold, warmup=excluded.warmup \
     WHERE responses.status NOT IN ('ok', 'capped', 'refused')";

/// Reads a row that was selected with [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Response> {
    let word: String = row.get(1)?;
    let status = Status::from_word(&word).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, format!("status `{word}`").into())
    })?;
    Ok(Response {
        key: RequestKey(row.get(0)?),
        status,
        fault: row.get(2)?,
        text: row.get(3)?,
        reasoning: row.get(4)?,
        finish_reason: row.get(5)?,
        attempts: row.get(6)?,
        unanswered: 0,
        retry_time: duration(row, 7)?.unwrap_or_default(),
        throttled: row.get(23)?,
        stamps: Stamps {
            headers: duration(row, 8)?,
            first_byte: duration(row, 9)?,
            first_token: duration(row, 10)?,
            first_content: duration(row, 11)?,
            last_token: duration(row, 12)?,
            end: duration(row, 13)?,
        },
        usage: Usage {
            prompt_tokens: count(row, 14)?,
            output_tokens: count(row, 15)?,
            cached_prompt_tokens: count(row, 16)?,
            reasoning_tokens: count(row, 17)?,
            cache_write_tokens: count(row, 24)?,
        },
        dispatch: dispatch(row)?,
        gaps: row.get_ref(29)?.as_blob_or_null()?.map(gaps::decode).unwrap_or_default(),
        cold: row.get(30)?,
        warmup: row.get(31)?,
        server: ServerDurations {
            total: duration(row, 18)?,
            load: duration(row, 19)?,
            prompt_eval: duration(row, 20)?,
            eval: duration(row, 21)?,
        },
        run: row.get(22)?,
    })
}

/// Writes a response of a request whose settings and prompt have these ids.
pub(super) fn write(
    connection: &rusqlite::Connection,
    request: &Request,
    response: &Response,
    settings: i64,
    prompt: i64,
) -> rusqlite::Result<()> {
    let stamps = &response.stamps;
    // By position: names would be looked up one by one, for every response.
    connection.prepare_cached(INSERT)?.execute(params![
        response.key.0,
        settings,
        prompt,
        request.sample,
        response.run,
        response.status.word(),
        response.fault,
        response.text,
        response.reasoning,
        response.finish_reason,
        response.attempts,
        nanoseconds(Some(response.retry_time)),
        nanoseconds(stamps.headers),
        nanoseconds(stamps.first_byte),
        nanoseconds(stamps.first_token),
        nanoseconds(stamps.first_content),
        nanoseconds(stamps.last_token),
        nanoseconds(stamps.end),
        signed(response.usage.prompt_tokens),
        signed(response.usage.output_tokens),
        signed(response.usage.cached_prompt_tokens),
        signed(response.usage.reasoning_tokens),
        nanoseconds(response.server.total),
        nanoseconds(response.server.load),
        nanoseconds(response.server.prompt_eval),
        nanoseconds(response.server.eval),
        response.throttled,
        signed(response.usage.cache_write_tokens),
        nanoseconds(response.dispatch.map(|dispatch| dispatch.scheduled)),
        nanoseconds(response.dispatch.map(|dispatch| dispatch.permit)),
        nanoseconds(response.dispatch.map(|dispatch| dispatch.sent)),
        nanoseconds(response.dispatch.and_then(|dispatch| dispatch.connect)),
        (!response.gaps.is_empty()).then(|| gaps::encode(&response.gaps)),
        response.cold,
        response.warmup,
    ])?;
    Ok(())
}

fn dispatch(row: &Row<'_>) -> rusqlite::Result<Option<Dispatch>> {
    let Some(sent) = duration(row, 27)? else { return Ok(None) };
    let scheduled = duration(row, 25)?.unwrap_or(sent);
    let permit = duration(row, 26)?.unwrap_or(scheduled);
    Ok(Some(Dispatch { scheduled, permit, sent, connect: duration(row, 28)? }))
}

fn duration(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Duration>> {
    Ok(count(row, column)?.map(Duration::from_nanos))
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.and_then(|value| u64::try_from(value).ok()))
}

fn nanoseconds(duration: Option<Duration>) -> Option<i64> {
    duration.and_then(|duration| i64::try_from(duration.as_nanos()).ok())
}

fn signed(count: Option<u64>) -> Option<i64> {
    count.and_then(|count| i64::try_from(count).ok())
}
