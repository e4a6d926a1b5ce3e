//! Values of small multiples: the tables of the panels under one another, with a column that names the panel.

use serde_json::{Map, Value, json};

use super::table::{Cell, Table, column};
use crate::chart::PanelsChart;

pub(super) fn panels(chart: &PanelsChart) -> (Table, Value) {
    let part = column(&chart.part, "part");
    let of_panels: Vec<(&String, (Table, Value))> =
        chart.panels.iter().map(|panel| (&panel.label, panel.view.table_and_drawing())).collect();
    let all = joined(&part, of_panels.iter().map(|(label, (table, _))| (*label, table)));
    let drawn: Vec<Value> = of_panels.into_iter().map(|(label, (_, drawing))| of(&part, label, drawing)).collect();
    let [x, y] = ["x", "y"]
        .map(|axis| if drawn.iter().all(|panel| is_measured(panel, axis)) { "shared" } else { "independent" });
    (all, json!({ "vconcat": drawn, "resolve": { "scale": { "x": x, "y": y } } }))
}

/// The tables under one another. A column that a panel does not have is unknown in its rows.
fn joined<'t>(part: &str, tables: impl Iterator<Item = (&'t String, &'t Table)> + Clone) -> Table {
    let mut columns: Vec<&String> = Vec::new();
    for name in tables.clone().flat_map(|(_, table)| &table.columns) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let mut all = Table::new(std::iter::once(part.to_owned()).chain(columns.iter().map(|name| (*name).clone())));
    for (label, table) in tables {
        let places: Vec<_> = columns.iter().map(|name| table.columns.iter().position(|own| own == *name)).collect();
        let cell = |row: &[Cell], place: Option<usize>| place.and_then(|place| row.get(place)).cloned();
        let joined = table.rows.iter().map(|row| {
            let cells = places.iter().map(|place| cell(row, *place).unwrap_or(Cell::Unknown));
            std::iter::once(Cell::from(label)).chain(cells).collect()
        });
        all.rows.extend(joined);
    }
    all
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_several_shapes_stand_under_one_another() {
        let table = |columns: &[&str], row: &[f64]| Table {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows: vec![row.iter().copied().map(Cell::from).collect()],
        };
        let (one, other) = (table(&["x", "n"], &[1.0, 2.0]), table(&["n", "low", "x"], &[3.0, 4.0, 5.0]));
        let labels = ["d".to_owned(), "e".to_owned()];
        let all = joined("dataset", [(&labels[0], &one), (&labels[1], &other)].into_iter());
        assert_eq!(all.columns, ["dataset", "x", "n", "low"]);
        assert_eq!(all.rows[0], [Cell::from("d"), 1.0.into(), 2.0.into(), Cell::Unknown]);
        assert_eq!(all.rows[1], [Cell::from("e"), 5.0.into(), 3.0.into(), 4.0.into()]);
    }
}
