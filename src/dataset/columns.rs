//! Converts rows into samples, by the roles of their columns.

use serde_json::{Map, Value};
use thin_vec::{ThinVec, thin_vec};

use super::answer::{Key, Reader};
use super::chat::{Chat, is_chat};
use super::choice::{Choices, cell};
use super::choices::{ChoicesFrom, choices, written_list};
use super::fault::Fault;
use super::path::{at, members_beside, take};
use super::roles::Roles;
use super::rows::{Row, kind_of, scalar_text};
use super::tools::tools;
use crate::sample::{Answer, Dialogue, RowPlace, Said, Sample};
use crate::tool::Tool;

/// Where rows come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// The file's name in errors.
    pub path: &'a str,
    /// The subset; `None` for a file and for the subset `default`.
    pub subset: Option<&'a str>,
}

/// A sample whose answer depends on the other rows.
#[derive(Debug)]
pub(super) struct Draft {
    pub sample: Sample,
    pub key: Key,
    /// What another column says is right.
    pub second: Key,
    /// What the columns of images hold; it is read only if the row is asked.
    pub images: ThinVec<(String, Value)>,
    /// True if a choice that is missing was left out.
    pub lacks_choice: bool,
}

/// The members of a struct that hold a question's text, as in the original files of ARC and CommonsenseQA.
const QUESTION_MEMBERS: [&str; 4] = ["stem", "text", "question", "value"];

/// The members of a struct that hold a passage's text, as in PubMedQA and HotpotQA.
const PASSAGE_MEMBERS: [&str; 6] = ["contexts", "text", "content", "sentences", "paragraphs", "passage"];

impl Roles {
    /// Converts a row into a sample without its answer.
    pub(super) fn draft(&self, mut row: Row, index: usize, subset: Option<&str>) -> Result<Draft, Fault> {
        let scalar =
            |name: &Option<String>| name.as_ref().and_then(|name| at(&row, name)).and_then(|value| scalar_text(&value));
        let (id, subject) = (scalar(&self.id), scalar(&self.subject));
        let subject = subject.filter(|subject| !subject.trim().is_empty()).or_else(|| subset.map(str::to_owned));
        let answers: Vec<Value> = self.answers.iter().filter_map(|name| at(&row, name)).collect();
        let passage = self.passage(&row)?;
        let mut choices = self.choices.take(&mut row)?;
        let asked = take(&mut row, &self.question);
        let marked = marked_choices(&answers);
        if matches!(self.choices, ChoicesFrom::Nothing) {
            choices = nested_choices(&asked)?.or(marked.clone());
        }
        let are_marked = !marked.right.is_empty() && choices == marked;
        let said = self.said(&asked, &answers)?;
        let chat = self.chat(&row, &asked)?;
        let (question, messages, reply) = match chat {
            Some(chat) if self.messages.as_ref().is_none_or(|column| *column == self.question) => {
                (chat.question().to_owned(), chat.asked, chat.reply)
            }
            Some(chat) => (question(asked, &self.question)?, chat.asked, None),
            None if !said.is_empty() => {
                (said.last().map(|said| said.text.clone()).unwrap_or_default(), Vec::new(), None)
            }
            None => (question(asked, &self.question).map_err(|fault| with_members(fault, &row))?, Vec::new(), None),
        };
        let answer = self.answers.first().map(String::as_str).unwrap_or_default();
        let mut key = match said.iter().find(|said| !said.answers.is_empty()) {
            Some(said) => Key::Settled(said.answers.clone().into()),
            None => self.reader.key(answers, &choices, answer)?,
        };
        if let Some(reply) = reply.filter(|_| self.answers.is_empty() && choices.texts.is_empty()) {
            key = Key::Settled(thin_vec![Answer::Text(reply.into())]);
        }
        if !choices.right.is_empty() && (self.answers.is_empty() || are_marked || key == Key::Missing) {
            key = Key::Settled(choices.right.iter().copied().map(Answer::Choice).collect());
        }
        let second = self.second(&row, &choices);
        let tools = self.tools(&row)?;
        let images = self.images(&mut row).into();
        let columns = self.others(row, key != Key::Missing);
        let (texts, lacks_choice) = (choices.texts, choices.lacks_one);
        let sample = Sample {
            index,
            place: RowPlace::default(),
            id: id.map(Into::into),
            question,
            messages: messages.into(),
            images: ThinVec::new(),
            tools: tools.into(),
            choices: texts.into(),
            answer: None,
            also: ThinVec::new(),
            passage: passage.map(Into::into),
            subject: subject.map(Into::into),
            columns: columns.into(),
            rotation: None,
            dialogue: self.turns.is_some().then(|| Box::new(Dialogue::of(said))),
        };
        Ok(Draft { sample, key, second, images, lacks_choice })
    }

