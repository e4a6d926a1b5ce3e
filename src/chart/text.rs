//! Text: cleaning of untrusted labels, measuring, shortening, wrapping.

use std::sync::LazyLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

use unicode_width::UnicodeWidthChar;

use super::font::{Face, Weight};
use super::theme::FAMILY;
use crate::printable::{is_isolating, isolated};
use crate::shorten;

/// Labels are cut here before they are measured, so that a megabyte of label costs nothing.
const LONGEST: usize = 2000;

/// plotters sizes a face by its line height, SVG by its em; this is the face's ratio of the two.
const LINE_PER_EM: f64 = 1.164_062_5;

static REGISTERED: LazyLock<bool> = LazyLock::new(|| {
    register_font(FAMILY, FontStyle::Normal, dejavu::sans::regular()).is_ok()
        && register_font(FAMILY, FontStyle::Bold, dejavu::sans::bold()).is_ok()
});

/// One line of visible characters: white space is one space, control and direction characters go.
pub(super) fn clean(text: &str) -> String {
    one_line(text, is_visible)
}

/// A text as it is drawn: cleaned, with the characters that keep a part of it to itself; as a whole to itself if it has no such
/// part and is written from the right.
pub(super) fn drawn(text: &str) -> String {
    let line = with_isolated_parts(text);
    if line.contains(is_isolating) { line } else { isolated(&line) }
}

fn with_isolated_parts(text: &str) -> String {
    one_line(text, |letter| is_visible(letter) || is_isolating(letter))
}

fn one_line(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    let mut line = String::new();
    let mut count = 0;
    for letter in text.chars() {
        if count == LONGEST {
            line.push('…');
            break;
        }
        if letter.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
                count += 1;
            }
        } else if is_kept(letter) {
            push(&mut line, letter);
            count += 1;
        }
    }
    line.trim_end().to_owned()
}

/// Adds a letter. Emoji that the face lacks are coloured in most fonts, which no PNG and no PDF shows: their names stand for them, as in
/// `:llama:`, and the letters of a country for its flag.
fn push(line: &mut String, letter: char) {
    let country = u32::from(letter).checked_sub(FIRST_OF_FLAGS).and_then(|place| ('A'..='Z').nth(place as usize));
    if let Some(country) = country {
        return line.push(country);
    }
    let emoji = if letter.is_ascii() || is_known(letter) { None } else { emojis::get(letter.encode_utf8(&mut [0; 4])) };
    match emoji {
        Some(emoji) => {
            line.push(':');
            line.push_str(emoji.name());
            line.push(':');
        }
        None => line.push(letter),
    }
}

/// The first of the letters of which two are a flag.
const FIRST_OF_FLAGS: u32 = 0x1F1E6;

/// A cleaned label, with a placeholder for an empty one.
pub(super) fn label(text: &str) -> String {
    let line = clean(text);
    if line.is_empty() { "(no name)".into() } else { line }
}

/// Width of a line in logical pixels. Letters that the face lacks are as wide as they are in most fonts: a square for those of
/// East Asia and for emoji.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let is_square = |letter: &char| letter.width() == Some(2) && !is_known(*letter);
    let squares = text.chars().filter(is_square).count();
    if squares == 0 && !text.contains(is_isolating) {
        return width_of_known(text, size, bold);
    }
    let others: String = text.chars().filter(|letter| !is_square(letter) && !is_isolating(*letter)).collect();
    squares as f64 * size + width_of_known(&others, size, bold)
}

fn is_known(letter: char) -> bool {
    Face::of(Weight::Regular).is_ok_and(|face| face.read().glyph_index(letter).is_some())
}

fn width_of_known(text: &str, size: f64, bold: bool) -> f64 {
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let measured = if *REGISTERED {
        // Measured large, because plotters rounds widths to whole pixels.
        FontDesc::new(FontFamily::Name(FAMILY), 1000.0 * LINE_PER_EM, style)
            .box_size(text)
            .map(|(wide, _)| f64::from(wide) / 1000.0)
            .ok()
    } else {
        None
    };
    measured.unwrap_or_else(|| 0.65 * text.chars().count() as f64) * size
}

/// The text, cut with an ellipsis where it is wider than allowed.
pub(super) fn shorten(text: &str, widest: f64, size: f64) -> String {
    shorten::cut(text, &|text| width(text, size, false) <= widest)
}

/// Names, each cut where it is wider than allowed; what tells them apart stays.
pub(super) fn shorten_apart<S: AsRef<str>>(names: &[S], widest: f64, size: f64) -> Vec<String> {
    shorten::apart(names, &|text| width(text, size, false) <= widest)
}

