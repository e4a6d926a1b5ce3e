//! What is read of a server and its machine while requests are sent.

use crate::endpoint::address;
use crate::endpoint::provider::Extras;
use crate::spec::types::MetricsSpec;

/// Where a server says what it does, if it is not told otherwise.
const METRICS: &str = "/metrics";

/// What is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observing {
    /// The page of the server's metrics.
    pub metrics: Option<MetricsPlan>,
    /// Whether the counters of energy of this machine are read.
    pub energy: bool,
}

/// A page of metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsPlan {
    /// Its address, with the placeholder of a port that is not known yet.
    pub url: String,
    /// True if it is at the endpoint's own origin, so that it is asked with the endpoint's headers.
    pub is_own: bool,
}

impl Observing {
    /// What a spec asks of an endpoint at this address.
    ///
    /// # Errors
    /// It cannot be what is meant; the text says why.
    pub(super) fn new(extras: Extras<'_>, url: &str) -> Result<Self, String> {
        if extras.energy && address::machine(url) != address::LOOPBACK {
            return Err(format!(
                "`energy` reads counters of this machine, but the server is at `{url}`: run smallbench where the server runs, \
                 or leave the key out"
            ));
        }
        let metrics = match extras.metrics {
            MetricsSpec::Off => None,
            MetricsSpec::Own => Some(MetricsPlan { url: origin(url) + METRICS, is_own: true }),
            MetricsSpec::At(text) => {
                let page =
                    address::with_stand_in(text, address::page_url).map_err(|why| format!("`metrics`: {why}"))?;
                let is_own = origin(&page) == origin(url);
                Some(MetricsPlan { url: page, is_own })
            }
        };
        Ok(Self { metrics, energy: extras.energy })
    }

    /// True if anything is read.
    pub fn is_on(&self) -> bool {
        self.energy || self.metrics.is_some()
    }
}

/// The origin of an address that may have the placeholder of a port.
fn origin(url: &str) -> String {
    address::with_stand_in(url, |url| Ok(address::origin(url))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn observing(metrics: &MetricsSpec, energy: bool, url: &str) -> Result<Observing, String> {
        let none = BTreeMap::new();
        let extras = Extras { headers: &none, headers_env: &none, query: &none, ca_file: None, metrics, energy };
        Observing::new(extras, url)
    }

    fn page(metrics: &MetricsSpec, url: &str) -> (String, bool) {
        let metrics = observing(metrics, false, url).unwrap().metrics.unwrap();
        (metrics.url, metrics.is_own)
    }

    #[test]
    fn only_a_page_at_the_same_origin_is_the_endpoints_own() {
        let at = |text: &str| MetricsSpec::At(text.into());
        let url = "http://h:8000/v1?a=b";
        assert_eq!(page(&MetricsSpec::Own, url), ("http://h:8000/metrics".into(), true));
        assert_eq!(page(&at("http://h:8000/m?model=x"), url), ("http://h:8000/m?model=x".into(), true));
        assert_eq!(page(&at("http://h:9090/metrics"), url), ("http://h:9090/metrics".into(), false));
        assert!(!page(&at("https://h:8000/metrics"), url).1);
        let started = "http://127.0.0.1:{port}/v1";
        assert_eq!(page(&MetricsSpec::Own, started), ("http://127.0.0.1:{port}/metrics".into(), true));
        assert_eq!(page(&at("http://127.0.0.1:{port}/m"), started), ("http://127.0.0.1:{port}/m".into(), true));
        assert!(!observing(&MetricsSpec::Off, false, url).unwrap().is_on());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let refused =
            |metrics: &str, energy, url| observing(&MetricsSpec::At(metrics.into()), energy, url).unwrap_err();
        assert!(refused("h:9090", false, "http://h/v1").starts_with("`metrics`: `h:9090` is"));
        assert!(refused("http://u:p@h/m", false, "http://h/v1").contains("user name or password"));
        assert!(refused("http://h/m", true, "http://h/v1").contains("`energy` reads counters of this machine"));
        assert!(observing(&MetricsSpec::Off, true, "http://localhost:1/v1").unwrap().energy);
    }
}
