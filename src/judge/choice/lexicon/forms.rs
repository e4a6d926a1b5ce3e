//! Forms in which an answer takes up a word of the question.

use std::sync::LazyLock;

use ahash::AHashMap;

use super::super::scan::scan;

/// Endings of words in other than their plain form, with the shortest word that may take them: English, German, and the
/// genders of Italian, Spanish and Portuguese.
const ENDINGS: [(&str, usize); 13] = [
    ("ly", 4),
    ("ies", 4),
    ("y", 4),
    ("s", 3),
    ("d", 3),
    ("ed", 3),
    ("ing", 3),
    ("e", 6),
    ("n", 6),
    ("en", 6),
    ("er", 6),
    ("a", 6),
    ("o", 6),
];

/// The article of Arabic, which is a part of its word.
const ARTICLE: &str = "ال";

/// Endings before which English doubles a consonant: `clotting`.
const DOUBLING: [&str; 3] = ["ing", "ed", "er"];

/// A word without each ending that it has.
pub(in super::super) fn plain(word: &str) -> impl Iterator<Item = &str> + Clone {
    let ended =
        move |(ending, shortest): &(&str, usize)| word.strip_suffix(ending).filter(|plain| plain.len() >= *shortest);
    let doubled = move |ending: &&str| {
        let doubled = word.strip_suffix(ending)?;
        let short = doubled.get(..doubled.len().checked_sub(1)?)?;
        (short.len() > 2 && short.as_bytes().last() == doubled.as_bytes().last()).then_some(short)
    };
    ENDINGS.iter().filter_map(ended).chain(word.strip_prefix(ARTICLE)).chain(DOUBLING.iter().filter_map(doubled))
}

/// Whether two words are forms of one.
pub(in super::super) fn same(one: &str, other: &str) -> bool {
    let all = |word| plain(word).chain(std::iter::once(word)).chain(irregular(word));
    all(one).any(|form| all(other).any(|other| form == other))
}

/// Forms of verbs that no ending tells, with the form in which questions have them: English, German, Italian, Spanish.
#[rustfmt::skip]
const IRREGULAR: [(&str, &str); 40] = [
    ("laid", "lay"), ("sunk", "sink"),
    ("fell", "fall"), ("won", "win"), ("wrote", "write"), ("written", "write"), ("began", "begin"),
    ("begun", "begin"), ("built", "build"), ("sank", "sink"), ("held", "hold"), ("became", "become"),
    ("took", "take"), ("broke", "break"), ("made", "make"), ("found", "find"), ("sold", "sell"), ("left", "leave"),
    ("came", "come"), ("grew", "grow"), ("gave", "give"), ("lost", "lose"), ("flew", "fly"), ("went", "go"),
    ("fiel", "fallen"), ("gewann", "gewinnen"), ("geschrieben", "schrieb"), ("begann", "beginnen"),
    ("erbaut", "gebaut"), ("gemalt", "malte"), ("erfunden", "erfand"), ("entdeckt", "entdeckte"),
    ("scrisse", "scritto"), ("dipinse", "dipinto"), ("scoprì", "scoperto"), ("inventò", "inventato"),
    ("escrita", "escribió"), ("escrito", "escribió"), ("pintada", "pintó"), ("pintado", "pintó"),
];

/// The form of a word that no ending tells, in which a question may have it.
pub(in super::super) fn irregular(word: &str) -> Option<&'static str> {
    static FORMS: LazyLock<AHashMap<String, String>> = LazyLock::new(|| {
        let normal = |word: &str| scan(&[(0, word)]).norm;
        IRREGULAR.iter().map(|(form, plain)| (normal(form), normal(plain))).collect()
    });
    FORMS.get(word).map(String::as_str)
}
