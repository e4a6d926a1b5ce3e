//! Units of measurement behind a number.

use std::collections::HashMap;
use std::sync::LazyLock;

use num_rational::BigRational;
use num_traits::{One, Pow};

/// A unit: powers of its dimensions, and how many base units it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    /// Dimensions with their exponents, sorted, none of them zero.
    dimensions: Vec<(&'static str, i32)>,
    /// How many base units it is.
    pub(super) scale: BigRational,
}

impl Unit {
    /// Do two units measure the same?
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.dimensions == other.dimensions
    }
}

/// Spellings, dimension, and how many base units: numerator and denominator.
const UNITS: &[(&str, &str, u64, u64)] = &[
    ("mm millimeter millimeters millimetre millimetres", "length", 1, 1000),
    ("cm centimeter centimeters centimetre centimetres", "length", 1, 100),
    ("dm decimeter decimeters", "length", 1, 10),
    ("m meter meters metre metres", "length", 1, 1),
    ("km kilometer kilometers kilometre kilometres", "length", 1000, 1),
    ("in inch inches", "length", 254, 10000),
    ("ft foot feet", "length", 3048, 10000),
    ("yd yard yards", "length", 9144, 10000),
    ("mi mile miles", "length", 1_609_344, 1000),
    ("ms millisecond milliseconds", "time", 1, 1000),
    ("s sec secs second seconds", "time", 1, 1),
    ("min mins minute minutes", "time", 60, 1),
    ("h hr hrs hour hours", "time", 3600, 1),
    ("day days", "time", 86400, 1),
    ("week weeks", "time", 604_800, 1),
    ("month months", "months", 1, 1),
    ("year years yr yrs", "months", 12, 1),
    ("mg milligram milligrams", "mass", 1, 1000),
    ("g gram grams", "mass", 1, 1),
    ("kg kilogram kilograms", "mass", 1000, 1),
    ("lb lbs pound pounds", "pounds", 16, 1),
    ("oz ounce ounces", "pounds", 1, 1),
    ("ml milliliter milliliters millilitre millilitres", "volume", 1, 1000),
    ("l liter liters litre litres", "volume", 1, 1),
    ("gal gallon gallons", "gallons", 1, 1),
    ("cent cents ¢", "dollars", 1, 100),
    ("＄ dollar dollars usd", "dollars", 1, 1),
    ("€ euro euros eur", "euros", 1, 1),
    ("£ gbp", "sterling", 1, 1),
    ("¥ yen yuan", "yen", 1, 1),
    ("₹ rupee rupees", "rupees", 1, 1),
    ("n newton newtons", "force", 1, 1),
    ("j joule joules", "energy", 1, 1),
    ("kj kilojoule kilojoules", "energy", 1000, 1),
    ("w watt watts", "power", 1, 1),
    ("kw kilowatt kilowatts", "power", 1000, 1),
    ("v volt volts", "voltage", 1, 1),
    ("a amp amps ampere amperes", "current", 1, 1),
    ("hz hertz", "frequency", 1, 1),
    ("pa pascal pascals", "pressure", 1, 1),
    ("k kelvin", "kelvin", 1, 1),
    ("mol mole moles", "amount", 1, 1),
    ("am", "morning", 1, 1),
    ("pm", "evening", 1, 1),
    ("mph", "mph", 1, 1),
    ("rad radian radians", "radians", 1, 1),
];

/// The letters that are units by themselves.
const LETTERS: [&str; 10] = ["m", "s", "g", "h", "L", "l", "N", "J", "W", "V"];

/// Percent by its words.
const PERCENT: [&str; 4] = ["percent", "pct", "percentage", "percents"];

/// Degrees by their words.
const DEGREES: [&str; 3] = ["degree", "degrees", "deg"];

/// Does a word say percent?
pub(super) fn is_percent(word: &str) -> bool {
    PERCENT.contains(&word)
}

/// Does a word say degrees?
pub(super) fn is_degrees(word: &str) -> bool {
    DEGREES.contains(&word)
}

/// Is a word a unit that is no single letter?
pub(super) fn is_word(word: &str) -> bool {
    let lower = word.to_lowercase();
    word.chars().count() > 1 && (SPELLINGS.contains_key(lower.as_str()) || is_percent(&lower) || is_degrees(&lower))
}

