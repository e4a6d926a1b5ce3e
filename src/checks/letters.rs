//! Checks of the letters that models choose: one that is chosen too often, and models that choose alike.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::check::CheckStatus;
use super::found::Found;
use crate::format::percent;
use crate::judge::Class;
use crate::statistics::holm::holm;
use crate::statistics::kinship::kinship;
use crate::statistics::paired::Outcomes;
use crate::tables::figures::Figures;
use crate::tables::group::Group;
use crate::work::batch::Batch;

/// Fewest questions of which a check of letters says anything.
const FEWEST: usize = 20;

/// Largest p value that is reported: these checks are made for every letter and every pair.
const ALPHA: f64 = 0.001;

/// The letter that a model chooses more often than the key has it. Guessing one letter looks like skill where the key
/// favours it, and hides skill where it does not. Asked in every order the score is free of it, and the check of positions
/// says how far the order decides.
pub(super) fn bias(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        if group.figures.rotation.iter().flatten().next().is_some() {
            return None;
        }
        let choices = Choices::of(&group.figures);
        if choices.all.len() < FEWEST || choices.all.values().any(|chosen| chosen.options < 3) {
            return None;
        }
        Some(choices.favourite().map(|(letter, chosen, key)| {
            format!(
                "the model chooses {letter} in {} of its answers, but the key has it in {}; the order of the options \
                 decides part of its score; `judge: {{ choice: {{ rotate: true }} }}` asks in every order",
                percent(chosen),
                percent(key)
            )
        }))
    })
}

/// Pairs of models that are wrong in the same way more often than chance would have it.
pub(super) fn alike(groups: &[Group]) -> Found {
    let choices: Vec<(&Batch, Choices<'_>)> =
        groups.iter().map(|group| (&group.batch, Choices::of(&group.figures))).collect();
    let every_two = (0..).zip(&choices).flat_map(|(place, a)| choices[place + 1..].iter().map(move |b| (a, b)));
    let at_one_level = every_two.filter(|((a, _), (b, _))| a.level_id == b.level_id);
    let found: Vec<_> = at_one_level
        .filter_map(|((a, of_a), (b, of_b))| {
            let both = of_a.both_wrong(of_b);
            (both.len() >= FEWEST).then(|| Some((a, b, kinship(&both)?))).flatten()
        })
        .collect();
    let adjusted = holm(&found.iter().map(|(_, _, kinship)| kinship.p).collect::<Vec<_>>());
    let pairs = found.iter().zip(adjusted).map(|((a, b, kinship), p)| {
        let subject = format!("{}, {}", a.name(), b.name());
        let problem = format!(
            "both choose the same wrong option for {} of {} questions, where chance gives {:.0}; they may be one model, share \
             their training, or prefer the same letter, and are no independent evidence",
            kinship.same, kinship.items, kinship.expected
        );
        (subject, (p < ALPHA).then_some(problem))
    });
    Found::of(pairs, CheckStatus::Warned)
}

/// What one model chose, by question; of repeats the first.
struct Choices<'g> {
    all: HashMap<Option<i64>, Chosen<'g>>,
}

/// A choice among options.
struct Chosen<'g> {
    letter: &'g str,
    key: Option<Arc<str>>,
    is_wrong: bool,
    options: u64,
}

impl<'g> Choices<'g> {
    fn of(figures: &'g Figures) -> Self {
        let wrong = figures.number_of(Class::Wrong.word());
        let rows = figures.question.iter().zip(figures.extracted.iter()).zip(figures.choices.iter());
        let rows = rows.zip(figures.verdict.iter().zip(figures.gold.iter()));
        let mut all = HashMap::new();
        // Letters of one order can be compared: the one in which every question is asked.
        let is_first = |places: Option<i64>| places.is_none_or(|places| places == 0);
        let rows = rows.zip(figures.rotation.iter()).filter(|(_, places)| is_first(*places)).map(|(row, _)| row);
        for (((question, letter), options), (verdict, key)) in rows {
            let options = options.and_then(|options| u64::try_from(options).ok()).filter(|options| *options > 1);
            let letter = letter.filter(|letter| letter.chars().count() == 1);
            if let Some((options, letter)) = options.zip(letter) {
                let is_wrong = verdict.is_some() && verdict == wrong;
                let key = figures.word(key);
                all.entry(question).or_insert(Chosen { letter, key, is_wrong, options });
            }
        }
        Self { all }
    }

