//! The rules that find evidence in an answer.

use super::about::{self, asks_most_before, defines_asked, repeats_question};
use super::behind::{Right, in_column, right};
use super::context::{Left, left};
use super::ends::{closed, ends_line};
use super::groups::ChoiceGroup;
use super::items::Item;
use super::lexicon::*;
use super::narrow::narrow;
use super::objects::is_field;
use super::places::is_topic;
use super::scan::Kind;
use super::stance;
use super::values::{is_partial, trails};
use super::view::{Mention, Stand, View};
use crate::judge::verdict::Rank;

/// Everything that names a choice.
pub(super) fn mentions(view: &View, groups: Vec<ChoiceGroup>) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = groups.into_iter().map(|group| mention(view, group)).collect();
    lines(view, &mut mentions);
    set_against(view, &mut mentions);
    pronouns(view, &mut mentions);
    take_back(view, &mut mentions);
    narrow(&mut mentions);
    mentions
}

fn mention(view: &View, mut group: ChoiceGroup) -> Mention {
    let items = &view.items.items;
    // `Linux is written in C`: what the question asks stands before it, so it is meant as a text.
    let text = items
        .get(group.start)
        .filter(|item| item.label.is_some() && item.label != item.text)
        .and_then(|item| item.text);
    // `is an A`
    let article = || group.start.checked_sub(1).is_some_and(|at| parts::parts(view.word(at)) & parts::INDEFINITE != 0);
    let meant = |start| article() || asks_most_before(view, start);
    if let Some(text) = text.filter(|_| group.end == group.start + 1 && meant(group.start)) {
        (group.choices, group.first, group.by_text) = (1 << text, text, true);
    }
    let left = left(items, group.start);
    let right = stance::behind(view, &group);
    let answered = stance::asked_and_answered(view, &group);
    let stand = answered.unwrap_or_else(|| stance::stand(view, &group, &left, right));
    let mut rank = match answered {
        Some(Stand::Asserted) => Some((Rank::Conclusion, "asked_and_answered")),
        _ => rank(view, &group, &left, right),
    };
    if group.weak
        && let Some((found, _)) = &mut rank
    {
        *found = (*found).max(Rank::Word);
    }
    Mention { stand, rank, opens_line: left.opens_line, group }
}

/// The strongest rule that holds where a group stands.
fn rank(view: &View, group: &ChoiceGroup, left: &Left, right: Right) -> Option<(Rank, &'static str)> {
    let says = |mask: Mask| left.mask & mask != 0;
    let items = &view.items.items;
    let closed = closed(items, group.end) && !is_topic(view, group.end);
    let sure = !group.by_text || closed;
    let tied = says(LINK) || left.colon || left.nearest & ANSWER != 0 && left.nearest & LINK != 0;
    if left.boxed && boxed(items, group) {
        return Some((Rank::Final, "boxed"));
    }
    if left.hashes && (group.by_text || ends_line(items, group.end)) && sure {
        return Some((Rank::Final, "hashes"));
    }
    if sure && says(FINAL) && (tied || left.nearest & FINAL != 0) {
        return Some((Rank::Final, "final_answer"));
    }
    if sure && says(ANSWER | OPTION) && left.colon && is_field(items, group.start) {
        // A number there may count from zero as well as from one.
        return (!group.weak).then_some((Rank::Final, "json"));
    }
    let verb_last = items.get(group.end).is_some_and(|next| next.says(LINK) && next.initial >= 0xe0);
    let noun = ANSWER | if view.prepared.asked().untrue { WRONG } else { RIGHT };
    if sure && (says(noun) && tied || left.nearest & ANSWER != 0 && verb_last) {
        return Some((Rank::Statement, if group.by_text { "stated_text" } else { "stated" }));
    }
    if sure
        && ((says(CHOOSE) || !group.by_text && left.nearest & THINK != 0)
            && !left.stranger
            && !is_supposed_choice(view, group)
            && left.nearest & (CHOOSE | OPTION | FILL | LINK | ANSWER) != 0
            || right == Right::Chosen && !group.by_text && !group.several())
    {
        return Some((Rank::Statement, "chosen"));
    }
    let brief = view.prepared.texts.get(usize::from(group.first)).is_none_or(|text| text.brief);
    let not_so = view.prepared.asked().negated && items.get(group.end).is_some_and(|item| item.says(NOT));
    if right == Right::Called && (!group.by_text || !brief || not_so) {
        return Some((Rank::Statement, "called_right"));
    }
    if stance::is_preferred(view, group) {
        return Some((Rank::Statement, "chosen"));
    }
    if left.tick == Some(true) {
        return Some((Rank::Statement, "ticked"));
    }
    if closed && says(FIX) && (left.nearest & (FIX | FILL | LINK) != 0 || left.colon) {
        return Some((Rank::Final, "corrected"));
    }
    let last = !brief
        || !group.by_text
        || items.get(group.end).is_none_or(|next| next.is_any(".!") || next.kind == Kind::Break);
    if closed && last && (says(LINK) || left.mask & !FILL == 0) && fixes(items, group) {
        return Some((Rank::Conclusion, "corrected"));
    }
    concluded(view, group, left)
}

