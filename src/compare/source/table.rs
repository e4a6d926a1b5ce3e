//! `results.csv` of smallbench, and `results_local.csv` with its first eight columns.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Answer, SourceError, unreadable};
use crate::compare::side::Item;

/// Columns that every such table has.
const NEEDED: [&str; 4] = ["model", "prompt", "expected_answer", "score"];

pub(super) fn read(path: &Path) -> Result<Vec<Answer>, SourceError> {
    let file = std::fs::File::open(path).map_err(unreadable(path))?;
    let mut reader = csv::Reader::from_reader(std::io::BufReader::new(file));
    let malformed = |place: String, message: String| SourceError::Malformed { path: path.to_owned(), place, message };
    let broken = |error: csv::Error| {
        let place = error.position().map_or_else(|| "header".to_owned(), |at| format!("line {}", at.line()));
        malformed(place, format!("no CSV: {error}"))
    };
    let header = reader.headers().map_err(broken)?.clone();
    let place_of = |name: &str| header.iter().position(|column| column == name);
    if let Some(missing) = NEEDED.iter().find(|name| place_of(name).is_none()) {
        return Err(malformed("header".to_owned(), format!("there is no column `{missing}`")));
    }
    let columns = Columns::new(place_of);
    let mut answers = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        if let Some(score) = columns.unreadable_score(&record) {
            let place = record.position().map_or_else(String::new, |at| format!("line {}", at.line()));
            return Err(malformed(place, format!("the score `{score}` is not a number")));
        }
        answers.extend(columns.answer(&record));
    }
    Ok(named_by_level(answers))
}

/// Where the columns stand.
struct Columns {
    model: Option<usize>,
    level: Option<usize>,
    hash: Option<usize>,
    question: Option<usize>,
    gold: Option<usize>,
    title: Option<usize>,
    number: Option<usize>,
    score: Option<usize>,
    latency: Option<usize>,
    tokens: Option<usize>,
    cost: Option<usize>,
    status: Option<usize>,
    subject: Option<usize>,
    cold: Option<usize>,
}

impl Columns {
    fn new(place_of: impl Fn(&str) -> Option<usize>) -> Self {
        Self {
            model: place_of("model"),
            level: place_of("level"),
            hash: place_of("question_hash"),
            question: place_of("prompt"),
            gold: place_of("expected_answer"),
            title: place_of("item_id"),
            number: place_of("prompt_id"),
            score: place_of("score"),
            latency: place_of("latency_sec"),
            tokens: place_of("output_tokens"),
            cost: place_of("cost"),
            status: place_of("fault"),
            subject: place_of("subject"),
            cold: place_of("cold"),
        }
    }

    /// A score that is there and is no finite number.
    fn unreadable_score<'r>(&self, record: &'r csv::StringRecord) -> Option<&'r str> {
        let score = self.score.and_then(|place| record.get(place)).filter(|score| !score.is_empty())?;
        let is_known = score.parse::<f64>().is_ok_and(f64::is_finite);
        (!is_known).then_some(score)
    }

    /// An answer and its level; none for a request that failed.
    fn answer(&self, record: &csv::StringRecord) -> Option<(Answer, String)> {
        let field = |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or_default();
        let number = |place| field(place).parse::<f64>().ok().filter(|value| value.is_finite());
        if !field(self.status).is_empty() {
            return None;
        }
        let is_warm = !matches!(field(self.cold), "1" | "true");
        let item = Item {
            score: number(self.score),
            latency: number(self.latency).filter(|_| is_warm),
            output_tokens: number(self.tokens),
            cost: number(self.cost),
        };
        let title = match (field(self.title), field(self.number)) {
            ("", number) => format!("#{number}"),
            (id, _) => id.to_owned(),
        };
        let answer = Answer {
            model: field(self.model).to_owned(),
            subject: field(self.subject).to_owned(),
            scored_by: None,
            hash: Some(field(self.hash)).filter(|hash| !hash.is_empty()).map(str::to_owned),
            question: format!("{}\n{}", field(self.question), field(self.gold)),
            title,
            item,
        };
        Some((answer, field(self.level).to_owned()))
    }
}

/// Names a model by its level as well where there are several.
fn named_by_level(answers: Vec<(Answer, String)>) -> Vec<Answer> {
    let levels: BTreeSet<&String> = answers.iter().map(|(_, level)| level).collect();
    let has_levels = levels.len() > 1;
    let named = |(mut answer, level): (Answer, String)| {
        if has_levels {
            answer.model = format!("{} {level}", answer.model);
        }
        answer
    };
    answers.into_iter().map(named).collect()
}
