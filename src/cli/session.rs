//! The context of a command: the environment and the secrets of the process.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::process_env;
use super::siting::Siting;
use super::spec_arguments::{Overrides, Spec};
use crate::console;
use crate::console::reporter::Reporter;
use crate::console::screen::{Mode, Screen, Wishes};
use crate::dataset::HubSettings;
use crate::error::Error;
use crate::files::read_bounded;
use crate::plan::{EndpointPlan, Options, Plan, resolve};
use crate::secret::{Secret, Secrets};
use crate::spec::expand::Environment;
use crate::spec::extends::MOST_BYTES;
use crate::spec::{self, Document};

/// Variables whose whole value is a secret.
const TOKENS: [&str; 2] = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

/// Variables with the address of a proxy, which may hold a password.
const PROXIES: [&str; 3] = ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"];

/// One call of the program.
pub(super) struct Session {
    /// The process's environment.
    pub(super) environment: Environment,
    /// All secrets known so far.
    pub(super) secrets: Secrets,
}

impl Session {
    /// Reads the environment and its well-known secrets.
    pub(super) fn start() -> Self {
        let session = Self { environment: process_env::environment(), secrets: Secrets::default() };
        TOKENS.iter().for_each(|name| session.add_variable(name));
        for name in PROXIES {
            for name in [name.to_owned(), name.to_lowercase()] {
                session.environment.get(&name).into_iter().for_each(|address| session.add_password(address));
            }
        }
        session
    }

    /// Reads a spec and resolves it into a plan. The keys that it names become secrets, even if it is invalid.
    pub(super) fn plan(&self, arguments: &Spec) -> Result<Plan, Error> {
        self.plan_at(&arguments.spec, &arguments.overrides)
    }

    /// The same, compared with another baseline than the spec's.
    pub(super) fn plan_against(&self, arguments: &Spec, baseline: Option<PathBuf>) -> Result<Plan, Error> {
        self.resolved(&arguments.spec, &arguments.overrides, baseline)
    }

    /// The same for a spec at a path.
    pub(super) fn plan_at(&self, spec: &Path, overrides: &Overrides) -> Result<Plan, Error> {
        self.resolved(spec, overrides, None)
    }

    fn resolved(&self, spec: &Path, overrides: &Overrides, baseline: Option<PathBuf>) -> Result<Plan, Error> {
        let bytes = read_bounded(spec, MOST_BYTES).map_err(|source| {
            let path = spec.display();
            if source.kind() == std::io::ErrorKind::NotFound {
                Error::misuse(format!("spec {path} does not exist"), "`smallbench init NAME` writes one to start from")
            } else {
                Error::Usage(format!("cannot read the spec {path}: {source}"))
            }
        })?;
        let texts = [String::from_utf8_lossy(&bytes)].into_iter();
        for text in texts.chain(overrides.sets.iter().map(Cow::from)) {
            self.add_mentioned(&text);
        }
        let environment = &self.environment;
        let mut document = self.loaded(spec, &bytes, &overrides.sets)?;
        let siting = Siting::find(overrides.site.as_deref(), environment).map_err(Error::Usage)?;
        if let (Some(site), false) = (&overrides.site, document.has_sites()) {
            let sets: Vec<String> = overrides.sets.iter().cloned().chain([format!("sites=[\"{site}\"]")]).collect();
            document = self.loaded(spec, &bytes, &sets)?;
        }
        let site = self.checked(siting, &document)?;
        let limit = overrides.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let shard = overrides.part(environment).map_err(Error::Usage)?;
        if let Some((shard, Some(source))) = &shard {
            self.reporter(false).note(&format!("this run is {} {shard}, by {source}", shard.noun()));
        }
        let shard = shard.map(|(shard, _)| shard);
        let plan = resolve(document, environment, &Options { limit, baseline, shard, site }).map_err(Error::Spec)?;
        plan.check_parts().map_err(Error::Usage)?;
        plan.endpoints.iter().flat_map(EndpointPlan::secrets).for_each(|key| self.secrets.add(key));
        plan.output.store.secrets().iter().for_each(|secret| self.secrets.add(secret));
        Ok(plan)
    }

