//! Tokens of a formula, in TeX or plain text.

use std::borrow::Cow;

use super::expression::Function;
use super::number::{Comma, Literal, literal};
use super::symbols::{self, Command, Meaning};

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// Does space stand before it?
    pub(super) spaced: bool,
    /// Is it part of words rather than of a formula?
    pub(super) text: bool,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A number.
    Number(Literal),
    /// A run of letters.
    Word(String),
    /// A name of its own, such as a Greek letter.
    Name(String),
    /// A known function.
    Function(Function),
    /// A command with a structure of its own.
    Command(Command),
    /// Any other character.
    Symbol(char),
}

/// More tokens are not read.
const MOST_TOKENS: usize = 1500;

/// Brings digits, letters, superscripts and spaces into one spelling.
pub(super) fn normal(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut script = None;
    for c in text.chars() {
        let (place, digit) = scripted(c);
        if place != script {
            // `25m²` is an area: the raised digit makes the letter a unit.
            let unit = place == Some('^')
                && result.strip_suffix('m').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
            if unit {
                result.insert(result.len() - 1, ' ');
            }
            result.push_str(if script.is_some() { "}" } else { "" });
            result.extend(place.map(|place| format!("{place}{{")));
            script = place;
        }
        match (c, digit) {
            (_, Some(digit)) => result.push(digit),
            ('\u{ff01}'..='\u{ff5e}', _) => result.extend(char::from_u32(c as u32 - 0xfee0)),
            ('\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' | '\u{966}'..='\u{96f}', _) => {
                let zero = match c as u32 {
                    0x660..=0x669 => 0x660,
                    0x6f0..=0x6f9 => 0x6f0,
                    _ => 0x966,
                };
                result.extend(char::from_digit(c as u32 - zero, 10));
            }
            ('\u{2212}' | '\u{2013}' | '\u{2014}', _) => result.push('-'),
            ('、', _) => result.push(','),
            ('。', _) => result.push('.'),
            (c, _) if vulgar(c).is_some() => {
                let (over, under) = vulgar(c).unwrap_or((1, 1));
                result.extend(["\\frac{", &over.to_string(), "}{", &under.to_string(), "}"]);
            }
            (c, _) if c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}') => result.push(' '),
            (c, _) => result.push(c),
        }
    }
    if script.is_some() {
        result.push('}');
    }
    Cow::Owned(result)
}

/// The sign of a raised or lowered character and what it is on the line.
fn scripted(c: char) -> (Option<char>, Option<char>) {
    if c.is_ascii() {
        return (None, None);
    }
    for (place, characters) in [('^', "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"), ('_', "₀₁₂₃₄₅₆₇₈₉")] {
        if let Some(index) = characters.chars().position(|found| found == c) {
            return (Some(place), "0123456789-+".chars().nth(index));
        }
    }
    (None, None)
}

/// A fraction that is one character.
fn vulgar(c: char) -> Option<(u8, u8)> {
    const FRACTIONS: &[(char, u8, u8)] = &[
        ('½', 1, 2),
        ('⅓', 1, 3),
        ('⅔', 2, 3),
        ('¼', 1, 4),
        ('¾', 3, 4),
        ('⅕', 1, 5),
        ('⅖', 2, 5),
        ('⅗', 3, 5),
        ('⅘', 4, 5),
        ('⅙', 1, 6),
        ('⅚', 5, 6),
        ('⅛', 1, 8),
        ('⅜', 3, 8),
        ('⅝', 5, 8),
        ('⅞', 7, 8),
        ('⅑', 1, 9),
        ('⅒', 1, 10),
    ];
    FRACTIONS.iter().find(|(found, ..)| *found == c).map(|(_, over, under)| (*over, *under))
}

