//! Text in columns, and times as a spec writes them.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::printable::isolated;
pub use crate::printable::printable;
use crate::shorten::apart;

/// A duration in the notation of a spec, with tenths if needed: `40s`, `37.3s`.
pub fn duration(time: Duration) -> String {
    let tenths = (time.as_secs_f64() * 10.0).round() / 10.0;
    format!("{tenths}s")
}

/// Lines in columns: the first column to the left, the others to the right.
pub fn columns<const N: usize>(headings: [&str; N], lines: &[[String; N]]) -> String {
    Columns::new(headings, lines).text(&[true; N])
}

/// True if every line of a text fits a width.
pub fn is_within(text: &str, width: Option<usize>) -> bool {
    width.is_none_or(|width| text.lines().all(|line| line.width() <= width))
}

/// Lines in as many columns as a terminal is wide enough for; the columns of the least importance give way, and are named
/// below. Without a width all are shown.
pub fn columns_within<const N: usize>(
    width: Option<usize>,
    headings: [&str; N],
    lines: &[[String; N]],
    importance: [u8; N],
) -> String {
    let mut columns = Columns::new(headings, lines);
    let mut is_shown = [true; N];
    let Some(width) = width else { return columns.text(&is_shown) };
    let mut by_importance: Vec<usize> = (1..N).collect();
    by_importance.sort_by_key(|column| importance[*column]);
    columns.leave_room(width, &by_importance);
    let mut left_out = Vec::new();
    for column in by_importance {
        if columns.width(&is_shown) <= width {
            break;
        }
        is_shown[column] = false;
        left_out.push(column);
    }
    // A narrow one may fit where a wide one had to go.
    left_out.reverse();
    left_out.retain(|column| {
        is_shown[*column] = true;
        is_shown[*column] = columns.width(&is_shown) <= width;
        !is_shown[*column]
    });
    left_out.sort_unstable();
    let text = columns.text(&is_shown);
    if left_out.is_empty() {
        return text;
    }
    let names: Vec<&str> = left_out.into_iter().map(|column| headings[column]).collect();
    format!("{text}\n{}", fold(&format!("not shown for width: {} (`--wide`)", names.join(", ")), Some(width), ""))
}

/// Space between two columns.
const GAP: usize = 2;

/// Columns beside the names that matter more than long names.
const ESSENTIAL: usize = 3;

/// Names are not cut to less than this.
const SHORTEST_NAME: usize = 16;

/// Cells, and the width of each column.
struct Columns<const N: usize> {
    lines: Vec<[String; N]>,
    widths: [usize; N],
}

impl<const N: usize> Columns<N> {
    fn new(headings: [&str; N], lines: &[[String; N]]) -> Self {
        let shown = |cells: &[String; N]| cells.each_ref().map(|cell| printable(cell).replace('\n', " "));
        let lines: Vec<[String; N]> = std::iter::once(&headings.map(str::to_owned)).chain(lines).map(shown).collect();
        // Width on a terminal: CJK and emoji take two columns.
        let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
        Self { widths: std::array::from_fn(width), lines }
    }

    /// Cuts the names of the first column where they leave no room for what is most important beside them.
    fn leave_room(&mut self, width: usize, by_importance: &[usize]) {
        let essential = by_importance.iter().rev().take(ESSENTIAL);
        let taken: usize = essential.map(|column| self.widths[*column] + GAP).sum();
        let room = width.saturating_sub(taken);
        if self.widths[0] <= room || room < SHORTEST_NAME {
            return;
        }
        let names: Vec<&str> = self.lines.iter().map(|line| line[0].as_str()).collect();
        let short = apart(&names, &|name| name.width() <= room);
        self.widths[0] = short.iter().map(|name| name.width()).max().unwrap_or(0);
        self.lines.iter_mut().zip(short).for_each(|(line, name)| line[0] = name);
    }

    /// The width of the columns that are shown.
    fn width(&self, is_shown: &[bool; N]) -> usize {
        let shown = self.widths.iter().zip(is_shown).filter(|(_, is_shown)| **is_shown);
        shown.map(|(width, _)| width + GAP).sum::<usize>().saturating_sub(GAP)
    }

