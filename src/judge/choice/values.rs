//! What a sentence says of a value, as far as that need not be the value that the question asks for.

use super::about::{before, said, shared, turns};
use super::items::Item;
use super::lexicon::forms;
use super::lexicon::numerals::names;
use super::lexicon::parts::*;
use super::lexicon::quantities::{CONFUSED, UNITS};
use super::lexicon::*;
use super::scan::Kind;
use super::view::View;

/// Whether only words of the question follow in the sentence, or such as say nothing: `6 protons`, `6 in total`.
pub(super) fn trails(view: &View, end: usize) -> bool {
    let asked = |names: &[&str]| names.iter().any(|name| view.prepared.asks_with(name));
    let remark = |item: &Item| item.is('(') && !item.glued;
    let continues = |item: &&Item| !(matches!(item.kind, Kind::Break | Kind::Mark('.' | '!' | ':')) || remark(item));
    let rest = view.items.items.iter().skip(end).take_while(continues);
    for (count, item) in rest.take(8).enumerate() {
        let word = view.scan.word_at(item.token);
        // `120 cm`, where the question asks for centimetres.
        let unit = || UNITS.iter().find(|(unit, _)| *unit == word).is_some_and(|(_, names)| asked(names));
        let known = item.says(TOTAL | FILL) || parts(word) & PLACES != 0 || view.prepared.asks_with(word) || unit();
        if !known || count > 6 || item.kind == Kind::Number && item.text.is_some() && !gives(view, end + count) {
            return false;
        }
    }
    true
}

/// `The mean is 5`, where the question asks for the median: the clause names a quantity that is taken for the one asked.
pub(super) fn measures_another(view: &View, start: usize) -> bool {
    let question = view.prepared.question();
    let clause = before(view, start, 12).take_while(|item| !item.is_any(",;") && !item.says(SO));
    let mut said = clause.map(|item| view.scan.word_at(item.token));
    let asked = |words: &str| words.split(' ').any(|word| question.holds(word));
    let nearest = said.find_map(|word| {
        let mut rows =
            CONFUSED.iter().map(|row| (row.iter().find(|words| words.split(' ').any(|own| own == word)), row));
        rows.find_map(|(own, row)| own.map(|own| (own, row)))
    });
    nearest.is_some_and(|(own, row)| !asked(own) && row.iter().any(|other| asked(other)))
}

/// `Oxygen has the number -2`, where the question asks for the number of sulfur: a subject that the question does not
/// have, and something of the question that the sentence does not say.
pub(super) fn has_own_subject(view: &View, start: usize) -> bool {
    let before = before(view, start, 32).take_while(|item| !turns(view, item));
    if before.clone().any(|item| item.is_any("=:") || item.says(SO)) {
        return false;
    }
    let Some(first) = before.clone().last().filter(|item| item.kind == Kind::Word && item.upper) else { return false };
    let (known, all) = shared(view, before);
    let own = first.mask == 0 && shared(view, std::iter::once(first)) == (0, 1);
    (own || known > 0 && opens_with_another(view, start)) && all > 1 && known < view.prepared.question().content
}

/// `People with B antigens have group B`, where the question asks for the group without them: the sentence speaks of what
/// the question denies, and denies nothing.
pub(super) fn has_what_is_denied(view: &View, start: usize) -> bool {
    let question = view.prepared.question();
    let Some(object) = question.object.as_ref().filter(|_| question.denies) else { return false };
    let before = before(view, start, 32);
    let word = |item: &Item| view.scan.word_at(item.token);
    let denies = |item: &Item| item.says(NOT | NO | DROP) || parts(word(item)) & LACKS != 0;
    before.clone().any(|item| forms::same(word(item), object)) && !before.clone().any(denies)
}

/// `A crab has …`: an article and a noun that the question does not have, and no pronoun for what it does have.
fn opens_with_another(view: &View, start: usize) -> bool {
    let sentence: Vec<&Item> = before(view, start, 32).collect();
    let part = |item: &Item| parts(view.scan.word_at(item.token));
    let Some((article, rest)) = sentence.split_last() else { return false };
    let noun = rest.iter().rev().take_while(|item| item.kind == Kind::Word && item.mask == 0).copied();
    let pronoun = rest.iter().any(|item| part(item) & PRONOUN != 0);
    part(article) & INDEFINITE != 0 && !pronoun && matches!(shared(view, noun), (0, 1..))
}

