//! New connections: TCP, through a proxy where the environment names one, and TLS.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::header::HeaderValue;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::stamped::{SocketTimestamps, Stamped};
use crate::trust::Trust;

/// Time for an answer to the greeting of TLS.
const GREETING: Duration = Duration::from_secs(3);

/// Proxies as the environment names them; see [`Proxies::of`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For addresses of any kind (`ALL_PROXY`).
    pub all: Option<String>,
    /// For http addresses (`HTTP_PROXY`).
    pub http: Option<String>,
    /// For https addresses (`HTTPS_PROXY`).
    pub https: Option<String>,
    /// Hosts that are reached without one (`NO_PROXY`).
    pub none: Option<String>,
}

impl Proxies {
    /// The proxies by the usual variables, in capitals or not.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let either = |name: &str| variable(name).or_else(|| variable(&name.to_lowercase()));
        let set = |name: &str| either(name).filter(|value| !value.trim().is_empty());
        Self { all: set("ALL_PROXY"), http: set("HTTP_PROXY"), https: set("HTTPS_PROXY"), none: set("NO_PROXY") }
    }

    fn matcher(&self) -> Matcher {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Matcher::builder()
            .all(text(&self.all))
            .http(text(&self.http))
            .https(text(&self.https))
            .no(text(&self.none))
            .build()
    }
}

/// Both directions of a connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Why there is no connection.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Makes connections to one server.
pub(super) struct Connector {
    target: Uri,
    tcp: HttpConnector,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    proxy: Option<Intercept>,
}

impl Connector {
    /// A connector for the server of an address.
    pub(super) fn new(
        target: Uri,
        (proxies, trust): (Option<&Proxies>, &Trust),
        timeout: Duration,
    ) -> Result<Self, Failure> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(timeout));
        let is_https = target.scheme_str() == Some("https");
        let tls = if is_https { Some((trust.tls()?, server_name(&target)?)) } else { None };
        let proxy = proxies.and_then(|proxies| proxies.matcher().intercept(&target));
        Ok(Self { target, tcp, tls, proxy })
    }

    /// `Some` if a proxy forwards requests and so needs whole addresses, which is so for http (https passes through it);
    /// in it, the header that authenticates to the proxy.
    pub(super) fn forwarding(&self) -> Option<Option<&HeaderValue>> {
        let proxy = self.proxy.as_ref().filter(|_| self.tls.is_none())?;
        Some(proxy.basic_auth())
    }

    /// A new connection.
    pub(super) async fn connect(&self, timestamps: &Arc<SocketTimestamps>) -> Result<Box<dyn Stream>, Failure> {
        let socket = Stamped::new(self.socket().await?, Arc::clone(timestamps));
        Ok(match &self.tls {
            None => Box::new(socket),
            Some((tls, name)) => Box::new(tls.connect(name.clone(), socket).await?),
        })
    }

    /// True if what is behind an http address speaks TLS: it answers the greeting of TLS in kind, whatever its certificate.
    pub(super) async fn speaks_tls(&self) -> bool {
        let greeting = async {
            let (tls, name) = (Trust::default().tls()?, server_name(&self.target)?);
            Ok::<_, Failure>(tls.connect(name, self.socket().await?).await)
        };
        match tokio::time::timeout(GREETING, greeting).await {
            Ok(Ok(Ok(_))) => true,
            Ok(Ok(Err(error))) => error
                .get_ref()
                .and_then(|error| error.downcast_ref())
                .is_some_and(|error| !matches!(error, rustls::Error::InvalidMessage(_))),
            _ => false,
        }
    }

    async fn socket(&self) -> Result<TcpStream, Failure> {
        let mut tcp = self.tcp.clone();
        let socket = match &self.proxy {
            None => tcp.call(self.target.clone()).await?,
            Some(proxy) if self.tls.is_none() => tcp.call(proxy.uri().clone()).await?,
            Some(proxy) => {
                let tunnel = Tunnel::new(proxy.uri().clone(), tcp);
                let mut tunnel = match proxy.basic_auth() {
                    Some(auth) => tunnel.with_auth(auth.clone()),
                    None => tunnel,
                };
                tunnel.call(self.target.clone()).await?
            }
        };
        Ok(socket.into_inner())
    }
}

fn server_name(target: &Uri) -> Result<ServerName<'static>, Failure> {
    let host = target.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    Ok(ServerName::try_from(host.to_owned())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_found_by_either_spelling() {
        let proxies = Proxies::of(|name| match name {
            "HTTP_PROXY" => Some("http://a:1".into()),
            "https_proxy" => Some("http://b:2".into()),
            "ALL_PROXY" => Some(" ".into()),
            _ => None,
        });
        assert_eq!((proxies.http.as_deref(), proxies.https.as_deref()), (Some("http://a:1"), Some("http://b:2")));
        assert_eq!((proxies.all, proxies.none), (None, None));
    }

    #[test]
    fn a_proxy_stands_before_what_it_is_for() {
        let proxies =
            Proxies { http: Some("http://u:p@proxy:1".into()), none: Some("near".into()), ..Proxies::default() };
        let forwarding = |address: &str| {
            let connector =
                Connector::new(address.parse().unwrap(), (Some(&proxies), &Trust::default()), Duration::from_secs(1))
                    .unwrap();
            connector.forwarding().map(|auth| auth.is_some())
        };
        assert_eq!(forwarding("http://far/v1"), Some(true));
        assert_eq!(forwarding("http://near/v1"), None);
        assert_eq!(forwarding("https://far/v1"), None);
    }
}
