//! Tests of the figures: their columns, parts and runs.

use crate::tables::columns::COLUMNS;
use crate::tables::fixture::{Fixture, ms};

#[test]
fn a_figure_without_a_reading_of_its_own_is_a_column_of_the_results() {
    let figures = Fixture::new(1).figures();
    let own = [
        "place",
        "question",
        "turn",
        "aim",
        "chosen_place",
        "right_place",
        "choices_count",
        "is_fault",
        "is_recited",
        "is_too_long",
        "without_text",
        "telling_end",
        "is_warm",
        "is_cut",
        "is_capped_in_reasoning",
        "is_untimed",
        "is_by_batch",
        "first_token_s",
        "flight_start_s",
        "flight_end_s",
        "gaps_ns",
        "counted_tokens",
        "cost_uncached_input",
        "cost_cached_input",
        "cost_cache_write",
        "cost_output",
    ];
    for name in figures.frame().get_column_names() {
        let is_column = COLUMNS.iter().any(|column| column.name == name.as_str());
        assert_ne!(is_column, own.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn parts_keep_their_words_and_their_order() {
    let mut fixture = Fixture::new(4);
    fixture.samples[0].subject = Some("z".into());
    fixture.samples[2].subject = Some("z".into());
    fixture.responses[3].gaps = vec![ms(3), ms(4)];
    let figures = fixture.figures();
    let rows = figures.rows_by(&["subject"]).unwrap();
    assert_eq!(rows, [[0, 2], [1, 3]]);
    let parts: Vec<_> = rows.into_iter().map(|rows| figures.take(rows).unwrap()).collect();
    let subjects: Vec<_> = parts.iter().map(|part| part.word(part.subject.get(0)).unwrap().to_string()).collect();
    assert_eq!(subjects, ["z", "s"]);
    assert_eq!(parts[1].place.iter().collect::<Vec<_>>(), [Some(1), Some(3)]);
    assert_eq!(parts[1].gaps.get_as_series(1).unwrap().u64().unwrap().get(1), Some(4_000_000));
}

#[test]
fn runs_come_by_name_whatever_came_first() {
    let mut fixture = Fixture::new(3);
    fixture.responses[0].run = "run-9".into();
    let runs = fixture.figures().by_run(Some);
    assert_eq!(runs.iter().map(|(run, rows)| (&**run, rows.len())).collect::<Vec<_>>(), [("run-1", 2), ("run-9", 1)]);
}
