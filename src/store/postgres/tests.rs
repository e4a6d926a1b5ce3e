//! Tests of the store in a database that no file could take.

use std::sync::Arc;

use super::*;
use crate::clients::tests::part;
use crate::response::{FailedAttempt, Status};
use crate::secret::Secret;
use crate::store::both_tests::{request, response};
use crate::store::merge::Donor;
use crate::store::pace::Overload;
use server::Server;

#[path = "../../../tests/it/postgres/server.rs"]
#[expect(dead_code, clippy::print_stdout, reason = "the tests of the program use the rest; one is skipped in words")]
mod server;

/// A schema of its own in the server of the tests; nothing where there is none.
pub(crate) fn database() -> Option<Database> {
    Server::shared().map(of)
}

fn of(server: &Server) -> Database {
    let url = Some(Secret::new(&server.url()));
    let patience = Duration::from_secs(60);
    Database { variable: "STORE".into(), url, schema: server.schema(), pool: 2, patience }
}

/// Opens a store as a run does.
fn open(database: &Database) -> PostgresStore {
    PostgresStore::open(database, Access::Work(WorkerName::default()), Box::new(|_| ())).unwrap()
}

#[tokio::test]
async fn a_run_whose_claims_were_taken_over_claims_anew_under_another_lease() {
    let Some(server) = Server::shared() else { return };
    let database = of(server);
    let (one, other) = (open(&database), open(&database));
    let keys: Vec<RequestKey> = ["a", "b", "c"].map(|text| request("m", text).key).to_vec();
    assert_eq!(one.claim(0, Vec::new(), keys.clone()).await.unwrap(), [Claim::Ours; 3]);
    assert_eq!(one.lease(), Some(0));
    let expire = "UPDATE {}.workers SET host = 'elsewhere', until = clock_timestamp()";
    server.sql(&expire.replace("{}", &database.schema));
    assert_eq!(other.claim(0, Vec::new(), keys[..1].to_vec()).await.unwrap(), [Claim::Ours]);
    let claims = one.claim(0, vec![keys[1]], vec![keys[0], keys[2]]).await.unwrap();
    assert_eq!(claims, [Claim::Taken, Claim::Ours]);
    assert_eq!(one.lease(), Some(1), "what it held before is to be claimed again");
    assert_eq!(other.claim(0, Vec::new(), keys[1..].to_vec()).await.unwrap(), [Claim::Taken; 2]);
}

/// What a store hears of a server at this address, as pauses.
fn pauses(store: &PostgresStore, url: &str, is_here: bool) -> (Tell, std::sync::mpsc::Receiver<Option<Duration>>) {
    let (heard, pauses) = std::sync::mpsc::channel();
    let heed = move |overload: Overload| {
        // The test may have seen what it wanted.
        let _ = heard.send(overload.pause());
    };
    (store.share_pace(SharedServer { url, is_here }, Box::new(heed)).unwrap(), pauses)
}

#[tokio::test]
async fn what_a_server_tells_one_run_all_others_that_ask_it_hear_and_no_longer() {
    let Some(server) = Server::shared() else { return };
    let database = of(server);
    let (url, long) = ("https://host.example/v1", Duration::from_secs(60));
    let (one, other) = (open(&database), open(&database));
    let (tell, own) = pauses(&one, url, false);
    let (_, heard) = pauses(&other, url, false);
    let (_, elsewhere) = pauses(&other, "https://another.example/v1", false);
    for store in [&one, &other] {
        store.claim(0, Vec::new(), vec![request("m", "a").key]).await.unwrap();
    }
    tell(Overload::of(Some(long)));
    let patience = Duration::from_secs(30);
    let pause = heard.recv_timeout(patience).unwrap().unwrap();
    assert!(pause > long / 2 && pause <= long, "{pause:?}");
    // One that begins in the middle of it knows before it sends.
    let third = open(&database);
    let (_, late) = pauses(&third, url, false);
    third.claim(0, Vec::new(), vec![request("m", "b").key]).await.unwrap();
    assert!(late.try_recv().unwrap().unwrap() <= pause);
    assert!(own.try_recv().is_err() && elsewhere.try_recv().is_err() && heard.try_recv().is_err());
    // Told again within the second, no longer: no news.
    tell(Overload::of(Some(long / 2)));
    tell(Overload::of(Some(long * 2)));
    assert!(heard.recv_timeout(patience).unwrap().unwrap() > long);
    assert_eq!(server.sql(&format!("SELECT count(*) FROM {}.overloads", database.schema)), "1");
}

