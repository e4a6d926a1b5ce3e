//! Texts of choices in prose: the only one that an answer asserts.

use super::about::*;
use super::context::{Left, left};
use super::ends::{behind_remark, closed};
use super::groups::Group;
use super::items::Item;
use super::lexicon::parts::*;
use super::lexicon::*;
use super::scan::Kind;
use super::view::{Mention, Stand, View};
use crate::judge::verdict::Rank;

/// Gives the texts that prose asserts their rank.
pub(super) fn prose(view: &View, mentions: &mut [Mention]) {
    let last_number = view.items.items.iter().filter(|item| item.kind == Kind::Number).map(|item| item.sentence).max();
    let role = |(at, mention): (usize, &Mention)| {
        let before = at.checked_sub(1).and_then(|before| mentions.get(before));
        role(view, mention, before, last_number)
    };
    let roles: Vec<Role> = mentions.iter().enumerate().map(role).collect();
    let value = |wanted: Role| {
        let found = mentions.iter().zip(&roles).filter(|(_, role)| **role == wanted);
        found.fold(0, |bits, (mention, _)| bits | mention.group.choices)
    };
    // `Not B: a bat is a mammal` explains what it denies.
    let denied = mentions.iter().filter(|mention| !mention.group.by_text && mention.stand == Stand::Denied);
    let denied = denied.fold(0, |bits, mention| bits | mention.group.choices);
    let (said, whole) = (value(Role::Said) & !denied, value(Role::Whole) & !denied);
    let told = value(Role::Told) & !denied;
    let described = |mention: &Mention| {
        mention.rank.is_none() && view.items.items.get(mention.group.end).is_some_and(|next| next.says(LINK))
    };
    let labels = mentions.iter().filter(|mention| !mention.group.by_text && mention.stand == Stand::Asserted);
    let labels = labels.filter(|mention| !described(mention));
    let labels = labels.fold(0, |bits, mention| bits | mention.group.choices);
    // Who is mentioned where nothing is said of what the question asks is no rival: `Socrates was his teacher`.
    let rivals = mentions.iter().zip(&roles).filter(|(mention, role)| **role == Role::Told && speaks(view, mention));
    let rivals = rivals.fold(0, |bits, (mention, _)| bits | mention.group.choices) & !denied;
    let alone = |found: u32, others: u32| found.count_ones() == 1 && others & !found == 0;
    let chosen: &[Role] = match said.count_ones() {
        1 if (labels & !said).count_ones() < 2 => &[Role::Said],
        0 if alone(told | whole, value(Role::Subject) | labels) => &[Role::Told, Role::Whole],
        // `RAM stores data. The CPU executes instructions.`
        0 if alone(whole, rivals | labels) && !view.prepared.asked().negated => &[Role::Whole],
        _ => return,
    };
    for (mention, role) in mentions.iter_mut().zip(roles) {
        if chosen.contains(&role) && mention.rank.is_none() && mention.group.choices & denied == 0 {
            mention.rank = Some((Rank::Prose, "prose"));
        }
    }
}

/// Whether the sentence of a mention says something of what the question asks.
fn speaks(view: &View, mention: &Mention) -> bool {
    let items = &view.items.items;
    let sentence = items.get(mention.group.start).map_or(0, |item| item.sentence);
    let from = items.partition_point(|item| item.sentence < sentence);
    shared(view, items.iter().skip(from).take(64).take_while(|item| item.sentence == sentence)).0 > 0
}

/// The part that a text plays in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The sentence says that something is it.
    Said,
    /// The sentence mentions it.
    Told,
    /// The sentence says all of it that the question asks for.
    Whole,
    /// The sentence says something of it.
    Subject,
    /// None that counts.
    None,
}

