//! Images of a prompt: their bytes, held once, or their address.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Maximum size of one image in bytes.
pub const MOST_BYTES: usize = 20 << 20;

/// The tokens that an image takes at most, where a context or a budget has to be set aside before it is sent. An assumption:
/// models count differently, by size and detail.
pub const MOST_TOKENS: usize = 4096;

/// The tokens that an image is taken for in estimates. An assumption as well.
pub const USUAL_TOKENS: usize = 1024;

/// The forms of image that all APIs take: the media type, and the word of a placeholder.
const KINDS: [(&str, &str); 4] =
    [("image/png", "png"), ("image/jpeg", "jpeg"), ("image/gif", "gif"), ("image/webp", "webp")];

/// An image.
#[derive(Clone, PartialEq, Eq)]
pub enum Image {
    /// Its bytes.
    File(ImageFile),
    /// Its address, which the server of the model fetches.
    Address(Arc<str>),
}

/// An image as a file has it.
#[derive(Clone, PartialEq, Eq)]
pub struct ImageFile {
    /// Its media type, such as `image/png`.
    pub media_type: &'static str,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    bytes: Arc<[u8]>,
}

/// The images of a prompt, and the message that they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Number of the message, from 0, without that of the system.
    pub turn: usize,
    /// The images, in order.
    pub images: Arc<[Image]>,
}

impl Image {
    /// Its address, which of a file holds the bytes.
    pub fn url(&self) -> String {
        match self {
            Self::Address(address) => address.to_string(),
            Self::File(file) => file.data_url(),
        }
    }
}

impl ImageFile {
    /// An image by its bytes.
    ///
    /// # Errors
    /// The bytes are empty, too many, or none of the forms that APIs take.
    pub fn new(bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.is_empty() {
            return Err("it is empty".to_owned());
        }
        if bytes.len() > MOST_BYTES {
            return Err(format!("it is larger than {} MB: make it smaller", MOST_BYTES >> 20));
        }
        let media_type = media_type(&bytes).ok_or("its content is neither PNG, JPEG, GIF nor WebP: convert it")?;
        Ok(Self { media_type, sha256: Sha256::digest(&bytes).into(), bytes: bytes.into() })
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its bytes in Base64.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// Its bytes as an address.
    pub fn data_url(&self) -> String {
        format!("data:{};base64,{}", self.media_type, self.base64())
    }
}

/// The media type that the first bytes say.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let kind = match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => 0,
        [0xff, 0xd8, 0xff, ..] => 1,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => 2,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => 3,
        _ => return None,
    };
    Some(KINDS[kind].0)
}

impl Attached {
    /// What stands for the images wherever a prompt is stored or shown, a line each.
    pub fn placeholder(&self) -> String {
        self.images.iter().map(Image::to_string).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Image {
    /// What stands for the image where it is not sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "[image: {address}]"),
            Self::File(file) => {
                f.write_str("[image: sha256 ")?;
                file.sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                let word =
                    KINDS.iter().find(|(media_type, _)| *media_type == file.media_type).map_or("", |kind| kind.1);
                match file.bytes.len() {
                    bytes @ ..1024 => write!(f, ", {bytes} bytes {word}")?,
                    bytes => write!(f, ", {} kB {word}", bytes.div_ceil(1024))?,
                }
                f.write_char(']')
            }
        }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Image {
    /// As its placeholder: what a program reads of a sample must not have megabytes.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_say_what_an_image_is() {
        for (bytes, expected) in [
            (b"\x89PNG\r\n\x1a\nrest".as_slice(), "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"GIF89a", "image/gif"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        ] {
            assert_eq!(ImageFile::new(bytes.to_vec()).map(|file| file.media_type).unwrap(), expected);
        }
        for (bytes, expected) in [
            (Vec::new(), "empty"),
            (b"<svg/>".to_vec(), "neither PNG"),
            (b"RIFF\0\0\0\0WAVE".to_vec(), "neither PNG"),
            ([b"GIF89a".to_vec(), vec![0; MOST_BYTES]].concat(), "larger than 20 MB"),
        ] {
            let error = ImageFile::new(bytes).err().unwrap();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn what_stands_for_an_image_is_short() {
        let file = ImageFile::new([b"GIF89a".to_vec(), vec![0; 12_000]].concat()).unwrap();
        assert!(file.data_url().starts_with("data:image/gif;base64,R0lGODlh") && file.data_url().len() > 16_000);
        let shown = Image::File(file).to_string();
        assert!(shown.starts_with("[image: sha256 ") && shown.ends_with(", 12 kB gif]"), "{shown}");
        assert_eq!(shown.len(), "[image: sha256 , 12 kB gif]".len() + 64);
        assert_eq!(Image::Address("https://a/b.png".into()).to_string(), "[image: https://a/b.png]");
    }
}
