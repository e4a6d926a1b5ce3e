//! How the judge reads answers of many kinds.

#![expect(clippy::type_complexity, clippy::too_many_lines, reason = "tables of examples")]

use super::*;
use crate::sample::{Answer, Sample};

fn sample(question: &str, choices: &[&str]) -> Sample {
    Sample {
        index: 0,
        id: None,
        question: question.to_owned(),
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        answer: Some(Answer::Choice(0)),
        also: Vec::new(),
        messages: Vec::new(),
        images: Vec::new(),
        passage: None,
        subject: None,
        columns: serde_json::Map::new(),
        rotation: None,
        dialogue: None,
    }
}

const CITY: (&str, &[&str]) = ("Which city is the capital of Turkey?", &["Istanbul", "Izmir", "Ankara", "Bursa"]);
const PRODUCT: (&str, &[&str]) = ("What is 7 × 8?", &["54", "56", "63", "48"]);
const VOLTAGE: (&str, &[&str]) =
    ("A current of 2 A flows through 3 Ω. What is the voltage?", &["5 V", "6 V", "1.5 V", "8 V"]);
const PAIR: (&str, &[&str]) = (
    "Statement 1 | Every square is a rectangle. Statement 2 | Every rectangle is a square.",
    &["True, True", "False, False", "True, False", "False, True"],
);
const DUTY: (&str, &[&str]) = (
    "A shop forgot to lock its door and was robbed. Is the insurer bound to pay?",
    &[
        "Yes, because the shop paid its premium",
        "Yes, because theft is covered",
        "No, because the duty of care was broken",
        "No, because the claim came late",
    ],
);
const ORGAN: (&str, &[&str]) = ("Which organ pumps blood?", &["Liver", "Heart", "Lung", "Kidney"]);
const MOON: (&str, &[&str]) = ("Is the Sun a star?", &["yes", "no"]);
const NEST: (&str, &[&str]) = ("Which animals lay eggs?", &["Hens", "Frogs", "Both A and B", "None of the above"]);
const SETS: (&str, &[&str]) = ("What is {1, 2} ∩ {2, 3}?", &["{1, 2, 3}", "{2}", "{1}", "∅"]);
const FRACTION: (&str, &[&str]) =
    ("What is one half of one third?", &["$\\frac{1}{5}$", "$\\frac{1}{6}$", "$\\frac{2}{3}$", "$1$"]);
const VITAMIN: (&str, &[&str]) =
    ("Which vitamin do we get from sunlight?", &["Vitamin A", "Vitamin B12", "Vitamin C", "Vitamin D"]);
const WRITER: (&str, &[&str]) = ("Who wrote Kim?", &["E. M. Forster", "R. Kipling", "D. H. Lawrence", "A. Huxley"]);
const BLOOD: (&str, &[&str]) = ("Which blood group is the universal donor?", &["A", "B", "AB", "O"]);
const LIST: (&str, &[&str]) =
    ("Which gas is lightest?\n1. Neon\n2. Hydrogen\n3. Argon\n4. Xenon", &["Neon", "Hydrogen", "Argon", "Xenon"]);

fn read(case: (&str, &[&str]), text: &str) -> Verdict {
    let sample = sample(case.0, case.1);
    let prepared = Prepared::new(&sample);
    Choice::default().judge(&prepared, &Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] })
}

/// Checks a table: the letter that each text states, `-` for none.
fn check(table: &[((&str, &[&str]), &str, &str)]) {
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

#[test]
fn letters_are_read() {
    check(&[
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
        (CITY, "Of the choices, C is the capital.", "-"),
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
    ]);
}

#[test]
fn other_letters_are_no_labels() {
    check(&[
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
            "-",
        ),
    ]);
}

