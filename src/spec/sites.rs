//! `sites` of an experiment: each model is measured at each of them, as a model of its own.

use super::tree::{Node, Table, TableEntry, Value};
use super::variants;

/// Puts each model without a `site` of its own at every site; its name says which, where there are several.
pub(super) fn expand(root: &mut Node) {
    let sites = sites(root);
    if sites.is_empty() {
        return;
    }
    variants::replace_models(root, |table, span| {
        if table.get("site").is_some() {
            return vec![Node { value: Value::Table(table), span: span.clone() }];
        }
        let at =
            |site: &TableEntry| Node { value: Value::Table(placed(&table, site, sites.len() > 1)), span: span.clone() };
        sites.iter().map(at).collect()
    });
}

/// The sites, each as the entry `site` of a model. A value that is no name is left to the reading of the types.
fn sites(root: &Node) -> Vec<TableEntry> {
    let Value::Table(spec) = &root.value else { return Vec::new() };
    let Some(TableEntry { key_span, value: Node { value: Value::List(names), .. }, .. }) = spec.get("sites") else {
        return Vec::new();
    };
    let names = names.iter().filter(|name| matches!(name.value, Value::Text(_)));
    names.map(|name| TableEntry { key: "site".to_owned(), key_span: key_span.clone(), value: name.clone() }).collect()
}

fn placed(model: &Table, site: &TableEntry, is_named: bool) -> Table {
    let mut table = model.clone();
    if let (true, Value::Text(name)) = (is_named, &site.value.value) {
        variants::rename(&mut table, &format!("@ {name}"));
    }
    table.entries.push(site.clone());
    table
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{expand::Environment, load};

    fn models(extra: &str, models: &str) -> Vec<String> {
        let text = format!(
            "version: 1\nname: x\ndatasets: [{{source: {{file: {{path: q.jsonl}}}}}}]\nendpoints: {{e: {{ollama: {{}}}}}}\n\
             models: [{models}]\n{extra}\n"
        );
        let document = load(Path::new("a.yaml"), text.as_bytes(), &Environment::new(), &[]).unwrap();
        assert_eq!(document.problems, Vec::new());
        let priced = |name: &str| document.spec.pricing.as_ref().is_some_and(|prices| prices.models.contains_key(name));
        let shown = document.spec.models.iter().map(|model| {
            let parts = [Some(&*model.name), model.model.as_deref(), model.label.as_deref(), model.site.as_deref()];
            let parts: Vec<&str> = parts.into_iter().map(Option::unwrap_or_default).collect();
            format!("{}{}", parts.join("|"), if priced(&model.name) { "|priced" } else { "" })
        });
        shown.collect()
    }

    #[test]
    fn every_model_is_measured_at_every_site() {
        let pricing = "pricing: {currency: USD, models: {m: {input: 1, output: 1}}}";
        let found = models(
            &format!("sites: [laptop, desktop]\n{pricing}"),
            "{name: m, label: L, endpoint: e}, {name: o, model: x, endpoint: e, site: phone}",
        );
        let expected =
            ["m @ laptop|m|L @ laptop|laptop|priced", "m @ desktop|m|L @ desktop|desktop|priced", "o|x||phone"];
        assert_eq!(found, expected);
    }

    #[test]
    fn one_site_changes_no_name() {
        assert_eq!(
            models("sites: [laptop]", "{name: m, endpoint: e, vary: {seed: [1, 2]}}"),
            ["m seed=1|m||laptop", "m seed=2|m||laptop"]
        );
        assert_eq!(models("", "{name: m, endpoint: e}"), ["m|||"]);
        assert_eq!(models("sites: []", "{name: m, endpoint: e}"), ["m|||"]);
    }
}
