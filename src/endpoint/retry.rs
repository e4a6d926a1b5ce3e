//! When another attempt is made, and after how long. Pure.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::fault::Fault;
use crate::request::RequestKey;

/// Longest wait that back-off alone reaches; what a server asks for is honoured in full.
const LONGEST: Duration = Duration::from_secs(30);

/// Back-off of the first retry, before jitter.
const FIRST: Duration = Duration::from_millis(500);

/// How long to wait before the next attempt: what the server asked for, else exponential back-off
/// with full jitter (uniform between nothing and the back-off). The jitter comes from the request's
/// key, so that requests spread and a run can be repeated.
pub fn wait(fault: &Fault, attempt: u32, key: &RequestKey) -> Duration {
    if let Some(asked) = fault.retry_after {
        return asked;
    }
    let backoff = backoff(attempt);
    let mut seed = key.0;
    seed[0] ^= u8::try_from(attempt % 256).unwrap_or_default();
    let draw = ChaCha8Rng::from_seed(seed).next_u32();
    backoff.mul_f64(f64::from(draw) / f64::from(u32::MAX))
}

/// The longest wait after a number of attempts.
pub fn backoff(attempt: u32) -> Duration {
    FIRST.saturating_mul(2u32.saturating_pow(attempt.saturating_sub(1))).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;

    #[test]
    fn back_off_grows_with_full_jitter_up_to_its_limit() {
        let fault = Fault::new(Status::Connect, "");
        let mut longest = Duration::ZERO;
        for key in 0..=255u8 {
            let key = RequestKey([key; 32]);
            assert!(wait(&fault, 1, &key) <= FIRST);
            assert!(wait(&fault, 40, &key) <= LONGEST);
            longest = longest.max(wait(&fault, 40, &key));
            assert_eq!(wait(&fault, 3, &key), wait(&fault, 3, &key));
        }
        assert!(longest > LONGEST / 2);
    }

    #[test]
    fn what_the_server_asks_is_honoured_in_full() {
        let asked = Duration::from_secs(3600);
        let fault = Fault { retry_after: Some(asked), ..Fault::new(Status::RateLimited, "") };
        assert_eq!(wait(&fault, 1, &RequestKey([0; 32])), asked);
    }
}
