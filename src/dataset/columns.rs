//! Converts rows into samples, by the roles of columns.

use serde_json::{Map, Value};

use super::answer::{self, Choices, Key};
use super::error::{DatasetError, Fault};
use super::likeness::nearest;
use super::rows::{Row, Table, kind_of, scalar_text};
use crate::sample::Sample;
use crate::spec::types::ColumnsSpec;

// The last two are those of OpenBookQA and HellaSwag.
const QUESTION: [&str; 7] = ["question", "prompt", "input", "problem", "query", "question_stem", "ctx"];
const CHOICES: [&str; 3] = ["choices", "options", "endings"];
const ANSWER: [&str; 6] = ["answer", "answerKey", "answer_key", "label", "target", "output"];
const SUBJECT: [&str; 3] = ["subject", "category", "topic"];
const ID: [&str; 1] = ["id"];

/// Where rows come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// The file's name in errors.
    pub path: &'a str,
    /// The subset; `None` for a file and for the subset `default`.
    pub subset: Option<&'a str>,
}

/// The roles of the columns of one file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Roles {
    pub question: String,
    /// No column, one column of lists, or several columns of one choice each.
    pub choices: Vec<String>,
    pub answer: Option<String>,
    pub subject: Option<String>,
    pub id: Option<String>,
}

/// A sample whose answer depends on the other rows.
#[derive(Debug)]
pub(super) struct Draft {
    pub sample: Sample,
    pub key: Key,
}

impl Roles {
    /// Finds the columns that the spec names, and the others by their usual names.
    pub(super) fn find(spec: &ColumnsSpec, table: &Table, path: &str) -> Result<Self, DatasetError> {
        let finder = Finder { table, path };
        let question = finder.one(spec.question.as_ref(), &QUESTION, "question")?;
        let choices = match &spec.choices {
            Some(named) => named.iter().map(|name| finder.named(name, "choices")).collect::<Result<_, _>>()?,
            None => finder.usual(&CHOICES).into_iter().collect(),
        };
        let found = Self {
            question: question
                .ok_or_else(|| DatasetError::NoQuestion { path: path.to_owned(), columns: table.columns.clone() })?,
            choices,
            answer: finder.one(spec.answer.as_ref(), &ANSWER, "answer")?,
            subject: finder.one(spec.subject.as_ref(), &SUBJECT, "subject")?,
            id: finder.one(spec.id.as_ref(), &ID, "id")?,
        };
        Ok(found)
    }

    /// True if the columns of other rows cannot change these roles.
    ///
    /// A missing role may be found later, which does not affect rows without its column.
    pub(super) fn are_final(&self, spec: &ColumnsSpec) -> bool {
        let is_final = |named: bool, found: Option<&String>, usual: &[&str]| {
            named || found.is_none_or(|found| usual.first().is_some_and(|first| found == first))
        };
        is_final(spec.question.is_some(), Some(&self.question), &QUESTION)
            && is_final(spec.choices.is_some(), self.choices.first(), &CHOICES)
            && is_final(spec.answer.is_some(), self.answer.as_ref(), &ANSWER)
            && is_final(spec.subject.is_some(), self.subject.as_ref(), &SUBJECT)
            && is_final(spec.id.is_some(), self.id.as_ref(), &ID)
    }

    /// Converts a row into a sample without its answer.
    pub(super) fn draft(&self, mut row: Row, index: usize, subset: Option<&str>) -> Result<Draft, Fault> {
        let id = self.id.as_ref().and_then(|name| row.get(name)).and_then(scalar_text);
        let subject = self.subject.as_ref().and_then(|name| row.get(name)).and_then(scalar_text);
        let subject = subject.filter(|subject| !subject.trim().is_empty()).or_else(|| subset.map(str::to_owned));
        let key_value = self.answer.as_ref().and_then(|name| row.get(name)).cloned().unwrap_or_default();
        let question = question(row.remove(&self.question).unwrap_or_default(), &self.question)?;
        let choices = self.take_choices(&mut row)?;
        let key = answer::key(key_value, &choices, self.answer.as_deref().unwrap_or_default())?;
        for (role, canonical) in [(&self.subject, "subject"), (&self.id, "id")] {
            if role.as_deref() == Some(canonical) {
                row.remove(canonical);
            }
        }
        if let Some(answer) = &self.answer {
            row.remove(answer);
        }
        // A cleared map keeps its memory; a new one has none.
        let columns = if row.is_empty() { Map::new() } else { row };
        let sample = Sample { index, id, question, choices: choices.texts, answer: None, subject, columns };
        Ok(Draft { sample, key })
    }

