//! The 25 instructions: their names, their arguments and what each asks of a text.

use serde_json::{Map, Value};

use super::language::is_language;
use super::{ends, layout, sentences, wording};

/// Names of the instructions, as datasets have them.
pub const NAMES: [&str; 25] = [
    "keywords:existence",
    "keywords:frequency",
    "keywords:forbidden_words",
    "keywords:letter_frequency",
    "language:response_language",
    "length_constraints:number_sentences",
    "length_constraints:number_paragraphs",
    "length_constraints:number_words",
    "length_constraints:nth_paragraph_first_word",
    "detectable_content:number_placeholders",
    "detectable_content:postscript",
    "detectable_format:number_bullet_lists",
    "detectable_format:constrained_response",
    "detectable_format:number_highlighted_sections",
    "detectable_format:multiple_sections",
    "detectable_format:json_format",
    "detectable_format:title",
    "combination:two_responses",
    "combination:repeat_prompt",
    "startend:end_checker",
    "startend:quotation",
    "change_case:capital_word_frequency",
    "change_case:english_capital",
    "change_case:english_lowercase",
    "punctuation:no_comma",
];

/// An instruction with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// Every keyword occurs.
    Keywords(Vec<String>),
    /// The number of times that a keyword occurs.
    KeywordCount(String, Bound),
    /// No word of a list occurs.
    Forbidden(Vec<String>),
    /// A letter occurs a number of times.
    LetterCount(char, Bound),
    /// The text is in a language.
    Language(String),
    /// The number of sentences.
    Sentences(Bound),
    /// The number of paragraphs between `***`.
    Paragraphs(usize),
    /// The number of words.
    Words(Bound),
    /// The number of paragraphs, of which the nth starts with a word.
    ParagraphStart(usize, usize, String),
    /// The least number of placeholders in square brackets.
    Placeholders(usize),
    /// There is a postscript with a marker.
    Postscript(String),
    /// The exact number of bullet points.
    Bullets(usize),
    /// One of three given answers is there.
    Constrained,
    /// The least number of highlighted parts.
    Highlights(usize),
    /// The least number of sections with a word and a number.
    Sections(String, usize),
    /// The text is JSON.
    Json,
    /// There is a title in double angle brackets.
    Title,
    /// The text is two different answers.
    TwoResponses,
    /// The text starts with the request.
    RepeatPrompt(String),
    /// The text ends with a phrase.
    End(String),
    /// The text is in double quotation marks.
    Quotation,
    /// The number of words in capitals.
    CapitalWords(Bound),
    /// The text is English and in capitals.
    EnglishCapital,
    /// The text is English and in lower case.
    EnglishLowercase,
    /// There is no comma.
    NoComma,
}

/// A bound on a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Less than.
    LessThan(usize),
    /// That many or more.
    AtLeast(usize),
}

impl Bound {
    fn holds(self, count: usize) -> bool {
        match self {
            Self::LessThan(bound) => count < bound,
            Self::AtLeast(bound) => count >= bound,
        }
    }
}

