//! The commands of TeX that stand around numbers.

use super::space::skip_space;

/// What a command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// A fraction of two numbers.
    Fraction(usize),
    /// A box.
    Boxed(usize),
    /// A sign such as `\times`.
    Sign(char, usize),
    /// Something with numbers in it that is no number: a root.
    Part(usize),
    /// A name.
    Word(usize),
    /// A currency sign.
    Currency(usize),
    /// Space, or markup around what follows.
    Space(usize),
}

/// Bytes in which an argument must close to be skipped whole.
const LONGEST: usize = 96;

const SIGNS: [(&str, char); 17] = [
    ("le", '≤'),
    ("leq", '≤'),
    ("ge", '≥'),
    ("geq", '≥'),
    ("neq", '≠'),
    ("times", '×'),
    ("cdot", '×'),
    ("div", '/'),
    ("approx", '='),
    ("equiv", '='),
    ("pm", '±'),
    ("to", '→'),
    ("rightarrow", '→'),
    ("Rightarrow", '→'),
    ("implies", '→'),
    ("therefore", '→'),
    ("mid", '|'),
];

const MARKUP: [&str; 18] = [
    "text",
    "textbf",
    "textit",
    "mathrm",
    "mathbf",
    "mathit",
    "mbox",
    "textrm",
    "left",
    "right",
    "displaystyle",
    "quad",
    "qquad",
    "large",
    "Large",
    "bf",
    "rm",
    "operatorname",
];

const FACTORS: [&str; 12] =
    ["\\sqrt", "\\pi", "\\ln", "\\log", "\\theta", "\\alpha", "\\sin", "\\cos", "\\tan", "√", "π", "∛"];

/// Reads the command at a backslash.
pub(super) fn command(text: &str, at: usize) -> Command {
    let rest = text.get(at + 1..).unwrap_or_default();
    let name_end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let name = rest.get(..name_end.min(LONGEST)).unwrap_or_default();
    let end = at + 1 + name_end;
    if name.is_empty() {
        return match rest.chars().next() {
            Some('$') => Command::Currency(at + 2),
            Some(c @ ('(' | ')' | '[' | ']' | ',' | ';' | ':' | '!' | ' ' | '{' | '}' | '\\')) => {
                Command::Space(at + 1 + c.len_utf8())
            }
            _ => Command::Space(at + 1),
        };
    }
    if let Some((_, sign)) = SIGNS.iter().find(|(sign, _)| *sign == name) {
        return Command::Sign(*sign, end);
    }
    match name {
        "boxed" | "fbox" | "framebox" => Command::Boxed(end),
        "frac" | "dfrac" | "tfrac" | "cfrac" => match super::number::read(text, at) {
            Some(_) => Command::Fraction(end),
            None => Command::Part(skip_argument(text, skip_argument(text, end))),
        },
        "sqrt" | "binom" | "log" | "ln" => Command::Part(skip_argument(text, end)),
        _ if MARKUP.contains(&name) => Command::Space(end),
        _ => Command::Word(end),
    }
}

/// The place behind the argument at a place: a group in braces, a command, or a sign.
pub(super) fn skip_argument(text: &str, at: usize) -> usize {
    let at = skip_space(text, at);
    let rest = text.get(at..).unwrap_or_default();
    let near = rest.get(..rest.floor_char_boundary(LONGEST)).unwrap_or_default();
    match near.chars().next() {
        Some('{') => closing(near).map_or(at + 1, |end| at + end),
        Some('\\') => {
            let name = near.get(1..).unwrap_or_default();
            at + 1
                + name
                    .find(|c: char| !c.is_ascii_alphabetic())
                    .unwrap_or(name.len())
                    .max(usize::from(name.starts_with('\\')))
        }
        Some(c) if c.is_alphanumeric() => {
            let digits = near.find(|c: char| !c.is_ascii_digit()).unwrap_or(near.len());
            at + digits.max(c.len_utf8())
        }
        Some('-' | '(') => at,
        _ => at,
    }
}

/// Whether a number is the head of `0x1F` or of `1e999`, whose value it is not.
fn other_notation(text: &str, at: usize) -> bool {
    let mut bytes = text.as_bytes().get(at..).unwrap_or_default().iter();
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    match bytes.next() {
        Some(b'e' | b'E') => {
            let next = bytes.next();
            digit(next) || matches!(next, Some(b'-' | b'+')) && digit(bytes.next())
        }
        Some(b'x' | b'X') => {
            let before = text.get(..at).and_then(|before| before.strip_suffix('0'));
            before.is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',')))
                && bytes.next().is_some_and(u8::is_ascii_hexdigit)
        }
        _ => false,
    }
}

fn closing(near: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in near.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether what stands right behind a number makes it a part of something else, and where that ends, or else where the
/// signs end that belong to the number: degrees.
pub(super) fn joined(text: &str, at: usize) -> (bool, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let mut bytes = rest.bytes();
    let plain = match (bytes.next(), bytes.next()) {
        (None | Some(b'\n' | b'.' | b',' | b')'), _) => true,
        (Some(b' '), Some(next)) => next.is_ascii_alphanumeric() || next == b'=' || next == b'+',
        _ => false,
    };
    if plain {
        return (false, at);
    }
    for degree in ["^\\circ", "^{\\circ}", "^ \\circ", "\\degree", "°", "^°"] {
        if rest.starts_with(degree) {
            return (false, at + degree.len());
        }
    }
    if rest.starts_with('^') || FACTORS.iter().any(|factor| rest.trim_start_matches(' ').starts_with(factor)) {
        return (true, at);
    }
    if other_notation(text, at) {
        return (true, at);
    }
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len().min(8)).min(8);
    let glued = rest.get(..letters).unwrap_or_default();
    let ends = !rest.get(letters..).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    let ordinal = matches!(glued, "st" | "nd" | "rd" | "th");
    let variable = matches!(glued, "x" | "y" | "z" | "n" | "i" | "r" | "a" | "q");
    if ordinal || variable && ends {
        return (true, at + letters);
    }
    let bracket = rest.strip_prefix('(').is_some_and(|inner| inner.starts_with(|c: char| c.is_ascii_digit()));
    (bracket, at)
}
