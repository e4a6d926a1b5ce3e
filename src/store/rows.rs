//! A response as a row of the SQLite store, and back.

use std::sync::LazyLock;
use std::time::Duration;

use rusqlite::types::{FromSql, Value, ValueRef};
use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::{beside, check, gaps};
use crate::request::{Request, RequestKey};
use crate::response::{Dispatch, Response, ServerDurations, Stamps, Status, Usage};

/// What a row is made of. How it names its settings and its prompt is up to the database.
pub(super) struct Parts<'p> {
    pub(super) request: &'p Request,
    pub(super) response: &'p Response,
    pub(super) settings: &'p dyn ToSql,
    pub(super) prompt: &'p dyn ToSql,
}

macro_rules! columns {
    (|$parts:ident| $($column:ident $name:literal = $value:expr;)*) => {
        /// The columns of a response but its number and its check, in the order in which they are written, read and
        /// checked. By position: names would be looked up one by one, for every response.
        #[derive(Clone, Copy)]
        enum Column {
            $($column),*
        }

        /// Their names.
        pub(super) const NAMES: [&str; [$(Column::$column),*].len()] = [$($name),*];

        /// Does something with the value of each column.
        pub(super) fn with_values<T>($parts: &Parts<'_>, take: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
            take(params![$($value),*])
        }
    };
}

columns! { |row|
    Key "key" = row.response.key.0;
    Settings "settings" = row.settings;
    Prompt "prompt" = row.prompt;
    Sample "sample" = row.request.sample;
    Run "run" = row.response.run;
    Status "status" = row.response.status.word();
    Fault "fault" = row.response.fault;
    Text "text" = row.response.text;
    Reasoning "reasoning" = row.response.reasoning;
    FinishReason "finish_reason" = row.response.finish_reason;
    Attempts "attempts" = row.response.attempts;
    RetryNs "retry_ns" = nanoseconds(Some(row.response.retry_time));
    HeadersNs "headers_ns" = nanoseconds(row.response.stamps.headers);
    FirstByteNs "first_byte_ns" = nanoseconds(row.response.stamps.first_byte);
    FirstTokenNs "first_token_ns" = nanoseconds(row.response.stamps.first_token);
    FirstContentNs "first_content_ns" = nanoseconds(row.response.stamps.first_content);
    LastTokenNs "last_token_ns" = nanoseconds(row.response.stamps.last_token);
    EndNs "end_ns" = nanoseconds(row.response.stamps.end);
    PromptTokens "prompt_tokens" = signed(row.response.usage.prompt_tokens);
    OutputTokens "output_tokens" = signed(row.response.usage.output_tokens);
    CachedPromptTokens "cached_prompt_tokens" = signed(row.response.usage.cached_prompt_tokens);
    ReasoningTokens "reasoning_tokens" = signed(row.response.usage.reasoning_tokens);
    ServerTotalNs "server_total_ns" = nanoseconds(row.response.server.total);
    ServerLoadNs "server_load_ns" = nanoseconds(row.response.server.load);
    ServerPromptEvalNs "server_prompt_eval_ns" = nanoseconds(row.response.server.prompt_eval);
    ServerEvalNs "server_eval_ns" = nanoseconds(row.response.server.eval);
    Throttled "throttled" = row.response.throttled;
    CacheWriteTokens "cache_write_tokens" = signed(row.response.usage.cache_write_tokens);
    ScheduledNs "scheduled_ns" = nanoseconds(row.response.dispatch.map(|dispatch| dispatch.scheduled));
    PermitNs "permit_ns" = nanoseconds(row.response.dispatch.map(|dispatch| dispatch.permit));
    SentNs "sent_ns" = nanoseconds(row.response.dispatch.map(|dispatch| dispatch.sent));
    ConnectNs "connect_ns" = nanoseconds(row.response.dispatch.and_then(|dispatch| dispatch.connect));
    Gaps "gaps" = (!row.response.gaps.is_empty()).then(|| gaps::encode(&row.response.gaps));
    Cold "cold" = row.response.cold;
    Warmup "warmup" = row.response.warmup;
    Unanswered "unanswered" = row.response.unanswered;
}

/// True of a row in SQL if [`Status::is_fault`] is true of its status.
pub(super) const IS_FAULT: &str = "status NOT IN ('ok', 'capped', 'refused')";

/// How many columns [`COLUMNS`] has.
pub(super) const COUNT: usize = NAMES.len() + 1;

