//! Commands and braces of TeX.

use super::super::signs::{command, digit};
use super::{Brace, Kind, Scanner};

impl Scanner {
    /// A command of TeX.
    pub(super) fn command(&mut self, text: &str, at: usize) -> usize {
        let rest = &text[at + 1..];
        let name = &rest[..rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len())];
        let end = at + 1 + name.len();
        self.next = Brace::Literal;
        match name {
            "" => {
                let Some(c) = rest.chars().next() else { return end };
                let end = end + c.len_utf8();
                match c {
                    '{' => self.mark('{', at, end),
                    '}' => self.mark('}', at, end),
                    '%' | '|' => self.mark(c, at, end),
                    '_' => self.underscore(&rest[1..]),
                    // `A \ B`, a difference of sets
                    ' ' if text[..at].ends_with(' ') => self.mark('\\', at, at + 1),
                    '$' | '"' | '*' | '#' => {}
                    _ => self.spaced = true,
                }
                return end;
            }
            "n" | "newline" | "par" => self.line_break(at),
            "boxed" | "fbox" | "framebox" => self.next = Brace::Boxed,
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let digits = rest[name.len()..].trim_start();
                let mut pair = digits.chars();
                if let (Some(upper), Some(lower)) = (pair.next().and_then(digit), pair.next().and_then(digit)) {
                    self.push(Kind::Number, at, end, false);
                    self.scan.norm.push(upper);
                    self.close();
                    self.spaced = false;
                    self.mark('/', end, end);
                    self.push(Kind::Number, end, end, false);
                    self.scan.norm.push(lower);
                    self.close();
                    return text.len() - digits.len() + 2;
                }
                self.next = Brace::Upper;
            }
            _ => match command(name) {
                Some("") => self.next = Brace::Group,
                Some(" ") => self.spaced = true,
                Some("°") => return self.plain_mark(text, at, end, '°', ""),
                Some(plain) => self.symbol(plain, at, end),
                None => {
                    self.push(Kind::Word, at, end, false);
                    self.scan.norm.push_str(name);
                    self.close();
                    self.next = Brace::Group;
                }
            },
        }
        end
    }

    /// The sign or the letter that a command stands for.
    pub(super) fn symbol(&mut self, plain: &str, at: usize, end: usize) {
        for c in plain.chars() {
            if c.is_alphabetic() {
                self.push(Kind::Word, at, end, false);
                self.scan.norm.push(c);
                self.close();
            } else {
                self.mark(c, at, end);
            }
        }
        self.next = Brace::Group;
    }

    /// Opens a brace.
    pub(super) fn open(&mut self, at: usize, end: usize) {
        let brace = std::mem::replace(&mut self.next, Brace::Literal);
        match brace {
            Brace::Literal => self.mark('{', at, end),
            Brace::Boxed => {
                self.push(Kind::BoxOpen, at, end, false);
                self.close();
                self.spaced = true;
            }
            Brace::Group | Brace::Upper => {}
        }
        self.braces.push(brace);
    }

    /// Closes a brace.
    pub(super) fn shut(&mut self, at: usize, end: usize) {
        match self.braces.pop() {
            Some(Brace::Group) => {}
            Some(Brace::Upper) => {
                self.spaced = false;
                self.mark('/', at, end);
                self.next = Brace::Group;
            }
            Some(Brace::Boxed) => {
                self.push(Kind::BoxClose, at, end, false);
                self.close();
                self.spaced = true;
            }
            Some(Brace::Literal) | None => self.mark('}', at, end),
        }
    }

    /// An underscore ties an index to its letter; else it is markup.
    pub(super) fn underscore(&mut self, rest: &str) {
        let ties = self.scan.tokens.last().is_some_and(|last| last.kind == Kind::Word) && !self.spaced;
        if ties && rest.starts_with(|c: char| c.is_alphanumeric() || c == '{') {
            self.join = true;
            self.next = Brace::Group;
        }
    }
}
