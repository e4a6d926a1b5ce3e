//! The page of a comparison: what changed from one result to others, question by question. It has no script.

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::figure::{strip, strip_axis};
use super::ratios::{Ratios, ratios};
use super::scale::Scale;
use super::template::{STYLE, environment, failed, policy};
use super::texts::{cut, short};
use super::words::p_value;
use crate::compare::published::{ALONE, left_out, published, sentence};
use crate::compare::source::Source;
use crate::compare::{Change, Difference, Flip, SideOfFlip, difference, points, reversal_sentence};
use crate::error::Error;
use crate::format::{counted, interval, known, percent, significant};
use crate::printable::all_isolated;

/// Changes that are shown; JSON has all.
const MOST_CHANGES: usize = 60;

/// Bytes of questions and answers that a page holds.
const MOST_BYTES: usize = 12 << 20;

/// What the template shows.
#[derive(Serialize)]
struct View {
    policy: String,
    style: &'static str,
    title: String,
    summary: Vec<String>,
    changes: Vec<Row>,
    /// What stands above means that no answers are known of, and the means.
    alone: &'static str,
    means: Vec<String>,
    left_out: Option<String>,
    more: usize,
    axis: String,
    ratios: Option<Ratios>,
    sources: Vec<Origin>,
    differences: Vec<Difference>,
    named: Vec<String>,
}

/// A model of a later result against one of the first.
#[derive(Serialize)]
struct Row {
    number: usize,
    after: String,
    before: String,
    sentence: String,
    reversal: Option<String>,
    strip: String,
    scores: [String; 2],
    difference: String,
    interval: String,
    p: String,
    is_told: bool,
    n: usize,
    matched: String,
    /// Questions on which the later scores higher, and those on which it scores lower.
    flips: [Flips; 2],
}

/// Questions whose scores changed in one direction.
#[derive(Serialize)]
struct Flips {
    what: &'static str,
    all: usize,
    shown: Vec<Shown>,
}

/// A question with what was said to it before and after.
#[derive(Serialize)]
struct Shown {
    name: String,
    title: String,
    question: String,
    target: String,
    sides: [Side; 2],
}

/// What one side said.
#[derive(Serialize)]
struct Side {
    when: &'static str,
    class: &'static str,
    score: String,
    said: String,
    more: usize,
}

/// A result that was compared.
#[derive(Serialize)]
struct Origin {
    name: String,
    format: &'static str,
    answers: usize,
    models: String,
    scored_by: String,
}

/// The page.
///
/// # Errors
/// The template fails.
pub fn page(sources: &[Source], changes: &[Change<'_>], differences: &[Difference]) -> Result<String, Error> {
    let shown = &changes[..changes.len().min(MOST_CHANGES)];
    let scores = shown.iter().filter_map(|change| change.pair.score.as_ref());
    let reach = scores.flat_map(|score| [score.interval.0.abs(), score.interval.1.abs()]).fold(0.05, f64::max);
    let scale = Scale::around_zero(reach);
    let mut room = MOST_BYTES;
    let rows = shown.iter().enumerate().map(|(number, change)| row(number, change, &scale, &mut room)).collect();
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    let view = View {
        policy: policy(None),
        style: STYLE,
        title: all_isolated(names).join(" → "),
        summary: vec![counted(sources.len(), "result"), counted(changes.len(), "comparison")],
        changes: rows,
        alone: ALONE,
        means: published(sources).iter().map(sentence).collect(),
        left_out: left_out(sources),
        more: changes.len() - shown.len(),
        axis: strip_axis(&scale, points),
        ratios: ratios(shown.iter().map(|change| &change.pair)),
        sources: sources.iter().map(origin).collect(),
        differences: differences.to_vec(),
        named: sources.iter().filter(|source| !source.facts.is_empty()).map(|source| source.name.clone()).collect(),
    };
    environment()?
        .get_template("changes.html")
        .and_then(|template| template.render(Value::from(Serde(view))))
        .map_err(failed)
}

/// What is said where there is no difference of scores.
fn unscored(pair: &crate::compare::Pair) -> &'static str {
    if pair.is_unjudged { "no scores" } else { "no question has a score on both sides" }
}

fn origin(source: &Source) -> Origin {
    Origin {
        name: source.name.clone(),
        format: source.format,
        answers: source.answers.len(),
        models: all_isolated(source.models()).join(", "),
        scored_by: all_isolated(source.scored_by()).join(", "),
    }
}

