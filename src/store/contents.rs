//! What a store holds, in numbers.

/// What a store holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Contents {
    /// Bytes of its files, or of its tables and their indices.
    pub bytes: u64,
    /// Its responses by model, in the order of endpoints and names.
    pub models: Vec<ModelContents>,
    /// Its runs, in the order in which they first stored something, with the responses that each of them brought.
    pub runs: Vec<(String, u64)>,
    /// Verdicts of programs that judge.
    pub verdicts: u64,
}

/// What a store holds of one model.
#[derive(Debug, PartialEq, Eq)]
pub struct ModelContents {
    /// The API and address of its endpoint.
    pub endpoint: String,
    /// Its name there.
    pub model: String,
    /// Answers to requests of experiments.
    pub answers: u64,
    /// Requests that ended in a fault.
    pub faults: u64,
    /// Answers to warm-up requests.
    pub warmups: u64,
}

/// A model whose responses are meant, at one endpoint or at all of them.
#[derive(Debug, Clone, Copy)]
pub struct OfModel<'m> {
    /// Its name.
    pub model: &'m str,
    /// The endpoint, as [`ModelContents`] names it.
    pub endpoint: Option<&'m str>,
}
