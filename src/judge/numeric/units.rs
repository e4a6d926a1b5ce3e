//! Units that measure the same thing, so that of two spellings of a quantity the one that is asked for counts.

use std::sync::LazyLock;

use Measure::{
    Area, Current, Energy, Force, Frequency, Length, Mass, Money, Power, Pressure, Speed, Time, Voltage, Volume,
};
use ahash::AHashMap;

/// What units measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Time,
    Length,
    Area,
    Volume,
    Mass,
    Speed,
    Force,
    Pressure,
    Energy,
    Power,
    Current,
    Voltage,
    Frequency,
    Money,
}

/// Units by what they measure, each with its size and the ways it is written. A name with a capital is written just so.
#[rustfmt::skip]
const UNITS: [(Measure, f64, &[&str]); 66] = [
    (Time, 0.001, &["ms", "millisecond", "milliseconds"]),
    (Time, 1.0, &["s", "sec", "secs", "second", "seconds", "sekunden", "secondes", "segundos"]),
    (Time, 60.0, &["min", "mins", "minute", "minutes", "minuten", "minutos", "minuti"]),
    (Time, 3600.0, &["h", "hr", "hrs", "hour", "hours", "stunde", "stunden", "heure", "heures", "hora", "horas", "ore"]),
    (Time, 86_400.0, &["d", "day", "days", "tag", "tage", "tagen", "jour", "jours", "día", "días", "dias"]),
    (Time, 604_800.0, &["week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas"]),
    (Length, 0.001, &["mm", "millimeter", "millimeters", "millimetre", "millimetres"]),
    (Length, 0.01, &["cm", "centimeter", "centimeters", "centimetre", "centimetres", "zentimeter"]),
    (Length, 1.0, &["m", "meter", "meters", "metre", "metres", "metern", "mètres", "metros", "metri"]),
    (Length, 1000.0, &["km", "kilometer", "kilometers", "kilometre", "kilometres", "kilometern"]),
    (Length, 0.0254, &["in", "inch", "inches"]),
    (Length, 0.3048, &["ft", "foot", "feet"]),
    (Length, 0.9144, &["yd", "yard", "yards"]),
    (Length, 1609.344, &["mi", "mile", "miles"]),
    (Area, 1e-6, &["mm²", "mm^2", "mm2", "square millimeters", "square millimetres"]),
    (Area, 1e-4, &["cm²", "cm^2", "cm2", "square centimeters", "square centimetres", "quadratzentimeter"]),
    (Area, 1.0, &["m²", "m^2", "m2", "sqm", "sq m", "square meters", "square metres", "square meter", "square metre", "quadratmeter", "mètres carrés", "metros cuadrados"]),
    (Area, 10_000.0, &["ha", "hectare", "hectares", "hektar", "hectárea", "hectáreas", "ettari", "га"]),
    (Area, 1e6, &["km²", "km^2", "km2", "square kilometers", "square kilometres", "quadratkilometer"]),
    (Area, 0.092_903_04, &["ft²", "ft^2", "sq ft", "square feet", "square foot"]),
    (Area, 4_046.856_422_4, &["acre", "acres"]),
    (Volume, 0.001, &["ml", "milliliter", "milliliters", "millilitre", "millilitres", "cm³", "cm^3", "cm3", "cubic centimeters", "cubic centimetres"]),
    (Volume, 0.01, &["cl", "centiliter", "centiliters", "centilitre", "centilitres"]),
    (Volume, 1.0, &["l", "liter", "liters", "litre", "litres", "litros", "dm³"]),
    (Volume, 1000.0, &["m³", "m^3", "m3", "cubic meters", "cubic metres", "cubic meter", "cubic metre", "kubikmeter"]),
    (Mass, 0.001, &["mg", "milligram", "milligrams"]),
    (Mass, 1.0, &["g", "gram", "grams", "gramm", "grammes", "gramos", "gramas"]),
    (Mass, 1000.0, &["kg", "kilogram", "kilograms", "kilo", "kilos", "kilogramm"]),
    (Mass, 28.349_523_125, &["oz", "ounce", "ounces"]),
    (Mass, 453.592_37, &["lb", "lbs", "pound", "pounds"]),
    (Mass, 1_000_000.0, &["t", "tonne", "tonnes", "ton", "tons", "tonnen"]),
    (Speed, 1.0, &["m/s", "meters per second", "metres per second"]),
    (Speed, 1.0 / 3.6, &["km/h", "kph", "kmh", "kilometers per hour", "kilometres per hour", "km per hour"]),
    (Speed, 1000.0, &["km/s", "kilometers per second", "kilometres per second"]),
    (Speed, 0.447_04, &["mph", "mi/h", "miles per hour"]),
    (Force, 1.0, &["N", "newton", "newtons"]),
    (Force, 1000.0, &["kN", "kilonewton", "kilonewtons"]),
    (Pressure, 1.0, &["Pa", "pascal", "pascals"]),
    (Pressure, 100.0, &["hPa", "hectopascal", "hectopascals", "mbar", "millibar"]),
    (Pressure, 1000.0, &["kPa", "kilopascal", "kilopascals"]),
    (Pressure, 1e6, &["MPa", "megapascal", "megapascals"]),
    (Pressure, 1e5, &["bar"]),
    (Energy, 1.0, &["J", "joule", "joules"]),
    (Energy, 1000.0, &["kJ", "KJ", "kilojoule", "kilojoules"]),
    (Energy, 1e6, &["MJ", "megajoule", "megajoules"]),
    (Energy, 3600.0, &["Wh", "watt hours", "watt-hours"]),
    (Energy, 3.6e6, &["kWh", "kilowatt hours", "kilowatt-hours"]),
    (Power, 0.001, &["mW", "milliwatt", "milliwatts"]),
    (Power, 1.0, &["W", "watt", "watts"]),
    (Power, 1000.0, &["kW", "KW", "kilowatt", "kilowatts"]),
    (Power, 1e6, &["MW", "megawatt", "megawatts"]),
    (Current, 0.001, &["mA", "milliamp", "milliamps", "milliampere", "milliamperes"]),
    (Current, 1.0, &["A", "amp", "amps", "ampere", "amperes"]),
    (Voltage, 0.001, &["mV", "millivolt", "millivolts"]),
    (Voltage, 1.0, &["V", "volt", "volts"]),
    (Voltage, 1000.0, &["kV", "kilovolt", "kilovolts"]),
    (Frequency, 1.0, &["Hz", "hertz"]),
    (Frequency, 1000.0, &["kHz", "kilohertz"]),
    (Frequency, 1e6, &["MHz", "megahertz"]),
    (Frequency, 1e9, &["GHz", "gigahertz"]),
    (Money, 0.01, &["cent", "cents", "¢", "pence", "pennies", "centimes", "centavos", "céntimos"]),
    (Money, 1.0, &["dollar", "dollars", "$", "usd", "bucks"]),
    (Money, 1.0, &["euro", "euros", "€", "eur"]),
    (Money, 1.0, &["£", "gbp"]),
    (Money, 1.0, &["rupee", "rupees", "₹"]),
    (Money, 1.0, &["yen", "¥"]),
];