#[test]
fn mentions_are_no_answers() {
    check(&[
        (CITY, "Many people think the answer is A, but it is Ankara.", "C"),
        (CITY, "Some would say B. The capital is Ankara.", "C"),
        (CITY, "A common mistake is to choose A. The answer is C.", "C"),
        (CITY, "Is it B?", "-"),
        (CITY, "Could it be A?", "-"),
        (CITY, "The wrong answer is A.", "-"),
        (CITY, "The least likely option is D.", "-"),
        (CITY, "If the answer were A, the president would live in Istanbul.", "-"),
        (CITY, "One might be tempted to pick A.", "-"),
        (CITY, "The answer might be A.", "-"),
        (CITY, "The answer is not A.", "-"),
        (CITY, "It isn't B.", "-"),
        (CITY, "I don't think the answer is A.", "-"),
        (CITY, "Option A is wrong.", "-"),
        (CITY, "A is incorrect.", "-"),
        (CITY, "A and B are wrong.", "-"),
        (CITY, "Not A.", "-"),
        (CITY, "Eliminate A and B.", "-"),
        (CITY, "Anything but A.", "-"),
        (CITY, "Why is it not C?", "-"),
        (CITY, "Perhaps A.", "-"),
        (CITY, "Istanbul (A) is the largest city. The capital is Ankara.", "C"),
        (CITY, "Option A is tempting, but the capital is Ankara.", "C"),
        (CITY, "At first I thought it was A. The answer is C.", "C"),
        (CITY, "My friend says the answer is A.", "-"),
        (CITY, "You might think A, but it is C.", "C"),
        (CITY, "Unlike A, C is the capital. The answer is C.", "C"),
        (CITY, "Students often choose A.", "-"),
        (CITY, "A would be correct only if Istanbul were the capital.", "-"),
        (CITY, "Suppose it is B. Then Izmir would hold the parliament.", "-"),
        (CITY, "C rather than A", "C"),
        (CITY, "I prefer C over B.", "C"),
        (CITY, "I choose C instead of A.", "C"),
        (CITY, "C, not A", "C"),
        (CITY, "Not A but C.", "C"),
        (CITY, "A is larger; however, the answer is C.", "C"),
        (CITY, "The answer is C and not B.", "C"),
        (CITY, "Istanbul is not the capital.", "-"),
        (CITY, "The capital is not Istanbul but Ankara.", "C"),
        (CITY, "It used to be Istanbul, but now the capital is Ankara.", "C"),
        (CITY, "I cannot say whether it is A or C.", "-"),
        (CITY, "Neither A nor B is right.", "-"),
        (CITY, "The previous answer was A.", "-"),
        (CITY, "None of A, B or D is the capital.", "-"),
    ]);
}

#[test]
fn several_answers_are_none() {
    check(&[
        (CITY, "A or C", "-"),
        (CITY, "A, C", "-"),
        (CITY, "A/C", "-"),
        (CITY, "A & C", "-"),
        (CITY, "A and C", "-"),
        (CITY, "Both A and C", "-"),
        (CITY, "The answer is A or C.", "-"),
        (CITY, "Answer: A\nAnswer: C", "-"),
        (CITY, "The answer is A. The answer is C.", "-"),
        (CITY, "Either B or C", "-"),
        (CITY, "A\nC", "-"),
        (CITY, "A C", "-"),
        (CITY, "\\boxed{A, C}", "-"),
        (CITY, "Istanbul or Ankara", "-"),
        (CITY, "Options A and C are correct.", "-"),
        (CITY, "A is correct. C is also correct.", "-"),
        (CITY, "A, B, C, D", "-"),
        (CITY, "A B C D", "-"),
        (CITY, "ABCD", "-"),
        (CITY, "A\nB\nC\nD", "-"),
        (CITY, "AC", "-"),
        (CITY, "A + C", "-"),
        (CITY, "Istanbul\nAnkara", "-"),
        (CITY, "The capital is Istanbul. The capital is Ankara.", "-"),
    ]);
}

#[test]
fn letter_and_text_that_differ_are_none() {
    check(&[
        (CITY, "B) Ankara", "-"),
        (CITY, "B. Ankara", "-"),
        (CITY, "The answer is B, Ankara.", "-"),
        (CITY, "The answer is B: Ankara", "-"),
        (CITY, "B (Ankara)", "-"),
        (CITY, "Answer: B - Ankara", "-"),
        (CITY, "\\boxed{B. Ankara}", "-"),
        (CITY, "B: Option C", "-"),
        (CITY, "Ankara (B)", "-"),
        (CITY, "**B** Ankara", "-"),
        (CITY, "Option B: Ankara is the capital.", "-"),
        (CITY, "{\"answer\": \"B. Ankara\"}", "-"),
        (CITY, "The correct answer is B. Ankara", "-"),
        (PAIR, "A. True, False", "-"),
        (PAIR, "Answer: A. Statement 1 is true, statement 2 is false.", "-"),
        (PRODUCT, "A) 56", "-"),
        (PRODUCT, "The answer is A, 56.", "-"),
    ]);
}

