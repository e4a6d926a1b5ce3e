//! What is wrong with a row.

use thiserror::Error;

use super::readings::READINGS;

/// The error of one row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// The question is empty.
    #[error("the question (`{0}`) is empty")]
    NoQuestion(String),
    /// A path to the question that leads nowhere.
    #[error("the question (`{path}`) is empty; beside it there are `{}`", .members.join("`, `"))]
    NoMember {
        /// The path.
        path: String,
        /// The members that the struct before its last part has.
        members: Vec<String>,
    },
    /// The answer is empty, but not in other rows.
    #[error("the answer (`{0}`) is empty, but other rows have one")]
    NoAnswer(String),
    /// An example without an answer.
    #[error("the example has no answer (`{0}`)")]
    NoExampleAnswer(String),
    /// A chat that cannot be asked.
    #[error("`{column}` is no chat: {reason}")]
    Messages {
        /// Column.
        column: String,
        /// Why.
        reason: String,
    },
    /// An image that cannot be sent.
    #[error("the image (`{column}`) cannot be sent: {reason}")]
    Image {
        /// Column.
        column: String,
        /// Why.
        reason: String,
    },
    /// Tools that cannot be offered.
    #[error("the column `{column}` of tools {reason}")]
    Tools {
        /// Column.
        column: String,
        /// Why.
        reason: String,
    },
    /// Turns that are not a list.
    #[error("`{column}` holds {kind}, not a list of what the user says turn by turn")]
    NoTurns {
        /// Column.
        column: String,
        /// The kind of its value.
        kind: &'static str,
    },
    /// A list or struct instead of a string.
    #[error("`{column}` holds {kind}, not a string or number")]
    NotText {
        /// Column.
        column: String,
        /// The kind of its value.
        kind: &'static str,
    },
    /// Choices of an unsupported form.
    #[error("`{column}` holds {kind}, not a list of choices")]
    NotChoices {
        /// Column.
        column: String,
        /// The kind of its value.
        kind: &'static str,
    },
    /// A gap in the choices.
    #[error("choice {} is empty, but a later one is not", .0 + 1)]
    ChoiceGap(usize),
    /// A pattern that finds no options.
    #[error("`{column}` holds {options} of the options that the pattern should find")]
    NoOptions {
        /// Column.
        column: String,
        /// How many were found.
        options: usize,
    },
    /// A pattern that does not find the answer.
    #[error("`{column}` does not hold what the pattern of the answer looks for")]
    NotFound {
        /// Column.
        column: String,
    },
    /// Several readings of the answer fit every row.
    #[error(
        "the answer (`{column}`) `{answer}` may be {} or {}, and no row tells which", READINGS[*first], READINGS[*second]
    )]
    SeveralReadings {
        /// Column.
        column: String,
        /// The answer as written.
        answer: String,
        /// A reading.
        first: usize,
        /// Another one.
        second: usize,
    },
    /// The answer fits the choices, but not in the way of the rows before.
    #[error("the answer `{answer}` is {own}, but those of the rows before it are not")]
    OtherReading {
        /// The answer as written.
        answer: String,
        /// What it is.
        own: &'static str,
    },
    /// The answer is none of the choices.
    #[error("the answer `{answer}` is not one of the {choices} choices")]
    AnswerOutside {
        /// The answer as written.
        answer: String,
        /// How many choices there are.
        choices: usize,
    },
}
