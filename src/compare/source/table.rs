//! `results.csv` of smallbench, `results_local.csv` with its first eight columns, and baselines, which have no texts.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::error::{SourceError, unreadable};
use super::results::Answer;
use crate::compare::side::Item;
use crate::files::open_file;

/// Columns that a table without hashes of its questions has.
const NEEDED: [&str; 4] = ["model", "prompt", "expected_answer", "score"];

/// Columns of a baseline.
const HASHED: [&str; 3] = ["model", "question_hash", "score"];

/// A row of a table whose columns have names.
#[derive(Debug, Clone, Copy)]
pub struct NamedRow<'r> {
    places: &'r HashMap<String, usize>,
    record: &'r csv::StringRecord,
}

impl<'r> NamedRow<'r> {
    /// The text of a column; empty where there is none.
    pub fn text(&self, column: &str) -> &'r str {
        self.places.get(column).and_then(|place| self.record.get(*place)).unwrap_or_default()
    }

    /// The number of a column; none where it is empty or not finite.
    pub fn number(&self, column: &str) -> Option<f64> {
        self.text(column).parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// Whether a flag is set.
    pub fn flag(&self, column: &str) -> bool {
        matches!(self.text(column), "1" | "true")
    }
}

/// Reads a table row by row. It needs the columns of any one of the lists. What is wrong with a row is said with its line.
///
/// # Errors
/// The file cannot be read, lacks a needed column, or has a row that is refused.
pub fn each_row(
    path: &Path,
    needed: &[&[&'static str]],
    mut row: impl FnMut(&NamedRow<'_>) -> Result<(), String>,
) -> Result<(), SourceError> {
    let file = open_file(path).map_err(unreadable(path))?;
    let mut reader = csv::Reader::from_reader(std::io::BufReader::new(file));
    let malformed = |place: String, message: String| SourceError::Malformed { path: path.to_owned(), place, message };
    let broken = |error: csv::Error| {
        let place = error.position().map_or_else(|| "header".to_owned(), |at| format!("line {}", at.line()));
        malformed(place, format!("no CSV: {error}"))
    };
    let header = reader.headers().map_err(broken)?;
    let mut places = HashMap::new();
    for (place, name) in header.iter().enumerate() {
        // Of two columns of one name the first counts.
        places.entry(name.to_owned()).or_insert(place);
    }
    let missing = |columns: &&[&'static str]| columns.iter().find(|name| !places.contains_key(**name)).copied();
    // Of several lists the last is named: it is that of the oldest tables, of which people write some by hand.
    let lacking: Option<Vec<&str>> = needed.iter().map(missing).collect();
    if let Some(missing) = lacking.and_then(|lacking| lacking.last().copied()) {
        return Err(malformed("header".to_owned(), format!("there is no column `{missing}`")));
    }
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        row(&NamedRow { places: &places, record: &record }).map_err(|message| {
            let place = record.position().map_or_else(String::new, |at| format!("line {}", at.line()));
            malformed(place, message)
        })?;
    }
    Ok(())
}

pub(super) fn read(path: &Path) -> Result<Vec<Answer>, SourceError> {
    let mut answers = Vec::new();
    each_row(path, &[&HASHED, &NEEDED], |row| {
        let score = row.text("score");
        if !score.is_empty() && row.number("score").is_none() {
            return Err(format!("the score `{score}` is not a number"));
        }
        answers.extend(answer(row));
        Ok(())
    })?;
    Ok(named_by_level(answers))
}

/// An answer and its level; none for a request that failed.
fn answer(row: &NamedRow<'_>) -> Option<(Answer, String)> {
    if !row.text("fault").is_empty() {
        return None;
    }
    let item = Item {
        score: row.number("score"),
        latency: row.number("latency_sec").filter(|_| !row.flag("cold")),
        output_tokens: row.number("output_tokens"),
        cost: row.number("cost"),
    };
    let title = match (row.text("item_id"), row.text("prompt_id")) {
        ("", "") => row.text("question_hash").to_owned(),
        ("", number) => format!("#{number}"),
        (id, _) => id.to_owned(),
    };
    let question = Some(row.text("prompt")).filter(|text| !text.is_empty()).unwrap_or(row.text("question_hash"));
    let hash = Some(row.text("question_hash")).filter(|hash| !hash.is_empty()).map(str::to_owned);
    let answer = Answer {
        model: row.text("model").into(),
        subject: row.text("subject").to_owned(),
        question_hash: hash.clone(),
        hash,
        question: question.to_owned(),
        target: row.text("expected_answer").to_owned(),
        said: row.text("output").to_owned(),
        title,
        item,
        ..Answer::default()
    };
    Some((answer, row.text("level").to_owned()))
}

/// Names a model by its level as well where there are several.
fn named_by_level(answers: Vec<(Answer, String)>) -> Vec<Answer> {
    let levels: BTreeSet<&String> = answers.iter().map(|(_, level)| level).collect();
    let has_levels = levels.len() > 1;
    let named = |(mut answer, level): (Answer, String)| {
        if has_levels {
            answer.model = answer.model.at_level(&level);
        }
        answer
    };
    answers.into_iter().map(named).collect()
}