#[test]
fn texts_are_read() {
    check(&[
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
    ]);
}

#[test]
fn reasoning_is_read_to_its_end() {
    check(&[
        (
            CITY,
            "Let's see.\nA. Istanbul is the largest city.\nB. Izmir is a port.\nC. Ankara is the seat of government.\nD. Bursa is a former capital.\nSo the answer is C.",
            "C",
        ),
        (CITY, "A is wrong. B is wrong. D is wrong. So C.", "C"),
        (CITY, "It's not A, B or D.", "C"),
        (CITY, "A, B and D can be ruled out.", "C"),
        (CITY, "We can eliminate A, B and D, which leaves C.", "C"),
        (CITY, "Options A and B are out. Option D is out too.", "C"),
        (CITY, "A) no\nB) no\nC) yes\nD) no", "C"),
        (CITY, "A. Wrong.\nB. Wrong.\nC. Correct.\nD. Wrong.", "C"),
        (CITY, "A ❌\nB ❌\nC ✅\nD ❌", "C"),
        (CITY, "❌ A\n❌ B\n✅ C\n❌ D", "C"),
        (CITY, "- [ ] A\n- [ ] B\n- [x] C\n- [ ] D", "C"),
        (CITY, "A: incorrect\nB: incorrect\nC: correct\nD: incorrect", "C"),
        (CITY, "| A | wrong |\n| B | wrong |\n| C | right |\n| D | wrong |", "C"),
        (CITY, "The answer is A. Wait, that's the largest city. The answer is C.", "C"),
        (CITY, "A. Actually, no: C.", "C"),
        (CITY, "A\n\nHmm, let me reconsider. The answer is C.", "C"),
        (CITY, "The answer is A. Sorry, I meant C. The answer is C.", "C"),
        (CITY, "I'd say A. No, the answer is C.", "C"),
        (CITY, "\\boxed{A}. I made a mistake. \\boxed{C}", "C"),
        (CITY, "The answer is A. Wait, that is wrong.", "-"),
        (CITY, "The answer is A. Correction: C.", "C"),
        (CITY, "Answer: A\nCorrected answer: C", "C"),
        (CITY, "The answer is A... on second thought, C.", "C"),
        (CITY, "I change my answer to C.", "C"),
        (CITY, "First I chose A, but I change my answer to C", "C"),
        (PAIR, "Statement 1 is true. Statement 2 is false.", "C"),
        (PAIR, "The first statement is true, the second is false.", "C"),
        (PAIR, "Both statements are true.", "A"),
        (PAIR, "Neither statement is true.", "B"),
        (PAIR, "Statement 1: True\nStatement 2: False", "C"),
        (PAIR, "Statement 1 is not true and statement 2 is true.", "D"),
        (PAIR, "Statement 1 is true.", "-"),
        (PAIR, "True, False", "C"),
        (PAIR, "C. True, False", "C"),
        (PAIR, "Statement 1 is true, so A or C. Statement 2 is false. Answer: C", "C"),
        (PAIR, "The first one is true and the second one is false.", "C"),
        (PAIR, "Statement 2 is false, and statement 1 is true.", "C"),
        (CITY, "C\n\nQ: What is 1+1?\nA: B", "C"),
        (CITY, "C<|im_end|>\n<|im_start|>user\nThe answer is A", "C"),
        (CITY, "<think>A? The answer is A.</think>C", "C"),
        (CITY, "<reasoning>The answer is A</reasoning><answer>C</answer>", "C"),
    ]);
}

#[test]
fn numbers_name_options() {
    check(&[
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
    ]);
}

