//! What `compare` compares: results on the disk, stores, and results at a commit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::commits;
use super::places::{is_database, location};
use super::session::Session;
use crate::compare::Item;
use crate::compare::source::{Answer, Source, load};
use crate::error::Error;
use crate::store::{Location, Stored, each_answer};

/// How the name of a store ends.
const STORES: [&str; 2] = ["sqlite", "db"];

/// Loads the results that an argument names.
///
/// # Errors
/// They cannot be read, or there are none.
pub(super) fn named(argument: &Path, session: &Session) -> Result<Source, Error> {
    if is_database(argument) {
        return store(&location(argument, session)?);
    }
    if let Some(place) = commits::parse(argument) {
        return commits::load(&place, argument);
    }
    let ending = argument.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    if STORES.contains(&ending.as_str()) { store(&Location::File(argument.to_owned())) } else { Ok(load(argument)?) }
}

/// The answers of a store. It has no scores: what is right is said by the spec, which it does not hold.
fn store(at: &Location) -> Result<Source, Error> {
    let (mut answers, mut facts) = (Vec::new(), BTreeMap::new());
    each_answer(at, |stored| {
        if !stored.digest.is_empty() {
            facts.insert(format!("digest of {}", stored.model), stored.digest.clone());
        }
        answers.push((stored.level.clone(), answer(stored)));
    })?;
    if answers.is_empty() {
        return Err(Error::misuse(format!("the store {at} holds no answer"), "`smallbench apply SPEC` fills it"));
    }
    let has_levels = answers.iter().map(|(level, _)| level).collect::<BTreeSet<_>>().len() > 1;
    let named = |(level, mut answer): (String, Answer)| {
        if has_levels {
            answer.model = answer.model.at_level(&level);
        }
        answer
    };
    let answers = answers.into_iter().map(named).collect();
    Ok(Source { name: at.to_string(), format: "store", answers, facts, ..Source::default() })
}

fn answer(stored: Stored) -> Answer {
    let response = stored.response;
    let latency = response.latency().filter(|_| !response.cold);
    Answer {
        model: stored.model.into(),
        question: [stored.system.unwrap_or_default(), stored.prompt].join("\n"),
        item: Item {
            score: None,
            latency: latency.map(|latency| latency.as_secs_f64()),
            output_tokens: response.usage.output_tokens.map(|tokens| tokens as f64),
            cost: None,
        },
        prompt_tokens: response.usage.prompt_tokens,
        said: response.text,
        ..Answer::default()
    }
}
