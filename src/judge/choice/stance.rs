//! How an answer stands to a choice that it names.

use super::about::{self, shared};
use super::behind::{Right, right};
use super::context::Left;
use super::groups::ChoiceGroup;
use super::items::Item;
use super::lexicon::*;
use super::scan::Kind;
use super::view::{Stand, View};

/// The most items behind a choice that tell what is said of it.
const REACH: usize = 24;

/// What stands behind a choice.
pub(super) fn behind(view: &View, group: &ChoiceGroup) -> Right {
    let items = &view.items.items;
    if is_word(view, group) && items.get(group.end).is_some_and(|item| item.is_any(",.;:!-")) {
        return Right::Nothing;
    }
    match right(items, group.end, view.prepared.asked()) {
        Right::Negated
            if view.prepared.asked().negated
                && (says_what_is_asked(view, group) || leaves_out_what_is_asked(view, group)) =>
        {
            Right::Called
        }
        Right::Nothing if view.prepared.asked().negated && !view.prepared.asked().partly => among_others(view, group),
        right => right,
    }
}

/// Where the question asks what is not so: `A bat is a mammal, not a bird` calls it, `A and C are birds` denies them.
fn among_others(view: &View, group: &ChoiceGroup) -> Right {
    let items = &view.items.items;
    let links =
        items.get(group.end).is_some_and(|item| item.says(LINK | LEAVES) && !item.says(NOT) && !item.says(REASON));
    let sentence = items.get(group.start).map(|item| item.sentence);
    let opens = group.start.checked_sub(1).and_then(|at| items.get(at)).is_none_or(|item| {
        Some(item.sentence) != sentence || item.says(SO | REASON) || item.is_any(",:)") || item.kind == Kind::Break
    }) || group
        .start
        .checked_sub(2)
        .and_then(|at| items.get(at))
        .is_none_or(|item| Some(item.sentence) != sentence);
    if !links || !opens || view.items.asks.get(items.get(group.start).map_or(0, |item| item.sentence)) == Some(&true) {
        return Right::Nothing;
    }
    let rest = items.iter().skip(group.end + 1).take(REACH).take_while(|item| {
        Some(item.sentence) == sentence && item.label.is_none() && item.text.is_none() && !item.says(IF | REASON)
    });
    let mut known = false;
    let mut denied = false;
    for item in rest {
        if item.says(BUT | WOULD | WRONG) {
            return Right::Nothing;
        }
        denied |= item.says(NOT);
        if asks_with(view, item) {
            if denied {
                return Right::Called;
            }
            known = true;
        }
    }
    if known && !denied { Right::Denied } else { Right::Nothing }
}

/// Whether a word that carries meaning is in the question.
fn asks_with(view: &View, item: &Item) -> bool {
    if item.kind == Kind::Glyph {
        return item.mask & !AND == 0
            && pair_of_glyphs(view, item).is_some_and(|word| view.prepared.question().norm.contains(word));
    }
    let word = view.scan.word_at(item.token);
    item.mask == 0 && word.chars().count() > 2 && view.prepared.asks_with(word)
}

/// A word of two glyphs.
fn pair_of_glyphs<'v>(view: &'v View, item: &Item) -> Option<&'v str> {
    let token = view.scan.tokens.get(item.token)?;
    let next = view.scan.tokens.get(item.token + 1).filter(|next| next.kind == Kind::Glyph && next.glued)?;
    view.scan.norm.get(token.from..next.until)
}

/// Whether a choice is `yes`, `no`, `true` or `false`, which what follows explains and does not speak of.
pub(super) fn is_word(view: &View, group: &ChoiceGroup) -> bool {
    let text = view.prepared.texts.get(usize::from(group.first));
    (group.by_text || group.own)
        && text.is_some_and(|text| text.mask & (YES | NO | TRUE | FALSE) != 0 && !text.norm.contains(' '))
}

/// `Carrot is not a fruit`, where the question asks what is not a fruit.
fn says_what_is_asked(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let rest = items.iter().skip(group.end).take(REACH).take_while(|item| Some(item.sentence) == sentence);
    rest.filter(|item| item.mask == 0 && item.text.is_none() && item.label.is_none()).any(|item| {
        let Some(token) = view.scan.tokens.get(item.token) else { return false };
        if item.kind == Kind::Glyph {
            return pair_of_glyphs(view, item).is_some_and(|word| view.prepared.question().norm.contains(word));
        }
        view.scan.word(token).chars().count() > 2 && view.prepared.asks_with(view.scan.word(token))
    })
}

/// `A, B and D are fruits; C is not`: the clause before says what it is not.
fn leaves_out_what_is_asked(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    const LONGEST: usize = 4;
    let stops = |item: &Item| matches!(item.kind, Kind::Break | Kind::Mark('.' | ',' | ';' | '!'));
    let rest = items.iter().skip(group.end).take(LONGEST).take_while(|item| !stops(item));
    let before = items.get(..group.start).unwrap_or_default().iter().rev().take(REACH);
    let before = before.take_while(|item| !matches!(item.kind, Kind::Break));
    let others = before.clone().filter(|item| item.text.or(item.label).is_some_and(|other| other != group.first));
    let told = before.clone().any(|item| asks_with(view, item)) || others.count() + 1 == view.prepared.count();
    rest.clone().count() < LONGEST && rest.clone().all(|item| item.mask != 0) && told
}

