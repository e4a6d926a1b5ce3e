//! The judges of a spec, resolved.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::endpoint::EndpointPlan;
use super::judge_plan::{JudgePlan, Judges};
use super::model::ModelPlan;
use super::models::model;
use super::{calibration, judging};
use crate::answer_form::ResponseFormat;
use crate::endpoint::provider::Schemas;
use crate::id::{EndpointId, Id};
use crate::judge::Judge;
use crate::spec::Document;
use crate::spec::diagnostic::Problem;
use crate::spec::expand::Environment;
use crate::spec::tree::PathSegment;
use crate::spec::types::{JudgeSpec, ModelJudgeSpec, Rotate, VerdictForm};

/// The judges of each dataset: its own, else the experiment's. Every problem of every judge is added to `problems`.
pub(super) fn judges(
    document: &Document,
    endpoints: &[EndpointPlan],
    (folder, environment): (&Path, &Environment),
    problems: &mut Vec<Problem>,
) -> Vec<Judges> {
    let spec = &document.spec;
    let mut resolver = Resolver { document, endpoints, folder, environment, problems, named: BTreeMap::new() };
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

/// A judge that only reads along says nothing about what is asked.
fn rotates_beside(document: &Document, path: &[PathSegment]) -> Problem {
    let path = [path, &[key("choice"), key("rotate")]].concat();
    let problem = Problem::new("`rotate` belongs to the judge that scores, because it decides what is asked")
        .help("set it under `judge`; every further judge reads the same answers");
    document.located(problem, &path)
}

/// What judges are resolved with.
struct Resolver<'r> {
    document: &'r Document,
    endpoints: &'r [EndpointPlan],
    folder: &'r Path,
    environment: &'r Environment,
    problems: &'r mut Vec<Problem>,
    /// Endpoint and model of each name of a model that judges.
    named: BTreeMap<String, (EndpointId, String)>,
}

impl Resolver<'_> {
    /// The judges under a key `other_judges`.
    fn others(&mut self, others: &BTreeMap<String, JudgeSpec>, path: &[PathSegment]) -> Vec<(String, JudgePlan)> {
        let resolved = others.iter().filter_map(|(name, judge)| {
            let path = [path, &[key("other_judges"), key(name)]].concat();
            let resolved = self.judge(judge, &path)?;
            if resolved.rotations.is_some() {
                self.problems.push(rotates_beside(self.document, &path));
            }
            Some((name.clone(), resolved))
        });
        resolved.collect()
    }

    fn judge(&mut self, spec: &JudgeSpec, path: &[PathSegment]) -> Option<JudgePlan> {
        let judge = self.sound(Judge::new(spec, self.folder, self.environment), path);
        let (models, calibration) = match spec {
            JudgeSpec::Model(asked) => (
                self.models(asked, judge.as_ref(), &[path, &[key("model")]].concat()),
                asked.calibration.as_ref().map(|file| self.sound(calibration::read(&self.folder.join(file)), path)),
            ),
            _ => (Vec::new(), None),
        };
        if let JudgeSpec::Model(asked) = spec
            && asked.pairwise
            && self.document.spec.models.len() < 2
        {
            let path = [path, &[key("model"), key("pairwise")]].concat();
            let problem = Problem::new("`pairwise` compares the answers of models, and the experiment has one");
            self.problems.push(self.document.located(problem.help("add a model, or remove `pairwise`"), &path));
        }
        let calibration = calibration.unwrap_or_else(|| Some(Vec::new()))?;
        let rotate = if let JudgeSpec::Choice(choice) = spec { choice.rotate } else { Rotate::Off };
        Some(JudgePlan { judge: Arc::new(judge?), models, calibration, rotations: rotate.most() })
    }

    fn models(&mut self, asked: &ModelJudgeSpec, judge: Option<&Judge>, path: &[PathSegment]) -> Vec<ModelPlan> {
        // What holds for the models that are judged, such as a form of their answers, does not hold for a judge.
        let generation = judging::generation(asked, self.document.spec.generation.stream);
        let ground = (self.document, self.endpoints);
        let mut models = Vec::new();
        for (index, spec) in asked.models.iter().enumerate() {
            let path = [path, &[key("models"), PathSegment::Index(index)]].concat();
            let Some(plan) = model((spec, Some(&generation)), &path, ground, self.problems) else { continue };
            let place = (plan.endpoint, plan.model.clone());
            if models.iter().any(|known: &ModelPlan| known.name == plan.name)
                || *self.named.entry(plan.name.clone()).or_insert_with(|| place.clone()) != place
            {
                let problem = Problem::new(format!("another model that judges is called `{}`", plan.name))
                    .help("give each its own `name`; votes, prices, the lock file and tables go by it");
                self.problems.push(self.document.located(problem, &[&path[..], &[key("name")]].concat()));
            }
            models.push(plan);
        }
        if let Some(Judge::Model(judge)) = judge.filter(|_| self.wants_schema(asked.verdict, &models, path)) {
            for model in &mut models {
                model.parameters.options.response_format = Some(ResponseFormat::JsonSchema(judge.schema()));
            }
        }
        models
    }

    /// Whether verdicts are asked for by a schema; a problem if they cannot be.
    fn wants_schema(&mut self, form: VerdictForm, models: &[ModelPlan], path: &[PathSegment]) -> bool {
        let schemas =
            |model: &ModelPlan| self.endpoints.get(model.endpoint.place()).map(|known| known.provider.schemas());
        match form {
            VerdictForm::Line => false,
            VerdictForm::Auto => models.iter().all(|model| schemas(model) == Some(Schemas::All)),
            VerdictForm::Schema => {
                let unable = models.iter().find(|model| schemas(model) == Some(Schemas::None));
                if let Some(model) = unable {
                    let problem = Problem::new(format!("the API of `{}` holds no answer to a schema", model.name))
                        .help("use `verdict: line`, or `api: chat` on its endpoint");
                    self.problems.push(self.document.located(problem, &[path, &[key("verdict")]].concat()));
                }
                unable.is_none()
            }
        }
    }

    /// What is sound; what is not becomes a problem at its place.
    fn sound<T>(&mut self, outcome: Result<T, String>, path: &[PathSegment]) -> Option<T> {
        outcome.map_err(|message| self.problems.push(self.document.located(Problem::new(message), path))).ok()
    }
}
