//! A sample: one item of a dataset, as every later stage sees it.

use std::num::NonZeroU32;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, LazyLock};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use thin_vec::ThinVec;

use crate::image::Image;
use crate::message::Message;
use crate::secret::Secrets;
use crate::tool::Tool;

/// One item of a dataset. A dataset may have millions, most of them without most of this: what is not there takes one word.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// The row's index in its dataset, from 0, before filter, shuffle and limit.
    pub index: usize,
    /// Where the row stands.
    #[serde(skip)]
    pub place: RowPlace,
    /// The row's own identifier, where the dataset has one.
    pub id: Option<Box<str>>,
    /// The question.
    pub question: String,
    /// The chat that the question ends, as the row has it; empty for a question alone.
    pub messages: ThinVec<Message>,
    /// The images that the question is about.
    #[serde(skip_serializing_if = "ThinVec::is_empty")]
    pub images: ThinVec<Image>,
    /// The tools that are offered with the question, in place of those of the spec; none where these are.
    #[serde(skip_serializing_if = "ThinVec::is_empty")]
    pub tools: ThinVec<Tool>,
    /// The choices, in order; empty for open questions.
    pub choices: ThinVec<String>,
    /// The right answer; `None` where the row carries none.
    pub answer: Option<Answer>,
    /// Further right answers; any of them counts as `answer` does.
    pub also: ThinVec<Answer>,
    /// The text that the question is about.
    pub passage: Option<Box<str>>,
    /// The subject, else the subset's name; one text for all samples of it.
    pub subject: Option<Arc<str>>,
    /// Every other column by its name, for templates.
    pub columns: Columns,
    /// By how many places the choices were rotated; none if the question is asked in one order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<usize>,
    /// Its place in a conversation whose turns are asked with the model's own answers; none for a question alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialogue: Option<Box<Dialogue>>,
}

/// Values by the names of their columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns(Option<Box<Map<String, Value>>>);

impl Deref for Columns {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl DerefMut for Columns {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0.get_or_insert_default()
    }
}

impl Columns {
    fn redacted(self, secrets: &Secrets) -> Self {
        let clean = |(name, value)| (secrets.redacted(name), redacted_value(value, secrets));
        Self(self.0.map(|columns| Box::new(columns.into_iter().map(clean).collect())))
    }
}

impl From<Map<String, Value>> for Columns {
    fn from(columns: Map<String, Value>) -> Self {
        Self((!columns.is_empty()).then(|| Box::new(columns)))
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowPlace {
    /// The number of its file.
    pub file: u32,
    /// The line on which it begins, in a file of lines.
    pub line: Option<NonZeroU32>,
}

/// The right answer to a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Answer {
    /// Index of the right choice, from 0.
    Choice(usize),
    /// Text of the answer to an open question.
    Text(Box<str>),
}

/// A turn of a conversation: the model reads its own answers to the turns before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dialogue {
    /// Number of the turn, from 0.
    pub turn: usize,
    /// Position of the turn before it among the samples of its dataset.
    #[serde(skip)]
    pub follows: Option<usize>,
    /// What the user says in all turns, as the row has it; empty where the turns are those of the prompt.
    pub said: Vec<Said>,
}

/// What the user says in one turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The text.
    pub text: String,
    /// The right answers to it; any of them counts.
    pub answers: Vec<Answer>,
}

impl Dialogue {
    /// The conversation of a row, of which no turn was chosen yet.
    pub fn of(said: Vec<Said>) -> Self {
        Self { turn: 0, follows: None, said }
    }

    fn redacted(self, secrets: &Secrets) -> Self {
        let clean = |said: Said| Said {
            text: secrets.redacted(said.text),
            answers: said.answers.into_iter().map(|answer| redacted_answer(answer, secrets)).collect(),
        };
        Self { said: self.said.into_iter().map(clean).collect(), ..self }
    }
}

impl Sample {
    /// A question alone.
    pub fn new(index: usize, question: String) -> Self {
        Self {
            index,
            place: RowPlace::default(),
            id: None,
            question,
            messages: ThinVec::new(),
            images: ThinVec::new(),
            tools: ThinVec::new(),
            choices: ThinVec::new(),
            answer: None,
            also: ThinVec::new(),
            passage: None,
            subject: None,
            columns: Columns::default(),
            rotation: None,
            dialogue: None,
        }
    }

    /// How many turns it is asked in: those of its row, or else that of its question, and what the prompt adds to it.
    fn turns(&self, follow_ups: usize) -> usize {
        let own = self.dialogue.as_ref().map_or(0, |dialogue| dialogue.said.len());
        own.max(1) + follow_ups
    }

    /// Samples turn by turn: the first turn of each, then the second of each that has one, and so on, so that an answer
    /// that is part of a later turn is asked for long before it. Without turns the samples as they are.
    pub fn turn_by_turn(samples: Vec<Self>, follow_ups: usize) -> Vec<Self> {
        let most = samples.iter().map(|sample| sample.turns(follow_ups)).max().unwrap_or(0);
        if most < 2 && samples.iter().all(|sample| sample.dialogue.is_none()) {
            return samples;
        }
        let mut before: Vec<Option<usize>> = vec![None; samples.len()];
        let mut asked = Vec::new();
        for turn in 0..most {
            for (sample, follows) in samples.iter().zip(&mut before).filter(|(s, _)| turn < s.turns(follow_ups)) {
                asked.push(sample.in_turn(turn, *follows));
                *follows = Some(asked.len() - 1);
            }
        }
        asked
    }

