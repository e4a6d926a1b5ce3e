//! The judges of a spec, resolved.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::models::model;
use super::{EndpointPlan, JudgePlan, Judges, calibration};
use crate::judge::Judge;
use crate::spec::Document;
use crate::spec::diagnostic::Problem;
use crate::spec::expand::Environment;
use crate::spec::tree::PathSegment;
use crate::spec::types::JudgeSpec;

/// The judges of each dataset: its own, else the experiment's.
pub(super) fn judges(
    document: &Document,
    endpoints: &[EndpointPlan],
    (folder, environment): (&Path, &Environment),
    problems: &mut Vec<Problem>,
) -> Vec<Judges> {
    let spec = &document.spec;
    let key = |name: &str| PathSegment::Key(name.to_owned());
    let mut compile = |judge: &JudgeSpec, path: &[PathSegment]| {
        let compiled =
            Judge::new(judge, folder, environment).map_err(|message| document.located(Problem::new(message), path));
        let compiled = compiled.map_err(|problem| problems.push(problem)).ok()?;
        let asked = match judge {
            JudgeSpec::Model(model) => (model.models.as_slice(), [path, &[key("model"), key("models")]].concat()),
            _ => (&[][..], Vec::new()),
        };
        let models = asked.0.iter().enumerate().filter_map(|(index, spec)| {
            let path = [asked.1.as_slice(), &[PathSegment::Index(index)]].concat();
            model(spec, &path, (document, endpoints), problems)
        });
        let models = models.collect();
        let labels = match judge {
            JudgeSpec::Model(model) => model.calibration.as_ref().map(|path| calibration::read(&folder.join(path))),
            _ => None,
        };
        let labels = labels.transpose().map_err(|message| document.located(Problem::new(message), path));
        let calibration = labels.map_err(|problem| problems.push(problem)).ok()?.unwrap_or_default();
        Some(JudgePlan { models, judge: Arc::new(compiled), calibration })
    };
    let mut of = |judge: &JudgeSpec, others: &BTreeMap<String, JudgeSpec>, path: &[PathSegment]| {
        let score = compile(judge, &[path, &[key("judge")]].concat());
        let others = others.iter().filter_map(|(name, judge)| {
            Some((name.clone(), compile(judge, &[path, &[key("other_judges"), key(name)]].concat())?))
        });
        let others = others.collect();
        Some(Judges { score: score?, others })
    };
    let Some(common) = of(&spec.judge, &spec.other_judges, &[]) else { return Vec::new() };
    let own = spec.datasets.iter().enumerate().filter_map(|(index, dataset)| {
        let path = [key("datasets"), PathSegment::Index(index)];
        let score = dataset.judge.as_ref().map(|judge| of(judge, &BTreeMap::new(), &path));
        let others = dataset.other_judges.as_ref().map(|others| of(&spec.judge, others, &path));
        Some(Judges {
            score: score.map_or_else(|| Some(common.score.clone()), |own| own.map(|own| own.score))?,
            others: others.map_or_else(|| Some(common.others.clone()), |own| own.map(|own| own.others))?,
        })
    });
    own.collect()
}
