//! The model that the evidence supports, by the rules of `prefer`, or why there is none.
//!
//! Each rule keeps some of the models that are left, judged on intervals of pairs: the same questions, answered by both.

use serde_json::json;

use crate::compare::{Pair, Ratio, points};
use crate::format::significant;
use crate::printable::isolated;
use crate::spec::prefer::Preference;
use crate::tables::group::{Group, Results};

/// What the rules say of the models at a level.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// The level, where there are several.
    pub level: Option<String>,
    /// Name of the model that is preferred, if one is.
    pub model: Option<String>,
    /// The sentence that says so, and why.
    pub text: String,
}

impl Recommendation {
    /// The recommendation as JSON.
    pub fn json(&self) -> serde_json::Value {
        json!({ "level": self.level, "model": self.model, "text": self.text })
    }
}

/// What is recommended at each level; nothing without rules or with a single model.
pub fn recommendations(prefer: &[Preference], results: &Results) -> Vec<Recommendation> {
    let mut levels: Vec<_> = results.groups.iter().map(|group| (group.batch.level_id, group.batch.level)).collect();
    levels.sort();
    levels.dedup();
    let has_levels = levels.len() > 1;
    let of_level = |(id, level): &(_, crate::level::Level)| {
        let models: Vec<&Group> = results.groups.iter().filter(|group| group.batch.level_id == *id).collect();
        let name = has_levels.then(|| level.to_string());
        let prefix = name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
        (!prefer.is_empty() && models.len() > 1).then(|| {
            let (model, text) = recommended(prefer, models, &results.pairs);
            Recommendation { level: name, model, text: format!("{prefix}{text}") }
        })
    };
    levels.iter().filter_map(of_level).collect()
}

/// The model that is left, whether or not models count of which the first rules cannot tell.
fn recommended(prefer: &[Preference], models: Vec<&Group>, pairs: &[Pair]) -> (Option<String>, String) {
    let both = [true, false].map(|keeps_unclear| chosen(prefer, (models.clone(), keeps_unclear), pairs));
    let [(mut left, why), (others, _)] = match both {
        [Ok(with), Ok(without)] => [with, without],
        [Err(missing), _] | [_, Err(missing)] => return (None, format!("no model can be preferred: {missing}")),
    };
    left.extend(
        others
            .into_iter()
            .filter(|other| left.iter().all(|group| group.batch.id != other.batch.id))
            .collect::<Vec<_>>(),
    );
    let names: Vec<String> = left.iter().map(|group| name(group)).collect();
    let why = why.join("; ");
    let text = match names.as_slice() {
        [name] => format!("prefer {name}: {why}"),
        _ if why.is_empty() => format!("no model can be preferred: the data do not distinguish {}", names.join(", ")),
        _ => format!("no model can be preferred: the data do not distinguish {} ({why})", names.join(", ")),
    };
    (Some(left[0].batch.model.name.clone()).filter(|_| left.len() == 1), text)
}

/// What all rules leave.
fn chosen<'g>(
    prefer: &[Preference],
    (mut left, keeps_unclear): (Vec<&'g Group>, bool),
    pairs: &[Pair],
) -> Result<Kept<'g>, String> {
    let mut why = Vec::new();
    for rule in prefer {
        let (kept, because) = kept(*rule, (&left, keeps_unclear), pairs)?;
        left = kept;
        why.extend(because);
    }
    Ok((left, why))
}

/// The models that a rule keeps, and what was seen of them.
type Kept<'g> = (Vec<&'g Group>, Vec<String>);

fn kept<'g>(rule: Preference, (left, keeps_unclear): (&[&'g Group], bool), pairs: &[Pair]) -> Result<Kept<'g>, String> {
    match rule {
        Preference::Within(most) => within(most, (left, keeps_unclear), pairs),
        Preference::Score => within_reach(left, pairs),
        Preference::Cost => lowest("cost", |pair| pair.cost, left, pairs),
        Preference::Latency => lowest("latency", |pair| pair.latency, left, pairs),
        Preference::OutputTokens => lowest("output tokens", |pair| pair.output_tokens, left, pairs),
    }
}

