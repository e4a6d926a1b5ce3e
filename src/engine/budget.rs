//! The budget of a run: checked before each send, against what was spent and what is in flight.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use tokio::time::Instant;

use crate::endpoint::attempts::{Bill, Meter};
use crate::format::{counted, significant};
use crate::plan::Price;
use crate::request::Request;
use crate::spec::types::BudgetSpec;
use crate::store::{Spending, Store, StoreError};

/// The budget of one run, or its part of one that several runs share.
pub struct Budget {
    limits: BudgetSpec,
    started: Instant,
    state: Mutex<State>,
    /// The store whose runs spend it together, if they do.
    shared: Option<Arc<dyn Store>>,
    /// Of those that take a part of it.
    turn: tokio::sync::Mutex<()>,
}

/// Attempts for which a run takes its part of a shared budget ahead of what it sends.
const AHEAD: u32 = 8;

#[derive(Debug, Default)]
struct State {
    requests: u64,
    spent: f64,
    reserved: f64,
    reached: Option<String>,
    /// What was taken of a shared budget.
    drawn: Spending,
}

/// What one request in flight may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reservation(f64);

impl Budget {
    /// A new budget.
    pub fn new(limits: &BudgetSpec) -> Self {
        Self {
            limits: limits.clone(),
            started: Instant::now(),
            state: Mutex::new(State::default()),
            shared: None,
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// A new budget for a run on a store, which may share it with other runs.
    pub fn on(store: &Arc<dyn Store>, limits: &BudgetSpec) -> Self {
        let is_limited = limits.max_cost.is_some() || limits.max_requests.is_some();
        let shared = (is_limited && store.is_shared()).then(|| Arc::clone(store));
        Self { shared, ..Self::new(limits) }
    }

    /// Reserves the maximum cost of an attempt, of a shared budget as well.
    async fn admit(&self, request: &Request, price: Option<&Price>) -> Option<Reservation> {
        if let Some(store) = &self.shared {
            self.draw(store, price.map_or(0.0, |price| at_most(request, price))).await;
        }
        self.reserve(request, price)
    }

    /// Takes a part of a shared budget, if an attempt of this cost needs one.
    async fn draw(&self, store: &Arc<dyn Store>, most: f64) {
        if self.short(most).is_none() {
            return;
        }
        // One at a time, so that those that wait find what the first one took.
        let _turn = self.turn.lock().await;
        let Some(wanted) = self.short(most) else { return };
        let granted = store.draw(wanted, self.limit()).await;
        if let Ok(granted) = &granted {
            let mut state = self.state();
            state.drawn.requests += granted.requests;
            state.drawn.cost += granted.cost;
        }
        let reached = match (granted, self.short(most)) {
            (Err(error), _) => format!("the budget of all runs is unknown: {error}"),
            (Ok(_), None) => return,
            (Ok(_), Some(Spending { requests: 0, .. })) => {
                let limit = self.limits.max_cost.unwrap_or_default();
                format!("max_cost: all runs on the store together have {limit} spent or in flight")
            }
            (Ok(_), Some(_)) => {
                let limit = self.limits.max_requests.unwrap_or_default();
                format!("max_requests: {} sent by all runs on the store", counted(limit, "request"))
            }
        };
        self.state().reached.get_or_insert(reached);
    }

    /// What is to be taken of a shared budget before an attempt of this cost; none if enough was taken.
    fn short(&self, most: f64) -> Option<Spending> {
        let (state, limits) = (self.state(), &self.limits);
        let requests = i64::try_from(state.requests).unwrap_or(i64::MAX).saturating_add(1) - state.drawn.requests;
        let cost = state.spent + state.reserved + most - state.drawn.cost;
        // What was taken and spent to the last bit may differ by that bit.
        let (needs_requests, needs_cost) =
            (limits.max_requests.is_some() && requests > 0, limits.max_cost.is_some() && cost > most * 1e-9);
        (needs_requests || needs_cost).then(|| Spending {
            requests: if needs_requests { requests.saturating_add(i64::from(AHEAD) - 1) } else { 0 },
            cost: if needs_cost { cost + most * f64::from(AHEAD - 1) } else { 0.0 },
        })
    }

    fn limit(&self) -> Spending {
        let requests = self.limits.max_requests.and_then(|requests| i64::try_from(requests).ok());
        Spending { requests: requests.unwrap_or(i64::MAX), cost: self.limits.max_cost.unwrap_or(f64::INFINITY) }
    }

    /// Gives back what was taken of a shared budget and not spent.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn give_back(&self) -> Result<(), StoreError> {
        let Some(store) = &self.shared else { return Ok(()) };
        let rest = {
            let mut state = self.state();
            let spent = i64::try_from(state.requests).unwrap_or(i64::MAX);
            let rest = Spending { requests: spent - state.drawn.requests, cost: state.spent - state.drawn.cost };
            state.drawn = Spending { requests: spent, cost: state.spent };
            rest
        };
        let is_some = rest.requests < 0 || rest.cost < 0.0;
        if is_some { store.draw(rest, self.limit()).await.map(|_| ()) } else { Ok(()) }
    }

    /// Reserves the maximum cost of an attempt; `None` if the budget does not allow it, and for all later attempts.
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
            return Some(format!("max_requests: {} sent", counted(state.requests, "request")));
        }
        if let Some(limit) = limits.max_cost.filter(|limit| state.spent + state.reserved + most > *limit) {
            return Some(format!(
                "max_cost: the next request may cost {}, but {} of {limit} are spent or in flight",
                significant(most),
                significant(state.spent + state.reserved)
            ));
        }
        let limit = limits.max_time.filter(|limit| self.started.elapsed() >= limit.0)?;
        Some(format!("max_time: {limit} elapsed"))
    }

    /// Replaces the reservation of an attempt by its cost; if that is unknown, by its maximum
    /// cost. An attempt that did not reach the server costs nothing.
    pub fn settle(&self, reserved: Reservation, bill: Bill<'_>, price: Option<&Price>) {
        let mut state = self.state();
        state.reserved = (state.reserved - reserved.0).max(0.0);
        match bill {
            Bill::NotSent => state.requests -= 1,
            Bill::Refused => {}
            Bill::Unknown => state.spent += reserved.0,
            Bill::Usage(usage) => state.spent += price.and_then(|price| price.cost(usage)).unwrap_or(reserved.0),
        }
    }

    /// Number of attempts sent, including warm-ups.
    pub fn attempts(&self) -> u64 {
        self.state().requests
    }

    /// Their cost; an upper bound if the server reports no token counts.
    pub fn spent(&self) -> f64 {
        self.state().spent
    }

    /// The limit that was reached, if any.
    pub fn reached(&self) -> Option<String> {
        self.state().reached.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Maximum cost of one attempt of a request.
pub fn at_most(request: &Request, price: &Price) -> f64 {
    price.at_most(&request.prompt)
}

/// The attempts of one request, as the budget sees them.
pub struct Metered<'m> {
    budget: &'m Budget,
    request: &'m Request,
    price: Option<&'m Price>,
    /// Maximum cost of the attempt in flight.
    reserved: Mutex<Option<Reservation>>,
}