    fn text(&self, is_shown: &[bool; N]) -> String {
        let lines: Vec<String> = self.lines.iter().map(|cells| self.line(cells, is_shown)).collect();
        lines.join("\n")
    }

    fn line(&self, cells: &[String; N], is_shown: &[bool; N]) -> String {
        let shown = cells.iter().zip(&self.widths).zip(is_shown).enumerate().filter(|(_, (_, is_shown))| **is_shown);
        let padded = shown.map(|(index, ((cell, width), _))| {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            if index == 0 { format!("{}{padding}", isolated(cell)) } else { format!("{padding}{cell}") }
        });
        padded.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
    }
}

/// Breaks lines between words so that they fit a width; `indent` comes before what continues a line.
pub fn fold(text: &str, width: Option<usize>, indent: &str) -> String {
    let Some(width) = width else { return text.to_owned() };
    let folded: Vec<String> = text.split('\n').map(|line| fold_line(line, width, indent)).collect();
    folded.join("\n")
}

fn fold_line(line: &str, width: usize, indent: &str) -> String {
    let mut folded = String::new();
    let mut taken = 0;
    for word in line.split_inclusive(' ') {
        let needed = visible_width(word.trim_end());
        if taken > indent.len() && taken + needed > width {
            folded.truncate(folded.trim_end().len());
            folded.push('\n');
            folded.push_str(indent);
            taken = indent.len();
        }
        folded.push_str(word);
        taken += visible_width(word);
    }
    folded
}

/// The width of a text without the codes of its colours.
fn visible_width(text: &str) -> usize {
    let mut parts = text.split('\u{1b}');
    let plain = parts.next().map_or(0, UnicodeWidthStr::width);
    plain + parts.map(|part| part.split_once('m').map_or(0, |(_, rest)| rest.width())).sum::<usize>()
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

    #[test]
    fn columns_of_least_importance_give_way_and_are_named() {
        let lines = [["model".to_owned(), "12.0 %".to_owned(), "1234".to_owned(), "0.5 s".to_owned()]];
        let headings = ["name", "score", "n", "latency"];
        let shown = |width| columns_within(width, headings, &lines, [9, 8, 1, 5]);
        assert_eq!(shown(None), "name    score     n  latency\nmodel  12.0 %  1234    0.5 s");
        assert_eq!(shown(Some(28)), shown(None));
        assert_eq!(
            shown(Some(22)),
            "name    score  latency\nmodel  12.0 %    0.5 s\nnot shown for width: n\n(`--wide`)"
        );
        assert!(shown(Some(3)).starts_with("name\nmodel\nnot\nshown\nfor"));
    }

    #[test]
    fn long_names_leave_room_for_what_matters() {
        let line = |model: usize| {
            let name = format!("organisation/a-very-long-name-of-model-{model:02}-instruct-q4_K_M-gguf");
            [name, "12.0 %".to_owned(), "10 % – 20 %".to_owned(), "0.5 s".to_owned()]
        };
        let table =
            columns_within(Some(50), ["name", "score", "interval", "latency"], &[line(7), line(8)], [9, 8, 7, 5]);
        assert!(table.lines().all(|line| line.width() <= 50), "{table}");
        let lines: Vec<&str> = table.lines().collect();
        assert!(
            lines[1].starts_with("organi") && lines[1].contains("07") && lines[1].contains("10 % – 20 %"),
            "{table}"
        );
        assert!(lines[2].contains("08") && lines[0].contains("latency"), "{table}");
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(fold("one two three\nfour", Some(8), "  "), "one two\n  three\nfour");
        assert_eq!(fold("通义千问 通义 x", Some(10), ""), "通义千问\n通义 x");
        assert_eq!(fold("a-very-long-word b", Some(5), "  "), "a-very-long-word\n  b");
        assert_eq!(fold("one two", None, ""), "one two");
        assert_eq!(fold("\u{1b}[1mone\u{1b}[0m two", Some(7), ""), "\u{1b}[1mone\u{1b}[0m two");
    }
}
