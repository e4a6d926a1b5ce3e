//! What an answer says: a value, and the unit or percent sign that it carries.

use num_rational::BigRational;
use num_traits::Signed;

use super::exact;
use super::expression::{Constant, Expr};
use super::lexer::{self, Kind, Token};
use super::matrix;
use super::number::Comma;
use super::parser::parse;
use super::phrases::PROSE;
use super::symbols::Command;
use super::units::{self, Unit};

/// An answer as it can be read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// The value, folded.
    pub(super) value: Expr,
    /// The stems of the words and signs around the value.
    pub(super) label: Vec<String>,
    /// The unit, if it is a known one.
    pub(super) unit: Option<Unit>,
    /// Does the value carry a percent sign?
    pub(super) percent: bool,
    /// Does the value carry a degree sign?
    pub(super) degrees: bool,
    /// Is it as likely a list, `2,3`, as a number with a decimal comma?
    pub(super) doubtful: bool,
}

/// Longer texts are not read.
const LONGEST: usize = 4000;

/// All ways to read a text, the likeliest first; the reason if there is none.
pub(super) fn readings(text: &str) -> Result<Vec<Reading>, &'static str> {
    if text.len() > LONGEST {
        return Err("it is too long");
    }
    let text = lexer::normal(text);
    let mut readings = read(&text, Comma::Groups);
    if comma_between_digits(&text) {
        for comma in [Comma::Separates, Comma::Decimal] {
            match (&mut readings, read(&text, comma)) {
                (Ok(readings), Ok(more)) => {
                    let doubtful = comma == Comma::Decimal && may_list(&text);
                    readings.extend(more.into_iter().map(|more| Reading { doubtful, ..more }));
                }
                (Err(_), Ok(more)) => readings = Ok(more),
                _ => {}
            }
        }
    }
    readings
}

fn comma_between_digits(text: &str) -> bool {
    text.as_bytes().windows(3).any(|three| matches!(three, [a, b',', c] if a.is_ascii_digit() && c.is_ascii_digit()))
}

/// Could a number with a decimal comma be a list of two digits?
fn may_list(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_ascii_digit());
    let parts: Vec<&str> = text.split(',').collect();
    matches!(parts.as_slice(), [whole, places] if *whole != "0" && places.len() == 1 && !whole.contains(|c: char| !c.is_ascii_digit()))
}

fn read(text: &str, comma: Comma) -> Result<Vec<Reading>, &'static str> {
    let mut tokens = lexer::tokens(text, comma)?;
    tidy(&mut tokens);
    if let [Token { kind: Kind::Word(word), .. }] = tokens.as_slice()
        && word.chars().count() > 1
        && !matches!(word.as_str(), "pi" | "infinity" | "infty" | "inf" | "oo")
    {
        let named = units::named(word).map(Expr::whole);
        return Ok(vec![plain(named.unwrap_or_else(|| Expr::Words(word.to_lowercase())))]);
    }
    if let Some(set) = set_in_words(&tokens) {
        return Ok(vec![plain(set)]);
    }
    if let Some(share) = share(&tokens) {
        return Ok(share.into_iter().map(|number| plain(Expr::Number(number))).collect());
    }
    if let Some(fraction) = fraction(&tokens) {
        return Ok(vec![plain(Expr::Number(fraction))]);
    }
    let (start, end, certain) = frame(&tokens);
    let mut readings = Vec::new();
    if let [Token { kind: Kind::Number(literal), .. }, Token { kind: Kind::Word(word), spaced: false, .. }] =
        tokens.as_slice()
        && matches!(word.as_str(), "k" | "K")
    {
        // Thousands, unless `k` is a variable.
        readings.push(plain(Expr::Number(&literal.value * BigRational::from_integer(1000.into()))));
    }
    let label = (start, end) != (0, tokens.len());
    if label {
        let words = tokens[..start].iter().chain(&tokens[end..]);
        readings.extend(parse(&letters(&tokens[start..end])?).map(|value| carried(value, words.map(spelling))));
    }
    if !label || !certain || readings.is_empty() {
        match parse(&letters(&tokens)?) {
            Ok(value) => readings.push(carried(value, std::iter::empty())),
            Err(reason) if readings.is_empty() => return Err(reason),
            Err(_) => {}
        }
    }
    Ok(readings)
}

/// The fraction that two words name: `one half`, `three-quarters`.
fn fraction(tokens: &[Token]) -> Option<BigRational> {
    let (over, under) = match tokens {
        [over, under] => (over, under),
        [over, dash, under] if dash.kind == Kind::Symbol('-') => (over, under),
        _ => return None,
    };
    let (Kind::Word(over), Kind::Word(under)) = (&over.kind, &under.kind) else { return None };
    let over = if over == "a" { 1 } else { units::named(over)? };
    Some(BigRational::new(over.into(), units::part(under)?.into()))
}