#[test]
fn a_server_of_this_machine_is_another_one_on_another_machine() {
    let names = ["", "one", "other"].map(|host| {
        let of = |url, is_here| pace::hash(SharedServer { url, is_here }, host);
        (of("http://localhost:1", true), of("https://host.example", false))
    });
    assert_ne!(names[1].0, names[2].0);
    assert_eq!(names[1].1, names[2].1);
}

#[test]
fn a_database_in_another_encoding_is_refused() {
    let Some(server) = Server::shared() else { return };
    let name = server.schema();
    server.sql(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"));
    let url = Some(Secret::new(&server.url().replace("/postgres?", &format!("/{name}?"))));
    let error = PostgresStore::open(&Database { url, ..of(server) }, Access::Look, Box::new(|_| ())).err().unwrap();
    assert!(error.to_string().contains("LATIN1"), "{error}");
}

#[tokio::test]
async fn runs_that_work_at_the_same_time_spend_one_budget_and_the_next_one_begins_another() {
    let Some(server) = Server::shared() else { return };
    let database = of(server);
    let most = Spending { requests: 10, cost: 1.0 };
    let part = |requests, cost| Spending { requests, cost };
    let (one, other) = (open(&database), open(&database));
    assert_eq!(one.draw(part(6, 0.25), most).await.unwrap(), part(6, 0.25));
    assert_eq!(other.draw(part(6, 0.25), most).await.unwrap(), part(4, 0.25));
    assert_eq!(one.draw(part(-2, -0.25), most).await.unwrap(), part(-2, -0.25));
    drop(one);
    assert_eq!(other.draw(part(6, 2.0), most).await.unwrap(), part(2, 0.75));
    // One that joins while the other lives is of its team.
    let third = open(&database);
    assert_eq!(third.draw(part(1, 0.5), most).await.unwrap(), part(0, 0.0));
    drop((other, third));
    assert_eq!(open(&database).draw(part(6, 0.5), most).await.unwrap(), part(6, 0.5));
}

#[tokio::test]
async fn what_is_not_written_again_is_on_the_disk_when_it_is_said_to_be_written() {
    let Some(mut server) = Server::start() else { return };
    let database = of(&server);
    let batch = ProviderBatch {
        token: "t".into(),
        endpoint: "e".into(),
        id: Some("batch_1".into()),
        submitted: 7,
        keys: vec![request("m", "q").key],
    };
    open(&database).keep_provider_batch(batch.clone()).await.unwrap();
    server.restart("immediate", || ());
    assert_eq!(open(&database).provider_batches("e").unwrap(), [batch]);
}

#[tokio::test]
async fn what_clients_say_goes_along_out_of_a_database_and_into_one() {
    let Some(server) = Server::shared() else { return };
    let (from, into) = (of(server), of(server));
    let (batch, said) = (request("m", "one").key, part("a", (1, 2), 0, 3));
    let store = open(&from);
    store.keep_client_part(batch, said.clone()).await.unwrap();
    let retried = request("m", "two");
    let failed = FailedAttempt {
        after: Duration::ZERO,
        took: Duration::from_millis(20),
        status: Status::RateLimited,
        fault: "slow down".into(),
        waited: Duration::from_secs(7),
    };
    let answer = Response { failed_attempts: vec![failed.clone()], ..response(retried.key, Status::Ok) };
    store.put(retried.clone(), Arc::new(answer)).await.unwrap();
    drop(store);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    copy_out(&from, &path).unwrap();
    gather(&into, vec![Donor { path, name: "copy".into() }], false).unwrap();
    assert_eq!(open(&into).client_parts(batch).unwrap(), [said]);
    assert_eq!(open(&into).failed_attempts(retried.key).unwrap()[0].attempts, [failed]);
    // Tables of an older format have none.
    server.sql(&format!("DROP TABLE {0}.client_parts, {0}.failed_attempts", from.schema));
    copy_out(&from, &folder.path().join("older.sqlite")).unwrap();
}

#[tokio::test]
async fn clients_get_one_start_once_all_are_there() {
    let Some(server) = Server::shared() else { return };
    let database = of(server);
    let (one, other, double) = (open(&database), open(&database), open(&database));
    let arrival = |client| Arrival { batch: request("m", "a").key, client, clients: 2 };
    let waiting = Met::Waiting { missing: vec![2], all_live: false };
    assert_eq!(one.meet(arrival(1)).await.unwrap(), waiting);
    assert!(matches!(double.meet(arrival(1)).await.unwrap(), Met::Taken { .. }), "a client is one run");
    let Met::Start { start_ns } = other.meet(arrival(2)).await.unwrap() else { panic!("both are there") };
    assert_eq!(one.meet(arrival(1)).await.unwrap(), Met::Start { start_ns });
    let reading = one.clock().await.unwrap().unwrap();
    let ahead = start_ns - reading.store_ns;
    assert!((-60_000_000_000..1_000_000_000).contains(&ahead), "{ahead}");
    assert!(reading.uncertainty < Duration::from_secs(1) && reading.at.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn an_arrival_goes_with_its_worker() {
    let Some(server) = Server::shared() else { return };
    let database = of(server);
    let (one, other) = (open(&database), open(&database));
    let arrival = |client| Arrival { batch: request("m", "a").key, client, clients: 2 };
    one.meet(arrival(1)).await.unwrap();
    let expire = "UPDATE {}.workers SET host = 'elsewhere', until = clock_timestamp()";
    server.sql(&expire.replace("{}", &database.schema));
    let alone = Met::Waiting { missing: vec![1], all_live: false };
    assert_eq!(other.meet(arrival(2)).await.unwrap(), alone);
    assert!(matches!(one.meet(arrival(1)).await.unwrap(), Met::Start { .. }), "it comes again as another worker");
}

#[tokio::test]
async fn the_last_two_runs_stay_and_who_ends_anyway_leaves_to_one_that_has_requests() {
    let Some(server) = Server::shared() else { return };
    let database = of(server);
    let runs = [open(&database), open(&database), open(&database)];
    let keys: Vec<RequestKey> = ["a", "b", "c"].map(|text| request("m", text).key).to_vec();
    for (run, wanted) in runs.iter().zip([0..2, 2..3, 0..1]) {
        run.claim(0, Vec::new(), keys[wanted].to_vec()).await.unwrap();
    }
    let [one, two, three] = runs;
    let heard =
        |time: &str| server.sql(&format!("UPDATE {}.workers SET heard = clock_timestamp() {time}", database.schema));
    let minute = Some(Duration::from_secs(60));
    heard("- interval '2 min'");
    assert_eq!(three.leave_rest(minute).await.unwrap(), None, "one of them may be dead");
    heard("");
    assert_eq!(one.leave_rest(minute).await.unwrap(), None, "it has requests of its own");
    assert_eq!(three.leave_rest(minute).await.unwrap(), Some(Rest { runs: 2, requests: 3 }));
    two.claim(0, Vec::new(), Vec::new()).await.unwrap();
    assert_eq!(two.leave_rest(minute).await.unwrap(), None, "it is one of the last two");
    assert_eq!(two.leave_rest(None).await.unwrap(), Some(Rest { runs: 1, requests: 2 }));
    assert_eq!(one.leave_rest(None).await.unwrap(), None);
}

#[tokio::test]
async fn rows_that_have_moved_since_many_were_looked_up_are_found_all_the_same() {
    let Some(server) = Server::shared() else { return };
    let database = of(server);
    let (store, answer) = (open(&database), |asked: &Request| response(asked.key, Status::Ok));
    let requests: Vec<Request> = (0..5_000).map(|number| request("m", &number.to_string())).collect();
    let stored = requests.iter().take(4_500).map(|asked| store.put(asked.clone(), Arc::new(answer(asked))));
    futures::future::try_join_all(stored).await.unwrap();
    let keys: Vec<&RequestKey> = requests.iter().map(|asked| &asked.key).collect();
    let held = store.held_by_pages(&keys).unwrap().unwrap();
    assert_eq!(held, (0..5_000).map(|number| number < 4_500).collect::<Vec<bool>>());
    let run = |sql: &str| server.sql(&format!("SET search_path TO {}; {sql}", database.schema));
    run("UPDATE responses SET cold = cold WHERE get_byte(key, 0) < 128");
    run("DELETE FROM responses WHERE get_byte(key, 0) > 250");
    server.sql(&format!("VACUUM {}.responses", database.schema));
    for asked in &requests[4_500..] {
        store.put(asked.clone(), Arc::new(answer(asked))).await.unwrap();
    }
    let found = store.read(&keys).unwrap();
    for (asked, found) in requests.iter().zip(found) {
        let is_gone = asked.key.0[0] > 250 && requests[..4_500].iter().any(|other| other.key == asked.key);
        assert_eq!(found, (!is_gone).then(|| answer(asked)));
    }
}
