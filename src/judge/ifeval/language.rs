//! Which language a text is in, by its script, frequent words and letters.
//!
//! An approximation: the reference uses a statistical library. Languages that share a script are told apart by
//! their most frequent words and by letters that others lack; where nothing tells, any language of the script will do.

use super::languages::{LANGUAGES, Language};
use super::scripts::{Script, script};

/// Whether most of a text is written in a language, named by its code in ISO 639-1.
///
/// True for a text without letters, as in the reference, and if the evidence is equal for several languages.
pub fn is_language(text: &str, code: &str) -> bool {
    let code = code.split(['-', '_']).next().unwrap_or(code).to_lowercase();
    let Some(script) = main_script(text) else { return true };
    match script {
        Script::Only(only) => only == code,
        Script::Han => code == "zh",
        Script::Kana => code == "ja",
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari => {
            let scores = scores(text, script);
            let best = scores.iter().map(|(_, score)| *score).max().unwrap_or(0);
            scores.iter().any(|(language, score)| language.code == code && *score == best)
        }
    }
}

/// The script with the most letters. Chinese characters count as Japanese if Kana stands among them.
fn main_script(text: &str) -> Option<Script> {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for script in text.chars().filter_map(script) {
        match counts.iter_mut().find(|(seen, _)| *seen == script) {
            Some((_, count)) => *count += 1,
            None => counts.push((script, 1)),
        }
    }
    let count = |script| counts.iter().find(|(seen, _)| *seen == script).map_or(0, |(_, count)| *count);
    let (han, kana) = (count(Script::Han), count(Script::Kana));
    let main = counts.iter().max_by_key(|(_, count)| *count).map(|(script, count)| (*script, *count))?;
    if han + kana < main.1 {
        return Some(main.0);
    }
    // A Chinese text may quote a word in Kana; a Japanese one has a particle every few characters.
    Some(if kana * 10 > han { Script::Kana } else { Script::Han })
}

/// The evidence for each language of a script: frequent words, and letters that mark it.
fn scores(text: &str, script: Script) -> Vec<(&'static Language, usize)> {
    let lower = text.to_lowercase();
    let mut scores: Vec<(&Language, usize)> =
        LANGUAGES.iter().filter(|language| language.script == script).map(|language| (language, 0)).collect();
    for word in lower.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty()) {
        let foreign = !word.is_ascii();
        for (language, score) in &mut scores {
            *score += 2 * usize::from(language.words.contains(&word));
            *score += usize::from(foreign && word.chars().any(|c| language.letters.contains(c)));
        }
    }
    scores
}

/// Whether a character is part of a word, with the marks of Devanagari and Arabic.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{94d}' | '\u{93c}' | '\u{64b}'..='\u{652}' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The languages that a text may be in, of those that there are tables for.
    fn detected(text: &str) -> Vec<&'static str> {
        let only = ["el", "he", "bn", "pa", "gu", "ta", "te", "kn", "ml", "th", "ko", "zh", "ja"];
        let shared = LANGUAGES.iter().map(|language| language.code);
        only.into_iter().chain(shared).filter(|code| is_language(text, code)).collect()
    }

    #[test]
    fn languages_are_told_apart() {
        let cases = [
            ("The ship left the harbour in the morning and was not seen again.", "en"),
            ("ALL OF THE GUESTS WERE LATE, BUT THE HOST DID NOT MIND.", "en"),
            ("El barco salió del puerto por la mañana y no volvió.", "es"),
            ("O barco saiu do porto pela manhã e não voltou.", "pt"),
            ("Le bateau a quitté le port dans la matinée et n'est pas revenu.", "fr"),
            ("Das Schiff hat den Hafen am Morgen verlassen und ist nicht zurückgekehrt.", "de"),
            ("La nave ha lasciato il porto la mattina e non è più tornata.", "it"),
            ("Het schip heeft de haven in de ochtend verlaten en is niet teruggekeerd.", "nl"),
            ("Skeppet lämnade hamnen på morgonen och har inte kommit tillbaka.", "sv"),
            ("Statek opuścił port rano i nie wrócił, jak się okazało.", "pl"),
            ("Laiva lähti satamasta aamulla, mutta se ei ole palannut.", "fi"),
            ("Con tàu đã rời cảng vào buổi sáng và không trở lại.", "vi"),
            ("Meli iliondoka bandarini asubuhi na haikurudi kwa sababu ya dhoruba katika bahari.", "sw"),
            ("Gemi sabah limandan ayrıldı ve bir daha dönmedi.", "tr"),
            ("Kapal itu meninggalkan pelabuhan pada pagi hari dan tidak kembali.", "id"),
            ("Корабль вышел из порта утром и не вернулся, это было давно.", "ru"),
            ("Корабель вийшов із порту вранці й не повернувся, але це було давно.", "uk"),
            ("Корабът напусна пристанището сутринта и не се върна, но това е друга история.", "bg"),
            ("غادرت السفينة الميناء في الصباح ولم تعد إلى المدينة.", "ar"),
            ("کشتی صبح از بندر رفت و به شهر بازنگشت.", "fa"),
            ("جہاز صبح بندرگاہ سے روانہ ہوا اور واپس نہیں آیا۔", "ur"),
            ("जहाज़ सुबह बंदरगाह से निकला और वापस नहीं आया, यह एक पुरानी बात है।", "hi"),
            ("जहाज सकाळी बंदरातून निघाले आणि परत आले नाही, हे खरे आहे.", "mr"),
            ("जहाज बिहान बन्दरगाहबाट निस्कियो र यो फर्किएको छैन।", "ne"),
            ("船在早上离开了港口。", "zh"),
            ("船は朝に港を出て、戻らなかった。", "ja"),
            ("배는 아침에 항구를 떠났다.", "ko"),
            ("เรือออกจากท่าเรือในตอนเช้า", "th"),
            ("ಹಡಗು ಬೆಳಿಗ್ಗೆ ಬಂದರನ್ನು ಬಿಟ್ಟಿತು.", "kn"),
            ("ਜਹਾਜ਼ ਸਵੇਰੇ ਬੰਦਰਗਾਹ ਤੋਂ ਰਵਾਨਾ ਹੋਇਆ।", "pa"),
        ];
        for (text, code) in cases {
            assert_eq!(detected(text), [code], "{text}");
        }
    }

    #[test]
    fn without_evidence_a_language_is_not_denied() {
        assert!(is_language("42 + 1", "de"));
        assert!(is_language("Mitternacht", "de"));
        assert!(!is_language("Mitternacht", "ru"));
        assert!(is_language("你好", "zh-cn"));
    }
}
