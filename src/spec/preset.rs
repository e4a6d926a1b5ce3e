//! Presets: well-known data sets as parts of a spec, each in a file of `src/presets`.
//!
//! A preset fills in what the spec does not say: keys of its dataset, and the judge, prompt and generation.

use super::diagnostic::{Problem, Source, suggestion};
use super::tree::{self, Entry, Node, Table, Value};

/// The presets, each with its text.
pub const PRESETS: [(&str, &str); 22] = [
    ("aime", include_str!("../presets/aime.yaml")),
    ("arc_challenge", include_str!("../presets/arc_challenge.yaml")),
    ("arc_easy", include_str!("../presets/arc_easy.yaml")),
    ("boolq", include_str!("../presets/boolq.yaml")),
    ("commonsenseqa", include_str!("../presets/commonsenseqa.yaml")),
    ("gpqa_diamond", include_str!("../presets/gpqa_diamond.yaml")),
    ("gsm8k", include_str!("../presets/gsm8k.yaml")),
    ("hellaswag", include_str!("../presets/hellaswag.yaml")),
    ("math_500", include_str!("../presets/math_500.yaml")),
    ("medmcqa", include_str!("../presets/medmcqa.yaml")),
    ("medqa", include_str!("../presets/medqa.yaml")),
    ("mmlu", include_str!("../presets/mmlu.yaml")),
    ("mmlu_pro", include_str!("../presets/mmlu_pro.yaml")),
    ("nq_open", include_str!("../presets/nq_open.yaml")),
    ("openbookqa", include_str!("../presets/openbookqa.yaml")),
    ("piqa", include_str!("../presets/piqa.yaml")),
    ("pubmedqa", include_str!("../presets/pubmedqa.yaml")),
    ("race", include_str!("../presets/race.yaml")),
    ("siqa", include_str!("../presets/siqa.yaml")),
    ("triviaqa", include_str!("../presets/triviaqa.yaml")),
    ("truthfulqa_mc1", include_str!("../presets/truthfulqa_mc1.yaml")),
    ("winogrande", include_str!("../presets/winogrande.yaml")),
];

/// The keys that a preset fills in beside its dataset.
const SECTIONS: [&str; 3] = ["judge", "generation", "prompt"];

/// The text of a preset.
pub fn text_of(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// What a preset is, from the first line of its text.
pub fn description(text: &'static str) -> &'static str {
    text.lines().next().unwrap_or_default().trim_start_matches(['#', ' '])
}

/// The names of all presets.
pub fn names() -> Vec<&'static str> {
    PRESETS.iter().map(|(name, _)| *name).collect()
}

/// Fills in the presets that datasets name.
pub(super) fn fill(root: &mut Node, sources: &mut Vec<Source>, problems: &mut Vec<Problem>) {
    let mut found: Vec<(String, Table)> = Vec::new();
    for item in datasets(root) {
        let Value::Table(dataset) = &mut item.value else { continue };
        let Some(entry) = dataset.get("preset") else { continue };
        let Value::Text(name) = &entry.value.value else { continue };
        let (name, span) = (name.clone(), entry.value.span.clone());
        let Some(text) = text_of(&name) else {
            let problem = Problem::new(format!("unknown preset `{name}`")).help(suggestion(&name, &names()));
            problems.push(problem.at(span));
            continue;
        };
        sources.push(Source { name: format!("preset {name}"), text: text.to_owned() });
        match tree::from_yaml(text, sources.len() - 1) {
            Ok(Node { value: Value::Table(mut preset), .. }) => {
                if let Some(Entry { value: Node { value: Value::Table(own), .. }, .. }) = take(&mut preset, "dataset") {
                    add_missing(dataset, own);
                }
                found.push((name, preset));
            }
            Ok(_) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if let Value::Table(spec) = &mut root.value {
        found.into_iter().for_each(|preset| fill_sections(spec, preset, problems));
    }
}

fn datasets(root: &mut Node) -> impl Iterator<Item = &mut Node> {
    let items = match &mut root.value {
        Value::Table(table) => table.entries.iter_mut().find(|entry| entry.key == "datasets"),
        _ => None,
    };
    let items = match items.map(|entry| &mut entry.value.value) {
        Some(Value::List(items)) => Some(items),
        _ => None,
    };
    items.into_iter().flatten()
}

fn fill_sections(spec: &mut Table, (name, mut preset): (String, Table), problems: &mut Vec<Problem>) {
    for section in SECTIONS {
        let Some(entry) = take(&mut preset, section) else { continue };
        let there = spec.entries.iter_mut().find(|own| own.key == section);
        match (there.map(|own| &mut own.value), entry.value.value) {
            (None, value) => {
                let value = Node { value, span: entry.value.span };
                spec.entries.push(Entry { value, ..entry });
            }
            (Some(Node { value: Value::Table(own), .. }), Value::Table(settings)) => add_missing(own, settings),
            // What another preset has filled in must suit this one too.
            (Some(own), value) if own.span.source != 0 && plain(&own.value) != plain(&value) => {
                let problem = Problem::new(format!("the presets need different settings of `{section}` (`{name}`)"));
                problems.push(problem.help(format!("set `{section}`, or ask them in experiments of their own")));
            }
            _ => {}
        }
    }
}

/// A value without its place.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

pub(super) fn take(table: &mut Table, key: &str) -> Option<Entry> {
    let at = table.entries.iter().position(|entry| entry.key == key)?;
    Some(table.entries.remove(at))
}

fn add_missing(own: &mut Table, preset: Table) {
    for entry in preset.entries {
        if own.get(&entry.key).is_none() {
            own.entries.push(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{expand::Environment, load};
    use super::*;

    const REST: &str = "version: 1\nname: x\nendpoints: {e: {ollama: {}}}\nmodels: [{name: m, endpoint: e}]\n";

    fn problems(rest: &str) -> Vec<String> {
        let found = match load(Path::new("a.yaml"), format!("{REST}{rest}").as_bytes(), &Environment::new(), &[]) {
            Ok(document) => document.problems,
            Err(diagnosis) => diagnosis.problems,
        };
        found.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn every_preset_makes_a_spec() {
        for (name, text) in PRESETS {
            assert_eq!(problems(&format!("datasets: [{{preset: {name}}}]\n")), Vec::<String>::new(), "{name}");
            assert!(description(text).ends_with('.'), "{name}");
        }
    }

    #[test]
    fn what_the_spec_says_goes_before_the_preset() {
        let text = format!(
            "{REST}datasets: [{{preset: gsm8k, limit: 5, name: mine}}]\njudge: exact\ngeneration: {{seed: 7}}\n"
        );
        let spec = load(Path::new("a.yaml"), text.as_bytes(), &Environment::new(), &[]).unwrap().spec;
        assert_eq!((spec.datasets[0].name.as_deref(), spec.datasets[0].limit), (Some("mine"), Some(5)));
        assert_eq!((spec.generation.seed, spec.generation.max_tokens), (Some(7), Some(512)));
        assert!(matches!(spec.judge, super::super::types::JudgeSpec::Exact(_)));
    }

    #[test]
    fn what_presets_cannot_do_is_refused() {
        assert_eq!(problems("datasets: [{preset: gsm9k}]\n")[0], "unknown preset `gsm9k`");
        let found = problems("datasets: [{preset: mmlu}, {preset: aime}]\n");
        assert_eq!(found, ["the presets need different settings of `judge` (`aime`)"]);
        assert!(problems("datasets: [{preset: mmlu}, {preset: aime}]\njudge: choice\n").is_empty());
    }
}