    fn take_choices(&self, row: &mut Row) -> Result<Choices, Fault> {
        match self.choices.as_slice() {
            [] => Ok(Choices::default()),
            [column] => choices(row.remove(column).unwrap_or_default(), column),
            several => {
                let cells = several.iter().map(|column| (column, row.remove(column).unwrap_or_default()));
                let cells = cells.map(|(column, value)| {
                    let text = cell(value, column)?;
                    Ok(text.filter(|text| !text.trim().is_empty()))
                });
                Ok(Choices { texts: without_tail(cells.collect::<Result<_, _>>()?)?, labels: Vec::new() })
            }
        }
    }

    #[cfg(test)]
    pub(super) fn of_question(name: &str) -> Self {
        Self {
            question: name.to_owned(),
            choices: Vec::new(),
            answer: None,
            subject: Some("subject".to_owned()),
            id: None,
        }
    }
}

struct Finder<'a> {
    table: &'a Table,
    path: &'a str,
}

impl Finder<'_> {
    fn one(&self, named: Option<&String>, usual: &[&str], role: &'static str) -> Result<Option<String>, DatasetError> {
        match named {
            Some(name) => self.named(name, role).map(Some),
            None => Ok(self.usual(usual)),
        }
    }

    fn named(&self, name: &str, role: &'static str) -> Result<String, DatasetError> {
        if self.table.columns.iter().any(|column| column == name) {
            return Ok(name.to_owned());
        }
        let path = self.path.to_owned();
        if let Some((column, kind)) = self.table.skipped.iter().find(|(column, _)| column == name) {
            return Err(DatasetError::ColumnKind { path, column: column.clone(), kind: kind.clone() });
        }
        let columns = nearest(name, self.table.columns.iter().map(String::as_str));
        Err(DatasetError::ColumnMissing { path, column: name.to_owned(), role, columns })
    }

    /// The first usual name that exists, in its usual case if possible.
    fn usual(&self, names: &[&str]) -> Option<String> {
        let columns = &self.table.columns;
        let exact = |name: &&str| columns.iter().find(|column| column == name);
        let alike = |name: &&str| columns.iter().find(|column| column.eq_ignore_ascii_case(name));
        names.iter().find_map(exact).or_else(|| names.iter().find_map(alike)).cloned()
    }
}

fn question(value: Value, column: &str) -> Result<String, Fault> {
    match cell(value, column)? {
        Some(text) if !text.trim().is_empty() => Ok(text),
        _ => Err(Fault::NoQuestion(column.to_owned())),
    }
}

fn cell(value: Value, column: &str) -> Result<Option<String>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Array(_) | Value::Object(_) => Err(Fault::NotText { column: column.to_owned(), kind: kind_of(&value) }),
        scalar => Ok(scalar_text(&scalar)),
    }
}

fn choices(value: Value, column: &str) -> Result<Choices, Fault> {
    match value {
        Value::Null => Ok(Choices::default()),
        Value::String(text) if text.trim().is_empty() => Ok(Choices::default()),
        // CSV has no lists; they are written as JSON.
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(inner @ (Value::Array(_) | Value::Object(_))) => choices(inner, column),
            _ => Err(Fault::NotChoices { column: column.to_owned(), kind: "a string" }),
        },
        Value::Array(items) => listed(items, column).map(with_whole_labels),
        Value::Object(object) => labelled(object, column).map(with_whole_labels),
        other => Err(Fault::NotChoices { column: column.to_owned(), kind: kind_of(&other) }),
    }
}