/// Names by their first letter, the longest first.
static BY_FIRST: LazyLock<AHashMap<char, Vec<(&str, Unit)>>> = LazyLock::new(|| {
    let mut names: AHashMap<char, Vec<(&str, Unit)>> = AHashMap::new();
    let all =
        UNITS.iter().enumerate().flat_map(|(place, (_, _, names))| names.iter().map(move |name| (*name, Unit(place))));
    for (name, unit) in all {
        let first = name.chars().next().into_iter().flat_map(char::to_lowercase).next();
        names.entry(first.unwrap_or_default()).or_default().push((name, unit));
    }
    names.values_mut().for_each(|names| names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len())));
    names
});

/// Whether a name may be written with capitals: it has none.
fn is_word(name: &str) -> bool {
    !name.contains(char::is_uppercase)
}

/// How two values with a unit compare that stand in one sentence.
const NEAR: f64 = 1e-3;

/// A unit, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit(usize);

impl Unit {
    /// The unit that a word or a sign names.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::at(word).filter(|(_, length)| *length == word.len()).map(|(unit, _)| unit)
    }

    /// The unit that a text starts with, by its longest name, and the length of that.
    fn at(text: &str) -> Option<(Self, usize)> {
        let first = text.chars().next()?.to_lowercase().next()?;
        let names = BY_FIRST.get(&first)?;
        let ends = |length: usize| {
            let rest = text.get(length..).unwrap_or_default();
            !rest.starts_with(|c: char| c.is_alphanumeric() || "/²³^".contains(c))
        };
        let is = |name: &str| {
            let start = text.get(..name.len());
            start.is_some_and(|start| start == name || is_word(name) && start.to_lowercase() == name)
                && ends(name.len())
        };
        names.iter().find(|(name, _)| is(name)).map(|(name, unit)| (*unit, name.len()))
    }

    /// The unit behind a number that ends at a place of a text: `16\text{ cm}^2`, `half an hour`.
    pub(super) fn behind(text: &str, end: usize) -> Option<Self> {
        const REACH: usize = 48;
        const MARKUP: [(&str, &str); 10] = [
            ("\\text", ""),
            ("\\mathrm", ""),
            ("\\,", " "),
            ("\\;", " "),
            ("~", " "),
            ("{", ""),
            ("}", ""),
            ("*", ""),
            ("^2", "²"),
            ("^3", "³"),
        ];
        let rest = text.get(end..)?;
        let mut near = rest.get(..rest.floor_char_boundary(REACH)).unwrap_or_default().to_owned();
        if near.contains(['\\', '~', '{', '*', '^']) {
            near = MARKUP.iter().fold(near, |near, (markup, plain)| near.replace(markup, plain));
        }
        let near = near.trim_start_matches([' ', '\u{a0}', '-']);
        let near = near.strip_prefix("a ").or_else(|| near.strip_prefix("an ")).unwrap_or(near);
        Self::at(near).map(|(unit, _)| unit)
    }

    /// The units that a text names, each with whether a number stands before it.
    fn named(text: &str) -> impl Iterator<Item = (Self, bool)> {
        let part = |c: char| c.is_alphanumeric() || "$€£¢¥₹/²³^".contains(c);
        let mut rest = text;
        let mut counted = false;
        std::iter::from_fn(move || {
            loop {
                rest = rest.trim_start_matches(|c| !part(c));
                let found = Self::at(rest);
                let word = rest.find(|c| !part(c)).unwrap_or(rest.len());
                let length = found.map_or(word, |(_, length)| length);
                if length == 0 {
                    return None;
                }
                let before = counted;
                let word_is_in = rest.get(..length).is_some_and(|word| word.eq_ignore_ascii_case("in"));
                counted = rest.get(..length).is_some_and(|word| word.contains(|c: char| c.is_ascii_digit()));
                rest = rest.get(length..).unwrap_or_default();
                // `in hours`
                let preposition = word_is_in && !before;
                if let Some((unit, _)) = found.filter(|_| !preposition) {
                    return Some((unit, before));
                }
            }
        })
    }

    /// The units that a text names.
    pub(super) fn all(text: &str) -> impl Iterator<Item = Self> {
        Self::named(text).map(|(unit, _)| unit)
    }

    /// Whether a question asks for it: `in hours`, `how many cents`, and not `in 7 days` or `in km/h`.
    pub(super) fn is_asked(self, question: &str) -> bool {
        Self::named(question).any(|(unit, counted)| unit == self && !counted)
    }

    /// Whether a text has it at all.
    pub(super) fn is_named(self, text: &str) -> bool {
        let Some((_, _, names)) = UNITS.get(self.0) else { return false };
        Self::all(text).any(|unit| unit == self)
            || names.iter().any(|name| "$€£¢¥₹".contains(name) && text.contains(name))
    }

    /// Whether it is one of time.
    pub(super) fn is_time(self) -> bool {
        UNITS.get(self.0).is_some_and(|(measure, _, _)| *measure == Measure::Time)
    }

    /// Whether it is one of money.
    pub(super) fn is_money(self) -> bool {
        UNITS.get(self.0).is_some_and(|(measure, _, _)| *measure == Measure::Money)
    }

    /// How often another unit of the same measure goes into it.
    pub(super) fn ratio(self, other: Self) -> Option<f64> {
        let ((measure, size, _), (measured, sized, _)) = (UNITS.get(self.0)?, UNITS.get(other.0)?);
        (measure == measured).then_some(size / sized)
    }

    /// Whether both values are the same quantity.
    pub(super) fn same(self, value: f64, other: Self, second: f64) -> bool {
        let (Some((measure, size, _)), Some((measured, sized, _))) = (UNITS.get(self.0), UNITS.get(other.0)) else {
            return false;
        };
        let (first, second) = (value * size, second * sized);
        self != other && measure == measured && first != 0.0 && (first - second).abs() <= NEAR * first.abs()
    }
}
