//! Values of charts with a mark per model: scores, durations, trade-offs, differences, parts of a whole.

use serde_json::{Value, json};

use super::marks::{HIGH, WIDE, color, interval, name, number, reference, share};
use super::table::{Cell, Table, column, ends};
use crate::chart::durations::range;
use crate::chart::tradeoff::frontier;
use crate::chart::{DurationsChart, ForestChart, ScoreChart, StackedChart, TradeoffChart};

pub(super) fn score(chart: &ScoreChart) -> (Table, Value) {
    let mut table = Table::new(["model", "score", "low", "high", "n", "not_answers"]);
    table.rows.extend(chart.bars.iter().map(|bar| {
        let [low, high] = ends(Some((bar.low, bar.high)));
        vec![(&bar.label).into(), bar.mean.into(), low, high, bar.n.into(), bar.not_answers.into()]
    }));
    let color = color(&chart.frame, chart.bars.iter().map(|bar| &bar.label));
    let mut layer = vec![
        interval("x", share("low", "Mean score"), "high", &color),
        json!({
            "mark": { "type": "point", "filled": true, "size": 60 },
            "encoding": { "x": share("score", "Mean score"), "color": color },
        }),
    ];
    layer.extend(chart.chance.map(|chance| reference("x", chance)));
    (table, json!({ "width": WIDE, "encoding": { "y": name("model") }, "layer": layer }))
}

pub(super) fn durations(chart: &DurationsChart) -> (Table, Value) {
    let part = if chart.is_share { "part" } else { "duration" };
    let value = if chart.is_share { "score" } else { "value_s" };
    let mut table = Table::new(["model", part, value, "low", "high", "n"]);
    for group in &chart.groups {
        table.rows.extend(chart.series.iter().enumerate().map(|(place, series)| {
            let [low, high] = ends(group.spread.get(place).copied().flatten());
            let value = group.values.get(place).copied().flatten();
            let n = group.n.get(place).map_or(Cell::Unknown, |n| (*n).into());
            vec![(&group.label).into(), series.into(), value.into(), low, high, n]
        }));
    }
    let color = color(&chart.frame, chart.groups.iter().map(|group| &group.label));
    let axis = |field: &str| if chart.is_share { share(field, &chart.value_label) } else { from_zero(field, chart) };
    let layer = json!([
        { "mark": { "type": "bar", "opacity": 0.8 }, "encoding": { "x": axis(value), "color": color } },
        interval("x", axis("low"), "high", &json!({ "value": "#222222" })),
    ]);
    let spec = json!({ "width": 200, "encoding": { "y": name("model") }, "layer": layer });
    let facet = json!({ "field": part, "type": "nominal", "title": null, "sort": chart.series });
    (table, json!({ "facet": facet, "columns": 4, "spec": spec }))
}

/// Up to the largest value of all panels, as Vega cannot share a scale between plots that are facets themselves.
fn from_zero(field: &str, chart: &DurationsChart) -> Value {
    let mut from_zero = json!({ "field": field, "type": "quantitative", "title": chart.value_label });
    if !chart.beside.is_empty() {
        from_zero["scale"] = json!({ "domain": [0, range(chart).high] });
    }
    from_zero
}

