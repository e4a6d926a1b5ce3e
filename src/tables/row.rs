//! A row: one response with the sample it is for, its verdict, and what follows from its stamps.
//!
//! [`columns`](super::columns) says what each metric is; costs are those of [`Price::cost`](crate::plan::Price::cost)
//! and [`machine_costs`](super::machine::machine_costs).
//!
//! A metric that cannot be had is empty, never zero; one that would come out below zero, because two clocks
//! disagree, is empty too. A fault has no metrics, and is never good. Where the server counts no output
//! tokens, the pieces of the stream stand in for them and `tokens_source` says `chunks`; costs and
//! [`Summary::server_tokens_per_s`](super::summary::Summary::server_tokens_per_s) never use such a count.
//!
//! A response is cold if the server had to load the model for it. It keeps its row and its score, and is
//! left out of every figure of latency, throughput and server time.

use std::fmt::Write;
use std::time::Duration;

use crate::answer_form::{AskedForm, FormFit};
use crate::endpoint::fault::is_about_length;
use crate::endpoint::finish::{self, Finish};
use crate::judge::{Class, LETTER_RULES, Letters, Verdict};
use crate::level::Level;
use crate::plan::{ModelPlan, SloPlan};
use crate::prompt::index_of;
use crate::request::Prompt;
use crate::response::{Response, Status, TokensSource};
use crate::sample::{Answer, Sample};
use crate::statistics::Flight;
use crate::work::recital::Recital;

/// An answer that consists of reasoning only.
pub const REASONING: &str = "reasoning";

/// An answer that consists of a call of a tool only.
pub const TOOL_CALL: &str = "tool_call";

/// An answer without any words.
pub const NOTHING: &str = "nothing";

/// A turn of a run that looks at its answers while it asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SequentialTurn {
    /// Its number.
    pub number: usize,
    /// How far the interval of the score is to reach to either side, if that ends the questions.
    pub aim: Option<f64>,
}

/// One response and all that belongs to it.
pub struct Row<'r> {
    /// Where its request stands among those of the plan.
    pub place: usize,
    /// The model.
    pub model: &'r ModelPlan,
    /// Name of the dataset.
    pub dataset: &'r str,
    /// The sample.
    pub sample: &'r Sample,
    /// What identifies its question: [`question_digest`](super::question_digest).
    pub question: u64,
    /// The prompt.
    pub prompt: &'r Prompt,
    /// The level.
    pub level: Level,
    /// Number of the repeat.
    pub repeat: u32,
    /// The form that the answer is held to, where one was asked for.
    pub answer_form: Option<&'r AskedForm>,
    /// Its turn, where answers are looked at while questions are asked.
    pub turn: Option<SequentialTurn>,
    /// What the answer may recite; nothing for a warm-up.
    pub recital: Option<Recital<'r>>,
    /// The response.
    pub response: &'r Response,
    /// The verdict; none for a fault and for a warm-up, and none once it is a figure.
    pub verdict: Option<Verdict>,
    /// Service levels of a good response.
    pub slo: SloPlan,
    /// True if a nonce stands before each prompt, so that the server cannot have it in its cache.
    pub is_cache_busted: bool,
    /// True if the judge compares the answer with a right one, so that a guess among the choices may hit it.
    pub is_compared: bool,
}

