//! The usual names of columns, by what they hold.

// Those after `query` are of OpenBookQA, HellaSwag, WinoGrande and PIQA.
pub(super) const QUESTION: [&str; 15] = [
    "question",
    "prompt",
    "input",
    "problem",
    "query",
    "question_stem",
    "ctx",
    "sentence",
    "goal",
    "instruction",
    // Of BIG-bench and FLAN, of Ragas, and of lists of questions made by hand.
    "inputs",
    "user_input",
    "question_text",
    "questiontext",
    "qtext",
];
/// A question by its name that is the material of another column, where the file has that: as in Alpaca and Natural Instructions.
pub(super) const INPUT: [&str; 2] = ["input", "inputs"];
pub(super) const INSTRUCTION: [&str; 2] = ["instruction", "definition"];
/// Columns of chats, which are read if there is no question.
pub(super) const MESSAGES: [&str; 3] = ["messages", "conversations", "conversation"];
/// Columns of what the user says turn by turn, as in MT-bench.
pub(super) const TURNS: [&str; 1] = ["turns"];
pub(super) const CHOICES: [&str; 10] = [
    "choices",
    "options",
    "endings",
    "mc1_targets",
    "answer_choices",
    "candidates",
    "alternatives",
    // Of DREAM, and of the two forms of BIG-bench.
    "choice",
    "multiple_choice_targets",
    "target_scores",
];
pub(super) const ANSWER: [&str; 44] = [
    "answer",
    "answerKey",
    "answer_key",
    "label",
    "target",
    "output",
    "answers",
    "correct_answer_num",
    "answer_index",
    "answer_idx",
    "correct_answer",
    "Correct Answer",
    "correct",
    "correct_option",
    "cop",
    "gold",
    "answers_spans",
    "final_decision",
    "possible_answers",
    "best_answer",
    "gold_index",
    "final_answer",
    "ground_truth",
    "ground_truths",
    "golden_answers",
    "gold_answer",
    "right_answer",
    "reference_answer",
    "expected_answer",
    "expected_output",
    "expected",
    "ideal",
    "targets",
    "correct_answers",
    "answer_letter",
    "answer_number",
    "reward_model.ground_truth",
    "reference",
    "solution",
    "response",
    "completion",
    "correct_answer_id",
    "correct_answer_index",
    "gold_label",
];
pub(super) const PASSAGE: [&str; 17] = [
    "passage",
    "context",
    "article",
    "flores_passage",
    "story",
    "narrative",
    "paragraph",
    "support",
    "document",
    "premise",
    // Of SVAMP and ASDiv, and of DREAM.
    "body",
    "dialogue",
    // Of Ragas and of sets for retrieval, of HaluEval, and of exams.
    "contexts",
    "retrieved_contexts",
    "passages",
    "knowledge",
    "reading_passage",
];
pub(super) const SUBJECT: [&str; 3] = ["subject", "category", "topic"];
pub(super) const ID: [&str; 1] = ["id"];

/// The column that says in MultiRC and the like whether the answer beside it is a right one.
pub(super) const VERDICT: &str = "label";

/// Columns of lists of choices, where one of [`NUMBERS`] says which is right, as in ReClor, QuAIL and HEAD-QA.
pub(super) const LISTED: &str = "answers";
pub(super) const NUMBERS: [&str; 6] =
    ["label", "correct_answer_id", "correct_answer_index", "gold_label", "answer_id", "ra"];

/// The usual answer columns whose numbers count from 1.
pub(super) const FROM_1_BY_NAME: [&str; 1] = ["correct_answer_num"];

/// Words in the names of columns that hold pictures.
pub(super) const PICTURES: [&str; 5] = ["image", "picture", "photo", "figure", "img"];

/// Words in the names of columns that may hold right answers.
const ANSWER_WORDS: [&str; 10] =
    ["answer", "correct", "gold", "truth", "target", "label", "reference", "solution", "expected", "key"];

/// Whole words in such names, which are parts of others as well.
const SHORT_ANSWER_WORDS: [&str; 4] = ["ans", "gt", "sol", "result"];

/// Words in the names of columns that may be asked, the surest first.
const QUESTION_WORDS: [&str; 9] =
    ["question", "query", "prompt", "problem", "statement", "conclusion", "hypothesis", "claim", "text"];

/// Words in the names of columns that tell of a question and do not ask it.
const ABOUT_WORDS: [&str; 12] =
    ["id", "idx", "index", "type", "kind", "category", "number", "date", "source", "polarity", "level", "concept"];

/// Words in the names of columns that may hold chats.
const CHAT_WORDS: [&str; 4] = ["conversation", "messages", "dialog", "chat"];

/// What follows the name of a column of numbers in that of the texts that they stand for.
pub(super) const TEXT_OF_NUMBER: [&str; 2] = ["_text", "_name"];

/// A column that by its name may hold right answers.
pub(super) fn like_answers<'c>(columns: &'c [String], taken: &[&String]) -> Option<&'c String> {
    let is_short = |column: &&String| {
        let mut words = column.split(|c: char| !c.is_alphanumeric());
        !taken.contains(column) && words.any(|word| SHORT_ANSWER_WORDS.contains(&word.to_lowercase().as_str()))
    };
    named_like(columns, &ANSWER_WORDS, taken).or_else(|| columns.iter().find(is_short))
}

/// A column that by its name may be asked.
pub(super) fn like_question(columns: &[String]) -> Option<&String> {
    let is_about = |column: &&String| {
        column.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|word| ABOUT_WORDS.contains(&word))
    };
    let about: Vec<&String> = columns.iter().filter(is_about).collect();
    named_like(columns, &QUESTION_WORDS, &about)
}

/// A column that by its name may hold chats.
pub(super) fn like_chat(columns: &[String]) -> Option<&String> {
    named_like(columns, &CHAT_WORDS, &[])
}

fn named_like<'c>(columns: &'c [String], words: &[&str], taken: &[&String]) -> Option<&'c String> {
    let free = || columns.iter().filter(|column| !taken.contains(column));
    words.iter().find_map(|word| free().find(|column| column.to_lowercase().contains(word)))
}

/// A name without what spellings of it differ in.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '.').flat_map(char::to_lowercase).collect()
}

/// A name as it is written in a line of YAML.
pub(super) fn written(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " _-.()/".contains(c);
    if name.chars().all(is_plain) && name.starts_with(char::is_alphanumeric) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_columns_may_hold() {
        let names = |columns: &str| columns.split(' ').map(str::to_owned).collect::<Vec<String>>();
        let question = |columns: &str| like_question(&names(columns)).cloned().unwrap_or_default();
        assert_eq!(question("id question_category question_propmt candidate_answers"), "question_propmt");
        assert_eq!(question("premise hypothesis label"), "hypothesis");
        assert_eq!(question("question_id question_type"), "");
        let answer = |columns: &str| like_answers(&names(columns), &[]).cloned().unwrap_or_default();
        assert_eq!((answer("question final_ans"), answer("question transport")), ("final_ans".into(), String::new()));
        assert_eq!(like_chat(&names("session_id conversation_input")).unwrap(), "conversation_input");
    }
}
