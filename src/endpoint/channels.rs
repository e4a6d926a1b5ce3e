//! The channels of the Harmony format, where a server sends them as text: `<|channel|>analysis<|message|>…<|end|>` is
//! reasoning, `<|channel|>final<|message|>…` the answer, and `<|channel|>commentary to=functions.f<|message|>…<|call|>` a
//! call of a tool.

/// How a text in this format can begin.
pub(super) const STARTS: [&str; 3] = ["<|channel|>", "<|start|>assistant<|channel|>", "<|start|>assistant to="];

/// The channel of the answer.
const FINAL: &str = "final";

/// What stands before the name of the tool that is called, and before that of a tool of the request.
const RECIPIENT: &str = "to=";
const OF_REQUEST: &str = "functions.";

/// What the text behind each marker is.
const MARKERS: [(&str, Part); 7] = [
    ("<|start|>", Part::Role),
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
    /// Formats of calls, and what stands between messages: nobody reads it.
    #[default]
    Between,
    /// Who speaks, and who is spoken to.
    Role,
    /// The name of a channel, and who is spoken to.
    Name,
    /// What is said.
    Message,
}

/// Parts the channels of a text, however it is cut into pieces.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Channels {
    part: Part,
    role: String,
    name: String,
    /// The tool that is called and its arguments, so far.
    call: Option<(String, String)>,
    /// The calls that are complete.
    calls: Vec<(String, String)>,
    /// What may yet prove to be a marker.
    held: String,
}

impl Channels {
    /// Adds a piece of text to the answer or to the reasoning, or to a call; true if the answer has grown.
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

    /// The text is over: what was held back is no marker, and what is called is all there is of it.
    pub(super) fn finish(&mut self, answer: &mut String, reasoning: &mut String) {
        let held = std::mem::take(&mut self.held);
        self.say(&held, answer, reasoning);
        self.calls.extend(self.call.take());
    }

    /// True while a tool is called, or has been and the call was not taken.
    pub(super) fn is_calling(&self) -> bool {
        self.call.is_some() || !self.calls.is_empty()
    }

    /// The calls that are complete, each with its tool and its arguments.
    pub(super) fn take_calls(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.calls)
    }

    fn enter(&mut self, part: Part, reasoning: &mut String) {
        self.calls.extend(self.call.take());
        match part {
            Part::Role => {
                self.role.clear();
                self.name.clear();
            }
            Part::Name => {
                self.name.clear();
                if !reasoning.is_empty() && !reasoning.ends_with('\n') {
                    reasoning.push('\n');
                }
            }
            Part::Message => self.call = self.called().map(|tool| (tool.to_owned(), String::new())),
            Part::Between => {}
        }
        self.part = part;
    }

    /// The tool that is spoken to.
    fn called(&self) -> Option<&str> {
        let mut words = self.name.split_whitespace().chain(self.role.split_whitespace());
        let recipient = words.find_map(|word| word.strip_prefix(RECIPIENT)).filter(|_| !self.is_final())?;
        Some(recipient.strip_prefix(OF_REQUEST).unwrap_or(recipient))
    }

    fn is_final(&self) -> bool {
        self.name.split_whitespace().next() == Some(FINAL)
    }

    fn say(&mut self, said: &str, answer: &mut String, reasoning: &mut String) {
        let is_final = self.is_final();
        match (self.part, &mut self.call) {
            (Part::Between, _) => {}
            (Part::Role, _) => self.role.push_str(said),
            (Part::Name, _) => self.name.push_str(said),
            (Part::Message, Some((_, arguments))) => arguments.push_str(said),
            (Part::Message, None) if is_final => answer.push_str(said),
            (Part::Message, None) => reasoning.push_str(said),
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
            ("<|channel|>commentary<|message|>I will look it up.<|end|>", "", "I will look it up."),
            ("<|channel|>final<|message|>B<|ret", "B<|ret", ""),
        ] {
            let expected = (answer.to_owned(), reasoning.to_owned());
            assert_eq!(parted([text]), expected, "{text}");
            let single: Vec<String> = text.chars().map(String::from).collect();
            assert_eq!(parted(single.iter().map(String::as_str)), expected, "{text}");
        }
    }

    #[test]
    fn what_is_said_to_a_tool_is_a_call() {
        let call = |tool: &str, arguments: &str| (tool.to_owned(), arguments.to_owned());
        for (text, reasoning, calls) in [
            (
                "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to=functions.f \
                 <|constrain|>json<|message|>{\"a\": 1}<|call|>",
                "hm",
                vec![call("f", "{\"a\": 1}")],
            ),
            (
                "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|><|start|>assistant \
                 to=functions.g<|channel|>commentary json<|message|>{\"b\": 2}",
                "",
                vec![call("f", "{}"), call("g", "{\"b\": 2}")],
            ),
            (
                "<|channel|>analysis to=browser.search code<|message|>{\"query\": \"<b>\"}<|call|>",
                "",
                vec![call("browser.search", "{\"query\": \"<b>\"}")],
            ),
            ("<|channel|>final to=functions.f<|message|>B", "", vec![]),
        ] {
            let single: Vec<String> = text.chars().map(String::from).collect();
            for pieces in [vec![text], single.iter().map(String::as_str).collect()] {
                let (mut channels, mut answer, mut thought) = (Channels::default(), String::new(), String::new());
                for piece in pieces {
                    channels.push(piece, &mut answer, &mut thought);
                }
                channels.finish(&mut answer, &mut thought);
                let is_answered = calls.is_empty();
                assert_eq!((answer.is_empty(), thought.trim_end()), (!is_answered, reasoning), "{text}");
                assert_eq!(channels.take_calls(), calls, "{text}");
            }
        }
    }
}
