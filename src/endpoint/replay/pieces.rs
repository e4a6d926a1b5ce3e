//! The pieces of a reply, kept for a recording.

use std::time::Duration;

use bytes::Bytes;

/// Most bytes of a reply that are kept; a longer one is not recorded.
const MOST_BYTES: usize = 32 << 20;

/// The pieces of a reply so far.
pub struct Pieces {
    /// `None` if the reply is not recorded, or is too long.
    kept: Option<Vec<(Duration, Bytes)>>,
    bytes: usize,
}

impl Pieces {
    /// The pieces of a reply that has just begun.
    pub fn new(is_recorded: bool) -> Self {
        Self { kept: is_recorded.then(Vec::new), bytes: 0 }
    }

    /// Keeps a piece with its time stamp.
    pub fn add(&mut self, at: Duration, piece: &Bytes) {
        self.bytes += piece.len();
        match &mut self.kept {
            Some(kept) if self.bytes <= MOST_BYTES => kept.push((at, piece.clone())),
            kept => *kept = None,
        }
    }

    /// The pieces as texts with stamps in nanoseconds. A character that two pieces share goes to the later one.
    pub fn into_texts(self) -> Option<Vec<(u64, String)>> {
        let pieces = self.kept?;
        let mut texts = Vec::with_capacity(pieces.len());
        let mut carried: Vec<u8> = Vec::new();
        for (index, (at, bytes)) in pieces.iter().enumerate() {
            carried.extend_from_slice(bytes);
            let valid = match std::str::from_utf8(&carried) {
                Err(error) if error.error_len().is_none() && index + 1 < pieces.len() => error.valid_up_to(),
                _ => carried.len(),
            };
            let rest = carried.split_off(valid);
            texts.push((nanoseconds(*at), String::from_utf8_lossy(&carried).into_owned()));
            carried = rest;
        }
        Some(texts)
    }
}

/// A stamp as recordings hold it.
pub fn nanoseconds(at: Duration) -> u64 {
    u64::try_from(at.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_cut_in_two_goes_to_the_later_text() {
        let bytes = "aé".as_bytes();
        let mut pieces = Pieces::new(true);
        pieces.add(Duration::ZERO, &Bytes::copy_from_slice(&bytes[..2]));
        pieces.add(Duration::from_nanos(1), &Bytes::copy_from_slice(&bytes[2..]));
        assert_eq!(pieces.into_texts(), Some(vec![(0, "a".to_owned()), (1, "é".to_owned())]));
    }

    #[test]
    fn a_reply_that_is_too_long_is_not_kept() {
        let mut pieces = Pieces::new(true);
        (0..33).for_each(|_| pieces.add(Duration::ZERO, &Bytes::from_static(&[b'x'; 1 << 20])));
        assert_eq!(pieces.into_texts(), None);
        assert_eq!(Pieces::new(false).into_texts(), None);
    }
}
