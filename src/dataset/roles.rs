//! The roles of the columns of a file: by the spec, else by their usual names.

use regex::Regex;
use serde_json::Value;

use super::answer::Reader;
use super::choices::ChoicesFrom;
use super::error::DatasetError;
use super::extract::Extract;
use super::family;
use super::likeness::{did_you_mean, nearest};
use super::path::root;
use super::readings::{FROM_0, FROM_1, LABEL, LETTER, TEXT};
use super::rows::{Row, Table, scalar_text};
use super::usual::{
    ANSWER, CHOICES, FROM_1_BY_NAME, ID, INPUT, INSTRUCTION, LISTED, MESSAGES, NUMBERS, PASSAGE, PICTURES, QUESTION,
    SUBJECT, TEXT_OF_NUMBER, TURNS, VERDICT, like_answers, plain,
};
use crate::spec::types::{AnswerReadSpec, AnswerReading, ChoicesSpec, ColumnsSpec};

/// The roles of the columns of one file.
#[derive(Debug)]
pub(super) struct Roles {
    pub question: String,
    /// The column of a chat that the question ends.
    pub messages: Option<String>,
    /// The column of what the user says turn by turn, which is that of the question as well.
    pub turns: Option<String>,
    /// The columns of images.
    pub images: Vec<String>,
    /// The column of tools that are offered with the question.
    pub tools: Option<String>,
    pub passage: Vec<String>,
    pub choices: ChoicesFrom,
    /// The columns of right answers.
    pub answers: Vec<String>,
    /// Another column that may hold right answers.
    pub spare: Option<String>,
    /// A column of pictures that nobody asked for.
    pub unseen: Option<String>,
    pub reader: Reader,
    /// A column that may say whether the answer of a row is a right one.
    pub verdict: Option<String>,
    pub subject: Option<String>,
    /// The names of subjects, if the column has their numbers.
    pub subject_names: Vec<String>,
    pub id: Option<String>,
}

impl Roles {
    /// Finds the columns that the spec names, and the others by their usual names.
    pub(super) fn find(spec: &ColumnsSpec, table: &Table, path: &str) -> Result<Self, DatasetError> {
        let finder = Finder { table, path };
        let question = finder.one(spec.question.as_ref(), &QUESTION, "question")?;
        let instruction = finder.instruction(question.as_deref()).filter(|_| spec.question.is_none());
        let material = question.clone().filter(|_| instruction.is_some());
        let question = instruction.or(question);
        let named = spec.messages.as_ref().map(|name| finder.named(name, "messages")).transpose()?;
        let usual = || finder.usual_but(&MESSAGES, &[]).filter(|_| question.is_none());
        let messages = named.clone().or_else(usual);
        let turns = spec.turns.as_ref().map(|name| finder.named(name, "turns")).transpose()?;
        let turns =
            turns.or_else(|| finder.usual_but(&TURNS, &[]).filter(|_| question.is_none() && messages.is_none()));
        // A named chat is the question, unless the spec names that too.
        let question = if spec.question.is_some() { question } else { named.or(question) };
        let question = turns.clone().or(question).or_else(|| messages.clone()).ok_or_else(|| finder.no_question())?;
        let choices = finder.choices(spec.choices.as_ref())?;
        let written = spec.answer();
        let answers = finder.answers(&written, &choices)?;
        let (choices, is_named) = finder.named_choices(choices, &answers);
        let subject = finder.one(spec.subject.as_ref(), &SUBJECT, "subject")?;
        let mut taken: Vec<&String> = vec![&question];
        taken.extend(choices.columns().iter().chain(&answers));
        let passage = match &spec.passage {
            Some(named) => named.iter().map(|name| finder.named(name, "passage")).collect::<Result<_, _>>()?,
            None => finder.usual_but(&PASSAGE, &taken).into_iter().chain(material).collect(),
        };
        let images = spec.images().map(|name| finder.named(name, "image")).collect::<Result<_, _>>()?;
        let is_open = spec.answer.is_none() && matches!(choices, ChoicesFrom::Nothing);
        let spare = finder.spare(&answers, &taken).filter(|_| spec.answer.is_none());
        let is_doubtful = is_open && answers.first().is_some_and(|name| name != VERDICT) && finder.has(VERDICT);
        let tools = spec.tools.as_ref().map(|name| finder.named(name, "tools")).transpose()?;
        Ok(Self {
            tools,
            verdict: is_doubtful.then(|| VERDICT.to_owned()),
            reader: Reader {
                is_named: is_named && written.base.is_none() && written.reading.is_none(),
                ..reader(&written, &answers, path)?
            },
            images,
            passage,
            choices,
            answers,
            spare,
            subject_names: subject.as_ref().and_then(|name| table.labels.get(name)).cloned().unwrap_or_default(),
            unseen: finder.pictures().filter(|_| spec.image.is_none()),
            subject,
            id: finder.one(spec.id.as_ref(), &ID, "id")?,
            question,
            messages,
            turns,
        })
    }

