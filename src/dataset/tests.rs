//! Tests of the whole module: local files, and a Hub with the faults that real ones have.

use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;

use super::fake_hub::{CONVERTED, FakeHub, MAIN, Trouble};
use super::*;
use crate::sample::Answer;

const CARD: &[u8] = b"---
configs:
- config_name: algebra
  data_files:
  - {split: test, path: algebra/test-*}
  - {split: dev, path: algebra/dev.jsonl}
- config_name: logic
  data_files:
  - {split: test, path: logic/test.jsonl}
---
";
const ALGEBRA_0: &[u8] = br#"{"question":"a0","choices":["x","y"],"answer":0}
{"question":"a1","choices":["x","y"],"answer":1}
"#;
const ALGEBRA_1: &[u8] = br#"{"question":"a2","choices":["x","y"],"answer":1}
"#;
const ALGEBRA_DEV: &[u8] = br#"{"question":"d0","choices":["x","y"],"answer":0}
"#;
const LOGIC: &[u8] = br#"{"question":"l0","choices":["x","y"],"answer":0,"level":"easy"}
{"question":"l1","choices":["x","y"],"answer":1,"level":"hard"}
"#;
const FILES: [(&str, &[u8]); 5] = [
    ("README.md", CARD),
    ("algebra/dev.jsonl", ALGEBRA_DEV),
    ("algebra/test-00001-of-00002.jsonl", ALGEBRA_1),
    ("algebra/test-00000-of-00002.jsonl", ALGEBRA_0),
    ("logic/test.jsonl", LOGIC),
];

/// A Hub and an empty cache.
struct Stage {
    hub: FakeHub,
    settings: HubSettings,
    _cache: TempDir,
}

impl Stage {
    fn new(files: &[(&str, &[u8])], converted: &[(&str, &[u8])]) -> Self {
        let hub = FakeHub::start(files, converted);
        let cache = tempfile::tempdir().unwrap();
        let settings = HubSettings {
            endpoint: Some(hub.endpoint()),
            token: None,
            cache_dir: cache.path().to_owned(),
            offline: false,
            timeout: Duration::from_secs(20),
        };
        Self { hub, settings, _cache: cache }
    }

    async fn fetch(&self, plan: &DatasetPlan) -> Result<Dataset, DatasetError> {
        fetch(plan, &self.settings).await
    }
}

fn plan_of(source: SourcePlan) -> DatasetPlan {
    DatasetPlan {
        name: "n".into(),
        source,
        columns: ColumnsSpec::default(),
        filter: BTreeMap::new(),
        shuffle: None,
        limit: None,
        few_shot: None,
    }
}

fn hub_plan(subsets: Option<&[&str]>, split: &str, pinned: Option<&str>) -> DatasetPlan {
    plan_of(SourcePlan::Hub {
        repo: "o/n".into(),
        subsets: subsets.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
        split: split.into(),
        revision: "main".into(),
        pinned: pinned.map(str::to_owned),
    })
}

fn file_plan(path: &Path) -> DatasetPlan {
    plan_of(SourcePlan::File { path: path.to_owned() })
}

fn few_shot(source: ExamplesPlan) -> Option<FewShotPlan> {
    Some(FewShotPlan { count: 1, source })
}

fn questions(samples: &[Sample]) -> Vec<&str> {
    samples.iter().map(|sample| sample.question.as_str()).collect()
}

