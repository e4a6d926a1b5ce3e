//! What the documentation shows: every spec in it validates, every command in it runs, and every link leads somewhere.
//!
//! A block with a file name after its language is that file. A block of YAML without one is a part of a spec. In a block
//! of `console`, every line of `$ smallbench` is run in the folder of the page's files, with servers of the test in place
//! of those that the page names. Commands that are shown in another way are held against what the program takes.

mod claims;
mod commands;
mod page;
pub(crate) mod stage;

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::bench::{Bench, questions};
use page::{anchors, blocks, pages};
use stage::Stage;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn documentation() -> Vec<PathBuf> {
    let mut found = pages(&project().join("docs"));
    found.extend(
        ["README.md", "CONTRIBUTING.md", "experiments/README.md", "experiments/quickstart.md"]
            .map(|name| project().join(name)),
    );
    found
}

/// The rest of a spec, for a part that lacks it.
const REST: [(&str, &str); 6] = [
    ("version", "1"),
    ("name", "part"),
    ("datasets", "[{ source: { file: { path: questions.jsonl } } }]"),
    ("endpoints", "{ local: { ollama: { api: chat } }, hosted: { openai: { url: \"http://127.0.0.1:1/v1\" } } }"),
    ("models", "[{ name: small, endpoint: local }, { name: own, endpoint: hosted }]"),
    ("pricing", "{ models: { small: { input: 1, output: 1 }, own: { input: 1, output: 1 } } }"),
];

/// A part of a spec with what it lacks. A second value of a key, which stands for another example, is left out.
fn completed(part: &str) -> String {
    let mut keys: Vec<&str> = Vec::new();
    let mut is_kept = true;
    let mut text = String::new();
    for line in part.lines() {
        if let Some((key, _)) = line.split_once(':').filter(|(key, _)| !key.starts_with([' ', '#', '-'])) {
            is_kept = !keys.contains(&key);
            keys.push(key);
        }
        if is_kept {
            text += line;
            text.push('\n');
        }
    }
    // Prices are those of the models here.
    let is_lacking = |key: &str| !keys.contains(&key) && (key != "pricing" || !keys.contains(&"models"));
    let lacking = REST.iter().filter(|(key, _)| is_lacking(key));
    lacking.fold(text, |text, (key, value)| format!("{text}{key}: {value}\n"))
}

