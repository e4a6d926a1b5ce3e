//! Checks of responses: faults, truncated answers, and the source of token counts.

use super::check::CheckStatus;
use super::found::Found;
use super::ground::Ground;
use super::lengths;
use crate::endpoint::finish::{self, Cut};
use crate::format::{counted, percent};
use crate::id::Id;
use crate::plan::Plan;
use crate::tables::figures::{Figures, as_count};
use crate::tables::group::Group;

/// Share of answers above which truncation at the token limit is a warning.
const CAPPED: f64 = 0.05;

pub(super) fn context(ground: Ground<'_>) -> Found {
    Found::each(ground.groups, CheckStatus::Failed, |group| {
        let told = ground.contexts[group.batch.model_id];
        let own = group.batch.model.parameters.num_ctx.or(ground.plan.generation.num_ctx);
        let length = own.map(u64::from).or(told);
        let refused = u64::from(group.figures.too_long.sum().unwrap_or(0));
        let full = length.map_or(0, |length| full(&group.figures, length));
        // Where nobody knows the size, the server's word for the end tells all the same.
        let ended = if full == 0 { cut(&group.figures, |by| by == Cut::Context) } else { 0 };
        let mut problems = Vec::new();
        if let Some(length) = length.filter(|_| full > 0) {
            let answers = counted(full, "answer");
            problems.push(format!(
                "{answers} reached the context size of {length} tokens, so the prompt or the answer was truncated"
            ));
        }
        if ended > 0 {
            problems.push(format!("{} ended because the context was full", counted(ended, "answer")));
        }
        if refused > 0 {
            let (prompts, verb) = (counted(refused, "prompt"), if refused == 1 { "was" } else { "were" });
            problems.push(format!("{prompts} {verb} rejected as too long"));
        }
        let problem = format!("{}; raise `generation.num_ctx` or shorten the prompts", problems.join(", "));
        (length.is_some() || refused + ended > 0).then(|| (!problems.is_empty()).then_some(problem))
    })
}

/// Prompts that are longer, together with the most that may be answered, than the context that is asked for or told.
pub(super) fn context_room(ground: Ground<'_>) -> Found {
    Found::each(ground.groups, CheckStatus::Warned, |group| {
        let told = ground.contexts[group.batch.model_id];
        let needed: Vec<(u64, u64)> = ground
            .plan
            .datasets
            .with_ids()
            .flat_map(|(id, dataset)| {
                // Judges of the plan's own have no settings by dataset.
                let own = group.batch.model.asking.get(id.place()).map(|asking| &asking.parameters);
                let parameters = own.unwrap_or(&group.batch.model.parameters);
                let context = parameters.num_ctx.or(ground.plan.generation.num_ctx).map(u64::from).or(told);
                let limit = parameters.max_tokens.map(u64::from);
                let sizes =
                    context.zip(limit).map(|(context, limit)| over(&group.figures, &dataset.name, (context, limit)));
                sizes.unwrap_or_default()
            })
            .collect();
        let (most, context) = needed.iter().copied().max()?;
        let problem = format!(
            "{} and the answers that `max_tokens` allows need up to {most} tokens, more than the context of {context}, so that an answer \
             may end early; raise `generation.num_ctx`, or lower `generation.max_tokens`",
            counted(u64::try_from(needed.len()).unwrap_or(u64::MAX), "prompt"),
        );
        Some(Some(problem))
    })
}

/// For each prompt of a dataset that leaves too little room: the tokens that it and the longest answer need, and the context.
fn over(figures: &Figures, dataset: &str, (context, limit): (u64, u64)) -> Vec<(u64, u64)> {
    let number = figures.number_of(dataset);
    let rows = figures.dataset.iter().zip(figures.prompt_tokens.iter()).filter(|(of, _)| of.is_some() && *of == number);
    let needed = rows.filter_map(|(_, prompt)| Some(u64::try_from(prompt?).ok()?.saturating_add(limit)));
    needed.filter(|needed| *needed > context).map(|needed| (needed, context)).collect()
}

/// Answers that fill a context of `length` tokens together with their prompts.
fn full(figures: &Figures, length: u64) -> u64 {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let rows = figures.prompt_tokens.iter().zip(figures.counted_tokens.iter()).zip(figures.fault.iter());
    let fills = |((prompt, output), fault): &((Option<i64>, Option<i64>), Option<bool>)| {
        *fault != Some(true) && prompt.is_some_and(|prompt| prompt + output.unwrap_or(0) >= length)
    };
    as_count(rows.filter(fills).count())
}

