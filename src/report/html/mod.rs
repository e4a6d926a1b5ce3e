//! The page of a run: one file with every figure, picture and answer, which opens from the disk without a network.
//!
//! Everything that the engine has computed is taken from it. The page is complete without its script, which adds what
//! needs a reader: filters, the service level, prices. What comes from outside, such as answers, is text and nothing else:
//! templates escape it, and the script knows no other way to put it into the page.

mod answers;
mod breaks;
pub mod changes;
mod columns;
mod distributions;
mod facts;
mod figure;
mod gates;
mod imported;
mod load;
mod money;
mod pack;
mod pairs;
mod placing;
mod provenance;
mod questions;
mod ranking;
mod rated;
mod ratios;
mod scale;
mod subjects;
mod template;
mod texts;
mod timeline;
mod tradeoff;
mod verdict;
mod words;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::history::HistoryEntry;
use super::manifest::Manifest;
use super::server::{ServerTable, per_server};
use crate::checks::Check;
use crate::error::Error;
use crate::format::counted;
use crate::gates::GateOutcome;
use crate::plan::Plan;
use crate::tables::group::Results;
use crate::work::batch::Batch;
use facts::Facts;
use questions::{Question, in_order_of_interest, questions};
use rated::Rated;
use template::{SCRIPT, STYLE, environment, failed, policy};
use texts::Texts;

pub use imported::imported_page;
pub use texts::Source;

/// Name of the file.
pub const FILE: &str = "report.html";

/// What a page is made of.
pub struct ReportPage<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Every batch of the plan.
    pub batches: &'p [Batch],
    /// What was measured.
    pub results: &'p Results,
    /// The checks.
    pub checks: &'p [Check],
    /// The gates.
    pub gates: &'p [GateOutcome],
    /// By what was judged, the responses of the models that judged it.
    pub judging: Vec<(String, &'p Results)>,
    /// What the run was made from; its clock and its counts of requests are not shown.
    pub manifest: &'p Manifest,
    /// The runs before it, the oldest first.
    pub earlier: &'p [HistoryEntry],
    /// The spec with all defaults, as it may be shown.
    pub spec: String,
    /// Where texts come from.
    pub source: Source<'p>,
}

/// What the template shows.
#[derive(Serialize)]
struct View<'v> {
    name: &'v str,
    description: Option<&'v str>,
    summary: Vec<String>,
    policy: String,
    style: &'static str,
    script: &'static str,
    verdict: verdict::VerdictSection,
    tradeoff: Option<tradeoff::Tradeoff>,
    pairs: Option<&'v pairs::Pairs>,
    subjects: subjects::Subjects,
    answers: answers::Answers,
    load: Option<load::Load>,
    servers: Option<ServerTable>,
    distributions: Option<distributions::Distributions>,
    timeline: Option<timeline::Timeline>,
    money: Option<money::Money>,
    provenance: provenance::Provenance,
    facts: String,
    columns: String,
    texts: String,
}

impl ReportPage<'_> {
    /// The page.
    ///
    /// # Errors
    /// Responses cannot be read, or the template fails.
    pub fn html(&self) -> Result<String, Error> {
        let (plan, results) = (self.plan, self.results);
        let questions = questions(plan, results);
        let order = in_order_of_interest(&questions, plan.load.seed);
        let texts = Texts::read(&questions, &order, self.source)?;
        let groups = Rated::all(results);
        let columns = columns::columns(&groups, (&questions, &order))?;
        let name = |number: usize| format!("#{} {}", questions[number].sample, texts.titles[number]);
        let pairs = pairs::pairs(results, &questions, &name);
        let flips = pairs.as_ref().map(|pairs| pairs.flips.as_slice()).unwrap_or_default();
        let view = View {
            name: &plan.name,
            description: plan.description.as_deref(),
            summary: self.summary(&questions),
            policy: policy(Some(SCRIPT)),
            style: STYLE,
            script: SCRIPT,
            verdict: verdict::verdict(plan, results, (self.checks, self.gates)),
            tradeoff: tradeoff::tradeoff(plan, results, self.checks),
            subjects: subjects::subjects(results),
            answers: answers::answers(plan, (&questions, &order), &texts),
            load: load::load(plan, results),
            servers: per_server(&results.groups),
            distributions: distributions::distributions(results),
            timeline: timeline::timeline(self.batches, results),
            money: money::costs(plan, results, &self.judging),
            provenance: provenance::provenance(plan, results, (self.manifest, self.earlier), self.spec.clone())?,
            facts: json(&Facts::new(plan, &groups, &columns.entries, flips))?,
            texts: pack::packed(json(&(&texts, &columns.words))?.as_bytes())?,
            columns: columns.text,
            pairs: pairs.as_ref(),
        };
        environment()?
            .get_template("page.html")
            .and_then(|template| template.render(Value::from(Serde(view))))
            .map_err(failed)
    }

    /// What was asked and what came back.
    fn summary(&self, questions: &[Question<'_>]) -> Vec<String> {
        let faults: u64 = self.results.summaries().map(|summary| summary.faults).sum();
        let several = |count: usize, noun: &str| (count > 1).then(|| counted(count, noun));
        let parts = [
            Some(counted(self.plan.models.len(), "model")),
            several(self.plan.datasets.len(), "dataset"),
            Some(counted(questions.len(), "question")),
            several(self.plan.levels.len(), "load level"),
            Some(counted(self.results.len(), "response")),
            (faults > 0).then(|| format!("{faults} failed")),
        ];
        parts.into_iter().flatten().collect()
    }
}

/// JSON that may stand in a page: nothing in it ends the element that holds it.
fn json(value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string(value);
    let text = text.map_err(|error| Error::Internal(format!("cannot serialize the report's data: {error}")))?;
    Ok(text.replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_texts_around_is_shown() {
        let mut environment = environment().unwrap();
        environment.add_template("x.html", "{{ name }}{{ mark|safe }}").unwrap();
        let texts = minijinja::context! { name => "<7\u{202e}0.5", mark => "<b>" };
        let page = environment.get_template("x.html").unwrap().render(texts).unwrap();
        assert_eq!(page, "&lt;7\\u{202e}0.5<b>");
    }
}
