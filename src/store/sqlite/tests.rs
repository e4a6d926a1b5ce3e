//! Tests of the store in a file: what lies on the disk, and files that are refused.

use rusqlite::Connection;

use super::*;
use crate::response::Status;
use crate::store::both_tests::{put, request};
use crate::telemetry::Reading;

#[tokio::test]
async fn what_was_put_comes_back_also_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/store.sqlite");
    let request = request("m", "q");
    let store = SqliteStore::open(&path).unwrap();
    let stored = put(&store, &request, Status::Ok).await;
    assert_eq!(store.read(&[&request.key]).unwrap().remove(0).unwrap(), stored);
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.read(&[&request.key]).unwrap().remove(0).unwrap(), stored);
    assert_eq!(store.holds(&[&request.key, &RequestKey([0; 32])]).unwrap(), [true, false]);
}

#[tokio::test]
async fn rows_are_read_where_they_were_seen_and_where_they_are_by_now() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    let requests: Vec<_> = (0..20).map(|number| request("m", &number.to_string())).collect();
    for request in &requests {
        put(&store, request, Status::Ok).await;
    }
    let all: Vec<&RequestKey> = requests.iter().map(|request| &request.key).collect();
    assert_eq!(store.holds(&all).unwrap(), [true; 20]);
    let read = |wanted: &[usize]| -> Vec<Option<RequestKey>> {
        let keys: Vec<&RequestKey> = wanted.iter().map(|number| all[*number]).collect();
        store.read(&keys).unwrap().into_iter().map(|response| response.map(|response| response.key)).collect()
    };
    let keys = |wanted: &[usize]| wanted.iter().map(|number| Some(*all[*number])).collect::<Vec<_>>();
    // Side by side, in another order, with gaps, alone, and twice.
    for wanted in [&[3, 4, 5][..], &[5, 3, 4], &[0, 2, 5, 6, 15, 19], &[7], &[8, 9, 8]] {
        assert_eq!(read(wanted), keys(wanted), "{wanted:?}");
    }
    let other = Connection::open(&path).unwrap();
    other.execute("DELETE FROM responses WHERE id = 5", []).unwrap();
    other.execute("UPDATE responses SET id = 5 WHERE id = 10", []).unwrap();
    assert_eq!(read(&[3, 4, 5, 9]), [Some(*all[3]), None, Some(*all[5]), Some(*all[9])]);
    other.execute("UPDATE responses SET text = 'another' WHERE id IN (7, 8)", []).unwrap();
    let error = store.read(&[all[5], all[6], all[7]]).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { responses: 2, .. }), "{error}");
}

#[tokio::test]
async fn a_closed_store_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("s.sqlite")).unwrap();
    put(&store, &request("m", "q"), Status::Ok).await;
    drop(store);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
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
    let [into, from] = [&merged, &path].map(|path| crate::store::Location::File(path.clone()));
    crate::store::merge(&into, &[from], false).unwrap();
    assert_eq!(SqliteStore::open(&merged).unwrap().telemetry(batch).unwrap(), expected);
    let connection = Connection::open(&path).unwrap();
    connection.execute("UPDATE telemetry SET stretch = replace(stretch, '60.5', '61.5')", []).unwrap();
    drop(connection);
    let store = SqliteStore::open(&path).unwrap();
    let error = store.telemetry(batch).unwrap_err().to_string();
    assert!(error.contains("telemetry"), "{error}");
}
