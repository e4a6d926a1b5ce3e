//! Numbers as people write them: `1,000`, `10 000`, `.5`, `-19`.

use std::ops::Range;

use super::super::signs::digit;
use super::{Kind, Scanner};

impl Scanner {
    /// A number: `1,000`, `10 000`, `.5`, `-19`, with the zeros that say nothing left out.
    pub(super) fn number(&mut self, text: &str, start: usize, digits: usize, negative: bool) -> usize {
        if std::mem::take(&mut self.join) && self.scan.tokens.last().is_some_and(|last| last.kind == Kind::Word) {
            let end = digits + text[digits..].find(|c| digit(c).is_none()).unwrap_or(text.len() - digits);
            self.scan.norm.extend(text[digits..end].chars().filter_map(digit));
            self.extend(end);
            return end;
        }
        self.push(Kind::Number, start, start, false);
        if negative {
            self.scan.norm.push('-');
        }
        let from = self.scan.norm.len();
        let mut end = digits + self.digits(&text[digits..]);
        let mut short = self.scan.norm.len() - from <= 3 && !self.scan.norm[from..].starts_with('0');
        while short && let Some(group) = group(&text[end..]) {
            let digits = end + group.start..end + group.end;
            self.scan.norm.extend(text[digits.clone()].chars().filter_map(digit));
            end = digits.end;
            short = true;
        }
        if self.scan.norm.len() == from {
            self.scan.norm.push('0');
        }
        let decimals = text[end..].strip_prefix(['.', '٫']).filter(|rest| rest.starts_with(|c| digit(c).is_some()));
        if let Some(decimals) = decimals {
            self.scan.norm.push('.');
            let point = text.len() - end - decimals.len();
            end += point + self.digits(decimals);
            let kept = self.scan.norm.trim_end_matches('0').trim_end_matches('.').len();
            self.scan.norm.truncate(kept.max(from + 1));
        }
        self.extend(end);
        end
    }

    /// Takes the digits at the start; returns where they end.
    pub(super) fn digits(&mut self, text: &str) -> usize {
        let end = text.find(|c| digit(c).is_none()).unwrap_or(text.len());
        self.scan.norm.extend(text[..end].chars().filter_map(digit));
        end
    }

    /// Whether a hyphen here is a sign.
    pub(super) fn may_sign(&self) -> bool {
        let Some(last) = self.scan.tokens.last() else { return true };
        match last.kind {
            Kind::Mark(c) => !matches!(c, ')' | ']' | '}' | '%' | '°'),
            Kind::Word | Kind::Number => self.spaced,
            Kind::Glyph | Kind::Break | Kind::BoxOpen | Kind::BoxClose => true,
        }
    }
}

/// Three digits behind a sign that groups digits, and no fourth.
fn group(rest: &str) -> Option<Range<usize>> {
    let sign = [",", "{,}", "\\,", "\u{202f}", "\u{2009}", "\u{a0}", "'", "\u{2019}", " "].into_iter();
    let start = sign.map(str::len).zip([",", "{,}", "\\,", "\u{202f}", "\u{2009}", "\u{a0}", "'", "\u{2019}", " "]);
    let start = start.into_iter().find(|(_, sign)| rest.starts_with(sign))?.0;
    let digits = rest[start..].find(|c| digit(c).is_none()).unwrap_or(rest.len() - start);
    let count = rest[start..start + digits].chars().take(4).count();
    (count == 3).then_some(start..start + digits)
}
