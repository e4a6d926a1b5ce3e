//! Other ways to say a choice: without its article, with the name of its unit, a set in another order.

use std::collections::HashMap;

use super::scan::scan;
use crate::prompt;

/// The most elements of a set or list that are put into every order.
const MOST_ELEMENTS: usize = 4;

/// Units, with what people write for them behind a number.
const UNITS: [(&str, &[&str]); 34] = [
    ("j", &["joules", "joule"]),
    ("n", &["newtons", "newton"]),
    ("w", &["watts", "watt"]),
    ("a", &["amperes", "ampere", "amps", "amp"]),
    ("v", &["volts", "volt"]),
    ("c", &["coulombs", "coulomb"]),
    ("k", &["kelvin", "kelvins"]),
    ("hz", &["hertz"]),
    ("pa", &["pascals", "pascal"]),
    ("ω", &["ohms", "ohm"]),
    ("kj", &["kilojoules", "kilojoule"]),
    ("kw", &["kilowatts", "kilowatt"]),
    ("ev", &["electronvolts", "electron volts"]),
    ("m", &["metres", "meters", "metre", "meter"]),
    ("km", &["kilometres", "kilometers"]),
    ("cm", &["centimetres", "centimeters"]),
    ("mm", &["millimetres", "millimeters"]),
    ("g", &["grams", "gram"]),
    ("kg", &["kilograms", "kilogram"]),
    ("mg", &["milligrams", "milligram"]),
    ("l", &["litres", "liters", "litre", "liter"]),
    ("ml", &["millilitres", "milliliters"]),
    ("mol", &["moles", "mole"]),
    ("s", &["seconds", "second", "sec"]),
    ("min", &["minutes", "minute"]),
    ("h", &["hours", "hour"]),
    ("m/s", &["metres per second", "meters per second"]),
    ("m/s^2", &["metres per second squared", "meters per second squared"]),
    ("km/h", &["kilometres per hour", "kilometers per hour", "kph"]),
    ("mph", &["miles per hour"]),
    ("%", &["percent", "per cent"]),
    ("°c", &["degrees celsius", "degrees c", "degrees", "°", "c"]),
    ("°f", &["degrees fahrenheit", "degrees f", "degrees", "°", "f"]),
    ("°", &["degrees"]),
];

/// What stands for choices that refer to all others or to none of them.
const REFERENCES: [(&[&str], &[&str]); 2] = [
    (
        &["all of the above", "all the above", "all of these", "all of them"],
        &["all of the above", "all the above", "all of these", "all of them", "all of the options", "all the options"],
    ),
    (
        &["none of the above", "none of these", "none of them"],
        &["none of the above", "none of these", "none of them", "none of the options"],
    ),
];

/// Other spellings of each choice, except those that could be another choice.
pub(super) fn spellings(norms: &[&str]) -> Vec<Vec<String>> {
    let found: Vec<Vec<String>> = (0..norms.len()).map(|index| of(norms, index)).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for spelling in norms.iter().copied().chain(found.iter().flatten().map(String::as_str)) {
        *uses.entry(spelling).or_default() += 1;
    }
    let own =
        |all: &Vec<String>| all.iter().filter(|spelling| uses.get(spelling.as_str()) == Some(&1)).cloned().collect();
    found.iter().map(own).collect()
}

fn of(norms: &[&str], index: usize) -> Vec<String> {
    let Some(norm) = norms.get(index) else { return Vec::new() };
    let mut all = shorter(norm, index);
    all.extend(quantities(norm));
    all.extend(orders(norm));
    all.extend(products(norm));
    all.extend(references(norms, norm));
    all.extend(numerals(norm));
    all.retain(|spelling| spelling != norm && !spelling.is_empty());
    all.sort_unstable();
    all.dedup();
    all
}

/// Without its label, its article, the pronoun that opens it.
fn shorter(norm: &str, index: usize) -> Vec<String> {
    const LEADS: [&str; 4] = ["the ", "a ", "an ", "it "];
    let label = prompt::letter(index).to_lowercase();
    let bare = norm.strip_prefix('(').unwrap_or(norm).strip_prefix(&label);
    let bare = bare.and_then(|rest| rest.strip_prefix(['.', ')', ':'])).map(str::trim_start);
    let noun = LEADS.iter().find_map(|lead| norm.strip_prefix(lead));
    [bare, noun].into_iter().flatten().filter(|text| text.len() > 2).map(str::to_owned).collect()
}

