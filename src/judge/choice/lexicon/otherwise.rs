//! Phrases of questions for what is not so, where no word of its own tells.

/// Phrases that deny in a question, in languages that write no spaces or glue endings to words.
#[rustfmt::skip]
pub(in super::super) const DENYING: [&str; 19] = [
    "不是", "不属于", "不屬於", "并非", "不包括", "ではない", "でない", "ないもの", "まれない", "属さない", "はまらない", "当しない", "くない", "不含", "不符合", "아닌", "않은", "않는", "없는",
];

/// Phrases that leave out in a question, in the same languages.
pub(in super::super) const EXCEPTING: [&str; 4] = ["除了", "以外", "除外", "제외"];

/// Phrases, in their normal form, of questions for what is so in one way and not in another: `in RNA but not in DNA`.
pub(in super::super) const PARTLY: [&str; 16] = [
    " but not",
    " and not",
    " but is not",
    " but isnt",
    " but never",
    " but does not",
    " aber nicht",
    " und nicht",
    " mais pas",
    " et non",
    " pero no",
    " y no",
    " mas nao",
    " ma non",
    " но не",
    " а не",
];
