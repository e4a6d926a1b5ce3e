//! What a number stands for beside what it says: the other spelling of a quantity, a part of a whole.

use super::access::{number, roles, sign};
use super::roles::Roles;
use super::sentences::{Sentence, holds, numbers, words};
use super::tokens::Kind;
use super::units::Unit;
use super::value::Number;
use super::view::View;

/// How many tokens lie between two spellings of one quantity at most.
const REACH: usize = 12;

/// The most lines at the end of an output that are looked at for the quantity that is asked for.
const LINES: usize = 8;

/// How a question asks for a part of a whole.
const SHARES: &[&str] = &[
    "fraction",
    "proportion",
    "share",
    "probability",
    "chance",
    "how likely",
    "likelihood",
    "what part",
    "odds",
    "bruchteil",
    "anteil",
    "wahrscheinlich",
    "probabilité",
    "proportion",
    "fracción",
    "probabilidad",
    "proporción",
    "fração",
    "proporção",
    "frazione",
    "probabilità",
    "вероятность",
    "доля",
    "概率",
    "几分之几",
    "比例",
    "確率",
    "割合",
    "확률",
    "비율",
];

/// How a question asks for a part of a hundred.
const PERCENTAGES: &[&str] = &[
    "percentage",
    "what percent",
    "how many percent",
    "in percent",
    "what per cent",
    "in %",
    "what %",
    "wie viel prozent",
    "wie viele prozent",
    "in prozent",
    "pourcentage",
    "porcentaje",
    "porcentagem",
    "percentuale",
    "сколько процентов",
    "какой процент",
    "百分之几",
    "百分比",
];

/// What stands before the unknown that a question asks for.
const ASKING: &[&str] =
    &[" is", "find", "Find", "for", "etermine", "alculate", "ompute", "is the value of", "ind the value of"];

/// The number that is asked for where a sentence says a quantity in two units: `15 dollars = 1500 cents`.
pub(super) fn asked_unit(view: &View<'_>, index: usize) -> usize {
    let numbers = view.tokens.iter().filter(|token| matches!(token.kind, Kind::Number(..)));
    if numbers.take(2).count() < 2 {
        return index;
    }
    let question = last_sentence(view.question);
    let (Some(value), Some(unit)) = (number(view.tokens, index), unit(view, index)) else {
        return asked_line(view, index).unwrap_or(index);
    };
    if unit.is_asked(question) {
        return index;
    }
    if let Some(line) = asked_line(view, index) {
        return line;
    }
    let near = index.saturating_sub(REACH)..view.tokens.len().min(index + REACH);
    let mut others = near.filter(|at| *at != index).filter_map(|at| Some((at, number(view.tokens, at)?)));
    // "4200 cents, i.e. $42", where the question has prices in dollars.
    let unused = !unit.is_named(view.question);
    let asked = others.find(|(at, other)| {
        self::unit(view, *at).is_some_and(|found| {
            unit.same(value.value, found, other.value)
                && (found.is_asked(question) || unused && found.is_named(view.question))
        })
    });
    asked.map_or(index, |(at, _)| at)
}

/// `0.2 kJ`, where the question asks for joules: the number in the unit that is asked for.
pub(super) fn in_asked_unit(view: &View<'_>, index: usize, number: Number) -> Option<Number> {
    let own = unit(view, index)?;
    let question = last_sentence(view.question);
    let asked = Unit::all(question).find(|asked| asked.ratio(own).is_some() && asked.is_asked(question))?;
    Some(Number::real(number.value * own.ratio(asked)?).rounded())
}

/// `28 of 80, which is 35 %`: the only number in percent where a question asks for one.
pub(super) fn asked_percent(view: &View<'_>, index: usize) -> Option<usize> {
    let percent = |at: &usize| number(view.tokens, *at).is_some_and(|number| number.percent);
    let sentence =
        view.sentences.iter().find(|sentence| sentence.range.contains(&index)).filter(|_| !percent(&index))?;
    let mut all = sentence.range.clone().filter(percent);
    let only = all.next().filter(|_| all.next().is_none())?;
    let question = last_sentence(view.question).to_lowercase();
    PERCENTAGES.iter().any(|phrase| question.contains(phrase)).then_some(only)
}

