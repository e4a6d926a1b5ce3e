//! The spec: the file as written, typed, with a source position for every error.
//!
//! [`load`] is the entry point: text → tree → what it extends → overrides → expansion → [`types::Spec`]. Checks that need more than
//! one field (a model that names an endpoint, for example) run when the plan is resolved.

pub mod byte_size;
pub mod chart_files;
mod deserialize;
pub mod diagnostic;
mod editor_schema;
pub mod expand;
pub mod extends;
pub mod gate;
mod inline_schema;
pub mod keys;
mod limits;
pub mod overrides;
pub mod prefer;
pub mod preset;
pub mod scalar;
mod schema;
pub mod search;
mod serde_error;
mod sites;
mod source_span;
mod text;
pub mod tree;
pub mod types;
mod variants;
mod vary;
pub mod written;

use std::path::{Path, PathBuf};

use diagnostic::{Diagnosis, Problem, Source};
use expand::{Environment, Expansion};
use text::parsed;
use tree::{Node, PathSegment, Value};
use types::Spec;

use crate::stack::with_room;

pub use diagnostic::OVERRIDE;
pub use editor_schema::editor_schema;
pub use text::text_in;

/// A spec and the texts it came from.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub path: PathBuf,
    /// The typed spec.
    pub spec: Spec,
    /// The tree that the spec was read from.
    pub root: Node,
    /// The texts that source spans refer to.
    pub sources: Vec<Source>,
    /// How many specs it extends; their texts come after its own.
    pub bases: usize,
    /// The environment variables that were expanded, and where.
    pub expansions: Vec<Expansion>,
    /// Problems whose nodes were removed; later checks add to them.
    pub problems: Vec<Problem>,
}

impl Document {
    /// Sets a problem's source span to the value at a path, or to its nearest ancestor.
    pub fn located(&self, problem: Problem, path: &[PathSegment]) -> Problem {
        let mut shown = path;
        loop {
            if let Some(node) = self.root.at(shown) {
                return problem.at(node.span.clone());
            }
            match shown.split_last() {
                Some((_, above)) => shown = above,
                None => return problem,
            }
        }
    }

    /// The text of the spec and, below it, those of the specs that it extends.
    pub fn text(&self) -> String {
        self.sources[..=self.bases].iter().map(|source| source.text.as_str()).collect()
    }

    /// True if `--set` overrides a field.
    pub fn is_overridden(&self) -> bool {
        self.sources.iter().any(|source| source.name == OVERRIDE)
    }

    /// The sites of the models, each as often as it has models.
    pub fn sites(&self) -> impl Iterator<Item = &str> {
        self.spec.models.iter().filter_map(|model| model.site.as_deref())
    }

    /// True if a model has a site.
    pub fn has_sites(&self) -> bool {
        self.sites().next().is_some()
    }

    /// All problems as one diagnosis, in the order of the file.
    pub fn diagnosis(self, mut problems: Vec<Problem>) -> Diagnosis {
        problems.splice(0..0, self.problems);
        diagnosis(self.path, self.sources, problems)
    }
}

/// Reads a spec file. TOML by its ending, else YAML.
///
/// # Errors
/// Every problem of the text, if no typed spec can be made of it; problems that
/// leave a spec are in [`Document::problems`].
pub fn load(path: &Path, bytes: &[u8], environment: &Environment, sets: &[String]) -> Result<Document, Diagnosis> {
    with_room(|| read(path, bytes, environment, sets)).unwrap_or_else(|error| {
        let problem = Problem::new(format!("cannot start a thread to read the spec: {error}"));
        Err(diagnosis(path.to_owned(), Vec::new(), vec![problem]))
    })
}

