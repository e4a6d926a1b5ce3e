//! How much a sentence says of what the question asks.

use super::ends::behind_remark;
use super::items::Item;
use super::lexicon::forms;
use super::lexicon::parts::*;
use super::lexicon::*;
use super::scan::Kind;
use super::view::View;

/// How much of what the question asks for a sentence says of its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Nothing but what the question asks.
    All,
    /// Most of it.
    Most,
    /// Less, or that it is one of many.
    Little,
}

pub(super) fn about(view: &View, start: usize, end: usize) -> About {
    let found = clause_about(view, start, end);
    let later = |at| clause_about(view, start, at) == About::All;
    if found != About::All && later_clauses(view, start, end).any(later) { About::All } else { found }
}

/// Where clauses start that say more of the subject of a sentence: `, which makes it …`, `and is the …`, `，是…`.
fn later_clauses(view: &View, start: usize, end: usize) -> impl Iterator<Item = usize> {
    let items = &view.items.items;
    let (sentence, own) = items.get(start).map_or((0, None), |item| (item.sentence, item.text));
    let rest = items.iter().skip(end).take(32).take_while(move |item| item.sentence == sentence);
    let denied = rest.clone().any(|item| item.says(NOT)) && !view.prepared.question().denies;
    let other = |item: &&Item| item.label.is_some() || item.text.is_some() && item.text != own;
    let length = if denied { 0 } else { rest.take_while(move |item| !other(item)).count() };
    let joins = |at: &usize| items.get(at - 1).is_some_and(|item| item.is(',') || item.says(AND | SO));
    let says_more = |at: &usize| {
        items.get(*at).is_some_and(|item| item.says(LINK | LEAVES)) || parts(view.word(*at)) & RELATIVE != 0
    };
    (end + 1..end + length).filter(joins).filter(says_more)
}

/// How much of what the question asks for the clause behind `end` says of a subject.
fn clause_about(view: &View, start: usize, end: usize) -> About {
    let items = &view.items.items;
    let sentence = items.get(start).map(|item| item.sentence);
    let brief = items.get(start).is_some_and(|item| item.single || item.kind == Kind::Number || item.to - item.at < 3);
    let glyphs = items.get(start).is_some_and(|item| item.kind == Kind::Glyph);
    let end = behind_remark(items, end);
    let own = items.get(start).and_then(|item| item.text);
    // `is spread by water`, where the question asks what is spread by water.
    let repeats = |item: &Item| !item.says(BUT) && view.prepared.asks_with(view.scan.word_at(item.token));
    // `más grande`: without its accent the word is one for `but`.
    let compares = |item: &Item| parts(view.scan.word_at(item.token)) & SUPERLATIVE != 0;
    // `was created by Ritchie`, where the question has the name.
    let made_by = |item: &Item| {
        parts(view.scan.word_at(item.token)) & MAKER != 0 && view.prepared.asks_with(view.scan.word_at(item.token + 1))
    };
    let clause = |item: &&Item| {
        Some(item.sentence) == sentence
            && (item.text.is_none() || item.text == own)
            && (!item.says(REASON | BUT) || repeats(item) || compares(item) || made_by(item))
            && !((brief || glyphs) && item.is_any(",;"))
    };
    let rest = items.iter().skip(end).take(32).take_while(clause);
    // `is a city` says what it is among others, `is the capital` that it is the one.
    let one = (end..end + 3).find(|at| parts(view.word(*at)) & INDEFINITE != 0);
    // `is a novel by` says it all where the question asks which is a novel.
    let asked = |at: usize| view.prepared.question().norm.contains(&format!("{} {}", view.word(at), view.word(at + 1)));
    // `is a bird that cannot fly` says it all where the question asks which bird cannot fly.
    let defines = || {
        let denied = rest.clone().any(|item| item.says(NOT)) == view.prepared.question().denies;
        denied && (end..end + 8).any(|at| parts(view.word(at)) & RELATIVE != 0)
    };
    let one_of_many = one.is_some_and(|at| !asked(at));
    let is_asked = one.is_some_and(|at| ends_question(view, at));
    // `is the largest city`, where the question asks for no largest one.
    let superlative = rest.clone().any(compares);
    if one_of_many && !defines() || superlative && !view.prepared.question().superlative {
        return About::Little;
    }
    // `was first in space`, where the question asks for the second.
    let ranked = |item: &Item| item.says(ORDINAL) && !view.prepared.asks_with(view.scan.word_at(item.token));
    if rest.clone().any(ranked) || says_half(view, start, rest.clone()) || is_another_share(view, rest.clone()) {
        return About::Little;
    }
    if repeats_question(view, end) || takes_place(view, end) {
        return About::All;
    }
    let pronoun = (end + 1..end + 3).any(|at| parts(view.word(at)) & PRONOUN != 0);
    let (known, all) = shared(view, rest.clone());
    let given = given(view, rest.clone());
    let (known, all) = (known + given, all + given);
    // `is O(n^2) in the worst case`: a formula says more than the question asks.
    let formula = rest.clone().any(|item| item.is_any("^√∞") && item.text.is_none());
    let tops = tops(view, rest.clone());
    let enough = known * 2 >= view.prepared.question().content.saturating_sub(repeated(view, start));
    match known {
        0 => About::Little,
        // `is a nematode of 1 mm`
        _ if is_asked && rest.clone().any(|item| item.says(NOT)) == view.prepared.question().denies => About::All,
        // `Beethoven composed it`: the pronoun stands for the rest.
        known if one_of_many && (known < all || !enough) => About::Little,
        _ if glyphs && is_another_kind(view, end, rest.clone()) => About::Little,
        known if known == all && !formula && (pronoun || enough || is_asked || tops || is_defined(view, end)) => {
            About::All
        }
        // Single characters of languages that write no spaces are shared by chance.
        known if glyphs && known * 3 < all * 2 => About::Little,
        // `invented the phonograph`, where the question asks who invented the telephone.
        1 if all > 1 && view.prepared.question().content == 2 => About::Little,
        _ if is_of_another_object(view, start, rest.clone()) => About::Little,
        known if known * 2 >= all && enough => About::Most,
        _ => About::Little,
    }
}

