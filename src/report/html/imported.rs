//! The page of results of other tools: scores, charts, questions with what each model said. It has no script.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::template::{STYLE, environment, failed, policy};
use super::texts::{cut, short};
use super::words::interval;
use crate::compare::ModelName;
use crate::compare::published::{ALONE, left_out};
use crate::compare::source::{Answer, Source};
use crate::error::Error;
use crate::format::{counted, known, known_count, percent, significant};
use crate::import::{Imported, Measured, question};
use crate::report::pictures::Picture;

/// Questions that the page shows, and how many bytes of texts; `results.csv` has all.
const MOST_QUESTIONS: usize = 300;
const MOST_BYTES: usize = 12 << 20;

#[derive(Serialize)]
struct View<'v> {
    policy: String,
    style: &'static str,
    name: &'v str,
    summary: Vec<String>,
    scores: Vec<[String; 6]>,
    pictures: Vec<[&'v str; 2]>,
    missing: Vec<&'static str>,
    questions: Vec<Question>,
    more: usize,
    /// What stands with means of which no answers are known.
    alone: Option<&'static str>,
    left_out: Option<String>,
    sources: Vec<Origin>,
}

/// A question with what was said to it.
#[derive(Serialize)]
struct Question {
    name: String,
    title: String,
    question: String,
    target: String,
    answers: Vec<Said>,
}

#[derive(Serialize)]
struct Said {
    model: String,
    class: &'static str,
    score: String,
    said: String,
}

/// A result that was imported.
#[derive(Serialize)]
struct Origin {
    name: String,
    format: &'static str,
    scored_by: String,
    answers: usize,
    facts: Vec<(String, String)>,
}

/// The page.
///
/// # Errors
/// The template fails.
pub fn imported_page(
    name: &str,
    imported: &Imported,
    (pictures, missing): (&[Picture], Vec<&'static str>),
) -> Result<String, Error> {
    let (questions, more) = questions(imported);
    let models: BTreeSet<&ModelName> = imported.measured.iter().map(|part| &part.model).collect();
    let answers: usize = imported.sources.iter().map(|source| source.answers.len()).sum();
    let view = View {
        policy: policy(None),
        style: STYLE,
        name,
        summary: match answers {
            0 => vec![counted(models.len(), "model"), counted(imported.measured.len(), "mean")],
            _ => vec![
                counted(models.len(), "model"),
                counted(questions.len() + more, "question"),
                counted(answers, "response"),
            ],
        },
        scores: imported.measured.iter().map(line).collect(),
        pictures: pictures.iter().map(|picture| [picture.title.as_str(), picture.svg.as_str()]).collect(),
        missing,
        questions,
        more,
        alone: imported.has_means().then_some(ALONE),
        left_out: left_out(&imported.sources),
        sources: imported.sources.iter().map(origin).collect(),
    };
    environment()?
        .get_template("imported.html")
        .and_then(|template| template.render(Value::from(Serde(view))))
        .map_err(failed)
}

fn line(part: &Measured) -> [String; 6] {
    [
        part.model.to_string(),
        part.dataset.clone(),
        known(part.score, percent),
        known(part.interval, interval),
        known_count(part.questions),
        known_count(part.answers),
    ]
}

fn origin(source: &Source) -> Origin {
    Origin {
        name: source.name.clone(),
        format: source.format,
        scored_by: source.scored_by().into_iter().collect::<Vec<_>>().join(", "),
        answers: source.answers.len(),
        facts: source.facts.clone().into_iter().collect(),
    }
}

/// The questions, those first that models answer differently, and how many have no room.
fn questions(imported: &Imported) -> (Vec<Question>, usize) {
    let mut known: BTreeMap<(&str, String), Vec<&Answer>> = BTreeMap::new();
    for answer in imported.sources.iter().flat_map(|source| &source.answers) {
        known.entry((&answer.dataset, question(answer))).or_default().push(answer);
    }
    let mut questions: Vec<Vec<&Answer>> = known.into_values().collect();
    questions.sort_by_cached_key(|answers| (interest(answers), answers[0].title.len(), answers[0].title.clone()));
    let all = questions.len();
    let mut room = MOST_BYTES;
    let mut shown = Vec::new();
    for answers in questions.into_iter().take(MOST_QUESTIONS) {
        let question = shown_question(&answers);
        let size: usize = question.question.len() + question.answers.iter().map(|said| said.said.len()).sum::<usize>();
        if size > room {
            break;
        }
        room -= size;
        shown.push(question);
    }
    let more = all - shown.len();
    (shown, more)
}

/// Questions with several scores, then those that nobody has right, then the others.
fn interest(answers: &[&Answer]) -> u8 {
    let scores = || answers.iter().filter_map(|answer| answer.item.score);
    let first = scores().next();
    match first {
        Some(first) if scores().any(|score| (score - first).abs() > 1e-9) => 0,
        Some(first) if first >= 1.0 => 2,
        _ => 1,
    }
}

fn shown_question(answers: &[&Answer]) -> Question {
    let first = answers[0];
    Question {
        name: first.title.clone(),
        title: short(&first.question),
        question: cut(&first.question),
        target: cut(&first.target),
        answers: answers.iter().map(|answer| said(answer)).collect(),
    }
}

fn said(answer: &Answer) -> Said {
    let (class, score) = match answer.item.score {
        _ if answer.failed => ("fault", "failed".to_owned()),
        Some(score) if score >= 1.0 => ("correct", "right".to_owned()),
        Some(score) if score <= 0.0 => ("wrong", "wrong".to_owned()),
        Some(score) => ("", significant(score)),
        None => ("", "not scored".to_owned()),
    };
    Said { model: answer.model.to_string(), class, score, said: cut(&answer.said) }
}
