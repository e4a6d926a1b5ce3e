//! Choices in lists of texts, structs and pairs, and in structs of lists.

use serde_json::{Map, Value};

use super::choice::{Choices, cell};
use super::fault::Fault;
use super::rows::scalar_text;

/// The members of a struct that hold the text of a choice, its label, and whether it is right.
const TEXT: [&str; 11] = [
    "text",
    "content",
    "value",
    "option_text",
    "choice_text",
    "answer_text",
    "atext",
    "option",
    "choice",
    "answer",
    "body",
];
const LABEL: [&str; 10] =
    ["label", "key", "letter", "option_label", "id", "option_id", "aid", "identifier", "option", "name"];
const RIGHT: [&str; 6] = ["is_correct", "correct", "isCorrect", "is_right", "is_answer", "right"];

/// What pandas makes of a missing choice when it writes it as text.
const MISSING: &str = "nan";

/// The choices of a list.
pub(super) fn listed(items: Vec<Value>, column: &str) -> Result<Choices, Fault> {
    if let Some(choices) = of_structs(&items) {
        return choices;
    }
    if let Some((labels, texts)) = of_pairs(&items) {
        return Ok(Choices { labels, ..choices_of(texts.into_iter(), column)? });
    }
    choices_of(items.into_iter(), column)
}

/// The choices of a list of structs, such as `{"label": "A", "text": "Paris"}`.
fn of_structs(items: &[Value]) -> Option<Result<Choices, Fault>> {
    let have =
        |name: &&str| !items.is_empty() && items.iter().all(|item| item.get(*name).is_some_and(|v| !v.is_boolean()));
    let text = TEXT.into_iter().find(|name| have(name))?;
    let members = |name: &str| items.iter().filter_map(|item| item.get(name)).cloned().collect::<Vec<Value>>();
    let label = LABEL.into_iter().find(|name| *name != text && have(name));
    let labels = label.map(|name| members(name).iter().filter_map(scalar_text).collect()).unwrap_or_default();
    let marks = RIGHT.into_iter().map(members).find(|marks| marks.len() == items.len()).unwrap_or_default();
    let is_right = |mark: &Value| mark.as_bool().unwrap_or_else(|| mark.as_f64() == Some(1.0));
    let right = marks.iter().enumerate().filter(|(_, mark)| is_right(mark)).map(|(place, _)| place).collect();
    let choices = choices_of(members(text).into_iter(), text);
    Some(choices.map(|choices| Choices { labels, right, ..choices }))
}

/// Labels and texts of a list of pairs, such as `["A", "Paris"]` and `{"A": "Paris"}`.
fn of_pairs(items: &[Value]) -> Option<(Vec<String>, Vec<Value>)> {
    let pair = |(place, item): (usize, &Value)| match item {
        Value::Object(members) if members.len() == 1 => {
            members.iter().next().map(|(l, text)| (l.clone(), text.clone()))
        }
        Value::Array(pair) => match pair.as_slice() {
            [label, text] => scalar_text(label).filter(|label| is_mark(label, place)).map(|l| (l, text.clone())),
            _ => None,
        },
        _ => None,
    };
    let (labels, texts): (Vec<String>, Vec<Value>) =
        items.iter().enumerate().map(pair).collect::<Option<Vec<_>>>()?.into_iter().unzip();
    let are_apart = labels.iter().enumerate().all(|(place, label)| !labels[..place].contains(label));
    (labels.len() > 1).then_some((if are_apart { labels } else { Vec::new() }, texts))
}

/// True if a label is the letter or number of a place.
fn is_mark(label: &str, place: usize) -> bool {
    let number = label.parse::<usize>().ok();
    let letter = label.chars().next().filter(|_| label.len() == 1).map(|c| c.to_ascii_uppercase() as usize);
    number.is_some_and(|number| number == place || number == place + 1) || letter == Some('A' as usize + place)
}

/// A struct of a list `text` or `choices` and a list `label`, or an object that maps labels to texts, or texts to scores.
pub(super) fn labelled(mut object: Map<String, Value>, column: &str) -> Result<Choices, Fault> {
    for name in ["text", "choices"] {
        if let Some(Value::Array(texts)) = object.get_mut(name).map(Value::take) {
            let labels = match object.remove("label") {
                Some(Value::Array(labels)) => labels.iter().filter_map(scalar_text).collect(),
                _ => Vec::new(),
            };
            return Ok(Choices { labels, ..choices_of(texts.into_iter(), column)? });
        }
    }
    // BIG-bench gives each choice its score.
    if column.ends_with("scores") && object.values().all(Value::is_number) {
        let right = object.values().enumerate().filter(|(_, score)| score.as_f64() > Some(0.0));
        let right = right.map(|(place, _)| place).collect();
        return Ok(Choices { right, ..Choices::of(object.keys().cloned().collect()) });
    }
    let mut cells: Vec<(String, Value)> = object.into_iter().collect();
    cells.sort_by(|(one, _), (other, _)| (one.len(), one).cmp(&(other.len(), other)));
    let (labels, texts): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
    Ok(Choices { labels, ..choices_of(texts.into_iter(), column)? })
}

fn choices_of(items: impl Iterator<Item = Value>, column: &str) -> Result<Choices, Fault> {
    without_tail(items.map(|item| cell(item, column)).collect::<Result<_, _>>()?)
}

/// Rows with fewer choices than others end in empty ones; an empty choice before another is an error.
pub(super) fn without_tail(mut texts: Vec<Option<String>>) -> Result<Choices, Fault> {
    let mut lacks_one = false;
    while let Some(tail) = texts.pop_if(|text| text.as_deref().is_none_or(|text| text == MISSING)) {
        lacks_one |= tail.is_some();
    }
    let texts = texts.into_iter().enumerate().map(|(at, text)| text.ok_or(Fault::ChoiceGap(at)));
    Ok(Choices { lacks_one, ..Choices::of(texts.collect::<Result<_, _>>()?) })
}
