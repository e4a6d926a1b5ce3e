//! Other ways to say a choice: without its article, with the name of its unit, a set in another order.

use ahash::AHashMap;

use super::lexicon::LEXICON;
use super::lexicon::numerals;
use super::lexicon::parts;
use super::lexicon::quantities::{CURRENCIES, MINOR, SIGNS, THOUSANDS, UNITS};
use super::lexicon::references::{LEADS, ONLY_SOME, Only, Pairing, pairings, wholes};
use super::scan::scan;
use crate::prompt;
use crate::sample::Sample;

/// The most elements of a set or list that are put into every order.
const MOST_ELEMENTS: usize = 4;

/// Other spellings of each choice, except those that could be another choice; `norms` are the normal forms of the
/// choices.
pub(super) fn spellings(sample: &Sample, norms: &[&str]) -> Vec<Vec<String>> {
    let named = sample.choices.iter().zip(norms).any(|(choice, norm)| surname(choice, norm).is_some());
    let person = named && asks_for_a_person(&sample.question);
    let of_one = |index| of(sample.choices.get(index).map_or("", String::as_str), norms, index, person);
    let mut found: Vec<Vec<String>> = (0..norms.len()).map(of_one).collect();
    // Names of two or three words, as `Bering Strait`.
    let named = |norm: &&&str| (1..3).contains(&norm.bytes().filter(|c| *c == b' ').count());
    if norms.iter().any(|norm| named(&norm)) {
        let asked = sample.question.to_lowercase();
        let named = found.iter_mut().zip(norms).filter(|(_, norm)| named(norm));
        named.for_each(|(all, norm)| all.extend(own_word(norm, &asked)));
    }
    if found.iter().all(Vec::is_empty) {
        return found;
    }
    let mut uses: AHashMap<&str, usize> =
        AHashMap::with_capacity(norms.len() + found.iter().map(Vec::len).sum::<usize>());
    for spelling in norms.iter().copied().chain(found.iter().flatten().map(String::as_str)) {
        *uses.entry(spelling).or_default() += 1;
    }
    let shared = uses.into_iter().filter(|(_, uses)| *uses > 1).map(|(spelling, _)| spelling.to_owned());
    let shared: Vec<String> = shared.collect();
    found.iter_mut().for_each(|all| all.retain(|spelling| !shared.contains(spelling)));
    found
}

fn of(choice: &str, norms: &[&str], index: usize, person: bool) -> Vec<String> {
    let Some(norm) = norms.get(index) else { return Vec::new() };
    let mut all = shorter(norm, index);
    all.extend(inflected(norm));
    all.extend(elided(norm));
    let sign = SIGNS.iter().find(|(sign, _)| sign == norm);
    all.extend(sign.iter().flat_map(|(_, names)| names.iter().map(|name| scan(&[(0, name)]).norm)));
    // Most choices are nothing but words.
    if !norm.bytes().all(|c| c.is_ascii_lowercase() || c == b' ') {
        all.extend(of_marks(choice, norm));
    }
    all.extend(person.then(|| surname(choice, norm)).flatten());
    all.extend(wholes(norm).iter().cloned());
    all.extend(pairings(norm).iter().flat_map(|pairing| pairs(pairing, norms, norm)));
    if borders_on_numeral(norm) {
        all.extend(ONLY_SOME.iter().flat_map(|only| numerals(only, norm)));
    }
    all.retain(|spelling| spelling != norm && !spelling.is_empty());
    all.sort_unstable();
    all.dedup();
    all
}

/// Other spellings of what has digits or marks.
fn of_marks(choice: &str, norm: &str) -> Vec<String> {
    let mut all = orders(norm);
    all.extend(unsigned(norm));
    all.extend(applied(norm));
    if norm.bytes().any(|c| c.is_ascii_digit()) {
        all.extend(quantities(norm));
        all.extend(amounts(choice, norm));
        all.extend(numerals::names(norm).iter().cloned());
    }
    all.extend(serial_comma(norm));
    all.extend(products(norm));
    all.extend(root(norm));
    all
}

/// Whether a question asks for a person.
pub(super) fn asks_for_a_person(question: &str) -> bool {
    const LONGEST: usize = 16;
    let words = question.split(|c: char| !c.is_alphabetic()).filter(|word| (3..LONGEST).contains(&word.len()));
    words.map(str::to_lowercase).any(|word| parts::words(parts::WHO).any(|who| who == word))
}

