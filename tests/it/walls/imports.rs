//! What the files of a crate import from each other, read from their text.
//!
//! An import is counted where the item is defined: one that is found through a `pub use` is an import of the file behind it,
//! and the `pub use` itself is none as long as the code of its file does not use the name. What a `pub use` of `*` brings in
//! counts as defined where that stands. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new(concat!("(?-u)", $pattern)).unwrap());
    };
}

pattern!(USE, r"(?m)^\s*(pub )?use ([\w:{},*\s]+);");
pattern!(MODULE, r"(?m)^\s*(pub )?mod \w+;");
pattern!(PATH, r"\b(?:\w+::)+\w+");
pattern!(VISIBILITY, r"\bpub\([a-z: ]+\)");
pattern!(TESTS, r"#\[cfg\((?:test|all\(test, \w+\))\)\]\n(?:pub(?:\([a-z: ]+\))? )?mod \w+ \{");
pattern!(ONLY_FOR_TESTS, r"#\[cfg\(test\)\]\n\s*(?:pub(?:\([a-z: ]+\))? )?(?:use [\w:{},*\s]+|mod \w+);");

/// A module by the names that lead to it from the root of the crate, which has none.
pub(super) type Module = Vec<String>;

/// The modules of a crate. Each has one file: `a/b.rs`, or `a/b/mod.rs`.
#[derive(Default)]
pub(super) struct Modules(BTreeMap<Module, Source>);

/// What the file of a module says.
struct Source {
    uses: Vec<Use>,
    /// The rest of its code.
    code: String,
}

/// A name that a `use` brings in, and the path behind it; `*` for all names.
struct Use {
    path: Vec<String>,
    name: String,
    is_public: bool,
}

impl Modules {
    /// The modules of these files; their paths start at the folder of the crate's source.
    pub(super) fn of<'f>(files: impl IntoIterator<Item = (&'f Path, String)>) -> Self {
        let files = files.into_iter().filter(|(path, _)| !is_of_tests(path));
        Self(files.map(|(path, text)| (module(path), Source::of(&text))).collect())
    }

    /// The modules that contain others.
    pub(super) fn folders(&self) -> BTreeSet<Module> {
        self.0.keys().filter_map(|module| Some(module.split_last()?.1.to_vec())).collect()
    }

    /// What each module imports, but not from itself.
    pub(super) fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let imported = |module: &Module, source: &Source| {
            let paths = source.paths();
            paths.iter().filter_map(|path| self.origin(module, path)).filter(|other| other != module).collect()
        };
        self.0.iter().map(|(module, source)| (module.clone(), imported(module, source))).collect()
    }

    /// The module whose file defines what a path names in a module; nothing if that is in another crate.
    fn origin(&self, from: &[String], path: &[String]) -> Option<Module> {
        let mut module = from.to_vec();
        let mut rest = path;
        let mut is_own = false;
        while let Some((name, behind)) = rest.split_first() {
            let child = [module.as_slice(), std::slice::from_ref(name)].concat();
            match name.as_str() {
                "crate" => module.clear(),
                "super" => {
                    module.pop();
                }
                "self" => {}
                _ if self.0.contains_key(&child) => module = child,
                _ => match self.0.get(&module)?.uses.iter().find(|used| used.name == *name && used.path[0] != *name) {
                    Some(used) => return self.origin(&module, &[used.path.as_slice(), behind].concat()),
                    None => break,
                },
            }
            (rest, is_own) = (behind, true);
        }
        is_own.then_some(module)
    }
}

impl Source {
    fn of(text: &str) -> Self {
        let code = without_tests(&without_comments(text));
        // `pub(in crate::a)` imports nothing.
        let code = VISIBILITY.replace_all(&code, "pub");
        let mut uses = Vec::new();
        for found in USE.captures_iter(&code) {
            let is_public = found.get(1).is_some();
            add_tree(&[], &found[2], &mut |path, name| uses.push(Use { path, name, is_public }));
        }
        let code = MODULE.replace_all(&USE.replace_all(&code, ""), "").into_owned();
        Self { uses, code }
    }

    /// The paths that its code names, those of a `pub use` only where the code uses the name.
    fn paths(&self) -> Vec<Vec<String>> {
        let words: BTreeSet<&str> =
            Regex::new(r"\w+").unwrap().find_iter(&self.code).map(|word| word.as_str()).collect();
        let is_used = |used: &&Use| !used.is_public || words.contains(used.name.as_str());
        let mut paths: Vec<Vec<String>> = self.uses.iter().filter(is_used).map(|used| used.path.clone()).collect();
        paths.extend(PATH.find_iter(&self.code).map(|path| path.as_str().split("::").map(str::to_owned).collect()));
        paths
    }
}

/// True for what only tests use.
fn is_of_tests(path: &Path) -> bool {
    let names = path.with_extension("");
    let mut names = names.iter().map(|name| name.to_str().unwrap());
    names.any(|name| name.ends_with("tests") || ["fixture", "fake_hub"].contains(&name))
}

fn module(path: &Path) -> Module {
    let names = path.with_extension("");
    let mut names: Module = names.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
    if ["mod", "lib"].contains(&names.last().unwrap().as_str()) {
        names.pop();
    }
    names
}

