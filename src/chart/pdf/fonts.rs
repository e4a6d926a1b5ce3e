//! The faces of a PDF, each cut to the letters of the texts.

use std::collections::BTreeSet;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use resvg::usvg::{Group, Node, Text, Tree};
use unicode_width::UnicodeWidthChar;

use crate::chart::ChartError;
use crate::chart::font::{Face, Weight};
use crate::printable::is_from_the_right;

/// Objects that a font takes: the font, its glyphs, its descriptor, its file, its letters.
pub(super) const PER_FONT: i32 = 5;

const IDENTITY: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// From this weight on a text is bold.
const BOLD_FROM: u16 = 600;

/// The fonts of a drawing.
pub(super) struct Fonts {
    regular: Font,
    bold: Font,
}

/// A face and the part of it that is used.
pub(super) struct Font {
    weight: Weight,
    face: Face,
    letters: Vec<(char, u16)>,
    bytes: Vec<u8>,
}

impl Fonts {
    pub(super) fn of(tree: &Tree) -> Result<Self, ChartError> {
        let mut letters = [BTreeSet::new(), BTreeSet::new()];
        collect(tree.root(), &mut letters);
        let [regular, bold] = letters;
        Ok(Self { regular: Font::of(Weight::Regular, &regular)?, bold: Font::of(Weight::Bold, &bold)? })
    }

    /// The font of a text.
    pub(super) fn of_text(&self, text: &Text) -> &Font {
        if is_bold(text) { &self.bold } else { &self.regular }
    }

    /// True if a text is a line of glyphs of its font from the left, each as wide as it is alone.
    pub(super) fn is_plain(&self, text: &Text) -> bool {
        let font = self.of_text(text);
        let is_alone = |letter: char| letter.width() != Some(0) && !is_from_the_right(letter);
        let mut letters = text.chunks().iter().flat_map(|chunk| chunk.text().chars());
        letters.all(|letter| is_alone(letter) && font.glyph(letter).is_some())
    }

    pub(super) fn used(&self) -> impl Iterator<Item = &Font> {
        [&self.regular, &self.bold].into_iter().filter(|font| !font.letters.is_empty())
    }
}

fn collect(group: &Group, letters: &mut [BTreeSet<char>; 2]) {
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, letters),
            Node::Text(text) => {
                let all = text.chunks().iter().flat_map(|chunk| chunk.text().chars());
                letters[usize::from(is_bold(text))].extend(all);
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

fn is_bold(text: &Text) -> bool {
    let mut spans = text.chunks().iter().flat_map(|chunk| chunk.spans());
    spans.any(|span| span.font().weight() >= BOLD_FROM)
}

impl Font {
    fn of(weight: Weight, letters: &BTreeSet<char>) -> Result<Self, ChartError> {
        let face = Face::of(weight)?;
        let (letters, bytes) = {
            let subset = face.subset(letters)?;
            (subset.letters.iter().map(|(letter, glyph)| (*letter, *glyph)).collect(), subset.bytes)
        };
        Ok(Self { weight, face, letters, bytes })
    }

    /// Its name in the page.
    pub(super) fn name(&self) -> &'static [u8] {
        if self.weight == Weight::Bold { b"B" } else { b"R" }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Width of a text, in the unit of the size of its type.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.face.advance(letter)).sum::<f32>() * size / 1000.0
    }

    /// The glyphs of a text, two bytes each; the first glyph is that of an unknown letter.
    pub(super) fn encoded(&self, text: &str) -> Vec<u8> {
        text.chars().flat_map(|letter| self.glyph(letter).unwrap_or_default().to_be_bytes()).collect()
    }

    fn glyph(&self, letter: char) -> Option<u16> {
        let place = self.letters.binary_search_by_key(&letter, |(letter, _)| *letter).ok()?;
        Some(self.letters[place].1)
    }

    /// Writes the font into the objects from `first` on; `packed` is its file, compressed.
    pub(super) fn write(&self, pdf: &mut Pdf, first: Ref, packed: &[u8]) {
        let object = |place: i32| Ref::new(first.get() + place);
        let base: &[u8] = if self.weight == Weight::Bold { b"SMALLB+DejaVuSans-Bold" } else { b"SMALLB+DejaVuSans" };
        let base = Name(base);
        let mut font = pdf.type0_font(first);
        font.base_font(base).encoding_predefined(Name(b"Identity-H")).descendant_font(object(1)).to_unicode(object(4));
        font.finish();
        let mut glyphs = pdf.cid_font(object(1));
        glyphs.subtype(CidFontType::Type2).base_font(base).system_info(IDENTITY).font_descriptor(object(2));
        glyphs.cid_to_gid_map_predefined(Name(b"Identity")).default_width(self.face.advance('\0'));
        let mut widths = glyphs.widths();
        for (letter, glyph) in &self.letters {
            widths.consecutive(*glyph, [self.face.advance(*letter)]);
        }
        widths.finish();
        glyphs.finish();
        self.write_descriptor(pdf, object(2), (base, object(3)));
        pdf.stream(object(3), packed).filter(Filter::FlateDecode).pair(Name(b"Length1"), self.bytes.len() as i32);
        let mut letters = UnicodeCmap::<u16>::new(Name(b"Letters"), IDENTITY);
        self.letters.iter().for_each(|(letter, glyph)| letters.pair(*glyph, *letter));
        pdf.cmap(object(4), &letters.finish());
    }

    fn write_descriptor(&self, pdf: &mut Pdf, object: Ref, (base, file): (Name<'_>, Ref)) {
        let (face, read) = (&self.face, self.face.read());
        let length = |length: i16| face.thousandths(length.into());
        let bounds = read.global_bounding_box();
        let bounds = Rect::new(length(bounds.x_min), length(bounds.y_min), length(bounds.x_max), length(bounds.y_max));
        let (ascent, descent) = (length(read.ascender()), length(read.descender()));
        let height = length(read.capital_height().unwrap_or(read.ascender()));
        let mut descriptor = pdf.font_descriptor(object);
        descriptor.name(base).flags(FontFlags::SYMBOLIC).bbox(bounds).italic_angle(0.0);
        descriptor.ascent(ascent).descent(descent).cap_height(height);
        descriptor.stem_v(if self.weight == Weight::Bold { 140.0 } else { 90.0 }).font_file2(file);
    }
}
