//! What identifies a question across runs, datasets and tools.

use sha2::{Digest, Sha256};

use crate::sample::{Said, Sample};

/// The first 8 bytes of the SHA-256 of a question's passage, text, chat, choices and right answers. Choices in another
/// order are the same question, and so are the turns of a conversation, whose answers depend on each other.
pub fn question_digest(sample: &Sample) -> u64 {
    let mut choices: Vec<&str> = sample.choices.iter().map(String::as_str).collect();
    choices.sort_unstable();
    let said: &[Said] = sample.dialogue.as_ref().map_or(&[], |dialogue| &dialogue.said);
    let of_turns = said.iter().flat_map(|said| &said.answers);
    let of_question = sample.golds().filter(|_| said.is_empty());
    let mut golds: Vec<&str> = of_question.chain(of_turns).filter_map(|gold| sample.text_of(gold)).collect();
    golds.sort_unstable();
    let mut content = Sha256::new();
    let question = if said.is_empty() { &sample.question } else { "" };
    let alone = [sample.passage.as_deref().unwrap_or_default(), question];
    let chat = sample.messages.iter().flat_map(|message| [message.role.word(), &message.content]);
    let chat = chat.chain(said.iter().map(|said| said.text.as_str()));
    for text in alone.into_iter().chain(chat).chain(choices).chain([""]).chain(golds) {
        content.update((text.len() as u64).to_le_bytes());
        content.update(text);
    }
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(content.finalize());
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// A [`question_digest`] as the results table has it: 16 hexadecimal digits.
pub fn question_hash(digest: u64) -> String {
    format!("{digest:016x}")
}