/// What a model is called in a sentence.
fn name(group: &Group) -> String {
    isolated(&group.batch.model.label)
}

/// The model with the highest score.
fn best<'g>(left: &[&'g Group]) -> Result<&'g Group, String> {
    let score = |group: &Group| group.summary.score.unwrap_or(f64::NEG_INFINITY);
    let best = left.iter().copied().reduce(|best, group| if score(group) > score(best) { group } else { best });
    let best = best.filter(|best| best.summary.score.is_some()).ok_or("no answer could be judged")?;
    if best.summary.is_guessing() {
        return Err(format!("the best score, that of {}, is not distinguishable from guessing", name(best)));
    }
    Ok(best)
}

/// Those of which the whole interval is above the best less the points, and those of which it cannot be told, where
/// they are kept.
fn within<'g>(most: f64, (left, keeps_unclear): (&[&'g Group], bool), pairs: &[Pair]) -> Result<Kept<'g>, String> {
    let best = best(left)?;
    let reach = if most == 1.0 { "1 point".to_owned() } else { format!("{most} points") };
    let (mut kept, mut why) = (Vec::new(), Vec::new());
    for group in left {
        if group.batch.id == best.batch.id {
            kept.push(*group);
            continue;
        }
        let (difference, (low, high)) = difference(group, best, pairs)?;
        let (is_within, is_beyond) = (low >= -most / 100.0, high < -most / 100.0);
        let is = match (is_within, is_beyond) {
            (true, _) => "is",
            (_, true) => "is not",
            _ => "may or may not be",
        };
        let shown = format!("{} points [{}, {}]", points(difference), points(low), points(high));
        why.push(format!("{} {is} within {reach} of {}: {shown}", name(group), name(best)));
        if is_within || (keeps_unclear && !is_beyond) {
            kept.push(*group);
        }
    }
    Ok((kept, why))
}

/// Those that the data do not tell apart from the best.
fn within_reach<'g>(left: &[&'g Group], pairs: &[Pair]) -> Result<Kept<'g>, String> {
    let best = best(left)?;
    let (mut kept, mut why) = (vec![best], Vec::new());
    for group in left.iter().filter(|group| group.batch.id != best.batch.id) {
        let (difference, interval) = difference(best, group, pairs)?;
        if interval.0 > 0.0 {
            let (best, name) = (name(best), name(group));
            why.push(format!(
                "{best} scores {} points more than {name} [{}, {}]",
                points(difference),
                points(interval.0),
                points(interval.1)
            ));
        } else {
            kept.push(*group);
        }
    }
    Ok((kept, why))
}

/// Those that the data do not tell apart from the lowest.
fn lowest<'g>(
    what: &str,
    ratio: fn(&Pair) -> Option<Ratio>,
    left: &[&'g Group],
    pairs: &[Pair],
) -> Result<Kept<'g>, String> {
    let of = |a: &Group, b: &Group| {
        let (pair, is_turned) = pair(a, b, pairs).ok_or_else(|| unknown(what, a, b))?;
        let Ratio { ratio, interval: (low, high), .. } = ratio(pair).ok_or_else(|| unknown(what, a, b))?;
        Ok::<_, String>(if is_turned { (1.0 / ratio, (1.0 / high, 1.0 / low)) } else { (ratio, (low, high)) })
    };
    let Some((first, others)) = left.split_first() else { return Ok((Vec::new(), Vec::new())) };
    let mut lowest = *first;
    for group in others {
        if of(group, lowest)?.0 < 1.0 {
            lowest = group;
        }
    }
    let (mut kept, mut why) = (vec![lowest], Vec::new());
    for group in left.iter().filter(|group| group.batch.id != lowest.batch.id) {
        let (ratio, (low, high)) = of(lowest, group)?;
        if high < 1.0 {
            let shown = format!("{} × [{}, {}]", significant(ratio), significant(low), significant(high));
            why.push(format!("{what} of {} is {shown} that of {}", name(lowest), name(group)));
        } else {
            kept.push(*group);
        }
    }
    Ok((kept, why))
}

