//! The judge against tables of answers.

mod forms;
mod own;
mod published;

use forms::FORMS;
use own::OWN;
use published::PUBLISHED;

use super::{gold, judge};
use crate::judge::verdict::{Class, Ending, Output, Verdict};
use crate::sample::Sample;

fn sample() -> Sample {
    Sample::new(0, "What is it?".into())
}

fn judged(gold_text: &str, text: &str, ending: Ending) -> Verdict {
    judge(
        &gold(gold_text).expect("a gold that can be read"),
        &sample(),
        &Output { text, ending, alternatives: &[], calls: &[] },
    )
}

/// The rows that are judged otherwise: those falsely equal, and all others.
fn misjudged(table: &[(&str, &str, bool)]) -> (Vec<String>, Vec<String>) {
    let (mut falsely, mut missed) = (Vec::new(), Vec::new());
    for (gold, output, equal) in table {
        let verdict = judged(gold, output, Ending::Complete);
        if *equal != (verdict.class == Class::Correct) {
            let row = format!("{gold} | {output} | {} {} {:?}", verdict.class, verdict.rule, verdict.extracted);
            if *equal { missed.push(row) } else { falsely.push(row) }
        }
    }
    (falsely, missed)
}

#[test]
fn published_answers_are_judged_as_graders_do() {
    let (falsely, missed) = misjudged(PUBLISHED);
    assert!(falsely.is_empty(), "falsely equal:\n{}", falsely.join("\n"));
    assert!(missed.len() * 50 <= PUBLISHED.len(), "{}", missed.join("\n"));
}

#[test]
fn answers_of_many_shapes_are_judged_right() {
    for table in [OWN, FORMS] {
        let (falsely, missed) = misjudged(table);
        assert!(falsely.is_empty(), "falsely equal:\n{}", falsely.join("\n"));
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }
}

#[test]
fn what_cannot_be_read_is_not_judged() {
    for (gold, output) in [
        (r"\frac{1}{2}", r"\boxed{\foo{1}{2}}"),
        (r"\foo{1}", r"\boxed{1}"),
        ("x = 3", r"\boxed{y = 3}"),
        ("204_5", r"\boxed{204}"),
        ("9", r"\boxed{x^2 = 9}"),
        (r"\text{Evelyn}", r"\boxed{\text{not Evelyn}}"),
        ("9^9^9^9", r"\boxed{9^9^9^8}"),
        ("ab", r"\boxed{ba}"),
        (
            "1",
            r"\boxed{(((((((((((((((((((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))))))))))))))))))}",
        ),
    ] {
        let verdict = judged(gold, output, Ending::Complete);
        assert_eq!(verdict.class, Class::Unjudged, "{gold} | {output} {:?}", verdict.extracted);
        assert_eq!(verdict.score.to_bits(), 0, "{gold} | {output}");
        assert!(verdict.span.is_some(), "{gold} | {output}");
    }
    assert_eq!(judged(r"\foo{1}", r"\boxed{\foo{1}}", Ending::Complete).class, Class::Correct);
    assert!(gold(r"\foo{1}").unwrap().unreadable().is_some());
    assert!(gold(r"\frac{1}{2}").unwrap().unreadable().is_none());
    assert!(gold(" ").is_err());
}

#[test]
fn an_output_without_an_answer_has_none() {
    let class = |text, ending| judged("42", text, ending).class;
    assert_eq!(class("", Ending::Complete), Class::NoAnswer);
    assert_eq!(class("I cannot solve this.", Ending::Complete), Class::NoAnswer);
    assert_eq!(class("It is either 10 or 42.", Ending::Complete), Class::NoAnswer);
    assert_eq!(class("First we add 40 and 2, which is 42", Ending::Capped), Class::Truncated);
    assert_eq!(class("<think>6 * 7 = 42", Ending::Capped), Class::Truncated);
    assert_eq!(class("The answer is 42. To check, take 6 times", Ending::Capped), Class::Correct);
    assert_eq!(class("42", Ending::Refused), Class::Refusal);
}