    fn loaded(&self, spec: &Path, bytes: &[u8], sets: &[String]) -> Result<Document, Error> {
        let loaded = spec::load(spec, bytes, &self.environment, sets);
        // Those of the specs that it extends.
        let sources = loaded.as_ref().map_or_else(|diagnosis| &diagnosis.sources, |document| &document.sources);
        sources.iter().for_each(|source| self.add_mentioned(&source.text));
        loaded.map_err(Error::Spec)
    }

    /// The site of this machine, if the experiment has sites.
    fn checked(&self, siting: Option<Siting>, document: &Document) -> Result<Option<String>, Error> {
        let Some(Siting { name, source }) = siting.filter(|_| document.has_sites()) else { return Ok(None) };
        match source {
            Some(source) => self.reporter(false).note(&format!("this machine is site `{name}`, by {source}")),
            None if document.sites().any(|site| site == name) => {}
            None => {
                let mut sites: Vec<String> = document.sites().map(|site| format!("`{site}`")).collect();
                sites.sort();
                sites.dedup();
                return Err(Error::misuse(
                    format!("`{name}` is none of the experiment's sites ({})", sites.join(", ")),
                    "add it to `sites`, or pass one of them",
                ));
            }
        }
        Ok(Some(name))
    }

    /// Settings of the Hugging Face Hub.
    pub(super) fn hub(&self) -> HubSettings {
        let hub = process_env::hub(&self.environment);
        hub.token.iter().for_each(|token| self.secrets.add(&Secret::new(token)));
        hub
    }

    /// A reporter that redacts secrets.
    pub(super) fn reporter(&self, json: bool) -> Reporter {
        self.reporter_as(Wishes { json, ..Wishes::default() })
    }

    /// A reporter of tables, which show all columns if that is wished for.
    pub(super) fn reporter_of_tables(&self, wide: bool) -> Reporter {
        self.reporter_as(Wishes { wide, ..Wishes::default() })
    }

    /// A reporter that shows a run as it is wished for.
    pub(super) fn reporter_as(&self, wishes: Wishes) -> Reporter {
        Reporter::new(
            Mode::choose(wishes, &self.environment),
            Screen::look(&self.environment, wishes),
            self.secrets.clone(),
        )
    }

    /// Prints an error, and as an event where a run is shown by events.
    pub(super) fn fail(&self, error: &Error, is_json: bool) {
        if is_json {
            self.reporter(true).failed(error);
        }
        console::error::print(error, &self.environment, &self.secrets);
    }

    /// Marks the keys that the text of a spec mentions as secrets.
    fn add_mentioned(&self, text: &str) {
        let keys = spec::keys::mentioned(text);
        keys.variables.iter().for_each(|name| self.add_variable(name));
        keys.values.iter().for_each(|key| self.secrets.add(&Secret::new(key)));
    }

    /// Marks the value of a variable as a secret.
    pub(super) fn add_variable(&self, name: &str) {
        self.environment.get(name).into_iter().for_each(|value| self.secrets.add(&Secret::new(value)));
    }

    fn add_password(&self, address: &str) {
        let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
        let Some((user, _)) = authority.rsplit_once('@') else { return };
        // Together with the user name, because that is how it is sent.
        self.secrets.add(&Secret::new(user));
        user.split_once(':').into_iter().for_each(|(_, password)| self.secrets.add(&Secret::new(password)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_proxy_is_a_secret() {
        let session = Session { environment: Environment::new(), secrets: Secrets::default() };
        session.add_password("http://anna:p4ss-w0rd@proxy:3128/");
        session.add_password("http://proxy:3128/");
        assert_eq!(
            session.secrets.redact("tunnel with p4ss-w0rd to proxy:3128"),
            "tunnel with [redacted] to proxy:3128"
        );
        assert_eq!(session.secrets.redact("Basic YW5uYTpwNHNzLXcwcmQ="), "Basic [redacted]Q=");
    }
}
