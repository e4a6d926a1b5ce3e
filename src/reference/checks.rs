//! The page of the checks.

use super::markdown::Table;
use crate::checks::CHECKS;

pub(super) fn page() -> String {
    let mut table = Table::new(&["check", "finding", "what it looks for", "what to do"]);
    for check in CHECKS {
        let name = format!("`{}`", check.name);
        table.row([name.as_str(), check.finding.word(), check.asks, check.remedy]);
    }
    format!(
        "# Checks\n\nEvery run tests whether its figures mean what they seem to. A finding that *failed* makes figures \
         misleading, one that *warned* asks for care, and one that *passed* is a note. A check changes neither a figure \
         nor the exit code; it is left out where there is nothing to look at.\n\n{}",
        table.text()
    )
}
