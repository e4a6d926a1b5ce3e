//! Tests of the store in a file: what comes back, why something is missing, and files that are refused.

use std::num::NonZeroU32;
use std::time::Duration;

use super::*;
use crate::level::Level;
use crate::request::{Parameters, Prompt};
use crate::response::{Dispatch, ServerDurations, Stamps, Status, Usage};
use crate::telemetry::Reading;

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
        alternatives: Vec::new(),
        calls: Vec::new(),
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
async fn the_first_verdict_under_a_key_stays_and_comes_back_in_the_order_of_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let verdict = |score: f64| KeptVerdict {
        judge: "sh judge.sh".into(),
        class: "wrong".into(),
        score,
        extracted: None,
        reason: Some("nul \0 and é".into()),
    };
    let store = SqliteStore::open(&path).unwrap();
    store.keep_verdicts(vec![([1; 32], verdict(0.1)), ([2; 32], verdict(0.2))]).await.unwrap();
    store.keep_verdicts(vec![([2; 32], verdict(0.3)), ([3; 32], verdict(1.0))]).await.unwrap();
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    let found = store.verdicts(&[[3; 32], [9; 32], [2; 32]]).unwrap();
    assert_eq!(found, [Some(verdict(1.0)), None, Some(verdict(0.2))]);
    assert_eq!(store.examine().unwrap(), 0);
}

#[tokio::test]
async fn parts_of_stretches_come_back_by_run_and_time_and_damage_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let batch = request("m", "one").key;
    let part = |run: &str, at_s: f64| Stretch {
        run: run.into(),
        begun_s: 0.5,
        readings: vec![Reading { at_s, ..Reading::default() }],
        ..Stretch::default()
    };
    let store = SqliteStore::open(&path).unwrap();
    for part in [part("b", 0.5), part("a", 60.5), part("a", 0.5), part("a", 0.5)] {
        store.keep_telemetry(batch, part).await.unwrap();
    }
    let expected = vec![part("a", 0.5), part("a", 60.5), part("b", 0.5)];
    assert_eq!(store.telemetry(batch).unwrap(), expected);
    assert_eq!(store.telemetry(request("m", "two").key).unwrap(), []);
    drop(store);
    let merged = folder.path().join("merged.sqlite");
    crate::store::merge(&merged, std::slice::from_ref(&path), false).unwrap();
    assert_eq!(SqliteStore::open(&merged).unwrap().telemetry(batch).unwrap(), expected);
    let connection = Connection::open(&path).unwrap();
    connection.execute("UPDATE telemetry SET stretch = replace(stretch, '60.5', '61.5')", []).unwrap();
    drop(connection);
    let store = SqliteStore::open(&path).unwrap();
    let error = store.telemetry(batch).unwrap_err().to_string();
    assert!(error.contains("telemetry"), "{error}");
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
