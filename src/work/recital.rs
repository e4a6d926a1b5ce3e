//! Answers that recite the dataset: questions that were not asked, or choices that were not shown.
//!
//! A model that continues with the next question of a dataset, word for word, was trained on it. What the prompt itself
//! holds says nothing, so an echo is none. Words are kept and compared by their hashes, of 64 bits.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use ahash::{AHashMap, AHasher};

use crate::sample::{Answer, Sample};

/// Words by which a question is looked up.
const OPENING: usize = 8;

/// Fewest words of a question that nobody writes by chance.
const FEWEST: usize = 12;

/// Fewest words of a choice, and fewest wrong choices, that nobody writes by chance.
const CHOICE: usize = 4;
const CHOICES: usize = 2;

/// The questions of a dataset that are long enough.
#[derive(Debug, Default)]
pub(super) struct Questions {
    /// In the order of their openings, each once.
    questions: Vec<Question>,
    /// Where the questions with an opening begin among them.
    starts: AHashMap<u64, usize>,
}

/// What answers to a dataset may recite.
#[derive(Debug, Clone, Copy)]
pub struct Recital<'w> {
    pub(super) samples: &'w [Sample],
    /// Looked up from the first answer on that is long enough to hold one.
    pub(super) questions: &'w OnceLock<Questions>,
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

impl Questions {
    /// Those of a dataset's samples. On one core: the first to ask may be a worker, which must not take up work that asks for them
    /// as well.
    fn of(samples: &[Sample]) -> Self {
        let mut questions: Vec<Question> = samples.iter().filter_map(|sample| Question::of(&sample.question)).collect();
        questions.sort_unstable();
        questions.dedup();
        let places = questions.iter().enumerate().rev();
        Self { starts: places.map(|(place, question)| (question.opening, place)).collect(), questions }
    }

    /// The questions that begin so.
    fn with_opening(&self, opening: u64) -> impl Iterator<Item = &Question> {
        let start = self.starts.get(&opening).copied().unwrap_or(self.questions.len());
        self.questions[start..].iter().take_while(move |question| question.opening == opening)
    }
}

impl Recital<'_> {
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
        if answer.len() < FEWEST {
            return false;
        }
        let questions = self.questions.get_or_init(|| Questions::of(self.samples));
        let begins = answer.windows(OPENING).enumerate();
        let known = begins.flat_map(|(at, opening)| {
            let written = move |question: &Question| {
                let words = answer.get(at..at + question.length)?;
                (hash(words) == question.whole).then_some(words)
            };
            questions.with_opening(hash(opening)).filter_map(written)
        });
        let mut known = known.peekable();
        known.peek().is_some() && {
            let prompt = prompt();
            known.any(|question| !holds(&prompt, question))
        }
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
        if part.is_ascii() {
            word.push_str(part);
            word.make_ascii_lowercase();
        } else {
            word.extend(part.chars().flat_map(char::to_lowercase));
        }
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

    const FIRST: &str = "A train leaves the old station at nine and travels north for two hours; how far does it go?";
    const SECOND: &str =
        "A baker sells twelve loaves in the morning, and half as many after noon; how many are left then?";
    /// As the second begins.
    const THIRD: &str = "A baker sells twelve loaves in the morning, and a dozen more to the inn; what does he earn?";

    fn samples() -> Vec<Sample> {
        let questions = [FIRST, SECOND, THIRD, SECOND, "How far does it go?"];
        let mut samples: Vec<Sample> = questions.map(|question| Sample::new(0, question.to_owned())).into();
        let choices = ["one hundred and ten miles", "nine hundred miles or so", "less than forty miles", "no"];
        samples[0].choices = choices.map(str::to_owned).into();
        samples[0].answer = Some(Answer::Choice(0));
        samples
    }

    /// True if an answer to the first of the samples recites.
    fn is_recited(prompt: &str, answer: &str) -> bool {
        let (samples, questions) = (samples(), OnceLock::new());
        Recital { samples: &samples, questions: &questions }.is_recited(&samples[0], prompt, answer)
    }

    #[test]
    fn what_was_not_asked_is_recited() {
        assert_eq!(Questions::of(&samples()).questions.len(), 3);
        let is_recited = |answer: &str| is_recited(FIRST, answer);
        for question in [SECOND, THIRD, &SECOND.to_uppercase()] {
            assert!(is_recited(&format!("B\n\nQuestion: {question}")), "{question}");
        }
        assert!(is_recited("B, not (a) nine hundred miles or so, nor (b) Less than forty miles."));
    }

    #[test]
    fn an_echo_recites_nothing() {
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
