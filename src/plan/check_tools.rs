//! Checks of tools that models may call.

use super::found::{Found, key};
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;
use crate::spec::types::{JudgeSpec, ModelGenerationSpec, Spec};
use crate::tool::Tool;

/// Tools of one name, which no API takes, and calls that are judged where no tool is offered.
pub(super) fn tools(spec: &Spec) -> Found {
    let mut found: Found = lists(spec).iter().flat_map(|(place, tools)| same_names(place, tools)).collect();
    if !offers_any(spec) {
        let of_datasets = spec.datasets.iter().enumerate();
        let own = of_datasets.filter_map(|(index, dataset)| {
            Some((vec![key("datasets"), PathSegment::Index(index), key("judge")], dataset.judge.as_ref()?))
        });
        let judges = std::iter::once((vec![key("judge")], &spec.judge)).chain(own);
        found.extend(judges.filter(|(_, judge)| matches!(judge, JudgeSpec::ToolCall(_))).map(|(path, _)| {
            let problem = Problem::new("`tool_call` judges calls, and no tool is offered");
            (path, problem.help("list the tools in `generation.tools`, or name the column of those of each row: `columns: { tools: … }`"))
        }));
    }
    found
}

/// The settings of generation that models and datasets have of their own, each with its place.
fn own_settings(spec: &Spec) -> impl Iterator<Item = (Vec<PathSegment>, &ModelGenerationSpec)> {
    let models = spec.models.iter().enumerate().map(|(index, model)| ("models", index, &model.generation));
    let datasets = spec.datasets.iter().enumerate().map(|(index, dataset)| ("datasets", index, &dataset.generation));
    let own = models.chain(datasets);
    own.filter_map(|(section, index, own)| Some((vec![key(section), PathSegment::Index(index)], own.as_ref()?)))
}

/// Every list of tools, each with the place of its section.
fn lists(spec: &Spec) -> Vec<(Vec<PathSegment>, &[Tool])> {
    let own = own_settings(spec).filter_map(|(place, own)| Some((place, own.tools.as_deref()?)));
    std::iter::once((Vec::new(), &*spec.generation.tools)).chain(own).collect()
}

fn same_names(place: &[PathSegment], tools: &[Tool]) -> Found {
    let repeated = tools.iter().enumerate().filter(|(index, tool)| tools[..*index].iter().any(|t| t.name == tool.name));
    let problem = |(index, tool): (usize, &Tool)| {
        let path = [place, &[key("generation"), key("tools"), PathSegment::Index(index), key("name")]].concat();
        (path, Problem::new(format!("two tools are called `{}`", tool.name)).help("give each a name of its own"))
    };
    repeated.map(problem).collect()
}

/// True if any request offers a tool, also by members of its body that the spec writes itself.
fn offers_any(spec: &Spec) -> bool {
    const MEMBERS: [&str; 2] = ["tools", "functions"];
    let bodies = own_settings(spec).filter_map(|(_, own)| own.extra_body.as_ref()).chain(&spec.generation.extra_body);
    let is_written = bodies.flat_map(|body| body.keys()).any(|member| MEMBERS.contains(&member.as_str()));
    let is_in_rows = spec.datasets.iter().any(|dataset| dataset.columns.tools.is_some());
    is_in_rows || is_written || lists(spec).iter().any(|(_, tools)| !tools.is_empty())
}
