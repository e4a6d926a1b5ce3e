//! The PDF of a chart: the shapes of its SVG as vectors, its texts as text in parts of the embedded faces, or as shapes where
//! these lack letters or letters do not follow one another from the left.

mod content;
mod fonts;

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

use super::ChartError;
use super::tree::parse;
use content::{POINTS, PageContent};
use fonts::{Fonts, PER_FONT};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const FIRST_FONT: i32 = 6;

/// Draws an SVG of this module as a PDF of one page, of the size of the drawing.
///
/// # Errors
///
/// When the text is not an SVG, or an embedded face cannot be read.
pub fn pdf(svg: &str, title: &str) -> Result<Vec<u8>, ChartError> {
    let tree = parse(svg)?;
    let fonts = Fonts::of(&tree)?;
    let page = PageContent::draw(&tree, &fonts);
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES).viewer_preferences().display_doc_title(true);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    pdf.document_info(INFO).title(TextStr(title)).producer(TextStr("smallbench"));
    write_page(&mut pdf, (tree.size().width() * POINTS, tree.size().height() * POINTS), &fonts, &page);
    let content = packed(&page.content)?;
    pdf.stream(CONTENT, &content).filter(Filter::FlateDecode);
    for (place, font) in fonts.used().enumerate() {
        font.write(&mut pdf, Ref::new(FIRST_FONT + PER_FONT * place as i32), &packed(font.bytes())?);
    }
    Ok(pdf.finish())
}

fn write_page(pdf: &mut Pdf, (width, height): (f32, f32), fonts: &Fonts, page: &PageContent) {
    let mut written = pdf.page(PAGE);
    written.parent(PAGES).media_box(Rect::new(0.0, 0.0, width, height)).contents(CONTENT);
    let mut resources = written.resources();
    let mut named = resources.fonts();
    for (place, font) in fonts.used().enumerate() {
        named.pair(Name(font.name()), Ref::new(FIRST_FONT + PER_FONT * place as i32));
    }
    named.finish();
    let mut states = resources.ext_g_states();
    for (name, alpha) in page.alphas() {
        states
            .insert(Name(name.as_bytes()))
            .start::<pdf_writer::writers::ExtGraphicsState<'_>>()
            .non_stroking_alpha(alpha)
            .stroking_alpha(alpha);
    }
}

fn packed(bytes: &[u8]) -> Result<Vec<u8>, ChartError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.map_err(|fault| ChartError::Encode(fault.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    const SVG: &str = "<svg width=\"200\" height=\"100\" viewBox=\"0 0 2000 1000\" xmlns=\"http://www.w3.org/2000/svg\">\
        <rect x=\"0\" y=\"0\" width=\"2000\" height=\"1000\" fill=\"#FFFFFF\"/>\
        <circle cx=\"100\" cy=\"100\" r=\"50\" opacity=\"0.4\" fill=\"#0072B2\"/>\
        <text x=\"1000\" y=\"500\" dy=\"0.76em\" text-anchor=\"middle\" font-family=\"DejaVu Sans\" font-size=\"100\">\nfi ü\n</text>\
        <text x=\"10\" y=\"10\" font-family=\"DejaVu Sans\" font-size=\"100\" font-weight=\"bold\">\nB\n</text></svg>";

    fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
        let find = |from: usize, word: &[u8]| {
            pdf[from..].windows(word.len()).position(|part| part == word).map(|at| from + at)
        };
        let (mut from, mut found) = (0, Vec::new());
        while let Some(start) = find(from, b"\nstream\n") {
            let end = find(start, b"\nendstream").unwrap();
            let mut bytes = Vec::new();
            if flate2::read::ZlibDecoder::new(&pdf[start + 8..end]).read_to_end(&mut bytes).is_ok() {
                found.push(bytes);
            }
            from = end;
        }
        found
    }

    #[test]
    fn texts_stay_text_and_shapes_stay_shapes() {
        let pdf = pdf(SVG, "A title").unwrap();
        assert_eq!(pdf, super::pdf(SVG, "A title").unwrap());
        assert!(pdf.starts_with(b"%PDF-1.7"));
        let text = String::from_utf8_lossy(&pdf);
        for part in ["/MediaBox [0 0 150 75]", "(A title)", "/ToUnicode", "+DejaVuSans-Bold", "/ca 0.4"] {
            assert!(text.contains(part), "{part}");
        }
        // The letters of "fi ü" and of "B" map back to Unicode: f, i, space, ü.
        for code in ["<0066>", "<0069>", "<0020>", "<00FC>", "<0042>"] {
            assert!(text.contains(code), "{code}");
        }
        let content = String::from_utf8(streams(&pdf).swap_remove(0)).unwrap();
        assert!(content.contains(" c\n") && content.contains("Tj") && content.contains("0 75 m"), "{content}");
        assert!(pdf.len() < 20_000, "{}", pdf.len());
    }

    #[test]
    fn what_is_no_drawing_is_an_error() {
        assert!(matches!(super::pdf("<svg", ""), Err(ChartError::Svg(_))));
    }
}
