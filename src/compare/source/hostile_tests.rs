//! Results of every format, cut, changed and made up: what cannot be read is an error with the file and the place.

use std::path::{Path, PathBuf};

use super::{Source, SourceError, load};

const LM_EVAL: &str = concat!(
    r#"{"doc_id": 0, "doc": {"question": "1 + 1?"}, "target": "2", "resps": [["2"]], "doc_hash": "a", "acc": 1.0}"#,
    "\n",
    r#"{"doc_id": 1, "doc": {"question": "1 + 2?"}, "target": "3", "resps": [["é"]], "doc_hash": "b", "acc": NaN}"#,
    "\n"
);
const EEE: &str = concat!(
    r#"{"model_id": "a/b", "evaluation_id": "s/a/b/1767225600", "sample_id": "s1", "sample_hash": "h", "#,
    r#""input": {"raw": "2 + 2?", "reference": ["4"]}, "output": {"raw": ["Four"]}, "answer_attribution": [], "#,
    r#""evaluation": {"score": 1.0, "is_correct": true}, "performance": {"latency_ms": 250}}"#,
    "\n"
);
const INSPECT: &str = concat!(
    r#"{"status": "success", "eval": {"model": "m", "task": "t", "created": "2026-01-01T00:00:00+00:00"}, "samples": ["#,
    r#"{"id": "s", "epoch": 1, "input": "q", "target": "4", "scores": {"match": {"value": "C", "answer": "4"}}}]}"#
);
const OPENAI_EVALS: &str = concat!(
    r#"{"spec": {"completion_fns": ["m"], "eval_name": "sums.dev.v0", "split": "dev", "created_at": "2026-01-01 10:00:00"}}"#,
    "\n",
    r#"{"run_id": "r", "event_id": 0, "sample_id": "sums.dev.1", "type": "match", "data": {"correct": true, "expected": "4"}}"#,
    "\n"
);
const TABLE: &str = "model,prompt_id,prompt,expected_answer,output,score,latency_sec,metadata\nm,0,\"1, 1?\",2,\"a \"\"b\"\"\",1,0.5,{}\n";

const SUMMED_UP: &str = concat!(
    r#"{"results": {"arc": {"alias": "arc", "acc,none": 0.5, "acc_stderr,none": "N/A", "f1,none": NaN, "acc_norm,none": 0.25, "#,
    r#""acc_norm_stderr,none": 0.1}}, "n-samples": {"arc": {"effective": 9}}, "config": {"model_args": "pretrained=m"}}"#
);

/// A valid file of each format that is text.
const FILES: [(&str, &str); 6] = [
    ("results_2026-01-01.json", SUMMED_UP),
    ("evals.jsonl", OPENAI_EVALS),
    ("samples_sums_2026-01-01.jsonl", LM_EVAL),
    ("instances.jsonl", EEE),
    ("log.json", INSPECT),
    ("results.csv", TABLE),
];

/// Writes a file and loads it; an error has to name it.
fn loaded(folder: &Path, name: &str, bytes: &[u8]) -> Result<Source, SourceError> {
    let path: PathBuf = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let found = load(&path);
    if let Err(error) = &found {
        assert!(error.to_string().contains(name), "{error}");
    }
    found
}

#[test]
fn files_that_are_cut_or_changed_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        let whole = text.as_bytes();
        let source = loaded(folder.path(), name, whole).unwrap();
        assert!(!source.answers.is_empty() || !source.means.is_empty(), "{name}");
        for place in 0..whole.len() {
            drop(loaded(folder.path(), name, &whole[..place]));
            for other in [0, b'"', b'{', b'9', b'\n', 0xff] {
                let mut bytes = whole.to_vec();
                bytes[place] = other;
                drop(loaded(folder.path(), name, &bytes));
            }
        }
    }
}

#[test]
fn what_is_no_result_is_refused_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let deep = "[".repeat(200_000);
    let objects = "{\"a\":".repeat(200_000);
    let contents: [&[u8]; 10] = [
        b"",
        b"\n\n",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b"\x00\x00\x00",
        deep.as_bytes(),
        objects.as_bytes(),
        b"<!doctype html><title>404</title>",
    ];
    for (name, _) in FILES {
        for content in contents {
            assert!(loaded(folder.path(), name, content).is_err(), "{name}: {:?}", content.get(..20));
        }
    }
}

#[test]
fn an_error_has_its_line() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, words) in [
        ("instances.jsonl", format!("{EEE}{{\"sample_id\": 1}}\n"), "instances.jsonl, line 2: there is no `model_id`"),
        ("samples_a.jsonl", format!("{LM_EVAL}\n{{\n"), "samples_a.jsonl, line 4: no JSON"),
        ("log.json", INSPECT.replace("\"samples\"", "\n\n\"samples\" 1"), "log.json, line 3: no JSON of a log"),
        ("results.csv", format!("{TABLE}m,1,2\n"), "results.csv, line 3: no CSV"),
    ] {
        let error = loaded(folder.path(), name, bytes.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_pipe_or_a_folder_in_place_of_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in FILES {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        let error = load(&folder.path().join(name)).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    #[cfg(unix)]
    for path in ["/dev/zero", "/dev/null"] {
        assert!(load(Path::new(path)).is_err(), "{path}");
    }
}
