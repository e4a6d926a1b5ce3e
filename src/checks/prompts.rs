//! Checks of the prompts: prefixes that the server may have cached, and repeated samples.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::check::CheckStatus;
use super::found::{Finding, Found};
use super::ground::Ground;
use polars::prelude::ChunkAgg;

use crate::format::percent;
use crate::id::ModelId;
use crate::plan::{Extent, Plan};
use crate::request::Prompt;
use crate::tables::figures::Figures;
use crate::tables::group::Group;

/// Shortest prefix, in bytes, that is reported: servers cache prefixes in whole blocks.
const LONG: usize = 1024;

const ADVICE: &str = "set `load.cache_bust: true` to bypass the cache";

/// Reported cached tokens are always a warning, and where the server does not report them nothing passes,
/// unless a nonce keeps prompts out of its cache. Shared prefixes are one unless a nonce precedes them, and repeated
/// prompts only in a load test, because repetition does not change answers.
pub(super) fn prefix_cache(ground: Ground<'_>) -> Found {
    let (plan, groups) = (ground.plan, ground.groups);
    let mut found = Found::each(groups, CheckStatus::Warned, |group| cached(group, plan.load.cache_bust));
    if plan.load.cache_bust {
        return found;
    }
    let prompts = if has_long(ground) { by_dataset(ground) } else { BTreeMap::new() };
    for (dataset, prompts) in prompts {
        let shared = shared_prefix(&prompts);
        let problem = |bytes| format!("prompts share a prefix of {bytes} bytes, which a server may cache; {ADVICE}");
        found
            .problems
            .extend(shared.map(|bytes| Finding::about(CheckStatus::Warned, dataset.to_string(), problem(bytes))));
    }
    let repeated = if plan.is_load_test() { most_repeated(ground) } else { None };
    let problem = |times| format!("the same prompt was sent up to {times} times to a model; {ADVICE}");
    found.problems.extend(repeated.map(|times| Finding::about(CheckStatus::Warned, String::new(), problem(times))));
    found
}

fn cached(group: &Group, is_busted: bool) -> Option<Option<String>> {
    let figures = &group.figures;
    let rows = figures.cached_prompt_tokens.iter().zip(figures.fault.iter());
    let mut answers = rows.filter(|(_, fault)| *fault != Some(true)).map(|(cached, _)| cached).peekable();
    let is_known = answers.peek().is_some() && answers.all(|cached| is_busted || cached.is_some());
    let cached = figures.cached_prompt_tokens.sum().unwrap_or(0);
    let known = figures.prompt_tokens.iter().zip(figures.cached_prompt_tokens.iter());
    let prompt: i64 = known.filter_map(|(prompt, cached)| prompt.filter(|_| cached.is_some())).sum();
    let share = percent(cached as f64 / prompt.max(1) as f64);
    let problem = (cached > 0).then(|| format!("{share} of the prompt tokens came from the server's cache, which shortens the time to first token; {ADVICE}"));
    (is_known || problem.is_some()).then_some(problem)
}

/// True if a prompt may share a long prefix with another. Of most runs none may, and what is different among their prompts
/// need not be known.
fn has_long(ground: Ground<'_>) -> bool {
    let is_long = |figures: &Figures, row| prompt_of(ground, figures, row).is_some_and(|prompt| prompt.bytes() >= LONG);
    ground.groups.iter().any(|group| (0..group.figures.len()).any(|row| is_long(&group.figures, row)))
}

/// The different prompts of each dataset.
fn by_dataset<'g>(ground: Ground<'g>) -> BTreeMap<Arc<str>, Vec<&'g Prompt>> {
    let mut samples = HashSet::new();
    let mut prompts: HashSet<(u32, &[u8; 32])> = HashSet::new();
    let mut datasets: BTreeMap<Arc<str>, Vec<&Prompt>> = BTreeMap::new();
    for figures in ground.groups.iter().map(|group| &group.figures) {
        for (row, sample) in sample_of(figures) {
            let Some(prompt) = samples.insert(sample).then(|| prompt_of(ground, figures, row)).flatten() else {
                continue;
            };
            if prompts.insert((sample.0, &prompt.hash)) {
                let dataset = figures.word(Some(sample.0)).unwrap_or_default();
                datasets.entry(dataset).or_default().push(prompt);
            }
        }
    }
    datasets
}

