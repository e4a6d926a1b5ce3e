//! Values of charts with a mark per response: scatter, distributions, timeline, reliability.

use serde_json::{Value, json};

use super::marks::{HIGH, WIDE, color, colors, hex, name, number, share};
use super::table::{Cell, Table, column};
use crate::chart::axis::is_drawable;
use crate::chart::ecdf::{line_colors, sorted};
use crate::chart::timeline::kind_color;
use crate::chart::{BarKind, EcdfChart, ReliabilityChart, ScatterChart, TimelineChart};

pub(super) fn scatter(chart: &ScatterChart) -> (Table, Value) {
    let (x, y) = (column(&chart.x_label, "x"), column(&chart.y_label, "y"));
    let mut table = Table::new(["model", &x, &y]);
    for series in &chart.series {
        let shown = series.points.iter().filter(|(x, y)| is_drawable(*x, chart.log_x) && is_drawable(*y, chart.log_y));
        table.rows.extend(shown.map(|(x, y)| vec![(&series.label).into(), (*x).into(), (*y).into()]));
    }
    let encoding = json!({
        "x": number(&x, &chart.x_label, chart.log_x),
        "y": number(&y, &chart.y_label, chart.log_y),
        "color": color(chart.series.iter().map(|series| &series.label)),
    });
    (table, json!({ "width": WIDE, "height": HIGH, "mark": { "type": "point", "opacity": 0.6 }, "encoding": encoding }))
}

pub(super) fn ecdf(chart: &EcdfChart) -> (Table, Value) {
    let x = column(&chart.x_label, "latency_s");
    let (panel, line) = if chart.is_ordered { ("model", "level") } else { ("dataset", "model") };
    let has_panels = chart.panels.iter().any(|panel| !panel.label.is_empty());
    let mut table = Table::new(has_panels.then_some(panel).into_iter().chain([line, &x, "share"]));
    for (panel, series) in chart.panels.iter().flat_map(|panel| panel.series.iter().map(move |series| (panel, series)))
    {
        let (values, total) = sorted(series, chart.log_x);
        let step = |(place, value): (usize, f64)| {
            let panel = has_panels.then(|| (&panel.label).into());
            let point = [(&series.label).into(), value.into(), ((place + 1) as f64 / total as f64).into()];
            panel.into_iter().chain(point).collect()
        };
        table.rows.extend(values.into_iter().enumerate().map(step));
    }
    let encoding = json!({
        "x": number(&x, &chart.x_label, chart.log_x),
        "y": share("share", "Share of responses"),
        "color": colors(line, line_colors(chart)),
    });
    let mark = json!({ "type": "line", "interpolate": "step-after" });
    let spec = json!({ "width": WIDE, "height": HIGH, "mark": mark, "encoding": encoding });
    let facet = json!({ "field": panel, "type": "nominal", "title": null, "sort": null });
    (table, if has_panels { json!({ "facet": facet, "columns": 1, "spec": spec }) } else { spec })
}

const KINDS: [(BarKind, &str); 4] =
    [(BarKind::Answer, "answer"), (BarKind::WarmUp, "warm-up"), (BarKind::Cold, "cold"), (BarKind::Fault, "fault")];

pub(super) fn timeline(chart: &TimelineChart) -> (Table, Value) {
    let mut table = Table::new(["model", "lane", "kind", "due_s", "sent_s", "first_token_s", "end_s"]);
    for group in &chart.groups {
        let (bars, lanes) = group.lanes();
        table.rows.extend(bars.iter().zip(lanes).map(|(bar, lane)| {
            let kind = KINDS.iter().find(|(kind, _)| *kind == bar.kind).map_or("", |(_, word)| word);
            let [due, sent, end] = [bar.scheduled, bar.sent, bar.end].map(Cell::from);
            vec![(&group.label).into(), (lane as u64).into(), kind.into(), due, sent, bar.first_token.into(), end]
        }));
    }
    let colors = KINDS.map(|(kind, _)| hex(kind_color(kind)));
    let scale = json!({ "domain": KINDS.map(|(_, word)| word), "range": colors });
    let encoding = json!({
        "x": { "field": "sent_s", "type": "quantitative", "title": "Seconds since the start of the run" },
        "x2": { "field": "end_s" },
        "y": { "field": "lane", "type": "ordinal", "title": null, "axis": null },
        "color": { "field": "kind", "type": "nominal", "title": null, "scale": scale },
        "row": { "field": "model", "type": "nominal", "title": null, "sort": null, "header": { "labelAngle": 0 } },
    });
    let resolve = json!({ "scale": { "y": "independent" } });
    let height = json!({ "step": 8 });
    (table, json!({ "width": WIDE, "height": height, "mark": "bar", "encoding": encoding, "resolve": resolve }))
}

pub(super) fn reliability(chart: &ReliabilityChart) -> (Table, Value) {
    let mut table = Table::new(["model", "confidence", "accuracy", "n"]);
    for series in &chart.series {
        table.rows.extend(series.points.iter().map(|point| {
            vec![(&series.label).into(), point.confidence.into(), point.accuracy.into(), point.count.into()]
        }));
    }
    let encoding = json!({
        "x": share("confidence", "Confidence: probability of the chosen letter"),
        "y": share("accuracy", "Share of right answers"),
    });
    let color = color(chart.series.iter().map(|series| &series.label));
    let corners = [0, 1].map(|end| json!({ "confidence": end, "accuracy": end }));
    let diagonal =
        json!({ "data": { "values": corners }, "mark": { "type": "line", "strokeDash": [5, 4], "color": "#606060" } });
    let size = json!({ "field": "n", "type": "quantitative", "title": "answers" });
    let layer = json!([
        diagonal,
        { "mark": "line", "encoding": { "color": color } },
        { "mark": { "type": "point", "filled": true }, "encoding": { "color": color, "size": size, "detail": name("model") } },
    ]);
    (table, json!({ "width": WIDE, "height": HIGH, "encoding": encoding, "layer": layer }))
}
