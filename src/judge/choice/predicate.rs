//! How much of what the question asks for a sentence says of its subject.

use super::about::{is_defined, repeats_question, shared, takes_place};
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

/// How much the sentence of a subject says of it, by its first predicate or a later one.
pub(super) fn about(view: &View, start: usize, end: usize) -> About {
    let found = Predicate::of(view, start, end).about();
    let later = |at| Predicate::of(view, start, at).about() == About::All;
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

/// What a clause says of its subject.
struct Predicate<'v> {
    view: &'v View<'v>,
    /// Where its subject starts.
    start: usize,
    /// Where it starts itself.
    end: usize,
    /// Its items, as far as a reason, a contrast or another choice.
    rest: &'v [Item],
    /// Whether its subject is written without spaces.
    glyphs: bool,
}

impl<'v> Predicate<'v> {
    /// The predicate behind `end` of a subject that starts at `start`.
    fn of(view: &'v View<'v>, start: usize, end: usize) -> Self {
        const REACH: usize = 32;
        let items = &view.items.items;
        let subject = items.get(start);
        let sentence = subject.map(|item| item.sentence);
        let own = subject.and_then(|item| item.text);
        let brief = subject.is_some_and(|item| item.single || item.kind == Kind::Number || item.to - item.at < 3);
        let glyphs = subject.is_some_and(|item| item.kind == Kind::Glyph);
        let end = behind_remark(items, end);
        let word = |item: &Item| view.scan.word_at(item.token);
        // `is spread by water`, where the question asks what is spread by water.
        let repeats = |item: &Item| !item.says(BUT) && view.prepared.asks_with(word(item));
        // `was created by Ritchie`, where the question has the name.
        let made_by =
            |item: &Item| parts(word(item)) & MAKER != 0 && view.prepared.asks_with(view.scan.word_at(item.token + 1));
        let within = |item: &&Item| {
            Some(item.sentence) == sentence
                && (item.text.is_none() || item.text == own)
                && (!item.says(REASON | BUT) || repeats(item) || compares(view, item) || made_by(item))
                && !((brief || glyphs) && item.is_any(",;"))
        };
        let behind = items.get(end..).unwrap_or_default();
        let length = behind.iter().take(REACH).take_while(within).count();
        Self { view, start, end, rest: behind.get(..length).unwrap_or_default(), glyphs }
    }

    /// How much it says.
    fn about(&self) -> About {
        let Self { view, end, .. } = *self;
        if self.is_one_of_many() && !self.defines() || self.tells_of_another() {
            About::Little
        } else if repeats_question(view, end) || takes_place(view, end) {
            About::All
        } else {
            self.share()
        }
    }

    /// How much it says by the words that it shares with the question.
    fn share(&self) -> About {
        let Self { view, end, rest, glyphs, .. } = *self;
        let question = view.prepared.question();
        let pronoun = (end + 1..end + 3).any(|at| parts(view.word(at)) & PRONOUN != 0);
        let (known, all) = shared(view, rest.iter());
        let given = self.given();
        let (known, all) = (known + given, all + given);
        // `is O(n^2) in the worst case`: a formula says more than the question asks.
        let formula = rest.iter().any(|item| item.is_any("^√∞") && item.text.is_none());
        let enough = known * 2 >= question.content.saturating_sub(self.repeated());
        let is_asked = self.one().is_some_and(|at| ends_question(view, at));
        match known {
            0 => About::Little,
            // `is a nematode of 1 mm`
            _ if is_asked && self.denies() == question.denies => About::All,
            // `Beethoven composed it`: the pronoun stands for the rest.
            known if self.is_one_of_many() && (known < all || !enough) => About::Little,
            _ if glyphs && self.is_another_kind() => About::Little,
            known
                if known == all
                    && !formula
                    && (pronoun || enough || is_asked || self.tops() || is_defined(view, end)) =>
            {
                About::All
            }
            // Single characters of languages that write no spaces are shared by chance.
            known if glyphs && known * 3 < all * 2 => About::Little,
            // `invented the phonograph`, where the question asks who invented the telephone.
            1 if all > 1 && question.content == 2 => About::Little,
            _ if self.is_of_another_object() => About::Little,
            known if known * 2 >= all && enough => About::Most,
            _ => About::Little,
        }
    }