/// Fewer labels than choices cannot be assigned.
fn with_whole_labels(mut choices: Choices) -> Choices {
    if choices.labels.len() < choices.texts.len() {
        choices.labels.clear();
    }
    choices
}

fn listed(items: Vec<Value>, column: &str) -> Result<Choices, Fault> {
    if !items.is_empty() && items.iter().all(|item| item.get("text").is_some()) {
        let labels = items.iter().filter_map(|item| scalar_text(item.get("label")?)).collect();
        let texts = items.into_iter().map(|mut item| item.get_mut("text").map(Value::take).unwrap_or_default());
        return Ok(Choices { texts: texts_of(texts, column)?, labels });
    }
    Ok(Choices { texts: texts_of(items.into_iter(), column)?, labels: Vec::new() })
}

/// A struct of a list `text` and a list `label`, or an object that maps labels to texts.
fn labelled(mut object: Map<String, Value>, column: &str) -> Result<Choices, Fault> {
    if let Some(Value::Array(texts)) = object.get_mut("text").map(Value::take) {
        let labels = match object.remove("label") {
            Some(Value::Array(labels)) => labels.iter().filter_map(scalar_text).collect(),
            _ => Vec::new(),
        };
        return Ok(Choices { texts: texts_of(texts.into_iter(), column)?, labels });
    }
    let mut cells: Vec<(String, Value)> = object.into_iter().collect();
    cells.sort_by(|(one, _), (other, _)| (one.len(), one).cmp(&(other.len(), other)));
    let (labels, texts): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
    Ok(Choices { texts: texts_of(texts.into_iter(), column)?, labels })
}

fn texts_of(items: impl Iterator<Item = Value>, column: &str) -> Result<Vec<String>, Fault> {
    without_tail(items.map(|item| cell(item, column)).collect::<Result<_, _>>()?)
}

/// Rows with fewer choices than others end in empty ones; an empty choice before another is an error.
fn without_tail(mut texts: Vec<Option<String>>) -> Result<Vec<String>, Fault> {
    while texts.last().is_some_and(Option::is_none) {
        texts.pop();
    }
    texts.into_iter().enumerate().map(|(at, text)| text.ok_or(Fault::ChoiceGap(at))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::Answer;
    use crate::spec::scalar::OneOrMany;

    fn roles(spec: &ColumnsSpec, row: &Value) -> Result<Roles, DatasetError> {
        let columns = row.as_object().unwrap().keys().cloned().collect();
        let skipped = vec![("image".to_owned(), "a picture".to_owned())];
        let table = Table { columns, skipped, count: None, is_part: false, rows: Box::new(std::iter::empty()) };
        Roles::find(spec, &table, "a.csv")
    }

    fn read(spec: &ColumnsSpec, row: &Value) -> Result<Sample, Fault> {
        let roles = roles(spec, row).unwrap();
        let Draft { mut sample, key } = roles.draft(row.as_object().unwrap().clone(), 7, Some("sub"))?;
        sample.answer = key.settle(None, sample.choices.len())?;
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
            choices: Some(OneOrMany(["a", "b", "c"].map(str::to_owned).to_vec())),
            answer: Some("right".into()),
            subject: Some("field".into()),
            id: Some("number".into()),
        };
        let row =
            json!({"text": "Q?", "a": "x", "b": 2, "c": "", "right": "B", "field": "logic", "number": 9, "more": [1]});
        let sample = read(&spec, &row).unwrap();
        assert_eq!(sample.choices, ["x", "2"]);
        assert_eq!(sample.answer, Some(Answer::Choice(1)));
        assert_eq!((sample.subject.as_deref(), sample.id.as_deref()), (Some("logic"), Some("9")));
        assert_eq!(Value::Object(sample.columns), json!({"field": "logic", "number": 9, "more": [1]}));
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
