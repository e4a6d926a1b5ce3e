//! Diagnostics of a spec: message, position, code frame and help.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::source_span::SourceSpan;
use crate::printable::{printable, printable_styled};

/// The name of the source that an override of the command line is.
pub const OVERRIDE: &str = "--set";

/// Maximum number of problems shown at once.
pub const MOST_SHOWN: usize = 50;

/// Maximum length of a message or help text in characters; both may quote the file.
const LONGEST_TEXT: usize = 2000;

/// Longest line, in bytes, that a frame shows whole.
const LONGEST_LINE: usize = 1000;

/// Longest word compared with others; the comparison is quadratic in its length.
const LONGEST_WORD: usize = 200;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The message.
    pub message: String,
    /// Its source span, if it has one.
    pub span: Option<SourceSpan>,
    /// What to do next.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without a source span.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, help: None }
    }

    /// Sets the source span.
    #[must_use]
    pub fn at(mut self, span: SourceSpan) -> Self {
        self.span = Some(span);
        self
    }

    /// Sets the help text: what to do next.
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
    /// The texts; [`SourceSpan::source`] is an index into them.
    pub sources: Vec<Source>,
    /// The problems, in the order of the file.
    pub problems: Vec<Problem>,
}

impl Diagnosis {
    /// All problems with code frames, ready for a terminal; `styled` adds colours.
    pub fn render(&self, styled: bool) -> String {
        let mut out = String::new();
        for problem in self.problems.iter().take(MOST_SHOWN) {
            out.push_str(&self.render_one(problem, styled));
            out.push_str("\n\n");
        }
        let count = self.problems.len();
        let many = match count {
            1 => "1 problem".to_owned(),
            2..=MOST_SHOWN => format!("{count} problems"),
            _ => format!("the first {MOST_SHOWN} problems"),
        };
        let in_set = |problem: &Problem| self.shown(problem).is_some_and(|(source, _)| source.name == OVERRIDE);
        if !self.problems.iter().all(in_set) {
            let _ = write!(out, "{many} in {}", printable(&self.path.display().to_string()));
        } else {
            let _ = write!(out, "{many} in `--set`");
        }
        out
    }

    fn render_one(&self, problem: &Problem, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let message = printable(&shortened(&problem.message));
        let help = problem.help.as_deref().map(|help| printable(&shortened(help)));
        let path = self.shown(problem).map(|(source, _)| printable(&source.name));
        let mut group = Group::with_title(Level::ERROR.primary_title(message.as_str()));
        if let Some((source, span)) = self.shown(problem) {
            let (line, start) = line_around(&source.text, first_line(&source.text, &span.range));
            let range = first_line(&source.text, &span.range);
            let range = range.start - line.start..range.end.min(line.end) - line.start;
            let snippet = Snippet::source(&source.text[line])
                .line_start(start)
                .path(path.as_deref())
                .annotation(AnnotationKind::Primary.span(range));
            group = group.element(snippet);
        }
        if let Some(help) = &help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        // The renderer shows most control characters of the source, but not those above ASCII.
        printable_styled(&renderer.render(&[group]))
    }

    fn shown<'d>(&'d self, problem: &'d Problem) -> Option<(&'d Source, &'d SourceSpan)> {
        let span = problem.span.as_ref()?;
        Some((self.sources.get(span.source)?, span))
    }
}

/// The line of a range, and its number; a frame needs no more of a long text. A very long line is
/// cut to the surroundings of the range.
fn line_around(text: &str, range: Range<usize>) -> (Range<usize>, usize) {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.start..].find('\n').map_or(text.len(), |at| range.start + at);
    let number = 1 + text[..start].bytes().filter(|byte| *byte == b'\n').count();
    if end - start <= LONGEST_LINE {
        return (start..end, number);
    }
    let start = text.floor_char_boundary(range.start.saturating_sub(LONGEST_LINE / 4)).max(start);
    (start..text.floor_char_boundary(start + LONGEST_LINE).min(end), number)
}

/// Truncates a very long text.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Cuts a range that runs over several lines to its first, on character boundaries.
fn first_line(text: &str, range: &Range<usize>) -> Range<usize> {
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

/// The known word closest to a misspelt one, if one is close enough.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let word = word.to_lowercase();
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_WORD)
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `did you mean` and the list of known words, as one sentence.
pub fn suggestion(word: &str, known: &[&str]) -> String {
    let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? Available: {list}"),
        None if known.is_empty() => "none is defined".to_owned(),
        None => format!("available: {list}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_shows_path_line_and_column() {
        let text = "version: 1\nnome: x\n".to_owned();
        let problem =
            Problem::new("unknown key `nome`").at(SourceSpan { source: 0, range: 11..15 }).help("did you mean `name`?");
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
            Problem::new("odd \u{1b}[2J\u{85}").at(SourceSpan { source: 0, range: 6..end }).help("\u{1b}[2J\u{9b}");
        let sources = vec![Source { name: "a\u{1b}.yaml\u{90}".into(), text }];
        let shown = Diagnosis { path: "a\u{1b}.yaml".into(), sources, problems: vec![problem] }.render(false);
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        assert!(!shown.contains('\u{202e}'), "{shown:?}");
    }

    #[test]
    fn a_frame_is_of_one_line_and_of_a_part_of_a_long_one() {
        let text = format!("a: 1\nb: 2\nname: {}\n", "é".repeat(1 << 20));
        let one = |range: Range<usize>| {
            let problem =
                Problem::new("x".repeat(1 << 20)).help("y".repeat(1 << 20)).at(SourceSpan { source: 0, range });
            let sources = vec![Source { name: "a.yaml".into(), text: text.clone() }];
            Diagnosis { path: "a.yaml".into(), sources, problems: vec![problem] }.render(false)
        };
        assert!(one(5..6).contains("--> a.yaml:2:1"), "{}", one(5..6));
        for range in [5..6, 16..17, 16..text.len() - 1, 1_000_001..1_000_002] {
            let shown = one(range.clone());
            assert!(shown.len() < 20_000, "{range:?}: {}", shown.len());
        }
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
