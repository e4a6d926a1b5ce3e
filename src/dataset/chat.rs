//! Columns of chat messages, in OpenAI's shape (`role`, `content`) and in ShareGPT's (`from`, `value`).

use serde_json::Value;

use super::choices::written_list;
use super::fault::Fault;
use crate::message::{Message, Role};

/// A chat, as far as it is asked.
pub(super) struct Chat {
    /// The messages up to the last one of the user.
    pub asked: Vec<Message>,
    /// What the model is expected to say to it, if the row has it.
    pub reply: Option<String>,
}

impl Chat {
    /// Reads the value of a column.
    pub(super) fn read(value: Value, column: &str) -> Result<Self, Fault> {
        let unfit = |reason: String| Fault::Messages { column: column.to_owned(), reason };
        let value = match value {
            // CSV has no lists; they are written as JSON, or as Python prints them.
            Value::String(text) => written_list(&text).unwrap_or(Value::String(text)),
            value => value,
        };
        let Value::Array(items) = value else { return Err(unfit("it is not a list".into())) };
        let items = only_turn(items);
        if items.len() > 1 && items.iter().all(Value::is_array) {
            let one =
                format!("it is a list of {} lists; name one of them, such as `messages: {column}.0`", items.len());
            return Err(unfit(one));
        }
        let mut messages: Vec<Message> = Vec::with_capacity(items.len());
        for (number, item) in (1..).zip(&items) {
            let message = message(item).map_err(|reason| unfit(format!("message {number} {reason}")))?;
            if message.role == Role::System && number > 1 {
                return Err(unfit(format!("message {number} is of the system, which only the first may be")));
            }
            messages.push(message);
        }
        let Some(last) = messages.iter().rposition(|message| message.role == Role::User) else {
            return Err(unfit("no message is of the user".into()));
        };
        let rest = messages.split_off(last + 1);
        let reply = rest.into_iter().map(|message| message.content).find(|content| !content.trim().is_empty());
        Ok(Self { asked: messages, reply })
    }

    /// The last message of the user.
    pub(super) fn question(&self) -> &str {
        self.asked.last().map_or("", |message| message.content.as_str())
    }
}

/// True if a value is a list of messages.
pub(super) fn is_chat(value: &Value) -> bool {
    let items = value.as_array().map(|items| match items.as_slice() {
        [Value::Array(only)] => only.as_slice(),
        items => items,
    });
    items.is_some_and(|items| !items.is_empty() && items.iter().all(|item| message(item).is_ok()))
}

/// The messages of the only list in a list: BFCL has those of each turn in a list of their own.
fn only_turn(mut items: Vec<Value>) -> Vec<Value> {
    match items.as_mut_slice() {
        [Value::Array(only)] => std::mem::take(only),
        _ => items,
    }
}

fn message(item: &Value) -> Result<Message, String> {
    let word = item.get("role").or_else(|| item.get("from")).and_then(Value::as_str);
    let role = match word.ok_or("has no `role` or `from`")? {
        "system" | "developer" => Role::System,
        "user" | "human" | "prompter" => Role::User,
        "assistant" | "gpt" | "chatgpt" | "model" | "bot" | "bing" | "bard" => Role::Assistant,
        other => return Err(format!("is of `{other}`, and only those of system, user and assistant can be asked")),
    };
    let content = item.get("content").or_else(|| item.get("value")).ok_or("has no `content` or `value`")?;
    Ok(Message { role, content: text(content)? })
}

/// A text, or the texts of a list of parts.
fn text(content: &Value) -> Result<String, String> {
    match content {
        Value::String(text) => Ok(text.clone()),
        Value::Array(parts) => {
            let texts =
                parts.iter().map(|part| part.get("text").and_then(Value::as_str).ok_or("has a part that is no text"));
            Ok(texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
        }
        _ => Err("has a content that is no text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_shapes_are_read_alike() {
        let openai = json!([
            { "role": "system", "content": "s" }, { "role": "user", "content": "a" }, { "role": "assistant", "content": "b" },
            { "role": "user", "content": [{ "type": "text", "text": "c" }] }, { "role": "assistant", "content": "d" },
        ]);
        let sharegpt = json!([
            { "from": "system", "value": "s" }, { "from": "human", "value": "a" }, { "from": "gpt", "value": "b" },
            { "from": "human", "value": "c" }, { "from": "gpt", "value": "d" },
        ]);
        for value in [json!([openai.clone()]), openai, sharegpt.clone(), Value::from(sharegpt.to_string())] {
            assert!(is_chat(&value) || value.is_string());
            let chat = Chat::read(value, "messages").unwrap();
            let asked: Vec<_> = chat.asked.iter().map(|message| (message.role.word(), &*message.content)).collect();
            assert_eq!(asked, [("system", "s"), ("user", "a"), ("assistant", "b"), ("user", "c")]);
            assert_eq!((chat.question(), chat.reply.as_deref()), ("c", Some("d")));
        }
    }

    #[test]
    fn what_cannot_be_asked_is_named() {
        for (value, expected) in [
            (json!("hello"), "it is not a list"),
            (json!([]), "no message is of the user"),
            (
                json!([[{ "role": "user", "content": "x" }], []]),
                "a list of 2 lists; name one of them, such as `messages: m.0`",
            ),
            (json!([{ "role": "tool", "content": "x" }]), "message 1 is of `tool`"),
            (json!([{ "role": "user" }]), "message 1 has no `content`"),
            (json!([{ "role": "user", "content": [{ "type": "image_url" }] }]), "message 1 has a part that is no text"),
            (
                json!([{ "role": "user", "content": "x" }, { "role": "system", "content": "y" }]),
                "message 2 is of the system",
            ),
        ] {
            let error = Chat::read(value, "m").err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
