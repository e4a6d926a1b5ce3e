//! The smallest parts of a formula: numbers, names, brackets, functions and matrices.

use num_rational::BigRational;
use num_traits::Zero;

use super::expression::{Constant, Expr, Function, Interval, Parsed, Shown};
use super::lexer::Kind;
use super::number::Literal;
use super::parser::Parser;
use super::symbols::Command;

/// Letters that name functions when a bracket follows.
const CALLED: [&str; 6] = ["f", "g", "h", "F", "G", "H"];

impl Parser<'_> {
    /// A number, a name, something in brackets, or a function with its arguments.
    pub(super) fn primary(&mut self) -> Parsed {
        self.deeper(|parser| match parser.peek() {
            Some(Kind::Number(literal)) => {
                parser.at += 1;
                parser.number(literal)
            }
            Some(Kind::Word(word)) => parser.name(word),
            Some(Kind::Name(name)) => {
                parser.at += 1;
                Ok(Expr::Variable(name.clone()))
            }
            Some(Kind::Function(function)) => {
                parser.at += 1;
                parser.call(*function)
            }
            Some(Kind::Command(command)) => {
                parser.at += 1;
                parser.command(*command)
            }
            Some(Kind::Symbol(symbol)) => {
                parser.at += 1;
                parser.symbolic(*symbol)
            }
            None => Err("it ends too early"),
        })
    }

    /// A number, with the fraction of a mixed number behind it.
    fn number(&mut self, literal: &Literal) -> Parsed {
        let value = literal.value.clone();
        if !literal.whole {
            return Ok(Expr::Decimal(value, shown(literal)));
        }
        match self.fraction_behind()? {
            Some(fraction) => Ok(Expr::Number(value + fraction)),
            None => Ok(Expr::Number(value)),
        }
    }

    /// The fraction that makes a whole number a mixed one: `4 4/9`, `2\frac{1}{2}`.
    fn fraction_behind(&mut self) -> Result<Option<BigRational>, &'static str> {
        let start = self.at;
        let (over, under) = match self.peek() {
            Some(Kind::Number(over)) => {
                let under = match (self.tokens.get(start + 1), self.tokens.get(start + 2)) {
                    (Some(slash), Some(under)) if slash.kind == Kind::Symbol('/') => &under.kind,
                    _ => return Err("two numbers stand side by side"),
                };
                let before = start.checked_sub(2).and_then(|at| self.tokens.get(at)).map(|token| &token.kind);
                let Kind::Number(under) = under else { return Err("two numbers stand side by side") };
                if matches!(before, Some(Kind::Symbol('/' | '*' | '^' | '_'))) || !over.whole || !under.whole {
                    return Err("two numbers stand side by side");
                }
                self.at += 3;
                if under.value.is_zero() || over.value >= under.value {
                    return Err("a mixed number has a fraction that is none");
                }
                (over.value.clone(), under.value.clone())
            }
            Some(Kind::Command(Command::Fraction)) => {
                self.at += 1;
                match self.fraction() {
                    Ok((Expr::Number(over), Expr::Number(under))) if over < under && !under.is_zero() => (over, under),
                    _ => {
                        self.at = start;
                        return Ok(None);
                    }
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(over / under))
    }

    /// Numerator and denominator, or the two numbers of a binomial; `\frac12` has one digit for each.
    fn fraction(&mut self) -> Result<(Expr, Expr), &'static str> {
        if let Some(Kind::Number(literal)) = self.peek()
            && literal.whole
            && literal.digits.len() > 1
        {
            let digit =
                |at: usize| literal.digits.get(at..=at).and_then(|digit| digit.parse::<u32>().ok()).map(Expr::whole);
            return match (literal.digits.len(), digit(0), digit(1)) {
                (2, Some(over), Some(under)) => {
                    self.at += 1;
                    Ok((over, under))
                }
                _ => Err("a fraction is not clear"),
            };
        }
        Ok((self.argument()?, self.argument()?))
    }

    /// The argument of a command or operator: a group, or a single token.
    pub(super) fn argument(&mut self) -> Parsed {
        self.deeper(|parser| match parser.symbol() {
            Some('{') => {
                parser.at += 1;
                parser.enclosed('}')
            }
            Some('-') => {
                parser.at += 1;
                parser.argument().map(Expr::negated)
            }
            _ => match parser.peek() {
                Some(Kind::Number(literal)) => {
                    parser.at += 1;
                    Ok(if literal.whole {
                        Expr::Number(literal.value.clone())
                    } else {
                        Expr::Decimal(literal.value.clone(), shown(literal))
                    })
                }
                _ => parser.primary(),
            },
        })
    }

    /// What stands before a closing bracket that must come.
    pub(super) fn enclosed(&mut self, close: char) -> Parsed {
        let outer = (self.bars, self.square, self.condition);
        (self.bars, self.square, self.condition) = (close == '|', false, false);
        let result = self.list();
        (self.bars, self.square, self.condition) = outer;
        let result = result?;
        self.expect(close)?;
        Ok(result)
    }

    fn name(&mut self, word: &str) -> Parsed {
        let token = &self.tokens[self.at];
        self.at += 1;
        match word {
            "pi" | "Pi" => return Ok(Expr::Constant(Constant::Pi)),
            "inf" | "infty" | "infinity" | "Infinity" | "oo" => return Ok(Expr::Constant(Constant::Infinity)),
            "sqrt" => return self.root(),
            "e" if !token.text => return Ok(Expr::Constant(Constant::E)),
            "i" if !token.text => return Ok(Expr::Constant(Constant::I)),
            _ => {}
        }
        let letter = word.chars().count() == 1;
        let called = CALLED.contains(&word) || self.defines();
        if letter && called && self.symbol() == Some('(') && !self.tokens[self.at].spaced {
            self.at += 1;
            return match self.enclosed(')')? {
                Expr::List(parts) => Ok(Expr::Unknown(word.to_owned(), parts)),
                part => Ok(Expr::Unknown(word.to_owned(), vec![part])),
            };
        }
        if letter && !token.text && word.is_ascii() {
            return Ok(Expr::Variable(word.to_owned()));
        }
        let mut words = word.to_lowercase();
        while let Some(next) = self.word(self.at).filter(|next| !matches!(*next, "and" | "or")) {
            if self.tokens[self.at].spaced || next.chars().count() > 1 {
                words.push(' ');
            }
            words.push_str(&next.to_lowercase());
            self.at += 1;
        }
        Ok(Expr::Words(words))
    }

    /// `p(x) = …`: a letter, another one in brackets, and what they stand for.
    fn defines(&self) -> bool {
        let kind = |ahead: usize| self.tokens.get(self.at + ahead).map(|token| &token.kind);
        let letter = |kind: Option<&Kind>| matches!(kind, Some(Kind::Word(word)) if word.chars().count() == 1);
        self.at == 1
            && kind(0) == Some(&Kind::Symbol('('))
            && letter(kind(1))
            && kind(2) == Some(&Kind::Symbol(')'))
            && kind(3) == Some(&Kind::Symbol('='))
    }

    fn command(&mut self, command: Command) -> Parsed {
        match command {
            Command::Fraction => {
                let (over, under) = self.fraction()?;
                Ok(Expr::Quotient(Box::new(over), Box::new(under)))
            }
            Command::Binomial => {
                let (over, under) = self.fraction()?;
                Ok(Expr::Call(Function::Binomial, vec![over, under]))
            }
            Command::Root => self.root(),
            Command::Accent(accent) if self.letter_follows() => {
                let mut name = accent.to_owned();
                while let Some(letter) = self.word(self.at).filter(|_| self.letter_follows()) {
                    name = name + " " + letter;
                    self.at += 1;
                }
                Ok(Expr::Variable(name))
            }
            Command::Accent(accent) => {
                let start = self.at;
                match self.argument()? {
                    Expr::Variable(name) => Ok(Expr::Variable(format!("{accent} {name}"))),
                    Expr::Product(_) => {
                        let names = self.letters(start).ok_or("a mark stands over a formula")?;
                        Ok(Expr::Variable(format!("{accent} {names}")))
                    }
                    _ => Err("a mark stands over a formula"),
                }
            }
            Command::Begin => self.matrix(),
            Command::End => Err("an environment ends that did not begin"),
        }
    }

    /// Does a capital letter follow, as the first of a figure's corners?
    fn letter_follows(&self) -> bool {
        self.word(self.at).is_some_and(|word| word.len() == 1 && word.chars().all(|c| c.is_ascii_uppercase()))
    }

    /// The letters from a place to here, if braces and letters are all there is.
    fn letters(&self, start: usize) -> Option<String> {
        let mut letters = String::new();
        for token in self.tokens.get(start..self.at)? {
            match &token.kind {
                Kind::Symbol('{' | '}') => {}
                Kind::Word(word) => letters.push_str(word),
                _ => return None,
            }
        }
        Some(letters)
    }

    fn root(&mut self) -> Parsed {
        let degree = if self.take('[') {
            let degree = self.enclosed(']')?;
            Expr::Quotient(Box::new(Expr::whole(1)), Box::new(degree))
        } else {
            Expr::Number(BigRational::new(1.into(), 2.into()))
        };
        let value = self.argument()?;
        Ok(Expr::Power(Box::new(value), Box::new(degree)))
    }

    fn symbolic(&mut self, symbol: char) -> Parsed {
        match symbol {
            '(' | '[' | ']' => self.brackets(symbol),
            '{' => self.enclosed('}'),
            '⦃' => self.set(),
            '⟨' => Ok(match self.enclosed('⟩')? {
                Expr::List(parts) => Expr::Tuple(parts),
                part => Expr::Tuple(vec![part]),
            }),
            '|' => Ok(Expr::Call(Function::Absolute, vec![self.enclosed('|')?])),
            '⌊' => Ok(Expr::Call(Function::Floor, vec![self.enclosed('⌋')?])),
            '⌈' => Ok(Expr::Call(Function::Ceiling, vec![self.enclosed('⌉')?])),
            '√' => {
                let value = self.argument()?;
                Ok(Expr::Power(Box::new(value), Box::new(Expr::Number(BigRational::new(1.into(), 2.into())))))
            }
            'π' => Ok(Expr::Constant(Constant::Pi)),
            '∞' => Ok(Expr::Constant(Constant::Infinity)),
            'ℝ' => Ok(Expr::reals()),
            '∅' => Ok(Expr::Set(Vec::new())),
            '…' => Ok(Expr::Words("…".to_owned())),
            '∑' => self.series(Function::Series),
            '∏' => self.series(Function::Sequence),
            '°' => Ok(Expr::Constant(Constant::Degree)),
            _ => Err("it holds a sign that does not belong there"),
        }
    }

    /// Round and square brackets: a group, a tuple or an interval.
    fn brackets(&mut self, open: char) -> Parsed {
        let outer = (self.bars, self.square, self.condition);
        (self.bars, self.square, self.condition) = (false, open != '(', false);
        let empty = self.closes();
        let inner = if empty { Ok(Expr::List(Vec::new())) } else { self.list() };
        (self.bars, self.square, self.condition) = outer;
        let inner = inner?;
        let close = self.symbol().ok_or("a bracket is not closed")?;
        self.at += 1;
        let parts = match inner {
            Expr::List(parts) => parts,
            inner => {
                return if matches!((open, close), ('(', ')') | ('[', ']')) {
                    Ok(inner)
                } else {
                    Err("a bracket is not closed")
                };
            }
        };
        let ends: Result<[Expr; 2], Vec<Expr>> = parts.try_into();
        match (open, close, ends) {
            ('(', ')', Ok(ends)) => Ok(Expr::Tuple(ends.into())),
            ('(', ')', Err(parts)) | ('[', ']', Err(parts)) => Ok(Expr::Tuple(parts)),
            ('(' | '[' | ']', ')' | ']' | '[', Ok([low, high])) => {
                let interval = Interval { low, low_closed: open == '[', high, high_closed: close == ']' };
                Ok(Expr::Interval(Box::new(interval)))
            }
            _ => Err("a bracket is not closed"),
        }
    }

    /// A set by its elements, or by a condition.
    fn set(&mut self) -> Parsed {
        if self.take('⦄') {
            return Ok(Expr::Set(Vec::new()));
        }
        let outer = (self.bars, self.square, self.condition);
        (self.bars, self.square, self.condition) = (false, false, true);
        let inner = self.list();
        (self.bars, self.square, self.condition) = outer;
        let inner = inner?;
        if matches!(self.symbol(), Some('|' | '∣' | ':')) {
            self.at += 1;
            return match inner {
                Expr::Variable(_) | Expr::Chain(..) => self.enclosed('⦄'),
                _ => Err("a set is given by a rule"),
            };
        }
        self.expect('⦄')?;
        Ok(match inner {
            Expr::List(parts) => Expr::Set(parts),
            part => Expr::Set(vec![part]),
        })
    }
}

/// How a decimal is shown.
fn shown(literal: &Literal) -> Shown {
    Shown { digits: literal.digits.trim_start_matches('0').len(), places: literal.places }
}
