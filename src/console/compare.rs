//! A comparison of runs, as text, Markdown or JSON.

use std::fmt::Write;

use serde_json::json;

use super::text::printable;
use crate::compare::published::{ALONE, left_out, published, sentence};
use crate::compare::source::Source;
use crate::compare::{Change, Difference, Flip, difference, ratio_sentence, reversal_sentence};
use crate::format::{counted, percent};
use crate::printable::{all_isolated, isolated};
use crate::report::markdown::{escape, fitted};
use crate::tables::pairs::pair_json;

/// Most questions or facts that a list shows.
const MOST: usize = 12;

/// Most means: those of a group of tasks stand before those of its tasks.
const MOST_MEANS: usize = 40;

/// What is shown.
pub struct Comparison<'c> {
    /// The sources, in the order of the command line.
    pub sources: &'c [Source],
    /// What changed.
    pub changes: &'c [Change<'c>],
    /// What the runs were made with, where it differs.
    pub differences: &'c [Difference],
}

/// A line: how deep it is, and its text.
type Line = (usize, String);

/// Text for a terminal.
pub fn text(comparison: &Comparison<'_>) -> String {
    joined(comparison, |(depth, text)| format!("{}{}\n", "  ".repeat(depth), printable(&text).replace('\n', " ")))
}

/// Most bytes of a comment on GitHub.
const COMMENT: usize = 65_000;

/// Markdown, for a comment: no longer than one may be.
pub fn markdown(comparison: &Comparison<'_>) -> String {
    let whole = joined(comparison, |(depth, text)| match depth {
        0 => format!("**{}**\n\n", escape(&text)),
        _ => format!("{}- {}\n", "  ".repeat(depth - 1), escape(&text)),
    });
    fitted(&whole, COMMENT, "`--format json` has all")
}

/// The blocks, each line in some form, with an empty line between them.
fn joined(comparison: &Comparison<'_>, line: impl Fn(Line) -> String) -> String {
    let blocks = blocks(comparison).into_iter().map(|block| block.into_iter().map(&line).collect::<String>());
    blocks.collect::<Vec<_>>().join("\n")
}

/// Everything as JSON, with all flips.
pub fn json(comparison: &Comparison<'_>) -> String {
    let sources = comparison
        .sources
        .iter()
        .map(|source| json!({ "name": source.name, "format": source.format, "answers": source.answers.len(), "scored_by": source.scored_by() }));
    let changes = comparison.changes.iter().map(|change| {
        let mut fields = pair_json(&change.pair);
        fields["label_a"] = change.pair.a.label.as_str().into();
        fields["label_b"] = change.pair.b.label.as_str().into();
        fields["only_a"] = change.only_after.into();
        fields["only_b"] = change.only_before.into();
        fields["questions_with_texts"] = change.texts.questions.into();
        fields["texts_differing"] = change.texts.differing.into();
        fields["gained"] = titles(&change.gained).into();
        fields["lost"] = titles(&change.lost).into();
        fields
    });
    let differences = comparison.differences.iter().map(|(name, values)| json!({ "name": name, "values": values }));
    let means = published(comparison.sources);
    let means = means.iter().flat_map(|published| &published.means).map(|(source, mean)| {
        let ends = mean.interval();
        json!({
            "source": source.name, "model": &*mean.model, "dataset": mean.dataset, "scored_by": mean.scored_by, "score": mean.score,
            "standard_error": mean.standard_error, "questions": mean.questions,
            "score_low": ends.map(|ends| ends.0), "score_high": ends.map(|ends| ends.1),
        })
    });
    let whole = json!({
        "sources": sources.collect::<Vec<_>>(),
        "means": means.collect::<Vec<_>>(),
        "changes": changes.collect::<Vec<_>>(),
        "differences": differences.collect::<Vec<_>>(),
    });
    format!("{whole:#}")
}

