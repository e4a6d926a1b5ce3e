//! The judges against outputs that were labelled by hand: how often each rule is right, missed or wrong.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Ending, Judge, Output, PreparedReader, Verdict};
use crate::prompt::letter;
use crate::sample::{Answer, Sample};
use crate::spec::expand::Environment;
use crate::spec::types::JudgeSpec;

const NUMERIC: &str = include_str!("../../tests/judging/numeric.jsonl");
const CHOICE: &str = include_str!("../../tests/judging/choice.jsonl");

/// One output and what a careful reader says of it.
#[derive(Deserialize)]
struct Labelled {
    family: String,
    question: String,
    #[serde(default)]
    choices: Vec<String>,
    gold: Value,
    output: String,
    ending: String,
    /// The answer that it states; none where it states no single one.
    says: Option<Value>,
    #[serde(default)]
    trap: bool,
}

impl Labelled {
    fn sample(&self) -> Sample {
        let gold = self.gold.as_str().map_or_else(|| self.gold.to_string(), str::to_owned);
        let place = (0..self.choices.len()).find(|index| letter(*index) == gold);
        let answer = Some(place.map_or(Answer::Text(gold.into()), Answer::Choice));
        let (question, choices) = (self.question.clone(), self.choices.clone());
        Sample { choices: choices.into(), answer, ..Sample::new(0, question) }
    }

    fn ending(&self) -> Ending {
        match self.ending.as_str() {
            "capped" => Ending::Capped,
            "refused" => Ending::Refused,
            _ => Ending::Complete,
        }
    }
}

/// How a reading compares with a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Right,
    Missed,
    Wrong,
}

/// Outputs of a kind by outcome.
type Counts = BTreeMap<String, [usize; 3]>;

fn lines(text: &str) -> Vec<Labelled> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read(labelled: &Labelled, spec: &JudgeSpec) -> Verdict {
    let Judge::Reader(reader) = Judge::new(spec, std::path::Path::new(""), &Environment::new()).unwrap() else {
        panic!("a judge that reads")
    };
    let (sample, output) = (
        labelled.sample(),
        Output { text: &labelled.output, ending: labelled.ending(), alternatives: &[], calls: &[] },
    );
    let prepared: PreparedReader<'_> = reader.prepare(&sample);
    prepared.read(&output)
}

/// The tables of a judge: by rule, then by family.
fn tables(text: &str, spec: &JudgeSpec, same: fn(&str, &Value) -> bool) -> (String, [usize; 3]) {
    let (mut rules, mut families, mut all) = (Counts::new(), Counts::new(), [0; 3]);
    for labelled in lines(text) {
        let verdict = read(&labelled, spec);
        let read = verdict.extracted.as_deref();
        let outcome = match (read, &labelled.says) {
            (None, None) => Outcome::Right,
            (None, Some(_)) => Outcome::Missed,
            (Some(read), Some(says)) if same(read, says) => Outcome::Right,
            (Some(_), _) => Outcome::Wrong,
        };
        let rule = format!("{} {}", verdict.rank.map_or("-", super::Rank::word), verdict.rule);
        let trap = if labelled.trap { "trap " } else { "" };
        rules.entry(rule).or_default()[outcome as usize] += 1;
        families.entry(format!("{trap}{}", labelled.family)).or_default()[outcome as usize] += 1;
        all[outcome as usize] += 1;
    }
    let table = |name: &str, counts: &Counts| {
        let lines =
            counts.iter().map(|(kind, [right, missed, wrong])| format!("{kind:<40}{right:>6}{missed:>7}{wrong:>6}"));
        format!("{name:<40} right missed wrong\n{}", lines.collect::<Vec<_>>().join("\n"))
    };
    let [right, missed, wrong] = all;
    let sum = format!("{:<40}{right:>6}{missed:>7}{wrong:>6}", "all");
    (format!("{}\n\n{}\n\n{sum}", table("rule", &rules), table("family", &families)), all)
}

#[test]
fn the_judge_choice_takes_no_wrong_letter() {
    let spec = JudgeSpec::default();
    let (text, [_, _, wrong]) = tables(CHOICE, &spec, |read, says| says.as_str() == Some(read));
    insta::assert_snapshot!("choice", text);
    assert_eq!(wrong, 0);
}

#[test]
fn the_judge_numeric_takes_no_wrong_number() {
    let spec: JudgeSpec = serde_json::from_str(r#"{"numeric": {}}"#).unwrap();
    let same = |read: &str, says: &Value| {
        let both = read.parse::<f64>().ok().zip(says.as_f64());
        both.is_some_and(|(read, says)| (read - says).abs() <= 1e-6 * says.abs())
    };
    let (text, [_, _, wrong]) = tables(NUMERIC, &spec, same);
    insta::assert_snapshot!("numeric", text);
    assert_eq!(wrong, 0);
}
