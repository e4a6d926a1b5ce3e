//! Replaces what differs between runs and machines by names that stay the same.

use regex::Regex;
use serde_json::Value as Json;

use crate::bench::{Bench, Finished};

/// A text without the folder of its bench, ports, versions, and times that a line reports.
pub(super) fn stable(bench: &Bench, text: &str) -> String {
    let folder = bench.path("");
    let mut text = text.replace("\r\n", "\n").replace("smallbench.exe", "smallbench");
    // On some systems the temporary folder has two paths; the canonical one contains the other.
    for path in [folder.canonicalize().unwrap(), folder] {
        text = text.replace(path.to_str().unwrap().trim_end_matches('/'), "[bench]");
    }
    if cfg!(windows) {
        text = text.replace('\\', "/");
    }
    text = text.replace(env!("CARGO_MANIFEST_DIR"), "[project]");
    text = text.replace(env!("CARGO_PKG_VERSION"), "[version]");
    for (pattern, name) in [
        (r"127\.0\.0\.1:\d+", "127.0.0.1:[port]"),
        (r"\b[0-9a-f]{40,64}\b", "[hash]"),
        (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "[time]"),
        (r"\b(took|in) \d[\d.,]* (s|ms)\b", "$1 [time]"),
        (r"\d+ GiB free", "[size] free"),
        (r"[^:\n]+ \(os error \d+\)", " [system error]"),
    ] {
        text = replace(&text, pattern, name);
    }
    text
}

/// The same without what was measured: the cells of tables, and the check of the client, which a busy machine fails.
pub(super) fn unmeasured(bench: &Bench, text: &str) -> String {
    let text = stable(bench, text);
    let text = replace(&text, r"(?m)^(- \*\*)?failed(:|\*\*) client .*\n", "");
    let text = replace(&text, r"passed: (client, )?", "passed: [client, ]");
    let text = replace(&text, r"checks: \d+ failed, ", "checks: [count] failed, ");
    text.lines().map(cells).collect::<Vec<_>>().join("\n")
}

/// A line; where it is a row of a table, with `#` for each cell that holds a figure or the lack of one.
fn cells(line: &str) -> String {
    let (start, separator, end) = if line.starts_with("| ") { ("| ", " | ", " |") } else { ("", "  ", "") };
    let is_row = line.starts_with("| ") || line.trim().contains("  ");
    let is_stage = ["fetch ", "generate ", "judge ", "render ", "warning: "].iter().any(|word| line.starts_with(word));
    if !is_row || is_stage || line.contains(" | --- | ") {
        return line.to_owned();
    }
    let figure = Regex::new(r"^(p\d\d )?\d.*$|^–$|^ok$|^limited$").unwrap();
    let masked = |cell| if figure.is_match(cell) && cell != "95 % interval" { "#" } else { cell };
    let body = line.trim_start_matches(start).trim_end_matches(end);
    let cells = body.split(separator).map(str::trim).filter(|cell| !cell.is_empty());
    format!("{start}{}{end}", cells.map(masked).collect::<Vec<_>>().join(separator))
}

/// What a command printed and how it ended.
pub(super) fn printed(finished: &Finished, normal: impl Fn(&str) -> String) -> String {
    let code = finished.code.map_or_else(|| "none".to_owned(), |code| code.to_string());
    let (out, err) = (normal(&finished.stdout), normal(&finished.stderr));
    format!("exit code: {code}\n----- stdout -----\n{out}\n----- stderr -----\n{err}")
}

/// Events without what was measured.
pub(super) fn events(bench: &Bench, text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut event: Json = serde_json::from_str(line).unwrap();
        without_measurements(&mut event);
        replace(&stable(bench, &event.to_string()), r"checks: \d+ failed, ", "checks: [count] failed, ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn without_measurements(value: &mut Json) {
    match value {
        Json::Object(members) => {
            for (name, member) in members {
                let has_time = name.split('_').any(|part| ["s", "ms", "sec"].contains(&part)) || name == "steady_share";
                let is_measured = has_time && (member.is_number() || member.is_null());
                match name.as_str() {
                    _ if is_measured => *member = "[measured]".into(),
                    "client_limited" => *member = "[bool]".into(),
                    "checks" => member.as_array_mut().unwrap().retain(|check| check["name"] != "client"),
                    _ => without_measurements(member),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(without_measurements),
        _ => {}
    }
}

fn replace(text: &str, pattern: &str, with: &str) -> String {
    Regex::new(pattern).unwrap().replace_all(text, with).into_owned()
}
