//! The sections `charts` and `output`.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::defaults::default_true;
use crate::spec::scalar::HumanDuration;

/// One chart.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartSpec {
    /// Mean score per model, with the number of answers and its 95 % interval.
    Score(PlainChartSpec),
    /// Client latency and the server's own durations per model: medians side by side, or means as parts of the latency.
    Durations(DurationsChartSpec),
    /// One point per response.
    Scatter(ScatterChartSpec),
    /// Prompt tokens by output tokens, coloured by a measure: a panel per model, on one scale of colours.
    Heatmap(HeatmapChartSpec),
    /// Throughput and latency over the levels of a sweep, with the knee.
    LoadCurve(PlainChartSpec),
    /// Cumulative distribution of latency per model.
    LatencyEcdf(PlainChartSpec),
    /// One bar per request over the time of the run, with its phases.
    Timeline(PlainChartSpec),
    /// How often answers of a confidence are right, by the probabilities of letters.
    Reliability(PlainChartSpec),
    /// Score against what it takes, with the frontier; models of which a check failed are hollow.
    Tradeoff(TradeoffChartSpec),
    /// Score per subject, or per dataset where there are no subjects: bars up to six, beyond them a heat map.
    Subjects(PlainChartSpec),
    /// What became of the requests of each model: the classes of verdicts, and faults.
    Verdicts(PlainChartSpec),
    /// Which letter a model chose where which was right.
    Letters(PlainChartSpec),
    /// The difference of every two models on the same questions, with its interval.
    Pairs(PlainChartSpec),
}

impl ChartSpec {
    /// True if it shows what a judge said.
    pub fn needs_verdicts(&self) -> bool {
        matches!(
            self,
            Self::Score(_)
                | Self::Tradeoff(_)
                | Self::Subjects(_)
                | Self::Verdicts(_)
                | Self::Letters(_)
                | Self::Pairs(_)
        )
    }

    /// True if it shows what answers cost.
    pub fn needs_prices(&self) -> bool {
        match self {
            Self::Scatter(scatter) => scatter.y == TimeMeasure::Cost,
            Self::Heatmap(heatmap) => heatmap.color == TimeMeasure::Cost,
            Self::Tradeoff(tradeoff) => tradeoff.x == TradeoffMeasure::Cost,
            _ => false,
        }
    }

    /// Its title, if the spec sets one.
    pub fn title(&self) -> Option<&String> {
        self.look().0
    }

    /// Its size, if the spec sets one.
    pub fn size(&self) -> Option<[u16; 2]> {
        self.look().1
    }

    /// Title and size, which every chart may have.
    fn look(&self) -> (Option<&String>, Option<[u16; 2]>) {
        let (title, size) = match self {
            Self::Score(spec)
            | Self::LoadCurve(spec)
            | Self::LatencyEcdf(spec)
            | Self::Timeline(spec)
            | Self::Reliability(spec)
            | Self::Subjects(spec)
            | Self::Verdicts(spec)
            | Self::Letters(spec)
            | Self::Pairs(spec) => (&spec.title, spec.size),
            Self::Durations(spec) => (&spec.title, spec.size),
            Self::Scatter(spec) => (&spec.title, spec.size),
            Self::Heatmap(spec) => (&spec.title, spec.size),
            Self::Tradeoff(spec) => (&spec.title, spec.size),
        };
        (title.as_ref(), size)
    }
}

/// A chart without settings of its own.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlainChartSpec {
    /// Title of the chart.
    pub title: Option<String>,
    /// Width and height, in pixels on a screen and in points on paper and slides.
    pub size: Option<[u16; 2]>,
}

/// Score against what it takes.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TradeoffChartSpec {
    /// What the score is held against.
    pub x: TradeoffMeasure,
    /// Title of the chart.
    pub title: Option<String>,
    /// Width and height, in pixels on a screen and in points on paper and slides.
    pub size: Option<[u16; 2]>,
}

/// What a score is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TradeoffMeasure {
    /// Cost of 1,000 answers, by the prices in `pricing`.
    Cost,
    /// Median latency.
    Latency,
    /// Output tokens per second.
    TokensPerS,
}

/// Durations per model.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DurationsChartSpec {
    /// Title of the chart.
    pub title: Option<String>,
    /// Width and height, in pixels on a screen and in points on paper and slides.
    pub size: Option<[u16; 2]>,
    /// Which average is shown: means add up, so they are the parts of one bar per model.
    pub statistic: Average,
}

/// Which average a bar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// The arithmetic mean, which is sensitive to outliers.
    Mean,
    /// The median, which is not.
    #[default]
    Median,
}

