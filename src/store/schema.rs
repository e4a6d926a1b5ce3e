//! The tables of the SQLite store, and the marks that tell whose file it is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::kind::{APPLICATION_ID, FORMAT};
use super::{check, kind, place, rows};
use crate::files::{draft, folder_of};
use crate::request::Prompt;

/// How long a connection waits for others who write.
const PATIENCE: Duration = Duration::from_secs(30);

/// What requests share lies in `settings` and `prompts`, once, so that a response is small.
const TABLES: &str = "
CREATE TABLE settings(
    id INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    digest TEXT NOT NULL,
    parameters TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    level TEXT NOT NULL,
    crc INTEGER,
    UNIQUE(endpoint, model, digest, parameters, repeat, level)
);
CREATE TABLE prompts(
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    system TEXT,
    text TEXT NOT NULL
);
CREATE TABLE responses(
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    settings INTEGER NOT NULL REFERENCES settings(id),
    prompt INTEGER NOT NULL REFERENCES prompts(id),
    sample TEXT NOT NULL,
    run TEXT NOT NULL,
    status TEXT NOT NULL,
    fault TEXT,
    text TEXT NOT NULL,
    reasoning TEXT,
    finish_reason TEXT,
    attempts INTEGER NOT NULL,
    retry_ns INTEGER NOT NULL,
    throttled INTEGER NOT NULL,
    headers_ns INTEGER,
    first_byte_ns INTEGER,
    first_token_ns INTEGER,
    first_content_ns INTEGER,
    last_token_ns INTEGER,
    end_ns INTEGER,
    prompt_tokens INTEGER,
    output_tokens INTEGER,
    cached_prompt_tokens INTEGER,
    reasoning_tokens INTEGER,
    server_total_ns INTEGER,
    server_load_ns INTEGER,
    server_prompt_eval_ns INTEGER,
    server_eval_ns INTEGER,
    cache_write_tokens INTEGER,
    scheduled_ns INTEGER,
    permit_ns INTEGER,
    sent_ns INTEGER,
    connect_ns INTEGER,
    gaps BLOB,
    cold INTEGER NOT NULL DEFAULT 0,
    warmup INTEGER NOT NULL DEFAULT 0,
    unanswered INTEGER NOT NULL DEFAULT 0,
    crc INTEGER
);
CREATE INDEX responses_by_sample ON responses(sample);
CREATE INDEX responses_that_failed ON responses(key) WHERE status NOT IN ('ok', 'capped', 'refused');
CREATE INDEX responses_that_warmed ON responses(settings) WHERE warmup;
CREATE TABLE stretches(
    key BLOB PRIMARY KEY,
    requests INTEGER NOT NULL,
    elapsed_ns INTEGER NOT NULL,
    crc INTEGER
);
CREATE TABLE models(
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    digest TEXT,
    server_version TEXT,
    facts TEXT,
    crc INTEGER,
    PRIMARY KEY(endpoint, model)
);
CREATE TABLE runs(
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    process INTEGER NOT NULL,
    started INTEGER NOT NULL,
    booted INTEGER,
    until INTEGER NOT NULL
);
CREATE TABLE claims(
    run INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    keys BLOB NOT NULL,
    PRIMARY KEY(run, batch)
);
";

/// When the machine of a run was booted, by the clock as the run found it; an older store gets the column as it gets tables.
const HAS_BOOTED: &str = "SELECT count(*) FROM pragma_table_info('runs') WHERE name = 'booted'";
const ADD_BOOTED: &str = "ALTER TABLE runs ADD COLUMN booted INTEGER";

/// Verdicts of judges that are consulted, the alternatives of first tokens, calls of tools, unfinished fresh runs, what
/// servers said along a batch, what clients said of their parts in a level, attempts that failed, and batches at providers. An older store gets the tables when it is opened: they take nothing
/// away from a program that does not know them.
const LATER_TABLES: &str = "
CREATE TABLE IF NOT EXISTS verdicts(
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    judge TEXT NOT NULL,
    class TEXT NOT NULL,
    score REAL NOT NULL,
    extracted TEXT,
    reason TEXT,
    crc INTEGER
);
CREATE TABLE IF NOT EXISTS first_tokens(
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    alternatives TEXT NOT NULL,
    crc INTEGER
);
CREATE TABLE IF NOT EXISTS fresh_runs(
    experiment TEXT NOT NULL,
    run TEXT NOT NULL,
    PRIMARY KEY(experiment, run)
);
CREATE TABLE IF NOT EXISTS tool_calls(
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    calls TEXT NOT NULL,
    crc INTEGER
);
CREATE TABLE IF NOT EXISTS telemetry(
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    run TEXT NOT NULL,
    part_ns INTEGER NOT NULL,
    stretch TEXT NOT NULL,
    crc INTEGER,
    UNIQUE(key, run, part_ns)
);
CREATE TABLE IF NOT EXISTS client_parts(
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    run TEXT NOT NULL,
    part TEXT NOT NULL,
    crc INTEGER,
    UNIQUE(key, run)
);
CREATE TABLE IF NOT EXISTS failed_attempts(
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    run TEXT NOT NULL,
    attempts TEXT NOT NULL,
    crc INTEGER,
    UNIQUE(key, run)
);
CREATE TABLE IF NOT EXISTS provider_batches(
    token TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    batch TEXT,
    submitted INTEGER NOT NULL,
    keys BLOB NOT NULL,
    crc INTEGER
);
";