impl<'m> Metered<'m> {
    /// Attempts of a request at a price.
    pub fn new(budget: &'m Budget, request: &'m Request, price: Option<&'m Price>) -> Self {
        Self { budget, request, price, reserved: Mutex::new(None) }
    }

    fn reserved(&self) -> MutexGuard<'_, Option<Reservation>> {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Meter for Metered<'_> {
    fn start(&self) -> BoxFuture<'_, bool> {
        Box::pin(async {
            let reserved = self.budget.admit(self.request, self.price).await;
            let is_allowed = reserved.is_some();
            *self.reserved() = reserved;
            is_allowed
        })
    }

    fn end(&self, bill: Bill<'_>) {
        if let Some(reserved) = self.reserved().take() {
            self.budget.settle(reserved, bill, self.price);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::*;
    use crate::level::Level;
    use crate::plan::Rates;
    use crate::request::{Parameters, Prompt, Settings};
    use crate::response::Usage;
    use crate::spec::scalar::HumanDuration;

    fn request() -> Request {
        let settings = Settings {
            endpoint: "e".into(),
            model: "m".into(),
            digest: None,
            parameters: Parameters::default(),
            repeat: 0,
            level: Level::Concurrency(NonZeroU32::MIN),
        };
        let prompt = Prompt::new(None, "x".repeat(18));
        Request { key: settings.hasher().key(&prompt), settings: Arc::new(settings), prompt, sample: "d#0".into() }
    }

    /// 9 + 64 prompt tokens and 10 output tokens at most: with output at 2 per token that is 20.
    const PRICE: Price = Price {
        rates: Rates { input: 0.0, cached_input: 0.0, cache_write: 0.0, output: 2e6 },
        tiers: [None; 4],
        output_limit: 10,
    };

    #[test]
    fn what_is_in_flight_counts_against_the_cost() {
        let budget = Budget::new(&BudgetSpec { max_cost: Some(50.0), ..BudgetSpec::default() });
        let first = budget.reserve(&request(), Some(&PRICE)).unwrap();
        assert!(budget.reserve(&request(), Some(&PRICE)).is_some());
        budget.settle(first, Bill::NotSent, Some(&PRICE));
        assert!(budget.reserve(&request(), Some(&PRICE)).is_some());
        assert!(budget.reserve(&request(), Some(&PRICE)).is_none());
        assert!(budget.reached().unwrap().starts_with("max_cost"));
    }

    #[tokio::test]
    async fn every_attempt_that_may_be_billed_counts() {
        let budget = Budget::new(&BudgetSpec { max_cost: Some(60.0), max_requests: Some(4), ..BudgetSpec::default() });
        let request = request();
        let metered = Metered::new(&budget, &request, Some(&PRICE));
        let usage = Usage { prompt_tokens: Some(1), output_tokens: Some(5), ..Usage::default() };
        for (bill, spent, attempts) in [
            (Bill::NotSent, 0.0, 0),
            (Bill::Refused, 0.0, 1),
            (Bill::Unknown, 20.0, 2),
            (Bill::Usage(&usage), 30.0, 3),
            (Bill::Unknown, 50.0, 4),
        ] {
            assert!(metered.start().await);
            metered.end(bill);
            assert_eq!((budget.spent(), budget.attempts()), (spent, attempts), "{bill:?}");
        }
        assert!(!metered.start().await);
        assert!(budget.reached().unwrap().starts_with("max_requests"));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_and_time_are_limited() {
        let budget = Budget::new(&BudgetSpec { max_requests: Some(2), ..BudgetSpec::default() });
        let allowed = (0..5).filter(|_| budget.reserve(&request(), None).is_some()).count();
        assert_eq!(allowed, 2);
        let limit = HumanDuration(Duration::from_secs(5));
        let budget = Budget::new(&BudgetSpec { max_time: Some(limit), ..BudgetSpec::default() });
        assert!(budget.reserve(&request(), None).is_some());
        tokio::time::advance(limit.0).await;
        assert!(budget.reserve(&request(), None).is_none());
    }
}
