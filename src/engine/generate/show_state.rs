//! What is shown of a batch that is sent besides its responses: the server, what is waited for, the score.

use std::time::{Duration, Instant, SystemTime};

use super::run_batch::{BatchRunner, LOOK, Shown};
use super::send::Target;
use crate::endpoint::breaker::{Gone, clock_time};
use crate::event::{Event, Wait};
use crate::format::seconds;

/// Such looks in a row after which a silence is worth a word, if the endpoint asked for it.
const SILENCE: u32 = 4;

/// By how much a pause has to grow to be told again.
const LONGER: Duration = Duration::from_secs(10);

impl BatchRunner<'_> {
    /// Shows what has changed besides responses: the server, what is waited for, the score.
    pub(super) fn show_state(&self, target: &Target, shown: &mut Shown) {
        self.show_news(target);
        let pause = target.client.throttle.pause();
        if let Some(pause) = pause.filter(|_| shown.silent >= SILENCE) {
            self.explain_pause(target, pause, shown);
        }
        let gone = target.client.breaker.wait();
        let gone = gone.map(|Gone { since, tries, most, next }| Wait::ServerGone { since, tries, most, next });
        self.show_wait(target, gone.or(pause.map(|left| Wait::RateLimited { left })), shown);
        if let Some(score) = self.sender.scores.news(target.batch.id) {
            (self.context.observer)(&Event::ScoreSoFar { batch: target.batch.clone(), score });
        }
    }

    /// Says how long the endpoint is left alone, once, and again if that is made longer.
    fn explain_pause(&self, target: &Target, pause: Duration, shown: &mut Shown) {
        let until = Instant::now() + pause;
        if shown.explained.is_none_or(|known| until > known + LONGER) {
            shown.explained = Some(until);
            let (name, limit) = (&target.batch.model.name, target.client.patience.deadline);
            self.context.warn(format!(
                "`{name}`: its endpoint sent Retry-After; waiting {}, until {}; the longest wait is `load.deadline` ({}), after which the next \
                 `apply` asks again",
                seconds(pause.as_secs_f64().max(1.0)),
                clock_time(SystemTime::now() + pause),
                seconds(limit.as_secs_f64()),
            ));
        }
    }

    /// Shows what is waited for, if it is something else than before.
    pub(super) fn show_wait(&self, target: &Target, wait: Option<Wait>, shown: &mut Shown) {
        let until = wait.as_ref().map(|wait| match wait {
            Wait::RateLimited { left } => (0, Instant::now() + *left),
            Wait::ServerGone { tries, next, .. } => (tries + 1, Instant::now() + *next),
            Wait::Clients { .. } | Wait::Start { .. } => (0, Instant::now()),
        });
        let is_same = match (until, shown.wait) {
            // A pause that was not made longer, or a try whose turn has come.
            (Some((tries, until)), Some((before, end))) => tries == before && until < end + LOOK,
            (now, before) => now.is_none() && before.is_none(),
        };
        if !is_same {
            shown.wait = until;
            let endpoint = self.sender.plan.endpoint_of(&target.batch.model).name.clone();
            (self.context.observer)(&Event::Waiting { batch: target.batch.clone(), endpoint, wait });
        }
    }
}