    /// What another column says is right, of a row with choices.
    fn second(&self, row: &Row, choices: &Choices) -> Key {
        let value = self.spare.as_ref().filter(|_| !choices.texts.is_empty()).and_then(|name| at(row, name));
        let key = value.map(|value| Reader::default().key(vec![value], choices, ""));
        key.and_then(Result::ok).unwrap_or(Key::Missing)
    }

    /// The columns of a row that nothing else of the sample stands for. What holds no answer that is a text may be one for a judge.
    fn others(&self, mut row: Row, has_answer: bool) -> Row {
        for (role, canonical) in [(&self.subject, "subject"), (&self.id, "id")] {
            if role.as_deref() == Some(canonical) {
                row.remove(canonical);
            }
        }
        for name in &self.answers {
            let is_nested = row.get(name).is_some_and(|value| value.is_array() || value.is_object());
            if has_answer || !is_nested {
                row.remove(name);
            }
        }
        if self.passage.iter().any(|name| name == "passage") {
            row.remove("passage");
        }
        // A cleared map keeps its memory; a new one has none.
        if row.is_empty() { Map::new() } else { row }
    }

    /// The tools that a row brings along.
    fn tools(&self, row: &Row) -> Result<Vec<Tool>, Fault> {
        let Some(column) = &self.tools else { return Ok(Vec::new()) };
        tools(at(row, column).unwrap_or_default()).map_err(|reason| Fault::Tools { column: column.clone(), reason })
    }

    /// Takes the images out of a row: templates see no bytes.
    fn images(&self, row: &mut Row) -> Vec<(String, Value)> {
        let is_path = |row: &Row, name: &str| !row.contains_key(name);
        let paths: Vec<&String> = self.images.iter().filter(|name| is_path(row, name)).collect();
        let images = self.images.iter().map(|name| (name.clone(), take(row, name))).collect();
        for column in paths.into_iter().filter_map(|name| name.split_once('.')) {
            row.remove(column.0);
        }
        images
    }

    /// The chat of a row; `asked` is the value of the column of the question.
    fn chat(&self, row: &Row, asked: &Value) -> Result<Option<Chat>, Fault> {
        let Some(column) = &self.messages else {
            // A prompt may be a chat, as in sets for training.
            return is_chat(asked).then(|| Chat::read(asked.clone(), &self.question)).transpose();
        };
        let value = if *column == self.question { asked.clone() } else { at(row, column).unwrap_or_default() };
        Chat::read(value, column).map(Some)
    }

    /// What the user says turn by turn; `asked` is the value of the column of the question.
    fn said(&self, asked: &Value, answers: &[Value]) -> Result<Vec<Said>, Fault> {
        let Some(column) = &self.turns else { return Ok(Vec::new()) };
        let Some(turns) = listed(asked).filter(|turns| !turns.is_empty()) else {
            return Err(Fault::NoTurns { column: column.clone(), kind: kind_of(asked) });
        };
        let golds = answers.first().and_then(listed).filter(|golds| golds.len() == turns.len());
        let answer = self.answers.first().map(String::as_str).unwrap_or_default();
        let said = turns.into_iter().enumerate().map(|(turn, text)| {
            let own = golds.as_ref().map(|golds| vec![golds[turn].clone()]).unwrap_or_default();
            let answers = match self.reader.key(own, &Choices::default(), answer)? {
                Key::Settled(answers) => answers.into(),
                Key::Missing | Key::Written(_) => Vec::new(),
            };
            Ok(Said { text: question(text, column)?, answers })
        });
        said.collect()
    }

    /// The texts of the passage columns, one below the other.
    fn passage(&self, row: &Row) -> Result<Option<String>, Fault> {
        let mut texts: Vec<String> = Vec::new();
        for name in &self.passage {
            collect(at(row, name).unwrap_or_default(), &mut texts);
        }
        texts.retain(|text| !text.trim().is_empty());
        Ok((!texts.is_empty()).then(|| texts.join("\n")))
    }
}

/// The texts of a passage, of the paragraphs of a list, or of the members of a struct.
fn collect(value: Value, texts: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| collect(item, texts)),
        Value::Object(mut members) => {
            let found = PASSAGE_MEMBERS.iter().find_map(|name| members.remove(*name));
            collect(found.unwrap_or_default(), texts);
        }
        scalar => texts.extend(scalar_text(&scalar)),
    }
}

