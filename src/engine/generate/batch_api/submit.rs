//! Submitting: requests become batches within the limits of the provider. What is about to be submitted is in the store
//! before it leaves.

use bytes::Bytes;

use super::asker::{Asker, Wanted, now};
use crate::endpoint::attempts::Bill;
use crate::endpoint::batch_api::{Form, Most};
use crate::endpoint::batch_client::Unsubmitted;
use crate::endpoint::retry;
use crate::error::Error;
use crate::request::RequestKey;
use crate::store::ProviderBatch;

/// Hexadecimal digits of a request's key in the token of its batch.
const DIGITS: usize = 16;

/// Requests that are submitted together, with their entries.
struct Parcel {
    form: Form,
    keys: Vec<RequestKey>,
    body: Vec<u8>,
}

impl Parcel {
    fn new(form: Form) -> Self {
        Self { form, keys: Vec::new(), body: form.opening.as_bytes().to_vec() }
    }

    fn has_room(&self, entry: &[u8], most: Most) -> bool {
        let around = self.form.separator.len() + self.form.closing.len();
        self.keys.len() < most.requests && self.body.len() + entry.len() + around <= most.bytes
    }

    fn add(&mut self, key: RequestKey, entry: &[u8]) {
        if !self.keys.is_empty() {
            self.body.extend_from_slice(self.form.separator.as_bytes());
        }
        self.body.extend_from_slice(entry);
        self.keys.push(key);
    }

    fn sealed(mut self) -> (Vec<RequestKey>, Bytes) {
        self.body.extend_from_slice(self.form.closing.as_bytes());
        (self.keys, self.body.into())
    }
}

impl Asker<'_> {
    /// Submits requests that were claimed under a lease, as many as the budget allows; gives the batches that they are in.
    pub(super) async fn submit(&self, wanted: &Wanted, lease: Option<u64>) -> Result<Vec<ProviderBatch>, Error> {
        let (form, most) = (self.api.form(), self.most());
        let mut slots: Vec<_> = wanted.values().collect();
        slots.sort_by_key(|slot| slot.turn);
        let (mut submitted, mut parcel) = (Vec::new(), Parcel::new(form));
        for slot in slots {
            if self.is_over() || !self.reserve(slot) {
                break;
            }
            let entry = self.client.batch_entry(self.api, &self.work.request(slot));
            if !parcel.keys.is_empty() && !parcel.has_room(&entry, most) {
                let full = std::mem::replace(&mut parcel, Parcel::new(form));
                submitted.extend(self.send(full, lease).await?);
            }
            parcel.add(slot.key, &entry);
        }
        submitted.extend(self.send(parcel, lease).await?);
        Ok(submitted)
    }

    /// What a batch may hold: what the provider takes, or less by the spec.
    fn most(&self) -> Most {
        let Most { requests, bytes } = self.api.most();
        let own = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        Most {
            requests: self.settings.max_requests.map_or(requests, |most| requests.min(own(most.get().into()))),
            bytes: self.settings.max_bytes.map_or(bytes, |most| bytes.min(own(most.0))),
        }
    }

    /// Submits one batch; `None` if the run is stopped before it is, or others may have taken its requests over. A batch of
    /// which nobody knows whether it was made has no id yet.
    async fn send(&self, parcel: Parcel, lease: Option<u64>) -> Result<Option<ProviderBatch>, Error> {
        let (keys, body) = parcel.sealed();
        let Some(first) = keys.first().copied() else { return Ok(None) };
        if self.drain().is_cancelled() || self.context.store.lease() != lease {
            keys.iter().for_each(|key| self.settle(key, Bill::NotSent));
            return Ok(None);
        }
        let token = format!("{}-{}", self.client.run.name, &first.to_string()[..DIGITS]);
        let endpoint = self.endpoint().identity();
        let mut batch = ProviderBatch { token, endpoint, id: None, submitted: now(), keys };
        for attempt in 1.. {
            batch.submitted = now();
            self.remember(&batch).await?;
            let fault = match self.client.submit(self.api, body.clone(), &batch.token).await {
                Ok(state) => {
                    batch.id = Some(state.id);
                    self.remember(&batch).await?;
                    self.show(&batch, 0, batch.keys.len());
                    return Ok(Some(batch));
                }
                Err(Unsubmitted { may_exist: true, .. }) => return Ok(Some(batch)),
                Err(Unsubmitted { fault, .. }) => fault,
            };
            let wait = retry::wait(&fault, attempt, &first);
            let is_last = !fault.retryable || attempt >= self.client.patience.attempts;
            if is_last || wait > self.client.patience.deadline || !self.pause(wait).await {
                self.remember(&ProviderBatch { keys: Vec::new(), ..batch.clone() }).await?;
                batch.keys.iter().for_each(|key| self.settle(key, Bill::Refused));
                return if self.drain().is_cancelled() { Ok(None) } else { Err(self.error(&fault, NOT_SUBMITTED)) };
            }
        }
        Ok(None)
    }
}

/// What to do about a batch that was refused.
const NOT_SUBMITTED: &str = "nothing of the batch was billed; rerun the command later or, if the server has no batch API, \
                             remove `batch` from the endpoint";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_has_room_up_to_its_limits_and_is_put_together_by_its_form() {
        let form = Form { media_type: "m", opening: "[", separator: ",", closing: "]" };
        let mut parcel = Parcel::new(form);
        let key = |number: u8| RequestKey([number; 32]);
        let room = |parcel: &Parcel, requests, bytes| parcel.has_room(b"bb", Most { requests, bytes });
        assert!(room(&parcel, 1, 5) && !room(&parcel, 0, 5) && !room(&parcel, 1, 4));
        parcel.add(key(1), b"aa");
        assert!(room(&parcel, 2, 7) && !room(&parcel, 1, 7) && !room(&parcel, 2, 6));
        parcel.add(key(2), b"bb");
        let (keys, body) = parcel.sealed();
        assert_eq!((keys, &*body), (vec![key(1), key(2)], b"[aa,bb]".as_slice()));
    }
}