/// Of several unknowns, the one that the question ends with: `What is x?`.
pub(super) fn asked_name(view: &View<'_>, all: &[usize]) -> Option<usize> {
    let plain = |text: &str| text.replace(['{', '}', '$', '\\', '(', ')'], "");
    let question = plain(view.question.trim_end_matches(|c: char| c.is_whitespace() || "?.!$".contains(c)));
    let is_asked = |index: &usize| {
        let equals = index.checked_sub(1).filter(|at| sign(view.tokens, *at) == Some('='));
        let place = |at: usize| view.tokens.get(at).map(|token| token.span.start);
        // An index such as that of `a_4` has no token of its own.
        let name = equals.and_then(|at| view.text.get(place(at.checked_sub(1)?)?..place(at)?));
        let name = plain(name.unwrap_or_default().trim());
        let before = question.strip_suffix(name.as_str()).filter(|_| !name.is_empty());
        before
            .and_then(|before| before.strip_suffix(' '))
            .is_some_and(|before| ASKING.iter().any(|word| before.ends_with(word)))
    };
    let mut asked = all.iter().copied().filter(is_asked);
    asked.next().filter(|_| asked.next().is_none())
}

/// Of several numbers, the only one before which a name stands that the question has: `Ann has 64 and Ben has 32`.
pub(super) fn asked_person(view: &View<'_>, all: &[usize]) -> Option<usize> {
    let words = |text: &str| text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    let name = |word: &String| word.len() > 1 && word.starts_with(char::is_uppercase);
    let names: Vec<String> = words(last_sentence(view.question)).into_iter().skip(1).filter(name).collect();
    let end = |at: usize| view.tokens.get(at).map_or(0, |token| token.span.end);
    let named = |index: &usize| {
        let before = (0..*index).rev().find(|at| number(view.tokens, *at).is_some()).map_or(0, end);
        let lead = view.tokens.get(*index).and_then(|token| view.text.get(before..token.span.start));
        lead.is_some_and(|lead| words(lead).iter().any(|word| names.contains(word)))
    };
    let mut found = all.iter().copied().filter(named);
    found.next().filter(|_| found.next().is_none())
}

/// Of several numbers that say one quantity in other units, the one that is asked for: `30 min or 0.5 h`.
pub(super) fn asked_quantity(view: &View<'_>, all: &[usize]) -> Option<usize> {
    let question = last_sentence(view.question);
    let quantity = |at: usize| number(view.tokens, at).map(|number| number.value).zip(unit(view, at));
    let is_asked = |at: &usize| quantity(*at).is_some_and(|(_, unit)| unit.is_asked(question));
    let asked = all.iter().copied().find(is_asked)?;
    let (value, own) = quantity(asked)?;
    let same = |at: &usize| *at == asked || quantity(*at).is_some_and(|(other, unit)| own.same(value, unit, other));
    all.iter().all(same).then_some(asked)
}

/// The unit of a number.
fn unit(view: &View<'_>, index: usize) -> Option<Unit> {
    let token = view.tokens.get(index)?;
    let before = view.text.get(..token.span.start)?.trim_end();
    let sign = before.chars().next_back().filter(|c| "$€£".contains(*c));
    if let Some(sign) = sign {
        return Unit::of(sign.encode_utf8(&mut [0; 4]));
    }
    Unit::behind(view.text, token.span.end)
}

/// The sentence of a question that asks, which is its last.
pub(super) fn last_sentence(question: &str) -> &str {
    let end = question.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    // The point of `0.75` ends no sentence.
    let spaced = |at: usize| question.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    let stops = |(at, c): &(usize, char)| matches!(c, '?' | '!' | '。' | '？' | '\n') || *c == '.' && spaced(*at);
    let start = question.get(..end).unwrap_or_default().char_indices().rev().find(stops).map(|(at, _)| at);
    question.get(start.map_or(0, |start| start + 1)..).unwrap_or_default().trim_start_matches(|c: char| !c.is_ascii())
}

