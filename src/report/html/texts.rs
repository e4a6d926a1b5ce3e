//! The texts of questions and answers that a page holds: as many as fit, those of interest first.

use std::collections::BTreeMap;

use serde::Serialize;

use super::questions::{AnswerRow, Question};
use crate::error::Error;
use crate::response::Response;
use crate::sample::Sample;

/// Bytes of texts that a page holds, before they are compressed.
const MOST_BYTES: usize = 12 << 20;

/// Bytes of the short forms of questions.
const MOST_TITLES: usize = 6 << 20;

/// Bytes of one text that is shown; what is longer is cut before and after the part that counts.
const MOST_TEXT: usize = 24 << 10;

/// Characters of a question in a list.
const TITLE: usize = 100;

/// Questions that are read at once.
const TOGETHER: usize = 64;

/// Where texts come from: samples and responses, by the places of their requests in the plan.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    /// The sample of a request.
    pub sample: &'s (dyn Fn(usize) -> Option<&'s Sample> + Sync),
    /// The responses to requests, as far as they are there.
    pub responses: &'s ReadResponses<'s>,
}

/// Reads the responses to requests.
pub type ReadResponses<'s> = dyn Fn(&[usize]) -> Result<Vec<(usize, Response)>, Error> + Sync + 's;

/// The texts of a page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Texts {
    /// The short form of every question, by its number.
    pub(super) titles: Vec<String>,
    /// Whole questions, by their numbers.
    pub(super) questions: BTreeMap<usize, QuestionText>,
    /// Answers, by the numbers of their rows.
    pub(super) answers: BTreeMap<usize, AnswerText>,
}

/// A question.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct QuestionText {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) passage: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) messages: Vec<(String, String)>,
    pub(super) question: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) choices: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gold: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) right: Option<usize>,
}

/// An answer: what stands before the part that was read, that part, and what stands after it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct AnswerText {
    pub(super) before: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) read: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasoning: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) calls: Option<String>,
}

