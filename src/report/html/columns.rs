//! The columns that a page holds of every row, and the words that their numbers stand for.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{BooleanChunked, Float64Chunked, Int64Chunked, UInt32Chunked};

use super::pack::{Pack, PackedColumn};
use super::questions::Question;
use super::rated::Rated;
use crate::error::Error;
use crate::id::Id;
use crate::judge::CLASSES;
use crate::response::STATUSES;
use crate::tables::figures::Figures;

/// What is true of a row, as bits of its flags.
const FAULT: u8 = 1;
const COLD: u8 = 2;
const WARM: u8 = 4;
const THROTTLED: u8 = 8;

/// Stands for no word.
const NONE: u8 = u8::MAX;

/// The columns as text, with what their numbers stand for.
#[derive(Debug)]
pub(super) struct Columns {
    /// Where each column is.
    pub(super) entries: Vec<PackedColumn>,
    /// Words by the column that refers to them.
    pub(super) words: Words,
    /// The bytes.
    pub(super) text: String,
}

/// Words by the column that refers to them.
pub(super) type Words = BTreeMap<&'static str, Vec<String>>;

/// Words that are numbered in the order of the rows, which is the same in every run.
#[derive(Default)]
struct Numbering {
    numbers: BTreeMap<Arc<str>, u32>,
    words: Vec<String>,
}

impl Numbering {
    /// The number of a word, from 1; 0 for none.
    fn number(&mut self, word: Option<Arc<str>>) -> u32 {
        let Some(word) = word else { return 0 };
        if let Some(number) = self.numbers.get(&word) {
            return *number;
        }
        self.words.push(word.to_string());
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.numbers.insert(word, number);
        number
    }
}

/// Packs the columns of all rows, group after group.
///
/// # Errors
/// They cannot be compressed.
pub(super) fn columns(groups: &[Rated<'_>], (questions, order): (&[Question<'_>], &[usize])) -> Result<Columns, Error> {
    let mut pack = Pack::default();
    let mut of = vec![0; groups.iter().map(|group| group.figures().len()).sum()];
    for (number, question) in questions.iter().enumerate() {
        question.rows.iter().for_each(|row| of[row.number] = u32::try_from(number).unwrap_or(u32::MAX));
    }
    pack.u32("question", &of);
    let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    pack.u32("order", &order.iter().map(|number| whole(*number)).collect::<Vec<_>>());
    pack.u32("dataset_of", &questions.iter().map(|question| whole(question.dataset.place())).collect::<Vec<_>>());
    let samples = questions.iter().map(|question| u32::try_from(question.sample).unwrap_or(u32::MAX));
    pack.u32("sample_of", &samples.collect::<Vec<_>>());
    let group =
        groups.iter().enumerate().flat_map(|(place, group)| std::iter::repeat_n(place as u32, group.figures().len()));
    pack.u32("group", &group.collect::<Vec<_>>());
    pack.u32("repeat", &counts(groups, |figures| &figures.repeat));
    pack.u8("verdict", &codes(groups, |figures| &figures.verdict, &CLASSES.map(|class| class.word())));
    pack.u8("status", &codes(groups, |figures| &figures.status, &STATUSES.map(|status| status.word())));
    pack.u8("flags", &groups.iter().flat_map(|group| flags(group.figures())).collect::<Vec<_>>());
    let words = words(groups, &mut pack);
    numbers(groups, &mut pack);
    let (entries, text) = pack.finish()?;
    Ok(Columns { entries, words, text })
}

