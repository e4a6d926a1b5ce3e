//! What is printed of datasets that cannot be used.

use super::check;
use super::normal::{printed, stable};
use crate::bench::{Bench, Spec};
use crate::server::Server;

const TRIAL: &str = "experiments/trial.yaml";

/// Files with an error, each with the rest of its dataset in the spec.
const FILES: [(&str, &str, &str); 15] = [
    ("empty.jsonl", "", ""),
    ("syntax.jsonl", "{\"question\": \"Q\", \"answer\": \"A\"}\n{\"question\": }\n", ""),
    ("list.jsonl", "[1, 2]\n", ""),
    ("object.json", "{\"rows\": []}", ""),
    ("fields.csv", "question,answer\nQ,1\nR\n", ""),
    ("twice.csv", "question,question\nQ,1\n", ""),
    ("rows.xlsx", "PK", ""),
    ("rows.parquet", "PAR1 but not really", ""),
    ("unknown.csv", "text,answer\nQ,1\n", ""),
    ("typo.csv", "question,answer\nQ,1\n", ", columns: { answer: anser }"),
    ("question.csv", "question,answer\n,1\n", ""),
    ("answer.csv", "question,answer\nQ,1\nR,\n", ""),
    ("choice.jsonl", "{\"question\": \"Q\", \"choices\": [\"a\", \"b\"], \"answer\": \"D\"}\n", ""),
    ("filter.csv", "question,subject,answer\nQ,even,1\nR,odd,2\n", ", filter: { subject: [evn] }"),
    ("leak.csv", "question,answer\nQ,1\n", ", few_shot: { path: leak.csv, count: 1 }"),
];

#[test]
fn what_is_wrong_with_a_dataset() {
    let server = Server::ollama(&["small"]);
    let mut text = String::new();
    for (name, content, rest) in FILES {
        let datasets = format!("[{{ source: {{ file: {{ path: {name} }} }}{rest} }}]");
        let bench = Bench::ready(1, &Spec::on(&server).with("datasets", &datasets));
        bench.write(&format!("experiments/{name}"), content);
        let finished = bench.run(&["plan", TRIAL]);
        let shown = printed(&finished, |text| stable(&bench, text));
        text.push_str(&format!("# {name}{rest}\n{shown}\n"));
    }
    check("console", "datasets", &text);
}

#[test]
fn what_does_not_fit_a_dataset() {
    let cases = [
        ("prompt", "{ template: \"{{ qestion }}\" }"),
        ("prompt", "{ template: \"{{ choices[9].x.y }}\" }"),
        ("judge", "numeric"),
    ];
    let server = Server::ollama(&["small"]);
    let mut text = String::new();
    for (key, value) in cases {
        let bench = Bench::ready(2, &Spec::on(&server).with(key, value));
        let finished = bench.run(&["plan", TRIAL]);
        let shown = printed(&finished, |text| stable(&bench, text));
        text.push_str(&format!("# {key}: {value}\n{shown}\n"));
    }
    check("console", "datasets_and_specs", &text);
}
