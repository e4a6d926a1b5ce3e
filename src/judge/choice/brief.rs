//! Numbers and letters in prose, which say little by themselves: whether a sentence says that one is it.

use super::about::*;
use super::clauses::{continues, is_about_another, joins_clause, opens_clause};
use super::context::{Left, left};
use super::ends::{behind_quantity, behind_remark};
use super::groups::ChoiceGroup;
use super::items::Item;
use super::lexicon::parts::*;
use super::lexicon::*;
use super::predicate::{About, about};
use super::scan::Kind;
use super::values::*;
use super::view::View;

/// What is known of a text before its role is.
pub(super) struct Shape {
    pub before: Left,
    pub tied: bool,
    pub ends: bool,
    pub numbers: Numbers,
}

/// The numbers of an answer, counted once for all its texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    /// The sentence of the last.
    last: Option<usize>,
    /// Whether only one of them is no echo.
    single: bool,
}

impl Numbers {
    pub(super) fn of(items: &[Item]) -> Self {
        let numbers = || items.iter().filter(|item| item.kind == Kind::Number);
        Self {
            last: numbers().next_back().map(|item| item.sentence),
            single: numbers().filter(|item| !item.masked).take(2).count() == 1,
        }
    }
}

/// Whether the sentence says that a number or a letter is it.
pub(super) fn is_said(view: &View, group: &ChoiceGroup, rival: Option<&ChoiceGroup>, shape: &Shape) -> bool {
    let items = &view.items.items;
    let Shape { before, tied, ends, numbers } = shape;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let last = sentence >= numbers.last || items.get(group.end).is_some_and(|next| next.says(REASON) || next.is(','));
    let full = !is_factor(items, group)
        && items
            .get(behind_quantity(items, behind_remark(items, group.end)))
            .is_none_or(|next| !next.is_any(":(-→") && (!next.is(',') || continues(view, group.end + 1)));
    let within = before.mask & NONE == 0 && is_within(items, group.start);
    // `together 36`
    let total = group.start.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|item| item.says(TOTAL));
    let tied = (*tied || total) && !is_about_another(view, group.start);
    // `In adults the skeleton comprises 206 bones.`
    let noun =
        || items.get(group.end).is_some_and(|next| next.mask == 0 && view.prepared.asks_with(view.word(group.end)));
    let counts = || noun() && shared(view, clause_before(view, group.start)).0 > 0;
    let asked =
        || asks_before(view, group.start) || has_symbol(view, group.start) || adds(view, group.start) || counts();
    let stated = tied || within && (asked() || happens(view, group.start) || does_it(view, group.start));
    let rest = || items.iter().skip(group.end).take_while(|item| Some(item.sentence) == sentence);
    let alone = || {
        let short = rest().filter(|item| matches!(item.kind, Kind::Word | Kind::Glyph)).count() < 3;
        let plain = rest().all(|item| item.kind == Kind::Word || item.is_any(".!"));
        short && plain && numbers.single && asks_before(view, group.start)
    };
    let opens = opens_clause(items, group.start) || before.opens && before.mask & !FILL == 0;
    let clause = || rest().take_while(|item| !item.is_any(",;"));
    let subject = opens
        && !rest().any(|item| item.kind == Kind::Number && !view.prepared.asks_with(view.scan.word_at(item.token)))
        && clause().any(|item| item.mask == 0)
        && tells_enough(view, group);
    let aside = || {
        let start = group.start;
        is_premise(view, start)
            || is_partial(view, start)
            || is_of_another_value(view, start)
            || measures_another(view, start)
            || has_own_subject(view, start)
            || is_of_one(view, start)
            || is_of_another_thing(view, start)
            || has_what_is_denied(view, start)
    };
    let said = stated
        && (*ends
            || noun() && items.get(group.end + 1).is_some_and(|item| item.is(','))
            || alone()
            || asked() && is_placed(view, group.end))
        && last
        && full
        && !is_rivalled(view, rival, group)
        && !is_listed(view, group)
        && !is_step(view, group)
        && !aside();
    // `created the C programming language`
    let named = || {
        items.get(group.start).is_some_and(|item| item.single)
            && within
            && noun()
            && asks_most_before(view, group.start)
    };
    (said || subject || named()) && !is_of_another_letter(view, group)
}

/// Whether a sentence that opens with a text says enough of it. What else is said of a letter is soon said of another one:
/// `The A series is used for office paper`.
fn tells_enough(view: &View, group: &ChoiceGroup) -> bool {
    let about = about(view, group.start, group.end);
    if is_letter(view, group) { about == About::All } else { about != About::Little }
}

