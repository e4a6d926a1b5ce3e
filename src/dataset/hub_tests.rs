//! Tests of the Hub and the cache: faults that real ones have, refusals, and what is fetched only once.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::fake_hub::{FakeHub, MAIN, Trouble};
use super::tests::{ALGEBRA_1, FILES, Stage, hub_plan};
use super::*;
use crate::sample::Answer;

#[tokio::test]
async fn a_pinned_commit_in_the_cache_needs_no_request() {
    let mut stage = Stage::new(&FILES, &[]);
    let first = stage.fetch(&hub_plan(Some(&["algebra"]), "test", None)).await.unwrap();
    assert!(!stage.hub.requests().is_empty());
    let pinned = hub_plan(Some(&["algebra"]), "test", Some(MAIN));
    assert_eq!(stage.fetch(&pinned).await.unwrap(), first);
    assert_eq!(stage.hub.requests(), [""; 0]);
    stage.hub.stop();
    let before = Instant::now();
    assert_eq!(stage.fetch(&pinned).await.unwrap(), first);
    assert!(before.elapsed() < Duration::from_millis(500), "{:?}", before.elapsed());
    stage.settings.offline = true;
    assert_eq!(stage.fetch(&pinned).await.unwrap(), first);
}

#[tokio::test]
async fn a_file_is_read_with_its_commit_and_a_missing_one_is_named() {
    let stage = Stage::new(&[("eval.yaml", b"tasks: []")], &[]);
    let read = |file| text_on_hub(("o/n", "main", file), 100, &stage.settings);
    assert_eq!(read("eval.yaml").await.unwrap(), ("tasks: []".to_owned(), MAIN.to_owned()));
    let error = read("other.yaml").await.unwrap_err();
    assert_eq!(error.to_string(), "`o/n` has no file `other.yaml`");
    assert!(text_on_hub(("o/n", "main", "eval.yaml"), 5, &stage.settings).await.is_err());
}

#[tokio::test]
async fn a_part_of_a_snapshot_is_not_taken_for_the_whole() {
    let mut stage = Stage::new(&FILES, &[]);
    stage.fetch(&hub_plan(Some(&["logic"]), "test", None)).await.unwrap();
    stage.settings.offline = true;
    let error = stage.fetch(&hub_plan(Some(&["algebra"]), "test", None)).await.unwrap_err();
    assert!(
        matches!(&error, DatasetError::Offline { what, .. } if what == "`algebra/test-00000-of-00002.jsonl`"),
        "{error}"
    );

    // Without the list of files, as Python's tools leave it, shards and splits still tell.
    std::fs::remove_dir_all(stage.settings.cache_dir.join("datasets--o--n/.smallbench")).unwrap();
    assert_eq!(stage.fetch(&hub_plan(Some(&["logic"]), "test", None)).await.unwrap().samples.len(), 2);
    let error = stage.fetch(&hub_plan(Some(&["algebra"]), "test", None)).await.unwrap_err();
    assert!(error.to_string().contains("split `test` of subset `algebra` of `o/n` is not in the cache"), "{error}");
    assert!(error.hint().unwrap().contains("HF_HUB_OFFLINE"));
    let snapshot = stage.settings.cache_dir.join(format!("datasets--o--n/snapshots/{MAIN}/algebra"));
    std::fs::create_dir_all(&snapshot).unwrap();
    std::fs::write(snapshot.join("test-00001-of-00002.jsonl"), ALGEBRA_1).unwrap();
    let error = stage.fetch(&hub_plan(Some(&["algebra"]), "test", None)).await.unwrap_err();
    assert!(error.to_string().contains("`algebra/test-00000-of-00002` of `o/n` is not in the cache"), "{error}");
}

#[tokio::test]
async fn offline_with_an_empty_cache_says_what_is_missing() {
    let mut stage = Stage::new(&FILES, &[]);
    stage.settings.offline = true;
    let error = stage.fetch(&hub_plan(None, "test", None)).await.unwrap_err();
    assert!(
        error.to_string().starts_with("offline mode is on, but revision `main` of `o/n` is not in the cache"),
        "{error}"
    );
    assert!(stage.hub.requests().is_empty());
}

#[tokio::test]
async fn a_hub_that_is_down_is_replaced_by_the_cache_with_a_warning() {
    let mut stage = Stage::new(&FILES, &[]);
    let plan = hub_plan(Some(&["algebra"]), "test", None);
    let first = stage.fetch(&plan).await.unwrap();
    stage.hub.suffers(Trouble::Unavailable);
    let second = stage.fetch(&plan).await.unwrap();
    assert!(second.warnings[0].contains("HTTP 503"), "{:?}", second.warnings);
    stage.hub.stop();
    let third = stage.fetch(&plan).await.unwrap();
    assert_eq!(third.samples, first.samples);
    assert!(third.warnings[0].contains(&format!("using the cached commit {MAIN} of `main`")), "{:?}", third.warnings);
    let elsewhere = tempfile::tempdir().unwrap();
    stage.settings.cache_dir = elsewhere.path().to_owned();
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(matches!(&error, DatasetError::Unreachable { reason, .. } if reason.contains("refused")), "{error}");
}

