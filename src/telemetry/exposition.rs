//! The text format of Prometheus and of OpenMetrics: a line per series with its name, labels and value.
//!
//! A page comes from outside, so that nothing of it is believed: a line that is no series is left out, and no line can
//! make a panic or cost more than its length.

/// One line of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Series<'t> {
    pub(super) name: &'t str,
    /// What stands between the braces.
    labels: &'t str,
    pub(super) value: f64,
}

/// The series of a page that have a wanted name, in their order, whatever number each has. Comments, timestamps and exemplars
/// are left out. Most of a page is wanted by nobody, and costs no more than its name.
pub(super) fn series<'p>(
    page: &'p str,
    is_wanted: impl Fn(&str) -> bool + 'p,
) -> impl Iterator<Item = Series<'p>> + 'p {
    page.lines().filter_map(move |line| of_line(line.trim(), &is_wanted))
}

fn of_line<'l>(line: &'l str, is_wanted: &impl Fn(&str) -> bool) -> Option<Series<'l>> {
    let name_end = line.bytes().position(|byte| !is_of_a_name(byte)).unwrap_or(line.len());
    let (name, rest) = line.split_at(name_end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !is_wanted(name) {
        return None;
    }
    let rest = rest.trim_start();
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(inner) => inner.split_at(end_of_labels(inner)?),
        None => ("", rest),
    };
    let rest = rest.strip_prefix('}').unwrap_or(rest);
    // What comes after the value is a timestamp, or an exemplar after `#`.
    let value = rest.split_ascii_whitespace().next()?;
    Some(Series { name, labels, value: value.parse().ok()? })
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':')
}

/// The place of the brace that ends labels, which a quoted value may hold as well.
fn end_of_labels(text: &str) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b'}' if !is_quoted => return Some(place),
            _ => {}
        }
    }
    None
}

impl<'t> Series<'t> {
    /// The labels, by name, with their values as they are written.
    pub(super) fn labels(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let mut rest = self.labels;
        std::iter::from_fn(move || {
            let (name, after) = rest.split_once('=')?;
            let quoted = after.trim_start().strip_prefix('"')?;
            let (value, after) = quoted.split_at(end_of_quotes(quoted)?);
            rest = &after[1..];
            Some((name.trim().trim_start_matches(',').trim(), value))
        })
    }
}

/// The place of the quotation mark that ends a value.
fn end_of_quotes(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(place),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(page: &str) -> Vec<(&str, f64)> {
        series(page, |_| true).map(|series| (series.name, series.value)).collect()
    }

    #[test]
    fn a_line_is_a_name_labels_and_a_value() {
        let page = "# HELP vllm:num_requests_running Number of requests.\n# TYPE vllm:num_requests_running gauge\n\
                    vllm:num_requests_running{engine=\"0\",model_name=\"a } b\"} 3.0\n\
                    llamacpp:requests_processing 2 1700000000000\n\
                    \tspaced  {a=\"b\"}\t+1e3 \r\n\
                    with_exemplar_total 7 # {trace_id=\"x\"} 0.5\n\
                    # EOF\n";
        let expected = [
            ("vllm:num_requests_running", 3.0),
            ("llamacpp:requests_processing", 2.0),
            ("spaced", 1000.0),
            ("with_exemplar_total", 7.0),
        ];
        assert_eq!(names(page), expected);
    }

    #[test]
    fn what_is_no_series_is_left_out() {
        let page = "b +Inf\nc -Inf\nd\ne {\nf{x=\"} 1\n{\"utf8.name\"} 1\n9a 1\ng one\n<html>\n\u{1f600} 1\nh 1\n";
        assert_eq!(names(page), [("b", f64::INFINITY), ("c", f64::NEG_INFINITY), ("h", 1.0)]);
        assert!(series("a NaN", |_| true).next().unwrap().value.is_nan());
    }

    #[test]
    fn labels_may_hold_escapes_braces_and_commas() {
        let line = r#"m{a="x,y=\"}\"",b = "line\nend\\", c="",} 1"#;
        let found = series(line, |_| true).next().unwrap();
        let labels: Vec<_> = found.labels().collect();
        assert_eq!(labels, [("a", r#"x,y=\"}\""#), ("b", r"line\nend\\"), ("c", "")]);
    }

    proptest! {
        #[test]
        fn no_page_makes_a_panic(page in "[a-z0-9:_{}=\",\\\\ \n\u{e9}#.+-]{0,200}") {
            for found in series(&page, |_| true) {
                found.labels().for_each(drop);
            }
        }
    }
}