/// `Shakespeare` for `William Shakespeare`.
fn surname(choice: &str, norm: &str) -> Option<String> {
    const SHORTEST: usize = 4;
    if !choice.contains(' ') || !choice.starts_with(char::is_uppercase) {
        return None;
    }
    let last = choice.split_whitespace().next_back().filter(|last| last.starts_with(char::is_uppercase));
    let named = last.is_some() && (2..5).contains(&choice.split_whitespace().count());
    let last = norm.rsplit([' ', '.']).next().filter(|last| named && last.chars().count() >= SHORTEST)?;
    last.chars().all(char::is_alphabetic).then(|| last.to_owned())
}

/// Without its label, its article, the pronoun that opens it.
fn shorter(norm: &str, index: usize) -> Vec<String> {
    let labelled = norm.strip_prefix('(').unwrap_or(norm).split_once(['.', ')', ':']);
    let is_own = |label: &str| label.len() < 3 && label.eq_ignore_ascii_case(&prompt::letter(index));
    let bare = labelled.filter(|(label, _)| is_own(label)).map(|(_, rest)| rest.trim_start());
    let noun = norm.split_once(' ').filter(|(first, _)| LEADS.contains(first)).map(|(_, rest)| rest);
    [bare, noun, condition(norm)].into_iter().flatten().filter(|text| text.len() > 2).map(str::to_owned).collect()
}

/// `if she paid` for `Yes, if she paid`: under which condition something is so, another choice does not tell.
fn condition(norm: &str) -> Option<&str> {
    const WORDS: [&str; 8] = ["yes,", "no,", "ja,", "nein,", "oui,", "non,", "si,", "sim,"];
    const OPENS: [&str; 10] =
        ["if ", "unless ", "only if ", "provided ", "as long as ", "but only if ", "wenn ", "falls ", "si ", "se "];
    let rest = WORDS.iter().find_map(|word| norm.strip_prefix(word))?.trim_start();
    OPENS.iter().any(|opens| rest.starts_with(opens)).then_some(rest)
}

/// Nouns that are verbs as well, whose plural says something else.
const VERBS_AS_WELL: [&str; 24] = [
    "work", "force", "power", "heat", "light", "sound", "plant", "water", "cause", "change", "charge", "control",
    "increase", "decrease", "produce", "function", "move", "mean", "state", "form", "time", "order", "pressure",
    "sale",
];

/// `penguins` for `Penguin`, `mitochondria` for `Mitochondrion`: the other number of a choice that is one English word.
fn inflected(norm: &str) -> Option<String> {
    /// How words end in the singular and in the plural, the more special first.
    const ENDINGS: [(&str, &str); 8] = [
        ("chondrion", "chondria"),
        ("nucleus", "nuclei"),
        ("bacterium", "bacteria"),
        ("ch", "ches"),
        ("sh", "shes"),
        ("x", "xes"),
        ("y", "ies"),
        ("", "s"),
    ];
    const SHORTEST: usize = 5;
    let plain = norm.len() >= SHORTEST && norm.bytes().all(|c| c.is_ascii_lowercase());
    if !plain || VERBS_AS_WELL.contains(&norm.trim_end_matches('s')) || norm.ends_with("ss") {
        return None;
    }
    // `kidneys`, not `kidnies`
    let vowel = |stem: &str| stem.ends_with(['a', 'e', 'o', 'u']);
    let fits = |(one, _): &&(&str, &str)| *one != "y" || norm.strip_suffix('y').is_none_or(|stem| !vowel(stem));
    let singular = |(one, many): &(&str, &str)| Some(format!("{}{one}", norm.strip_suffix(many)?));
    let plural = |(one, many): &(&str, &str)| Some(format!("{}{many}", norm.strip_suffix(one)?));
    let is_singular_in_s = norm.ends_with("us") || norm.ends_with("is");
    let found = ENDINGS.iter().find_map(singular).filter(|_| !is_singular_in_s);
    found.or_else(|| ENDINGS.iter().filter(fits).find_map(plural))
}