fn role(view: &View, mention: &Mention, other: Option<&Mention>, last_number: Option<usize>) -> Role {
    let group = &mention.group;
    let items = &view.items.items;
    let rival = other.map(|other| &other.group);
    let sentence_of = |group: &Group| items.get(group.start).map(|item| item.sentence);
    let doubted = other.is_some_and(|other| {
        other.stand != Stand::Asserted && !other.group.by_text && sentence_of(&other.group) == sentence_of(group)
    });
    if !group.by_text || mention.stand != Stand::Asserted || group.several() || group.clash || is_next(view, group) {
        return Role::None;
    }
    let text = view.prepared.texts.get(usize::from(group.first));
    let brief = text.is_none_or(|text| text.brief);
    let before = left(items, start_of_name(view, group));
    let tied = before.mask & (LINK | LEAVES) != 0 && before.mask & NONE == 0 || before.colon;
    let passive = is_made(view, group.start) && asks_before(view, group.start);
    // `It is in Egypt, therefore the Nile.`
    let concluded = before.mask & SO != 0 && before.mask & !(SO | FILL) == 0;
    let tied = tied || passive || concluded;
    let ends = closed(items, group.end) || trails(view, group.end) || joins_clause(view, group.end);
    if brief {
        return brief_role(view, group, rival, &Shape { before, tied, ends, last_number });
    }
    // `Jane Austen wrote Emma`.
    let completes = !opens_clause(items, group.start)
        && closed(items, group.end)
        && asks_most_before(view, group.start)
        && before.mask & !(FILL | LINK) == 0;
    if completes {
        return Role::Said;
    }
    // `New Delhi (नई दिल्ली)`: what is in brackets may be the name itself.
    if is_requested(view, group.start) && ends {
        return Role::Said;
    }
    if is_about_another(view, group.start) && !before.bracket && !concluded {
        return Role::None;
    }
    if tied && ends && !(is_made(view, group.start) && tells_of_another(view, group.start)) {
        return Role::Said;
    }
    if text.is_some_and(|text| text.refers) {
        return Role::Told;
    }
    if names_another(view, group.start, group.end) {
        return Role::None;
    }
    if !opens_clause(items, group.start) {
        return match () {
            () if tied => Role::Told,
            () if is_off_topic(view, group.start, group.end) => Role::None,
            () if tells_of_another(view, group.start) => Role::Subject,
            () => Role::Told,
        };
    }
    let but = group.start.checked_sub(1).and_then(|before| items.get(before)).is_some_and(|item| item.says(BUT));
    let ends_all = items.get(group.end).is_none_or(|next| next.is('.') || next.kind == Kind::Break);
    match about(view, group.start, group.end) {
        About::All if but => Role::Said,
        About::All => Role::Whole,
        About::Most => Role::Told,
        About::Little if but && doubted || ends_all && group.start > 0 => Role::Told,
        About::Little => Role::Subject,
    }
}

/// `written by Dante`.
fn is_made(view: &View, start: usize) -> bool {
    parts(view.word(start.saturating_sub(1))) & MAKER != 0
}

/// `Give aspirin.`, `Use the lever.`
fn is_requested(view: &View, start: usize) -> bool {
    let article = start.checked_sub(1).is_some_and(|at| parts(view.word(at)) & (DEFINITE | INDEFINITE) != 0);
    let verb = start.checked_sub(1 + usize::from(article));
    verb.is_some_and(|verb| parts(view.word(verb)) & REQUESTS != 0 && opens_clause(&view.items.items, verb))
}

/// `Oxygen has 16 g`, where the question is about water: no word before is one of the question.
fn is_about_another(view: &View, start: usize) -> bool {
    let items = &view.items.items;
    let sentence = items.get(start).map(|item| item.sentence);
    let before = items.get(..start).unwrap_or_default().iter().rev().take(12);
    let before = before.take_while(|item| Some(item.sentence) == sentence);
    let (known, all) = shared(view, before.clone());
    let several = before.clone().any(|item| item.says(AND) && item.mask & (FILL | SO) == FILL)
        && before.clone().all(|item| item.text.is_none() && item.label.is_none());
    // `F is fluorine`, where the question has Fe.
    let symbol = before.clone().count() == 2 && before.clone().last().is_some_and(|item| item.single);
    let Some(first) = before.last().filter(|item| item.kind == Kind::Word && item.upper) else { return false };
    let opens = first.mask == 0 && !view.prepared.asks_with(view.scan.word_at(first.token));
    known == 0 && (all == 1 && first.mask == 0 || all > 0 && several || symbol && opens && first.label.is_none())
}