/// The tokens of a text in normal spelling; the reason if it cannot be read.
pub(super) fn tokens(text: &str, comma: Comma) -> Result<Vec<Token>, &'static str> {
    let mut lexer = Lexer { text, at: 0, comma, depth: 0, words: None, braces: 0, spaced: false, tokens: Vec::new() };
    while lexer.at < text.len() {
        lexer.step()?;
        if lexer.tokens.len() > MOST_TOKENS {
            return Err("it is too long");
        }
    }
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    comma: Comma,
    /// Open brackets, within which commas do not group.
    depth: u32,
    /// The brace depth at which words end.
    words: Option<u32>,
    braces: u32,
    spaced: bool,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn push(&mut self, kind: Kind) {
        match &kind {
            Kind::Symbol('(' | '[' | '⦃') => self.depth += 1,
            Kind::Symbol(')' | ']' | '⦄') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.tokens.push(Token { kind, spaced: self.spaced, text: self.words.is_some() });
        self.spaced = false;
    }

    fn step(&mut self) -> Result<(), &'static str> {
        let rest = &self.text[self.at..];
        let Some(c) = rest.chars().next() else { return Ok(()) };
        if c.is_ascii_digit() || (c == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            let (literal, length) = literal(rest, self.comma, self.depth > 0).ok_or("a number is too long")?;
            self.at += length;
            self.push(Kind::Number(literal));
            return Ok(());
        }
        if c == '\\' {
            return self.command();
        }
        let letters: usize = rest.chars().take_while(|c| is_letter(*c)).map(char::len_utf8).sum();
        if letters > 0 {
            self.at += letters;
            self.word(&rest[..letters]);
            return Ok(());
        }
        self.at += c.len_utf8();
        match c {
            ' ' | '~' => self.spaced = true,
            '$' | '\u{200e}' | '\u{200f}' => {}
            '{' if self.text[self.at..].starts_with(":}") => {
                self.at += 2;
                self.push(Kind::Symbol(':'));
            }
            '{' => self.open(),
            '}' => self.close(),
            '*' if self.text[self.at..].starts_with('*') => {
                self.at += 1;
                self.push(Kind::Symbol('^'));
            }
            '<' | '>' | '!' if self.text[self.at..].starts_with('=') && !self.text[self.at..].starts_with("==") => {
                self.at += 1;
                self.push(Kind::Symbol(match c {
                    '<' => '≤',
                    '>' => '≥',
                    _ => '≠',
                }));
            }
            '.' if self.text[self.at..].starts_with("..") => {
                self.at += 2;
                self.push(Kind::Symbol('…'));
            }
            '\u{391}'..='\u{3c9}' | 'ϕ' | 'ϵ' | 'ϑ' if c != 'π' => self.push(Kind::Name(symbols::greek(c))),
            c if c.is_control() => return Err("it holds a control character"),
            c => self.push(Kind::Symbol(if c.is_ascii() { c } else { symbols::character(c) })),
        }
        Ok(())
    }

    fn open(&mut self) {
        self.braces += 1;
        if self.words.is_none() {
            self.push(Kind::Symbol('{'));
        }
    }

    fn close(&mut self) {
        self.braces = self.braces.saturating_sub(1);
        match self.words {
            Some(depth) if self.braces <= depth => {
                self.words = None;
            }
            Some(_) => {}
            None => self.push(Kind::Symbol('}')),
        }
    }

    fn word(&mut self, word: &str) {
        if let Some(function) = symbols::function(word) {
            return self.push(Kind::Function(function));
        }
        // `sinx` is sin x: a function directly before one letter.
        let mut last = word.char_indices();
        if let Some((at, _)) = last.next_back()
            && let Some(function) = symbols::function(&word[..at])
            && self.words.is_none()
        {
            self.push(Kind::Function(function));
            return self.push(Kind::Word(word[at..].to_owned()));
        }
        self.push(Kind::Word(word.to_owned()));
    }

    fn command(&mut self) -> Result<(), &'static str> {
        let rest = &self.text[self.at + 1..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = if letters > 0 { letters } else { rest.chars().next().map_or(0, char::len_utf8) };
        let name = &rest[..length];
        self.at += 1 + length;
        let rest = &rest[length..];
        if name == "mathbb" {
            return self.blackboard(rest);
        }
        match symbols::meaning(name).ok_or("it holds a command that is not known")? {
            Meaning::Text => self.words(name, rest),
            Meaning::Function(function) => self.push(Kind::Function(function)),
            Meaning::Symbol(symbol) => self.symbol(symbol),
            Meaning::Command(command) => self.push(Kind::Command(command)),
            Meaning::Name => self.push(Kind::Name(name.strip_prefix("var").unwrap_or(name).to_owned())),
            Meaning::Space => self.spaced = true,
            // `\left.` is a bracket that is not drawn.
            Meaning::Looks => self.at += usize::from(matches!(name, "left" | "right") && rest.starts_with('.')),
        }
        Ok(())
    }

    fn symbol(&mut self, symbol: char) {
        self.push(Kind::Symbol(if symbol == '$' { '＄' } else { symbol }));
    }

    /// Reads the argument of a text command as words; a single upright letter stays a letter.
    fn words(&mut self, name: &str, rest: &str) {
        let lead = rest.len() - rest.trim_start().len();
        let Some(inner) = rest[lead..].strip_prefix('{') else { return };
        let upright = matches!(name, "mathrm" | "operatorname");
        let single = inner.chars().next().is_some_and(|c| inner[c.len_utf8()..].starts_with('}'));
        if upright && single {
            return;
        }
        self.at += lead + 1;
        if self.words.is_none() {
            self.words = Some(self.braces);
        }
        self.braces += 1;
    }

    fn blackboard(&mut self, rest: &str) -> Result<(), &'static str> {
        let inner = rest.trim_start().trim_start_matches('{');
        if !inner.starts_with('R') {
            return Err("it holds a set that is not known");
        }
        let braced = rest.trim_start().starts_with('{');
        self.at += rest.len() - inner.len() + 1 + usize::from(braced && inner[1..].starts_with('}'));
        self.push(Kind::Symbol('ℝ'));
        Ok(())
    }
}

/// Is this a letter of words? Greek letters are names of their own.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !('\u{370}'..='\u{3ff}').contains(&c) && c != 'ℝ' && c != 'º' && c != 'ª'
}
