//! How choices refer to each other, and to statements by numeral, in the languages that set words apart by spaces.

use std::sync::LazyLock;

use ahash::{AHashMap, AHashSet};

use super::super::scan::scan;

/// Articles and pronouns that an answer may leave out at the start of a choice.
pub(in super::super) const LEADS: [&str; 30] = [
    "the", "a", "an", "it", "they", "he", "she", "es", "sie", "ils", "elles", "der", "die", "das", "ein", "eine", "le",
    "la", "les", "un", "une", "el", "los", "las", "una", "il", "lo", "gli", "um", "uma",
];

/// How choices start that refer to others.
#[rustfmt::skip]
const REFERRING: [&str; 40] = [
    "both ", "all of ", "none of ", "neither ", "all the above", "none", "either ", "only ",
    "alle der ", "alle genannten", "alle oben", "keine der ", "keines der ", "weder ", "sowohl ", "nur ",
    "toutes les réponses", "toutes ces réponses", "aucune de ", "aucun de ", "aucune des ", "seulement ",
    "todas las anteriores", "todos los anteriores", "ninguna de ", "ninguno de ", "solamente ",
    "todas as anteriores", "todas as alternativas", "nenhuma das ", "nenhum dos ", "somente ", "apenas ",
    "tutte le precedenti", "nessuna delle ", "nessuno dei ", "soltanto ",
    "все вышеперечисленн", "ничего из ", "только ",
];

/// What stands for all other choices, and what for none of them, by language.
#[rustfmt::skip]
const WHOLES: [&[&str]; 14] = [
    &["all of the above", "all the above", "all of these", "all of them", "all of the options", "all the options", "all three"],
    &["none of the above", "none of these", "none of them", "none of the options"],
    &["alle der oben genannten", "alle oben genannten", "alle genannten", "alle der genannten", "alle drei"],
    &["keine der oben genannten", "keine der genannten", "keines der genannten", "keine davon", "keines davon"],
    &["toutes les réponses ci-dessus", "toutes ces réponses", "toutes les réponses", "tous les trois", "toutes les trois"],
    &["aucune des réponses ci-dessus", "aucune de ces réponses", "aucune des réponses"],
    &["todas las anteriores", "todos los anteriores", "todas las opciones", "los tres", "las tres"],
    &["ninguna de las anteriores", "ninguno de los anteriores", "ninguna de las opciones"],
    &["todas as anteriores", "todas as alternativas", "todas as alternativas anteriores", "os três", "as três"],
    &["nenhuma das anteriores", "nenhuma das alternativas"],
    &["tutte le precedenti", "tutte le risposte precedenti", "tutti e tre", "tutte e tre"],
    &["nessuna delle precedenti", "nessuna delle risposte precedenti"],
    &["все вышеперечисленное", "все перечисленное", "все три"],
    &["ничего из вышеперечисленного", "ничего из перечисленного"],
];

/// How each language speaks of two choices at once: with both names, `both`, `and`, and without them.
#[rustfmt::skip]
const PAIRINGS: [(&str, &str, &[&str]); 7] = [
    ("both", "and", &["both of them", "both of these", "both of the above", "both are", "both", "both options"]),
    ("sowohl", "und", &["beide", "beides"]),
    ("à la fois", "et", &["les deux", "les deux réponses"]),
    ("tanto", "y", &["ambos", "ambas"]),
    ("tanto", "e", &["ambos os", "ambas as"]),
    ("sia", "e", &["entrambi", "entrambe"]),
    ("и", "и", &["оба", "обе"]),
];

/// How each language says that only some statements hold, `{}` standing for their numerals: what joins the last two of
/// them, the ways to say it, and a noun before one and before several.
#[rustfmt::skip]
const ONLY: [(&str, &[&str], [&str; 2]); 7] = [
    ("and", &["{} only", "only {}"], ["statement", "statements"]),
    ("und", &["nur {}"], ["aussage", "aussagen"]),
    ("et", &["{} seulement", "seulement {}", "uniquement {}"], ["affirmation", "affirmations"]),
    ("y", &["solo {}", "solamente {}", "{} solamente"], ["afirmación", "afirmaciones"]),
    ("e", &["apenas {}", "somente {}"], ["afirmação", "afirmações"]),
    ("e", &["solo {}", "soltanto {}"], ["affermazione", "affermazioni"]),
    ("и", &["только {}"], ["утверждение", "утверждения"]),
];

/// How a language speaks of two choices at once, in its normal form.
pub(in super::super) struct Pairing {
    /// What stands before both names, with a space.
    pub both: String,
    /// What stands between them, with spaces.
    pub and: String,
    /// What it says for both of them without their names.
    pub whole: Vec<String>,
}

