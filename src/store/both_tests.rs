//! What every store does, on a file and, where PostgreSQL is installed, on a database.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::alternatives::Alternative;
use crate::clients::tests::part;
use crate::level::Level;
use crate::request::{Parameters, Prompt, Request, RequestKey, Settings};
use crate::response::{Dispatch, FailedAttempt, FailedAttempts, Response, ServerDurations, Stamps, Status, Usage};
use crate::tool::ToolCall;

pub(super) fn request(model: &str, text: &str) -> Request {
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

pub(super) fn response(key: RequestKey, status: Status) -> Response {
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
        failed_attempts: Vec::new(),
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

pub(super) async fn put(store: &dyn Store, request: &Request, status: Status) -> Response {
    let response = response(request.key, status);
    store.put(request.clone(), Arc::new(response.clone())).await.unwrap();
    response
}

/// Where a store is that is opened, closed and opened again.
trait Place {
    fn open(&self) -> Arc<dyn Store>;
}

impl Place for tempfile::TempDir {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(&self.path().join("deep/store.sqlite")).unwrap())
    }
}

impl Place for Database {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(PostgresStore::open(self, Access::Work(WorkerName::default()), Box::new(|_| ())).unwrap())
    }
}

/// Runs each of these tests on a file and on a database.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&tempfile::tempdir().unwrap()).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                if let Some(database) = crate::store::postgres::tests::database() {
                    super::$test(&database).await;
                }
            })*
        }
    };
}

on_both! {
    what_was_put_comes_back_also_after_reopening
    the_first_verdict_under_a_key_stays_and_comes_back_in_the_order_of_the_keys
    an_answer_replaces_a_fault_and_nothing_replaces_an_answer
    what_is_forgotten_is_asked_again
    failed_attempts_are_kept_by_run_beside_the_response
    few_keys_of_a_large_store_are_looked_up_as_many_are
    the_reason_for_a_missing_response_is_what_changed
    what_a_client_says_last_of_its_part_counts
    a_batch_at_a_provider_is_kept_until_it_has_no_requests
    warm_ups_come_back_in_their_order
    what_was_seen_last_counts_and_a_loop_continues_from_the_furthest
    a_request_is_claimed_by_one_until_it_is_given_up_or_stored
    of_many_as_many_are_claimed_as_are_wanted_at_most
    what_was_stored_before_a_run_began_may_be_asked_again
    the_same_response_many_times_at_once_is_one
}

async fn what_was_put_comes_back_also_after_reopening(place: &dyn Place) {
    let request = request("m", "q \0 \u{e000}");
    let mut stored = response(request.key, Status::Ok);
    stored.alternatives = vec![Alternative("B".into(), -0.5)];
    stored.calls = vec![ToolCall { name: "look".into(), arguments: "{\"at\": \"\0\"}".into() }];
    let store = place.open();
    store.put(request.clone(), Arc::new(stored.clone())).await.unwrap();
    assert_eq!(store.read(&[&request.key, &request.key]).unwrap(), [Some(stored.clone()), Some(stored.clone())]);
    drop(store);
    let store = place.open();
    assert_eq!(store.read(&[&RequestKey([7; 32]), &request.key]).unwrap(), [None, Some(stored)]);
    assert_eq!(store.holds(&[&request.key, &RequestKey([0; 32])]).unwrap(), [true, false]);
}

async fn warm_ups_come_back_in_their_order(place: &dyn Place) {
    let store = place.open();
    let requests: Vec<Request> = ["z", "a", "k"].iter().map(|text| request("m", text)).collect();
    for request in &requests {
        let warm = Response { warmup: true, ..response(request.key, Status::Ok) };
        store.put(request.clone(), Arc::new(warm)).await.unwrap();
    }
    put(&*store, &request("m", "q"), Status::Ok).await;
    let found = store.warmups(&requests[0].settings).unwrap();
    let prompts: Vec<&str> = found.iter().map(|warmup| warmup.prompt.as_str()).collect();
    assert_eq!(prompts, ["z", "a", "k"]);
    assert!(store.warmups(&request("n", "z").settings).unwrap().is_empty());
}