/// `l'oxygène` for `Oxygène`: behind an article or preposition of French or Italian that loses its vowel, in the normal
/// form.
fn elided(norm: &str) -> Vec<String> {
    const BEFORE: [&str; 6] = ["l", "d", "dell", "nell", "all", "un"];
    const SHORTEST: usize = 5;
    let opens = norm.len() >= SHORTEST && norm.starts_with(['a', 'e', 'i', 'o', 'u', 'h']);
    let word = norm.bytes().all(|c| c.is_ascii_lowercase());
    if opens && word { BEFORE.iter().map(|before| format!("{before}{norm}")).collect() } else { Vec::new() }
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
    named
        .chain(scaled(number, rest))
        .chain(rest.strip_prefix('/').map(|lower| format!("{number} out of {lower}")))
        .chain(shares(number).filter(|_| rest.is_empty()).into_iter().flatten())
        .chain(rest.strip_prefix('/').and_then(|lower| decimal(number, lower)).into_iter().flatten())
        .collect()
}

/// `1.15 kW` for `1150 W`, and the other way round.
fn scaled(number: &str, unit: &str) -> Vec<String> {
    let shown = |value: f64, unit: &str| {
        let number = format!("{value:.6}");
        format!("{}{unit}", number.trim_end_matches('0').trim_end_matches('.'))
    };
    let Ok(value) = number.parse::<f64>() else { return Vec::new() };
    let larger = THOUSANDS.iter().filter(|(small, _)| *small == unit && value.abs() >= 100.0);
    let smaller = THOUSANDS.iter().filter(|(_, large)| *large == unit && value.abs() < 100_000.0);
    let larger = larger.map(|(_, large)| shown(value / 1000.0, large));
    larger.chain(smaller.map(|(small, _)| shown(value * 1000.0, small))).collect()
}