/// A column by its name.
type Named<C> = (&'static str, fn(&Figures) -> &C);

/// The columns of words.
fn words(groups: &[Rated<'_>], pack: &mut Pack) -> Words {
    let columns: [Named<UInt32Chunked>; 3] = [
        ("subject", |figures| &figures.subject),
        ("rule", |figures| &figures.rule),
        ("evidence", |figures| &figures.evidence),
    ];
    let mut known = BTreeMap::new();
    for (name, column) in columns {
        let mut numbering = Numbering::default();
        let figures = groups.iter().map(Rated::figures);
        let numbers = figures.flat_map(|figures| column(figures).iter().map(|word| figures.word(word)));
        let numbers: Vec<u32> = numbers.map(|word| numbering.number(word)).collect();
        pack.u32(name, &numbers);
        known.insert(name, numbering.words);
    }
    let mut extracted = Numbering::default();
    let texts = groups.iter().flat_map(|group| group.figures().extracted.iter());
    let numbers: Vec<u32> = texts.map(|text| extracted.number(text.map(short))).collect();
    pack.u32("extracted", &numbers);
    known.insert("extracted", extracted.words);
    known
}

/// An extracted answer as lists show it.
fn short(text: &str) -> Arc<str> {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// The columns of numbers.
fn numbers(groups: &[Rated<'_>], pack: &mut Pack) {
    let columns: [Named<Float64Chunked>; 9] = [
        ("score", |figures| &figures.score),
        ("ttft", |figures| &figures.ttft),
        ("tpot", |figures| &figures.tpot),
        ("own_latency", |figures| &figures.latency),
        ("load", |figures| &figures.server_load),
        ("prefill", |figures| &figures.server_prompt_eval),
        ("decode", |figures| &figures.server_eval),
        ("total", |figures| &figures.server_total),
        ("cost", |figures| &figures.cost),
    ];
    for (name, column) in columns {
        let values = groups.iter().flat_map(|group| column(group.figures()).iter());
        pack.f64(name, &values.collect::<Vec<_>>());
    }
    let latency = groups.iter().flat_map(|group| group.figures().user_latency(group.group.batch.level).iter());
    pack.f64("latency", &latency.collect::<Vec<_>>());
    let shares = groups.iter().flat_map(|group| &group.counted.shares);
    pack.f64("counted", &shares.map(|share| Some(*share)).collect::<Vec<_>>());
    pack.u32("prompt_tokens", &counts(groups, |figures| &figures.prompt_tokens));
    pack.u32("cached_tokens", &counts(groups, |figures| &figures.cached_prompt_tokens));
    pack.u32("written_tokens", &counts(groups, |figures| &figures.cache_write_tokens));
    pack.u32("output_tokens", &counts(groups, |figures| &figures.output_tokens));
    pack.u32("counted_tokens", &counts(groups, |figures| &figures.counted_tokens));
}

/// Counts, with one added to those that are known.
fn counts(groups: &[Rated<'_>], column: fn(&Figures) -> &Int64Chunked) -> Vec<u32> {
    let known = |count: i64| u32::try_from(count).unwrap_or(u32::MAX - 1).saturating_add(1);
    let values = groups.iter().flat_map(|group| column(group.figures()).iter());
    values.map(|count| count.map_or(0, known)).collect()
}

fn codes(groups: &[Rated<'_>], column: fn(&Figures) -> &UInt32Chunked, words: &[&str]) -> Vec<u8> {
    let of_group = |group: &Rated<'_>| -> Vec<u8> {
        let figures = group.figures();
        let numbers: Vec<Option<u32>> = words.iter().map(|word| figures.number_of(word)).collect();
        let code = |word: Option<u32>| {
            let place = numbers.iter().position(|number| number.is_some() && *number == word);
            place.and_then(|place| u8::try_from(place).ok()).unwrap_or(NONE)
        };
        column(figures).iter().map(code).collect()
    };
    groups.iter().flat_map(of_group).collect()
}

fn flags(figures: &Figures) -> Vec<u8> {
    let bit = |column: &BooleanChunked, row: usize, bit: u8| if column.get(row) == Some(true) { bit } else { 0 };
    let of_row = |row| {
        bit(&figures.fault, row, FAULT)
            | bit(&figures.cold, row, COLD)
            | bit(&figures.warm, row, WARM)
            | bit(&figures.throttled, row, THROTTLED)
    };
    (0..figures.len()).map(of_row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::html::questions::questions;
    use crate::response::Status;
    use crate::tables::fixture::Fixture;

    #[test]
    fn words_are_numbered_by_the_rows_and_flags_by_bits() {
        let mut fixture = Fixture::new(3);
        fixture.samples[1].subject = None;
        fixture.samples[2].subject = Some("a".into());
        fixture.responses[0].status = Status::Stalled;
        fixture.responses[1].cold = true;
        let results = fixture.results();
        let groups = Rated::all(&results);
        let columns = columns(&groups, (&questions(&fixture.plan, &results), &[])).unwrap();
        assert_eq!(columns.words["subject"], ["s", "a"]);
        assert_eq!(flags(&results.groups[0].figures), [FAULT, COLD, WARM]);
        assert_eq!(counts(&groups, |figures| &figures.prompt_tokens), [101, 101, 101]);
    }
}