/// What turns a store of an older format into one of the next: `UPGRADES[0]` leads from format 1 to 2.
const UPGRADES: [&str; 2] = [
    "
ALTER TABLE models ADD COLUMN facts TEXT;
ALTER TABLE responses ADD COLUMN cache_write_tokens INTEGER;
ALTER TABLE responses ADD COLUMN scheduled_ns INTEGER;
ALTER TABLE responses ADD COLUMN permit_ns INTEGER;
ALTER TABLE responses ADD COLUMN sent_ns INTEGER;
ALTER TABLE responses ADD COLUMN connect_ns INTEGER;
ALTER TABLE responses ADD COLUMN gaps BLOB;
ALTER TABLE responses ADD COLUMN cold INTEGER NOT NULL DEFAULT 0;
ALTER TABLE responses ADD COLUMN warmup INTEGER NOT NULL DEFAULT 0;
CREATE INDEX responses_that_warmed ON responses(settings) WHERE warmup;
CREATE TABLE stretches(
    key BLOB PRIMARY KEY,
    requests INTEGER NOT NULL,
    elapsed_ns INTEGER NOT NULL
);
",
    "
ALTER TABLE settings ADD COLUMN crc INTEGER;
ALTER TABLE responses ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE responses ADD COLUMN crc INTEGER;
ALTER TABLE stretches ADD COLUMN crc INTEGER;
ALTER TABLE models ADD COLUMN crc INTEGER;
CREATE TABLE runs(
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    process INTEGER NOT NULL,
    started INTEGER NOT NULL,
    until INTEGER NOT NULL
);
CREATE TABLE claims(
    run INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    keys BLOB NOT NULL,
    PRIMARY KEY(run, batch)
);
",
];

/// The tables, besides that of the responses, whose rows carry a check, and what it covers.
pub(super) const CHECKED: [(&str, &[&str]); 10] = [
    ("settings", &["endpoint", "model", "digest", "parameters", "repeat", "level"]),
    ("stretches", &["key", "requests", "elapsed_ns"]),
    ("models", &["endpoint", "model", "digest", "server_version", "facts"]),
    ("verdicts", &["key", "judge", "class", "score", "extracted", "reason"]),
    ("first_tokens", &["key", "alternatives"]),
    ("tool_calls", &["key", "calls"]),
    ("telemetry", &["key", "run", "part_ns", "stretch"]),
    ("client_parts", &["key", "run", "part"]),
    ("failed_attempts", &["key", "run", "attempts"]),
    ("provider_batches", &["token", "endpoint", "batch", "submitted", "keys"]),
];

/// The tables whose rows a merge takes over as they are, in files and in databases.
pub(super) const COPIED: [&str; 6] =
    ["stretches", "verdicts", "telemetry", "client_parts", "failed_attempts", "provider_batches"];

/// Opens the store for writing, and creates it where there is none; and where a log was moved to that had no store.
pub(super) fn open(path: &Path) -> Result<(Connection, Option<PathBuf>), StoreError> {
    let error = |source: rusqlite::Error| StoreError::sqlite(path, &source);
    let orphan = if place::length(path) == 0 { create(path)? } else { None };
    place::check_first_page(path)?;
    let connection = Connection::open(path).map_err(error)?;
    connection.busy_timeout(PATIENCE).map_err(error)?;
    kind::check(&connection, path)?;
    place::check_length(&connection, path)?;
    connection.execute_batch(LATER_TABLES).map_err(error)?;
    upgrade(&connection).and_then(|()| complete(&connection)).map_err(error)?;
    connection.execute_batch(SETTINGS).map_err(error)?;
    Ok((connection, orphan))
}

/// Opens a store once more that this process has open and has checked. The file is not looked at on the way: closing it
/// after a look would release every lock that this process holds on it, and the next program that closes the store
/// would take its log away.
pub(super) fn open_again(path: &Path) -> Result<Connection, StoreError> {
    connect_with(path, SETTINGS).map_err(|source| StoreError::sqlite(path, &source))
}

/// How a writer uses the file: the syncer copies the log into it, and syncs what matters.
const SETTINGS: &str = "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16384;";

