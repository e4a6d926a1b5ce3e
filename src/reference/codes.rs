//! The page of the exit codes.

use super::markdown::Table;
use crate::exit::EXITS;

pub(super) fn page() -> String {
    let mut table = Table::new(&["code", "meaning"]);
    for exit in EXITS {
        table.row([exit.code().to_string().as_str(), exit.meaning()]);
    }
    format!("# Exit codes\n\n{}", table.text())
}
