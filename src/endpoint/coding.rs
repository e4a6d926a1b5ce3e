//! Bodies that a server compresses although it was asked not to. Pure.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// How a body is encoded, and what undoes that.
pub(super) enum Coding {
    /// Not at all.
    Identity,
    /// Gzip.
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    /// `deflate`, of which nothing has come yet: servers mean one of two formats by it.
    Deflate(Vec<u8>),
    /// `deflate` as the standard has it.
    Zlib(Box<ZlibDecoder<Vec<u8>>>),
    /// `deflate` without a frame.
    Raw(Box<DeflateDecoder<Vec<u8>>>),
    /// One that is not known.
    Unknown(String),
}

impl Coding {
    /// The coding that a header `content-encoding` names.
    pub(super) fn of(header: Option<&str>) -> Self {
        let header = header.unwrap_or_default().to_ascii_lowercase();
        let names: Vec<&str> = header.split(',').map(str::trim).collect();
        let named: Vec<&str> = names.into_iter().filter(|name| !matches!(*name, "" | "identity")).collect();
        match named.as_slice() {
            [] => Self::Identity,
            ["gzip" | "x-gzip"] => Self::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
            ["deflate"] => Self::Deflate(Vec::new()),
            _ => Self::Unknown(named.join(", ")),
        }
    }

    /// Undoes it for a piece of the body; what comes out may be nothing yet.
    ///
    /// # Errors
    /// The piece is not of this coding, or the coding is not known.
    pub(super) fn decode(&mut self, piece: Bytes) -> io::Result<Bytes> {
        if let Self::Deflate(begin) = self {
            begin.extend_from_slice(&piece);
            let [first, second, ..] = begin[..] else { return Ok(Bytes::new()) };
            let begin = Bytes::from(std::mem::take(begin));
            *self = if is_zlib(first, second) {
                Self::Zlib(Box::new(ZlibDecoder::new(Vec::new())))
            } else {
                Self::Raw(Box::new(DeflateDecoder::new(Vec::new())))
            };
            return self.decode(begin);
        }
        match self {
            Self::Identity => Ok(piece),
            Self::Gzip(decoder) => through(decoder.as_mut(), &piece, MultiGzDecoder::get_mut),
            Self::Zlib(decoder) => through(decoder.as_mut(), &piece, ZlibDecoder::get_mut),
            Self::Raw(decoder) => through(decoder.as_mut(), &piece, DeflateDecoder::get_mut),
            Self::Unknown(name) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!(
                    "the body is encoded as `{name}`, which was not asked for and is not read; switch the compression of \
                 the server or of the proxy before it off"
                ),
            )),
            Self::Deflate(_) => Ok(Bytes::new()),
        }
    }
}

/// True for the two bytes that begin the format of zlib.
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

/// Most bytes that a piece may become, however small it is.
const MOST: usize = 4 << 20;

/// How often larger than itself a large piece may become; texts stay far below.
const RATIO: usize = 64;

/// Bytes that are decompressed before what came out of them is looked at.
const STEP: usize = 4096;

fn through<D: Write>(decoder: &mut D, piece: &[u8], decoded: fn(&mut D) -> &mut Vec<u8>) -> io::Result<Bytes> {
    let most = MOST.max(piece.len() * RATIO);
    for step in piece.chunks(STEP) {
        let outcome = decoder.write_all(step).and_then(|()| decoder.flush());
        outcome.map_err(|error| io::Error::other(format!("the body cannot be decompressed: {error}")))?;
        if decoded(decoder).len() > most {
            let text = format!("{} bytes of the body are more than {most} when decompressed", piece.len());
            return Err(io::Error::other(text));
        }
    }
    Ok(std::mem::take(decoded(decoder)).into())
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn compressed(coding: &str, pieces: &[&str]) -> Vec<Bytes> {
        macro_rules! by {
            ($encoder:ident) => {{
                let mut encoder = $encoder::new(Vec::new(), Compression::default());
                let mut out: Vec<Bytes> = Vec::new();
                for piece in pieces {
                    encoder.write_all(piece.as_bytes()).unwrap();
                    encoder.flush().unwrap();
                    out.push(std::mem::take(encoder.get_mut()).into());
                }
                out.push(encoder.finish().unwrap().into());
                out
            }};
        }
        match coding {
            "gzip" => by!(GzEncoder),
            "zlib" => by!(ZlibEncoder),
            _ => by!(DeflateEncoder),
        }
    }

    #[test]
    fn each_piece_comes_out_as_soon_as_it_is_in() {
        let pieces = ["data: one\n\n", "data: two\n\n", "data: [DONE]\n\n"];
        for (header, format) in
            [("gzip", "gzip"), ("X-GZIP", "gzip"), ("deflate", "zlib"), ("identity, deflate", "raw")]
        {
            let mut coding = Coding::of(Some(header));
            let compressed = compressed(format, &pieces);
            let out: Vec<Bytes> = compressed.into_iter().map(|piece| coding.decode(piece).unwrap()).collect();
            assert_eq!(out, [pieces[0], pieces[1], pieces[2], ""], "{header}");
        }
        for header in [None, Some(""), Some("identity")] {
            assert_eq!(Coding::of(header).decode(Bytes::from_static(b"x")).unwrap(), "x");
        }
    }

    #[test]
    fn every_cut_of_the_bytes_gives_the_same() {
        for (header, format) in [("gzip", "gzip"), ("deflate", "zlib"), ("deflate", "raw")] {
            let whole = compressed(format, &["{\"a\": 1}"]).concat();
            for cut in 0..whole.len() {
                let mut coding = Coding::of(Some(header));
                let halves = [&whole[..cut], &whole[cut..]].map(Bytes::copy_from_slice);
                let out = halves.map(|half| coding.decode(half).unwrap()).concat();
                assert_eq!(out, b"{\"a\": 1}", "{header} cut at {cut}");
            }
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_said() {
        let error = |header, body: &'static [u8]| {
            Coding::of(Some(header)).decode(Bytes::from_static(body)).unwrap_err().to_string()
        };
        assert!(error("br", b"x").contains("encoded as `br`"));
        assert!(error("gzip, br", b"x").contains("encoded as `gzip, br`"));
        assert!(error("gzip", b"{\"a\": 1, \"b\": 2}").contains("cannot be decompressed"));
    }

    #[test]
    fn a_body_that_explodes_is_stopped() {
        let bomb = "x".repeat(32 << 20);
        let pieces = compressed("gzip", &[&bomb]);
        let piece = Bytes::from(pieces.concat());
        let mut coding = Coding::of(Some("gzip"));
        let error = coding.decode(piece).unwrap_err().to_string();
        assert!(error.contains("of the body are more than 4194304 when decompressed"), "{error}");
    }
}
