//! Answers that think aloud and correct themselves.

use super::*;

const REASONING: &[Case] = &[
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
    (PAIR, "Both options are valid.", "-"),
    (PAIR, "Both choices are correct.", "-"),
    (PAIR, "Both of the options are right.", "-"),
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
];

#[test]
fn reasoning_is_read_to_its_end() {
    check(REASONING);
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
