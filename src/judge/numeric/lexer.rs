//! How a text is parted into words, numbers and signs.

mod parts;

use super::ahead::{numeral_follows, words_ahead};
use super::digits;
use super::factorials::factorial;
use super::lexicon;
use super::number;
use super::recount::negate_below_zero;
use super::roles::Roles;
use super::scaled;
use super::scales;
use super::signs::plain;
use super::tex;
use super::tokens::{Kind, Style, Token};
use super::value::Number;
use super::words;

/// The tokens of the pieces of a text, each with its place; the pieces are parts of the text. The question
/// helps to tell whether a point marks decimals or thousands.
pub(super) fn tokens(text: &str, pieces: &[(usize, &str)], question: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, question, ..Lexer::default() };
    for (start, piece) in pieces {
        lexer.text = text.get(..start + piece.len()).unwrap_or_default();
        lexer.at = *start;
        while lexer.step() {}
    }
    lexer.finish()
}

#[derive(Default)]
struct Lexer<'a> {
    text: &'a str,
    question: &'a str,
    at: usize,
    tokens: Vec<Token>,
    others: Vec<(usize, Number)>,
    spaced: bool,
    strong: bool,
    /// Where a currency sign ended.
    money: Option<usize>,
    /// The number of the last item of a list.
    item: i128,
    comma: usize,
    point: usize,
    lower: String,
}

impl<'a> Lexer<'a> {
    fn finish(mut self) -> Vec<Token> {
        if !self.others.is_empty() {
            for word in self.question.split(|c: char| !c.is_alphabetic()).take(200) {
                let roles = lexicon::roles(&word.to_lowercase());
                self.comma += usize::from(roles.has(Roles::COMMA_LANGUAGE));
                self.point += usize::from(roles.has(Roles::POINT_LANGUAGE));
            }
        }
        negate_below_zero(&mut self.tokens);
        if self.comma > self.point {
            for (index, other) in self.others {
                if let Some(Token { kind: Kind::Number(number, _), .. }) = self.tokens.get_mut(index) {
                    *number = if number.value < 0.0 { other.negated() } else { other };
                }
            }
        }
        self.tokens
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, end: usize, kind: Kind) {
        let span = self.at..end;
        self.at = end;
        self.tokens.push(Token { span, kind, spaced: std::mem::take(&mut self.spaced), strong: self.strong });
    }

    fn last(&self) -> Option<&Token> {
        self.tokens.last()
    }

