//! Choices that list statements, symbols that stand for names, and what is only supposed.

use super::*;

const BATS: Asked = (
    "1. Bats are mammals. 2. Whales are fish. Which statements are correct?",
    &["1 only", "2 only", "Both 1 and 2", "Neither 1 nor 2"],
);
const METALS: Asked = (
    "I. Iron rusts. II. Gold rusts. III. Copper conducts. Which are true?",
    &["I and II", "II and III", "I and III", "I, II and III"],
);

#[test]
fn choices_that_list_statements_are_read_by_what_holds() {
    check(&[
        (BATS, "Only 1 is correct.", "A"),
        (BATS, "1", "A"),
        (BATS, "1 is correct, 2 is not.", "A"),
        (BATS, "Statement 1 is true. Statement 2 is false.", "A"),
        (BATS, "Both are correct.", "C"),
        (BATS, "Neither is correct.", "D"),
        (BATS, "1 is correct.", "-"),
        (METALS, "I, III", "C"),
        (METALS, "Only II is false.", "C"),
        (METALS, "All three are true.", "D"),
        (METALS, "Only I is true.", "-"),
        (METALS, "I", "-"),
        (METALS, "I think so.", "-"),
    ]);
}

#[test]
fn first_letters_stand_for_names_of_choices_and_of_the_question() {
    const PAIRED: Asked = ("Which base pairs with cytosine in DNA?", &["Adenine", "Guanine", "Thymine", "Uracil"]);
    const PROTONS: Asked = ("How many protons has carbon?", &["5", "6", "7", "8"]);
    const BONDS: Asked = ("How many bonds does carbon form in methane?", &["2", "3", "4", "5"]);
    check(&[
        (PAIRED, "G pairs with C.", "B"),
        (PAIRED, "G pairs with C, A pairs with T.", "B"),
        (PAIRED, "A pairs with T.", "-"),
        (PAIRED, "The answer is C.", "C"),
        (PROTONS, "C has 6 protons.", "B"),
        (BONDS, "C forms 4 bonds in CH4.", "C"),
        (PROTONS, "C", "C"),
    ]);
}

#[test]
fn what_is_supposed_or_only_looks_so_is_no_answer() {
    check(&[
        (CITY, "It would be A if size decided.", "-"),
        (CITY, "It would be A if size decided. It is C.", "C"),
        (CITY, "A would be right if size decided, but it is Ankara.", "C"),
        (CITY, "If I had to choose, I would say C.", "C"),
        (CITY, "It would be C if I am not mistaken.", "C"),
        (CITY, "Choosing B would be a mistake. The capital is Ankara.", "C"),
        (CITY, "Choosing C.", "C"),
        (CITY, "It looks like A, yet it is C.", "C"),
        (CITY, "The worst choice would be D.", "-"),
        (CITY, "The port is named first, so A is the usual slip.", "-"),
        (CITY, "The parliament sits there, so C is the capital.", "C"),
        (CITY, "Istanbul! No, that is only the largest city.", "-"),
    ]);
}

#[test]
fn a_word_of_one_choice_alone_and_a_letter_behind_an_article_name_it() {
    const LANGUAGE: Asked =
        ("Which language has the most native speakers?", &["English", "Mandarin Chinese", "Spanish", "Hindi"]);
    const GRADE: Asked = ("Which grade is the best in the US?", &["C", "B", "A", "F"]);
    check(&[
        (LANGUAGE, "Mandarin", "B"),
        (LANGUAGE, "Language", "-"),
        (LANGUAGE, "Cantonese", "-"),
        (GRADE, "The best grade is an A.", "C"),
        (CITY, "That'd be C.", "C"),
    ]);
}

#[test]
fn lists_and_ordinals_that_say_something_else_name_nothing() {
    const QUEUE: Asked = ("Which structure is first in, first out?", &["Stack", "Queue", "Heap", "Trie"]);
    check(&[
        (CITY, "A. Istanbul\nC. Ankara", "-"),
        (CITY, "1. A) Istanbul\n2. C) Ankara", "-"),
        (CITY, "C. Ankara\nC. Ankara", "C"),
        (CITY, "a is the first letter", "-"),
        (CITY, "c is the right letter", "C"),
        (QUEUE, "It stores items so that the last one that was pushed", "-"),
        (CITY, "So the third one.", "C"),
        (CITY, "A and B say the same. They are wrong and C is what is left.", "C"),
    ]);
}
