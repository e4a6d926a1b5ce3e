//! From everything that was found to a verdict.

use super::items::Item;
use super::lexicon::*;
use super::rules::corrected;
use super::scan::Kind;
use super::truth::Truth;
use super::view::{Mention, Stand, View};
use crate::judge::verdict::{Class, Ending, Evidence, Fate, Rank, Verdict};
use crate::prompt::letter;
use crate::spec::types::{ChoiceSpec, OnContradiction};

/// A piece of evidence on its way to a verdict.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub rank: Rank,
    pub rule: &'static str,
    pub choices: u32,
    pub first: u8,
    pub span: (usize, usize),
    /// Its first and last item.
    pub items: (usize, usize),
    pub clash: bool,
    pub fate: Option<Fate>,
}

impl Piece {
    fn single(&self) -> bool {
        self.choices.count_ones() == 1
    }
}

/// What decides besides the evidence.
pub(super) struct Case<'a> {
    pub spec: &'a ChoiceSpec,
    pub view: &'a View<'a>,
    pub ending: Ending,
    pub echo: bool,
}

/// The pieces of evidence that mentions and truth values are.
pub(super) fn pieces(mentions: &[Mention], truth: Truth, items: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = mentions.iter().filter_map(piece).collect();
    if let Truth::Choice(choice, span) = truth {
        let (rank, rule) = (Rank::Truth, "truth_values");
        pieces.push(Piece {
            rank,
            rule,
            choices: 1 << choice,
            first: choice,
            span,
            items: (items, items),
            clash: false,
            fate: None,
        });
    }
    pieces
}

fn piece(mention: &Mention) -> Option<Piece> {
    let fate = match mention.stand {
        Stand::Asserted => None,
        Stand::Denied | Stand::Negated => Some(Fate::Denied),
        Stand::Tentative => Some(Fate::Tentative),
    };
    let (rank, rule) = mention.rank.or(fate.map(|_| (Rank::Named, "named")))?;
    let group = &mention.group;
    Some(Piece {
        rank,
        rule,
        choices: group.choices,
        first: group.first,
        span: group.span,
        items: (group.start, group.end),
        clash: group.clash,
        fate,
    })
}

/// Decides.
pub(super) fn decide(case: &Case, mut pieces: Vec<Piece>, truth: Truth) -> Verdict {
    let items = &case.view.items.items;
    correct(items, &mut pieces);
    turn(items, &mut pieces);
    retract(items, &mut pieces);
    let allowed = if case.ending == Ending::Capped {
        case.spec.least_evidence.min(Rank::Conclusion)
    } else {
        case.spec.least_evidence
    };
    let strongest = pieces.iter().filter(|piece| piece.fate.is_none()).map(|piece| piece.rank).min();
    let weak = strongest.is_some_and(|rank| rank > allowed);
    for piece in pieces.iter_mut().filter(|piece| piece.fate.is_none() && piece.rank > allowed) {
        piece.fate = Some(Fate::TooWeak);
    }
    let Some(rank) = strongest.filter(|_| !weak) else { return unanswered(case, pieces, weak) };
    if rank >= Rank::Prose && declines(items) {
        return close(pieces, None, Verdict::none(Class::Refusal, "declined"));
    }
    if rank > Rank::Conclusion && none_fits(items) && rank != Rank::Text {
        return close(pieces, None, Verdict::none(Class::NoAnswer, "none_of_these"));
    }
    let values = pieces
        .iter()
        .filter(|piece| piece.fate.is_none() && piece.rank == rank)
        .fold(0, |bits, piece| bits | piece.choices);
    if values.count_ones() > 1 {
        return close(pieces, None, Verdict::none(Class::Ambiguous, "several_answers"));
    }
    let against = |piece: &Piece| {
        let concludes = rank == Rank::Statement && piece.rank == Rank::Conclusion;
        piece.fate.is_none() && (piece.rank == Rank::Start || concludes) && piece.choices & values == 0
    };
    if rank <= Rank::Conclusion && pieces.iter().any(against) {
        return close(pieces, None, Verdict::none(Class::Ambiguous, "statements_differ"));
    }
    let decided = pieces.iter().position(|piece| piece.fate.is_none() && piece.rank == rank).unwrap_or_default();
    settle(case, pieces, decided, truth)
}

