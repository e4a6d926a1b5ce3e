//! Batches whose model is asked through the batch API of its endpoint: no warm-up, no level, no times.

use super::batch_api::Asker;
use super::pending::Pending;
use super::run_batch::BatchRunner;
use super::send::{Sender, Stored};
use crate::endpoint::client::Client;
use crate::engine::sent::Sent;
use crate::error::Error;
use crate::event::Event;

impl BatchRunner<'_> {
    /// Sends a batch through the batch API of its endpoint; false if it is not asked so.
    pub(super) async fn send_by_batch_api(
        &self,
        pending: &Pending,
        client: &Client,
        sent: &mut Sent,
    ) -> Result<bool, Error> {
        let Sender { plan, work, budget, .. } = &**self.sender;
        let batch = &pending.batch;
        let tell = |Stored { slot, response }: Stored| {
            self.show(batch, &response);
            self.sender.scores.hand_over(slot, &response);
        };
        let asker = Asker::of((plan, work), (batch, client), budget, &tell, self.context);
        let Some(asker) = asker else { return Ok(false) };
        let requests = Some(pending.slots.len());
        (self.context.observer)(&Event::ModelStarted { batch: batch.clone(), requests, time: None });
        let asked = asker.ask(&pending.slots).await;
        (self.context.observer)(&Event::ModelFinished { batch: batch.clone() });
        client.dropped.news().into_iter().for_each(|news| self.context.warn(news));
        let asked = asked?;
        sent.is_cut = true;
        sent.responses += asked.responses;
        sent.failed.extend(asked.failed);
        Ok(true)
    }
}
