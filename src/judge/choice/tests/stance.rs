//! What is mentioned, denied, supposed or contradicted.

use super::*;

const MENTIONS: &[Case] = &[
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
    (CITY, "The answer is (C), not (A).", "C"),
    (CITY, "The answer is (C) Ankara, not (A), since Istanbul is only the largest.", "C"),
    (CITY, "The answer you are looking for is **C**.", "C"),
    (CITY, "Thus the answer to question 3 is C, whereas A would be the largest.", "C"),
    (CITY, "I'd pick the choice labelled (C).", "C"),
    (CITY, "The options are labelled A, B, C and D.", "-"),
    (CITY, "Il faut choisir C, puisque le parlement y est.", "C"),
    (CITY, "According to an old textbook it would be A.", "-"),
    (CITY, "According to a friend, A is the answer.", "-"),
    (CITY, "It has more ministries than Bursa (D) or Izmir.", "-"),
    (CITY, "A is larger; however, the answer is C.", "C"),
    (CITY, "The answer is C and not B.", "C"),
    (CITY, "Istanbul is not the capital.", "-"),
    (CITY, "The capital is not Istanbul but Ankara.", "C"),
    (CITY, "It used to be Istanbul, but now the capital is Ankara.", "C"),
    (CITY, "I cannot say whether it is A or C.", "-"),
    (CITY, "Neither A nor B is right.", "-"),
    (CITY, "The previous answer was A.", "-"),
    (CITY, "None of A, B or D is the capital.", "C"),
];

#[test]
fn mentions_are_no_answers() {
    check(MENTIONS);
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
fn what_explains_or_doubts_a_choice_does_not_state_it() {
    const BASE: Asked = ("Which base is found in RNA but not in DNA?", &["Adenine", "Uracil", "Guanine", "Cytosine"]);
    const STAR: Asked = ("The Sun is a star.", &["True", "False"]);
    check(&[
        (FRUIT, "Not C: a carrot is a root.", "-"),
        (CITY, "Ankara is the answer. A", "-"),
        (CITY, "The capital is Ankara. C", "C"),
        (CITY, "{\"answer\": 2}", "-"),
        (CITY, "{\"answer\": \"C\"}", "C"),
        (PRODUCT, "{\"answer\": 56}", "B"),
        (STAR, "It is false that the Sun is not a star.", "-"),
        (STAR, "It is true that the Sun is a star.", "A"),
        (CITY, "We can rule out A (largest), B (port) and D (old). Only C remains.", "C"),
        (CITY, "C. Sorry, I meant A.", "A"),
        (CITY, "C remains.", "C"),
        (CITY, "C it is.", "C"),
        (BASE, "B: Uracil is found only in RNA.", "B"),
        (CITY, "There are two possible options:\n\n1) Option A: If we ask for the largest city, then", "-"),
    ]);
}

#[test]
fn a_letter_that_is_set_above_another_one_is_chosen() {
    check(&[
        (CITY, "Better C than A.", "C"),
        (CITY, "I'd take C before A.", "C"),
        (CITY, "I would pick C before B.", "C"),
        (CITY, "Lieber C als A.", "C"),
        (CITY, "Plutôt C que A.", "C"),
        (CITY, "C comes after A and B in the list.", "-"),
        (CITY, "A stands before B.", "-"),
        (CITY, "A is better known than B.", "-"),
        (CITY, "Is C better than A?", "-"),
        (CITY, "Never take A before C.", "-"),
        (CITY, "A vs B.", "-"),
    ]);
}

#[test]
fn what_holds_against_a_doubted_choice_is_the_answer() {
    check(&[
        (CITY, "You'd be forgiven for picking A, but Ankara is the seat of government.", "C"),
        (CITY, "Option A looks right at first glance; however, Ankara is the capital.", "C"),
        (CITY, "You'd be forgiven for picking A, but Ankara holds the parliament.", "-"),
        (CITY, "You might think A; however, Izmir is on the sea.", "-"),
        (CITY, "Many test takers go for A because Istanbul is so large. However, Ankara is the capital.", "C"),
        (CITY, "Nine out of ten readers pick B.", "-"),
        (CITY, "Istanbul (option A) has more people, but Ankara has been the capital since 1923.", "C"),
        (CITY, "Istanbul has more people, but Ankara has more parks.", "-"),
        (CITY, "It is understandable to choose A.", "-"),
        (CITY, "Ankara is, not Izmir.", "C"),
        (ORGAN, "The heart does, not the lung.", "B"),
    ]);
}

#[test]
fn what_was_right_is_right_no_longer_where_another_is_set_against_it() {
    check(&[
        (CITY, "A was the right answer for centuries, but today it's Ankara.", "C"),
        (CITY, "C was the right answer.", "C"),
        (CITY, "The answer is A. Ankara, however, is older.", "A"),
        (DUTY, "The shop was careless. Accordingly, the court will rule as in (C).", "C"),
        (DUTY, "The shop was careless. Accordingly, the court will not rule as in (B).", "-"),
    ]);
}

#[test]
fn a_sentence_that_says_no_more_than_the_question_answers_yes_or_no() {
    const FLIGHT: Asked = ("Can penguins fly?", &["Yes", "No"]);
    check(&[
        (FLIGHT, "They can't.", "B"),
        (FLIGHT, "Of course not.", "B"),
        (FLIGHT, "Penguins cannot fly.", "B"),
        (FLIGHT, "They can.", "A"),
        (FLIGHT, "Certainly.", "A"),
        (FLIGHT, "Penguins can swim.", "-"),
        (FLIGHT, "Can penguins fly?", "-"),
        (FLIGHT, "Not sure.", "-"),
        (FLIGHT, "They might.", "-"),
        (("Is the Sun a planet?", &["Yes", "No"]), "Planets are not suns.", "-"),
    ]);
}