#[tokio::test]
async fn a_file_in_the_storage_is_what_the_hub_says_and_the_storage_never_sees_the_token() {
    let mut stage = Stage::new(&FILES, &[]);
    stage.settings.token = Some("hf_right".into());
    let storage = FakeHub::start(&FILES, &[]);
    storage.suffers(Trouble::Storage);
    stage.hub.suffers(Trouble::Elsewhere(storage.address()));
    let dataset = stage.fetch(&hub_plan(Some(&["logic"]), "test", None)).await.unwrap();
    assert_eq!(dataset.samples.len(), 2);
    assert_eq!(storage.requests(), [format!("GET /datasets/o/n/resolve/{MAIN}/logic/test.jsonl")]);
}

#[tokio::test]
async fn an_error_page_is_never_kept_as_data() {
    let stage = Stage::new(&FILES, &[]);
    let plan = hub_plan(Some(&["logic"]), "test", None);
    stage.hub.suffers(Trouble::ErrorPage(99));
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(matches!(&error, DatasetError::Damaged { path, .. } if path == "logic/test.jsonl"), "{error}");
    let blobs = std::fs::read_dir(stage.settings.cache_dir.join("datasets--o--n/blobs")).unwrap();
    assert_eq!(blobs.count(), 1, "only the card is kept");
    stage.hub.suffers(Trouble::ErrorPage(1));
    assert_eq!(stage.fetch(&plan).await.unwrap().samples.len(), 2);
}

#[tokio::test]
async fn a_blob_that_others_damaged_is_fetched_again() {
    let mut stage = Stage::new(&FILES, &[]);
    let plan = hub_plan(Some(&["logic"]), "test", Some(MAIN));
    let first = stage.fetch(&plan).await.unwrap();
    let link = stage.settings.cache_dir.join(format!("datasets--o--n/snapshots/{MAIN}/logic/test.jsonl"));
    let damage = || std::fs::write(std::fs::canonicalize(&link).unwrap(), "<Error>").unwrap();
    damage();
    assert_eq!(stage.fetch(&plan).await.unwrap(), first);
    damage();
    stage.settings.offline = true;
    assert!(matches!(stage.fetch(&plan).await, Err(DatasetError::Damaged { .. })));
}

#[tokio::test]
async fn a_download_that_is_cut_short_is_an_error_and_leaves_no_file() {
    let stage = Stage::new(&FILES, &[]);
    let plan = hub_plan(Some(&["logic"]), "test", None);
    stage.hub.suffers(Trouble::CutShort);
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(matches!(error, DatasetError::Unreachable { .. }), "{error:?}");
    stage.hub.suffers(Trouble::Nothing);
    assert_eq!(stage.fetch(&plan).await.unwrap().samples.len(), 2);
}

/// Every file below a folder, links not followed.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() && !path.is_symlink() { all_below(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_hostile_hub_writes_nowhere_but_into_the_cache() {
    for trouble in [
        Trouble::Etag("../../../owned"),
        Trouble::Etag("/tmp/smallbench-owned"),
        Trouble::Etag("..%2f..%2fowned"),
        Trouble::Etag("owned"),
        Trouble::Etag("0123456789012345678901234567890123456789"),
        Trouble::FileCommit("../../../owned"),
        Trouble::ListedCommit("../../../owned"),
        Trouble::Loop,
    ] {
        let outer = tempfile::tempdir().unwrap();
        let mut stage = Stage::new(&FILES, &[]);
        stage.settings.cache_dir = outer.path().join("a/cache");
        stage.hub.suffers(trouble);
        let error = stage.fetch(&hub_plan(Some(&["logic"]), "test", None)).await.unwrap_err();
        let is_told = matches!(
            error,
            DatasetError::Answer { .. } | DatasetError::Damaged { .. } | DatasetError::Unreachable { .. }
        );
        assert!(is_told, "{trouble:?}: {error:?}");
        let files = all_below(outer.path());
        assert!(files.iter().all(|file| file.starts_with(&stage.settings.cache_dir)), "{trouble:?}: {files:?}");
        assert!(!files.iter().any(|file| file.ends_with("owned")), "{trouble:?}: {files:?}");
        assert!(!Path::new("/tmp/smallbench-owned").exists());
    }
}

#[tokio::test]
async fn names_that_leave_the_cache_are_no_files_of_a_repository() {
    for name in ["../../../test.jsonl", "/tmp/test.jsonl", "logic/../../test.jsonl", "a\\test.jsonl"] {
        let stage = Stage::new(&FILES, &[]);
        stage.hub.suffers(Trouble::Sibling(name));
        assert_eq!(stage.fetch(&hub_plan(Some(&["logic"]), "test", None)).await.unwrap().samples.len(), 2, "{name}");
        assert!(!stage.hub.requests().iter().any(|request| request.contains("..")), "{name}");
    }
}