impl Texts {
    /// The texts of questions and their answers, taken in this order until there is no more room.
    ///
    /// # Errors
    /// Responses cannot be read.
    pub(super) fn read(questions: &[Question<'_>], order: &[usize], source: Source<'_>) -> Result<Self, Error> {
        let mut texts = Self { titles: titles(questions, source), ..Self::default() };
        let mut room = MOST_BYTES;
        for numbers in order.chunks(TOGETHER) {
            let chosen: Vec<&Question<'_>> = numbers.iter().map(|number| &questions[*number]).collect();
            let places: Vec<usize> =
                chosen.iter().flat_map(|question| question.rows.iter().filter_map(place_of)).collect();
            let found: BTreeMap<usize, Response> = (source.responses)(&places)?.into_iter().collect();
            for (number, question) in numbers.iter().zip(chosen) {
                let (text, answers) = read_one(question, &found, source);
                let size = text.size() + answers.iter().map(|(_, answer)| answer.size()).sum::<usize>();
                let Some(left) = room.checked_sub(size) else { return Ok(texts) };
                room = left;
                texts.questions.insert(*number, text);
                texts.answers.extend(answers);
            }
        }
        Ok(texts)
    }
}

fn titles(questions: &[Question<'_>], source: Source<'_>) -> Vec<String> {
    let mut room = MOST_TITLES;
    let title = |question: &Question<'_>| {
        let text = (source.sample)(question.place).map(|sample| short(&sample.question)).unwrap_or_default();
        match room.checked_sub(text.len()) {
            Some(left) => {
                room = left;
                text
            }
            None => String::new(),
        }
    };
    questions.iter().map(title).collect()
}

/// A text in one line, cut where it is long.
pub(super) fn short(text: &str) -> String {
    let line = text.split_whitespace().flat_map(|word| [word, " "]).collect::<String>();
    let line = line.trim_end();
    match line.char_indices().nth(TITLE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Where the request of an answer stands in the plan.
fn place_of(answer: &AnswerRow<'_>) -> Option<usize> {
    answer.group.figures.place.get(answer.row).and_then(|place| usize::try_from(place).ok())
}

fn read_one(
    question: &Question<'_>,
    found: &BTreeMap<usize, Response>,
    source: Source<'_>,
) -> (QuestionText, Vec<(usize, AnswerText)>) {
    let text = (source.sample)(question.place).map(QuestionText::of).unwrap_or_default();
    let answers = question.rows.iter().filter_map(|answer| {
        let response = found.get(&place_of(answer)?)?;
        let span = answer.group.figures.span.get(answer.row);
        Some((answer.number, AnswerText::of(response, span)))
    });
    (text, answers.collect())
}

impl QuestionText {
    fn of(sample: &Sample) -> Self {
        use crate::sample::Answer;
        let (gold, right) = match &sample.answer {
            Some(Answer::Choice(index)) => (None, Some(*index)),
            Some(Answer::Text(text)) => (Some(cut(text)), None),
            None => (None, None),
        };
        let messages = sample.messages.iter().map(|message| (message.role.word().to_owned(), cut(&message.content)));
        Self {
            name: sample.name(),
            passage: sample.passage.as_deref().map(cut),
            messages: messages.collect(),
            question: cut(&sample.question),
            choices: sample.choices.iter().map(|choice| cut(choice)).collect(),
            gold,
            right,
        }
    }

    fn size(&self) -> usize {
        let messages: usize = self.messages.iter().map(|message| message.1.len()).sum();
        let choices: usize = self.choices.iter().map(String::len).sum();
        self.question.len()
            + self.passage.as_ref().map_or(0, String::len)
            + messages
            + choices
            + self.gold.as_ref().map_or(0, String::len)
    }
}

impl AnswerText {
    fn of(response: &Response, span: Option<&str>) -> Self {
        let text = response.text.as_str();
        let span = span.and_then(|span| {
            let (start, end) = span.split_once('-')?;
            let (start, end) = (start.parse::<usize>().ok()?, end.parse::<usize>().ok()?);
            Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
        });
        let (before, read, after) = span.unwrap_or((text, "", ""));
        let calls = (!response.calls.is_empty()).then(|| {
            serde_json::Value::from_iter(response.calls.iter().map(crate::tool::ToolCall::as_json)).to_string()
        });
        Self {
            before: if read.is_empty() { cut(before) } else { cut_front(before) },
            read: cut(read),
            after: cut(after),
            reasoning: response.reasoning.as_deref().filter(|text| !text.trim().is_empty()).map(cut),
            fault: response.fault.as_deref().filter(|_| response.status.is_fault()).map(cut),
            calls: calls.map(|calls| cut(&calls)),
        }
    }

    fn size(&self) -> usize {
        let further = [&self.reasoning, &self.fault, &self.calls];
        let further: usize = further.into_iter().flatten().map(String::len).sum();
        self.before.len() + self.read.len() + self.after.len() + further
    }
}

/// A text, or its first part and how much is left out.
pub(super) fn cut(text: &str) -> String {
    if text.len() <= MOST_TEXT {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(MOST_TEXT);
    format!("{} […] ({} more bytes)", &text[..end], text.len() - end)
}

/// A text, or its last part and how much is left out.
fn cut_front(text: &str) -> String {
    if text.len() <= MOST_TEXT {
        return text.to_owned();
    }
    let start = text.ceil_char_boundary(text.len() - MOST_TEXT);
    format!("({start} bytes before) […] {}", &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::html::questions::{in_order_of_interest, questions};
    use crate::tables::fixture::Fixture;

    fn texts(fixture: &Fixture) -> Texts {
        let results = fixture.results();
        let found = questions(&fixture.plan, &results);
        let responses = |places: &[usize]| -> Result<Vec<(usize, Response)>, Error> {
            Ok(places.iter().map(|place| (*place, fixture.responses[*place].clone())).collect())
        };
        let source = Source { sample: &|place| fixture.samples.get(place), responses: &responses };
        Texts::read(&found, &in_order_of_interest(&found, 1), source).unwrap()
    }

    #[test]
    fn the_part_that_was_read_is_told_apart() {
        let mut fixture = Fixture::new(1);
        fixture.responses[0].text = "Die Lösung ist Öl.".into();
        let verdict = fixture.verdicts[0].as_mut().unwrap();
        verdict.span = Some(16..19);
        let answer = texts(&fixture).answers[&0].clone();
        assert_eq!((&*answer.before, &*answer.read, &*answer.after), ("Die Lösung ist ", "Öl", "."));
    }

    #[test]
    fn long_texts_are_cut_around_what_was_read() {
        let mut fixture = Fixture::new(1);
        fixture.responses[0].text = format!("{}B{}", "ä".repeat(40_000), "ö".repeat(40_000));
        fixture.verdicts[0].as_mut().unwrap().span = Some(80_000..80_001);
        let answer = texts(&fixture).answers[&0].clone();
        assert_eq!(answer.read, "B");
        assert!(
            answer.before.starts_with("(55424 bytes before) […] ä") && answer.after.ends_with("(55424 more bytes)")
        );
    }

    #[test]
    fn there_is_an_end_to_the_room() {
        let mut fixture = Fixture::new(600);
        fixture.responses.iter_mut().for_each(|response| response.text = "x".repeat(40_000));
        let texts = texts(&fixture);
        assert_eq!(texts.titles.len(), 600);
        assert!((500..512).contains(&texts.answers.len()), "{}", texts.answers.len());
        assert_eq!(short(&" a  b\n".repeat(80)).chars().count(), TITLE + 1);
    }
}