/// `The second longest is the Congo`, where the question does not ask for the second.
fn is_next(view: &View, group: &Group) -> bool {
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let before = items.get(..group.start).unwrap_or_default().iter().rev().take(8);
    let mut ordinals = before.take_while(|item| Some(item.sentence) == sentence && item.label.is_none());
    let asked = |item: &Item| {
        view.scan.tokens.get(item.token).is_some_and(|token| view.prepared.asks_with(view.scan.word(token)))
    };
    let counts = |item: &Item| item.says(ORDINAL) && item.value > 1 && item.value < LAST && !asked(item);
    // `Venus is the second planet`
    let behind = (group.end..group.end + 3).any(|at| {
        let definite = parts(view.word(at)) & DEFINITE != 0;
        let next = items.get(at + 1).filter(|next| Some(next.sentence) == sentence);
        // `was the first capital`, where the capital is asked for.
        let noun = items.get(at + 2).is_some_and(asked);
        let first = |next: &Item| next.says(ORDINAL) && next.value == 1 && !asked(next) && noun;
        definite && next.is_some_and(|next| counts(next) || first(next))
    });
    // `두 번째로 높은 산`: without spaces and articles it stands anywhere behind.
    let glyphs = items.get(group.end).is_some_and(|next| next.kind == Kind::Glyph);
    let rest = items.iter().skip(group.end).take(16).take_while(|item| Some(item.sentence) == sentence);
    ordinals.any(counts) || behind || glyphs && rest.clone().any(counts)
}

/// What is known of a text before its role is.
struct Shape {
    before: Left,
    tied: bool,
    ends: bool,
    last_number: Option<usize>,
}

/// The part that a number or a letter plays.
fn brief_role(view: &View, group: &Group, rival: Option<&Group>, shape: &Shape) -> Role {
    let items = &view.items.items;
    let Shape { before, tied, ends, last_number } = shape;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let last = sentence >= *last_number || items.get(group.end).is_some_and(|next| next.says(REASON) || next.is(','));
    // `(3/8)(2/7)`: a factor.
    let factor = [')', '('].iter().zip(group.end..).all(|(mark, at)| items.get(at).is_some_and(|item| item.is(*mark)));
    let full = !factor
        && items
            .get(behind_remark(items, group.end))
            .is_none_or(|next| !next.is_any(":(-→") && (!next.is(',') || continues(view, group.end + 1)));
    let within = before.mask & NONE == 0 && is_within(items, group.start);
    let tied = *tied && !is_about_another(view, group.start);
    let stated = tied || within && (asks_before(view, group.start) || happens(view, group.start));
    let rest = || items.iter().skip(group.end).take_while(|item| Some(item.sentence) == sentence);
    let alone = || {
        let numbers = items.iter().filter(|item| item.kind == Kind::Number && !item.masked);
        let short = rest().filter(|item| matches!(item.kind, Kind::Word | Kind::Glyph)).count() < 3;
        let plain = rest().all(|item| item.kind == Kind::Word || item.is_any(".!"));
        numbers.count() == 1 && short && plain && asks_before(view, group.start)
    };
    let opens = opens_clause(items, group.start) || before.opens && before.mask & !FILL == 0;
    let clause = || rest().take_while(|item| !item.is_any(",;"));
    let subject = opens
        && !rest().any(|item| item.kind == Kind::Number)
        && clause().any(|item| item.mask == 0)
        && about(view, group.start, group.end) != About::Little;
    let aside = || {
        let start = group.start;
        is_premise(view, start)
            || is_partial(view, start)
            || is_of_another_value(view, start)
            || measures_another(view, start)
            || has_own_subject(view, start)
            || is_of_one(view, start)
    };
    let said = stated
        && (*ends || alone())
        && last
        && full
        && !is_rivalled(view, rival, group)
        && !is_listed(view, group)
        && !is_step(view, group)
        && !aside();
    if said || subject { Role::Said } else { Role::None }
}

/// `3 × 60 = 180, so 180 + 30 = 210`: a calculation that continues from a value behind a word of conclusion.
fn is_step(view: &View, group: &Group) -> bool {
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let rest = items.iter().skip(group.end).take(24).take_while(|item| Some(item.sentence) == sentence);
    let other = |item: &&Item| item.text.is_some_and(|text| text != group.first);
    let mut further = rest.skip_while(|item| !item.says(SO)).skip_while(|item| !item.is('='));
    further.next().is_some() && further.next().is_some_and(|item| other(&item))
}