/// The part of a whole that `3 out of 4` names, and whether the question asks for a part.
pub(super) fn share(view: &View<'_>, index: usize) -> Option<(Number, bool)> {
    let word = |at: usize| view.tokens.get(at).and_then(|token| view.text.get(token.span.clone())).unwrap_or_default();
    // `one out of four`, `one in four` were read as four.
    let before = |distance: usize| index.checked_sub(distance).map(word);
    let behind = match (before(1), before(2)) {
        (Some("of"), Some("out")) => index.checked_sub(3),
        (Some("in"), _) => index.checked_sub(2).filter(|at| number(view.tokens, *at).is_some()),
        _ => None,
    };
    let index = behind.unwrap_or(index);
    // `36 per cent of the 250` says a share already.
    let upper = number(view.tokens, index).filter(|upper| !upper.percent)?;
    let (of, asked) = match word(index + 1) {
        "out" if word(index + 2) == "of" => (index + 3, false),
        "of" | "von" | "sur" | "de" | "su" | "из" => (index + 2, false),
        "in" => (index + 2, true),
        _ => return None,
    };
    let article = ["the", "every", "all", "den", "les", "los", "as", "os"].contains(&word(of));
    let lower = number(view.tokens, of + usize::from(article))?;
    let whole = upper.whole.zip(lower.whole).filter(|(upper, lower)| *upper >= 0 && *lower > 1 && upper <= lower)?;
    let sentence = last_sentence(view.question).to_lowercase();
    let wanted = SHARES.iter().any(|word| sentence.contains(word));
    if asked && !wanted || roles(view.tokens, of).has(Roles::LABEL) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of things")]
    let value = whole.0 as f64 / whole.1 as f64;
    Some((Number::real(value), wanted))
}

/// Whether a sentence is a line such as `Distance: 48 km`, whose label does not name the answer.
pub(super) fn labelled(view: &View<'_>, sentence: &Sentence) -> bool {
    let range = sentence.range.clone();
    let link = range.clone().find(|at| matches!(sign(view.tokens, *at), Some(':' | '=')));
    let Some(link) = link.filter(|link| (1..4).contains(&(link - range.start))) else { return false };
    let named = |role| holds(view.tokens, range.start..link, role);
    let long = range
        .clone()
        .take_while(|at| *at < link)
        .any(|at| view.tokens.get(at).is_some_and(|token| token.span.len() > 2));
    words(view.tokens, range.start..link) > 0
        && long
        && numbers(view.tokens, range.clone()) > 0
        && words(view.tokens, link..range.end) <= 3
        && !named(Roles::ANSWER)
        && !named(Roles::TOTAL)
        && !named(Roles::FINAL)
        && !named(Roles::LABEL)
}

/// Of lines that each give a quantity, the number of the only one whose unit is asked for.
pub(super) fn asked_line(view: &View<'_>, index: usize) -> Option<usize> {
    let question = last_sentence(view.question);
    let own = view.sentences.iter().find(|sentence| sentence.range.contains(&index))?;
    if !labelled(view, own) {
        return None;
    }
    let asked =
        |at: &usize| number(view.tokens, *at).is_some() && unit(view, *at).is_some_and(|unit| unit.is_asked(question));
    let lines = view.sentences.iter().rev().take(LINES).filter(|sentence| labelled(view, sentence));
    let mut found = lines.clone().filter_map(|sentence| sentence.range.clone().rev().find(asked));
    if let Some(first) = found.next() {
        return Some(first).filter(|_| found.next().is_none());
    }
    // `Left = 7`, where the question is how many are left.
    let words: Vec<String> = question.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let value = |at: &usize| number(view.tokens, *at).is_some();
    let mut named = lines.filter(|sentence| names_asked(view, sentence, &words));
    let line = named.next().filter(|_| named.next().is_none())?;
    line.range.clone().rev().find(value)
}

/// Whether the label of a line holds a word of the question.
fn names_asked(view: &View<'_>, sentence: &Sentence, words: &[String]) -> bool {
    const SHORTEST: usize = 4;
    let label = sentence.range.clone().take_while(|at| !matches!(sign(view.tokens, *at), Some(':' | '=')));
    let mut text = label.filter_map(|at| view.text.get(view.tokens.get(at)?.span.clone()));
    text.any(|word| word.chars().count() >= SHORTEST && words.contains(&word.to_lowercase()))
}