    fn in_turn(&self, turn: usize, follows: Option<usize>) -> Self {
        let said = self.dialogue.as_ref().map_or_else(Vec::new, |dialogue| dialogue.said.clone());
        let mut asked = self.clone();
        if let Some(own) = said.get(turn) {
            asked.question.clone_from(&own.text);
            // Answers that are not those of single turns are answers to the last.
            if turn + 1 < said.len() || said.iter().any(|said| !said.answers.is_empty()) {
                let mut answers = own.answers.iter().cloned();
                (asked.answer, asked.also) = (answers.next(), answers.collect());
            }
        }
        asked.dialogue = Some(Box::new(Dialogue { turn, follows, said }));
        asked
    }

    /// How many answers of the model come before the question.
    pub fn replies(&self) -> usize {
        self.dialogue.as_ref().map_or(0, |dialogue| dialogue.turn)
    }

    /// All right answers, the first of them `answer`.
    pub fn golds(&self) -> impl Iterator<Item = &Answer> {
        self.answer.iter().chain(&self.also)
    }

    /// The text of a right answer; none for a choice that the sample does not have.
    pub fn text_of<'s>(&'s self, answer: &'s Answer) -> Option<&'s str> {
        match answer {
            Answer::Choice(index) => self.choices.get(*index).map(String::as_str),
            Answer::Text(text) => Some(text),
        }
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

    /// What it is called within its dataset: its number, with its rotation if that is another than its own order, and with
    /// its turn, counted from 1, if it has several.
    pub fn name(&self) -> String {
        let rotation = self.rotation.filter(|places| *places > 0).map(|places| format!("+{places}"));
        let turn = self.dialogue.as_ref().map(|dialogue| format!(".{}", dialogue.turn + 1));
        format!("{}{}{}", self.index, rotation.unwrap_or_default(), turn.unwrap_or_default())
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
        let clean_box = |text: Box<str>| Box::from(clean(text.into()));
        let clean_answer = |answer: Answer| redacted_answer(answer, secrets);
        Self {
            index: self.index,
            place: self.place,
            id: self.id.map(clean_box),
            question: clean(self.question),
            messages: (self.messages.into_iter())
                .map(|message| Message { content: clean(message.content), ..message })
                .collect(),
            images: self.images,
            tools: self.tools.into_iter().map(|tool| redacted_tool(tool, secrets)).collect(),
            choices: self.choices.into_iter().map(clean).collect(),
            answer: self.answer.map(clean_answer),
            also: self.also.into_iter().map(clean_answer).collect(),
            passage: self.passage.map(clean_box),
            subject: self.subject.map(|subject| clean(subject.to_string()).into()),
            columns: self.columns.redacted(secrets),
            rotation: self.rotation,
            dialogue: self.dialogue.map(|dialogue| Box::new(dialogue.redacted(secrets))),
        }
    }
}

fn redacted_answer(answer: Answer, secrets: &Secrets) -> Answer {
    match answer {
        Answer::Text(text) => Answer::Text(secrets.redacted(text.into()).into()),
        choice @ Answer::Choice(_) => choice,
    }
}

fn redacted_tool(tool: Tool, secrets: &Secrets) -> Tool {
    let clean = |(name, value): (String, Value)| (secrets.redacted(name), redacted_value(value, secrets));
    Tool {
        name: secrets.redacted(tool.name),
        description: tool.description.map(|text| secrets.redacted(text)),
        parameters: tool.parameters.into_iter().map(clean).collect(),
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
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
            answer: Some(Answer::Choice(right)),
            ..Sample::new(3, "q".into())
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
            assert_eq!(texts, rotated.choices.as_slice());
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
    fn conversations_are_asked_turn_by_turn() {
        let conversation = |texts: &[&str]| {
            let said = |text: &&str| Said {
                text: (*text).to_owned(),
                answers: vec![Answer::Text(text.to_uppercase().into())],
            };
            Sample { dialogue: Some(Box::new(Dialogue::of(texts.iter().map(said).collect()))), ..sample(&[], 0) }
        };
        let rows = vec![conversation(&["a", "b", "c"]), conversation(&["d"]), conversation(&["e", "f"])];
        let asked = Sample::turn_by_turn(rows, 0);
        let follows = |sample: &Sample| sample.dialogue.as_ref().unwrap().follows;
        let shown: Vec<_> = asked.iter().map(|s| (s.question.as_str(), s.name(), follows(s))).collect();
        let turn = |question, number: usize, follows| (question, format!("3.{number}"), follows);
        let expected = [
            turn("a", 1, None),
            turn("d", 1, None),
            turn("e", 1, None),
            turn("b", 2, Some(0)),
            turn("f", 2, Some(2)),
            turn("c", 3, Some(3)),
        ];
        assert_eq!(shown, expected);
        assert_eq!(asked[5].answer, Some(Answer::Text("C".into())));
    }

    #[test]
    fn what_a_prompt_adds_is_asked_of_every_sample() {
        let plain = vec![sample(&["x", "y"], 1)];
        assert_eq!(Sample::turn_by_turn(plain.clone(), 0), plain);
        let asked = Sample::turn_by_turn(plain, 1);
        assert_eq!(asked.iter().map(Sample::replies).collect::<Vec<_>>(), [0, 1]);
        assert!(asked.iter().all(|sample| right(sample) == "y"));
    }

    #[test]
    fn what_a_sample_does_not_have_takes_little() {
        assert!(size_of::<Sample>() <= 23 * size_of::<usize>(), "{}", size_of::<Sample>());
    }

    #[test]
    fn choices_of_one_text_are_one() {
        let rotated = &sample(&["x", "y", " x"], 0).rotations(3)[1];
        assert_eq!(rotated.choices, ["y", " x", "x"]);
        assert_eq!([0, 1, 2, 3].map(|index| rotated.before_rotation(index)), [Some(1), Some(0), Some(0), None]);
    }
}