fn read(path: &Path, bytes: &[u8], environment: &Environment, sets: &[String]) -> Result<Document, Diagnosis> {
    let mut sources = vec![Source { name: path.display().to_string(), text: String::new() }];
    let fail = |sources: Vec<Source>, problem| Err(diagnosis(path.to_owned(), sources, vec![problem]));
    sources[0].text = match text_in(bytes) {
        Ok(text) => text,
        Err(problem) => return fail(sources, problem),
    };
    let mut root = match parsed(path, &sources[0].text, 0) {
        Ok(root) => root,
        Err(problem) => return fail(sources, problem),
    };
    if let Err(problem) = extends::merge(&mut root, path, &mut sources) {
        return fail(sources, problem);
    }
    let bases = sources.len() - 1;
    let mut problems = Vec::new();
    for set in sets {
        sources.push(Source { name: OVERRIDE.into(), text: set.clone() });
        if let Err(problem) = overrides::apply(&mut root, set, sources.len() - 1) {
            problems.push(problem);
        }
    }
    if let Err(problem) = text::of_known_version(&root) {
        return fail(sources, problem);
    }
    remove_holders(&mut root);
    preset::fill(&mut root, &mut sources, &mut problems);
    vary::expand(&mut root, &mut problems);
    sites::expand(&mut root);
    let expansions = expand::expand(&mut root, environment, &mut problems);
    let written = root.clone();
    let (spec, wrong) = deserialize::spec_from(&mut root);
    problems.extend(wrong);
    // Checked on the tree as written: a list whose only item was invalid is not empty.
    limits::check(&written, &mut problems);
    match spec {
        Some(spec) => Ok(Document { path: path.to_owned(), spec, root, sources, bases, expansions, problems }),
        None => Err(diagnosis(path.to_owned(), sources, problems)),
    }
}

/// Removes the keys that only hold what YAML anchors repeat elsewhere.
fn remove_holders(root: &mut Node) {
    if let Value::Table(table) = &mut root.value {
        table.entries.retain(|entry| !entry.key.starts_with("x-"));
    }
}

