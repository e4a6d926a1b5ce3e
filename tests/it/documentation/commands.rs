//! Commands as pages show them, found anywhere: in blocks of every language, in `cargo run`, and within sentences.

use std::path::Path;

use regex::Regex;

use super::page::{blocks, text_of};
use super::stage::words;

/// Words that stand for a value which has a form.
const VALUES: [(&str, &str); 9] = [
    ("$i", "1"),
    ("$start", "2026-05-04T12:00:00Z"),
    ("TIME", "2026-05-04T12:00:00Z"),
    ("I/N", "1/2"),
    ("i/n", "1/2"),
    ("auto/N", "auto/2"),
    ("PAGE", "keys"),
    ("SHELL", "bash"),
    ("$page", "keys"),
];

/// The arguments of every command of smallbench that a page shows.
pub(super) fn shown(path: &Path) -> Vec<Vec<String>> {
    let start = Regex::new(r"(?:^|&& |; |do |\$ |= |-- )(?:smallbench|cargo run (?:-q )?--) ([a-z-]+\b.*)").unwrap();
    let inline = Regex::new(r"`smallbench ([a-z-]+\b[^`]*)`").unwrap();
    let mut found = Vec::new();
    for block in blocks(path) {
        let text = block.text.replace("\\\n", " ");
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        found.extend(lines.filter_map(|line| start.captures(line)).map(|found| found[1].to_owned()));
    }
    let text = text_of(path);
    found.extend(inline.captures_iter(&text).map(|found| found[1].to_owned()));
    found.iter().map(|command| arguments(command)).collect()
}

/// The words of a command up to where the shell ends it.
fn arguments(command: &str) -> Vec<String> {
    let is_open = command.matches('"').count() % 2 == 1;
    let command = command.split(" # ").next().unwrap().trim_end_matches([',', '.']);
    let command = if is_open { command.split('"').next().unwrap() } else { command };
    let ends = |word: &String| !["&", "&&", "|", ";", "done"].contains(&word.as_str()) && !word.starts_with('>');
    let mut words: Vec<String> = words(command).into_iter().take_while(ends).collect();
    for word in &mut words {
        if word == "N" {
            "1".clone_into(word);
        }
        *word =
            VALUES.iter().fold(word.trim_end_matches(';').to_owned(), |word, (name, value)| word.replace(name, value));
    }
    words
}
