//! `vary` of a model: one model for each combination of settings, named by what differs.

use super::diagnostic::Problem;
use super::preset::take;
use super::source_span::SourceSpan;
use super::tree::{Node, Table, TableEntry, Value};
use super::variants;

/// Most models that one model becomes.
const MOST: usize = 100;

/// Puts each model with `vary` into as many models as it has combinations, and so its price.
pub(super) fn expand(root: &mut Node, problems: &mut Vec<Problem>) {
    variants::replace_models(root, |mut table, span| {
        let combinations = match take(&mut table, "vary") {
            Some(vary) => combinations(vary, problems),
            None => vec![Vec::new()],
        };
        combinations.iter().map(|settings| variant(&table, span, settings, problems)).collect()
    });
}

/// A setting, and whether it is in the name.
type Setting = (TableEntry, bool);

/// Every combination, the first setting changing last.
fn combinations(vary: TableEntry, problems: &mut Vec<Problem>) -> Vec<Vec<Setting>> {
    let Value::Table(table) = vary.value.value else {
        let problem = Problem::new("`vary` is a table of settings, each with a list of values");
        problems.push(problem.at(vary.value.span).help("write `vary: { temperature: [0, 0.7] }`"));
        return vec![Vec::new()];
    };
    let mut all: Vec<Vec<Setting>> = vec![Vec::new()];
    for TableEntry { key, key_span, value } in table.entries {
        let values = match value.value {
            Value::List(values) if !values.is_empty() => values,
            _ => {
                let problem = Problem::new(format!("`vary.{key}` needs a list of values"));
                problems.push(problem.at(value.span).help(format!("write `{key}: [first, second]`")));
                continue;
            }
        };
        if all.len().saturating_mul(values.len()) > MOST {
            let problem = Problem::new(format!("`vary` makes more than {MOST} models of one"));
            problems.push(problem.at(value.span).help("give it fewer values, or list the models"));
            return all;
        }
        let differs = values.len() > 1;
        let settings = values.into_iter().filter_map(|value| match word(&value.value) {
            Some(_) => Some((TableEntry { key: key.clone(), key_span: key_span.clone(), value }, differs)),
            None => {
                let problem = Problem::new(format!("a value of `vary.{key}` is {}", value.kind()));
                problems.push(problem.at(value.span).help("vary single values; list the models for others"));
                None
            }
        });
        let settings: Vec<Setting> = settings.collect();
        let with = |rest: &Vec<Setting>, setting: &Setting| [rest.as_slice(), std::slice::from_ref(setting)].concat();
        all = all
            .iter()
            .flat_map(|rest| settings.iter().map(|setting| with(rest, setting)).collect::<Vec<_>>())
            .collect();
    }
    all
}

/// A value as names show it.
fn word(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "default".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(_) | Value::Table(_) => return None,
    })
}

/// The model with these settings of its own.
fn variant(model: &Table, span: &SourceSpan, settings: &[Setting], problems: &mut Vec<Problem>) -> Node {
    let mut table = model.clone();
    let shown = settings.iter().filter(|(_, differs)| *differs);
    let shown: Vec<String> =
        shown.filter_map(|(entry, _)| Some(format!("{}={}", entry.key, word(&entry.value.value)?))).collect();
    if !shown.is_empty() {
        variants::rename(&mut table, &shown.join(" "));
    }
    for (setting, _) in settings {
        set(&mut table, setting, problems);
    }
    Node { value: Value::Table(table), span: span.clone() }
}

fn set(model: &mut Table, setting: &TableEntry, problems: &mut Vec<Problem>) {
    if model.get("generation").is_none() {
        let value = Node { value: Value::Table(Table::default()), span: setting.key_span.clone() };
        model.entries.push(TableEntry { key: "generation".to_owned(), key_span: setting.key_span.clone(), value });
    }
    let Some(Value::Table(generation)) = variants::value_of(model, "generation") else { return };
    if generation.get(&setting.key).is_some() {
        let problem = Problem::new(format!("`{}` is in `vary` and in `generation`", setting.key));
        problems.push(problem.at(setting.key_span.clone()).help("keep one of them"));
        return;
    }
    generation.entries.push(setting.clone());
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{expand::Environment, load};

    fn names_and_problems(model: &str) -> (Vec<String>, Vec<String>) {
        let text = format!(
            "version: 1\nname: x\ndatasets: [{{source: {{file: {{path: q.jsonl}}}}}}]\nendpoints: {{e: {{ollama: {{}}}}}}\n\
             models: [{model}, {{name: other, endpoint: e}}]\n"
        );
        match load(Path::new("a.yaml"), text.as_bytes(), &Environment::new(), &[]) {
            Ok(document) => (
                document.spec.models.iter().map(|model| model.label.as_ref().unwrap_or(&model.name).clone()).collect(),
                document.problems.into_iter().map(|problem| problem.message).collect(),
            ),
            Err(diagnosis) => (Vec::new(), diagnosis.problems.into_iter().map(|problem| problem.message).collect()),
        }
    }

    #[test]
    fn every_combination_is_a_model_named_by_what_differs() {
        let (names, problems) = names_and_problems(
            "{name: m, endpoint: e, vary: {think: [false, true], seed: [7], temperature: [0, 0.7]}}",
        );
        let expected = [
            "m think=false temperature=0",
            "m think=false temperature=0.7",
            "m think=true temperature=0",
            "m think=true temperature=0.7",
        ];
        assert_eq!((names[..4].to_vec(), problems), (expected.map(str::to_owned).to_vec(), Vec::new()));
        assert_eq!(names[4], "other");
        let (names, _) = names_and_problems("{name: m, label: L, endpoint: e, vary: {num_ctx: [null, 2048]}}");
        assert_eq!(names[..2], ["L num_ctx=default", "L num_ctx=2048"]);
    }

    #[test]
    fn what_cannot_vary_is_refused() {
        for (model, expected) in [
            ("{name: m, endpoint: e, vary: {temprature: [0, 1]}}", "unknown key `temprature`"),
            ("{name: m, endpoint: e, vary: {temperature: 0}}", "`vary.temperature` needs a list"),
            ("{name: m, endpoint: e, vary: {temperature: []}}", "`vary.temperature` needs a list"),
            ("{name: m, endpoint: e, vary: [1]}", "`vary` is a table"),
            ("{name: m, endpoint: e, vary: {stop: [[a], [b]]}}", "a value of `vary.stop` is a list"),
            (
                "{name: m, endpoint: e, generation: {seed: 1}, vary: {seed: [1, 2]}}",
                "`seed` is in `vary` and in `generation`",
            ),
            ("{name: m, endpoint: e, vary: {temperature: [0, hot]}}", "hot"),
        ] {
            let (_, problems) = names_and_problems(model);
            assert!(problems.iter().any(|problem| problem.contains(expected)), "{model}: {problems:?}");
        }
        let many: Vec<String> = (0..101).map(|seed| seed.to_string()).collect();
        let (_, problems) =
            names_and_problems(&format!("{{name: m, endpoint: e, vary: {{seed: [{}]}}}}", many.join(", ")));
        assert_eq!(problems, ["`vary` makes more than 100 models of one"]);
    }
}
