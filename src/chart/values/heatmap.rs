//! Values of a heat map: a row per cell.

use serde_json::{Value, json};

use super::table::{Table, column};
use crate::chart::Heatmap;

pub(super) fn heatmap(chart: &Heatmap) -> (Table, Value) {
    let has_panels = chart.panels.iter().any(|panel| !panel.label.is_empty());
    // A heat map of subjects has the models as its columns, and one panel without a name.
    let x = column(&chart.x_label, "column");
    let (y, value) = (column(&chart.y_label, "row"), column(&chart.value_label, "value"));
    let panel_column = has_panels.then(|| "panel".to_owned());
    let mut table = Table::new(panel_column.into_iter().chain([x.clone(), y.clone(), value.clone(), "n".into()]));
    for panel in &chart.panels {
        table.rows.extend(panel.cells.iter().filter_map(|cell| {
            let (column, row) = (chart.columns.get(cell.x)?, chart.rows.get(cell.y)?);
            let panel = has_panels.then(|| (&panel.label).into());
            Some(panel.into_iter().chain([column.into(), row.into(), cell.value.into(), cell.n.into()]).collect())
        }));
    }
    let kind = if chart.log_color { "log" } else { "linear" };
    let scale = json!({ "type": kind, "domain": chart.range, "scheme": "viridis", "reverse": true, "clamp": true });
    let color = json!({ "field": value, "type": "quantitative", "title": chart.value_label, "scale": scale });
    let rows: Vec<&String> = chart.rows.iter().rev().collect();
    let encoding = json!({
        "x": { "field": x, "type": "ordinal", "sort": chart.columns, "title": chart.x_label },
        "y": { "field": y, "type": "ordinal", "sort": rows, "title": chart.y_label },
        "tooltip": table.columns.iter().map(|name| json!({ "field": name })).collect::<Vec<_>>(),
    });
    let text = json!({ "field": value, "type": "quantitative", "format": if chart.is_share { ".0%" } else { ".3g" } });
    // Dark cells carry white numbers, as in the picture.
    let middle = if chart.log_color {
        (chart.range.0 * chart.range.1).sqrt()
    } else {
        f64::midpoint(chart.range.0, chart.range.1)
    };
    let ink =
        json!({ "condition": { "test": format!("datum.{value} > {middle}"), "value": "white" }, "value": "black" });
    let layer = json!([
        { "mark": "rect", "encoding": { "color": color } },
        { "mark": "text", "encoding": { "text": text, "color": ink } },
    ]);
    let spec = json!({ "width": { "step": 60 }, "height": { "step": 32 }, "encoding": encoding, "layer": layer });
    let facet = json!({ "field": "panel", "type": "nominal", "title": null, "sort": null });
    (table, if has_panels { json!({ "facet": facet, "columns": 3, "spec": spec }) } else { spec })
}
