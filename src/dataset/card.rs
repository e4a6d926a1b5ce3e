//! The dataset card: the subsets, splits and files that its `configs` declare.

use glob::{MatchOptions, Pattern};
use serde::Deserialize;
use serde_json::Value;

use super::catalog::{Catalog, Split, Subset};
use super::format::Format;
use super::layout;

/// The part of a card's front matter that concerns files.
#[derive(Deserialize)]
struct Card {
    #[serde(default)]
    configs: Vec<Config>,
}

#[derive(Deserialize)]
struct Config {
    config_name: Option<String>,
    data_files: Option<Value>,
    data_dir: Option<String>,
    #[serde(default)]
    default: bool,
}

/// The catalog that a card declares; `None` if it declares none.
pub(super) fn catalog(card: &str, files: &[String]) -> Result<Option<Catalog>, String> {
    let Some(front) = front_matter(card) else { return Ok(None) };
    // Without this key the front matter is irrelevant, and so are its errors.
    if !front.lines().any(|line| line.starts_with("configs:")) {
        return Ok(None);
    }
    let card: Card = serde_saphyr::from_str(front).map_err(|error| first_line(&error.to_string()))?;
    if card.configs.is_empty() {
        return Ok(None);
    }
    let subsets = card.configs.into_iter().map(|config| subset(config, files)).collect::<Result<_, _>>()?;
    Ok(Some(Catalog { subsets }))
}

/// What stands between the lines of dashes at the start of a card.
pub(super) fn front_matter(card: &str) -> Option<&str> {
    let card = card.trim_start_matches('\u{feff}');
    let body = card.strip_prefix("---\n").or_else(|| card.strip_prefix("---\r\n"))?;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some(&body[..at]);
        }
        at += line.len();
    }
    None
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn subset(config: Config, files: &[String]) -> Result<Subset, String> {
    let name = config.config_name.unwrap_or_else(|| "default".to_owned());
    let folder = config.data_dir.as_deref().map(|folder| folder.trim_matches('/')).filter(|folder| *folder != ".");
    let splits = match &config.data_files {
        Some(declared) => declared_splits(declared)
            .ok_or_else(|| format!("`data_files` of config `{name}` is neither a path, a list nor a mapping"))?
            .into_iter()
            .map(|(split, patterns)| matched(split, patterns, folder, files))
            .collect::<Result<_, _>>()?,
        None => layout::splits_below(folder.unwrap_or_default(), files),
    };
    Ok(Subset { name, is_default: config.default, splits })
}

/// The forms of `data_files`: a path, a list of paths, a list of `{split, path}`, or paths by split.
fn declared_splits(declared: &Value) -> Option<Vec<(String, Vec<String>)>> {
    let whole = |patterns| vec![("train".to_owned(), patterns)];
    match declared {
        Value::String(_) => paths(declared).map(whole),
        Value::Array(items) if items.iter().all(Value::is_string) => paths(declared).map(whole),
        Value::Array(items) => {
            items.iter().map(|item| Some((scalar(item.get("split")?)?, paths(item.get("path")?)?))).collect()
        }
        Value::Object(by_split) => {
            by_split.iter().map(|(split, patterns)| Some((split.clone(), paths(patterns)?))).collect()
        }
        _ => None,
    }
}

fn paths(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(scalar).collect(),
        one => Some(vec![scalar(one)?]),
    }
}

/// YAML reads an unquoted `2024` as a number, but here it is a name.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn matched(name: String, patterns: Vec<String>, folder: Option<&str>, files: &[String]) -> Result<Split, String> {
    let patterns: Vec<String> = match folder {
        Some(folder) => patterns.iter().map(|pattern| format!("{folder}/{pattern}")).collect(),
        None => patterns,
    };
    let mut found: Vec<String> = Vec::new();
    for pattern in &patterns {
        let matches = matcher(pattern)?;
        found.extend(files.iter().filter(|file| matches(file)).cloned());
    }
    found.sort();
    found.dedup();
    let (files, mut unreadable): (Vec<_>, Vec<_>) = found.into_iter().partition(|file| Format::of(file).is_some());
    unreadable.retain(|file| !file.to_lowercase().ends_with(".md"));
    Ok(Split { name, files, patterns, unreadable })
}

