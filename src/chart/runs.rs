//! Texts of a drawing in several faces: each run of letters of one face becomes a text of its own.
//!
//! Left to itself, usvg shapes a whole text in one face after another and takes glyphs from each by their number, which breaks
//! scripts that join or reorder letters.

use super::font::{Face, Fallback, Weight};

/// How a text of a drawing begins.
const START: &str = "<text ";
const END: &str = "</text>";

/// The drawing with its texts in runs, side by side; `width` measures a text.
pub(super) fn in_runs(svg: &str, fallback: &Fallback, width: &dyn Fn(&str) -> f64) -> String {
    let parted = |part: &str| {
        let (look, rest) = part.split_once('>')?;
        let (text, after) = rest.split_once(END)?;
        let runs = fallback.runs(text.trim_matches('\n'));
        let is_whole = runs.iter().all(|(face, _)| face.is_none());
        (!is_whole).then(|| format!("{}{after}", side_by_side(look, &runs, width)))
    };
    let (before, texts) = svg.split_once(START).unwrap_or((svg, ""));
    let mut out = before.to_owned();
    for part in texts.split(START).filter(|part| !part.is_empty()) {
        out.push_str(&parted(part).unwrap_or_else(|| format!("{START}{part}")));
    }
    out
}

/// Runs of a text with these attributes, one behind the other.
fn side_by_side(look: &str, runs: &[(Option<String>, String)], width: &dyn Fn(&str) -> f64) -> String {
    let number = |name: &str| attribute(look, name).and_then(|value| value.parse::<f64>().ok()).unwrap_or_default();
    // A text of a space alone is none to usvg.
    let is_space = |run: &str| run.trim().is_empty();
    let space =
        Face::of(Weight::Regular).map_or(0.0, |face| f64::from(face.advance(' ')) / 1000.0) * number("font-size");
    let widths = runs.iter().map(|run| if is_space(&run.1) { space } else { width(&text(look, run, 0.0)) });
    let widths: Vec<f64> = widths.collect();
    let whole: f64 = widths.iter().sum();
    let anchor = number("x");
    let mut x = match attribute(look, "text-anchor") {
        Some("middle") => anchor - whole / 2.0,
        Some("end") => anchor - whole,
        _ => anchor,
    };
    let mut out = String::new();
    for (run, width) in runs.iter().zip(widths) {
        if !is_space(&run.1) {
            out.push_str(&text(look, run, x));
        }
        x += width;
    }
    out
}

/// A run as a text that begins at this place.
fn text(look: &str, (face, run): &(Option<String>, String), x: f64) -> String {
    let look = with(&with(look, "x", &format!("{x:.2}")), "text-anchor", "start");
    let look = face.as_ref().map_or(look.clone(), |face| with(&look, "font-family", face));
    format!("{START}{look} xml:space=\"preserve\">{run}{END}")
}

/// The value of an attribute.
fn attribute<'l>(look: &'l str, name: &str) -> Option<&'l str> {
    look.strip_prefix(&format!("{name}=\""))
        .or_else(|| Some(look.split_once(&format!(" {name}=\""))?.1))?
        .split('"')
        .next()
}

/// The attributes with another value of one of them.
fn with(look: &str, name: &str, value: &str) -> String {
    match attribute(look, name) {
        Some(old) => look.replacen(&format!("{name}=\"{old}\""), &format!("{name}=\"{value}\""), 1),
        None => format!("{look} {name}=\"{value}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: &str = "x=\"100\" y=\"5\" dy=\"0.76em\" text-anchor=\"middle\" font-family=\"DejaVu Sans, sans-serif\"";

    #[test]
    fn attributes_are_replaced_or_added() {
        assert_eq!(
            (attribute(LOOK, "x"), attribute(LOOK, "y"), attribute(LOOK, "fill")),
            (Some("100"), Some("5"), None)
        );
        assert!(with(LOOK, "x", "7").starts_with("x=\"7\" y=\"5\""));
        assert!(with(LOOK, "fill", "red").ends_with(" fill=\"red\""));
    }

    #[test]
    fn runs_stand_behind_one_another_around_their_anchor() {
        let runs = [(None, "a ".to_owned()), (Some("f".to_owned()), "bcd".to_owned())];
        let width = |text: &str| if text.contains("bcd") { 30.0 } else { 20.0 };
        let texts = side_by_side(LOOK, &runs, &width);
        assert!(texts.contains("x=\"75.00\"") && texts.contains("x=\"95.00\""), "{texts}");
        assert!(texts.contains("preserve\">a </text>") && texts.contains("font-family=\"f\""), "{texts}");
        assert_eq!((texts.matches(START).count(), texts.matches("text-anchor=\"start\"").count()), (2, 2));
    }

    #[test]
    fn a_space_between_runs_is_room_and_no_text() {
        let look = format!("{LOOK} font-size=\"100\"").replace("middle", "start");
        let face = || Some("f".to_owned());
        let runs = [(face(), "a".to_owned()), (None, " ".to_owned()), (face(), "b".to_owned())];
        let texts = side_by_side(&look, &runs, &|_| 10.0);
        assert!(texts.contains("x=\"100.00\"") && texts.contains("x=\"141.79\""), "{texts}");
        assert_eq!(texts.matches(START).count(), 2);
    }

    #[test]
    fn texts_of_embedded_faces_stay_as_they_are() {
        let svg = format!("<svg><rect/>{START}{LOOK}>\na\n{END}<rect/>{START}{LOOK}>\nb\n{END}</svg>");
        let fallback = Fallback::of(&std::collections::BTreeSet::new());
        assert_eq!(in_runs(&svg, &fallback, &|_| 0.0), svg);
    }
}
