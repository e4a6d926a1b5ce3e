//! Where a choice stands: it opens the answer, it is the last line or the last sentence.

use super::clauses::start_of_person;
use super::context::{Left, left};
use super::ends::{behind_quantity, behind_remark, closed, ends_line};
use super::groups::ChoiceGroup;
use super::items::Item;
use super::lexicon::*;
use super::scan::Kind;
use super::view::{Mention, Stand, View};
use crate::judge::verdict::Rank;

/// Ranks what opens or ends the answer.
pub(super) fn places(view: &View, mentions: &mut [Mention]) {
    let list = is_bare_list(view, mentions);
    opening(view, mentions, list);
    last_line(view, mentions, list);
    if !list {
        last_sentence(view, mentions);
    }
}

/// The answer opens with a choice; `list` if it is nothing but a list of texts.
fn opening(view: &View, mentions: &mut [Mention], list: bool) {
    let items = &view.items.items;
    let lists = enumerates(mentions);
    let lists_texts = mentions.iter().skip(1).any(|mention| mention.group.by_text && mention.opens_line);
    let remarks = list || remarks_on_each(view, mentions);
    // `In option A, the author …` speaks of it.
    let speaks = parts::parts(view.word(0)) & parts::ABOUT != 0;
    let others = mentions.iter().skip(1).any(|mention| mention.group.choices != mentions[0].group.choices);
    let Some(mention) = mentions.first_mut() else { return };
    // A number as a value of JSON may count from zero as well as from one.
    if mention.group.weak && items.first().is_some_and(|item| item.is_any("{[")) {
        return;
    }
    let start = if mention.group.by_text {
        start_of_person(view, behind_kind(view, mention.group.start))
    } else {
        mention.group.start
    };
    let before = left(items, start);
    if lists && before.below && mention.rank.is_some_and(|(rank, _)| rank == Rank::Statement) {
        mention.rank = None;
    }
    if speaks && !mention.group.by_text
        || !before.opens
        || before.denies()
        || mention.stand.denies()
        || before.mask & (FORMAT | OPTIONS) != 0
    {
        return;
    }
    let whole = ends_line(items, mention.group.end) && (before.opens_line || before.opens);
    if mention.rank.is_none_or(|(rank, _)| rank > Rank::Text) {
        let found = if mention.group.by_text {
            opening_text(view, &mention.group, &before, lists_texts).filter(|_| !remarks)
        } else {
            // `A项青蛙是两栖动物，…`
            let spoken = || is_spoken_of(view, &mention.group) || is_topic(view, mention.group.end);
            opening_label(view, &mention.group, &before).filter(|_| !(lists || list || others && spoken()))
        };
        mention.rank = found.or(mention.rank);
    }
    if view.marked && mention.rank.is_some() && whole {
        mention.rank = Some((Rank::Final, "marked"));
    }
}

/// `Calcium - alkaline earth; iron - transition`: a remark on one choice after the other.
fn remarks_on_each(view: &View, mentions: &[Mention]) -> bool {
    let mark = |mention: &Mention| {
        let next = view.items.items.get(mention.group.end).filter(|_| mention.group.by_text)?;
        next.is_any("-:").then_some(next.kind)
    };
    let Some((first, rest)) = mentions.split_first() else { return false };
    let other = |mention: &&Mention| mention.group.choices != first.group.choices;
    mark(first).is_some_and(|kind| rest.iter().filter(other).any(|mention| mark(mention) == Some(kind)))
}

/// Whether the answer is a list of texts, with labels or without, a line for each, and nothing else: it does not say
/// which of them it means.
fn is_bare_list(view: &View, mentions: &[Mention]) -> bool {
    let items = &view.items.items;
    let text = |group: &ChoiceGroup| group.by_text || group.own;
    let line = |mention: &Mention| text(&mention.group) && mention.opens_line && ends_line(items, mention.group.end);
    let named = mentions.iter().fold(0_u32, |named, mention| named | mention.group.choices);
    let behind = mentions.iter().map(|mention| mention.group.end);
    let between = std::iter::once(0).chain(behind).zip(mentions.iter().map(|mention| mention.group.start));
    let bare = |(from, until): (usize, usize)| {
        let between = items.get(from..until).unwrap_or_default();
        let bullet = |item: &Item| matches!(item.kind, Kind::Break | Kind::Number) || item.is_any("-•.)([");
        between.iter().all(|item| item.masked || bullet(item))
    };
    named.count_ones() > 1 && mentions.iter().all(line) && between.into_iter().all(bare)
}

