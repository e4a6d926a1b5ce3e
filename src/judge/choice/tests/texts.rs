//! Texts of choices, in the spellings that answers use.

use super::*;

const TEXTS: &[Case] = &[
    (CITY, "Ankara", "C"),
    (CITY, "ankara.", "C"),
    (CITY, "**Ankara**", "C"),
    (CITY, "The capital is Ankara.", "C"),
    (CITY, "Ankara is the capital of Turkey.", "C"),
    (CITY, "Ankara, because the parliament sits there.", "C"),
    (CITY, "It is Ankara", "C"),
    (CITY, "Turkey's capital is Ankara, although Istanbul is larger.", "C"),
    (CITY, "The answer is Ankara.", "C"),
    (CITY, "Answer: Ankara", "C"),
    (CITY, "Istanbul is the largest city.", "-"),
    (CITY, "Ankara\n\nQuestion: What is 2+2?\nA. 3\nB. 4\nAnswer: B", "C"),
    (CITY, "The seat of government is in Ankara.", "C"),
    (CITY, "It is a city in Asia.", "-"),
    (CITY, "Istanbul is a big city in Turkey.", "-"),
    (CITY, "Izmir is one city of Turkey.", "-"),
    (CITY, "People like Istanbul and Izmir.", "-"),
    (CITY, "So, Ankara.", "C"),
    (CITY, "I believe it's Ankara", "C"),
    (CITY, "I choose Ankara.", "C"),
    (PRODUCT, "56", "B"),
    (PRODUCT, "7 × 8 = 56", "B"),
    (PRODUCT, "7 * 8 is 56.", "B"),
    (PRODUCT, "The product is 56.", "B"),
    (PRODUCT, "56.0", "B"),
    (PRODUCT, "The answer is 56", "B"),
    (PRODUCT, "$56$", "B"),
    (PRODUCT, "\\(7 \\times 8 = 56\\)", "B"),
    (PRODUCT, "7 × 9 = 63, and 63 - 7 = 56.", "B"),
    (PRODUCT, "B", "B"),
    (PRODUCT, "57", "-"),
    (PRODUCT, "560", "-"),
    (PRODUCT, "-56", "-"),
    (PRODUCT, "5 6", "-"),
    (PRODUCT, "63 is 7 × 9.", "-"),
    (SETS, "{2}", "B"),
    (SETS, "\\{2\\}", "B"),
    (SETS, "The intersection is { 2 }.", "B"),
    (SETS, "∅", "D"),
    (SETS, "{1,2,3}", "A"),
    (FRACTION, "1/6", "B"),
    (FRACTION, "⅙", "B"),
    (FRACTION, "\\frac16", "B"),
    (FRACTION, "The result is $\\dfrac{1}{6}$.", "B"),
    (FRACTION, "1/2 · 1/3 = 1/6", "B"),
    (FRACTION, "1", "D"),
    (NEST, "Both A and B", "C"),
    (NEST, "Both A and B are correct.", "C"),
    (NEST, "C. Both A and B", "C"),
    (NEST, "None of the above", "D"),
    (NEST, "Hens", "A"),
    (DUTY, "No, because the duty of care was broken.", "C"),
    (DUTY, "C", "C"),
    (DUTY, "No, because the duty of care was broken, so the insurer is free.", "C"),
    (DUTY, "No", "-"),
    (DUTY, "Yes.", "-"),
    (MOON, "Yes", "A"),
    (MOON, "yes, it is.", "A"),
    (MOON, "No.", "B"),
    (MOON, "Yes! The Sun is a star.", "A"),
    (MOON, "The answer is yes.", "A"),
    (MOON, "A", "A"),
    (("Is 4 prime?", &["True", "False"]), "The statement is false.", "B"),
    (("Is 4 prime?", &["True", "False"]), "That is not true.", "B"),
    (("Is 4 prime?", &["True", "False"]), "False, since 4 = 2 · 2.", "B"),
    (("Is 4 prime?", &["Yes, it is", "No, it is not"]), "No, 4 is 2 times 2.", "B"),
    (("Which is larger?", &["10,000", "1,000", "100"]), "10000", "A"),
    (("Which is larger?", &["10,000", "1,000", "100"]), "10 000", "A"),
    (("Which is smaller?", &["-3", "3", "0"]), "−3", "A"),
    (("Which root?", &["√2", "√3"]), "\\sqrt{2}", "A"),
    (("Which power?", &["x^2", "x^3"]), "x²", "A"),
    (("What happens?", &["It grows", "It grows and shrinks", "It stays"]), "It grows", "A"),
    (("What happens?", &["It grows", "It grows and shrinks", "It stays"]), "It grows and shrinks.", "B"),
    (("Where?", &["New York", "New York State, upstate", "Newark"]), "It lies in New York State.", "-"),
];

