//! Checks by what servers and machines say of themselves. Each is left out where they say nothing.

use super::check::CheckStatus;
use super::found::Found;
use crate::format::{counted, percent};
use crate::tables::group::Group;
use crate::telemetry::{Validity, Word};

/// Share of the readings at which something has to show before it is said.
const OFTEN: f64 = 0.1;

/// Fewest readings for the same.
const FEWEST: usize = 2;

/// Share of prompt tokens from a cache that is said.
const CACHED: f64 = 0.1;

/// How far two counts of tokens may lie apart, as a share of the larger.
const APART: f64 = 0.05;

/// Readings that failed, that nobody made, or that say what cannot be.
pub(super) fn readings(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let observed = &group.observed;
        if !observed.is_server_asked {
            return None;
        }
        let (all, gaps) = (observed.readings(), observed.gaps());
        Some(match (all, observed.fault()) {
            (0, _) => Some(
                "no reading of the server lies beside the responses, which may be older than the key `metrics`; \
                 `smallbench apply --fresh` measures again"
                    .to_owned(),
            ),
            (_, fault) if gaps > 0 => {
                let why = fault.map_or_else(String::new, |fault| format!(": {fault}"));
                Some(format!("{gaps} of {} of the server's metrics failed{why}", counted(all, "reading")))
            }
            (_, Some(fault)) => Some(format!("some of the server's metrics are left out: {fault}")),
            _ => observed.contradiction(),
        })
    })
}

pub(super) fn queue(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let share = group.observed.share_above_zero(Word::Waiting)?;
        let most = group.observed.most(Word::Waiting)?;
        Some((share >= OFTEN).then(|| {
            format!(
                "requests waited in the server's queue at {} of the readings, up to {most:.0} at once; times to first token and \
                 latencies hold that wait, and more load adds to it alone",
                percent(share)
            )
        }))
    })
}

pub(super) fn other_traffic(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let (foreign, all, (most, own)) = group.foreign_readings()?;
        let is_often = foreign >= FEWEST && foreign as f64 >= OFTEN * all as f64;
        Some(is_often.then(|| {
            format!(
                "at {foreign} of {} the server had more requests than this client sent, up to {most:.0} where this client had at most \
                 {own:.0} in flight; the figures are not of this load alone",
                counted(all, "reading")
            )
        }))
    })
}

pub(super) fn prefix_hits(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let rate = group.observed.prefix_hit_rate()?;
        Some((rate >= CACHED).then(|| {
            format!(
                "the server found {} of the prompt tokens in its cache, which shortens the time to first token; set \
                 `load.cache_bust: true` to bypass the cache",
                percent(rate)
            )
        }))
    })
}

pub(super) fn tokens(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let (counted_there, reported) = group.counted_tokens()?;
        let apart = (counted_there - reported).abs();
        let is_far = apart > APART * counted_there.max(reported) && apart > group.summary.answers as f64;
        Some(is_far.then(|| {
            let why = if counted_there > reported {
                "others may have asked it, or its responses leave tokens out"
            } else {
                "rates of tokens count what it did not make, or it counts late"
            };
            format!("the server counted {counted_there:.0} output tokens and its responses report {reported:.0}; {why}")
        }))
    })
}

pub(super) fn energy(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| match &group.observed.energy {
        Validity::NotAsked => None,
        Validity::Known(_) => Some(None),
        Validity::Unknown(why) => Some(Some(format!("no energy is given: {why}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;
    use crate::telemetry::{Observed, Reading, Stretch};

    /// Forty requests in two lanes along 2 s, and what the server says each half of a second.
    fn group(words: impl Fn(f64) -> Vec<(Word, f64)>) -> Vec<Group> {
        let mut fixture = Fixture::with(40, "{ concurrency: 2 }");
        fixture.back_to_back(2);
        fixture.responses.iter_mut().for_each(|response| response.usage.output_tokens = Some(10));
        let reading = |step: u32| Reading {
            at_s: f64::from(step) * 0.5,
            words: words(f64::from(step)).into_iter().collect(),
            energy_j: None,
        };
        let run = fixture.responses[0].run.clone();
        let stretch = Stretch { run, readings: (0..=5).map(reading).collect(), ..Stretch::default() };
        let mut results = fixture.results();
        let observed = Observed::new(true, false, vec![stretch]);
        results.observe(|_| Ok::<_, ()>(observed.clone())).unwrap();
        results.groups
    }

    /// What a check says: nothing without data, an empty text without a problem.
    fn said(found: Found) -> Option<String> {
        found.is_made.then(|| found.problems.into_iter().map(|finding| finding.message).collect())
    }

    #[test]
    fn what_a_server_does_not_say_is_not_checked() {
        let groups = group(|_| vec![(Word::KvCacheUsed, 0.5)]);
        for found in [queue(&groups), other_traffic(&groups), prefix_hits(&groups), tokens(&groups), energy(&groups)] {
            assert_eq!(said(found), None);
        }
        assert_eq!(said(readings(&groups)).as_deref(), Some(""));
        assert_eq!(said(readings(&Fixture::new(1).groups())), None);
    }

    #[test]
    fn a_queue_and_others_at_the_server_are_named() {
        let quiet = group(|_| vec![(Word::Running, 2.0), (Word::Waiting, 0.0)]);
        assert_eq!((said(queue(&quiet)).as_deref(), said(other_traffic(&quiet)).as_deref()), (Some(""), Some("")));
        let busy = group(|step| vec![(Word::Running, 1.0), (Word::Waiting, if step < 3.0 { 5.0 } else { 0.0 })]);
        assert!(said(queue(&busy)).unwrap().contains("at 50.0 % of the readings, up to 5 at once"));
        let foreign = said(other_traffic(&busy)).unwrap();
        assert!(foreign.starts_with("at 2 of 4 readings the server had more"), "{foreign}");
        assert!(foreign.contains("up to 6 where this client had at most 2 in flight"), "{foreign}");
    }

    #[test]
    fn counters_are_held_against_the_responses() {
        let of = |tokens: f64, hits: f64| {
            group(move |step| {
                let grown = |end: f64| 7.0 + end * step / 5.0;
                let queries = (Word::PrefixQueries, grown(1000.0));
                vec![(Word::OutputTokens, grown(tokens)), (Word::PrefixHits, grown(hits)), queries]
            })
        };
        let plain = of(400.0, 90.0);
        assert_eq!((said(tokens(&plain)).as_deref(), said(prefix_hits(&plain)).as_deref()), (Some(""), Some("")));
        let odd = of(500.0, 400.0);
        let said_of_tokens = said(tokens(&odd)).unwrap();
        assert!(
            said_of_tokens.starts_with("the server counted 500 output tokens and its responses report 400; others")
        );
        assert!(said(prefix_hits(&odd)).unwrap().starts_with("the server found 40.0 % of the prompt tokens"));
    }

    #[test]
    fn readings_that_failed_and_energy_that_is_not_known_are_explained() {
        let mut groups = group(|step| if step == 2.0 { Vec::new() } else { vec![(Word::Running, 1.0)] });
        groups[0].observed.stretches[0].words_fault = Some("HTTP 503".into());
        let expected = "1 of 6 readings of the server's metrics failed: HTTP 503";
        assert_eq!(said(readings(&groups)).as_deref(), Some(expected));
        groups[0].observed = Observed::new(true, true, Vec::new());
        assert!(said(readings(&groups)).unwrap().starts_with("no reading of the server"));
        groups[0].observed.energy = Validity::Unknown("permission denied".into());
        assert_eq!(said(energy(&groups)).as_deref(), Some("no energy is given: permission denied"));
    }
}