/// The rule by which a conclusion or a definition leads to a choice.
fn concluded(view: &View, group: &ChoiceGroup, left: &Left) -> Option<(Rank, &'static str)> {
    let says = |mask: Mask| left.mask & mask != 0;
    let items = &view.items.items;
    let closed = closed(items, group.end) && !is_topic(view, group.end);
    let brief = view.prepared.texts.get(usize::from(group.first)).is_none_or(|text| text.brief);
    if !group.by_text && (concludes(view, group, left) || ends_line(items, group.end) && is_like(view, group.start)) {
        return Some((Rank::Conclusion, "concluded"));
    }
    let ends = closed || brief && trails(view, group.end);
    // `This is zero for x = 1`: a number that more is said of.
    let more = || {
        brief
            && (is_partial(view, group.start)
                || items.get(group.end).is_some_and(|next| next.says(REASON) && next.says(FILL)))
    };
    if group.by_text && ends && !more() && (says(LEAVES) || says(SO) && left.nearest & (LINK | SO) != 0) {
        return Some((Rank::Conclusion, "concluded_text"));
    }
    if !group.by_text && closed && left.nearest & LINK != 0 && defines_asked(view, group.start) {
        return Some((Rank::Conclusion, "defined"));
    }
    let asked = view.prepared.asked();
    let links = items.get(group.end).is_some_and(|item| item.says(LINK) && !item.says(NOT));
    if !group.by_text && links && !asked.negated && !asked.untrue && repeats_question(view, group.end) {
        return Some((Rank::Conclusion, "defined"));
    }
    None
}

/// `Choosing B means …`: a sentence that opens with the choice as a noun speaks of it.
fn is_supposed_choice(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let Some(verb) = group.start.checked_sub(1).filter(|at| view.word(*at).ends_with("ing")) else { return false };
    let opens = verb
        .checked_sub(1)
        .and_then(|at| items.get(at))
        .is_none_or(|before| before.is('.') || before.kind == Kind::Break);
    opens && !closed(items, group.end)
}

/// `Accordingly, the court will rule as in (C)`: a sentence that concludes, and ends as a choice has it.
fn is_like(view: &View, start: usize) -> bool {
    let items = &view.items.items;
    let bracket = usize::from(start.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|item| item.is('(')));
    let part = |distance: usize| parts::parts(view.word(start.wrapping_sub(distance + bracket)));
    let like = part(1) & parts::ABOUT != 0 && part(2) & parts::LIKE != 0;
    let mut sentence = about::before(view, start, 24);
    like && !sentence.clone().any(|item| item.says(NOT | IF | OTHERS | MAY)) && sentence.any(|item| item.says(SO))
}

/// Whether a word of conclusion stands before a label, and what follows does not say something else of it.
fn concludes(view: &View, group: &ChoiceGroup, left: &Left) -> bool {
    /// The most words behind a label that may say nothing of it: where a letter is such a word, an answer may be nothing
    /// but that letter.
    const REACH: usize = 24;
    let rest = view.items.items.get(group.end..).unwrap_or_default();
    // `So option A is`, where the answer is cut.
    let ends = !rest.is_empty() && rest.len() <= REACH;
    let cut = view.capped && ends && rest.iter().all(|item| item.says(LINK | FILL | NOT | MAY));
    // `so A falls away`: what an unknown word says of a choice need not be that it is the answer.
    let says_else = |next: &&Item| {
        let plain = next.kind == Kind::Word && next.mask == 0 && next.text.is_none();
        plain && !view.prepared.asks_with(view.scan.word_at(next.token))
    };
    let fills = |next: &&Item| next.says(LINK | FILL) && !next.says(NOT | RIGHT | ANSWER);
    let denies = |next: &Item| next.says(NOT) && next.says(LINK) && !view.prepared.asked().negated;
    let unknown =
        rest.iter().take(REACH).find(|next| !fills(next)).is_some_and(|next| says_else(&next) || denies(next));
    !cut && (left.mask & LEAVES != 0 || left.mask & SO != 0 && !unknown)
}

