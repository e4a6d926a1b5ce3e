//! What a sentence and the question have in common.

use super::items::Item;
use super::lexicon::forms;
use super::lexicon::parts::*;
use super::lexicon::*;
use super::scan::Kind;
use super::view::View;

/// `guarantees O(n log n)`, where the question asks what has a time of O(n log n): all behind the verb is in the question.
pub(super) fn repeats_question(view: &View, end: usize) -> bool {
    const REACH: usize = 24;
    const SHORTEST: usize = 6;
    let items = &view.items.items;
    let within = |item: &&Item| !item.is_any(".,;") && item.kind != Kind::Break;
    let verb = items.get(end).filter(|item| item.kind == Kind::Word && !item.says(NOT));
    let rest = items.iter().skip(end + 1).take(REACH).take_while(within);
    let Some(said) = said(view, rest.clone().next(), rest.clone().last()).filter(|_| verb.is_some()) else {
        return false;
    };
    let denied = rest.clone().any(|item| item.says(NOT) || item.text.is_some());
    // `pumps the blood`, where the question asks what filters the blood.
    let formula = said.contains(|c: char| !c.is_alphabetic() && c != ' ');
    let verb = verb.is_some_and(|verb| verb.says(LINK) || view.prepared.asks_with(view.scan.word_at(verb.token)));
    (verb || formula) && !denied && said.len() >= SHORTEST && view.prepared.question().ends_with(said)
}

/// `is where this happens`, `do that`: what the question asks for, by a pronoun.
pub(super) fn takes_place(view: &View, end: usize) -> bool {
    let items = &view.items.items;
    let verb = items.get(end).filter(|verb| verb.says(LINK) && !verb.says(NOT | WOULD));
    let against = |at: usize| items.get(at).is_some_and(|next| next.says(NOT | DROP | BUT | REASON));
    let ends = |at: usize| {
        let next = items.get(at);
        next.is_none_or(|next| next.is_any(".;!") || next.kind == Kind::Break || next.is(',') && against(at + 1))
    };
    // `T cells do that`, `Venus does, not Mars`, `Venus is.`
    let is = verb.is_some_and(|verb| verb.kind == Kind::Word && verb.initial.is_ascii()) && ends(end + 1);
    let does = parts(view.word(end)) & DOES != 0
        && (ends(end + 1) || parts(view.word(end + 1)) & PRONOUN != 0 && ends(end + 2));
    // `Shakespeare is the author.`
    let made = is_defined(view, end) && parts(view.word(end + 2)) & WHO != 0 && ends(end + 3);
    does || is
        || made && view.prepared.asks_for_a_person()
        || verb.is_some() && parts(view.word(end + 1)) & PLACE_OF != 0 && is_sought(view, end + 2)
        || verb.is_some() && parts(view.word(end + 1)) & PLACE_OF != 0 && parts(view.word(end + 2)) & PRONOUN != 0
}

/// `is what you would use here`: what follows speaks of who asks, and says nothing that the question does not.
fn is_sought(view: &View, from: usize) -> bool {
    const REACH: usize = 12;
    let speaker = parts(view.word(from)) & SPEAKER != 0 || matches!(view.word(from), "we" | "one");
    let items = &view.items.items;
    let rest = items.iter().skip(from).take(REACH).take_while(|item| !item.is_any(".,;!") && item.kind != Kind::Break);
    let (known, all) = shared(view, rest.clone());
    speaker && known == all && !rest.clone().any(|item| item.says(NOT) || item.text.is_some() || item.label.is_some())
}

/// `is the capital`.
pub(super) fn is_defined(view: &View, end: usize) -> bool {
    view.items.items.get(end).is_some_and(|item| item.says(LINK)) && parts(view.word(end + 1)) & DEFINITE != 0
}

/// What stands before an item in its sentence, the nearest first, and no further than this.
pub(super) fn before<'v>(view: &'v View, start: usize, reach: usize) -> impl Iterator<Item = &'v Item> + Clone {
    let items = &view.items.items;
    let sentence = items.get(start).map(|item| item.sentence);
    items.iter().take(start).rev().take(reach).take_while(move |item| Some(item.sentence) == sentence)
}

/// What is said from one item to another, in its normal form.
pub(super) fn said<'v>(view: &'v View, first: Option<&Item>, last: Option<&Item>) -> Option<&'v str> {
    let token = |item: Option<&Item>| view.scan.tokens.get(item?.token);
    let (first, last) = token(first).zip(token(last))?;
    Some(view.scan.norm.get(first.from..last.until).unwrap_or_default())
}

