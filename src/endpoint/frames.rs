//! Frames: a stream of bytes cut into the pieces that a provider reads, whatever the chunks are.

use memchr::memchr;

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

/// A frame grew past its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// Collects chunks and gives out frames. Only what a chunk leaves open is copied.
#[derive(Debug)]
pub struct Frames {
    framing: Framing,
    /// The line, or the whole body, that has not ended yet.
    pending: Vec<u8>,
    /// The data of an event that has not ended yet.
    event: Vec<u8>,
}

impl Frames {
    /// A cutter that has collected nothing yet.
    pub fn new(framing: Framing) -> Self {
        Self { framing, pending: Vec::new(), event: Vec::new() }
    }

    /// Takes a chunk and gives each frame that it completes to `read`.
    ///
    /// # Errors
    /// [`TooLong`] if a frame does not end, and whatever `read` returns.
    pub fn push<E: From<TooLong>>(
        &mut self,
        chunk: &[u8],
        mut read: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = chunk;
        if self.framing != Framing::Whole {
            while let Some(end) = memchr(b'\n', rest) {
                let (line, behind) = (&rest[..end], &rest[end + 1..]);
                rest = if self.pending.is_empty() {
                    self.take_line(line, behind, &mut read)?
                } else {
                    self.pending.extend_from_slice(line);
                    self.take_pending(&mut read)?;
                    behind
                };
            }
        }
        self.pending.extend_from_slice(rest);
        if self.pending.len().max(self.event.len()) > FRAME_LIMIT { Err(TooLong.into()) } else { Ok(()) }
    }

    /// Ends the body: gives out the last line if it has no line end.
    ///
    /// # Errors
    /// Whatever `read` returns.
    pub fn finish<E: From<TooLong>>(&mut self, mut read: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        if self.framing == Framing::Whole {
            return read(&std::mem::take(&mut self.pending));
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
        // A mark of the byte order stands before the first line, if anywhere.
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if self.framing == Framing::Lines {
            return if line.iter().all(u8::is_ascii_whitespace) { Ok(behind) } else { read(line).map(|()| behind) };
        }
        if let Some(data) = line.strip_prefix(b"data:") {
            let data = data.strip_prefix(b" ").unwrap_or(data);
            // The usual event: one line of data and the end, in one chunk.
            let whole = behind.strip_prefix(b"\n").or_else(|| behind.strip_prefix(b"\r\n"));
            if let Some(behind) = whole.filter(|_| self.event.is_empty() && !data.is_empty()) {
                return read(data).map(|()| behind);
            }
            if !self.event.is_empty() {
                self.event.push(b'\n');
            }
            self.event.extend_from_slice(data);
        } else if line.is_empty() && !self.event.is_empty() {
            read(&self.event)?;
            self.event.clear();
        }
        Ok(behind)
    }
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
    fn every_chunk_boundary_gives_the_same_frames() {
        let lines = "{\"a\":\"é\"}\n\n{\"b\":1}\r\n{\"c\":2}".as_bytes();
        let events = ": hi\nevent: x\ndata: {\"a\":\"é\"}\n\ndata:one\r\ndata: two\r\n\r\ndata: [DONE]\n\n".as_bytes();
        for (framing, body, expected) in [
            (Framing::Lines, lines, vec!["{\"a\":\"é\"}", "{\"b\":1}", "{\"c\":2}"]),
            (Framing::Events, events, vec!["{\"a\":\"é\"}", "one\ntwo", "[DONE]"]),
            (Framing::Whole, lines, vec![std::str::from_utf8(lines).unwrap()]),
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
