//! Number words by language, as data.

/// What a number word does in a composed number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Numeral {
    /// A number below a hundred that is no ten.
    Unit(u32),
    /// 20, 30, … 90.
    Ten(u32),
    /// A hundred, or several.
    Hundred(u32),
    /// A thousand, a million.
    Scale(f64),
    /// A half, a third.
    Part(f64),
}

use Numeral::{Hundred, Part, Scale, Ten, Unit};

/// Words with their values.
pub(super) const NUMERALS: &[(&[&str], Numeral)] = &[
    (&["zero", "zéro", "cero", "ноль", "нуль", "صفر", "शून्य"], Unit(0)),
    (&["one", "eins", "один", "одна", "одно", "واحد", "एक"], Unit(1)),
    (&["two", "zwei", "deux", "dos", "dois", "duas", "due", "два", "две", "اثنان", "اثنين", "दो"], Unit(2)),
    (&["three", "drei", "trois", "tres", "três", "tre", "три", "ثلاثة", "ثلاث", "तीन"], Unit(3)),
    (&["four", "vier", "quatre", "cuatro", "quatro", "quattro", "четыре", "أربعة", "أربع", "चार"], Unit(4)),
    (&["five", "fünf", "cinq", "cinco", "cinque", "пять", "خمسة", "خمس", "पाँच", "पांच"], Unit(5)),
    (&["six", "sechs", "seis", "sei", "шесть", "ستة", "छह", "छः"], Unit(6)),
    (&["seven", "sieben", "sept", "siete", "sete", "sette", "семь", "سبعة", "سبع", "सात"], Unit(7)),
    (&["eight", "acht", "huit", "ocho", "oito", "otto", "восемь", "ثمانية", "आठ"], Unit(8)),
    (&["nine", "neun", "neuf", "nueve", "nove", "девять", "تسعة", "تسع", "नौ"], Unit(9)),
    (&["ten", "zehn", "dix", "diez", "dez", "dieci", "десять", "عشرة", "عشر", "दस"], Unit(10)),
    (&["eleven", "elf", "onze", "once", "undici", "одиннадцать", "ग्यारह"], Unit(11)),
    (&["twelve", "zwölf", "douze", "doce", "doze", "dodici", "двенадцать", "बारह"], Unit(12)),
    (&["thirteen", "dreizehn", "treize", "trece", "treze", "tredici", "тринадцать", "तेरह"], Unit(13)),
    (&["fourteen", "vierzehn", "quatorze", "catorce", "catorze", "quattordici", "четырнадцать", "चौदह"], Unit(14)),
    (&["fifteen", "fünfzehn", "quinze", "quince", "quindici", "пятнадцать", "पंद्रह", "पन्द्रह"], Unit(15)),
    (
        &["sixteen", "sechzehn", "seize", "dieciséis", "dezesseis", "dezasseis", "sedici", "шестнадцать", "सोलह"],
        Unit(16),
    ),
    (&["seventeen", "siebzehn", "diecisiete", "dezessete", "diciassette", "семнадцать", "सत्रह"], Unit(17)),
    (&["eighteen", "achtzehn", "dieciocho", "dezoito", "diciotto", "восемнадцать", "अठारह"], Unit(18)),
    (&["nineteen", "neunzehn", "diecinueve", "dezenove", "diciannove", "девятнадцать", "उन्नीस"], Unit(19)),
    (
        &[
            "twenty",
            "zwanzig",
            "vingt",
            "vingts",
            "veinte",
            "vinte",
            "venti",
            "vent",
            "двадцать",
            "عشرون",
            "عشرين",
            "बीस",
        ],
        Ten(20),
    ),
    (
        &[
            "thirty",
            "dreißig",
            "dreissig",
            "trente",
            "treinta",
            "trinta",
            "trenta",
            "trent",
            "тридцать",
            "ثلاثون",
            "ثلاثين",
            "तीस",
        ],
        Ten(30),
    ),
    (
        &[
            "forty",
            "fourty",
            "vierzig",
            "quarante",
            "cuarenta",
            "quarenta",
            "quaranta",
            "quarant",
            "сорок",
            "أربعون",
            "أربعين",
            "चालीस",
        ],
        Ten(40),
    ),
    (
        &[
            "fifty",
            "fünfzig",
            "cinquante",
            "cincuenta",
            "cinquenta",
            "cinquanta",
            "cinquant",
            "пятьдесят",
            "خمسون",
            "خمسين",
            "पचास",
        ],
        Ten(50),
    ),
    (
        &[
            "sixty",
            "sechzig",
            "soixante",
            "sesenta",
            "sessenta",
            "sessanta",
            "sessant",
            "шестьдесят",
            "ستون",
            "ستين",
            "साठ",
        ],
        Ten(60),
    ),
    (
        &["seventy", "siebzig", "septante", "setenta", "settanta", "settant", "семьдесят", "سبعون", "سبعين", "सत्तर"],
        Ten(70),
    ),
    (
        &[
            "eighty",
            "achtzig",
            "huitante",
            "octante",
            "ochenta",
            "oitenta",
            "ottanta",
            "ottant",
            "восемьдесят",
            "ثمانون",
            "ثمانين",
            "अस्सी",
        ],
        Ten(80),
    ),
    (&["ninety", "neunzig", "nonante", "noventa", "novanta", "novant", "девяносто", "تسعون", "تسعين", "नब्बे"], Ten(90)),
    (&["veintiuno", "veintiún"], Unit(21)),
    (&["veintidós", "veintidos"], Unit(22)),
    (&["veintitrés", "veintitres"], Unit(23)),
    (&["veinticuatro"], Unit(24)),
    (&["veinticinco", "पच्चीस"], Unit(25)),
    (&["veintiséis", "veintiseis"], Unit(26)),
    (&["veintisiete"], Unit(27)),
    (&["veintiocho"], Unit(28)),
    (&["veintinueve"], Unit(29)),
    (
        &["hundred", "hundert", "cent", "cents", "cien", "ciento", "cem", "cento", "сто", "مئة", "مائة", "सौ"],
        Hundred(1),
    ),
    (&["doscientos", "duzentos", "двести"], Hundred(2)),
    (&["trescientos", "trezentos", "триста"], Hundred(3)),
    (&["cuatrocientos", "quatrocentos", "четыреста"], Hundred(4)),
    (&["quinientos", "quinhentos", "пятьсот"], Hundred(5)),
    (&["seiscientos", "seiscentos", "шестьсот"], Hundred(6)),
    (&["setecientos", "setecentos", "семьсот"], Hundred(7)),
    (&["ochocientos", "oitocentos", "восемьсот"], Hundred(8)),
    (&["novecientos", "novecentos", "девятьсот"], Hundred(9)),
    (&["thousand", "tausend", "mille", "mil", "mila", "тысяча", "тысячи", "тысяч", "ألف", "हज़ार", "हजार"], Scale(1e3)),
    (&["lakh", "lakhs", "लाख"], Scale(1e5)),
    (
        &[
            "million",
            "millionen",
            "millions",
            "millón",
            "millones",
            "milhão",
            "milhões",
            "milione",
            "milioni",
            "миллион",
            "миллиона",
            "миллионов",
            "مليون",
        ],
        Scale(1e6),
    ),
    (&["crore", "crores", "करोड़"], Scale(1e7)),
    (
        &[
            "billion",
            "milliarde",
            "milliarden",
            "milliard",
            "milliards",
            "миллиард",
            "миллиарда",
            "миллиардов",
            "مليار",
        ],
        Scale(1e9),
    ),
    (&["trillion"], Scale(1e12)),
    (&["dozen", "dutzend", "douzaine", "docena", "dúzia", "dozzina", "дюжина"], Scale(12.0)),
    (
        &[
            "half",
            "halves",
            "halb",
            "halbe",
            "moitié",
            "demi",
            "mitad",
            "medio",
            "metade",
            "meio",
            "metà",
            "mezzo",
            "половина",
            "نصف",
            "आधा",
        ],
        Part(0.5),
    ),
    (&["third", "thirds", "drittel", "tiers", "tercio", "tercios", "terço", "terzo", "terzi"], Part(1.0 / 3.0)),
    (
        &["quarter", "quarters", "fourth", "fourths", "viertel", "quart", "quarts", "cuarto", "cuartos", "четверть"],
        Part(0.25),
    ),
    (&["fifth", "fifths", "fünftel"], Part(0.2)),
    (&["sixth", "sixths"], Part(1.0 / 6.0)),
    (&["eighth", "eighths", "achtel"], Part(0.125)),
    (&["tenth", "tenths", "zehntel"], Part(0.1)),
    (&["hundredth", "hundredths"], Part(0.01)),
];

/// Words that join the parts of a composed number.
pub(super) const JOINS: &[&str] = &["and", "und", "et", "y", "e", "и", "و"];

/// Words that stand for one before a half, a hundred or a dozen.
pub(super) const ARTICLES: &[&str] = &["a", "an", "ein", "eine", "un", "une", "una", "uno", "um", "uma"];

/// Numerals of Chinese and Japanese for the digits.
pub(super) const HAN_DIGITS: &[(char, u32)] = &[
    ('零', 0),
    ('〇', 0),
    ('一', 1),
    ('二', 2),
    ('两', 2),
    ('兩', 2),
    ('三', 3),
    ('四', 4),
    ('五', 5),
    ('六', 6),
    ('七', 7),
    ('八', 8),
    ('九', 9),
];

/// Numerals of Chinese and Japanese for powers of ten.
pub(super) const HAN_SCALES: &[(char, f64)] =
    &[('十', 1e1), ('百', 1e2), ('千', 1e3), ('万', 1e4), ('萬', 1e4), ('億', 1e8), ('亿', 1e8)];
