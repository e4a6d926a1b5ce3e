//! What a run was made from, found from its output folder.

use std::path::Path;

use super::session::Session;
use super::sharding::Sharding;
use super::spec_arguments::Overrides;
use crate::checksum::sha256;
use crate::error::Error;
use crate::plan::Plan;
use crate::report::manifest::Manifest;
use crate::report::origin::Origin;
use crate::store::Location;

const ITSELF: &str = "give the spec itself";

/// The plan of a spec, or of the run whose output folder is given in its place; and a warning if the spec is no longer
/// that of the run.
///
/// # Errors
/// The spec is not valid, or the folder does not lead to it.
pub(super) fn plan(folder: &Path, own: &Overrides, session: &Session) -> Result<(Plan, Option<String>), Error> {
    if !folder.is_dir() {
        return Ok((session.plan_at(folder, own)?, None));
    }
    let manifest = Manifest::load(folder).ok_or_else(|| {
        let text = format!("folder {} has no manifest that can be read", folder.display());
        Error::misuse(text, "give a spec, or the output folder of a run")
    })?;
    let Origin { spec, store, overrides, limit, shard, client } = manifest.origin;
    let spec = spec
        .ok_or_else(|| Error::misuse(format!("the manifest in {} does not name its spec", folder.display()), ITSELF))?;
    // Followed once, as later joins of paths do not look at links.
    let path = folder.join(&spec).canonicalize().map_err(|_| {
        let folder = folder.display();
        Error::misuse(format!("the spec of the run in {folder} is not at {spec} any more"), ITSELF)
    })?;
    let limit = own.limit.or(limit.and_then(|limit| u64::try_from(limit).ok()));
    let sets = overrides.into_iter().chain(own.sets.iter().cloned()).collect();
    let told = |own: Option<Sharding>, then: Option<String>| own.or(then.and_then(|part| part.parse().ok()));
    let (shard, client) = match (own.shard, own.client) {
        (None, None) => (told(None, shard), told(None, client)),
        own => own,
    };
    let mut plan = session.plan_at(&path, &Overrides { sets, limit, shard, client, site: own.site.clone() })?;
    if let Some(store) = store.map(|store| folder.join(store)).filter(|store| store.is_file()) {
        plan.output.store = Location::File(store);
    }
    let changed = changed(&plan, &manifest.spec_sha256, Path::new(&spec));
    Ok((plan, changed))
}

/// A warning if a spec has another text than that of a run.
fn changed(plan: &Plan, before: &str, spec: &Path) -> Option<String> {
    let now = sha256(plan.document.text().as_bytes());
    (now != before).then(|| {
        let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
        format!(
            "the spec {} is not the one that this run was made from (SHA-256 {} now, {} then); what follows is by the spec as it \
             is now",
            spec.display(),
            short(&now),
            short(before)
        )
    })
}