#[test]
fn other_languages_are_read() {
    const STADT: (&str, &[&str]) =
        ("Welche Stadt ist die Hauptstadt der Türkei?", &["Istanbul", "Izmir", "Ankara", "Bursa"]);
    const ZH: (&str, &[&str]) = ("土耳其的首都是哪座城市？", &["伊斯坦布尔", "伊兹密尔", "安卡拉", "布尔萨"]);
    const JA: (&str, &[&str]) = ("トルコの首都はどこですか。", &["イスタンブール", "イズミル", "アンカラ", "ブルサ"]);
    const KO: (&str, &[&str]) = ("터키의 수도는 어디입니까?", &["이스탄불", "이즈미르", "앙카라", "부르사"]);
    const RU: (&str, &[&str]) = ("Какой город — столица Турции?", &["Стамбул", "Измир", "Анкара", "Бурса"]);
    const AR: (&str, &[&str]) = ("ما هي عاصمة تركيا؟", &["إسطنبول", "إزمير", "أنقرة", "بورصة"]);
    const HI: (&str, &[&str]) = ("तुर्की की राजधानी कौन सी है?", &["इस्तांबुल", "इज़मिर", "अंकारा", "बुरसा"]);
    check(&[
        (STADT, "Die Antwort ist C.", "C"),
        (STADT, "Die richtige Antwort ist C) Ankara.", "C"),
        (STADT, "Antwort: C", "C"),
        (STADT, "Ich wähle C.", "C"),
        (STADT, "Ich würde C nehmen, weil dort das Parlament sitzt.", "C"),
        (STADT, "C ist richtig.", "C"),
        (STADT, "Nicht A, sondern C.", "C"),
        (STADT, "Die Antwort ist nicht A.", "-"),
        (STADT, "Viele denken, die Antwort sei A, aber die Hauptstadt ist Ankara.", "C"),
        (STADT, "Also C.", "C"),
        (STADT, "A ist falsch, B ist falsch, D ist falsch.", "C"),
        (STADT, "Die Hauptstadt ist Ankara.", "C"),
        (STADT, "Richtig ist Antwort C.", "C"),
        (STADT, "Lösung: C", "C"),
        (STADT, "Die dritte Option ist richtig.", "C"),
        (STADT, "Ist es A?", "-"),
        (STADT, "Moment, das stimmt nicht. Die Antwort lautet C.", "C"),
        (STADT, "Die korrekte Antwort lautet daher C.", "C"),
        (STADT, "Option C ist korrekt.", "C"),
        (CITY, "La bonne réponse est C.", "C"),
        (CITY, "La réponse correcte est la lettre C : Ankara", "C"),
        (CITY, "Réponse : C", "C"),
        (CITY, "Je choisis C.", "C"),
        (CITY, "C'est la réponse C.", "C"),
        (CITY, "La réponse n'est pas A.", "-"),
        (CITY, "La réponse est C et non A.", "C"),
        (CITY, "Donc C.", "C"),
        (CITY, "L'option C est correcte.", "C"),
        (CITY, "C est la bonne réponse.", "C"),
        (CITY, "On élimine A, B et D.", "C"),
        (CITY, "D'abord, on regarde. La capitale est Ankara.", "C"),
        (CITY, "Beaucoup pensent que c'est A, mais c'est C.", "C"),
        (CITY, "C'est l'option C.", "C"),
        (CITY, "La respuesta correcta es C.", "C"),
        (CITY, "La respuesta es la opción C) Ankara.", "C"),
        (CITY, "Respuesta: C", "C"),
        (CITY, "Elijo la C.", "C"),
        (CITY, "La opción C es correcta.", "C"),
        (CITY, "La respuesta no es A.", "-"),
        (CITY, "Por lo tanto, la respuesta correcta es la C.", "C"),
        (CITY, "No es A sino C.", "C"),
        (CITY, "Muchos piensan que es A, pero la capital es Ankara.", "C"),
        (CITY, "La correcta es la letra C", "C"),
        (CITY, "Las opciones A, B y D son incorrectas.", "C"),
        (CITY, "¿Es la A?", "-"),
        (CITY, "Descartamos A, B y D.", "C"),
        (CITY, "A resposta correta é C.", "C"),
        (CITY, "A resposta correta é a letra C.", "C"),
        (CITY, "Resposta: C", "C"),
        (CITY, "Alternativa C.", "C"),
        (CITY, "A alternativa correta é a C.", "C"),
        (CITY, "Eu escolho a opção C.", "C"),
        (CITY, "A resposta não é A.", "-"),
        (CITY, "Portanto, a resposta é C.", "C"),
        (CITY, "Letra C", "C"),
        (CITY, "A capital é Ankara.", "C"),
        (CITY, "Não é A, mas sim C.", "C"),
        (CITY, "A opção C está correta.", "C"),
        (CITY, "La risposta corretta è C.", "C"),
        (CITY, "La risposta è la C.", "C"),
        (CITY, "Risposta: C", "C"),
        (CITY, "Scelgo C.", "C"),
        (CITY, "L'opzione C è corretta.", "C"),
        (CITY, "La risposta non è A.", "-"),
        (CITY, "Quindi C.", "C"),
        (CITY, "La risposta corretta è l'opzione C.", "C"),
        (CITY, "Non A, ma C.", "C"),
        (CITY, "La capitale è Ankara.", "C"),
        (RU, "Правильный ответ: C.", "C"),
        (RU, "Ответ: В", "C"),
        (RU, "Ответ: В) Анкара", "C"),
        (RU, "Правильный ответ — В.", "C"),
        (RU, "Я выбираю вариант В.", "C"),
        (RU, "Столица — Анкара.", "C"),
        (RU, "Анкара", "C"),
        (RU, "Ответ не А.", "-"),
        (RU, "Не А, а В.", "C"),
        (RU, "Вариант В верен.", "C"),
        (RU, "Ответ: С", "C"),
        (RU, "Следовательно, ответ Г.", "D"),
        (RU, "Правильный вариант — третий вариант.", "C"),
        (RU, "б) Измир", "B"),
        (AR, "الإجابة الصحيحة هي C.", "C"),
        (AR, "الإجابة: ج", "C"),
        (AR, "الجواب هو ج) أنقرة", "C"),
        (AR, "أنقرة", "C"),
        (AR, "العاصمة هي أنقرة.", "C"),
        (AR, "الإجابة الصحيحة هي (ب).", "B"),
        (AR, "الخيار C صحيح.", "C"),
        (AR, "الإجابة ليست A.", "-"),
        (AR, "أختار C.", "C"),
        (HI, "सही उत्तर C है।", "C"),
        (HI, "उत्तर: C", "C"),
        (HI, "सही उत्तर (ग) अंकारा है।", "C"),
        (HI, "अंकारा", "C"),
        (HI, "विकल्प C सही है।", "C"),
        (HI, "उत्तर A नहीं है।", "-"),
        (HI, "इसलिए सही विकल्प C है।", "C"),
        (HI, "मैं C चुनता हूँ।", "C"),
        (HI, "राजधानी अंकारा है।", "C"),
        (ZH, "答案是C。", "C"),
        (ZH, "正确答案为：C", "C"),
        (ZH, "选C", "C"),
        (ZH, "我选择C。", "C"),
        (ZH, "因此，正确答案是（C）安卡拉。", "C"),
        (ZH, "安卡拉", "C"),
        (ZH, "首都是安卡拉。", "C"),
        (ZH, "答案不是A。", "-"),
        (ZH, "不是A，而是C。", "C"),
        (ZH, "A、B、D错误。", "C"),
        (ZH, "C选项正确。", "C"),
        (ZH, "C正确", "C"),
        (ZH, "故选：C", "C"),
        (ZH, "本题选C。", "C"),
        (ZH, "应该选择C选项。", "C"),
        (ZH, "很多人认为是A，但答案是C。", "C"),
        (ZH, "第三个选项正确。", "C"),
        (ZH, "是A吗？", "-"),
        (ZH, "排除A、B、D，所以选C。", "C"),
        (ZH, "答案：C. 安卡拉", "C"),
        (ZH, "答案是A。不对，应该是C。", "C"),
        (ZH, "答案是B，安卡拉。", "-"),
        (JA, "答えはCです。", "C"),
        (JA, "正解はC。", "C"),
        (JA, "正解：C", "C"),
        (JA, "Cが正しいです。", "C"),
        (JA, "Cを選びます。", "C"),
        (JA, "答えはAではありません。", "-"),
        (JA, "AではなくCです。", "C"),
        (JA, "したがって、答えはCとなります。", "C"),
        (JA, "アンカラ", "C"),
        (JA, "首都はアンカラです。", "C"),
        (JA, "正解は3番です。", "C"),
        (JA, "ウ", "C"),
        (JA, "答えはウです。", "C"),
        (JA, "AとBは間違いです。", "-"),
        (JA, "正しいのはCです。", "C"),
        (KO, "정답은 C입니다.", "C"),
        (KO, "답: C", "C"),
        (KO, "정답: (C) 앙카라", "C"),
        (KO, "C가 맞습니다.", "C"),
        (KO, "C를 선택합니다.", "C"),
        (KO, "정답은 A가 아닙니다.", "-"),
        (KO, "A가 아니라 C입니다.", "C"),
        (KO, "따라서 정답은 C입니다.", "C"),
        (KO, "앙카라", "C"),
        (KO, "수도는 앙카라입니다.", "C"),
        (KO, "정답은 3번입니다.", "C"),
        (KO, "③", "C"),
        (KO, "다", "C"),
        (KO, "정답은 다입니다.", "C"),
        (KO, "A, B, D는 틀렸습니다.", "C"),
    ]);
}

