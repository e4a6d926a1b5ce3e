//! A request: what is sent, and the key that identifies it.
//!
//! The key decides what is asked again, so this is the whole contract:
//!
//! | in the key | out of the key |
//! | --- | --- |
//! | format version; endpoint kind, API and URL; model name and, where the server tells it, its digest; rendered prompt and system message; sampling parameters, seed, stop, streaming, reasoning, form of the answer, extra members; repeat; level | labels, charts, prices, judge, output folder, time-outs, attempts, warm-up, names of environment variables, secrets |
//!
//! What is in the key can change the answer or the measurement. What is out cannot.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::answer_form::{ResponseFormat, Think};
use crate::image::{self, Attached};
use crate::level::Level;
use crate::message::{Message, Role};
use crate::tool::Tool;

/// Version of the key's encoding; a new version asks everything again.
const KEY_FORMAT: &str = "smallbench-request-1";

/// Fewest bytes of a prompt per token: what is set aside for one must not be too small.
const FEWEST_BYTES_PER_TOKEN: usize = 2;

/// Bytes of a prompt per token in English, roughly.
pub const USUAL_BYTES_PER_TOKEN: usize = 4;

/// What stands for an answer of the model that is not known yet.
pub const REPLY: &str = "(the model's own answer)";

/// What a prompt may be, as its hash names it.
const FORMS: [&str; 6] = ["text", "chat", "script", "text with images", "chat with images", "script with images"];

/// Tokens that a model's own chat template may add to a prompt.
pub const TEMPLATE_TOKENS: usize = 64;

/// SHA-256 over everything that can change an answer or a measurement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestKey(pub [u8; 32]);

impl Hash for RequestKey {
    /// By its first bytes alone: it is a hash already, and runs keep many in sets.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        state.write_u64(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
    }
}

impl fmt::Display for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A rendered prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The system message.
    pub system: Option<Arc<str>>,
    /// The prompt, or the user's message; of a chat its messages as a list in JSON.
    pub text: Arc<str>,
    /// True if the text is a chat of several messages.
    pub is_chat: bool,
    /// How many of its messages are answers of the model that are not known yet: the last ones of the model, each before
    /// a message of the user. [`REPLY`] stands for them.
    pub open: usize,
    /// The images that go with one of its messages.
    pub attached: Option<Box<Attached>>,
    /// SHA-256 of all of it.
    pub hash: [u8; 32],
}

impl Prompt {
    /// A prompt with its hash.
    pub fn new(system: Option<String>, text: String) -> Self {
        let hash = hash_of(system.as_deref(), "text", &text);
        Self { system: system.map(Into::into), text: text.into(), is_chat: false, open: 0, attached: None, hash }
    }

    /// A prompt of several messages after that of the system. A single one of the user is a plain prompt.
    pub fn of_messages(system: Option<String>, mut messages: Vec<Message>) -> Self {
        match messages.as_mut_slice() {
            [Message { role: Role::User, content }] => Self::new(system, std::mem::take(content)),
            _ => {
                let text = json_of(&messages);
                let hash = hash_of(system.as_deref(), "chat", &text);
                Self { system: system.map(Into::into), text: text.into(), is_chat: true, open: 0, attached: None, hash }
            }
        }
    }

    /// A turn of a conversation in which this number of last answers of the model is not known yet.
    pub fn of_turn(system: Option<String>, messages: Vec<Message>, open: usize) -> Self {
        if open == 0 {
            return Self::of_messages(system, messages);
        }
        let text = json_of(&messages);
        let hash = hash_of(system.as_deref(), "script", &text);
        Self { system: system.map(Into::into), text: text.into(), is_chat: true, open, attached: None, hash }
    }

    /// The prompt with images. What stands for them, with the SHA-256 of each, enters its hash.
    #[must_use]
    pub fn with_images(mut self, attached: Option<Attached>) -> Self {
        self.attached = attached.filter(|attached| !attached.images.is_empty()).map(Box::new);
        if self.attached.is_some() {
            let form = if self.is_chat { "chat with images" } else { "text with images" };
            let form = if self.open > 0 { "script with images" } else { form };
            self.hash = hash_of(self.system.as_deref(), form, &self.stored_text());
        }
        self
    }