/// Is a letter a unit?
pub(super) fn is_letter(word: &str) -> bool {
    LETTERS.contains(&word)
}

/// All spellings and what they measure.
static SPELLINGS: LazyLock<HashMap<&'static str, (&'static str, BigRational)>> = LazyLock::new(|| {
    let one = |(names, dimension, over, under): &'static (&'static str, &'static str, u64, u64)| {
        names.split(' ').map(move |name| (name, (*dimension, BigRational::new((*over).into(), (*under).into()))))
    };
    UNITS.iter().flat_map(one).collect()
});

fn find(name: &str) -> Option<(&'static str, BigRational)> {
    SPELLINGS.get(name).cloned()
}

/// The unit that words and signs spell; `None` if any of them is not known.
pub(super) fn unit<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Unit> {
    let mut dimensions: Vec<(&'static str, i32)> = Vec::new();
    let mut scale = BigRational::one();
    let (mut below, mut power, mut raised) = (1, 1, false);
    let mut last: Option<(&'static str, BigRational, i32)> = None;
    for part in parts {
        let lower = part.to_lowercase();
        match lower.as_str() {
            "/" | "per" | "an" => below = -1,
            "a" if last.is_some() => below = -1,
            "square" | "sq" | "squared" => power = 2,
            "cubic" | "cu" | "cubed" => power = 3,
            "^" => raised = true,
            "{" | "}" | "." | "*" | "of" => {}
            digits if raised => {
                let exponent: i32 = digits.parse().ok().filter(|exponent| (1..=9).contains(exponent))?;
                let (dimension, size, sign) = last.take()?;
                add(&mut dimensions, dimension, sign * (exponent - 1));
                scale *= Pow::pow(&size, sign * (exponent - 1));
                raised = false;
            }
            name => {
                // Words behind a whole unit say what is measured: 5 meters long.
                let known = find(name);
                if known.is_none() && last.is_some() && below == 1 && power == 1 && !raised {
                    break;
                }
                let (dimension, size) = known?;
                add(&mut dimensions, dimension, below * power);
                scale *= Pow::pow(&size, below * power);
                last = Some((dimension, size, below));
                (below, power) = (1, 1);
            }
        }
    }
    dimensions.retain(|(_, exponent)| *exponent != 0);
    dimensions.sort_unstable();
    (!dimensions.is_empty()).then_some(Unit { dimensions, scale })
}

fn add(dimensions: &mut Vec<(&'static str, i32)>, dimension: &'static str, exponent: i32) {
    match dimensions.iter_mut().find(|(found, _)| *found == dimension) {
        Some((_, sum)) => *sum += exponent,
        None => dimensions.push((dimension, exponent)),
    }
}

/// Words that multiply the number before them.
const SCALES: [(&str, u64); 6] = [
    ("hundred", 100),
    ("thousand", 1000),
    ("million", 1_000_000),
    ("billion", 1_000_000_000),
    ("trillion", 1_000_000_000_000),
    ("dozen", 12),
];

/// Numbers by their names, from zero.
const NAMED: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// Parts of a whole by their names, from the half on, one and several.
const PARTS: [[&str; 2]; 9] = [
    ["half", "halves"],
    ["third", "thirds"],
    ["quarter", "quarters"],
    ["fifth", "fifths"],
    ["sixth", "sixths"],
    ["seventh", "sevenths"],
    ["eighth", "eighths"],
    ["ninth", "ninths"],
    ["tenth", "tenths"],
];

/// Into how many parts a word divides a whole.
pub(super) fn part(word: &str) -> Option<usize> {
    let at = PARTS.iter().position(|names| names.iter().any(|name| name.eq_ignore_ascii_case(word)));
    at.map(|at| at + 2)
}

/// By what a word multiplies the number before it.
pub(super) fn scale(word: &str) -> Option<u64> {
    SCALES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, scale)| *scale)
}

/// The number that a word names.
pub(super) fn named(word: &str) -> Option<usize> {
    NAMED.iter().position(|name| name.eq_ignore_ascii_case(word))
}
