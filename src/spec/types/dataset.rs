//! The sections `datasets`: sources, columns and worked examples.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::generation::{ModelGenerationSpec, PromptSpec};
use super::judge::JudgeSpec;
use super::synthetic::SyntheticSpec;
use super::trace::TraceSpec;
use crate::spec::scalar::{OneOrMany, Scalar};

/// One dataset: the source of its rows and the roles of its columns.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetSpec {
    /// Name in tables and charts; by default the last part of the repository or file name.
    pub name: Option<String>,
    /// A well-known dataset, whose settings fill in what is not set here; `smallbench presets` lists them.
    pub preset: Option<String>,
    /// Where the rows come from.
    pub source: SourceSpec,
    /// Columns that hold the question, the choices and the answer, if they do not have one of the usual names.
    #[serde(default)]
    pub columns: ColumnsSpec,
    /// Keep only rows whose column holds one of the values: `{ subject: [algebra, logic] }`.
    #[serde(default)]
    pub filter: BTreeMap<String, OneOrMany<Scalar>>,
    /// What to do with rows that cannot be read or asked.
    #[serde(default)]
    pub on_bad_row: BadRow,
    /// Seed of a shuffle of each row's choices; it is the same for all models.
    pub shuffle_choices: Option<u64>,
    /// Seed of a shuffle that precedes the limit; without it the rows keep their order.
    pub shuffle: Option<u64>,
    /// Maximum number of rows to ask, counted after filter and shuffle.
    #[schemars(range(min = 1))]
    pub limit: Option<usize>,
    /// Worked examples shown in the prompt before the question.
    pub few_shot: Option<FewShotSpec>,
    /// How questions of this dataset are asked, where that differs from the experiment's `prompt`.
    pub prompt: Option<PromptSpec>,
    /// How answers to this dataset are generated, where that differs from the experiment's `generation`.
    pub generation: Option<ModelGenerationSpec>,
    /// How answers to this dataset are read and scored; by default as the experiment's `judge` says.
    pub judge: Option<JudgeSpec>,
    /// Further judges of this dataset, each under a name of your choice; by default the experiment's `other_judges`.
    pub other_judges: Option<BTreeMap<String, JudgeSpec>>,
}

/// Where rows come from.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceSpec {
    /// A dataset repository on the Hugging Face Hub.
    Hub(HubSourceSpec),
    /// A local file: its path, or a table.
    #[serde(deserialize_with = "path_or_table")]
    #[schemars(with = "PathOrTable")]
    File(FileSourceSpec),
    /// Prompts of a generator, to measure speed alone.
    Synthetic(SyntheticSpec),
    /// A recorded load that is replayed.
    Trace(TraceSpec),
}

impl DatasetSpec {
    /// Its judge, given that of the experiment; made prompts have no right answer, so nobody judges them unless the dataset says so.
    pub fn judge_or<'s>(&'s self, experiment: &'s JudgeSpec) -> &'s JudgeSpec {
        match (&self.judge, &self.source) {
            (Some(own), _) => own,
            (None, SourceSpec::Synthetic(_) | SourceSpec::Trace(_)) => &JudgeSpec::None,
            (None, SourceSpec::Hub(_) | SourceSpec::File(_)) => experiment,
        }
    }

    /// True if its prompts are made.
    pub fn is_made(&self) -> bool {
        matches!(self.source, SourceSpec::Synthetic(_) | SourceSpec::Trace(_))
    }

    /// The trace that it replays.
    pub fn trace(&self) -> Option<&TraceSpec> {
        match &self.source {
            SourceSpec::Trace(trace) => Some(trace),
            SourceSpec::Hub(_) | SourceSpec::File(_) | SourceSpec::Synthetic(_) => None,
        }
    }

    /// Its prompts, if a generator makes them.
    pub fn synthetic(&self) -> Option<&SyntheticSpec> {
        match &self.source {
            SourceSpec::Synthetic(synthetic) => Some(synthetic),
            SourceSpec::Hub(_) | SourceSpec::File(_) | SourceSpec::Trace(_) => None,
        }
    }

    /// Its settings of generation, with the length of answers that its source wants.
    pub fn own_generation(&self) -> Option<Cow<'_, ModelGenerationSpec>> {
        match self.synthetic().and_then(|synthetic| synthetic.output_tokens) {
            None => self.generation.as_ref().map(Cow::Borrowed),
            Some(tokens) => {
                let own = self.generation.clone().unwrap_or_default();
                Some(Cow::Owned(ModelGenerationSpec { max_tokens: Some(Some(tokens)), ..own }))
            }
        }
    }
}

