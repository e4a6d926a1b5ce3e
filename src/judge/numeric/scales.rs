//! Words and signs behind a number: thousands and millions, percent.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::space::skip_space;

static BY_WORD: LazyLock<HashMap<&str, f64>> = LazyLock::new(|| SCALES.iter().copied().collect());

/// Words for scales, in lower case, behind which a word must end.
const SCALES: &[(&str, f64)] = &[
    // en
    ("hundred", 1e2),
    ("thousand", 1e3),
    ("thousands", 1e3),
    ("million", 1e6),
    ("millions", 1e6),
    ("billion", 1e9),
    ("billions", 1e9),
    ("trillion", 1e12),
    ("trillions", 1e12),
    ("dozen", 12.0),
    ("dozens", 12.0),
    ("lakh", 1e5),
    ("lakhs", 1e5),
    ("lac", 1e5),
    ("crore", 1e7),
    ("crores", 1e7),
    ("mn", 1e6),
    ("mln", 1e6),
    ("bn", 1e9),
    ("tn", 1e12),
    // de
    ("hundert", 1e2),
    ("tausend", 1e3),
    ("tsd", 1e3),
    ("mio", 1e6),
    ("millionen", 1e6),
    ("mrd", 1e9),
    ("milliarde", 1e9),
    ("milliarden", 1e9),
    ("billionen", 1e12),
    ("dutzend", 12.0),
    // fr
    ("mille", 1e3),
    ("milliard", 1e9),
    ("milliards", 1e9),
    ("douzaine", 12.0),
    ("douzaines", 12.0),
    // es, pt
    ("mil", 1e3),
    ("millón", 1e6),
    ("millon", 1e6),
    ("millones", 1e6),
    ("docena", 12.0),
    ("docenas", 12.0),
    ("milhão", 1e6),
    ("milhões", 1e6),
    ("bilhão", 1e9),
    ("bilhões", 1e9),
    ("dúzia", 12.0),
    ("dúzias", 12.0),
    // it
    ("mila", 1e3),
    ("milione", 1e6),
    ("milioni", 1e6),
    ("miliardo", 1e9),
    ("miliardi", 1e9),
    ("dozzina", 12.0),
    ("dozzine", 12.0),
    // ru
    ("тыс", 1e3),
    ("тысяча", 1e3),
    ("тысячи", 1e3),
    ("тысяч", 1e3),
    ("млн", 1e6),
    ("миллион", 1e6),
    ("миллиона", 1e6),
    ("миллионов", 1e6),
    ("млрд", 1e9),
    ("миллиард", 1e9),
    ("миллиарда", 1e9),
    ("миллиардов", 1e9),
    ("дюжина", 12.0),
    ("дюжины", 12.0),
    // ar
    ("ألف", 1e3),
    ("ألفا", 1e3),
    ("آلاف", 1e3),
    ("مليون", 1e6),
    ("ملايين", 1e6),
    ("مليار", 1e9),
    // hi
    ("सौ", 1e2),
    ("हज़ार", 1e3),
    ("हजार", 1e3),
    ("लाख", 1e5),
    ("करोड़", 1e7),
    ("मिलियन", 1e6),
];

/// Scales of scripts without spaces; no word needs to end behind them.
const UNSPACED: &[(&str, f64)] = &[
    ("百万", 1e6),
    ("千万", 1e7),
    ("十万", 1e5),
    ("百億", 1e10),
    ("百亿", 1e10),
    ("万亿", 1e12),
    ("億", 1e8),
    ("亿", 1e8),
    ("兆", 1e12),
    ("万", 1e4),
    ("萬", 1e4),
    ("千", 1e3),
    ("百", 1e2),
    ("打", 12.0),
    ("ダース", 12.0),
    ("백만", 1e6),
    ("천만", 1e7),
    ("조", 1e12),
    ("억", 1e8),
    ("만", 1e4),
    ("천", 1e3),
];

/// Letters at once behind a number; the second list only behind a currency, where they are no units.
const LETTERS: [(&str, f64); 1] = [("k", 1e3)];
const MONEY_LETTERS: [(&str, f64); 7] =
    [("k", 1e3), ("K", 1e3), ("m", 1e6), ("M", 1e6), ("B", 1e9), ("b", 1e9), ("T", 1e12)];

