//! Reasoning between marks at the start of a text, such as `<think>…</think>`, and then the answer.

use super::channels::{self, Channels};

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

/// The marks that open reasoning, each with the one that closes it: of Qwen, DeepSeek and most others; of prompts that
/// ask for it; of Gemini's API, Seed-OSS, Magistral, Kimi, OpenThinker, Command A and Gemma.
const TAGS: [(&str, &str); 10] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<thought>", "</thought>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel>thought", "<channel|>"),
];

/// How the channels of the Harmony format look without their marks.
const BARE: (&str, &str) = ("analysis", "assistantfinal");

/// Most bytes of white space before a tag; what comes after more is no reasoning.
const INDENT_LIMIT: usize = 1024;

/// Parts reasoning from the answer, however the text is cut into pieces.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ThinkTags {
    place: Place,
    /// What may yet prove to be a tag.
    held: String,
    channels: Channels,
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
    /// In channels.
    Channels,
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
            Place::Channels => self.part_channels(piece, answer, reasoning),
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
            Place::Channels => {
                self.channels.finish(answer, reasoning);
                reasoning.truncate(reasoning.trim_end().len());
            }
        }
    }

    fn begin(&mut self, piece: &str, answer: &mut String, reasoning: &mut String) -> Added {
        let held_before = !self.held.is_empty();
        self.held.push_str(piece);
        let text = self.held.trim_start();
        let is_indent = self.held.len() - text.len() <= INDENT_LIMIT;
        if is_indent && starts().any(|start| start.starts_with(text)) && !starts().any(|start| start == text) {
            return BEFORE_CONTENT;
        }
        let held = std::mem::take(&mut self.held);
        let opened = TAGS.iter().find_map(|(start, end)| Some((held.trim_start().strip_prefix(start)?, *end)));
        if let Some((rest, end)) = opened.filter(|_| is_indent) {
            self.place = Place::Inside(end);
            return self.think(rest, end, answer, reasoning);
        }
        if is_indent && channels::STARTS.iter().any(|start| held.trim_start().starts_with(start)) {
            self.place = Place::Channels;
            return self.part_channels(&held, answer, reasoning);
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
        // Nothing but its first character is like that, so nothing before the last one can begin it.
        let tail = end
            .chars()
            .next()
            .and_then(|first| held.rfind(first))
            .filter(|at| end.starts_with(&held[*at..]))
            .unwrap_or(held.len());
        add_thought(&held[..tail], reasoning);
        held.drain(..tail);
        self.held = held;
        BEFORE_CONTENT
    }

    fn part_channels(&mut self, piece: &str, answer: &mut String, reasoning: &mut String) -> Added {
        match self.channels.push(piece, answer, reasoning) {
            true => CONTENT,
            false if self.channels.is_calling() => Added { call: true, ..Added::default() },
            false => BEFORE_CONTENT,
        }
    }

    /// The calls of tools that stood in channels and are complete, each with its tool and its arguments.
    pub(super) fn take_calls(&mut self) -> Vec<(String, String)> {
        self.channels.take_calls()
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

/// How reasoning can begin.
fn starts() -> impl Iterator<Item = &'static str> {
    TAGS.iter().map(|(start, _)| *start).chain(channels::STARTS)
}

/// Reasoning and answer of a text in which only the end of the reasoning is marked, because the chat template opens it in
/// the prompt; and of one whose channels have lost their marks.
pub(super) fn parted_late(text: &str) -> Option<(&str, &str)> {
    let at_its_end = |(start, end): &(&'static str, &'static str)| {
        let (thought, rest) = text.split_once(end)?;
        // Both marks in the midst of a text are a part of the answer, but for what models write by themselves.
        (*start == TAGS[0].0 || !thought.contains(start)).then_some((thought, rest))
    };
    let without_marks = || text.trim_start().strip_prefix(BARE.0)?.split_once(BARE.1);
    TAGS.iter().find_map(at_its_end).or_else(without_marks)
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
            ("<thought>hm</thought>B", "B", "hm"),
            ("<reasoning>\nhm\n</reasoning>\n<answer>B</answer>", "<answer>B</answer>", "hm"),
            ("[THINK]a[0][/THINK]B", "B", "a[0]"),
            ("[1, 2]", "[1, 2]", ""),
            ("<seed:think>hm</seed:think>B", "B", "hm"),
            ("◁think▷hm◁/think▷B", "B", "hm"),
            ("<|channel>thought\nhm<channel|>B", "B", "hm"),
            ("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>B", "B", "hm"),
            ("<|start|>assistant<|channel|>final<|message|>B<|return|>", "B", ""),
            ("<|start|>user", "<|start|>user", ""),
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
    fn reasoning_of_which_only_the_end_is_marked_is_found_at_the_end() {
        for (text, parts) in [
            ("A? No.</think>B", Some(("A? No.", "B"))),
            ("Well. <think>hm</think>B", Some(("Well. <think>hm", "B"))),
            ("hm[/THINK]B", Some(("hm", "B"))),
            ("analysisUser asks. A no.assistantfinalB", Some(("User asks. A no.", "B"))),
            ("<answer>B</answer><reasoning>hm</reasoning>", None),
            ("The analysis is done by the assistantfinal.", None),
            ("B", None),
        ] {
            assert_eq!(parted_late(text), parts, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_indented_without_end_is_an_answer() {
        let text = format!("{}<think>hm</think>B", " ".repeat(INDENT_LIMIT + 1));
        assert_eq!(parted([text.as_str()]), (text.clone(), String::new()));
        assert_eq!(parted(text.split_inclusive(' ')), (text.clone(), String::new()));
    }

    const MARKS: [&str; 19] = [
        "<think>",
        "</think>",
        "<thinking>",
        "</thinking>",
        "[THINK]",
        "[/THINK]",
        "◁think▷",
        "◁/think▷",
        "<|channel|>",
        "final",
        "<|message|>",
        "<|end|>",
        "<",
        "think",
        " ",
        "\n",
        "é",
        "B",
        ">",
    ];

    proptest! {
        #[test]
        fn any_split_gives_the_same_answer(
            parts in prop::collection::vec(
                prop::sample::select(MARKS.to_vec()),
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
