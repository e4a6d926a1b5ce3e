//! What changed from one source to others: the same models compared, question by question.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model_name::ModelName;
use super::pair::{Pair, compared};
use super::side::{Item, Party, Side, Subject};
use super::source::{Answer, Source};
use crate::shorten::labels;

/// A model of a later source against one of the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<'s> {
    /// The comparison: the later is `a`.
    pub pair: Pair,
    /// Questions that only the later source has.
    pub only_after: usize,
    /// Questions that only the first has.
    pub only_before: usize,
    /// Questions that the later scores higher on, in the order of their names.
    pub gained: Vec<Flip<'s>>,
    /// Questions that the later scores lower on.
    pub lost: Vec<Flip<'s>>,
    /// Questions to which both gave texts, and those of them whose texts differ.
    pub texts: Texts,
}

/// Questions with answers on both sides whose texts can be compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Texts {
    /// All of them.
    pub questions: usize,
    /// Those whose texts are not the same on both sides.
    pub differing: usize,
}

/// A question whose scores differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip<'s> {
    /// What the first source has of it.
    pub before: SideOfFlip<'s>,
    /// What the later source has of it.
    pub after: SideOfFlip<'s>,
}

impl<'s> Flip<'s> {
    /// The name of the question for people.
    pub fn title(&self) -> &'s str {
        &self.after.answer.title
    }
}

/// The answers of one model to one question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SideOfFlip<'s> {
    /// The first of them that has a score.
    pub answer: &'s Answer,
    /// How many there are.
    pub answers: usize,
    /// Their mean score.
    pub score: f64,
}

/// Compares each later source with the first: models of one name with each other, or all with all where no name is
/// shared. Questions are matched by smallbench's hash where all sources have it, by the tool's own hash where all have one
/// of the same tool, else by their text.
pub fn changes(sources: &[Source]) -> Vec<Change<'_>> {
    let identity = identity(sources);
    let models: Vec<&ModelName> =
        sources.iter().flat_map(Source::models).collect::<BTreeSet<_>>().into_iter().collect();
    let labels: BTreeMap<&ModelName, String> = models.iter().copied().zip(labels(&models)).collect();
    let known: Vec<Vec<Named<'_>>> = sources.iter().map(|source| sides(source, &labels, identity)).collect();
    let Some((first, later)) = known.split_first() else { return Vec::new() };
    let matched: Vec<_> = later.iter().flat_map(|after| matched(first, after)).collect();
    let pairs = compared(&matched.iter().map(|(before, after)| (None, &after.0, &before.0)).collect::<Vec<_>>());
    pairs.into_iter().zip(&matched).map(|(pair, (before, after))| change(pair, before, after)).collect()
}

/// What identifies the question of an answer.
type Identity = fn(&Answer) -> Option<String>;

/// What all sources have to identify questions by.
fn identity(sources: &[Source]) -> Identity {
    let all = |has: fn(&Answer) -> bool| sources.iter().flat_map(|source| &source.answers).all(has);
    let is_one_tool = sources.windows(2).all(|two| two[0].format == two[1].format);
    if all(|answer| answer.question_hash.is_some()) {
        |answer| answer.question_hash.clone()
    } else if is_one_tool && all(|answer| answer.hash.is_some()) {
        |answer| answer.hash.clone()
    } else {
        |_| None
    }
}

/// A model's answers that have a score, by the identity of their question.
type Scored<'s> = BTreeMap<Arc<str>, Vec<&'s Answer>>;

/// The texts that a model gave, by the identity of their question.
type Said<'s> = BTreeMap<Arc<str>, BTreeSet<&'s str>>;

/// A model's answers, summed up by question and one by one, and their texts.
type Named<'s> = (Side, Scored<'s>, Said<'s>);

fn sides<'s>(source: &'s Source, labels: &BTreeMap<&ModelName, String>, identity: Identity) -> Vec<Named<'s>> {
    let mut models: BTreeMap<&ModelName, Vec<(Arc<str>, &'s Answer)>> = BTreeMap::new();
    for answer in &source.answers {
        let identity = identity(answer).unwrap_or_else(|| plain(&[&answer.question, &answer.target]));
        models.entry(&answer.model).or_default().push((identity.into(), answer));
    }
    let side = |(model, answers): (&ModelName, Vec<(Arc<str>, &'s Answer)>)| {
        let (mut scored, mut said) = (Scored::new(), Said::new());
        for (identity, answer) in answers.iter().filter(|(_, answer)| !answer.said.is_empty()) {
            said.entry(Arc::clone(identity)).or_default().insert(&answer.said);
        }
        for (identity, answer) in answers.iter().filter(|(_, answer)| answer.item.score.is_some()) {
            scored.entry(Arc::clone(identity)).or_default().push(*answer);
        }
        let items: Vec<(Arc<str>, Item)> =
            answers.iter().map(|(identity, answer)| (Arc::clone(identity), answer.item)).collect();
        let subjects = answers.into_iter().map(|(identity, answer)| {
            (identity, Subject { dataset: answer.dataset.as_str().into(), name: answer.subject.as_str().into() })
        });
        let label = labels.get(model).map_or(&**model, String::as_str);
        let party = Party::published(model, format!("{label} ({})", source.name));
        (Side::new(party, items).with_subjects(subjects), scored, said)
    };
    models.into_iter().map(side).collect()
}

/// Texts without differences of white space.
fn plain(texts: &[&str]) -> String {
    texts.iter().flat_map(|text| text.split_whitespace()).collect::<Vec<_>>().join(" ")
}

fn matched<'n, 's>(first: &'n [Named<'s>], after: &'n [Named<'s>]) -> Vec<(&'n Named<'s>, &'n Named<'s>)> {
    let all = || first.iter().flat_map(|before| after.iter().map(move |after| (before, after)));
    let same: Vec<_> = all().filter(|(before, after)| before.0.party.id == after.0.party.id).collect();
    let chosen: Vec<_> = if same.is_empty() { all().collect() } else { same };
    let has_common =
        |(before, after): &(&Named<'_>, &Named<'_>)| before.0.items.keys().any(|key| after.0.items.contains_key(key));
    // What has no question in common is shown only where nothing has.
    if chosen.iter().any(has_common) { chosen.into_iter().filter(has_common).collect() } else { chosen }
}

