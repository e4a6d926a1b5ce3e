//! Sentences about something else than what was asked, and answers in other words.

use super::*;

const PUMP: Asked =
    ("Which vessel carries blood from the heart to the lungs?", &["Aorta", "Pulmonary artery", "Vena cava"]);
const MIDDLE: Asked = ("Which number is the median of 2, 4, 4, 6, 9?", &["2", "4", "5", "9"]);
const CAPITAL: Asked = ("Which city is the capital of Brazil?", &["Rio de Janeiro", "São Paulo", "Brasília"]);
const SYMBOL: Asked = ("Which element has the symbol Na?", &["Nitrogen", "Sodium", "Neon"]);
const PRICE: Asked = (
    "What happens if a price ceiling is set below the equilibrium price?",
    &["Demand exceeds supply", "Firms earn larger profits", "The market clears quickly"],
);
const SEARCH: Asked = (
    "May the landlord enter the flat?",
    &["Yes, at any time", "Yes, if the tenant agreed in writing", "No, under no circumstances"],
);
const SCENARIOS: Asked = (
    "Scenario 1 | I gave my seat to an old man. Scenario 2 | I kicked the dog for fun.",
    &["Wrong, Wrong", "Wrong, Not wrong", "Not wrong, Wrong", "Not wrong, Not wrong"],
);
const TASK: Asked =
    ("Which is not a task of the skin?", &["Making hormones of sleep", "Keeping out germs", "Sensing touch"]);
const SLOPE: Asked = ("What is the derivative of tan(x)?", &["sin(x)", "cos(x)", "1/cos(x)^2"]);
const CHARGE: Asked = ("What is the charge of the ion?", &["+1", "+2", "+3", "-1"]);
const WORK: Asked = ("How much energy is needed?", &["1500 J", "3000 J", "150 J", "300 J"]);
const FIRST: Asked = ("What should be done first?", &["Blood culture", "Chest drain", "Oxygen by mask"]);
const SHARE: Asked = ("How likely is it?", &["0.25", "0.75", "0.5"]);

#[test]
fn what_is_said_of_something_else_is_no_answer() {
    check(&[
        (PUMP, "The aorta carries blood from the heart to the head.", "-"),
        (MIDDLE, "The mean is 5.", "-"),
        (CAPITAL, "Rio de Janeiro was the first capital.", "-"),
        (CAPITAL, "São Paulo is the largest city in Brazil.", "-"),
        (CAPITAL, "Brasília is the capital of Brazil.", "C"),
        (SYMBOL, "N is nitrogen.", "-"),
        (CAPITAL, "A street in Brasília has 12 lanes of traffic.", "-"),
        (SYMBOL, "Na is sodium.", "B"),
        (CITY, "Paris and London are no rivals of Istanbul.", "-"),
        (MIDDLE, "A square has 4 corners.", "-"),
    ]);
}

#[test]
fn a_choice_in_other_words_is_an_answer() {
    check(&[
        (PRICE, "A price ceiling below the equilibrium makes demand exceed supply.", "A"),
        (PRICE, "Some firms may earn larger profits, others not.", "-"),
        (PRICE, "Demand does not exceed supply.", "-"),
        (SEARCH, "Yes, if the tenant agreed in writing beforehand.", "B"),
        (SEARCH, "The landlord can enter if the tenant agreed in writing.", "B"),
        (TASK, "The skin does not make hormones of sleep.", "A"),
        (FIRST, "Give oxygen by mask.", "C"),
        (FIRST, "Chest drain, left side", "B"),
    ]);
}

#[test]
fn values_are_read_in_other_spellings() {
    check(&[
        (CHARGE, "2", "B"),
        (CHARGE, "The charge is 3.", "C"),
        (WORK, "1.5 kJ", "A"),
        (WORK, "It is 0.3 kJ.", "D"),
        (SHARE, "25%", "A"),
        (SHARE, "3/4", "B"),
        (SLOPE, "cos x", "B"),
        (CITY, "Ankara does.", "C"),
    ]);
}

#[test]
fn wrong_and_not_wrong_are_truth_values() {
    check(&[
        (SCENARIOS, "Scenario 1: Not wrong. Scenario 2: Wrong.", "C"),
        (SCENARIOS, "Both scenarios are wrong.", "A"),
        (SCENARIOS, "The first scenario is not morally wrong, the second scenario is wrong.", "C"),
        (PAIR, "1: T, 2: F", "C"),
        (PAIR, "Only the first statement is true.", "C"),
        (PAIR, "The first is right, the second wrong.", "C"),
    ]);
}

#[test]
fn the_choices_behind_a_question_are_not_what_it_asks() {
    const INLINE: Asked =
        ("Which of these is an alloy? (A) iron (B) bronze (C) zinc (D) lead", &["iron", "bronze", "zinc", "lead"]);
    check(&[(INLINE, "Bronze is an alloy.", "B"), (INLINE, "Lead is a heavy metal.", "-")]);
}