fn question(value: Value, column: &str) -> Result<String, Fault> {
    let value = match value {
        Value::Object(mut members) => match QUESTION_MEMBERS.iter().find_map(|name| members.remove(*name)) {
            Some(member) => member,
            None => return Err(Fault::NotText { column: column.to_owned(), kind: kind_of(&Value::Object(members)) }),
        },
        value => value,
    };
    match cell(value, column)? {
        Some(text) if !text.trim().is_empty() => Ok(text),
        _ => Err(Fault::NoQuestion(column.to_owned())),
    }
}

/// The fault of a question whose path leads nowhere, with what is beside it.
fn with_members(fault: Fault, row: &Row) -> Fault {
    match fault {
        Fault::NoQuestion(path) => match members_beside(row, &path) {
            Some(members) => Fault::NoMember { path, members },
            None => Fault::NoQuestion(path),
        },
        fault => fault,
    }
}

/// The items of a list, or of one that is written as text.
fn listed(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.clone()),
        Value::String(text) => written_list(text).and_then(|list| list.as_array().cloned()),
        _ => None,
    }
}

/// The choices of a column of answers that says of each whether it is right.
fn marked_choices(answers: &[Value]) -> Choices {
    let found = answers.first().filter(|answer| answer.is_array()).map(|answer| choices(answer.clone(), "answers"));
    found
        .and_then(Result::ok)
        .filter(|choices| !choices.right.is_empty() && choices.texts.len() > 1)
        .unwrap_or_default()
}

