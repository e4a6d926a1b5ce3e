//! French.

use super::language::Language;
use super::mask::*;

/// The words.
#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
    words: &[
        (OTHERS, &["selon un", "selon une", "d'après un", "d'après une", "selon certains"]),
        (LINK, &["il y a", "il y en a", "compte"]),
        (TOTAL, &["au total", "en tout"]),
        (ODD, &["l'exception", "l'intrus"]),
        (SO, &["à mon avis", "selon moi"]),
        (
            ANSWER,
            &[
                "réponse", "bonne réponse", "la réponse correcte", "réponse correcte", "solution", "réponse exacte",
                "bonne option", "résultat", "réponse est", "ma réponse",
            ],
        ),
        (
            ANSWER | FINAL,
            &[
                "réponse finale", "réponse définitive", "réponse corrigée", "choix final", "je corrige ma réponse",
                "change ma réponse pour",
            ],
        ),
        (
            OPTION,
            &[
                "option", "l'option", "choix", "lettre", "proposition", "l'alternative", "alternative", "numéro",
                "la lettre", "le choix", "l'affirmation",
            ],
        ),
        (OPTIONS, &["options", "propositions", "réponses", "lettres", "les options", "les réponses", "les choix"]),
        (
            LINK,
            &[
                "est", "sont", "serait", "c'est", "doit être", "reste", "était", "donne", "vaut", "s'appelle",
                "ce sera", "sera",
            ],
        ),
        (
            FILL,
            &[
                "environ", "à peu près",
                "la", "le", "les", "l", "une", "un", "donc", "ainsi", "clairement", "bien", "ici", "certainement",
                "sans doute", "sans hésiter", "sans hésitation", "évidemment", "de", "du", "des", "pour", "je", "nous", "ma", "mon", "notre", "cette",
                "ce", "que", "par", "conséquent", "alors", "à", "bonne", "correcte", "exacte", "seule",
                "à cette question", "question", "juste",
            ],
        ),
        (
            CHOOSE,
            &[
                "choisis", "choisirais", "je choisis", "je prends", "prends", "opte pour", "j'opte pour",
                "sélectionne", "je sélectionne", "je vote pour", "je réponds", "j'ai choisi", "choisirai", "choisir",
                "je dirais", "je dis", "je pense que c'est", "je retiens", "on choisit", "il faut choisir", "il faut prendre", "cocher", "je coche", "on doit choisir",
                "nous devons choisir", "je dois choisir",
            ],
        ),
        (
            RIGHT,
            &[
                "correct", "correcte", "exact", "exacte", "juste", "vrai", "vraie", "la bonne réponse", "la bonne",
                "bonne", "correctes", "corrects", "la réponse correcte", "convient", "la réponse", "la bonne option",
                "valable", "la meilleure réponse",
            ],
        ),
        (
            WRONG,
            &[
                "faux", "fausse", "incorrect", "incorrecte", "incorrectes", "incorrects", "fausses", "inexact",
                "inexacte", "mauvaise", "mauvaise réponse", "à exclure", "exclue", "éliminée", "éliminé", "éliminées",
                "ne convient pas", "ne conviennent pas", "erroné", "erronée", "erronées", "improbable", "à éliminer",
                "exclus",
            ],
        ),
        (TRUE, &["vrai", "vraie", "correct", "correcte", "exacte", "juste"]),
        (FALSE, &["faux", "fausse", "incorrecte", "incorrect"]),
        (YES, &["oui", "vrai"]),
        (NO, &["non", "faux"]),
        (
            NOT,
            &[
                "ne", "pas", "n'est pas", "non", "non pas", "jamais", "ni", "ce n'est pas", "ne sont pas",
                "ne peut pas", "pas la", "n'est ni", "ne peut être",
            ],
        ),
        (
            DROP,
            &[
                "sauf", "élimine", "éliminons", "on élimine", "exclut", "on exclut", "plutôt que", "au lieu de",
                "hormis", "écarte", "on écarte", "et non", "et pas", "j'élimine", "j'exclus", "élimine donc",
                "contrairement à", "rejette", "éliminer", "exclure",
            ],
        ),
        (
            FIX,
            &[
                "attendez", "attends", "en fait", "pardon", "correction", "je me trompe", "je me suis trompé",
                "erreur", "reprenons", "je corrige", "finalement", "désolé", "réflexion faite", "à la réflexion",
                "plutôt", "je rectifie", "hmm",
            ],
        ),
        (
            SO,
            &[
                "donc", "ainsi", "par conséquent", "alors", "en conclusion", "en conséquence", "d'où",
                "c'est pourquoi", "en résumé", "conclusion", "il s'ensuit",
            ],
        ),
        (
            LEAVES,
            &[
                "reste", "il reste", "il ne reste que", "correspond à", "c'est", "il s'agit de", "cela correspond à",
                "ce qui correspond à", "ce qui laisse", "ce doit être",
            ],
        ),
        (
            BUT,
            &[
                "mais", "cependant", "toutefois", "pourtant", "tandis que", "alors que", "or", "bien que",
                "en réalité", "néanmoins",
            ],
        ),
        (IF, &["si", "supposons", "à supposer", "à condition", "au cas où", "imaginons"]),
        (
            MAY,
            &[
                "pourrait", "peut-être", "peut", "pourraient", "serait", "semble", "siégerait", "éventuellement",
                "est probable", "seraient",
            ],
        ),
        (
            OTHERS,
            &[
                "beaucoup", "beaucoup pensent", "certains", "on pourrait", "on pense souvent", "souvent", "au début",
                "d'abord j'ai pensé", "à première vue", "erreur courante", "erreur fréquente", "les gens",
                "les élèves", "la plupart", "je pensais", "on croit", "à tort", "les étudiants", "d'aucuns",
            ],
        ),
        (TEMPT, &["tentante", "tentant", "plausible", "possible", "séduisante", "envisageable"]),
        (REASON, &["car", "parce que", "puisque", "en raison de", "étant donné", "à cause de", "puisqu'elle", "qui"]),
        (
            THIS,
            &[
                "cela", "ça", "elle", "elles", "ils", "celle-ci", "cette option", "cette réponse", "ceci", "toutes",
                "les deux",
            ],
        ),
        (
            REFUSE,
            &[
                "je suis désolé", "désolé", "je ne peux pas", "je ne sais pas", "impossible de répondre",
                "je regrette", "en tant qu'ia", "je ne suis pas en mesure", "je ne peux", "je ne puis",
                "pas assez d'informations",
            ],
        ),
        (
            FORMAT,
            &[
                "choisissez", "répondez", "le format", "parmi les options", "par exemple", "sélectionnez",
                "la lettre de", "les options sont",
            ],
        ),
        (CLAIM, &["affirmation", "énoncé", "proposition", "l'affirmation", "l'énoncé"]),
        (BOTH, &["les deux", "les deux affirmations", "les deux énoncés", "toutes les deux"]),
        (AND, &["et", "ou", "ni", "ainsi que", "ou bien", "et/ou"]),
        (
            NONE,
            &[
                "aucune des options", "aucune des réponses", "aucune de ces", "aucune n'est", "aucune réponse",
                "aucune proposition",
            ],
        ),
        (WRONG, &["une erreur"]),
        (FILL, &["généralement", "habituellement"]),
        (FILL, &["aujourd'hui", "actuellement", "en fait"]),
    ],
    ordinals: &[
        &["première", "premier"],
        &["deuxième", "seconde", "second"],
        &["troisième"],
        &["quatrième"],
        &["cinquième"],
        &["sixième"],
    ],
    last: &["dernier", "dernière"],
    letters: &["a", "y"],
    labels: &[],
};