/// `es un anfibio porque …`, where the question ends with `un anfibio`.
fn ends_question(view: &View, at: usize) -> bool {
    let question = view.prepared.question().norm.trim_end_matches(|c: char| !c.is_alphanumeric());
    question.ends_with(&format!("{} {}", view.word(at), view.word(at + 1)))
}

/// `has the most calcium`, where the question asks what is the richest in it.
fn tops<'a>(view: &View, mut rest: impl Iterator<Item = &'a Item>) -> bool {
    let most = |word: &str| word == "most" || parts(word) & SUPERLATIVE != 0;
    view.prepared.question().superlative && rest.any(|item| most(view.scan.word_at(item.token)))
}

/// How many numbers of the question are said: `makes up 21 % of the atmosphere`.
fn given<'a>(view: &View, rest: impl Iterator<Item = &'a Item>) -> usize {
    let numbers = rest.filter(|item| item.kind == Kind::Number && item.to - item.at > 1);
    numbers.filter(|item| view.prepared.asks_with(view.scan.word_at(item.token))).count()
}

/// `pumps blood into the lungs`, where the question asks what pumps blood into the aorta: the last word of either is
/// not in the other.
fn is_of_another_object<'a>(view: &View, start: usize, rest: impl Iterator<Item = &'a Item> + Clone) -> bool {
    let word = |item: &Item| view.scan.word_at(item.token);
    let plain = |item: &&Item| item.kind == Kind::Word && item.mask == 0 && word(item).chars().count() > 3;
    let Some(object) = &view.prepared.question().object else { return false };
    let Some(last) = rest.filter(plain).last() else { return false };
    let sentence = last.sentence;
    let from = view.items.items.partition_point(|item| item.sentence < sentence).min(start);
    let mut said = view.items.items.iter().skip(from).take(64).take_while(|item| item.sentence == sentence);
    // `light` for `sunlight`.
    let compound = object.ends_with(word(last));
    !compound && !view.prepared.asks_with(word(last)) && !said.any(|item| forms::same(word(item), object))
}

/// `makes up about 21 % of it`, where the question asks what makes up most of it, or 78 %.
fn is_another_share<'a>(view: &View, rest: impl Iterator<Item = &'a Item> + Clone) -> bool {
    const HALF: f64 = 50.0;
    let question = &view.prepared.question().norm;
    let shares = rest.clone().zip(rest.skip(1)).filter(|(number, sign)| number.kind == Kind::Number && sign.is('%'));
    let mut said = shares.map(|(number, _)| view.scan.word_at(number.token));
    let asked = question.contains('%');
    let most = |said: &str| !asked && said.parse::<f64>().is_ok_and(|share| share > HALF);
    said.any(|said| !(most(said) || asked && view.prepared.asks_with(said)))
}

/// How many words of the question the choice itself repeats: they say nothing more of it.
fn repeated(view: &View, start: usize) -> usize {
    view.text(start).map_or(0, |text| {
        text.norm.split(' ').filter(|word| word.chars().count() > 3 && view.prepared.asks_with(word)).count()
    })
}

/// `has four equal sides`, where the question joins them with four right angles: one of two things is said.
fn says_half<'a>(view: &View, start: usize, rest: impl Iterator<Item = &'a Item> + Clone) -> bool {
    let Some((first, second)) = &view.prepared.question().joined else { return false };
    let text = view.text(start).map_or("", |text| text.norm.as_str());
    let told = |word: &str| rest.clone().any(|item| forms::same(view.scan.word_at(item.token), word));
    let says = |word: &str| told(word) || text.split(' ').any(|own| forms::same(own, word));
    says(first) != says(second)
}

/// `是光合作用的产物`, where the question has no `产物`: in Chinese and Japanese the noun of what is said stands last.
fn is_another_kind<'a>(view: &View, end: usize, rest: impl Iterator<Item = &'a Item>) -> bool {
    let links = view.items.items.get(end).is_some_and(|item| item.kind == Kind::Glyph && item.says(LINK));
    let plain = |item: &&Item| item.kind == Kind::Glyph && item.mask == 0;
    let said: Vec<&Item> = rest.filter(plain).collect();
    let noun = said.iter().rev().take(2).take_while(|item| (0xe4..=0xe9).contains(&item.initial));
    links && noun.clone().any(|item| !view.prepared.asks_with(view.scan.word_at(item.token)))
}

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
fn takes_place(view: &View, end: usize) -> bool {
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
        || verb.is_some() && parts(view.word(end + 1)) & PLACE_OF != 0 && parts(view.word(end + 2)) & PRONOUN != 0
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
    let proper = &view.prepared.question().proper;
    let named = clause.clone().any(|item| item.upper && proper.contains(view.scan.word_at(item.token)));
    known + usize::from(named) > 1 && known > 0 && known == all && known * 2 > view.prepared.question().content
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
    words.fold((0, 0), |(known, all), word| (known + usize::from(view.prepared.asks_with(word)), all + 1))
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