impl Row<'_> {
    /// True for an answer of a warm model: what figures of time are made of.
    pub fn is_timed(&self) -> bool {
        !self.response.status.is_fault() && !self.response.cold
    }

    /// Cost by the pricing table, attempts that brought no answer included. Such an attempt is reckoned to cost what
    /// the answer did or, without one, the most that it can have cost.
    pub fn cost(&self) -> Option<f64> {
        let unanswered = f64::from(self.response.unanswered);
        let price = self.model.price_of(self.response)?;
        if self.response.status.is_fault() {
            return (unanswered > 0.0).then(|| unanswered * price.at_most(self.prompt));
        }
        Some((1.0 + unanswered) * price.cost(&self.response.usage)?)
    }

    /// What each kind of token cost: uncached prompt, cached prompt, prompt written into the cache, output.
    pub fn cost_by_kind(&self) -> Option<[f64; 4]> {
        let price = self.model.price_of(self.response).filter(|_| !self.response.status.is_fault())?;
        Some(price.by_kind(&self.response.usage)?.map(|cost| cost / 1e6))
    }

    /// True if the answer holds questions or choices of the dataset that its prompt does not.
    pub fn is_recited(&self) -> bool {
        let recital = self.recital.filter(|_| !self.response.status.is_fault());
        recital.is_some_and(|recital| recital.is_recited(self.sample, &self.prompt.text, &self.response.text))
    }

    /// True for a prompt that the server refused because of its length.
    pub fn is_refused_for_length(&self) -> bool {
        let message = self.response.fault.as_deref().filter(|_| self.response.status == Status::Rejected);
        message.is_some_and(is_about_length)
    }

    /// How the answer keeps to the form that was asked for; `None` where none was, and for a fault or a refusal.
    pub fn form_fit(&self) -> Option<FormFit> {
        let is_answer = matches!(self.response.status, Status::Ok | Status::Capped);
        self.answer_form.filter(|_| is_answer)?.fit(&self.response.text)
    }

    /// What an answer without text consists of; `None` for a fault and where there is text.
    pub fn without_text(&self) -> Option<&'static str> {
        let response = self.response;
        if response.status.is_fault() || !response.text.trim().is_empty() {
            return None;
        }
        let finish = response.finish_reason.as_deref().map(|word| finish::meaning(&[], word));
        Some(match finish {
            // A call that a judge could read is an answer.
            Some(Finish::CalledTool) if !response.calls.is_empty() && self.is_answered() => return None,
            Some(Finish::CalledTool) => TOOL_CALL,
            _ if response.reasoning.is_some() => REASONING,
            _ => NOTHING,
        })
    }

    fn is_answered(&self) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| matches!(verdict.class, Class::Correct | Class::Wrong))
    }

    /// The server's word for the end of an answer, if nobody knows what it means, or it tells another limit than that
    /// of the request.
    pub fn telling_end(&self) -> Option<&str> {
        let word = self.response.finish_reason.as_deref().filter(|_| !self.response.status.is_fault())?;
        (finish::meaning(&[], word) == Finish::Unknown || finish::cut_by(word).is_some()).then_some(word)
    }

    /// Latency as its users feel it: in an open loop they wait from the schedule on.
    pub fn user_latency(&self) -> Option<Duration> {
        if self.level.is_open() { self.response.latency_from_schedule() } else { self.response.latency() }
    }

    /// Output tokens and who counted them.
    pub fn output_tokens(&self) -> Option<(u64, TokensSource)> {
        self.response.output_tokens()
    }

    /// Time per output token after the first.
    pub fn time_per_output_token(&self) -> Option<Duration> {
        let (gaps, time) = self.decoding()?;
        Some(time / gaps)
    }

    /// Output tokens after the first per second, on the client's clock.
    pub fn decode_rate(&self) -> Option<f64> {
        let (gaps, time) = self.decoding()?;
        per_second(f64::from(gaps), Some(time))
    }

    /// Output tokens after the first, and the time that they took.
    fn decoding(&self) -> Option<(u32, Duration)> {
        let (tokens, _) = self.output_tokens()?;
        let first = self.response.time_to_first_token()?;
        let last = self.response.latency()?;
        let gaps = u32::try_from(tokens.checked_sub(1)?).ok().filter(|gaps| *gaps > 0)?;
        // An answer that came in one piece shows no time between its tokens.
        Some((gaps, last.checked_sub(first).filter(|time| !time.is_zero())?))
    }

    /// Output tokens per second of the server's evaluation; unknown for a single token, for which servers report no time.
    pub fn server_decode_rate(&self) -> Option<f64> {
        let tokens = self.response.usage.output_tokens.filter(|tokens| *tokens > 1)?;
        per_second(tokens as f64, self.response.server.eval)
    }

    /// Prompt tokens that were not in the cache, per second of the server's prompt evaluation.
    pub fn server_prefill_rate(&self) -> Option<f64> {
        let usage = &self.response.usage;
        let cached = usage.cached_prompt_tokens.or(self.is_cache_busted.then_some(0))?;
        per_second(usage.prompt_tokens?.checked_sub(cached)? as f64, self.response.server.prompt_eval)
    }

    /// Time that the server spent on nothing it names: a wait for its turn.
    pub fn queue(&self) -> Option<Duration> {
        let server = &self.response.server;
        server.total?.checked_sub(server.load? + server.prompt_eval? + server.eval?)
    }

    /// Time that the server did not see: network and client.
    pub fn residue(&self) -> Option<Duration> {
        let server = &self.response.server;
        server.load?;
        self.response.latency()?.checked_sub(server.total?)
    }

    /// Whether every service level that is set is met; unknown where one could not be measured and no other is
    /// missed. A fault meets none; a cold answer says nothing of the level. None of them applies where none is set.
    pub fn is_good(&self) -> Option<bool> {
        if !self.slo.is_set() || self.response.cold {
            return None;
        }
        if self.response.status.is_fault() {
            return Some(false);
        }
        let meets = |limit: Option<Duration>, value: Option<Duration>| {
            limit.map_or(Some(true), |limit| value.map(|value| value <= limit))
        };
        // An answer of one token has no time per token to miss.
        let has_one_token = self.output_tokens().is_some_and(|(tokens, _)| tokens < 2);
        let tpot = self.slo.tpot.filter(|_| !has_one_token);
        let met = [
            meets(self.slo.ttft, self.response.time_to_first_token()),
            meets(self.slo.latency, self.user_latency()),
            meets(tpot, self.time_per_output_token()),
        ];
        if met.contains(&Some(false)) { Some(false) } else { met.into_iter().collect::<Option<Vec<_>>>().map(|_| true) }
    }

    /// When it was in flight, from its schedule to its end, on the clock of its run; one that had to wait because
    /// its endpoint was being spared, from when it was let go.
    pub fn flight(&self) -> Option<Flight> {
        let dispatch = self.response.dispatch?;
        let stamps = &self.response.stamps;
        let known = [stamps.end, stamps.last_token, stamps.first_byte, stamps.headers];
        let end = dispatch.sent + known.into_iter().flatten().next().unwrap_or_default();
        let start = if self.response.throttled { dispatch.permit } else { dispatch.scheduled };
        Some(Flight { start, end: end.max(start) })
    }

    /// What the old scripts wrote as `expected_answer`: the index of the right choice, else the text.
    pub fn expected_answer(&self) -> Option<String> {
        self.sample.answer.as_ref().map(|answer| match answer {
            Answer::Choice(index) => index.to_string(),
            Answer::Text(text) => text.to_string(),
        })
    }

    /// True if the token limit cut what the judge reads: not where the first token alone is read.
    pub fn is_cut(&self) -> bool {
        let reads_first_token = self.verdict.as_ref().is_some_and(|verdict| LETTER_RULES.contains(&verdict.rule));
        self.response.status == Status::Capped && !reads_first_token
    }

    /// True if the token limit was used up by reasoning, so that no answer was begun.
    pub fn is_capped_in_reasoning(&self) -> bool {
        let has_reasoned = self.response.reasoning.as_deref().is_some_and(|reasoning| !reasoning.trim().is_empty());
        self.response.status == Status::Capped && has_reasoned && self.response.text.trim().is_empty()
    }

    /// How likely each choice is to be named first; none without log-probabilities.
    pub fn letters(&self) -> Option<Letters> {
        Letters::new(&self.response.alternatives, self.sample.choices.len())
    }

    /// Index of the right choice; none for an open question.
    pub fn gold_choice(&self) -> Option<usize> {
        match self.sample.answer {
            Some(Answer::Choice(index)) => Some(index),
            Some(Answer::Text(_)) | None => None,
        }
    }

    /// Index of the choice that was read; none without one.
    pub fn chosen_choice(&self) -> Option<usize> {
        let verdict = self.verdict.as_ref().filter(|verdict| matches!(verdict.class, Class::Correct | Class::Wrong))?;
        let index = index_of(verdict.extracted.as_deref()?)?;
        (index < self.sample.choices.len()).then_some(index)
    }

    /// An index among rotated choices; none where they are in the only order.
    pub fn rotated(&self, index: Option<usize>) -> Option<u64> {
        self.sample.rotation.and(u64::try_from(index?).ok())
    }

    /// Index that the choice that was read has before its choices are rotated; none where they are in the only order.
    pub fn chosen_content(&self) -> Option<usize> {
        self.sample.rotation?;
        self.sample.before_rotation(self.chosen_choice()?)
    }

    /// Number of the turn in its conversation, from 1.
    pub fn conversation_turn(&self) -> Option<u64> {
        u64::try_from(self.sample.dialogue.as_ref()?.turn + 1).ok()
    }

    /// Text of the right answer.
    pub fn gold_text(&self) -> Option<&str> {
        self.sample.text_of(self.sample.answer.as_ref()?)
    }

    /// The server's durations (ns) and counts as a mapping that is JSON and a Python literal at once.
    pub fn metadata(&self) -> String {
        let server = &self.response.server;
        let usage = &self.response.usage;
        let nanoseconds = |duration: Option<Duration>| duration.and_then(|known| u64::try_from(known.as_nanos()).ok());
        let entries = [
            ("total_duration", nanoseconds(server.total)),
            ("load_duration", nanoseconds(server.load)),
            ("prompt_eval_duration", nanoseconds(server.prompt_eval)),
            ("prompt_eval_count", usage.prompt_tokens),
            ("eval_count", usage.output_tokens),
            ("eval_duration", nanoseconds(server.eval)),
        ];
        // Into one text: every row has such a mapping.
        let mut mapping = String::with_capacity(192);
        for (name, value) in entries {
            let Some(value) = value else { continue };
            let _ = write!(mapping, "{}\"{name}\": {value}", if mapping.is_empty() { "{" } else { ", " });
        }
        mapping.push_str(if mapping.is_empty() { "{}" } else { "}" });
        mapping
    }
}