#[test]
fn outputs_without_an_answer_have_a_class() {
    for (text, class) in [
        ("", Class::NoAnswer),
        ("   \n", Class::NoAnswer),
        ("I cannot answer this.", Class::Refusal),
        ("I'm sorry, but I can't help with that.", Class::Refusal),
        ("As an AI I do not have enough information to choose A or B.", Class::Refusal),
        ("Es tut mir leid, das kann ich nicht beantworten.", Class::Refusal),
        ("Je suis désolé, je ne peux pas répondre.", Class::Refusal),
        ("抱歉，我无法回答这个问题。", Class::Refusal),
        ("申し訳ありませんが、お答えできません。", Class::Refusal),
        ("죄송합니다. 답할 수 없습니다.", Class::Refusal),
        ("Lo siento, no puedo responder.", Class::Refusal),
        ("Desculpe, não posso responder.", Class::Refusal),
        ("Mi dispiace, non posso rispondere.", Class::Refusal),
        ("К сожалению, я не могу ответить.", Class::Refusal),
        ("عذرا، لا أستطيع الإجابة.", Class::Refusal),
        ("क्षमा करें, मैं उत्तर नहीं दे सकता।", Class::Refusal),
        ("A. Istanbul\nB. Izmir\nC. Ankara\nD. Bursa", Class::Echo),
        ("Which city is the capital of Turkey?", Class::Echo),
        ("Option A/B/C/D", Class::Echo),
        ("A, B, C or D", Class::Echo),
        ("Answer with the letter only.", Class::Echo),
        ("A or C", Class::Ambiguous),
        ("B) Ankara", Class::Contradiction),
        ("None of these is right.", Class::NoAnswer),
        ("Turkey is a country.", Class::NoAnswer),
    ] {
        assert_eq!(read(CITY, text).class, class, "{text}");
    }
}

