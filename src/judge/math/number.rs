//! Numbers as people write them: groups, decimal points and commas, repeating digits, exponents.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

/// How a comma between digits is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comma {
    /// It groups thousands where it can.
    Groups,
    /// It separates values.
    Separates,
    /// It is a decimal comma where it cannot group.
    Decimal,
}

/// A number as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Literal {
    /// Its value.
    pub(super) value: BigRational,
    /// Its digits without separators.
    pub(super) digits: String,
    /// Digits behind the point.
    pub(super) places: u32,
    /// Is it written without a decimal point and exponent?
    pub(super) whole: bool,
}

/// More digits are not read.
const MOST_DIGITS: usize = 1000;

/// Larger powers of ten are not read.
const MOST_EXPONENT: u32 = 1000;

/// What can stand between groups of three digits, wherever the number stands.
const SEPARATORS: [&str; 8] = ["{,}", ",\\!", "{,\\!}", "\\,", "\\;", "'", "’", "\u{2019}"];

/// Reads the number at the start of a text, and says how many bytes it takes; `None` if it is too long or none.
pub(super) fn literal(text: &str, comma: Comma, enclosed: bool) -> Option<(Literal, usize)> {
    let mut scan = Scan { text, at: 0, digits: String::new() };
    scan.run();
    let comma = if enclosed { Comma::Separates } else { comma };
    scan.groups(comma);
    let whole_digits = scan.digits.len();
    let mut repeating = 0;
    let decimal = scan.rest().starts_with('.') || (comma == Comma::Decimal && scan.is_decimal_comma());
    if decimal && (scan.digit(1) || scan.rest()[1..].starts_with("\\overline{")) {
        scan.at += 1;
        scan.run();
        repeating = scan.repeating();
    }
    if scan.digits.is_empty() || scan.digits.len() > MOST_DIGITS {
        return None;
    }
    let places = scan.digits.len() - whole_digits;
    let exponent = scan.exponent()?;
    let value = value(&scan.digits, places, repeating)? * power_of_ten(exponent)?;
    let whole = places == 0 && exponent == 0;
    let places = u32::try_from(i64::try_from(places).ok()? - i64::from(exponent)).unwrap_or(0);
    Some((Literal { value, digits: scan.digits, places, whole }, scan.at))
}

/// The value of digits of which the last `places` stand behind the point and the last `repeating` repeat.
fn value(digits: &str, places: usize, repeating: usize) -> Option<BigRational> {
    let whole = |digits: &str| match digits.len() {
        0 => Some(BigInt::zero()),
        1..=18 => digits.parse::<u64>().ok().map(BigInt::from),
        _ => digits.parse::<BigInt>().ok(),
    };
    let ten = |count: usize| Some(BigInt::from(10).pow(u32::try_from(count).ok()?));
    let all = whole(digits)?;
    if places == 0 {
        return Some(BigRational::from_integer(all));
    }
    if repeating == 0 {
        return Some(BigRational::new(all, ten(places)?));
    }
    let steady = whole(digits.get(..digits.len() - repeating)?)?;
    Some(BigRational::new(all - steady, (ten(repeating)? - BigInt::one()) * ten(places - repeating)?))
}

fn power_of_ten(exponent: i32) -> Option<BigRational> {
    if exponent == 0 {
        return Some(BigRational::one());
    }
    let size = exponent.unsigned_abs();
    let power = (size <= MOST_EXPONENT).then(|| BigInt::from(10).pow(size))?;
    Some(if exponent < 0 { BigRational::new(BigInt::one(), power) } else { BigRational::from_integer(power) })
}

