//! From tokens to a formula: lists, chains of relations, sets, sums and products.

use super::expression::{Constant, Expr, Function, Parsed, Relation};
use super::lexer::{Kind, Token};
use super::marks::{based, named, spelling};
use super::symbols::Command;

/// Brackets, fractions and powers nest no deeper than this.
const DEEPEST: u32 = 40;

/// Reads tokens as a formula.
pub(super) fn parse(tokens: &[Token]) -> Parsed {
    let mut parser = Parser { tokens, at: 0, depth: 0, bars: false, square: false, condition: false };
    let result = parser.list()?;
    match parser.peek() {
        None => Ok(result),
        Some(Kind::Number(_)) => Err("two numbers stand side by side"),
        Some(_) => Err("something follows that does not belong to it"),
    }
}

/// A place in the tokens of a formula.
pub(super) struct Parser<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    pub(super) depth: u32,
    /// Does a bar close?
    pub(super) bars: bool,
    /// Does a square bracket of either direction close?
    pub(super) square: bool,
    /// Does a bar or colon open the condition of a set?
    pub(super) condition: bool,
}

impl<'a> Parser<'a> {
    /// What the next token is.
    pub(super) fn peek(&self) -> Option<&'a Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    /// The next symbol.
    pub(super) fn symbol(&self) -> Option<char> {
        match self.peek() {
            Some(Kind::Symbol(symbol)) => Some(*symbol),
            _ => None,
        }
    }

    /// The word at a place.
    pub(super) fn word(&self, at: usize) -> Option<&'a str> {
        match self.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Takes a symbol if it is the next.
    pub(super) fn take(&mut self, symbol: char) -> bool {
        let found = self.symbol() == Some(symbol);
        self.at += usize::from(found);
        found
    }

