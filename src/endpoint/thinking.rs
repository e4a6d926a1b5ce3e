//! Reasoning between tags at the start of a text: `<think>…</think>` and then the answer.

/// What one frame added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// Text of the answer.
    pub content: bool,
    /// Reasoning, its tags, or what may yet prove to be one.
    pub reasoning: bool,
    /// True if the text of the answer began with the first piece of all, which could have been a tag.
    pub held: bool,
    /// A call of a tool, or a part of one.
    pub call: bool,
}

/// The tags that open reasoning, each with the one that closes it.
const TAGS: [(&str, &str); 2] = [("<think>", "</think>"), ("<thinking>", "</thinking>")];

/// Most bytes of white space before a tag; what comes after more is no reasoning.
const INDENT_LIMIT: usize = 1024;

/// Parts reasoning from the answer, however the text is cut into pieces.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ThinkTags {
    place: Place,
    /// What may yet prove to be a tag.
    held: String,
}

/// Where in a text the next piece belongs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Place {
    /// Before anything but white space.
    #[default]
    Start,
    /// Between the tags; with the tag that ends it.
    Inside(&'static str),
    /// After the tags, before anything but white space.
    Behind,
    /// In the answer.
    Answer,
}

impl ThinkTags {
    /// Adds a piece of text to the answer or to the reasoning.
    pub(super) fn push(&mut self, piece: &str, answer: &mut String, reasoning: &mut String) -> Added {
        if piece.is_empty() {
            return Added::default();
        }
        match self.place {
            Place::Start => self.begin(piece, answer, reasoning),
            Place::Inside(end) => self.think(piece, end, answer, reasoning),
            Place::Behind => self.leave(piece, answer),
            Place::Answer => {
                answer.push_str(piece);
                CONTENT
            }
        }
    }

    /// The text is over: what was held back is no tag.
    pub(super) fn finish(&mut self, answer: &mut String, reasoning: &mut String) {
        let held = std::mem::take(&mut self.held);
        match self.place {
            Place::Inside(_) => {
                reasoning.push_str(&held);
                reasoning.truncate(reasoning.trim_end().len());
            }
            Place::Start | Place::Behind | Place::Answer => answer.push_str(&held),
        }
    }

    fn begin(&mut self, piece: &str, answer: &mut String, reasoning: &mut String) -> Added {
        let held_before = !self.held.is_empty();
        self.held.push_str(piece);
        let text = self.held.trim_start();
        let is_indent = self.held.len() - text.len() <= INDENT_LIMIT;
        if is_indent && TAGS.iter().any(|(start, _)| start.starts_with(text)) && !is_tag(text) {
            return BEFORE_CONTENT;
        }
        let held = std::mem::take(&mut self.held);
        let opened = TAGS.iter().find_map(|(start, end)| Some((held.trim_start().strip_prefix(start)?, *end)));
        if let Some((rest, end)) = opened.filter(|_| is_indent) {
            self.place = Place::Inside(end);
            return self.think(rest, end, answer, reasoning);
        }
        self.place = Place::Answer;
        answer.push_str(&held);
        Added { held: held_before, ..CONTENT }
    }

    fn think(&mut self, piece: &str, end: &'static str, answer: &mut String, reasoning: &mut String) -> Added {
        let mut held = std::mem::take(&mut self.held);
        held.push_str(piece);
        if let Some((thought, rest)) = held.split_once(end) {
            add_thought(thought, reasoning);
            reasoning.truncate(reasoning.trim_end().len());
            self.place = Place::Behind;
            return Added { reasoning: true, ..self.leave(rest, answer) };
        }
        // Only its first character is a `<`, so nothing before the last one can begin it.
        let tail = held.rfind('<').filter(|at| end.starts_with(&held[*at..])).unwrap_or(held.len());
        add_thought(&held[..tail], reasoning);
        held.drain(..tail);
        self.held = held;
        BEFORE_CONTENT
    }

    fn leave(&mut self, piece: &str, answer: &mut String) -> Added {
        let text = piece.trim_start();
        if text.is_empty() {
            return BEFORE_CONTENT;
        }
        self.place = Place::Answer;
        answer.push_str(text);
        CONTENT
    }
}

const BEFORE_CONTENT: Added = Added { content: false, reasoning: true, held: false, call: false };

