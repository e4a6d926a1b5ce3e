//! The normal form of a text: tokens with their place in the original, TeX and typography made plain.

mod number;
mod tex;

use super::markup::{check, html, is_letter_in_angles, strike};
use super::signs::{Sign, digit, fold, is_glyph, script, sign};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of letters of one script, with digits after the first.
    Word,
    /// A number, with its sign.
    Number,
    /// One character of a script that writes no spaces between words.
    Glyph,
    /// A sign.
    Mark(char),
    /// The end of a line.
    Break,
    /// The start of a box.
    BoxOpen,
    /// The end of a box.
    BoxClose,
}

/// A token of the normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it starts in the original text.
    pub at: usize,
    /// Where it ends in the original text.
    pub to: usize,
    /// Where it starts in the normal form.
    pub from: usize,
    /// Where it ends in the normal form.
    pub until: usize,
    /// Whether nothing stands between it and the token before.
    pub glued: bool,
    /// Whether its first letter is a capital.
    pub upper: bool,
}

/// The normal form of a text.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Lower case, without signs of markup, with one space between words.
    pub norm: String,
    /// Its tokens, in order.
    pub tokens: Vec<Token>,
}

impl Scan {
    /// The normal form of a token.
    pub fn word(&self, token: &Token) -> &str {
        self.norm.get(token.from..token.until).unwrap_or_default()
    }

    /// The normal form of the token with this number; nothing behind the last.
    pub fn word_at(&self, token: usize) -> &str {
        self.tokens.get(token).map_or("", |token| self.word(token))
    }
}

/// Scans pieces of a text; a line ends between two pieces.
pub(super) fn scan(pieces: &[(usize, &str)]) -> Scan {
    let size = pieces.iter().map(|(_, piece)| piece.len()).sum::<usize>();
    let scan = Scan { norm: String::with_capacity(size + 8), tokens: Vec::with_capacity(size / 4 + 4) };
    let mut scanner = Scanner { scan, base: 0, spaced: true, braces: Vec::new(), next: Brace::Literal, join: false };
    for (base, piece) in pieces {
        scanner.base = *base;
        scanner.piece(piece);
        scanner.line_break(piece.len());
    }
    if scanner.last_is(Kind::Break) {
        scanner.drop_last();
    }
    scanner.scan
}

/// What a brace encloses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brace {
    /// A set, as it is written.
    Literal,
    /// An argument, whose braces do not show.
    Group,
    /// The upper part of a fraction.
    Upper,
    /// A box.
    Boxed,
}

struct Scanner {
    scan: Scan,
    base: usize,
    /// Whether space stands before the next token.
    spaced: bool,
    braces: Vec<Brace>,
    /// What the next brace encloses.
    next: Brace,
    /// Whether the next letters belong to the word before.
    join: bool,
}