/// The rows, each with what is asked.
fn sample_of(figures: &Figures) -> impl Iterator<Item = (usize, Asked)> + '_ {
    let form = figures.rotation.iter().zip(figures.conversation_turn.iter());
    let rows = figures.dataset.iter().zip(figures.sample.iter()).zip(form).enumerate();
    rows.filter_map(|(row, ((dataset, sample), form))| Some((row, (dataset?, sample?, form))))
}

/// What is asked: dataset, sample, rotation and turn.
type Asked = (u32, i64, (Option<i64>, Option<i64>));

fn prompt_of<'g>(ground: Ground<'g>, figures: &Figures, row: usize) -> Option<&'g Prompt> {
    (ground.prompt)(usize::try_from(figures.place.get(row)?).ok()?)
}

/// Length in bytes of the prefix that half of the prompts share with another, if it is long and at least half of the median
/// prompt. In sorted order, neighbours share the longest prefixes.
fn shared_prefix(prompts: &[&Prompt]) -> Option<usize> {
    let typical = middle(prompts.iter().map(|prompt| prompt.bytes()).collect())?;
    if typical < LONG {
        return None;
    }
    let mut sorted: Vec<(&str, &str)> =
        prompts.iter().map(|prompt| (prompt.system.as_deref().unwrap_or(""), &*prompt.text)).collect();
    sorted.sort_unstable();
    let shared = middle(sorted.windows(2).map(|pair| common(pair[0], pair[1])).collect())?;
    (shared >= LONG && 2 * shared >= typical).then_some(shared)
}

fn common(left: (&str, &str), right: (&str, &str)) -> usize {
    let bytes = |left: &str, right: &str| left.bytes().zip(right.bytes()).take_while(|(a, b)| a == b).count();
    if left.0 == right.0 { left.0.len() + bytes(left.1, right.1) } else { bytes(left.0, right.0) }
}

fn middle(mut values: Vec<usize>) -> Option<usize> {
    let place = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(place).1)
}

/// The largest number of times a prompt was sent to a model; `None` if each was sent once.
fn most_repeated(ground: Ground<'_>) -> Option<usize> {
    let mut times: HashMap<(ModelId, &[u8; 32]), usize> = HashMap::new();
    for group in ground.groups {
        let model = group.batch.model_id;
        for prompt in (0..group.figures.len()).filter_map(|row| prompt_of(ground, &group.figures, row)) {
            *times.entry((model, &prompt.hash)).or_default() += 1;
        }
    }
    times.into_values().max().filter(|times| *times > 1)
}

