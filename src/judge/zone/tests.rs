//! What counts of outputs of many kinds.

use proptest::prelude::*;

use super::zone;
use crate::sample::Sample;

fn sample() -> Sample {
    Sample {
        choices: ["Iron", "Mercury", "Lead", "Tin"].map(str::to_owned).into(),
        ..Sample::new(0, "Which metal is liquid at room temperature?".into())
    }
}

/// What counts, pieces joined.
fn counts(text: &str) -> String {
    let zone = zone(text, &sample());
    zone.pieces(text).into_iter().map(|(_, piece)| piece).collect::<Vec<_>>().concat().trim().to_owned()
}

#[test]
fn thoughts_do_not_count() {
    for text in [
        "<think>Iron? No.</think>B",
        "<thinking>\nA or C\n</thinking>\n\nB",
        "<reasoning>A?</reasoning><answer>B</answer>",
        "<THOUGHT>A</THOUGHT> B",
        "<chain_of_thought>A</chain_of_thought> B",
        "[THINK]A[/THINK]B",
        "A is first, then\n</think>\nB",
        "◁think▷A◁/think▷B",
        "<seed:think>A</seed:think>B",
        "<thinking budget=\"low\">A</thinking>B",
        "<think>a<think>b</think>c</think>B",
        "<|channel|>analysis<|message|>A?<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>",
        "analysisWe look at A.assistantfinalB",
        "Thinking...\nA or B\n...done thinking.\n\nB",
        "<|begin_of_thought|>A<|end_of_thought|><|begin_of_solution|>B<|end_of_solution|>",
        "<|START_THINKING|>A<|END_THINKING|><|START_RESPONSE|>B<|END_RESPONSE|>",
        "B<think>or A",
        "B</answer>",
        "Prose about A. <final_answer>B</final_answer> More about C.",
        "Prose about A. <selected_option>B</selected_option> More about C.",
        "Prose about A. <correct-answer>B</correct-answer>",
        "A 是错的。<最终答案>B</最终答案>",
    ] {
        assert_eq!(counts(text), "B", "{text}");
    }
    for text in ["<think>It is B", "<|channel|>analysis<|message|>It is B", "analysisWe think B", "", " \n"] {
        assert_eq!(counts(text), "", "{text}");
    }
}

#[test]
fn what_is_no_tag_counts() {
    for text in ["Use a `<think>` tag. B", "x <y> B", "[Answer]: B", "[reasoning] B", "a < b > c", "-1 <|x|> 2"] {
        assert_eq!(counts(text), text, "{text}");
    }
    assert_eq!(counts("<s>A</s> B"), "B");
    assert_eq!(counts("<del>A</del> B"), "B");
}

#[test]
fn a_turn_ends_the_answer() {
    for text in [
        "B<|im_end|>\n<|im_start|>user\nA?",
        "B</s><s>[INST] A [/INST]",
        "B<|eot_id|>A",
        "B<end_of_turn>\n<start_of_turn>user",
        "B<|endoftext|>A",
        "B[INST] A",
        "B<｜end▁of▁sentence｜>A",
        "<|im_start|>assistant\nB<|im_end|>",
        "<|im_start|>user\nA or B?<|im_end|>\n<|im_start|>assistant\nB",
        "[/INST] B</s>",
        "<s> B</s>",
        "B\nUser: and A?",
        "B\n\nHuman: A",
        "B\n用户：A",
    ] {
        assert_eq!(counts(text), "B", "{text}");
    }
}

#[test]
fn a_question_ends_the_answer() {
    for text in [
        "B\n\nQuestion: A?",
        "B\nQ: A",
        "B\nQ2. A",
        "B\n**Question 7:** A",
        "B\n### Question\nA",
        "B\n###\nA",
        "B\nProblem 3: A",
        "B\nNext question: A",
        "B\nNächste Frage: A",
        "B\nQuestion suivante : A",
        "B\n题目：A",
        "B\n问题2：A",
        "B\n問題：A",
        "B\n질문: A",
        "B\nPregunta 3: A",
        "B\nPergunta: A",
        "B\nDomanda: A",
        "B\nВопрос 2. A",
        "B\nالسؤال: A",
        "B\nप्रश्न 2: A",
        "B\nPassage: Iron was worked early. Is it A?",
        "B\n\nWhich city lies on the Rhine?\nA. Paris\nB. Bonn\nC. Rome\nAnswer: B",
        "B\nWhich city lies on the Rhine? A. Paris B. Bonn C. Rome Answer: B",
        "B\n\nWhich metal do magnets attract?\nA. Iron\nB. Mercury\nC. Lead\nD. Tin\nAnswer: A",
        "B\n\n12. Which metal do magnets attract?\nA. Iron\nB. Mercury\nC. Lead\nD. Tin\nAnswer: A",
    ] {
        assert_eq!(counts(text), "B", "{text}");
    }
}

#[test]
fn an_answer_continues() {
    for text in [
        "Question: Which metal is liquid at room temperature?\nAnswer: B",
        "The question is easy.\nB",
        "We read the question:\nQuestion: Which metal is liquid at room temperature?\nB",
        "Which one fits?\nA. Iron melts late.\nB. Mercury is liquid.\nSo B.",
        "We go through them.\nA. Too hard.\nB. Liquid.\nSo B.",
        "### Answer\nB",
        "Problem solved.\nB",
        "Question: first\nB\nQuestion: second\nC",
    ] {
        assert_eq!(counts(text), text, "{text}");
    }
}

proptest! {
    #[test]
    fn never_a_panic(text in "(\\PC|[<>|/\\[\\]\n]|<think>|</think>|<answer>|</answer>|<\\|channel\\|>|<\\|im_end\\|>|Question:|A\\. |<s>|</s>){0,40}") {
        let zone = zone(&text, &sample());
        prop_assert!(zone.range.start <= zone.range.end && text.get(zone.range.clone()).is_some());
        for mask in &zone.masked {
            prop_assert!(mask.start < mask.end && text.get(mask.clone()).is_some());
            prop_assert!(zone.range.start <= mask.start && mask.end <= zone.range.end);
        }
    }
}

#[test]
fn the_reply_to_an_echoed_question_counts() {
    let question = "Which metal is liquid at room temperature?";
    let text = format!("User: {question}\nAssistant: Mercury\nUser: Why?\nAssistant: Lead");
    assert_eq!(counts(&text), format!("User: {question}\nAssistant: Mercury"));
    assert_eq!(counts("Question: Which gas is noble?\nA. Oxygen\nB. Neon\nAnswer: B"), "");
}
