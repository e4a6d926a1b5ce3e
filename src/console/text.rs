//! Text in columns, and times as a spec writes them.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

pub use crate::printable::printable;

/// A duration in the notation of a spec, with tenths if needed: `40s`, `37.3s`.
pub fn duration(time: Duration) -> String {
    let tenths = (time.as_secs_f64() * 10.0).round() / 10.0;
    format!("{tenths}s")
}

/// Lines in columns: the first column to the left, the others to the right.
pub fn columns<const N: usize>(headings: [&str; N], lines: &[[String; N]]) -> String {
    let shown = |cells: &[String; N]| cells.each_ref().map(|cell| printable(cell).replace('\n', " "));
    let lines: Vec<[String; N]> = std::iter::once(&headings.map(str::to_owned)).chain(lines).map(shown).collect();
    // Width on a terminal: CJK and emoji take two columns.
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut out = String::new();
    for cells in &lines {
        out.push_str(&line(cells, &widths));
        out.push('\n');
    }
    out.pop();
    out
}

fn line<const N: usize>(cells: &[String; N], widths: &[usize; N]) -> String {
    let padded = cells.iter().zip(widths).enumerate().map(|(index, (cell, width))| {
        let padding = " ".repeat(width.saturating_sub(cell.width()));
        if index == 0 { format!("{cell}{padding}") } else { format!("{padding}{cell}") }
    });
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_to_tenths() {
        let shown = |milliseconds| duration(Duration::from_millis(milliseconds));
        assert_eq!([40_000, 37_283, 60, 20].map(shown), ["40s", "37.3s", "0.1s", "0s"]);
    }

    #[test]
    fn columns_line_up() {
        let lines = [["é".to_owned(), "1".to_owned()], ["abc".to_owned(), "200".to_owned()]];
        assert_eq!(columns(["x", "n"], &lines), "x      n\né      1\nabc  200");
        let lines = [["通义千问".to_owned(), "1".to_owned()], ["🦙e\u{301}".to_owned(), "20".to_owned()]];
        assert_eq!(columns(["x", "n"], &lines), "x          n\n通义千问   1\n🦙e\u{301}       20");
        let lines = [["a\u{1b}\nb".to_owned(), "1".to_owned()]];
        assert_eq!(columns(["x", "n"], &lines), "x          n\na\\u{1b} b  1");
    }
}
