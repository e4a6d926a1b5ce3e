//! The short answers: questions of five subjects, none of which holds its own answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

#[test]
fn subjects_are_even_and_no_question_holds_its_answer() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/data/short_answers.jsonl");
    let rows: Vec<Value> =
        fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut subjects: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in &rows {
        let question = row["question"].as_str().unwrap();
        *subjects.entry(row["subject"].as_str().unwrap()).or_default() += 1;
        assert!(seen.insert(question) && seen.insert(row["id"].as_str().unwrap()), "{question} comes twice");
        let words: BTreeSet<String> = question.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
        let answers = row["answer"].as_array().unwrap();
        assert!(!answers.is_empty(), "{question}");
        for answer in answers {
            let answer = answer.as_str().unwrap().to_lowercase();
            let told = answer.split(' ').all(|word| words.contains(word));
            assert!(!told, "{question} holds its answer {answer}");
        }
    }
    assert_eq!(subjects.into_values().collect::<Vec<_>>(), [16; 5]);
}
