//! The walls between modules: what may import what, as `docs/architecture.md` lists it, and no files in circles.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use imports::{Module, Modules, without_comments, without_tests};
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
    without_tests(&without_comments(&fs::read_to_string(path).unwrap()))
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

#[test]
fn the_page_says_what_each_module_owns() {
    let page = fs::read_to_string(project().join("docs/architecture.md")).unwrap();
    let table = page.split("## The modules").nth(1).unwrap().split("\n## ").next().unwrap();
    let name = Regex::new(r"`(\w+)`").unwrap();
    let owners = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let listed: BTreeSet<String> =
        owners.flat_map(|cell| name.captures_iter(cell).map(|found| found[1].to_owned())).collect();
    assert_eq!(listed, modules().into_keys().collect());
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

/// The modules of this crate.
fn crate_modules() -> Modules {
    let source = project().join("src");
    let files = files(&source);
    Modules::of(files.iter().map(|file| (file.strip_prefix(&source).unwrap(), fs::read_to_string(file).unwrap())))
}

/// What the file of a folder, `mod.rs`, and the files and folders in it import from each other.
fn siblings(imports: &BTreeMap<Module, BTreeSet<Module>>, folder: &Module) -> Imports {
    let name = |module: &Module| {
        let below = module.strip_prefix(folder.as_slice())?;
        Some(below.first().map_or("mod", String::as_str).to_owned())
    };
    let mut siblings = Imports::new();
    for (module, others) in imports {
        let Some(me) = name(module) else { continue };
        let others = others.iter().filter_map(name).filter(|other| *other != me);
        siblings.entry(me.clone()).or_default().extend(others);
    }
    siblings
}

/// What is found in the folders of the crate, each with its name.
fn in_folders(find: impl Fn(Imports) -> Option<String>) -> Vec<String> {
    let modules = crate_modules();
    let imports = modules.imports();
    let found = |folder: Module| Some(format!("{}: {}", folder.join("/"), find(siblings(&imports, &folder))?));
    modules.folders().into_iter().filter_map(found).collect()
}

/// A circle of imports, if there is one.
fn circle(mut imports: Imports) -> Option<String> {
    // What imports nothing is in no circle, and then neither is what imports only that.
    let is_leaf = |imports: &Imports, name: &str| !imports[name].iter().any(|other| imports.contains_key(other));
    while let Some(leaf) = imports.keys().find(|name| is_leaf(&imports, name)).cloned() {
        imports.remove(&leaf);
    }
    let mut path = vec![imports.keys().next()?];
    loop {
        let next = imports[*path.last().unwrap()].iter().find(|other| imports.contains_key(*other)).unwrap();
        if let Some(start) = path.iter().position(|known| *known == next) {
            path.push(next);
            return Some(path[start..].iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" -> "));
        }
        path.push(next);
    }
}

#[test]
fn files_and_folders_of_a_folder_do_not_import_each_other_in_circles() {
    assert_eq!(in_folders(circle), [""; 0]);
}

#[test]
fn the_file_of_a_folder_imports_from_the_files_in_it_or_is_imported_by_them() {
    let both = |siblings: Imports| {
        let above: Vec<&String> =
            siblings.iter().filter(|(_, others)| others.contains("mod")).map(|(me, _)| me).collect();
        let below = siblings.get("mod").filter(|below| !below.is_empty() && !above.is_empty())?;
        Some(format!("mod.rs imports from {below:?} and is imported by {above:?}"))
    };
    assert_eq!(in_folders(both), [""; 0]);
}

#[test]
fn a_circle_is_found_wherever_it_begins() {
    let imports = |pairs: &[(&str, &str)]| {
        let mut imports = Imports::new();
        for (from, to) in pairs {
            imports.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        imports
    };
    assert_eq!(circle(imports(&[("a", "b"), ("b", "c"), ("a", "c")])), None);
    let found = circle(imports(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]));
    assert_eq!(found.as_deref(), Some("b -> c -> d -> b"));
}

/// A lock file, a manifest or a key without what could not be written would be worse than the error.
#[test]
fn what_cannot_be_serialized_is_an_error_and_not_left_out() {
    const ARGUMENTS: &str = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)";
    let excused = r"\s*\.\s*(?:ok|map_or|unwrap_or|unwrap_or_default|unwrap_or_else|map_or_else)\(";
    let excused =
        Regex::new(&format!(r"\b(?:serde_json|toml|serde_saphyr)::(?:\w+::)*to_\w+{ARGUMENTS}{excused}")).unwrap();
    let example = "serde_json::to_string(&Lock::of(plan, &all()))\n    .unwrap_or_default()";
    assert!(excused.is_match(example), "the pattern finds what it is for");
    let found = |path: &PathBuf| {
        let code = code(path);
        excused.find(&code).map(|found| format!("{}: {}", path.display(), found.as_str()))
    };
    assert_eq!(files(&project().join("src")).iter().filter_map(found).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn no_file_is_longer_than_a_subject() {
    /// Lines of a file, its tests left out.
    const MOST: usize = 400;
    let long = files(&project().join("src")).into_iter().filter(|file| code(file).lines().count() > MOST);
    assert_eq!(long.collect::<Vec<_>>(), [""; 0].map(PathBuf::from));
}
