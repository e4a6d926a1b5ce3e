//! Which database holds a store, and how it is used: the address from the environment, which holds a password, and what
//! may be shown of it.

use std::path::Path;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::tls::Connector;
use crate::secret::Secret;
use crate::spec::keys::is_key;
use crate::store::postgres_error::PostgresError;
use crate::trust::Trust;

/// Longest time to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Time after which a network that is silent counts as cut.
const SILENCE: Duration = Duration::from_secs(15);

/// A store in a PostgreSQL database, as a spec names it.
#[derive(Debug, Clone)]
pub struct Database {
    /// The environment variable with the address.
    pub variable: String,
    /// Its value.
    pub url: Option<Secret>,
    /// The schema in which the tables are.
    pub schema: String,
    /// Most connections that read at once.
    pub pool: usize,
    /// How long a run waits for a database that is away or full.
    pub patience: Duration,
}

/// An address that was understood.
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) connector: Connector,
    pub(super) schema: String,
    /// Host, port, database and schema; neither user nor password.
    pub(super) place: String,
}

impl Database {
    /// What may be shown of it: the name of the variable.
    pub fn shown(&self) -> String {
        format!("PostgreSQL (${}, schema {})", self.variable, self.schema)
    }

    /// The parts of the address that are secret: the whole of it, user and password, and a password that is no plain word,
    /// which would be found in the answers of models as well.
    pub fn secrets(&self) -> Vec<Secret> {
        let Some(url) = &self.url else { return Vec::new() };
        let config = split(url.expose()).ok().and_then(|(rest, _)| rest.parse::<Config>().ok());
        let password = config.and_then(|config| String::from_utf8(config.get_password()?.to_vec()).ok());
        let authority = url.expose().split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        let both = authority.map(|(both, _)| both).filter(|both| both.contains(':'));
        let parts = both.into_iter().chain(password.as_deref().filter(|password| is_key(password)));
        parts.map(Secret::new).chain([url.clone()]).collect()
    }

    pub(super) fn address(&self) -> Result<Address, PostgresError> {
        let wrong = |why: String| PostgresError::Address { variable: self.variable.clone(), why };
        let url = self.url.as_ref().ok_or_else(|| PostgresError::Unset { variable: self.variable.clone() })?;
        let (rest, tls) = split(url.expose()).map_err(wrong)?;
        // The parser's own words may quote a part of the address.
        let mut config: Config =
            rest.parse().map_err(|_| wrong("it has to be like `postgresql://user:password@host:5432/name`".into()))?;
        if config.get_hosts().is_empty() {
            return Err(wrong("it names no host".into()));
        }
        config.ssl_mode(tls.mode()).connect_timeout(PATIENCE).tcp_user_timeout(SILENCE);
        config.keepalives_idle(SILENCE).keepalives_interval(SILENCE / 3).keepalives_retries(3);
        config.application_name("smallbench");
        let connector = tls.connector().map_err(wrong)?;
        let place = format!("{}, schema {}", place(&config), self.schema);
        Ok(Address { config, connector, schema: self.schema.clone(), place })
    }
}

/// What `sslmode` and `sslrootcert` of an address ask for, as PostgreSQL's own programs read them.
#[derive(Debug, PartialEq, Eq)]
enum Tls {
    Never,
    IfOffered,
    Always,
    Verified(Option<String>),
}

impl Tls {
    fn of(mode: Option<&str>, authorities: Option<String>) -> Result<Self, String> {
        Ok(match mode {
            Some("disable") => Self::Never,
            // A file of authorities is there to be used.
            Some("require") if authorities.is_some() => Self::Verified(authorities),
            Some("require") => Self::Always,
            Some("verify-ca" | "verify-full") => Self::Verified(authorities),
            None | Some("prefer" | "allow") => Self::IfOffered,
            Some(_) => return Err("`sslmode` is disable, prefer, require, or verify-full".into()),
        })
    }

    fn mode(&self) -> SslMode {
        match self {
            Self::Never => SslMode::Disable,
            Self::IfOffered => SslMode::Prefer,
            Self::Always | Self::Verified(_) => SslMode::Require,
        }
    }

    fn connector(&self) -> Result<Connector, String> {
        let trust = match self {
            Self::Verified(Some(file)) => Some(Trust::of_file(Path::new(file), "sslrootcert")?),
            Self::Verified(None) => Some(Trust::default()),
            _ => None,
        };
        Connector::new(trust.as_ref()).map_err(|error| format!("TLS cannot be set up: {error}"))
    }
}

/// An address without what it says of TLS, which the client library knows in part only.
fn split(url: &str) -> Result<(String, Tls), String> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("it has to begin with `postgresql://`".into());
    }
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut authorities, mut others) = (None, None, Vec::new());
    for part in query.split('&').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value),
            Some(("sslrootcert", value)) => authorities = Some(value.replace("%2F", "/").replace("%2f", "/")),
            _ => others.push(part),
        }
    }
    let tls = Tls::of(mode, authorities)?;
    let rest = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
    Ok((rest, tls))
}

fn place(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => String::new(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let name = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("{name} at {host}:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(url: &str) -> Database {
        Database {
            variable: "STORE".into(),
            url: Some(Secret::new(url)),
            schema: "smallbench".into(),
            pool: 1,
            patience: PATIENCE,
        }
    }

    #[test]
    fn an_address_shows_neither_user_nor_password() {
        let address = database("postgresql://anna:p4ss-word@db.example:6543/bench?sslmode=disable").address().unwrap();
        assert_eq!(address.place, "bench at db.example:6543, schema smallbench");
        assert_eq!(address.config.get_ssl_mode(), SslMode::Disable);
        for wrong in ["mysql://a:p4ss-word@h/d", "postgresql://a:p4ss-word@h:x/d", "postgresql:///d", "p4ss-word"] {
            let error = database(wrong).address().err().unwrap().to_string();
            assert!(!error.contains("p4ss-word"), "{error}");
        }
    }

    #[test]
    fn the_password_is_a_secret_also_where_it_is_escaped_and_a_plain_word_is_none() {
        let secrets = |url: &str| {
            database(url).secrets().iter().map(|secret| secret.expose().to_owned()).collect::<Vec<String>>()
        };
        let url = "postgresql://anna:p%40ss-word@h/d";
        assert_eq!(secrets(url), ["anna:p%40ss-word", "p@ss-word", url]);
        let url = "postgresql://postgres:postgres@h/d";
        assert_eq!(secrets(url), ["postgres:postgres", url]);
        assert_eq!(secrets("postgresql://h/d"), ["postgresql://h/d"]);
    }

    #[test]
    fn tls_is_as_the_address_says() {
        for (query, mode) in [
            ("", Some(Tls::IfOffered)),
            ("?sslmode=require", Some(Tls::Always)),
            ("?sslmode=require&sslrootcert=%2Fetc%2Fca.pem", Some(Tls::Verified(Some("/etc/ca.pem".into())))),
            ("?sslmode=verify-full&connect_timeout=3", Some(Tls::Verified(None))),
            ("?sslmode=maybe", None),
        ] {
            assert_eq!(split(&format!("postgresql://h/d{query}")).ok().map(|(_, tls)| tls), mode, "{query}");
        }
    }
}
