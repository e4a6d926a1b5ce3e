//! Units that measure the same thing, so that of two spellings of a quantity the one that is asked for counts.

/// What units measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Time,
    Length,
    Mass,
    Volume,
    Money,
}

/// Units by what they measure, each with its size and the ways it is written.
const UNITS: [(Measure, f64, &[&str]); 25] = [
    (Measure::Time, 1.0, &["s", "sec", "secs", "second", "seconds", "sekunden", "secondes", "segundos"]),
    (Measure::Time, 60.0, &["min", "mins", "minute", "minutes", "minuten", "minutos", "minuti"]),
    (
        Measure::Time,
        3600.0,
        &["h", "hr", "hrs", "hour", "hours", "stunde", "stunden", "heure", "heures", "hora", "horas", "ore"],
    ),
    (Measure::Time, 86_400.0, &["d", "day", "days", "tag", "tage", "tagen", "jour", "jours", "día", "días", "dias"]),
    (Measure::Time, 604_800.0, &["week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas"]),
    (Measure::Length, 0.001, &["mm", "millimeter", "millimeters", "millimetre", "millimetres"]),
    (Measure::Length, 0.01, &["cm", "centimeter", "centimeters", "centimetre", "centimetres", "zentimeter"]),
    (Measure::Length, 1.0, &["m", "meter", "meters", "metre", "metres", "metern", "mètres", "metros", "metri"]),
    (Measure::Length, 1000.0, &["km", "kilometer", "kilometers", "kilometre", "kilometres", "kilometern"]),
    (Measure::Length, 0.0254, &["in", "inch", "inches"]),
    (Measure::Length, 0.3048, &["ft", "foot", "feet"]),
    (Measure::Length, 0.9144, &["yd", "yard", "yards"]),
    (Measure::Length, 1609.344, &["mi", "mile", "miles"]),
    (Measure::Mass, 0.001, &["mg", "milligram", "milligrams"]),
    (Measure::Mass, 1.0, &["g", "gram", "grams", "gramm", "grammes", "gramos", "gramas"]),
    (Measure::Mass, 1000.0, &["kg", "kilogram", "kilograms", "kilo", "kilos", "kilogramm"]),
    (Measure::Mass, 28.349_523_125, &["oz", "ounce", "ounces"]),
    (Measure::Mass, 453.592_37, &["lb", "lbs", "pound", "pounds"]),
    (Measure::Mass, 1_000_000.0, &["t", "tonne", "tonnes", "ton", "tons", "tonnen"]),
    (Measure::Volume, 0.001, &["ml", "milliliter", "milliliters", "millilitre", "millilitres"]),
    (Measure::Volume, 1.0, &["l", "liter", "liters", "litre", "litres", "litros"]),
    (Measure::Money, 0.01, &["cent", "cents", "¢", "pence", "pennies", "centimes", "centavos", "céntimos"]),
    (Measure::Money, 1.0, &["dollar", "dollars", "$", "usd", "bucks"]),
    (Measure::Money, 1.0, &["euro", "euros", "€", "eur"]),
    (Measure::Money, 1.0, &["£", "gbp"]),
];

/// How two values with a unit compare that stand in one sentence.
const NEAR: f64 = 1e-3;

/// A unit, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit(usize);

impl Unit {
    /// The unit that a word or a sign names.
    pub(super) fn of(word: &str) -> Option<Self> {
        let lower = word.to_lowercase();
        UNITS.iter().position(|(_, _, names)| names.contains(&lower.as_str())).map(Self)
    }

    /// Whether a question asks for it: `in hours`, `how many cents`, and not `in 7 days` or `in km/h`.
    pub(super) fn is_asked(self, question: &str) -> bool {
        let Some((_, _, names)) = UNITS.get(self.0) else { return false };
        let lower = question.to_lowercase();
        let part = |c: char| c.is_alphanumeric() || "$€£¢/²³^".contains(c);
        let mut counted = false;
        lower.split(|c| !part(c)).filter(|word| !word.is_empty()).any(|word| {
            let found = !counted && names.contains(&word);
            counted = word.contains(|c: char| c.is_ascii_digit());
            found
        })
    }

    /// Whether a text has it at all.
    pub(super) fn is_named(self, text: &str) -> bool {
        let Some((_, _, names)) = UNITS.get(self.0) else { return false };
        let lower = text.to_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        words.any(|word| names.contains(&word))
            || names.iter().any(|name| "$€£¢".contains(name) && lower.contains(name))
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