    /// The text with what stands for the images, as the store has it.
    pub fn stored_text(&self) -> Cow<'_, str> {
        match &self.attached {
            None => Cow::Borrowed(&self.text),
            Some(_) if self.is_chat => Cow::Owned(json_of(&self.shown_turns())),
            Some(attached) => Cow::Owned(format!("{}\n{}", attached.placeholder(), self.text)),
        }
    }

    /// Its messages after that of the system, with what stands for the images.
    fn shown_turns(&self) -> Vec<Message> {
        let mut turns = self.turns();
        if let Some((attached, message)) = self.attached.as_ref().and_then(|own| Some((own, turns.get_mut(own.turn)?)))
        {
            message.content = format!("{}\n{}", attached.placeholder(), message.content);
        }
        turns
    }

    /// The prompt with the model's answers to the turns before it, in their order.
    #[must_use]
    pub fn with_replies(&self, replies: &[String]) -> Self {
        let mut messages = self.turns();
        // From the end: the question, an answer, the question before it, and so on.
        let open = messages.iter_mut().rev().skip(1).step_by(2).take(self.open);
        for (message, reply) in open.zip(replies.iter().rev()) {
            message.content.clone_from(reply);
        }
        let open = self.open.saturating_sub(replies.len());
        Self::of_turn(self.system.as_deref().map(str::to_owned), messages, open)
            .with_images(self.attached.as_deref().cloned())
    }

    /// True if these parts of a prompt have this hash.
    pub fn has_hash(system: Option<&str>, text: &str, hash: &[u8]) -> bool {
        FORMS.iter().any(|form| hash_of(system, form, text) == hash)
    }

    /// Its messages, that of the system first.
    pub fn messages(&self) -> Vec<Message> {
        let system = self.system.iter().map(|system| Message { role: Role::System, content: system.to_string() });
        system.chain(self.turns()).collect()
    }

    /// Its messages after that of the system.
    pub fn turns(&self) -> Vec<Message> {
        let plain = || vec![Message { role: Role::User, content: self.text.to_string() }];
        if self.is_chat { serde_json::from_str(&self.text).unwrap_or_else(|_| plain()) } else { plain() }
    }

    /// The prompt as people read it: each message after its role, or the text alone.
    pub fn shown(&self) -> String {
        if self.system.is_none() && !self.is_chat {
            return self.stored_text().into_owned();
        }
        let system = self.system.iter().map(|system| Message { role: Role::System, content: system.to_string() });
        let message = |message: &Message| format!("[{}]\n{}", message.role.word(), message.content);
        let messages: Vec<Message> = system.chain(self.shown_turns()).collect();
        messages.iter().map(message).collect::<Vec<_>>().join("\n")
    }

    /// Bytes of both.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.system.as_ref().map_or(0, |system| system.len())
    }

    /// The most tokens that it may have, with what a model's own chat template adds.
    pub fn most_tokens(&self) -> usize {
        self.bytes() / FEWEST_BYTES_PER_TOKEN + TEMPLATE_TOKENS + self.images() * image::MOST_TOKENS
    }

    /// Roughly the tokens of an English text, for estimates.
    pub fn likely_tokens(&self) -> usize {
        self.bytes() / USUAL_BYTES_PER_TOKEN + self.images() * image::USUAL_TOKENS
    }

    fn images(&self) -> usize {
        self.attached.as_ref().map_or(0, |attached| attached.images.len())
    }

    /// The prompt with a nonce in front of all that the model reads, so that it shares no prefix with another.
    #[must_use]
    pub fn after(&self, nonce: &str) -> Self {
        let front = |text: &str| format!("[{nonce}]\n{text}");
        let (mut system, mut turns) = (self.system.as_ref().map(|system| front(system)), self.turns());
        if let (None, Some(first)) = (&mut system, turns.first_mut()) {
            first.content = front(&first.content);
        }
        Self::of_turn(system, turns, self.open).with_images(self.attached.as_deref().cloned())
    }
}