/// Signs and words for percent.
const PERCENT: &[&str] = &["%", "\\%", "％", "٪", "パーセント", "퍼센트", "프로"];
const PERCENT_WORDS: &[&str] = &[
    "percent",
    "per cent",
    "pct",
    "prozent",
    "pour cent",
    "por ciento",
    "por cento",
    "per cento",
    "процент",
    "процента",
    "процентов",
    "بالمئة",
    "بالمائة",
    "في المئة",
    "في المائة",
    "प्रतिशत",
    "फीसदी",
];

/// Bytes that the longest of these words may have.
const LONGEST: usize = 32;

/// The place behind a space, and behind the braces of `\text{ million}`.
fn text_space(text: &str, at: usize) -> usize {
    let at = skip_space(text, at);
    let rest = text.get(at..).unwrap_or_default();
    ["\\text{", "\\mathrm{", "\\textrm{", "\\mbox{"]
        .iter()
        .find(|command| rest.starts_with(**command))
        .map_or(at, |command| skip_space(text, at + command.len()))
}

fn near(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    rest.get(..rest.floor_char_boundary(LONGEST)).unwrap_or_default()
}

fn ends(rest: &str) -> bool {
    !rest.starts_with(|c: char| c.is_alphanumeric() && (c as u32) < 0x2e80)
}

/// The scale that stands at a place behind a number, and where it ends.
pub(super) fn after(text: &str, at: usize, money: bool) -> Option<(f64, usize)> {
    let rest = near(text, at);
    let letters: &[(&str, f64)] = if money { &MONEY_LETTERS } else { &LETTERS };
    for (letter, scale) in letters {
        if rest.strip_prefix(letter).is_some_and(ends) {
            return Some((*scale, at + letter.len()));
        }
    }
    let from = text_space(text, at);
    let rest = near(text, from);
    let first = rest.chars().next()?;
    if first as u32 >= 0x2e80 {
        let (word, scale) = UNSPACED.iter().find(|(word, _)| rest.starts_with(word))?;
        return Some((*scale, from + word.len()));
    }
    if !first.is_alphabetic() {
        return None;
    }
    let word: &str = rest.get(..rest.find(|c: char| !c.is_alphabetic() && !mark(c)).unwrap_or(rest.len()))?;
    let lower = word.to_lowercase();
    let scale = BY_WORD.get(lower.as_str())?;
    let mut end = from + word.len();
    // "Mio." is an abbreviation; elsewhere a point ends the sentence.
    if matches!(lower.as_str(), "mio" | "mrd" | "tsd" | "млн" | "млрд" | "тыс") && near(text, end).starts_with('.')
    {
        end += 1;
    }
    Some((*scale, end))
}

/// Capital letters at once behind a number, with what else the question may measure by them.
const CAPITALS: [(char, f64, &[&str]); 2] = [
    ('M', 1e6, &["molar", "concentration", "solution", "mol"]),
    ('K', 1e3, &["temperature", "kelvin", "heat", "boil", "melt", "race", "run"]),
];

/// `1.2M` for millions and `35K` for thousands, unless the question speaks of what else the letter measures.
pub(super) fn capital(text: &str, at: usize, question: &str) -> Option<(f64, usize)> {
    let rest = near(text, at);
    let (letter, scale, measured) = CAPITALS.iter().find(|(letter, ..)| rest.starts_with(*letter))?;
    let rest = rest.strip_prefix(*letter).filter(|rest| ends(rest))?;
    let product = rest.trim_start().starts_with(['=', '×', '+', '-', '/', '·']);
    let lower = question.to_lowercase();
    (!product && !measured.iter().any(|word| lower.contains(word))).then_some((*scale, at + 1))
}

/// Signs that continue a word of Devanagari.
pub(super) fn mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{97f}') && !matches!(c, '।' | '॥' | '०'..='९')
}

/// Where a percent sign or word ends that stands behind a number.
pub(super) fn percent(text: &str, at: usize) -> Option<usize> {
    let from = text_space(text, at);
    let rest = near(text, from);
    if let Some(sign) = PERCENT.iter().find(|sign| rest.starts_with(**sign)) {
        return Some(from + sign.len());
    }
    if !rest.starts_with(|c: char| c.is_alphabetic() && (!c.is_ascii() || matches!(c, 'p' | 'P'))) {
        return None;
    }
    let lower = rest.to_lowercase();
    // Lower case changes no length in these languages; where it does, the word is another one.
    let word = PERCENT_WORDS.iter().find(|word| lower.starts_with(**word))?;
    rest.get(word.len()..).is_some_and(ends).then_some(from + word.len())
}
