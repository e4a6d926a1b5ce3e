//! The sentence about letters of charts that no font of this machine has.

use std::collections::BTreeSet;

use crate::chart;
use crate::error::Error;
use crate::format::counted;

/// Letters that the sentence shows.
const SHOWN: usize = 5;

/// The letters of a picture that a PNG or a PDF of it cannot show.
///
/// # Errors
/// The drawing cannot be read.
pub fn of(name: &str, svg: &str) -> Result<BTreeSet<char>, Error> {
    chart::unknown_letters(svg).map_err(|error| Error::Chart { name: name.to_owned(), message: error.to_string() })
}

/// Tells what becomes of these letters, and what to do; nothing if there are none.
pub fn warn_of(letters: &BTreeSet<char>, warn: impl FnOnce(String)) {
    if let Some(sentence) = sentence(letters) {
        warn(sentence);
    }
}

fn sentence(letters: &BTreeSet<char>) -> Option<String> {
    let first: Vec<String> = letters.iter().take(SHOWN).map(char::to_string).collect();
    let others = letters.len().saturating_sub(SHOWN);
    let more = if others > 0 { format!(" and {}", counted(others, "other letter")) } else { String::new() };
    (!letters.is_empty()).then(|| {
        format!(
            "no font of this machine has {}{more}, so PNG and PDF show boxes; install a font that has them, such as one of \
             Noto Sans, or look at the SVG or report.html, which take the fonts of their reader",
            first.join(" ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letters_are_shown() {
        assert_eq!(sentence(&BTreeSet::new()), None);
        let few = sentence(&"模型".chars().collect()).unwrap();
        assert!(few.starts_with("no font of this machine has 型 模, so PNG"), "{few}");
        let many = sentence(&"一二三四五六七".chars().collect()).unwrap();
        assert!(many.contains(" and 2 other letters, so"), "{many}");
    }
}