/// `It took place in 1969`: the sentence says no more than that it was so.
fn happens(view: &View, start: usize) -> bool {
    let items = &view.items.items;
    let sentence = items.get(start).map(|item| item.sentence);
    let mut before = items.iter().take(start).rev().take(8).take_while(|item| Some(item.sentence) == sentence);
    let words = before.clone().count();
    let said = |item: &Item| {
        let word = view.scan.word_at(item.token);
        parts(word) & (HAPPENS | MONTH) != 0 || item.is(',') || item.kind == Kind::Number
    };
    (2..8).contains(&words) && before.all(said)
}

/// Whether another clause is joined behind a value: `at 0 °C and boils at 100 °C`.
fn joins_clause(view: &View, end: usize) -> bool {
    let items = &view.items.items;
    let joined = items.get(end).is_some_and(|item| item.says(AND)) && parts(view.word(end)) & OR == 0;
    let verb = items.get(end + 1).is_some_and(|item| {
        item.kind == Kind::Word && item.text.is_none() && item.label.is_none() && !item.says(ORDINAL)
    });
    let sentence = items.get(end).map(|item| item.sentence);
    let before = items.iter().take(end).rev().take(32).take_while(|item| Some(item.sentence) == sentence);
    let (known, all) = shared(view, before.filter(|item| item.text.is_none()));
    joined && verb && known > 0 && known == all
}

/// Where a name starts whose last word is the text: `blood type O`, `the year 1989`.
fn start_of_name(view: &View, group: &Group) -> usize {
    let mut start = group.start;
    while let Some(before) = start.checked_sub(1).filter(|before| parts(view.word(*before)) & NAMED != 0) {
        start = before;
    }
    start
}

/// Whether the clause before says the same of another choice: `water is H2O, the peroxide is H2O2`.
fn is_rivalled(view: &View, before: Option<&Group>, group: &Group) -> bool {
    let items = &view.items.items;
    let Some(other) = before.filter(|other| other.end < group.start && other.by_text) else { return false };
    if other.choices == group.choices {
        return false;
    }
    let between = items.get(other.end..group.start).unwrap_or_default();
    let joined = joins_clause(view, other.end) && !between.iter().any(|item| item.says(SO | BUT | FIX));
    let continues = between.first().is_some_and(|item| item.is(',')) && !continues(view, other.end + 1);
    joined
        || continues
            && left(items, other.start).mask & LINK != 0
            && !between.iter().any(|item| item.says(SO | BUT | FIX))
            && between.iter().all(|item| item.kind != Kind::Break && !item.is('.'))
}

/// Whether a clause behind a comma speaks of what stands before it: a reason, a contrast, `which is neutral`.
fn continues(view: &View, index: usize) -> bool {
    let links = view.items.items.get(index).is_some_and(|item| item.says(REASON | BUT | SO));
    links
        || parts(view.word(index)) & RELATIVE != 0
        || view.items.items.get(index).is_some_and(|item| item.says(NOT | DROP))
}

/// Whether a number continues its clause, as the year of a date does: `September 2, 1945`.
fn is_within(items: &[Item], start: usize) -> bool {
    let before = |distance: usize| start.checked_sub(distance).and_then(|at| items.get(at));
    let dates = before(1).is_some_and(|item| item.is(',')) && before(2).is_some_and(|item| item.kind == Kind::Number);
    dates || !opens_clause(items, start)
}

/// Whether a text opens its clause, and so is what the clause is about.
fn opens_clause(items: &[Item], start: usize) -> bool {
    let Some(before) = start.checked_sub(1).and_then(|before| items.get(before)) else { return true };
    matches!(before.kind, Kind::Break | Kind::Mark('.' | ',' | ';' | ':' | '!' | '?'))
        || before.says(SO | BUT)
        || before.says(FILL)
            && !before.says(LEAVES)
            && start
                .checked_sub(2)
                .and_then(|before| items.get(before))
                .is_none_or(|before| matches!(before.kind, Kind::Break | Kind::Mark('.')))
}

/// Whether a number is one of a list with numbers that are no choices: `0 and 1`.
fn is_listed(view: &View, group: &Group) -> bool {
    let item = |at: Option<usize>| at.and_then(|at| view.items.items.get(at));
    let and = item(group.start.checked_sub(1)).is_some_and(|item| item.says(AND));
    and && item(group.start.checked_sub(2)).is_some_and(|item| item.kind == Kind::Number && item.text.is_none())
}
