//! Encodings of text files: everything is read as UTF-8.

use std::io::{self, Cursor, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::spec::types::TextEncoding;

/// Bytes that are decoded at a time.
const PIECE: usize = 16 << 10;

/// A file as UTF-8: one that starts with the mark of UTF-16, or with a letter in it, is read as that, any other by its encoding.
pub(super) fn as_utf8(mut file: Box<dyn Read>, encoding: TextEncoding) -> io::Result<Box<dyn Read>> {
    let mut first = Vec::with_capacity(2);
    file.by_ref().take(2).read_to_end(&mut first)?;
    let known = other(&first, encoding);
    let whole = Cursor::new(first).chain(file);
    Ok(match known {
        None => Box::new(whole),
        Some(encoding) => Box::new(Decoded::new(Box::new(whole), encoding)),
    })
}

/// The bytes of a file as UTF-8, as they are if they are that.
pub(super) fn whole_as_utf8(bytes: Vec<u8>, encoding: TextEncoding) -> io::Result<Vec<u8>> {
    let Some(encoding) = other(&bytes, encoding) else { return Ok(bytes) };
    let mut decoded = Vec::with_capacity(bytes.len());
    Decoded::new(Box::new(Cursor::new(bytes)), encoding).read_to_end(&mut decoded)?;
    Ok(decoded)
}

/// The encoding of a text that is not UTF-8, by its first bytes and the spec.
fn other(text: &[u8], encoding: TextEncoding) -> Option<&'static Encoding> {
    match (text, encoding) {
        ([0xFF, 0xFE, ..], _) => Some(UTF_16LE),
        ([0xFE, 0xFF, ..], _) => Some(UTF_16BE),
        // No text of another encoding has a zero beside its first letter.
        ([1..=0x7F, 0, ..], _) => Some(UTF_16LE),
        ([0, 1..=0x7F, ..], _) => Some(UTF_16BE),
        (_, TextEncoding::Latin1) => Some(WINDOWS_1252),
        (_, TextEncoding::Utf8) => None,
    }
}

/// A file that is decoded as it is read.
struct Decoded {
    file: Box<dyn Read>,
    name: &'static str,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    /// How much of the output has been taken.
    taken: usize,
    /// Bytes of the file that were decoded.
    done: u64,
    is_over: bool,
}

impl Decoded {
    fn new(file: Box<dyn Read>, encoding: &'static Encoding) -> Self {
        Self {
            file,
            name: encoding.name(),
            decoder: encoding.new_decoder_with_bom_removal(),
            input: Vec::new(),
            output: Vec::new(),
            taken: 0,
            done: 0,
            is_over: false,
        }
    }

    /// Decodes the next piece of the file.
    fn fill(&mut self) -> io::Result<()> {
        let read = self.file.by_ref().take(PIECE as u64).read_to_end(&mut self.input)?;
        self.is_over = read == 0;
        // UTF-8 takes at most three bytes for two of UTF-16 or one of Latin-1; the rest is for what was held back.
        self.output.resize(3 * self.input.len() + 16, 0);
        let (result, used, written) =
            self.decoder.decode_to_utf8_without_replacement(&self.input, &mut self.output, self.is_over);
        if let DecoderResult::Malformed(..) = result {
            let message = format!("byte {} is not valid {}", self.done + used as u64, self.name);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.done += used as u64;
        self.input.drain(..used);
        self.output.truncate(written);
        self.taken = 0;
        Ok(())
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.output.len() && !self.is_over {
            self.fill()?;
        }
        let rest = &self.output[self.taken..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: TextEncoding) -> io::Result<String> {
        let mut text = String::new();
        as_utf8(Box::new(Cursor::new(bytes.to_vec())), encoding)?.read_to_string(&mut text).map(|_| text)
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn texts_are_utf8_whatever_they_were() {
        // Longer than a piece, so that characters lie on its ends.
        let text = "é漢😀\n".repeat(5000);
        for bytes in [utf16(&text, u16::to_le_bytes), utf16(&text, u16::to_be_bytes)] {
            assert_eq!(read(&bytes, TextEncoding::Utf8).unwrap(), text);
            assert_eq!(whole_as_utf8(bytes, TextEncoding::Latin1).unwrap(), text.as_bytes());
        }
        for bytes in [utf16(&format!("q,{text}"), u16::to_le_bytes), utf16(&format!("q,{text}"), u16::to_be_bytes)] {
            assert_eq!(read(&bytes[2..], TextEncoding::Utf8).unwrap(), format!("q,{text}"), "without the mark");
        }
        assert_eq!(read(text.as_bytes(), TextEncoding::Utf8).unwrap(), text);
        assert_eq!(read(b"caf\xe9 \x80", TextEncoding::Latin1).unwrap(), "café €");
        for short in [&b""[..], b"x"] {
            assert_eq!(read(short, TextEncoding::Utf8).unwrap().as_bytes(), short);
        }
    }

    #[test]
    fn what_is_no_utf16_is_named_with_its_byte() {
        let error = read(b"\xff\xfea\0\x00\xd8b\0", TextEncoding::Utf8).unwrap_err();
        assert!(error.to_string().contains("is not valid UTF-16LE"), "{error}");
    }
}
