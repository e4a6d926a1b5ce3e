//! Parts that the Vega-Lite drawings share: models in their colours, intervals, axes.

use std::collections::HashSet;

use plotters::style::RGBColor;
use serde_json::{Value, json};

use crate::chart::Frame;
use crate::chart::theme::look_of;

/// Width and height of a plot in Vega-Lite's pixels.
pub(super) const WIDE: u32 = 560;
pub(super) const HIGH: u32 = 320;

/// A colour per model, as in the picture.
pub(super) fn color<S: AsRef<str>>(frame: &Frame, labels: impl IntoIterator<Item = S>) -> Value {
    let named = labels.into_iter().enumerate();
    colors("model", named.map(|(index, label)| (label, look_of(&frame.looks, index).color)))
}

/// A colour per name of a field.
pub(super) fn colors<S: AsRef<str>>(field: &str, named: impl IntoIterator<Item = (S, RGBColor)>) -> Value {
    let mut known = HashSet::new();
    let named = named.into_iter().map(|(name, color)| (name.as_ref().to_owned(), hex(color)));
    let (domain, range): (Vec<String>, Vec<String>) = named.filter(|(name, _)| known.insert(name.clone())).unzip();
    json!({ "field": field, "type": "nominal", "title": null, "scale": { "domain": domain, "range": range } })
}

pub(super) fn hex(color: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2)
}

/// A field of numbers with the title of its axis.
pub(super) fn number(field: &str, title: &str, log: bool) -> Value {
    let scale = if log { json!({ "type": "log" }) } else { json!({ "zero": false }) };
    json!({ "field": field, "type": "quantitative", "title": title, "scale": scale })
}

/// A field of shares of 1.
pub(super) fn share(field: &str, title: &str) -> Value {
    json!({ "field": field, "type": "quantitative", "title": title, "scale": { "domain": [0, 1] } })
}

/// A field of names in the order of the table.
pub(super) fn name(field: &str) -> Value {
    json!({ "field": field, "type": "nominal", "title": null, "sort": null })
}

/// A rule from one field to another along an axis; rows without both have none.
pub(super) fn interval(axis: &str, mut from: Value, to: &str, color: &Value) -> Value {
    let low = from["field"].as_str().unwrap_or_default().to_owned();
    from["axis"] = json!({ "grid": true });
    json!({
        "mark": "rule",
        "transform": [{ "filter": format!("isValid(datum.{low}) && isValid(datum.{to})") }],
        "encoding": { axis: from, format!("{axis}2"): { "field": to }, "color": color },
    })
}

/// A dashed rule across the plot at a place of an axis.
pub(super) fn reference(axis: &str, value: f64) -> Value {
    let (across, end) = if axis == "x" { ("y", "height") } else { ("x", "width") };
    json!({
        "mark": { "type": "rule", "strokeDash": [5, 4] },
        "data": { "values": [{}] },
        "encoding": {
            axis: { "datum": value },
            across: { "value": 0 },
            format!("{across}2"): { "value": end },
        },
    })
}