    /// The letter that is chosen more often than its share of the key explains, with both shares.
    fn favourite(&self) -> Option<(&str, f64, f64)> {
        let mut chosen: BTreeMap<&str, usize> = BTreeMap::new();
        for choice in self.all.values() {
            *chosen.entry(choice.letter).or_default() += 1;
        }
        let (letter, count) = chosen.into_iter().max_by_key(|(_, count)| *count)?;
        let is_key = |choice: &&Chosen<'_>| choice.key.as_deref() == Some(letter);
        let in_key = self.all.values().filter(is_key).count();
        let hits = self.all.values().filter(is_key).filter(|choice| choice.letter == letter).count();
        // A model that has no favourite chooses the letter without the key as often as it misses it in the key.
        let outcomes =
            Outcomes { only_a: (count - hits) as u64, only_b: (in_key - hits) as u64, ..Outcomes::default() };
        let letters = self.all.values().map(|choice| choice.options).max()? as f64;
        let is_favoured = count > in_key && outcomes.mcnemar() * letters < ALPHA;
        let total = self.all.len() as f64;
        is_favoured.then(|| (letter, count as f64 / total, in_key as f64 / total))
    }

    /// Questions that both have wrong: the number of options, and whether both chose the same.
    fn both_wrong(&self, other: &Self) -> Vec<(u64, bool)> {
        let both = self.all.iter().filter_map(|(question, own)| {
            let theirs = other.all.get(question)?;
            (own.is_wrong && theirs.is_wrong).then_some((own.options, own.letter == theirs.letter))
        });
        both.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::fixture::{of, statuses};
    use crate::judge::Verdict;
    use crate::sample::Answer;
    use crate::tables::fixture::{Fixture, verdict};

    /// Two models on as many questions, whose letters are given by question.
    fn fixture(count: usize, letters: [fn(usize) -> usize; 2]) -> Fixture {
        let mut fixture = Fixture::new(2 * count);
        for index in 0..2 * count {
            let (model, question) = (index / count, index % count);
            let sample = &mut fixture.samples[index];
            sample.question = format!("Question {question}?");
            sample.choices = ["w", "x", "y", "z"].map(str::to_owned).into();
            sample.answer = Some(Answer::Choice(question % 4));
            let letter = letters[model](question) % 4;
            let class = if letter == question % 4 { Class::Correct } else { Class::Wrong };
            let extracted = Some(["A", "B", "C", "D"][letter].to_owned());
            fixture.verdicts[index] = Some(Verdict { extracted, ..verdict(class) });
            fixture.places[index] = (model, 0);
        }
        fixture
    }

    #[test]
    fn a_model_that_loves_a_letter_is_named() {
        let fixture = fixture(60, [|_| 0, |question| question + usize::from(question % 5 == 0)]);
        assert_eq!(statuses(&fixture, "letter_bias"), [(CheckStatus::Warned, "a".to_owned())]);
        let found = of(&fixture, &[]).into_iter().find(|check| check.name == "letter_bias").unwrap();
        assert!(
            found.message.starts_with("the model chooses A in 100.0 % of its answers, but the key has it in 25.0 %")
        );
    }

    #[test]
    fn models_that_are_wrong_alike_are_named() {
        let alike = fixture(60, [|question| question + 1, |question| question + 1]);
        let found = of(&alike, &[]).into_iter().find(|check| check.name == "same_answers").unwrap();
        assert!(found.message.contains("for 60 of 60 questions, where chance gives 20"), "{}", found.message);
        let apart = fixture(60, [|question| question + 1, |question| question + 1 + question % 3]);
        assert_eq!(statuses(&apart, "same_answers"), []);
    }
}