impl Pairing {
    /// The two labels that a choice names, in their normal form; the first two where it says only that it is both.
    pub fn labels<'n>(&self, norm: &'n str) -> Option<(&'n str, &'n str)> {
        if self.whole.iter().any(|whole| whole == norm) {
            return Some(("a", "b"));
        }
        norm.strip_prefix(self.both.as_str()).unwrap_or(norm).split_once(self.and.as_str())
    }
}

/// The choices that a choice, in its normal form, names by their labels, as bits: `both A and B`; 0 if it names none.
pub(in super::super) fn paired(norm: &str) -> u32 {
    let letter = |label: &str| match label.as_bytes() {
        [letter @ b'a'..=b'z'] => Some(1_u32 << (letter - b'a')),
        _ => None,
    };
    let labels = pairings(norm).iter().find_map(|pairing| {
        let (first, second) = pairing.labels(norm)?;
        letter(first).zip(letter(second))
    });
    labels.map_or(0, |(first, second)| first | second)
}

/// How a language says that only some statements hold, in its normal form.
pub(in super::super) struct Only {
    /// What joins the last two numerals.
    pub and: String,
    /// What stands before and behind the numerals, for each way to say it.
    pub ways: Vec<(String, String)>,
    /// A noun before one numeral and before several.
    pub nouns: [String; 2],
}

/// The pairings in which a choice, in its normal form, may name two others. Two labels and the words around them are short, and a label
/// ends them unless no name is said.
pub(in super::super) fn pairings(norm: &str) -> &'static [Pairing] {
    const LONGEST: usize = 32;
    static WITHOUT_NAMES: LazyLock<AHashSet<&str>> =
        LazyLock::new(|| PAIRED.iter().flat_map(|pairing| &pairing.whole).map(String::as_str).collect());
    let ends_with_label = matches!(norm.as_bytes(), [.., b' ', b'a'..=b'z']);
    let may_pair = norm.len() <= LONGEST && (ends_with_label || WITHOUT_NAMES.contains(norm));
    if may_pair { &PAIRED } else { &[] }
}

/// The pairings of each language.
static PAIRED: LazyLock<Vec<Pairing>> = LazyLock::new(|| {
    let pairing = |(both, and, whole): &(&str, &str, &[&str])| Pairing {
        both: format!("{} ", normal(both)),
        and: format!(" {} ", normal(and)),
        whole: whole.iter().map(|whole| normal(whole)).collect(),
    };
    PAIRINGS.iter().map(pairing).collect()
});

/// The ways of each language to say that only some statements hold.
pub(in super::super) static ONLY_SOME: LazyLock<Vec<Only>> = LazyLock::new(|| {
    let way = |way: &&str| match (way.strip_prefix("{} "), way.strip_suffix(" {}")) {
        (Some(behind), _) => (String::new(), format!(" {}", normal(behind))),
        (None, before) => (format!("{} ", normal(before.unwrap_or(way))), String::new()),
    };
    let only = |(and, ways, nouns): &(&str, &[&str], [&str; 2])| Only {
        and: normal(and),
        ways: ways.iter().map(way).collect(),
        nouns: nouns.map(normal),
    };
    ONLY.iter().map(only).collect()
});

/// A phrase in the normal form of an answer.
fn normal(phrase: &str) -> String {
    scan(&[(0, phrase)]).norm
}

/// Whether a choice, in its normal form, refers to others.
pub(in super::super) fn refers(norm: &str) -> bool {
    static STARTS: LazyLock<Vec<String>> = LazyLock::new(|| REFERRING.iter().map(|start| normal(start)).collect());
    let first = norm.bytes().next();
    STARTS.iter().any(|start| start.bytes().next() == first && norm.starts_with(start))
}

/// The ways to say a choice that stands for all others or for none of them.
pub(in super::super) fn wholes(norm: &str) -> &'static [String] {
    static NORMAL: LazyLock<AHashMap<String, Vec<String>>> = LazyLock::new(|| {
        let normals = WHOLES.iter().map(|said| said.iter().map(|said| normal(said)).collect::<Vec<_>>());
        normals.flat_map(|said| said.clone().into_iter().map(move |one| (one, said.clone()))).collect()
    });
    NORMAL.get(norm).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_refer_to_others_in_every_language() {
        for choice in ["All of the above", "Keine der genannten", "Todas as anteriores", "Nessuna delle precedenti"] {
            assert!(refers(&normal(choice)) && wholes(&normal(choice)).len() > 1, "{choice}");
        }
        assert!(!refers(&normal("Mars")) && wholes(&normal("Mars")).is_empty());
    }
}
