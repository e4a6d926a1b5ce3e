//! Frames: a stream of bytes cut into the pieces that a provider reads, whatever the chunks are.
//!
//! How a body is cut, its first bytes say, not its label: servers send events as JSON, one JSON value as events, and a
//! stream where a whole answer was asked for.

use memchr::{memchr, memchr2};

/// How a body is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// The whole body is one frame.
    Whole,
    /// One JSON value per line.
    Lines,
    /// Server-sent events; a frame is the data of one event.
    Events,
}

/// Largest frame: an answer of 10 MB in one line is odd but not wrong.
const FRAME_LIMIT: usize = 32 << 20;

/// The names of an event's members, and the mark of a comment.
const EVENT_MEMBERS: [&[u8]; 6] = [b"data:", b"event:", b"id:", b"retry:", b"error:", b":"];

/// What may stand before a body or a line, if anything does.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A frame grew past its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// Collects chunks and gives out frames. Only what a chunk leaves open is copied.
#[derive(Debug)]
pub struct Frames {
    framing: Framing,
    /// True once the first bytes have shown how the body is cut.
    is_settled: bool,
    /// What ends lines, once that is known.
    line_end: Option<u8>,
    /// The line, or the whole body, that has not ended yet.
    pending: Vec<u8>,
    /// The data of an event that has not ended yet.
    event: Vec<u8>,
    /// True if that event is an error by its name.
    is_error: bool,
    /// True if that event has one line of data, which is then looked at once more and not again and again.
    is_one_line: bool,
    /// Lines of a stream of events that are no part of one.
    stray: Vec<u8>,
    /// The first such lines that are no frame either.
    passed_over: Vec<u8>,
}

impl Frames {
    /// A cutter that has collected nothing yet, and expects this.
    pub fn new(framing: Framing) -> Self {
        let (pending, event, stray, passed_over) = Default::default();
        let (is_settled, is_error, is_one_line) = Default::default();
        Self { framing, is_settled, line_end: None, pending, event, is_error, is_one_line, stray, passed_over }
    }

    /// How the body is cut.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// The first lines of a stream of events that say nothing in it, such as those of a page.
    pub fn passed_over(&self) -> &[u8] {
        &self.passed_over
    }

    /// True if a frame has begun and not ended.
    pub fn is_open(&self) -> bool {
        let line = self.pending.trim_ascii_start();
        !self.event.is_empty() || !(line.is_empty() || line.starts_with(b":"))
    }

    /// Takes a chunk and gives each frame that it completes to `read`.
    ///
    /// # Errors
    /// [`TooLong`] if a frame does not end, and the errors of `read`.
    pub fn push<E: From<TooLong>>(
        &mut self,
        chunk: &[u8],
        mut read: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.is_settled {
            return self.cut(chunk, &mut read);
        }
        let mut begin = std::mem::take(&mut self.pending);
        begin.extend_from_slice(chunk);
        match settled(self.framing, &begin) {
            Some(framing) => {
                (self.framing, self.is_settled) = (framing, true);
                self.cut(&begin, &mut read)
            }
            None => {
                self.pending = begin;
                self.within_limit()
            }
        }
    }

    fn cut<E: From<TooLong>>(&mut self, chunk: &[u8], read: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut rest = chunk;
        if self.framing != Framing::Whole {
            let line_end = self.line_end(chunk);
            while let Some(end) = memchr(line_end, rest) {
                let (line, behind) = (&rest[..end], &rest[end + 1..]);
                rest = if self.pending.is_empty() {
                    self.take_line(line, behind, read)?
                } else {
                    self.pending.extend_from_slice(line);
                    self.take_pending(read)?;
                    behind
                };
            }
        }
        self.pending.extend_from_slice(rest);
        self.within_limit()
    }

    /// What ends the lines of a stream: a line feed, but for events that have carriage returns alone.
    fn line_end(&mut self, chunk: &[u8]) -> u8 {
        let known = self.line_end.or_else(|| {
            let is_open = self.framing == Framing::Events && self.pending.last() == Some(&b'\r');
            match (is_open, memchr2(b'\n', b'\r', chunk)) {
                (true, _) => chunk.first().map(|first| if *first == b'\n' { b'\n' } else { b'\r' }),
                (false, Some(at)) if chunk[at] == b'\n' || self.framing != Framing::Events => Some(b'\n'),
                (false, Some(at)) => chunk.get(at + 1).map(|next| if *next == b'\n' { b'\n' } else { b'\r' }),
                (false, None) => None,
            }
        });
        self.line_end = known;
        known.unwrap_or(b'\n')
    }

