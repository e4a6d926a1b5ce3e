//! The check of responses that nobody requested.

use super::check::CheckStatus;
use super::found::Found;
use crate::format::counted;

/// What an endpoint sent without a request.
#[derive(Debug, Clone, Copy)]
pub struct EndpointSurplus<'g> {
    /// Name of the endpoint.
    pub endpoint: &'g str,
    /// Connections that received a response without a request.
    pub connections: usize,
    /// Answers that were dropped, as they may belong to other questions.
    pub dropped: usize,
}

/// Endpoints that sent responses without a request.
pub(super) fn surplus(endpoints: &[EndpointSurplus<'_>]) -> Found {
    let problem = |surplus: &EndpointSurplus<'_>| {
        let connections =
            format!("{} received a response that was not requested", counted(surplus.connections, "connection"));
        let dropped = match surplus.dropped {
            0 => "no other answer is affected".to_owned(),
            1 => {
                "1 answer that may belong to another question was dropped; rerun the command to ask it again".to_owned()
            }
            dropped => format!(
                "{dropped} answers that may belong to other questions were dropped; rerun the command to ask them again"
            ),
        };
        (surplus.endpoint.to_owned(), Some(format!("{connections}; {dropped}; connections are no longer reused")))
    };
    Found::of(endpoints.iter().map(problem), CheckStatus::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_is_told_and_none_is_no_check() {
        let of = |endpoint, dropped| EndpointSurplus { endpoint, connections: 1, dropped };
        let checks = surplus(&[of("local", 0), of("far", 2)]).into_checks("surplus");
        let told: Vec<String> = checks.iter().map(ToString::to_string).collect();
        assert!(told[0].starts_with("surplus (local): 1 connection received") && told[0].contains("no other answer"));
        assert!(told[1].starts_with("surplus (far): ") && told[1].contains("; 2 answers that may belong"), "{told:?}");
        assert_eq!(surplus(&[]).into_checks("surplus"), []);
    }
}