/// Answers that something else cut than the limit of output tokens, as the server's word for the end tells.
fn cut(figures: &Figures, is_such: impl Fn(Cut) -> bool) -> u64 {
    let words = figures.telling_end.iter().filter_map(|number| figures.word(number));
    as_count(words.filter_map(|word| finish::cut_by(&word)).filter(|by| is_such(*by)).count())
}

pub(super) fn capped(plan: &Plan, groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let summary = &group.summary;
        let (meant, meant_capped) = lengths::meant_to_be_capped(plan, &group.figures);
        let read = summary.capped.saturating_sub(summary.cut);
        let answers = summary.answers.saturating_sub(meant + read);
        let capped = summary.cut.saturating_sub(meant_capped + cut(&group.figures, |_| true));
        let share = (answers > 0).then(|| capped as f64 / answers as f64)?;
        let problem = || {
            let bounds = summary.score_bounds.map_or_else(String::new, |(low, high)| {
                format!(" (the score lies between {} and {})", percent(low), percent(high))
            });
            let remedy = match summary.capped_in_reasoning {
                0 => "raise `generation.max_tokens`".to_owned(),
                count => format!(
                    "{} before the reasoning ended: raise `generation.max_tokens`, or switch reasoning off",
                    if count == summary.capped { "all".to_owned() } else { count.to_string() }
                ),
            };
            format!(
                "{} of the answers were truncated at the token limit, which changes score, latency and tokens{bounds}; {remedy}",
                percent(share)
            )
        };
        Some((share > CAPPED).then(problem))
    })
}

pub(super) fn faults(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let faults = group.summary.faults;
        let problem = || {
            let share = percent(faults as f64 / group.figures.len() as f64);
            format!("{} failed ({share}); the next run retries", counted(faults, "request"))
        };
        Some((faults > 0).then(problem))
    })
}

pub(super) fn tokens_source(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let count = group.summary.chunk_counted;
        let is_known = group.figures.output_tokens.null_count() < group.figures.len();
        let problem = || {
            format!(
                "the server reported no token counts for {}; stream chunks were counted instead, so tokens/s and time per token are not comparable",
                counted(count, "answer")
            )
        };
        is_known.then(|| (count > 0).then(problem))
    })
}

