//! Outputs with the number that a careful reader takes from them.

#![expect(clippy::too_many_lines, reason = "tables of examples")]

mod asked;
mod sums;
mod units;

use super::*;
use crate::sample::Answer;

fn sample(question: &str) -> Sample {
    Sample { answer: Some(Answer::Text("0".into())), ..Sample::new(0, question.into()) }
}

fn verdict(question: &str, text: &str, ending: Ending) -> Verdict {
    let expected = gold("0").unwrap();
    Numeric::new(&NumericSpec::default()).judge(
        &expected,
        &sample(question),
        &Output { text, ending, alternatives: &[], calls: &[] },
    )
}

fn read(text: &str) -> Option<f64> {
    verdict("", text, Ending::Complete).extracted.map(|number| number.parse().unwrap())
}

fn check(cases: &[(&str, Option<f64>)]) {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs();
    let failed: Vec<String> = cases
        .iter()
        .map(|(text, number)| (text, number, read(text)))
        .filter(|(_, number, read)| match (number, read) {
            (Some(number), Some(read)) => !close(*read, *number),
            (None, None) => false,
            _ => true,
        })
        .map(|(text, number, read)| format!("{text:?}: {read:?} instead of {number:?}"))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn numbers_are_read_as_people_write_them() {
    check(&[
        ("17", Some(17.0)),
        ("1,250", Some(1250.0)),
        ("12,345,678", Some(12_345_678.0)),
        ("2'500'000", Some(2_500_000.0)),
        ("4_096", Some(4096.0)),
        ("85 000", Some(85_000.0)),
        ("85\u{202f}000", Some(85_000.0)),
        ("3{,}600", Some(3600.0)),
        ("86\\,400", Some(86_400.0)),
        ("12,34,567", Some(1_234_567.0)),
        ("1.234.567", Some(1_234_567.0)),
        ("1.234,5", Some(1234.5)),
        ("2,75", Some(2.75)),
        ("0,125", Some(0.125)),
        ("-8", Some(-8.0)),
        ("\u{2212}8", Some(-8.0)),
        ("–8", Some(-8.0)),
        ("-$15", Some(-15.0)),
        ("$-15", Some(-15.0)),
        ("minus four", Some(-4.0)),
        ("negative 6", Some(-6.0)),
        ("5/8", Some(0.625)),
        ("\\frac{5}{8}", Some(0.625)),
        ("-\\dfrac{1}{4}", Some(-0.25)),
        ("3 1/2", Some(3.5)),
        ("3½", Some(3.5)),
        ("1\\frac34", Some(1.75)),
        ("10^6", Some(1e6)),
        ("10^{-2}", Some(0.01)),
        ("6.02 \\times 10^{23}", Some(6.02e23)),
        ("2.5e3", Some(2500.0)),
        ("4 × 10⁵", Some(4e5)),
        ("2^{8}", Some(256.0)),
        ("7.5 million", Some(7.5e6)),
        ("$2.5M", Some(2.5e6)),
        ("12k", Some(12_000.0)),
        ("3,5 Mio. Euro", Some(3.5e6)),
        ("3万", Some(30_000.0)),
        ("1億2000万", Some(1.2e8)),
        ("5 crore", Some(5e7)),
        ("2 lakh", Some(2e5)),
        ("3 dozen", Some(36.0)),
        ("75 %", Some(75.0)),
        ("seven", Some(7.0)),
        ("twenty-five", Some(25.0)),
        ("three hundred", Some(300.0)),
        ("one hundred and forty-two", Some(142.0)),
        ("two and a half", Some(2.5)),
        ("three quarters", Some(0.75)),
        ("half a dozen", Some(6.0)),
        ("fünfundzwanzig", Some(25.0)),
        ("quatre-vingt-dix-sept", Some(97.0)),
        ("treinta y cinco", Some(35.0)),
        ("ventiquattro", Some(24.0)),
        ("сорок два", Some(42.0)),
        ("二十五", Some(25.0)),
        ("三百", Some(300.0)),
        ("١٢", Some(12.0)),
        ("२५", Some(25.0)),
        ("¾", Some(0.75)),
        ("45km", Some(45.0)),
        ("$16\\text{ cm}^2$", Some(16.0)),
        ("90^\\circ", Some(90.0)),
    ]);
}

#[test]
fn parts_of_something_else_are_no_answers() {
    check(&[
        ("H2O", None),
        ("x^2", None),
        ("a_{12}", None),
        ("2\\sqrt{3}", None),
        ("\\boxed{4\\pi}", None),
        ("3x", None),
        ("12/05/2021", None),
        ("10:45", None),
        ("version 1.2.3", None),
        ("3x + 4", None),
        ("(3, 4)", None),
        ("5, 6", None),
        ("5 + 6", None),
        ("5 + y", None),
        ("y ≥ 5", None),
    ]);
}

#[test]
fn markers_come_before_prose() {
    check(&[
        ("The answer is 31. I used 4 steps.", Some(31.0)),
        ("The answer to the question is therefore 31, since 40 - 9 = 31.", Some(31.0)),
        ("2 + 3 = 5\n#### 5\nThat took 2 lines.", Some(5.0)),
        ("#### 1. Setup\nTake 4 and 5.\n#### 20", Some(20.0)),
        ("So \\boxed{12}. (There are 3 ways to see this.)", Some(12.0)),
        ("First \\boxed{12}, no: \\boxed{14}", Some(14.0)),
        ("\\boxed{x = 9}", Some(9.0)),
        ("{\"steps\": 3, \"answer\": 28, \"confidence\": 0.9}", Some(28.0)),
        ("{\"answer\": \"28 eggs\", \"unit\": \"1 egg\"}", Some(28.0)),
        ("{'final_answer': -4.5}", Some(-4.5)),
        ("Answer: 6 + 7 = 13", Some(13.0)),
        ("**Final Answer:** $55", Some(55.0)),
        ("Answer:\n\n**14** cm", Some(14.0)),
        ("The answer is not 25 but 26.", Some(26.0)),
        ("The answer is 26, not 25.", Some(26.0)),
        ("The answer is 26 rather than 25.", Some(26.0)),
        ("The wrong answer is 10. It is 12.", Some(12.0)),
        ("The answer is 10. Wait, that is wrong. It is 12.", Some(12.0)),
        ("The answer is 25 or 26.", None),
        ("The answer is between 3 and 5.", None),
        ("Either 8 or 9", None),
        ("3 to 5 days", None),
        ("The answer is x.", None),
    ]);
}

#[test]
fn prose_is_read_for_its_conclusion() {
    check(&[
        ("She buys 4 boxes of 6 eggs. So she has 24 eggs.", Some(24.0)),
        ("She has 24 eggs, because 4 × 6 = 24.", Some(24.0)),
        ("Because she buys 4 boxes, she has 24 eggs.", Some(24.0)),
        ("She has 24 eggs (4 boxes of 6).", Some(24.0)),
        ("Each of the 3 friends gets 8 eggs.", Some(8.0)),
        ("Step 1: 4 × 6 = 24\nStep 2: 24 - 2 = 22", Some(22.0)),
        ("It is 22 °C.\n\nNote: this holds for 2 of the rooms.", Some(22.0)),
        ("There are 22 of them. Check: 20 + 2 = 22, 3 times.", Some(22.0)),
        ("15\n\nExplanation: there are 3 rows of 5 chairs.", Some(15.0)),
        ("Step 1: 4 boxes.\nStep 2: 6 per box.\nStep 3: the total is 24.", Some(24.0)),
        ("6 times 4 is 24.", Some(24.0)),
        ("She has 4 red and 20 blue marbles, for a total of 24.", Some(24.0)),
        ("So she has 24 eggs. She sells them for $12.", None),
        ("Answer: First 4 + 8 = 12. Then 12 + 12 = 24.", Some(24.0)),
        ("She has 24 eggs. (Her sister had 20 and 30 of them.)", Some(24.0)),
        ("Tom has 3 apples and Ann has 5 pears.", None),
    ]);
}

#[test]
fn languages() {
    check(&[
        ("Die Antwort lautet 1.500 Euro.", Some(1500.0)),
        ("Also sind es insgesamt 36 Eier.", Some(36.0)),
        ("La réponse est 3,5 km car 7 / 2 = 3,5.", Some(3.5)),
        ("La respuesta no es 25 sino 26.", Some(26.0)),
        ("A resposta é 48.", Some(48.0)),
        ("La risposta è 16, perché 4 × 4 = 16.", Some(16.0)),
        ("Ответ: 27 рублей", Some(27.0)),
        ("答案是36个，因为6×6=36。", Some(36.0)),
        ("答えは25ではなく26です。", Some(26.0)),
        ("정답은 36개입니다.", Some(36.0)),
        ("الجواب هو 36", Some(36.0)),
        ("उत्तर 36 है।", Some(36.0)),
    ]);
}

#[test]
fn a_cut_output_states_or_says_nothing() {
    let read = |text| verdict("", text, Ending::Capped);
    assert_eq!(read("We take 16 eggs and then 3 more, so 19").class, Class::Truncated);
    assert_eq!(read("The answer is 19. To check this, we").extracted.as_deref(), Some("19"));
    assert_eq!(read("The answer is 1").class, Class::Truncated);
    assert_eq!(read("19\n\nQuestion: What is 3 + 4?\nAnswer: 7").extracted.as_deref(), Some("19"));
}

#[test]
fn right_answers() {
    let value = |text: &str| gold(text).map(|expected| expected.0.value);
    let cases = [
        ("18", Some(18.0)),
        ("1,234", Some(1234.0)),
        ("3/4", Some(0.75)),
        ("\\frac{3}{4}", Some(0.75)),
        ("50%", Some(50.0)),
        ("$12", Some(12.0)),
        ("-7", Some(-7.0)),
        ("1.5 million", Some(1.5e6)),
        ("½", Some(0.5)),
        ("1e21", Some(1e21)),
        ("2^10", Some(1024.0)),
        ("3 apples and 4 pears", None),
        ("x", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn what_is_equal() {
    let equal = |options: NumericSpec, right: &str, read: &str| {
        let expected = gold(right).unwrap();
        let output = Output { text: read, ending: Ending::Complete, alternatives: &[], calls: &[] };
        Numeric::new(&options).judge(&expected, &sample(""), &output).class == Class::Correct
    };
    let plain = NumericSpec::default();
    assert!(equal(plain, "1/12", "0.0833333333333333"));
    assert!(!equal(plain, "1/12", "0.0833"));
    assert!(!equal(plain, "1234567", "1234568"));
    assert!(equal(NumericSpec { tolerance: 0.001, ..plain }, "1/12", "0.0833"));
    assert!(equal(plain, "50%", "50"));
    assert!(equal(plain, "50%", "0.5"));
    assert!(!equal(plain, "50%", "0.5%"));
    assert!(equal(plain, "50", "50%"));
    assert!(!equal(plain, "0.5", "50%"));
    let fraction = NumericSpec { percent: Percent::Fraction, ..plain };
    assert!(equal(fraction, "0.5", "50%"));
    assert!(equal(fraction, "50", "0.5"));
}

#[test]
fn the_span_is_the_number() {
    let text = "Es kostet -€1.250,50 im Jahr.";
    let span = verdict("", text, Ending::Complete).span.unwrap();
    assert_eq!(&text[span], "-€1.250,50");
}

#[test]
fn long_outputs_are_read_in_time() {
    for part in [
        "1,",
        "1 ",
        "((((",
        "answer is ",
        "\\frac{",
        "1,00,",
        "**",
        "a 1 or ",
        "#### ",
        "\\boxed{",
        "不是1",
        "\"answer\":",
    ] {
        let text = part.repeat(300_000 / part.len());
        let start = std::time::Instant::now();
        let _ = verdict("", &text, Ending::Complete);
        // What is read in quadratic time takes many minutes.
        assert!(start.elapsed().as_secs() < 60, "{part}");
    }
}

#[test]
fn what_is_no_single_number_is_no_right_answer() {
    for text in ["1e400", "10^{400}", "1e999", "0x2A", "6!", "3 or more", "at least 9", "4 and 5"] {
        assert!(gold(text).is_none(), "{text}");
    }
    let whole = gold("3000000.00").unwrap();
    let output = Output { text: "3000002", ending: Ending::Complete, alternatives: &[], calls: &[] };
    assert_eq!(Numeric::new(&NumericSpec::default()).judge(&whole, &sample(""), &output).class, Class::Wrong);
}

#[test]
fn a_key_without_a_number_answers_nothing() {
    check(&[
        ("{\"answer\": null, \"tokens\": 31}", None),
        ("{\"answer\": \"not known\", \"pages\": 8}", None),
        ("{\"status\": \"failed\", \"line\": 17}", None),
        ("{\"answer\": {\"value\": 8, \"unit\": \"kg\"}}", Some(8.0)),
    ]);
}

#[test]
fn a_repeated_question_is_no_answer() {
    let question = "Mia owns 14 books and lends 5. Leo has 3. How many do they have?";
    assert_eq!(verdict(question, question, Ending::Complete).class, Class::Echo);
    let answered = format!("Question: {question}\nSo they have 12.");
    assert_eq!(verdict(question, &answered, Ending::Complete).extracted.as_deref(), Some("12"));
}

#[test]
fn announcements_requests_and_refusals_answer_nothing() {
    check(&[
        ("I solve it in 5 simple steps:", None),
        ("Please send the 4 lengths.", None),
        ("I cannot look past 2021.", None),
        ("残りは8個です。3つの方法で計算しました。", Some(8.0)),
        ("A loss of $40.", None),
    ]);
}

#[test]
fn what_a_step_leads_to_is_its_result() {
    check(&[
        ("Of 30 seats 9 are broken, which leaves 30 - 9 = 21.", Some(21.0)),
        ("A day has 24 hours, leaving 24 - 8 = 16.", Some(16.0)),
        ("The bus drives 50 km/h. (150 km in 3 hours.)", Some(50.0)),
    ]);
}

#[test]
fn corrections_unknowns_and_doubts() {
    check(&[
        ("The answer is 31, no, 32.", Some(32.0)),
        ("31... wait, no, 32", Some(32.0)),
        ("It is 31, I mean 32.", Some(32.0)),
        ("p = 4, q = 9", None),
        ("p = 4; q = 9", None),
        ("One way gives 31 and another 32. I cannot tell.", None),
    ]);
}
