//! A Vega-Lite 5 document around the marks of a chart.

use serde_json::{Map, Value, json};

use super::table::{Cell, Table};
use crate::chart::Frame;
use crate::chart::text::clean;
use crate::chart::theme::FAMILY;

/// More rows than these stay in the file of the table, which the document then names.
const MOST_ROWS: usize = 5000;
const SCHEMA: &str = "https://vega.github.io/schema/vega-lite/v5.json";
const VALUES: &str = "values";

/// The document: what stands around the chart, its values, and how they are drawn.
pub(super) fn document(data: Value, (frame, note): (&Frame, &str), drawing: &Value) -> Map<String, Value> {
    let title = json!({ "text": clean(&frame.title), "subtitle": clean(&frame.subtitle), "anchor": "start" });
    let around = [
        ("$schema", SCHEMA.into()),
        ("title", title),
        ("description", clean(note).into()),
        ("config", json!({ "font": FAMILY })),
        ("data", data),
    ];
    let drawing = drawing.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
    around.into_iter().map(|(key, value)| (key.to_owned(), value)).chain(drawing).collect()
}

/// The document with a key in a line, and a row of its values in a line.
pub(super) fn text(document: &Map<String, Value>) -> String {
    let lines = document.iter().map(|(key, value)| {
        let name = Value::from(key.as_str());
        match value.get(VALUES).and_then(Value::as_array) {
            Some(rows) if key == "data" => {
                let rows: Vec<String> = rows.iter().map(|row| format!("    {row}")).collect();
                format!("  {name}: {{\"{VALUES}\": [\n{}\n  ]}}", rows.join(",\n"))
            }
            _ => format!("  {name}: {value}"),
        }
    });
    format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
}

/// The rows themselves.
pub(super) fn inline(table: &Table) -> Value {
    json!({ VALUES: table.rows.iter().map(|row| object(&table.columns, row)).collect::<Vec<_>>() })
}

/// The rows themselves, or the file that holds them where they are many.
pub(super) fn source(table: &Table, csv: &str) -> Value {
    if table.rows.len() <= MOST_ROWS {
        return inline(table);
    }
    let kinds = table.columns.iter().enumerate().filter_map(|(place, name)| {
        let known = table.rows.iter().map(|row| &row[place]).find(|cell| **cell != Cell::Unknown)?;
        let kind = if matches!(known, Cell::Text(_)) { "string" } else { "number" };
        Some((name.clone(), kind.into()))
    });
    json!({ "url": csv, "format": { "type": "csv", "parse": kinds.collect::<Map<String, Value>>() } })
}

fn object(columns: &[String], row: &[Cell]) -> Value {
    let value = |cell: &Cell| match cell {
        Cell::Unknown => Value::Null,
        Cell::Text(text) => text.as_str().into(),
        Cell::Count(count) => (*count).into(),
        Cell::Number(number) => (*number).into(),
        Cell::Flag(is) => u8::from(*is).into(),
    };
    columns.iter().cloned().zip(row.iter().map(value)).collect::<Map<String, Value>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> Table {
        let row = |index: usize| vec![Cell::from("=m"), Cell::Unknown, Cell::from(index as f64), Cell::from(true)];
        Table { rows: (0..rows).map(row).collect(), ..Table::new(["model", "n", "latency_s", "is_knee"]) }
    }

    #[test]
    fn few_values_are_in_the_document_and_many_in_their_table() {
        let of = |rows: usize| source(&table(rows), "a.csv");
        assert_eq!(of(1)[VALUES][0], json!({ "model": "=m", "n": null, "latency_s": 0.0, "is_knee": 1 }));
        let parse = json!({ "model": "string", "latency_s": "number", "is_knee": "number" });
        assert_eq!(of(5001), json!({ "url": "a.csv", "format": { "type": "csv", "parse": parse } }));
    }

    #[test]
    fn the_text_is_the_document() {
        for rows in [0, 1, 3] {
            let frame = Frame { title: "</script>\n\u{1}\"x\"".into(), ..Frame::default() };
            let document = document(inline(&table(rows)), (&frame, "A\nnote."), &json!({ "mark": "point" }));
            assert_eq!((&document["mark"], &document["description"]), (&json!("point"), &json!("A note.")));
            let read: Value = serde_json::from_str(&text(&document)).unwrap();
            assert_eq!(read, Value::from(document));
        }
    }
}
