//! Scorers as judges.

use serde_json::{Map, Value, json};

use super::written::SolverStep;

/// The judges of a task: the first gives the score.
#[derive(Debug)]
pub(super) struct Judges {
    all: Vec<(String, Value)>,
    pub remarks: Vec<String>,
}

impl Judges {
    pub(super) fn new(scorers: &[SolverStep], reasons: &mut Vec<String>) -> Self {
        let mut judges = Self { all: Vec::new(), remarks: Vec::new() };
        if scorers.is_empty() {
            reasons.push("the task has no `scorers`; a spec needs to know how answers are judged".to_owned());
        }
        for scorer in scorers {
            match judge(scorer, &mut judges.remarks) {
                Ok(judge) => judges.all.push((scorer.name.clone(), judge)),
                Err(reason) => reasons.push(format!("scorer `{}`: {reason}", scorer.name)),
            }
        }
        judges
    }

    /// Writes `judge`, and `other_judges` if there are several.
    pub(super) fn write(self, parts: &mut Map<String, Value>) {
        let mut all = self.all.into_iter();
        if let Some((_, score)) = all.next() {
            parts.insert("judge".into(), score);
        }
        let others: Map<String, Value> = all.collect();
        if !others.is_empty() {
            parts.insert("other_judges".into(), others.into());
        }
    }
}

/// The judge that reads as a scorer does.
fn judge(scorer: &SolverStep, remarks: &mut Vec<String>) -> Result<Value, String> {
    let known: &[&str] = match scorer.name.as_str() {
        "choice" | "exact" | "math" => &[],
        "match" => &["numeric", "location", "ignore_case"],
        "includes" => &["ignore_case"],
        "pattern" => &["pattern", "ignore_case"],
        "answer" => &["pattern"],
        "model_graded_qa" | "model_graded_fact" => {
            return Err("write a judge `model` with a rubric and the models that judge".to_owned());
        }
        _ => return Err("no judge reads as it does".to_owned()),
    };
    if let Some(other) = scorer.others(known).next() {
        return Err(format!("no judge has its argument `{other}`"));
    }
    match scorer.name.as_str() {
        "choice" => Ok(json!({ "choice": {} })),
        "exact" => Ok(json!({ "exact": { "normal": true } })),
        "math" => Ok(json!({ "math": {} })),
        "match" => matched(scorer, remarks),
        "includes" => Ok(included(scorer, remarks)),
        "pattern" => {
            let pattern = scorer.text("pattern").ok_or("it has no argument `pattern`")?;
            let case = if scorer.flag("ignore_case") == Some(false) { "" } else { "(?i)" };
            Ok(json!({ "regex": { "pattern": format!("{case}{pattern}"), "pick": "first" } }))
        }
        _ => answered(scorer),
    }
}

fn matched(scorer: &SolverStep, remarks: &mut Vec<String>) -> Result<Value, String> {
    if scorer.flag("numeric") == Some(true) {
        remarks
            .push("`match` takes a number at a place; `numeric` takes the number that the answer states.".to_owned());
        return Ok(json!({ "numeric": {} }));
    }
    match scorer.text("location") {
        Some("exact") => Ok(json!({ "exact": { "normal": true } })),
        Some("any") => Ok(included(scorer, remarks)),
        other => {
            let place = other.unwrap_or("end");
            Err(format!(
                "no judge compares only the `{place}` of an answer; `exact`, `contains` and `regex` come close"
            ))
        }
    }
}

fn included(scorer: &SolverStep, remarks: &mut Vec<String>) -> Value {
    remarks.push(format!("`{}` compares characters; `contains` compares whole words.", scorer.name));
    match scorer.flag("ignore_case") {
        Some(false) => json!({ "contains": { "case_sensitive": true } }),
        _ => json!({ "contains": {} }),
    }
}

/// What stands behind the word "answer" and a colon.
fn answered(scorer: &SolverStep) -> Result<Value, String> {
    let pattern = match scorer.text("pattern") {
        Some("letter") => return Ok(json!({ "choice": {} })),
        Some("word") => r"(?i)answer\s*:\s*(\w+)",
        Some("line") => r"(?i)answer\s*:\s*([^\n]+)",
        _ => return Err("its argument `pattern` is neither `letter` nor `word` nor `line`".to_owned()),
    };
    Ok(json!({ "regex": { "pattern": pattern, "pick": "first" } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(text: &str) -> Result<Value, String> {
        judge(&serde_json::from_str(text).unwrap(), &mut Vec::new())
    }

    #[test]
    fn scorers_become_the_judges_that_read_alike() {
        for (scorer, expected) in [
            (r#"{"name": "exact"}"#, json!({ "exact": { "normal": true } })),
            (r#"{"name": "math"}"#, json!({ "math": {} })),
            (
                r#"{"name": "match", "args": {"location": "any", "ignore_case": false}}"#,
                json!({ "contains": { "case_sensitive": true } }),
            ),
            (
                r#"{"name": "pattern", "args": {"pattern": "a(b)"}}"#,
                json!({ "regex": { "pattern": "(?i)a(b)", "pick": "first" } }),
            ),
            (r#"{"name": "answer", "args": {"pattern": "letter"}}"#, json!({ "choice": {} })),
        ] {
            assert_eq!(translated(scorer), Ok(expected), "{scorer}");
        }
    }

    #[test]
    fn scorers_that_no_judge_is_like_are_refused() {
        for scorer in [
            r#"{"name": "match"}"#,
            r#"{"name": "f1"}"#,
            r#"{"name": "pattern", "args": {"pattern": "a", "match_all": true}}"#,
            r#"{"name": "answer"}"#,
            r#"{"name": "model_graded_fact"}"#,
        ] {
            assert!(translated(scorer).is_err(), "{scorer}");
        }
    }
}