impl Instruction {
    /// Reads an instruction; `None` if its name is not known or an argument is missing.
    pub fn read(name: &str, arguments: &Map<String, Value>) -> Option<Self> {
        let from = Arguments(arguments);
        Some(match name {
            "keywords:existence" => Self::Keywords(from.texts("keywords")?),
            "keywords:frequency" => Self::KeywordCount(from.text("keyword")?, from.bound("relation", "frequency")?),
            "keywords:forbidden_words" => Self::Forbidden(from.texts("forbidden_words")?),
            "keywords:letter_frequency" => {
                Self::LetterCount(from.letter("letter")?, from.bound("let_relation", "let_frequency")?)
            }
            "language:response_language" => Self::Language(from.text("language")?),
            "length_constraints:number_sentences" => Self::Sentences(from.bound("relation", "num_sentences")?),
            "length_constraints:number_paragraphs" => Self::Paragraphs(from.count("num_paragraphs")?),
            "length_constraints:number_words" => Self::Words(from.bound("relation", "num_words")?),
            "length_constraints:nth_paragraph_first_word" => Self::ParagraphStart(
                from.count("num_paragraphs")?,
                from.count("nth_paragraph")?,
                from.text("first_word")?,
            ),
            "detectable_content:number_placeholders" => Self::Placeholders(from.count("num_placeholders")?),
            "detectable_content:postscript" => Self::Postscript(from.text("postscript_marker")?),
            "detectable_format:number_bullet_lists" => Self::Bullets(from.count("num_bullets")?),
            "detectable_format:constrained_response" => Self::Constrained,
            "detectable_format:number_highlighted_sections" => Self::Highlights(from.count("num_highlights")?),
            "detectable_format:multiple_sections" => {
                Self::Sections(from.text("section_spliter")?.trim().to_owned(), from.count("num_sections")?)
            }
            "detectable_format:json_format" => Self::Json,
            "detectable_format:title" => Self::Title,
            "combination:two_responses" => Self::TwoResponses,
            "combination:repeat_prompt" => Self::RepeatPrompt(from.text("prompt_to_repeat")?),
            "startend:end_checker" => Self::End(from.text("end_phrase")?),
            "startend:quotation" => Self::Quotation,
            "change_case:capital_word_frequency" => {
                Self::CapitalWords(from.bound("capital_relation", "capital_frequency")?)
            }
            "change_case:english_capital" => Self::EnglishCapital,
            "change_case:english_lowercase" => Self::EnglishLowercase,
            "punctuation:no_comma" => Self::NoComma,
            _ => return None,
        })
    }

    /// Whether a text follows it. A blank text follows none.
    pub fn is_followed_by(&self, text: &str) -> bool {
        !text.trim().is_empty() && self.holds(text)
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Keywords(words) => words.iter().all(|word| wording::occurrences(text, word) > 0),
            Self::KeywordCount(word, bound) => bound.holds(wording::occurrences(text, word)),
            Self::Forbidden(words) => !words.iter().any(|word| wording::has_word(text, word)),
            Self::LetterCount(letter, bound) => bound.holds(wording::letters(text, *letter)),
            Self::Language(code) => is_language(text, code),
            Self::Sentences(bound) => bound.holds(sentences::count(text)),
            Self::Paragraphs(count) => layout::divided_paragraphs(text) == Some(*count),
            Self::Words(bound) => bound.holds(wording::words(text)),
            Self::ParagraphStart(count, nth, word) => layout::paragraph_starts(text, *count, *nth, word),
            Self::Placeholders(count) => layout::placeholders(text) >= *count,
            Self::Postscript(marker) => ends::has_postscript(text, marker),
            Self::Bullets(count) => layout::bullets(text) == *count,
            Self::Constrained => ends::is_constrained(text),
            Self::Highlights(count) => layout::highlights(text) >= *count,
            Self::Sections(word, count) => layout::sections(text, word) >= *count,
            Self::Json => ends::is_json(text),
            Self::Title => layout::has_title(text),
            Self::TwoResponses => layout::two_responses(text),
            Self::RepeatPrompt(prompt) => ends::repeats_prompt(text, prompt),
            Self::End(phrase) => ends::ends_with(text, phrase),
            Self::Quotation => ends::is_quoted(text),
            Self::CapitalWords(bound) => bound.holds(wording::capital_words(text)),
            Self::EnglishCapital => wording::is_upper(text) && is_language(text, "en"),
            Self::EnglishLowercase => wording::is_lower(text) && is_language(text, "en"),
            Self::NoComma => !text.contains(','),
        }
    }
}

/// The arguments of an instruction. Those of the other instructions are null in some copies of the dataset.
struct Arguments<'a>(&'a Map<String, Value>);

