//! Scripts, and the characters that belong to them.

/// A script that languages are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Latin letters.
    Latin,
    /// Cyrillic letters.
    Cyrillic,
    /// Arabic letters.
    Arabic,
    /// Devanagari.
    Devanagari,
    /// Chinese characters.
    Han,
    /// Hiragana and Katakana.
    Kana,
    /// A script that one language here is written in: its code.
    Only(&'static str),
}

/// Blocks of characters and the script they belong to.
const BLOCKS: [(char, char, Script); 31] = [
    ('A', 'Z', Script::Latin),
    ('a', 'z', Script::Latin),
    ('\u{c0}', '\u{24f}', Script::Latin),
    ('\u{1e00}', '\u{1eff}', Script::Latin),
    ('\u{370}', '\u{3ff}', Script::Only("el")),
    ('\u{1f00}', '\u{1fff}', Script::Only("el")),
    ('\u{400}', '\u{52f}', Script::Cyrillic),
    ('\u{530}', '\u{58f}', Script::Only("hy")),
    ('\u{590}', '\u{5ff}', Script::Only("he")),
    ('\u{600}', '\u{6ff}', Script::Arabic),
    ('\u{750}', '\u{77f}', Script::Arabic),
    ('\u{fb50}', '\u{fdff}', Script::Arabic),
    ('\u{fe70}', '\u{feff}', Script::Arabic),
    ('\u{900}', '\u{97f}', Script::Devanagari),
    ('\u{980}', '\u{9ff}', Script::Only("bn")),
    ('\u{a00}', '\u{a7f}', Script::Only("pa")),
    ('\u{a80}', '\u{aff}', Script::Only("gu")),
    ('\u{b80}', '\u{bff}', Script::Only("ta")),
    ('\u{c00}', '\u{c7f}', Script::Only("te")),
    ('\u{c80}', '\u{cff}', Script::Only("kn")),
    ('\u{d00}', '\u{d7f}', Script::Only("ml")),
    ('\u{d80}', '\u{dff}', Script::Only("si")),
    ('\u{e00}', '\u{e7f}', Script::Only("th")),
    ('\u{10a0}', '\u{10ff}', Script::Only("ka")),
    ('\u{1100}', '\u{11ff}', Script::Only("ko")),
    ('\u{3040}', '\u{30ff}', Script::Kana),
    ('\u{3130}', '\u{318f}', Script::Only("ko")),
    ('\u{3400}', '\u{4dbf}', Script::Han),
    ('\u{4e00}', '\u{9fff}', Script::Han),
    ('\u{ac00}', '\u{d7af}', Script::Only("ko")),
    ('\u{20000}', '\u{3134f}', Script::Han),
];

/// The script of a letter.
pub fn script(c: char) -> Option<Script> {
    BLOCKS.iter().find(|(first, last, _)| (*first..=*last).contains(&c) && c.is_alphabetic()).map(|block| block.2)
}