/// The choices that stand beside the text of a question.
fn nested_choices(question: &Value) -> Result<Choices, Fault> {
    match question.get("choices").or_else(|| question.get("options")) {
        Some(value @ (Value::Array(_) | Value::Object(_))) => choices(value.clone(), "choices"),
        _ => Ok(Choices::default()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::answer::Common;
    use super::super::error::DatasetError;
    use super::super::rows::Table;
    use super::*;
    use crate::spec::scalar::OneOrMany;
    use crate::spec::types::{AnswerSpec, ChoicesSpec, ColumnsSpec};

    fn columns(names: &[&str]) -> OneOrMany<String> {
        OneOrMany(names.iter().map(|&name| name.to_owned()).collect())
    }

    fn roles(spec: &ColumnsSpec, row: &Value) -> Result<Roles, DatasetError> {
        let columns = row.as_object().unwrap().keys().cloned().collect();
        let skipped = vec![("image".to_owned(), "a picture".to_owned())];
        let table = Table {
            columns,
            skipped,
            labels: std::collections::BTreeMap::new(),
            count: None,
            is_part: false,
            rows: Box::new(std::iter::empty()),
        };
        Roles::find(spec, &table, "a.csv")
    }

    fn read(spec: &ColumnsSpec, row: &Value) -> Result<Sample, Fault> {
        let roles = roles(spec, row).unwrap();
        let Draft { mut sample, key, .. } = roles.draft(row.as_object().unwrap().clone(), 7, Some("sub"))?;
        let mut common = Common::new();
        common.add(&key);
        let mut answers = key.settle(&common, sample.choices.len(), "answer")?.answers.into_iter();
        (sample.answer, sample.also) = (answers.next(), answers.collect());
        Ok(sample)
    }

    #[test]
    fn the_usual_data_sets_fit_without_a_word() {
        let abc = ["w", "x", "y", "z"];
        for (name, row, choices, answer) in [
            ("MMLU", json!({"question": "Q?", "choices": abc, "answer": 1}), 4, Answer::Choice(1)),
            (
                "ARC",
                json!({"question": "Q?", "choices": {"text": abc, "label": ["1", "2", "3", "4"]}, "answerKey": "4"}),
                4,
                Answer::Choice(3),
            ),
            (
                "CommonsenseQA",
                json!({"question": "Q?", "question_concept": "c", "answerKey": "C",
                       "choices": {"label": ["A", "B", "C", "D"], "text": abc}}),
                4,
                Answer::Choice(2),
            ),
            (
                "CLUTRR",
                json!({"story": "S", "query": "Q?", "target": 15, "target_text": "son"}),
                0,
                Answer::Text("son".into()),
            ),
            ("GSM8K", json!({"question": "Q?", "answer": "2+2=<<2+2=4>>4\n#### 4"}), 0, Answer::Text("4".into())),
            (
                "HellaSwag",
                json!({"ind": 3, "ctx_a": "Q", "ctx_b": "?", "ctx": "Q?", "endings": abc, "label": "3"}),
                4,
                Answer::Choice(3),
            ),
            (
                "OpenBookQA",
                json!({"question_stem": "Q?", "answerKey": "D",
                       "choices": [{"text": "a", "label": "A"}, {"text": "d", "label": "D"}]}),
                2,
                Answer::Choice(1),
            ),
            (
                "MedQA",
                json!({"question": "Q?", "options": {"A": "a", "B": "b", "C": null}, "answer": "B"}),
                2,
                Answer::Choice(1),
            ),
            ("CSV", json!({"Question": "Q?", "Choices": "[\"a\", \"b\"]", "Answer": "b"}), 2, Answer::Choice(1)),
            ("QA", json!({"prompt": "Q?", "output": "Paris"}), 0, Answer::Text("Paris".into())),
        ] {
            let sample = read(&ColumnsSpec::default(), &row).unwrap();
            assert_eq!(sample.question, "Q?", "{name}");
            assert_eq!(sample.choices.len(), choices, "{name}");
            assert_eq!(sample.answer, Some(answer), "{name}");
        }
    }

    #[test]
    fn named_columns_and_several_choice_columns_are_read() {
        let spec = ColumnsSpec {
            question: Some("text".into()),
            choices: Some(ChoicesSpec::Columns(columns(&["a", "b", "c"]))),
            answer: Some(AnswerSpec::Columns(columns(&["right"]))),
            messages: None,
            turns: None,
            image: None,
            tools: None,
            passage: None,
            subject: Some("field".into()),
            id: Some("number".into()),
        };
        let row =
            json!({"text": "Q?", "a": "x", "b": 2, "c": "", "right": "B", "field": "logic", "number": 9, "more": [1]});
        let sample = read(&spec, &row).unwrap();
        assert_eq!(sample.choices, ["x", "2"]);
        assert_eq!(sample.answer, Some(Answer::Choice(1)));
        assert_eq!((sample.subject.as_deref(), sample.id.as_deref()), (Some("logic"), Some("9")));
        assert_eq!(Value::Object((*sample.columns).clone()), json!({"field": "logic", "number": 9, "more": [1]}));
    }

    #[test]
    fn canonical_columns_are_not_repeated_and_the_subset_is_the_subject_of_last_resort() {
        let sample =
            read(&ColumnsSpec::default(), &json!({"question": "Q?", "subject": "s", "id": "i", "answer": "a"}))
                .unwrap();
        assert!(sample.columns.is_empty());
        assert_eq!((sample.index, sample.subject.as_deref(), sample.id.as_deref()), (7, Some("s"), Some("i")));
        let sample = read(&ColumnsSpec::default(), &json!({"question": "Q?", "subject": null})).unwrap();
        assert_eq!(sample.subject.as_deref(), Some("sub"));
        assert_eq!(sample.answer, None);
    }

    #[test]
    fn a_missing_column_is_told_with_those_there_are() {
        let row = json!({"frage": "Q?", "antwort": "a"});
        let error = roles(&ColumnsSpec::default(), &row).unwrap_err();
        assert!(error.to_string().ends_with("available: `antwort`, `frage`"), "{error}");
        let spec = ColumnsSpec { question: Some("fragen".into()), ..ColumnsSpec::default() };
        let error = roles(&spec, &row).unwrap_err();
        assert_eq!(error.to_string(), "`a.csv` has no column `fragen` (question); available: `frage`, `antwort`");
        assert_eq!(error.hint().unwrap(), "did you mean `frage`?");
        let spec = ColumnsSpec { question: Some("image".into()), ..ColumnsSpec::default() };
        assert!(roles(&spec, &row).unwrap_err().to_string().contains("holds a picture"));
    }

    #[test]
    fn flaws_of_a_row_are_faults() {
        for (row, expected) in [
            (json!({"question": null}), "the question (`question`) is empty"),
            (json!({"question": " "}), "the question (`question`) is empty"),
            (json!({"question": ["a"]}), "`question` holds a list, not a string or number"),
            (json!({"question": "Q", "choices": "red, green"}), "`choices` holds a string, not a list of choices"),
            (json!({"question": "Q", "choices": 3}), "`choices` holds a number, not a list of choices"),
            (json!({"question": "Q", "choices": ["a", null, "c"]}), "choice 2 is empty, but a later one is not"),
            (json!({"question": "Q", "choices": [["a"]]}), "`choices` holds a list, not a string or number"),
            (
                json!({"question": "Q", "choices": ["a", "b"], "answer": "C"}),
                "the answer `C` is not one of the 2 choices",
            ),
        ] {
            assert_eq!(read(&ColumnsSpec::default(), &row).unwrap_err().to_string(), expected, "{row}");
        }
    }
}
