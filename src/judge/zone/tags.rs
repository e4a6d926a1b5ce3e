//! Tags in an output: around thoughts, around the answer, and the tokens of chat templates.

use std::ops::Range;

use super::words::{ANSWERS, ANSWERS_END, STRUCK, THOUGHTS, THOUGHTS_END, TURNS};

/// A tag and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// What it does.
    pub kind: Kind,
    /// Its byte range.
    pub range: Range<usize>,
    /// Whether square brackets enclose it.
    pub square: bool,
}

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Opens thoughts.
    ThoughtOpen,
    /// Closes thoughts.
    ThoughtClose,
    /// Opens a channel that is not the final one.
    SideChannel,
    /// Opens the final channel.
    FinalChannel,
    /// Opens the answer.
    AnswerOpen,
    /// Closes the answer.
    AnswerClose,
    /// Opens what was struck out.
    StruckOpen,
    /// Closes what was struck out.
    StruckClose,
    /// Ends or begins a turn.
    Turn,
}

/// Bytes within which a tag must close.
const LONGEST: usize = 64;

/// The tags of a text, in order.
pub(super) fn tags(text: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = opener(text.as_bytes(), at) {
        match tag(text, start) {
            Some(tag) => {
                at = tag.range.end;
                tags.push(tag);
            }
            None => at = start + text[start..].chars().next().map_or(1, char::len_utf8),
        }
    }
    drop_lone_brackets(&mut tags);
    tags
}

/// Where the next sign that may open a tag stands.
fn opener(bytes: &[u8], from: usize) -> Option<usize> {
    let is = |at: usize, sign: &str| bytes.get(at..at + sign.len()).is_some_and(|found| found == sign.as_bytes());
    (from..bytes.len()).find(|at| match bytes.get(*at) {
        Some(b'<' | b'[') => true,
        Some(0xe2) => is(*at, "◁"),
        Some(0xef) => is(*at, "＜"),
        _ => false,
    })
}

/// Square brackets are common in prose: such a tag counts only if its closing tag follows.
fn drop_lone_brackets(tags: &mut Vec<Tag>) {
    let last = |kind| tags.iter().rposition(|tag| tag.square && tag.kind == kind);
    let (thought, answer) = (last(Kind::ThoughtClose), last(Kind::AnswerClose));
    let mut index = 0;
    tags.retain(|tag| {
        let closed = match tag.kind {
            _ if !tag.square => true,
            Kind::ThoughtOpen => thought.is_some_and(|close| close > index),
            Kind::AnswerOpen => answer.is_some_and(|close| close > index),
            _ => true,
        };
        index += 1;
        closed
    });
}

fn tag(text: &str, start: usize) -> Option<Tag> {
    let rest = &text[start..];
    let open = rest.chars().next()?;
    let close = match open {
        '<' => '>',
        '[' => ']',
        '◁' => '▷',
        _ => '＞',
    };
    let window = &rest[..rest.floor_char_boundary(LONGEST)];
    let end = window.find(close)?;
    let inner = &window[open.len_utf8()..end];
    // A tag in backticks is talked about, not used.
    if inner.contains(['\n', open]) && !inner.starts_with("<SYS") || text[..start].ends_with('`') {
        return None;
    }
    let mut range = start..start + end + close.len_utf8();
    let kind = match inner.chars().next()? {
        '|' | '｜' => bars(text, inner, &mut range)?,
        _ if open == '[' => square(inner)?,
        _ => angled(text, inner, &range)?,
    };
    Some(Tag { kind, range, square: open == '[' })
}

/// `<|im_end|>`: a control token of a chat template.
fn bars(text: &str, inner: &str, range: &mut Range<usize>) -> Option<Kind> {
    let name = inner.strip_prefix(['|', '｜'])?.strip_suffix(['|', '｜'])?;
    if name.len() < 2 || name.contains([' ', '=', '+']) {
        return None;
    }
    let name = plain(name);
    let is = |names: &[&str]| names.contains(&name.as_str());
    Some(match name.as_str() {
        "channel" => {
            let word = text[range.end..].trim_start();
            let channel: String = word.chars().take_while(char::is_ascii_alphabetic).take(16).collect();
            range.end = text.len() - word.len() + channel.len();
            let message = "<|message|>";
            if text[range.end..].starts_with(message) {
                range.end += message.len();
            }
            if channel.starts_with("final") { Kind::FinalChannel } else { Kind::SideChannel }
        }
        _ if is(THOUGHTS) => Kind::ThoughtOpen,
        _ if is(THOUGHTS_END) || name.strip_prefix('/').is_some_and(|name| THOUGHTS.contains(&name)) => {
            Kind::ThoughtClose
        }
        _ if is(ANSWERS) => Kind::AnswerOpen,
        _ if is(ANSWERS_END) => Kind::AnswerClose,
        _ => Kind::Turn,
    })
}

