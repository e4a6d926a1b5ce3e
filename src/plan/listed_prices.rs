//! `pricing.from`: models without a price of their own have that of a price list.

use std::path::Path;

use super::price_list::PriceList;
use crate::spec::Document;
use crate::spec::diagnostic::{Problem, suggestion};
use crate::spec::tree::PathSegment;
use crate::spec::types::PricingSpec;

/// Adds the prices of the list to those of the spec.
pub(super) fn fill(document: &mut Document, folder: &Path) -> Vec<Problem> {
    let spec = &document.spec;
    let Some((pricing, file)) = spec.pricing.as_ref().and_then(|pricing| Some((pricing, pricing.from.as_ref()?)))
    else {
        return Vec::new();
    };
    let at = |more: &[&str]| -> Vec<PathSegment> {
        std::iter::once(&"pricing").chain(more).map(|key| PathSegment::Key((*key).to_owned())).collect()
    };
    let list = match PriceList::load(&folder.join(file)) {
        Ok(list) => list,
        Err(message) => {
            let help = "write it with `smallbench prices update --from FILE`; the path is relative to the spec";
            return vec![document.located(Problem::new(message).help(help), &at(&["from"]))];
        }
    };
    let mut problems: Vec<Problem> = Vec::new();
    if pricing.currency != "USD" {
        let problem = Problem::new(format!("the prices of the list are in USD, not in {}", pricing.currency));
        problems.push(document.located(problem.help("remove `currency`"), &at(&["currency"])));
    }
    let mut found = Vec::new();
    for model in spec.models.iter().chain(spec.judge_models()) {
        if pricing.models.contains_key(&model.name) {
            continue;
        }
        let named = pricing.names.get(&model.name);
        let wanted = named.or(model.model.as_ref()).unwrap_or(&model.name);
        match list.price(wanted) {
            Ok(Some(price)) => found.push((model.name.clone(), price)),
            Ok(None) if named.is_some() => {
                let known: Vec<&str> =
                    list.models.keys().map(String::as_str).filter(|name| is_like(name, wanted)).collect();
                let problem =
                    Problem::new(format!("the price list has no `{wanted}`")).help(suggestion(wanted, &known));
                problems.push(document.located(problem, &at(&["names", &model.name])));
            }
            Ok(None) => {}
            Err(several) => {
                let problem = Problem::new(format!("the price list has several prices of `{wanted}`"));
                let help =
                    format!("say which: `names: {{ {}: {} }}`; it has {}", model.name, several[0], several.join(", "));
                problems.push(document.located(problem.help(help), &at(&["from"])));
            }
        }
    }
    problems.extend(unknown_names(document, pricing, &at));
    if let Some(pricing) = &mut document.spec.pricing {
        pricing.models.extend(found);
    }
    problems
}

/// True if two names have the same model, whatever the provider.
fn is_like(name: &str, wanted: &str) -> bool {
    let model = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    model(name).starts_with(&model(wanted).chars().take(4).collect::<String>())
}

/// Names of models that are not in the spec.
fn unknown_names(document: &Document, pricing: &PricingSpec, at: &dyn Fn(&[&str]) -> Vec<PathSegment>) -> Vec<Problem> {
    let spec = &document.spec;
    let known: Vec<&str> = spec.models.iter().chain(spec.judge_models()).map(|model| model.name.as_str()).collect();
    let unknown = pricing.names.keys().filter(|name| !known.contains(&name.as_str()));
    let problem = |name: &String| {
        let problem = Problem::new(format!("a price for unknown model `{name}`")).help(suggestion(name, &known));
        document.located(problem, &at(&["names", name]))
    };
    unknown.map(problem).collect()
}
