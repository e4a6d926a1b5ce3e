//! Letters and digits that label a choice, and others that do not.

use super::*;

const LETTERS: &[Case] = &[
    (CITY, "C", "C"),
    (CITY, "c", "C"),
    (CITY, "(c)", "C"),
    (CITY, "c.", "C"),
    (CITY, "[C]", "C"),
    (CITY, "C)", "C"),
    (CITY, "C:", "C"),
    (CITY, "`C`", "C"),
    (CITY, "Ⓒ", "C"),
    (CITY, "Ｃ", "C"),
    (CITY, "𝐂", "C"),
    (CITY, "C - Ankara", "C"),
    (CITY, "C – Ankara", "C"),
    (CITY, "C → Ankara", "C"),
    (CITY, "C | Ankara", "C"),
    (CITY, "C Ankara", "C"),
    (CITY, "Option C", "C"),
    (CITY, "Choice (C)", "C"),
    (CITY, "option c", "C"),
    (CITY, "C, because it is the seat of government.", "C"),
    (CITY, "C because Ankara is the seat.", "C"),
    (CITY, "C is correct.", "C"),
    (CITY, "Sure! The answer is C.", "C"),
    (CITY, "Correct answer: C) Ankara", "C"),
    (CITY, "The answer would be C.", "C"),
    (CITY, "Answer - C", "C"),
    (CITY, "Answer = C", "C"),
    (CITY, "ANSWER: C", "C"),
    (CITY, "answer is c", "C"),
    (CITY, "Ans: C", "C"),
    (CITY, "Answer C", "C"),
    (CITY, "The correct option is (C).", "C"),
    (CITY, "The correct answer is option C: Ankara.", "C"),
    (CITY, "The answer is: **C**", "C"),
    (CITY, "The answer is \"C\".", "C"),
    (CITY, "I'd say C.", "C"),
    (CITY, "I would go with C.", "C"),
    (CITY, "I pick option C", "C"),
    (CITY, "My choice is C", "C"),
    (CITY, "I'll choose C: Ankara.", "C"),
    (CITY, "I am going with C", "C"),
    (CITY, "It must be C.", "C"),
    (CITY, "It is (C).", "C"),
    (CITY, "Therefore, C.", "C"),
    (CITY, "Hence the answer is C", "C"),
    (CITY, "Thus, the correct answer is indeed C.", "C"),
    (CITY, "Final answer: C", "C"),
    (CITY, "**Final Answer**\n\nC", "C"),
    (CITY, "### Answer\nC", "C"),
    (CITY, "#### C", "C"),
    (CITY, "\\boxed{C}", "C"),
    (CITY, "$\\boxed{\\text{C}}$", "C"),
    (CITY, "\\boxed{(C) Ankara}", "C"),
    (CITY, "\\boxed{\\text{Ankara}}", "C"),
    (CITY, "Answer:\n\nC", "C"),
    (CITY, "Answer:\nC. Ankara", "C"),
    (CITY, "{\"answer\": \"c\"}", "C"),
    (CITY, "```json\n{\"answer\": \"C\", \"reason\": \"A is larger\"}\n```", "C"),
    (CITY, "{\"final_answer\": \"Ankara\"}", "C"),
    (CITY, "{'answer': 'C'}", "C"),
    (CITY, "{\"reasoning\": \"Istanbul is larger, but B is no capital.\", \"answer\": \"C\"}", "C"),
    (CITY, "{\"answer\": [\"C\"]}", "C"),
    (CITY, "{\"answer\": [\"A\", \"C\"]}", "-"),
    (CITY, "{\"A\": 0.1, \"B\": 0.05, \"C\": 0.8, \"D\": 0.05}", "C"),
    (CITY, "<answer>C</answer>", "C"),
    (CITY, "<answer>Ankara</answer>", "C"),
    (CITY, "The letter is C", "C"),
    (CITY, "C.\n\nIstanbul is larger, but Ankara is the seat of government.", "C"),
    (CITY, "C. Ankara is the capital of Turkey.", "C"),
    (CITY, "C) It has been the capital since 1923.", "C"),
    (CITY, "The best choice here is clearly C.", "C"),
    (CITY, "Out of these options, the right one is C.", "C"),
    (CITY, "The most appropriate answer would be C", "C"),
    (CITY, "So it's C!", "C"),
    (CITY, "Looks like the answer is C", "C"),
    (CITY, "The correct choice is letter C", "C"),
    (CITY, "Of the choices, C is the capital.", "C"),
    (CITY, "C is the correct answer, not A.", "C"),
    (CITY, "C (Ankara)", "C"),
    (CITY, "(C) Ankara", "C"),
    (CITY, "The capital is (C) Ankara.", "C"),
    (CITY, "Answer: Ankara (C)", "C"),
    (CITY, "Ankara (C)", "C"),
    (CITY, "Option C. Ankara", "C"),
    (CITY, "ANSWER: a, c", "-"),
    (CITY, "🅲", "C"),
    (CITY, "The answer is C. Ankara", "C"),
    (CITY, "The answer is **(C)** Ankara.", "C"),
    (CITY, "[[C]]", "C"),
    (CITY, "The final answer is [[C]].", "C"),
    (CITY, "A: C", "-"),
];

