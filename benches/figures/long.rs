//! Whether judges read long answers in proportion to their length: every labelled output, said again and again, at two
//! lengths. What a loop inside a loop costs shows in the second.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use smallbench::judge::{Ending, Judge, Output};
use smallbench::sample::{Answer, Sample};

/// The two lengths (bytes), and how much longer the longer one may take than the shorter.
const SHORT: usize = 8 << 10;
const LONG: usize = 128 << 10;
const GROWTH: f64 = 2.0;

/// What is quicker than this at the longer length is no matter.
const NOTABLE: Duration = Duration::from_millis(50);

/// What stands between two: one line, lines, and paragraphs.
const BETWEEN: [&str; 3] = [" ", "\n", ", "];

pub fn run_all() {
    measure("choice", include_str!("../../tests/judging/choice.jsonl"));
    measure("numeric", include_str!("../../tests/judging/numeric.jsonl"));
}

fn measure(judge: &str, labelled: &str) {
    let spec = serde_json::from_value(serde_json::json!({ judge: {} })).expect("a judge");
    let Judge::Reader(reader) = Judge::new(&spec, Path::new("."), &BTreeMap::new()).expect("a judge") else {
        panic!("{judge} reads answers itself");
    };
    let mut slowest = Duration::ZERO;
    let mut longer = 0;
    for line in labelled.lines() {
        let labelled: Value = serde_json::from_str(line).expect("a labelled output");
        let sample = sample(&labelled);
        let prepared = reader.prepare(&sample);
        let output = labelled["output"].as_str().unwrap_or_default();
        for between in BETWEEN {
            let took = |length: usize| {
                let text = [output, between].concat().repeat(length / (output.len() + between.len()) + 1);
                let started = Instant::now();
                prepared.read(&Output { text: &text, ending: Ending::Complete, alternatives: &[], calls: &[] });
                started.elapsed()
            };
            let long = took(LONG);
            slowest = slowest.max(long);
            let growth = long.as_secs_f64() / took(SHORT).as_secs_f64() / (LONG / SHORT) as f64;
            if long > NOTABLE && growth > GROWTH {
                longer += 1;
                println!("{judge}: {growth:.1} times as long as in proportion, {long:.2?}: {between:?} {output:?}");
            }
        }
    }
    println!("{:<58} {:>12.0}", format!("`{judge}`: slowest of {} KiB (ms)", LONG >> 10), slowest.as_secs_f64() * 1e3);
    println!("{:<58} {longer:>12} {:>12}", format!("`{judge}`: out of proportion to their length"), 0);
}

fn sample(labelled: &Value) -> Sample {
    let texts = |key: &str| labelled[key].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let choices: Vec<String> = texts("choices").collect();
    let gold = labelled["gold"].as_str().map_or_else(|| labelled["gold"].to_string(), str::to_owned);
    let answer = match choices.is_empty() {
        true => Answer::Text(gold.into()),
        false => Answer::Choice(usize::from(gold.bytes().next().unwrap_or_default().saturating_sub(b'A'))),
    };
    Sample {
        choices: choices.into_iter().collect(),
        answer: Some(answer),
        ..Sample::new(0, labelled["question"].as_str().unwrap_or_default().to_owned())
    }
}