/// A dataset repository on the Hugging Face Hub.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HubSourceSpec {
    /// Repository, as `owner/name`.
    pub repo: String,
    /// Subsets (the Hub's "configs"), one or several; `all` means the subset of that name or, where there is none, every subset.
    pub subsets: Option<OneOrMany<String>>,
    /// Split to ask.
    #[serde(default = "default_split")]
    pub split: String,
    /// Branch, tag or commit. What it resolves to is pinned in the lock file.
    #[serde(default = "default_revision")]
    pub revision: String,
}

/// A local file of rows.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSourceSpec {
    /// Path of a Parquet, Arrow, CSV, TSV, JSONL or JSON file (a list of objects), relative to the spec file; or a folder, a pattern such as `shards/*.jsonl.gz`, or a list of them. The extension selects the format; text formats may be compressed (.gz, .zst).
    pub path: OneOrMany<PathBuf>,
    /// Encoding of text files; those that start with the mark of UTF-16 are read as that.
    #[serde(default)]
    pub encoding: TextEncoding,
}

/// A local file as specs write it: its path, or a table.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema of what `path_or_table` reads")]
enum PathOrTable {
    /// Its path, or several.
    Path(OneOrMany<PathBuf>),
    /// Its path with more about it.
    Table(FileSourceSpec),
}

/// Reads a path, a list of paths or a table.
fn path_or_table<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FileSourceSpec, D::Error> {
    struct Visiting;

    impl<'de> Visitor<'de> for Visiting {
        type Value = FileSourceSpec;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a path, a list of paths or a table")
        }

        fn visit_str<E: de::Error>(self, path: &str) -> Result<FileSourceSpec, E> {
            Ok(FileSourceSpec { path: OneOrMany(vec![path.into()]), encoding: TextEncoding::default() })
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<FileSourceSpec, A::Error> {
            let path = OneOrMany::deserialize(SeqAccessDeserializer::new(seq))?;
            Ok(FileSourceSpec { path, encoding: TextEncoding::default() })
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FileSourceSpec, A::Error> {
            FileSourceSpec::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_any(Visiting)
}

/// Encoding of text files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextEncoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// Latin-1, with the further characters of Windows-1252.
    Latin1,
}

/// Roles of columns. A name may be a path into a struct or list, such as `question.stem` or `answers.text`; a number is a column of a CSV file without a header, counted from 1.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnsSpec {
    /// The question; by default the first of `question`, `prompt`, `input`, `problem`, `query`, `question_stem`, `ctx`, `sentence`, `goal`, `instruction` that exists.
    pub question: Option<String>,
    /// A chat that is asked as it stands, with `role` and `content`, or `from` and `value`: its messages up to the last one of the
    /// user, which is the question; what follows is the right answer. By default `messages` or `conversations` if there is no question.
    pub messages: Option<String>,
    /// A list of what the user says turn by turn, each asked with the model's own answers to those before it; by default
    /// `turns` if there is no question. A list of answers of the same length has one for each turn, any other answer is
    /// that to the last.
    pub turns: Option<String>,
    /// The images that the question is about, in one column or several: bytes, as Parquet files of the Hub have them, or paths
    /// relative to the dataset's file, or addresses (`https://…`), which go to the server as they are. By default none.
    #[serde(default)]
    #[schemars(schema_with = "names")]
    pub image: Option<OneOrMany<String>>,
    /// The tools that are offered with the question, in place of `generation.tools`: a list of `{name, description, parameters}`, also
    /// in the shape of OpenAI's API or of Anthropic's, or as JSON in a text. By default none.
    pub tools: Option<String>,
    /// The choices: a list column, or a struct with a list `text` (and `label`), or several columns by name, or the options themselves: `[no, yes]`; by default `choices`, `options`, `endings` and the like, else columns that are numbered or lettered, such as `A`, `B`, `C`, `D` or `option1`, `option2`.
    pub choices: Option<ChoicesSpec>,
    /// The right answer: an index, a letter, a label or the text of a choice, or a list of right answers; by default `answer`, `answerKey`, `answer_key`, `label`, `target`, `output` and the like.
    pub answer: Option<AnswerSpec>,
    /// The text that the question is about, put before it; by default `passage`, `context`, `article`, `story`, `body` and the like; an empty list for none.
    #[serde(default)]
    #[schemars(schema_with = "names")]
    pub passage: Option<OneOrMany<String>>,
    /// The subject; by default `subject`, `category` or `topic`, else the subset's name.
    pub subject: Option<String>,
    /// Identifier of the row; by default `id`, else none.
    pub id: Option<String>,
}

/// Where the choices of a row are.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ChoicesSpec {
    /// One column of lists, several columns of one choice each, or the options themselves.
    Columns(OneOrMany<String>),
    /// One column of texts that hold all options.
    Text(ChoicesTextSpec),
}

