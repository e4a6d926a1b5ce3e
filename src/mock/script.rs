//! An answer as bytes, and where each of its tokens ends in them.

use bytes::Bytes;

use super::answer::MockAnswer;
use super::api::Api;

/// An answer that is written down.
#[derive(Debug)]
pub(super) struct Script {
    /// Everything that is sent.
    pub(super) body: Bytes,
    /// Where each step of a stream ends. The first is what comes before any token, and each other is
    /// one token; what ends the stream is part of the last. An answer in one piece is one step.
    pub(super) ends: Vec<usize>,
    /// How many tokens it has.
    pub(super) tokens: usize,
}

impl Script {
    /// An answer token by token.
    pub(super) fn stream(api: &dyn Api, answer: &MockAnswer) -> Self {
        let tokens = answer.tokens.len();
        let mut body = api.opening(answer);
        let mut ends = vec![body.len()];
        for index in 0..tokens {
            body.push_str(&api.token(answer, index));
            ends.push(body.len());
        }
        body.push_str(&api.ending(answer));
        ends[tokens] = body.len();
        Self { body: body.into(), ends, tokens }
    }

    /// An answer in one piece.
    pub(super) fn whole(api: &dyn Api, answer: &MockAnswer) -> Self {
        let body = Bytes::from(api.whole(answer).to_string());
        Self { ends: vec![body.len()], body, tokens: answer.tokens.len() }
    }

    /// The first half of a stream, and then something else at once.
    pub(super) fn half_and(&self, rest: &str) -> Self {
        let steps = self.ends.len().div_ceil(2);
        let mut ends = self.ends[..steps].to_vec();
        let body = [&self.body[..ends[steps - 1]], rest.as_bytes()].concat();
        ends[steps - 1] = body.len();
        Self { body: body.into(), ends, tokens: steps - 1 }
    }

    /// About how many bytes of memory it takes.
    pub(super) fn size(&self) -> usize {
        self.body.len() + self.ends.len() * size_of::<usize>() + size_of::<Self>()
    }
}
