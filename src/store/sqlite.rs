//! The store in a SQLite file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use futures::future::BoxFuture;
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::error::Cause;
use super::keeper::{Keeper, Notice};
use super::writer::Content;
use super::{
    Claim, Missing, SeenModel, Store, StoreError, Stretch, Warmup, check, owner, place, recover, rows, schema, writer,
};
use crate::request::{Request, RequestKey, Settings};
use crate::response::{Response, Status};

/// Reads a response by its key.
static BY_KEY: LazyLock<String> = LazyLock::new(|| format!("SELECT {} FROM responses r WHERE r.key=?", *rows::COLUMNS));

/// Most parts in which an older form of a request may differ.
const MOST_CHANGES: usize = 3;

/// A store in one SQLite file in WAL mode: readers and the one writer do not wait for each other.
pub struct SqliteStore {
    path: PathBuf,
    reader: Mutex<Connection>,
    /// Further connections to read with, while nobody does.
    spare_readers: Mutex<Vec<Connection>>,
    identity: Option<(u64, u64)>,
    orphan: Option<PathBuf>,
    notice: Arc<Notice>,
    entries: Option<mpsc::UnboundedSender<writer::Entry>>,
    thread: Option<thread::JoinHandle<()>>,
    keeper: Option<Keeper>,
}