/// The verdict for the piece that decides, unless its text or the truth values speak against it.
fn settle(case: &Case, mut pieces: Vec<Piece>, decided: usize, truth: Truth) -> Verdict {
    let Some(piece) = pieces.get(decided).cloned() else { return unanswered(case, pieces, false) };
    let values = piece.choices;
    let keyed = |other: &Piece| {
        let field =
            other.items.0.checked_sub(1).and_then(|at| case.view.items.items.get(at)).is_some_and(|item| item.is(':'));
        let ends = case.view.items.items.get(other.items.1).is_some_and(|item| item.is_any(",}"));
        other.fate.is_none() && other.choices & values == 0 && field && ends
    };
    let fields = piece.rule == "json" && pieces.iter().any(keyed);
    let clash = fields || pieces.iter().any(|piece| piece.fate.is_none() && piece.clash && piece.choices & values != 0);
    let untrue = piece.rank != Rank::Truth && matches!(truth, Truth::Choice(choice, _) if values & (1 << choice) == 0);
    if (clash || untrue) && case.spec.on_contradiction == OnContradiction::Abstain {
        return close(pieces, None, Verdict::none(Class::Contradiction, "letter_and_text_differ"));
    }
    if let Some(piece) = pieces.get_mut(decided) {
        piece.fate = Some(Fate::Decided);
    }
    let correct = case.view.prepared.is_right(piece.first);
    let name = letter(usize::from(piece.first));
    let verdict = Verdict::found(correct, name, piece.rule, Some(piece.rank), piece.span.0..piece.span.1);
    close(pieces, Some(values), verdict)
}

/// Marks what a later statement takes back.
fn correct(items: &[Item], pieces: &mut [Piece]) {
    let strong = |piece: &Piece| piece.fate.is_none() && piece.rank <= Rank::Text && piece.single();
    let Some(last) = pieces.iter().rposition(strong) else { return };
    // Behind a correction that prose completes, nothing stronger has to stand.
    let prose = |piece: &&Piece| piece.fate.is_none() && piece.rank == Rank::Prose && piece.single();
    let prose =
        pieces.iter().filter(prose).max_by_key(|piece| piece.items.0).map(|piece| (piece.choices, piece.items.0));
    let Some(strong) = pieces.get(last).map(|piece| (piece.choices, piece.items.0)) else { return };
    let denies = |at: usize| items.get(at).is_some_and(|item| denies_before(items, at, item));
    let between =
        |(_, start): &(u32, usize)| (strong.1..*start).any(|index| reconsiders(items, index) || denies(index));
    let (value, start) = prose.filter(between).unwrap_or(strong);
    // The last word of correction decides what stands.
    let fix = (0..start).rev().find(|index| corrected(items, *index, index + 1));
    let Some(fix) = fix else { return };
    for piece in
        pieces.iter_mut().filter(|piece| piece.items.1 <= fix && piece.choices != value && piece.fate.is_none())
    {
        piece.fate = Some(Fate::Corrected);
    }
}

/// `So A. But it binds to the right. So B.`: the last conclusion or statement stands where a sentence with `but` turns
/// away from the conclusion before.
fn turn(items: &[Item], pieces: &mut [Piece]) {
    let single = |piece: &Piece| piece.fate.is_none() && piece.single();
    let concludes = |piece: &Piece| single(piece) && piece.rank == Rank::Conclusion;
    let stands = |piece: &&Piece| single(piece) && matches!(piece.rank, Rank::Statement | Rank::Conclusion);
    let Some(last) = pieces.iter().filter(stands).max_by_key(|piece| piece.items.0) else { return };
    let (value, start) = (last.choices, last.items.0);
    let opens = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| items.get(before));
        before.is_some_and(|before| matches!(before.kind, Kind::Break | Kind::Mark('.')))
    };
    let turns = (0..start).rev().find(|at| items.get(*at).is_some_and(|item| item.says(BUT)) && opens(at));
    let Some(turns) = turns else { return };
    for piece in pieces.iter_mut().filter(|piece| concludes(piece) && piece.items.1 <= turns && piece.choices != value)
    {
        piece.fate = Some(Fate::Corrected);
    }
}

