//! The keys under which the store holds something of a batch as a whole.

use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::requests::Work;
use crate::plan::shard::Turns;
use crate::request::{Prompt, RequestKey};

impl Work {
    /// Names a closed loop that lasts for a time, or these turns of it: what it asks, of whom and for how long.
    pub fn timed_level_key(&self, batch: &Batch, turns: Turns) -> RequestKey {
        let mut hasher = Sha256::new();
        hasher.update(self.first_settings(batch).hasher().key(&Prompt::new(None, "stretch".into())).0);
        let end = self.time_limit(batch.level).unwrap_or_default();
        hasher.update(end.as_nanos().to_le_bytes());
        hasher.update(self.asking.load.seed.to_le_bytes());
        hasher.update([u8::from(self.asking.load.cache_bust)]);
        self.prompts.of_model(batch.model_id).flatten().for_each(|prompt| hasher.update(prompt.hash));
        // Those of the first dataset are in the settings.
        for parameters in self.asking.models[batch.model_id].parameters.iter().skip(1) {
            hasher.update(format!("{parameters:?}"));
        }
        // Those of rows are in the settings of their requests alone.
        let samples = self.datasets.iter().flat_map(|dataset| &dataset.samples);
        for tools in samples.map(|sample| &sample.tools).filter(|tools| !tools.is_empty()) {
            hasher.update(format!("{tools:?}"));
        }
        if let Turns::Of(client) = turns {
            hasher.update(format!("client {client}"));
        }
        RequestKey(hasher.finalize().into())
    }

    /// Names a batch, by what it asks of whom: requests that are added at its end leave it the same.
    pub fn batch_key(&self, batch: &Batch) -> RequestKey {
        let mut hasher = Sha256::new();
        hasher.update(self.first_settings(batch).hasher().key(&Prompt::new(None, "batch".into())).0);
        let firsts = self.prompts.of_model(batch.model_id).filter_map(|prompts| prompts.first());
        firsts.for_each(|prompt| hasher.update(prompt.hash));
        RequestKey(hasher.finalize().into())
    }
}
