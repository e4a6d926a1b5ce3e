//! Letters of choices.

/// The letter of a choice: `A` for 0.
pub fn letter(index: usize) -> String {
    u8::try_from(index)
        .ok()
        .filter(|index| *index < 26)
        .map_or_else(|| (index + 1).to_string(), |index| char::from(b'A' + index).to_string())
}

/// The choice that a letter stands for, as [`letter`] gives it.
pub fn index_of(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [capital @ b'A'..=b'Z'] => Some(usize::from(capital - b'A')),
        _ => text.parse::<usize>().ok()?.checked_sub(1).filter(|index| *index >= 26),
    }
}
