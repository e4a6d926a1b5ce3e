//! The output of `explain`: one answer, and how it was judged.

use std::fmt::Write;
use std::ops::Range;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::text::printable;
use crate::engine::explain::Explained;
use crate::format::{counted, money, seconds};
use crate::judge::{Evidence, Fate, LEAST_MASS, Letters, Rank, Verdict, choice_of};
use crate::prompt::letter;
use crate::response::{FailedAttempts, MOST_FAILED_ATTEMPTS, Response};
use crate::sample::Answer;

/// How a page looks.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    /// Whether the terminal shows colours; without, the answer stands between marks.
    pub has_colours: bool,
    /// Whether reasoning is shown in full.
    pub reasoning: bool,
}

/// The page of one answer.
pub fn render(explained: &Explained, looks: Looks) -> String {
    let mut page = Page { text: String::new(), looks };
    let Explained { model, dataset, sample, .. } = explained;
    page.line(&format!("{model} · {dataset}#{} · {}", sample.name(), explained.settings.level), true);
    page.question(explained);
    page.section("prompt as sent");
    page.block(&explained.prompt.shown());
    match &explained.response {
        None => page.line("\nno response is stored; `smallbench apply` sends the request", false),
        Some(response) => {
            page.response(response, explained.verdicts.first().map(|(_, verdict)| verdict));
            explained.verdicts.iter().for_each(|(name, verdict)| page.verdict(name, verdict));
            page.letters(response, explained.sample.choices.len());
            page.measures(response, explained.cost.as_ref());
        }
    }
    explained.failed_attempts.iter().for_each(|failed| page.failed_attempts(failed));
    page.key(explained);
    page.text.trim_end().to_owned()
}

struct Page {
    text: String,
    looks: Looks,
}

impl Page {
    fn line(&mut self, text: &str, is_strong: bool) {
        let text = printable(text);
        let line = if is_strong { self.styled(&text, Style::new().bold()) } else { text };
        let _ = writeln!(self.text, "{line}");
    }

    fn section(&mut self, name: &str) {
        self.text.push('\n');
        self.line(name, true);
    }

    /// A text of several lines, set off from the rest.
    fn block(&mut self, text: &str) {
        self.indented(&printable(text.trim_end()));
    }

    fn indented(&mut self, text: &str) {
        for line in text.lines() {
            let _ = writeln!(self.text, "  {line}");
        }
    }