impl SqliteStore {
    /// Opens the store, and creates it with its folder where there is none.
    ///
    /// # Errors
    /// The file cannot be opened or written, belongs to another program, or is of a newer format.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::system(path, "unable to open its folder", &source))?;
        }
        let (connection, orphan) = schema::open(path)?;
        let reader = Mutex::new(schema::open_reader(path)?);
        let (entries, receiver) = mpsc::unbounded_channel();
        let notice = Arc::new(Notice::default());
        let no_thread = |error: std::io::Error| StoreError::Database {
            path: path.to_owned(),
            cause: Cause::Other,
            message: format!("cannot start a thread: {error}"),
        };
        // Not kept by the keeper: the writer ends when nobody can hand it anything any more.
        let weak = entries.downgrade();
        let beat = move || {
            let entry = writer::Entry { content: Content::Beat, done: oneshot::channel().0 };
            if let Some(entries) = weak.upgrade() {
                // A writer that is gone has no lease to renew.
                let _ = entries.send(entry);
            }
        };
        let keeper = Keeper::start(schema::open_again(path)?, path, Arc::clone(&notice), beat).map_err(no_thread)?;
        // Before anything is looked up, so that no writing of others falls between the two.
        let first = writer::version(&connection);
        let (owned, noticed) = (path.to_owned(), Arc::clone(&notice));
        let write = move || writer::run(connection, &owned, receiver, first, &noticed);
        let thread = thread::Builder::new().name("store".into()).spawn(write).map_err(no_thread)?;
        let (path, identity) = (path.to_owned(), place::identity(path));
        let (entries, thread, keeper) = (Some(entries), Some(thread), Some(keeper));
        let spare_readers = Mutex::default();
        Ok(Self { path, reader, spare_readers, identity, orphan, notice, entries, thread, keeper })
    }

    /// Where a log was moved to that lay in the store's place without a store.
    pub fn orphan(&self) -> Option<&Path> {
        self.orphan.as_deref()
    }

    /// Checks the whole file, row by row, and counts its responses.
    ///
    /// # Errors
    /// The file is damaged or cannot be read.
    pub fn examine(&self) -> Result<u64, StoreError> {
        let connection = self.reader();
        let verdict: String = connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|source| self.error(&source))?;
        if verdict != "ok" {
            return Err(StoreError::malformed(&self.path, &verdict.replace('\n', " ")));
        }
        let (responses, damaged) = rows::examine(&connection).map_err(|source| self.error(&source))?;
        if damaged > 0 {
            return Err(StoreError::Damaged { path: self.path.clone(), responses: damaged });
        }
        match schema::damaged_table(&connection).map_err(|source| self.error(&source))? {
            Some(table) => Err(schema::damaged_row(&self.path, table)),
            None => Ok(responses),
        }
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        // A connection has no state of ours that a panic could leave half changed.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands something to the writer; it is stored when the future is done.
    fn write(&self, content: Content) -> BoxFuture<'_, Result<(), StoreError>> {
        let handed = self.hand_over(content);
        Box::pin(async move { handed.await.map(|_| ()) })
    }

    fn hand_over(&self, content: Content) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        let (done, committed) = oneshot::channel();
        let sent = self.entries.as_ref().is_some_and(|entries| entries.send(writer::Entry { content, done }).is_ok());
        Box::pin(async move {
            let closed = || StoreError::Closed { path: self.path.clone() };
            if !sent {
                return Err(closed());
            }
            committed.await.unwrap_or_else(|_| Err(closed()))
        })
    }

    /// A row that was found, if it is as it was written.
    fn sound<T>(&self, found: Option<Option<T>>, table: &str) -> Result<Option<T>, StoreError> {
        match found {
            Some(None) => Err(schema::damaged_row(&self.path, table)),
            found => Ok(found.flatten()),
        }
    }

    fn error(&self, source: &rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, source)
    }

    /// The responses of these keys, and how many of them are damaged. In one transaction, which is quicker than one for
    /// each.
    fn responses(connection: &mut Connection, keys: &[RequestKey]) -> rusqlite::Result<(Vec<Option<Response>>, usize)> {
        let (mut found, mut damaged) = (Vec::with_capacity(keys.len()), 0);
        let transaction = connection.transaction()?;
        let mut statement = transaction.prepare_cached(&BY_KEY)?;
        for key in keys {
            let response = statement.query_row([key.0], rows::read).optional()?;
            damaged += usize::from(matches!(response, Some(None)));
            found.push(response.flatten());
        }
        drop(statement);
        transaction.finish()?;
        Ok((found, damaged))
    }

    fn spare_readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.spare_readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By the status alone, which no check covers: what is believed is only ever read by [`Self::responses`].
    /// One by one, or, where most of the store is asked for, by reading all keys in their order.
    fn held(&self, keys: &[RequestKey]) -> rusqlite::Result<Vec<bool>> {
        let connection = self.reader();
        let size: Option<i64> =
            connection.prepare_cached("SELECT max(id) FROM responses")?.query_row([], |row| row.get(0))?;
        if keys.len().saturating_mul(8) > usize::try_from(size.unwrap_or(0)).unwrap_or(usize::MAX) {
            let all = all_keys(&connection, "SELECT key FROM responses")?;
            let failed = all_keys(&connection, &format!("SELECT key FROM responses WHERE {}", rows::IS_FAULT))?;
            return Ok(keys.iter().map(|key| all.contains(key) && !failed.contains(key)).collect());
        }
        let mut statement = connection.prepare_cached("SELECT status FROM responses WHERE key=?")?;
        let mut held = Vec::with_capacity(keys.len());
        for key in keys {
            let status = statement.query_row([key.0], |row| row.get::<_, String>(0)).optional()?;
            held.push(status.and_then(|word| Status::from_word(&word)).is_some_and(|status| !status.is_fault()));
        }
        Ok(held)
    }

    fn reason(&self, request: &Request, current: &HashSet<RequestKey>) -> rusqlite::Result<Missing> {
        let connection = self.reader();
        let status = connection
            .prepare_cached("SELECT status FROM responses WHERE key=?")?
            .query_row([request.key.0], |row| row.get::<_, String>(0))
            .optional()?;
        if let Some(status) = status {
            return Ok(Missing::Failed(status));
        }
        let asked = "SELECT EXISTS(SELECT 1 FROM settings WHERE model = ?)";
        if !connection.prepare_cached(asked)?.query_row([&request.settings.model], |row| row.get(0))? {
            return Ok(Missing::New);
        }
        let sql = "SELECT s.endpoint, s.digest, s.parameters, s.repeat, s.level, p.hash, r.key FROM responses r \
                   JOIN settings s ON s.id = r.settings JOIN prompts p ON p.id = r.prompt \
                   WHERE r.sample = ? AND s.model = ?";
        let mut statement = connection.prepare_cached(sql)?;
        let settings = &request.settings;
        let wanted = settings.parameters_text();
        let mut older = statement.query(params![request.sample, settings.model])?;
        let mut nearest: Option<Vec<&'static str>> = None;
        while let Some(row) = older.next()? {
            if current.contains(&RequestKey(row.get(6)?)) {
                continue;
            }
            let mut changed = Vec::new();
            let mut compare = |same: bool, part: &'static str| changed.extend((!same).then_some(part));
            compare(row.get_ref(0)?.as_str()? == settings.endpoint, "endpoint");
            compare(row.get_ref(1)?.as_str()? == settings.digest.as_deref().unwrap_or(""), "model digest");
            compare(row.get_ref(5)?.as_blob()? == request.prompt.hash, "prompt");
            compare(row.get_ref(2)?.as_str()? == wanted, "generation");
            compare(row.get::<_, u32>(3)? == settings.repeat, "repeat");
            compare(row.get_ref(4)?.as_str()? == settings.level.to_string(), "level");
            // What differs in most of its parts is the request of another experiment, not an older form of this one.
            if changed.len() <= MOST_CHANGES && nearest.as_ref().is_none_or(|best| changed.len() < best.len()) {
                nearest = Some(changed);
            }
        }
        Ok(nearest.map_or(Missing::New, Missing::Stale))
    }
}

