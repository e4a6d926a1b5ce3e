//! The section `judge`.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::generation::ModelSpec;
use super::rotate::Rotate;
use crate::spec::byte_size::ByteSize;
use crate::spec::scalar::HumanDuration;

/// How an answer is read and scored.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgeSpec {
    /// The choice that an answer states, by letter or text, on ranked evidence; an echo of the options is no answer.
    Choice(ChoiceSpec),
    /// The first standalone letter, in upper or lower case, as many simple scripts read answers.
    FirstLetter,
    /// The whole answer equals the expected text.
    Exact(ExactSpec),
    /// The number that the answer states equals the expected one.
    Numeric(NumericSpec),
    /// The answer is the same formula, value, set or interval as the expected one, in TeX or plain text.
    Math,
    /// Words or phrases that the answer contains.
    Contains(ContainsSpec),
    /// A pattern finds the answer.
    Regex(RegexSpec),
    /// The answer is JSON that fits a schema or holds the right value.
    Json(JsonSpec),
    /// The answer follows instructions that a program can check.
    Ifeval(IfevalSpec),
    /// The model calls the right tools of `generation.tools` with the right arguments, or none where none is due.
    ToolCall(ToolCallSpec),
    /// Other models judge the answer by a rubric.
    Model(ModelJudgeSpec),
    /// A program of yours reads the answers and prints verdicts. It runs with your permissions.
    Command(CommandSpec),
    /// No judge: speed, tokens and cost are measured, and there is no score. The rows need no right answer.
    None,
}

impl Default for JudgeSpec {
    fn default() -> Self {
        Self::Choice(ChoiceSpec::default())
    }
}

/// A choice that is named by its letter or text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChoiceSpec {
    /// What decides: the words of the answer, or the probabilities of its first token.
    pub method: ChoiceMethod,
    /// The weakest evidence that may decide; what rests on less is no answer.
    pub least_evidence: Rank,
    /// What to do if the letter is that of one choice and the text behind it that of another.
    pub on_contradiction: OnContradiction,
    /// Ask each question with its choices rotated, the same way for all models: `true` for every rotation of up to four choices
    /// and four rotations of more, or the number of rotations. Only for the judge that scores.
    pub rotate: Rotate,
}

/// What decides on a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceMethod {
    /// Ranked evidence in the words of the answer.
    #[default]
    Evidence,
    /// The letter that is most likely to be the first token, over all its spellings. The server is asked for log-probabilities;
    /// Anthropic's API has none.
    FirstToken,
}

/// Ranks of evidence, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EvidenceRank")]
pub enum Rank {
    /// A final statement: "final answer", a box, an answer key of JSON, a correction.
    Final,
    /// A statement: "the answer is B", "B is correct".
    Statement,
    /// A conclusion: "therefore B", a last line that is the answer.
    Conclusion,
    /// The output starts with the answer.
    Start,
    /// The output or a statement is the text of a choice.
    Text,
    /// Truth values of the statements in the question.
    Truth,
    /// The only choice that prose asserts, by its text or in other words.
    Prose,
    /// A word such as yes or no, a digit, an ordinal.
    Word,
    /// All other choices are denied.
    Elimination,
    /// The only choice that is named.
    #[default]
    Named,
}

/// What to do if a letter and the text behind it name different choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnContradiction {
    /// Give no answer.
    #[default]
    Abstain,
    /// Give the letter.
    Letter,
}

/// Comparison of whole texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExactSpec {
    /// Ignore the difference between upper and lower case.
    pub ignore_case: bool,
    /// Compare in a normal form: case, full-width forms, quotes, punctuation at the ends and an English article at the start
    /// do not count, and of the output only its answer does, without thoughts and further turns.
    pub normal: bool,
    /// Column with further right answers, one or a list; nested names such as `answer.aliases` are allowed.
    pub answers: Option<String>,
}

/// Words or phrases that an answer contains, as whole words. Case counts only if asked for, and in words of up to three
/// capitals: `US` is not "us".
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContainsSpec {
    /// Words or phrases that must all be there.
    pub all: Vec<String>,
    /// Words or phrases of which one must be there; by default, without `all`, the right answers of the sample.
    pub any: Vec<String>,
    /// Words or phrases of which none may be there.
    pub none: Vec<String>,
    /// Column with further right answers, one or a list; nested names such as `answer.aliases` are allowed.
    pub answers: Option<String>,
    /// Upper and lower case differ.
    pub case_sensitive: bool,
}

