//! Turns of a conversation: the messages of the prompt, with what the user says turn by turn in the place of its question.

use minijinja::{Value, context};

use super::compiled::{Compiled, rendered};
use super::form::PromptForm;
use crate::message::{Message, Role};
use crate::request::REPLY;
use crate::sample::{Said, Sample};

/// The messages of a turn of a conversation: those of the prompt, with each turn in the place of its question.
pub(super) fn conversation(
    form: &PromptForm,
    compiled: &Compiled<'_>,
    sample: &Sample,
    context: &Value,
) -> Result<Vec<Message>, String> {
    let own: &[Said] = sample.dialogue.as_ref().map_or(&[], |dialogue| &dialogue.said);
    let mut turns = Vec::new();
    let question = form.question().unwrap_or_default();
    if compiled.messages.len() > question + 1 {
        return Err("the last of its messages is not of the user, so the conversation cannot continue".to_owned());
    }
    for (role, template) in compiled.messages.iter().take(question) {
        turns.push(Message { role: *role, content: rendered(template, context)? });
    }
    for turn in 0..=sample.replies() {
        if turn > 0 {
            turns.push(Message { role: Role::Assistant, content: REPLY.to_owned() });
        }
        let template = match turn.checked_sub(own.len().max(1)) {
            Some(added) => compiled.follow_ups.get(added),
            None => compiled.messages.get(question).map(|(_, template)| template),
        };
        let content = match (own.get(turn), template) {
            // A turn of the dataset is complete as it stands, after the passage that all of them are about.
            (Some(said), _) if form.is_default() => {
                let passage = sample.passage.as_ref().filter(|_| turn == 0);
                passage.map_or_else(|| said.text.clone(), |passage| format!("{passage}\n\n{}", said.text))
            }
            (Some(said), Some(template)) => {
                rendered(template, &context! { question => &said.text, ..context.clone() })?
            }
            (None, Some(template)) => rendered(template, context)?,
            (_, None) => return Err(format!("there is no turn {}", turn + 1)),
        };
        turns.push(Message { role: Role::User, content });
    }
    Ok(turns)
}
