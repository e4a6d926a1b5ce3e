//! The budget of a run: checked before each send, against what was spent and what is in flight.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::plan::Price;
use crate::report::quantity::significant;
use crate::request::Request;
use crate::response::Response;
use crate::spec::types::BudgetSpec;

/// Output tokens to reserve where the spec sets no limit.
const UNLIMITED_OUTPUT: u64 = 8192;

/// The budget of one run.
#[derive(Debug)]
pub struct Budget {
    limits: BudgetSpec,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    requests: u64,
    spent: f64,
    reserved: f64,
    reached: Option<String>,
}

/// What one request in flight may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reservation(f64);

impl Budget {
    /// A budget of which nothing is spent.
    pub fn new(limits: &BudgetSpec) -> Self {
        Self { limits: limits.clone(), started: Instant::now(), state: Mutex::new(State::default()) }
    }

    /// Sets aside what a request may cost; `None` if the budget does not allow it, from then on for ever.
    pub fn reserve(&self, request: &Request, price: Option<&Price>) -> Option<Reservation> {
        let most = price.map_or(0.0, |price| at_most(request, price));
        let mut state = self.state();
        if state.reached.is_none() {
            state.reached = self.exceeded(&state, most);
        }
        if state.reached.is_some() {
            return None;
        }
        state.requests += 1;
        state.reserved += most;
        Some(Reservation(most))
    }

    fn exceeded(&self, state: &State, most: f64) -> Option<String> {
        let limits = &self.limits;
        if limits.max_requests.is_some_and(|limit| state.requests >= limit) {
            return Some(format!("max_requests: {} were sent", state.requests));
        }
        if let Some(limit) = limits.max_cost.filter(|limit| state.spent + state.reserved + most > *limit) {
            return Some(format!(
                "max_cost: the next request may cost {}, and {} of {limit} are spent or in flight",
                significant(most),
                significant(state.spent + state.reserved)
            ));
        }
        let limit = limits.max_time.filter(|limit| self.started.elapsed() >= limit.0)?;
        Some(format!("max_time: {limit} have passed"))
    }

    /// Puts the real cost in place of what was set aside. A cost that the server does not tell stays
    /// at what it may have been; a request that was not sent costs nothing.
    pub fn settle(&self, reserved: Reservation, response: Option<&Response>, price: Option<&Price>) {
        let mut state = self.state();
        state.reserved = (state.reserved - reserved.0).max(0.0);
        match response {
            Some(response) => {
                state.requests += u64::from(response.attempts.saturating_sub(1));
                let real = price.and_then(|price| price.cost(&response.usage));
                state.spent += real.unwrap_or(reserved.0);
            }
            None => state.requests -= 1,
        }
    }

    /// Which limit was reached, if one was.
    pub fn reached(&self) -> Option<String> {
        self.state().reached.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most that a request can cost.
pub fn at_most(request: &Request, price: &Price) -> f64 {
    let prompt_tokens = u64::try_from(request.prompt.most_tokens()).unwrap_or(u64::MAX);
    let output_tokens = request.settings.parameters.max_tokens.map_or(UNLIMITED_OUTPUT, u64::from);
    price.estimate(prompt_tokens, output_tokens)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::level::Level;
    use crate::request::{Parameters, Prompt, Settings};
    use crate::spec::scalar::Span;

    fn request() -> Request {
        let parameters = Parameters { max_tokens: Some(10), ..Parameters::default() };
        let settings = Settings {
            endpoint: "e".into(),
            model: "m".into(),
            digest: None,
            parameters,
            repeat: 0,
            level: Level::Concurrency(NonZeroU32::MIN),
        };
        let prompt = Prompt::new(None, "x".repeat(18));
        Request { key: settings.hasher().key(&prompt), settings: Arc::new(settings), prompt, sample: "d#0".into() }
    }

    /// 9 + 64 prompt tokens and 10 output tokens at most: with output at 2 per token that is 20.
    const PRICE: Price = Price { input: 0.0, cached_input: 0.0, cache_write: 0.0, output: 2e6 };

    #[test]
    fn what_is_in_flight_counts_against_the_cost() {
        let budget = Budget::new(&BudgetSpec { max_cost: Some(50.0), ..BudgetSpec::default() });
        let first = budget.reserve(&request(), Some(&PRICE)).unwrap();
        assert!(budget.reserve(&request(), Some(&PRICE)).is_some());
        budget.settle(first, None, Some(&PRICE));
        assert!(budget.reserve(&request(), Some(&PRICE)).is_some());
        assert!(budget.reserve(&request(), Some(&PRICE)).is_none());
        assert!(budget.reached().unwrap().starts_with("max_cost"));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_and_time_are_limited() {
        let budget = Budget::new(&BudgetSpec { max_requests: Some(2), ..BudgetSpec::default() });
        let allowed = (0..5).filter(|_| budget.reserve(&request(), None).is_some()).count();
        assert_eq!(allowed, 2);
        let limit = Span(Duration::from_secs(5));
        let budget = Budget::new(&BudgetSpec { max_time: Some(limit), ..BudgetSpec::default() });
        assert!(budget.reserve(&request(), None).is_some());
        tokio::time::advance(limit.0).await;
        assert!(budget.reserve(&request(), None).is_none());
    }
}
