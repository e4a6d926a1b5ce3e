//! A sample: one item of a dataset, as every later stage sees it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::message::Message;
use crate::secret::Secrets;

/// One item of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// The row's index in its dataset, from 0, before filter, shuffle and limit.
    pub index: usize,
    /// The row's own identifier, where the dataset has one.
    pub id: Option<String>,
    /// The question.
    pub question: String,
    /// The chat that the question ends, as the row has it; empty for a question alone.
    pub messages: Vec<Message>,
    /// The choices, in order; empty for open questions.
    pub choices: Vec<String>,
    /// The right answer; `None` where the row carries none.
    pub answer: Option<Answer>,
    /// Further right answers; any of them counts as `answer` does.
    pub also: Vec<Answer>,
    /// The text that the question is about.
    pub passage: Option<String>,
    /// The subject, else the subset's name.
    pub subject: Option<String>,
    /// Every other column by its name, for templates.
    pub columns: Map<String, Value>,
    /// By how many places the choices were rotated; none if the question is asked in one order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<usize>,
}

/// The right answer to a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Answer {
    /// Index of the right choice, from 0.
    Choice(usize),
    /// Text of the answer to an open question.
    Text(String),
}

impl Sample {
    /// All right answers, the first of them `answer`.
    pub fn golds(&self) -> impl Iterator<Item = &Answer> {
        self.answer.iter().chain(&self.also)
    }

    /// The sample with its choices in at most `most` orders, evenly spaced among their cyclic rotations; the first is its own.
    pub fn rotations(&self, most: usize) -> Vec<Self> {
        let places = self.choices.len();
        let count = most.clamp(1, places.max(1));
        (0..count).map(|turn| self.rotated(turn * places / count)).collect()
    }

    /// The sample with its choices moved forward by some places, the first ones to the end.
    fn rotated(&self, places: usize) -> Self {
        let mut rotated = Self { rotation: Some(places), ..self.clone() };
        rotated.choices.rotate_left(places);
        let count = self.choices.len().max(1);
        for gold in rotated.answer.iter_mut().chain(&mut rotated.also) {
            if let Answer::Choice(index) = gold {
                *index = (*index + count - places) % count;
            }
        }
        rotated
    }

    /// What it is called within its dataset: its number, with its rotation if that is another than its own order.
    pub fn name(&self) -> String {
        match self.rotation {
            None | Some(0) => self.index.to_string(),
            Some(places) => format!("{}+{places}", self.index),
        }
    }

    /// Where the choice at an index stands before any rotation; of choices with one text, where the first of them does.
    pub fn before_rotation(&self, index: usize) -> Option<usize> {
        let text = self.choices.get(index)?.trim();
        let count = self.choices.len();
        let original = |index: usize| (index + self.rotation.unwrap_or(0)) % count;
        let alike = self.choices.iter().enumerate().filter(|(_, choice)| choice.trim() == text);
        alike.map(|(index, _)| original(index)).min()
    }

    /// The sample without secrets: a mirror that echoes the token it was sent must not have it asked of others.
    #[must_use]
    pub fn redacted(self, secrets: &Secrets) -> Self {
        let clean = |text: String| secrets.redacted(text);
        let clean_answer = |answer: Answer| match answer {
            Answer::Text(text) => Answer::Text(clean(text)),
            choice @ Answer::Choice(_) => choice,
        };
        Self {
            index: self.index,
            id: self.id.map(clean),
            question: clean(self.question),
            messages: (self.messages.into_iter())
                .map(|message| Message { content: clean(message.content), ..message })
                .collect(),
            choices: self.choices.into_iter().map(clean).collect(),
            answer: self.answer.map(clean_answer),
            also: self.also.into_iter().map(clean_answer).collect(),
            passage: self.passage.map(clean),
            subject: self.subject.map(clean),
            columns: self
                .columns
                .into_iter()
                .map(|(name, value)| (clean(name), redacted_value(value, secrets)))
                .collect(),
            rotation: self.rotation,
        }
    }
}

fn redacted_value(value: Value, secrets: &Secrets) -> Value {
    match value {
        Value::String(text) => Value::String(secrets.redacted(text)),
        Value::Array(items) => items.into_iter().map(|item| redacted_value(item, secrets)).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| (secrets.redacted(name), redacted_value(member, secrets)))
            .collect(),
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(choices: &[&str], right: usize) -> Sample {
        Sample {
            index: 3,
            id: None,
            question: "q".into(),
            messages: Vec::new(),
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
            answer: Some(Answer::Choice(right)),
            also: Vec::new(),
            passage: None,
            subject: None,
            columns: Map::new(),
            rotation: None,
        }
    }

    fn right(sample: &Sample) -> &str {
        match sample.answer {
            Some(Answer::Choice(index)) => &sample.choices[index],
            _ => "",
        }
    }

    #[test]
    fn every_choice_stands_once_in_every_place() {
        let rotations = sample(&["w", "x", "y", "z"], 1).rotations(4);
        for place in 0..4 {
            let mut there: Vec<&str> = rotations.iter().map(|rotated| rotated.choices[place].as_str()).collect();
            there.sort_unstable();
            assert_eq!(there, ["w", "x", "y", "z"]);
        }
        for rotated in &rotations {
            assert_eq!(right(rotated), "x");
            let before: Vec<_> = (0..4).filter_map(|index| rotated.before_rotation(index)).collect();
            let texts: Vec<&str> = before.iter().map(|index| ["w", "x", "y", "z"][*index]).collect();
            assert_eq!(texts, rotated.choices);
        }
        assert_eq!(rotations[0].choices, ["w", "x", "y", "z"]);
    }

    #[test]
    fn more_choices_are_rotated_in_even_steps_and_fewer_as_often_as_they_can() {
        let letters: Vec<String> = ('a'..='j').map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        let places = |rotations: &[Sample]| rotations.iter().filter_map(|sample| sample.rotation).collect::<Vec<_>>();
        assert_eq!(places(&sample(&letters, 9).rotations(4)), [0, 2, 5, 7]);
        assert_eq!(places(&sample(&["x", "y"], 0).rotations(4)), [0, 1]);
        assert_eq!(places(&sample(&[], 0).rotations(4)), [0]);
    }

    #[test]
    fn choices_of_one_text_are_one() {
        let rotated = &sample(&["x", "y", " x"], 0).rotations(3)[1];
        assert_eq!(rotated.choices, ["y", " x", "x"]);
        assert_eq!([0, 1, 2, 3].map(|index| rotated.before_rotation(index)), [Some(1), Some(0), Some(0), None]);
    }
}
