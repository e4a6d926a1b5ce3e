//! A verdict of a judge that was consulted, as it is kept.

/// What a verdict is kept under: the hash of the judge, and of all that it read.
pub type VerdictKey = [u8; 32];

/// A verdict of a judge that was consulted.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptVerdict {
    /// The judge, for people who look into the store.
    pub judge: String,
    /// Word of the class.
    pub class: String,
    /// From 0 to 1.
    pub score: f64,
    /// What was read in the answer.
    pub extracted: Option<String>,
    /// Why, in the judge's words.
    pub reason: Option<String>,
}
