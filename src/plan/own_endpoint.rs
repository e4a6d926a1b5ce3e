//! A model with headers or a site: it is asked at an endpoint of its own, which differs from that of the spec in them alone.

use super::endpoint::{EndpointPlan, SecretHeader};
use crate::id::{EndpointId, Id};
use crate::secret::Secret;
use crate::spec::expand::Environment;
use crate::spec::keys::is_key;
use crate::spec::types::ModelSpec;

/// The endpoint with the headers and the site of a model; added to the others unless one of them is the same.
///
/// # Errors
/// Why the headers cannot be sent; in words.
pub(super) fn endpoint(
    model: &ModelSpec,
    endpoints: &mut Vec<EndpointPlan>,
    environment: &Environment,
) -> Result<Option<EndpointId>, String> {
    let base = endpoints.iter().find(|endpoint| endpoint.name == model.endpoint);
    let has_headers = !(model.headers.is_empty() && model.headers_env.is_empty());
    let Some(base) = base.filter(|_| has_headers || model.site.is_some()) else { return Ok(None) };
    let mut own = base.clone();
    own.site.clone_from(&model.site);
    let placed = model.site.as_ref().map_or_else(|| base.name.clone(), |site| format!("{} @ {site}", base.name));
    own.name.clone_from(&placed);
    if has_headers {
        own.name = format!("{placed} ({})", model.name);
        add_headers(&mut own, model, environment)?;
    }
    let variables = |endpoint: &EndpointPlan| -> Vec<(String, String)> {
        endpoint.secret_headers.iter().map(|header| (header.name.clone(), header.variable.clone())).collect()
    };
    let start = format!("{placed} (");
    let is_same = |other: &EndpointPlan| {
        (other.name == placed || other.name.starts_with(&start))
            && (&other.site, &other.headers, variables(other)) == (&own.site, &own.headers, variables(&own))
    };
    if let Some(known) = endpoints.iter().position(is_same) {
        return Ok(Some(EndpointId::at(known)));
    }
    endpoints.push(own);
    Ok(Some(EndpointId::at(endpoints.len() - 1)))
}

/// Adds the headers of a model to its endpoint.
fn add_headers(own: &mut EndpointPlan, model: &ModelSpec, environment: &Environment) -> Result<(), String> {
    if own.serve.is_some() {
        return Err(
            "a model of a server that a run starts has no headers of its own; set them at the endpoint".to_owned()
        );
    }
    if model.headers_env.values().any(|variable| is_key(variable)) {
        return Err(
            "`headers_env` holds a key instead of the name of a variable; a key that others may have read is to be \
                    revoked"
                .to_owned(),
        );
    }
    let is_own =
        |name: &str| model.headers.keys().chain(model.headers_env.keys()).any(|own| own.eq_ignore_ascii_case(name));
    own.headers.retain(|(name, _)| !is_own(name));
    own.headers.extend(super::headers::written(&model.headers)?);
    own.secret_headers.retain(|header| !is_own(&header.name));
    own.secret_headers.extend(model.headers_env.iter().map(|(name, variable)| SecretHeader {
        name: name.clone(),
        variable: variable.clone(),
        value: environment.get(variable).filter(|value| !value.trim().is_empty()).map(|value| Secret::new(value)),
    }));
    Ok(())
}