    /// Puts the name of a row's subject in the place of its number.
    pub(super) fn name_subject(&self, row: &mut Row) {
        let Some(value) = self.subject.as_ref().and_then(|column| row.get_mut(column)) else { return };
        let text = scalar_text(value).unwrap_or_default();
        let number = text.parse::<usize>().ok().filter(|_| !self.subject_names.contains(&text));
        if let Some(name) = number.and_then(|number| self.subject_names.get(number)) {
            *value = Value::from(name.as_str());
        }
    }

    /// True if the columns of other rows cannot change these roles.
    ///
    /// A missing role may be found later, which does not affect rows without its column.
    pub(super) fn are_final(&self, spec: &ColumnsSpec) -> bool {
        let is_final = |named: bool, found: Option<&String>, usual: &[&str]| {
            named || found.is_none_or(|found| usual.first().is_some_and(|first| found == first))
        };
        let is_named = spec.question.is_some() || spec.messages.is_some() || spec.turns.is_some();
        is_final(is_named, Some(&self.question), &QUESTION)
            && is_final(spec.choices.is_some(), self.choices.columns().first(), &CHOICES)
            && is_final(spec.answer().column.is_some(), self.answers.first(), &ANSWER)
            && is_final(spec.passage.is_some(), self.passage.first(), &PASSAGE)
            && is_final(spec.subject.is_some(), self.subject.as_ref(), &SUBJECT)
            && is_final(spec.id.is_some(), self.id.as_ref(), &ID)
    }

    #[cfg(test)]
    pub(super) fn of_question(name: &str) -> Self {
        Self {
            question: name.to_owned(),
            messages: None,
            turns: None,
            images: Vec::new(),
            tools: None,
            passage: Vec::new(),
            choices: ChoicesFrom::Nothing,
            answers: Vec::new(),
            spare: None,
            unseen: None,
            reader: Reader::default(),
            verdict: None,
            subject: Some("subject".to_owned()),
            subject_names: Vec::new(),
            id: None,
        }
    }
}

/// How the spec says that answers are read.
fn reader(spec: &AnswerReadSpec, answers: &[String], path: &str) -> Result<Reader, DatasetError> {
    let by_name = answers.first().is_some_and(|name| FROM_1_BY_NAME.contains(&name.as_str())).then_some(1);
    let base = spec.base.or(by_name.filter(|_| spec.reading.is_none()));
    let numbers: &[usize] = match base {
        Some(0) => &[FROM_0],
        Some(_) => &[FROM_1],
        None => &[FROM_0, FROM_1],
    };
    let open: &[usize] = match spec.reading {
        Some(AnswerReading::Label) => &[LABEL],
        Some(AnswerReading::Text) => &[TEXT],
        Some(AnswerReading::Letter) => &[LETTER],
        Some(AnswerReading::Index) => numbers,
        None if base.is_some() => numbers,
        None => &[LABEL, TEXT, LETTER, FROM_0, FROM_1],
    };
    let mut allowed = [false; 5];
    open.iter().for_each(|reading| allowed[*reading] = true);
    let extract = Extract::new(spec.pattern.as_deref()).map_err(|error| wrong_pattern(path, &error))?;
    Ok(Reader { allowed, extract, ..Reader::default() })
}

