//! Faces: the parts of them that a drawing needs, put into the drawing.

mod face;
mod machine;
mod sfnt;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ChartError;
use crate::printable::{is_from_the_right, is_isolating};
pub(super) use face::{Face, Weight};
pub(super) use machine::Fallback;

/// An SVG of this module with the faces that its texts need, each cut to their letters, so that it looks the same where
/// DejaVu Sans is not installed. Letters of scripts that are written from the right, whose forms depend on their neighbours, and
/// those that the faces lack are left to the fonts of the viewer.
///
/// # Errors
///
/// When an embedded face cannot be read, which a test excludes.
pub fn with_fonts(svg: &str) -> Result<String, ChartError> {
    let mut rules = String::new();
    for weight in [Weight::Regular, Weight::Bold] {
        let mut letters = letters(svg, weight);
        letters.retain(|letter| !is_from_the_right(*letter));
        if !letters.is_empty() {
            rules.push_str(&rule(&Face::of(weight)?.subset(&letters)?.web()?, weight));
        }
    }
    let header_end = svg.find('>').map_or(0, |end| end + 1);
    let (header, rest) = svg.split_at(header_end);
    Ok(format!("{header}\n<style>{rules}</style>{rest}"))
}

fn rule(font: &[u8], weight: Weight) -> String {
    format!(
        "@font-face{{font-family:\"{}\";font-weight:{};src:url(data:font/ttf;base64,{})}}",
        face::NAME,
        weight.css(),
        STANDARD.encode(font)
    )
}

/// The letters of a drawing that the embedded face of their weight does not have.
pub(super) fn foreign(svg: &str) -> Result<BTreeSet<char>, ChartError> {
    let mut all = BTreeSet::new();
    for weight in [Weight::Regular, Weight::Bold] {
        let letters = letters(svg, weight);
        if letters.iter().any(|letter| !letter.is_ascii()) {
            let face = Face::of(weight)?;
            all.extend(letters.into_iter().filter(|letter| face.read().glyph_index(*letter).is_none()));
        }
    }
    Ok(all)
}

/// The letters of an SVG of this module that no font of this machine has. A PNG and a PDF show a box for each; an SVG leaves
/// them to the fonts of its viewer.
///
/// # Errors
///
/// When an embedded face cannot be read, which a test excludes.
pub fn unknown_letters(svg: &str) -> Result<BTreeSet<char>, ChartError> {
    let foreign = foreign(svg)?;
    let fallback = Fallback::of(&foreign);
    Ok(foreign.into_iter().filter(|letter| !fallback.has(*letter)).collect())
}

/// The letters of the texts of a weight. Escapes are left as they are: their letters are few.
fn letters(svg: &str, weight: Weight) -> BTreeSet<char> {
    let texts = svg.split("<text ").skip(1).filter_map(|rest| rest.split_once("</text>")?.0.split_once('>'));
    let is_bold = |look: &str| look.contains("font-weight=\"bold\"");
    let own = texts.filter(|(look, _)| is_bold(look) == (weight == Weight::Bold));
    let letters = own.flat_map(|(_, text)| text.chars());
    letters.filter(|letter| !letter.is_control() && !is_isolating(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str =
        "<svg width=\"9\"><text x=\"1\">\nab &amp; ü→\n</text><text font-weight=\"bold\">\nZ\n</text></svg>";

    /// The faces in a drawing.
    fn embedded(svg: &str) -> Vec<Vec<u8>> {
        let parts = svg.split("base64,").skip(1);
        parts.map(|part| STANDARD.decode(part.split(')').next().unwrap()).unwrap()).collect()
    }

    #[test]
    fn a_drawing_has_the_letters_of_its_texts_in_their_weight() {
        let svg = with_fonts(SVG).unwrap();
        assert_eq!(svg, with_fonts(SVG).unwrap());
        assert!(
            svg.starts_with("<svg width=\"9\">\n<style>@font-face{font-family:\"DejaVu Sans\";font-weight:normal;")
        );
        assert!(svg.ends_with(&SVG[15..]) && svg.len() < 20_000, "{}", svg.len());
        let faces = embedded(&svg);
        let faces: Vec<_> = faces.iter().map(|bytes| ttf_parser::Face::parse(bytes, 0).unwrap()).collect();
        let has = |face: usize, letter: char| faces[face].glyph_index(letter).is_some_and(|glyph| glyph.0 > 0);
        assert!(['a', 'b', '&', 'ü', '→', ' '].into_iter().all(|letter| has(0, letter)) && !has(0, 'Z'));
        assert!(has(1, 'Z') && !has(1, 'a'));
    }

    #[test]
    fn letters_of_a_face_keep_their_form_and_width() {
        let whole = ttf_parser::Face::parse(dejavu::sans::regular(), 0).unwrap();
        let bytes = embedded(&with_fonts(SVG).unwrap()).swap_remove(0);
        let part = ttf_parser::Face::parse(&bytes, 0).unwrap();
        for letter in ['a', 'ü', '→'] {
            let (old, new) = (whole.glyph_index(letter).unwrap(), part.glyph_index(letter).unwrap());
            assert_eq!(whole.glyph_hor_advance(old), part.glyph_hor_advance(new));
            assert_eq!(whole.glyph_bounding_box(old), part.glyph_bounding_box(new));
        }
        assert_eq!((whole.units_per_em(), whole.ascender()), (part.units_per_em(), part.ascender()));
    }

    #[test]
    fn letters_are_foreign_to_a_face_by_their_weight() {
        assert!(foreign(SVG).unwrap().is_empty() && unknown_letters(SVG).unwrap().is_empty());
        let text = "<svg><text x=\"1\">\n模 \u{10FFFD}é\n</text></svg>";
        assert_eq!(foreign(text).unwrap(), BTreeSet::from(['模', '\u{10FFFD}']));
        // No font draws what is no letter.
        assert!(unknown_letters(text).unwrap().contains(&'\u{10FFFD}'));
    }

    #[test]
    fn what_no_face_has_is_left_to_the_viewer() {
        let svg = with_fonts("<svg><text x=\"1\">\n模型 🦙 ب\n</text></svg>").unwrap();
        let bytes = embedded(&svg).swap_remove(0);
        let face = ttf_parser::Face::parse(&bytes, 0).unwrap();
        assert!(['模', 'ب'].into_iter().all(|letter| face.glyph_index(letter).is_none()));
        assert!(face.glyph_index(' ').is_some());
        assert!(!with_fonts("<svg></svg>").unwrap().contains("font-face"));
    }
}