/// Answers that hold what they were not shown of the dataset.
pub(super) fn recited(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let recited = u64::from(group.figures.recited.sum().unwrap_or(0));
        let (recites, they) = if recited == 1 { ("recites", "it was") } else { ("recite", "they were") };
        let problem = || {
            format!(
                "{} {recites} questions or choices of the dataset that {they} not shown, as a model does that was trained on \
                 it; ask newer questions, or your own, before you trust the score",
                counted(recited, "answer")
            )
        };
        Some((recited > 0).then(problem))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::fixture::{of, statuses};
    use crate::judge::LETTER_RULES;
    use crate::response::Status;
    use crate::tables::fixture::{Fixture, ms};

    fn context_outcomes(fixture: &Fixture, context: u64) -> Vec<CheckStatus> {
        let found = of(fixture, &[Some(context), None]).into_iter();
        found.filter(|check| check.name == "context").map(|check| check.status).collect()
    }

    #[test]
    fn a_context_that_was_reached_fails() {
        // 100 prompt tokens and 20 of output.
        let mut fixture = Fixture::new(2);
        assert_eq!(context_outcomes(&fixture, 121), [CheckStatus::Passed]);
        assert_eq!(context_outcomes(&fixture, 120), [CheckStatus::Failed]);
        fixture.plan.generation.num_ctx = Some(4096);
        assert_eq!(context_outcomes(&fixture, 120), [CheckStatus::Passed]);
    }

    #[test]
    fn prompts_that_leave_less_room_than_an_answer_may_take_are_warned_about() {
        // 100 prompt tokens, and up to 128 of output.
        let mut fixture = Fixture::new(2);
        let found = |fixture: &Fixture, context| {
            let found = of(fixture, &[Some(context), None]).into_iter().find(|check| check.name == "context_room");
            found.map(|check| check.message)
        };
        for model in fixture.plan.models.iter_mut() {
            model.parameters.max_tokens = Some(128);
            model.asking.iter_mut().for_each(|asking| asking.parameters.max_tokens = Some(128));
        }
        assert_eq!(found(&fixture, 228), None);
        let said = found(&fixture, 227).unwrap();
        assert!(said.contains("need up to 228 tokens, more than the context of 227"), "{said}");
        fixture.plan.generation.num_ctx = Some(4096);
        assert_eq!(found(&fixture, 227), None);
    }

    #[test]
    fn a_prompt_that_was_refused_for_its_length_fails() {
        let mut fixture = Fixture::new(2);
        fixture.responses[0].status = Status::Rejected;
        fixture.responses[0].fault = Some("400: this model's maximum context length is 4096 tokens".into());
        assert_eq!(statuses(&fixture, "context"), [(CheckStatus::Failed, "a".to_owned())]);
        fixture.responses[0].fault = Some("400: temperature out of range".into());
        assert_eq!(statuses(&fixture, "context"), []);
        fixture.responses[1].finish_reason = Some("model_context_window_exceeded".into());
        assert_eq!(statuses(&fixture, "context"), [(CheckStatus::Failed, "a".to_owned())]);
    }

    #[test]
    fn a_few_cut_answers_pass_and_many_do_not() {
        let mut fixture = Fixture::new(20);
        fixture.responses[0].status = Status::Capped;
        assert_eq!(statuses(&fixture, "capped")[0].0, CheckStatus::Passed);
        fixture.responses[1].status = Status::Capped;
        assert_eq!(statuses(&fixture, "capped")[0].0, CheckStatus::Warned);
    }

    #[test]
    fn a_limit_cuts_nothing_of_an_answer_whose_first_token_is_read() {
        let mut fixture = Fixture::new(4);
        for (response, verdict) in fixture.responses.iter_mut().zip(&mut fixture.verdicts) {
            response.status = Status::Capped;
            verdict.as_mut().unwrap().rule = LETTER_RULES[0];
        }
        assert_eq!(statuses(&fixture, "capped"), []);
        assert_eq!(fixture.groups()[0].summary.score_bounds, None);
        assert_eq!(fixture.groups()[0].summary.capped, 4);
        fixture.verdicts[0].as_mut().unwrap().rule = "marker";
        assert_eq!(statuses(&fixture, "capped"), [(CheckStatus::Warned, "a".to_owned())]);
        assert_eq!(fixture.groups()[0].summary.score_bounds, Some((0.75, 1.0)));
    }

    #[test]
    fn truncated_answers_bound_the_score_and_name_what_was_truncated() {
        let mut fixture = Fixture::new(4);
        fixture.responses[0].status = Status::Capped;
        fixture.responses[0].reasoning = Some("Let me see".into());
        fixture.responses[0].text = String::new();
        fixture.responses[1].status = Status::Capped;
        let message = |fixture: &Fixture| {
            let found = of(fixture, &[]).into_iter().find(|check| check.name == "capped").unwrap();
            found.message
        };
        let said = message(&fixture);
        assert!(said.contains("the score lies between 50.0 % and 100.0 %"), "{said}");
        assert!(said.contains("1 before the reasoning ended"), "{said}");
        fixture.responses[1] = fixture.responses[0].clone();
        assert!(message(&fixture).contains("all before the reasoning ended"), "{}", message(&fixture));
    }

    #[test]
    fn faults_are_named_with_their_share() {
        let mut fixture = Fixture::new(4);
        fixture.responses[1].status = Status::Stalled;
        let found = of(&fixture, &[]).into_iter().find(|check| check.name == "faults").unwrap();
        assert_eq!(found.status, CheckStatus::Warned);
        assert!(found.message.contains("1 request failed (25.0 %)"), "{}", found.message);
    }

    #[test]
    fn pieces_that_stand_in_for_tokens_are_warned_about() {
        let mut fixture = Fixture::new(1);
        fixture.responses[0].usage.output_tokens = None;
        fixture.responses[0].stamps.first_token = Some(ms(10));
        fixture.responses[0].gaps = vec![ms(90)];
        assert_eq!(statuses(&fixture, "tokens_source")[0].0, CheckStatus::Warned);
    }
}
