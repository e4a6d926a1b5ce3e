//! A benchmark that is registered on the Hugging Face Hub.

/// A benchmark that is registered on the Hugging Face Hub.
#[derive(Debug, Clone)]
pub struct Benchmark {
    /// The repository of its dataset, `OWNER/NAME`.
    pub dataset: String,
    /// The task, one of `eval.yaml` in that repository.
    pub task: String,
    /// The unit of its scores.
    pub unit: Unit,
}

/// The unit of the scores of a benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Unit {
    /// From 0 to 1.
    Proportion,
    /// From 0 to 100.
    Percent,
}