    fn styled(&self, text: &str, style: Style) -> String {
        if self.looks.has_colours { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn question(&mut self, explained: &Explained) {
        let sample = &explained.sample;
        self.section("question");
        self.block(&sample.question);
        for (index, choice) in sample.choices.iter().enumerate() {
            let mark = if sample.answer == Some(Answer::Choice(index)) { "  (right)" } else { "" };
            self.block(&format!("{}. {choice}{mark}", letter(index)));
        }
        if let Some(Answer::Text(gold)) = &sample.answer {
            self.line(&format!("right answer: {gold}"), false);
        }
    }

    fn response(&mut self, response: &Response, verdict: Option<&Verdict>) {
        if let Some(reasoning) = response.reasoning.as_deref().filter(|text| !text.trim().is_empty()) {
            let length = counted(reasoning.chars().count(), "character");
            self.section(&format!("reasoning ({length})"));
            let note = "not shown; add --reasoning";
            self.block(if self.looks.reasoning { reasoning } else { note });
        }
        self.section(&format!("answer ({})", response.status));
        if let Some(fault) = &response.fault {
            self.block(fault);
        }
        let marked = self.marked(&response.text, verdict.and_then(|verdict| verdict.span.clone()));
        self.indented(&marked);
        for call in &response.calls {
            self.block(&format!("calls {}({})", call.name, call.arguments));
        }
    }

    /// The answer with the part that was read between marks, or in colour.
    fn marked(&self, text: &str, span: Option<Range<usize>>) -> String {
        let found =
            span.and_then(|span| Some((text.get(..span.start)?, text.get(span.clone())?, text.get(span.end..)?)));
        let Some((before, read, after)) = found else { return printable(text.trim_end()) };
        let style =
            Style::new().bold().fg_color(Some(AnsiColor::Black.into())).bg_color(Some(AnsiColor::Yellow.into()));
        let read = printable(read);
        let read = if self.looks.has_colours { format!("{style}{read}{style:#}") } else { format!("»{read}«") };
        format!("{}{read}{}", printable(before), printable(after.trim_end()))
    }

    fn verdict(&mut self, name: &str, verdict: &Verdict) {
        self.section(name);
        let read =
            verdict.extracted.as_deref().map_or_else(|| "no answer read".to_owned(), |read| format!("read {read}"));
        let rank = verdict.rank.map(Rank::word).map_or_else(String::new, |rank| format!(", evidence: {rank}"));
        let score = verdict.counted_score().map_or_else(|| "no score".to_owned(), |score| format!("score {score}"));
        self.block(&format!("{}: {read}; {score}; rule: {}{rank}", verdict.class, verdict.rule));
        verdict.evidence.iter().for_each(|evidence| self.block(&shown(evidence)));
    }

    /// How likely each letter was to come first, and what else was.
    fn letters(&mut self, response: &Response, choices: usize) {
        let Some(letters) = Letters::new(&response.alternatives, choices) else { return };
        self.section("first token");
        self.block(&format!("letters together {:.4}; at least {LEAST_MASS} makes an answer", letters.mass()));
        for choice in 0..choices {
            let share = letters.probability(choice).map_or_else(|| "-".to_owned(), |share| format!("{share:.4}"));
            self.block(&format!("{}  {share}", letter(choice)));
        }
        for alternative in &response.alternatives {
            let named = choice_of(&alternative.0).filter(|choice| *choice < choices);
            let counts = named.map_or_else(String::new, |choice| format!("  counts as {}", letter(choice)));
            self.block(&format!("{:.4}  {:?}{counts}", alternative.probability(), alternative.0));
        }
    }

    fn measures(&mut self, response: &Response, cost: Option<&(f64, String)>) {
        self.section("measured");
        let stamps = &response.stamps;
        let times = [
            ("first token", stamps.first_token),
            ("first content", stamps.first_content),
            ("last token", stamps.last_token),
            ("end", stamps.end),
        ];
        let time = |(name, time): (&str, Option<Duration>)| Some(format!("{name} {}", seconds(time?.as_secs_f64())));
        let counts = [
            ("prompt", response.usage.prompt_tokens),
            ("cached", response.usage.cached_prompt_tokens),
            ("output", response.usage.output_tokens),
            ("reasoning", response.usage.reasoning_tokens),
        ];
        let count = |(name, count): (&str, Option<u64>)| Some(format!("{name} {}", count?));
        self.parts("times", times.into_iter().filter_map(time));
        self.parts("tokens", counts.into_iter().filter_map(count));
        self.parts("cost", cost.into_iter().map(|(cost, currency)| money(*cost, currency)));
        self.parts("finish reason", response.finish_reason.iter().cloned());
        self.parts("attempts", std::iter::once(response.attempts.to_string()));
        self.parts("run", std::iter::once(response.run.clone()));
    }

    /// The attempts that failed before the last one of a run.
    fn failed_attempts(&mut self, failed: &FailedAttempts) {
        self.section(&format!("failed attempts (run {})", failed.run));
        for (number, attempt) in (1..).zip(&failed.attempts) {
            let [after, took, waited] =
                [attempt.after, attempt.took, attempt.waited].map(|time| seconds(time.as_secs_f64()));
            self.block(&format!("{number}. at {after}: {} after {took}, then waited {waited}", attempt.status));
            self.block(&format!("   {}", attempt.fault));
        }
        if failed.attempts.len() == MOST_FAILED_ATTEMPTS {
            self.block(&format!("… the first {MOST_FAILED_ATTEMPTS} are kept"));
        }
    }

    fn key(&mut self, explained: &Explained) {
        let settings = &explained.settings;
        self.section("request key");
        self.block(&explained.key.to_string());
        self.parts("endpoint", std::iter::once(settings.endpoint.clone()));
        self.parts("model", std::iter::once(settings.model.clone()).chain(settings.digest.clone()));
        let parameters = serde_json::to_string(&settings.parameters);
        self.parts("parameters", parameters.into_iter());
        self.parts("repeat", std::iter::once(settings.repeat.to_string()));
        self.parts("level", std::iter::once(settings.level.to_string()));
    }

    /// A line of parts; nothing without any.
    fn parts(&mut self, name: &str, parts: impl Iterator<Item = String>) {
        let parts: Vec<String> = parts.collect();
        if !parts.is_empty() {
            self.block(&format!("{name}: {}", parts.join(", ")));
        }
    }
}

/// A piece of evidence, in a line.
fn shown(evidence: &Evidence) -> String {
    let Evidence { rank, rule, value, span, fate } = evidence;
    let fate = match fate {
        Fate::Decided => "decides",
        Fate::Outranked => "outranked by stronger evidence",
        Fate::Corrected => "taken back later",
        Fate::Denied => "denied where it stands",
        Fate::Tentative => "not asserted",
        Fate::Disputed => "disputed by evidence of the same rank",
        Fate::TooWeak => "too weak to count",
    };
    format!("{value} at {}-{}: {} ({rule}), {fate}", span.start, span.end, rank.word())
}
