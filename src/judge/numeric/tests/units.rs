//! Quantities in other units than the one that is asked for, brackets of accounting, ranges and arrows.

use super::*;

/// Whether a text is judged right by a gold that another unit or sign of it says.
fn fits(question: &str, text: &str, answer: &str) -> bool {
    let expected = gold(answer).unwrap();
    let output = Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] };
    Numeric::new(&NumericSpec::default()).judge(&expected, &sample(question), &output).class == Class::Correct
}

#[test]
fn a_quantity_counts_in_the_unit_that_is_asked_for() {
    const FIELD: &str = "A field is 40 m long and 36 m wide. What is its area in hectares?";
    const ENERGY: &str = "A heater of 2 kW runs for 100 s. How much energy is that in kJ?";
    for (question, text, answer) in [
        (FIELD, "1440 m² = 0.144 ha", "0.144"),
        (FIELD, "1440 m²", "0.144"),
        (FIELD, "The field has 1,440 square metres.", "0.144"),
        (ENERGY, "200,000 J", "200"),
        ("What is 3.5 hours in minutes?", "3.5 h", "210"),
        ("How fast is it in km/h?", "20 m/s", "72"),
        ("What is the price in cents?", "$2.50", "250"),
    ] {
        assert!(fits(question, text, answer), "{text}");
    }
    assert!(!fits(ENERGY, "200,000 kJ", "200"));
    assert!(!fits("How long is the rope in metres?", "5 m", "500"));
    assert!(!fits("How much energy in MJ?", "3 mJ", "3000"));
}

#[test]
fn brackets_around_an_amount_are_a_minus_where_that_is_right() {
    for text in ["(1,250)", "Net income: (1,250)", "Profit: $(1,250)", "($1,250)"] {
        assert!(fits("What is the profit?", text, "-1250"), "{text}");
    }
    assert!(!fits("What is x?", "(12)", "-12"));
    assert!(fits("What is 5 + 7?", "(12)", "12"));
}

#[test]
fn ranges_times_and_arrows_are_no_rivals() {
    let read = |text| verdict("", text, Ending::Complete).extracted;
    for (text, number) in [
        ("In the years 2010-2016 it grew by 6 cm.", "6"),
        ("Between 1990 and 2000 sales rose by 12 percent.", "12"),
        ("Chapters 3-7 were read by 9 pupils.", "9"),
        ("She slept from 22:30 to 6:30, which is 8 hours.", "8"),
        ("- red: 10\n- blue: 18\n\n=> 28 in total", "28"),
        ("5 * 6 -> 30", "30"),
        ("In total 500 people came. The hall had been open for 3 days.", "500"),
        ("100\n\n100\n\n100\n\n10", "100"),
        ("€ 45.000", "45000"),
        ("{\n  \"input\": [20, 24],\n  \"answer\": 44\n}", "44"),
    ] {
        assert_eq!(read(text).as_deref(), Some(number), "{text}");
    }
    assert_eq!(read("100\n10"), None);
}
