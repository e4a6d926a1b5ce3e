//! The names that numbers of a column stand for, as a dataset card states them (`class_label`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::card::front_matter;

/// The names of each column.
pub(super) type Labels = BTreeMap<String, Vec<String>>;

/// The part of a card's front matter that concerns columns.
#[derive(Deserialize)]
struct Card {
    dataset_info: Option<Value>,
}

/// The names by subset, then by column. A card that says nothing that can be read names nothing.
pub(super) fn labels(card: &str) -> BTreeMap<String, Labels> {
    // Most cards name nothing, and their front matter is long.
    let front = front_matter(card).filter(|front| front.contains("class_label"));
    let stated = front.and_then(|front| serde_saphyr::from_str::<Card>(front).ok()?.dataset_info);
    let subsets = match stated {
        Some(Value::Array(subsets)) => subsets,
        Some(subset) => vec![subset],
        None => Vec::new(),
    };
    let of_subset = |subset: &Value| {
        let name = subset.get("config_name").and_then(Value::as_str).unwrap_or("default").to_owned();
        let features = subset.get("features")?.as_array()?;
        Some((name, features.iter().filter_map(named).collect()))
    };
    subsets.iter().filter_map(of_subset).collect()
}

/// A column with its names, if it has any.
fn named(feature: &Value) -> Option<(String, Vec<String>)> {
    let column = feature.get("name")?.as_str()?.to_owned();
    let class = feature.pointer("/dtype/class_label").or_else(|| feature.get("class_label"))?;
    let names = match class.get("names")? {
        Value::Array(names) => names.iter().map(text).collect::<Option<Vec<String>>>()?,
        Value::Object(names) => in_order(names.iter().map(|(number, name)| Some((number.parse().ok()?, text(name)?))))?,
        _ => return None,
    };
    Some((column, names))
}

/// The names by their numbers, which have to be those from 0 on.
fn in_order(names: impl Iterator<Item = Option<(usize, String)>>) -> Option<Vec<String>> {
    let names: BTreeMap<usize, String> = names.collect::<Option<_>>()?;
    let is_whole = names.keys().copied().eq(0..names.len());
    is_whole.then(|| names.into_values().collect())
}

/// YAML reads some names as numbers or truth values.
fn text(name: &Value) -> Option<String> {
    match name {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(name.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_all_their_forms() {
        let card = "---
dataset_info:
- config_name: news
  features:
  - { name: text, dtype: string }
  - name: label
    dtype:
      class_label:
        names:
          '0': World
          '1': Sports
          '10': Ten
          '2': Two
          '3': a
          '4': b
          '5': c
          '6': d
          '7': e
          '8': f
          '9': 9
- features:
  - { name: old, class_label: { names: [neg, pos] } }
  - { name: gap, dtype: { class_label: { names: { 0: a, 2: b } } } }
---
";
        let labels = labels(card);
        assert_eq!(labels["news"]["label"][..3], ["World", "Sports", "Two"]);
        assert_eq!(labels["news"]["label"][9..], ["9", "Ten"]);
        assert_eq!(labels["default"], Labels::from([("old".into(), vec!["neg".into(), "pos".into()])]));
    }

    #[test]
    fn a_card_without_names_names_nothing() {
        for card in ["", "# Data", "---\n: [\n---\n", "---\ndataset_info: 3\n---\n", "---\nlicense: mit\n---\n"] {
            assert!(labels(card).is_empty(), "{card}");
        }
    }
}
