//! What Markdown is made of: tables, and the anchors of headings.

use std::fmt::Write;

/// A table that grows by rows.
pub(super) struct Table {
    text: String,
}

impl Table {
    pub(super) fn new(heads: &[&str]) -> Self {
        let mut table = Self { text: String::new() };
        table.line(heads);
        table.line(&vec!["---"; heads.len()]);
        table
    }

    /// Adds a row; cells may hold anything that stays on one line.
    pub(super) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        self.line(&cells.each_ref().map(String::as_str));
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn line(&mut self, cells: &[&str]) {
        let _ = writeln!(self.text, "| {} |", cells.join(" | "));
    }
}

/// The anchor of a heading, as GitHub and mdBook make it.
pub(super) fn anchor(heading: &str) -> String {
    heading.chars().filter(|char| char.is_alphanumeric() || "_-".contains(*char)).flat_map(char::to_lowercase).collect()
}