/// A pattern that finds the answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegexSpec {
    /// The pattern, in the syntax of Rust's `regex`; a search takes time linear in the text.
    pub pattern: String,
    /// Name or number of the group that holds the answer; by default the group `answer`, else the first, else the whole match.
    pub group: Option<String>,
    /// Which match counts, if there are several.
    #[serde(default = "Pick::last")]
    pub pick: Pick,
    /// What the answer is compared as.
    #[serde(default)]
    pub compare: CompareAs,
    /// Search all of the output, with thoughts and further turns.
    #[serde(default)]
    pub raw: bool,
    /// Column with further right answers, one or a list; nested names such as `answer.aliases` are allowed.
    pub answers: Option<String>,
}

/// An answer in JSON: the whole output, else what stands in a fence, else an object in prose.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JsonSpec {
    /// JSON Schema that the answer has to fit. With a schema and no pointer, what fits is right.
    pub schema: Option<Value>,
    /// Where the answer is: a JSON pointer such as `/result/answer`, or the name of a field; by default the whole JSON.
    pub pointer: Option<String>,
    /// What the answer is compared as.
    pub compare: CompareAs,
    /// Which JSON counts, if there are several.
    pub pick: Pick,
    /// Column with further right answers, one or a list; nested names such as `answer.aliases` are allowed.
    pub answers: Option<String>,
}

/// Instructions that a program can check, as the dataset IFEval lists them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IfevalSpec {
    /// Count an instruction as followed also if it is without the first line, the last line, both, or stars.
    pub loose: bool,
    /// Column with the names of the instructions.
    pub instructions: String,
    /// Column with the arguments of each instruction.
    pub arguments: String,
}

impl Default for IfevalSpec {
    fn default() -> Self {
        Self { loose: false, instructions: "instruction_id_list".into(), arguments: "kwargs".into() }
    }
}

/// Calls of tools. The right ones are `{"name": …, "arguments": {…}}` or a list of such calls, `[]` where no call is due. Calls
/// count in any order, arguments as JSON, in which 1 equals 1.0. `{NAME: {ARGUMENT: [VALUE, …]}}` has the values that each argument
/// may have; one that may be `""` may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ToolCallSpec {
    /// Column with the right calls, as values or as JSON in a text; nested names such as `truth.calls` are allowed. Without that
    /// column, the expected answer is read as JSON.
    pub calls: String,
}

impl Default for ToolCallSpec {
    fn default() -> Self {
        Self { calls: "calls".into() }
    }
}

/// Which of several matches counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// The first.
    #[default]
    First,
    /// The last.
    Last,
}

impl Pick {
    fn last() -> Self {
        Self::Last
    }
}

/// What a text that was found is compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompareAs {
    /// A text in normal form.
    #[default]
    Text,
    /// A number, equal within a millionth of the right one.
    Number,
    /// The letter of a choice, or the text of one.
    Letter,
    /// A set of texts in any order: a list, or parts between commas or semicolons.
    Set,
}

/// Comparison of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NumericSpec {
    /// Maximum absolute difference that counts as equal.
    #[schemars(range(min = 0.0))]
    pub tolerance: f64,
    /// Maximum relative difference that counts as equal; by default a millionth, and none between whole numbers.
    #[schemars(range(min = 0.0))]
    pub relative: Option<f64>,
    /// What a percentage is equal to.
    pub percent: Percent,
}

/// What a percentage is equal to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Percent {
    /// The number before the sign; a right answer with a percent sign also equals its fraction.
    #[default]
    Number,
    /// Also its fraction, regardless of what is expected.
    Fraction,
}

