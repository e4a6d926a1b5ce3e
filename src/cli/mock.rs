//! `smallbench mock`: runs the built-in mock server until it is interrupted.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::thread;

use super::mock_arguments::Mock;
use super::session::Session;
use super::{apply, interrupt, process_env};
use crate::console::text::printable;
use crate::endpoint::providers::PROVIDERS;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::counted;
use crate::mock::{Behaviour, Counters, MockServer};
use crate::secret::Secret;
use crate::spec::expand::Environment;
use crate::stop::Stop;

pub(super) fn run(arguments: &Mock, session: &Session) -> Result<Exit, Error> {
    let behaviour = behaviour(arguments, &session.environment)?;
    process_env::raise_open_file_limit();
    let reporter = session.reporter(false);
    let address = SocketAddr::new(arguments.host, arguments.port);
    apply::runtime()?.block_on(async {
        let server =
            MockServer::bind(address, behaviour).await.map_err(|error| not_listening(address, error.kind(), &error))?;
        let (stop, counters) = (Stop::default(), server.counters());
        reporter.result(&server.url());
        usage(arguments, &server.url()).iter().for_each(|line| reporter.note(&printable(line)));
        if arguments.with_standard_input {
            follow_standard_input(stop.clone())?;
        }
        tokio::select! {
            () = server.serve(stop.drain.clone()) => {}
            () = interrupt::watch(|| stop.drain.cancel()) => {}
        }
        reporter.note(&closing(&counters));
        reporter.written()?;
        Ok(Exit::Success)
    })
}

/// Requests served, and the lateness of their tokens.
fn closing(counters: &Counters) -> String {
    let (requests, connections) = (counters.requests(), counters.connections());
    let late = |share| counters.late(share).map(|late| late.as_secs_f64() * 1e3);
    let times = match (late(0.5), late(0.99)) {
        (Some(p50), Some(p99)) => format!("; tokens left {p50:.2} ms late at the median, {p99:.2} ms at p99"),
        _ => String::new(),
    };
    format!("served {} on {}{times}", counted(requests, "request"), counted(connections, "connection"))
}

/// Stops the server when standard input is closed.
fn follow_standard_input(stop: Stop) -> Result<(), Error> {
    let follow = move || {
        // A read error counts as the end of input.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        stop.drain.cancel();
    };
    let thread = thread::Builder::new().spawn(follow);
    thread.map(drop).map_err(|error| Error::Internal(format!("cannot start a thread: {error}")))
}

fn behaviour(arguments: &Mock, environment: &Environment) -> Result<Behaviour, Error> {
    let key = arguments.key_env.as_ref().map(|name| {
        let value = environment.get(name).map(|value| Secret::new(value)).filter(|key| !key.expose().is_empty());
        value.ok_or_else(|| Error::misuse(format!("the environment variable {name} is not set"), "put the key into it"))
    });
    if arguments.models.iter().any(|model| model.trim().is_empty()) {
        return Err(Error::misuse("a model name is empty", "write `--models NAME` or `--models NAME,NAME`"));
    }
    Ok(Behaviour {
        models: arguments.models.clone(),
        ttft: arguments.ttft,
        gap: arguments.gap,
        output_tokens: arguments.tokens,
        thinking_tokens: arguments.thinking,
        prompt_tokens: arguments.prompt_tokens,
        text: None,
        load_time: arguments.load_time,
        context_length: arguments.context_length,
        slots: arguments.slots.map(|slots| usize::try_from(slots).unwrap_or(usize::MAX)),
        faults: arguments.fail.clone(),
        batches: arguments.batch.clone(),
        key: key.transpose()?,
    })
}

/// The endpoint as a spec writes it.
fn usage(arguments: &Mock, url: &str) -> Vec<String> {
    let key = arguments.key_env.as_ref().map(|name| format!(", api_key_env: {name}")).unwrap_or_default();
    let model = arguments.models.first().map(String::as_str).unwrap_or_default();
    let endpoints = PROVIDERS.iter().enumerate().map(|(index, provider)| {
        let lead = if index == 0 { "endpoints" } else { "       or" };
        let key = if provider.takes_key { key.as_str() } else { "" };
        format!("{lead}: {{ local: {{ {}: {{ url: \"{url}{}\"{key} }} }} }}", provider.name, provider.base_path)
    });
    let models = format!("models: [{{ name: \"{model}\", endpoint: local }}]; Ctrl-C stops it");
    endpoints.chain([models]).collect()
}

fn not_listening(address: SocketAddr, kind: ErrorKind, error: &std::io::Error) -> Error {
    let remedy = match kind {
        ErrorKind::AddrInUse => "the port is in use; choose another, or a free one with `--port 0`",
        ErrorKind::AddrNotAvailable => "not an address of this machine; omit `--host`, or give one of its addresses",
        ErrorKind::PermissionDenied => "the port is reserved for the system; choose one above 1023",
        _ => "choose another with `--host` and `--port`",
    };
    let source = std::io::Error::other(format!("{error}: {remedy}"));
    Error::io(address.to_string())(source)
}