/// A count per second of a time; none without any time.
fn per_second(count: f64, time: Option<Duration>) -> Option<f64> {
    time.filter(|time| !time.is_zero()).map(|time| count / time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;
    use crate::tables::fixture::{Fixture, ms};

    #[test]
    fn metrics_follow_their_formulas() {
        let mut fixture = Fixture::new(1);
        let response = &mut fixture.responses[0];
        response.usage.prompt_tokens = Some(110);
        response.usage.cached_prompt_tokens = Some(10);
        response.usage.output_tokens = Some(11);
        response.stamps.first_token = Some(ms(50));
        response.stamps.last_token = Some(ms(250));
        response.server.total = Some(ms(240));
        response.server.load = Some(ms(10));
        response.server.prompt_eval = Some(ms(50));
        response.server.eval = Some(ms(110));
        let rows = fixture.rows();
        let row = &rows[0];
        assert_eq!(row.time_per_output_token(), Some(ms(20)));
        assert_eq!((row.decode_rate(), row.server_decode_rate()), (Some(50.0), Some(100.0)));
        assert_eq!(row.server_prefill_rate(), Some(2000.0));
        assert_eq!((row.queue(), row.residue()), (Some(ms(70)), Some(ms(10))));
    }

    #[test]
    fn an_answer_without_text_is_told_by_what_it_has() {
        let mut fixture = Fixture::new(6);
        let without =
            |text: &str, reasoning: Option<&str>, finish: &str, status, response: &mut crate::response::Response| {
                response.text = text.into();
                response.reasoning = reasoning.map(Into::into);
                response.finish_reason = Some(finish.into());
                response.status = status;
            };
        let cases = [
            ("B", None, "stop", Status::Ok, None),
            (" \n", Some("hm"), "length", Status::Capped, Some(REASONING)),
            ("", Some("hm"), "tool_calls", Status::Ok, Some(TOOL_CALL)),
            ("", None, "toolUse", Status::Ok, Some(TOOL_CALL)),
            ("", None, "stop", Status::Ok, Some(NOTHING)),
            ("", None, "stop", Status::Empty, None),
        ];
        for (response, (text, reasoning, finish, status, _)) in fixture.responses.iter_mut().zip(cases) {
            without(text, reasoning, finish, status, response);
        }
        let found: Vec<_> = fixture.rows().iter().map(Row::without_text).collect();
        assert_eq!(found, cases.map(|case| case.4));
    }

    #[test]
    fn what_is_not_defined_is_empty() {
        let mut fixture = Fixture::new(1);
        let response = &mut fixture.responses[0];
        response.usage.output_tokens = Some(1);
        response.usage.prompt_tokens = Some(100);
        response.server.prompt_eval = Some(ms(50));
        // Without a load duration nobody knows what the total is made of.
        response.server.total = Some(ms(90));
        let rows = fixture.rows();
        let row = &rows[0];
        assert_eq!((row.time_per_output_token(), row.decode_rate(), row.server_decode_rate()), (None, None, None));
        assert_eq!((row.queue(), row.residue(), row.server_prefill_rate()), (None, None, None));
        assert_eq!((row.is_good(), row.cost()), (None, None));
    }

    #[test]
    fn clocks_that_disagree_give_no_negative_time() {
        let mut fixture = Fixture::new(1);
        let response = &mut fixture.responses[0];
        response.server.total = Some(ms(10_000));
        response.server.load = Some(ms(10_001));
        response.server.prompt_eval = Some(ms(1));
        response.server.eval = Some(ms(1));
        let rows = fixture.rows();
        assert_eq!((rows[0].queue(), rows[0].residue()), (None, None));
    }

    #[test]
    fn chunks_stand_in_for_tokens_only_where_they_were_kept() {
        let mut fixture = Fixture::new(2);
        for response in &mut fixture.responses {
            response.usage.output_tokens = None;
            response.stamps.first_token = Some(ms(40));
            response.stamps.last_token = Some(ms(100));
        }
        fixture.responses[0].gaps = vec![ms(20), ms(20), ms(20)];
        let rows = fixture.rows();
        assert_eq!(rows[0].output_tokens(), Some((4, TokensSource::Chunks)));
        assert_eq!(rows[0].time_per_output_token(), Some(ms(20)));
        assert_eq!(rows[1].output_tokens(), None);
    }

    #[test]
    fn a_response_is_good_if_it_meets_every_limit() {
        let mut fixture = Fixture::new(4);
        fixture.plan.slo = SloPlan { ttft: Some(ms(50)), tpot: Some(ms(20)), latency: Some(ms(300)) };
        for response in &mut fixture.responses {
            response.usage.output_tokens = Some(11);
            response.stamps.first_token = Some(ms(50));
            response.stamps.last_token = Some(ms(250));
        }
        fixture.responses[1].stamps.first_token = Some(ms(51));
        fixture.responses[2].status = Status::Stalled;
        fixture.responses[3].cold = true;
        let good: Vec<_> = fixture.rows().iter().map(Row::is_good).collect();
        assert_eq!(good, [Some(true), Some(false), Some(false), None]);
    }

    #[test]
    fn in_an_open_loop_latency_counts_from_the_arrival() {
        let mut fixture = Fixture::open(1, 2.0);
        fixture.plan.slo.latency = Some(ms(300));
        fixture.dispatched(0, 1000, 1200);
        fixture.responses[0].stamps.last_token = Some(ms(250));
        let rows = fixture.rows();
        assert_eq!((rows[0].user_latency(), rows[0].is_good()), (Some(ms(450)), Some(false)));
    }
}
