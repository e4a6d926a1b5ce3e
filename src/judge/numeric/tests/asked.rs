//! Outputs whose number the question tells.

use super::*;

#[test]
fn the_question_tells_which_fact_answers_it() {
    let question = "How many wheels has a tricycle?";
    let output = "A tricycle has 3 wheels. A car has 4.";
    assert_eq!(verdict(question, output, Ending::Complete).extracted.as_deref(), Some("3"));
}

#[test]
fn the_number_of_a_name_is_no_answer() {
    for (question, output, number) in [
        ("When did Apollo 11 land?", "Apollo 11 landed on the Moon in 1969.", "1969"),
        ("How tall is K 2 in metres?", "K 2 is 8611 m tall.", "8611"),
        ("How many seats are in Hall 7?", "Hall 7 has 120 seats.", "120"),
    ] {
        let read = verdict(question, output, Ending::Complete).extracted;
        assert_eq!(read.as_deref(), Some(number), "{output}");
    }
}

#[test]
fn what_only_begins_or_doubts_is_no_answer() {
    check(&[
        ("The answer could be 11, or it could be 12.", None),
        ("There were 12 eggs. Ann took 5 of them. So 7 are left.", Some(7.0)),
        ("There are 84 pencils. If 28 pupils share them, each pupil gets 84 / 28 = 3 pencils.", Some(3.0)),
        ("If he had 5 more, he would have 20 + 5 = 25.", None),
        ("It takes her 9 days.", Some(9.0)),
        ("```python\nprint(sum(range(1, 101)))\n```\n\nThis prints `5050`.", Some(5050.0)),
    ]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn a_written_number_is_read_back(number in -1e12f64..1e12) {
        proptest::prop_assert_eq!(read(&format!("The answer is {number}.")), Some(number));
    }

    #[test]
    fn no_text_makes_the_judge_panic(text in "\\PC{0,40}") {
        let _ = read(&text);
    }

    #[test]
    fn no_mix_of_markers_makes_the_judge_panic(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "answer", " is ", "####", "\\boxed", "{", "}", "1", ",", ".", "-", "(", ")", "\\frac", "½", "万", "twenty", "-",
                "\n", "=", "**", "{\"answer\":", "\"", "：", "^", "_", " or ", "٣", "not ", "%",
            ]),
            0..24,
        )
    ) {
        let _ = verdict("", &parts.concat(), Ending::Capped);
    }
}

#[test]
fn remarks_and_rounding_do_not_hide_the_answer() {
    let question =
        "A baker sells 24 rolls in the morning and 18 in the afternoon at $0.5 each. How many rolls does he sell?";
    for (question, gold_text, text, correct) in [
        (question, "42", "The baker sells a total of 42 rolls. He earns $21.", true),
        (question, "42", "The total is 42. At 0.5 euros each this makes 21 euros.", true),
        ("", "2.5", "Answer 1: 2.5", true),
        ("", "42", "Answer 42", true),
        ("", "2/3", "2/3 ≈ 0.667", true),
        ("", "0.667", "2/3 ≈ 0.667", true),
        ("", "2/3", "0.667", false),
        ("", "1", "2/3 ≈ 0.667", false),
    ] {
        let (expected, sample) = (gold(gold_text).unwrap(), sample(question));
        let output = Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] };
        let verdict = Numeric::new(&NumericSpec::default()).judge(&expected, &sample, &output);
        assert_eq!(verdict.class == Class::Correct, correct, "{text}: {:?}", verdict.extracted);
    }
}

/// What an output of each question says.
fn check_asked(cases: &[(&str, &str, Option<f64>)]) {
    for (question, text, number) in cases {
        let read = verdict(question, text, Ending::Complete).extracted.map(|read| read.parse::<f64>().unwrap());
        let close = match (read, number) {
            (Some(read), Some(number)) => (read - number).abs() <= 1e-9 * number.abs(),
            (read, number) => read.is_none() && number.is_none(),
        };
        assert!(close, "{text:?}: {read:?} instead of {number:?}");
    }
}

#[test]
fn the_unit_that_is_asked_for_counts() {
    const PRICE: &str = "What does the ticket cost, in dollars?";
    const TRIP: &str = "A car goes 48 km at 4 km/h. How long does the trip take, in hours?";
    check_asked(&[
        (PRICE, "15 dollars = 1500 cents", Some(15.0)),
        (PRICE, "1500 cents = $15", Some(15.0)),
        ("How many cents does it cost?", "250 cents = $2.50", Some(250.0)),
        (TRIP, "720 minutes, or 12 hours", Some(12.0)),
        (TRIP, "12 h = 720 min", Some(12.0)),
        (TRIP, "Time = 12 h\nSpeed = 4 km/h", Some(12.0)),
        (TRIP, "Distance: 48 km\nSpeed: 4 km/h\n\nTime: 12 h", Some(12.0)),
        (
            "A hen lays 6 eggs a day. How many in 7 days?",
            "Step 1: 6 eggs\nStep 2: 7 days\nStep 3: 6 × 7 = 42",
            Some(42.0),
        ),
    ]);
}

#[test]
fn a_share_is_read_where_one_is_asked_for() {
    const SHARE: &str = "What fraction of the lamps is broken?";
    const COUNT: &str = "How many of the lamps are broken?";
    check_asked(&[
        (SHARE, "3 out of 4", Some(0.75)),
        (SHARE, "3 in 4", Some(0.75)),
        (COUNT, "3 out of 4", Some(3.0)),
        (COUNT, "3 of the 4 lamps are broken.", Some(3.0)),
    ]);
    let expected = gold("3/4").unwrap();
    let output = Output { text: "3 out of 4", ending: Ending::Complete, alternatives: &[], calls: &[] };
    let judged = Numeric::new(&NumericSpec::default()).judge(&expected, &sample("Which part is broken?"), &output);
    assert_eq!(judged.class, Class::Correct);
}

#[test]
fn factorials_and_capital_scales() {
    const WAYS: &str = "In how many ways can 5 people stand in a row?";
    check_asked(&[
        (WAYS, "5!", Some(120.0)),
        (WAYS, "There are 5! = 120 ways.", Some(120.0)),
        (WAYS, "$5!$", Some(120.0)),
        ("How old is Mia?", "She is 7!", Some(7.0)),
        ("How many people live there?", "1.2M", Some(1_200_000.0)),
        ("What is the concentration?", "0.5M", Some(0.5)),
        ("What is the temperature?", "300K", Some(300.0)),
        ("What does it cost?", "200 cents", Some(200.0)),
    ]);
}
