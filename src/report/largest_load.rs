//! The largest load within the service level, as lines for people.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde_json::json;

use crate::format::percent;
use crate::id::ModelId;
use crate::level::Level;
use crate::plan::{ModelPlan, Plan, Search, SearchStep, fewest_responses};
use crate::printable::isolated;
use crate::tables::group::Group;

/// What was found for a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargestLoad {
    /// Name of the model.
    pub model: String,
    /// Where its search stands.
    pub step: SearchStep,
    /// The sentence that says so.
    pub text: String,
}

impl LargestLoad {
    /// What was found as JSON.
    pub fn json(&self) -> serde_json::Value {
        let (outcome, concurrency) = match self.step {
            SearchStep::Found(level) => ("found", Some(level)),
            SearchStep::TooSmall => ("none", None),
            SearchStep::Probe(_) => ("unfinished", None),
        };
        json!({ "model": self.model, "outcome": outcome, "concurrency": concurrency, "text": self.text })
    }
}

/// What was found for each model; nothing where the spec does not ask for it.
pub fn largest_load(groups: &[Group], plan: &Plan) -> Vec<LargestLoad> {
    let Some(search) = &plan.search else { return Vec::new() };
    let of_model = |(id, model): (ModelId, &ModelPlan)| {
        let own = groups.iter().filter(|group| group.batch.model_id == id);
        let by_level = own.filter_map(|group| match group.batch.level {
            Level::Concurrency(count) => Some((count, group)),
            Level::Rate(..) | Level::Trace(_) => None,
        });
        let step = search.next(id);
        let text = format!("{}: {}", isolated(&model.label), found(search, step, &by_level.collect()));
        LargestLoad { model: model.name.clone(), step, text }
    };
    plan.models.with_ids().map(of_model).collect()
}

fn found(search: &Search, next: SearchStep, levels: &BTreeMap<NonZeroU32, &Group>) -> String {
    match next {
        SearchStep::Found(level) => {
            let above =
                levels.range(level..).nth(1).map(|(above, group)| format!("; c={above} {}", why_not(search, group)));
            let shown = levels.get(&level).map(|group| attained(group)).unwrap_or_default();
            let bound = if level == search.bounds.1 { ", the largest that was asked for" } else { "" };
            format!("the largest load within the SLO is c={level}{bound}: {shown}{}", above.unwrap_or_default())
        }
        SearchStep::TooSmall => {
            let smallest = levels.get(&search.bounds.0).map(|group| why_not(search, group));
            format!("no load within the SLO was found: c={} {}", search.bounds.0, smallest.unwrap_or_default())
        }
        SearchStep::Probe(level) => format!("the search is not finished; c={level} is next"),
    }
}

fn attained(group: &Group) -> String {
    let throughput = &group.summary.throughput;
    let shown = throughput.attainment.zip(throughput.attainment_interval);
    shown.map_or_else(String::new, |(share, (low, high))| {
        format!("{} attained [{}, {}]", percent(share), percent(low), percent(high))
    })
}

/// Why a level does not count: it misses the share, or its responses are too few to show that it does not.
fn why_not(search: &Search, group: &Group) -> String {
    let throughput = &group.summary.throughput;
    let is_unclear = throughput.attainment_interval.is_some_and(|(_, high)| high >= search.attained);
    let wanted = percent(search.attained);
    if !is_unclear {
        return format!("is not: {}", attained(group));
    }
    let fewest = fewest_responses(search.attained);
    format!("does not show {wanted}: {} (all of {fewest} responses good are the fewest that do)", attained(group))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::id::Id;
    use crate::spec::search::CountRange;
    use crate::spec::types::FindSpec;
    use crate::tables::fixture::{Fixture, ms};

    /// Levels 1, 2 and 4 of one model with 100 responses each, of which `good` are good.
    fn lines(good: [usize; 3]) -> Vec<String> {
        let mut fixture = Fixture::with(300, "{ concurrency: [1, 2, 4] }");
        let count = |value| NonZeroU32::new(value).unwrap();
        let bounds = CountRange { low: count(1), high: count(4) };
        fixture.plan.search = Some(Search::new(&FindSpec { concurrency: bounds, attained: 0.95 }));
        fixture.plan.probe(BTreeSet::from([1, 2, 4].map(|level| (Id::at(0), count(level)))));
        fixture.plan.slo.latency = Some(ms(500));
        for index in 0..300 {
            fixture.places[index] = (0, index / 100);
            let latency = if index % 100 < good[index / 100] { 100 } else { 900 };
            fixture.responses[index].stamps.last_token = Some(ms(latency));
        }
        let groups = fixture.groups();
        let within = |group: &Group| group.summary.throughput.attainment_interval.unwrap().0 >= 0.95;
        let search = fixture.plan.search.as_mut().unwrap();
        for group in &groups {
            let Level::Concurrency(level) = group.batch.level else { panic!("a closed loop") };
            search.decided.insert((Id::at(0), level), within(group));
        }
        largest_load(&groups, &fixture.plan).into_iter().map(|found| found.text).collect()
    }

    #[test]
    fn what_was_found_is_said_with_its_interval() {
        assert_eq!(
            lines([100, 50, 20])[0],
            "a: the largest load within the SLO is c=1: 100.0 % attained [96.3 %, 100.0 %]; c=2 is not: 50.0 % attained \
             [40.4 %, 59.6 %]"
        );
        assert!(lines([100, 100, 20])[0].ends_with("the search is not finished; c=3 is next"));
        assert!(lines([100, 100, 100])[0].contains("is c=4, the largest that was asked for: 100.0 % attained"));
        assert!(
            lines([97, 100, 100])[0].contains("no load within the SLO was found: c=1 does not show 95.0 %: 97.0 %")
        );
    }
}
