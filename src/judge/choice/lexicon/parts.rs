//! Words by the part that they play in a sentence about a choice, in the languages that set words apart by spaces.

use std::sync::LazyLock;

use ahash::AHashMap;

use super::super::scan::scan;

/// The part of a word in its sentence; several may hold.
pub(in super::super) type Part = u64;

/// Stands for what was named before.
pub(in super::super) const PRONOUN: Part = 1;
/// Says that something is one of many.
pub(in super::super) const INDEFINITE: Part = 1 << 1;
/// Says that something is the only one of its kind.
pub(in super::super) const DEFINITE: Part = 1 << 2;
/// Ties a maker to what was made.
pub(in super::super) const MAKER: Part = 1 << 3;
/// A noun whose last word is a letter or a number: `blood type O`, `the year 1989`.
pub(in super::super) const NAMED: Part = 1 << 4;
/// A month.
pub(in super::super) const MONTH: Part = 1 << 5;
/// Says that something took place.
pub(in super::super) const HAPPENS: Part = 1 << 6;
/// Opens a clause about what stands before it.
pub(in super::super) const RELATIVE: Part = 1 << 7;
/// Joins what excludes each other.
pub(in super::super) const OR: Part = 1 << 8;
/// Opens a clause that is said to be so.
pub(in super::super) const THAT: Part = 1 << 9;
/// Leaves out all others.
pub(in super::super) const ONLY: Part = 1 << 10;
/// Opens a remark on what follows it: `In option A, …`
pub(in super::super) const ABOUT: Part = 1 << 11;
/// Shortens `number`: `No. 3`.
pub(in super::super) const NUMERO: Part = 1 << 12;
/// Denies, in a question for what is not so.
pub(in super::super) const DENIES: Part = 1 << 13;
/// Leaves out, in a question for what is not so.
pub(in super::super) const EXCEPT: Part = 1 << 14;
/// Denies in Spanish, where it is no English word.
pub(in super::super) const DENIES_IN_SPANISH: Part = 1 << 15;
/// Asks in Spanish.
pub(in super::super) const ASKS_IN_SPANISH: Part = 1 << 16;

/// Tells of one of several equal parts: `per year`.
pub(in super::super) const EACH: Part = 1 << 17;
/// Says that there is none, as a whole answer.
pub(in super::super) const NO_ONE: Part = 1 << 18;
/// The second word of the name of a species: `E. coli`.
pub(in super::super) const SPECIES: Part = 1 << 19;

/// Makes a question and says nothing of what it asks for.
pub(in super::super) const ASKS: Part = 1 << 20;
/// Untrue, in a question for a statement.
pub(in super::super) const UNTRUE: Part = 1 << 21;
/// True, in a question for a statement.
pub(in super::super) const TRUTHFUL: Part = 1 << 22;
/// May stand behind a word for true or untrue where a question asks for a statement.
pub(in super::super) const OF_STATEMENT: Part = 1 << 23;
/// Opens a condition or a reason in a question, which then asks for no statement.
pub(in super::super) const CONDITION: Part = 1 << 24;

/// Asks for a person.
pub(in super::super) const WHO: Part = 1 << 25;

/// Tells what to do, at the start of an answer: `Give aspirin.`
pub(in super::super) const REQUESTS: Part = 1 << 27;

/// Says how something seems: `looks good`, `sounds like`.
pub(in super::super) const SEEMS: Part = 1 << 36;

/// Opens a clause that says where, when or by whom something happens.
pub(in super::super) const PLACE_OF: Part = 1 << 34;

/// A noun for what a value is derived by: `Ohm's law gives 6 A`.
pub(in super::super) const DERIVES: Part = 1 << 35;

/// The one who answers: `if I am right`.
pub(in super::super) const SPEAKER: Part = 1 << 33;

/// A noun for a letter of the alphabet.
pub(in super::super) const LETTER: Part = 1 << 32;