/// A column of texts that hold all options of a row.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoicesTextSpec {
    /// The column.
    pub column: String,
    /// Regular expression of one option; its first group, if it has one, is the option's text: `[a-e] \) (.*?)(?: , |$)`.
    pub pattern: String,
}

/// Where the right answer of a row is, and how it is read.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AnswerSpec {
    /// One column, or several columns of one right answer each.
    Columns(OneOrMany<String>),
    /// A column with the reading of its values.
    Read(AnswerReadSpec),
}

/// A column of answers, and how they are read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerReadSpec {
    /// The column, or several of one right answer each; by default the first usual name.
    pub column: Option<OneOrMany<String>>,
    /// The number of the first choice, 0 or 1, where answers are numbers of choices.
    #[schemars(range(max = 1))]
    pub base: Option<u8>,
    /// What the answers are, where several readings fit: `label`, `text`, `letter` or `index`.
    #[serde(rename = "as")]
    pub reading: Option<AnswerReading>,
    /// Where the answer stands in a longer text: a regular expression whose first group, or else what follows its last match, is the answer; `\boxed{}` for LaTeX.
    pub pattern: Option<String>,
}

/// What an answer of a row with choices is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerReading {
    /// The label of a choice.
    Label,
    /// The text of a choice.
    Text,
    /// A letter, A for the first choice.
    Letter,
    /// A number of a choice; `base` says which is the first.
    Index,
}

/// What to do with a row that cannot be read or asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BadRow {
    /// Stop, and list all of them.
    #[default]
    Refuse,
    /// Leave it out; the number of rows left out is reported.
    Skip,
}

macro_rules! scalars_or_a_table {
    ($name:ident, $table:ident, $with:ident) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ColumnsOrTable;
                impl<'de> Visitor<'de> for ColumnsOrTable {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a column, a list of columns or a table")
                    }

                    fn visit_str<E: de::Error>(self, name: &str) -> Result<$name, E> {
                        Ok($name::Columns(OneOrMany(vec![name.to_owned()])))
                    }

                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<$name, E> {
                        self.visit_str(&number.to_string())
                    }

                    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<$name, A::Error> {
                        OneOrMany::deserialize(SeqAccessDeserializer::new(seq)).map($name::Columns)
                    }

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        $table::deserialize(MapAccessDeserializer::new(map)).map($name::$with)
                    }
                }
                deserializer.deserialize_any(ColumnsOrTable)
            }
        }
    };
}

scalars_or_a_table!(ChoicesSpec, ChoicesTextSpec, Text);
scalars_or_a_table!(AnswerSpec, AnswerReadSpec, Read);

impl ColumnsSpec {
    /// Every column that is named.
    pub fn named(&self) -> Vec<&String> {
        let mut named: Vec<&String> =
            [&self.question, &self.messages, &self.turns, &self.tools, &self.subject, &self.id]
                .into_iter()
                .flatten()
                .collect();
        named.extend(self.images());
        named.extend(self.passage.iter().flat_map(|passage| passage.iter()));
        match &self.choices {
            Some(ChoicesSpec::Columns(columns)) => named.extend(columns.iter()),
            Some(ChoicesSpec::Text(text)) => named.push(&text.column),
            None => {}
        }
        if let Some(AnswerSpec::Columns(columns) | AnswerSpec::Read(AnswerReadSpec { column: Some(columns), .. })) =
            &self.answer
        {
            named.extend(columns.iter());
        }
        named
    }

    /// The columns of images.
    pub fn images(&self) -> impl Iterator<Item = &String> {
        self.image.iter().flat_map(|columns| columns.iter())
    }

    /// The answer, as a table.
    pub fn answer(&self) -> Cow<'_, AnswerReadSpec> {
        match &self.answer {
            Some(AnswerSpec::Read(read)) => Cow::Borrowed(read),
            Some(AnswerSpec::Columns(columns)) => {
                Cow::Owned(AnswerReadSpec { column: Some(columns.clone()), ..AnswerReadSpec::default() })
            }
            None => Cow::Owned(AnswerReadSpec::default()),
        }
    }
}

/// Worked examples for the prompt, from rows that are not asked.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FewShotSpec {
    /// Split that holds the examples (Hub sources); by default `dev`.
    pub split: Option<String>,
    /// File that holds the examples (file sources), relative to the spec file.
    pub path: Option<PathBuf>,
    /// Number of examples; those of the question's own subject come first. 0 disables them.
    pub count: usize,
}

/// One name, or a list of them, which may be empty.
fn names(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }, { "type": "null" }] })
}

fn default_split() -> String {
    "test".into()
}

fn default_revision() -> String {
    "main".into()
}