async fn what_was_seen_last_counts_and_a_loop_continues_from_the_furthest(place: &dyn Place) {
    let store = place.open();
    assert_eq!(store.seen_model("e", "m").unwrap(), None);
    for digest in ["one", "two"] {
        let seen = SeenModel { digest: Some(digest.into()), ..SeenModel::default() };
        store.remember_model("e", "m", &seen).await.unwrap();
        assert_eq!(store.seen_model("e", "m").unwrap(), Some(seen));
    }
    let key = RequestKey([3; 32]);
    for (requests, seconds) in [(5, 2), (3, 4)] {
        let progress = TimedProgress { requests, elapsed: Duration::from_secs(seconds) };
        store.remember_progress(key, progress).await.unwrap();
    }
    let furthest = TimedProgress { requests: 5, elapsed: Duration::from_secs(4) };
    assert_eq!(store.progress(key).unwrap(), Some(furthest));
    store.remember_fresh("x", Some("r2")).await.unwrap();
    store.remember_fresh("x", Some("r1")).await.unwrap();
    assert_eq!(store.fresh_runs("x").unwrap(), ["r1", "r2"]);
    store.remember_fresh("x", None).await.unwrap();
    assert!(store.fresh_runs("x").unwrap().is_empty());
}

async fn a_request_is_claimed_by_one_until_it_is_given_up_or_stored(place: &dyn Place) {
    let (one, other) = (place.open(), place.open());
    let requests: Vec<Request> = (0..4).map(|index| request("m", &index.to_string())).collect();
    let keys: Vec<RequestKey> = requests.iter().map(|request| request.key).collect();
    assert_eq!(one.lease(), None);
    assert_eq!(one.claim(7, Vec::new(), keys[..3].to_vec()).await.unwrap(), [Claim::Ours; 3]);
    assert_eq!(one.lease(), Some(0));
    let taken = [Claim::Taken, Claim::Taken, Claim::Taken, Claim::Ours];
    assert_eq!(other.claim(7, Vec::new(), keys.clone()).await.unwrap(), taken);
    let workers = one.workers().unwrap();
    assert_eq!(workers.iter().map(|worker| worker.claimed.clone()).collect::<Vec<_>>(), [[(7, 3)], [(7, 1)]]);
    assert!(workers.iter().all(|worker| worker.lives && worker.process == std::process::id()));
    put(&*one, &requests[0], Status::Ok).await;
    // The second is held still, the third is not wanted any more.
    assert_eq!(one.claim(7, vec![keys[1]], Vec::new()).await.unwrap(), []);
    let claims = other.claim(7, vec![keys[3]], keys[..3].to_vec()).await.unwrap();
    assert_eq!(claims, [Claim::Stored, Claim::Taken, Claim::Ours]);
    drop(one);
    assert_eq!(other.claim(7, Vec::new(), vec![keys[1]]).await.unwrap(), [Claim::Ours]);
    assert_eq!(other.claim(7, Vec::new(), Vec::new()).await.unwrap(), []);
}

async fn of_many_as_many_are_claimed_as_are_wanted_at_most(place: &dyn Place) {
    let (one, other) = (place.open(), place.open());
    let requests: Vec<Request> = (0..6).map(|index| request("m", &index.to_string())).collect();
    let keys: Vec<RequestKey> = requests.iter().map(|request| request.key).collect();
    assert_eq!(one.claim(7, Vec::new(), vec![keys[0], keys[1]]).await.unwrap(), [Claim::Ours; 2]);
    put(&*one, &requests[0], Status::Ok).await;
    let claims = other.claim_some(7, Vec::new(), keys.clone(), 2).await.unwrap();
    assert_eq!(claims, [Claim::Stored, Claim::Taken, Claim::Ours, Claim::Ours, Claim::Free, Claim::Free]);
    // What was only looked at is for any run to claim, and what is claimed already stays so.
    assert_eq!(one.claim(7, vec![keys[1]], keys[2..5].to_vec()).await.unwrap()[2], Claim::Ours);
    let claims = other.claim_some(7, vec![keys[2]], keys[3..].to_vec(), 1).await.unwrap();
    assert_eq!(claims, [Claim::Ours, Claim::Taken, Claim::Free]);
    assert_eq!(one.claim_some(7, vec![keys[1]], keys[5..].to_vec(), 0).await.unwrap(), [Claim::Free]);
}