fn written(folder: &TempDir, name: &str, content: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[tokio::test]
async fn a_fetch_can_be_spawned() {
    let folder = tempfile::tempdir().unwrap();
    let plan = file_plan(&written(&folder, "a.csv", "question,answer\na,1\n"));
    let stage = Stage::new(&[], &[]);
    let settings = stage.settings.clone();
    let dataset = tokio::spawn(async move { fetch(&plan, &settings).await }).await.unwrap().unwrap();
    assert_eq!(dataset.provenance.files[0].rows, Some(1));
}

#[tokio::test]
async fn shards_and_subsets_are_joined_in_order_and_examples_come_along() {
    let stage = Stage::new(&FILES, &[]);
    let mut plan = hub_plan(Some(&["algebra"]), "test", None);
    plan.few_shot = few_shot(ExamplesPlan::Split("dev".into()));
    let algebra = stage.fetch(&plan).await.unwrap();
    assert_eq!(questions(&algebra.samples), ["a0", "a1", "a2"]);
    assert_eq!(algebra.samples[2].answer, Some(Answer::Choice(1)));
    assert_eq!(algebra.samples[2].subject.as_deref(), Some("algebra"));
    assert_eq!(questions(&algebra.examples), ["d0"]);
    assert_eq!(algebra.provenance.revision.as_deref(), Some(MAIN));
    assert_eq!((algebra.provenance.rows, algebra.provenance.files.len()), (Some(3), 3));
    assert_eq!(algebra.provenance.files[0].path, "algebra/test-00000-of-00002.jsonl");
    assert_eq!(algebra.provenance.files[0].rows, Some(2));

    let mut all = hub_plan(Some(&["all"]), "test", None);
    all.limit = Some(4);
    let all = stage.fetch(&all).await.unwrap();
    assert_eq!(questions(&all.samples), ["a0", "a1", "a2", "l0"]);
    assert_eq!((all.samples[3].index, all.provenance.rows), (3, None));
    let turned = stage.fetch(&hub_plan(Some(&["logic", "algebra"]), "test", None)).await.unwrap();
    assert_eq!(questions(&turned.samples), ["l0", "l1", "a0", "a1", "a2"]);
    assert!(turned.warnings.is_empty());
}

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
async fn what_is_not_there_is_told_with_what_is() {
    let stage = Stage::new(&FILES, &[]);
    for (plan, expected) in [
        (hub_plan(Some(&["logic"]), "tset", None), "subset `logic` of `o/n` has no split `tset`; available: `test`"),
        (hub_plan(Some(&["logik"]), "test", None), "`o/n` has no subset `logik`; available: `logic`, `algebra`"),
        (hub_plan(None, "test", None), "`o/n` has several subsets, and the spec selects none: `algebra`, `logic`"),
    ] {
        assert_eq!(stage.fetch(&plan).await.unwrap_err().to_string(), expected);
    }
    let SourcePlan::Hub { repo, subsets, split, .. } = hub_plan(None, "test", None).source else { unreachable!() };
    let plan = plan_of(SourcePlan::Hub { repo, subsets, split, revision: "v2".into(), pinned: None });
    assert_eq!(stage.fetch(&plan).await.unwrap_err().to_string(), "`o/n` has no revision `v2`");
}

#[tokio::test]
async fn without_a_card_the_layout_tells_and_then_the_converted_branch() {
    let by_layout = Stage::new(&[("data/test.jsonl", LOGIC), ("data/test.csv", b"x")], &[]);
    let found = by_layout.fetch(&hub_plan(None, "test", None)).await.unwrap();
    assert_eq!((found.samples.len(), found.samples[0].subject.as_deref()), (2, None));

    let zipped = [("script.py", b"".as_slice()), ("rows.zip", b"PK")];
    let mut converted = Stage::new(&zipped, &[("default/test/0000.jsonl", LOGIC)]);
    let plan = hub_plan(None, "test", None);
    let first = converted.fetch(&plan).await.unwrap();
    assert_eq!(first.provenance.revision.as_deref(), Some(MAIN));
    assert_eq!(first.provenance.converted_revision.as_deref(), Some(CONVERTED));
    converted.hub.stop();
    assert_eq!(converted.fetch(&hub_plan(None, "test", Some(MAIN))).await.unwrap(), first);

    let nothing = Stage::new(&zipped, &[]);
    let error = nothing.fetch(&plan).await.unwrap_err();
    assert!(matches!(error, DatasetError::NoFiles { .. }), "{error}");
}

#[tokio::test]
async fn examples_never_come_from_what_is_asked() {
    let stage = Stage::new(&FILES, &[]);
    let mut plan = hub_plan(Some(&["logic"]), "test", None);
    plan.few_shot = few_shot(ExamplesPlan::Split("test".into()));
    assert!(matches!(stage.fetch(&plan).await, Err(DatasetError::Leak { .. })));

    let folder = tempfile::tempdir().unwrap();
    let asked = written(&folder, "asked.csv", "question,answer\na,1\nb,2\n");
    let copy = written(&folder, "copy.csv", "question,answer\na,1\nb,2\n");
    let other = written(&folder, "other.csv", "question,answer\na,1\nc,3\n");
    let empty = written(&folder, "empty.csv", "question,answer\nc,\n");
    let mut plan = file_plan(&asked);
    plan.few_shot = few_shot(ExamplesPlan::File(copy));
    assert!(matches!(stage.fetch(&plan).await, Err(DatasetError::Leak { .. })));
    plan.few_shot = few_shot(ExamplesPlan::File(other));
    let found = stage.fetch(&plan).await.unwrap();
    assert_eq!(questions(&found.examples), ["a", "c"]);
    assert_eq!(found.warnings, ["1 of the 2 questions are also among the examples"]);
    plan.few_shot = few_shot(ExamplesPlan::File(empty));
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(error.to_string().contains("row 0"), "{error}");
    plan.few_shot = few_shot(ExamplesPlan::Split("dev".into()));
    assert!(matches!(stage.fetch(&plan).await, Err(DatasetError::ExamplesSplit { .. })));
    plan.few_shot = Some(FewShotPlan { count: 0, source: ExamplesPlan::Split("dev".into()) });
    assert!(stage.fetch(&plan).await.unwrap().examples.is_empty());
}

#[tokio::test]
async fn filter_shuffle_and_limit_keep_the_index_of_the_row() {
    let stage = Stage::new(&FILES, &[]);
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..20).map(|row| format!("q{row},{},{row}\n", ["even", "odd"][row % 2])).collect();
    let mut plan = file_plan(&written(&folder, "a.csv", &format!("question,category,answer\n{rows}")));
    plan.filter.insert("subject".into(), OneOrMany(vec!["odd".into()]));
    plan.shuffle = Some(1);
    plan.limit = Some(4);
    let found = stage.fetch(&plan).await.unwrap();
    assert_eq!(found.samples.len(), 4);
    assert_eq!(found.provenance.rows, Some(20));
    for sample in &found.samples {
        assert_eq!(sample.index % 2, 1);
        assert_eq!(sample.question, format!("q{}", sample.index));
    }
    assert_eq!(stage.fetch(&plan).await.unwrap(), found);
}

