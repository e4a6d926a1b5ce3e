//! The columns that figures are made of, as a polars frame: of each batch one, without the texts of its answers.
//!
//! A response is turned into its figures once, when it comes from the store, and is not kept. What is also a column
//! of the results table takes its value from there, so that both say the same.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use polars::prelude::{
    BooleanChunked, Column as PolarsColumn, DataFrame, Float64Chunked, IdxCa, IdxSize, Int64Chunked, ListChunked,
    NamedFrom, PolarsResult, Series, StringChunked, UInt32Chunked,
};

use super::columns::{Value, count, flag, number, seconds, value_of};
use super::question_digest::question_hash;
use super::questions::Questions;
use super::row::Row;
use super::series::{counts, flags, gaps, numbered, numbers, texts};
use super::words::Words;
use crate::clients::Clocks;
use crate::level::Level;
use crate::statistics::{BINS, Confident, ReliabilityBin, reliability};

macro_rules! figures {
    ($($(#[doc = $meaning:literal])* $field:ident: $kind:ident = $name:literal $(, $read:expr)?;)*) => {
        /// The figures of some rows: typed columns of one frame, all of one length.
        #[derive(Debug, Clone)]
        pub struct Figures {
            frame: DataFrame,
            words: Arc<Words>,
            clocks: Arc<Clocks>,
            questions: OnceLock<Arc<Questions>>,
            $($(#[doc = $meaning])* pub $field: figures!(@type $kind),)*
        }

        impl Figures {
            /// The figures that a frame holds, as [`Figures::frame_of`] makes it.
            ///
            /// # Errors
            /// A column is missing or of another type.
            pub fn new(mut frame: DataFrame, words: Arc<Words>) -> PolarsResult<Self> {
                frame.rechunk_mut_par();
                $(let $field = figures!(@typed $kind, frame.column($name)?)?.clone();)*
                Ok(Self { frame, words, clocks: Arc::default(), questions: OnceLock::new(), $($field,)* })
            }

            /// A frame of some rows.
            ///
            /// # Errors
            /// polars refuses the columns.
            pub fn frame_of(rows: &[Row<'_>], words: &Words) -> PolarsResult<DataFrame> {
                let columns = vec![$(
                    figures!(@column $kind, $name, figures!(@read $name $(, $read)?), rows, words),
                )*];
                DataFrame::new(rows.len(), columns)
            }
        }
    };
    (@type Number) => { Float64Chunked };
    (@type Count) => { Int64Chunked };
    (@type Word) => { UInt32Chunked };
    (@type Flag) => { BooleanChunked };
    (@type Text) => { StringChunked };
    (@type Gaps) => { ListChunked };
    (@typed Number, $column:expr) => { $column.f64() };
    (@typed Count, $column:expr) => { $column.i64() };
    (@typed Word, $column:expr) => { $column.u32() };
    (@typed Flag, $column:expr) => { $column.bool() };
    (@typed Text, $column:expr) => { $column.str() };
    (@typed Gaps, $column:expr) => { $column.list() };
    (@read $name:literal) => { value_of($name) };
    (@read $name:literal, $read:expr) => { $read };
    (@column Number, $name:literal, $read:expr, $rows:ident, $words:ident) => { numbers($name, $read, $rows) };
    (@column Count, $name:literal, $read:expr, $rows:ident, $words:ident) => { counts($name, $read, $rows) };
    (@column Word, $name:literal, $read:expr, $rows:ident, $words:ident) => { numbered($name, $read, $rows, $words) };
    (@column Flag, $name:literal, $read:expr, $rows:ident, $words:ident) => { flags($name, $read, $rows) };
    (@column Text, $name:literal, $read:expr, $rows:ident, $words:ident) => { texts($name, $read, $rows) };
    (@column Gaps, $name:literal, $read:expr, $rows:ident, $words:ident) => { gaps($name, $rows) };
}

figures! {
    /// Where the request stands among those of the plan.
    place: Count = "place", |row| count(u64::try_from(row.place).ok());
    /// Name of the dataset.
    dataset: Word = "dataset";
    /// The sample's number in its dataset.
    sample: Count = "prompt_id";
    /// What identifies the question: the bits of [`Row::question`].
    question: Count = "question", |row| Value::Count(row.question.cast_signed());
    /// Subject of the sample.
    subject: Word = "subject";
    /// Number of the repeat.
    repeat: Count = "repeat";
    /// The turn of its request, where answers are looked at while questions are asked.
    turn: Count = "turn", |row| count(row.turn.and_then(|turn| u64::try_from(turn.number).ok()));
    /// How far the interval of the score is to reach to either side, if that ends the questions.
    aim: Number = "aim", |row| number(row.turn.and_then(|turn| turn.aim));
    /// By how many places the choices were rotated.
    rotation: Count = "rotation";
    /// Number of the turn in its conversation.
    conversation_turn: Count = "conversation_turn";
    /// Where the choice that was read stands among the rotated ones.
    chosen_place: Count = "chosen_place", |row| count(row.rotated(row.chosen_choice()));
    /// Where the right choice stands among the rotated ones.
    right_place: Count = "right_place", |row| count(row.rotated(row.gold_choice()));
    /// The choice that was read, whatever its place.
    content: Word = "unrotated_answer";
    /// Number of choices of the sample, where a guess among them may be right.
    choices: Count = "choices_count", |row| count(u64::try_from(row.sample.choices.len()).ok().filter(|_| row.is_compared));
    /// How it ended.
    status: Word = "status";
    /// True for a fault.
    fault: Flag = "is_fault", |row| flag(Some(row.response.status.is_fault()));
    /// True for an answer that recites the dataset.
    recited: Flag = "is_recited", |row| flag(Some(row.is_recited()));
    /// What went wrong.
    fault_message: Text = "fault";
    /// True for a prompt that was refused for its length.
    too_long: Flag = "is_too_long", |row| flag(Some(row.is_refused_for_length()));
    /// What an answer without text consists of.
    without_text: Word = "without_text", |row| row.without_text().map_or(Value::Empty, |what| Value::Text(what.into()));
    /// The server's word for the end, if nobody knows what it means, or it tells another limit than that of the request.
    telling_end: Word = "telling_end", |row| row.telling_end().map_or(Value::Empty, |word| Value::Text(word.into()));
    /// How it keeps to the form that was asked for.
    answer_format: Word = "answer_format";
    /// Class of the verdict; unknown for a fault.
    verdict: Word = "verdict";
    /// Letter of the right choice.
    gold: Word = "gold_letter";
    /// The answer that was found.
    extracted: Text = "extracted_answer";
    /// The rule that found it.
    rule: Word = "rule";
    /// How strong the evidence for it is.
    evidence: Word = "evidence";
    /// Where it stands in the output.
    span: Text = "span";
    /// Probability of the most likely letter.
    letter_probability: Number = "letter_probability";
    /// Probability of the right letter.
    gold_probability: Number = "gold_probability";
    /// Brier score of the letters.
    letter_brier: Number = "letter_brier";
    /// Score of the verdict.
    score: Number = "score";
    /// True for an answer of a warm model: what figures of time are made of.
    warm: Flag = "is_warm", |row| flag(Some(row.is_timed()));
    /// True if the server had to load the model for it.
    cold: Flag = "cold";
    /// True if its times are unknown because the client stood still.
    untimed: Flag = "is_untimed", |row| flag(Some(row.response.is_untimed()));
    /// True if it came by a provider's batch API, so that nobody measured its times.
    by_batch: Flag = "is_by_batch", |row| flag(Some(!row.response.status.is_fault() && row.response.batch().is_some()));
    /// How often it was tried.
    attempts: Count = "attempts";
    /// True if the token limit cut what the judge reads.
    cut: Flag = "is_cut", |row| flag(Some(row.is_cut()));
    /// True if the token limit left reasoning alone.
    capped_in_reasoning: Flag = "is_capped_in_reasoning", |row| flag(Some(row.is_capped_in_reasoning()));
    /// True if it was sent while the client was throttled.
    throttled: Flag = "throttled";
    /// The run that measured it.
    run: Word = "measured_by";
    /// When it was due, in seconds of its run.
    scheduled: Number = "scheduled_s";
    /// When it was sent, in seconds of its run; unknown where the client did not keep it.
    sent: Number = "sent_s";
    /// How long connecting took, in seconds; unknown on an open connection.
    connect: Number = "connect_s";
    /// True if it opened a connection.
    new_connection: Flag = "new_connection";
    /// Time to the first token as it was stamped, faults included, in seconds.
    first_token: Number = "first_token_s", |row| seconds(row.response.stamps.first_token);
    /// Begin of [`Row::flight`], in seconds of its run.
    flight_start: Number = "flight_start_s", |row| seconds(row.flight().map(|flight| flight.start));
    /// End of [`Row::flight`], in seconds of its run.
    flight_end: Number = "flight_end_s", |row| seconds(row.flight().map(|flight| flight.end));
    /// Latency in seconds.
    latency: Number = "latency_sec";
    /// Latency from the schedule in seconds.
    from_schedule: Number = "latency_from_schedule_s";
    /// Time to first token in seconds.
    ttft: Number = "ttft_s";
    /// Time per output token in seconds.
    tpot: Number = "tpot_s";
    /// Gaps between the pieces of the stream, in nanoseconds.
    gaps: Gaps = "gaps_ns";
    /// Dispatch delay in seconds.
    dispatch_delay: Number = "dispatch_delay_s";
    /// The server's total duration in seconds.
    server_total: Number = "total_duration_s";
    /// The server's load duration in seconds.
    server_load: Number = "load_duration_s";
    /// The server's prompt evaluation in seconds.
    server_prompt_eval: Number = "prompt_eval_duration_s";
    /// The server's evaluation in seconds.
    server_eval: Number = "eval_duration_s";
    /// Prompt tokens.
    prompt_tokens: Count = "prompt_tokens";
    /// Prompt tokens that the server had in its cache.
    cached_prompt_tokens: Count = "cached_prompt_tokens";
    /// Prompt tokens that the server wrote into its cache.
    cache_write_tokens: Count = "cache_write_tokens";
    /// Output tokens that were reasoning.
    reasoning_tokens: Count = "reasoning_tokens";
    /// Output tokens as the server counted them, else the pieces of the stream.
    output_tokens: Count = "output_tokens";
    /// Output tokens that the server counted.
    counted_tokens: Count = "counted_tokens", |row| count(row.response.usage.output_tokens);
    /// Decode rate on the client's clock, in tokens per second.
    decode_rate: Number = "decode_tokens_per_s";
    /// Decode rate on the server's clock, in tokens per second.
    server_decode_rate: Number = "server_decode_tokens_per_s";
    /// Prefill rate on the server's clock, in tokens per second.
    server_prefill_rate: Number = "server_prefill_tokens_per_s";
    /// Whether it met every service level that is set.
    good: Flag = "good";
    /// What it cost; what a machine cost that is paid by the hour is shared among its answers later.
    cost: Number = "cost";
    /// What the uncached part of its prompt cost.
    cost_uncached_input: Number = "cost_uncached_input", |row| number(row.cost_by_kind().map(|kinds| kinds[0]));
    /// What the cached part of its prompt cost.
    cost_cached_input: Number = "cost_cached_input", |row| number(row.cost_by_kind().map(|kinds| kinds[1]));
    /// What writing its prompt into the cache cost.
    cost_cache_write: Number = "cost_cache_write", |row| number(row.cost_by_kind().map(|kinds| kinds[2]));
    /// What its output cost.
    cost_output: Number = "cost_output", |row| number(row.cost_by_kind().map(|kinds| kinds[3]));
}

impl Figures {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// True without a row.
    pub fn is_empty(&self) -> bool {
        self.frame.height() == 0
    }

    /// True if answers were looked at while questions were asked, so that what is said of scores has to hold at every look.
    pub fn is_sequential(&self) -> bool {
        self.turn.null_count() < self.len()
    }

    /// True if questions were asked in several orders of their choices.
    pub fn is_rotated(&self) -> bool {
        self.rotation.null_count() < self.len()
    }

    /// The frame that the columns belong to.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// Which rows share the values of columns of words, in the order of their first rows.
    ///
    /// # Errors
    /// There is no such column.
    pub fn rows_by<const N: usize>(&self, columns: &[&str; N]) -> PolarsResult<Vec<Vec<IdxSize>>> {
        let words = columns.iter().map(|column| self.frame.column(column)?.u32()).collect::<PolarsResult<Vec<_>>>()?;
        let mut parts: Vec<Vec<IdxSize>> = Vec::new();
        let mut places: HashMap<[Option<u32>; N], usize> = HashMap::new();
        for row in 0..self.len() {
            let own = std::array::from_fn(|column| words[column].get(row));
            let place = *places.entry(own).or_insert_with(|| {
                parts.push(Vec::new());
                parts.len() - 1
            });
            parts[place].push(IdxSize::try_from(row).unwrap_or(IdxSize::MAX));
        }
        Ok(parts)
    }

    /// These rows, in this order.
    ///
    /// # Errors
    /// There is no such row.
    pub fn take(&self, rows: Vec<IdxSize>) -> PolarsResult<Self> {
        self.of_the_same(self.frame.take(&IdxCa::from_vec("row".into(), rows))?)
    }

    /// Some of the rows.
    ///
    /// # Errors
    /// polars refuses the frame.
    pub fn slice(&self, rows: Range<usize>) -> PolarsResult<Self> {
        let offset = i64::try_from(rows.start).unwrap_or(i64::MAX);
        self.of_the_same(self.frame.slice(offset, rows.len()))
    }

    /// The same with another column of costs.
    ///
    /// # Errors
    /// The column is of another length.
    pub fn with_cost(&self, cost: Vec<Option<f64>>) -> PolarsResult<Self> {
        let mut frame = self.frame.clone();
        frame.with_column(PolarsColumn::from(Series::new("cost".into(), cost)))?;
        self.of_the_same(frame)
    }

    /// The same with the clocks of its runs.
    #[must_use]
    pub fn with_clocks(self, clocks: Clocks) -> Self {
        Self { clocks: Arc::new(clocks), ..self }
    }

    /// The clocks of its runs.
    pub fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    fn of_the_same(&self, frame: DataFrame) -> PolarsResult<Self> {
        Ok(Self { clocks: Arc::clone(&self.clocks), ..Self::new(frame, Arc::clone(&self.words))? })
    }

    /// How far the probabilities of letters keep their word.
    pub fn reliability(&self) -> [ReliabilityBin; BINS] {
        let rows = self.question.iter().zip(self.letter_probability.iter().zip(self.gold_probability.iter()));
        reliability(rows.filter_map(|(question, (best, gold))| {
            Some(Confident { question, probability: best?, is_right: gold? >= best? })
        }))
    }

    /// The word that a number of a column of words stands for.
    pub fn word(&self, number: Option<u32>) -> Option<Arc<str>> {
        number.and_then(|number| self.words.word(number))
    }

    /// The number that stands for a word in columns of words.
    pub fn number_of(&self, word: &str) -> Option<u32> {
        self.words.find(word)
    }

    /// Which rows are of one question.
    pub fn questions(&self) -> &Questions {
        self.questions.get_or_init(|| Arc::new(Questions::of(&self.question)))
    }

    /// What identifies the question of a row, as the results table has it.
    pub fn question_hash(&self, row: usize) -> Option<Arc<str>> {
        self.question.get(row).map(|digest| question_hash(digest.cast_unsigned()).into())
    }

    /// How many values of a column are this word.
    pub fn equal(&self, column: &UInt32Chunked, word: &str) -> u64 {
        let Some(number) = self.number_of(word) else { return 0 };
        as_count(column.iter().filter(|value| *value == Some(number)).count())
    }

    /// Latency as users see it: in an open loop they wait from the schedule on.
    pub fn user_latency(&self, level: Level) -> &Float64Chunked {
        if level.is_open() { &self.from_schedule } else { &self.latency }
    }

    /// Answers whose output tokens nobody counted, so that the pieces of the stream stand in for them.
    pub fn chunk_counted(&self) -> u64 {
        let rows = self.output_tokens.iter().zip(self.counted_tokens.iter());
        as_count(rows.filter(|(tokens, counted)| tokens.is_some() && counted.is_none()).count())
    }

    /// The known values of warm answers.
    pub fn of_warm<'f>(&'f self, column: &'f Float64Chunked) -> impl Iterator<Item = f64> + 'f {
        column.iter().zip(self.warm.iter()).filter_map(|(value, warm)| value.filter(|_| warm == Some(true)))
    }
}

/// A time of a column.
pub fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// A number of rows.
pub fn as_count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
