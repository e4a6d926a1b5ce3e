//! The check of responses that nobody requested.

use std::collections::BTreeMap;

use super::check::CheckStatus;
use super::found::Found;
use crate::format::counted;
use crate::id::EndpointId;
use crate::plan::Plan;

/// What an endpoint sent without a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surplus {
    /// Connections that received a response without a request.
    pub connections: usize,
    /// Answers that were forgotten because of it: they may belong to other requests.
    pub forgotten: usize,
}

/// Endpoints that sent responses without a request.
pub(super) fn surplus(plan: &Plan, found: &BTreeMap<EndpointId, Surplus>) -> Found {
    let problem = |(endpoint, surplus): (&EndpointId, &Surplus)| {
        let connections =
            format!("{} received a response that was not requested", counted(surplus.connections, "connection"));
        let dropped = match surplus.forgotten {
            0 => "no other answer is affected".to_owned(),
            1 => {
                "1 answer that may belong to another question was dropped; rerun the command to ask it again".to_owned()
            }
            dropped => format!(
                "{dropped} answers that may belong to other questions were dropped; rerun the command to ask them again"
            ),
        };
        let told = format!("{connections}; {dropped}; connections are no longer reused");
        (plan.endpoints[*endpoint].name.clone(), Some(told))
    };
    Found::of(found.iter().map(problem), CheckStatus::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::EndpointPlan;
    use crate::tables::fixture::Fixture;

    #[test]
    fn each_endpoint_is_told_and_none_is_no_check() {
        let mut plan = Fixture::new(1).plan;
        let first = plan.endpoints.first().unwrap().clone();
        let named = |name: &str| EndpointPlan { name: name.into(), ..first.clone() };
        plan.endpoints = ["local", "far"].map(named).into_iter().collect();
        let surplus_of = |forgotten| Surplus { connections: 1, forgotten };
        let found = plan.endpoints.ids().zip([surplus_of(0), surplus_of(2)]).collect();
        let checks = surplus(&plan, &found).into_checks("surplus");
        let told: Vec<String> = checks.iter().map(ToString::to_string).collect();
        assert!(told[0].starts_with("surplus (local): 1 connection received") && told[0].contains("no other answer"));
        assert!(told[1].starts_with("surplus (far): ") && told[1].contains("; 2 answers that may belong"), "{told:?}");
        assert_eq!(surplus(&plan, &BTreeMap::new()).into_checks("surplus"), []);
    }
}