#[tokio::test]
async fn a_flaw_counts_only_in_rows_that_are_asked() {
    let stage = Stage::new(&FILES, &[]);
    let folder = tempfile::tempdir().unwrap();
    let content = "question,choices,answer\na,\"[\"\"x\"\",\"\"y\"\"]\",B\nb,\"[\"\"x\"\",\"\"y\"\"]\",D\n";
    let mut plan = file_plan(&written(&folder, "a.csv", content));
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(error.to_string().starts_with("row 1 of `"), "{error}");
    assert!(error.to_string().ends_with("the answer `D` is not one of the 2 choices"), "{error}");
    plan.limit = Some(1);
    assert_eq!(stage.fetch(&plan).await.unwrap().samples[0].answer, Some(Answer::Choice(1)));
}

#[tokio::test]
async fn missing_answers_are_an_error_unless_all_are_missing() {
    let stage = Stage::new(&FILES, &[]);
    let folder = tempfile::tempdir().unwrap();
    let some = file_plan(&written(&folder, "some.csv", "question,answer\na,1\nb,\n"));
    let error = stage.fetch(&some).await.unwrap_err();
    assert!(error.to_string().ends_with("the answer (`answer`) is empty, but other rows have one"), "{error}");
    let hidden = r#"{"ctx":"a","endings":["x","y"],"label":-1}"#;
    let hidden = stage.fetch(&file_plan(&written(&folder, "hidden.jsonl", hidden))).await.unwrap();
    assert_eq!(hidden.samples[0].answer, None);
    assert!(hidden.warnings[0].contains("has no answers"), "{:?}", hidden.warnings);
    let none = stage.fetch(&file_plan(&written(&folder, "none.csv", "question\na\n"))).await.unwrap();
    assert!(none.warnings[0].contains("no answer column"), "{:?}", none.warnings);
}

#[tokio::test]
async fn empty_and_missing_files_are_told() {
    let stage = Stage::new(&FILES, &[]);
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("a.csv", "question,answer\n"), ("b.csv", ""), ("a.jsonl", "\n"), ("a.json", "[]")] {
        let error = stage.fetch(&file_plan(&written(&folder, name, content))).await.unwrap_err();
        assert!(error.to_string().ends_with("has no rows"), "{name}: {error}");
    }
    let error = stage.fetch(&file_plan(&folder.path().join("none.csv"))).await.unwrap_err();
    assert!(matches!(error, DatasetError::Io { .. }), "{error}");
    assert_eq!(error.hint().unwrap(), "paths are relative to the spec file");
    let error = stage.fetch(&file_plan(Path::new("rows.xlsx"))).await.unwrap_err();
    assert_eq!(error.to_string(), "`rows.xlsx` has an unsupported extension");
}