/// `6` for `+6`.
fn unsigned(norm: &str) -> Option<String> {
    norm.strip_prefix('+').filter(|number| number.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

/// `cos x` for `cos(x)`.
fn applied(norm: &str) -> Option<String> {
    let (function, rest) = norm.split_once('(')?;
    let variable = rest.strip_suffix(')').filter(|variable| variable.len() == 1)?;
    let named = function.trim_start_matches('-').bytes().all(|c| c.is_ascii_lowercase()) && function.len() > 1;
    named.then(|| format!("{function} {variable}"))
}

/// `Gibraltar` for `Strait of Gibraltar`, where the question asks for a strait: the only word that the question does not
/// have.
fn own_word(norm: &str, asked: &str) -> Option<String> {
    const SMALL: [&str; 4] = ["of", "the", "de", "da"];
    const SHORTEST: usize = 4;
    let known = |word: &str| word.len() >= SHORTEST && asked.contains(word);
    let mut own = norm.split(' ').filter(|word| !SMALL.contains(word) && !known(word));
    let only = own.next().filter(|word| own.next().is_none() && word.len() >= SHORTEST && *word != norm)?;
    let plain = only.bytes().all(|c| c.is_ascii_lowercase()) && !says_something(only);
    (plain && norm.split(' ').any(known)).then(|| only.to_owned())
}

/// Whether a word says something about an answer, as `right` does.
fn says_something(word: &str) -> bool {
    LEXICON.find(&scan(&[(0, word)]), 0).is_some()
}

/// `40 dollars` for `$40`.
fn amounts(choice: &str, norm: &str) -> Vec<String> {
    let number = norm.trim_matches(|c| CURRENCIES.iter().any(|(sign, _)| *sign == c));
    let plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let named = CURRENCIES.iter().find(|(sign, _)| plain && choice.contains(*sign));
    let names = named.map_or(&[][..], |(_, names)| names);
    let named = names.iter().map(|name| format!("{number} {name}"));
    let parts = MINOR.iter().find(|(sign, _)| plain && choice.contains(*sign)).zip(hundredths(number));
    let minor = parts.iter().flat_map(|((_, names), count)| names.iter().map(move |name| format!("{count} {name}")));
    named.chain(minor).map(|text| scan(&[(0, &text)]).norm).collect()
}

/// An amount below one in hundredths: 5 for `0.05`.
fn hundredths(number: &str) -> Option<u32> {
    let digits = number.strip_prefix("0.").or_else(|| number.strip_prefix('.'))?;
    (digits.len() == 2).then(|| digits.parse().ok()).flatten()
}

/// `65%` and `13/20` for `0.65`.
fn shares(number: &str) -> Option<[String; 2]> {
    let decimals = number.strip_prefix("0.").filter(|decimals| (1..4).contains(&decimals.len()))?;
    let (upper, lower) = (decimals.parse::<u64>().ok()?, 10_u64.pow(u32::try_from(decimals.len()).ok()?));
    let divisor = (1..=upper).rev().find(|divisor| upper % divisor == 0 && lower % divisor == 0)?;
    let percent = decimal(&upper.to_string(), &lower.to_string())?[1].clone();
    Some([percent, format!("{}/{}", upper / divisor, lower / divisor)])
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

/// `I, II, and III` for `I, II and III`, and the other way round; normal forms have no space behind a comma.
fn serial_comma(norm: &str) -> Option<String> {
    const WORDS: [(&str, &str); 2] = [(" and ", ",and "), (" or ", ",or ")];
    if !norm.contains(',') {
        return None;
    }
    let swap = |from: &str, to: &str| {
        let (before, last) = norm.rsplit_once(from)?;
        before.contains(',').then(|| format!("{before}{to}{last}"))
    };
    WORDS.iter().find_map(|(plain, with_comma)| swap(with_comma, plain).or_else(|| swap(plain, with_comma)))
}

/// `2sqrt(5)` for `2√5`.
fn root(norm: &str) -> Option<String> {
    let (before, behind) = norm.split_once('√')?;
    let behind = behind.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(behind);
    let plain = !behind.is_empty() && behind.bytes().all(|c| c.is_ascii_alphanumeric());
    plain.then(|| scan(&[(0, &format!("{before}sqrt({behind})"))]).norm)
}

/// `(x + 3)(x - 3)` for `(x - 3)(x + 3)`.
fn products(norm: &str) -> Vec<String> {
    if !norm.starts_with('(') {
        return Vec::new();
    }
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

/// `both Mars and Venus` for `both A and B`.
fn pairs(pairing: &Pairing, norms: &[&str], norm: &str) -> Vec<String> {
    let Pairing { both, and, whole } = pairing;
    let Some(pair) = pairing.labels(norm) else { return Vec::new() };
    let named = |label: &str| {
        let letter = label.bytes().next().filter(|_| label.len() == 1)?.checked_sub(b'a')?;
        norms.get(usize::from(letter)).copied().filter(|norm| norm.len() > 2)
    };
    let (Some(first), Some(second)) = (named(pair.0), named(pair.1)) else { return Vec::new() };
    let said = [format!("{both}{first}{and}{second}"), format!("{first}{and}{second}")];
    said.iter().map(|said| scan(&[(0, said)]).norm).chain(whole.iter().cloned()).collect()
}

/// Whether a numeral opens or ends a choice.
fn borders_on_numeral(norm: &str) -> bool {
    let is_numeral = |word: Option<&str>| word.is_some_and(|word| !word.is_empty() && is_numeral(word));
    is_numeral(norm.split([' ', ',']).next()) || is_numeral(norm.rsplit([' ', ',']).next())
}

fn is_numeral(word: &str) -> bool {
    word.bytes().all(|c| b"ivx".contains(&c)) || word.len() == 1 && word.bytes().all(|c| c.is_ascii_digit())
}

/// `only I` for `I only`, `statements I and III` for `I and III only`.
fn numerals(only: &Only, norm: &str) -> Vec<String> {
    let strip = |(before, behind): &(String, String)| norm.strip_prefix(before.as_str())?.strip_suffix(behind.as_str());
    let listed = only.ways.iter().find_map(strip);
    let numeral = |word: &str| word == only.and || is_numeral(word);
    let Some(listed) = listed.filter(|listed| !listed.is_empty() && listed.split([' ', ',']).all(numeral)) else {
        return Vec::new();
    };
    let several = listed.contains(' ');
    let [one, more] = &only.nouns;
    let named = format!("{} {listed}", if several { more } else { one });
    let ways = only
        .ways
        .iter()
        .flat_map(|(before, behind)| [format!("{before}{listed}{behind}"), format!("{before}{named}{behind}")]);
    let commas = listed.replace(&format!(" {} ", only.and), ",");
    let plain = [listed.to_owned(), named.clone(), commas].into_iter().filter(|_| several);
    ways.chain(plain).collect()
}