/// The columns of a response `r` as [`read`] takes them; its check comes last.
pub(super) static COLUMNS: LazyLock<String> = LazyLock::new(|| format!("r.{}, r.crc", NAMES.join(", r.")));

/// A response replaces a fault of the same request, and never another answer.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    let updates: Vec<String> = NAMES.iter().map(|name| format!("{name}=excluded.{name}")).collect();
    format!(
        "INSERT INTO responses({}, crc) VALUES({}?) ON CONFLICT(key) DO UPDATE SET {}, crc=excluded.crc \
         WHERE responses.{IS_FAULT}",
        NAMES.join(", "),
        "?, ".repeat(NAMES.len()),
        updates.join(", ")
    )
});

/// The values of a row, each taken from it once.
#[derive(Clone, Copy)]
struct Values<'r>(&'r [ValueRef<'r>; NAMES.len()]);

impl<'r> Values<'r> {
    fn of(&self, column: Column) -> ValueRef<'r> {
        self.0[column as usize]
    }

    fn get<T: FromSql>(&self, column: Column) -> rusqlite::Result<T> {
        Ok(T::column_result(self.of(column))?)
    }

    fn count(&self, column: Column) -> rusqlite::Result<Option<u64>> {
        Ok(self.get::<Option<i64>>(column)?.and_then(|value| u64::try_from(value).ok()))
    }

    fn duration(&self, column: Column) -> rusqlite::Result<Option<Duration>> {
        Ok(self.count(column)?.map(Duration::from_nanos))
    }
}

/// Reads a row that was selected with [`COLUMNS`]; nothing if it is not as it was written.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Option<Response>> {
    match check::sound(row)? {
        Some(values) => response(&values),
        None => Ok(None),
    }
}

