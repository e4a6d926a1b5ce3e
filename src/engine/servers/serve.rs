//! Servers that the run starts before the first request to them, one at a time, and ends.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::connect::{Connection, network};
use crate::endpoint::address;
use crate::endpoint::breaker::Breaker;
use crate::endpoint::client::Client;
use crate::endpoint::transport::{HttpRequest, Network, Transport};
use crate::endpoint::wire::{Proxies, Trust};
use crate::engine::Context;
use crate::error::Error;
use crate::event::Stage;
use crate::format::{last_lines, seconds};
use crate::id::{EndpointId, Per};
use crate::plan::{EndpointPlan, Plan, ServePlan, Target};
use crate::program::Background;
use crate::report::names::safe_names;
use crate::work::batch::Batch;

/// Time between two looks at a server.
const LOOK: Duration = Duration::from_millis(100);

/// How long a server that does not answer any more may take to end.
const ENDING: Duration = Duration::from_secs(1);

/// The longest that a server may take to say whether it can be asked.
const LONGEST_LOOK: Duration = Duration::from_secs(5);

/// What a server says that runs and has no such page.
const NOT_FOUND: &str = "HTTP 404";

/// What to do then.
const NO_PAGE: &str = "the server runs and does not know the path in `serve.health`; write one there that it answers with success, \
                       such as `/health` or `/v1/models`";

/// Bytes of the end of a log that are looked at.
const LAST_BYTES: u64 = 16 << 10;

/// The servers of one machine, of which one runs at a time.
pub(in crate::engine) struct Servers<'c> {
    plan: &'c Plan,
    connections: &'c Per<EndpointId, Option<Connection>>,
    context: &'c Context<'c>,
    running: Option<Served>,
}

/// A server that runs.
struct Served {
    endpoint: EndpointId,
    /// The model that it was started for, if it was for one.
    model: Option<String>,
    client: Client,
    /// Its address.
    url: String,
    program: Arc<Background>,
    log: Log,
}

/// The part of a log file that a server has written.
struct Log {
    path: PathBuf,
    begin: u64,
}

impl<'c> Servers<'c> {
    pub(in crate::engine) fn new(
        plan: &'c Plan,
        connections: &'c Per<EndpointId, Option<Connection>>,
        context: &'c Context<'c>,
    ) -> Self {
        Self { plan, connections, context, running: None }
    }

    /// The client for a batch, whose server runs then; `None` if the run is stopped meanwhile.
    ///
    /// # Errors
    /// The server does not start.
    pub(in crate::engine) async fn client(&mut self, batch: &Batch) -> Result<Option<Client>, Error> {
        let id = batch.model.endpoint;
        let endpoint = &self.plan.endpoints[id];
        let Some(connection) = &self.connections[id] else { return Ok(None) };
        let Some(serve) = &endpoint.serve else {
            // A server that is not asked any more would take memory and time from this one.
            self.stop().await;
            return Ok(Some(connection.client.clone()));
        };
        let model = serve.is_per_model().then(|| batch.model.model.clone());
        if let Some(served) = self.running.as_ref().filter(|served| served.endpoint == id && served.model == model) {
            return Ok(Some(served.client.clone()));
        }
        self.stop().await;
        let start = Instant::now();
        let served = self.start((id, endpoint, serve), batch, &connection.client)?;
        let client = served.client.clone();
        let served = self.running.insert(served);
        tokio::select! {
            healthy = served.until_healthy(endpoint, serve, self.context) => healthy?,
            () = self.context.stop.drain.cancelled() => {
                self.stop().await;
                return Ok(None);
            }
        }
        let line = format!(
            "server of endpoint `{}` for {} ready after {}",
            endpoint.name,
            batch.model.name,
            seconds(start.elapsed().as_secs_f64())
        );
        self.context.finished(Stage::Generate, line);
        Ok(Some(client))
    }