fn diagnosis(path: PathBuf, sources: Vec<Source>, mut problems: Vec<Problem>) -> Diagnosis {
    problems.sort_by_key(|problem| problem.span.as_ref().map(|span| (span.source, span.range.start)));
    problems.dedup();
    Diagnosis { path, sources, problems }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "version: 1\nname: x\ndatasets: [{source: {file: {path: q.jsonl}}}]\n\
        endpoints: {local: {ollama: {}}}\nmodels: [{name: m, endpoint: local}]\n";

    fn problems(text: &str) -> Vec<String> {
        let environment = Environment::new();
        let found = match load(Path::new("a.yaml"), text.as_bytes(), &environment, &[]) {
            Ok(document) => document.problems,
            Err(diagnosis) => diagnosis.problems,
        };
        found.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn twenty_thousand_problems_are_as_quick_as_fifty() {
        let models: String = (0..20_000).map(|n| format!("  - {{name: m{n}, endpoint: local, lable: x}}\n")).collect();
        let text = GOOD.replace("models: [{name: m, endpoint: local}]\n", &format!("models:\n{models}"));
        let before = std::time::Instant::now();
        let error = load(Path::new("a.yaml"), text.as_bytes(), &Environment::new(), &[]).unwrap_err();
        let shown = error.render(false);
        assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
        assert_eq!(shown.matches("unknown key `lable`").count(), diagnostic::MOST_SHOWN);
        assert!(shown.ends_with("the first 50 problems in a.yaml"), "{}", &shown[shown.len() - 200..]);
    }

    #[test]
    fn depth_and_length_end_in_an_error() {
        let deep = [
            ("a.yaml", format!("name: {}", "[".repeat(100_000))),
            ("a.yaml", format!("name: {}", "{a: ".repeat(100_000))),
            ("a.yaml", (0..5000).map(|n| format!("{}a:\n", " ".repeat(n))).collect()),
            ("a.toml", format!("name = {}", "[".repeat(100_000))),
            ("a.toml", format!("name = {}", "{a = ".repeat(100_000))),
            ("a.toml", format!("{}a = 1", "a.".repeat(100_000))),
            ("a.toml", format!("[{}a]", "a.".repeat(100_000))),
        ];
        for (name, text) in deep {
            assert!(load(Path::new(name), text.as_bytes(), &Environment::new(), &[]).is_err(), "{}", &text[..20]);
        }
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..20 {
            let item = format!("*a{}", n - 1);
            bomb += &format!("a{n}: &a{n} [{}]\n", [item.as_str(); 9].join(", "));
        }
        assert!(load(Path::new("a.yaml"), bomb.as_bytes(), &Environment::new(), &[]).is_err());
    }

    #[test]
    fn names_have_a_length() {
        let long = "x".repeat(1 << 20);
        assert_eq!(problems(&GOOD.replace("name: x", &format!("name: {long}"))).len(), 1);
        assert_eq!(
            problems(&GOOD.replace("name: x", &format!("name: {}", &long[..101]))),
            ["the string is too long; the maximum is 100 characters"]
        );
        let label = GOOD.replace("endpoint: local}", &format!("endpoint: local, label: {long}}}"));
        assert_eq!(problems(&label), ["the string is too long; the maximum is 4096 characters"]);
        let key =
            GOOD.replace("{local: {ollama: {}}}", &format!("{{local: {{ollama: {{}}}}, {long}: {{ollama: {{}}}}}}"));
        assert_eq!(problems(&key).len(), 1);
    }

    #[test]
    fn a_time_has_a_length() {
        let found =
            problems(&format!("{GOOD}load: {{timeout: 99999999999h, deadline: 87601h, stall_timeout: 87600h}}\n"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("is too long; the maximum is 87600h"), "{found:?}");
    }

    #[test]
    fn a_small_spec_is_read() {
        assert_eq!(problems(GOOD), Vec::<String>::new());
    }

    #[test]
    fn all_problems_of_a_file_come_at_once() {
        let text = format!(
            "{GOOD}load: {{concurency: 1, timeout: 5}}\njudge: chioce\ncharts: [score, {{scatter: {{x: latency, y: cost}}}}]\nbudget: {{max_requests: -1}}\n"
        );
        let found = problems(&text);
        for expected in [
            "unknown key `concurency` in `load`",
            "`5` is not a duration",
            "`chioce`",
            "unknown value `latency`",
            "expected a non-negative integer",
        ] {
            assert!(found.iter().any(|message| message.contains(expected)), "{expected} in {found:#?}");
        }
        assert_eq!(found.len(), 5, "{found:#?}");
    }

    #[test]
    fn all_missing_keys_of_a_section_are_named() {
        let found = problems("version: 1\n");
        assert_eq!(found.len(), 4, "{found:#?}");
        let found = problems(&GOOD.replace("[{name: m, endpoint: local}]", "[{label: m}, {name: b, endpoint: local}]"));
        assert_eq!(found, ["key `name` is missing in `models`", "key `endpoint` is missing in `models`"]);
    }

    #[test]
    fn bare_words_and_tables_name_the_same_variant() {
        for word in ["score", "durations", "{durations: {statistic: mean}}", "{score: {}}"] {
            assert_eq!(problems(&format!("{GOOD}charts: [{word}]\n")), Vec::<String>::new(), "{word}");
        }
        assert_eq!(problems(&format!("{GOOD}charts: [scatter]\n")).len(), 2);
        assert_eq!(problems(&format!("{GOOD}judge: {{exact: {{ignore_case: true}}}}\n")), Vec::<String>::new());
    }

    #[test]
    fn limits_of_the_schema_hold() {
        let text = format!(
            "{GOOD}generation: {{repeats: 0, temperature: -1, top_p: 2}}\nload: {{concurrency: [0, 1], attempts: 0}}\n"
        );
        let found = problems(&text);
        assert_eq!(found.len(), 5, "{found:#?}");
        assert_eq!(
            problems(&GOOD.replace("[{name: m, endpoint: local}]", "[]")),
            ["the list is empty; it needs at least 1 item"]
        );
    }

    #[test]
    fn of_another_version_nothing_else_is_said() {
        let newer = format!("{GOOD}verdicts: [x]\n").replace("version: 1", "version: 2");
        assert_eq!(problems(&newer), ["unknown spec version 2"]);
        let set = load(Path::new("a.yaml"), GOOD.as_bytes(), &Environment::new(), &["version=3".to_owned()]);
        assert_eq!(set.unwrap_err().problems[0].message, "unknown spec version 3");
    }

    #[test]
    fn words_that_yaml_once_took_for_booleans_are_texts() {
        let document =
            load(Path::new("a.yaml"), GOOD.replace("name: m", "name: no").as_bytes(), &Environment::new(), &[]);
        assert_eq!(document.unwrap().spec.models[0].name, "no");
    }

    #[test]
    fn invalid_utf8_is_named_with_its_line() {
        let diagnosis = load(Path::new("a.yaml"), b"version: 1\nname: \xff\n", &Environment::new(), &[]).unwrap_err();
        assert!(diagnosis.problems[0].message.contains("line 2"), "{diagnosis:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_loader_panic(bytes: Vec<u8>) {
            let _ = load(Path::new("a.yaml"), &bytes, &Environment::new(), &[]);
            let _ = load(Path::new("a.toml"), &bytes, &Environment::new(), &[]);
        }

        #[test]
        fn no_small_change_of_a_good_spec_makes_the_loader_panic(at in 0usize..150, with in "[ -~\n]{0,4}") {
            let mut text = GOOD.to_owned();
            let at = at.min(text.len());
            text.insert_str(at, &with);
            let _ = load(Path::new("a.yaml"), text.as_bytes(), &Environment::new(), std::slice::from_ref(&with));
        }
    }
}
