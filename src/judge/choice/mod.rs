//! The judge `choice`: which choice an answer states, and on what evidence.

mod about;
mod behind;
mod brief;
mod clauses;
mod context;
mod decide;
mod digits;
mod echoes;
mod ends;
mod groups;
mod in_other_words;
mod items;
mod labels;
mod lexicon;
mod markup;
mod meaning;
mod named;
mod narrow;
mod near;
mod objects;
mod places;
mod predicate;
mod prepared;
mod prose;
mod question;
mod rules;
mod scan;
mod signs;
mod spellings;
mod stance;
mod statements;
mod symbols;
mod truth;
mod values;
mod view;
mod words;

pub(super) use prepared::MOST;
pub use prepared::PreparedSample;

use super::verdict::{Class, Ending, Output, Verdict};
use super::zone::zone;
use crate::spec::types::ChoiceSpec;
use decide::Case;
use items::Items;
use view::View;

/// The judge of answers that name a choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice(pub ChoiceSpec);

impl Choice {
    /// Judges an output.
    pub fn judge(&self, prepared: &PreparedSample, output: &Output) -> Verdict {
        if output.ending == Ending::Refused {
            return Verdict::none(Class::Refusal, "refused");
        }
        let zone = zone(output.text, prepared.sample);
        let scan = scan::scan(&zone.pieces(output.text));
        if scan.tokens.is_empty() {
            let class = if output.ending == Ending::Capped { Class::Truncated } else { Class::NoAnswer };
            return Verdict::none(class, "empty");
        }
        let mut items = items::items(&scan, prepared);
        labels::mark(&mut items, &scan, prepared);
        let asks = items::sentences(&mut items);
        let mut items = Items { items, asks };
        let ending = if output.ending == Ending::Capped && ends::loops(&items.items, &scan) {
            Ending::Complete
        } else {
            output.ending
        };
        let echo = echoes::mask(&mut items.items, &scan, prepared);
        let groups = groups::groups(&items.items, &scan);
        let view = View { scan: &scan, items: &items, prepared, marked: zone.marked, capped: ending == Ending::Capped };
        let mut mentions = rules::mentions(&view, groups);
        places::places(&view, &mut mentions);
        words::words(&view, &mut mentions);
        words::pair(&view, &mut mentions);
        objects::shares(&view, &mut mentions);
        let truth = truth::truth(&view);
        prose::prose(&view, &mut mentions);
        named::named(&view, &mut mentions);
        let mut pieces = decide::pieces(&mentions, truth, items.items.len());
        words::left_over(&view, &mentions, &mut pieces);
        if pieces.iter().all(|piece| piece.fate.is_some()) {
            in_other_words::in_other_words(&view, &mentions, &mut pieces);
            symbols::symbols(&view, &mut pieces);
            words::own_word(&view, &mut pieces);
        }
        let case = Case { spec: &self.0, view: &view, ending, echo };
        decide::decide(&case, pieces, truth)
    }
}

#[cfg(test)]
mod tests;
