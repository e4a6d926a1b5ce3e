//! The templates of the pages, their style and script, and what a browser lets them do.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use minijinja::{AutoEscape, Environment, Value, escape_formatter};
use sha2::{Digest, Sha256};

use super::breaks;
use crate::error::Error;
use crate::printable::{is_reordering, unturned};

const TEMPLATE: &str = include_str!("assets/page.html");
const CHANGES: &str = include_str!("assets/changes.html");
const HEAD: &str = include_str!("assets/head.html");
const RATIOS: &str = include_str!("assets/ratios.html");
const TOP: &str = include_str!("assets/top.html");
const IMPORTED: &str = include_str!("assets/imported.html");
const TIMES: &str = include_str!("assets/times.html");
pub(super) const STYLE: &str = include_str!("assets/page.css");

/// The parts of the script, which share one scope.
pub(super) const SCRIPT: &str = concat!(
    include_str!("assets/data.js"),
    include_str!("assets/state.js"),
    include_str!("assets/page.js"),
    include_str!("assets/answers.js"),
    include_str!("assets/service.js"),
    include_str!("assets/prices.js"),
    include_str!("assets/start.js"),
);

/// The templates of all pages.
pub(super) fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(|out, state, value| match value.as_str().filter(|text| text.contains(is_reordering)) {
        Some(text) if !value.is_safe() => escape_formatter(out, state, &Value::from(unturned(text))),
        _ => escape_formatter(out, state, value),
    });
    environment.add_filter("name", |text: String| breaks::breakable(&text));
    environment.add_template("head.html", HEAD).map_err(failed)?;
    environment.add_template("top.html", TOP).map_err(failed)?;
    environment.add_template("changes.html", CHANGES).map_err(failed)?;
    environment.add_template("imported.html", IMPORTED).map_err(failed)?;
    environment.add_template("ratios.html", RATIOS).map_err(failed)?;
    environment.add_template("times.html", TIMES).map_err(failed)?;
    environment.add_template("page.html", TEMPLATE).map_err(failed)?;
    Ok(environment)
}

/// The error of a template.
pub(super) fn failed(error: minijinja::Error) -> Error {
    Error::Internal(format!("cannot write the report: {error:#}"))
}

/// What the browser lets a page do: run its own script if it has one, use its own style, and nothing else.
pub(super) fn policy(script: Option<&str>) -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    let script = script.map(|script| format!("script-src 'sha256-{}'; ", hash(script))).unwrap_or_default();
    format!(
        "default-src 'none'; {script}style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE)
    )
}
