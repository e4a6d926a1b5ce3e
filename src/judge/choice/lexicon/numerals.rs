//! Numbers as words, and numerals.

use std::sync::LazyLock;

use ahash::AHashMap;

use super::super::scan::scan;

/// Numbers as words, each in its forms.
const NUMERALS: [&[&str]; 12] = [
    &["one", "eins", "un", "uno", "um", "один"],
    &["two", "zwei", "deux", "dos", "dois", "due", "два"],
    &["three", "drei", "trois", "tres", "três", "tre", "три"],
    &["four", "vier", "quatre", "cuatro", "quatro", "quattro", "четыре"],
    &["five", "fünf", "cinq", "cinco", "cinque", "пять"],
    &["six", "sechs", "seis", "sei", "шесть"],
    &["seven", "sieben", "sept", "siete", "sete", "sette", "семь"],
    &["eight", "acht", "huit", "ocho", "oito", "otto", "восемь"],
    &["nine", "neun", "neuf", "nueve", "nove", "девять"],
    &["ten", "zehn", "dix", "diez", "dez", "dieci", "десять"],
    &["eleven", "elf", "onze", "undici", "одиннадцать"],
    &["twelve", "zwölf", "douze", "doce", "doze", "dodici", "двенадцать"],
];

/// The number that a word is, in its normal form: 1 for `one`.
pub(in super::super) fn numeral(word: &str) -> Option<u8> {
    static NUMBERS: LazyLock<AHashMap<String, u8>> = LazyLock::new(|| {
        let forms = (1..).zip(NUMERALS).flat_map(|(value, forms)| forms.iter().map(move |form| (form, value)));
        forms.map(|(form, value)| (scan(&[(0, form)]).norm, value)).collect()
    });
    NUMBERS.get(word).copied()
}

/// Numbers as words that are common words of another language as well.
const MISTAKABLE: [&str; 10] = ["one", "un", "uno", "um", "due", "sei", "dos", "tre", "sept", "sette"];

/// The words for a number in its normal form: `six`, `sechs` for `6`.
pub(in super::super) fn names(norm: &str) -> &'static [String] {
    static NAMES: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
        let plain = |name: &&&str| !MISTAKABLE.contains(*name);
        let names = |forms: &&[&str]| forms.iter().filter(plain).map(|name| scan(&[(0, name)]).norm).collect();
        NUMERALS.iter().map(names).collect()
    });
    let place = norm.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    place.and_then(|place| NAMES.get(place)).map_or(&[], Vec::as_slice)
}

/// The number that a Roman numeral up to ten stands for, in its normal form.
pub(in super::super) fn roman(word: &str) -> Option<usize> {
    const ROMAN: [&str; 10] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
    ROMAN.iter().position(|numeral| *numeral == word).map(|place| place + 1)
}
