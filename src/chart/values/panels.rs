//! Values of small multiples: the tables of the panels under one another, with a column that names the panel.

use serde_json::{Map, Value, json};

use super::table::{Cell, Table, column};
use crate::chart::PanelsChart;

pub(super) fn panels(chart: &PanelsChart) -> (Table, Value) {
    let part = column(&chart.part, "part");
    let of_panels: Vec<(&String, (Table, Value))> =
        chart.panels.iter().map(|panel| (&panel.label, panel.view.table_and_drawing())).collect();
    let columns = of_panels.first().map_or_else(Vec::new, |(_, (table, _))| table.columns.clone());
    let mut all = Table::new(std::iter::once(part.clone()).chain(columns));
    for (label, (table, _)) in &of_panels {
        all.rows.extend(table.rows.iter().map(|row| std::iter::once(Cell::from(*label)).chain(row.clone()).collect()));
    }
    let drawn: Vec<Value> = of_panels.into_iter().map(|(label, (_, drawing))| of(&part, label, drawing)).collect();
    let [x, y] = ["x", "y"]
        .map(|axis| if drawn.iter().all(|panel| is_measured(panel, axis)) { "shared" } else { "independent" });
    (all, json!({ "vconcat": drawn, "resolve": { "scale": { "x": x, "y": y } } }))
}

/// True if numbers stand along an axis, which panels then share. The names of rows are those of a panel. Vega shares no scale
/// between plots that are facets themselves; their drawings name the ends of theirs.
fn is_measured(drawing: &Value, axis: &str) -> bool {
    let layers = drawing.get("layer").and_then(Value::as_array).into_iter().flatten();
    let kind = |drawing: &Value| Some(drawing.get("encoding")?.get(axis)?.get("type")? == "quantitative");
    drawing.get("facet").is_none() && std::iter::once(drawing).chain(layers).find_map(kind) == Some(true)
}

/// The drawing of a panel, of its own rows.
fn of(part: &str, label: &str, drawing: Value) -> Value {
    let mut drawing = match drawing {
        Value::Object(drawing) => drawing,
        _ => Map::new(),
    };
    let own = json!({ "filter": { "field": part, "equal": label } });
    let others = drawing.get("transform").and_then(Value::as_array).into_iter().flatten().cloned();
    let transform: Vec<Value> = std::iter::once(own).chain(others).collect();
    drawing.insert("transform".into(), transform.into());
    drawing.insert("title".into(), json!({ "text": label, "anchor": "start" }));
    drawing.into()
}
