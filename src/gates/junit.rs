//! Gates as a JUnit report: a test case per gate and model.

use std::fmt::Write;

use super::outcome::{GateOutcome, Ruling};

/// The report as XML. A gate that cannot be told is a failure or skipped, as `is_failure` says.
pub fn junit(experiment: &str, outcomes: &[GateOutcome], is_failure: bool) -> String {
    let fails = |ruling| ruling == Ruling::Failed || (ruling == Ruling::CannotTell && is_failure);
    let failures = outcomes.iter().filter(|outcome| fails(outcome.ruling)).count();
    let skipped = outcomes.iter().filter(|outcome| outcome.ruling == Ruling::CannotTell && !is_failure).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (name, tests) = (escaped(experiment), outcomes.len());
    let _ = writeln!(
        out,
        "<testsuites><testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\">"
    );
    for outcome in outcomes {
        let (gate, subject, message) = (escaped(&outcome.gate), escaped(&outcome.subject), escaped(&outcome.message));
        let _ = write!(out, "<testcase classname=\"{subject}\" name=\"{gate}\">");
        let words = outcome.ruling.words();
        let _ = match outcome.ruling {
            ruling if fails(ruling) => write!(out, "<failure message=\"{words}: {message}\"/>"),
            Ruling::CannotTell => write!(out, "<skipped message=\"{words}: {message}\"/>"),
            _ => write!(out, "<system-out>{message}</system-out>"),
        };
        out.push_str("</testcase>\n");
    }
    out.push_str("</testsuite></testsuites>\n");
    out
}

/// A text for XML; characters that XML 1.0 has no place for are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::BatchId;

    #[test]
    fn each_gate_is_a_case() {
        let outcome = |ruling, subject: &str| GateOutcome {
            gate: "score >= 0.6".to_owned(),
            subject: subject.to_owned(),
            batch: BatchId::default(),
            ruling,
            message: "60.0 %".to_owned(),
        };
        let outcomes =
            [outcome(Ruling::Passed, "a"), outcome(Ruling::Failed, "<b>\u{1}"), outcome(Ruling::CannotTell, "c")];
        let text = junit("trial", &outcomes, false);
        assert!(text.contains("tests=\"3\" failures=\"1\" skipped=\"1\""), "{text}");
        assert!(text.contains(
            "classname=\"&lt;b&gt;\u{fffd}\" name=\"score &gt;= 0.6\"><failure message=\"failed: 60.0 %\"/>"
        ));
        assert!(junit("trial", &outcomes, true).contains("failures=\"2\" skipped=\"0\""));
    }
}
