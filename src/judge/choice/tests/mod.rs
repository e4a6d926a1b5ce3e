//! How the judge reads answers of many kinds.

mod bearing;
mod endings;
mod languages;
mod letters;
mod others;
mod reasoning;
mod stance;
mod statements;
mod texts;
mod voices;

use super::*;
use crate::sample::{Answer, Sample};

/// A question and its choices.
type Asked = (&'static str, &'static [&'static str]);
/// A question, a text and the letter that it states, `-` for none.
type Case = (Asked, &'static str, &'static str);

fn sample(question: &str, choices: &[&str]) -> Sample {
    Sample {
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        answer: Some(Answer::Choice(0)),
        ..Sample::new(0, question.to_owned())
    }
}

const CITY: Asked = ("Which city is the capital of Turkey?", &["Istanbul", "Izmir", "Ankara", "Bursa"]);
const PRODUCT: Asked = ("What is 7 × 8?", &["54", "56", "63", "48"]);
const VOLTAGE: Asked = ("A current of 2 A flows through 3 Ω. What is the voltage?", &["5 V", "6 V", "1.5 V", "8 V"]);
const PAIR: Asked = (
    "Statement 1 | Every square is a rectangle. Statement 2 | Every rectangle is a square.",
    &["True, True", "False, False", "True, False", "False, True"],
);
const DUTY: Asked = (
    "A shop forgot to lock its door and was robbed. Is the insurer bound to pay?",
    &[
        "Yes, because the shop paid its premium",
        "Yes, because theft is covered",
        "No, because the duty of care was broken",
        "No, because the claim came late",
    ],
);
const ORGAN: Asked = ("Which organ pumps blood?", &["Liver", "Heart", "Lung", "Kidney"]);
const MOON: Asked = ("Is the Sun a star?", &["yes", "no"]);
const NEST: Asked = ("Which animals lay eggs?", &["Hens", "Frogs", "Both A and B", "None of the above"]);
const SETS: Asked = ("What is {1, 2} ∩ {2, 3}?", &["{1, 2, 3}", "{2}", "{1}", "∅"]);
const FRACTION: Asked =
    ("What is one half of one third?", &["$\\frac{1}{5}$", "$\\frac{1}{6}$", "$\\frac{2}{3}$", "$1$"]);
const VITAMIN: Asked =
    ("Which vitamin do we get from sunlight?", &["Vitamin A", "Vitamin B12", "Vitamin C", "Vitamin D"]);
const WRITER: Asked = ("Who wrote Kim?", &["E. M. Forster", "R. Kipling", "D. H. Lawrence", "A. Huxley"]);
const BLOOD: Asked = ("Which blood group is the universal donor?", &["A", "B", "AB", "O"]);
const NOTE: Asked = ("Which note follows G in the scale of C major?", &["A", "B", "D", "E"]);
const LIST: Asked =
    ("Which gas is lightest?\n1. Neon\n2. Hydrogen\n3. Argon\n4. Xenon", &["Neon", "Hydrogen", "Argon", "Xenon"]);

const LIGHT: Asked = ("Does light travel faster than sound?", &["Yes", "No"]);
const FRUIT: Asked = ("Which of these is NOT a fruit?", &["Apple", "Pear", "Carrot", "Plum"]);
const UNTRUE: Asked =
    ("Which of these statements is false?", &["Ice floats", "Iron floats", "Cork floats", "Oil floats on water"]);
const TROPHY: Asked =
    ("The trophy did not fit in the suitcase because it was too big. What was?", &["the trophy", "the suitcase"]);

fn read(case: Asked, text: &str) -> Verdict {
    let sample = sample(case.0, case.1);
    let prepared = PreparedSample::new(&sample);
    Choice::default().judge(&prepared, &Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] })
}

/// Checks a table: the letter that each text states, `-` for none.
fn check(table: &[Case]) {
    let mut misread = String::new();
    for (case, text, wanted) in table {
        let verdict = read(*case, text);
        let found = verdict.extracted.clone().unwrap_or_else(|| "-".to_owned());
        if found != *wanted {
            misread +=
                &format!("{text:?}: {found} for {wanted}, {} {:?} {}\n", verdict.rule, verdict.rank, verdict.class);
        }
    }
    assert!(misread.is_empty(), "\n{misread}");
}

proptest::proptest! {
    #[test]
    fn never_a_panic_and_spans_in_the_text(text in "(\\PC|[ABCD.,:()\\[\\]{}<>|\\\\$^_\n]| answer is | option | not |\\\\boxed\\{|\\\\frac|#### |Ankara|答案是|정답은 |\"answer\": |, | and |Statement 1 is true|<think>|</think>|wait|①|√|½|1,000){0,40}") {
        for case in [CITY, PAIR, PRODUCT, BLOOD, LIST] {
            let verdict = read(case, &text);
            proptest::prop_assert!(verdict.span.is_none_or(|span| text.get(span).is_some()));
            for piece in verdict.evidence {
                proptest::prop_assert!(text.get(piece.span).is_some());
            }
        }
    }
}