fn row(number: usize, change: &Change<'_>, scale: &Scale, room: &mut usize) -> Row {
    let (pair, score) = (&change.pair, change.pair.score.as_ref());
    let drawn = |score: &crate::compare::ScoreDifference| {
        strip(None, scale, score.difference(), Some(score.interval), Some(0.0))
    };
    Row {
        number,
        after: pair.a.label.clone(),
        before: pair.b.label.clone(),
        sentence: score.map_or_else(|| unscored(pair).to_owned(), difference),
        reversal: reversal_sentence(pair),
        strip: score.map(drawn).unwrap_or_default(),
        scores: [known(score, |score| percent(score.b)), known(score, |score| percent(score.a))],
        difference: known(score, |score| points(score.difference())),
        interval: known(score, |score| interval(score.interval, points)),
        p: known(score, |score| p_value(score.p_adjusted)),
        is_told: score.is_some_and(crate::compare::ScoreDifference::is_distinguishable),
        n: score.map_or(pair.items, |score| score.items),
        matched: matched(change),
        flips: [("Gained", &change.gained), ("Lost", &change.lost)].map(|(what, flips)| listed(what, flips, room)),
    }
}

/// How many questions the two have in common.
fn matched(change: &Change<'_>) -> String {
    let verb = if change.pair.items == 1 { "matches" } else { "match" };
    let only = [(change.only_before, "the earlier"), (change.only_after, "the later")];
    let only =
        only.into_iter().filter(|(count, _)| *count > 0).map(|(count, side)| format!("; {count} only in {side}"));
    format!("{} {verb}{}", counted(change.pair.items, "question"), only.collect::<String>())
}

/// As many of the questions as there is room for.
fn listed(what: &'static str, flips: &[Flip<'_>], room: &mut usize) -> Flips {
    let mut texts = Vec::new();
    for flip in flips {
        let text = shown(flip);
        let size =
            text.question.len() + text.target.len() + text.sides.iter().map(|side| side.said.len()).sum::<usize>();
        let Some(left) = room.checked_sub(size) else { break };
        *room = left;
        texts.push(text);
    }
    Flips { what, all: flips.len(), shown: texts }
}

fn shown(flip: &Flip<'_>) -> Shown {
    let answer = flip.after.answer;
    Shown {
        name: answer.title.clone(),
        title: short(&answer.question),
        question: cut(&answer.question),
        target: cut(&answer.target),
        sides: [side("earlier", &flip.before), side("later", &flip.after)],
    }
}

fn side(when: &'static str, outcome: &SideOfFlip<'_>) -> Side {
    let (class, score) = match outcome.score {
        score if score >= 1.0 => ("correct", "right".to_owned()),
        score if score <= 0.0 => ("wrong", "wrong".to_owned()),
        score => ("", significant(score)),
    };
    Side { when, class, score, said: cut(&outcome.answer.said), more: outcome.answers - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::source::Answer;
    use crate::compare::{Item, changes};

    fn source(name: &str, scores: &[f64], said: &str) -> Source {
        let answer = |(number, score): (usize, &f64)| Answer {
            model: "m".into(),
            question: format!("Question {number}?"),
            title: format!("#{number}"),
            said: said.to_owned(),
            item: Item { score: Some(*score), latency: Some(2.0), ..Item::default() },
            ..Answer::default()
        };
        let answers = scores.iter().enumerate().map(answer).collect();
        Source { name: name.to_owned(), answers, ..Source::default() }
    }

    #[test]
    fn both_answers_of_a_flip_stand_side_by_side() {
        let sources = [source("a", &[1.0, 0.0, 0.0], "<b>before"), source("b", &[0.0, 1.0, 1.0], "after</b>")];
        let page = page(&sources, &changes(&sources), &[]).unwrap();
        assert!(
            page.contains("&lt;b&gt;before") && page.contains("after&lt;&#x2f;b&gt;") && !page.contains("<b>before")
        );
        assert!(page.contains("Gained: 2") && page.contains("Lost: 1"), "{page}");
        assert!(!page.contains("<script"));
    }

    #[test]
    fn there_is_an_end_to_the_room() {
        let sources = [source("a", &[0.0; 3000], &"x".repeat(9000)), source("b", &[1.0; 3000], "y")];
        let page = page(&sources, &changes(&sources), &[]).unwrap();
        assert!(page.len() < 2 * MOST_BYTES && page.contains("Gained: 3000"), "{}", page.len());
        assert!(page.contains("more; <code>--format json</code>"));
    }
}