/// Whether a word of correction stands before in the sentence.
fn fixes(items: &[Item], group: &ChoiceGroup) -> bool {
    let sentence = items.get(group.start).map(|item| item.sentence);
    let before = items.get(..group.start).unwrap_or_default().iter().rev().take(32);
    before.take_while(|item| Some(item.sentence) == sentence).any(|item| item.says(FIX))
}

/// Whether a box holds nothing but a group.
fn boxed(items: &[Item], group: &ChoiceGroup) -> bool {
    let behind = items.iter().skip(group.end).take(6);
    let close = behind.clone().position(|item| item.kind == Kind::BoxClose);
    close.is_some_and(|close| {
        behind.take(close).all(|item| item.is_any(").]:,") || item.kind == Kind::Number || item.single)
    })
}

/// Lines that open with a label: what a line says of it, wherever it says it.
fn lines(view: &View, mentions: &mut [Mention]) {
    let items = &view.items.items;
    for mention in
        mentions.iter_mut().filter(|mention| mention.opens_line && !mention.group.by_text && mention.rank.is_none())
    {
        let line = items.iter().skip(mention.group.end).take_while(|item| item.kind != Kind::Break && !item.masked);
        // `| B | Nitrogen | ✅ |`: the line of a table ends behind its last cell.
        let Some(last) = line.clone().filter(|item| !item.is('|')).last() else { continue };
        let table = items.get(mention.group.start.saturating_sub(1)).is_some_and(|item| item.is('|'));
        let word = if table { line.clone().filter(|item| item.mask != 0).last().unwrap_or(last) } else { last };
        let remark = closing_remark(items, mention.group.end);
        let ticks = (mention.group.end..).zip(line.clone()).filter(|(_, item)| item.is_any("✓✗"));
        if ticks.last().is_some_and(|(at, _)| in_column(items, at)) {
            continue;
        }
        let good = last.is('✓') || table && word.says(YES | RIGHT) || remark == Some(true);
        let bad = last.is('✗') || table && word.says(WRONG | NOT) || remark == Some(false);
        if good && !bad && (word.text.is_none() || remark == Some(true)) {
            mention.stand = Stand::Asserted;
            mention.rank = Some((Rank::Statement, "ticked"));
        } else if bad && word.text.is_none() {
            mention.stand = Stand::Denied;
        }
    }
}

/// What a remark at the end of a line says of the choice that opens it: `B: the heart - it pumps blood, correct.`
fn closing_remark(items: &[Item], from: usize) -> Option<bool> {
    const LONGEST: usize = 64;
    let line = items.iter().skip(from).take(LONGEST).take_while(|item| item.kind != Kind::Break && !item.masked);
    let line: Vec<&Item> = line.filter(|item| !item.is_any(".!)")).collect();
    let (word, before) = line.split_last()?;
    let denied = before.last().is_some_and(|item| item.says(NOT) && item.text.is_none());
    let apart = before.iter().rev().nth(usize::from(denied)).is_some_and(|item| item.is_any(",-(:;→"));
    let verdict = word.text.is_none() && word.label.is_none() && apart;
    match (word.says(RIGHT) && !word.says(WRONG), word.says(WRONG) || word.says(NO) && !denied) {
        (true, false) if verdict => Some(!denied),
        (false, true) if verdict && !denied => Some(false),
        _ => None,
    }
}

/// `Wait, it is gold, so not C`: what a sentence denies in the end it does not say before.
fn take_back(view: &View, mentions: &mut [Mention]) {
    let sentence = |mention: &Mention| view.items.items.get(mention.group.start).map(|item| item.sentence);
    for index in 1..mentions.len() {
        let Some([before, mention]) = mentions.get_mut(index - 1..=index) else { continue };
        let corrects = before.rank.is_some_and(|(_, rule)| rule == "corrected") && before.group.by_text;
        let denied = mention.stand == Stand::Denied && !mention.group.by_text;
        if corrects && denied && before.group.choices == mention.group.choices && sentence(before) == sentence(mention)
        {
            before.rank = None;
        }
    }
}

