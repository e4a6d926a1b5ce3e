//! Functions with their arguments, sums over ranges, and matrices, as they are written.

use super::expression::{Constant, Expr, Function, OPEN_BASE, Parsed};
use super::lexer::Kind;
use super::parser::{Parser, times};
use super::symbols::{self, Command};

impl Parser<'_> {
    /// A function and its argument: in brackets, or the product that follows.
    pub(super) fn call(&mut self, function: Function) -> Parsed {
        let mut function = function;
        let (mut base, mut power) = (None, None);
        loop {
            if self.take('^') {
                power = Some(self.argument()?);
            } else if self.take('_') {
                base = Some(self.log_base()?);
            } else {
                break;
            }
        }
        if let (Some(inverse), Some(exponent)) = (symbols::inverse(function), &power)
            && *exponent == Expr::whole(-1)
        {
            function = inverse;
            power = None;
        }
        let mut parts = match self.symbol() {
            Some('(') => {
                self.at += 1;
                split(self.enclosed(')')?)
            }
            Some('{') => split(self.argument()?),
            _ => vec![self.bare_argument()?],
        };
        match (function, base) {
            (Function::Logarithm | Function::OpenLogarithm | Function::DecimalLogarithm, Some(base)) => {
                parts.push(base);
            }
            (_, Some(_)) => return Err("a function has an index"),
            (Function::OpenLogarithm, None) => parts.push(Expr::Variable(OPEN_BASE.to_owned())),
            (Function::DecimalLogarithm, None) => parts.push(Expr::whole(10)),
            _ => {}
        }
        if matches!(function, Function::OpenLogarithm | Function::DecimalLogarithm) {
            function = Function::Logarithm;
        }
        let call = Expr::Call(function, parts);
        Ok(match power {
            Some(power) => Expr::Power(Box::new(call), Box::new(power)),
            None => call,
        })
    }

    /// The base of a logarithm; `\log_28` could be any of two.
    fn log_base(&mut self) -> Parsed {
        match self.peek() {
            Some(Kind::Number(literal)) if literal.digits.len() > 1 && literal.digits != "10" => {
                Err("a base is not clear")
            }
            _ => self.argument(),
        }
    }

    /// The factors behind a function's name, up to the next function or sign.
    fn bare_argument(&mut self) -> Parsed {
        self.deeper(|parser| {
            let mut argument = parser.factor()?;
            while parser.starts_factor() && !matches!(parser.peek(), Some(Kind::Function(_))) {
                argument = times(argument, parser.power()?);
            }
            if parser.symbol() == Some('/')
                && matches!(argument, Expr::Number(_) | Expr::Constant(_) | Expr::Variable(_))
            {
                return Err("the argument of a function is not clear");
            }
            Ok(argument)
        })
    }

    /// A sum or product over a range: `\sum_{k=1}^{n} k`.
    pub(super) fn series(&mut self, function: Function) -> Parsed {
        let (mut first, mut last) = (None, None);
        while let Some(mark @ ('_' | '^')) = self.symbol() {
            self.at += 1;
            let bound = self.argument()?;
            if mark == '_' { first = Some(bound) } else { last = Some(bound) }
        }
        let (Some(Expr::Chain(variable, from)), Some(last)) = (first, last) else { return Err("a sum has no range") };
        let variable = match *variable {
            Expr::Constant(Constant::I) => return Err("a sum runs over i"),
            Expr::Variable(name) => Expr::Variable(name),
            _ => return Err("a sum has no range"),
        };
        let from: Result<[_; 1], _> = from.try_into();
        let Ok([(_, from)]) = from else { return Err("a sum has no range") };
        let term = self.deeper(Self::product)?;
        Ok(Expr::Call(function, vec![variable, from, last, term]))
    }

    /// A matrix, behind `\begin`.
    pub(super) fn matrix(&mut self) -> Parsed {
        let environment = self.environment()?;
        let known = ["pmatrix", "bmatrix", "matrix", "smallmatrix", "array", "Bmatrix", "vmatrix"];
        if !known.contains(&environment.as_str()) {
            return Err("it holds an environment that is not known");
        }
        if environment == "array" {
            self.columns();
        }
        let mut rows = vec![Vec::new()];
        loop {
            if self.peek() == Some(&Kind::Command(Command::End)) {
                self.at += 1;
                self.environment()?;
                break;
            }
            if self.take('\n') {
                rows.push(Vec::new());
            } else if !self.take('&') || rows.last().is_some_and(Vec::is_empty) {
                let cell = self.deeper(|parser| {
                    let outer = (parser.bars, parser.square, parser.condition);
                    (parser.bars, parser.square, parser.condition) = (false, false, false);
                    let cell = parser.list();
                    (parser.bars, parser.square, parser.condition) = outer;
                    cell
                })?;
                rows.last_mut().ok_or("a matrix is empty")?.push(cell);
            }
        }
        rows.retain(|row| !row.is_empty());
        let width = rows.first().map_or(0, Vec::len);
        if environment == "vmatrix" || width == 0 || rows.iter().any(|row| row.len() != width) {
            return Err("a matrix is not clear");
        }
        Ok(Expr::Matrix(rows))
    }

    /// The name of an environment in braces.
    fn environment(&mut self) -> Result<String, &'static str> {
        self.expect('{')?;
        let mut name = String::new();
        while let Some(word) = self.word(self.at) {
            name.push_str(word);
            self.at += 1;
        }
        self.expect('}')?;
        Ok(name)
    }

    /// Skips the columns of an array.
    fn columns(&mut self) {
        if self.take('{') {
            while !self.take('}') && self.peek().is_some() {
                self.at += 1;
            }
        }
    }
}

/// The arguments of a function.
fn split(inner: Expr) -> Vec<Expr> {
    match inner {
        Expr::List(parts) => parts,
        part => vec![part],
    }
}
