//! What templates see of a question and of worked examples.

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::letter::letter;
use crate::sample::{Answer, Sample};

/// The variables of a question.
pub(super) fn context_of(sample: &Sample, examples: &Value) -> Value {
    let own = context! {
        question => &sample.question, passage => sample.passage.as_deref(), choices => choices_of(sample),
        subject => sample.subject.as_deref(), id => sample.id.as_deref(), index => sample.index, examples => examples.clone(), messages => Value::from(Serde(&sample.messages)),
    };
    match sample.columns.is_empty() {
        true => own,
        false => context! { ..own, ..Value::from(Serde(&sample.columns)) },
    }
}

/// Worked examples as templates see them.
pub(super) fn value_of(chosen: &[&Sample]) -> Value {
    let example = |sample: &&Sample| {
        context! {
            question => &sample.question, passage => sample.passage.as_deref(), choices => choices_of(sample),
            subject => sample.subject.as_deref(), answer => answer_of(sample)
        }
    };
    Value::from(chosen.iter().map(example).collect::<Vec<_>>())
}

/// The right answer as an example shows it.
pub(super) fn answer_of(sample: &Sample) -> String {
    match &sample.answer {
        Some(Answer::Choice(index)) => letter(*index),
        Some(Answer::Text(text)) => text.to_string(),
        None => String::new(),
    }
}

fn choices_of(sample: &Sample) -> Value {
    sample.choices.iter().map(String::as_str).collect()
}