/// The set that words name: `all real numbers`, `no solution`.
fn set_in_words(tokens: &[Token]) -> Option<Expr> {
    const REALS: [&[&str]; 4] =
        [&["all", "real", "numbers"], &["the", "real", "numbers"], &["all", "reals"], &["all", "real", "values"]];
    const NONE: [&[&str]; 5] = [
        &["no", "solution"],
        &["no", "solutions"],
        &["no", "real", "solutions"],
        &["empty", "set"],
        &["the", "empty", "set"],
    ];
    let named = |names: &&[&str]| {
        let same =
            |(token, name): (&Token, &&str)| matches!(&token.kind, Kind::Word(word) if word.eq_ignore_ascii_case(name));
        tokens.len() == names.len() && tokens.iter().zip(names.iter()).all(same)
    };
    if REALS.iter().any(named) {
        return Some(Expr::reals());
    }
    NONE.iter().any(named).then(|| Expr::Set(Vec::new()))
}

/// What `7 out of 12` may say: the part of the whole, or the number of those that were counted.
fn share(tokens: &[Token]) -> Option<[BigRational; 2]> {
    let is = |token: &Token, text: &str| matches!(&token.kind, Kind::Word(word) if word == text);
    let (over, under) = match tokens {
        [over, out, of, under] if is(out, "out") && is(of, "of") => (over, under),
        [over, within, under] if is(within, "in") => (over, under),
        _ => return None,
    };
    let (Kind::Number(over), Kind::Number(under)) = (&over.kind, &under.kind) else { return None };
    (over.value <= under.value && under.value.is_positive()).then(|| [&over.value / &under.value, over.value.clone()])
}

/// Takes off what is no part of the answer: what an arrow follows, marks at the end.
fn tidy(tokens: &mut Vec<Token>) {
    if let Some(arrow) = tokens.iter().rposition(|token| token.kind == Kind::Symbol('⇒')) {
        let infinite = tokens.get(arrow + 1).is_none();
        tokens.drain(..if infinite { 0 } else { arrow + 1 });
    }
    while let Some(Kind::Symbol('.' | ',' | ';' | ':' | '?' | '，')) = tokens.last().map(|token| &token.kind) {
        tokens.pop();
    }
    multiply(tokens);
    // A dot or comma before a closing bracket or within words is a mark, too.
    tokens.retain(|token| !(token.text && matches!(token.kind, Kind::Symbol('.' | '\'' | '’' | '"'))));
    // What is left of `p.m.` is one word.
    tokens.dedup_by(|next, word| match (&mut word.kind, &next.kind) {
        (Kind::Word(word), Kind::Word(more)) if next.text && !next.spaced => {
            word.push_str(more);
            true
        }
        _ => false,
    });
}

/// Multiplies numbers by the scale words behind them: `1.5 million`.
fn multiply(tokens: &mut Vec<Token>) {
    for at in (1..tokens.len()).rev() {
        let (before, behind) = tokens.split_at_mut(at);
        if let (Some(Kind::Number(literal)), Some(Kind::Word(word))) =
            (before.last_mut().map(|token| &mut token.kind), behind.first().map(|token| &token.kind))
            && let Some(scale) = units::scale(word)
        {
            literal.value *= BigRational::from_integer(scale.into());
            literal.whole &= literal.value.is_integer();
            literal.digits = literal.value.to_string();
            tokens.remove(at);
        }
    }
}

/// Where the value stands between a currency sign and a unit, and whether the unit cannot be a variable.
fn frame(tokens: &[Token]) -> (usize, usize, bool) {
    let currency =
        |at: usize| matches!(tokens.get(at).map(|token| &token.kind), Some(Kind::Symbol('＄' | '€' | '£' | '¥' | '₹')));
    let start = usize::from(currency(0) && tokens.len() > 1);
    if tokens.len() > 1 && currency(tokens.len() - 1) {
        return (start, tokens.len() - 1, true);
    }
    let mut end = tokens.len();
    let mut known = None;
    for at in (start + 1..tokens.len()).rev() {
        match label(tokens, at) {
            Label::No => break,
            Label::Part => {}
            Label::Word { certain } => {
                let ends = ends_value(&tokens[at - 1], tokens[at].text);
                known = known.max(Some(certain));
                if ends {
                    end = at;
                }
            }
        }
    }
    match known {
        Some(certain) if end < tokens.len() => (start, end, certain),
        _ => (start, tokens.len(), true),
    }
}

enum Label {
    No,
    Part,
    Word { certain: bool },
}

