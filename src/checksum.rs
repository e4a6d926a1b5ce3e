//! Checksums: the SHA-256 of bytes and of files, and whether a blob is what its name says.

use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::files::open_file;

/// What reading a blob of the Hub's cache showed.
#[derive(Debug, PartialEq, Eq)]
pub enum BlobState {
    /// The content is what the name promises, or the name promises nothing that can be checked.
    Sound {
        /// The SHA-256 of the content, in hexadecimal.
        sha256: String,
    },
    /// The content is something else, such as an error page.
    Damaged,
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The SHA-256 of a file, in hexadecimal. It is read piece by piece.
///
/// # Errors
/// The file cannot be read.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    read_pieces(path, |piece| hasher.update(piece))?;
    Ok(hexadecimal(&hasher.finalize()))
}

/// A writer that knows the SHA-256 of all that went through it, so that a large file need not be read again.
pub struct Hashing<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> Hashing<W> {
    /// Writes to `inner`.
    pub fn new(inner: W) -> Self {
        Self { inner, hasher: Sha256::new() }
    }

    /// The SHA-256 of what was written, in hexadecimal.
    pub fn sha256(self) -> String {
        hexadecimal(&self.hasher.finalize())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Checks a file against the name of its blob: 64 digits are its SHA-256, 40 its Git hash.
///
/// # Errors
/// The file cannot be read.
pub fn verify(path: &Path, blob_name: &str) -> io::Result<BlobState> {
    let is_hash = blob_name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let sha256 = sha256_of(path)?;
    let sound = match blob_name.len() {
        64 if is_hash => sha256.eq_ignore_ascii_case(blob_name),
        40 if is_hash => git_hash_of(path)?.eq_ignore_ascii_case(blob_name),
        _ => true,
    };
    Ok(if sound { BlobState::Sound { sha256 } } else { BlobState::Damaged })
}

fn git_hash_of(path: &Path) -> io::Result<String> {
    let length = std::fs::metadata(path)?.len();
    let mut hasher = Sha1::new();
    hasher.update(format!("blob {length}\0").as_bytes());
    read_pieces(path, |piece| hasher.update(piece))?;
    Ok(hexadecimal(&hasher.finish()))
}

fn read_pieces(path: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = open_file(path)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        take(&buffer[..length]);
    }
}

/// Bytes as digits, two for each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// SHA-1, which Git still names small files by. It guards against damage here, not against malice,
/// and does not deserve a dependency.
struct Sha1 {
    state: [u32; 5],
    block: Vec<u8>,
    length: u64,
}

impl Sha1 {
    fn new() -> Self {
        let state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
        Self { state, block: Vec::with_capacity(64), length: 0 }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            let (head, rest) = bytes.split_at(bytes.len().min(64 - self.block.len()));
            self.block.extend_from_slice(head);
            bytes = rest;
            if self.block.len() == 64 {
                self.compress();
                self.block.clear();
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let bits = self.length * 8;
        self.update(&[0x80]);
        while self.block.len() != 56 {
            self.update(&[0]);
        }
        self.update(&bits.to_be_bytes());
        self.state.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn compress(&mut self) {
        let mut words = [0_u32; 80];
        for (word, bytes) in words.iter_mut().zip(self.block.chunks_exact(4)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        for at in 16..80 {
            words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = self.state;
        for (round, word) in words.iter().enumerate() {
            let (mix, constant) = match round {
                0..20 => (b & c | !b & d, 0x5a82_7999),
                20..40 => (b ^ c ^ d, 0x6ed9_eba1),
                40..60 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let sum = a.rotate_left(5).wrapping_add(mix).wrapping_add(e);
            let next = sum.wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (state, value) in self.state.iter_mut().zip([a, b, c, d, e]) {
            *state = state.wrapping_add(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_of(content: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn sha1_agrees_with_known_values() {
        let cases = [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        ];
        for (text, expected) in cases {
            let mut hasher = Sha1::new();
            hasher.update(text.as_bytes());
            assert_eq!(hexadecimal(&hasher.finish()), expected, "{text}");
        }
        let mut million = Sha1::new();
        (0..1000).for_each(|_| million.update(&[b'a'; 1000]));
        assert_eq!(hexadecimal(&million.finish()), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    }

    #[test]
    fn a_blob_is_checked_against_its_name() {
        let file = file_of(b"hello\n");
        let sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03".to_owned();
        let sound = BlobState::Sound { sha256: sha256.clone() };
        let git = "ce013625030ba8dba906f756967f9e9ca394464a";
        assert_eq!(verify(file.path(), &sha256).unwrap(), sound);
        assert_eq!(verify(file.path(), git).unwrap(), sound);
        assert_eq!(verify(file.path(), "an-etag-of-a-mirror").unwrap(), sound);
        let page = file_of(b"<Error>signature expired</Error>");
        assert_eq!(verify(page.path(), &sha256).unwrap(), BlobState::Damaged);
        assert_eq!(verify(page.path(), git).unwrap(), BlobState::Damaged);
    }
}
