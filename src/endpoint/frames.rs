//! Frames: a stream of bytes cut into the pieces that a dialect reads, whatever the chunks are.

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

/// Collects chunks and gives out frames.
#[derive(Debug)]
pub struct Frames {
    framing: Framing,
    pending: Vec<u8>,
    /// Up to here `pending` holds no line end, so a long line is scanned once.
    scanned: usize,
    event: Vec<u8>,
}

impl Frames {
    /// Nothing collected yet.
    pub fn new(framing: Framing) -> Self {
        Self { framing, pending: Vec::new(), scanned: 0, event: Vec::new() }
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
        self.pending.extend_from_slice(chunk);
        if self.framing == Framing::Whole {
            return self.check();
        }
        let mut start = 0;
        while let Some(length) = self.pending[self.scanned.max(start)..].iter().position(|byte| *byte == b'\n') {
            let end = self.scanned.max(start) + length;
            let line = self.pending[start..end].strip_suffix(b"\r").unwrap_or(&self.pending[start..end]);
            take_line(self.framing, line, &mut self.event, &mut read)?;
            start = end + 1;
            self.scanned = start;
        }
        self.pending.drain(..start);
        self.scanned = self.pending.len();
        self.check()
    }

    /// The body is over: gives out what has no line end.
    ///
    /// # Errors
    /// Whatever `read` returns.
    pub fn finish<E: From<TooLong>>(&mut self, mut read: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let rest = std::mem::take(&mut self.pending);
        match self.framing {
            Framing::Whole => read(&rest),
            Framing::Lines | Framing::Events => {
                let line = rest.strip_suffix(b"\r").unwrap_or(&rest);
                take_line(self.framing, line, &mut self.event, &mut read)?;
                take_line(self.framing, b"", &mut self.event, &mut read)
            }
        }
    }

    fn check<E: From<TooLong>>(&self) -> Result<(), E> {
        if self.pending.len().max(self.event.len()) > FRAME_LIMIT { Err(TooLong.into()) } else { Ok(()) }
    }
}

fn take_line<E>(
    framing: Framing,
    line: &[u8],
    event: &mut Vec<u8>,
    read: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    if framing == Framing::Lines {
        return if line.iter().all(u8::is_ascii_whitespace) { Ok(()) } else { read(line) };
    }
    if let Some(data) = line.strip_prefix(b"data:") {
        if !event.is_empty() {
            event.push(b'\n');
        }
        event.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
    } else if line.is_empty() && !event.is_empty() {
        let data = std::mem::take(event);
        return read(&data);
    }
    Ok(())
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