/// A table, besides that of the responses, of which a row is not as it was written.
pub(super) fn damaged_table(connection: &Connection) -> rusqlite::Result<Option<&'static str>> {
    for (table, columns) in CHECKED {
        let mut statement = connection.prepare(&format!("SELECT {}, crc FROM {table}", columns.join(", ")))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if !check::is_sound(row, columns.len())? {
                return Ok(Some(table));
            }
        }
    }
    let mut prompts = connection.prepare("SELECT hash, system, text FROM prompts")?;
    let mut prompts = prompts.query([])?;
    while let Some(row) = prompts.next()? {
        if !is_sound_prompt(row)? {
            return Ok(Some("prompts"));
        }
    }
    Ok(None)
}

/// True if a prompt has the hash that it is found by.
pub(super) fn is_sound_prompt(row: &rusqlite::Row<'_>) -> rusqlite::Result<bool> {
    let (Ok(system), Ok(text)) = (row.get::<_, Option<String>>(1), row.get::<_, String>(2)) else { return Ok(false) };
    let rusqlite::types::ValueRef::Blob(hash) = row.get_ref(0)? else { return Ok(false) };
    Ok(Prompt::has_hash(system.as_deref(), &text, hash))
}

/// A row of one of those tables that is not as it was written.
pub(super) fn damaged_row(path: &Path, table: &str) -> StoreError {
    StoreError::malformed(path, &format!("a row of its table {table} does not match its checksum"))
}

/// Opens an existing store for reading beside the writer. It may write, so that whichever connection
/// closes last can bring the write-ahead log home; it is told not to.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    connect_with(path, "PRAGMA query_only=ON;").map_err(|source| StoreError::sqlite(path, &source))
}

/// Connects to an existing store, which others may be writing to.
fn connect_with(path: &Path, settings: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch(settings)?;
    Ok(connection)
}

/// Opens a copy of a damaged store, to save what can be read of it; errors name the store itself.
pub(super) fn open_damaged(
    copy: &Path,
    path: &Path,
    repair: impl FnOnce(&Connection),
) -> Result<Connection, StoreError> {
    let connection = Connection::open(copy).map_err(|source| StoreError::sqlite(path, &source))?;
    repair(&connection);
    kind::check_damaged(&connection, path)?;
    let steps = || -> rusqlite::Result<()> {
        let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        (found..FORMAT).try_for_each(|format| connection.execute_batch(step(format)))
    };
    steps().map_err(|source| StoreError::Unreadable { path: path.to_owned(), why: source.to_string() })?;
    Ok(connection)
}

/// What leads from a format to the next.
fn step(format: i64) -> &'static str {
    usize::try_from(format - 1).ok().and_then(|step| UPGRADES.get(step)).copied().unwrap_or_default()
}