    fn word(&self, item: &Item) -> &'v str {
        self.view.scan.word_at(item.token)
    }

    fn asks_with(&self, item: &Item) -> bool {
        self.view.prepared.asks_with(self.word(item))
    }

    fn denies(&self) -> bool {
        self.rest.iter().any(|item| item.says(NOT))
    }

    /// The article of `is a city`, which says what the subject is among others.
    fn one(&self) -> Option<usize> {
        (self.end..self.end + 3).find(|at| parts(self.view.word(*at)) & INDEFINITE != 0)
    }

    /// `is a city`; `is a novel by` says it all where the question asks which is a novel.
    fn is_one_of_many(&self) -> bool {
        let view = self.view;
        let asked =
            |at: usize| view.prepared.question().norm.contains(&format!("{} {}", view.word(at), view.word(at + 1)));
        self.one().is_some_and(|at| !asked(at))
    }

    /// `is a bird that cannot fly` says it all where the question asks which bird cannot fly.
    fn defines(&self) -> bool {
        let relative = |at: usize| parts(self.view.word(at)) & RELATIVE != 0;
        self.denies() == self.view.prepared.question().denies && (self.end..self.end + 8).any(relative)
    }

    /// Whether it says something that sets its subject apart from what the question asks for.
    fn tells_of_another(&self) -> bool {
        // `is the largest city`, where the question asks for no largest one.
        let superlative = self.rest.iter().any(|item| compares(self.view, item));
        // `was first in space`, where the question asks for the second.
        let ranked = |item: &Item| item.says(ORDINAL) && !self.asks_with(item);
        superlative && !self.view.prepared.question().superlative
            || self.rest.iter().any(ranked)
            || self.says_half()
            || self.is_another_share()
    }

    /// `has the most calcium`, where the question asks what is the richest in it.
    fn tops(&self) -> bool {
        let most = |item: &Item| self.word(item) == "most" || compares(self.view, item);
        self.view.prepared.question().superlative && self.rest.iter().any(most)
    }

    /// How many numbers of the question are said: `makes up 21 % of the atmosphere`.
    fn given(&self) -> usize {
        let numbers = self.rest.iter().filter(|item| item.kind == Kind::Number && item.to - item.at > 1);
        numbers.filter(|item| self.asks_with(item)).count()
    }

    /// `pumps blood into the lungs`, where the question asks what pumps blood into the aorta: the last word of either is
    /// not in the other.
    fn is_of_another_object(&self) -> bool {
        let plain = |item: &&Item| item.kind == Kind::Word && item.mask == 0 && self.word(item).chars().count() > 3;
        let Some(object) = &self.view.prepared.question().object else { return false };
        let Some(last) = self.rest.iter().rfind(plain) else { return false };
        let items = &self.view.items.items;
        let from = items.partition_point(|item| item.sentence < last.sentence).min(self.start);
        let mut said = items.iter().skip(from).take(64).take_while(|item| item.sentence == last.sentence);
        // `light` for `sunlight`.
        let compound = object.ends_with(self.word(last));
        !compound && !self.asks_with(last) && !said.any(|item| forms::same(self.word(item), object))
    }

    /// `makes up about 21 % of it`, where the question asks what makes up most of it, or 78 %.
    fn is_another_share(&self) -> bool {
        const HALF: f64 = 50.0;
        let asked = self.view.prepared.question().norm.contains('%');
        let most = |said: &str| !asked && said.parse::<f64>().is_ok_and(|share| share > HALF);
        let mut pairs = self.rest.windows(2).filter_map(|pair| match pair {
            [number, sign] if number.kind == Kind::Number && sign.is('%') => Some(number),
            _ => None,
        });
        pairs.any(|number| !(most(self.word(number)) || asked && self.asks_with(number)))
    }

    /// How many words of the question the subject itself repeats: they say nothing more of it.
    fn repeated(&self) -> usize {
        let again = |word: &&str| word.chars().count() > 3 && self.view.prepared.asks_with(word);
        self.view.text(self.start).map_or(0, |text| text.norm.split(' ').filter(again).count())
    }

    /// `has four equal sides`, where the question joins them with four right angles: one of two things is said.
    fn says_half(&self) -> bool {
        let Some((first, second)) = &self.view.prepared.question().joined else { return false };
        let text = self.view.text(self.start).map_or("", |text| text.norm.as_str());
        let told = |word: &str| self.rest.iter().any(|item| forms::same(self.word(item), word));
        let says = |word: &str| told(word) || text.split(' ').any(|own| forms::same(own, word));
        says(first) != says(second)
    }

    /// `是光合作用的产物`, where the question has no `产物`: in Chinese and Japanese the noun of what is said stands last.
    fn is_another_kind(&self) -> bool {
        let items = &self.view.items.items;
        let links = items.get(self.end).is_some_and(|item| item.kind == Kind::Glyph && item.says(LINK));
        let plain = |item: &&Item| item.kind == Kind::Glyph && item.mask == 0;
        let noun = self.rest.iter().rev().filter(plain).take(2);
        let mut noun = noun.take_while(|item| (0xe4..=0xe9).contains(&item.initial));
        links && noun.any(|item| !self.asks_with(item))
    }
}

/// `más grande`: without its accent the word is one for `but`.
fn compares(view: &View, item: &Item) -> bool {
    parts(view.scan.word_at(item.token)) & SUPERLATIVE != 0
}

/// `es un anfibio porque …`, where the question ends with `un anfibio`.
fn ends_question(view: &View, at: usize) -> bool {
    let question = view.prepared.question().norm.trim_end_matches(|c: char| !c.is_alphanumeric());
    question.ends_with(&format!("{} {}", view.word(at), view.word(at + 1)))
}