/// The response that the values of a row make; nothing if its status is unknown.
pub(super) fn response(values: &[ValueRef<'_>; NAMES.len()]) -> rusqlite::Result<Option<Response>> {
    let values = Values(values);
    let Some(status) = Status::from_word(values.of(Column::Status).as_str()?) else { return Ok(None) };
    Ok(Some(Response {
        key: RequestKey(values.get(Column::Key)?),
        status,
        fault: values.get(Column::Fault)?,
        text: values.get(Column::Text)?,
        // Both have tables of their own.
        alternatives: Vec::new(),
        failed_attempts: Vec::new(),
        calls: Vec::new(),
        reasoning: values.get(Column::Reasoning)?,
        finish_reason: values.get(Column::FinishReason)?,
        attempts: values.get(Column::Attempts)?,
        unanswered: values.get(Column::Unanswered)?,
        retry_time: values.duration(Column::RetryNs)?.unwrap_or_default(),
        throttled: values.get(Column::Throttled)?,
        stamps: Stamps {
            headers: values.duration(Column::HeadersNs)?,
            first_byte: values.duration(Column::FirstByteNs)?,
            first_token: values.duration(Column::FirstTokenNs)?,
            first_content: values.duration(Column::FirstContentNs)?,
            last_token: values.duration(Column::LastTokenNs)?,
            end: values.duration(Column::EndNs)?,
        },
        usage: Usage {
            prompt_tokens: values.count(Column::PromptTokens)?,
            output_tokens: values.count(Column::OutputTokens)?,
            cached_prompt_tokens: values.count(Column::CachedPromptTokens)?,
            reasoning_tokens: values.count(Column::ReasoningTokens)?,
            cache_write_tokens: values.count(Column::CacheWriteTokens)?,
        },
        dispatch: dispatch(values)?,
        gaps: values.of(Column::Gaps).as_blob_or_null()?.map(gaps::decode).unwrap_or_default(),
        cold: values.get(Column::Cold)?,
        warmup: values.get(Column::Warmup)?,
        server: ServerDurations {
            total: values.duration(Column::ServerTotalNs)?,
            load: values.duration(Column::ServerLoadNs)?,
            prompt_eval: values.duration(Column::ServerPromptEvalNs)?,
            eval: values.duration(Column::ServerEvalNs)?,
        },
        run: values.get(Column::Run)?,
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
    let parts = Parts { request, response, settings: &settings, prompt: &prompt };
    with_values(&parts, |values| check::execute(connection.prepare_cached(&INSERT)?, values))?;
    // Nothing was changed where another answer was there already.
    if connection.changes() > 0 { beside::write(connection, response) } else { Ok(()) }
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

/// What became of a row of another store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Added {
    /// It is a new one.
    New,
    /// It took the place of a fault.
    InPlaceOfAFault,
    /// The same row was there.
    Same,
    /// Another response to the same request stayed.
    Kept {
        /// True if it is that of a warm-up.
        warmup: bool,
    },
}

/// What a store has of a request already.
pub(super) struct Known {
    /// When the answer ended and when it was sent, and its text: no two answers have them in common.
    pub(super) content: (Value, Value, Value),
    pub(super) was_fault: bool,
}

/// Adds the values of a row of another store as a new one, or in place of a fault; gives what became of it.
pub(super) fn add(connection: &rusqlite::Connection, values: &[Value]) -> rusqlite::Result<Added> {
    let known = connection.prepare_cached(&KNOWN)?.query_row([key_of(values)], |row| {
        Ok(Known { content: (row.get(0)?, row.get(1)?, row.get(2)?), was_fault: row.get(3)? })
    });
    let added = added(known.optional()?.as_ref(), values);
    if matches!(added, Added::New | Added::InPlaceOfAFault) {
        insert_all(connection, values)?;
    }
    Ok(added)
}

static KNOWN: LazyLock<String> =
    LazyLock::new(|| format!("SELECT end_ns, sent_ns, text, {IS_FAULT} FROM responses WHERE key=?"));

/// What becomes of a row of another store, by what is known of its request.
pub(super) fn added(known: Option<&Known>, values: &[Value]) -> Added {
    let Some(Known { content, was_fault }) = known else { return Added::New };
    let of = |column: Column| &values[column as usize];
    if (&content.0, &content.1, &content.2) == (of(Column::EndNs), of(Column::SentNs), of(Column::Text)) {
        return Added::Same;
    }
    let is_fault = match of(Column::Status) {
        Value::Text(word) => Status::from_word(word).is_none_or(Status::is_fault),
        _ => true,
    };
    match (was_fault, is_fault) {
        (true, false) => Added::InPlaceOfAFault,
        (true, true) | (false, true) => Added::Same,
        (false, false) => Added::Kept { warmup: *of(Column::Warmup) == Value::Integer(1) },
    }
}

/// The key of a row.
pub(super) fn key_of(values: &[Value]) -> &Value {
    &values[Column::Key as usize]
}

/// How a row names its settings and its prompt.
pub(super) fn names_of(values: &mut [Value]) -> [&mut Value; 2] {
    let (before, behind) = values.split_at_mut(Column::Prompt as usize);
    [&mut before[Column::Settings as usize], &mut behind[0]]
}

fn insert_all(connection: &rusqlite::Connection, values: &[Value]) -> rusqlite::Result<()> {
    let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
    check::execute(connection.prepare_cached(&INSERT)?, &values)
}

/// The number of the settings of a row.
pub(super) fn settings_of(values: &[Value]) -> Option<usize> {
    match values[Column::Settings as usize] {
        Value::Integer(number) => usize::try_from(number).ok(),
        _ => None,
    }
}

/// Gives a row the numbers that its settings and its prompt have in another store.
pub(super) fn renumber(values: &mut [Value], settings: &[i64], prompts: &[i64]) {
    for (column, numbers) in [(Column::Settings, settings), (Column::Prompt, prompts)] {
        if let Value::Integer(number) = &mut values[column as usize] {
            *number = usize::try_from(*number).ok().and_then(|place| numbers.get(place)).copied().unwrap_or_default();
        }
    }
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

fn dispatch(values: Values<'_>) -> rusqlite::Result<Option<Dispatch>> {
    let Some(sent) = values.duration(Column::SentNs)? else { return Ok(None) };
    let scheduled = values.duration(Column::ScheduledNs)?.unwrap_or(sent);
    let permit = values.duration(Column::PermitNs)?.unwrap_or(scheduled);
    Ok(Some(Dispatch { scheduled, permit, sent, connect: values.duration(Column::ConnectNs)? }))
}

fn nanoseconds(duration: Option<Duration>) -> Option<i64> {
    duration.and_then(|duration| i64::try_from(duration.as_nanos()).ok())
}

fn signed(count: Option<u64>) -> Option<i64> {
    count.and_then(|count| i64::try_from(count).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::STATUSES;

    #[test]
    fn a_fault_in_sql_is_a_fault() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let sql = format!("SELECT {IS_FAULT} FROM (SELECT ? AS status)");
        for status in STATUSES {
            let is_fault: bool = connection.query_row(&sql, [status.word()], |row| row.get(0)).unwrap();
            assert_eq!(is_fault, status.is_fault(), "{status}");
        }
    }
}