pub(super) fn tradeoff(chart: &TradeoffChart) -> (Table, Value) {
    let x = column(&chart.x_label, "x");
    let (x_low, x_high) = (format!("{x}_low"), format!("{x}_high"));
    let columns = ["model", &x, &x_low, &x_high, "score", "score_low", "score_high", "check_failed"];
    let mut table = Table::new(columns);
    table.rows.extend(chart.points.iter().map(|point| {
        let mut row = vec![Cell::from(&point.label), point.x.into()];
        row.extend(ends(point.x_interval));
        row.push(point.y.into());
        row.extend(ends(point.y_interval));
        row.push(point.is_doubtful.into());
        row
    }));
    let color = color(&chart.frame, chart.points.iter().map(|point| &point.label));
    let (x_axis, y_axis) = (number(&x, &chart.x_label, false), share("score", "Mean score"));
    let mut along = interval("x", number(&x_low, &chart.x_label, false), &x_high, &color);
    along["encoding"]["y"] = y_axis.clone();
    let mut upwards = interval("y", share("score_low", "Mean score"), "score_high", &color);
    upwards["encoding"]["x"] = x_axis.clone();
    let mut fill = color.clone();
    fill["condition"] = json!({ "test": "datum.check_failed", "value": "white" });
    let points = json!({
        "mark": { "type": "point", "size": 80 },
        "encoding": { "x": x_axis.clone(), "y": y_axis.clone(), "color": color, "fill": fill },
    });
    let best = frontier(&chart.points, chart.is_better_above).into_iter().map(|index| &chart.points[index]);
    let best: Vec<Value> = best.map(|point| json!({ &x: point.x, "score": point.y })).collect();
    let frontier = json!({
        "data": { "values": best },
        "mark": { "type": "line", "strokeDash": [6, 4], "color": "#606060" },
        "encoding": { "x": x_axis, "y": y_axis },
    });
    (table, json!({ "width": WIDE, "height": HIGH, "layer": [frontier, along, upwards, points] }))
}

pub(super) fn forest(chart: &ForestChart) -> (Table, Value) {
    let mut table = Table::new(["pair", "detail", "difference", "low", "high", "is_distinct", "is_drawn"]);
    table.rows.extend(chart.rows.iter().map(|row| {
        let [low, high] = ends(Some(row.interval));
        vec![
            (&row.name()).into(),
            (&row.detail).into(),
            row.value.into(),
            low,
            high,
            row.is_distinct.into(),
            (!row.is_aside).into(),
        ]
    }));
    let color = json!({ "condition": { "test": "datum.is_distinct", "value": "#222222" }, "value": "#8a8a8a" });
    let points = json!({
        "mark": { "type": "square", "size": 70, "opacity": 1 },
        "encoding": { "x": number("difference", &chart.value_label, false), "color": color },
    });
    let rule = interval("x", number("low", &chart.value_label, false), "high", &color);
    let tips = json!([{ "field": "pair" }, { "field": "detail" }, { "field": "difference" }]);
    let encoding = json!({ "y": name("pair"), "tooltip": tips });
    let drawn = json!([{ "filter": "datum.is_drawn == 1" }]);
    (
        table,
        json!({ "width": WIDE, "transform": drawn, "encoding": encoding, "layer": [reference("x", 0.0), rule, points] }),
    )
}

pub(super) fn stacked(chart: &StackedChart) -> (Table, Value) {
    let (value, stack) = if chart.is_share { ("count", "normalize") } else { ("value_s", "zero") };
    let mut table = Table::new(["model", "class", value]);
    for bar in &chart.bars {
        let parts = chart.classes.iter().zip(&bar.parts);
        let cell = |part: f64| if chart.is_share { Cell::Count(part as u64) } else { part.into() };
        table.rows.extend(parts.map(|(class, part)| vec![(&bar.label).into(), class.into(), cell(*part)]));
    }
    let shown = json!({ "field": value, "type": "quantitative", "stack": stack, "title": chart.value_label });
    let colors: Vec<String> = chart.colors().map(super::marks::hex).collect();
    let scale = json!({ "domain": chart.classes, "range": colors });
    let class = json!({ "field": "class", "type": "nominal", "title": null, "scale": scale });
    let encoding = json!({ "y": name("model"), "x": shown, "color": class, "order": { "field": "place" } });
    let place = json!({ "calculate": format!("indexof({}, datum.class)", json!(chart.classes)), "as": "place" });
    (table, json!({ "width": WIDE, "mark": "bar", "transform": [place], "encoding": encoding }))
}