/// Stands for the verb of the question: `Venus does.`
pub(in super::super) const DOES: Part = 1 << 31;

/// A noun for a kind of things, which a name may take: `wind power`.
pub(in super::super) const KIND: Part = 1 << 30;

/// Says that something is more than all others of its kind.
pub(in super::super) const SUPERLATIVE: Part = 1 << 29;

/// Places what follows, and says nothing by itself.
pub(in super::super) const PLACES: Part = 1 << 28;

/// Marks a subject in Japanese or Korean.
pub(in super::super) const SUBJECT: Part = 1 << 26;

/// Opens a preference: `better C than A`.
pub(in super::super) const PREFERS: Part = 1 << 37;

/// Sets what stands before it above what follows, between two labels.
pub(in super::super) const COMPARES: Part = 1 << 38;

/// Says that something is sure, and so yes if it is all that is said.
pub(in super::super) const SURELY: Part = 1 << 39;

/// Adds nothing to what the words around it say: `is the task of the cerebellum`, `pure water`.
pub(in super::super) const NEUTRAL: Part = 1 << 40;

/// Counts people without naming them: `many`, `most`.
pub(in super::super) const QUANTIFIER: Part = 1 << 41;

/// What people do who choose.
pub(in super::super) const OPINES: Part = 1 << 42;

/// Says that something is not there.
pub(in super::super) const LACKS: Part = 1 << 43;

/// Says that one thing is as another: `as in (C)`.
pub(in super::super) const LIKE: Part = 1 << 44;

/// Says that something was so: `A was right for decades`.
pub(in super::super) const PAST: Part = 1 << 45;