async fn what_was_stored_before_a_run_began_may_be_asked_again(place: &dyn Place) {
    let (before, later) = (request("m", "before"), request("m", "later"));
    let first = place.open();
    put(&*first, &before, Status::Ok).await;
    let second = place.open();
    assert_eq!(second.claim(0, Vec::new(), vec![before.key]).await.unwrap(), [Claim::Ours]);
    put(&*first, &later, Status::Ok).await;
    assert_eq!(second.claim(1, Vec::new(), vec![later.key]).await.unwrap(), [Claim::Stored]);
}

async fn the_same_response_many_times_at_once_is_one(place: &dyn Place) {
    let store = place.open();
    let request = request("m", "q");
    let answers = (0..8).map(|attempts| Response { attempts, ..response(request.key, Status::Ok) });
    let stored = answers.map(|answer| store.put(request.clone(), Arc::new(answer)));
    futures::future::try_join_all(stored).await.unwrap();
    assert_eq!(store.read(&[&request.key]).unwrap()[0].as_ref().unwrap().attempts, 0, "the first one stays");
}

async fn the_first_verdict_under_a_key_stays_and_comes_back_in_the_order_of_the_keys(place: &dyn Place) {
    let verdict = |score: f64| KeptVerdict {
        judge: "sh judge.sh".into(),
        class: "wrong".into(),
        score,
        extracted: None,
        reason: Some("nul \0 and é".into()),
    };
    let store = place.open();
    store.keep_verdicts(vec![([1; 32], verdict(0.1)), ([2; 32], verdict(0.2))]).await.unwrap();
    store.keep_verdicts(vec![([2; 32], verdict(0.3)), ([3; 32], verdict(1.0))]).await.unwrap();
    drop(store);
    let store = place.open();
    let found = store.verdicts(&[[3; 32], [9; 32], [2; 32]]).unwrap();
    assert_eq!(found, [Some(verdict(1.0)), None, Some(verdict(0.2))]);
}

async fn an_answer_replaces_a_fault_and_nothing_replaces_an_answer(place: &dyn Place) {
    let store = place.open();
    let request = request("m", "q");
    put(&*store, &request, Status::Connect).await;
    assert_eq!(store.why_missing(&request, &HashSet::new()).unwrap(), Missing::Failed("connect".into()));
    assert_eq!(store.holds(&[&request.key]).unwrap(), [false]);
    assert_eq!(store.holds(&[&request.key]).unwrap(), [false]);
    put(&*store, &request, Status::Ok).await;
    put(&*store, &request, Status::Stalled).await;
    assert_eq!(store.read(&[&request.key]).unwrap().remove(0).unwrap().status, Status::Ok);
}

async fn what_is_forgotten_is_asked_again(place: &dyn Place) {
    let store = place.open();
    let (one, other) = (request("m", "q"), request("m", "r"));
    put(&*store, &one, Status::Ok).await;
    put(&*store, &other, Status::Ok).await;
    store.forget(vec![one.key]).await.unwrap();
    assert_eq!(store.holds(&[&one.key, &other.key]).unwrap(), [false, true]);
    put(&*store, &one, Status::Ok).await;
    assert_eq!(store.holds(&[&one.key]).unwrap(), [true]);
}

