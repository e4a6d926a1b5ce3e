//! The judges of a spec, resolved.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::models::model;
use super::{EndpointPlan, JudgePlan, Judges, ModelPlan, calibration};
use crate::judge::Judge;
use crate::spec::Document;
use crate::spec::diagnostic::Problem;
use crate::spec::expand::Environment;
use crate::spec::tree::PathSegment;
use crate::spec::types::{GenerationSpec, JudgeSpec, ModelJudgeSpec};

/// The judges of each dataset: its own, else the experiment's. Every problem of every judge is added to `problems`.
pub(super) fn judges(
    document: &Document,
    endpoints: &[EndpointPlan],
    (folder, environment): (&Path, &Environment),
    problems: &mut Vec<Problem>,
) -> Vec<Judges> {
    let spec = &document.spec;
    let mut resolver = Resolver { document, endpoints, folder, environment, problems };
    let score = resolver.judge(&spec.judge, &[key("judge")]);
    let others = resolver.others(&spec.other_judges, &[]);
    let of_each = spec.datasets.iter().enumerate().filter_map(|(index, dataset)| {
        let path = [key("datasets"), PathSegment::Index(index)];
        let judge = dataset.judge_or(&spec.judge);
        let is_own = !std::ptr::eq(judge, &spec.judge);
        let own = is_own.then(|| resolver.judge(judge, &[&path[..], &[key("judge")]].concat()));
        let further = dataset.other_judges.as_ref().map(|others| resolver.others(others, &path));
        let score = own.unwrap_or_else(|| score.clone())?;
        // What nobody judges is read by none of the experiment's further judges either.
        let inherited = || if score.judge.is_none() { Vec::new() } else { others.clone() };
        let others = further.unwrap_or_else(inherited);
        Some(Judges { score, others })
    });
    of_each.collect()
}

fn key(name: &str) -> PathSegment {
    PathSegment::Key(name.to_owned())
}

/// What judges are resolved with.
struct Resolver<'r> {
    document: &'r Document,
    endpoints: &'r [EndpointPlan],
    folder: &'r Path,
    environment: &'r Environment,
    problems: &'r mut Vec<Problem>,
}

impl Resolver<'_> {
    /// The judges under a key `other_judges`.
    fn others(&mut self, others: &BTreeMap<String, JudgeSpec>, path: &[PathSegment]) -> Vec<(String, JudgePlan)> {
        let resolved = others.iter().filter_map(|(name, judge)| {
            let path = [path, &[key("other_judges"), key(name)]].concat();
            Some((name.clone(), self.judge(judge, &path)?))
        });
        resolved.collect()
    }

    fn judge(&mut self, spec: &JudgeSpec, path: &[PathSegment]) -> Option<JudgePlan> {
        let judge = self.sound(Judge::new(spec, self.folder, self.environment), path);
        let (models, calibration) = match spec {
            JudgeSpec::Model(asked) => (
                self.models(asked, &[path, &[key("model"), key("models")]].concat()),
                asked.calibration.as_ref().map(|file| self.sound(calibration::read(&self.folder.join(file)), path)),
            ),
            _ => (Vec::new(), None),
        };
        let calibration = calibration.unwrap_or_else(|| Some(Vec::new()))?;
        Some(JudgePlan { judge: Arc::new(judge?), models, calibration })
    }

    fn models(&mut self, asked: &ModelJudgeSpec, path: &[PathSegment]) -> Vec<ModelPlan> {
        let ground = (self.document, self.endpoints);
        let base = GenerationSpec {
            max_tokens: Some(asked.max_tokens),
            temperature: Some(asked.temperature),
            stream: self.document.spec.generation.stream,
            ..GenerationSpec::default()
        };
        let models = asked.models.iter().enumerate().filter_map(|(index, spec)| {
            let mut plan =
                model((spec, Some(&base)), &[path, &[PathSegment::Index(index)]].concat(), ground, self.problems)?;
            // Nobody reads what else a judge could have said.
            plan.parameters.options.top_logprobs = None;
            Some(plan)
        });
        models.collect()
    }

    /// What is sound; what is not becomes a problem at its place.
    fn sound<T>(&mut self, outcome: Result<T, String>, path: &[PathSegment]) -> Option<T> {
        outcome.map_err(|message| self.problems.push(self.document.located(Problem::new(message), path))).ok()
    }
}
