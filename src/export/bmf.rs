//! Bencher Metric Format: `{benchmark: {measure: {value, lower_value, upper_value}}}`.

use serde_json::{Map, Value, json};

use super::summary::{Figure, Model};

pub(super) fn value(models: &[Model]) -> Value {
    let measures = |model: &Model| -> Map<String, Value> {
        model.figures.iter().map(|figure| (figure.name.to_owned(), metric(figure))).collect()
    };
    models.iter().map(|model| (model.name.clone(), Value::Object(measures(model)))).collect::<Map<_, _>>().into()
}

fn metric(figure: &Figure) -> Value {
    match figure.interval {
        Some((low, high)) => json!({ "value": figure.value, "lower_value": low, "upper_value": high }),
        None => json!({ "value": figure.value }),
    }
}
