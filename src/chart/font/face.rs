//! The faces of the program, and parts of them with the glyphs that are needed.

use std::collections::{BTreeMap, BTreeSet};

use subsetter::GlyphRemapper;

use super::sfnt;
use crate::chart::ChartError;

/// Name of the family.
pub(in crate::chart) const NAME: &str = "DejaVu Sans";

/// A face of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::chart) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    pub(super) fn css(self) -> &'static str {
        match self {
            Self::Regular => "normal",
            Self::Bold => "bold",
        }
    }
}

/// A whole face.
pub(in crate::chart) struct Face {
    bytes: &'static [u8],
    read: ttf_parser::Face<'static>,
}

impl Face {
    pub(in crate::chart) fn of(weight: Weight) -> Result<Self, ChartError> {
        let bytes = match weight {
            Weight::Regular => dejavu::sans::regular(),
            Weight::Bold => dejavu::sans::bold(),
        };
        Ok(Self { bytes, read: ttf_parser::Face::parse(bytes, 0).map_err(failed)? })
    }

    /// The face as it is read.
    pub(in crate::chart) fn read(&self) -> &ttf_parser::Face<'static> {
        &self.read
    }

    /// A length of the face in thousandths of the size of its type.
    pub(in crate::chart) fn thousandths(&self, length: f32) -> f32 {
        length * 1000.0 / f32::from(self.read.units_per_em())
    }

    /// How far a letter moves on, in thousandths of the size of its type; as that of an unknown one where the face has none.
    pub(in crate::chart) fn advance(&self, letter: char) -> f32 {
        let glyph = self.read.glyph_index(letter).unwrap_or_default();
        self.thousandths(self.read.glyph_hor_advance(glyph).unwrap_or_default().into())
    }

    /// The glyphs of these letters, and none that the face does not have.
    pub(in crate::chart) fn subset(&self, letters: &BTreeSet<char>) -> Result<Subset<'_>, ChartError> {
        let mut glyphs = GlyphRemapper::new();
        let known = letters.iter().filter_map(|letter| Some((*letter, self.read.glyph_index(*letter)?)));
        let letters = known.map(|(letter, glyph)| (letter, glyphs.remap(glyph.0))).collect();
        let bytes = subsetter::subset(self.bytes, 0, &glyphs).map_err(failed)?;
        Ok(Subset { face: self, letters, bytes })
    }
}

/// A part of a face.
pub(in crate::chart) struct Subset<'f> {
    face: &'f Face,
    /// The glyph of each letter.
    pub(in crate::chart) letters: BTreeMap<char, u16>,
    /// The glyphs as a font without names and letters, as PDF wants it.
    pub(in crate::chart) bytes: Vec<u8>,
}

impl Subset<'_> {
    /// The font as a browser wants it: with the table of letters, and those that say how it is to be used.
    pub(super) fn web(&self) -> Result<Vec<u8>, ChartError> {
        let whole = |tag: &[u8; 4]| self.face.read.raw_face().table(ttf_parser::Tag::from_bytes(tag));
        let part = ttf_parser::RawFace::parse(&self.bytes, 0).map_err(failed)?;
        let kept = [b"cvt ", b"fpgm", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"prep"];
        let mut tables: BTreeMap<[u8; 4], Vec<u8>> = kept
            .into_iter()
            .filter_map(|tag| Some((*tag, part.table(ttf_parser::Tag::from_bytes(tag))?.to_vec())))
            .collect();
        tables.insert(*b"cmap", sfnt::letters(&self.letters));
        tables.insert(*b"OS/2", whole(b"OS/2").map(<[u8]>::to_vec).unwrap_or_default());
        tables.insert(*b"post", whole(b"post").map(sfnt::post).unwrap_or_default());
        tables.insert(*b"name", sfnt::names(&self.names()));
        Ok(sfnt::file(tables))
    }

    /// Copyright, family and subfamily: what the licence wants in every copy.
    fn names(&self) -> Vec<(u16, String)> {
        let names = self.face.read.names();
        let name = |id: u16| names.into_iter().find(|name| name.name_id == id && name.is_unicode())?.to_string();
        (0..=2).filter_map(|id| Some((id, name(id)?))).collect()
    }
}

fn failed(fault: impl std::fmt::Display) -> ChartError {
    ChartError::Font(fault.to_string())
}