#[test]
fn letters_are_read() {
    check(LETTERS);
}

const OTHER_LETTERS: &[Case] = &[
    (VOLTAGE, "The voltage is 6 V.", "B"),
    (VOLTAGE, "U = R · I = 3 Ω · 2 A = 6 V", "B"),
    (VOLTAGE, "With 2 A and 3 Ω we get 6 V.", "B"),
    (VOLTAGE, "It draws 2 A.", "-"),
    (VOLTAGE, "A current of 2 A needs 6 V.", "B"),
    (CITY, "A quick look at the map helps.", "-"),
    (CITY, "A capital is a seat of government.", "-"),
    (CITY, "I think about it.", "-"),
    (CITY, "Washington, D.C. is a capital too.", "-"),
    (CITY, "Plan B failed.", "-"),
    (CITY, "See appendix A.", "-"),
    (CITY, "Let A be the set of cities.", "-"),
    (CITY, "f(A) = B", "-"),
    (CITY, "P(A) + P(B) = 1", "-"),
    (CITY, "det(A) = 1", "-"),
    (CITY, "E. coli is a germ.", "-"),
    (CITY, "It is 20 C there.", "-"),
    (CITY, "C++ and C# are languages.", "-"),
    (CITY, "The C-reactive protein", "-"),
    (CITY, "x_A = 3", "-"),
    (CITY, "Type A people live there.", "-"),
    (CITY, "Hepatitis B is a disease.", "-"),
    (CITY, "the note D is played", "-"),
    (CITY, "e.g. A is a letter", "-"),
    (CITY, "J. D. Salinger", "-"),
    (VITAMIN, "Vitamin D", "D"),
    (VITAMIN, "We get vitamin D from sunlight.", "D"),
    (VITAMIN, "The answer is vitamin D.", "D"),
    (VITAMIN, "B. Vitamin B12", "B"),
    (VITAMIN, "The answer is D", "D"),
    (VITAMIN, "A. Vitamin D", "-"),
    (VITAMIN, "It is made by UV-B light: vitamin D.", "D"),
    (WRITER, "R. Kipling", "B"),
    (WRITER, "The author is R. Kipling.", "B"),
    (WRITER, "D. H. Lawrence", "C"),
    (WRITER, "The answer is A. Huxley.", "D"),
    (WRITER, "B. R. Kipling", "B"),
    (WRITER, "The answer is E. M. Forster", "A"),
    (BLOOD, "O", "D"),
    (BLOOD, "D. O", "D"),
    (BLOOD, "Blood group O is the universal donor.", "D"),
    (BLOOD, "C) AB", "C"),
    (BLOOD, "The answer is D", "D"),
    (BLOOD, "The answer is D) O.", "D"),
    (ORGAN, "Hydrogen (H) and carbon (C) are elements.", "-"),
    (ORGAN, "Kelvin (K), Ampere (A) and Coulomb (C)", "-"),
    (ORGAN, "The heart (B) pumps blood.", "B"),
    (("Which group is not abelian?", &["Z_4", "S_3", "Z_5", "C_7"]), "The group is \\boxed{S_3}.", "B"),
    (("Which group is not abelian?", &["Z_4", "S_3", "Z_5", "C_7"]), "C_7 is cyclic, so the answer is S_3.", "B"),
    (
        ("Which title is by Dickens?", &["Emma", "A Tale of Two Cities", "Middlemarch", "Ulysses"]),
        "A Tale of Two Cities",
        "B",
    ),
    (
        ("Which title is by Dickens?", &["Emma", "A Tale of Two Cities", "Middlemarch", "Ulysses"]),
        "The answer is A Tale of Two Cities.",
        "B",
    ),
    (("Which cell kills?", &["A cells", "B cells", "T cells", "D cells"]), "The answer is B cells.", "B"),
    (
        ("Which cell kills?", &["Red cells", "B cells", "T cells", "Stem cells"]),
        "T cells kill; B cells make antibodies.",
        "C",
    ),
];

#[test]
fn other_letters_are_no_labels() {
    check(OTHER_LETTERS);
}

const NUMBERS: &[Case] = &[
    (LIST, "2", "B"),
    (LIST, "2.", "B"),
    (LIST, "(2)", "B"),
    (LIST, "2. Hydrogen", "B"),
    (LIST, "The answer is 2.", "B"),
    (LIST, "Option 2", "B"),
    (LIST, "B", "B"),
    (LIST, "②", "B"),
    (LIST, "Answer: (2) Hydrogen", "B"),
    (LIST, "2) Hydrogen", "B"),
    (LIST, "3. Hydrogen", "-"),
    (LIST, "There are 2 reasons.", "-"),
    (CITY, "Option 3", "C"),
    (CITY, "3. Ankara", "C"),
    (CITY, "The third option.", "C"),
    (CITY, "The third one is correct.", "C"),
    (CITY, "Option number 3", "C"),
    (CITY, "The answer is option 3.", "C"),
    (CITY, "3", "C"),
    (CITY, "I pick the third choice.", "C"),
    (CITY, "There are 3 cities.", "-"),
    (CITY, "1. Istanbul is a city.\n2. Izmir is a city.", "-"),
    (PRODUCT, "Option 2", "-"),
    (PRODUCT, "2", "-"),
    (("How many?", &["4", "3", "2", "1"]), "2", "C"),
    (("How many?", &["4", "3", "2", "1"]), "The answer is 2.", "C"),
    (("How many?", &["4", "3", "2", "1"]), "C. 2", "C"),
    (("How many?", &["4", "3", "2", "1"]), "2. C", "-"),
];