#[test]
fn a_cut_output_may_only_state() {
    let sample = sample(CITY.0, CITY.1);
    let prepared = Prepared::new(&sample);
    let judge = |text| {
        Choice::default().judge(&prepared, &Output { text, ending: Ending::Capped, alternatives: &[], calls: &[] })
    };
    // A limit of one token cuts every answer, and a letter alone is one.
    for text in ["The answer is C. Ankara has been", "\\boxed{C} is", "Therefore C. Furthermore", "C", " (C)"] {
        assert_eq!(judge(text).extracted.as_deref(), Some("C"), "{text}");
    }
    for text in [
        "A. Istanbul is the",
        "Ankara is the",
        "The correct answer is",
        "",
        "Let us go through them.\n(A) Istanbul was",
    ] {
        assert_eq!(judge(text).class, Class::Truncated, "{text}");
    }
    assert_eq!(
        Choice::default()
            .judge(&prepared, &Output { text: "C", ending: Ending::Refused, alternatives: &[], calls: &[] })
            .class,
        Class::Refusal
    );
}

const LIGHT: (&str, &[&str]) = ("Does light travel faster than sound?", &["Yes", "No"]);
const FRUIT: (&str, &[&str]) = ("Which of these is NOT a fruit?", &["Apple", "Pear", "Carrot", "Plum"]);
const UNTRUE: (&str, &[&str]) =
    ("Which of these statements is false?", &["Ice floats", "Iron floats", "Cork floats", "Oil floats on water"]);