/// Whether a text is a letter, and its sentence speaks of another one or of another thing than the question.
fn is_of_another_letter(view: &View, group: &ChoiceGroup) -> bool {
    let glyphs = || view.items.items.get(group.end).is_some_and(|next| next.kind == Kind::Glyph);
    is_letter(view, group)
        && (names_other_letter(view, group)
            || names_another(view, group.start, group.end)
            || glyphs() && !tells_enough(view, group))
}

/// Whether a text is one or two letters.
fn is_letter(view: &View, group: &ChoiceGroup) -> bool {
    let item = view.items.items.get(group.start);
    item.is_some_and(|item| item.kind == Kind::Word && item.text.is_some() && item.to - item.at <= 2)
}

/// `E follows D`, where the question asks what follows G; `York is on platform B, Leeds on D`: where choices are letters,
/// a clause that names a letter of its own may speak of that one.
fn names_other_letter(view: &View, group: &ChoiceGroup) -> bool {
    const REACH: usize = 32;
    let items = &view.items.items;
    let Some(own) = items.get(group.start) else { return false };
    // `A whole tone above C is D`
    let article = |at: usize| {
        let next = items.get(at + 1).is_some_and(|next| next.kind == Kind::Word && next.mask == 0 && !next.single);
        next && opens_clause(items, at) && LEXICON.is_word(view.word(at))
    };
    let other = |at: usize| {
        let other = |item: &&Item| item.single && item.upper && !(own.single && item.initial == own.initial);
        let named = |item: &Item| item.text.is_some() || !article(at);
        let item = items.get(at).filter(other);
        item.is_some_and(|item| named(item) && !view.prepared.question().has_letter(item.initial))
    };
    // `S is sulfur, Na is sodium`: a clause of its own, behind a comma or a colon.
    let parts = |at: usize| {
        let verb = || items.get(at + 2).is_some_and(|verb| verb.says(LINK));
        items.get(at).is_some_and(|item| item.is_any(":=") || item.is(',') && verb())
    };
    let within = |at: &usize| {
        items.get(*at).is_some_and(|item| item.sentence == own.sentence && !turns(view, item)) && !parts(*at)
    };
    let apart = |at: &usize| items.get(*at).is_some_and(|item| item.says(NOT | DROP | REASON));
    let before = (0..group.start).rev().take(REACH).take_while(within);
    let behind = (group.end..group.end + REACH).take_while(within).take_while(|at| !apart(at));
    before.chain(behind).any(other)
}

/// `3 × 60 = 180, so 180 + 30 = 210`, `1 + c = 5, so c is 4`: a calculation that continues from a value behind a word of
/// conclusion.
fn is_step(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let rest = items.iter().skip(group.end).take(24).take_while(|item| Some(item.sentence) == sentence);
    let other = |item: &&Item| item.text.is_some_and(|text| text != group.first);
    let mut further = rest.skip_while(|item| !item.says(SO)).skip_while(|item| !item.is('=') && !item.says(LINK));
    further.next().is_some() && further.next().is_some_and(|item| other(&item))
}

/// `(3/8)(2/7)`, `60 × 60`
fn is_factor(items: &[Item], group: &ChoiceGroup) -> bool {
    let times = |at: Option<usize>| at.and_then(|at| items.get(at)).is_some_and(|item| item.is_any("×·*÷+^"));
    let bracketed =
        [')', '('].iter().zip(group.end..).all(|(mark, at)| items.get(at).is_some_and(|item| item.is(*mark)));
    bracketed || times(Some(group.end)) || times(group.start.checked_sub(1))
}

/// `A king of England sealed it in 1215.`: a pronoun stands for what the question asks of, behind its verb.
fn does_it(view: &View, start: usize) -> bool {
    let word = |item: &Item| view.scan.word_at(item.token);
    let clause: Vec<&Item> = before(view, start, 3).collect();
    let &[places, pronoun, verb] = clause.as_slice() else { return false };
    places.says(FILL) && parts(word(pronoun)) & PRONOUN != 0 && shared(view, std::iter::once(verb)).0 > 0
}

