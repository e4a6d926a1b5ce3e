//! Checks of how answers end: without text, unfinished, or with a word that nobody knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::CheckStatus;
use super::found::Found;
use crate::answer_form::{AskedForm, FormFit};
use crate::endpoint::finish::{self, Cut, Finish};
use crate::format::{counted, percent};
use crate::tables::group::Group;
use crate::tables::row::{NOTHING, REASONING, TOOL_CALL};

/// Unknown words that are named; a server may have one of its own for each answer.
const NAMED: usize = 3;

/// What an answer without text consists of, in the words of a message.
const PARTS: [(&str, &str); 3] =
    [(REASONING, "only reasoning"), (TOOL_CALL, "only a call of a tool"), (NOTHING, "nothing at all")];

pub(super) fn no_text(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let figures = &group.figures;
        let parts = PARTS.map(|(word, what)| (figures.equal(&figures.without_text, word), what));
        let all: u64 = parts.iter().map(|(count, _)| count).sum();
        let parts: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let (verb, counts) = if all == 1 { ("has", "counts") } else { ("have", "count") };
        let problem = format!(
            "{} {verb} no text ({}) and {counts} as not answered; look at the columns `reasoning` and `finish_reason`",
            counted(all, "answer"),
            parts.join(", ")
        );
        (all > 0).then_some(Some(problem))
    })
}

/// How answers miss the form that was asked for, in the words of a message.
const MISFITS: [(FormFit, &str, &str); 3] = [
    (FormFit::NotJson, "is not JSON", "are not JSON"),
    (FormFit::NotObject, "is not an object", "are not objects"),
    (FormFit::ViolatesSchema, "violates the schema", "violate the schema"),
];

pub(super) fn answer_format(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let mut forms = group.batch.model.asking.iter().filter_map(|asking| asking.answer_form.as_ref());
        if let Some(fault) = forms.find_map(AskedForm::fault) {
            let why =
                format!("the schema of `response_format` is not valid ({fault}), so answers were not held against it");
            return Some(Some(why));
        }
        let share = group.summary.format_fit_share()?;
        let figures = &group.figures;
        let parts = MISFITS.iter().filter_map(|(fit, one, several)| {
            let count = figures.equal(&figures.answer_format, fit.word());
            (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { several }))
        });
        let problem = format!(
            "{} of the answers do not have the form that `response_format` asks for ({}); look at the column `answer_format`",
            percent(1.0 - share),
            parts.collect::<Vec<_>>().join(", ")
        );
        Some((share < 1.0).then_some(problem))
    })
}

/// Answers whose end is told by a word that nobody knows, and those that a provider did not bring to their end.
pub(super) fn odd_ends(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let unknown = ends(group, |word| finish::meaning(&[], word) == Finish::Unknown).map(|(count, words)| {
            format!(
                "{count} ended with a word that is not known ({words}) and counted as complete; look whether they are"
            )
        });
        let paused = ends(group, |word| finish::cut_by(word) == Some(Cut::Pause)).map(|(count, words)| {
            format!(
                "{count} ended unfinished ({words}): the provider paused the turn while its own tools were at work, and \
                 it is not continued; limit them in `extra_body` (`max_uses`)"
            )
        });
        let problems: Vec<String> = unknown.into_iter().chain(paused).collect();
        (!problems.is_empty()).then(|| Some(problems.join("; ")))
    })
}

/// How many answers ended with such a word, and the first of these words; `None` without any.
fn ends(group: &Group, is_such: impl Fn(&str) -> bool) -> Option<(String, String)> {
    let mut words: BTreeMap<Arc<str>, u64> = BTreeMap::new();
    let told = group.figures.telling_end.iter().filter_map(|number| group.figures.word(number));
    told.filter(|word| is_such(word)).for_each(|word| *words.entry(word).or_default() += 1);
    let mut named: Vec<String> = words.keys().take(NAMED).map(|word| format!("`{word}`")).collect();
    if words.len() > NAMED {
        named.push("…".to_owned());
    }
    let count: u64 = words.values().sum();
    (count > 0).then(|| (counted(count, "answer"), named.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer_form::ResponseFormat;
    use crate::checks::fixture::{of, statuses};
    use crate::response::Status;
    use crate::tables::fixture::Fixture;

    fn message(fixture: &Fixture, name: &str) -> Option<String> {
        let found = of(fixture, &[]).into_iter().find(|check| check.name == name)?;
        assert_eq!(found.status, CheckStatus::Warned);
        Some(found.message)
    }

    #[test]
    fn answers_without_text_are_named_by_what_they_have() {
        let mut fixture = Fixture::new(4);
        assert_eq!(message(&fixture, "no_text"), None);
        fixture.responses[0].text.clear();
        fixture.responses[0].reasoning = Some("hm".into());
        let found = message(&fixture, "no_text").unwrap();
        assert!(found.starts_with("1 answer has no text (1 only reasoning)"), "{found}");
        fixture.responses[1].text.clear();
        fixture.responses[1].finish_reason = Some("tool_calls".into());
        fixture.responses[2].text = " ".into();
        let found = message(&fixture, "no_text").unwrap();
        assert!(
            found.starts_with("3 answers have no text (1 only reasoning, 1 only a call of a tool, 1 nothing at all)"),
            "{found}"
        );
    }

    #[test]
    fn answers_that_miss_the_form_asked_for_are_counted_by_how() {
        let mut fixture = Fixture::new(4);
        let format = |fixture: &Fixture| of(fixture, &[]).into_iter().find(|check| check.name == "answer_format");
        assert_eq!(format(&fixture), None);
        let schema = serde_json::json!({ "type": "object", "required": ["answer"] });
        let form = AskedForm::of(&ResponseFormat::JsonSchema(schema.as_object().unwrap().clone()));
        fixture.plan.models.iter_mut().for_each(|model| {
            model.asking.iter_mut().for_each(|asking| asking.answer_form = Some(form.clone()));
        });
        fixture.responses.iter_mut().for_each(|response| response.text = "{\"answer\": 1}".into());
        assert_eq!(format(&fixture).unwrap().status, CheckStatus::Passed);
        fixture.responses[0].text = "{}".into();
        fixture.responses[1].text = "The answer is B.".into();
        fixture.responses[2].text = "{\"answer".into();
        let found = message(&fixture, "answer_format").unwrap();
        assert!(found.starts_with("75.0 % of the answers do not"), "{found}");
        assert!(found.contains("(2 are not JSON, 1 violates the schema)"), "{found}");
    }

    #[test]
    fn words_that_nobody_knows_are_named() {
        let mut fixture = Fixture::new(6);
        for (response, word) in fixture.responses.iter_mut().zip(["stop", "length", "of_tomorrow", "a", "b", "c"]) {
            response.finish_reason = Some(word.into());
        }
        let found = message(&fixture, "finish").unwrap();
        assert!(found.contains("4 answers ended") && found.contains("(`a`, `b`, `c`, …)"), "{found}");
        fixture.responses.iter_mut().for_each(|response| response.finish_reason = Some("stop".into()));
        assert_eq!(message(&fixture, "finish"), None);
        fixture.responses[0].finish_reason = Some("pause_turn".into());
        fixture.responses[0].status = Status::Capped;
        let found = message(&fixture, "finish").unwrap();
        assert!(found.starts_with("1 answer ended unfinished (`pause_turn`)"), "{found}");
        let capped = statuses(&fixture, "capped");
        assert_eq!(capped, [(CheckStatus::Passed, String::new())], "a larger `max_tokens` would not help");
    }
}