/// Whether what stands before in the sentence, behind a word of conclusion if there is one, is most of the question.
pub(super) fn asks_most_before(view: &View, start: usize) -> bool {
    let clause = before(view, start, 32).take_while(|item| !item.says(SO));
    let (known, all) = shared(view, clause.clone());
    // `500 is written as D`, and not `100 is written as C`, where the question asks for 500.
    let numbers = clause.clone().filter(|item| item.kind == Kind::Number);
    let given = numbers.clone().filter(|item| view.prepared.asks_with(view.scan.word_at(item.token))).count();
    let (known, all) = (known + given, all + numbers.count());
    let proper = &view.prepared.question().proper;
    let named = clause.clone().any(|item| item.upper && proper.contains(view.scan.word_at(item.token)));
    // `It is mostly written in C`: the pronoun stands for the subject of the question.
    let pronoun = known > 1 && clause.clone().any(|item| parts(view.scan.word_at(item.token)) & PRONOUN != 0);
    let pronoun = usize::from(pronoun);
    let most = (known + pronoun) * 2 > view.prepared.question().content;
    known + usize::from(named) > 1 && known > 0 && known == all && most
}

/// What stands before an item in its clause; `Unlike adults, babies have` says nothing of adults.
pub(super) fn clause_before<'v>(view: &'v View, start: usize) -> impl Iterator<Item = &'v Item> + Clone {
    let set_aside = before(view, start, 32).any(|item| item.says(DROP));
    before(view, start, 32).take_while(move |item| !(turns(view, item) || set_aside && item.is(',')))
}

/// Whether a word sets what follows against what stands before; `más grande` does not.
pub(super) fn turns(view: &View, item: &Item) -> bool {
    item.says(BUT) && parts(view.scan.word_at(item.token)) & SUPERLATIVE == 0
}

/// Whether what stands before in the sentence is in the question.
pub(super) fn asks_before(view: &View, start: usize) -> bool {
    // `Students say A, but the book was written by Kant`
    let (known, all) = shared(view, clause_before(view, start));
    known > 0 && known * 2 >= all
}

/// How many words that carry meaning are in the question, and how many there are.
pub(super) fn shared<'a>(view: &View, items: impl Iterator<Item = &'a Item>) -> (usize, usize) {
    let long = |word: &&str| word.chars().count() > 3 || !word.is_ascii();
    let words = items.filter(|item| item.mask == 0 && item.kind != Kind::Number);
    let words = words.filter_map(|item| view.scan.tokens.get(item.token)).map(|token| view.scan.word(token));
    let words = words.filter(|word| long(word) && parts(word) & (MONTH | PLACES | PRONOUN) == 0);
    words.fold((0, 0), |(known, all), word| match view.prepared.asks_with(word) {
        true => (known + 1, all + 1),
        false => (known, all + usize::from(parts(word) & NEUTRAL == 0)),
    })
}

/// `E poi Boccaccio scrisse il Decameron`: a sentence continues behind a text and says nothing of what the question asks.
pub(super) fn is_off_topic(view: &View, start: usize, end: usize) -> bool {
    let items = &view.items.items;
    let sentence = items.get(start).map_or(0, |item| item.sentence);
    let from = items.partition_point(|item| item.sentence < sentence);
    let words = items.iter().skip(from).take(64).take_while(|item| item.sentence == sentence && !item.masked);
    let (known, all) = shared(view, words.filter(|item| item.text.is_none() && item.label.is_none()));
    let rest = items.iter().skip(end).take(16).take_while(|item| matches!(item.kind, Kind::Word | Kind::Number));
    let (_, continues) = shared(view, rest);
    known == 0 && all > 1 && continues > 1
}

/// `Plants need carbon dioxide`, `Photosynthesis takes place in the chloroplast`, where the question asks for something
/// else: what stands before a name shares nothing with the question, or has a subject of its own and little of the rest.
pub(super) fn tells_of_another(view: &View, start: usize) -> bool {
    const LONGEST_NAME: usize = 2;
    let items = &view.items.items;
    let sentence = items.get(start).map(|item| item.sentence);
    let from = items.partition_point(|item| Some(item.sentence) < sentence);
    let part = |item: &Item| parts(view.scan.word_at(item.token));
    let mut whole = items.iter().skip(from).take(48).take_while(|item| Some(item.sentence) == sentence);
    // `The author: Leo Tolstoy`, `However, it is Ankara`, `written by Dante`
    let ties = |item: &Item| item.is_any("-:=→(") || item.says(BUT);
    let before = before(view, start, 32);
    let text = view.text(start);
    let long = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let name = text.is_some_and(|text| {
        let words = text.norm.split(' ');
        words.clone().filter(long).count() <= LONGEST_NAME && !words.into_iter().any(|word| parts(word) & PRONOUN != 0)
    });
    if does_otherwise(view, start) {
        return true;
    }
    if !name || before.clone().any(ties) || whole.any(|item| part(item) & PRONOUN != 0) {
        return false;
    }
    let (known, all) = shared(view, before.clone().filter(|item| !item.single));
    let made = before.clone().any(|item| part(item) & MAKER != 0);
    if made {
        // `Written by Dante`; `B cells are infected by it` has a subject of its own.
        return known == 0 && all > 1;
    }
    let question = view.prepared.question();
    let named = before.clone().any(|item| question.proper.contains(view.scan.word_at(item.token)));
    let first = before.last().filter(|item| item.kind == Kind::Word && item.upper);
    let own_subject = first.is_some_and(|item| shared(view, std::iter::once(item)) == (0, 1));
    all > known && (known == 0 || (own_subject || !named) && known * 2 < question.content)
}

