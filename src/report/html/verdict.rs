//! The first view: who leads, what the data carry, and what to be careful about.

use serde::Serialize;

use super::gates::{GateView, gates};
use super::ranking::{Rankings, first_of_means, number_of_datasets, rankings};
use super::words::points_of;
use crate::checks::{Check, CheckStatus, passed};
use crate::compare::{Pair, difference};
use crate::format::{about, counted, percent};
use crate::gates::until::{STOPS_LEGEND, stops};
use crate::gates::{GateOutcome, recommendations};
use crate::plan::Plan;
use crate::printable::isolated;
use crate::tables::group::{Group, Results};

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct VerdictSection {
    /// The verdict in one sentence.
    headline: String,
    /// What it rests on.
    sentences: Vec<String>,
    rankings: Rankings,
    badges: Vec<Badge>,
    passed: String,
    gates: Vec<GateView>,
    /// How far each model was asked, where questions end early.
    stops: Vec<String>,
    stops_legend: &'static str,
}

/// A finding, its status and its words.
#[derive(Debug, Clone, Serialize)]
struct Badge {
    status: &'static str,
    name: String,
    subject: String,
    message: String,
    /// Findings of the same check about others, where there are several.
    further: Vec<(String, String)>,
}

/// Findings of a check that are shown one by one.
const MOST_FINDINGS: usize = 2;

/// The verdict of a run.
pub(super) fn verdict(plan: &Plan, results: &Results, (checks, ruled): (&[Check], &[GateOutcome])) -> VerdictSection {
    let ranked = ranked(&results.groups);
    let badge = |check: &Check| Badge {
        status: check.status.word(),
        name: check.name.clone(),
        subject: check.subject.clone(),
        message: check.message.replace('`', ""),
        further: Vec::new(),
    };
    let mut warned: Vec<&Check> = checks.iter().filter(|check| check.status != CheckStatus::Passed).collect();
    warned.sort_by_key(|check| check.status != CheckStatus::Failed);
    let leading = ranked.first().map(|group| rivals(group, &ranked, &results.pairs));
    let sentences = leading
        .iter()
        .flat_map(|rivals| rivals.sentences().into_iter().chain(other_first(rivals.leader, results)))
        .chain(recommendations(&plan.gating.prefer, results).into_iter().map(|found| found.text));
    VerdictSection {
        headline: headline(&ranked, leading.as_ref(), results),
        sentences: sentences.collect(),
        rankings: rankings(results),
        badges: folded(warned.into_iter().map(badge).collect()),
        passed: passed(checks).replace('`', ""),
        gates: gates(ruled, &results.groups),
        stops: stops(results, plan).into_iter().map(|stop| stop.text).collect(),
        stops_legend: STOPS_LEGEND,
    }
}

/// Many findings of one check as one that holds the others.
fn folded(badges: Vec<Badge>) -> Vec<Badge> {
    let mut folded: Vec<Badge> = Vec::new();
    for part in badges.chunk_by(|a, b| (a.status, &a.name) == (b.status, &b.name)) {
        let one = |badge: &Badge| (badge.subject.clone(), badge.message.clone());
        if let (Some(first), true) = (part.first(), part.len() > MOST_FINDINGS) {
            let (status, name) = (first.status, first.name.clone());
            let message = format!("{}, such as {}: {}", counted(part.len(), "finding"), first.subject, first.message);
            folded.push(Badge {
                status,
                name,
                subject: String::new(),
                message,
                further: part.iter().map(one).collect(),
            });
        } else {
            folded.extend(part.iter().cloned());
        }
    }
    folded
}

/// Groups with a score, the best first.
fn ranked(groups: &[Group]) -> Vec<&Group> {
    let score = |group: &Group| group.summary.score.unwrap_or(0.0);
    let mut ranked: Vec<&Group> = groups.iter().filter(|group| group.summary.score.is_some()).collect();
    ranked.sort_by(|a, b| score(b).total_cmp(&score(a)));
    ranked
}

/// The leader, and the others at its level: those that are distinguishable from it, and those that are not.
struct Rivals<'r> {
    leader: &'r Group,
    /// Its label, with every level at which it scores the same.
    name: String,
    alike: Vec<(&'r Group, &'r Pair)>,
    behind: Vec<(&'r Group, &'r Pair)>,
    unknown: usize,
}

fn rivals<'r>(leader: &'r Group, ranked: &[&'r Group], pairs: &'r [Pair]) -> Rivals<'r> {
    let name = with_levels(leader, ranked);
    let mut rivals = Rivals { leader, name, alike: Vec::new(), behind: Vec::new(), unknown: 0 };
    let others = ranked.iter().copied().filter(|group| !group.batch.is_of_model(&leader.batch));
    for group in others.filter(|group| group.batch.level_id == leader.batch.level_id) {
        match pair_of(leader, group, pairs).and_then(|pair| Some((pair, pair.score.as_ref()?))) {
            Some((pair, score)) if score.is_distinguishable() => rivals.behind.push((group, pair)),
            Some((pair, _)) => rivals.alike.push((group, pair)),
            None => rivals.unknown += 1,
        }
    }
    rivals
}

