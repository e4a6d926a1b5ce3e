//! Markup that leaves no token: text that is struck out, simple tags of HTML, boxes of lists of tasks.

/// Where text that is struck out ends, if it is.
pub(super) fn strike(text: &str, at: usize) -> Option<usize> {
    const LONGEST: usize = 240;
    let rest = text[at..].strip_prefix("~~")?;
    let near = &rest[..rest.floor_char_boundary(LONGEST)];
    let end = near.find("~~").filter(|end| *end > 0)?;
    (!near[..end].contains('\n')).then_some(at + end + 4)
}

/// Length of a simple tag of HTML behind `<`, and whether it ends a line.
pub(super) fn html(rest: &str) -> Option<(usize, bool)> {
    let near = &rest[..rest.floor_char_boundary(12)];
    let end = near.find('>')?;
    let name = near[..end].trim_matches(['/', ' ']).to_ascii_lowercase();
    match name.as_str() {
        "b" | "i" | "u" | "em" | "strong" | "mark" | "sub" | "span" | "code" | "pre" | "a" | "center" => {
            Some((end + 1, false))
        }
        "br" | "p" | "li" | "ul" | "ol" | "div" | "tr" | "h1" | "h2" | "h3" | "h4" | "hr" => Some((end + 1, true)),
        _ => None,
    }
}

/// Whether a capital in angle brackets stands behind `<`, and no tag that another one closes: `<B>`.
pub(super) fn is_letter_in_angles(rest: &str) -> bool {
    const LONGEST: usize = 240;
    let near = &rest[..rest.floor_char_boundary(LONGEST)];
    matches!(rest.as_bytes(), [b'A'..=b'Z', b'>', ..]) && !near.contains("</")
}

/// A box of a list of tasks: ticked or empty.
pub(super) fn check(rest: &str) -> Option<char> {
    let mut chars = rest.chars();
    let inside = chars.next()?;
    let closed = chars.next() == Some(']') && chars.next() == Some(' ');
    match inside {
        'x' | 'X' if closed => Some('✓'),
        ' ' if closed => Some('✗'),
        _ => None,
    }
}