#[test]
fn texts_are_read() {
    check(TEXTS);
}

const ZEROS: Asked = ("Find all zeros of x^2 + x in Z_3.", &["0,1", "0,2", "1,2", "1"]);
const LABELLED: Asked = ("Which city is the capital of Turkey?", &["A. Istanbul", "B. Izmir", "C. Ankara"]);
const WAR: Asked = ("When did World War II end?", &["1943", "1944", "1945", "1946"]);
const ROOT: Asked = ("If 3x = 12, what is x?", &["2", "3", "4", "6"]);
const WATER: Asked = ("What is the formula of water?", &["HO", "H2O", "H2O2", "OH"]);

const SPELLINGS: &[Case] = &[
    (ZEROS, "The zeros are 0 and 2.", "B"),
    (ZEROS, "{0, 2}", "B"),
    (LABELLED, "The capital of Turkey is Ankara.", "C"),
    (LABELLED, "C. Ankara", "C"),
    (LABELLED, "C. Izmir", "-"),
    (WAR, "It ended on September 2, 1945.", "C"),
    (WAR, "1945, not 1944", "C"),
    (ROOT, "Option 4", "-"),
    (ROOT, "The number 4", "C"),
    (ROOT, "x is 4, which is option C.", "C"),
    (WATER, "Water is H2O, hydrogen peroxide is H2O2.", "-"),
    (WATER, "Water is H2O, which is drunk.", "B"),
    (CITY, "option three", "C"),
    (CITY, "Ans. C", "C"),
    (CITY, "i think c", "C"),
    (CITY, "If I had to guess: C", "C"),
    (CITY, "B is most likely wrong.", "-"),
    (CITY, "Option C is the most likely.", "C"),
    (CITY, "Istanbul (A), Izmir (B), Ankara (C), Bursa (D).", "-"),
    (PAIR, "Only statement 1 is true.", "C"),
    (PAIR, "Statement 1 is true, but statement 2 is not.", "C"),
];

#[test]
fn choices_are_found_in_other_spellings() {
    check(SPELLINGS);
}

#[test]
fn values_and_references_are_found_in_other_words() {
    const CHANCE: Asked = ("How likely are two heads?", &["1/2", "1/3", "1/4", "3/4"]);
    const DEGREES: Asked = ("At which temperature does water freeze?", &["-10 °C", "0 °C", "4 °C", "100 °C"]);
    const ROMAN: Asked = ("Which is true?", &["I only", "II only", "I and II", "Neither I nor II"]);
    const PRICE: Asked = ("What happens to the price?", &["It rises", "It rises and falls", "It falls", "It stays"]);
    check(&[
        (VOLTAGE, "6 volts", "B"),
        (DEGREES, "0 degrees Celsius", "B"),
        (DEGREES, "Water freezes at 0 °C and boils at 100 °C.", "B"),
        (CHANCE, "25%", "C"),
        (CHANCE, "0.75", "D"),
        (SETS, "{3, 2, 1}", "A"),
        (NEST, "Hens and frogs", "C"),
        (NEST, "Both of them lay eggs.", "C"),
        (ROMAN, "Only statement II is true.", "B"),
        (PRICE, "The price rises.", "A"),
        (PRICE, "The price falls.", "C"),
    ]);
}
