//! The channels of the Harmony format, where a server sends them as text: `<|channel|>analysis<|message|>…<|end|>` is
//! reasoning, and `<|channel|>final<|message|>…` the answer.

/// How a text in this format can begin.
pub(super) const STARTS: [&str; 2] = ["<|channel|>", "<|start|>assistant<|channel|>"];

/// The channel of the answer.
const FINAL: &str = "final";

/// Whether text of each marker's part is a channel's name, its message, or neither.
const MARKERS: [(&str, Part); 7] = [
    ("<|start|>", Part::Between),
    ("<|channel|>", Part::Name),
    ("<|constrain|>", Part::Between),
    ("<|message|>", Part::Message),
    ("<|end|>", Part::Between),
    ("<|return|>", Part::Between),
    ("<|call|>", Part::Between),
];

/// Where in the format the next piece belongs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Part {
    /// Roles and formats of calls, which nobody reads.
    #[default]
    Between,
    /// The name of a channel, and who is spoken to.
    Name,
    /// What is said.
    Message,
}

/// Parts the channels of a text, however it is cut into pieces.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Channels {
    part: Part,
    name: String,
    /// What may yet prove to be a marker.
    held: String,
}

impl Channels {
    /// Adds a piece of text to the answer or to the reasoning; true if the answer has grown.
    pub(super) fn push(&mut self, piece: &str, answer: &mut String, reasoning: &mut String) -> bool {
        let (mut text, before) = (std::mem::take(&mut self.held), answer.len());
        text.push_str(piece);
        let mut rest = text.as_str();
        while let Some(at) = rest.find("<|") {
            let (said, marked) = rest.split_at(at);
            self.say(said, answer, reasoning);
            let marker = MARKERS.iter().find(|(marker, _)| marked.starts_with(marker));
            rest = match marker {
                Some((marker, part)) => {
                    self.enter(*part, reasoning);
                    &marked[marker.len()..]
                }
                None if is_open(marked) => {
                    marked.clone_into(&mut self.held);
                    return answer.len() > before;
                }
                None => {
                    self.say(&marked[..2], answer, reasoning);
                    &marked[2..]
                }
            };
        }
        // The first half of `<|`.
        let said = rest.strip_suffix('<').unwrap_or(rest);
        rest[said.len()..].clone_into(&mut self.held);
        self.say(said, answer, reasoning);
        answer.len() > before
    }

    /// The text is over: what was held back is no marker.
    pub(super) fn finish(&mut self, answer: &mut String, reasoning: &mut String) {
        let held = std::mem::take(&mut self.held);
        self.say(&held, answer, reasoning);
    }

    fn enter(&mut self, part: Part, reasoning: &mut String) {
        if part == Part::Name {
            self.name.clear();
            if !reasoning.is_empty() && !reasoning.ends_with('\n') {
                reasoning.push('\n');
            }
        }
        self.part = part;
    }

    fn say(&mut self, said: &str, answer: &mut String, reasoning: &mut String) {
        match self.part {
            Part::Between => {}
            Part::Name => self.name.push_str(said),
            // The name may be followed by whom a call is for.
            Part::Message if self.name.split_whitespace().next() == Some(FINAL) => answer.push_str(said),
            Part::Message => reasoning.push_str(said),
        }
    }
}

/// True if a text may become a marker.
fn is_open(text: &str) -> bool {
    MARKERS.iter().any(|(marker, _)| marker.starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answer and reasoning of a text that comes in pieces.
    fn parted<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, String) {
        let (mut channels, mut answer, mut reasoning) = (Channels::default(), String::new(), String::new());
        for piece in pieces {
            channels.push(piece, &mut answer, &mut reasoning);
        }
        channels.finish(&mut answer, &mut reasoning);
        (answer, reasoning.trim_end().to_owned())
    }

    #[test]
    fn the_final_channel_is_the_answer_and_the_others_are_reasoning() {
        for (text, answer, reasoning) in [
            (
                "<|channel|>analysis<|message|>A? No.<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>",
                "B",
                "A? No.",
            ),
            ("<|start|>assistant<|channel|>final<|message|>a < b <| c", "a < b <| c", ""),
            ("<|channel|>analysis<|message|>cut in the mid", "", "cut in the mid"),
            ("<|channel|>final <|constrain|>json<|message|>{}", "{}", ""),
            (
                "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to=functions.f \
                 <|constrain|>json<|message|>{}<|call|>",
                "",
                "hm\n{}",
            ),
            ("<|channel|>final<|message|>B<|ret", "B<|ret", ""),
        ] {
            let expected = (answer.to_owned(), reasoning.to_owned());
            assert_eq!(parted([text]), expected, "{text}");
            let single: Vec<String> = text.chars().map(String::from).collect();
            assert_eq!(parted(single.iter().map(String::as_str)), expected, "{text}");
        }
    }
}
