//! Checks of the templates of a spec.

use super::found::{Found, key};
use crate::message::Role;
use crate::prompt;
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;
use crate::spec::types::{PromptSpec, Spec};

/// Templates of the experiment, its datasets and its models.
pub(super) fn templates(spec: &Spec) -> Found {
    let of = |list: &str, index| vec![key(list), PathSegment::Index(index), key("prompt")];
    let datasets =
        spec.datasets.iter().enumerate().map(|(index, of_one)| (of("datasets", index), of_one.prompt.as_ref()));
    let models = spec.models.iter().enumerate().map(|(index, of_one)| (of("models", index), of_one.prompt.as_ref()));
    let prompts = std::iter::once((vec![key("prompt")], Some(&spec.prompt))).chain(datasets).chain(models);
    prompts.filter_map(|(path, prompt)| Some(templates_of(&path, prompt?))).flatten().collect()
}

fn templates_of(path: &[PathSegment], prompt: &PromptSpec) -> Found {
    let at = |more: &[PathSegment]| [path, more].concat();
    let texts = [("template", &prompt.template), ("system", &prompt.system)];
    let mut written: Vec<(Vec<PathSegment>, &String)> =
        texts.into_iter().filter_map(|(field, text)| Some((at(&[key(field)]), text.as_ref()?))).collect();
    let mut found = Found::new();
    for (index, message) in prompt.messages.iter().flatten().enumerate() {
        let place = at(&[key("messages"), PathSegment::Index(index)]);
        if message.role == Role::System && (index > 0 || prompt.system.is_some()) {
            let problem = Problem::new("only the first message may be of the system, and only without `system`");
            found.push((place.clone(), problem.help("join it with the first, or make it one of the user")));
        }
        written.push(([&place[..], &[key("content")]].concat(), &message.content));
    }
    if prompt.messages.as_ref().is_some_and(|messages| messages.iter().all(|message| message.role != Role::User)) {
        let problem =
            Problem::new("no message is of the user").help("add `{ role: user, content: \"{{ question }}\" }`");
        found.push((at(&[key("messages")]), problem));
    }
    if prompt.messages.is_some() && prompt.template.is_some() {
        let problem = Problem::new("`template` and `messages` cannot be combined").help("keep one of them");
        found.push((at(&[key("messages")]), problem));
    }
    found.extend(
        written.into_iter().filter_map(|(place, text)| Some((place, Problem::new(prompt::syntax_error(text)?)))),
    );
    found
}