/// A place in a number.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    digits: String,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn digit(&self, ahead: usize) -> bool {
        self.text.as_bytes().get(self.at + ahead).is_some_and(u8::is_ascii_digit)
    }

    /// Takes a run of digits.
    fn run(&mut self) {
        let length = run(self.rest());
        self.digits.push_str(&self.rest()[..length]);
        self.at += length;
    }

    /// Takes groups of digits.
    fn groups(&mut self, comma: Comma) {
        if self.digits.is_empty() || self.digits.len() > 3 || self.digits.starts_with('0') {
            return;
        }
        if comma != Comma::Separates && self.lakhs() {
            return;
        }
        while let Some(length) = self.separator(comma) {
            self.at += length;
            self.run();
        }
    }

    /// The length of a separator that a group of three follows.
    fn separator(&self, comma: Comma) -> Option<usize> {
        let rest = self.rest();
        let group = |length: usize| run(rest.get(length..).unwrap_or("")) == 3;
        if let Some(separator) = SEPARATORS.iter().find(|separator| rest.starts_with(**separator)) {
            let spaces = rest[separator.len()..].bytes().take_while(|byte| *byte == b' ').count();
            return Some(separator.len() + spaces).filter(|length| group(*length));
        }
        if let Some(tight) = rest.strip_prefix(" {,").or_else(|| rest.strip_prefix("{,")) {
            let close = tight.find('}').filter(|close| tight[..*close].trim().is_empty())?;
            return Some(rest.len() - tight.len() + close + 1).filter(|length| group(*length));
        }
        let plain = match rest.bytes().next()? {
            // No value of a list begins with a zero: `(1,000)`.
            b',' => comma != Comma::Separates || rest[1..].starts_with('0'),
            b' ' => rest.get(4..).is_some_and(|more| !more.trim_start().starts_with('/')),
            b'.' => {
                rest.get(4..).is_some_and(|more| {
                    (more.starts_with('.') && run(&more[1..]) == 3) || (more.starts_with(',') && run(&more[1..]) > 0)
                }) || (self.digits.len() > 3 && self.text[..self.at].contains('.'))
            }
            _ => false,
        };
        (plain && group(1)).then_some(1)
    }

    /// Takes groups of the Indian kind: `1,00,000`.
    fn lakhs(&mut self) -> bool {
        let mut length = 0;
        let rest = self.rest();
        let mut pairs = 0;
        while rest[length..].starts_with(',') && run(&rest[length + 1..]) == 2 {
            length += 3;
            pairs += 1;
        }
        let found =
            pairs > 0 && self.digits.len() <= 2 && rest[length..].starts_with(',') && run(&rest[length + 1..]) == 3;
        if found {
            self.digits.extend(rest[..length + 4].chars().filter(char::is_ascii_digit));
            self.at += length + 4;
        }
        found
    }

    /// Is there a comma that cannot group?
    fn is_decimal_comma(&self) -> bool {
        let after = if self.rest().starts_with(',') { run(&self.rest()[1..]) } else { 0 };
        let groups = after == 3 && self.digits.len() <= 3 && !self.digits.starts_with('0');
        // `1,0` is a list: a decimal would be written without its zero.
        let zero = self.rest().bytes().skip(1).take(after).all(|byte| byte == b'0');
        after > 0 && !zero && !groups && !self.rest()[1 + after..].starts_with(',')
    }

    /// Takes digits under a bar, and says how many.
    fn repeating(&mut self) -> usize {
        let Some(rest) = self.rest().strip_prefix("\\overline{") else { return 0 };
        let length = run(rest);
        if length == 0 || !rest[length..].starts_with('}') {
            return 0;
        }
        self.digits.push_str(&rest[..length]);
        self.at += "\\overline{".len() + length + 1;
        length
    }

    /// Takes an exponent: `e8`, `E-3`.
    fn exponent(&mut self) -> Option<i32> {
        let Some(rest) = self.rest().strip_prefix(['e', 'E']) else { return Some(0) };
        let sign = usize::from(rest.starts_with(['-', '+']));
        let length = run(&rest[sign..]);
        if length == 0 {
            return Some(0);
        }
        self.at += 1 + sign + length;
        rest[..sign + length].parse().ok()
    }
}

/// The number of digits at the start of a text.
fn run(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