fn wrong_pattern(path: &str, error: &regex::Error) -> DatasetError {
    DatasetError::Pattern { path: path.to_owned(), reason: error.to_string() }
}

struct Finder<'a> {
    table: &'a Table,
    path: &'a str,
}

impl Finder<'_> {
    fn one(&self, named: Option<&String>, usual: &[&str], role: &'static str) -> Result<Option<String>, DatasetError> {
        match named {
            Some(name) => self.named(name, role).map(Some),
            None => Ok(self.usual_but(usual, &[])),
        }
    }

    /// The column of what is to be done with the input that is the question by its name.
    fn instruction(&self, question: Option<&str>) -> Option<String> {
        let of_input = question.is_some_and(|name| INPUT.iter().any(|input| name.eq_ignore_ascii_case(input)));
        of_input.then(|| self.usual_but(&INSTRUCTION, &[])).flatten()
    }

    fn choices(&self, spec: Option<&ChoicesSpec>) -> Result<ChoicesFrom, DatasetError> {
        let named = match spec {
            Some(ChoicesSpec::Columns(named)) => named,
            Some(ChoicesSpec::Text(text)) => {
                let pattern = Regex::new(&text.pattern).map_err(|error| wrong_pattern(self.path, &error))?;
                return Ok(ChoicesFrom::Text(self.named(&text.column, "choices")?, pattern));
            }
            None => return Ok(self.usual_choices()),
        };
        if self.are_options(named) {
            return Ok(ChoicesFrom::Literal(named.to_vec()));
        }
        let columns: Vec<String> = named.iter().map(|name| self.named(name, "choices")).collect::<Result<_, _>>()?;
        Ok(match <[String; 1]>::try_from(columns) {
            Ok([column]) => ChoicesFrom::Column(column),
            Err(columns) => ChoicesFrom::Columns(columns),
        })
    }

    /// True if these are options themselves: several, and none of them is a column, nor a column misspelt.
    fn are_options(&self, named: &[String]) -> bool {
        let columns = &self.table.columns;
        let is_like = |name: &String| {
            let near = nearest(name, columns.iter().map(String::as_str));
            root(columns, name).is_some() || (name.len() > 2 && did_you_mean(name, &near).is_some())
        };
        let is_alike = |name: &String| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
        let are_skipped = |name: &String| self.table.skipped.iter().any(|(column, _)| column == name);
        named.len() > 1 && !named.iter().any(|name| is_like(name) || is_alike(name) || are_skipped(name))
    }

    fn usual_choices(&self) -> ChoicesFrom {
        match self.usual_but(&CHOICES, &[]) {
            Some(column) => ChoicesFrom::Column(column),
            None if self.has(LISTED) && NUMBERS.iter().any(|name| self.has(name)) => {
                ChoicesFrom::Column(LISTED.to_owned())
            }
            None => family::of(&self.table.columns).map_or(ChoicesFrom::Nothing, ChoicesFrom::Columns),
        }
    }

    fn answers(&self, spec: &AnswerReadSpec, choices: &ChoicesFrom) -> Result<Vec<String>, DatasetError> {
        if let Some(named) = &spec.column {
            return named.iter().map(|name| self.named(name, "answer")).collect();
        }
        // TruthfulQA marks the right choices beside them.
        if let ChoicesFrom::Column(column) = choices
            && column == "mc1_targets"
        {
            return Ok(vec![format!("{column}.labels")]);
        }
        let taken: Vec<&String> = match choices {
            ChoicesFrom::Column(column) => vec![column],
            // GPQA's right answer is one of its columns of choices.
            _ => Vec::new(),
        };
        let of_list = || self.usual_but(&NUMBERS, &taken).filter(|_| taken.iter().any(|column| *column == LISTED));
        let found = self.usual_but(&ANSWER, &taken).map(|name| self.text_of(name, choices));
        let found = found.or_else(|| self.usual_path(&ANSWER));
        Ok(found.or_else(of_list).into_iter().collect())
    }

    /// The column of the texts that the numbers of one stand for, where neither choices nor the file tell what they name: as in
    /// CLUTRR and the sets of SetFit.
    fn text_of(&self, name: String, choices: &ChoicesFrom) -> String {
        let has_names = !matches!(choices, ChoicesFrom::Nothing) || self.table.labels.contains_key(&name);
        let text = TEXT_OF_NUMBER.iter().map(|end| format!("{name}{end}")).find(|text| self.has(text));
        text.filter(|_| !has_names).unwrap_or(name)
    }

    /// Another column that may hold right answers: one of a usual name, or where there is none, one of a likely name.
    fn spare(&self, answers: &[String], taken: &[&String]) -> Option<String> {
        let taken: Vec<&String> = taken.iter().copied().chain(answers).collect();
        match answers.is_empty() {
            true => like_answers(&self.table.columns, &taken).cloned(),
            false => self.usual_but(&ANSWER, &taken),
        }
    }

    /// A column of bytes that are pictures by its name.
    fn pictures(&self) -> Option<String> {
        let is_picture = |column: &&String| PICTURES.iter().any(|word| column.to_lowercase().contains(word));
        self.table.skipped.iter().map(|(column, _)| column).find(is_picture).cloned()
    }

    /// A usual path into a column of structs.
    fn usual_path(&self, names: &[&str]) -> Option<String> {
        let is_path = |name: &&&str| name.contains('.') && root(&self.table.columns, name).is_some();
        names.iter().find(is_path).map(|name| (*name).to_owned())
    }

    /// No column is the question, or the one that is has a type that cannot be asked.
    fn no_question(&self) -> DatasetError {
        let path = self.path.to_owned();
        match self.table.skipped.iter().find(|(column, _)| QUESTION.contains(&column.as_str())) {
            Some((column, kind)) => DatasetError::ColumnKind { path, column: column.clone(), kind: kind.clone() },
            None => DatasetError::NoQuestion { path, columns: self.table.columns.clone() },
        }
    }

    /// The choices; if the answers are numbers with names in the file, these are the choices where there are no others.
    fn named_choices(&self, choices: ChoicesFrom, answers: &[String]) -> (ChoicesFrom, bool) {
        match (answers.first().and_then(|name| self.table.labels.get(name)), choices) {
            (Some(names), ChoicesFrom::Nothing) => (ChoicesFrom::Literal(names.clone()), true),
            (names, choices) => (choices, names.is_some()),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.table.columns.iter().any(|column| column == name)
    }

    fn named(&self, name: &str, role: &'static str) -> Result<String, DatasetError> {
        if root(&self.table.columns, name).is_some() {
            return Ok(name.to_owned());
        }
        let path = self.path.to_owned();
        if let Some((column, kind)) = self.table.skipped.iter().find(|(column, _)| column == name) {
            return Err(DatasetError::ColumnKind { path, column: column.clone(), kind: kind.clone() });
        }
        let columns = nearest(name, self.table.columns.iter().map(String::as_str));
        Err(DatasetError::ColumnMissing { path, column: name.to_owned(), role, columns })
    }

    /// The first usual name that exists and is not taken, in its usual spelling if possible.
    fn usual_but(&self, names: &[&str], taken: &[&String]) -> Option<String> {
        let free = || self.table.columns.iter().filter(|column| !taken.contains(column));
        let exact = |name: &&str| free().find(|column| column == name);
        let alike = |name: &&str| free().find(|column| column.eq_ignore_ascii_case(name));
        let near = |name: &&str| free().find(|column| plain(column) == plain(name));
        names
            .iter()
            .find_map(exact)
            .or_else(|| names.iter().find_map(alike))
            .or_else(|| names.iter().find_map(near))
            .cloned()
    }
}