fn hash_of(system: Option<&str>, form: &str, text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    field(&mut hasher, "system", system);
    field(&mut hasher, form, Some(text));
    hasher.finalize().into()
}

#[expect(clippy::expect_used, reason = "an empty text would give different requests one key")]
fn json_of(messages: &[Message]) -> String {
    serde_json::to_string(messages).expect("roles and texts are JSON")
}

/// Sampling parameters as they are sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Parameters {
    /// Most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// Sampling temperature.
    pub temperature: Option<f64>,
    /// Nucleus sampling.
    pub top_p: Option<f64>,
    /// Most likely tokens to sample from.
    pub top_k: Option<u32>,
    /// Seed, with the repeat's number already added.
    pub seed: Option<i64>,
    /// Texts that end an answer.
    pub stop: Vec<String>,
    /// Answer token by token.
    pub stream: bool,
    /// Size of the context.
    pub num_ctx: Option<u32>,
    /// What came later is in the text of the parameters only if it is set, so that older keys stay.
    #[serde(flatten)]
    pub options: RequestOptions,
}

/// Options of a request that are sent only if a spec sets them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RequestOptions {
    /// Least probability of a token, relative to the most likely one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,
    /// Penalty of tokens that are in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// Penalty of tokens by how often they are in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// Factor against repeated tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_penalty: Option<f64>,
    /// Whether and how much the model reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub think: Option<Think>,
    /// How many alternatives of each token the server is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<u32>,
    /// The tools that the model may call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// The form of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<ResponseFormat>,
    /// What is merged into the body of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_body: Option<Json>,
}

/// What requests of one model, level and repeat have in common: all of the key but the prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Endpoint kind, API and URL, as one text.
    pub endpoint: String,
    /// The model's name at its endpoint.
    pub model: String,
    /// The model's digest, where the server tells it.
    pub digest: Option<String>,
    /// Sampling parameters.
    pub parameters: Parameters,
    /// Number of the repeat, from 0.
    pub repeat: u32,
    /// Load level.
    pub level: Level,
}

impl Settings {
    /// The parameters as the canonical text that enters the key and the store.
    #[expect(clippy::expect_used, reason = "an empty text would give different requests one key")]
    pub fn parameters_text(&self) -> String {
        serde_json::to_string(&self.parameters).expect("numbers and texts are JSON")
    }

    /// A hasher that has read all of the key but the prompt, so that a cell pays for it once.
    pub fn hasher(&self) -> KeyHasher {
        let (parameters, repeat, level) = (self.parameters_text(), self.repeat.to_string(), self.level.to_string());
        KeyHasher::of([&self.endpoint, &self.model], self.digest.as_deref(), [&parameters, &repeat, &level])
    }
}

/// A key without its prompt.
#[derive(Clone)]
pub struct KeyHasher(Sha256);

impl KeyHasher {
    /// A hasher of settings by their texts, as a store holds them.
    pub fn of([endpoint, model]: [&str; 2], digest: Option<&str>, [parameters, repeat, level]: [&str; 3]) -> Self {
        let mut hasher = Sha256::new();
        field(&mut hasher, "format", Some(KEY_FORMAT));
        field(&mut hasher, "endpoint", Some(endpoint));
        field(&mut hasher, "model", Some(model));
        field(&mut hasher, "digest", digest);
        field(&mut hasher, "parameters", Some(parameters));
        field(&mut hasher, "repeat", Some(repeat));
        field(&mut hasher, "level", Some(level));
        Self(hasher)
    }

    /// The key of the request with this prompt.
    pub fn key(&self, prompt: &Prompt) -> RequestKey {
        let mut hasher = self.0.clone();
        hasher.update(prompt.hash);
        RequestKey(hasher.finalize().into())
    }

    /// What tells these settings from others.
    pub fn hash(&self) -> [u8; 32] {
        self.0.clone().finalize().into()
    }
}