const TROPHY: (&str, &[&str]) =
    ("The trophy did not fit in the suitcase because it was too big. What was?", &["the trophy", "the suitcase"]);

#[test]
fn what_follows_yes_or_no_does_not_deny_it() {
    check(&[
        (LIGHT, "No, it does not.", "B"),
        (LIGHT, "No. It does not.", "B"),
        (LIGHT, "B. No, never", "B"),
        (LIGHT, "No, that's not correct.", "B"),
        (LIGHT, "Yes, it is not slower.", "A"),
        (LIGHT, "Yes, that is correct.", "A"),
        (LIGHT, "No is wrong.", "A"),
        (LIGHT, "Yes or no? It is not clear.", "-"),
        (TROPHY, "The trophy did not fit in the suitcase because the trophy was too big.", "-"),
        (TROPHY, "\"it\" refers to the trophy, not the suitcase.", "A"),
        (TROPHY, "Trophy", "A"),
        (TROPHY, "It is the trophy, not the suitcase.", "A"),
    ]);
}

#[test]
fn a_question_for_what_is_not_so_is_answered_by_a_denial() {
    check(&[
        (FRUIT, "C is not a fruit.", "C"),
        (FRUIT, "C. Carrot is not a fruit", "C"),
        (FRUIT, "Carrot is not a fruit, so the answer is C.", "C"),
        (FRUIT, "Apple is a fruit. Pear is a fruit. Carrot is not a fruit. Plum is a fruit.", "C"),
        (FRUIT, "A) Apple - fruit\nB) Pear - fruit\nC) Carrot - not a fruit\nD) Plum - fruit", "C"),
        (FRUIT, "A is not the answer.", "-"),
        (FRUIT, "A is not a fruit. B is not a fruit.", "-"),
        (CITY, "A is not a capital.", "-"),
        (UNTRUE, "B is false.", "B"),
        (UNTRUE, "A is true. C is true. D is true.", "-"),
        (UNTRUE, "A is true. B is false. C is true.", "B"),
        (UNTRUE, "Option A is correct: ice floats. Option B is incorrect.", "B"),
        (UNTRUE, "The false statement is B.", "B"),
        (UNTRUE, "B is not true.", "B"),
        (UNTRUE, "The correct answer is B.", "B"),
        (UNTRUE, "A is true.", "-"),
        (("What did he find out?", &["Gold", "Lead", "Tin"]), "C is correct.", "C"),
        (("What happens if he does not pay?", &["He is sued", "He is freed"]), "A is not what happens.", "B"),
    ]);
}

#[test]
fn prose_behind_a_correction_counts() {
    check(&[
        (CITY, "The answer is A. Actually, let me reconsider. The capital of Turkey is Ankara.", "C"),
        (CITY, "The answer is A. Wait. The capital of Turkey is Ankara.", "C"),
        (CITY, "The answer is C. In fact, the largest city of Turkey is Istanbul.", "C"),
        (CITY, "Between A and C, I choose C.", "C"),
        (CITY, "Eliminate A. Between C and D, I choose C.", "C"),
    ]);
}

#[test]
fn choices_are_found_in_other_spellings() {
    const ZEROS: (&str, &[&str]) = ("Find all zeros of x^2 + x in Z_3.", &["0,1", "0,2", "1,2", "1"]);
    const LABELLED: (&str, &[&str]) =
        ("Which city is the capital of Turkey?", &["A. Istanbul", "B. Izmir", "C. Ankara"]);
    const WAR: (&str, &[&str]) = ("When did World War II end?", &["1943", "1944", "1945", "1946"]);
    const ROOT: (&str, &[&str]) = ("If 3x = 12, what is x?", &["2", "3", "4", "6"]);
    const WATER: (&str, &[&str]) = ("What is the formula of water?", &["HO", "H2O", "H2O2", "OH"]);
    check(&[
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
    ]);
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
