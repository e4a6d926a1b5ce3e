//! Sentences in prose that bear on the question, and such as say too little of it.

use super::*;

const COLOUR: Asked = ("Which colour is mixed from yellow and blue?", &["Green", "Purple", "Orange", "Brown"]);
const SLOPE: Asked = ("What is the derivative of sinh(x)?", &["cosh(x)", "sinh(x)", "tanh(x)", "coth(x)"]);
const PART: Asked = ("Which part of the eye controls how much light enters?", &["Retina", "Iris", "Lens", "Cornea"]);
const FRUITS: Asked = ("다음 중 채소가 아닌 것은?", &["당근", "오이", "사과", "양파"]);
const GRAMS: Asked = ("How many moles are in 88 g of carbon dioxide?", &["1", "2", "44", "88"]);
const THINKER: Asked = ("Who wrote Leviathan?", &["Hobbes", "Locke", "Hume", "Mill"]);
const ODD: Asked = ("Which of these numbers are odd?", &["3", "5", "Both A and B", "Neither A nor B"]);
const LENGTH: Asked = ("How many millimetres are 2.5 cm?", &["2.5", "25", "250", "2,500"]);
const ORDER: Asked = ("Which of these groups has order 6?", &["Z_3", "S_3", "D_4", "Q_8"]);
const BOILS: Asked = ("What is the boiling point of ethanol?", &["65 °C", "78 °C", "100 °C", "56 °C"]);
const LAND: Asked = ("ما هي أكبر قارة؟", &["أفريقيا", "آسيا", "أوروبا"]);
const METALS: Asked = ("Which of these rusts?", &["Iron", "Steel", "Cast iron", "All of the above"]);

#[test]
fn a_sentence_says_most_of_what_is_asked() {
    check(&[
        (PART, "The iris controls how much light enters the eye.", "B"),
        (PART, "How much light enters is controlled by the iris.", "B"),
        (PART, "Images are focused by the lens.", "-"),
        (PART, "Nerve signals start in the retina.", "-"),
        (PART, "Surgeons often replace the lens.", "-"),
        (COLOUR, "Purple is mixed from red and blue.", "-"),
        (COLOUR, "Green is mixed from yellow and blue.", "A"),
        (SLOPE, "The derivative of cosh(x) is sinh(x).", "-"),
        (SLOPE, "The derivative is cosh(x).", "A"),
        (GRAMS, "There are 2 moles in 88 g of carbon dioxide.", "B"),
        (FRUITS, "당근은 채소입니다.", "-"),
        (FRUITS, "사과입니다.", "C"),
        (FRUIT, "The usual fruits are apple, pear and plum.", "-"),
        (THINKER, "Thomas Hobbes wrote Leviathan.", "A"),
        (BOILS, "The boiling point of acetone is 56 °C.", "-"),
        (BOILS, "The boiling point of ethanol is 78 °C.", "B"),
        (BOILS, "The boiling point is 78 °C.", "B"),
        (LAND, "أفريقيا هي ثاني أكبر قارة.", "-"),
        (LAND, "أكبر قارة هي آسيا.", "B"),
        (THINKER, "Hobbes wrote them.", "A"),
        (LENGTH, "2.5 cm is 25 mm.", "B"),
        (ORDER, "S_3 has order 6.", "B"),
        (CITY, "Bursa is smaller, and so is Ankara, which is the capital.", "C"),
    ]);
}

#[test]
fn a_choice_that_is_only_named_is_no_answer_where_another_follows() {
    check(&[
        (CITY, "Choice A looks fine, but it is Ankara that they moved to.", "-"),
        (CITY, "Option B", "B"),
        (CITY, "I'd say the answer's C.", "C"),
        (CITY, "It is inland, so A and B fall away.", "-"),
        (CITY, "Rather C than A.", "C"),
        (CITY, "\\boxed{A} - no, that is a port. It should be \\boxed{C}.", "C"),
        (CITY, "It is inland, so A drops below the others.", "-"),
        (CITY, "| A | Istanbul | ❌ |\n| B | Izmir | ❌ |\n| C | Ankara | ✅ |\n| D | Bursa | ❌ |", "C"),
        (CITY, "{\"reason\": \"Istanbul (A) is larger.\", \"choice\": \"C\"}", "C"),
    ]);
}

