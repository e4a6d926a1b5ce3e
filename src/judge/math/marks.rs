//! What stands behind a value: marks and indices of names, and bases of numbers.

use num_rational::BigRational;
use num_traits::Zero;

use super::expression::{Constant, Expr, Parsed};
use super::lexer::{Kind, Token};

/// A name with a mark or an index.
pub(super) fn named(value: Expr, mark: &str) -> Parsed {
    match value {
        Expr::Variable(name) => Ok(Expr::Variable(name + mark)),
        Expr::Constant(Constant::E) => Ok(Expr::Variable("e".to_owned() + mark)),
        Expr::Constant(Constant::I) => Ok(Expr::Variable("i".to_owned() + mark)),
        Expr::Constant(Constant::Pi) => Ok(Expr::Variable("π".to_owned() + mark)),
        _ => Err("an index stands where no name is"),
    }
}

/// The number whose digits are written in a base.
pub(super) fn based(written: &BigRational, radix: &BigRational) -> Parsed {
    let digits = written.to_string();
    let radix: u32 = radix.to_string().parse().map_err(|_| "a base is too large")?;
    if !written.is_integer() || !(2..=36).contains(&radix) {
        return Err("an index stands where no name is");
    }
    let base = BigRational::from_integer(radix.into());
    let mut value = BigRational::zero();
    for digit in digits.chars() {
        let digit = digit.to_digit(radix).ok_or("a digit does not exist in its base")?;
        value = value * &base + BigRational::from_integer(digit.into());
    }
    Ok(if radix == 10 { Expr::Number(value) } else { Expr::Based(value, digits) })
}

/// A token as part of a name.
pub(super) fn spelling(token: &Token) -> String {
    match &token.kind {
        Kind::Number(literal) => literal.digits.clone(),
        Kind::Word(word) | Kind::Name(word) => word.clone(),
        Kind::Symbol(symbol) => symbol.to_string(),
        Kind::Function(function) => format!("{function:?}"),
        Kind::Command(command) => format!("{command:?}"),
    }
}