fn square(inner: &str) -> Option<Kind> {
    let (closes, name) = closing(inner);
    let name = plain(name);
    let is = |names: &[&str]| names.contains(&name.as_str());
    Some(match name.as_str() {
        "inst" | "sys" | "eos" | "|endofturn|" | "|user|" | "|assistant|" | "|system|" => Kind::Turn,
        _ if is(THOUGHTS) => {
            if closes {
                Kind::ThoughtClose
            } else {
                Kind::ThoughtOpen
            }
        }
        _ if is(ANSWERS) => {
            if closes {
                Kind::AnswerClose
            } else {
                Kind::AnswerOpen
            }
        }
        _ => return None,
    })
}

fn angled(text: &str, inner: &str, range: &Range<usize>) -> Option<Kind> {
    if inner.starts_with("<SYS") || inner.starts_with("</SYS") {
        return Some(Kind::Turn);
    }
    let (closes, name) = closing(inner);
    let (word, attributes) = match name.find(char::is_whitespace) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let attributed = attributes.trim().is_empty() || attributes.contains('=');
    // `<thought process>` is one name, `<think about="…">` a name and an attribute.
    let name = plain(if attributes.contains('=') { word } else { name });
    let is = |names: &[&str]| names.contains(&name.as_str());
    let pick = |open, close| Some(if closes { close } else { open });
    if is(THOUGHTS) {
        return pick(Kind::ThoughtOpen, Kind::ThoughtClose);
    }
    match name.as_str() {
        _ if !attributed && !is(ANSWERS) => None,
        "details" if closes || attributes.contains("reasoning") || thoughts_folded(&text[range.end..]) => {
            // A closing `details` without an opening one that holds thoughts closes nothing.
            if closes { None } else { Some(Kind::ThoughtOpen) }
        }
        _ if is(ANSWERS) => pick(Kind::AnswerOpen, Kind::AnswerClose),
        _ if is(STRUCK) => pick(Kind::StruckOpen, Kind::StruckClose),
        "s" if struck(text, range, closes) => pick(Kind::StruckOpen, Kind::StruckClose),
        "s" => Some(Kind::Turn),
        _ if is(TURNS) => Some(Kind::Turn),
        _ => None,
    }
}

/// `<details><summary>Thoughts</summary>`: thoughts that a page folds.
fn thoughts_folded(after: &str) -> bool {
    let Some(summary) = after.trim_start().strip_prefix("<summary>") else { return false };
    let word: String = summary.chars().take_while(|c| c.is_alphabetic()).take(16).collect();
    THOUGHTS.contains(&word.to_lowercase().as_str())
}

/// `<s>A</s> B` on one line strikes `A` out; alone, both are tokens of a template.
fn struck(text: &str, range: &Range<usize>, closes: bool) -> bool {
    let near = |part: &str| part.floor_char_boundary(LONGEST);
    let after = &text[range.end..];
    let continues =
        |rest: &str| rest.trim_start_matches([' ', '*']).starts_with(|c: char| c.is_alphanumeric() || c == '(');
    if closes {
        let before = &text[text.floor_char_boundary(range.start.saturating_sub(LONGEST))..range.start];
        let line = before.rsplit('\n').next().unwrap_or_default();
        return line.contains("<s>") && continues(after);
    }
    let line = after[..near(after)].lines().next().unwrap_or_default();
    line.find("</s>").is_some_and(|at| at > 0 && continues(&line[at + "</s>".len()..]))
}

fn closing(inner: &str) -> (bool, &str) {
    let inner = inner.trim();
    match inner.strip_prefix('/') {
        Some(name) => (true, name.trim()),
        None => (false, inner),
    }
}

/// A name in lower case without the separators that templates vary.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ':' | ' ' | '▁')).flat_map(char::to_lowercase).collect()
}