    fn within_limit<E: From<TooLong>>(&self) -> Result<(), E> {
        let longest = self.pending.len().max(self.event.len()).max(self.stray.len());
        if longest > FRAME_LIMIT { Err(TooLong.into()) } else { Ok(()) }
    }

    /// Ends the body: gives out the last line if it has no line end.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn finish<E: From<TooLong>>(&mut self, mut read: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        if !self.is_settled {
            // A body of which no line has ended: whatever it is, it is all there.
            self.framing = if is_events(&self.pending) { Framing::Events } else { Framing::Whole };
        }
        if self.framing == Framing::Whole {
            return read_values(&std::mem::take(&mut self.pending), &mut read);
        }
        self.take_pending(&mut read)?;
        self.take_line(b"", b"", &mut read).map(|_| ())
    }

    /// The line that was left open has ended. Its memory is kept for the next.
    fn take_pending<E>(&mut self, read: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut line = std::mem::take(&mut self.pending);
        self.take_line(&line, b"", read)?;
        line.clear();
        self.pending = line;
        Ok(())
    }

    /// Takes a line; returns what is still to be looked at of the bytes behind it.
    fn take_line<'chunk, E>(
        &mut self,
        line: &[u8],
        behind: &'chunk [u8],
        read: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<&'chunk [u8], E> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        if self.framing == Framing::Lines {
            return if line.iter().all(u8::is_ascii_whitespace) { Ok(behind) } else { read(line).map(|()| behind) };
        }
        if let Some(data) = line.strip_prefix(b"data:") {
            let data = data.strip_prefix(b" ").unwrap_or(data);
            // The usual event: one line of data and the end, in one chunk.
            let whole = behind.strip_prefix(b"\n").or_else(|| behind.strip_prefix(b"\r\n"));
            let is_usual = self.event.is_empty() && self.stray.is_empty() && !self.is_error && !data.is_empty();
            if let Some(behind) = whole.filter(|_| is_usual) {
                return read(data).map(|()| behind);
            }
            if self.ends_before(data) {
                self.end_event(read)?;
            } else if !self.event.is_empty() {
                self.event.push(b'\n');
            }
            self.is_one_line = self.event.is_empty();
            self.event.extend_from_slice(data);
        } else if line.is_empty() {
            self.end_event(read)?;
        } else if let Some(error) = line.strip_prefix(b"error:") {
            self.event.extend_from_slice(error.trim_ascii());
            self.is_error = true;
        } else if let Some(name) = line.strip_prefix(b"event:") {
            self.is_error |= name.trim_ascii() == b"error";
        } else if !EVENT_MEMBERS.iter().any(|member| line.starts_with(member)) {
            self.stray.extend_from_slice(line);
            self.stray.push(b'\n');
        }
        Ok(behind)
    }

    /// Whether data opens another event although no empty line ended the one before: a value behind a whole value.
    fn ends_before(&self, data: &[u8]) -> bool {
        let opens = is_json(data) || data.trim_ascii().eq_ignore_ascii_case(b"[done]");
        self.is_one_line
            && opens
            && is_json(&self.event)
            && serde_json::from_slice::<serde::de::IgnoredAny>(&self.event).is_ok()
    }

    /// An empty line ends an event, and what stands outside of events.
    fn end_event<E>(&mut self, read: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let is_error = std::mem::take(&mut self.is_error);
        if !self.event.is_empty() {
            if is_error {
                read(&as_error(&self.event))?
            } else {
                read(&self.event)?
            }
            self.event.clear();
        }
        let lines = std::mem::take(&mut self.stray);
        let stray = lines.trim_ascii();
        // A member that nobody knows is to be ignored; JSON is none.
        if is_json(stray) {
            return read(stray);
        }
        if self.passed_over.is_empty() {
            self.passed_over = stray.to_vec();
        }
        Ok(())
    }
}