/// The score of the first less that of the second on the same questions, with its interval.
fn difference(a: &Group, b: &Group, pairs: &[Pair]) -> Result<(f64, (f64, f64)), String> {
    let (pair, is_turned) = pair(a, b, pairs).ok_or_else(|| unknown("score", a, b))?;
    let score = pair.score.as_ref().ok_or_else(|| unknown("score", a, b))?;
    let (low, high) = score.interval;
    Ok(if is_turned { (-score.difference(), (-high, -low)) } else { (score.difference(), (low, high)) })
}

/// The pair of two models, and whether the first is its second.
fn pair<'p>(a: &Group, b: &Group, pairs: &'p [Pair]) -> Option<(&'p Pair, bool)> {
    pairs.iter().find_map(|pair| Some((pair, pair.is_turned(&a.batch.id.into(), &b.batch.id.into())?)))
}

fn unknown(what: &str, a: &Group, b: &Group) -> String {
    format!("the {what} of {} and {} cannot be compared", name(a), name(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::tables::fixture::{Fixture, ms, verdict};

    /// Two models on 200 questions, of which they have `a` and `b` right, with latencies of 100 ms and `latency` ms.
    fn recommended(prefer: &[Preference], [a, b]: [usize; 2], latency: u64) -> String {
        let mut fixture = Fixture::new(400);
        for index in 0..400 {
            let (model, question) = (index / 200, index % 200);
            fixture.samples[index] = fixture.samples[question].clone();
            fixture.samples[index].question = format!("Question {question}?");
            fixture.places[index] = (model, 0);
            let is_right = question < [a, b][model];
            fixture.verdicts[index] = Some(verdict(if is_right { Class::Correct } else { Class::Wrong }));
            // Some are slower than others, so that the ratio has a width.
            let noise = (index * 7 % 11) as u64;
            fixture.responses[index].stamps.last_token = Some(ms([100, latency][model] + noise));
        }
        let mut found = recommendations(prefer, &fixture.results());
        assert_eq!(found.len(), 1, "{found:?}");
        let found = found.remove(0);
        assert_eq!(found.model.is_some(), found.text.starts_with("prefer "), "{found:?}");
        found.text
    }

    #[test]
    fn the_faster_of_two_that_are_as_good_is_preferred() {
        let rules = [Preference::Within(5.0), Preference::Latency];
        let found = recommended(&rules, [180, 180], 50);
        assert!(
            found.starts_with("prefer Big B: Big B is within 5 points of a: 0.0 points [")
                && found.contains("; latency of Big B is 0."),
            "{found}"
        );
        let found = recommended(&rules, [180, 150], 50);
        assert!(found.starts_with("prefer a: Big B is not within 5 points of a: −15.0 points ["), "{found}");
    }

    #[test]
    fn what_the_data_do_not_carry_is_not_preferred() {
        let found = recommended(&[Preference::Within(5.0), Preference::Latency], [180, 180], 100);
        assert!(found.starts_with("no model can be preferred: the data do not distinguish a, Big B"), "{found}");
        // Whether the faster one is good enough cannot be told; that the slower one is worse in both can.
        let rules = [Preference::Within(1.0), Preference::Latency];
        let found = recommended(&rules, [180, 176], 50);
        assert!(
            found.starts_with("no model can be preferred: the data do not distinguish Big B, a (Big B may or may not be within 1 point of a"),
            "{found}"
        );
        assert!(recommended(&rules, [180, 176], 200).starts_with("prefer a: Big B may or may not be within 1 point"));
        let found = recommended(&[Preference::Cost], [180, 176], 50);
        assert_eq!(found, "no model can be preferred: the cost of Big B and a cannot be compared");
    }

    #[test]
    fn the_higher_score_is_preferred_where_it_is_distinguishable() {
        assert!(
            recommended(&[Preference::Score], [150, 180], 50).starts_with("prefer Big B: Big B scores +15.0 points")
        );
        assert!(recommended(&[Preference::Score], [179, 180], 50).contains("do not distinguish Big B, a"));
    }
}
