//! What is wrong with a spec, and how it is shown: message, position, code frame and way out.

use std::fmt::Write as _;
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::tree::Place;
use crate::printable::{printable, printable_styled};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where, if it is in a text.
    pub place: Option<Place>,
    /// What to do next.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), place: None, help: None }
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A text that problems point into.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file's path as the user gave it, or the `--set` argument's name.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Everything that is wrong with one spec, and the texts to show it in.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// The spec file.
    pub path: PathBuf,
    /// The texts; [`Place::source`] is an index into them.
    pub sources: Vec<Source>,
    /// The problems, in the order of the file.
    pub problems: Vec<Problem>,
}

impl Diagnosis {
    /// All problems with code frames, ready for a terminal; `styled` adds colours.
    pub fn render(&self, styled: bool) -> String {
        let mut out = String::new();
        for problem in &self.problems {
            out.push_str(&self.render_one(problem, styled));
            out.push_str("\n\n");
        }
        let count = self.problems.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        let in_file = |problem: &Problem| problem.place.as_ref().is_none_or(|place| place.source == 0);
        if self.problems.iter().any(in_file) {
            let _ = write!(out, "{count} {noun} in {}", printable(&self.path.display().to_string()));
        } else {
            let _ = write!(out, "{count} {noun} in what `--set` says");
        }
        out
    }

    fn render_one(&self, problem: &Problem, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let (message, help) = (printable(&problem.message), problem.help.as_deref().map(printable));
        let path = self.shown(problem).map(|(source, _)| printable(&source.name));
        let mut group = Group::with_title(Level::ERROR.primary_title(message.as_str()));
        if let Some((source, place)) = self.shown(problem) {
            let snippet = Snippet::source(source.text.as_str())
                .path(path.as_deref())
                .annotation(AnnotationKind::Primary.span(first_line(&source.text, &place.range)));
            group = group.element(snippet);
        }
        if let Some(help) = &help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        // The renderer shows most control characters of the source, but not those above ASCII.
        printable_styled(&renderer.render(&[group]))
    }

    fn shown<'d>(&'d self, problem: &'d Problem) -> Option<(&'d Source, &'d Place)> {
        let place = problem.place.as_ref()?;
        Some((self.sources.get(place.source)?, place))
    }
}

/// Cuts a range that runs over several lines to its first, on character boundaries.
fn first_line(text: &str, range: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let mut start = range.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let line_end = text[start..].find('\n').map_or(text.len(), |n| start + n);
    let mut end = range.end.clamp(start, line_end);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end
}

/// The known word closest to a misspelt one, if any is close enough to be meant.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `did you mean` and the list of what there is, as one sentence.
pub fn suggestion(word: &str, known: &[&str]) -> String {
    let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? There are: {list}"),
        None if known.is_empty() => "there are none".to_owned(),
        None => format!("there are: {list}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_shows_path_line_and_column() {
        let text = "version: 1\nnome: x\n".to_owned();
        let problem =
            Problem::new("unknown key `nome`").at(Place { source: 0, range: 11..15 }).help("did you mean `name`?");
        let diagnosis = Diagnosis {
            path: "a.yaml".into(),
            sources: vec![Source { name: "a.yaml".into(), text }],
            problems: vec![problem],
        };
        let shown = diagnosis.render(false);
        assert!(shown.contains("--> a.yaml:2:1"), "{shown}");
        assert!(shown.contains("did you mean `name`?"), "{shown}");
        assert!(shown.ends_with("1 problem in a.yaml"), "{shown}");
    }

    #[test]
    fn nothing_in_a_frame_moves_the_cursor() {
        let text = "name: \"a\u{9b}31m\u{1b}[2Jb\u{202e}\"\n".to_owned();
        let end = text.len() - 1;
        let problem =
            Problem::new("odd \u{1b}[2J\u{85}").at(Place { source: 0, range: 6..end }).help("\u{1b}[2J\u{9b}");
        let sources = vec![Source { name: "a\u{1b}.yaml\u{90}".into(), text }];
        let shown = Diagnosis { path: "a\u{1b}.yaml".into(), sources, problems: vec![problem] }.render(false);
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        assert!(!shown.contains('\u{202e}'), "{shown:?}");
    }

    #[test]
    fn ranges_are_cut_to_a_line_and_to_characters() {
        assert_eq!(first_line("ab\ncd", &(1..5)), 1..2);
        assert_eq!(first_line("é", &(1..1)), 0..0);
        assert_eq!(first_line("", &(7..9)), 0..0);
    }

    #[test]
    fn only_close_words_are_suggested() {
        assert_eq!(nearest("concurency", ["concurrency", "timeout"]), Some("concurrency"));
        assert_eq!(nearest("zzz", ["concurrency", "timeout"]), None);
    }
}