/// The rank of a text that opens the answer; `listed` if other texts open lines.
fn opening_text(view: &View, group: &ChoiceGroup, before: &Left, listed: bool) -> Option<(Rank, &'static str)> {
    let items = &view.items.items;
    let next = items.get(group.end);
    let behind = behind_quantity(items, behind_asked(view, group.end));
    let whole = ends_line(items, behind) && (before.opens_line || before.opens);
    let text = view.prepared.texts.get(usize::from(group.first));
    let brief = text.is_none_or(|text| text.brief && text.mask & (YES | NO) == 0);
    let against = items.get(behind).is_some_and(|item| item.is_any(",("))
        && items.get(behind + 1).is_some_and(|item| item.says(NOT | DROP));
    let remark = behind_remark(items, group.end);
    let apart = items.get(remark).is_none_or(|item| matches!(item.kind, Kind::Break | Kind::Mark('.')));
    let open = next.is_some_and(|item| item.is('(')) && !apart;
    let again = next.is_some_and(|item| item.text == Some(group.first));
    // `Yes, if they have a cause to believe …`, `Hydrogen bonds between the bases`
    let long = text.is_some_and(|text| text.mask & (YES | NO) != 0 && text.norm.split([' ', ',']).count() > 3);
    let continues =
        next.is_some_and(|item| item.kind == Kind::Word && !item.says(LINK | NOT | WRONG | BUT | DROP | RIGHT));
    let placed = !brief && parts::parts(view.word(group.end)) & parts::PLACES != 0;
    let continues = before.opens && (long && continues || placed);
    // `2입니다.`
    let copula = next.is_some_and(|item| item.kind == Kind::Glyph && item.says(LINK))
        && items.get(group.end + 1).is_none_or(|item| item.is('.') || item.kind == Kind::Break);
    let ends = whole
        || against
        || again
        || continues
        || copula
        || !brief && closed(items, group.end) && !open && !is_topic(view, group.end) && !is_described(view, group.end);
    if !ends || before.mask & !(FILL | LINK | ANSWER | OPTION | SO | YES) != 0 {
        return None;
    }
    // What a cut answer opens with is its answer where a sentence ends behind it.
    let said = view.capped && (!brief && before.mask == 0 && apart && !listed || is_loop(items, group));
    Some((if said { Rank::Conclusion } else { Rank::Text }, "text"))
}

/// `Istanbul, which was the capital of an empire, is larger`: a clause about it stands between it and its verb.
fn is_described(view: &View, end: usize) -> bool {
    const REACH: usize = 24;
    let items = &view.items.items;
    let comma = |item: &&Item| item.is(',');
    let sentence = items.get(end).map(|item| item.sentence);
    let relative =
        items.get(end).is_some_and(|next| next.is(',')) && parts::parts(view.word(end + 1)) & parts::RELATIVE != 0;
    let rest = items.iter().skip(end + 1).take(REACH).take_while(|item| Some(item.sentence) == sentence);
    relative && rest.skip_while(|item| !comma(item)).nth(1).is_some_and(|verb| verb.says(LINK))
}

/// `Nile Nile Nile Ni`, `B B B B`: a choice that comes again and again, until the answer is cut.
fn is_loop(items: &[Item], group: &ChoiceGroup) -> bool {
    const OFTEN: usize = 2;
    let words = items.iter().skip(group.end).filter(|item| !matches!(item.kind, Kind::Mark(_) | Kind::Break));
    let same = |item: &&Item| item.text == Some(group.first) || item.label == Some(group.first);
    let again = words.clone().take_while(same).count();
    again >= OFTEN && words.count() <= again + 1
}

/// Whether more follows the copula of a language that writes no spaces, or the dash of Russian, so that what stands before is only what the
/// clause is about: `大阪は大きな都市です`.
pub(super) fn is_topic(view: &View, end: usize) -> bool {
    let items = &view.items.items;
    // `세종대왕이 …`: a subject that nothing was said of before answers the question.
    let subject = || parts::parts(view.word(end)) & parts::SUBJECT != 0;
    // `Марс — красная планета`: in Russian a dash links as the copula does.
    let dash = items.get(end).is_some_and(|next| next.is('-'))
        && items.get(end + 1).is_some_and(|next| next.kind == Kind::Word && matches!(next.initial, 0xd0 | 0xd1));
    let links = items.get(end).is_some_and(|next| next.kind == Kind::Glyph && next.says(LINK));
    let copula = dash || links && !subject();
    if !copula {
        return false;
    }
    let rest = items.iter().skip(end + 1).skip_while(|item| item.is_any("[(")).take(6);
    let clause = rest.take_while(|item| !matches!(item.kind, Kind::Mark(_) | Kind::Break));
    let calls = clause.clone().any(|item| item.says(RIGHT | WRONG | ANSWER));
    // `사과는 과일입니다`: the parts of a noun may be particles by themselves.
    !calls && (clause.clone().any(|item| item.mask & !AND == 0) || clause.count() > 2)
}