/// `Armstrong! No, he was the first on the Moon.`: a sentence opens with a denial of the one before.
fn denies_before(items: &[Item], index: usize, item: &Item) -> bool {
    let opens = || index.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|before| before.is_any(".!?"));
    let plain = item.says(NO) && !item.says(WRONG | FALSE) && item.text.is_none();
    plain && opens() && items.get(index + 1).is_some_and(|next| next.is(','))
}

/// Whether a sentence is given up here: `Wait.`, `let me reconsider.`, `that is wrong`.
fn reconsiders(items: &[Item], index: usize) -> bool {
    let ends = items.get(index + 1).is_some_and(|next| next.is_any(".!…:") || next.kind == Kind::Break);
    items.get(index).is_some_and(|item| item.says(RETRACT) || item.says(FIX) && ends)
}

/// `That is wrong` behind the last statement takes it back, and nothing takes its place.
fn retract(items: &[Item], pieces: &mut [Piece]) {
    let retracts = |(at, item): (usize, &Item)| item.says(RETRACT) || denies_before(items, at, item);
    let Some(at) = items.iter().enumerate().rposition(retracts) else { return };
    if pieces.iter().any(|piece| piece.fate.is_none() && piece.items.0 > at) {
        return;
    }
    for piece in pieces.iter_mut().filter(|piece| piece.fate.is_none() && piece.items.1 <= at) {
        piece.fate = Some(Fate::Corrected);
    }
}

/// Whether an answer declines, and does not go on with `but` in the same sentence.
fn declines(items: &[Item]) -> bool {
    const REACH: usize = 24;
    let continues = |at: usize, sentence: usize| {
        let rest = items.iter().skip(at + 1).take(REACH).take_while(|item| item.sentence == sentence);
        rest.clone().any(|item| item.says(BUT)) && rest.clone().any(|item| item.text.is_some() || item.label.is_some())
    };
    items.iter().enumerate().any(|(at, item)| item.says(REFUSE) && !continues(at, item.sentence))
}

fn none_fits(items: &[Item]) -> bool {
    items.iter().any(|item| item.says(NONE) && item.text.is_none())
}

/// The class of an output that gives no answer.
fn unanswered(case: &Case, pieces: Vec<Piece>, weak: bool) -> Verdict {
    let items = &case.view.items.items;
    let verdict = if case.ending == Ending::Capped {
        Verdict::none(Class::Truncated, "capped")
    } else if items.iter().any(|item| item.says(REFUSE)) {
        Verdict::none(Class::Refusal, "declined")
    } else if none_fits(items) {
        Verdict::none(Class::NoAnswer, "none_of_these")
    } else if weak {
        Verdict::none(Class::NoAnswer, "too_weak")
    } else if case.echo || pieces.is_empty() && items.len() < 40 && items.iter().any(|item| item.says(FORMAT)) {
        Verdict::none(Class::Echo, "echo")
    } else if pieces.iter().any(|piece| piece.fate.is_none()) {
        Verdict::none(Class::Ambiguous, "several_answers")
    } else {
        Verdict::none(Class::NoAnswer, "no_choice_named")
    };
    close(pieces, None, verdict)
}

/// Gives every piece its fate and hands over the verdict.
fn close(pieces: Vec<Piece>, values: Option<u32>, mut verdict: Verdict) -> Verdict {
    verdict.evidence.reserve_exact(pieces.len());
    for piece in pieces {
        let same = values.is_some_and(|values| piece.choices == values);
        let fate = piece.fate.unwrap_or(if values.is_none() || !same && Some(piece.rank) == verdict.rank {
            Fate::Disputed
        } else {
            Fate::Outranked
        });
        let mut value = String::new();
        for index in (0..26_u8).filter(|index| piece.choices & (1 << index) != 0) {
            if !value.is_empty() {
                value.push_str(", ");
            }
            value.push(char::from(b'A' + index));
        }
        verdict.evidence.push(Evidence {
            rank: piece.rank,
            rule: piece.rule,
            value,
            span: piece.span.0..piece.span.1,
            fate,
        });
    }
    verdict
}
