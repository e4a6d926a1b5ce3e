//! The part of an output that counts as its answer: without thoughts, further turns and further questions.

mod lines;
mod tags;
mod words;

use std::ops::Range;

use crate::sample::Sample;
use tags::{Kind, Tag};

/// The part of an output that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its byte range in the output.
    pub range: Range<usize>,
    /// Ranges within it that do not count, in order, apart from each other.
    pub masked: Vec<Range<usize>>,
    /// Whether the output itself marks it as its answer: a tag, a final channel.
    pub marked: bool,
}

impl Zone {
    /// The pieces that count, each with the place where it starts.
    pub fn pieces<'a>(&self, text: &'a str) -> Vec<(usize, &'a str)> {
        let mut pieces = Vec::with_capacity(self.masked.len() + 1);
        let mut at = self.range.start;
        for mask in self.masked.iter().cloned().chain(std::iter::once(self.range.end..self.range.end)) {
            pieces.extend(text.get(at..mask.start).filter(|piece| !piece.is_empty()).map(|piece| (at, piece)));
            at = mask.end;
        }
        pieces
    }

    /// Whether nothing that could be an answer is in it.
    pub fn is_blank(&self, text: &str) -> bool {
        self.pieces(text).iter().all(|(_, piece)| piece.trim().is_empty())
    }
}

/// Finds the part of an output that counts as the answer to a sample.
pub fn zone(text: &str, sample: &Sample) -> Zone {
    let mut walk = Walk { text, start: untagged_thoughts(text), end: text.len(), ..Walk::default() };
    walk.at = walk.start;
    let start = walk.start;
    for tag in tags::tags(text).into_iter().skip_while(|tag| tag.range.start < start) {
        if walk.step(&tag) {
            break;
        }
    }
    walk.finish(sample)
}

/// Thoughts that no tag encloses: the first line of a program that shows them, a template whose tokens were lost.
fn untagged_thoughts(text: &str) -> usize {
    let frames = [
        ("Thinking...", "...done thinking."),
        ("Here is my thought process", "Here is my response"),
        ("analysis", "assistantfinal"),
    ];
    let lead = text.len() - text.trim_start().len();
    for (open, close) in frames {
        if !text[lead..].starts_with(open) {
            continue;
        }
        if let Some(at) = text[lead..].find(close) {
            let end = lead + at + close.len();
            return end + usize::from(text[end..].starts_with(':'));
        }
        if open == "analysis" && text[lead + open.len()..].starts_with(|c: char| c.is_ascii_uppercase()) {
            return text.len();
        }
    }
    0
}

/// The state of reading tags one after the other.
#[derive(Debug, Default)]
struct Walk<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    /// How far the text was looked at.
    at: usize,
    /// Whether something was said outside of thoughts.
    said: bool,
    /// Where open thoughts start, and whether a channel opened them.
    thought: Option<(usize, bool)>,
    struck: Option<usize>,
    /// Where a turn starts that asks and so does not count.
    asking: Option<usize>,
    answer: Option<usize>,
    answers: Vec<Range<usize>>,
    masked: Vec<Range<usize>>,
    marked: bool,
}

impl Walk<'_> {
    /// Takes the next tag; true if the answer ends before it.
    fn step(&mut self, tag: &Tag) -> bool {
        let range = tag.range.clone();
        if range.start < self.at {
            return false;
        }
        if let Some(start) = self.asking {
            if tag.kind != Kind::Turn && tag.kind != Kind::FinalChannel {
                return false;
            }
            self.asking = None;
            self.mask(start..range.start);
            self.at = range.start;
        }
        if self.thought.is_none() && self.text[self.at..range.start].contains(char::is_alphanumeric) {
            self.said = true;
        }
        self.at = range.end;
        match (tag.kind, self.thought) {
            (Kind::FinalChannel, _) => {
                self.drop_before(range.end);
                self.marked = true;
            }
            (Kind::Turn, Some((start, true))) => {
                self.thought = None;
                self.mask(start..range.end);
                self.skip_role(range.end);
            }
            (Kind::ThoughtClose, Some((start, _))) => {
                self.thought = None;
                self.mask(start..range.end);
            }
            (_, Some(_)) => {}
            (Kind::ThoughtClose, None) => self.drop_before(range.end),
            (Kind::ThoughtOpen, None) => self.thought = Some((range.start, false)),
            (Kind::SideChannel, None) => self.thought = Some((range.start, true)),
            (Kind::StruckOpen, None) => self.struck = Some(range.start),
            (Kind::StruckClose, None) => {
                let start = self.struck.take().unwrap_or(range.start);
                self.mask(start..range.end);
            }
            (Kind::AnswerOpen, None) => {
                self.mask(range.clone());
                self.answer.get_or_insert(range.end);
            }
            (Kind::AnswerClose, None) => return self.close_answer(&range),
            (Kind::Turn, None) => {
                if self.said {
                    self.end = range.start;
                    return true;
                }
                self.mask(range.clone());
                self.skip_role(range.end);
            }
        }
        false
    }

    fn close_answer(&mut self, range: &Range<usize>) -> bool {
        match self.answer.take() {
            Some(open) if self.text[open..range.start].trim().is_empty() => {}
            Some(open) => self.answers.push(open..range.start),
            None if self.said && self.answers.is_empty() => {
                self.end = range.start;
                return true;
            }
            None => {}
        }
        self.mask(range.clone());
        false
    }

    fn drop_before(&mut self, end: usize) {
        self.start = end;
        self.at = end;
        self.said = false;
        self.thought = None;
        self.struck = None;
        self.asking = None;
        self.answer = None;
        self.answers.clear();
        self.masked.clear();
    }

    fn mask(&mut self, range: Range<usize>) {
        match self.masked.last_mut() {
            Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
            _ => self.masked.push(range),
        }
    }

    /// Behind a token that begins a turn stands the role; a turn that asks does not count.
    fn skip_role(&mut self, from: usize) {
        let rest = &self.text[from..];
        let word = &rest[..rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len())];
        let role = word.to_ascii_lowercase();
        if words::ANSWERING.contains(&role.as_str()) {
            self.mask(from..from + word.len());
            self.at = from + word.len();
        } else if words::ASKING.contains(&role.as_str()) {
            self.asking = Some(from);
        }
    }

    fn finish(mut self, sample: &Sample) -> Zone {
        if let Some((start, _)) = self.thought {
            self.end = self.end.min(start);
        }
        if let Some(start) = self.asking {
            self.end = self.end.min(start);
        }
        self.end = self.end.max(self.start);
        if let Some(open) = self.answer.take()
            && open <= self.end
            && self.answers.is_empty()
        {
            self.answers.push(open..self.end);
        }
        let mut range = self.start..lines::end(self.text, self.start..self.end, &self.masked, sample);
        self.answers.retain(|answer| answer.start < range.end);
        if let (Some(first), Some(last)) = (self.answers.first(), self.answers.last()) {
            range = first.start..last.end.min(range.end);
            self.marked = true;
        }
        let within = |mask: Range<usize>| mask.start.max(range.start)..mask.end.min(range.end);
        let masked = self.masked.into_iter().map(within).filter(|mask| mask.start < mask.end).collect();
        Zone { range, masked, marked: self.marked }
    }
}

#[cfg(test)]
mod tests;