    /// The address of the server that a batch is sent to.
    pub(in crate::engine) fn address(&self, batch: &Batch) -> String {
        let running = self.running.as_ref().filter(|served| served.endpoint == batch.model.endpoint);
        running.map_or_else(|| self.plan.endpoint_of(&batch.model).place(), |served| served.url.clone())
    }

    fn start(
        &self,
        (id, endpoint, serve): (EndpointId, &EndpointPlan, &ServePlan),
        batch: &Batch,
        client: &Client,
    ) -> Result<Served, Error> {
        let Target::Url(url) = &endpoint.target else {
            return Err(Error::Internal("a recording has no server".into()));
        };
        let port = if url.contains(address::PORT) { free_port()? } else { taken(endpoint, url)? };
        let url = address::with_port(url, port);
        let name = safe_names(&[format!("server-{}.log", endpoint.name)]).concat();
        let path = self.plan.output.folder.join(serve.log.clone().unwrap_or_else(|| name.into()));
        let command = serve.filled(&batch.model.model, port);
        let shown: Vec<_> = command.iter().map(|argument| argument.to_string_lossy()).collect();
        let (log, file) = Log::begin(path, &self.context.secrets.redacted(shown.join(" ")))?;
        let program = Background::start(&self.context.own, &command, &serve.folder, &file);
        let program =
            program.map_err(|error| log.error(endpoint, format!("cannot be started: {error}"), self.context))?;
        let patience = client.patience;
        let client = Client {
            transport: network(self.plan, endpoint, &url)?,
            // What became of the server before it says nothing of this one.
            breaker: Arc::new(Breaker::new(patience.attempts, patience.deadline)),
            ..client.clone()
        };
        let model = serve.is_per_model().then(|| batch.model.model.clone());
        Ok(Served { endpoint: id, model, client, url, program: Arc::new(program), log })
    }

    /// Cancelled when the run is drained, and when the server that runs is gone.
    pub(in crate::engine) fn gone(&self) -> CancellationToken {
        self.context.stop.drain.child_token()
    }

    /// Watches the server that runs, and cancels `gone` once it has ended; never returns.
    pub(in crate::engine) async fn watch(&self, gone: &CancellationToken) {
        if let Some(served) = &self.running {
            while !served.program.has_ended() {
                tokio::time::sleep(LOOK).await;
            }
            gone.cancel();
        }
        std::future::pending().await
    }

    /// Fails if the server that runs has ended. Where it `failed`, it may be about to end: a program that is killed closes its
    /// socket before its script exits.
    ///
    /// # Errors
    /// That it has, with its last words.
    pub(in crate::engine) async fn require(&mut self, failed: bool) -> Result<(), Error> {
        let end = Instant::now() + if failed { ENDING } else { Duration::ZERO };
        while self.running.as_ref().is_some_and(|served| !served.program.has_ended()) && Instant::now() < end {
            tokio::time::sleep(LOOK).await;
        }
        match self.running.take_if(|served| served.program.has_ended()) {
            Some(served) => Err(served.ended(&self.plan.endpoints[served.endpoint], self.context).await),
            None => Ok(()),
        }
    }

    /// Ends the server that runs.
    pub(in crate::engine) async fn stop(&mut self) {
        if let Some(served) = self.running.take() {
            served.end().await;
        }
    }
}

impl Served {
    async fn until_healthy(
        &self,
        endpoint: &EndpointPlan,
        serve: &ServePlan,
        context: &Context<'_>,
    ) -> Result<(), Error> {
        let end = Instant::now() + serve.start_timeout;
        let health = self.health(endpoint, serve)?;
        let mut last = String::from("nothing answers");
        while Instant::now() < end {
            if self.program.has_ended() {
                return Err(self.ended(endpoint, context).await);
            }
            match look(&health).await {
                Ok(()) => return Ok(()),
                Err(why) => last = why,
            }
            tokio::time::sleep(LOOK).await;
        }
        let limit = seconds(serve.start_timeout.as_secs_f64());
        let what = format!("is not ready within {limit}: {} at `{}`", last, serve.health);
        if last.starts_with(NOT_FOUND) {
            return Err(self.log.error_with(endpoint, (what, NO_PAGE.to_owned()), context));
        }
        Err(self.log.error(endpoint, what, context))
    }

