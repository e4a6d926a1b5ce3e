//! Choices that are named together: a label with its text, a list of labels.

use super::ends::behind_remark;
use super::items::Item;
use super::lexicon::parts::Part;
use super::lexicon::*;
use super::scan::{Kind, Scan};

/// Choices that are named together.
#[derive(Debug, Clone)]
pub(super) struct ChoiceGroup {
    /// Its first item.
    pub start: usize,
    /// The item behind it.
    pub end: usize,
    /// The choices, as bits.
    pub choices: u32,
    /// The first of them.
    pub first: u8,
    /// Place of the first in the original text.
    pub span: (usize, usize),
    /// Whether a text names it, not a label.
    pub by_text: bool,
    /// Whether its label is a number where the question lists none.
    pub weak: bool,
    /// Whether its own text stands with the label.
    pub own: bool,
    /// Whether the text or label behind it is that of another choice.
    pub clash: bool,
}

impl ChoiceGroup {
    /// Whether it names more than one choice.
    pub fn several(&self) -> bool {
        self.choices.count_ones() > 1
    }
}

/// The groups of an answer, in its order.
pub(super) fn groups(items: &[Item], scan: &Scan) -> Vec<ChoiceGroup> {
    let mut groups: Vec<ChoiceGroup> = Vec::new();
    let mut index = 0;
    while let Some(item) = items.get(index) {
        if item.masked || item.label.is_none() && item.text.is_none() {
            index += 1;
            continue;
        }
        let group = Reader { items, scan }.group(index);
        index = group.end.max(index + 1);
        groups.push(group);
    }
    groups
}

struct Reader<'a> {
    items: &'a [Item],
    scan: &'a Scan,
}