fn all_keys(connection: &Connection, sql: &str) -> rusqlite::Result<HashSet<RequestKey>> {
    let mut statement = connection.prepare_cached(sql)?;
    let keys = statement.query_map([], |row| row.get(0).map(RequestKey))?;
    keys.collect()
}

impl Store for SqliteStore {
    fn read(&self, keys: &[RequestKey]) -> Result<Vec<Option<Response>>, StoreError> {
        // On a connection of its own, so that several can read at once.
        let spare = self.spare_readers().pop();
        let mut connection = spare.map_or_else(|| schema::open_reader(&self.path), Ok)?;
        let read = Self::responses(&mut connection, keys);
        let (found, damaged) = read.map_err(|source| self.error(&source))?;
        self.spare_readers().push(connection);
        if damaged > 0 {
            return Err(StoreError::Damaged { path: self.path.clone(), responses: damaged });
        }
        Ok(found)
    }

    fn holds(&self, keys: &[RequestKey]) -> Result<Vec<bool>, StoreError> {
        self.held(keys).map_err(|source| self.error(&source))
    }

    fn why_missing(&self, request: &Request, current: &HashSet<RequestKey>) -> Result<Missing, StoreError> {
        self.reason(request, current).map_err(|source| self.error(&source))
    }

    fn put(&self, request: Request, response: Arc<Response>) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Content::Response(request, response))
    }

    fn forget(&self, keys: Vec<RequestKey>) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Content::Forgotten(keys))
    }

    fn claim(
        &self,
        batch: u32,
        held: Vec<RequestKey>,
        wanted: Vec<RequestKey>,
    ) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        self.hand_over(Content::Claim(batch, held, wanted))
    }

    fn lease(&self) -> Option<u64> {
        self.notice.lease.number(owner::now())
    }

    fn gone(&self) -> CancellationToken {
        self.notice.gone.clone()
    }

    fn check_place(&self) -> Result<(), StoreError> {
        if place::identity(&self.path) == self.identity {
            return Ok(());
        }
        self.notice.gone.cancel();
        Err(StoreError::Gone { path: self.path.clone(), saved: recover::save(&self.reader(), &self.path) })
    }

    fn warmups(&self, settings: &Settings) -> Result<Vec<Warmup>, StoreError> {
        let connection = self.reader();
        let sql = format!(
            "SELECT {}, p.text FROM responses r JOIN settings s ON s.id = r.settings JOIN prompts p ON p.id = r.prompt \
             WHERE r.warmup AND s.endpoint=? AND s.model=? AND s.digest=? AND s.parameters=? AND s.level=? ORDER BY r.id",
            *rows::COLUMNS
        );
        let (digest, level) = (settings.digest.as_deref().unwrap_or(""), settings.level.to_string());
        let wanted = params![settings.endpoint, settings.model, digest, settings.parameters_text(), level];
        let found = connection.prepare_cached(&sql).and_then(|mut statement| {
            let read = |row: &rusqlite::Row<'_>| {
                let prompt = row.get(rows::COUNT)?;
                Ok(rows::read(row)?.map(|response| Warmup { prompt, response }))
            };
            statement.query_map(wanted, read)?.collect::<rusqlite::Result<Vec<Option<Warmup>>>>()
        });
        let found = found.map_err(|source| self.error(&source))?;
        let damaged = found.iter().filter(|warmup| warmup.is_none()).count();
        if damaged > 0 {
            return Err(StoreError::Damaged { path: self.path.clone(), responses: damaged });
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn stretch(&self, key: RequestKey) -> Result<Option<Stretch>, StoreError> {
        let sql = "SELECT key, requests, elapsed_ns, crc FROM stretches WHERE key=?";
        let read = |row: &rusqlite::Row<'_>| {
            let count = |value: i64| u64::try_from(value).unwrap_or_default();
            let requests = usize::try_from(count(row.get(1)?)).unwrap_or(usize::MAX);
            let stretch = Stretch { requests, elapsed: Duration::from_nanos(count(row.get(2)?)) };
            Ok(check::is_sound(row, 3)?.then_some(stretch))
        };
        let found = self.reader().query_row(sql, [key.0], read).optional().map_err(|source| self.error(&source))?;
        self.sound(found, "stretches")
    }

    fn remember_stretch(&self, key: RequestKey, stretch: Stretch) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Content::Stretch(key, stretch))
    }

    fn seen_model(&self, endpoint: &str, model: &str) -> Result<Option<SeenModel>, StoreError> {
        let sql = "SELECT endpoint, model, digest, server_version, facts, crc FROM models WHERE endpoint=? AND model=?";
        let read = |row: &rusqlite::Row<'_>| {
            if !check::is_sound(row, 5)? {
                return Ok(None);
            }
            let facts: Option<String> = row.get(4)?;
            let facts = facts.and_then(|facts| serde_json::from_str(&facts).ok()).unwrap_or_default();
            Ok(Some(SeenModel { digest: row.get(2)?, server_version: row.get(3)?, facts }))
        };
        let found = self.reader().query_row(sql, [endpoint, model], read).optional();
        self.sound(found.map_err(|source| self.error(&source))?, "models")
    }

    fn remember_model<'s>(
        &'s self,
        endpoint: &str,
        model: &str,
        seen: &SeenModel,
    ) -> BoxFuture<'s, Result<(), StoreError>> {
        match self.seen_model(endpoint, model) {
            Ok(known) if known.as_ref() == Some(seen) => Box::pin(std::future::ready(Ok(()))),
            Err(error) => Box::pin(std::future::ready(Err(error))),
            Ok(_) => {
                let (endpoint, model) = (endpoint.to_owned(), model.to_owned());
                self.write(Content::Model { endpoint, model, seen: seen.clone() })
            }
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        drop(self.entries.take());
        if let Some(thread) = self.thread.take() {
            // The writer ends when the channel is closed and empty; its own errors went to the senders.
            let _ = thread.join();
        }
        if place::identity(&self.path) != self.identity {
            // SQLite takes the log away by its name, which may be that of another store by now.
            let _ = recover::leave_log(&self.reader());
        }
        // The connection that closes last brings the log home.
        drop(self.keeper.take());
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::level::Level;
    use crate::request::{Parameters, Prompt};
    use crate::response::{Dispatch, ServerDurations, Stamps, Usage};

    fn request(model: &str, text: &str) -> Request {
        let parameters = Parameters { max_tokens: Some(8), ..Parameters::default() };
        let settings = Settings {
            endpoint: "e".into(),
            model: model.into(),
            digest: None,
            parameters,
            repeat: 0,
            level: Level::Concurrency(NonZeroU32::MIN),
        };
        let prompt = Prompt::new(None, text.into());
        let key = settings.hasher().key(&prompt);
        Request { key, settings: Arc::new(settings), prompt, sample: "d#0".into() }
    }

    fn response(key: RequestKey, status: Status) -> Response {
        Response {
            key,
            status,
            fault: status.is_fault().then(|| "why".into()),
            text: "nul \0 and \u{1b}[31m".into(),
            reasoning: None,
            finish_reason: Some("stop".into()),
            attempts: 2,
            unanswered: 0,
            retry_time: Duration::from_millis(3),
            throttled: true,
            dispatch: Some(Dispatch {
                scheduled: Duration::from_nanos(1),
                permit: Duration::from_nanos(2),
                sent: Duration::from_nanos(30),
                connect: None,
            }),
            gaps: vec![Duration::from_micros(5), Duration::from_micros(70_000)],
            cold: true,
            warmup: false,
            stamps: Stamps { end: Some(Duration::from_nanos(1_234_567_891)), ..Stamps::default() },
            usage: Usage { prompt_tokens: Some(7), cache_write_tokens: Some(3), ..Usage::default() },
            server: ServerDurations { total: Some(Duration::from_nanos(5)), ..ServerDurations::default() },
            run: "r".into(),
        }
    }

    async fn put(store: &SqliteStore, request: &Request, status: Status) -> Response {
        let response = response(request.key, status);
        store.put(request.clone(), Arc::new(response.clone())).await.unwrap();
        response
    }

    #[tokio::test]
    async fn what_was_put_comes_back_also_after_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/store.sqlite");
        let request = request("m", "q");
        let store = SqliteStore::open(&path).unwrap();
        let stored = put(&store, &request, Status::Ok).await;
        assert_eq!(store.read(&[request.key]).unwrap().remove(0).unwrap(), stored);
        drop(store);
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.read(&[request.key]).unwrap().remove(0).unwrap(), stored);
        assert_eq!(store.holds(&[request.key, RequestKey([0; 32])]).unwrap(), [true, false]);
    }

    #[tokio::test]
    async fn a_closed_store_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.sqlite")).unwrap();
        put(&store, &request("m", "q"), Status::Ok).await;
        drop(store);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn an_answer_replaces_a_fault_and_nothing_replaces_an_answer() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.sqlite")).unwrap();
        let request = request("m", "q");
        put(&store, &request, Status::Connect).await;
        assert_eq!(store.why_missing(&request, &HashSet::new()).unwrap(), Missing::Failed("connect".into()));
        assert_eq!(store.holds(&[request.key]).unwrap(), [false]);
        assert_eq!(store.holds(&[request.key]).unwrap(), [false]);
        put(&store, &request, Status::Ok).await;
        put(&store, &request, Status::Stalled).await;
        assert_eq!(store.read(&[request.key]).unwrap().remove(0).unwrap().status, Status::Ok);
    }

    #[tokio::test]
    async fn what_is_forgotten_is_asked_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.sqlite")).unwrap();
        let (one, other) = (request("m", "q"), request("m", "r"));
        put(&store, &one, Status::Ok).await;
        put(&store, &other, Status::Ok).await;
        store.forget(vec![one.key]).await.unwrap();
        assert_eq!(store.holds(&[one.key, other.key]).unwrap(), [false, true]);
        put(&store, &one, Status::Ok).await;
        assert_eq!(store.holds(&[one.key]).unwrap(), [true]);
    }

    #[tokio::test]
    async fn few_keys_of_a_large_store_are_looked_up_as_many_are() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.sqlite")).unwrap();
        let requests: Vec<Request> = (0..40).map(|index| request("m", &index.to_string())).collect();
        for (index, request) in requests.iter().enumerate() {
            put(&store, request, if index % 2 == 0 { Status::Ok } else { Status::Stalled }).await;
        }
        let keys: Vec<RequestKey> = requests.iter().map(|request| request.key).collect();
        let many = store.holds(&keys).unwrap();
        let few: Vec<bool> = keys.chunks(2).flat_map(|pair| store.holds(pair).unwrap()).collect();
        assert_eq!((&many, many.iter().filter(|held| **held).count()), (&few, 20));
    }

    #[tokio::test]
    async fn the_reason_for_a_missing_response_is_what_changed() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.sqlite")).unwrap();
        put(&store, &request("m", "q"), Status::Ok).await;
        assert_eq!(store.why_missing(&request("m", "other"), &HashSet::new()).unwrap(), Missing::Stale(vec!["prompt"]));
        assert_eq!(store.why_missing(&request("n", "q"), &HashSet::new()).unwrap(), Missing::New);
        let still_wanted = HashSet::from([request("m", "q").key]);
        assert_eq!(store.why_missing(&request("m", "other"), &still_wanted).unwrap(), Missing::New);
    }

    #[test]
    fn foreign_newer_and_damaged_files_are_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text.sqlite");
        std::fs::write(&text, "this is a diary, not a database, and it is long enough").unwrap();
        assert!(matches!(SqliteStore::open(&text), Err(StoreError::Foreign { .. })));
        let other = folder.path().join("other.sqlite");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE t(x)").unwrap();
        assert!(matches!(SqliteStore::open(&other), Err(StoreError::Foreign { .. })));
        let cut = folder.path().join("cut.sqlite");
        drop(SqliteStore::open(&cut).unwrap());
        for length in [3000, 9000] {
            let bytes = std::fs::read(&cut).unwrap()[..length].to_vec();
            std::fs::write(&cut, &bytes).unwrap();
            let error = SqliteStore::open(&cut).err().unwrap();
            assert!(error.to_string().contains("malformed") && error.hint().contains("damaged"), "{error}");
            assert_eq!(std::fs::read(&cut).unwrap(), bytes);
            drop(std::fs::remove_file(&cut));
            drop(SqliteStore::open(&cut).unwrap());
        }
        let newer = folder.path().join("newer.sqlite");
        drop(SqliteStore::open(&newer).unwrap());
        Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(SqliteStore::open(&newer), Err(StoreError::Newer { found: 99, .. })));
    }
}