/// `吸收二氧化碳`, where the question asks what is released: in Chinese the verb stands right before what it is about.
fn does_otherwise(view: &View, start: usize) -> bool {
    let han = |item: &&Item| item.kind == Kind::Glyph && (0xe4..=0xe9).contains(&item.initial);
    let verb: Vec<&Item> = before(view, start, 2).take_while(|item| han(item) && item.mask == 0).collect();
    let &[last, first] = verb.as_slice() else { return false };
    let object = view.items.items.get(start).is_some_and(|item| han(&item));
    object && said(view, Some(first), Some(last)).is_some_and(|verb| !view.prepared.question().norm.contains(verb))
}

/// `The boiling point of acetone is 56 °C`, where the question asks for that of ethanol: what the clause speaks of is
/// not in the question, and what the question speaks of is not in the clause.
pub(super) fn is_of_another_thing(view: &View, start: usize) -> bool {
    let clause = before(view, start, 16).take_while(|item| !item.is_any(",:;=(") && !item.says(SO | BUT | REASON));
    let word = |item: &Item| view.scan.word_at(item.token);
    let links = clause.clone().next().is_some_and(|verb| verb.says(LINK));
    let Some(object) = view.prepared.question().object.as_ref().filter(|_| links) else { return false };
    let mut words = clause.clone().skip_while(|item| item.mask != 0 || item.kind != Kind::Word);
    let foreign = words.next().is_some_and(|item| shared(view, std::iter::once(item)) == (0, 1));
    let behind = words.next().is_some_and(|item| item.says(FILL) && parts(word(item)) & DEFINITE == 0);
    let said = clause.clone().any(|item| forms::same(word(item), object) || parts(word(item)) & PRONOUN != 0);
    foreign && behind && !said && shared(view, clause).0 > 0
}

/// Whether `the metal here is` stands before a label: its clause says what the question asks for, and nothing else.
pub(super) fn defines_asked(view: &View, start: usize) -> bool {
    let clause = before(view, start, 12).take_while(|item| !item.is_any(",:;") && !item.says(SO | REASON));
    let (known, all) = shared(view, clause.clone());
    let ranks = |item: &Item| item.says(ORDINAL) && !view.prepared.asks_with(view.scan.word_at(item.token));
    let other = |item: &Item| item.says(NOT | IF | MAY) || item.label.is_some() || ranks(item);
    known > 0 && known == all && !clause.clone().any(other)
}

/// `The Danube flows through Vienna`, where the question asks what flows through Cologne: a sentence with a name of its
/// own, and without any of those that the question has.
pub(super) fn names_another(view: &View, start: usize, end: usize) -> bool {
    /// The most items that are looked at on either side: a sentence may have millions of names.
    const REACH: usize = 64;
    let items = &view.items.items;
    let sentence = items.get(start).map_or(0, |item| item.sentence);
    let first = items.partition_point(|item| item.sentence < sentence);
    // `You would guess Hume, but the book is by Kant`
    let mut before = (first.max(start.saturating_sub(REACH))..start).rev();
    let turn = before.find(|at| items.get(*at).is_some_and(|item| turns(view, item)));
    let from = turn.map_or(first, |turn| turn + 1);
    let all = (from..).zip(items.iter().skip(from).take(REACH)).take_while(|(_, item)| item.sentence == sentence);
    let words = all.filter(|(at, item)| (*at < start || *at >= end) && item.kind == Kind::Word);
    // What stands right before the text may belong to it: `Leo Tolstoy`. A sign behind the first word parts it from the
    // rest: `The author: Tolstoy`.
    let apart = items.get(from + 1).is_some_and(|item| matches!(item.kind, Kind::Mark(_)));
    let name = |(at, item): &(usize, &Item)| {
        let plain = item.upper && !item.single && item.mask == 0 && item.text.is_none() && item.label.is_none();
        let plain = plain && parts(view.scan.word_at(item.token)) & (PRONOUN | SPEAKER) == 0;
        plain && at + 1 != start && (*at > from || !apart)
    };
    let mut written = words.clone().filter(name).peekable();
    // Most sentences have no name, so that the question need not be taken apart.
    if written.peek().is_none() {
        return false;
    }
    let names = &view.prepared.question().proper;
    let word = |item: &Item| view.scan.word_at(item.token);
    !names.is_empty()
        && written.any(|(_, item)| !view.prepared.asks_with(word(item)))
        && !words.clone().any(|(_, item)| names.contains(word(item)))
}