/// Where a name starts with a word of the question for its kind: `océan Pacifique`, `en 1492`.
pub(super) fn behind_kind(view: &View, start: usize) -> usize {
    let Some(before) = start.checked_sub(1) else { return start };
    let Some(item) = view.items.items.get(before) else { return start };
    let kind = item.kind == Kind::Word && item.mask == 0 && item.text.is_none() && item.label.is_none();
    let dates = view.items.items.get(start).is_some_and(|item| item.kind == Kind::Number)
        && parts::parts(view.word(before)) & parts::HAPPENS != 0;
    let word = view.word(before);
    // `mainly` is no kind, where the question asks for the main one.
    let asked = |word: &str| word.len() > 3 && !word.ends_with("ly") && view.prepared.asks_with(word);
    let named = asked(word) || word.strip_prefix(['l', 'd']).is_some_and(asked);
    if kind && (named || dates) { before } else { start }
}

/// Whether the text that ends here has several words.
fn is_long(view: &View, end: usize) -> bool {
    let text = end.checked_sub(1).and_then(|last| view.text(last));
    text.is_some_and(|text| text.norm.contains(' '))
}

/// The item behind a word that a text may take: one of the question, as in `Nile River`, or a name behind several words,
/// as in `calcium gluconate IV`.
fn behind_asked(view: &View, end: usize) -> usize {
    let item = view.items.items.get(end).filter(|item| item.kind == Kind::Word && item.mask == 0);
    let asked = item.is_some_and(|item| item.text.is_none() && view.prepared.asks_with(view.word(end)));
    let kind =
        item.is_some_and(|item| item.text.is_none()) && parts::parts(view.word(end)) & (parts::KIND | parts::DOES) != 0;
    let named =
        kind || item.is_some_and(|item| item.upper && (is_long(view, end) || view.prepared.asks_for_a_person()));
    end + usize::from(asked && view.word(end).len() > 2 || named)
}

/// The rank of a label that opens the answer.
fn opening_label(view: &View, group: &ChoiceGroup, before: &Left) -> Option<(Rank, &'static str)> {
    let items = &view.items.items;
    if before.mask & !(FILL | OPTION | ANSWER | SO | YES | LINK | RIGHT) != 0 || !separated(view, group) {
        return None;
    }
    // Who goes through the choices starts with the first; another one, complete, is the answer.
    let complete = group.own || ends_line(items, group.end);
    let ended = items.get(group.end).is_some_and(|next| next.is('.') || next.kind == Kind::Break);
    // A limit of one token cuts every answer; a letter and nothing else is one all the same.
    let alone = complete && !group.own && after_is_closed(items, group) || is_loop(items, group);
    let later = complete && group.first > 0 && (ended || group.own);
    let rank = match group.weak {
        true => Rank::Word,
        false if view.capped && (alone || later) => Rank::Conclusion,
        false => Rank::Start,
    };
    Some((rank, "start"))
}

/// `Option A (Niger) is in West Africa.`: a label with its text in brackets that a sentence speaks of.
fn is_spoken_of(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let closing = group.end.checked_sub(1).and_then(|last| items.get(last)).is_some_and(|last| last.is(')'));
    let next = items.get(group.end).filter(|next| next.kind == Kind::Word && !next.says(REASON | DROP | BUT));
    let rest = items.iter().skip(group.end).take(2);
    group.own && closing && next.is_some() && !rest.into_iter().any(|item| item.says(RIGHT | ANSWER))
}

/// Whether nothing but closing marks follows.
fn after_is_closed(items: &[Item], group: &ChoiceGroup) -> bool {
    items.iter().skip(group.end).all(|item| matches!(item.kind, Kind::Mark(mark) if ").!]}".contains(mark)))
}

