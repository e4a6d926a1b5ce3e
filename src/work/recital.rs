//! Answers that recite the dataset: questions that were not asked, or choices that were not shown.
//!
//! A model that continues with the next question of a dataset, word for word, was trained on it. What the prompt itself
//! holds says nothing, so an echo is none. Words are kept and compared by their hashes, of 64 bits.

use std::hash::{Hash, Hasher};

use ahash::{AHashMap, AHasher};

use crate::dataset::Dataset;
use crate::sample::{Answer, Sample};

/// Words by which a question is looked up.
const OPENING: usize = 8;

/// Fewest words of a question that nobody writes by chance.
const FEWEST: usize = 12;

/// Fewest words of a choice, and fewest wrong choices, that nobody writes by chance.
const CHOICE: usize = 4;
const CHOICES: usize = 2;

/// The questions of a dataset.
#[derive(Debug, Default)]
pub struct Recital {
    /// In the order of their openings, each once.
    questions: Vec<Question>,
    /// Where the questions with an opening begin among them.
    starts: AHashMap<u64, usize>,
}

/// A question as it is recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    /// Hash of its first words.
    opening: u64,
    /// How many words it has.
    length: usize,
    /// Hash of all of them.
    whole: u64,
}

impl Question {
    /// The question of a text; none if it is so short that anyone may write it.
    fn of(text: &str) -> Option<Self> {
        let words = words(text);
        (words.len() >= FEWEST).then(|| Self {
            opening: hash(&words[..OPENING]),
            length: words.len(),
            whole: hash(&words),
        })
    }
}

impl Recital {
    /// The questions of a dataset that are long enough. On one core: who asks for it first may be a worker, which must not
    /// take up work that asks for it as well.
    pub fn of(dataset: &Dataset) -> Self {
        Self::new(dataset.samples.iter().filter_map(|sample| Question::of(&sample.question)).collect())
    }

    fn new(mut questions: Vec<Question>) -> Self {
        questions.sort_unstable();
        questions.dedup();
        let places = questions.iter().enumerate().rev();
        Self { starts: places.map(|(place, question)| (question.opening, place)).collect(), questions }
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

    fn recites_a_question(&self, answer: &[u64], prompt: &dyn Fn() -> Vec<u64>) -> bool {
        let begins = answer.windows(OPENING).enumerate();
        let known = begins.flat_map(|(at, opening)| {
            let written = move |question: &Question| {
                let words = answer.get(at..at + question.length)?;
                (hash(words) == question.whole).then_some(words)
            };
            self.with_opening(hash(opening)).filter_map(written)
        });
        let mut known = known.peekable();
        known.peek().is_some() && {
            let prompt = prompt();
            known.any(|question| !holds(&prompt, question))
        }
    }

    /// The questions that begin so.
    fn with_opening(&self, opening: u64) -> impl Iterator<Item = &Question> {
        let start = self.starts.get(&opening).copied().unwrap_or(self.questions.len());
        self.questions[start..].iter().take_while(move |question| question.opening == opening)
    }
}

fn recites_choices(sample: &Sample, answer: &[u64], prompt: &dyn Fn() -> Vec<u64>) -> bool {
    let is_right = |at: usize| sample.golds().any(|gold| *gold == Answer::Choice(at));
    let wrong = sample.choices.iter().enumerate().filter(|(at, _)| !is_right(*at)).map(|(_, choice)| words(choice));
    let recited: Vec<Vec<u64>> = wrong.filter(|choice| choice.len() >= CHOICE && holds(answer, choice)).collect();
    recited.len() >= CHOICES && {
        let prompt = prompt();
        recited.iter().filter(|choice| !holds(&prompt, choice)).count() >= CHOICES
    }
}

fn holds(text: &[u64], part: &[u64]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The words of a text in lower case, without signs, each by its hash.
fn words(text: &str) -> Vec<u64> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let mut word = String::new();
    let hashes = parts.map(|part| {
        word.clear();
        word.extend(part.chars().flat_map(char::to_lowercase));
        let mut hasher = AHasher::default();
        hasher.write(word.as_bytes());
        hasher.finish()
    });
    hashes.collect()
}

fn hash(words: &[u64]) -> u64 {
    let mut hasher = AHasher::default();
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
    /// As the second begins.
    const THIRD: &str = "A baker sells twelve loaves in the morning, and a dozen more to the inn; what does he earn?";

    fn recital() -> (Recital, Sample) {
        let mut samples = Fixture::new(3).samples;
        samples[0].choices = ["one hundred and ten miles", "nine hundred miles or so", "less than forty miles", "no"]
            .map(str::to_owned)
            .into();
        samples[0].answer = Some(Answer::Choice(0));
        let texts = [FIRST, SECOND, THIRD, SECOND, "How far does it go?"];
        (Recital::new(texts.into_iter().filter_map(Question::of).collect()), samples.remove(0))
    }

    #[test]
    fn what_was_not_asked_is_recited() {
        let (recital, sample) = recital();
        assert_eq!(recital.questions.len(), 3);
        let is_recited = |answer: &str| recital.is_recited(&sample, FIRST, answer);
        for question in [SECOND, THIRD, &SECOND.to_uppercase()] {
            assert!(is_recited(&format!("B\n\nQuestion: {question}")), "{question}");
        }
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