#[test]
fn a_verdict_names_its_place() {
    let text = "<think>é 7</think>First \\boxed{41}. No: the answer is $x = \\frac{84}{2}$. Ü";
    let verdict = judged("42", text, Ending::Complete);
    assert_eq!((verdict.class, verdict.rule), (Class::Wrong, "boxed"));
    assert_eq!(&text[verdict.span.unwrap()], "41");
    assert_eq!(verdict.evidence.len(), 2);
    assert_eq!(&text[verdict.evidence[1].span.clone()], r"x = \frac{84}{2}");
    let verdict = judged("42", "Ü: the answer is $\\frac{84}{2}$.", Ending::Complete);
    assert_eq!((verdict.class, verdict.rule), (Class::Correct, "answer_is"));
    assert_eq!(verdict.extracted.as_deref(), Some(r"\frac{84}{2}"));
}

#[test]
fn hostile_outputs_are_judged_in_time() {
    let units = [
        "A ",
        "((((",
        "answer is ",
        "\\boxed{",
        "\\boxed{1}",
        "$",
        "\\(",
        "9^",
        "#### ",
        "therefore ",
        "x = 1. ",
        " is ",
        "{",
        "}",
        "1,",
        "1,000",
        "\\frac",
        "-",
        "|",
        "因此",
        "\\begin{pmatrix}",
        "9!",
        "\n",
        "final answer ",
        "İ",
        "\\",
        "1 ",
        "$1$ ",
        "{\"answer\":",
        "...",
        "\\sqrt",
        "\\text{",
        "a_",
        "\\left(",
        "\u{0}",
    ];
    let start = std::time::Instant::now();
    for unit in units {
        let text = unit.repeat(200_000 / unit.len());
        let short: String = text.chars().take(1300).collect();
        for text in [text.clone(), format!("The answer is {short}"), format!("\\boxed{{{short}}}")] {
            let _ = judged(r"\frac{1}{2}", &text, Ending::Complete);
        }
        let _ = gold(&short);
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

/// Pieces of formulas and prose.
const PIECES: &str = r"(\\frac|\\sqrt|\{|\}|\(|\)|\[|\]|\||\^|_|\\pm|\\cup|\\begin\{pmatrix\}|\\end\{pmatrix\}|&|\\\\|[0-9]{1,4}|[a-z]|\\sin|\\log|\+|-|=|<|\\le|,|:|!|%|\\text\{| |\$|\\boxed\{|\n|answer is |é|²|½|\\infty|\\sum|…|#### |\\in|\\ln|/|\*|'|\.)";

proptest::proptest! {
    #[test]
    fn nothing_makes_the_judge_panic(
        gold_text in proptest::collection::vec(PIECES, 1..12),
        output in proptest::collection::vec(PIECES, 0..40),
        noise in "\\PC{0,3}",
    ) {
        let output = output.join(&noise) + &noise;
        if let Ok(expected) = gold(&gold_text.concat()) {
            let verdict = judge(&expected, &sample(), &Output { text: &output, ending: Ending::Complete, alternatives: &[], calls: &[] });
            for span in verdict.span.iter().chain(verdict.evidence.iter().map(|piece| &piece.span)) {
                proptest::prop_assert!(output.get(span.clone()).is_some());
            }
        }
    }

    #[test]
    fn what_is_written_is_equal_to_itself_only(a in -5000i64..5000, b in 1i64..60, c in -5000i64..5000, d in 1i64..60) {
        let (one, other) = (format!("\\frac{{{a}}}{{{b}}}"), format!("{c}/{d}"));
        let class = judged(&one, &other, Ending::Complete).class;
        proptest::prop_assert_eq!(class == Class::Correct, a * d == c * b, "{} {}", one, other);
        let roots = judged(&format!("{a}\\sqrt{{{b}}}"), &format!("{c}\\sqrt{{{d}}}"), Ending::Complete).class;
        proptest::prop_assert_eq!(roots == Class::Correct, a.signum() == c.signum() && a * a * b == c * c * d, "{} {}", one, other);
    }

    #[test]
    fn polynomials_are_told_apart(a in -9i64..9, b in -9i64..9, c in -9i64..9) {
        let product = format!("(x+{a})(x+{b})").replace("+-", "-");
        let sum = format!("x^2+{}x+{}", a + b, a * b + c).replace("+-", "-");
        let class = judged(&product, &sum, Ending::Complete).class;
        proptest::prop_assert_eq!(class == Class::Correct, c == 0, "{} {}", product, sum);
    }
}