/// One point per response.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScatterChartSpec {
    /// Measure on the horizontal axis.
    pub x: TokenMeasure,
    /// Measure on the vertical axis.
    pub y: TimeMeasure,
    /// Logarithmic horizontal axis.
    #[serde(default = "default_true")]
    pub log_x: bool,
    /// Logarithmic vertical axis, so that a few long requests do not flatten the rest.
    #[serde(default = "default_true")]
    pub log_y: bool,
    /// Title of the chart.
    pub title: Option<String>,
    /// Width and height, in pixels on a screen and in points on paper and slides.
    pub size: Option<[u16; 2]>,
}

/// Counts of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
pub enum TokenMeasure {
    /// Tokens of the prompt, as the server counted them.
    #[serde(rename = "prompt_tokens")]
    Prompt,
    /// Tokens of the answer.
    #[serde(rename = "output_tokens")]
    Output,
    /// Both together.
    #[serde(rename = "total_tokens")]
    Total,
}

/// Durations and other quantities of the vertical axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeMeasure {
    /// From the request to the last token, on the client's clock.
    Latency,
    /// From the request to the first token, on the client's clock.
    Ttft,
    /// The server's own total.
    TotalDuration,
    /// The server's time to load the model.
    LoadDuration,
    /// The server's time to evaluate the prompt.
    PromptEvalDuration,
    /// The server's time to generate the answer.
    EvalDuration,
    /// Cost of the response, by the prices in `pricing`.
    Cost,
}

/// Prompt tokens by output tokens, coloured by a measure.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeatmapChartSpec {
    /// Measure shown as colour: the median of the responses in the cell.
    pub color: TimeMeasure,
    /// Title of the chart.
    pub title: Option<String>,
    /// Width and height, in pixels on a screen and in points on paper and slides.
    pub size: Option<[u16; 2]>,
}

/// Output folder and picture formats.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputSpec {
    /// Folder, relative to the spec file; by default `outputs/NAME`. The store, shared by all experiments, is beside it.
    pub dir: Option<PathBuf>,
    /// Where responses are kept; by default in the file `store.sqlite` beside the output folder.
    pub store: Option<StoreSpec>,
    /// Picture formats.
    pub formats: Vec<PictureFormat>,
    /// Where the pictures will be seen, which sets their width and so the size of their type, and how high they may be. A chart that is
    /// higher becomes several pictures.
    #[serde(rename = "for")]
    pub medium: PictureMedium,
    /// Whether the values that each chart draws are written to `chart_data`: a table (CSV), and a Vega-Lite chart of it.
    pub chart_data: bool,
    /// Whether `report.html` is written: one page with every figure, chart and answer, which opens in a browser.
    pub report: bool,
}

/// Where responses are kept.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreSpec {
    /// A file, which the runs of one machine share.
    Sqlite(SqliteSpec),
    /// A database, which the runs of any number of machines share: the same `apply` on each of them shares the requests.
    Postgres(PostgresSpec),
}

/// A store in a file.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqliteSpec {
    /// The file, relative to the spec file. A shard has one of its own beside it.
    pub path: PathBuf,
}

/// A store in a PostgreSQL database, of version 13 or newer.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PostgresSpec {
    /// Name of the environment variable with the address, such as `postgresql://user:password@host:5432/name`. `sslmode`
    /// and `sslrootcert` in it are those of PostgreSQL; `sslmode=verify-full` verifies the server's certificate.
    pub url_env: String,
    /// Schema with the tables, which the first run makes.
    #[serde(default = "default_schema")]
    pub schema: String,
    /// Most connections with which one run reads at once; two more write and claim.
    #[serde(default = "default_pool")]
    pub pool: NonZeroU32,
    /// How long a run waits for a database that is away or full, with the answers it has received in memory.
    #[serde(default = "default_patience")]
    pub patience: HumanDuration,
}

impl PostgresSpec {
    /// The store whose address a variable holds, in a schema or in the one that is not named.
    pub fn named(variable: &str, schema: Option<&str>) -> Self {
        Self {
            url_env: variable.to_owned(),
            schema: schema.map_or_else(default_schema, str::to_owned),
            pool: default_pool(),
            patience: default_patience(),
        }
    }
}

fn default_schema() -> String {
    "smallbench".into()
}

fn default_pool() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(3)
}

fn default_patience() -> HumanDuration {
    HumanDuration(Duration::from_secs(600))
}

/// A picture format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// PNG, at twice the size of the SVG.
    Png,
    /// SVG, with the letters of its font.
    Svg,
    /// PDF, one page per picture, with text as text.
    Pdf,
}

/// Where pictures will be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureMedium {
    /// A page with text 6.5 inches wide and 9 inches high: no type is smaller than 8 pt.
    Paper,
    /// A slide 13.33 inches wide and 7.5 inches high: no type is smaller than 18 pt.
    Slide,
    /// A screen.
    #[default]
    Screen,
}

impl Default for OutputSpec {
    fn default() -> Self {
        Self {
            dir: None,
            store: None,
            formats: vec![PictureFormat::Png, PictureFormat::Svg],
            medium: PictureMedium::Screen,
            chart_data: true,
            report: true,
        }
    }
}