/// The words of each part: English, German, French, Spanish, Portuguese, Italian, Russian, Arabic, Hindi.
#[rustfmt::skip]
const PARTS: [(Part, &[&str]); 46] = [
    (LIKE, &["as", "described", "stated", "given", "said", "wie", "comme", "como", "come", "как"]),
    (PAST, &["was", "were", "had", "used", "war", "waren", "était", "étaient", "era", "fue", "foi", "fu", "был", "была", "было"]),
    (LACKS, &["without", "lack", "lacks", "lacking", "missing", "absent", "free", "none", "ohne", "sans", "sin", "sem", "senza", "без"]),
    (
        QUANTIFIER,
        &[
            "many", "most", "some", "several", "few", "plenty", "lot", "lots", "countless", "numerous", "half", "majority", "viele",
            "manche", "einige", "mehrere", "beaucoup", "certains", "plupart", "muchos", "muchas", "algunos", "muitos", "alguns",
            "molti", "alcuni", "многие", "некоторые",
        ],
    ),
    (
        OPINES,
        &[
            "go", "going", "choose", "pick", "select", "opt", "vote", "settle", "mark", "prefer", "say", "guess", "tick", "take",
            "wählen", "nehmen", "choisissent", "eligen", "escolhem", "scelgono", "выбирают",
        ],
    ),
    (
        NEUTRAL,
        &[
            "task", "function", "role", "duty", "responsibility", "business", "domain", "matter", "product", "belongs", "name", "names", "term", "word", "synonym", "another", "means", "refers", "written", "wrote", "writes", "expressed", "represented", "denoted", "known", "noted", "spelled",
            "depends", "comes", "goes", "aufgabe", "sache", "funktion", "pure", "healthy", "normal", "typical", "ordinary", "average",
            "usual", "plain", "standard", "regular", "chemical", "scientific", "technical", "proper", "official",
            "reines", "gesunder", "gesunde", "reine", "tâche", "fonction", "rôle", "tarea", "función", "tarefa",
            "função", "compito", "funzione", "задача", "функция",
        ],
    ),
    (
        PREFERS,
        &[
            "better", "rather", "sooner", "take", "lieber", "besser", "eher", "plutôt", "mieux", "mejor", "antes", "melhor", "meglio",
            "piuttosto", "скорее", "лучше",
        ],
    ),
    (COMPARES, &["than", "before", "over", "als", "vor", "que", "avant", "antes", "che", "prima", "чем"]),
    (
        SURELY,
        &[
            "certainly", "absolutely", "definitely", "sure", "surely", "course", "natürlich", "sicher", "klar", "claro",
            "certo", "certamente", "certainement", "sûr", "bien", "конечно", "безусловно",
        ],
    ),
    (SEEMS, &["looks", "sounds", "seems", "feels", "appears"]),
    (PLACE_OF, &["where", "when", "who", "what", "wo", "wann", "wer", "où", "donde", "quien", "onde", "quem", "dove", "chi", "где"]),
    (
        DERIVES,
        &[
            "law", "rule", "formula", "theorem", "equation", "definition", "calculation", "substitution", "substituting",
            "multiplying", "dividing", "adding", "subtracting", "arithmetic", "gesetz", "formel", "satz", "regel", "rechnung",
            "loi", "formule", "théorème", "ley", "fórmula", "regla", "lei", "regra", "legge", "regola", "закон", "формула",
        ],
    ),
    (SPEAKER, &["i", "im", "ive", "my", "you", "youd", "youll", "youre", "youve", "ich", "je", "yo", "eu", "io", "я", "anything", "any"]),
    (LETTER, &["letter", "buchstabe", "lettre", "letra", "lettera", "буква", "حرف", "अक्षर"]),
    (
        PRONOUN,
        &[
            "it", "this", "them", "him", "her", "that", "they", "these", "those", "l'ha", "l'a", "es", "ihn", "sie", "dies", "le", "cela", "lo", "esto", "isso",
            "isto", "ciò", "questo", "его", "её", "их", "это", "هذا", "ذلك", "यह", "इसे",
        ],
    ),
    (
        INDEFINITE,
        &[
            "a", "an", "one", "also", "another", "among", "some", "ein", "eine", "einer", "eines", "auch", "un", "une",
            "aussi", "una", "también", "um", "uma", "também", "uno", "anche", "один", "одна", "одно", "также", "أحد",
            "إحدى", "एक",
        ],
    ),
    (DEFINITE, &["the", "der", "die", "das", "le", "la", "les", "el", "los", "las", "o", "os", "il", "lo", "gli"]),
    (
        MAKER,
        &["by", "von", "par", "por", "da", "dal", "dalla", "door", "pelo", "pela", "بواسطة"],
    ),
    (
        NAMED,
        &[
            "type", "types", "group", "blood", "vitamin", "note", "grade", "class", "hepatitis", "key", "year", "size",
            "section", "phase", "stage", "level", "form", "variant", "category", "period", "interval", "open", "closed", "set", "value",
            "number", "point", "range", "fraction", "ratio", "state", "typ", "gruppe", "blutgruppe", "jahr", "stufe", "klasse",
            "zahl", "groupe", "année", "niveau", "vitamine", "nombre", "valeur", "tipo", "grupo", "año", "nivel",
            "vitamina", "número", "valor", "ano", "nível", "gruppo", "anno", "numero", "valore", "тип", "группа",
            "витамин", "год", "число", "عام", "سنة", "نوع", "فئة", "العدد", "वर्ष", "प्रकार", "समूह", "संख्या",
        ],
    ),
    (
        MONTH,
        &[
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december", "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember",
            "janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre",
            "décembre", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
            "octubre", "noviembre", "diciembre", "janeiro", "fevereiro", "março", "maio", "junho", "julho", "setembro",
            "outubro", "novembro", "dezembro", "gennaio", "febbraio", "aprile", "maggio", "giugno", "luglio",
            "settembre", "ottobre", "dicembre", "января", "февраля", "марта", "апреля", "мая", "июня", "июля",
            "августа", "сентября", "октября", "ноября", "декабря", "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
            "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
        ],
    ),
    (
        HAPPENS,
        &[
            "it", "this", "that", "took", "taken", "place", "happened", "occurred", "was", "in", "es", "das", "geschah",
            "fand", "statt", "war", "im", "jahr", "cela", "eut", "lieu", "était", "en", "ocurrió", "tuvo", "lugar",
            "fue", "ocorreu", "aconteceu", "teve", "foi", "em", "avvenne", "accadde", "nel", "fu", "это", "произошло",
            "случилось", "было", "в", "حدث", "وقع", "كان", "في", "عام",
        ],
    ),
    (
        RELATIVE,
        &[
            "which", "that", "who", "welche", "welcher", "welches", "qui", "que", "che", "который", "которая",
            "которое", "которые", "الذي", "التي", "जो",
        ],
    ),
    (OR, &["or", "oder", "ou", "o", "или", "أو", "या"]),
    (THAT, &["that", "dass", "que", "che", "что", "أن", "कि"]),
    (ONLY, &["only", "nur", "seul", "seule", "seulement", "sólo", "solo", "só", "apenas", "soltanto", "только", "केवल"]),
    (
        ABOUT,
        &["in", "for", "regarding", "under", "with", "bei", "für", "dans", "pour", "en", "para", "em", "nella", "per"],
    ),
    (
        DENIES,
        &[
            "not", "isnt", "never", "nicht", "kein", "keine", "keiner", "keines", "nie", "pas", "jamais", "nunca", "não",
            "nao", "non", "не", "ليس", "ليست", "नहीं",
        ],
    ),
    (EXCEPT, &["except", "außer", "sauf", "excepto", "exceto", "eccetto", "tranne", "кроме", "باستثناء"]),
    (DENIES_IN_SPANISH, &["no"]),
    (ASKS_IN_SPANISH, &["cuál", "cuáles", "qué", "quién", "quiénes", "dónde"]),
    (NUMERO, &["no", "nr", "num", "núm", "n"]),
    (
        EACH,
        &[
            "per", "each", "every", "one", "single", "pro", "jede", "jeder", "jedes", "einem", "einer", "par", "chaque",
            "por", "cada", "ogni", "каждый", "каждая", "каждое", "один", "одну", "لكل", "प्रति",
        ],
    ),
    (
        NO_ONE,
        &[
            "none", "keine", "keiner", "keines", "aucun", "aucune", "ninguno", "ninguna", "nenhum", "nenhuma",
            "nessuno", "nessuna", "никакой", "никакая", "ничего",
        ],
    ),
    (
        SPECIES,
        &[
            "coli", "elegans", "difficile", "subtilis", "melanogaster", "thaliana", "pylori", "histolytica", "aureus",
            "burgdorferi", "anthracis", "botulinum", "tetani", "perfringens", "niger", "albicans", "cerevisiae",
            "cereus", "gondii", "diphtheriae", "trachomatis", "falciparum",
        ],
    ),
    (
        ASKS,
        &[
            "which", "what", "where", "when", "year", "these", "following", "does", "that", "welche", "welcher", "welches",
            "welchen", "wann", "quel", "quelle", "cuál", "cuáles", "quién", "qual", "quais", "quem", "quale", "quali",
            "какой", "какая", "какое",
        ],
    ),
    (
        REQUESTS,
        &[
            "give", "use", "start", "begin", "administer", "prescribe", "perform", "order", "obtain", "apply", "check",
            "measure", "take", "try", "do", "offer", "add", "consider", "verwende", "nimm", "utiliser", "donner",
            "administrar", "usar", "usare", "использовать",
        ],
    ),
    (
        PLACES,
        &[
            "into", "onto", "from", "between", "among", "within", "inside", "outside", "through", "across", "during",
            "under", "over", "near", "along", "against", "toward", "towards", "upon", "zwischen", "durch", "über", "unter", "nach",
            "dans", "entre", "vers", "hacia", "desde", "sobre", "dentro", "para", "nella", "nello", "sulla", "между",
            "через",
        ],
    ),
    (
        SUPERLATIVE,
        &[
            "largest", "biggest", "smallest", "oldest", "longest", "shortest", "highest", "tallest", "deepest", "hottest",
            "coldest", "brightest", "richest", "heaviest", "lightest", "fastest", "closest", "nearest", "populous",
            "größte", "größter", "größtes", "kleinste", "höchste", "höchster", "längste", "längster", "älteste", "plus",
            "más", "mais", "maior", "menor", "più", "maggiore", "самый", "самая", "самое", "крупнейший", "крупнейшая",
            "крупнейшее", "крупнейшим", "длиннейшая",
        ],
    ),
    (
        KIND,
        &[
            "power", "energy", "gas", "sleep", "joint", "process", "method", "strategy", "theory", "effect", "phase",
            "stage", "system", "approach", "disease", "syndrome", "river", "city", "language", "principle", "bond",
        ],
    ),
    (DOES, &["does", "do", "did", "has", "had", "can", "will"]),
    (SUBJECT, &["が", "이", "가"]),
    (
        WHO,
        &[
            "who", "whom", "whose", "wer", "wem", "wen", "wessen", "qui", "quién", "quiénes", "quem", "chi", "кто",
            "кем", "кого", "author", "writer", "poet", "composer", "painter", "artist", "philosopher", "scientist",
            "physicist", "chemist", "inventor", "explorer", "president", "king", "emperor", "economist", "psychologist",
            "schriftsteller", "komponist", "maler", "auteur", "écrivain", "autor", "escritor", "pintor", "autore",
            "scrittore", "pittore",
        ],
    ),
    (
        UNTRUE,
        &[
            "false", "incorrect", "untrue", "inaccurate", "falsch", "unwahr", "unzutreffend", "fausse", "faux",
            "inexacte", "falsa", "falso", "incorrecta", "incorrecto", "incorreta", "incorreto", "errata", "scorretta",
            "неверно", "неверное", "неверным", "ложно", "ложное", "ложным",
        ],
    ),
    (
        TRUTHFUL,
        &[
            "true", "correct", "accurate", "wahr", "richtig", "korrekt", "zutreffend", "vraie", "vrai", "exacte",
            "verdadera", "correcta", "cierta", "verdadeira", "correta", "vera", "corretta", "верно", "верное", "верным",
        ],
    ),
    (
        OF_STATEMENT,
        &[
            "about", "regarding", "concerning", "of", "with", "for", "statement", "statements", "option", "one", "in",
            "except", "über", "zu", "aussage", "sur", "concernant", "affirmation", "sobre", "acerca", "afirmación",
            "afirmação", "su", "riguardo", "affermazione", "о", "об", "утверждение",
        ],
    ),
    (
        CONDITION,
        &[
            "if", "when", "why", "because", "unless", "while", "wenn", "warum", "weil", "falls", "si", "pourquoi",
            "quand", "cuando", "porque", "quando", "perché", "если", "почему", "когда",
        ],
    ),
];

static PARTS_BY_WORD: LazyLock<AHashMap<String, Part>> = LazyLock::new(|| {
    let mut parts: AHashMap<String, Part> = AHashMap::new();
    for (part, words) in PARTS {
        for word in words {
            *parts.entry(scan(&[(0, word)]).norm).or_default() |= part;
        }
    }
    parts
});

/// Words of a part, as they are written.
pub(in super::super) fn words(part: Part) -> impl Iterator<Item = &'static str> {
    PARTS.iter().filter(move |(listed, _)| listed & part != 0).flat_map(|(_, words)| words.iter().copied())
}

/// The parts that a word can play, in its normal form.
pub(in super::super) fn parts(word: &str) -> Part {
    PARTS_BY_WORD.get(word).copied().unwrap_or_default()
}