    fn starts_line(&self) -> bool {
        self.last().is_none_or(|token| token.kind == Kind::Line)
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return false };
        let next = chars.next();
        let end = self.at + c.len_utf8();
        match c {
            '\n' | '\r' => {
                self.strong = false;
                self.push(end, Kind::Line);
            }
            '\\' => self.command(),
            '*' => self.star(rest),
            '_' | '^' => self.index(c),
            '`' | '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}' => self.at = end,
            '#' => self.hashes(rest),
            '<' if let Some(length) = tag(rest) => self.at += length,
            '-' | '=' if let Some(length) = arrow(rest) => self.push(self.at + length, Kind::Sign('→')),
            '>' if self.starts_line() && next == Some(' ') => self.at = end,
            '<' if next == Some('<') => {
                let near = rest.get(..rest.floor_char_boundary(96)).unwrap_or_default();
                self.at += near.find(">>").map_or(2, |at| at + 2);
            }
            '$' | '€' | '£' | '¥' | '₹' | '₽' | '₩' | '￥' | '＄' => {
                self.money = Some(end);
                self.at = end;
            }
            _ if c.is_whitespace() => {
                self.spaced = true;
                self.at = end;
            }
            _ if digits::begins(c, next) => self.number(),
            _ if c as u32 >= 0x2e80 && c.is_alphabetic() => self.unspaced(c, rest),
            _ if c.is_alphabetic() => self.word(rest),
            _ => self.push(end, Kind::Sign(plain(c))),
        }
        true
    }

    fn number(&mut self) {
        let Some(mut reading) = number::read(self.text, self.at) else {
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
            return;
        };
        let money = self.money.is_some_and(|at| at == self.at || self.text.get(at..self.at) == Some(" "));
        scaled::finish(self.text, &mut reading, money, self.question);
        if let Some(number) = reading.number
            && let Some((product, end)) = factorial(self.text, reading.end, number, self.question)
        {
            (reading.number, reading.other, reading.end) = (Some(product), None, end);
        }
        let before = self.text.get(..self.at).and_then(|before| before.chars().next_back());
        let part = before == Some('√') || self.labelled() || self.is_item(&reading) || self.is_name();
        let Some(number) = reading.number.filter(|number| !part && number.value.is_finite()) else {
            self.push(reading.end, Kind::Part);
            return;
        };
        let (joined, end) = tex::joined(self.text, reading.end);
        if joined {
            self.push(end, Kind::Part);
            return;
        }
        let style = if self.counts() { Style::Weak } else { Style::Digits };
        self.push_number(number, reading.other, style, end);
    }

    fn push_number(&mut self, number: Number, other: Option<Number>, style: Style, end: usize) {
        let negative = if self.subtracts() { None } else { self.take_minus() };
        if let Some(other) = other {
            self.others.push((self.tokens.len(), other));
        }
        let begin = negative.unwrap_or(self.at);
        let number = if negative.is_some() { number.negated() } else { number };
        self.at = begin;
        self.push(end, Kind::Number(number, style));
    }

    /// Takes the minus that belongs to the number that begins here, and says where it stands.
    fn take_minus(&mut self) -> Option<usize> {
        let last = self.last()?;
        let before = self.tokens.len().checked_sub(2).and_then(|at| self.tokens.get(at));
        let between = self.text.get(last.span.end..self.at)?;
        let minus = match last.kind {
            Kind::Word(roles) if roles.has(Roles::MINUS) => {
                between.len() <= 1 && !before.is_some_and(|token| matches!(token.kind, Kind::Number(..) | Kind::Part))
            }
            Kind::Sign('-') => {
                let apart = between.contains(char::is_whitespace);
                let attached = between.chars().all(|c| "$€£¥₹₽₩\\, ".contains(c)) && !apart;
                match before.map(|token| token.kind) {
                    None | Some(Kind::Line) => attached,
                    Some(Kind::Sign(')' | ']' | '%' | '}' | '|')) if !last.spaced => false,
                    Some(Kind::Sign(')' | '%')) => false,
                    Some(Kind::Sign('=' | '(' | ':')) => true,
                    Some(Kind::Sign(_) | Kind::Boxed | Kind::Hashes) => attached,
                    Some(Kind::Word(_)) => attached && last.spaced,
                    Some(Kind::Number(..) | Kind::Part) => false,
                }
            }
            _ => false,
        };
        let start = last.span.start;
        let spaced = last.spaced;
        if !minus {
            return None;
        }
        self.tokens.pop();
        self.spaced = spaced;
        Some(start)
    }

    /// `10 dollars minus 6 dollars`: a minus that takes the number that begins here from another one with the same unit
    /// is a sign between them.
    fn subtracts(&mut self) -> bool {
        let rest = self.rest();
        let [.., number, unit, minus] = self.tokens.as_mut_slice() else { return false };
        let word = matches!(minus.kind, Kind::Word(roles) if roles.has(Roles::MINUS));
        if !word || !matches!((number.kind, unit.kind), (Kind::Number(..), Kind::Word(_))) {
            return false;
        }
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' '));
        let same = self.text.get(unit.span.clone()).is_some_and(|unit| behind.starts_with(unit));
        if same {
            minus.kind = Kind::Sign('-');
        }
        same
    }

    fn word(&mut self, rest: &str) {
        if let Some(short) = lexicon::CORRECTIONS.into_iter().find(|short| rest.starts_with(short)) {
            return self.push(self.at + short.len(), Kind::Word(Roles::CORRECTION));
        }
        if let Some(short) = ["i.e.", "d.h.", "т.е."].into_iter().find(|short| rest.starts_with(short)) {
            return self.push(self.at + short.len(), Kind::Word(lexicon::roles(short)));
        }
        let ascii = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if ascii > 0 && rest.as_bytes().get(ascii).is_none_or(|byte| byte.is_ascii() && *byte != b'\'') {
            let mut lower = std::mem::take(&mut self.lower);
            lower.clear();
            lower.push_str(rest.get(..ascii.min(32)).unwrap_or_default());
            lower.make_ascii_lowercase();
            self.lower_word(&lower, self.at + ascii);
            self.lower = lower;
            return;
        }
        let mut end = rest.len();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let inner = matches!(c, '\'' | '’') && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
            let continues = c.is_alphanumeric() && (c as u32) < 0x2e80
                || inner
                || scales::mark(c)
                || matches!(c, '\u{64b}'..='\u{652}');
            if !continues {
                end = at;
                break;
            }
        }
        let word = rest.get(..end.max(1)).unwrap_or(rest);
        let mut lower = std::mem::take(&mut self.lower);
        lower.clear();
        if word.len() <= 32 {
            lower.extend(word.chars().map(|c| if c == '’' { '\'' } else { c }).flat_map(char::to_lowercase));
        }
        self.lower_word(&lower, self.at + word.len());
        self.lower = lower;
    }

    fn lower_word(&mut self, lower: &str, end: usize) {
        if !lower.is_empty() && self.number_words(lower, end) {
            return;
        }
        let roles = lexicon::roles(lower);
        self.comma += usize::from(roles.has(Roles::COMMA_LANGUAGE));
        self.point += usize::from(roles.has(Roles::POINT_LANGUAGE));
        if roles.has(Roles::CURRENCY) {
            self.money = Some(end);
        }
        // `Rs5` and `US$5` were taken whole if a digit follows the letters.
        self.push(end, Kind::Word(roles));
    }

    /// Takes a number in words.
    fn number_words(&mut self, lower: &str, end: usize) -> bool {
        // Behind a number a cent is a coin, and no hundred of French.
        let coin = matches!(lower, "cent" | "cents")
            && self.last().is_some_and(|token| matches!(token.kind, Kind::Number(..)));
        if coin {
            return false;
        }
        if !(words::is_numeral(lower) || words::is_article(lower) && numeral_follows(self.text, end)) {
            return false;
        }
        let ahead = words_ahead(self.text, self.at, end);
        let list: Vec<&str> = ahead.iter().map(|(word, _)| word.as_str()).collect();
        let Some(composed) = words::compose(&list) else { return false };
        let Some((_, end)) = ahead.get(composed.words - 1) else { return false };
        let mut number = composed.number;
        let mut end = *end;
        if let Some(after) = scales::percent(self.text, end) {
            number.percent = true;
            end = after;
        }
        if self.labelled() {
            self.push(end, Kind::Part);
            return true;
        }
        let style = if composed.weak || self.counts() { Style::Weak } else { Style::Words };
        self.push_number(number, None, style, end);
        true
    }

    fn unspaced(&mut self, c: char, rest: &str) {
        if let Some(equals) = ["等于", "等於"].into_iter().find(|equals| rest.starts_with(equals)) {
            return self.push(self.at + equals.len(), Kind::Sign('='));
        }
        let known = lexicon::unspaced(c, rest);
        let minus = known.is_some_and(|(_, roles)| roles.has(Roles::MINUS));
        if let Some((number, length, single)) = words::compose_han(rest).filter(|_| !minus) {
            let end = self.at + length;
            if self.labelled() {
                return self.push(end, Kind::Part);
            }
            let style = if single { Style::Weak } else { Style::Words };
            return self.push_number(number, None, style, end);
        }
        match known {
            Some((length, roles)) => self.push(self.at + length, Kind::Word(roles)),
            None => self.push(self.at + c.len_utf8(), Kind::Word(Roles::default())),
        }
    }

    fn command(&mut self) {
        let end = match tex::command(self.text, self.at) {
            tex::Command::Fraction(_) => return self.number(),
            tex::Command::Boxed(end) => return self.push(end, Kind::Boxed),
            tex::Command::Sign(sign, end) => return self.push(end, Kind::Sign(sign)),
            tex::Command::Part(end) => return self.push(end, Kind::Part),
            tex::Command::Word(end) => return self.push(end, Kind::Word(Roles::default())),
            tex::Command::Currency(end) => {
                self.money = Some(end);
                end
            }
            tex::Command::Space(end) => end,
        };
        self.at = end;
    }

    fn star(&mut self, rest: &str) {
        let stars = rest.len() - rest.trim_start_matches('*').len();
        let after = rest.trim_start_matches('*');
        let digit = |c: char| digits::digit(c).is_some() || c == '(';
        let number =
            self.last().is_some_and(|token| matches!(token.kind, Kind::Number(..) | Kind::Part | Kind::Sign(')')));
        if stars == 1 && number && after.trim_start_matches(' ').starts_with(digit) {
            return self.push(self.at + 1, Kind::Sign('×'));
        }
        if stars > 1 {
            self.strong = !self.strong;
        }
        self.at += stars;
    }

    /// `x_1`, `x^{2}`: the index belongs to what stands before; a `_` elsewhere is markup.
    fn index(&mut self, sign: char) {
        let before = self.text.get(..self.at).and_then(|before| before.chars().next_back());
        let bound = sign == '^' || before.is_some_and(|c| c.is_alphabetic() || matches!(c, '}' | ')'));
        self.at = if bound { tex::skip_argument(self.text, self.at + 1) } else { self.at + 1 };
    }

    fn hashes(&mut self, rest: &str) {
        let count = rest.len() - rest.trim_start_matches('#').len();
        if count == 4 {
            return self.push(self.at + count, Kind::Hashes);
        }
        let numbered = count == 1 && !self.starts_line();
        if numbered && rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            let digits = rest.len()
                - 1
                - rest.get(1..).unwrap_or_default().trim_start_matches(|c: char| c.is_ascii_digit()).len();
            return self.push(self.at + 1 + digits, Kind::Part);
        }
        self.at += count;
    }
}

/// Length of an arrow of ASCII: `->`, `==>`.
fn arrow(rest: &str) -> Option<usize> {
    const LONGEST: usize = 3;
    let line = rest.bytes().take(LONGEST).take_while(|byte| rest.as_bytes().first() == Some(byte)).count();
    (rest.as_bytes().get(line) == Some(&b'>')).then_some(line + 1)
}

/// Length of a tag of HTML that only sets off what is in it.
fn tag(rest: &str) -> Option<usize> {
    const TAGS: [&str; 10] = ["b", "i", "u", "p", "em", "br", "strong", "span", "code", "mark"];
    let near = rest.get(..rest.floor_char_boundary(12))?;
    let end = near.find('>')?;
    let name = near.get(1..end)?.trim_matches(['/', ' ']);
    TAGS.contains(&name).then_some(end + 1)
}
