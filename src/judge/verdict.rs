//! What a judge says of an output: the class, what was read, and the evidence for it.

use std::fmt;
use std::ops::Range;

use crate::alternatives::Alternative;
pub use crate::spec::types::Rank;
use crate::tool::ToolCall;

/// The class of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The right answer.
    Correct,
    /// Another answer.
    Wrong,
    /// No answer was found.
    NoAnswer,
    /// Several answers, none of them stated as final.
    Ambiguous,
    /// A letter and a text that name different choices.
    Contradiction,
    /// The model or its provider declined to answer.
    Refusal,
    /// The output was cut at its limit before an answer was stated.
    Truncated,
    /// The output repeats the prompt's options or its instruction and answers nothing.
    Echo,
    /// The judge could not judge the output; it counts in no score.
    Unjudged,
}

/// Every class, in the order of tables.
pub const CLASSES: [Class; 9] = [
    Class::Correct,
    Class::Wrong,
    Class::NoAnswer,
    Class::Ambiguous,
    Class::Contradiction,
    Class::Refusal,
    Class::Truncated,
    Class::Echo,
    Class::Unjudged,
];

impl Class {
    /// The word that tables use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Wrong => "wrong",
            Self::NoAnswer => "no_answer",
            Self::Ambiguous => "ambiguous",
            Self::Contradiction => "contradiction",
            Self::Refusal => "refusal",
            Self::Truncated => "truncated",
            Self::Echo => "echo",
            Self::Unjudged => "unjudged",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How an output ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// The model stopped by itself.
    #[default]
    Complete,
    /// The output was cut at its limit.
    Capped,
    /// The provider says that the model declined or that a filter intervened.
    Refused,
}

/// The output of a model, as a judge takes it.
#[derive(Debug, Clone, Copy)]
pub struct Output<'a> {
    /// Its text.
    pub text: &'a str,
    /// How it ended.
    pub ending: Ending,
    /// What else could have been its first token.
    pub alternatives: &'a [Alternative],
    /// The calls of tools that came with it.
    pub calls: &'a [ToolCall],
}

/// Every rank, strongest first.
pub const RANKS: [Rank; 10] = [
    Rank::Final,
    Rank::Statement,
    Rank::Conclusion,
    Rank::Start,
    Rank::Text,
    Rank::Truth,
    Rank::Prose,
    Rank::Word,
    Rank::Elimination,
    Rank::Named,
];

impl Rank {
    /// The word that tables and specs use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Statement => "statement",
            Self::Conclusion => "conclusion",
            Self::Start => "start",
            Self::Text => "text",
            Self::Truth => "truth",
            Self::Prose => "prose",
            Self::Word => "word",
            Self::Elimination => "elimination",
            Self::Named => "named",
        }
    }
}

/// Something in an output that speaks for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// How strong it is.
    pub rank: Rank,
    /// Name of the rule that found it.
    pub rule: &'static str,
    /// The answer it speaks for: a letter, a number, a text.
    pub value: String,
    /// Its byte range in the original text.
    pub span: Range<usize>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The verdict rests on it.
    Decided,
    /// Stronger evidence speaks.
    Outranked,
    /// A later statement takes it back.
    Corrected,
    /// It is denied where it stands: "not B".
    Denied,
    /// It is no assertion: a question, a condition, the opinion of others.
    Tentative,
    /// It disagrees with evidence of the same weight.
    Disputed,
    /// Weaker than the spec accepts, or than a cut output may rest on.
    TooWeak,
}

/// The result of judging an output.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Its class.
    pub class: Class,
    /// The extracted answer.
    pub extracted: Option<String>,
    /// From 0 to 1; 1 for the right answer.
    pub score: f64,
    /// Name of the rule that decided.
    pub rule: &'static str,
    /// Rank of the evidence that decided.
    pub rank: Option<Rank>,
    /// Byte range of the answer in the original text.
    pub span: Option<Range<usize>>,
    /// Everything that was found, in the order of the text.
    pub evidence: Vec<Evidence>,
}

impl Verdict {
    /// The score as means take it: none for an output that could not be judged.
    pub fn counted_score(&self) -> Option<f64> {
        (self.class != Class::Unjudged).then_some(self.score)
    }

    /// A verdict on an answer that was found.
    pub fn found(correct: bool, extracted: String, rule: &'static str, rank: Option<Rank>, span: Range<usize>) -> Self {
        let class = if correct { Class::Correct } else { Class::Wrong };
        let score = f64::from(u8::from(correct));
        Self { class, extracted: Some(extracted), score, rule, rank, span: Some(span), evidence: Vec::new() }
    }

    /// A verdict without an answer.
    pub fn none(class: Class, rule: &'static str) -> Self {
        Self { class, extracted: None, score: 0.0, rule, rank: None, span: None, evidence: Vec::new() }
    }
}
