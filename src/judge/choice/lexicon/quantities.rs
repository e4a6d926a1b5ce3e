//! Names of units and currencies behind a number.

/// Choices that are one sign or one term, with what people say for them.
#[rustfmt::skip]
pub(in super::super) const SIGNS: [(&str, &[&str]); 5] = [
    ("contradiction", &["contradicts", "contradict", "contradictory"]),
    ("entailment", &["entails", "entail", "entailed"]),
    ("0", &["zero", "zéro", "cero", "ноль", "нулю", "零"]),
    ("∞", &["infinity", "infinite", "unendlich", "infini", "infinito", "бесконечность", "бесконечности", "无穷大"]),
    ("∅", &["the empty set", "empty set", "die leere menge", "l'ensemble vide", "el conjunto vacío", "空集"]),
];

/// Quantities that are taken for each other, each in its words: what is said of one is not said of another.
#[rustfmt::skip]
pub(in super::super) const CONFUSED: [&[&str]; 11] = [
    &["derivative", "integral", "antiderivative"],
    &["mean", "median", "mode", "range", "variance"],
    &["radius", "diameter", "circumference", "perimeter", "area", "volume"],
    &["length", "width", "height", "depth"],
    &["numerator", "denominator"],
    &["minimum", "maximum"],
    &["sum", "difference", "product", "quotient"],
    &["cost", "profit", "revenue"],
    &["supplement", "complement"],
    &["begin began begun start started", "end ended finish finished"],
    &["born", "died die"],
];

/// Units in their normal form, with what people write for them behind a number.
#[rustfmt::skip]
pub(in super::super) const UNITS: [(&str, &[&str]); 34] = [
    ("j", &["joules", "joule", "джоулей"]),
    ("n", &["newtons", "newton", "ньютонов"]),
    ("w", &["watts", "watt", "vatios", "ватт"]),
    ("a", &["amperes", "ampere", "amps", "amp", "amperios", "ампер"]),
    ("v", &["volts", "volt", "voltios", "вольт"]),
    ("c", &["coulombs", "coulomb", "кулон"]),
    ("k", &["kelvin", "kelvins"]),
    ("hz", &["hertz", "герц"]),
    ("pa", &["pascals", "pascal", "паскалей"]),
    ("ω", &["ohms", "ohm", "ohmios", "ом"]),
    ("kj", &["kilojoules", "kilojoule"]),
    ("kw", &["kilowatts", "kilowatt"]),
    ("ev", &["electronvolts", "electron volts"]),
    ("m", &["metres", "meters", "metre", "meter", "metern", "mètres", "metros", "metri", "метров", "метра"]),
    ("km", &["kilometres", "kilometers", "kilometer", "kilomètres", "kilómetros", "chilometri", "километров", "км"]),
    ("cm", &["centimetres", "centimeters", "zentimeter", "centimètres", "centímetros", "centimetri", "сантиметров"]),
    ("mm", &["millimetres", "millimeters", "millimeter", "millimètres", "milímetros", "millimetri", "миллиметров"]),
    ("g", &["grams", "gram", "gramm", "grammes", "gramos", "gramas", "grammi", "граммов", "грамм"]),
    ("kg", &["kilograms", "kilogram", "kilogramm", "kilogrammes", "kilogramos", "chilogrammi", "килограммов", "кг"]),
    ("mg", &["milligrams", "milligram", "milligramm"]),
    ("l", &["litres", "liters", "litre", "liter", "litros", "litri", "литров"]),
    ("ml", &["millilitres", "milliliters", "milliliter"]),
    ("mol", &["moles", "mole"]),
    ("s", &["seconds", "second", "sec", "sekunden", "secondes", "segundos", "secondi", "секунд"]),
    ("min", &["minutes", "minute", "minuten", "minutos", "minuti", "минут"]),
    ("h", &["hours", "hour", "stunden", "heures", "horas", "ore", "часов", "часа"]),
    ("m/s", &["metres per second", "meters per second", "meter pro sekunde", "mètres par seconde"]),
    ("m/s^2", &["metres per second squared", "meters per second squared"]),
    ("km/h", &["kilometres per hour", "kilometers per hour", "kph", "kilometer pro stunde", "kilomètres par heure"]),
    ("mph", &["miles per hour"]),
    ("%", &["percent", "per cent", "prozent", "pour cent", "por ciento", "por cento", "per cento", "процентов"]),
    ("°c", &["degrees celsius", "degrees c", "degrees", "°", "c", "grad celsius", "degrés", "grados", "gradi", "摄氏度", "度", "도"]),
    ("°f", &["degrees fahrenheit", "degrees f", "degrees", "°", "f"]),
    ("°", &["degrees", "grad", "degrés", "grados", "graus", "gradi", "градусов"]),
];

/// Units with the unit that is a thousand of them.
#[rustfmt::skip]
pub(in super::super) const THOUSANDS: [(&str, &str); 16] = [
    ("w", "kw"), ("j", "kj"), ("m", "km"), ("g", "kg"), ("v", "kv"), ("hz", "khz"), ("pa", "kpa"), ("n", "kn"),
    ("mm", "m"), ("ml", "l"), ("mg", "g"), ("ma", "a"), ("mv", "v"), ("ms", "s"), ("ev", "kev"), ("ω", "kω"),
];

/// Signs of currencies, with what people write behind an amount.
#[rustfmt::skip]
pub(in super::super) const CURRENCIES: [(char, &[&str]); 5] = [
    ('$', &["dollars", "dollar", "usd", "bucks", "dólares", "dollari", "долларов"]),
    ('€', &["euros", "euro", "eur", "евро"]),
    ('£', &["pounds", "pound", "gbp", "pfund", "libras", "livres", "фунтов"]),
    ('¥', &["yen", "yuan"]),
    ('₹', &["rupees", "rupee", "inr"]),
];

/// Signs of currencies, with names of their hundredth parts.
pub(in super::super) const MINOR: [(char, &[&str]); 3] =
    [('$', &["cents", "cent", "¢"]), ('€', &["cents", "cent", "centimes", "céntimos"]), ('£', &["pence", "p"])];