/// Whether something sets a label apart from what follows.
fn separated(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let closing = group.end.checked_sub(1).and_then(|last| items.get(last)).is_some_and(|last| last.is_any(")]"));
    let Some(next) = items.get(group.end) else { return true };
    match next.kind {
        Kind::Break => true,
        Kind::Mark('/' | '|') => group.own,
        Kind::Mark(mark) => ").:,-;!(→✓]…}".contains(mark),
        Kind::Glyph => {
            let tied = next.says(LINK | RIGHT | REASON | DROP | NOT | BUT | OPTION) && !is_topic(view, group.end);
            group.own || closing || tied
        }
        _ => {
            // `A only`, where another choice is both A and B.
            let only = parts::parts(view.word(group.end)) & parts::ONLY != 0 && ends_line(items, group.end + 1);
            // `B here.`
            let fills = items.iter().skip(group.end).take_while(|item| item.kind != Kind::Break && !item.is_any(".!"));
            let fills =
                next.says(FILL | SO) && fills.clone().all(|item| item.mask & !(FILL | SO) == 0 && item.mask != 0);
            fills
                || group.own
                || next.says(REASON | DROP | NOT | BUT)
                || closing
                || next.label == Some(group.first)
                || only
        }
    }
}

/// Whether lines go through the choices one after the other, the first of them at the start.
fn enumerates(mentions: &[Mention]) -> bool {
    let mut labels = mentions.iter().filter(|mention| !mention.group.by_text);
    let Some(first) = labels.next() else { return false };
    let expected = first.group.first + 1;
    // What an answer states behind its opening is no next choice that it goes through.
    let is_stated =
        |mention: &Mention| mention.rank.is_some_and(|(rank, rule)| rank == Rank::Final || rule == "stated");
    let is_section =
        |mention: &&Mention| mention.opens_line || mention.rank.is_none() || mention.group.own && !is_stated(mention);
    let sections = labels.filter(is_section).filter(|mention| mention.group.weak == first.group.weak);
    let mut sections = sections.filter(|mention| mention.group.first != first.group.first);
    let Some(second) = sections.next() else { return false };
    let skips = first.group.first == 0 && second.opens_line && second.group.own && first.group.own;
    (second.group.first == expected || skips) && !second.group.several() && !second.stand.denies()
}

/// The last line is a choice; `list` if the answer is nothing but a list of texts.
fn last_line(view: &View, mentions: &mut [Mention], list: bool) {
    let items = &view.items.items;
    let lists = list || lists(mentions);
    let Some(mention) = mentions.last_mut() else { return };
    let before = left(items, mention.group.start);
    if !after_is_closed(items, &mention.group)
        || lists
        || !before.opens_line
        || before.opens
        || before.denies()
        || mention.stand != Stand::Asserted
    {
        return;
    }
    if mention.rank.is_none_or(|(rank, _)| rank > Rank::Conclusion) && (!mention.group.by_text || !mention.group.weak) {
        let text = mention.group.by_text;
        mention.rank = Some(if text { (Rank::Text, "last_line_text") } else { (Rank::Conclusion, "last_line") });
    }
}

/// The last sentence is a letter and nothing else: `The capital is Oslo. B`.
fn last_sentence(view: &View, mentions: &mut [Mention]) {
    let items = &view.items.items;
    let Some(mention) = mentions.last_mut() else { return };
    let group = &mention.group;
    let letter = items.get(group.start).is_some_and(|item| item.kind == Kind::Word && item.upper && !item.glued);
    let stops = group.start.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|item| item.is_any(".!:"));
    let told = items.iter().take(group.start).filter(|item| item.kind == Kind::Word).count() > 1;
    let ends = after_is_closed(items, group) && !view.capped;
    if letter && stops && told && ends && mention.rank.is_none() && !group.by_text {
        mention.rank = (mention.stand == Stand::Asserted).then_some((Rank::Conclusion, "last_sentence"));
    }
    let before = mentions.iter().rev().nth(1).map_or(0, |before| before.group.end);
    let Some(mention) = mentions.last_mut() else { return };
    let group = &mention.group;
    let prose =
        items.get(before..group.start).unwrap_or_default().iter().filter(|item| item.kind == Kind::Word).count() > 1;
    let brief = view.prepared.texts.get(usize::from(group.first)).is_none_or(|text| text.brief);
    let says = group.by_text && !group.several() && !brief && stops && prose && after_is_closed(items, group);
    if says && mention.rank.is_none() && mention.stand == Stand::Asserted {
        mention.rank = Some((Rank::Text, "last_sentence_text"));
    }
}

/// Whether the last line belongs to a list of choices.
fn lists(mentions: &[Mention]) -> bool {
    let mut labels = mentions.iter().rev().filter(|mention| mention.opens_line);
    let (Some(last), Some(before)) = (labels.next(), labels.next()) else { return false };
    before.group.first + 1 == last.group.first
        && !before.stand.denies()
        && before.rank.is_none_or(|(rank, _)| rank > Rank::Conclusion)
}