/// `Not A but C`.
fn set_against(view: &View, mentions: &mut [Mention]) {
    let items = &view.items.items;
    let sentence = |mention: &Mention| items.get(mention.group.start).map(|item| item.sentence);
    for index in 1..mentions.len() {
        let Some([before, mention]) = mentions.get_mut(index - 1..=index) else { continue };
        let against = left(items, mention.group.start);
        // `more than argon (Ar) or oxygen`: what something is set against continues.
        let between = items.get(before.group.end..mention.group.start).unwrap_or_default();
        let continued = between.iter().all(|item| item.says(AND) || item.single || item.is_any("()[]"));
        let plain = mention.stand == Stand::Asserted
            && !mention.group.several()
            && !continued
            && (!mention.group.by_text
                || closed(items, mention.group.end)
                || against.but && items.get(mention.group.end).is_some_and(|next| next.says(LINK)));
        let comma = mention.group.start.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|item| item.is(','));
        let tied = against.mask & LINK != 0 && against.mask & !(LINK | FILL | LEAVES | THIS | YES) == 0 || comma;
        let ends = closed(items, mention.group.end)
            || items
                .get(mention.group.end)
                .is_some_and(|next| next.says(LINK) && (against.but || next.initial >= 0xe0));
        let same = (against.but || tied && ends) && sentence(before) == sentence(mention);
        // `Kant would say A, but the view described is C.`
        let turned = against.nearest & LINK != 0
            && against.nearest & NOT == 0
            && closed(items, mention.group.end)
            && between.iter().any(|item| item.says(BUT))
            && sentence(before) == sentence(mention);
        // What a cut answer ends with may be what it was about to speak of.
        let cut = view.capped && mention.group.end >= items.len();
        if (same
            || turned
            || is_sentence(items, &mention.group) && sentence(before).map(|before| before + 1) == sentence(mention))
            && plain
            && !cut
            && mention.rank.is_none()
            && (before.stand.denies() || turned && (before.stand == Stand::Tentative || before.rank.is_none()))
        {
            mention.rank = Some((Rank::Conclusion, "set_against"));
        }
    }
}

/// Whether a label is all that a sentence says: `Cです。`
fn is_sentence(items: &[Item], group: &ChoiceGroup) -> bool {
    let sentence = items.get(group.start).map(|item| item.sentence);
    let says_no_more = |item: &&Item| item.says(LINK | FILL | LEAVES | THIS) && !item.says(NOT | MAY | WRONG);
    let before = items.get(..group.start).unwrap_or_default().iter().rev();
    let mut before = before.take_while(|item| Some(item.sentence) == sentence);
    let mut rest = items.iter().skip(group.end).take_while(|item| Some(item.sentence) == sentence);
    !group.by_text
        && before.all(|item| says_no_more(&item))
        && rest.all(|item| says_no_more(&item) || item.is_any(".!") || item.kind == Kind::Break)
}

/// `so they are wrong`: what a pronoun says of the choices named before.
fn pronouns(view: &View, mentions: &mut [Mention]) {
    let items = &view.items.items;
    let mut next = 0;
    let mut last: Option<usize> = None;
    for (index, item) in items.iter().enumerate() {
        while let Some(mention) = mentions.get(next).filter(|mention| mention.group.start <= index) {
            if !mention.group.by_text || mention.opens_line {
                last = Some(next);
            }
            next += 1;
        }
        if item.kind == Kind::Break && items.get(index + 1).is_some_and(|next| next.kind == Kind::Break) {
            last = None;
        }
        let opens = index.checked_sub(1).and_then(|before| items.get(before)).is_none_or(|before| {
            matches!(before.kind, Kind::Mark(_) | Kind::Break) || before.says(SO | AND | BUT | REASON)
        });
        let Some(mention) = last.and_then(|last| mentions.get_mut(last)) else { continue };
        if !item.says(THIS) || item.text.is_some() || !opens || index < mention.group.end {
            continue;
        }
        let verb = items.get(index + 1).is_some_and(|next| next.says(LINK | NOT | WRONG | RIGHT));
        let asked = view.items.asks.get(item.sentence).copied().unwrap_or_default();
        if !verb
            || asked
            || item.under & (IF | OTHERS) != 0
            || mention.rank.is_some()
            || stance::is_word(view, &mention.group)
            || mention.group.several() && item.says(FIX)
        {
            continue;
        }
        match right(items, index + 1, view.prepared.asked()) {
            Right::Denied if mention.stand != Stand::Denied => mention.stand = Stand::Denied,
            Right::Called if mention.stand == Stand::Asserted && mention.opens_line => {
                mention.rank = Some((Rank::Statement, "called_right"));
            }
            _ => {}
        }
    }
}

/// Whether something between two places takes back what was said before.
pub(super) fn corrected(items: &[Item], from: usize, to: usize) -> bool {
    (from..to).any(|index| {
        let Some(item) = items.get(index) else { return false };
        // `No, …` at the start of a sentence.
        let opens = index
            .checked_sub(1)
            .and_then(|before| items.get(before))
            .is_some_and(|before| matches!(before.kind, Kind::Break | Kind::Mark('.' | '!' | '?' | '…' | '-')));
        let apart = items.get(index + 1).is_some_and(|next| matches!(next.kind, Kind::Mark(',' | '.' | '!')));
        item.text.is_none() && (item.says(FIX) || item.says(NO) && opens && apart)
    })
}
