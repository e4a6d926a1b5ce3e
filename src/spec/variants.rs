//! Models of a spec that become several: their names and prices.

use super::preset::take;
use super::source_span::SourceSpan;
use super::tree::{Node, Table, TableEntry, Value};

/// Replaces each model by its variants; the price of a model becomes that of each of them.
pub(super) fn replace_models(root: &mut Node, mut variants: impl FnMut(Table, &SourceSpan) -> Vec<Node>) {
    let Value::Table(spec) = &mut root.value else { return };
    let Some(Value::List(models)) = value_of(spec, "models") else { return };
    let mut renamed: Vec<(String, Vec<String>)> = Vec::new();
    let mut replaced = Vec::with_capacity(models.len());
    for model in std::mem::take(models) {
        let Node { value: Value::Table(table), span } = model else {
            replaced.push(model);
            continue;
        };
        let name = text_of(&table, "name");
        let own = variants(table, &span);
        let names = own.iter().filter_map(|variant| match &variant.value {
            Value::Table(table) => text_of(table, "name"),
            _ => None,
        });
        renamed.extend(name.map(|name| (name, names.collect())));
        replaced.extend(own);
    }
    *models = replaced;
    let prices = value_of(spec, "pricing").and_then(|pricing| match pricing {
        Value::Table(pricing) => value_of(pricing, "models"),
        _ => None,
    });
    if let Some(Value::Table(prices)) = prices {
        renamed.into_iter().for_each(|(name, variants)| price(prices, &name, &variants));
    }
}

/// A price of a model is that of each of its variants.
fn price(prices: &mut Table, name: &str, variants: &[String]) {
    if variants.len() == 1 && variants[0] == name {
        return;
    }
    if let Some(price) = take(prices, name) {
        let missing: Vec<&String> = variants.iter().filter(|variant| prices.get(variant).is_none()).collect();
        prices.entries.extend(missing.into_iter().map(|variant| TableEntry { key: variant.clone(), ..price.clone() }));
    }
}

/// Adds to a model's name and label what tells it from its other variants; its endpoint knows it by the name that it had.
pub(super) fn rename(model: &mut Table, difference: &str) {
    let name = model.get("name").cloned();
    if let Some(name) = name.filter(|_| model.get("model").is_none()) {
        model.entries.push(TableEntry { key: "model".to_owned(), ..name });
    }
    for key in ["name", "label"] {
        if let Some(Value::Text(text)) = value_of(model, key) {
            *text = format!("{text} {difference}");
        }
    }
}

/// The value of a key, to be changed.
pub(super) fn value_of<'t>(table: &'t mut Table, key: &str) -> Option<&'t mut Value> {
    table.entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value.value)
}

fn text_of(table: &Table, key: &str) -> Option<String> {
    match table.get(key).map(|entry| &entry.value.value) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}
