//! The walls between modules: what may import what, as `docs/architecture.md` lists it, and no files in circles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// What a module or file imports, by its name.
type Imports = BTreeMap<String, BTreeSet<String>>;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The code of a file without comments and tests; nothing of one that is only for tests.
fn code(path: &Path) -> String {
    let name = path.file_stem().unwrap().to_str().unwrap();
    if name.ends_with("tests") || ["fixture", "fake_hub"].contains(&name) {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let of = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(of).filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

/// What each module of the crate imports from others.
fn modules() -> Imports {
    let source = project().join("src");
    let import = Regex::new(r"\bcrate::(\w+)").unwrap();
    let mut imports = Imports::new();
    for file in files(&source) {
        let first = file.strip_prefix(&source).unwrap().iter().next().unwrap().to_str().unwrap();
        let module = first.trim_end_matches(".rs").to_owned();
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let code = code(&file);
        let others = import.captures_iter(&code).map(|found| found[1].to_owned()).filter(|other| *other != module);
        imports.entry(module.clone()).or_default().extend(others);
    }
    imports
}

/// The floor of each module, from the table of the page.
fn floors() -> BTreeMap<String, u32> {
    let page = fs::read_to_string(project().join("docs/architecture.md")).unwrap();
    let row = Regex::new(r"(?m)^\| (\d+) \| (.*) \|$").unwrap();
    let name = Regex::new(r"`(\w+)`").unwrap();
    let mut floors = BTreeMap::new();
    for found in row.captures_iter(&page) {
        let floor = found[1].parse().unwrap();
        floors.extend(name.captures_iter(&found[2]).map(|name| (name[1].to_owned(), floor)));
    }
    floors
}

#[test]
fn a_module_imports_from_lower_floors_only() {
    let (modules, floors) = (modules(), floors());
    let (known, there): (BTreeSet<_>, BTreeSet<_>) = (floors.keys().collect(), modules.keys().collect());
    assert_eq!(known, there, "the table of docs/architecture.md has a floor for each module");
    let mut upwards = Vec::new();
    for (module, imports) in &modules {
        for other in imports.iter().filter(|other| floors[*other] >= floors[module]) {
            upwards.push(format!("{module} (floor {}) imports {other} (floor {})", floors[module], floors[other]));
        }
    }
    assert_eq!(upwards, [""; 0]);
}

/// What the files of a folder import from each other; `mod.rs`, which declares them, left out.
fn siblings(folder: &Path) -> Imports {
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let names: BTreeSet<String> = entries(folder).iter().map(|path| name(path)).collect();
    let path: Vec<_> = folder.strip_prefix(project().join("src")).unwrap().iter().collect();
    let path = path.iter().map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("::");
    let single = Regex::new(&format!(r"\b(?:super|crate::{path})::(\w+)")).unwrap();
    let listed = Regex::new(r"use super::\{([^;]*)\};").unwrap();
    let word = Regex::new(r"\w+").unwrap();
    let rust = |path: &&PathBuf| path.extension().is_some_and(|end| end == "rs");
    let mut imports = Imports::new();
    for file in entries(folder).iter().filter(rust) {
        let (me, code) = (name(file), code(file));
        if ["mod", "lib", "main"].contains(&me.as_str()) {
            continue;
        }
        let mut found: BTreeSet<String> = single.captures_iter(&code).map(|found| found[1].to_owned()).collect();
        for list in listed.captures_iter(&code) {
            found.extend(word.find_iter(&list[1]).map(|word| word.as_str().to_owned()));
        }
        found.retain(|other| names.contains(other) && *other != me);
        imports.insert(me, found);
    }
    imports
}

/// A circle that begins and ends with a file, if there is one.
fn circle(imports: &Imports, path: &mut Vec<String>) -> Option<String> {
    for next in imports.get(path.last().unwrap()).into_iter().flatten() {
        if *next == path[0] {
            return Some(format!("{} -> {next}", path.join(" -> ")));
        }
        if path.contains(next) {
            continue;
        }
        path.push(next.clone());
        let found = circle(imports, path);
        path.pop();
        if found.is_some() {
            return found;
        }
    }
    None
}

#[test]
fn files_of_a_folder_do_not_import_each_other_in_circles() {
    let source = project().join("src");
    let mut folders: BTreeSet<PathBuf> = files(&source).iter().map(|file| file.parent().unwrap().to_owned()).collect();
    folders.remove(&source);
    let mut circles = Vec::new();
    for folder in folders {
        let imports = siblings(&folder);
        let found = imports.keys().filter_map(|file| circle(&imports, &mut vec![file.clone()]));
        circles.extend(found.map(|circle| format!("{}: {circle}", folder.display())));
    }
    assert_eq!(circles, [""; 0]);
}

#[test]
fn no_file_is_longer_than_a_subject() {
    /// Lines of a file, its tests left out.
    const MOST: usize = 400;
    let long = files(&project().join("src")).into_iter().filter(|file| code(file).lines().count() > MOST);
    assert_eq!(long.collect::<Vec<_>>(), [""; 0].map(PathBuf::from));
}
