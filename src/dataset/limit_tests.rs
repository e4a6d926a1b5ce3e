//! Tests of a limit: no more is read than is needed, and what is asked is what a whole reading asks.

use std::collections::BTreeMap;
use std::fs::File;

use polars::prelude::{Column, DataFrame, ParquetWriter};
use proptest::prelude::{any, prop_assert_eq, proptest};
use tempfile::TempDir;

use super::assemble::Wanted;
use super::fetch::local;
use super::locate::Part;
use super::*;
use crate::sample::{Answer, Sample};
use crate::spec::scalar::OneOrMany;
use crate::spec::types::{AnswerSpec, BadRow, ChoicesSpec, ColumnsSpec, TextEncoding};

/// Row groups of Parquet files that these tests write.
const GROUP: usize = 8;

/// A question with the choices `a`, `b` and `c`.
#[derive(Debug, Clone)]
struct Line {
    choices: [&'static str; 3],
    answer: String,
}

fn line(choices: [&'static str; 3], answer: &str) -> Line {
    Line { choices, answer: answer.to_owned() }
}

fn plain(rows: usize) -> Vec<Line> {
    (0..rows).map(|row| line(["x", "y", "z"], ["A", "B", "C"][row % 3])).collect()
}

fn csv(lines: &[Line]) -> Vec<u8> {
    let row = |(at, Line { choices: [a, b, c], answer }): (usize, &Line)| format!("q{at},{a},{b},{c},{answer}\n");
    let rows: String = lines.iter().enumerate().map(row).collect();
    format!("question,a,b,c,answer\n{rows}").into_bytes()
}

fn jsonl(lines: &[Line]) -> Vec<u8> {
    let row = |(at, Line { choices: [a, b, c], answer }): (usize, &Line)| {
        format!("{}\n", serde_json::json!({"question": format!("q{at}"), "a": a, "b": b, "c": c, "answer": answer}))
    };
    lines.iter().enumerate().map(row).collect::<String>().into_bytes()
}

/// A list, with one item a line.
fn json(lines: &[Line]) -> Vec<u8> {
    let items = String::from_utf8(jsonl(lines)).unwrap();
    format!("[{}]", items.trim_end().replace('\n', ",\n")).into_bytes()
}

fn parquet(lines: &[Line]) -> Vec<u8> {
    let texts = |name: &str, text: &dyn Fn(usize) -> String| {
        Column::new(name.into(), (0..lines.len()).map(text).collect::<Vec<String>>())
    };
    let columns = vec![
        texts("question", &|at| format!("q{at}")),
        texts("a", &|at| lines[at].choices[0].to_owned()),
        texts("b", &|at| lines[at].choices[1].to_owned()),
        texts("c", &|at| lines[at].choices[2].to_owned()),
        texts("answer", &|at| lines[at].answer.clone()),
    ];
    let file = tempfile::NamedTempFile::new().unwrap();
    let writer = ParquetWriter::new(File::create(file.path()).unwrap()).with_row_group_size(Some(GROUP));
    writer.finish(&mut DataFrame::new(lines.len(), columns).unwrap()).unwrap();
    std::fs::read(file.path()).unwrap()
}

type Written = fn(&[Line]) -> Vec<u8>;
const FORMATS: [(&str, Written); 4] = [("a.jsonl", jsonl), ("a.json", json), ("a.csv", csv), ("a.parquet", parquet)];

/// Spoils what stands after the first row group, or after the first eighth of a text.
fn spoiled(name: &str, mut content: Vec<u8>) -> Vec<u8> {
    let end = match name {
        "a.parquet" => {
            let footer = content.len() - 8;
            footer - u32::from_le_bytes(content[footer..footer + 4].try_into().unwrap()) as usize
        }
        _ => content.len(),
    };
    content[end / 8..end].fill(0xff);
    content
}

struct Files {
    _folder: TempDir,
    parts: Vec<Part>,
    wanted: BTreeMap<String, OneOrMany<String>>,
}

impl Files {
    fn new(files: &[(&str, Vec<u8>)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let parts = files.iter().enumerate().map(|(at, (name, content))| {
            let path = folder.path().join(format!("{at}{name}"));
            std::fs::write(&path, content).unwrap();
            local(&path).unwrap()
        });
        let parts = parts.collect();
        Self { _folder: folder, parts, wanted: BTreeMap::new() }
    }

    /// Samples, warning and the rows of each file; the first `most` rows are kept.
    fn read(&self, columns: &ColumnsSpec, most: usize, limit: usize) -> Result<Asked, String> {
        let (on_bad_row, shuffle_choices) = (BadRow::Refuse, None);
        let (filter, is_unjudged, encoding) = (&self.wanted, false, TextEncoding::Utf8);
        let wanted =
            Wanted { columns, filter, on_bad_row, is_unjudged, encoding, shuffle_choices, has_files: false, most };
        let mut drafts = assemble::draft("p", &self.parts, wanted).map_err(|e| e.to_string())?;
        let rows = drafts.files.iter().map(|file| file.rows).collect();
        drafts.files.clear();
        let missing = drafts.without_answers("p");
        let (samples, mut warnings) = drafts.asked(None, Some(limit), "p").map_err(|error| error.to_string())?;
        Ok(Asked { samples, warning: warnings.pop().or(missing), rows })
    }

    fn limited(&self, limit: usize) -> Result<Asked, String> {
        self.read(&choices(), limit, limit)
    }

    fn whole(&self, limit: usize) -> Result<Asked, String> {
        self.read(&choices(), usize::MAX, limit)
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Asked {
    samples: Vec<Sample>,
    warning: Option<String>,
    rows: Vec<Option<usize>>,
}

fn choices() -> ColumnsSpec {
    let names = ["a", "b", "c"].map(str::to_owned).to_vec();
    ColumnsSpec { choices: Some(ChoicesSpec::Columns(OneOrMany(names))), ..ColumnsSpec::default() }
}

fn asked(outcome: Result<Asked, String>) -> Result<(Vec<Sample>, Option<String>), String> {
    outcome.map(|asked| (asked.samples, asked.warning))
}

#[test]
fn what_stands_after_the_limit_is_not_read() {
    for (name, written) in FORMATS {
        let content = spoiled(name, written(&plain(GROUP * 16)));
        let files = Files::new(&[(name, content), (name, b"no rows \xff".to_vec())]);
        assert!(files.whole(usize::MAX).is_err(), "{name}");
        let found = files.limited(3).unwrap();
        assert_eq!(asked(Ok(found)), asked(Files::new(&[(name, written(&plain(9)))]).whole(3)), "{name}");
        let told = (name == "a.parquet").then_some(GROUP * 16);
        assert_eq!(files.limited(3).unwrap().rows, [told, None], "{name}");
    }
}

#[test]
fn the_row_after_the_limit_may_be_broken() {
    for (name, content) in [
        ("a.jsonl", "{\"question\":\"q\",\"answer\":\"1\"}\n{\"question\":\n"),
        ("a.json", "[{\"question\":\"q\",\"answer\":\"1\"},\n{\"question\":\n"),
        ("a.csv", "question,answer\nq,1\nq\n"),
    ] {
        let files = Files::new(&[(name, content.into())]);
        let found = files.read(&ColumnsSpec::default(), 1, 1).unwrap();
        assert_eq!((found.samples.len(), found.warning), (1, None), "{name}");
        assert!(files.read(&ColumnsSpec::default(), 2, 2).is_err(), "{name}");
    }
}

#[test]
fn rows_are_counted_where_a_file_ends_with_the_limit() {
    for (name, written) in FORMATS {
        let files = Files::new(&[(name, written(&plain(4))), (name, written(&plain(5)))]);
        assert_eq!(files.limited(4).unwrap().rows, [Some(4), None], "{name}");
        assert_eq!(files.limited(9).unwrap().rows, [Some(4), Some(5)], "{name}");
        assert_eq!(files.limited(99).unwrap(), files.whole(99).unwrap(), "{name}");
    }
}

#[test]
fn an_answer_that_later_rows_explain_is_explained_by_them() {
    let digits = ["1", "2", "0"];
    for (first, later, expected) in [
        ("1", line(digits, "2"), None),
        ("1", line(["5", "6", "7"], "0"), Some(1)),
        ("1", line(["5", "6", "7"], "3"), Some(0)),
        ("1", line(["5", "6", "7"], "6"), Some(0)),
        // What fits no other row tells nothing about them.
        ("1", line(["5", "6", "7"], "B"), None),
    ] {
        let mut lines = vec![line(digits, first); GROUP * 40];
        lines.push(later.clone());
        for (name, written) in FORMATS {
            let files = Files::new(&[(name, written(&lines))]);
            let found = files.limited(2);
            assert_eq!(asked(found.clone()), asked(files.whole(2)), "{name} {later:?}");
            match expected {
                Some(choice) => assert_eq!(found.unwrap().samples[0].answer, Some(Answer::Choice(choice)), "{later:?}"),
                None => assert!(found.unwrap_err().contains("no row tells which"), "{later:?}"),
            }
        }
    }
}

#[test]
fn reading_ends_where_an_open_answer_is_settled() {
    let mut lines = vec![line(["1", "2", "0"], "1"); GROUP * 2];
    lines.push(line(["5", "6", "7"], "6"));
    lines.extend(plain(GROUP * 100));
    for (name, written) in FORMATS {
        let files = Files::new(&[(name, spoiled(name, written(&lines)))]);
        assert_eq!(files.limited(2).unwrap().samples[1].answer, Some(Answer::Choice(0)), "{name}");
    }
}

#[test]
fn a_column_that_comes_late_is_found_where_it_can_matter() {
    let head = "{\"question\":\"q\",\"target\":\"x\"}\n".repeat(100);
    let usual = "{\"question\":\"q\",\"answer\":\"x\"}\n".repeat(100);
    let named = |name: &str| ColumnsSpec {
        answer: Some(AnswerSpec::Columns(OneOrMany(vec![name.to_owned()]))),
        ..ColumnsSpec::default()
    };
    let late = |name: &str| format!("{{\"question\":\"q\",\"{name}\":\"y\"}}\n");
    // `answer` goes before `target`, which then is no answer, and nothing goes before `answer`.
    let displaced = Files::new(&[("a.jsonl", (head.clone() + &late("answer")).into())]);
    assert!(displaced.read(&ColumnsSpec::default(), 1, 1).unwrap_err().contains("(`answer`) is empty"));
    assert_eq!(displaced.read(&named("target"), 1, 1).unwrap().rows, [None]);
    let kept = Files::new(&[("a.jsonl", (usual.clone() + &late("label")).into())]);
    assert_eq!(kept.read(&ColumnsSpec::default(), 1, 1).unwrap().rows, [None]);
    let missing = Files::new(&[("a.jsonl", (usual + &late("gold")).into())]);
    assert!(missing.read(&named("gold"), 1, 1).unwrap_err().contains("(`gold`) is empty"));
    assert!(missing.read(&named("none"), 1, 1).unwrap_err().contains("has no column `none`"));
}

#[test]
fn a_table_without_answers_need_not_be_read_for_them() {
    let content = [b"question,note\nq,n\nq,n\n".as_slice(), &[0xff; 100]].concat();
    let found = Files::new(&[("a.csv", content)]).read(&ColumnsSpec::default(), 1, 1).unwrap();
    assert!(found.warning.unwrap().contains("no answer column"));
}

proptest! {
    #[test]
    fn a_limited_reading_asks_what_a_whole_one_asks(
        seeds in proptest::collection::vec((0_usize..4, 0_usize..9), 1..60),
        kinds in 1_usize..9,
        only in any::<bool>(),
        is_filtered in any::<bool>(),
        limit in 0_usize..20,
        cut in 0_usize..60,
    ) {
        // Indexes, letters, texts, digits that are choices as well, none, and what is no choice at all.
        const ANSWERS: [&str; 9] = ["0", "1", "2", "B", "x", "", "-1", "5", "D"];
        const CHOICES: [[&str; 3]; 4] = [["x", "y", "z"], ["1", "2", "0"], ["0", "1", "2"], ["B", "x", "5"]];
        let pick = |&(choices, answer): &(usize, usize)| {
            line(CHOICES[if only { kinds % 4 } else { choices }], ANSWERS[answer % kinds])
        };
        let lines: Vec<Line> = seeds.iter().map(pick).collect();
        let (first, second) = lines.split_at(cut.min(lines.len()));
        for (name, written) in FORMATS {
            let parts = [first, second].into_iter().filter(|part| !part.is_empty());
            let files: Vec<_> = parts.map(|part| (name, written(part))).collect();
            let mut files = Files::new(&files);
            if is_filtered {
                files.wanted.insert("a".into(), OneOrMany(vec!["x".into(), "1".into()]));
            }
            prop_assert_eq!(asked(files.limited(limit)), asked(files.whole(limit)), "{}", name);
        }
    }
}
