//! The words that people and programs read, as text: a change of them is a change of a file in `snapshots`.
//!
//! `INSTA_UPDATE=always cargo test --test it wording` writes the files anew; `git diff` shows what has changed.

mod console;
mod datasets;
mod diagnostics;
mod help;
mod normal;
mod reports;

use std::path::Path;

/// Compares a text with the file `snapshots/<folder>/<name>.snap`.
#[track_caller]
fn check(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