impl Arguments<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let texts = self.0.get(name)?.as_array()?;
        let texts: Option<Vec<String>> = texts.iter().map(|text| text.as_str().map(str::to_owned)).collect();
        texts.filter(|texts| !texts.is_empty())
    }

    fn letter(&self, name: &str) -> Option<char> {
        self.text(name)?.trim().chars().next()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    fn count(&self, name: &str) -> Option<usize> {
        let number = self.0.get(name)?.as_f64()?;
        (number.fract() == 0.0 && (0.0..1e9).contains(&number)).then_some(number as usize)
    }

    fn bound(&self, relation: &str, count: &str) -> Option<Bound> {
        let count = self.count(count)?;
        match self.0.get(relation)?.as_str()? {
            "less than" => Some(Bound::LessThan(count)),
            "at least" => Some(Bound::AtLeast(count)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn followed(name: &str, arguments: &Value, text: &str) -> bool {
        Instruction::read(name, arguments.as_object().unwrap()).unwrap().is_followed_by(text)
    }

    #[test]
    fn every_instruction_is_read_and_checked() {
        let cases = [
            (0, json!({ "keywords": ["tea", "milk"] }), "Tea with milk", "Tea"),
            (1, json!({ "keyword": "tea", "frequency": 2.0, "relation": "at least" }), "tea, tea", "tea"),
            (2, json!({ "forbidden_words": ["tea"] }), "teapot", "a tea"),
            (3, json!({ "letter": "T", "let_frequency": 2, "let_relation": "less than" }), "tea", "tart"),
            (4, json!({ "language": "de" }), "Der Tee ist nicht kalt.", "The tea is not cold."),
            (5, json!({ "num_sentences": 2, "relation": "less than" }), "Tea.", "Tea. Milk."),
            (6, json!({ "num_paragraphs": 2 }), "a\n***\nb", "a\n\nb"),
            (7, json!({ "num_words": 3, "relation": "at least" }), "a b c", "a b"),
            (8, json!({ "num_paragraphs": 2, "nth_paragraph": 2, "first_word": "tea" }), "a\n\nTea!", "Tea\n\na"),
            (9, json!({ "num_placeholders": 1 }), "[name]", "name"),
            (10, json!({ "postscript_marker": "P.S." }), "Bye. P.S. Hi", "Bye"),
            (11, json!({ "num_bullets": 1, "keyword": null }), "* a", "* a\n* b"),
            (12, json!({}), "My answer is maybe.", "Maybe."),
            (13, json!({ "num_highlights": 1 }), "*a*", "a"),
            (14, json!({ "section_spliter": "Part ", "num_sections": 1 }), "Part 1", "Part one"),
            (15, json!({}), "{}", "x"),
            (16, json!({}), "<<x>>", "x"),
            (17, json!({}), "a ****** b", "a"),
            (18, json!({ "prompt_to_repeat": "Sing." }), "Sing. La la", "La la"),
            (19, json!({ "end_phrase": "Bye!" }), "So, bye!", "Bye! So."),
            (20, json!({}), "\"a\"", "a"),
            (21, json!({ "capital_frequency": 1, "capital_relation": "at least" }), "a TEA", "a Tea"),
            (22, json!({}), "THE TEA IS COLD", "The tea is cold"),
            (23, json!({}), "the tea is cold", "The tea is cold"),
            (24, json!({}), "tea and milk", "tea, milk"),
        ];
        assert_eq!(cases.len(), NAMES.len());
        for (at, arguments, good, bad) in cases {
            assert!(followed(NAMES[at], &arguments, good), "{} {good}", NAMES[at]);
            assert!(!followed(NAMES[at], &arguments, bad), "{} {bad}", NAMES[at]);
            assert!(!followed(NAMES[at], &arguments, " \n"), "{} blank", NAMES[at]);
        }
    }

    #[test]
    fn what_is_missing_is_not_guessed() {
        let cases = [
            ("keywords:existence", json!({ "keywords": null })),
            ("keywords:frequency", json!({ "keyword": "x", "frequency": 1 })),
            ("keywords:frequency", json!({ "keyword": "x", "frequency": 1, "relation": "at most" })),
            ("length_constraints:number_paragraphs", json!({ "num_paragraphs": 1.5 })),
            ("length_constraints:number_paragraphs", json!({ "num_paragraphs": -1 })),
            ("startend:rhyme", json!({})),
        ];
        for (name, arguments) in cases {
            assert_eq!(Instruction::read(name, arguments.as_object().unwrap()), None, "{name}");
        }
    }
}
