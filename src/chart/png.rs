//! The PNG of a chart: resvg paints the SVG.

use resvg::tiny_skia::{Pixmap, Transform};

use super::ChartError;
use super::tree::parse;

/// More than any chart at eight times its size; keeps a large picture from taking gigabytes.
const MOST_PIXELS: f32 = 60_000_000.0;

/// Paints an SVG of this module as a PNG, `scale` pixels per logical pixel; of a very large picture fewer.
///
/// # Errors
///
/// When the text is not an SVG, or the scale makes a picture of no pixels.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, ChartError> {
    let tree = parse(svg)?;
    let area = tree.size().width() * tree.size().height();
    let scale = if scale.is_finite() { scale.min((MOST_PIXELS / area).sqrt()) } else { scale };
    let (width, height) = ((tree.size().width() * scale).round(), (tree.size().height() * scale).round());
    let is_sensible = width >= 1.0 && height >= 1.0;
    let pixels = if is_sensible { Pixmap::new(width as u32, height as u32) } else { None };
    let mut pixels = pixels.ok_or(ChartError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|fault| ChartError::Encode(fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<svg width=\"30\" height=\"20\" xmlns=\"http://www.w3.org/2000/svg\"></svg>";

    #[test]
    fn the_scale_sets_the_size() {
        let bytes = png(SVG, 2.0).unwrap();
        assert_eq!(&bytes[1..4], b"PNG");
        assert_eq!(bytes[16..24], [0, 0, 0, 60, 0, 0, 0, 40]);
    }

    #[test]
    fn a_very_large_picture_has_fewer_pixels() {
        let large = SVG.replace("30", "20000").replace("20\"", "8000\"");
        let bytes = png(&large, 2.0).unwrap();
        let side = |at: usize| f64::from(u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()));
        let (width, height) = (side(16), side(20));
        assert!(width * height < 61e6 && (width / height - 2.5).abs() < 0.01, "{width} × {height}");
    }

    #[test]
    fn nonsense_is_an_error() {
        for scale in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert!(matches!(png(SVG, scale), Err(ChartError::Size { .. })), "{scale}");
        }
        assert!(matches!(png("<svg", 1.0), Err(ChartError::Svg(_))));
    }
}