/// `15 joules` for `15 J`, `0.25` and `25%` for `1/4`.
fn quantities(norm: &str) -> Vec<String> {
    let digits = norm.find(|c: char| !(c.is_ascii_digit() || "-.".contains(c))).unwrap_or(norm.len());
    let (number, rest) = norm.split_at(digits);
    if !number.ends_with(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    let names = UNITS.iter().find(|(unit, _)| *unit == rest).map_or(&[][..], |(_, names)| names);
    let named = names.iter().map(|name| format!("{number}{name}"));
    named.chain(rest.strip_prefix('/').and_then(|lower| decimal(number, lower)).into_iter().flatten()).collect()
}

/// A fraction as a decimal and as a percentage, where those are short.
fn decimal(upper: &str, lower: &str) -> Option<[String; 2]> {
    let (upper, lower): (u64, u64) = (upper.parse().ok()?, lower.parse().ok()?);
    let thousandths = upper.checked_mul(10_000)?.checked_div(lower)?;
    if thousandths.checked_mul(lower)? != upper * 10_000 || thousandths == 0 || thousandths % 10_000 == 0 {
        return None;
    }
    let plain = |whole: u64, rest: u64, width: usize| {
        let text = format!("{whole}.{rest:0width$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let percent = plain(thousandths / 100, thousandths % 100, 2);
    Some([plain(thousandths / 10_000, thousandths % 10_000, 4), format!("{percent}%")])
}

/// A set in every order; a list of values with `and`.
fn orders(norm: &str) -> Vec<String> {
    let set = norm.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let values = norm.bytes().all(|c| c.is_ascii_digit() || b",.- ".contains(&c));
    let Some(inside) = set.or(Some(norm).filter(|_| values)) else { return Vec::new() };
    let elements: Vec<&str> = inside.split(',').map(str::trim).collect();
    let plain = |element: &&str| !element.is_empty() && !element.contains(['(', '{', '[']);
    if elements.len() < 2 || elements.len() > MOST_ELEMENTS || !elements.iter().all(plain) {
        return Vec::new();
    }
    if set.is_some() {
        return permutations(&elements).iter().map(|order| format!("{{{}}}", order.join(","))).collect();
    }
    let listed = norm.rsplit_once(',').map(|(most, last)| format!("{} and {}", most.trim_end(), last.trim_start()));
    listed.iter().map(|list| scan(&[(0, list)]).norm).collect()
}

/// `(x + 3)(x - 3)` for `(x - 3)(x + 3)`.
fn products(norm: &str) -> Vec<String> {
    let factors: Vec<&str> = norm.split_inclusive(')').map(str::trim).collect();
    let plain = |factor: &&str| factor.starts_with('(') && factor.ends_with(')') && factor.matches('(').count() == 1;
    if !(2..=MOST_ELEMENTS).contains(&factors.len()) || !factors.iter().all(plain) {
        return Vec::new();
    }
    permutations(&factors).iter().map(|order| order.concat()).collect()
}

fn permutations<'a>(elements: &[&'a str]) -> Vec<Vec<&'a str>> {
    let Some((first, rest)) = elements.split_first() else { return vec![Vec::new()] };
    let insert = |order: Vec<&'a str>| {
        (0..=order.len()).map(move |at| {
            let mut order = order.clone();
            order.insert(at, first);
            order
        })
    };
    permutations(rest).into_iter().flat_map(insert).collect()
}

/// `both Mars and Venus` for `both A and B`, `all of them` for `all of the above`.
fn references(norms: &[&str], norm: &str) -> Vec<String> {
    if let Some((_, said)) = REFERENCES.iter().find(|(names, _)| names.contains(&norm)) {
        return said.iter().map(|said| (*said).to_owned()).collect();
    }
    const BOTH: [&str; 5] = ["both", "both of the above", "both of these", "both of them", "both options"];
    let pair = if BOTH.contains(&norm) {
        Some(("a", "b"))
    } else {
        norm.strip_prefix("both ").or(Some(norm)).and_then(|rest| rest.split_once(" and "))
    };
    let Some(pair) = pair else { return Vec::new() };
    let named = |label: &str| {
        let letter = label.bytes().next().filter(|_| label.len() == 1)?.checked_sub(b'a')?;
        norms.get(usize::from(letter)).copied().filter(|norm| norm.len() > 2)
    };
    let (Some(first), Some(second)) = (named(pair.0), named(pair.1)) else { return Vec::new() };
    let said = [format!("both {first} and {second}"), format!("{first} and {second}")];
    let both = ["both of them", "both of these", "both of the above", "both are"].map(str::to_owned);
    said.iter().chain(&both).map(|said| scan(&[(0, said)]).norm).collect()
}

/// `only I` for `I only`.
fn numerals(norm: &str) -> Vec<String> {
    let Some(listed) = norm.strip_suffix(" only") else { return Vec::new() };
    if !listed.split([' ', ',']).all(|word| word == "and" || word.bytes().all(|c| b"ivx".contains(&c))) {
        return Vec::new();
    }
    let noun = if listed.contains(' ') { "statements" } else { "statement" };
    let mut all = vec![format!("only {listed}"), format!("only {noun} {listed}"), format!("{noun} {listed} only")];
    if listed.contains(" and ") {
        all.extend([listed.to_owned(), format!("{noun} {listed}")]);
    }
    all
}
