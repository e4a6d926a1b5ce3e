//! A response as a row of the SQLite store, and back.

use std::time::Duration;

use rusqlite::{Row, named_params};

use crate::request::{Request, RequestKey};
use crate::response::{Response, ServerDurations, Stamps, Status, Usage};

/// The columns of a response, in the order in which [`read`] takes them.
pub(super) const COLUMNS: &str = "key, status, fault, text, reasoning, finish_reason, attempts, retry_ns, headers_ns, \
     first_byte_ns, first_token_ns, first_content_ns, last_token_ns, end_ns, prompt_tokens, output_tokens, \
     cached_prompt_tokens, reasoning_tokens, server_total_ns, server_load_ns, server_prompt_eval_ns, server_eval_ns, run, throttled";

/// A response replaces a fault of the same request, and never another answer.
const INSERT: &str = "INSERT INTO responses(key, settings, prompt, sample, run, status, fault, text, reasoning, \
     finish_reason, attempts, retry_ns, headers_ns, first_byte_ns, first_token_ns, first_content_ns, last_token_ns, \
     end_ns, prompt_tokens, output_tokens, cached_prompt_tokens, reasoning_tokens, server_total_ns, server_load_ns, \
     server_prompt_eval_ns, server_eval_ns, throttled) \
     VALUES(:key, :settings, :prompt, :sample, :run, :status, :fault, :text, :reasoning, :finish_reason, :attempts, \
     :retry_ns, :headers_ns, :first_byte_ns, :first_token_ns, :first_content_ns, :last_token_ns, :end_ns, \
     :prompt_tokens, :output_tokens, :cached_prompt_tokens, :reasoning_tokens, :server_total_ns, :server_load_ns, \
     :server_prompt_eval_ns, :server_eval_ns, :throttled) \
     ON CONFLICT(key) DO UPDATE SET run=excluded.run, status=excluded.status, fault=excluded.fault, \
     text=excluded.text, reasoning=excluded.reasoning, finish_reason=excluded.finish_reason, \
     attempts=excluded.attempts, retry_ns=excluded.retry_ns, headers_ns=excluded.headers_ns, \
     first_byte_ns=excluded.first_byte_ns, first_token_ns=excluded.first_token_ns, \
     first_content_ns=excluded.first_content_ns, last_token_ns=excluded.last_token_ns, end_ns=excluded.end_ns, \
     prompt_tokens=excluded.prompt_tokens, output_tokens=excluded.output_tokens, \
     cached_prompt_tokens=excluded.cached_prompt_tokens, reasoning_tokens=excluded.reasoning_tokens, \
     server_total_ns=excluded.server_total_ns, server_load_ns=excluded.server_load_ns, \
     server_prompt_eval_ns=excluded.server_prompt_eval_ns, server_eval_ns=excluded.server_eval_ns, throttled=excluded.throttled \
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
            cache_write_tokens: None,
            reasoning_tokens: count(row, 17)?,
        },
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
    connection.prepare_cached(INSERT)?.execute(named_params! {
        ":key": response.key.0,
        ":settings": settings,
        ":prompt": prompt,
        ":sample": request.sample,
        ":run": response.run,
        ":status": response.status.word(),
        ":fault": response.fault,
        ":text": response.text,
        ":reasoning": response.reasoning,
        ":finish_reason": response.finish_reason,
        ":attempts": response.attempts,
        ":retry_ns": nanoseconds(Some(response.retry_time)),
        ":throttled": response.throttled,
        ":headers_ns": nanoseconds(stamps.headers),
        ":first_byte_ns": nanoseconds(stamps.first_byte),
        ":first_token_ns": nanoseconds(stamps.first_token),
        ":first_content_ns": nanoseconds(stamps.first_content),
        ":last_token_ns": nanoseconds(stamps.last_token),
        ":end_ns": nanoseconds(stamps.end),
        ":prompt_tokens": signed(response.usage.prompt_tokens),
        ":output_tokens": signed(response.usage.output_tokens),
        ":cached_prompt_tokens": signed(response.usage.cached_prompt_tokens),
        ":reasoning_tokens": signed(response.usage.reasoning_tokens),
        ":server_total_ns": nanoseconds(response.server.total),
        ":server_load_ns": nanoseconds(response.server.load),
        ":server_prompt_eval_ns": nanoseconds(response.server.prompt_eval),
        ":server_eval_ns": nanoseconds(response.server.eval),
    })?;
    Ok(())
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