impl Reader<'_> {
    fn at(&self, index: usize) -> Option<&Item> {
        self.items.get(index).filter(|item| !item.masked)
    }

    fn mark(&self, index: usize, marks: &str) -> bool {
        self.at(index).is_some_and(|item| item.text.is_none() && item.is_any(marks))
    }

    fn group(&self, start: usize) -> ChoiceGroup {
        let mut group = ChoiceGroup {
            start,
            end: start,
            choices: 0,
            first: 0,
            span: (0, 0),
            by_text: false,
            weak: false,
            own: false,
            clash: false,
        };
        if let Some(item) = self.at(start) {
            group.first = item.label.or(item.text).unwrap_or_default();
            group.by_text = item.label.is_none();
            group.weak = item.weak;
            group.span = (item.at, item.to);
        }
        self.element(&mut group, start);
        while let Some(next) = self.joined(&mut group) {
            self.element(&mut group, next);
        }
        group
    }

    /// Reads a label or a text and what stands with it.
    fn element(&self, group: &mut ChoiceGroup, index: usize) {
        let Some(item) = self.at(index) else { return };
        match (item.label, item.text) {
            (Some(label), text) => {
                // `the third option`
                let index = index + usize::from(item.says(ORDINAL));
                group.choices |= 1 << label;
                // A letter that is the text of another choice could be meant either way.
                self.text_behind(group, index, label);
                if let Some(text) = text.filter(|text| *text != label && !group.own) {
                    group.choices |= 1 << text;
                }
            }
            (None, Some(text)) => {
                group.choices |= 1 << text;
                group.end = index + 1;
                // `2) 2`: the number of a choice and its text, which are one.
                if item.kind == Kind::Number
                    && self.mark(index + 1, ").:")
                    && self.at(index + 2).is_some_and(|item| item.text == Some(text))
                {
                    group.end = index + 3;
                }
                group.clash |= self.counts_another(index, text);
                // `Sydney (A)`, `Sydney (option A)`
                let noun = self.at(index + 2).is_some_and(|item| item.says(OPTION) && item.label.is_none());
                let at = index + 2 + usize::from(noun);
                if self.mark(index + 1, "([")
                    && self.mark(at + 1, ")]")
                    && let Some(label) = self.at(at).and_then(|item| item.label)
                {
                    group.end = at + 2;
                    group.own = label == text;
                    group.clash |= label != text;
                }
            }
            (None, None) => {}
        }
    }

    /// `Option 4`, where 4 is the text of a choice but not of the fourth.
    fn counts_another(&self, index: usize, text: u8) -> bool {
        let noun = index.checked_sub(1).and_then(|before| self.at(before)).filter(|before| before.says(OPTION));
        let number =
            self.at(index).filter(|item| item.kind == Kind::Number).and_then(|item| self.scan.tokens.get(item.token));
        let number = number.and_then(|token| self.scan.word(token).parse::<u8>().ok());
        noun.is_some_and(|noun| noun.mask & (CLAIM | FILL) == 0 && !noun.numbers(self.scan))
            && number.is_some_and(|number| number != text + 1)
    }

    fn text_behind(&self, group: &mut ChoiceGroup, index: usize, label: u8) {
        let mut end = index + 1;
        let mut marks = String::new();
        while end < index + 5 && self.mark(end, ").:,-/(→|=]") {
            if let Some(Item { kind: Kind::Mark(mark), .. }) = self.at(end) {
                marks.push(*mark);
            }
            end += 1;
        }
        // `C, the Nile`
        end += usize::from(marks == "," && self.is_article(end));
        // `C. Vitamin D`, where the choice is `D`.
        end += usize::from(
            !marks.is_empty()
                && self.part(end) & parts::NAMED != 0
                && self.at(end + 1).is_some_and(|own| own.text == Some(label)),
        );
        let closed = self.mark(index + 1, ")]");
        group.end = index + 1 + usize::from(closed);
        let mut text = self.at(end);
        // `B: option D`: a second label where the text belongs.
        let second = if text.is_some_and(|item| item.says(OPTION)) { end + 1 } else { end };
        if marks.contains(':')
            && let Some(other) = self.at(second).filter(|item| item.label.is_some() && item.text.is_none())
        {
            group.clash |= other.label != Some(label) && !self.mark(second + 1, ":.)");
            return;
        }
        if text.is_some_and(|item| item.text.is_none()) && end == index + 1 {
            text = None;
        }
        let Some(other) = text.and_then(|item| item.text) else { return };
        if other == label {
            group.own = true;
            group.end = end + 1 + usize::from(marks.contains('(') && self.mark(end + 1, ")"));
            return;
        }
        // `A. (Sarnath, D, is another one.)`
        if self.mark(end + 1, "([,") && self.at(end + 2).is_some_and(|item| item.label == Some(other)) {
            return;
        }
        let leads =
            index == 0 || self.items.get(index - 1).is_some_and(|item| item.kind == Kind::Break || item.is_any("("));
        // `The answer is A. Géricault, himself, …`: a sentence about another one begins.
        let begins = marks == "."
            && !leads
            && self.mark(end + 1, ",")
            && !self.at(end + 2).is_some_and(|next| next.says(REASON) || next.text.is_some());
        if begins {
            return;
        }
        let ends = self
            .items
            .get(end + 1)
            .is_none_or(|next| matches!(next.kind, Kind::Mark(_) | Kind::Break | Kind::BoxClose));
        let follows = self.items.get(end + 1).is_some_and(|next| next.says(LINK));
        let list = self.items.get(end + 1).is_some_and(|next| next.says(AND));
        let weak = marks.starts_with([',', '.', '-']) || marks.is_empty();
        group.clash |= ends && !list || !weak || leads && marks != "," || marks.contains('-') && !follows;
    }

    /// Where the next member of the list stands.
    fn joined(&self, group: &mut ChoiceGroup) -> Option<usize> {
        // `not nitrogen (N), neon (Ne) or nickel`
        let denied = self.items[..group.start].iter().rev().take(2).any(|item| item.says(NOT));
        let mut at = if group.by_text && !denied { group.end } else { behind_remark(self.items, group.end) };
        let comma = self.mark(at, ",");
        let sign = self.mark(at, "/&+|") && !group.by_text;
        if comma || sign {
            at += 1;
        }
        let and = self.at(at).is_some_and(|item| item.says(AND) && item.label.is_none());
        if and {
            at += 1;
        }
        if !comma && !sign && !and {
            return None;
        }
        while self.at(at).is_some_and(|item| item.says(OPTION | OPTIONS) && item.label.is_none() || item.is_any("([")) {
            at += 1;
        }
        // `a bat, a whale`
        let article = group.by_text && self.is_article(at);
        at += usize::from(article);
        let next = self.at(at)?;
        if group.by_text {
            // `Jupiter and the Earth is smaller` opens a clause, `a hinge and a pivot` does not.
            let one_of_many = |at: usize| self.part(at) & parts::INDEFINITE != 0;
            let both = group.start > 0 && one_of_many(group.start - 1) && one_of_many(at - 1);
            let joins = and && (!article || group.several() || both);
            return (next.text.is_some() && (joins || (and || comma) && self.continues(at))).then_some(at);
        }
        if sign && next.label.is_none() && next.upper {
            group.choices |= self.run(next);
            return None;
        }
        next.label?;
        (and || sign || self.continues(at)).then_some(at)
    }

    /// The parts that the word of an item plays.
    fn part(&self, index: usize) -> Part {
        parts::parts(self.at(index).map_or("", |item| self.scan.word_at(item.token)))
    }

    fn is_article(&self, index: usize) -> bool {
        let plain = self.at(index).is_some_and(|item| item.text.is_none() && item.label.is_none());
        plain && self.part(index) & (parts::INDEFINITE | parts::DEFINITE) != 0
    }

    /// Whether a list continues or ends behind a member, so that the member opens no new clause.
    fn continues(&self, index: usize) -> bool {
        let mut after = index + 1;
        while self.mark(after, ")]") {
            after += 1;
        }
        let label = self.mark(after, "([") && self.mark(after + 2, ")]");
        if label && self.at(after + 1).is_some_and(|item| item.label.is_some()) {
            after += 3;
        }
        after = behind_remark(self.items, after);
        self.items.get(after).is_none_or(|next| {
            matches!(next.kind, Kind::Break | Kind::Glyph | Kind::BoxClose) || next.is_any(",;.}!?") || next.says(AND)
        })
    }

    /// `CD`: several labels in one word.
    fn run(&self, item: &Item) -> u32 {
        let word = self.scan.word_at(item.token);
        let letters = word.len() < 5 && word.bytes().all(|c| c.is_ascii_lowercase() && c < b'k');
        if letters { word.bytes().fold(0, |bits, c| bits | 1 << (c - b'a')) } else { 0 }
    }
}