/// Brings an older store up to date, whole or not at all. Of two that do so at once, one finds it done.
fn upgrade(connection: &Connection) -> rusqlite::Result<()> {
    let found = || connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    if found()? == FORMAT {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let outcome = (found()?..FORMAT).try_for_each(|format| connection.execute_batch(step(format)));
    let outcome = outcome.and_then(|()| rows::seal(connection));
    let outcome =
        outcome.and_then(|()| CHECKED.iter().try_for_each(|(table, columns)| check::seal(connection, table, columns)));
    let outcome = outcome.and_then(|()| connection.pragma_update(None, "user_version", FORMAT));
    connection.execute_batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    outcome
}

/// Adds the column that a store of this format may lack. Of two that do so at once, one finds it done.
fn complete(connection: &Connection) -> rusqlite::Result<()> {
    let has_booted = || connection.query_row(HAS_BOOTED, [], |row| row.get::<_, bool>(0));
    if has_booted()? {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let outcome = has_booted().and_then(|has| if has { Ok(()) } else { connection.execute_batch(ADD_BOOTED) });
    connection.execute_batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    outcome
}

/// Makes an empty store beside its place and moves it there when it is complete: a program that opens it at
/// the same moment finds either nothing or all of it. The first of two that do so wins. Gives the new name of a log that
/// lay there without its store.
fn create(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    let io_error = |source: std::io::Error| StoreError::system(path, "unable to open a new file", &source);
    let _guard = place::guard(path);
    if place::length(path) > 0 {
        return Ok(None);
    }
    let orphan = place::move_orphan(path)?;
    let draft = draft(folder_of(path)).map_err(io_error)?;
    fill(draft.path()).map_err(|source| StoreError::sqlite(path, &source))?;
    // An empty file in its place holds nothing that could be lost.
    let outcome = if path.exists() { draft.persist(path) } else { draft.persist_noclobber(path) };
    match outcome {
        Ok(_) => Ok(orphan),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(orphan),
        Err(error) => Err(io_error(error.error)),
    }
}

/// An empty store.
pub(super) fn fill(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA page_size=4096; PRAGMA journal_mode=WAL;")?;
    connection.execute_batch(&format!("BEGIN; {TABLES} {LATER_TABLES} COMMIT;"))?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT)?;
    connection.close().map_err(|(_, error)| error)
}

#[cfg(test)]
mod tests {
    use crate::request::RequestKey;
    use crate::store::{SqliteStore, Store};

    use super::*;

    /// The tables of format 1, as version 0.1.0 first made them.
    const FIRST_TABLES: &str = "
CREATE TABLE settings(
    id INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    digest TEXT NOT NULL,
    parameters TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    level TEXT NOT NULL,
    UNIQUE(endpoint, model, digest, parameters, repeat, level)
);
CREATE TABLE prompts(
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    system TEXT,
    text TEXT NOT NULL
);
CREATE TABLE responses(
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    settings INTEGER NOT NULL REFERENCES settings(id),
    prompt INTEGER NOT NULL REFERENCES prompts(id),
    sample TEXT NOT NULL,
    run TEXT NOT NULL,
    status TEXT NOT NULL,
    fault TEXT,
    text TEXT NOT NULL,
    reasoning TEXT,
    finish_reason TEXT,
    attempts INTEGER NOT NULL,
    retry_ns INTEGER NOT NULL,
    throttled INTEGER NOT NULL,
    headers_ns INTEGER,
    first_byte_ns INTEGER,
    first_token_ns INTEGER,
    first_content_ns INTEGER,
    last_token_ns INTEGER,
    end_ns INTEGER,
    prompt_tokens INTEGER,
    output_tokens INTEGER,
    cached_prompt_tokens INTEGER,
    reasoning_tokens INTEGER,
    server_total_ns INTEGER,
    server_load_ns INTEGER,
    server_prompt_eval_ns INTEGER,
    server_eval_ns INTEGER
);
CREATE INDEX responses_by_sample ON responses(sample);
CREATE INDEX responses_that_failed ON responses(key) WHERE status NOT IN ('ok', 'capped', 'refused');
CREATE TABLE models(
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    digest TEXT,
    server_version TEXT,
    PRIMARY KEY(endpoint, model)
);
";

    #[test]
    fn a_store_of_this_format_gets_the_column_that_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        drop(open(&path).unwrap());
        let older = Connection::open(&path).unwrap();
        let insert = "INSERT INTO runs(host, process, started, until) VALUES('h', 1, 2, 3)";
        older.execute_batch(&format!("ALTER TABLE runs DROP COLUMN booted; {insert}")).unwrap();
        for _ in 0..2 {
            let (connection, _) = open(&path).unwrap();
            let booted = connection.query_row("SELECT booted FROM runs", [], |row| row.get::<_, Option<i64>>(0));
            assert_eq!(booted, Ok(None));
        }
        // A program that does not know it works beside one that does.
        older.execute_batch(insert).unwrap();
    }

    #[test]
    fn a_store_of_an_older_format_keeps_its_responses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let older = Connection::open(&path).unwrap();
        older.execute_batch("PRAGMA journal_mode=WAL;").unwrap();
        older.execute_batch(FIRST_TABLES).unwrap();
        older.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        older.pragma_update(None, "user_version", 1).unwrap();
        older
            .execute_batch(
                "INSERT INTO settings VALUES(1, 'e', 'm', '', '{}', 0, 'c=1');
                 INSERT INTO prompts VALUES(1, x'00', NULL, 'q');
                 INSERT INTO models VALUES('e', 'm', 'd', '1.0');",
            )
            .unwrap();
        let sql = "INSERT INTO responses(id, key, settings, prompt, sample, run, status, text, attempts, retry_ns, \
                   throttled, last_token_ns) VALUES(1, ?, 1, 1, 'd#0', 'r', 'ok', 'B', 1, 0, 0, 7)";
        older.execute(sql, [[5_u8; 32]]).unwrap();
        drop(older);
        let key = RequestKey([5; 32]);
        for _ in 0..2 {
            let store = SqliteStore::open(&path).unwrap();
            let response = store.read(&[&key]).unwrap().remove(0).unwrap();
            assert_eq!((response.text.as_str(), response.dispatch, response.warmup), ("B", None, false));
            assert_eq!(store.verdicts(&[[5; 32]]).unwrap(), [None]);
            assert_eq!(store.seen_model("e", "m").unwrap().unwrap().digest.as_deref(), Some("d"));
        }
        let number = |pragma: &str| Connection::open(&path).unwrap().query_row(pragma, [], |row| row.get::<_, i64>(0));
        assert_eq!((number("PRAGMA user_version"), number(HAS_BOOTED)), (Ok(FORMAT), Ok(1)));
    }
}