/// How a body is cut, by its first bytes; `None` as long as they do not tell.
fn settled(expected: Framing, begin: &[u8]) -> Option<Framing> {
    let text = begin.strip_prefix(BYTE_ORDER_MARK).unwrap_or(begin).trim_ascii_start();
    if is_events(text) {
        return Some(Framing::Events);
    }
    let may_be_events = text.is_empty() || EVENT_MEMBERS.iter().any(|member| member.starts_with(text));
    if may_be_events || BYTE_ORDER_MARK.starts_with(begin) {
        return None;
    }
    if expected != Framing::Lines {
        return Some(if is_json(text) || expected == Framing::Whole { Framing::Whole } else { Framing::Events });
    }
    // One value in several lines begins with a line that is none.
    let end = memchr(b'\n', text)?;
    let line = text[..end].trim_ascii();
    let is_whole = is_json(line) && !line.ends_with(b"}");
    Some(if is_whole { Framing::Whole } else { Framing::Lines })
}

fn is_json(text: &[u8]) -> bool {
    text.starts_with(b"{") || text.starts_with(b"[")
}

fn is_events(text: &[u8]) -> bool {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).trim_ascii_start();
    EVENT_MEMBERS.iter().any(|member| text.starts_with(member))
}

/// Gives out a whole body: one value or, where several follow each other, each of them.
fn read_values<E>(body: &[u8], read: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let mut values = serde_json::Deserializer::from_slice(body).into_iter::<serde::de::IgnoredAny>();
    let mut begin = 0;
    let mut ends = Vec::new();
    while let Some(Ok(_)) = values.next() {
        ends.push(values.byte_offset());
    }
    let is_followed = |end: usize| !body[end..].trim_ascii().is_empty();
    match ends.as_slice() {
        // What stands behind an object and is none is no part of it, such as the remark of a proxy.
        [end] if body.trim_ascii_start().starts_with(b"{") && is_followed(*end) => return read(&body[..*end]),
        [] | [_] => return read(body),
        _ => {}
    }
    for end in ends {
        read(&body[begin..end])?;
        begin = end;
    }
    let rest = body[begin..].trim_ascii();
    if rest.is_empty() { Ok(()) } else { read(rest) }
}