/// `The probability of the first red ball is 3/8`, where the question asks for no first one.
pub(super) fn is_of_one(view: &View, start: usize) -> bool {
    let mut clause = before(view, start, 12).take_while(|item| !item.is_any(",=:") && !item.says(SO));
    // `Newton's second law`
    let derives = |item: &Item| parts(view.scan.word_at(item.token + 1)) & DERIVES != 0;
    clause.any(|item| item.says(ORDINAL) && !derives(item) && !view.prepared.asks_with(view.scan.word_at(item.token)))
}

/// Whether the question itself says the sentence around a text: a premise that is repeated.
pub(super) fn is_premise(view: &View, start: usize) -> bool {
    const REACH: usize = 24;
    const SHORTEST: usize = 12;
    let items = &view.items.items;
    let sentence = items.get(start).map(|item| item.sentence);
    let within = |item: &&Item| Some(item.sentence) == sentence && !item.is('.') && item.kind != Kind::Break;
    let before = items.get(..=start).unwrap_or_default().iter().rev().take(REACH);
    let (first, last) =
        (before.take_while(within).last(), items.iter().skip(start).take(REACH).take_while(within).last());
    let Some(said) = said(view, first, last) else { return false };
    said.len() >= SHORTEST && view.prepared.question().norm.contains(said) || gives(view, start)
}

/// `The deviation is 2`, where the question gives `a deviation of 2`; `in 36 g`, where it says the same.
fn gives(view: &View, start: usize) -> bool {
    let item = |distance: usize| start.checked_sub(distance).and_then(|at| view.items.items.get(at));
    let repeated = item(1).filter(|before| before.says(FILL) && !before.says(LINK));
    let value = said(view, view.items.items.get(start), view.items.items.get(start)).unwrap_or_default();
    let question = &view.prepared.question().norm;
    let whole = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let holds = |phrase: String| question.split(phrase.as_str()).skip(1).any(whole);
    if repeated.is_some_and(|before| holds(format!(" {} {value}", view.scan.word_at(before.token)))) {
        return true;
    }
    let named = item(1).filter(|verb| verb.says(LINK)).and_then(|_| item(2)).filter(|noun| noun.mask == 0);
    let Some(noun) = named.map(|noun| view.scan.word_at(noun.token)) else { return false };
    noun.len() > 3 && ["", "of ", "is ", "= "].iter().any(|tie| question.contains(&format!("{noun} {tie}{value}")))
}

/// `The interest per year is 100`, where the question asks for no year: the clause tells of one part.
pub(super) fn is_partial(view: &View, start: usize) -> bool {
    let clause = before(view, start, 12).take_while(|item| !item.is_any(",=:") && !item.says(SO));
    // `the larger one is`: no part, but a pronoun.
    let mut behind = [None].into_iter().chain(clause.clone().map(Some)).zip(clause);
    behind.any(|(next, item)| {
        let word = view.scan.word_at(item.token);
        let noun = next.is_some_and(|next| next.says(LINK));
        parts(word) & EACH != 0 && !noun && !view.prepared.asks_with(word)
    })
}

/// `0 °C is 273 K`, where the question gives 25 °C: the sentence says what another value is.
pub(super) fn is_of_another_value(view: &View, start: usize) -> bool {
    let items = &view.items.items;
    let before = before(view, start, 12).take_while(|item| !item.says(SO));
    let linked = items.get(start.saturating_sub(1)).is_some_and(|item| item.says(LINK) && item.kind == Kind::Word);
    let word = |item: &Item| view.scan.word_at(item.token);
    let numbers = before.clone().filter(|item| item.kind == Kind::Number);
    let calculates = before.clone().any(|item| item.is_any("+×·*/÷=-"));
    let (known, _) = shared(view, before.clone());
    let given = numbers.clone().count();
    // `3 hours are 180 minutes`, where the question gives 3.5: each number may have its unit.
    let units = known <= given && view.prepared.question().norm.contains(|c: char| c.is_ascii_digit());
    let asked = |item: &Item| {
        let named = || names(word(item)).iter().any(|name| view.prepared.asks_with(name));
        view.prepared.asks_with(word(item)) || named()
    };
    // `10 % of 200`, where the question gives 15 % of 200.
    let share = |item: &Item| view.word(items.partition_point(|other| other.token <= item.token)) == "%";
    let other = numbers.clone().any(|item| share(item) && !asked(item)) || !numbers.clone().any(asked);
    linked && given > 0 && other && (known == 0 || units) && !calculates
}