/// The text in lines that are not wider than allowed; the last line takes what is left, shortened.
pub(super) fn wrap(text: &str, widest: f64, size: f64, most_lines: usize) -> Vec<String> {
    let text = with_isolated_parts(text);
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() && lines.len() < most_lines {
        if lines.len() + 1 == most_lines {
            lines.push(shorten(rest, widest, size));
            break;
        }
        let (line, left) = break_once(rest, widest, size);
        lines.push(line);
        rest = left;
    }
    lines
}

fn break_once(text: &str, widest: f64, size: f64) -> (String, &str) {
    let mut end = None;
    for (space, _) in text.match_indices(' ').chain([(text.len(), "")]) {
        if width(&text[..space], size, false) > widest {
            break;
        }
        end = Some(space);
    }
    if let Some(end) = end {
        return (text[..end].to_owned(), text[end..].trim_start());
    }
    let word_end = text.find(' ').unwrap_or(text.len());
    (shorten(&text[..word_end], widest, size), text[word_end..].trim_start())
}

fn is_visible(letter: char) -> bool {
    let is_format = matches!(letter,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}');
    // The colour of a skin and the frame of a key belong to the emoji before them.
    let is_part = matches!(letter, '\u{1F3FB}'..='\u{1F3FF}' | '\u{20E3}');
    // XML 1.0 has no place for U+FFFE and U+FFFF, not even escaped.
    let is_no_character = u32::from(letter) & 0xFFFE == 0xFFFE;
    !letter.is_control() && !is_format && !is_part && !is_no_character
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lose_what_cannot_be_seen() {
        for (text, cleaned) in [
            ("gemma:2b", "gemma:2b"),
            (" a\r\n\tb ", "a b"),
            ("a\0\u{1b}[31mb\u{202E}c\u{FFFE}", "a[31mbc"),
            ("<&\"'>", "<&\"'>"),
            ("", ""),
        ] {
            assert_eq!(clean(text), cleaned);
        }
        assert_eq!(label(" \n"), "(no name)");
        assert_eq!(clean(&"x".repeat(1_000_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn emoji_that_the_face_lacks_are_named() {
        for (text, cleaned) in [
            ("🦙 Llama 👍🏽", ":llama: Llama :thumbs up:"),
            ("❤️ ✨", "❤ :sparkles:"),
            ("👨‍👩‍👧 🇩🇪 1️⃣", ":man::woman::girl: DE 1"),
            ("模型 🤖", "模型 :robot:"),
        ] {
            assert_eq!(clean(text), cleaned);
            assert_eq!(drawn(&clean(text)), cleaned);
        }
    }

    #[test]
    fn what_is_written_from_the_right_keeps_to_itself() {
        assert_eq!(drawn("a \u{2069}b\u{202E}"), "a \u{2069}b");
        assert_eq!(drawn("דגם 7B"), "\u{2068}דגם 7B\u{2069}");
        let pair = "\u{2068}דגם 7B\u{2069} − gemma";
        assert_eq!(drawn(pair), pair);
        assert!((width(pair, 12.0, false) - width("דגם 7B − gemma", 12.0, false)).abs() < 1e-9);
    }

    #[test]
    fn a_letter_that_the_face_lacks_has_the_room_that_fonts_give_it() {
        assert_eq!(width("模型", 10.0, false), 20.0);
        assert!((width("模 a", 10.0, true) - 10.0 - width(" a", 10.0, true)).abs() < 1e-9);
        assert!(shorten("模型", 15.0, 10.0).contains('…'));
    }

    #[test]
    fn shortened_text_fits_and_keeps_both_ends() {
        let name = format!("start-{}-end", "x".repeat(200));
        for widest in [0.0, 10.0, 50.0, 120.0, 400.0] {
            let short = shorten(&name, widest, 13.0);
            assert!(widest < 13.0 || width(&short, 13.0, false) <= widest, "{short}");
            assert!(short.contains('…'));
        }
        let short = shorten(&name, 120.0, 13.0);
        assert!(short.starts_with("start") && short.ends_with("end"), "{short}");
        assert_eq!(shorten("short", 400.0, 13.0), "short");
    }

    #[test]
    fn wrapped_lines_fit() {
        let text = "several words and averyveryveryveryverylongwordthatfitsnowhere and more ".repeat(9);
        let lines = wrap(&text, 150.0, 12.0, 4);
        assert_eq!(lines.len(), 4);
        for line in &lines {
            assert!(width(line, 12.0, false) <= 150.0, "{line}");
        }
        assert!(wrap(" ", 150.0, 12.0, 4).is_empty());
    }

    #[test]
    fn bold_is_wider() {
        assert!(width("gemma:2b", 12.0, true) > width("gemma:2b", 12.0, false));
        assert!((width("0", 100.0, false) - 63.6).abs() < 0.2);
    }
}
