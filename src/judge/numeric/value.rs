//! The value of a number.

/// A number that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// Its value.
    pub value: f64,
    /// Its exact value, if it was written as a whole number.
    pub whole: Option<i128>,
    /// Whether a percent sign or word follows.
    pub percent: bool,
}

impl Number {
    /// A number that is not written as a whole one.
    pub(super) fn real(value: f64) -> Self {
        Self { value, whole: None, percent: false }
    }

    /// The number with the opposite sign.
    pub(super) fn negated(self) -> Self {
        Self { value: -self.value, whole: self.whole.map(|whole| -whole), ..self }
    }

    /// The number times a scale such as a million.
    pub(super) fn scaled(self, scale: f64) -> Self {
        Self::real(self.value * scale).rounded()
    }

    /// A large whole number is exact whatever scale it was written in.
    pub(super) fn rounded(self) -> Self {
        let rounded = self.value.round();
        if rounded.abs() < 1e15 && rounded.abs() >= 1.0 && (self.value - rounded).abs() <= rounded.abs() * 1e-14 {
            #[expect(clippy::cast_possible_truncation, reason = "below the limit")]
            return Self { value: rounded, whole: Some(rounded as i128), ..self };
        }
        self
    }
}
