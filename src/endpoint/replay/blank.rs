//! Recorded pieces of a reply without a secret, also where each piece holds only a part of it.
//!
//! An answer that echoes a key says it token by token: each event of the stream then holds a few of its characters.
//! The texts at the same place of all events are read together, and what is secret in them is blanked where it stands.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;

use crate::secret::Secrets;

/// The replacement of each character of a secret.
const BLANK: char = '*';

/// The pieces without any secret; each keeps its stamp.
pub(super) fn blanked(chunks: &mut [(u64, String)], secrets: &Secrets) {
    let whole: String = chunks.iter().map(|(_, text)| text.as_str()).collect();
    let mut events = events(&whole);
    let texts = texts(&mut events, secrets);
    let mut edits = Vec::new();
    for (event, changed) in events.into_iter().zip(texts) {
        if changed {
            edits.push((event.range, event.json.to_string()));
        }
    }
    replace(chunks, edits);
    let whole: String = chunks.iter().map(|(_, text)| text.as_str()).collect();
    let found = secrets.find(&whole).into_iter();
    let blank = |range: Range<usize>| {
        let blanks = BLANK.to_string().repeat(whole[range.clone()].chars().count());
        (range, blanks)
    };
    replace(chunks, found.map(blank).collect());
}

/// A line of the reply that holds JSON.
struct Event {
    /// Where the JSON stands.
    range: Range<usize>,
    json: Json,
}

fn events(whole: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut start = 0;
    for line in whole.split_inclusive('\n') {
        let content = line.strip_prefix("data:").unwrap_or(line);
        let at = start + line.len() - content.trim_start().len();
        let content = content.trim();
        start += line.len();
        if let Ok(json @ (Json::Object(_) | Json::Array(_))) = serde_json::from_str(content) {
            events.push(Event { range: at..at + content.len(), json });
        }
    }
    events
}

/// Blanks secrets in the texts at the same place of all events; says which events changed.
fn texts(events: &mut [Event], secrets: &Secrets) -> Vec<bool> {
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for event in &mut *events {
        visit(&mut event.json, &mut String::new(), &mut |place, text| {
            places.entry(place.to_owned()).or_default().push_str(text);
        });
    }
    let mut found: BTreeMap<String, (Vec<Range<usize>>, usize)> = BTreeMap::new();
    for (place, text) in places {
        let ranges = secrets.find(&text);
        if !ranges.is_empty() {
            found.insert(place, (ranges, 0));
        }
    }
    let blank_in = |event: &mut Event| {
        let mut changed = false;
        visit(&mut event.json, &mut String::new(), &mut |place, text| {
            let Some((ranges, passed)) = found.get_mut(place) else { return };
            let from = *passed;
            *passed += text.len();
            let is_secret = |at: usize| ranges.iter().any(|range| range.contains(&(from + at)));
            if text.char_indices().any(|(at, _)| is_secret(at)) {
                *text = text.char_indices().map(|(at, c)| if is_secret(at) { BLANK } else { c }).collect();
                changed = true;
            }
        });
        changed
    };
    events.iter_mut().map(blank_in).collect()
}

/// Visits every text of a value, with its place in it.
fn visit(json: &mut Json, place: &mut String, seen: &mut impl FnMut(&str, &mut String)) {
    let length = place.len();
    match json {
        Json::String(text) => seen(place, text),
        Json::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                place.push_str(&format!("/{index}"));
                visit(item, place, seen);
                place.truncate(length);
            }
        }
        Json::Object(members) => {
            for (name, member) in members {
                place.push('/');
                place.push_str(name);
                visit(member, place, seen);
                place.truncate(length);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Puts texts in place of ranges of the whole reply; a text stands in the piece in which its range began.
fn replace(chunks: &mut [(u64, String)], edits: Vec<(Range<usize>, String)>) {
    if edits.is_empty() {
        return;
    }
    let mut edits = edits.into_iter().peekable();
    let mut start = 0;
    for (_, chunk) in chunks {
        let end = start + chunk.len();
        let mut out = String::with_capacity(chunk.len());
        let mut from = start;
        while let Some((range, text)) = edits.peek().filter(|(range, _)| range.start < end) {
            if range.start >= start {
                out.push_str(&chunk[from - start..range.start - start]);
                out.push_str(text);
            }
            from = range.end.min(end);
            if range.end > end {
                break;
            }
            edits.next();
        }
        out.push_str(&chunk[from - start..]);
        start = end;
        *chunk = out;
    }
}

#[cfg(test)]
mod tests {
    use crate::secret::Secret;

    use super::*;

    const KEY: &str = "sk-4f9a2c71d0b8e6";

    fn blanked_texts(texts: &[String]) -> Vec<String> {
        let secrets = Secrets::default();
        secrets.add(&Secret::new(KEY));
        let mut chunks: Vec<(u64, String)> = texts.iter().cloned().zip(0..).map(|(text, at)| (at, text)).collect();
        blanked(&mut chunks, &secrets);
        chunks.into_iter().map(|(_, text)| text).collect()
    }

    fn event(text: &str) -> String {
        format!("data: {}\n\n", serde_json::json!({ "choices": [{ "delta": { "content": text } }] }))
    }

    /// What a reader of the stream puts together.
    fn said(texts: &[String]) -> String {
        let whole = texts.concat();
        let content = |event: Event| event.json["choices"][0]["delta"]["content"].as_str().unwrap().to_owned();
        events(&whole).into_iter().map(content).collect()
    }

    #[test]
    fn a_key_over_many_events_is_blanked_in_each() {
        let pieces: Vec<String> = format!("Your key: {KEY}!").chars().map(|c| event(&c.to_string())).collect();
        let shown = said(&blanked_texts(&pieces));
        assert_eq!(shown, format!("Your key: {}!", "*".repeat(KEY.len())));
    }

    #[test]
    fn a_key_at_the_seam_of_two_chunks_is_blanked() {
        for cut in 1..event(KEY).len() {
            let whole = event(KEY);
            let shown = blanked_texts(&[whole[..cut].to_owned(), whole[cut..].to_owned()]);
            assert_eq!(said(&shown), "*".repeat(KEY.len()), "cut at {cut}");
            assert!(!shown.concat().contains("4f9a"));
        }
    }

    #[test]
    fn a_reply_that_is_no_json_is_blanked_as_text() {
        let shown = blanked_texts(&["<p>sk-4f9a2c".to_owned(), "71d0b8e6</p>".to_owned()]);
        assert_eq!(shown.concat(), format!("<p>{}</p>", "*".repeat(KEY.len())));
    }

    #[test]
    fn what_holds_no_key_stays_as_it_is() {
        let texts = [event("hello"), "data:  [DONE]\n".to_owned(), "{ \"a\" : 1.50 }\r\n".to_owned(), "é".to_owned()];
        assert_eq!(blanked_texts(&texts), texts);
    }
}