/// A level with more requests than samples repeats samples; this is a note, not a problem.
pub(super) fn cycled(plan: &Plan, groups: &[Group]) -> Found {
    if plan.load.extent == Extent::Dataset {
        return Found::default();
    }
    let repeats = plan.generation.repeats as usize;
    let rounds = groups.iter().filter_map(|group| {
        let samples: HashSet<_> = sample_of(&group.figures).map(|(_, sample)| sample).collect();
        let (rows, wanted) = (group.figures.len(), samples.len() * repeats);
        (rows > wanted).then(|| rows.div_ceil(samples.len().max(1)))
    });
    let note = rounds.max().map(|rounds| {
        let note = format!(
            "samples were asked up to {rounds} times, because the level has more requests than the dataset has samples"
        );
        Finding::about(CheckStatus::Passed, String::new(), note)
    });
    Found { is_made: true, problems: note.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::fixture::{of, statuses};
    use crate::tables::fixture::Fixture;

    fn is_warned(fixture: &Fixture) -> bool {
        statuses(fixture, "prefix_cache").iter().any(|found| found.0 == CheckStatus::Warned)
    }

    #[test]
    fn cached_tokens_are_warned_about() {
        let mut fixture = Fixture::new(4);
        fixture.responses[0].usage.cached_prompt_tokens = Some(0);
        assert!(!is_warned(&fixture));
        fixture.responses[1].usage.cached_prompt_tokens = Some(50);
        fixture.plan.load.cache_bust = true;
        let found = of(&fixture, &[]).into_iter().find(|check| check.name == "prefix_cache").unwrap();
        assert!(found.message.contains("25.0 % of the prompt tokens"), "{}", found.message);
    }

    #[test]
    fn what_is_unknown_of_one_answer_does_not_pass() {
        let mut fixture = Fixture::new(3);
        assert_eq!(statuses(&fixture, "prefix_cache"), []);
        fixture.responses.iter_mut().for_each(|response| response.usage.cached_prompt_tokens = Some(0));
        assert_eq!(statuses(&fixture, "prefix_cache"), [(CheckStatus::Passed, String::new())]);
        fixture.responses[1].usage.cached_prompt_tokens = None;
        assert_eq!(statuses(&fixture, "prefix_cache"), []);
        // Behind a nonce no prompt can be in a cache, whatever the server tells.
        fixture.plan.load.cache_bust = true;
        assert_eq!(statuses(&fixture, "prefix_cache"), [(CheckStatus::Passed, String::new())]);
    }

    #[test]
    fn a_long_shared_prefix_is_warned_about_unless_a_nonce_stands_before_it() {
        let mut fixture = Fixture::new(6);
        let prompt = |prefix: usize, rest: usize, index: usize| {
            Prompt::new(None, format!("{}{index}{}", "x".repeat(prefix), "y".repeat(rest)))
        };
        let put = |fixture: &mut Fixture, prefix, rest| {
            fixture.prompts = (0..6).map(|index| prompt(prefix, rest, index)).collect();
        };
        put(&mut fixture, 1024, 500);
        assert_eq!(statuses(&fixture, "prefix_cache"), [(CheckStatus::Warned, "d".to_owned())]);
        fixture.plan.load.cache_bust = true;
        assert!(!is_warned(&fixture));
        fixture.plan.load.cache_bust = false;
        for (prefix, rest) in [(1000, 0), (1024, 2000)] {
            put(&mut fixture, prefix, rest);
            assert!(!is_warned(&fixture), "{prefix} {rest}");
        }
    }

    #[test]
    fn a_system_message_is_part_of_the_prefix() {
        let mut fixture = Fixture::new(3);
        let system = Some("x".repeat(2000));
        fixture.prompts = (0..3).map(|index| Prompt::new(system.clone(), format!("Question {index}?"))).collect();
        assert!(is_warned(&fixture));
    }

    #[test]
    fn prompts_that_come_again_matter_only_under_load() {
        let twice = |load: &str| {
            let mut fixture = Fixture::with(2, load);
            fixture.prompts[1] = fixture.prompts[0].clone();
            fixture
        };
        assert!(!is_warned(&twice("{ concurrency: 1 }")));
        assert!(is_warned(&twice("{ concurrency: [1, 2] }")));
        assert!(is_warned(&twice("{ rate: 2/s }")));
        assert!(is_warned(&twice("{ concurrency: 1, requests: 2 }")));
        assert!(!is_warned(&twice("{ concurrency: 1, requests: 2, cache_bust: true }")));
    }

    #[test]
    fn a_dataset_that_was_asked_again_says_so_and_passes() {
        let mut fixture = Fixture::with(4, "{ concurrency: 1, requests: 4 }");
        let note = |fixture: &Fixture| {
            let found = of(fixture, &[]).into_iter().find(|check| check.name == "cycled").unwrap();
            (found.status, found.message)
        };
        assert_eq!(note(&fixture), (CheckStatus::Passed, String::new()));
        fixture.samples.iter_mut().for_each(|sample| sample.index %= 2);
        let (status, message) = note(&fixture);
        assert!(status == CheckStatus::Passed && message.contains("up to 2 times"), "{message}");
    }
}
