//! Tests of the whole module: what is asked of local files and of a Hub, and what is told where it is not there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::fake_hub::{CONVERTED, FakeHub, MAIN};
use super::*;
use crate::sample::{Answer, Sample};
use crate::spec::scalar::OneOrMany;
use crate::spec::types::{BadRow, ColumnsSpec, TextEncoding};

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
pub(super) const ALGEBRA_1: &[u8] = br#"{"question":"a2","choices":["x","y"],"answer":1}
"#;
const ALGEBRA_DEV: &[u8] = br#"{"question":"d0","choices":["x","y"],"answer":0}
"#;
const LOGIC: &[u8] = br#"{"question":"l0","choices":["x","y"],"answer":0,"level":"easy"}
{"question":"l1","choices":["x","y"],"answer":1,"level":"hard"}
"#;
pub(super) const FILES: [(&str, &[u8]); 5] = [
    ("README.md", CARD),
    ("algebra/dev.jsonl", ALGEBRA_DEV),
    ("algebra/test-00001-of-00002.jsonl", ALGEBRA_1),
    ("algebra/test-00000-of-00002.jsonl", ALGEBRA_0),
    ("logic/test.jsonl", LOGIC),
];

/// A Hub and an empty cache.
pub(super) struct Stage {
    pub(super) hub: FakeHub,
    pub(super) settings: HubSettings,
    _cache: TempDir,
}

impl Stage {
    pub(super) fn new(files: &[(&str, &[u8])], converted: &[(&str, &[u8])]) -> Self {
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

    pub(super) async fn fetch(&self, plan: &DatasetPlan) -> Result<Dataset, DatasetError> {
        fetch(plan, &self.settings).await
    }
}

fn plan_of(source: SourcePlan) -> DatasetPlan {
    DatasetPlan {
        name: "n".into(),
        source,
        columns: ColumnsSpec::default(),
        is_unjudged: false,
        needs_answers: true,
        filter: BTreeMap::new(),
        on_bad_row: BadRow::Refuse,
        shuffle_choices: None,
        rotations: None,
        follow_ups: 0,
        shuffle: None,
        limit: None,
        few_shot: None,
    }
}

pub(super) fn hub_plan(subsets: Option<&[&str]>, split: &str, pinned: Option<&str>) -> DatasetPlan {
    plan_of(SourcePlan::Hub {
        repo: "o/n".into(),
        subsets: subsets.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
        split: split.into(),
        revision: "main".into(),
        pinned: pinned.map(str::to_owned),
    })
}

fn file_plan(path: &Path) -> DatasetPlan {
    plan_of(SourcePlan::File { paths: vec![path.to_owned()], encoding: TextEncoding::Utf8 })
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
    assert_eq!(found.warnings, ["1 of 2 questions is also among the examples"]);
    plan.few_shot = few_shot(ExamplesPlan::File(empty));
    let error = stage.fetch(&plan).await.unwrap_err();
    assert!(error.to_string().contains("line 2"), "{error}");
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
    assert!(error.to_string().contains("a.csv`, line 3: "), "{error}");
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
