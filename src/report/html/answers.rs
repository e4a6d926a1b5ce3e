//! The view of answers as it is without a script: the questions of most interest, with what each model said.

use serde::Serialize;

use super::figure::swatch;
use super::questions::{AnswerRow, Interest, Question};
use super::subjects::class_name;
use super::texts::{AnswerText, QuestionText, Texts};
use crate::format::{money, seconds};
use crate::id::Id;
use crate::judge::CLASSES;
use crate::plan::Plan;
use crate::prompt::letter;

/// Questions that are written out.
const MOST_QUESTIONS: usize = 12;

/// Answers of a question that are.
const MOST_ANSWERS: usize = 8;

/// Bytes of texts that are.
const MOST_BYTES: usize = 120 << 10;

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Answers {
    questions: Vec<Shown>,
    all: usize,
    with_text: usize,
}

/// A question with its answers.
#[derive(Debug, Serialize)]
struct Shown {
    number: usize,
    name: String,
    why: &'static str,
    title: String,
    text: QuestionText,
    right: Option<String>,
    answers: Vec<Answer>,
    more: usize,
}

/// An answer and what is known of it.
#[derive(Debug, Serialize)]
struct Answer {
    swatch: String,
    label: String,
    class: String,
    verdict: String,
    rule: String,
    text: AnswerText,
    facts: String,
}

/// The first questions in the order of interest, as far as their texts are there and fit.
pub(super) fn answers(plan: &Plan, (questions, order): (&[Question<'_>], &[usize]), texts: &Texts) -> Answers {
    let mut shown = Vec::new();
    let mut room = MOST_BYTES;
    for number in order.iter().take(MOST_QUESTIONS) {
        let Some(text) = texts.questions.get(number) else { break };
        let question = &questions[*number];
        let answers: Vec<Answer> =
            question.rows.iter().take(MOST_ANSWERS).filter_map(|row| answer(plan, *row, texts)).collect();
        let own = |answer: &Answer| {
            answer.text.before.len() + answer.text.after.len() + answer.text.reasoning.as_ref().map_or(0, String::len)
        };
        let size =
            text.question.len() + text.passage.as_ref().map_or(0, String::len) + answers.iter().map(own).sum::<usize>();
        let Some(left) = room.checked_sub(size) else { break };
        room = left;
        shown.push(Shown {
            number: *number,
            name: name(plan, question, text),
            why: why(question.interest),
            title: texts.titles.get(*number).cloned().unwrap_or_default(),
            text: text.clone(),
            right: right(text),
            more: question.rows.len() - answers.len(),
            answers,
        });
    }
    Answers { questions: shown, all: questions.len(), with_text: texts.questions.len() }
}

/// The name of a question: its number, with its dataset where there are several.
fn name(plan: &Plan, question: &Question<'_>, text: &QuestionText) -> String {
    let dataset = if plan.datasets.len() > 1 { &plan.datasets[question.dataset].name } else { "" };
    format!("{dataset}#{}", text.name)
}

fn why(interest: Interest) -> &'static str {
    match interest {
        Interest::Failed => "failed, or states no answer",
        Interest::Differs => "answers differ",
        Interest::Wrong => "wrong",
        Interest::Right => "right",
    }
}

fn right(text: &QuestionText) -> Option<String> {
    let of_choice = || Some(format!("{}. {}", letter(text.right?), text.choices.get(text.right?)?));
    text.gold.clone().or_else(of_choice)
}

fn answer(plan: &Plan, AnswerRow { group, row, number }: AnswerRow<'_>, texts: &Texts) -> Option<Answer> {
    let text = texts.answers.get(&number)?.clone();
    let figures = &group.figures;
    let word = |number| figures.word(number).map(|word| word.to_string()).unwrap_or_default();
    let is_fault = figures.fault.get(row) == Some(true);
    let class = if is_fault { "fault".to_owned() } else { word(figures.verdict.get(row)) };
    let known = CLASSES.into_iter().find(|known| known.word() == class);
    let verdict = match known {
        Some(class) => class_name(class).to_owned(),
        None if is_fault => word(figures.status.get(row)).replace('_', " "),
        None => "not judged".to_owned(),
    };
    let latency = figures.latency.get(row).map(seconds);
    let tokens =
        figures.output_tokens.get(row).map(|count| crate::format::counted(u64::try_from(count).unwrap_or(0), "token"));
    let cost = figures.cost.get(row).zip(plan.currency.as_deref()).map(|(cost, currency)| money(cost, currency));
    let rule = match figures.extracted.get(row) {
        Some(extracted) => format!("read “{extracted}” by {}", word(figures.rule.get(row))),
        None => word(figures.rule.get(row)),
    };
    Some(Answer {
        swatch: swatch(group.batch.model_id.place()),
        label: group.batch.label(),
        class,
        verdict,
        rule,
        text,
        facts: [latency, tokens, cost].into_iter().flatten().collect::<Vec<_>>().join(" · "),
    })
}