#[test]
fn numbers_name_options() {
    check(NUMBERS);
}

#[test]
fn letters_stand_in_the_forms_that_models_write() {
    const PRICE: Asked = ("A litre costs 4 euros. What do 2.5 litres cost?", &["10", "6.5", "8", "12.5"]);
    const CALL: Asked =
        ("Which number is the emergency call?\n(1) 999\n(2) 911\n(3) 112\n(4) 101", &["999", "911", "112", "101"]);
    check(&[
        (CITY, "<C>", "C"),
        (CITY, "<b>C</b>", "C"),
        (CITY, "D. D. D. D.", "D"),
        (CITY, "A. A. Milne wrote it.", "-"),
        (CITY, "C here.", "C"),
        (CITY, "Das ist also c) Ankara.", "C"),
        (CITY, "{'id': 7, 'final_answer': 'c', 'rejected': ['a', 'b', 'd']}", "C"),
        (CITY, "```json\n{\"choice\": \"C\", \"why\": \"Istanbul (A) is larger.\"}\n```", "C"),
        (CITY, "{\"A\": {\"correct\": false}, \"B\": {\"correct\": false}, \"C\": {\"correct\": true}}", "C"),
        (CITY, "| Option | Port | Capital |\n|---|---|---|\n| A | ✓ | |\n| C | | ✓ |\n\n### Verdict\n\n**C**", "C"),
        (CITY, "A and D fall away.", "-"),
        (CITY, "A, B and D fall away.", "C"),
        (PRICE, "€10", "A"),
        (CALL, "(3)", "C"),
        (SETS, "So what is left: C \\ D = {2}", "B"),
        (FRACTION, "\\frac{2}{12}, which can be reduced to 1/6.", "B"),
        (("How long is it?", &["$\\sqrt{3}$", "$\\sqrt{5}$"]), "It is sqrt(5).", "B"),
    ]);
}

const SECTION: Asked = (
    "Which section names the cause of the fire?\n\n\"Section A tells of the house, section B of the cause, section C of the damage.\"",
    &["A", "B", "C", "D"],
);
const TRACK: Asked = (
    "Which platform does the train to York leave from?\n\n\"York: platform B. Leeds: platform D.\"",
    &["A", "D", "B", "C"],
);
const SERIES: Asked = ("Which series of paper sizes is used for envelopes?", &["B", "A", "C", "D"]);
const SCURVY: Asked = ("哪种维生素能预防坏血病？", &["D", "C", "A", "B"]);
const SYMBOL: Asked = ("Which element is sodium?", &["S", "So", "Na", "Sd"]);

#[test]
fn a_choice_that_is_a_letter_is_read_where_the_clause_speaks_of_no_other() {
    check(&[
        (NOTE, "The note A follows G.", "A"),
        (NOTE, "E follows D.", "-"),
        (NOTE, "B follows A, and E follows D.", "-"),
        (SECTION, "Section B names the cause of the fire.", "B"),
        (SECTION, "Section C names the damage.", "-"),
        (SECTION, "Section A tells of the house, section C of the damage.", "-"),
        (TRACK, "The train to York leaves from platform B.", "C"),
        (TRACK, "The train to Leeds leaves from platform D.", "-"),
        (TRACK, "York is on platform B, Leeds on platform D.", "-"),
        (SERIES, "The C series is used for envelopes.", "C"),
        (SERIES, "The A series is used for office paper.", "-"),
        (BLOOD, "Blood group O is the universal donor.", "D"),
        (SCURVY, "维生素C能预防坏血病。", "B"),
        (SCURVY, "维生素D能预防佝偻病。", "-"),
        (SYMBOL, "S is sulfur, Na is sodium.", "C"),
    ]);
}

#[test]
fn keys_of_objects_that_name_no_answer_hold_none() {
    let each = |right: &str| {
        let entry = |letter: &&str| format!(r#"{{"option": "{letter}", "correct": {}}}"#, *letter == right);
        format!("```json\n[{}]\n```", ["A", "B", "C", "D"].iter().map(entry).collect::<Vec<_>>().join(", "))
    };
    let (third, none) = (each("C"), each("-"));
    let reasoned = r#"{"reasoning": "Option A comes to mind first because of its size.", "answer": "C"}"#;
    for (text, letter) in [(third.as_str(), "C"), (none.as_str(), "-"), (reasoned, "C")] {
        check(&[(CITY, Box::leak(text.to_owned().into_boxed_str()), letter)]);
    }
}