/// The pair of two groups, whichever comes first in it.
fn pair_of<'p>(a: &Group, b: &Group, pairs: &'p [Pair]) -> Option<&'p Pair> {
    pairs.iter().find(|pair| pair.is_turned(&a.batch.id.into(), &b.batch.id.into()).is_some())
}

impl Rivals<'_> {
    /// What the pairs of the leader say, the closest first.
    fn sentences(&self) -> Vec<String> {
        let all = self.alike.iter().chain(&self.behind).take(4);
        let line = |(_, pair): &(&Group, &Pair)| {
            let score = pair.score.as_ref()?;
            let level = pair.level.map(|level| format!(" at {level}")).unwrap_or_default();
            let [a, b] = [&pair.a.label, &pair.b.label].map(|label| isolated(label));
            Some(format!("{a} − {b}{level}: {}.", difference(score)))
        };
        all.filter_map(line).collect()
    }
}

fn headline(ranked: &[&Group], leading: Option<&Rivals<'_>>, results: &Results) -> String {
    let Some(rivals) = leading else { return without_scores(results) };
    let (leader, name) = (rivals.leader, &rivals.name);
    let best = best(rivals);
    if leader.summary.is_guessing() {
        return match ranked.len() {
            1 => format!("The score of {name} is not distinguishable from guessing."),
            _ => format!("No score can be shown to be better than guessing; {best}."),
        };
    }
    if rivals.alike.is_empty() && rivals.behind.is_empty() {
        return alone(rivals, results);
    }
    if rivals.alike.is_empty() {
        let whom = match rivals.behind.as_slice() {
            [(other, _)] => isolated(&other.batch.model.label),
            others => format!("the {} other models", others.len()),
        };
        let over = if number_of_datasets(results) > 1 { " over all questions" } else { "" };
        return format!("{name} leads{over}; chance does not explain its distance to {whom}.");
    }
    let others: Vec<String> = labels(rivals, |other| !is_tied(leader, other)).collect();
    let closest = rivals.alike.iter().find(|(group, _)| !is_tied(leader, group)).or(rivals.alike.first());
    let questions = closest.and_then(|(_, pair)| pair.score.as_ref());
    let asked = questions.map(|score| questions_of(score.items as u64, results)).unwrap_or_default();
    if others.is_empty() {
        return format!("{best} on {asked}.");
    }
    let needed =
        questions.and_then(|score| score.needed.filter(|needed| *needed > score.items as u64 && score.family == 1));
    let needed = needed.map(|needed| format!("; it would take about {}", about(needed))).unwrap_or_default();
    format!("{best}, but is not distinguishable from {} with {asked}{needed}.", listed(&others))
}

/// Who has the highest score: the leader, and those that have the same.
fn best(rivals: &Rivals<'_>) -> String {
    let (leader, name) = (rivals.leader, rivals.name.clone());
    let tied: Vec<String> = labels(rivals, |other| is_tied(leader, other)).collect();
    match tied.as_slice() {
        [] => format!("{name} has the highest score"),
        tied => format!("{} share the highest score", listed(&[&[name], tied].concat())),
    }
}

/// The labels of those that are not distinguishable from the leader, some of them.
fn labels<'r>(rivals: &'r Rivals<'_>, is_meant: impl Fn(&Group) -> bool + 'r) -> impl Iterator<Item = String> + 'r {
    let alike = rivals.alike.iter().map(|(group, _)| *group).filter(move |group| is_meant(group));
    alike.map(|group| isolated(&group.batch.model.label))
}

fn is_tied(a: &Group, b: &Group) -> bool {
    a.summary.score == b.summary.score
}

/// Names, of more than two the first ones.
fn listed(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, others @ ..] => format!("{one}, {two} and {} more", others.len()),
        [] => String::new(),
    }
}

/// `100 questions`, and of how many datasets they are where there are several.
fn questions_of(count: u64, results: &Results) -> String {
    match number_of_datasets(results) {
        0 | 1 => counted(count, "question"),
        datasets => format!("{} of {}", counted(count, "question"), counted(datasets, "dataset")),
    }
}

/// The label of a group; where its model scores the same at several levels, with all of these.
fn with_levels(group: &Group, ranked: &[&Group]) -> String {
    let is_same = |other: &&&Group| other.batch.is_of_model(&group.batch) && is_tied(other, group);
    let levels: Vec<String> = ranked.iter().filter(is_same).map(|group| group.summary.level.clone()).collect();
    if levels.len() < 2 {
        return isolated(&group.batch.label());
    }
    format!("{} at {}", isolated(&group.batch.model.label), listed(&levels))
}

