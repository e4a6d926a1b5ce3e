//! The check of position bias: choices that depend on the order in which they are asked.

use super::check::CheckStatus;
use super::found::Found;
use crate::format::{counted, percent};
use crate::prompt::letter;
use crate::tables::group::Group;
use crate::tables::positions::Positions;

/// Share of questions whose choice changes with its place above which a score says much of the order.
const CHANGES: f64 = 0.1;

/// Difference between how often a place is chosen and how often it is right that is worth a warning.
const DIFFERENCE: f64 = 0.05;

/// Fewest questions of which the check says anything.
const FEWEST: u64 = 10;

/// Choices that change with their place, and places that are chosen more often than they are right.
pub(super) fn bias(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let positions = group.summary.positions.as_ref().filter(|positions| positions.questions >= FEWEST)?;
        let parts: Vec<String> = [changes(positions), favourite(positions)].into_iter().flatten().collect();
        let problem = || format!("{}; the score is the mean over the orders (`position_bias.csv`)", parts.join("; "));
        Some((!parts.is_empty()).then(problem))
    })
}

fn changes(positions: &Positions) -> Option<String> {
    let share = positions.changes.filter(|share| *share > CHANGES)?;
    let questions = counted(positions.questions, "question");
    Some(format!("the chosen option changes with its place for {} of {questions}", percent(share)))
}

/// The place that is most above its share of right answers, if that is no chance.
fn favourite(positions: &Positions) -> Option<String> {
    let favoured = positions
        .places
        .iter()
        .filter(|place| place.difference() > DIFFERENCE && place.interval.is_some_and(|(low, _)| low > 0.0));
    let most = favoured.max_by(|a, b| a.difference().total_cmp(&b.difference()))?;
    Some(format!(
        "{} is chosen in {} of the answers and right in {}",
        letter(most.place),
        percent(most.chosen_share()),
        percent(most.right_share())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::fixture::{of, statuses};
    use crate::judge::{Class, Verdict};
    use crate::sample::Answer;
    use crate::tables::fixture::{Fixture, verdict};

    /// Questions with four choices in all four orders; the letter that is chosen is given by question and rotation.
    fn fixture(questions: usize, chosen: fn(usize, usize) -> usize) -> Fixture {
        let mut fixture = Fixture::new(4 * questions);
        for index in 0..4 * questions {
            let (question, rotation) = (index / 4, index % 4);
            let mut plain = fixture.samples[index].clone();
            plain.index = question;
            plain.question = format!("Question {question}?");
            plain.choices = ["w", "x", "y", "z"].map(str::to_owned).into();
            plain.answer = Some(Answer::Choice(question % 4));
            let sample = plain.rotations(4).swap_remove(rotation);
            let place = chosen(question, rotation);
            let class = if sample.answer == Some(Answer::Choice(place)) { Class::Correct } else { Class::Wrong };
            let extracted = Some(letter(place));
            fixture.verdicts[index] = Some(Verdict { extracted, ..verdict(class) });
            fixture.samples[index] = sample;
        }
        fixture
    }

    #[test]
    fn a_model_that_knows_chooses_the_same_option_in_every_place() {
        let fixture = fixture(20, |question, rotation| (question + 4 - rotation) % 4);
        assert_eq!(statuses(&fixture, "position_bias"), [(CheckStatus::Passed, String::new())]);
        let summary = &fixture.summaries()[0];
        let positions = summary.positions.as_ref().unwrap();
        assert_eq!((positions.questions, positions.changes, summary.items), (20, Some(0.0), 20));
        assert!(positions.places.iter().all(|place| place.difference() == 0.0 && place.chosen == 20));
    }

    #[test]
    fn a_model_that_loves_a_place_is_named() {
        let fixture = fixture(20, |_, _| 0);
        let found = of(&fixture, &[]).into_iter().find(|check| check.name == "position_bias").unwrap();
        assert!(found.message.starts_with(
            "the chosen option changes with its place for 100.0 % of 20 questions; A is chosen in 100.0 % of the answers \
             and right in 25.0 %"
        ));
        // One order alone would be reported as a love of the letter, with the advice to ask in every order.
        assert_eq!(statuses(&fixture, "letter_bias"), []);
        let summary = &fixture.summaries()[0];
        let positions = summary.positions.as_ref().unwrap();
        assert_eq!((positions.changes, summary.score, summary.items), (Some(1.0), Some(0.25), 20));
        assert_eq!(positions.changes_interval().map(|ends| ends.1), Some(1.0));
        // The interval of the score is that of 20 questions, not of 80 answers.
        assert!(summary.score_interval.unwrap().1 - summary.score_interval.unwrap().0 > 0.3);
    }

    #[test]
    fn rotations_are_no_repeats_and_questions_weigh_alike() {
        let mut fixture = fixture(2, |_, _| 0);
        // Of the second question one order is left, which is wrong.
        fixture.responses.truncate(5);
        let summary = &fixture.summaries()[0];
        assert_eq!((summary.score, summary.repeats.majority), (Some(0.125), None));
        assert_eq!(summary.positions.as_ref().unwrap().questions, 1);
    }
}