    /// Takes a symbol that must come next.
    pub(super) fn expect(&mut self, symbol: char) -> Result<(), &'static str> {
        if self.take(symbol) { Ok(()) } else { Err("a bracket is not closed") }
    }

    /// Reads something one level deeper.
    pub(super) fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, &'static str>,
    ) -> Result<T, &'static str> {
        if self.depth >= DEEPEST {
            return Err("it nests too deeply");
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Values side by side; relations joined by `or` and `and` are sets of numbers.
    pub(super) fn list(&mut self) -> Parsed {
        let mut items = vec![self.chain()?];
        let mut words = Vec::new();
        while let Some(separator) = self.separator() {
            words.push(separator);
            while let Some(separator) = self.separator() {
                words.push(separator);
            }
            if self.peek().is_none() || self.closes() {
                break;
            }
            items.push(self.chain()?);
        }
        if items.len() < 2 {
            return items.pop().ok_or("it is empty");
        }
        let unequal = items
            .iter()
            .all(|item| matches!(item, Expr::Chain(_, rest) if rest.iter().all(|(relation, _)| relation.orders())));
        Ok(match words.as_slice() {
            words if unequal && words.iter().all(|word| OR.contains(word)) => Expr::Union(items),
            words if unequal && words.iter().all(|word| AND.contains(word)) => Expr::Intersection(items),
            _ => Expr::List(items),
        })
    }

    /// Takes a sign or word between values.
    fn separator(&mut self) -> Option<&'a str> {
        let word = match self.symbol() {
            Some(',' | ';') => Some(","),
            _ => self.word(self.at).filter(|word| joins(word)),
        };
        self.at += usize::from(word.is_some());
        word
    }

    /// Does the next token close a bracket?
    pub(super) fn closes(&self) -> bool {
        match self.symbol() {
            Some(')' | '⦄' | '}' | '⟩' | '⌋' | '⌉' | '&' | '\n' | ']' | '‖') => true,
            Some('|') => self.bars || self.condition,
            Some('∣' | ':') => self.condition,
            Some('[') => self.square,
            _ => false,
        }
    }

    /// Terms and how they relate.
    fn chain(&mut self) -> Parsed {
        let first = self.ratio()?;
        let mut rest = Vec::new();
        while let Some(relation) = self.relation() {
            self.at += 1;
            // `==` and `= \,=` over a line break.
            while self.symbol() == Some('=') {
                self.at += 1;
            }
            rest.push((relation, self.ratio()?));
        }
        Ok(if rest.is_empty() { first } else { Expr::Chain(Box::new(first), rest) })
    }

    fn relation(&self) -> Option<Relation> {
        Some(match self.symbol()? {
            '=' => Relation::Equal,
            '≠' => Relation::NotEqual,
            '≈' => Relation::About,
            '<' => Relation::Less,
            '≤' => Relation::LessEqual,
            '>' => Relation::Greater,
            '≥' => Relation::GreaterEqual,
            '∈' => Relation::In,
            _ => return None,
        })
    }

    /// Parts to each other, or a time.
    fn ratio(&mut self) -> Parsed {
        let mut parts = vec![self.sets()?];
        while !self.condition && self.take(':') {
            parts.push(self.sets()?);
        }
        Ok(match (parts.len(), parts.pop()) {
            (1, Some(part)) => part,
            (_, part) => {
                parts.extend(part);
                Expr::Ratio(parts)
            }
        })
    }

    /// Unions, intersections and differences of sets.
    fn sets(&mut self) -> Parsed {
        let mut left = self.sum()?;
        while let Some(operator @ ('∪' | '∩' | '∖')) = self.symbol() {
            self.at += 1;
            let right = self.sum()?;
            left = match (operator, left) {
                ('∪', Expr::Union(mut parts)) => {
                    parts.push(right);
                    Expr::Union(parts)
                }
                ('∪', left) => Expr::Union(vec![left, right]),
                ('∩', left) => Expr::Intersection(vec![left, right]),
                (_, left) => Expr::Difference(Box::new(left), Box::new(right)),
            };
        }
        Ok(left)
    }

    /// A sum.
    pub(super) fn sum(&mut self) -> Parsed {
        let mut parts = Vec::new();
        loop {
            let sign = self.symbol().filter(|sign| matches!(sign, '+' | '-' | '±' | '∓'));
            if sign.is_none() && !parts.is_empty() {
                break;
            }
            self.at += usize::from(sign.is_some());
            let part = self.product()?;
            parts.push(signed(sign, part));
        }
        Ok(match (parts.len(), parts.pop()) {
            (1, Some(part)) => part,
            (_, part) => {
                parts.extend(part);
                Expr::Sum(parts)
            }
        })
    }

    /// A product or quotient.
    pub(super) fn product(&mut self) -> Parsed {
        let mut left = self.factor()?;
        loop {
            left = match self.symbol() {
                Some('*') => {
                    self.at += 1;
                    times(left, self.factor()?)
                }
                Some('/') => {
                    self.at += 1;
                    Expr::Quotient(Box::new(left), Box::new(self.factor()?))
                }
                _ if self.starts_factor() => times(left, self.power()?),
                _ => return Ok(left),
            };
        }
    }

    /// Does the next token begin a factor that may follow without a sign?
    pub(super) fn starts_factor(&self) -> bool {
        match self.peek() {
            Some(Kind::Word(word)) => !joins(word),
            Some(Kind::Name(_) | Kind::Function(_)) => true,
            Some(Kind::Command(command)) => *command != Command::End,
            Some(Kind::Symbol(symbol)) => match symbol {
                '(' | '{' | 'π' | '√' | '⌊' | '⌈' | '∞' | '⦃' | '⟨' | '∑' | '∏' => true,
                '[' => !self.square,
                '|' => !self.bars && !self.condition,
                _ => false,
            },
            _ => false,
        }
    }

    /// A factor with its sign.
    pub(super) fn factor(&mut self) -> Parsed {
        match self.symbol() {
            Some(sign @ ('-' | '+' | '±' | '∓')) => {
                self.at += 1;
                let factor = self.deeper(Self::factor)?;
                Ok(signed(Some(sign), factor))
            }
            _ => self.power(),
        }
    }

    /// A value with what is written behind it: powers, indices, factorials, percent and degree signs.
    pub(super) fn power(&mut self) -> Parsed {
        let mut value = self.primary()?;
        loop {
            value = match self.symbol() {
                Some('^') => {
                    self.at += 1;
                    self.raised(value)?
                }
                Some('_') => {
                    self.at += 1;
                    self.lowered(value)?
                }
                Some('!') => {
                    self.at += 1;
                    if self.symbol() == Some('!') {
                        return Err("a double factorial is not clear");
                    }
                    Expr::Call(Function::Factorial, vec![value])
                }
                Some('%') => {
                    self.at += 1;
                    times(value, Expr::Constant(Constant::Percent))
                }
                Some('°') => {
                    self.at += 1;
                    times(value, Expr::Constant(Constant::Degree))
                }
                Some('′') => {
                    self.at += 1;
                    named(value, "'")?
                }
                _ => return Ok(value),
            };
        }
    }

    fn raised(&mut self, base: Expr) -> Parsed {
        let braced = self.symbol() == Some('{');
        let place = self.at + usize::from(braced);
        if let Some(Kind::Symbol(mark @ ('°' | '′'))) = self.tokens.get(place).map(|token| &token.kind) {
            let closed = !braced || self.tokens.get(place + 1).is_some_and(|token| token.kind == Kind::Symbol('}'));
            if closed {
                self.at = place + 1 + usize::from(braced);
                return if *mark == '°' {
                    Ok(times(base, Expr::Constant(Constant::Degree)))
                } else {
                    named(base, "'")
                };
            }
        }
        let mut exponent = self.argument()?;
        // Towers are read from the top: 2^3^2 is 2^9.
        if self.take('^') {
            exponent = self.deeper(|parser| parser.raised(exponent))?;
        }
        Ok(Expr::Power(Box::new(base), Box::new(exponent)))
    }

    fn lowered(&mut self, base: Expr) -> Parsed {
        let start = self.at;
        let index = self.argument()?;
        match (base, index) {
            (Expr::Number(value), Expr::Number(radix)) => based(&value, &radix),
            (base, _) => {
                let index: String = self.tokens[start..self.at].iter().map(spelling).collect();
                named(base, &format!("_{}", index.trim_matches(['{', '}'])))
            }
        }
    }
}

/// Words that join alternatives.
const OR: [&str; 3] = ["or", "oder", "ou"];

/// Words that join what holds together.
const AND: [&str; 3] = ["and", "und", "et"];

/// Does a word join values?
pub(super) fn joins(word: &str) -> bool {
    OR.contains(&word) || AND.contains(&word)
}

/// A value with a sign before it.
fn signed(sign: Option<char>, value: Expr) -> Expr {
    match sign {
        Some('-') => value.negated(),
        Some('±') => Expr::Product(vec![Expr::Sign, value]),
        Some('∓') => Expr::Product(vec![Expr::whole(-1), Expr::Sign, value]),
        _ => value,
    }
}

/// A product, flat.
pub(super) fn times(left: Expr, right: Expr) -> Expr {
    match left {
        Expr::Product(mut parts) => {
            parts.push(right);
            Expr::Product(parts)
        }
        left => Expr::Product(vec![left, right]),
    }
}