pub(super) fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The code of a file without its tests, which are its end, and without declarations that are only for tests.
pub(super) fn without_tests(code: &str) -> String {
    let end = TESTS.find(code).map_or(code.len(), |found| found.start());
    ONLY_FOR_TESTS.replace_all(&code[..end], "").into_owned()
}

/// Adds what the tree of a `use` brings in: `a::{b, c as d}` has the paths `a::b` and `a::c`, and the names `b` and `d`.
fn add_tree(before: &[String], tree: &str, add: &mut dyn FnMut(Vec<String>, String)) {
    let tree = tree.trim();
    let (path, branches) = match tree.split_once('{') {
        Some((path, branches)) => (path, branches.strip_suffix('}')),
        None => (tree, None),
    };
    let (path, alias) = path.split_once(" as ").map_or((path, None), |(path, alias)| (path, Some(alias)));
    let names = path.split("::").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    let mut path: Vec<String> = before.iter().cloned().chain(names).collect();
    if let Some(branches) = branches {
        branches_of(branches).into_iter().for_each(|branch| add_tree(&path, branch, add));
        return;
    }
    path.retain(|name| name != "*");
    let is_glob = tree.ends_with('*');
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let Some(last) = path.last() else { return };
    let name = if is_glob { "*" } else { alias.map_or(last.as_str(), str::trim) }.to_owned();
    add(path, name);
}

/// The parts of a list, whose own lists are not taken apart.
fn branches_of(list: &str) -> Vec<&str> {
    let (mut branches, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, sign) in list.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    branches.push(&list[start..]);
    branches.retain(|branch| !branch.trim().is_empty());
    branches
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the module `a` or one below it imports, if these are the files of a crate.
    fn imports(files: &[(&str, &str)], of: &str) -> Vec<String> {
        let modules = Modules::of(files.iter().map(|(path, text)| (Path::new(*path), (*text).to_owned())));
        let imports = modules.imports();
        imports[&module(Path::new(of))].iter().map(|module| module.join("::")).collect()
    }

    #[test]
    fn an_item_is_imported_from_the_file_that_defines_it() {
        let files = [
            ("lib.rs", "mod a;\nmod b;"),
            ("a/mod.rs", "mod c;\nmod d;\npub use c::{Item, other as renamed};\npub struct Own;"),
            ("a/c.rs", "pub struct Item;\npub fn other() {}"),
            ("a/d.rs", "use super::Item;"),
            ("a/e.rs", "use super::{Own, renamed};"),
            ("a/f/mod.rs", "mod g;"),
            ("a/f/g.rs", "fn run() { super::super::Own; crate::a::c::other() }"),
            ("b.rs", "use crate::a::{self, Own as Foreign};\nfn run() { a::renamed() }"),
        ];
        assert_eq!(imports(&files, "a/d.rs"), ["a::c"]);
        assert_eq!(imports(&files, "a/e.rs"), ["a", "a::c"]);
        assert_eq!(imports(&files, "a/f/g.rs"), ["a", "a::c"]);
        assert_eq!(imports(&files, "b.rs"), ["a", "a::c"]);
    }

    #[test]
    fn a_reexport_is_an_import_where_the_code_uses_its_name() {
        let files = |code: &str| [("a/mod.rs".to_owned(), format!("mod c;\npub use c::Item;\n{code}"))];
        let imports = |code: &str| {
            let [(path, text)] = files(code);
            imports(&[(&path, &text), ("a/c.rs", "pub struct Item;")], "a/mod.rs")
        };
        assert_eq!(imports("// An Item.\npub struct Own;"), [""; 0]);
        assert_eq!(imports("pub struct Own(Item);"), ["a::c"]);
        assert_eq!(imports("fn run() { c::new() }"), ["a::c"]);
        assert_eq!(imports("#[cfg(test)]\nmod tests {\n    fn run() { super::c::new() }\n}"), [""; 0]);
        assert_eq!(imports("#[cfg(all(test, unix))]\npub(crate) mod tests {\n    use super::Item;\n}"), [""; 0]);
        assert_eq!(imports("#[cfg(test)]\nuse c::Other;"), [""; 0]);
    }

    #[test]
    fn what_is_elsewhere_and_what_only_looks_like_an_import_is_none() {
        let texts = [
            "use std::{fmt, io::{self, Read}};\nuse ::a_crate::c;\nfn run() { io::stdin(); Kind::Word }",
            "pub(in crate::a) struct Own;",
            "// use super::Own;\n/// See [`crate::a::Own`].\nstruct Other;",
            "use self::Kind::*;\nenum Kind { Word }",
        ];
        for text in texts {
            assert_eq!(
                imports(&[("a/mod.rs", "mod c;\npub struct Own;"), ("a/c.rs", text)], "a/c.rs"),
                [""; 0],
                "{text}"
            );
        }
    }

    #[test]
    fn a_file_beside_its_folder_is_a_module_like_a_mod_rs() {
        let files = [("a.rs", "mod c;\nuse c::run;"), ("a/c.rs", "use super::Own;\nuse crate::a::*;")];
        assert_eq!((imports(&files, "a.rs"), imports(&files, "a/c.rs")), (vec!["a::c".into()], vec!["a".into()]));
    }
}
