//! Checks of what needs verdicts where nobody judges.

use super::found::{Found, key};
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;
use crate::spec::types::{JudgeSpec, Spec};

/// What needs verdicts where nobody judges.
pub(super) fn unjudged(spec: &Spec) -> Found {
    let remedy = "set a `judge`, such as `choice` or `exact`, or remove this";
    let mut found = Found::new();
    if !spec.is_judged() {
        let charts = spec.charts.iter().flatten().enumerate().filter(|(_, chart)| chart.needs_verdicts());
        found.extend(charts.map(|(index, _)| {
            let problem = Problem::new("a chart of scores needs a judge, and `judge` is `none`");
            (vec![key("charts"), PathSegment::Index(index)], problem.help(remedy))
        }));
        let gates = spec.gates.iter().enumerate().filter(|(_, gate)| gate.needs_verdicts());
        found.extend(gates.map(|(index, gate)| {
            let problem = Problem::new(format!("the gate `{gate}` needs a judge, and `judge` is `none`"));
            (vec![key("gates"), PathSegment::Index(index)], problem.help(remedy))
        }));
    }
    let of_experiment = (Vec::new(), spec.judge == JudgeSpec::None && !spec.is_judged(), Some(&spec.other_judges));
    let of_datasets = spec.datasets.iter().enumerate().map(|(index, dataset)| {
        let is_none = *dataset.judge_or(&spec.judge) == JudgeSpec::None;
        (vec![key("datasets"), PathSegment::Index(index)], is_none, dataset.other_judges.as_ref())
    });
    for (mut path, is_none, others) in std::iter::once(of_experiment).chain(of_datasets) {
        let others = others.filter(|others| !others.is_empty());
        path.push(key("other_judges"));
        if others.is_some() && is_none {
            let problem = Problem::new("`other_judges` stand beside a judge that scores, and `judge` is `none`");
            found.push((path, problem.help("make one of them the `judge`, or remove them")));
        } else if let Some((name, _)) = others.into_iter().flatten().find(|(_, judge)| **judge == JudgeSpec::None) {
            path.push(key(name));
            found.push((path, Problem::new("`none` judges nothing").help("remove this judge")));
        }
    }
    found
}
