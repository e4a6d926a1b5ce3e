//! Warm-up requests, which no dataset asks.

use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::requests::Work;
use crate::request::{Prompt, Request, RequestKey};

impl Work {
    /// A warm-up request, by its number in the batch. Each run sends its own, because a server does not stay warm.
    pub fn warmup(&self, batch: &Batch, number: usize, run: &str) -> Request {
        let text = format!("{} Answer in one short sentence.", WARMUPS[number % WARMUPS.len()]);
        let prompt = Prompt::new(None, text);
        let settings = self.first_settings(batch);
        let mut hasher = Sha256::new();
        hasher.update(settings.hasher().key(&prompt).0);
        hasher.update(format!("warm-up {number} of {run}"));
        Request { key: RequestKey(hasher.finalize().into()), settings, prompt, sample: format!("warm-up#{number}") }
    }
}

/// What warm-up requests ask: nothing that a dataset would.
const WARMUPS: [&str; 8] = [
    "What do bees collect?",
    "Why is the sea salty?",
    "What is a lighthouse for?",
    "How does a kite stay up?",
    "What makes bread rise?",
    "Why do leaves fall in autumn?",
    "What does a compass show?",
    "How is paper made?",
];