async fn failed_attempts_are_kept_by_run_beside_the_response(place: &dyn Place) {
    let store = place.open();
    let (one, other) = (request("m", "q"), request("m", "r"));
    let failed = |fault: &str| FailedAttempt {
        after: Duration::from_millis(1500),
        took: Duration::from_millis(20),
        status: Status::RateLimited,
        fault: fault.into(),
        waited: Duration::from_secs(7),
    };
    let tried = |request: &Request, (run, status): (&str, Status), faults: &[&str]| {
        let failed_attempts = faults.iter().map(|fault| failed(fault)).collect();
        Arc::new(Response { run: run.into(), failed_attempts, ..response(request.key, status) })
    };
    store.put(one.clone(), tried(&one, ("b", Status::Connect), &["slow \0 down"])).await.unwrap();
    store.put(other.clone(), tried(&other, ("b", Status::Ok), &[])).await.unwrap();
    store.put(one.clone(), tried(&one, ("a", Status::Ok), &["down", "loading"])).await.unwrap();
    drop(store);
    let store = place.open();
    let of = |run: &str, faults: &[&str]| FailedAttempts {
        run: run.into(),
        attempts: faults.iter().map(|fault| failed(fault)).collect(),
    };
    let both = [of("b", &["slow \0 down"]), of("a", &["down", "loading"])];
    assert_eq!(store.failed_attempts(one.key).unwrap(), both);
    assert_eq!(store.failed_attempts(other.key).unwrap(), []);
    assert_eq!(store.read(&[&one.key]).unwrap().remove(0).unwrap().failed_attempts, []);
    store.forget(vec![one.key]).await.unwrap();
    assert_eq!(store.failed_attempts(one.key).unwrap(), []);
}

async fn few_keys_of_a_large_store_are_looked_up_as_many_are(place: &dyn Place) {
    let store = place.open();
    let requests: Vec<Request> = (0..40).map(|index| request("m", &index.to_string())).collect();
    for (index, request) in requests.iter().enumerate() {
        put(&*store, request, if index % 2 == 0 { Status::Ok } else { Status::Stalled }).await;
    }
    let keys: Vec<&RequestKey> = requests.iter().map(|request| &request.key).collect();
    let many = store.holds(&keys).unwrap();
    let few: Vec<bool> = keys.chunks(2).flat_map(|pair| store.holds(pair).unwrap()).collect();
    assert_eq!((&many, many.iter().filter(|held| **held).count()), (&few, 20));
}

async fn the_reason_for_a_missing_response_is_what_changed(place: &dyn Place) {
    let store = place.open();
    put(&*store, &request("m", "q"), Status::Ok).await;
    assert_eq!(store.why_missing(&request("m", "other"), &HashSet::new()).unwrap(), Missing::Stale(vec!["prompt"]));
    assert_eq!(store.why_missing(&request("n", "q"), &HashSet::new()).unwrap(), Missing::New);
    let still_wanted = HashSet::from([request("m", "q").key]);
    assert_eq!(store.why_missing(&request("m", "other"), &still_wanted).unwrap(), Missing::New);
}

async fn what_a_client_says_last_of_its_part_counts(place: &dyn Place) {
    let batch = request("m", "one").key;
    let store = place.open();
    for (run, begun_ms) in [("b", 1), ("a", 2), ("a", 3)] {
        store.keep_client_part(batch, part(run, (1, 2), 0, begun_ms)).await.unwrap();
    }
    drop(store);
    let store = place.open();
    assert_eq!(store.client_parts(batch).unwrap(), [part("a", (1, 2), 0, 3), part("b", (1, 2), 0, 1)]);
    assert_eq!(store.client_parts(request("m", "two").key).unwrap(), []);
}

async fn a_batch_at_a_provider_is_kept_until_it_has_no_requests(place: &dyn Place) {
    let keys = vec![request("m", "q").key, request("m", "r").key];
    let batch = |token: &str, submitted| ProviderBatch {
        token: token.into(),
        endpoint: "e".into(),
        id: None,
        submitted,
        keys: keys.clone(),
    };
    let (mut first, second) = (batch("t-1", 7), batch("t-2", 5));
    let store = place.open();
    for batch in [&first, &second] {
        store.keep_provider_batch(batch.clone()).await.unwrap();
    }
    first.id = Some("batch_1".into());
    first.keys.pop();
    store.keep_provider_batch(first.clone()).await.unwrap();
    drop(store);
    let store = place.open();
    assert_eq!(store.provider_batches("e").unwrap(), [second, first.clone()]);
    assert_eq!(store.provider_batches("other").unwrap(), []);
    first.keys.clear();
    store.keep_provider_batch(first).await.unwrap();
    let left = store.provider_batches("e").unwrap();
    assert_eq!(left.iter().map(|batch| batch.token.as_str()).collect::<Vec<_>>(), ["t-2"]);
}