/// One or several models that judge. They are asked like the models of the experiment: their responses are stored, priced
/// and counted in the budget, and a rerun sends none of them again.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelJudgeSpec {
    /// The models that judge, each written as in `models`; of several, the majority decides.
    #[schemars(length(min = 1))]
    pub models: Vec<ModelSpec>,
    /// Compare the answers of every two models to a question, in both orders; a verdict is `first`, `second` or `tie`. A model wins
    /// that is preferred in both orders; orders that disagree are a tie. The score of an answer is the share of its
    /// comparisons that it wins, with a tie as half a win.
    #[serde(default)]
    pub pairwise: bool,
    /// What a judge is asked, in Jinja. Variables: those of the prompt, `output` for the answer and `gold` for the right one;
    /// with `pairwise`, `first` and `second` instead of `output`. The form of a verdict is added at the end. By default,
    /// whether the answer is right, or which of two is better.
    pub rubric: Option<String>,
    /// What a verdict may be, each word with its score from 0 to 1; by default `correct: 1` and `wrong: 0`.
    pub classes: Option<BTreeMap<String, f64>>,
    /// A scale of whole numbers instead of classes; the score is where a verdict lies on it, from 0 to 1.
    pub scale: Option<ScaleSpec>,
    /// The form that a verdict is asked in.
    #[serde(default)]
    pub verdict: VerdictForm,
    /// Show the judges the right answer.
    #[serde(default = "super::defaults::default_true")]
    pub reference: bool,
    /// CSV file with what people say of answers, in the columns `model`, `prompt_id` and `label` (a word of `classes`); how far
    /// the judge agrees with them is printed.
    pub calibration: Option<PathBuf>,
    /// Maximum number of output tokens of a judge.
    #[serde(default = "default_judge_tokens")]
    #[schemars(range(min = 1))]
    pub max_tokens: u32,
    /// Sampling temperature of a judge.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub temperature: f64,
    /// Number of verdicts that are asked for at a time.
    #[serde(default = "default_judge_concurrency")]
    pub concurrency: NonZeroU32,
}

/// The form of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictForm {
    /// `schema` where the endpoint of every judge holds answers to one (OpenAI-compatible chat, Ollama), else `line`.
    #[default]
    Auto,
    /// JSON with a reason and a verdict, held to a schema by the server.
    Schema,
    /// A last line `VERDICT: word`.
    Line,
}

/// A scale of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleSpec {
    /// The lowest, scored 0.
    pub min: i32,
    /// The highest, scored 1.
    pub max: i32,
}

fn default_judge_tokens() -> u32 {
    512
}

fn default_judge_concurrency() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// A program that reads answers as JSON Lines on its standard input and prints verdicts as JSON Lines on its standard output.
///
/// An answer is `{"id": 0, "question": …, "choices": […], "gold": …, "output": …, "status": "ok"|"capped"|"refused", "dataset": …, "subject": …, "columns": {…}}`, where `gold` is the letter of a choice or the expected text; an answer that calls tools also has `"tool_calls": [{"name": …, "arguments": {…}}]`. A verdict is `{"id": 0, "score": 0..1}` with `class`, `extracted` and `reason` if you like, in any order; `class` is `correct` for a score of 1 and `wrong` below, unless given, and `unjudged` counts in no score. A verdict that is missing or malformed, a failure or a timeout ends the run; verdicts are kept in the store, and no answer is judged twice.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandSpec {
    /// Program and arguments, such as `[python3, tests.py]` or `[docker, run, --rm, -i, --network, none, --memory, 1g, my-judge]`. No shell reads them. The working directory is the folder of the spec; a program with a `/` in its path is relative to it.
    #[schemars(length(min = 1))]
    pub run: Vec<String>,
    /// Version of the judge. Another version, other words in `run`, or other content of a file that `run` names judges every answer anew; change it when anything else changes that the judge depends on.
    #[serde(default)]
    pub version: String,
    /// Time limit for one call.
    #[serde(default = "default_timeout")]
    pub timeout: HumanDuration,
    /// Memory (address space) that each process of the program may take, such as `2GB`; by default unlimited. Has effect on Linux, and not on containers, which have limits of their own.
    pub memory: Option<ByteSize>,
    /// Maximum number of answers per call.
    #[schemars(range(min = 1, max = 100_000))]
    #[serde(default = "default_batch")]
    pub batch: usize,
    /// Number of calls at once.
    #[schemars(range(min = 1, max = 256))]
    #[serde(default = "default_parallel")]
    pub parallel: usize,
}

fn default_timeout() -> HumanDuration {
    HumanDuration::from_secs(300)
}

fn default_batch() -> usize {
    64
}

fn default_parallel() -> usize {
    1
}
