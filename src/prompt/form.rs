//! The form of a prompt: the templates of its messages, and how worked examples are shown.

use crate::message::Role;
use crate::spec::types::{ExamplesAs, MessageSpec, PromptSpec};

/// The default template.
pub const DEFAULT_TEMPLATE: &str = "\
{% for example in examples %}{% if example.passage %}{{ example.passage }}

{% endif %}{{ example.question }}
{% for choice in example.choices %}{{ letter(loop.index0) }}. {{ choice }}
{% endfor %}Answer: {{ example.answer }}

{% endfor %}{% if passage %}{{ passage }}

{% endif %}{{ question }}
{% for choice in choices %}{{ letter(loop.index0) }}. {{ choice }}
{% endfor %}{% if choices %}Answer with the letter of the right option only.{% else %}Answer with the result only.{% endif %}
";

/// What prompts are made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PromptForm {
    /// Template of the system message.
    pub system: Option<String>,
    /// Templates of the other messages.
    pub messages: Vec<MessageSpec>,
    /// Templates of further messages of the user, each asked with the model's own answers before it.
    pub follow_ups: Vec<String>,
    /// How worked examples are shown.
    pub examples: ExamplesAs,
}

impl PromptForm {
    /// One message of the user.
    pub fn plain(template: String) -> Self {
        let message = MessageSpec { role: Role::User, content: template };
        Self { system: None, messages: vec![message], follow_ups: Vec::new(), examples: ExamplesAs::Text }
    }

    /// What the layers say, a later one before an earlier one; the default template where none says it.
    pub fn of<'s>(layers: impl IntoIterator<Item = &'s PromptSpec>) -> Self {
        let mut form = Self::plain(DEFAULT_TEMPLATE.to_owned());
        for layer in layers {
            if let Some(template) = &layer.template {
                form.messages = Self::plain(template.clone()).messages;
            }
            if let Some(messages) = &layer.messages {
                let (system, others): (Vec<_>, Vec<_>) =
                    messages.iter().cloned().partition(|message| message.role == Role::System);
                form.system = system.into_iter().next().map(|message| message.content).or(form.system);
                form.messages = others;
            }
            form.system = layer.system.clone().or(form.system);
            form.follow_ups = layer.follow_ups.clone().unwrap_or(form.follow_ups);
            form.examples = layer.examples.unwrap_or(form.examples);
        }
        form
    }

    /// True if the spec says nothing of the messages but that of the system.
    pub fn is_default(&self) -> bool {
        matches!(self.messages.as_slice(), [only] if only.role == Role::User && only.content == DEFAULT_TEMPLATE)
    }

    /// True if a prompt of it always has several messages.
    pub fn is_chat(&self) -> bool {
        !matches!(self.messages.as_slice(), [only] if only.role == Role::User)
    }

    /// All templates.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        let messages = self.messages.iter().map(|message| &message.content);
        self.system.iter().chain(messages).chain(&self.follow_ups).map(String::as_str)
    }

    /// The template that asks: that of the last message of the user.
    pub(super) fn question(&self) -> Option<usize> {
        self.messages.iter().rposition(|message| message.role == Role::User)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(text: &str) -> PromptSpec {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_later_layer_goes_before_an_earlier_one_key_by_key() {
        let experiment = layer(r#"{"system": "s", "template": "t"}"#);
        let dataset = layer(r#"{"template": "d", "examples": "turns"}"#);
        let model = layer(r#"{"system": "m"}"#);
        let form = PromptForm::of([&experiment, &dataset, &model]);
        assert_eq!(
            (form.system.as_deref(), &*form.messages[0].content, form.examples),
            (Some("m"), "d", ExamplesAs::Turns)
        );
        assert!(PromptForm::of([&model]).is_default() && !form.is_default() && !form.is_chat());
    }

    #[test]
    fn a_system_message_of_a_list_is_the_system_message() {
        let list = r#"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]}"#;
        let form = PromptForm::of([&layer(list)]);
        assert_eq!(form, PromptForm::of([&layer(r#"{"system": "s", "template": "q"}"#)]));
    }
}
