//! The check of sites: the same name has to be the same model everywhere.

use super::check::CheckStatus;
use super::found::Found;
use crate::id::{ModelId, Per};
use crate::plan::Plan;

/// Models that have another digest at a site than at the first one that tells it, so that their times compare models as
/// well as machines.
pub(super) fn unlike_sites(plan: &Plan, digests: &Per<ModelId, Option<String>>) -> Found {
    let placed = plan.models.with_ids().filter(|(_, model)| model.site.is_some());
    let told: Vec<(ModelId, &str)> = placed.filter_map(|(id, _)| Some((id, digests[id].as_deref()?))).collect();
    let problem = |(id, digest): (ModelId, &str)| {
        let model = &plan.models[id];
        let is_same = |other: ModelId| {
            let other = &plan.models[other];
            other.model == model.model && other.site != model.site && other.parameters == model.parameters
        };
        let (first, known) = told.iter().take_while(|(other, _)| *other != id).find(|(other, _)| is_same(*other))?;
        if *known == digest {
            return None;
        }
        let site = plan.models[*first].site.as_deref().unwrap_or_default();
        let short = |digest: &str| digest.chars().take(12).collect::<String>();
        let message = format!(
            "its digest is {}, and {} at site `{site}`: they are two models, so their times do not compare the machines; \
             pull the same one at both",
            short(digest),
            short(known)
        );
        Some((model.name.clone(), Some(message)))
    };
    Found::of(told.iter().copied().filter_map(problem), CheckStatus::Warned)
}