#[test]
fn what_is_denied_and_what_is_left() {
    check(&[
        (CITY, "Istanbul, Izmir and Bursa are not capitals.", "C"),
        (CITY, "Istanbul is not the capital.", "-"),
        (DUTY, "A and B, which say yes, are wrong. D is too broad. So C.", "C"),
        (CITY, "A is a port, B is a port and D is inland. Only C is left.", "C"),
        (ODD, "Both 3 and 5 are odd.", "C"),
        (ODD, "Both A and B are odd numbers.", "C"),
        (METALS, "All three rust.", "D"),
    ]);
}

#[test]
fn an_answer_that_repeats_itself_until_it_is_cut_has_said_all() {
    let capped = |text: &str| {
        let sample = sample(CITY.0, CITY.1);
        let output = Output { text, ending: Ending::Capped, alternatives: &[], calls: &[] };
        Choice::default().judge(&PreparedSample::new(&sample), &output).extracted
    };
    let again = "Ankara is the capital of Turkey. ";
    assert_eq!(capped(&format!("{again}{again}Ankara is")), Some("C".to_owned()));
    assert_eq!(capped(&format!("{again}Bursa is")), None);
    assert_eq!(capped("The capital is no port. So option A is"), None);
    assert_eq!(capped("The capital is no port. So the answer is C"), Some("C".to_owned()));
}

#[test]
fn shares_factors_and_laws() {
    const AIR: Asked = ("Which gas makes up most of the air?", &["Oxygen", "Argon", "Nitrogen", "Helium"]);
    const HOUR: Asked = ("How many seconds are there in an hour?", &["60", "360", "3,600", "36,000"]);
    const CURRENT: Asked = ("How large is the current through 20 Ω at 120 V?", &["0.17 A", "2 A", "5 A", "6 A"]);
    const PLANTS: Asked =
        ("In which organelle does photosynthesis take place?", &["Ribosome", "Lysosome", "Chloroplast"]);
    check(&[
        (AIR, "Oxygen makes up about 21 % of the air.", "-"),
        (AIR, "Nitrogen makes up about 78 % of the air.", "C"),
        (HOUR, "There are 3600 seconds in an hour (60 × 60).", "C"),
        (CURRENT, "Ohm's law gives 6 A.", "D"),
        (CURRENT, "Usually 6 A.", "D"),
        (PLANTS, "A chloroplast is where this happens.", "C"),
        (PLANTS, "The ribosome is where proteins are made.", "-"),
    ]);
}

#[test]
fn a_clause_that_is_set_against_others_speaks_for_itself() {
    const KANT: Asked = ("Who wrote the Critique of Pure Reason?", &["Hume", "Kant", "Hegel", "Spinoza"]);
    const BONES: Asked = ("How many bones does an adult have?", &["186", "206", "226", "246"]);
    const HEAT: Asked = ("What is a normal body temperature?", &["27 °C", "37 °C", "42 °C", "50 °C"]);
    check(&[
        (KANT, "Many would say A, but the book was written by Kant.", "B"),
        (KANT, "Kant is the author.", "B"),
        (KANT, "Kant did, not Hume.", "B"),
        (KANT, "Hume was a Scot, but Hegel was German.", "-"),
        (BONES, "In adults the skeleton comprises 206 bones.", "B"),
        (BONES, "Unlike adults, babies have 246 bones.", "-"),
        (("How many legs has a spider?", &["4", "6", "8"]), "Spiders have 8 legs, insects 6.", "C"),
        (BONES, "Adults have fewer, but babies have 246 bones.", "-"),
        (HEAT, "37 °C (98.6 °F).", "B"),
        (HEAT, "About 37 °C, or 98.6 °F.", "B"),
        (HEAT, "37 °C or 42 °C.", "-"),
    ]);
}
