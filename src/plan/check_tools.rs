//! Checks of tools that models may call.

use super::found::{Found, key};
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;
use crate::spec::types::{JudgeSpec, Spec};
use crate::tool::Tool;

/// Tools of one name, which no API takes, and calls that are judged where no tool is offered.
pub(super) fn tools(spec: &Spec) -> Found {
    let mut found = same_names(&[], &spec.generation.tools);
    for (index, model) in spec.models.iter().enumerate() {
        let own = model.generation.as_ref().and_then(|generation| generation.tools.as_deref());
        found.extend(same_names(&[key("models"), PathSegment::Index(index)], own.unwrap_or_default()));
    }
    for (index, dataset) in spec.datasets.iter().enumerate() {
        let own = dataset.generation.as_ref().and_then(|generation| generation.tools.as_deref());
        found.extend(same_names(&[key("datasets"), PathSegment::Index(index)], own.unwrap_or_default()));
    }
    if !offers_any(spec) {
        let of_datasets = spec.datasets.iter().enumerate();
        let own = of_datasets.filter_map(|(index, dataset)| {
            Some((vec![key("datasets"), PathSegment::Index(index), key("judge")], dataset.judge.as_ref()?))
        });
        let judges = std::iter::once((vec![key("judge")], &spec.judge)).chain(own);
        found.extend(judges.filter(|(_, judge)| matches!(judge, JudgeSpec::ToolCall(_))).map(|(path, _)| {
            let problem = Problem::new("`tool_call` judges calls, and no tool is offered");
            (path, problem.help("list the tools in `generation.tools`"))
        }));
    }
    found
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
    let of_models = spec.models.iter().filter_map(|model| model.generation.as_ref());
    let own: Vec<_> = spec.datasets.iter().filter_map(|dataset| dataset.generation.as_ref()).chain(of_models).collect();
    let bodies = own.iter().filter_map(|own| own.extra_body.as_ref()).chain(&spec.generation.extra_body);
    let is_offered = !spec.generation.tools.is_empty() || own.iter().any(|own| own.tools.iter().flatten().count() > 0);
    is_offered || bodies.flat_map(|body| body.keys()).any(|member| MEMBERS.contains(&member.as_str()))
}