/// The data of an event that is an error by its name, as a body that reports one.
fn as_error(data: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(data);
    let error = serde_json::from_slice(data).unwrap_or_else(|_| serde_json::Value::String(text.into_owned()));
    serde_json::json!({ "error": error }).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl From<TooLong> for String {
        fn from(_: TooLong) -> Self {
            "too long".into()
        }
    }

    fn frames(framing: Framing, chunks: &[&[u8]]) -> Vec<String> {
        let mut out = Vec::new();
        let mut keep = |frame: &[u8]| -> Result<(), String> {
            out.push(String::from_utf8_lossy(frame).into_owned());
            Ok(())
        };
        let mut cutter = Frames::new(framing);
        for chunk in chunks {
            cutter.push(chunk, &mut keep).unwrap();
        }
        cutter.finish(&mut keep).unwrap();
        out
    }

    #[test]
    fn carriage_returns_alone_end_lines_of_events() {
        let body = b"data: {\"a\":1}\r\rdata: {\"b\":2}\r\rdata: [DONE]\r\r";
        let expected = ["{\"a\":1}", "{\"b\":2}", "[DONE]"];
        for cut in 0..body.len() {
            let (left, right) = body.split_at(cut);
            assert_eq!(frames(Framing::Events, &[left, right]), expected, "{cut}");
        }
        let single: Vec<&[u8]> = body.chunks(1).collect();
        assert_eq!(frames(Framing::Events, &single), expected);
    }

    #[test]
    fn every_chunk_boundary_gives_the_same_frames() {
        let lines = "{\"a\":\"é\"}\n\n{\"b\":1}\r\n{\"c\":2}".as_bytes();
        let events = ": hi\nevent: x\ndata: {\"a\":\"é\"}\n\ndata:one\r\ndata: two\r\n\r\ndata: [DONE]\n\n".as_bytes();
        for (framing, body, expected) in [
            (Framing::Lines, lines, vec!["{\"a\":\"é\"}", "{\"b\":1}", "{\"c\":2}"]),
            (Framing::Events, events, vec!["{\"a\":\"é\"}", "one\ntwo", "[DONE]"]),
            (Framing::Whole, b"{\"a\":\n1}\n", vec!["{\"a\":\n1}\n"]),
            (Framing::Whole, b"{\"a\":1}\n<!-- proxy -->", vec!["{\"a\":1}"]),
            (Framing::Whole, b"502 Bad Gateway", vec!["502 Bad Gateway"]),
        ] {
            for first in 0..body.len() {
                for second in first..body.len() {
                    let chunks = [&body[..first], &body[first..second], &body[second..]];
                    assert_eq!(frames(framing, &chunks), expected, "{framing:?} cut at {first} and {second}");
                }
            }
        }
    }

    #[test]
    fn the_first_bytes_say_how_a_body_is_cut() {
        let whole = "{\n  \"a\": [\n    1\n  ]\n}\n";
        for (body, cut) in [
            ("data: {\"a\":1}\n\ndata: [DONE]\n\n", vec!["{\"a\":1}", "[DONE]"]),
            (": processing\n\ndata: {\"a\":1}\n\n", vec!["{\"a\":1}"]),
            ("\n\nevent: x\ndata: {\"a\":1}\n\n", vec!["{\"a\":1}"]),
            ("{\"a\":1}", vec!["{\"a\":1}"]),
            ("\u{feff}{\"a\":1}", vec!["{\"a\":1}"]),
            (whole, vec![whole]),
            ("error: {\"code\":400}\n\ndata: [DONE]\n\n", vec![r#"{"error":{"code":400}}"#, "[DONE]"]),
            ("event: error\ndata: {\"code\":400}\n\n", vec![r#"{"error":{"code":400}}"#]),
            ("event: error\ndata: gone\n\n", vec![r#"{"error":"gone"}"#]),
            (
                "data: {\"a\":1}\n\n{\"error\":\"gone\"}\n\ndata: [DONE]\n\n",
                vec!["{\"a\":1}", "{\"error\":\"gone\"}", "[DONE]"],
            ),
            ("data: {\"a\":1}\n\nunknown: member\n\n", vec!["{\"a\":1}"]),
            ("data: {\"a\":1}\ndata: {\"b\":2}\ndata: [DONE]\n", vec!["{\"a\":1}", "{\"b\":2}", "[DONE]"]),
            ("data: {\"a\":\ndata: {\"b\":2}}\n\n", vec!["{\"a\":\n{\"b\":2}}"]),
        ] {
            for framing in [Framing::Whole, Framing::Lines, Framing::Events] {
                for first in 0..body.len() {
                    let chunks = [&body.as_bytes()[..first], &body.as_bytes()[first..]];
                    let found = frames(framing, &chunks);
                    let found: Vec<&str> = found.iter().map(|frame| frame.trim_start_matches('\u{feff}')).collect();
                    assert_eq!(found, cut, "{framing:?} cut at {first}");
                }
            }
        }
        assert_eq!(frames(Framing::Events, &[b"{\"a\":1}\n{\"b\":2}\n"]), ["{\"a\":1}", "\n{\"b\":2}"]);
    }

    #[test]
    fn a_page_in_the_place_of_events_is_kept() {
        let mut cutter = Frames::new(Framing::Events);
        cutter.push(b"<html>\n<title>Sign in</title>\n\nmore\n", |_| Ok::<(), String>(())).unwrap();
        cutter.finish(|_| Ok::<(), String>(())).unwrap();
        assert_eq!(cutter.passed_over(), b"<html>\n<title>Sign in</title>");
    }

    #[test]
    fn an_event_without_data_is_none() {
        assert_eq!(frames(Framing::Events, &[b"data:\n\ndata: \r\n\r\n\n\ndata: a\ndata:\n\n"]), ["a\n"]);
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut cutter = Frames::new(Framing::Lines);
        let chunk = vec![b'x'; 1 << 20];
        let outcome = (0..64).try_for_each(|_| cutter.push(&chunk, |_| Ok::<(), String>(())));
        assert_eq!(outcome, Err("too long".into()));
    }

    #[test]
    fn one_chunk_may_hold_many_frames() {
        let many = "data: x\n\n".repeat(10_000);
        assert_eq!(frames(Framing::Events, &[many.as_bytes()]).len(), 10_000);
    }
}
