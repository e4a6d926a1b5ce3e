//! Tests of the lock file: what is read and refused, and what a difference leads to under each policy.

use super::*;
use crate::exit::Exit;

fn lock(commit: &str, digest: &str) -> Lock {
    Lock {
        version: FORMAT,
        datasets: vec![LockedDataset {
            name: "d".into(),
            source: "o/d".into(),
            revision: Some("main".into()),
            commit: Some(commit.into()),
            rows: Some(3),
            files: vec![LockedFile { path: "a.parquet".into(), sha256: format!("{commit}-hash") }],
        }],
        models: vec![LockedModel {
            name: "m".into(),
            digest: digest.into(),
            quantization: None,
            parameter_size: None,
            context_length: None,
            server_version: Some(format!("{digest}.0")),
        }],
        judges: Vec::new(),
    }
}

#[test]
fn a_lock_comes_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.lock");
    assert_eq!(settle(&path, None, &lock("c1", "d1"), Policy::Verify).unwrap(), Vec::<String>::new());
    assert_eq!(Lock::load(&path, Policy::Verify).unwrap(), Some(lock("c1", "d1")));
    assert_eq!(Lock::load(&folder.path().join("none.lock"), Policy::Verify).unwrap(), None);
}

#[test]
fn what_cannot_be_read_is_told_and_can_be_renewed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.lock");
    let whole = render(&lock("c1", "d1")).unwrap();
    for (content, said) in [
        (Vec::new(), "is empty"),
        (b"\xff\xfe\0\0".to_vec(), "is not valid UTF-8"),
        (format!("<<<<<<< ours\n{whole}=======\n{whole}>>>>>>> theirs\n").into_bytes(), "merge conflict markers"),
        (b"version = 99\nnews = 1\n".to_vec(), "has format 99"),
        (b"version = ".to_vec(), "is not valid"),
        (vec![b'#'; usize::try_from(MOST_BYTES).unwrap() + 1], "larger than 16 MB"),
    ] {
        std::fs::write(&path, content).unwrap();
        for policy in [Policy::Verify, Policy::Locked, Policy::Look] {
            let error = Lock::load(&path, policy).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
            assert!(error.hint().unwrap().contains("--update"));
        }
        let old = Lock::load(&path, Policy::Update).unwrap();
        settle(&path, old, &lock("c1", "d1"), Policy::Update).unwrap();
        assert_eq!(Lock::load(&path, Policy::Locked).unwrap(), Some(lock("c1", "d1")));
    }
}

#[test]
fn differences_name_old_and_new() {
    let lines = lock("c1", "d1").differences(&lock("c2", "d2"));
    assert_eq!(lines.len(), 4);
    assert!(lines[0].contains("from c1 to c2") && lines[2].contains("from d1 to d2"), "{lines:?}");
    assert!(lines[3].contains("server version changed from d1.0 to d2.0"), "{lines:?}");
}

#[test]
fn rows_that_were_once_counted_stay_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.lock");
    let (whole, mut part) = (lock("c1", "d1"), lock("c1", "d1"));
    part.datasets[0].rows = None;
    let rows = |lock: &Lock| lock.datasets[0].rows;
    let settled = |old: &Lock, now: &Lock, policy| {
        settle(&path, Some(old.clone()), now, policy).unwrap();
        std::fs::read(&path).ok().and_then(|_| Lock::load(&path, Policy::Verify).unwrap())
    };
    // Nothing is new, so nothing is written.
    assert_eq!(settled(&whole, &part, Policy::Update), None);
    assert_eq!(settled(&part, &whole, Policy::Verify).as_ref().and_then(rows), Some(3));
    let mut changed = part.clone();
    changed.datasets[0].files[0].sha256 = "other".into();
    assert_eq!(settled(&whole, &changed, Policy::Update).as_ref().and_then(rows), None);
}

#[test]
fn a_difference_is_a_warning_an_error_or_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.lock");
    let old = lock("c1", "d1");
    settle(&path, None, &old, Policy::Verify).unwrap();
    let now = lock("c1", "d2");
    assert_eq!(settle(&path, Some(old.clone()), &now, Policy::Verify).unwrap().len(), 2);
    assert_eq!(Lock::load(&path, Policy::Verify).unwrap(), Some(old.clone()));
    assert_eq!(settle(&path, Some(old.clone()), &now, Policy::Locked).unwrap_err().exit(), Exit::Stopped);
    settle(&path, Some(old), &now, Policy::Update).unwrap();
    assert_eq!(Lock::load(&path, Policy::Verify).unwrap(), Some(now));
}