fn blocks(comparison: &Comparison<'_>) -> Vec<Vec<Line>> {
    let changes = comparison.changes.iter().map(block);
    let differing = (!comparison.differences.is_empty()).then(|| {
        let facts = comparison
            .differences
            .iter()
            .take(MOST)
            .map(|(name, values)| (1, format!("{}: {}", isolated(name), all_isolated(values).join(" → "))));
        let more = comparison.differences.len().saturating_sub(MOST);
        let rest = (more > 0).then(|| (1, format!("and {more} more")));
        std::iter::once((0, "the runs differ in".to_owned())).chain(facts).chain(rest).collect()
    });
    changes.chain(means(comparison)).chain(scores(comparison)).chain(differing).collect()
}

/// The scores of which a source has no answers.
fn means(comparison: &Comparison<'_>) -> Option<Vec<Line>> {
    let all = published(comparison.sources);
    let lines = all.iter().take(MOST_MEANS).map(|mean| (1, sentence(mean)));
    let more = all.len().saturating_sub(MOST_MEANS);
    let rest = (more > 0).then(|| (1, format!("and {more} more; `--format json` has all")));
    let left_out = left_out(comparison.sources).map(|text| (1, text));
    (!all.is_empty()).then(|| std::iter::once((0, ALONE.to_owned())).chain(lines).chain(rest).chain(left_out).collect())
}

/// What the scores of each source are called, where its tool has several.
fn scores(comparison: &Comparison<'_>) -> Option<Vec<Line>> {
    let named = comparison.sources.iter().filter_map(|source| {
        let names: Vec<&str> = source.scored_by().into_iter().collect();
        (!names.is_empty()).then(|| (1, format!("{}: {}", isolated(&source.name), all_isolated(&names).join(", "))))
    });
    let lines: Vec<Line> = named.collect();
    (!lines.is_empty()).then(|| std::iter::once((0, "the score is that of".to_owned())).chain(lines).collect())
}

fn titles<'s>(flips: &[Flip<'s>]) -> Vec<&'s str> {
    flips.iter().map(Flip::title).collect()
}

fn block(change: &Change<'_>) -> Vec<Line> {
    let pair = &change.pair;
    let mut lines = vec![(0, format!("{} against {}", isolated(&pair.a.label), isolated(&pair.b.label)))];
    let only = [(change.only_before, "the earlier"), (change.only_after, "the later")];
    let only =
        only.into_iter().filter(|(count, _)| *count > 0).map(|(count, side)| format!("; {count} only in {side}"));
    let matched = if pair.items == 1 { "matches" } else { "match" };
    let unscored = pair.items - pair.score.as_ref().map_or(0, |score| score.items);
    let unscored = if unscored > 0 && pair.score.is_some() {
        format!("; {unscored} without a score on both sides")
    } else {
        String::new()
    };
    lines.push((1, format!("{} {matched}{}{unscored}", counted(pair.items, "question"), only.collect::<String>())));
    if let Some(score) = &pair.score {
        lines.push((1, format!("score {} → {}: {}", percent(score.b), percent(score.a), difference(score))));
    }
    if pair.score.is_none() && pair.items > 0 {
        lines.push((1, without_scores(change)));
    }
    lines.extend(reversal_sentence(pair).map(|sentence| (1, sentence)));
    let ratios = [("latency", pair.latency), ("output tokens", pair.output_tokens), ("cost", pair.cost)];
    lines.extend(ratios.into_iter().filter_map(|(what, ratio)| Some((1, ratio_sentence(what, ratio?)))));
    for (what, questions) in [("gained", &change.gained), ("lost", &change.lost)] {
        if !questions.is_empty() {
            lines.push((1, format!("{what} {}: {}", questions.len(), listed(&titles(questions)))));
        }
    }
    lines
}

/// What is said where no question has a score on both sides. Texts say less than scores, and are shown where there are none.
fn without_scores(change: &Change<'_>) -> String {
    let what = if change.pair.is_unjudged { "no scores" } else { "no question has a score on both sides" };
    if change.texts.questions == 0 {
        return what.to_owned();
    }
    let (differing, questions) = (change.texts.differing, counted(change.texts.questions, "question"));
    format!("{what}; the answers to {differing} of {questions} have another text")
}

fn listed(questions: &[&str]) -> String {
    let mut out = all_isolated(&questions[..questions.len().min(MOST)]).join(", ");
    if questions.len() > MOST {
        let _ = write!(out, " and {} more", questions.len() - MOST);
    }
    out
}