/// How the next sentence answers a question about a choice: `Is C right? Yes.`
pub(super) fn answered(view: &View, sentence: usize) -> Option<bool> {
    let items = &view.items.items;
    let start = items.partition_point(|item| item.sentence <= sentence);
    let at = items.iter().skip(start).position(|item| item.kind != Kind::Break)? + start;
    let word = items.get(at).filter(|item| item.label.is_none() && item.text.is_none())?;
    let apart =
        items.get(at + 1).is_none_or(|next| matches!(next.kind, Kind::Break | Kind::Mark('.' | ',' | '!' | ':' | ';')));
    match (word.says(YES), word.says(NO)) {
        (true, false) if apart => Some(true),
        (false, true) if apart => Some(false),
        _ => None,
    }
}

/// `Is C right? Yes.`: the stand that the model's answer to its own question gives.
pub(super) fn asked_and_answered(view: &View, group: &ChoiceGroup) -> Option<Stand> {
    let items = &view.items.items;
    let item = items.get(group.start)?;
    if group.several() || view.items.asks.get(item.sentence) != Some(&true) || is_word(view, group) {
        return None;
    }
    let words = items.iter().skip(group.end).take_while(|next| next.sentence == item.sentence);
    let judged =
        words.clone().any(|item| item.says(RIGHT | ANSWER)) && !words.clone().any(|item| item.says(NOT | WRONG));
    let asked = judged || (!group.by_text || group.own) && words.clone().count() < 2;
    let before = items.get(..group.start).unwrap_or_default().iter().rev().take(REACH);
    let alone = !before
        .take_while(|before| before.sentence == item.sentence)
        .any(|before| before.label.is_some() || before.says(NOT | WRONG | IF));
    if !asked || !alone {
        return None;
    }
    answered(view, item.sentence).map(|yes| if yes { Stand::Asserted } else { Stand::Denied })
}

/// How an answer stands to a choice.
pub(super) fn stand(view: &View, group: &ChoiceGroup, left: &Left, right: Right) -> Stand {
    let Some(item) = view.items.items.get(group.start) else { return Stand::Tentative };
    let asks = view.items.asks.get(item.sentence).copied().unwrap_or_default();
    let would = left.mask & WOULD != 0
        || item.under & WOULD != 0
        || view.items.items.get(group.end).is_some_and(|next| next.says(WOULD));
    let denied = left.mask & (NOT | DROP) != 0 || left.mask & WRONG != 0 && !view.prepared.asked().untrue;
    if right == Right::Denied || denied && left.tick != Some(true) || left.tick == Some(false) {
        return Stand::Denied;
    }
    if right == Right::Negated || denies_verb(view, group) {
        // `Sydney is not the capital`, where the capital is asked for.
        let links = view.items.items.get(group.end).is_some_and(|next| next.says(LINK));
        let asked = links && right == Right::Negated && says_what_is_asked(view, group);
        return if group.by_text && !asked { Stand::Negated } else { Stand::Denied };
    }
    let final_word = left.boxed || left.hashes;
    let conditional = item.under & IF != 0 && (would || !explains_what_is_asked(view, group));
    let supposed = item.under & OTHERS != 0 || conditional || would && under_condition(view, group);
    if !final_word && (asks || supposed || left.doubts() || right == Right::Doubted || supposes(view, group))
        || turns(view, group)
        || seems(view, group)
        || right == Right::Called && was_right(view, group)
        || left.stranger && left.mask & CHOOSE != 0 && others_choose(view, group)
    {
        return Stand::Tentative;
    }
    Stand::Asserted
}

/// `does not use the euro`, `was not written by Marlowe`: between the denial and a text stands the verb that it denies.
fn denies_verb(view: &View, group: &ChoiceGroup) -> bool {
    if !group.by_text || view.prepared.asked().negated {
        return false;
    }
    let before = |distance: usize| group.start.checked_sub(distance);
    let item = |distance: usize| before(distance).and_then(|at| view.items.items.get(at));
    let article = before(1)
        .is_some_and(|at| parts::parts(view.word(at)) & (parts::INDEFINITE | parts::DEFINITE | parts::MAKER) != 0);
    let verb = 1 + usize::from(article);
    // `not after Neptune`
    let says_little = |item: &Item| item.mask == 0 || item.says(REASON) && !item.says(LINK | BUT);
    let plain = item(verb).is_some_and(|item| {
        item.kind == Kind::Word && says_little(item) && item.text.is_none() && item.label.is_none()
    });
    plain && item(verb + 1).is_some_and(|item| item.says(NOT) && item.text.is_none())
}

