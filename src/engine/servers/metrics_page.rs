//! The page on which a server says what it does.

use std::time::Duration;

use tokio::time::timeout;

use super::connect::headers;
use crate::endpoint::address;
use crate::endpoint::fault::Fault;
use crate::endpoint::transport::{HttpRequest, Network, Transport};
use crate::plan::{EndpointPlan, MetricsPlan, Plan};
use crate::secret::Secrets;
use crate::telemetry::{self, SERVERS, Said};

/// The longest that a page may take.
const LONGEST: Duration = Duration::from_secs(2);

/// The largest page, in bytes.
const LARGEST: usize = 8 << 20;

/// The page of a server's metrics.
pub struct MetricsPage {
    way: Result<Transport, String>,
    secrets: Secrets,
}

impl MetricsPage {
    /// The page of an endpoint whose server is at this address. Headers and with them keys go to the endpoint's own origin
    /// alone.
    pub fn new(plan: &Plan, endpoint: &EndpointPlan, (page, url): (&MetricsPlan, &str), secrets: &Secrets) -> Self {
        let headers = if page.is_own { headers(endpoint) } else { Vec::new() };
        let page = address::with_port(&page.url, address::port(url));
        let way = Network::new(&page, &headers, (&plan.proxies, &endpoint.trust), LONGEST);
        let way = way.map(Transport::Network).map_err(|fault| fault.line());
        Self { way, secrets: secrets.clone() }
    }

    /// What it says.
    ///
    /// # Errors
    /// It cannot be read, or says nothing that is known; the text says why.
    pub async fn said(&self) -> Result<Said, String> {
        let way = self.way.as_ref().map_err(Clone::clone)?;
        let text = timeout(LONGEST, text(way)).await.unwrap_or_else(|_| Err("no answer within 2 s".into()));
        let text = text.map_err(|why| self.secrets.redacted(why))?;
        let said = telemetry::read(&String::from_utf8_lossy(&text));
        match (said.words.is_empty(), said.odd) {
            (true, None) => Err(format!("no line of it is one of {SERVERS}")),
            (true, Some(odd)) => Err(odd),
            (false, odd) => Ok(Said { words: said.words, odd }),
        }
    }
}

/// The text of the page.
async fn text(way: &Transport) -> Result<Vec<u8>, String> {
    let request = HttpRequest { path: "", body: None, tag: None };
    let mut reply = way.send(&request).await.map_err(|fault| fault.line())?;
    let mut text = Vec::new();
    while let Some((_, chunk)) = reply.chunk().await.map_err(|fault| fault.line())? {
        text.extend_from_slice(&chunk);
        if text.len() > LARGEST {
            return Err(format!("it is larger than {} MB", LARGEST >> 20));
        }
    }
    match reply.http_status {
        200..300 => Ok(text),
        status => Err(refusal(status, &text)),
    }
}

/// What a server that has no such page says, and how it gets one.
fn refusal(status: u16, body: &[u8]) -> String {
    let words = Fault::of_http(status, body, None).message;
    let words = if words.is_empty() { words } else { format!(": {words}") };
    let remedy = match status {
        404 | 501 if !words.contains("--metrics") => {
            "; llama-server has it with `--metrics`, SGLang with `--enable-metrics`"
        }
        300..400 => "; write the address that it leads to as `metrics`",
        _ => "",
    };
    format!("HTTP {status}{words}{remedy}")
}
