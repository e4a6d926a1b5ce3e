//! Answers that recite the dataset: questions that were not asked, or choices that were not shown.
//!
//! A model that continues with the next question of a dataset, word for word, was trained on it. What the prompt itself
//! holds says nothing, so an echo is none.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::dataset::Dataset;
use crate::sample::{Answer, Sample};

/// Words by which a question is looked up.
const OPENING: usize = 8;

/// Fewest words of a question that nobody writes by chance.
const FEWEST: usize = 12;

/// Fewest words of a choice, and fewest wrong choices, that nobody writes by chance.
const CHOICE: usize = 4;
const CHOICES: usize = 2;

/// The questions of a dataset, by how they begin.
#[derive(Debug, Default)]
pub struct Recital {
    questions: HashMap<u64, Vec<Vec<String>>>,
}

impl Recital {
    /// The questions of a dataset that are long enough.
    pub fn of(dataset: &Dataset) -> Self {
        let mut questions: HashMap<u64, Vec<Vec<String>>> = HashMap::new();
        for sample in &dataset.samples {
            if parts(&sample.question).count() >= FEWEST {
                let words = words(&sample.question);
                let known = questions.entry(hash(&words[..OPENING])).or_default();
                if !known.contains(&words) {
                    known.push(words);
                }
            }
        }
        Self { questions }
    }

    /// True if an answer holds a question that its prompt does not, or wrong choices that its prompt does not.
    pub fn is_recited(&self, sample: &Sample, prompt: &str, answer: &str) -> bool {
        let answer = words(answer);
        if answer.len() < CHOICE {
            return false;
        }
        let prompt = || words(prompt);
        self.recites_a_question(&answer, &prompt) || recites_choices(sample, &answer, &prompt)
    }

    fn recites_a_question(&self, answer: &[String], prompt: &dyn Fn() -> Vec<String>) -> bool {
        let begins = answer.windows(OPENING).enumerate();
        let known = begins.flat_map(|(at, opening)| {
            self.questions
                .get(&hash(opening))
                .into_iter()
                .flatten()
                .filter(move |question| answer[at..].starts_with(question))
        });
        let mut known = known.peekable();
        known.peek().is_some() && {
            let prompt = prompt();
            known.any(|question| !holds(&prompt, question))
        }
    }
}

fn recites_choices(sample: &Sample, answer: &[String], prompt: &dyn Fn() -> Vec<String>) -> bool {
    let is_right = |at: usize| sample.golds().any(|gold| *gold == Answer::Choice(at));
    let wrong = sample.choices.iter().enumerate().filter(|(at, _)| !is_right(*at)).map(|(_, choice)| words(choice));
    let recited: Vec<Vec<String>> = wrong.filter(|choice| choice.len() >= CHOICE && holds(answer, choice)).collect();
    recited.len() >= CHOICES && {
        let prompt = prompt();
        recited.iter().filter(|choice| !holds(&prompt, choice)).count() >= CHOICES
    }
}

fn holds(text: &[String], part: &[String]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The words of a text in lower case, without signs.
fn words(text: &str) -> Vec<String> {
    parts(text).map(str::to_lowercase).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

fn hash(words: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;

    const FIRST: &str = "A train leaves the old station at nine and travels north for two hours; how far does it go?";
    const SECOND: &str =
        "A baker sells twelve loaves in the morning, and half as many after noon; how many are left then?";

    fn recital() -> (Recital, Sample) {
        let mut samples = Fixture::new(3).samples;
        samples[0].question = FIRST.into();
        samples[1].question = SECOND.into();
        let words = words(FIRST);
        let mut questions = HashMap::from([(hash(&words[..OPENING]), vec![words])]);
        let words = super::words(SECOND);
        questions.insert(hash(&words[..OPENING]), vec![words]);
        samples[0].choices = ["one hundred and ten miles", "nine hundred miles or so", "less than forty miles", "no"]
            .map(str::to_owned)
            .to_vec();
        samples[0].answer = Some(Answer::Choice(0));
        (Recital { questions }, samples.remove(0))
    }

    #[test]
    fn what_was_not_asked_is_recited() {
        let (recital, sample) = recital();
        let is_recited = |answer: &str| recital.is_recited(&sample, FIRST, answer);
        assert!(is_recited(&format!("B\n\nQuestion: {SECOND}")));
        assert!(is_recited("B, not (a) nine hundred miles or so, nor (b) Less than forty miles."));
    }

    #[test]
    fn an_echo_recites_nothing() {
        let (recital, sample) = recital();
        let is_recited = |prompt: &str, answer: &str| recital.is_recited(&sample, prompt, answer);
        assert!(!is_recited(FIRST, &format!("{FIRST} B")));
        // A worked example is in the prompt.
        assert!(!is_recited(&format!("{SECOND} A.\n{FIRST}"), &format!("{SECOND} A.")));
        let shown = format!("{FIRST} (A) nine hundred miles or so (B) less than forty miles");
        assert!(!is_recited(&shown, "nine hundred miles or so, less than forty miles"));
        // The right answer, one wrong one, and half of a question are nothing that only a trained model says.
        assert!(!is_recited(FIRST, "one hundred and ten miles, or less than forty miles"));
        assert!(!is_recited(FIRST, &SECOND[..60]));
        assert!(!is_recited(FIRST, ""));
    }
}