/// Name and length come before each value, so that no two lists of fields have the same bytes.
fn field(hasher: &mut Sha256, name: &str, value: Option<&str>) {
    hasher.update(name.as_bytes());
    match value {
        None => hasher.update([0]),
        Some(value) => {
            hasher.update([1]);
            hasher.update((value.len() as u64).to_le_bytes());
            hasher.update(value.as_bytes());
        }
    }
}

/// One request, ready to be sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its key.
    pub key: RequestKey,
    /// What it shares with its neighbours.
    pub settings: Arc<Settings>,
    /// What it asks.
    pub prompt: Prompt,
    /// Which sample it is for, as `dataset#index`: for people who look into the store, and to say why
    /// an older response no longer fits. Not part of the key.
    pub sample: String,
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use serde_json::Map;

    use super::*;

    fn settings() -> Settings {
        Settings {
            endpoint: "ollama generate http://127.0.0.1:11434".into(),
            model: "gemma:2b".into(),
            digest: Some("abc".into()),
            parameters: Parameters {
                max_tokens: Some(128),
                temperature: Some(0.0),
                seed: Some(42),
                stream: true,
                ..Parameters::default()
            },
            repeat: 0,
            level: Level::Concurrency(NonZeroU32::MIN),
        }
    }

    fn key(settings: &Settings, prompt: &Prompt) -> RequestKey {
        settings.hasher().key(prompt)
    }

    #[test]
    fn keys_are_stable_over_versions() {
        let prompt = Prompt::new(None, "What is 1 + 1?".into());
        assert_eq!(
            key(&settings(), &prompt).to_string(),
            "0386cf2fea19583a3b1d358a9f94edd8af58ad659d7cc2518381898bc179f281"
        );
    }

    #[test]
    fn one_message_is_a_plain_prompt_and_more_are_another_one() {
        let message = |role, content: &str| Message { role, content: content.into() };
        let plain = Prompt::new(Some("s".into()), "q".into());
        assert_eq!(Prompt::of_messages(Some("s".into()), vec![message(Role::User, "q")]), plain);
        let turns = vec![message(Role::User, "a"), message(Role::Assistant, "b"), message(Role::User, "c")];
        let chat = Prompt::of_messages(None, turns.clone());
        assert_eq!((chat.turns(), &*chat.shown()), (turns, "[user]\na\n[assistant]\nb\n[user]\nc"));
        // The text of a chat is no chat.
        let text = Prompt::new(None, chat.text.to_string());
        assert_ne!(text.hash, chat.hash);
        assert!(Prompt::has_hash(None, &chat.text, &chat.hash) && Prompt::has_hash(None, &text.text, &text.hash));
        assert!(!Prompt::has_hash(None, "other", &chat.hash));
        assert_eq!(chat.after("n").turns()[0].content, "[n]\na");
        assert_eq!(plain.after("n").messages()[0].content, "[n]\ns");
    }

    #[test]
    fn images_are_in_the_key_and_not_in_the_text() {
        use crate::image::{Image, ImageFile};
        let file = |end: u8| Image::File(ImageFile::new([b"GIF89a".as_slice(), &[end; 5000]].concat()).unwrap());
        let attached = |images: &[Image], turn| Some(Attached { turn, images: images.into() });
        let plain = Prompt::new(None, "q".into());
        let first = plain.clone().with_images(attached(&[file(1)], 0));
        let (other, both) = (plain.clone().with_images(attached(&[file(2)], 0)), attached(&[file(1), file(2)], 0));
        assert_eq!(plain.clone().with_images(attached(&[], 0)), plain);
        let hashes = [&plain, &first, &other, &plain.clone().with_images(both)].map(|prompt| prompt.hash);
        assert!((1..4).all(|place| !hashes[..place].contains(&hashes[place])));
        let stored = first.stored_text();
        assert!(stored.starts_with("[image: sha256 ") && stored.ends_with(", 5 kB gif]\nq") && first.shown() == stored);
        assert!(Prompt::has_hash(None, &stored, &first.hash));
        // What only writes the placeholder is another request.
        assert_ne!(Prompt::new(None, stored.to_string()).hash, first.hash);
        let said = [Role::User, Role::Assistant, Role::User].map(|role| Message { role, content: "x".into() });
        let chat = |turn| Prompt::of_turn(None, said.to_vec(), 1).with_images(attached(&[file(1)], turn));
        assert_ne!(chat(0).hash, chat(2).hash);
        assert!(Prompt::has_hash(None, &chat(2).stored_text(), &chat(2).hash));
        let known = chat(0).with_replies(&["y".into()]);
        assert_eq!((known.open, &known.attached), (0, &chat(0).attached));
        assert!(Prompt::has_hash(None, &known.stored_text(), &known.hash) && known.after("n").attached.is_some());
    }

    #[test]
    fn a_turn_is_known_once_the_answers_before_it_are() {
        let message = |role, content: &str| Message { role, content: content.into() };
        let chat = |first: &str, second: &str| {
            vec![
                message(Role::Assistant, "fixed"),
                message(Role::User, "a"),
                message(Role::Assistant, first),
                message(Role::User, "b"),
                message(Role::Assistant, second),
                message(Role::User, "c"),
            ]
        };
        let turn = Prompt::of_turn(None, chat(REPLY, REPLY), 2);
        let known = Prompt::of_messages(None, chat("x", "y"));
        assert_eq!(turn.with_replies(&["x".into(), "y".into()]), known);
        // Neither a turn whose answers are not known, nor one with other answers, is this request.
        assert_ne!(turn.hash, Prompt::of_messages(None, chat(REPLY, REPLY)).hash);
        assert_ne!(turn.with_replies(&["x".into(), "z".into()]).hash, known.hash);
        assert!(Prompt::has_hash(None, &turn.text, &turn.hash));
        assert_eq!(turn.after("n").with_replies(&["x".into(), "y".into()]), known.after("n"));
    }

    #[test]
    fn every_field_of_the_key_changes_it() {
        let prompt = Prompt::new(None, "q".into());
        let changes: Vec<fn(&mut Settings)> = vec![
            |s| s.endpoint.push('x'),
            |s| s.model.push('x'),
            |s| s.digest = None,
            |s| s.digest = Some(String::new()),
            |s| s.parameters.max_tokens = None,
            |s| s.parameters.temperature = Some(0.1),
            |s| s.parameters.top_p = Some(1.0),
            |s| s.parameters.top_k = Some(1),
            |s| s.parameters.seed = None,
            |s| s.parameters.stop.push("\n".into()),
            |s| s.parameters.stream = false,
            |s| s.parameters.num_ctx = Some(1),
            |s| s.parameters.options.min_p = Some(0.1),
            |s| s.parameters.options.presence_penalty = Some(0.1),
            |s| s.parameters.options.frequency_penalty = Some(0.1),
            |s| s.parameters.options.repeat_penalty = Some(0.1),
            |s| s.parameters.options.top_logprobs = Some(5),
            |s| s.parameters.options.think = Some(Think::Off),
            |s| s.parameters.options.think = Some(Think::Low),
            |s| s.parameters.options.response_format = Some(ResponseFormat::Json),
            |s| s.parameters.options.response_format = Some(ResponseFormat::JsonSchema(Map::new())),
            |s| s.parameters.options.tools.push(Tool { name: "f".into(), description: None, parameters: Map::new() }),
            |s| s.parameters.options.tools.push(Tool { name: "g".into(), description: None, parameters: Map::new() }),
            |s| s.parameters.options.extra_body = Some(serde_json::json!({})),
            |s| s.parameters.options.extra_body = Some(serde_json::json!({ "a": 1 })),
            |s| s.repeat = 1,
            |s| s.level = Level::Concurrency(NonZeroU32::new(2).unwrap()),
        ];
        let mut keys = vec![key(&settings(), &prompt)];
        for change in changes {
            let mut changed = settings();
            change(&mut changed);
            keys.push(key(&changed, &prompt));
        }
        keys.push(key(&settings(), &Prompt::new(None, "r".into())));
        keys.push(key(&settings(), &Prompt::new(Some("s".into()), "q".into())));
        keys.push(key(&settings(), &Prompt::new(Some(String::new()), "q".into())));
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