/// Globs as in the Hub's own tools: `*` does not cross folders, and a plain folder selects its contents.
fn matcher(pattern: &str) -> Result<impl Fn(&str) -> bool, String> {
    const OPTIONS: MatchOptions =
        MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
    let plain = pattern.trim_start_matches("./").trim_end_matches('/').to_owned();
    let compiled = Pattern::new(&plain).map_err(|error| format!("`{pattern}` is not a valid glob: {error}"))?;
    let below = format!("{plain}/");
    Ok(move |file: &str| compiled.matches_with(file, OPTIONS) || file.starts_with(&below))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<String> {
        [
            "README.md",
            "abstract_algebra/dev-00000-of-00001.parquet",
            "abstract_algebra/test-00000-of-00002.parquet",
            "abstract_algebra/test-00001-of-00002.parquet",
            "data/deep/more.parquet",
            "data/rows.parquet",
            "extra.jsonl",
            "old.zip",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn read(configs: &str) -> Catalog {
        let card = format!("---\nlicense: mit\nconfigs:\n{configs}\n---\n# Card\n---\nconfigs: no\n");
        catalog(&card, &files()).unwrap().unwrap()
    }

    fn found<'a>(catalog: &'a Catalog, subset: &str, split: &str) -> &'a [String] {
        let asked = [subset.to_owned()];
        &catalog.files("o/n", Some(&asked), split).unwrap()[0].1.files
    }

    #[test]
    fn splits_with_globs_are_found() {
        let catalog = read(
            "- config_name: abstract_algebra\n  data_files:\n  - { split: test, path: abstract_algebra/test-* }\n\
             \x20 - { split: dev, path: [abstract_algebra/dev-*] }\n",
        );
        let test = found(&catalog, "abstract_algebra", "test");
        assert_eq!(test, &files()[2..4]);
        assert_eq!(found(&catalog, "abstract_algebra", "dev"), &files()[1..2]);
    }

    #[test]
    fn every_form_of_data_files_is_read() {
        for (form, expected) in [
            ("data_files: data/*.parquet", vec!["data/rows.parquet"]),
            ("data_files: data/**/*.parquet", vec!["data/deep/more.parquet", "data/rows.parquet"]),
            ("data_files: [extra.jsonl, data/rows.parquet]", vec!["data/rows.parquet", "extra.jsonl"]),
            ("data_files: { train: extra.jsonl }", vec!["extra.jsonl"]),
            ("data_files: data/**", vec!["data/deep/more.parquet", "data/rows.parquet"]),
            ("data_files: ./extra.jsonl", vec!["extra.jsonl"]),
            ("data_files: data", vec!["data/deep/more.parquet", "data/rows.parquet"]),
            ("data_dir: data\n  data_files: rows.*", vec!["data/rows.parquet"]),
        ] {
            let catalog = read(&format!("- config_name: 2024\n  {form}"));
            assert_eq!(found(&catalog, "2024", "train"), expected, "{form}");
        }
        let by_layout = read("- config_name: algebra\n  data_dir: abstract_algebra");
        assert_eq!(found(&by_layout, "algebra", "test").len(), 2);
    }

    #[test]
    fn a_marked_default_and_a_missing_name_are_read() {
        let catalog = read("- config_name: one\n  data_files: extra.jsonl\n- default: true\n  data_files: extra.jsonl");
        assert_eq!(catalog.subsets[1].name, "default");
        assert!(catalog.subsets[1].is_default);
    }

    #[test]
    fn files_that_are_not_rows_are_named() {
        let catalog = read("- config_name: old\n  data_files: '*.zip'");
        assert_eq!(catalog.subsets[0].splits[0].unreadable, ["old.zip"]);
        let error = catalog.files("o/n", None, "train").unwrap_err();
        assert!(error.to_string().ends_with("`old.zip` has an unsupported format"), "{error}");
    }

    #[test]
    fn a_card_without_configs_declares_nothing() {
        for card in [
            "# Card",
            "---\nlicense: mit\n---\n",
            "---\nlicense: [mit\n---\n",
            "---\nconfigs: []\n---\n",
            "---\nconfigs:",
        ] {
            assert_eq!(catalog(card, &files()).unwrap(), None, "{card}");
        }
    }

    #[test]
    fn broken_configs_are_an_error() {
        assert!(catalog("---\nconfigs: [\n---\n", &files()).is_err());
        assert!(catalog("---\nconfigs:\n- config_name: x\n  data_files: 3.5.{\n---\n", &files()).is_ok());
        assert!(catalog("---\nconfigs:\n- data_files: 'a/**b'\n---\n", &files()).is_err());
    }
}
