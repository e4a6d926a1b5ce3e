//! A table of values, with names of columns that are safe in files and in expressions.

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// It is not known.
    Unknown,
    /// A name.
    Text(String),
    /// A count.
    Count(u64),
    /// A measured number; finite.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Unknown }
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Unknown, Self::from)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<bool> for Cell {
    fn from(is: bool) -> Self {
        Self::Flag(is)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

/// A table of values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The names of the columns: lower-case letters, digits and `_`.
    pub columns: Vec<String>,
    /// The rows, each with a cell per column.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(super) fn new<S: Into<String>>(columns: impl IntoIterator<Item = S>) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }
}

impl Table {
    pub(super) fn keep(&mut self, columns: &[&str]) {
        let kept: Vec<bool> = self.columns.iter().map(|name| columns.contains(&name.as_str())).collect();
        let mut is_kept = kept.iter().copied();
        self.columns.retain(|_| is_kept.next() == Some(true));
        for row in &mut self.rows {
            let mut is_kept = kept.iter().copied();
            row.retain(|_| is_kept.next() == Some(true));
        }
    }
}

/// The ends of an interval as two cells.
pub(super) fn ends(interval: Option<(f64, f64)>) -> [Cell; 2] {
    let (low, high) = interval.unzip();
    [low.into(), high.into()]
}

/// The name of a column by the label of its axis: `latency_s` of "latency (s)". A label without letters of ASCII has the
/// other name.
pub(super) fn column(label: &str, otherwise: &str) -> String {
    const LONGEST: usize = 40;
    let mut name = String::new();
    for sign in label.chars() {
        if name.len() >= LONGEST {
            break;
        }
        if sign.is_ascii_alphanumeric() {
            name.push(sign.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|first: char| first.is_ascii_lowercase()) { name.to_owned() } else { otherwise.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_their_axes_and_units() {
        for (label, name) in [
            ("latency (s)", "latency_s"),
            ("cost of 1,000 answers (USD)", "cost_of_1_000_answers_usd"),
            ("prompt tokens", "prompt_tokens"),
            ("1 < 2", "x"),
            ("токены", "x"),
            ("", "x"),
        ] {
            assert_eq!(column(label, "x"), name);
        }
        assert!(column(&"long ".repeat(90), "x").len() <= 40);
    }

    #[test]
    fn what_is_no_number_is_unknown() {
        assert_eq!([Cell::from(f64::NAN), Cell::from(f64::INFINITY), Cell::from(None)], [const { Cell::Unknown }; 3]);
        assert_eq!(ends(Some((0.5, f64::NAN))), [Cell::Number(0.5), Cell::Unknown]);
    }
}