#[test]
fn every_spec_in_the_documentation_validates() {
    let (mut count, mut faults) = (0, Vec::new());
    for path in documentation() {
        let bench = Bench::empty();
        for name in ["questions.jsonl", "essays.jsonl", "problems.jsonl", "examples.jsonl", "data/weather.jsonl"] {
            bench.write(&format!("experiments/{name}"), questions(8));
        }
        for name in ["base.yaml", "prices.lock", "release.csv", "labels.jsonl", "judge.py"] {
            bench.write(&format!("experiments/{name}"), stage::file(name));
        }
        bench.write("outputs/release/results.csv", stage::file("release.csv"));
        for block in blocks(&path).into_iter().filter(|block| block.language == "yaml" && block.file.is_none()) {
            bench.write("experiments/part.yaml", completed(&block.text));
            let found = bench.run_with(&["validate", "experiments/part.yaml"], &stage::KEYS);
            if found.code != Some(0) {
                faults.push(format!("{}:{}\n{}", path.display(), block.line, found.stderr));
            }
            count += 1;
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 20, "only {count} blocks were found");
}

#[cfg(unix)]
#[test]
fn every_command_in_the_documentation_runs() {
    let folders = ["README.md", "docs/tutorial.md", "docs/howto"].map(|name| project().join(name));
    let paths = folders.iter().flat_map(|path| if path.is_dir() { pages(path) } else { vec![path.clone()] });
    let (mut count, mut faults) = (0, Vec::new());
    for path in paths {
        let (ran, wrong) = plays(&path, &Stage::new());
        count += ran;
        faults.extend(wrong);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 40, "only {count} commands were found");
}

/// Pages that speak of runs which were made before.
#[cfg(unix)]
#[test]
fn every_command_about_results_runs() {
    let (mut count, mut faults) = (0, Vec::new());
    for name in ["comparing.md", "report.md"] {
        let (ran, wrong) = plays(&project().join("docs").join(name), &Stage::lived_in());
        count += ran;
        faults.extend(wrong);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 10, "only {count} commands were found");
}

/// Runs the commands of a page; the result is how many it ran, and what is wrong with them.
#[cfg(unix)]
fn plays(path: &Path, stage: &Stage) -> (usize, Vec<String>) {
    let (mut count, mut faults) = (0, Vec::new());
    for block in blocks(path) {
        if block.language != "console" {
            block.file.iter().for_each(|name| stage.has(name, &block.text));
            continue;
        }
        let (ran, wrong) = stage.plays(&block.text);
        count += ran;
        faults.extend(wrong.into_iter().map(|fault| format!("{}:{}: {fault}", path.display(), block.line)));
    }
    (count, faults)
}

#[test]
fn every_command_that_a_page_shows_is_one_of_the_program() {
    let stage = Stage::new();
    let written = ["deploy", "benches", "schemas"].map(|name| pages(&project().join(name))).concat();
    let paths =
        documentation().into_iter().chain(written).filter(|path| !path.starts_with(project().join("docs/reference")));
    let (mut count, mut faults) = (0, Vec::new());
    for path in paths {
        for arguments in commands::shown(&path) {
            count += 1;
            faults.extend(stage.takes(&arguments).err().map(|fault| format!("{}: {fault}", path.display())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 150, "only {count} commands were found");
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let mut dead = Vec::new();
    for path in documentation() {
        let text = fs::read_to_string(&path).unwrap();
        for target in link.captures_iter(&text).map(|found| found.get(1).unwrap().as_str()) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let place = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let is_here = !target.contains("://") && !target.starts_with("mailto:");
            let is_a_heading = || anchor.is_empty() || anchors(&place).iter().any(|found| found == anchor);
            if is_here && (!place.exists() || !is_a_heading()) {
                dead.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert_eq!(dead, [""; 0]);
}

/// Whether a file is part of the package: the last pattern that matches it decides, as in a `.gitignore`.
fn is_packed(file: &Path, excluded: &[String]) -> bool {
    let is_of = |pattern: &str| {
        let pattern = glob::Pattern::new(pattern.trim_end_matches('/')).unwrap();
        file.ancestors().any(|path| pattern.matches_path(path))
    };
    let decided = excluded.iter().rev().find(|pattern| is_of(pattern.trim_start_matches('!')));
    decided.is_none_or(|pattern| pattern.starts_with('!'))
}

#[test]
fn every_picture_and_page_that_the_readme_leads_to_is_in_the_package() {
    let manifest: toml::Value = toml::from_str(&fs::read_to_string(project().join("Cargo.toml")).unwrap()).unwrap();
    let excluded = manifest["package"]["exclude"].as_array().unwrap();
    let excluded: Vec<String> = excluded.iter().map(|pattern| pattern.as_str().unwrap().to_owned()).collect();
    assert!(!is_packed(Path::new("outputs/other/report.html"), &excluded), "other results stay out of the package");
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let link = Regex::new(r"\]\(([^)\s#:]+)(?:#[^)]*)?\)").unwrap();
    let files: Vec<&Path> =
        link.captures_iter(&readme).map(|found| Path::new(found.get(1).unwrap().as_str())).collect();
    let missing: Vec<&&Path> = files.iter().filter(|file| !is_packed(file, &excluded)).collect();
    assert_eq!(missing, Vec::<&&Path>::new());
    assert!(files.len() > 10, "only {} links were found", files.len());
}

#[test]
fn every_file_of_the_project_that_a_page_names_exists() {
    let named = Regex::new(r"`((?:src|tests|benches|docs|schemas|deploy|\.ci|\.github)/[^`\s]+)`").unwrap();
    // A name to fill in, or a pattern.
    let is_form = |name: &str| name.contains("NAME") || name.contains('*');
    let (mut count, mut missing) = (0, Vec::new());
    for path in documentation() {
        let text = fs::read_to_string(&path).unwrap();
        for name in named.captures_iter(&text).map(|found| found.get(1).unwrap().as_str()) {
            count += 1;
            if !is_form(name) && !project().join(name).exists() {
                missing.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert_eq!(missing, [""; 0]);
    assert!(count > 80, "only {count} names were found");
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = fs::read_to_string(project().join("docs/SUMMARY.md")).unwrap();
    let listed = |path: &PathBuf| {
        let name = path.strip_prefix(project().join("docs")).unwrap().to_str().unwrap().to_owned();
        name == "SUMMARY.md" || summary.contains(&format!("({name})"))
    };
    let missing: Vec<PathBuf> = pages(&project().join("docs")).into_iter().filter(|path| !listed(path)).collect();
    assert_eq!(missing, Vec::<PathBuf>::new());
}
