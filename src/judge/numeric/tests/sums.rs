//! Sums, quantities in two units, unknowns and what is left.

use super::*;

fn says(cases: &[(&str, &str, Option<&str>)]) {
    for (question, text, number) in cases {
        assert_eq!(verdict(question, text, Ending::Complete).extracted.as_deref(), *number, "{text}");
    }
}

#[test]
fn what_is_said_to_be_a_sum_is_the_result_of_its_sentence() {
    let shop = "A shop sells 120 pears on Monday and half as many on Tuesday. How many in total?";
    let walk = "How far does she walk?";
    let lamps = "A shop had 65 lamps. 20 were sold and 5 broke. How many are left?";
    says(&[
        (shop, "On Monday it sells 120, on Tuesday 60, together 180.", Some("180")),
        (shop, "On Monday it sells 120, on Tuesday 60, 180 in all.", Some("180")),
        (shop, "120 on Monday and 60 on Tuesday make 180.", Some("180")),
        (walk, "14 km le samedi et 9 km le dimanche, en tout 23 km.", Some("23")),
        (walk, "The two distances, 14 km and 9 km, sum to 23 km.", Some("23")),
        (walk, "Together, the 14 km and 9 km add up to 23 km.", Some("23")),
        (walk, "She makes 7 * 2 = 14 and 3 * 3 = 9 for a total of 23 km.", Some("23")),
        (lamps, "65 in total, 25 gone, 40 left.", Some("40")),
        (lamps, "40 are left out of 65 in total.", Some("40")),
        (lamps, "20 sold and 5 broken make 25 in all, leaving 40.", None),
        (lamps, "There are 65 lamps, and after 25 are gone there are 40 left.", Some("40")),
    ]);
}

#[test]
fn a_quantity_in_two_units_counts_in_the_one_that_is_asked_for() {
    says(&[
        ("How long, in minutes?", "2 hours and 15 minutes", Some("135")),
        ("How many hours does it last?", "2 h 15 min", Some("2.25")),
        ("How many hours and minutes?", "2 hours and 15 minutes", None),
        ("3 hours and how many minutes is 200 minutes?", "3 hours and 20 minutes", None),
        ("How much does it cost?", "$10 and 25 cents", Some("10.25")),
        ("How much does it cost?", "five dollars and five cents", Some("5.05")),
        ("How tall is he, in inches?", "5 feet 3 inches", Some("63")),
        ("How long in minutes?", "It takes half an hour, i.e. 30 minutes.", Some("30")),
        ("It costs $3. How much do 14 cost?", "4200 cents, i.e. $42", Some("42")),
    ]);
}

#[test]
fn the_question_names_the_unknown_or_the_percentage() {
    says(&[
        ("Solve 3x + 2y = 16 and x - y = 2. What is x?", "y = 2, x = 4", Some("4")),
        ("Solve 3x + 2y = 16 and x - y = 2. What is x + y?", "x = 4, y = 2", None),
        ("What is a_4?", "a_2 = 7, a_3 = 15, a_4 = 31", Some("31")),
        ("What percentage came by bus?", "28 of 80 pupils, which is 35%", Some("35")),
        ("What percentage voted?", "36 per cent of the 250 people voted.", Some("36")),
    ]);
}

#[test]
fn bare_numbers_in_lines_of_their_own_are_one_only_if_they_are_the_same() {
    let read = |text, ending| verdict("", text, ending).extracted;
    assert_eq!(read("38\n36", Ending::Complete), None);
    assert_eq!(read("38\n38", Ending::Complete).as_deref(), Some("38"));
    assert_eq!(read("38 38 38 38", Ending::Capped).as_deref(), Some("38"));
    assert_eq!(read("23 km\n23 km\n23 km\n23", Ending::Capped).as_deref(), Some("23"));
    assert_eq!(read("14 9 14 9 14 9 14", Ending::Capped), None);
    assert_eq!(read("**42**\n\n(24 × 0.75 = 18; 6 × 4 = 24)", Ending::Complete).as_deref(), Some("42"));
}

#[test]
fn a_calculation_in_words_ends_with_what_its_numbers_make() {
    let eggs = "A carton holds 12 eggs. 5 are used. How many are left?";
    let rolls = "A baker makes 60 rolls, sells 45 and gives 5 away. How many are left?";
    let class = "A class has 14 girls and 11 boys. How many children are in the class?";
    let cards = "Tim had 15 cards, lost 4 and then got 7 new ones. How many has he?";
    let change = "Eva pays $10 for pens that cost $6. What is her change?";
    says(&[
        (eggs, "12 eggs. Minus 5. 7 are left.", Some("7")),
        (eggs, "There are 12 eggs. Take away 5. That leaves 7.", Some("7")),
        (eggs, "12 eggs. Minus 5. 8 are left.", None),
        (rolls, "60 rolls. 45 sold. 5 given away. 10 left.", Some("10")),
        (rolls, "60 rolls. 45 sold. 15 left before he gives 5 away.", None),
        (class, "14 girls. Plus 11. 25 in all.", Some("25")),
        (cards, "15 cards. Minus 4. 11 are left.", None),
        (change, "10 dollars minus 6 dollars.", None),
        (change, "10 dollars minus 6 dollars = 4 dollars.", Some("4")),
        ("How warm is it?", "At 8 am it is minus 5 degrees.", Some("-5")),
    ]);
}

#[test]
fn a_chain_of_differences_takes_time_in_proportion() {
    assert_eq!(verdict("How many?", &"in 1 - 2 - 3 - ".repeat(50_000), Ending::Complete).extracted, None);
}
