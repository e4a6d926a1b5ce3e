//! A response as a row of the SQLite store, and back.

use std::sync::LazyLock;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Row, params};

use super::{check, gaps};
use crate::request::{Request, RequestKey};
use crate::response::{Dispatch, Response, ServerDurations, Stamps, Status, Usage};

/// The columns of a response but its number and its check, in the order in which they are written, read and checked.
const NAMES: [&str; 36] = [
    "key",
    "settings",
    "prompt",
    "sample",
    "run",
    "status",
    "fault",
    "text",
    "reasoning",
    "finish_reason",
    "attempts",
    "retry_ns",
    "headers_ns",
    "first_byte_ns",
    "first_token_ns",
    "first_content_ns",
    "last_token_ns",
    "end_ns",
    "prompt_tokens",
    "output_tokens",
    "cached_prompt_tokens",
    "reasoning_tokens",
    "server_total_ns",
    "server_load_ns",
    "server_prompt_eval_ns",
    "server_eval_ns",
    "throttled",
    "cache_write_tokens",
    "scheduled_ns",
    "permit_ns",
    "sent_ns",
    "connect_ns",
    "gaps",
    "cold",
    "warmup",
    "unanswered",
];

/// How many columns [`COLUMNS`] has.
pub(super) const COUNT: usize = NAMES.len() + 1;

/// The columns of a response `r` as [`read`] takes them; its check comes last.
pub(super) static COLUMNS: LazyLock<String> = LazyLock::new(|| format!("r.{}, r.crc", NAMES.join(", r.")));

/// A response replaces a fault of the same request, and never another answer.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    let updates: Vec<String> = NAMES.iter().map(|name| format!("{name}=excluded.{name}")).collect();
    format!(
        "INSERT INTO responses({}, crc) VALUES({}?) ON CONFLICT(key) DO UPDATE SET {}, crc=excluded.crc \
         WHERE responses.status NOT IN ('ok', 'capped', 'refused')",
        NAMES.join(", "),
        "?, ".repeat(NAMES.len()),
        updates.join(", ")
    )
});

/// Reads a row that was selected with [`COLUMNS`]; nothing if it is not as it was written.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Option<Response>> {
    if !check::is_sound(row, NAMES.len())? {
        return Ok(None);
    }
    let word: String = row.get(5)?;
    let Some(status) = Status::from_word(&word) else { return Ok(None) };
    Ok(Some(Response {
        key: RequestKey(row.get(0)?),
        status,
        fault: row.get(6)?,
        text: row.get(7)?,
        reasoning: row.get(8)?,
        finish_reason: row.get(9)?,
        attempts: row.get(10)?,
        unanswered: row.get(35)?,
        retry_time: duration(row, 11)?.unwrap_or_default(),
        throttled: row.get(26)?,
        stamps: Stamps {
            headers: duration(row, 12)?,
            first_byte: duration(row, 13)?,
            first_token: duration(row, 14)?,
            first_content: duration(row, 15)?,
            last_token: duration(row, 16)?,
            end: duration(row, 17)?,
        },
        usage: Usage {
            prompt_tokens: count(row, 18)?,
            output_tokens: count(row, 19)?,
            cached_prompt_tokens: count(row, 20)?,
            reasoning_tokens: count(row, 21)?,
            cache_write_tokens: count(row, 27)?,
        },
        dispatch: dispatch(row)?,
        gaps: row.get_ref(32)?.as_blob_or_null()?.map(gaps::decode).unwrap_or_default(),
        cold: row.get(33)?,
        warmup: row.get(34)?,
        server: ServerDurations {
            total: duration(row, 22)?,
            load: duration(row, 23)?,
            prompt_eval: duration(row, 24)?,
            eval: duration(row, 25)?,
        },
        run: row.get(4)?,
    }))
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
    let gaps = (!response.gaps.is_empty()).then(|| gaps::encode(&response.gaps));
    let values = params![
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
        gaps,
        response.cold,
        response.warmup,
        response.unanswered,
    ];
    check::execute(connection.prepare_cached(&INSERT)?, values)?;
    Ok(())
}

/// Computes the check of every row that has none: those that an older version wrote.
pub(super) fn seal(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    check::seal(connection, "responses", &NAMES)
}

/// The values of a row that was selected with [`COLUMNS`]; nothing if it is not as it was written.
pub(super) fn sound_values(row: &Row<'_>) -> rusqlite::Result<Option<Vec<Value>>> {
    check::sound_values(row, NAMES.len())
}

/// Writes the values of a row of another store; false if its key is there already.
pub(super) fn insert(connection: &rusqlite::Connection, id: i64, values: &[Value]) -> rusqlite::Result<bool> {
    let places = "?, ".repeat(COUNT);
    let sql = format!("INSERT OR IGNORE INTO responses(id, {}, crc) VALUES({places}?)", NAMES.join(", "));
    check::insert(connection.prepare_cached(&sql)?, id, values)
}

/// How many responses there are, and how many of them are not as they were written.
pub(super) fn examine(connection: &rusqlite::Connection) -> rusqlite::Result<(u64, usize)> {
    let mut statement = connection.prepare(&format!("SELECT {} FROM responses r", *COLUMNS))?;
    let mut rows = statement.query([])?;
    let (mut responses, mut damaged) = (0, 0);
    while let Some(row) = rows.next()? {
        responses += 1;
        damaged += usize::from(!check::is_sound(row, NAMES.len())?);
    }
    Ok((responses, damaged))
}

fn dispatch(row: &Row<'_>) -> rusqlite::Result<Option<Dispatch>> {
    let Some(sent) = duration(row, 30)? else { return Ok(None) };
    let scheduled = duration(row, 28)?.unwrap_or(sent);
    let permit = duration(row, 29)?.unwrap_or(scheduled);
    Ok(Some(Dispatch { scheduled, permit, sent, connect: duration(row, 31)? }))
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