fn change<'s>(pair: Pair, (before, earlier, old): &Named<'s>, (after, later, new): &Named<'s>) -> Change<'s> {
    let (mut gained, mut lost) = (Vec::new(), Vec::new());
    for (question, answers) in later {
        let Some(flip) = earlier.get(question).and_then(|old| flip((before, old), (after, answers), question)) else {
            continue;
        };
        if flip.after.score > flip.before.score { gained.push(flip) } else { lost.push(flip) }
    }
    for flips in [&mut gained, &mut lost] {
        // `#9` comes before `#10`.
        flips.sort_by_key(|flip| (flip.title().len(), flip.title()));
    }
    Change {
        only_after: after.items.len() - pair.items,
        only_before: before.items.len() - pair.items,
        gained,
        lost,
        texts: texts(old, new),
        pair,
    }
}

fn texts(old: &Said<'_>, new: &Said<'_>) -> Texts {
    let both = new.iter().filter_map(|(question, said)| Some(said != old.get(question)?));
    both.fold(Texts::default(), |texts, differs| Texts {
        questions: texts.questions + 1,
        differing: texts.differing + usize::from(differs),
    })
}

/// The two outcomes of a question, if their scores differ.
fn flip<'s>(before: (&Side, &[&'s Answer]), after: (&Side, &[&'s Answer]), question: &Arc<str>) -> Option<Flip<'s>> {
    let outcome = |(side, answers): (&Side, &[&'s Answer])| {
        let score = side.items.get(question)?.score?;
        Some(SideOfFlip { answer: answers.first()?, answers: answers.len(), score })
    };
    let flip = Flip { before: outcome(before)?, after: outcome(after)? };
    ((flip.after.score - flip.before.score).abs() > 1e-9).then_some(flip)
}

/// A fact in which sources differ: its name, and its value in each; empty where a source does not know it.
pub type Difference = (String, Vec<String>);

/// The facts in which the sources differ; those that only some of them have are left out.
pub fn differences(sources: &[Source]) -> Vec<Difference> {
    let names: BTreeSet<&String> = sources.iter().flat_map(|source| source.facts.keys()).collect();
    let values = |name: &String| -> Option<Vec<String>> {
        sources.iter().filter(|source| !source.facts.is_empty()).map(|source| source.facts.get(name).cloned()).collect()
    };
    let differing = names.into_iter().filter_map(|name| Some((name.clone(), values(name)?)));
    differing.filter(|(_, values)| values.iter().any(|value| Some(value) != values.first())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, answers: &[(&str, &str, f64)]) -> Source {
        let answer = |(model, question, score): &(&str, &str, f64)| Answer {
            model: (*model).into(),
            hash: None,
            question: (*question).to_owned(),
            title: (*question).to_owned(),
            item: Item { score: Some(*score), ..Item::default() },
            ..Answer::default()
        };
        Source { name: name.to_owned(), answers: answers.iter().map(answer).collect(), ..Source::default() }
    }

    #[test]
    fn models_of_one_name_are_compared_and_flips_are_listed() {
        let old = source("old", &[("m", "p", 1.0), ("m", "q", 0.0), ("m", "r", 1.0), ("x", "p", 1.0)]);
        let new = source("new", &[("m", "p  ", 0.0), ("m", "q", 1.0), ("m", "s", 1.0), ("y", "p", 0.0)]);
        let sources = [old, new];
        let changes = changes(&sources);
        let [change] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!((&*change.pair.a.label, &*change.pair.b.label, change.pair.items), ("m (new)", "m (old)", 2));
        let titles = |flips: &[Flip<'_>]| flips.iter().map(|flip| flip.title().to_owned()).collect::<Vec<_>>();
        assert_eq!((titles(&change.gained), titles(&change.lost)), (vec!["q".to_owned()], vec!["p  ".to_owned()]));
        assert_eq!((change.gained[0].before.score, change.gained[0].after.score), (0.0, 1.0));
        assert_eq!((change.only_before, change.only_after), (1, 1));
    }

    #[test]
    fn without_a_shared_name_all_are_compared() {
        let sources = [source("a", &[("x", "p", 1.0)]), source("b", &[("y", "p", 1.0), ("z", "p", 0.0)])];
        assert_eq!(changes(&sources).len(), 2);
    }

    #[test]
    fn only_known_facts_differ() {
        let with = |facts: &[(&str, &str)]| Source {
            facts: facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..Source::default()
        };
        let sources = [with(&[("v", "1"), ("k", "x")]), with(&[("v", "2")]), Source::default()];
        assert_eq!(differences(&sources), [("v".to_owned(), vec!["1".to_owned(), "2".to_owned()])]);
    }
}