impl Scanner {
    fn piece(&mut self, text: &str) {
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            // What stands between most words.
            if c == ' ' {
                self.spaced = true;
                at += 1;
                continue;
            }
            let after = self.step(text, at, c);
            at = if after > at { after } else { at + c.len_utf8() };
        }
    }

    /// Takes what starts at `at`; returns where it ends.
    fn step(&mut self, text: &str, at: usize, c: char) -> usize {
        let end = at + c.len_utf8();
        if c == '\\' {
            return self.command(text, at);
        }
        if c != '{' && c != ' ' && !c.is_ascii_alphanumeric() {
            self.next = Brace::Literal;
        }
        if digit(c).is_some() {
            return self.number(text, at, at, false);
        }
        if is_glyph(c) {
            self.push(Kind::Glyph, at, end, false);
            self.scan.norm.push(c);
            self.close();
            return end;
        }
        if c.is_ascii_alphabetic() || c.is_alphabetic() && !matches!(sign(c), Sign::Letter(_)) {
            return self.word(text, at, c);
        }
        self.sign(text, at, c)
    }

    fn word(&mut self, text: &str, at: usize, first: char) -> usize {
        let kind = script(first);
        let joined =
            std::mem::take(&mut self.join) && self.scan.tokens.last().is_some_and(|last| last.kind == Kind::Word);
        if !joined {
            self.push(Kind::Word, at, at, first.is_uppercase());
        }
        let start = self.scan.norm.len();
        // Most words are nothing but ASCII.
        let mut letters = text[at..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        self.scan.norm.push_str(&text[at..at + letters]);
        self.scan.norm[start..].make_ascii_lowercase();
        let (at, mut end) = (at + letters, at + letters);
        for (offset, c) in text[at..].char_indices() {
            if c.is_ascii() && !c.is_ascii_alphanumeric() && c != '\'' {
                break;
            }
            if matches!(c, '\'' | '\u{2019}' | '\u{2bc}') {
                // `it's` is a word, `'B'` is a quoted letter, `l'A` an article and a letter.
                let after = &text[at + offset + c.len_utf8()..];
                let mut next = after.chars();
                let letter = next.next().is_some_and(|c| c.is_alphabetic() && script(c) == kind);
                let alone = after.starts_with(|c: char| c.is_ascii_uppercase())
                    && !next.next().is_some_and(char::is_alphabetic);
                if letter && !alone {
                    continue;
                }
                break;
            }
            let part = c.is_alphabetic() && script(c) == kind && !is_glyph(c);
            if !(part || letters > 0 && c.is_ascii_digit() || fold(c) == Some("")) {
                break;
            }
            self.lower(c);
            letters += 1;
            end = at + offset + c.len_utf8();
        }
        // A single letter with an accent is a word of its own: é, è, à.
        if letters == 1 && !joined && matches!(first, '\u{c0}'..='\u{24f}' | '\u{400}'..='\u{6ff}') {
            self.scan.norm.truncate(start);
            self.scan.norm.extend(first.to_lowercase());
        }
        self.extend(end);
        end
    }

    fn lower(&mut self, c: char) {
        if c.is_ascii() {
            self.scan.norm.push(c.to_ascii_lowercase());
        } else if let Some(plain) = fold(c) {
            self.scan.norm.push_str(plain);
        } else {
            for c in c.to_lowercase() {
                self.scan.norm.push_str(fold(c).unwrap_or(c.encode_utf8(&mut [0; 4])));
            }
        }
    }

    fn sign(&mut self, text: &str, at: usize, c: char) -> usize {
        let end = at + c.len_utf8();
        let rest = &text[end..];
        match sign(c) {
            Sign::Space => self.spaced = true,
            Sign::Nothing => {}
            Sign::Break => self.line_break(at),
            Sign::Digit(value, raised) => {
                if raised && !self.last_is(Kind::Mark('^')) {
                    self.mark('^', at, at);
                } else if !raised {
                    self.join = self.scan.tokens.last().is_some_and(|last| last.kind == Kind::Word) && !self.spaced;
                }
                if std::mem::take(&mut self.join) {
                    self.scan.norm.push(value);
                    self.extend(end);
                } else {
                    self.push(Kind::Number, at, end, false);
                    self.scan.norm.push(value);
                    self.close();
                }
            }
            Sign::Letter(letter) => {
                self.push(Kind::Word, at, end, true);
                self.scan.norm.push(letter);
                self.close();
            }
            Sign::Circled(value) => {
                self.mark('(', at, at);
                self.spaced = false;
                self.push(Kind::Number, at, end, false);
                self.scan.norm.push_str(&value.to_string());
                self.close();
                self.mark(')', end, end);
            }
            Sign::Text(plain) => {
                for c in plain.chars() {
                    if c.is_ascii_digit() {
                        self.push(Kind::Number, at, end, false);
                        self.scan.norm.push(c);
                        self.close();
                    } else {
                        self.mark(c, at, end);
                    }
                }
            }
            Sign::Mark(mark) => return self.plain_mark(text, at, end, mark, rest),
        }
        end
    }

    fn plain_mark(&mut self, text: &str, at: usize, end: usize, mark: char, rest: &str) -> usize {
        let line_start = self.scan.tokens.last().is_none_or(|last| last.kind == Kind::Break);
        let is_digit = |c| digit(c).is_some();
        match mark {
            '-' | '=' if rest.starts_with('>') => return self.arrow(at, end + 1),
            '-' if rest.starts_with(is_digit) && self.may_sign() => return self.number(text, at, end, true),
            '.' if rest.starts_with(is_digit) && (self.spaced || line_start) => {
                return self.number(text, at, at, false);
            }
            '>' if line_start => {}
            '#' if line_start => {
                let run = text[at..].len() - text[at..].trim_start_matches('#').len();
                if run >= 3 {
                    self.mark('#', at, at + run);
                }
                self.spaced = true;
                return at + run;
            }
            '~' => return strike(text, at).unwrap_or(end),
            '<' if is_letter_in_angles(rest) => {
                self.mark('(', at, end);
                let after = self.word(text, end, rest.chars().next().unwrap_or_default());
                self.mark(')', after, after + 1);
                return after + 1;
            }
            '<' => match html(rest) {
                Some((length, breaks)) => {
                    if breaks {
                        self.line_break(at);
                    }
                    return end + length;
                }
                None => self.mark('<', at, end),
            },
            '[' if line_start || self.last_is(Kind::Mark('-')) => match check(rest) {
                Some(mark) => {
                    self.mark(mark, at, end + 2);
                    return end + 2;
                }
                None => self.mark('[', at, end),
            },
            '{' => self.open(at, end),
            '}' => self.shut(at, end),
            '_' => self.underscore(rest),
            '^' => {
                self.mark('^', at, end);
                self.next = Brace::Group;
            }
            '.' if rest.starts_with("..") => {
                self.mark('…', at, end + 2);
                return end + 2;
            }
            '°' => {
                if self.last_is(Kind::Mark('^')) {
                    self.drop_last();
                }
                self.mark('°', at, end);
            }
            mark => self.mark(mark, at, end),
        }
        end
    }

    fn arrow(&mut self, at: usize, end: usize) -> usize {
        self.mark('→', at, end);
        end
    }

    fn last_is(&self, kind: Kind) -> bool {
        self.scan.tokens.last().is_some_and(|last| last.kind == kind)
    }

    fn drop_last(&mut self) {
        if let Some(last) = self.scan.tokens.pop() {
            self.scan.norm.truncate(last.from);
        }
    }

    fn mark(&mut self, mark: char, at: usize, end: usize) {
        self.push(Kind::Mark(mark), at, end, false);
        self.scan.norm.push(mark);
        self.close();
    }

    fn line_break(&mut self, at: usize) {
        if !self.scan.tokens.is_empty() && !self.last_is(Kind::Break) {
            self.push(Kind::Break, at, at, false);
            self.scan.norm.push('\n');
            self.close();
        }
        self.spaced = true;
        self.join = false;
    }

    /// Opens a token; its normal form is what is pushed until `close` or `extend`.
    fn push(&mut self, kind: Kind, at: usize, to: usize, upper: bool) {
        let glued = !self.spaced && !self.scan.tokens.is_empty();
        let before = self.scan.tokens.last().map(|last| last.kind);
        let words = matches!(kind, Kind::Word) && before == Some(Kind::Word)
            || kind == Kind::Number && matches!(before, Some(Kind::Word | Kind::Number));
        if words && self.spaced {
            self.scan.norm.push(' ');
        }
        let from = self.scan.norm.len();
        let (at, to) = (self.base + at, self.base + to);
        self.scan.tokens.push(Token { kind, at, to, from, until: from, glued, upper });
        self.spaced = false;
        self.join = false;
    }

    fn close(&mut self) {
        let until = self.scan.norm.len();
        if let Some(last) = self.scan.tokens.last_mut() {
            last.until = until;
        }
    }

    fn extend(&mut self, to: usize) {
        let to = self.base + to;
        if let Some(last) = self.scan.tokens.last_mut() {
            last.to = to;
        }
        self.close();
    }
}
