//! A page of the documentation: its blocks of code.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A fenced block.
pub(crate) struct Block {
    /// `yaml`, `console` and so on.
    pub(crate) language: String,
    /// The file that it is the content of, if it says so after the language.
    pub(crate) file: Option<String>,
    /// Its text.
    pub(crate) text: String,
    /// Its first line in the page.
    pub(crate) line: usize,
}

/// The pages of a folder and of those beneath it.
pub(crate) fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|end| end == "md") {
            found.push(path);
        }
    }
    found
}

/// The sentences of a page on one line, without its blocks.
pub(crate) fn text_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let sentences = text.split("```").step_by(2).collect::<String>();
    sentences.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The anchors of the headings of a page, as GitHub and mdBook make them.
pub(crate) fn anchors(path: &Path) -> Vec<String> {
    let link = Regex::new(r"\[([^\]]*)\]\([^)]*\)").unwrap();
    let text = fs::read_to_string(path).unwrap();
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    let plain = headings.map(|heading| link.replace_all(heading.trim_start_matches('#').trim(), "$1").to_lowercase());
    let is_kept = |char: &char| char.is_alphanumeric() || "-_".contains(*char);
    plain.map(|heading| heading.replace(' ', "-").chars().filter(is_kept).collect()).collect()
}

/// The blocks of a page.
pub(crate) fn blocks(path: &Path) -> Vec<Block> {
    let text = fs::read_to_string(path).unwrap();
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (index, line) in text.lines().enumerate() {
        match line.trim_start().strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(head) => {
                let mut words = head.split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                blocks.push(Block { language, file: words.next(), text: String::new(), line: index + 2 });
                is_open = true;
            }
            None if is_open => {
                let block = blocks.last_mut().unwrap();
                block.text += line;
                block.text.push('\n');
            }
            None => {}
        }
    }
    blocks
}