/// `It is false that … is not …`: what is true or false is not what was asked.
fn turns(view: &View, group: &ChoiceGroup) -> bool {
    if !is_word(view, group) || parts::parts(view.word(group.end)) & parts::THAT == 0 || view.prepared.asked().negated {
        return false;
    }
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let rest = items.iter().skip(group.end + 1).take(REACH).take_while(|item| Some(item.sentence) == sentence);
    rest.take_while(|item| !item.says(REASON | BUT) && !item.is(',')).any(|item| item.says(NOT | NO))
}

/// `It looks like D, yet …`, `选A的人`: what only seems so and is set against something, those who choose it.
fn seems(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let comma = usize::from(items.get(group.end).is_some_and(|next| next.is(',')));
    let against = items.get(group.end + comma).is_some_and(|next| next.says(BUT));
    let people = items.get(group.end).is_some_and(|next| next.kind == Kind::Glyph)
        && view.word(group.end) == "的"
        && items.get(group.end + 1).is_some_and(|next| next.kind == Kind::Glyph);
    let looks = || {
        let before = group.start.checked_sub(1);
        before.is_some_and(|before| parts::parts(view.word(before)) & parts::SEEMS != 0)
    };
    against && looks() || people && !group.by_text
}

/// `A was the right answer for decades, but today it is India`: what was right, before another choice that is set against it.
fn was_right(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let rest = items.iter().skip(group.end).take(REACH).take_while(|item| Some(item.sentence) == sentence);
    let other = |item: &Item| item.text.or(item.label).is_some_and(|other| other != group.first);
    let mut against = rest.skip_while(|item| !item.says(BUT));
    parts::parts(view.word(group.end)) & parts::PAST != 0 && against.any(other)
}

/// `Many test takers go for A`, `Nine out of ten readers pick it`: a number of people choose, and not who answers.
fn others_choose(view: &View, group: &ChoiceGroup) -> bool {
    const LONGEST: usize = 8;
    let part = |item: &Item| parts::parts(view.scan.word_at(item.token));
    let people = |item: &&Item| part(item) & parts::QUANTIFIER != 0 || item.kind == Kind::Number;
    let verb = about::before(view, group.start, LONGEST).find(|item| item.says(CHOOSE));
    let chooses = verb.is_some_and(|verb| part(verb) & parts::OPINES != 0);
    chooses && !group.by_text && about::before(view, group.start, LONGEST).any(|item| people(&item))
}

/// `Option A: if …`.
fn supposes(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    items.get(group.end).is_some_and(|item| item.is(':')) && items.get(group.end + 1).is_some_and(|item| item.says(IF))
}

/// `Better C than A.`: a sentence that says no more than which of two labels it prefers.
pub(super) fn is_preferred(view: &View, group: &ChoiceGroup) -> bool {
    const WORDS: Mask = FILL | LINK | CHOOSE | LEAVES | SO | WOULD | RIGHT;
    let items = &view.items.items;
    let drops = items.get(group.end).is_some_and(|next| next.says(DROP));
    let other = items.get(group.end + 1).and_then(|next| next.label).is_some_and(|other| other != group.first);
    let prefers = |item: &Item| parts::parts(view.scan.word_at(item.token)) & parts::PREFERS != 0;
    let mut before = about::before(view, group.start, REACH).peekable();
    !group.by_text
        && drops
        && other
        && before.peek().is_some_and(|verb| verb.says(CHOOSE) || prefers(verb))
        && before.all(|item| item.says(WORDS) && !item.says(NOT | WRONG | OTHERS | MAY) || prefers(item))
}

/// Whether a condition stands in the sentence of what would be: `it would be A if it were larger`; not `if I am right`.
fn under_condition(view: &View, group: &ChoiceGroup) -> bool {
    const LONGEST: usize = 48;
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let within = |item: &&Item| Some(item.sentence) == sentence;
    let before = items.get(..group.start).unwrap_or_default().iter().rev().take(LONGEST).take_while(within);
    let mut behind = (group.end..).zip(items.iter().skip(group.end).take(LONGEST).take_while(|item| within(item)));
    let speaker = |at: usize| parts::parts(view.word(at)) & parts::SPEAKER != 0;
    before.into_iter().any(|item| item.says(IF)) || behind.any(|(at, item)| item.says(IF) && !speaker(at + 1))
}

/// `Newborns bleed if they lack vitamin K`: the condition of what the question asks for is no supposition.
fn explains_what_is_asked(view: &View, group: &ChoiceGroup) -> bool {
    let items = &view.items.items;
    let sentence = items.get(group.start).map(|item| item.sentence);
    let mut before =
        (0..group.start).rev().take(REACH).take_while(|at| items.get(*at).map(|item| item.sentence) == sentence);
    let condition = before.find(|at| items.get(*at).is_some_and(|item| item.says(IF)));
    let Some(condition) = condition.filter(|_| group.by_text) else { return false };
    let (known, all) = shared(view, about::before(view, condition, REACH));
    known > 1 && known == all
}