/// That another model than the leader over all questions is first where each dataset counts alike.
fn other_first(leader: &Group, results: &Results) -> Option<String> {
    let (first, mean) = first_of_means(results).filter(|(first, _)| !first.batch.is_of_model(&leader.batch))?;
    Some(format!(
        "Where each dataset counts alike, {} is first, with {}.",
        isolated(&first.batch.label()),
        percent(mean)
    ))
}

fn alone(rivals: &Rivals<'_>, results: &Results) -> String {
    let summary = &rivals.leader.summary;
    let (score, n) = (percent(summary.score.unwrap_or(0.0)), questions_of(summary.items, results));
    let ends = summary
        .score_interval
        .map(|(low, high)| format!(" (95 % interval {})", points_of(low, high)))
        .unwrap_or_default();
    let others = if rivals.unknown > 0 { "; it has no question in common with the other models" } else { "" };
    format!("{} scores {score}{ends} on {n}{others}.", rivals.name)
}

/// The headline of a run without a judge.
fn without_scores(results: &Results) -> String {
    let answers: u64 = results.summaries().map(|summary| summary.answers).sum();
    let faults: u64 = results.summaries().map(|summary| summary.faults).sum();
    match (answers, faults) {
        (0, 0) => "Nothing was measured.".to_owned(),
        (0, faults) => format!("No request was answered: {} failed.", counted(faults, "request")),
        (answers, _) => format!("{} came back; they were not judged.", counted(answers, "answer")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::tables::fixture::{Fixture, verdict as judged};

    /// Two models on `count` questions each, of which the second has `wrong` wrong.
    fn fixture(count: usize, wrong: usize) -> Fixture {
        let mut fixture = Fixture::new(count * 2);
        for index in count..count * 2 {
            fixture.samples[index] = fixture.samples[index - count].clone();
            fixture.places[index] = (1, 0);
            if index < count + wrong {
                fixture.verdicts[index] = Some(judged(Class::Wrong));
            }
        }
        fixture
    }

    fn headline_of(fixture: &Fixture) -> String {
        verdict(&fixture.plan, &fixture.results(), (&[], &[])).headline
    }

    #[test]
    fn the_headline_says_no_more_than_the_data() {
        assert_eq!(headline_of(&fixture(40, 12)), "a leads; chance does not explain its distance to Big B.");
        let close = headline_of(&fixture(40, 3));
        assert!(
            close.starts_with("a has the highest score, but is not distinguishable from Big B with 40 questions"),
            "{close}"
        );
        assert_eq!(headline_of(&fixture(40, 0)), "a and Big B share the highest score on 40 questions.");
        let one = headline_of(&Fixture::new(20));
        assert_eq!(one, "a scores 100.0 % (95 % interval 83.9 % to 100.0 %) on 20 questions.");
    }

    #[test]
    fn levels_that_tie_are_named_together() {
        let mut fixture = Fixture::with(80, "{ concurrency: [1, 4] }");
        for index in 0..80 {
            fixture.samples[index] = fixture.samples[index % 20].clone();
            fixture.places[index] = (index / 40, index / 20 % 2);
        }
        for index in [40, 41, 42, 60, 61, 62] {
            fixture.verdicts[index] = Some(judged(Class::Wrong));
        }
        let view = verdict(&fixture.plan, &fixture.results(), (&[], &[]));
        assert!(view.headline.starts_with("a at c=1 and c=4 has the highest score, but"), "{}", view.headline);
        assert!(view.sentences[0].starts_with("a − Big B at c=1: "), "{}", view.sentences[0]);
        fixture.verdicts[1] = Some(judged(Class::Wrong));
        let headline = headline_of(&fixture);
        assert!(headline.starts_with("a c=4 has the highest score"), "{headline}");
    }

    #[test]
    fn many_findings_of_one_check_are_one_badge() {
        let check = |name: &str, subject: usize| Check {
            name: name.into(),
            status: CheckStatus::Warned,
            subject: subject.to_string(),
            batch: None,
            message: "m".into(),
        };
        let checks: Vec<Check> = (0..3).map(|subject| check("x", subject)).chain([check("y", 3)]).collect();
        let fixture = Fixture::new(2);
        let view = verdict(&fixture.plan, &fixture.results(), (&checks, &[]));
        let badges: Vec<(&str, usize)> = view.badges.iter().map(|badge| (&*badge.name, badge.further.len())).collect();
        assert_eq!(badges, [("x", 3), ("y", 0)]);
        assert_eq!(view.badges[0].message, "3 findings, such as 0: m");
    }

    #[test]
    fn without_verdicts_the_answers_are_counted() {
        let mut fixture = Fixture::new(3);
        fixture.verdicts.fill(None);
        assert_eq!(headline_of(&fixture), "3 answers came back; they were not judged.");
    }
}
