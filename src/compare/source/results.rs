//! What a source holds: answers, mean scores, and what its run was made with.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::compare::mean::{LeftOut, Mean};
use crate::compare::model_name::ModelName;
use crate::compare::side::{Item, Party, Side};

/// Results to compare.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// What it is called: the path as it was given.
    pub name: String,
    /// The tool that wrote it.
    pub format: &'static str,
    /// Every answer.
    pub answers: Vec<Answer>,
    /// Mean scores of which it has no answers.
    pub means: Vec<Mean>,
    /// Metrics of it that are no scores.
    pub left_out: Vec<LeftOut>,
    /// What its run was made with, by name.
    pub facts: BTreeMap<String, String>,
}

/// One scored answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The model, with its level where the source has several.
    pub model: ModelName,
    /// The subject of the question; empty where it has none.
    pub subject: String,
    /// The dataset or task; empty where the source does not name it.
    pub dataset: String,
    /// Number of the repeat, from 0.
    pub repeat: u64,
    /// What its score is called where the tool has several, such as a metric or a scorer.
    pub scored_by: Option<String>,
    /// The tool's own hash of the question.
    pub hash: Option<String>,
    /// The `question_hash` of smallbench, which its exports carry as well.
    pub question_hash: Option<String>,
    /// The question; its hash in a table without texts.
    pub question: String,
    /// The right answer; empty where the source has none.
    pub target: String,
    /// What the model said; empty where the source has no texts.
    pub said: String,
    /// The answer that was read from it; empty where the source does not say.
    pub extracted: String,
    /// True if the source says that the request failed.
    pub failed: bool,
    /// Whether it is right, where the source says so beside the score.
    pub is_correct: Option<bool>,
    /// The day it was measured on; none where the source does not say.
    pub measured: Option<NaiveDate>,
    /// Tokens of the prompt.
    pub prompt_tokens: Option<u64>,
    /// A short name of the question for people.
    pub title: String,
    /// What is known of it.
    pub item: Item,
}

impl Source {
    /// The names of its models.
    pub fn models(&self) -> Vec<&ModelName> {
        self.answers.iter().map(|answer| &answer.model).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What the scores are called; empty where the tool has one.
    pub fn scored_by(&self) -> BTreeSet<&str> {
        self.answers.iter().filter_map(|answer| answer.scored_by.as_deref()).collect()
    }

    /// The answers of a model whose questions have a hash.
    pub fn side(&self, model: &ModelName) -> Side {
        let own = self.answers.iter().filter(|answer| answer.model == *model);
        let hashed = own.filter_map(|answer| {
            let hash = answer.question_hash.as_deref().or(answer.hash.as_deref())?;
            Some((hash.into(), answer.item))
        });
        Side::new(Party::published(model, &**model), hashed)
    }
}
