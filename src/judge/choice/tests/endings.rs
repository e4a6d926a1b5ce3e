//! Outputs without an answer, and outputs that were cut.

use super::*;

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
    let prepared = PreparedSample::new(&sample);
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

#[test]
fn a_sentence_without_an_end_is_read_in_parts() {
    const LINE: Asked = ("The line y = 2x + b goes through (1, 5). What is b?", &["1", "2", "3", "5"]);
    const BASE: Asked = ("Which base is paired with A in RNA?", &["Adenine", "Guanine", "Uracil", "Thymine"]);
    const DOMAIN: Asked = ("What is the domain of ln(x)?", &["[0, ∞)", "(0, ∞)", "(-∞, ∞)", "(1, ∞)"]);
    const UNION: Asked =
        ("Let P = {1, 3, 5} and Q = {3, 5, 7}. What is P ∪ Q?", &["{3, 5}", "{1, 7}", "{1, 3, 5, 7}", "{1, 3, 5}"]);
    for (case, piece, letter) in [
        (LINE, "b = 5 ", Some("D")),
        (BLOOD, "O, ", None),
        (VITAMIN, "Vitamin C ", Some("C")),
        (CITY, "because of A and B ", None),
        // A letter that is a word which says nothing, several choices of which none is chosen, a text beside each label.
        (NOTE, "A ", Some("A")),
        (CITY, "This leaves B or C. ", None),
        (CITY, "Ankara it is said. Option C looks ", Some("C")),
        (FRUIT, "Carrot does not ", None),
        // A bracket behind each text, words of the question behind each.
        (BASE, "Uracil (U) ", Some("C")),
        (DOMAIN, "(0,∞) ", Some("B")),
        (UNION, "P ∪ Q = {1, 3, 5, 7} ", Some("C")),
    ] {
        assert_eq!(read(case, &piece.repeat(10_000)).extracted.as_deref(), letter, "{piece}");
    }
}
