//! Numbers with a scale or a percent sign behind them.

use super::digits::{digit_at, last};
use super::number::{Reading, read};
use super::scales;
use super::value::Number;

/// Takes the scale and the percent sign behind a number.
pub(super) fn finish(text: &str, reading: &mut Reading, money: bool, question: &str) {
    let Some(mut number) = reading.number else { return };
    while let Some((scale, end)) =
        scales::after(text, reading.end, money).or_else(|| scales::capital(text, reading.end, question))
    {
        number = number.scaled(scale);
        reading.other = None;
        reading.end = end;
        smaller_parts(text, &mut number, scale, &mut reading.end);
    }
    if let Some(end) = scales::percent(text, reading.end) {
        number.percent = true;
        reading.end = end;
    }
    reading.number = Some(number);
}

/// `1億2000万` is a sum: parts with smaller scales follow at once.
fn smaller_parts(text: &str, number: &mut Number, mut scale: f64, at: &mut usize) {
    while scale > 1.0 && digit_at(text, *at) && last(text, *at).is_some_and(|c| c as u32 >= 0x3000) {
        let Some(Reading { number: Some(part), end, .. }) = read(text, *at) else { break };
        let (small, end) = scales::after(text, end, false).unwrap_or((1.0, end));
        if part.value * small >= scale {
            break;
        }
        *number = Number::real(number.value + part.value * small).rounded();
        *at = end;
        scale = small;
    }
}