const CONTENT: Added = Added { content: true, reasoning: false, held: false, call: false };

fn is_tag(text: &str) -> bool {
    TAGS.iter().any(|(start, _)| *start == text)
}

fn add_thought(thought: &str, reasoning: &mut String) {
    reasoning.push_str(if reasoning.is_empty() { thought.trim_start() } else { thought });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Answer and reasoning of a text that comes in pieces.
    fn parted<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, String) {
        let (mut tags, mut answer, mut reasoning) = (ThinkTags::default(), String::new(), String::new());
        for piece in pieces {
            tags.push(piece, &mut answer, &mut reasoning);
        }
        tags.finish(&mut answer, &mut reasoning);
        (answer, reasoning)
    }

    #[test]
    fn reasoning_is_what_stands_between_tags_at_the_start() {
        let cases = [
            ("<think>hm</think>B", "B", "hm"),
            ("\n <think>\nhm\n</think>\n\nB\n", "B\n", "hm"),
            ("<thinking>a </think> b</thinking>B", "B", "a </think> b"),
            ("<think></think>B", "B", ""),
            ("<think>\n\n</think>\n\n", "", ""),
            ("<think>cut in the mid", "", "cut in the mid"),
            ("<think>cut in the tag</thi", "", "cut in the tag</thi"),
            ("<think>a < b</b></think><think>B</think>", "<think>B</think>", "a < b</b>"),
            ("B, and <think>no</think>", "B, and <think>no</think>", ""),
            (" \n", " \n", ""),
            (" B", " B", ""),
            ("<thi", "<thi", ""),
            ("<thinker>B", "<thinker>B", ""),
            ("</think>B", "</think>B", ""),
            ("", "", ""),
        ];
        for (text, answer, reasoning) in cases {
            assert_eq!(parted([text]), (answer.to_owned(), reasoning.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn every_piece_tells_what_it_added() {
        let (mut tags, mut answer, mut reasoning) = (ThinkTags::default(), String::new(), String::new());
        let pieces = ["\n", "<th", "ink>", "hm", "</think", ">\n", "\n", "", "B", "!"];
        let added = pieces.map(|piece| tags.push(piece, &mut answer, &mut reasoning));
        let expected = [(false, true); 7].into_iter().chain([(false, false), (true, false), (true, false)]);
        assert!(added.iter().map(|added| (added.content, added.reasoning)).eq(expected), "{added:?}");
        let added = ThinkTags::default().push("<think>hm</think>B", &mut answer, &mut reasoning);
        assert_eq!(added, Added { reasoning: true, ..CONTENT });
    }

    #[test]
    fn an_answer_that_looked_like_a_tag_was_one_from_its_first_piece() {
        for (first, second) in [("\n", "B"), ("<", "b>"), ("<thin", " ice")] {
            let (mut tags, mut answer, mut reasoning) = (ThinkTags::default(), String::new(), String::new());
            assert_eq!(tags.push(first, &mut answer, &mut reasoning), BEFORE_CONTENT);
            assert_eq!(tags.push(second, &mut answer, &mut reasoning), Added { held: true, ..CONTENT });
            assert_eq!(answer, format!("{first}{second}"));
        }
        assert_eq!(ThinkTags::default().push("B", &mut String::new(), &mut String::new()), CONTENT);
    }

    #[test]
    fn a_text_that_is_indented_without_end_is_an_answer() {
        let text = format!("{}<think>hm</think>B", " ".repeat(INDENT_LIMIT + 1));
        assert_eq!(parted([text.as_str()]), (text.clone(), String::new()));
        assert_eq!(parted(text.split_inclusive(' ')), (text.clone(), String::new()));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_answer(
            parts in prop::collection::vec(
                prop::sample::select(vec!["<think>", "</think>", "<thinking>", "</thinking>", "<", "think", " ", "\n", "é", "B", ">"]),
                0..12,
            ),
            cuts in prop::collection::vec(any::<bool>(), 128),
        ) {
            let text = parts.concat();
            let mut pieces = vec![String::new()];
            for (character, cut) in text.chars().zip(cuts.iter().cycle()) {
                if *cut {
                    pieces.push(String::new());
                }
                pieces.last_mut().unwrap().push(character);
            }
            prop_assert_eq!(parted(pieces.iter().map(String::as_str)), parted([text.as_str()]));
        }
    }
}