/// Can a token be part of a label?
fn label(tokens: &[Token], at: usize) -> Label {
    let token = &tokens[at];
    match &token.kind {
        Kind::Word(word) if matches!(word.as_str(), "and" | "or" | "pi" | "sqrt" | "infinity" | "inf") => Label::No,
        Kind::Word(word) if token.text || units::is_word(word) || (word.chars().count() > 3 && token.spaced) => {
            Label::Word { certain: true }
        }
        Kind::Word(word) if token.spaced && units::is_letter(word) => Label::Word { certain: false },
        Kind::Word(word) if matches!(word.as_str(), "a" | "sq" | "of" | "per" | "cu" | "the" | "in") => Label::Part,
        Kind::Word(word) if units::is_letter(word) && tokens[at - 1].kind == Kind::Symbol('/') => Label::Part,
        // `min` is a unit and a function.
        Kind::Function(super::expression::Function::Minimum) => Label::Word { certain: true },
        Kind::Symbol('^' | '{' | '}' | '/' | '.') => Label::Part,
        Kind::Number(literal) if literal.digits.len() == 1 && raised(tokens, at) => Label::Part,
        _ => Label::No,
    }
}

fn raised(tokens: &[Token], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at)).map(|token| &token.kind);
    before(1) == Some(&Kind::Symbol('^'))
        || (before(1) == Some(&Kind::Symbol('{')) && before(2) == Some(&Kind::Symbol('^')))
}

/// Can a value end with a token? With a variable only before words that are marked as such.
fn ends_value(token: &Token, before_text: bool) -> bool {
    match &token.kind {
        Kind::Number(_) | Kind::Name(_) => true,
        Kind::Symbol(symbol) => matches!(symbol, ')' | ']' | '}' | '%' | '°' | 'π' | '!' | '⦄' | '∞'),
        Kind::Word(word) => before_text && !token.text && word.chars().count() == 1,
        _ => false,
    }
}

/// A token of a label.
fn spelling(token: &Token) -> String {
    match &token.kind {
        Kind::Word(word) => word.clone(),
        Kind::Number(literal) => literal.digits.clone(),
        Kind::Symbol(symbol) => symbol.to_string(),
        Kind::Function(_) => "min".to_owned(),
        _ => "?".to_owned(),
    }
}

/// Tokens with short runs of letters taken apart: `xy` is x·y.
fn letters(tokens: &[Token]) -> Result<Vec<Token>, &'static str> {
    let mut result = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Word(word) = &token.kind else {
            result.push(token.clone());
            continue;
        };
        let environment = at >= 2
            && matches!(tokens[at - 2].kind, Kind::Command(Command::Begin | Command::End | Command::Accent(_)))
            && tokens[at - 1].kind == Kind::Symbol('{');
        let product = !token.text && word.is_ascii() && (2..=3).contains(&word.len()) && !environment;
        if !product || matches!(word.as_str(), "pi" | "inf" | "oo" | "and" | "or" | "und" | "et" | "ou") {
            result.push(token.clone());
            continue;
        }
        if word.contains("pi") {
            return Err("it is not clear where a name ends");
        }
        if PROSE.contains(&word.to_lowercase().as_str()) {
            return Err("words stand in it");
        }
        result.extend(word.chars().enumerate().map(|(at, letter)| Token {
            kind: Kind::Word(letter.to_string()),
            spaced: token.spaced && at == 0,
            text: false,
        }));
    }
    Ok(result)
}

fn plain(value: Expr) -> Reading {
    Reading { value, label: Vec::new(), unit: None, percent: false, degrees: false, doubtful: false }
}

/// Letters of a word that tell it from others: singular and plural share them.
const STEM: usize = 4;

/// A value with what its label and its last factor say.
fn carried(value: Expr, label: impl Iterator<Item = String>) -> Reading {
    let words: Vec<String> = label.collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let mut percent = lower.iter().any(|word| units::is_percent(word));
    let mut degrees = lower.first().is_some_and(|word| units::is_degrees(word));
    let mut value = value.map(&matrix::fold);
    if let Expr::Product(parts) = &mut value {
        let (percentage, angle) = match parts.last() {
            Some(Expr::Constant(Constant::Percent)) => (true, false),
            Some(Expr::Constant(Constant::Degree)) => (false, true),
            _ => (false, false),
        };
        if percentage || angle {
            parts.pop();
        }
        percent |= percentage;
        degrees |= angle;
    }
    let stems = lower.iter().map(|word| word.chars().take(STEM).collect()).collect();
    let unit = units::unit(words.iter().map(String::as_str));
    Reading { value: exact::fold(single(value)), label: stems, unit, percent, degrees, doubtful: false }
}

/// A product of one factor is that factor.
fn single(value: Expr) -> Expr {
    match value {
        Expr::Product(mut parts) if parts.len() == 1 => parts.pop().unwrap_or(Expr::Product(Vec::new())),
        other => other,
    }
}