#[tokio::test]
async fn what_never_ends_is_given_up() {
    for (trouble, said) in
        [(Trouble::EndlessFile, "exceeds its announced size"), (Trouble::EndlessList, "list of files exceeds 64 MB")]
    {
        let stage = Stage::new(&FILES, &[]);
        stage.hub.suffers(trouble);
        let error = stage.fetch(&hub_plan(Some(&["logic"]), "test", None)).await.unwrap_err();
        assert!(error.to_string().contains(said), "{trouble:?}: {error}");
        let left = all_below(&stage.settings.cache_dir);
        assert!(left.iter().all(|file| std::fs::metadata(file).unwrap().len() < 10_000), "{left:?}");
    }
}

#[tokio::test]
async fn a_black_hole_ends_after_the_time_out() {
    let mut stage = Stage::new(&FILES, &[]);
    let plan = hub_plan(Some(&["logic"]), "test", None);
    stage.settings.timeout = Duration::from_millis(200);
    stage.hub.suffers(Trouble::BlackHole);
    let before = Instant::now();
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(error.to_string().contains("timed out after 0.2 s without data (revision `main` of `o/n`)"), "{error}");
    assert!(before.elapsed() < Duration::from_secs(3), "{:?}", before.elapsed());
}

#[tokio::test]
async fn a_slow_download_is_let_live_and_a_stalled_one_is_not() {
    let mut stage = Stage::new(&FILES, &[]);
    let plan = hub_plan(Some(&["logic"]), "test", None);
    stage.settings.timeout = Duration::from_secs(1);
    stage.hub.suffers(Trouble::Slow(Duration::from_secs(4)));
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(error.to_string().contains("timed out after 1 s without data (`logic/test.jsonl` of `o/n`)"), "{error}");
    stage.hub.suffers(Trouble::Slow(Duration::from_millis(150)));
    let before = Instant::now();
    assert_eq!(stage.fetch(&plan).await.unwrap().samples.len(), 2);
    assert!(before.elapsed() > stage.settings.timeout, "the test must outlast the time-out to mean anything");
}

#[tokio::test]
async fn refusals_say_what_to_do_and_never_show_the_token() {
    let mut stage = Stage::new(&FILES, &[]);
    let plan = hub_plan(Some(&["logic"]), "test", None);
    stage.hub.suffers(Trouble::NeedsToken("hf_right"));
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(error.to_string().contains("does not exist or is private, and no token is set (HTTP 401)"), "{error}");
    assert!(error.hint().unwrap().contains("set HF_TOKEN"));
    stage.settings.token = Some("hf_wrong".into());
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(error.to_string().contains("the token in HF_TOKEN has no access"), "{error}");
    assert!(!format!("{error:?} {:?}", stage.settings).contains("hf_wrong"));
    stage.settings.token = Some("hf_right\n".into());
    assert_eq!(stage.fetch(&plan).await.unwrap().samples.len(), 2);

    let mut stage = Stage::new(&FILES, &[]);
    stage.hub.suffers(Trouble::Gated);
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(error.to_string().contains("is gated"), "{error}");
    assert!(error.hint().unwrap().contains(&format!("{}/datasets/o/n", stage.hub.endpoint())));
    stage.settings.endpoint = Some(format!("{}/", stage.hub.endpoint()));
    let mut other = plan.clone();
    other.source = SourcePlan::Hub {
        repo: "o/other".into(),
        subsets: None,
        split: "test".into(),
        revision: "main".into(),
        pinned: None,
    };
    assert!(matches!(stage.fetch(&other).await, Err(DatasetError::Access { status: 404, .. })));
}

#[tokio::test]
async fn numbers_are_read_by_the_names_of_the_card_in_every_format() {
    const CARD: &[u8] = b"---
dataset_info:
  features:
  - { name: text, dtype: string }
  - { name: category, dtype: { class_label: { names: { '0': short, '1': long } } } }
  - { name: label, dtype: { class_label: { names: [World, Sports, Business] } } }
configs:
- { config_name: default, data_files: [{ split: test, path: test.* }] }
---
";
    let numbers: [(&str, &[u8]); 3] = [
        ("test.jsonl", b"{\"text\":\"a\",\"category\":1,\"label\":2}\n{\"text\":\"b\",\"category\":0,\"label\":1}\n"),
        ("test.csv", b"text,category,label\na,1,2\nb,0,1\n"),
        ("test.csv", b"text,category,label\na,long,Business\nb,short,Sports\n"),
    ];
    for file in numbers {
        let stage = Stage::new(&[("README.md", CARD), file], &[]);
        let mut plan = hub_plan(None, "test", None);
        plan.columns.question = Some("text".into());
        let samples = stage.fetch(&plan).await.unwrap().samples;
        let read: Vec<_> =
            samples.iter().map(|one| (one.choices.len(), one.answer.clone(), one.subject.as_deref())).collect();
        let expected = [(3, Some(Answer::Choice(2)), Some("long")), (3, Some(Answer::Choice(1)), Some("short"))];
        assert_eq!(read, expected, "{}", file.0);
    }
}