/// `78 °C at sea level`: only words of the question follow, and then where or when it is so.
fn is_placed(view: &View, end: usize) -> bool {
    const LONGEST: usize = 4;
    let items = &view.items.items;
    let word = |item: &Item| view.scan.word_at(item.token);
    let stops = |item: &&Item| !matches!(item.kind, Kind::Break | Kind::Mark('.' | '!'));
    let sentence = items.get(end).map(|item| item.sentence);
    let rest = items.iter().skip(end).take_while(|item| Some(item.sentence) == sentence).take_while(stops);
    let mut rest = rest.skip_while(|item| item.mask == 0 && view.prepared.asks_with(word(item)));
    let place = rest.next().is_some_and(|item| parts(word(item)) & (PLACES | ABOUT) != 0 || word(item) == "at");
    let plain = |item: &&Item| {
        item.kind == Kind::Word && item.text.is_none() && item.label.is_none() && !item.says(NOT | BUT | AND & !FILL)
    };
    place && rest.clone().count() <= LONGEST && rest.all(|item| plain(&item))
}

/// `C has 6`, where the question asks of carbon: the sentence opens with the symbol of what it asks of.
fn has_symbol(view: &View, start: usize) -> bool {
    let mut before = before(view, start, 3);
    let does = |word: &str| parts(word) & DOES != 0 || view.prepared.asks_with(word);
    let verb = before.next().is_some_and(|item| does(view.scan.word_at(item.token)));
    let symbol = before.next().filter(|item| verb && item.single && item.upper);
    let opens = before.next().is_none();
    symbol.is_some_and(|item| opens && view.prepared.question().starts_a_word(view.scan.word_at(item.token)))
}

/// `Boron comes before carbon and has atomic number 5`: what a sentence about what the question asks of adds behind `and`.
fn adds(view: &View, start: usize) -> bool {
    let sentence: Vec<&Item> = before(view, start, 24).collect();
    let Some(and) = sentence.iter().position(|item| item.says(AND) && !item.says(SO)) else { return false };
    let (added, rest) = sentence.split_at(and);
    let verb = added.last().is_some_and(|verb| verb.says(LINK) || parts(view.scan.word_at(verb.token)) & DOES != 0);
    let subject = rest.last().is_some_and(|first| shared(view, std::iter::once(*first)) == (1, 1));
    let (known, all) = shared(view, added.iter().copied());
    verb && subject && known > 0 && known == all
}

/// `It took place in 1969`: the sentence says no more than that it was so.
fn happens(view: &View, start: usize) -> bool {
    let items = &view.items.items;
    let sentence = items.get(start).map(|item| item.sentence);
    let mut before = items.iter().take(start).rev().take(8).take_while(|item| Some(item.sentence) == sentence);
    let words = before.clone().count();
    let said = |item: &Item| {
        let word = view.scan.word_at(item.token);
        parts(word) & (HAPPENS | MONTH | DOES) != 0 || item.is(',') || item.kind == Kind::Number
    };
    (2..8).contains(&words) && before.all(said)
}

/// Whether the clause before says the same of another choice: `water is H2O, the peroxide is H2O2`.
fn is_rivalled(view: &View, before: Option<&ChoiceGroup>, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let Some(other) = before.filter(|other| other.end < group.start && other.by_text) else { return false };
    if other.choices == group.choices {
        return false;
    }
    let between = items.get(other.end..group.start).unwrap_or_default();
    let joined = joins_clause(view, other.end) && !between.iter().any(|item| item.says(SO | BUT | FIX));
    let continues = between.first().is_some_and(|item| item.is(',')) && !continues(view, other.end + 1);
    // `Spiders have 8 legs, insects 6`
    let comma =
        between.iter().position(|item| item.is(',')).filter(|_| !between.iter().any(|item| item.says(LINK | SO | BUT)));
    let foreign = comma.is_some_and(|comma| matches!(shared(view, between[comma..].iter()), (0, 1)));
    foreign
        || joined
        || continues
            && left(items, other.start).mask & LINK != 0
            && !between.iter().any(|item| item.says(SO | BUT | FIX))
            && between.iter().all(|item| item.kind != Kind::Break && !item.is('.'))
}

/// Whether a number continues its clause, as the year of a date does: `September 2, 1945`.
fn is_within(items: &[Item], start: usize) -> bool {
    let before = |distance: usize| start.checked_sub(distance).and_then(|at| items.get(at));
    let dates = before(1).is_some_and(|item| item.is(',')) && before(2).is_some_and(|item| item.kind == Kind::Number);
    dates || !opens_clause(items, start)
}

/// Whether a number is one of a list with numbers that are no choices: `0 and 1`.
fn is_listed(view: &View, group: &ChoiceGroup) -> bool {
    let item = |at: Option<usize>| at.and_then(|at| view.items.items.get(at));
    let and = item(group.start.checked_sub(1)).is_some_and(|item| item.says(AND));
    and && item(group.start.checked_sub(2)).is_some_and(|item| item.kind == Kind::Number && item.text.is_none())
}