    /// The way to the page that says whether it can be asked.
    fn health(&self, endpoint: &EndpointPlan, serve: &ServePlan) -> Result<Transport, Error> {
        let url = address::origin(&self.url) + &serve.health;
        let network = Network::new(&url, &[], (&Proxies::default(), &Trust::default()), LONGEST_LOOK);
        network.map(Transport::Network).map_err(|fault| Error::Serve {
            endpoint: endpoint.name.clone(),
            what: format!("cannot be asked at {url}: {}", fault.line()),
            words: String::new(),
            remedy: "correct `serve.health`".into(),
        })
    }

    /// The error of a server that has ended although it was not told to.
    async fn ended(&self, endpoint: &EndpointPlan, context: &Context<'_>) -> Error {
        let how = self.end().await.map_or_else(String::new, |status| format!(" ({status})"));
        self.log.error(endpoint, format!("has ended by itself{how}"), context)
    }

    async fn end(&self) -> Option<std::process::ExitStatus> {
        let program = Arc::clone(&self.program);
        tokio::task::spawn_blocking(move || program.end()).await.ok()?.ok()
    }
}

/// Whether a server can be asked; why not, if it cannot.
async fn look(health: &Transport) -> Result<(), String> {
    let request = HttpRequest { path: "", body: None, tag: None };
    let reply = tokio::time::timeout(LONGEST_LOOK, health.send(&request)).await;
    match reply {
        Err(_) => Err("no answer".into()),
        Ok(Err(_)) => Err("nothing answers".into()),
        Ok(Ok(reply)) if (200..300).contains(&reply.http_status) => Ok(()),
        Ok(Ok(reply)) => Err(format!("HTTP {}", reply.http_status)),
    }
}

/// A port that nobody uses.
fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("127.0.0.1"))?;
    listener.local_addr().map(|address| address.port()).map_err(Error::io("127.0.0.1"))
}

/// The port of an address that names one. A server that listens there already is not the one that is to be measured.
fn taken(endpoint: &EndpointPlan, url: &str) -> Result<u16, Error> {
    let port = address::port(url);
    if std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        return Ok(port);
    }
    Err(Error::Serve {
        endpoint: endpoint.name.clone(),
        what: format!("cannot be started: something already listens on port {port}"),
        words: String::new(),
        remedy: "stop it, or write `{port}` into `url` and `serve.command` for a free port".into(),
    })
}

impl Log {
    /// Adds the command to a log, and gives the file for what the server says.
    fn begin(path: PathBuf, command: &str) -> Result<(Self, File), Error> {
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(Error::io(&path))?;
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(Error::io(&path))?;
        writeln!(file, "$ {command}").map_err(Error::io(&path))?;
        let begin = file.metadata().map_err(Error::io(&path))?.len();
        Ok((Self { path, begin }, file))
    }

    /// An error with the last words of the server.
    fn error(&self, endpoint: &EndpointPlan, what: String, context: &Context<'_>) -> Error {
        let remedy = format!(
            "read {}, correct `serve.command` or raise `serve.start_timeout`, and rerun the command; received \
             responses are stored",
            self.path.display()
        );
        self.error_with(endpoint, (what, remedy), context)
    }

    fn error_with(&self, endpoint: &EndpointPlan, (what, remedy): (String, String), context: &Context<'_>) -> Error {
        let words = self.last_words().unwrap_or_default();
        Error::Serve {
            endpoint: endpoint.name.clone(),
            what,
            words: last_lines("its log ends with:", &context.secrets.redact(&words)),
            remedy,
        }
    }

    fn last_words(&self) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(self.begin.max(length.saturating_sub(LAST_BYTES))))?;
        let mut bytes = Vec::new();
        file.take(LAST_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
