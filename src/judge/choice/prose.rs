//! Texts of choices in prose: the only one that an answer asserts.

use super::about::*;
use super::brief::{self, Numbers, Shape};
use super::clauses::{is_about_another, joins_clause, opens_clause, start_of_person};
use super::context::left;
use super::ends::{behind_remark, closed};
use super::groups::ChoiceGroup;
use super::items::Item;
use super::lexicon::parts::*;
use super::lexicon::*;
use super::places::behind_kind;
use super::predicate::{About, about};
use super::scan::Kind;
use super::values::trails;
use super::view::{Mention, Stand, View};
use crate::judge::verdict::Rank;

/// Gives the texts that prose asserts their rank.
pub(super) fn prose(view: &View, mentions: &mut [Mention]) {
    let open = |mention: &Mention| mention.rank.is_none() && mention.group.by_text && mention.stand == Stand::Asserted;
    if !mentions.iter().any(open) {
        return;
    }
    let numbers = Numbers::of(&view.items.items);
    let role = |(at, mention): (usize, &Mention)| {
        let before = at.checked_sub(1).and_then(|before| mentions.get(before));
        role(view, mention, before, numbers)
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
    // Where the question asks for what is not so, a sentence without a denial tells what is so.
    let told = if view.prepared.asked().negated && !mentions.iter().any(|mention| is_set_apart(view, mention)) {
        0
    } else {
        value(Role::Told) & !denied
    };
    // `Option B cleans it`, and not `looks good`
    let verb = |next: &Item| {
        let plain = next.kind == Kind::Word && next.mask == 0 && next.text.is_none();
        plain && parts(view.scan.word_at(next.token)) & SEEMS == 0
    };
    let speaks_of = |next: &Item| next.says(LINK | WOULD) || verb(next);
    let described =
        |mention: &Mention| mention.rank.is_none() && view.items.items.get(mention.group.end).is_some_and(speaks_of);
    let labels = mentions.iter().filter(|mention| !mention.group.by_text && mention.stand == Stand::Asserted);
    let labels = labels.filter(|mention| !described(mention));
    let labels = labels.fold(0, |bits, mention| bits | mention.group.choices);
    // Who is mentioned where nothing is said of what the question asks is no rival: `Socrates was his teacher`.
    let rivals = mentions
        .iter()
        .zip(&roles)
        .filter(|(mention, role)| **role == Role::Told && speaks(view, &mention.group) == Some(true));
    let rivals = rivals.fold(0, |bits, (mention, _)| bits | mention.group.choices) & !denied;
    // `Vitamin C is important for the gums`: what is said of it is not what the question asks for.
    let told_all = mentions.iter().zip(&roles).filter(|(_, role)| matches!(role, Role::Told | Role::Whole));
    let sure = told_all.into_iter().all(|(mention, _)| speaks(view, &mention.group) == Some(true));
    let aside = |mention: &Mention| match speaks(view, &mention.group) {
        Some(asked) => !asked && (sure || mention.group.own),
        None => mention.group.own,
    };
    let subjects = mentions.iter().zip(&roles).filter(|(mention, role)| **role == Role::Subject && !aside(mention));
    let subjects = subjects.fold(0, |bits, (mention, _)| bits | mention.group.choices);
    // `Many go for A because Jupiter has the most famous moons`: why others think so.
    let doubted = mentions.iter().filter(|mention| !mention.group.by_text && mention.stand == Stand::Tentative);
    let subjects = subjects & !doubted.fold(0, |bits, mention| bits | mention.group.choices);
    let alone = |found: u32, others: u32| found.count_ones() == 1 && others & !found == 0;
    let chosen: &[Role] = match said.count_ones() {
        1 if (labels & !said).count_ones() < 2 => &[Role::Said],
        0 if alone(told | whole, subjects | labels) => &[Role::Told, Role::Whole],
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

/// Whether the clause of a mention, as far as the words that set it against others, says something of what the question
/// asks; `None` if it says nothing at all.
fn speaks(view: &View, group: &ChoiceGroup) -> Option<bool> {
    const REACH: usize = 32;
    let items = &view.items.items;
    let (start, end) = (group.start, group.end);
    let sentence = items.get(start).map_or(0, |item| item.sentence);
    let within = |item: &&Item| item.sentence == sentence && !turns(view, item);
    let behind = items.iter().skip(end).take(REACH).take_while(within);
    let (before, behind) = (shared(view, before(view, start, REACH).take_while(within)), shared(view, behind));
    (before.1 + behind.1 > 0).then_some(before.0 + behind.0 > 0)
}

/// Whether the sentence of a mention sets something apart: `a bat is a mammal, but a penguin is a bird`.
fn is_set_apart(view: &View, mention: &Mention) -> bool {
    let items = &view.items.items;
    let sentence = items.get(mention.group.start).map_or(0, |item| item.sentence);
    let from = items.partition_point(|item| item.sentence < sentence);
    let mut all = items.iter().skip(from).take(64).take_while(|item| item.sentence == sentence);
    all.any(|item| item.says(NOT | BUT))
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

fn role(view: &View, mention: &Mention, other: Option<&Mention>, numbers: Numbers) -> Role {
    let group = &mention.group;
    let items = &view.items.items;
    let rival = other.map(|other| &other.group);
    let sentence_of = |group: &ChoiceGroup| items.get(group.start).map_or(0, |item| item.sentence);
    let doubted = other.is_some_and(|other| {
        let near = sentence_of(&other.group) + 1 >= sentence_of(group);
        other.stand != Stand::Asserted && !other.group.by_text && near && other.group.choices != group.choices
    });
    if !group.by_text || mention.stand != Stand::Asserted || group.several() || group.clash || is_next(view, group) {
        return Role::None;
    }
    // `Some say A, but the stomach makes acid`, where A is the stomach: nothing is set against itself.
    let itself = other.is_some_and(|other| {
        let same = other.group.choices == group.choices && sentence_of(&other.group) == sentence_of(group);
        let turned = || before(view, group.start, 8).any(|item| turns(view, item));
        same && other.stand == Stand::Tentative && turned()
    });
    if itself {
        return Role::None;
    }
    let text = view.prepared.texts.get(usize::from(group.first));
    let brief = text.is_none_or(|text| text.brief);
    // `C'est l'océan Pacifique`
    let start = if brief { group.start } else { behind_kind(view, group.start) };
    let before = left(items, if start < group.start { start } else { start_of_name(view, group) });
    let tied = before.mask & (LINK | LEAVES) != 0 && before.mask & NONE == 0 || before.colon;
    let passive = is_made(view, group.start) && asks_before(view, group.start);
    // `It is in Egypt, therefore the Nile.`
    let concluded = before.mask & SO != 0 && before.mask & !(SO | FILL) == 0;
    let tied = tied || passive || concluded;
    let ends = closed(items, group.end) || trails(view, group.end) || joins_clause(view, group.end);
    if brief {
        let said = brief::is_said(view, group, rival, &Shape { before, tied, ends, numbers });
        return if said { Role::Said } else { Role::None };
    }
    // `Jane Austen wrote Emma`.
    let completes = !opens_clause(items, group.start)
        && closed(items, group.end)
        && asks_most_before(view, group.start)
        && before.mask & !(FILL | LINK | REASON) == 0;
    if completes {
        return Role::Said;
    }
    // `New Delhi (नई दिल्ली)`: what is in brackets may be the name itself.
    if is_requested(view, group.start) && ends {
        return Role::Said;
    }
    if is_about_another(view, start_of_person(view, group.start)) && !before.bracket && !concluded {
        return Role::None;
    }
    if defined_behind(view, group) {
        return Role::Said;
    }
    if tied && (is_of_another_choice(view, rival, group) || is_of_another_thing(view, group.start)) {
        return Role::Subject;
    }
    if tied && ends && !(is_made(view, group.start) && tells_of_another(view, group.start)) {
        return Role::Said;
    }
    if text.is_some_and(|text| text.refers) {
        return Role::Told;
    }
    role_in_clause(view, group, tied, doubted)
}

/// The part that a name plays by what its clause says; `doubted` if another choice is in the same sentence.
fn role_in_clause(view: &View, group: &ChoiceGroup, tied: bool, doubted: bool) -> Role {
    let items = &view.items.items;
    if names_another(view, group.start, group.end) {
        return Role::None;
    }
    if !opens_clause(items, start_of_person(view, group.start)) {
        return match () {
            () if tied => Role::Told,
            () if is_off_topic(view, group.start, group.end) => Role::None,
            () if tells_of_another(view, group.start) => Role::Subject,
            () if is_set_against(view, group) => Role::Subject,
            () => Role::Told,
        };
    }
    // `but Rome is`, `however, Rome is`
    let before = items.get(..group.start).unwrap_or_default().iter().rev().find(|item| !item.is(','));
    let but = before.is_some_and(|item| item.says(BUT));
    // `though` opens a remark.
    let against = before.is_some_and(|item| item.says(BUT) && !item.says(REASON));
    let ends_all = items.get(group.end).is_none_or(|next| next.is('.') || next.kind == Kind::Break);
    match about(view, group.start, group.end) {
        About::All if but => Role::Said,
        About::All => Role::Whole,
        About::Most => Role::Told,
        About::Little if against && doubted && replaces(view, group) || ends_all && group.start > 0 => Role::Told,
        About::Little => Role::Subject,
    }
}

/// `Some say A, but the stomach makes acid`: a subject that is set against something, of which the clause says nothing
/// that the question asks.
fn is_set_against(view: &View, group: &ChoiceGroup) -> bool {
    let against =
        group.start.checked_sub(2).and_then(|at| view.items.items.get(at)).is_some_and(|item| turns(view, item));
    let article = || parts(view.word(group.start - 1)) & (DEFINITE | INDEFINITE) != 0;
    let verb = || view.items.items.get(group.end).is_some_and(|next| next.kind == Kind::Word);
    against && article() && verb() && !view.prepared.asked().negated && speaks(view, group) != Some(true)
}

/// `yet Ankara is the seat of government`, `but Saturn has overtaken it`, `France has twelve`, and not `Izmir is smaller`:
/// what is set against a doubted choice says what it is, or stands in its place.
fn replaces(view: &View, group: &ChoiceGroup) -> bool {
    const REACH: usize = 6;
    let end = group.end;
    let items = &view.items.items;
    let clause = (end + 1..end + REACH).take_while(|at| items.get(*at).is_some_and(|item| !item.is_any(".,;!")));
    let said = |at: usize| {
        let number = items.get(at).is_some_and(|item| item.kind == Kind::Number);
        parts(view.word(at)) & PRONOUN != 0 || number || numerals::numeral(view.word(at)).is_some()
    };
    is_defined(view, end) || clause.into_iter().any(said) || speaks(view, group) == Some(true)
}

/// `larger than Ankara, which is the capital`: a clause behind a comma says all that the question asks for.
fn defined_behind(view: &View, group: &ChoiceGroup) -> bool {
    let end = behind_remark(&view.items.items, group.end);
    let comma = view.items.items.get(end).is_some_and(|item| item.is(','));
    comma && parts(view.word(end + 1)) & RELATIVE != 0 && about(view, group.start, end + 1) == About::All
}

/// `written by Dante`.
fn is_made(view: &View, start: usize) -> bool {
    parts(view.word(start.saturating_sub(1))) & MAKER != 0
}

/// `The derivative of cos(x) is -sin(x)`, where cos(x) is a choice as well: the clause is about that one.
fn is_of_another_choice(view: &View, before: Option<&ChoiceGroup>, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let Some(other) = before.filter(|other| other.by_text && other.choices != group.choices) else { return false };
    let between = items.get(other.end..group.start).unwrap_or_default();
    let follows = !opens_clause(items, other.start);
    let verb = |item: &Item| item.says(LINK | FILL) && !item.says(NOT | BUT | SO | AND);
    follows && !between.is_empty() && between.iter().all(|item| item.kind == Kind::Word && verb(item))
}

/// `Give aspirin.`, `Use the lever.`
fn is_requested(view: &View, start: usize) -> bool {
    let article = start.checked_sub(1).is_some_and(|at| parts(view.word(at)) & (DEFINITE | INDEFINITE) != 0);
    let verb = start.checked_sub(1 + usize::from(article));
    verb.is_some_and(|verb| parts(view.word(verb)) & REQUESTS != 0 && opens_clause(&view.items.items, verb))
}

/// `The second longest is the Congo`, where the question does not ask for the second.
fn is_next(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let before = items.get(..group.start).unwrap_or_default().iter().rev().take(8);
    let within = |item: &&Item| Some(item.sentence) == sentence && item.label.is_none() && !item.is(',');
    let mut ordinals = before.take_while(within);
    let asked = |item: &Item| {
        view.scan.tokens.get(item.token).is_some_and(|token| view.prepared.asks_with(view.scan.word(token)))
    };
    // `Newton's second law`
    let derives = |item: &Item| parts(view.scan.word_at(item.token + 1)) & DERIVES != 0;
    let counts =
        |item: &Item| item.says(ORDINAL) && item.value > 1 && item.value < LAST && !asked(item) && !derives(item);
    // `Venus is the second planet`
    let behind = (group.end..group.end + 3).any(|at| {
        let definite = parts(view.word(at)) & DEFINITE != 0;
        let next = items.get(at + 1).filter(|next| Some(next.sentence) == sentence);
        // `was the first capital`, where the capital is asked for.
        let noun = items.get(at + 2).is_some_and(asked);
        let first = |next: &Item| next.says(ORDINAL) && next.value == 1 && !asked(next) && noun;
        // `هي ثاني أكبر`, `— второй по величине`: in languages without an article it stands behind the verb.
        let bare = at == group.end && items.get(at).is_some_and(|item| item.says(LINK) || item.is('-'));
        definite && next.is_some_and(|next| counts(next) || first(next)) || bare && next.is_some_and(counts)
    });
    // `두 번째로 높은 산`: without spaces and articles it stands anywhere behind.
    let glyphs = items.get(group.end).is_some_and(|next| next.kind == Kind::Glyph);
    let rest = items.iter().skip(group.end).take(16).take_while(|item| Some(item.sentence) == sentence);
    ordinals.any(counts) || behind || glyphs && rest.clone().any(counts)
}

/// Where a name starts whose last word is the text: `blood type O`, `the year 1989`.
fn start_of_name(view: &View, group: &ChoiceGroup) -> usize {
    const LONGEST: usize = 8;
    let named = |before: &usize| parts(view.word(*before)) & NAMED != 0;
    let first = (0..group.start).rev().take(LONGEST).take_while(named).last();
    first.unwrap_or(group.start)
}
