//! What a store holds, as text.

use super::text::columns_within;
use crate::files::in_units;
use crate::format::counted;
use crate::store::Contents;

/// The size, then a line per model and per run, in tables as wide as the terminal.
pub fn shown(name: &str, contents: &Contents, width: Option<usize>) -> String {
    let count = contents.models.iter().map(|held| held.answers + held.faults + held.warmups).sum::<u64>();
    let mut text = format!("{name}: {}, {}", in_units(contents.bytes), counted(count, "response"));
    if contents.verdicts > 0 {
        text.push_str(&format!(", {}", counted(contents.verdicts, "verdict")));
    }
    for held in contents.models.chunk_by(|one, other| one.endpoint == other.endpoint) {
        let endpoint = held.first().map_or("", |first| first.endpoint.as_str());
        let rows: Vec<[String; 4]> = held
            .iter()
            .map(|held| {
                let [answers, faults, warmups] =
                    [held.answers, held.faults, held.warmups].map(|count| count.to_string());
                [held.model.clone(), answers, faults, warmups]
            })
            .collect();
        let table = columns_within(width, ["model", "answers", "faults", "warm-ups"], &rows, [9, 8, 7, 6]);
        text.push_str(&format!("\n\nendpoint `{endpoint}`\n{table}"));
    }
    let runs: Vec<[String; 2]> = contents.runs.iter().map(|(run, count)| [run.clone(), count.to_string()]).collect();
    if !runs.is_empty() {
        text.push_str("\n\n");
        text.push_str(&columns_within(width, ["run", "responses"], &runs, [9, 8]));
    }
    text
}
