//! Presets: well-known datasets as parts of a spec, each in a file of `src/presets`.
//!
//! A preset fills in what the spec does not say: keys of its dataset, and the judge, prompt and generation.

use serde_json::Value as Json;

use super::diagnostic::{Problem, Source, suggestion};
use super::tree::{self, Node, Table, TableEntry, Value};

/// The presets, each with its text.
pub const PRESETS: [(&str, &str); 31] = [
    ("aime", include_str!("../presets/aime.yaml")),
    ("arc_challenge", include_str!("../presets/arc_challenge.yaml")),
    ("arc_easy", include_str!("../presets/arc_easy.yaml")),
    ("bbh", include_str!("../presets/bbh.yaml")),
    ("boolq", include_str!("../presets/boolq.yaml")),
    ("ceval", include_str!("../presets/ceval.yaml")),
    ("cmmlu", include_str!("../presets/cmmlu.yaml")),
    ("commonsenseqa", include_str!("../presets/commonsenseqa.yaml")),
    ("drop", include_str!("../presets/drop.yaml")),
    ("global_mmlu", include_str!("../presets/global_mmlu.yaml")),
    ("gpqa_diamond", include_str!("../presets/gpqa_diamond.yaml")),
    ("gsm8k", include_str!("../presets/gsm8k.yaml")),
    ("hellaswag", include_str!("../presets/hellaswag.yaml")),
    ("humaneval", include_str!("../presets/humaneval.yaml")),
    ("logiqa", include_str!("../presets/logiqa.yaml")),
    ("math_500", include_str!("../presets/math_500.yaml")),
    ("medmcqa", include_str!("../presets/medmcqa.yaml")),
    ("medqa", include_str!("../presets/medqa.yaml")),
    ("mmlu", include_str!("../presets/mmlu.yaml")),
    ("mmlu_pro", include_str!("../presets/mmlu_pro.yaml")),
    ("mmlu_redux", include_str!("../presets/mmlu_redux.yaml")),
    ("musr", include_str!("../presets/musr.yaml")),
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

/// True if a preset asks this split of a repository.
pub fn asks(repo: &str, split: &str) -> bool {
    let asks = |text: &str| {
        let preset: Json = serde_saphyr::from_str(text).ok()?;
        let hub = preset.pointer("/dataset/source/hub")?;
        Some(hub.get("repo")?.as_str()?.eq_ignore_ascii_case(repo) && hub.get("split")?.as_str()? == split)
    };
    PRESETS.iter().any(|(_, text)| asks(text) == Some(true))
}

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

/// Fills in the presets that datasets name: of a dataset alone those of the experiment, of several those of each dataset.
pub(super) fn fill(root: &mut Node, sources: &mut Vec<Source>, problems: &mut Vec<Problem>) {
    let is_alone = datasets(root).count() == 1;
    let experiment = match &root.value {
        Value::Table(spec) => spec.clone(),
        _ => return,
    };
    let mut found = Table::default();
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
                if let Some(TableEntry { value: Node { value: Value::Table(own), .. }, .. }) =
                    take(&mut preset, "dataset")
                {
                    add_missing(dataset, own);
                }
                if is_alone {
                    found = preset;
                } else {
                    fill_sections(dataset, preset, &experiment);
                }
            }
            Ok(_) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if let Value::Table(spec) = &mut root.value {
        fill_sections(spec, found, &Table::default());
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

/// Adds the sections of a preset to what has its own; what the experiment says goes before.
fn fill_sections(own: &mut Table, mut preset: Table, experiment: &Table) {
    for section in SECTIONS {
        let Some(mut entry) = take(&mut preset, section) else { continue };
        let said = experiment.get(section).map(|said| &said.value.value);
        match (&mut entry.value.value, said) {
            (Value::Table(settings), Some(Value::Table(said))) if section != "judge" => leave_out(settings, said),
            (_, Some(_)) => continue,
            (_, None) => {}
        }
        let there = own.entries.iter_mut().find(|own| own.key == section);
        match (there.map(|own| &mut own.value.value), entry.value.value) {
            (None, Value::Table(settings)) if settings.entries.is_empty() => {}
            (None, value) => {
                let value = Node { value, span: entry.value.span };
                own.entries.push(TableEntry { value, ..entry });
            }
            (Some(Value::Table(own)), Value::Table(mut settings)) if section != "judge" => {
                leave_out(&mut settings, own);
                own.entries.extend(settings.entries);
            }
            _ => {}
        }
    }
}

/// Leaves out what is said elsewhere; a template and a list of messages stand for each other.
fn leave_out(settings: &mut Table, said: &Table) {
    let is_said = |key: &str| said.get(key).is_some();
    let is_asked = is_said("template") || is_said("messages");
    settings.entries.retain(|entry| {
        let is_question = matches!(entry.key.as_str(), "template" | "messages");
        !(is_said(&entry.key) || is_question && is_asked)
    });
}

pub(super) fn take(table: &mut Table, key: &str) -> Option<TableEntry> {
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
    }

    #[test]
    fn each_of_several_presets_has_its_own_settings() {
        use super::super::types::JudgeSpec;
        let read = |rest: &str| {
            let text = format!(
                "{REST}datasets: [{{preset: mmlu}}, {{preset: aime, generation: {{seed: 1}}}}, {{source: {{file: {{path: q.csv}}}}}}]\n{rest}"
            );
            load(Path::new("a.yaml"), text.as_bytes(), &Environment::new(), &[]).unwrap().spec
        };
        let spec = read("generation: {top_k: 3}\n");
        let tokens = |at: usize| spec.datasets[at].generation.as_ref().and_then(|generation| generation.max_tokens);
        assert!(matches!(spec.datasets[0].judge, Some(JudgeSpec::Choice(_))));
        assert!(matches!(spec.datasets[1].judge, Some(JudgeSpec::Numeric(_))));
        assert_eq!((tokens(0), tokens(1), tokens(2)), (Some(Some(16)), Some(Some(8192)), None));
        assert_eq!((spec.generation.max_tokens, spec.datasets[2].judge.is_none()), (Some(128), true));
        let spec = read("generation: {max_tokens: 3}\njudge: exact\nprompt: {messages: [{role: user, content: a}]}\n");
        assert!(spec.datasets.iter().all(|dataset| dataset.judge.is_none() && dataset.prompt.is_none()));
        assert!(spec.datasets[0].generation.is_none() && spec.datasets[1].generation.is_some());
    }
}
