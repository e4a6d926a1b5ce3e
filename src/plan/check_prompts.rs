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
    let found = prompts.filter_map(|(path, prompt)| Some(templates_of(&path, prompt?))).flatten();
    found.chain(turns(spec)).chain(examples_of_images(spec)).collect()
}

/// Worked examples of questions about images, which would be shown without theirs.
fn examples_of_images(spec: &Spec) -> Found {
    let of_images = spec.datasets.iter().enumerate().filter(|(_, dataset)| {
        dataset.columns.image.is_some() && dataset.few_shot.as_ref().is_some_and(|few_shot| few_shot.count > 0)
    });
    let problem = |(index, _)| {
        let problem = Problem::new("`few_shot` shows texts, so the examples would be without their images")
            .help("remove `few_shot`, or leave out `columns.image`");
        (vec![key("datasets"), PathSegment::Index(index), key("few_shot")], problem)
    };
    of_images.map(problem).collect()
}

/// Turns that not every model would be asked, that nobody writes, or that are the question twice.
fn turns(spec: &Spec) -> Found {
    let mut found = Found::new();
    for (index, model) in spec.models.iter().enumerate() {
        if model.prompt.as_ref().is_some_and(|prompt| prompt.follow_ups.is_some()) {
            let problem =
                Problem::new("`follow_ups` is the same for all models, so that their answers can be compared")
                    .help("move it to the `prompt` of the experiment or of a dataset");
            found.push((vec![key("models"), PathSegment::Index(index), key("prompt"), key("follow_ups")], problem));
        }
    }
    for (index, dataset) in spec.datasets.iter().enumerate() {
        let at = |more: &[&str]| {
            let own = [key("datasets"), PathSegment::Index(index)];
            own.into_iter().chain(more.iter().map(|name| key(name))).collect::<Vec<_>>()
        };
        let follow_ups = dataset.prompt.as_ref().and_then(|prompt| prompt.follow_ups.as_ref());
        if dataset.is_made() && follow_ups.or(spec.prompt.follow_ups.as_ref()).is_some() {
            let problem = Problem::new("prompts that are made are asked alone, without `follow_ups`")
                .help("remove `follow_ups`, or put it into the `prompt` of another dataset");
            found.push((at(&["source"]), problem));
        }
        let columns = &dataset.columns;
        if columns.turns.is_some() && (columns.question.is_some() || columns.messages.is_some()) {
            let problem = Problem::new("`turns` cannot be combined with `question` or `messages`")
                .help("the turns are the questions; keep one of them");
            found.push((at(&["columns", "turns"]), problem));
        }
    }
    found
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
    for (index, text) in prompt.follow_ups.iter().flatten().enumerate() {
        written.push((at(&[key("follow_ups"), PathSegment::Index(index)]), text));
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
