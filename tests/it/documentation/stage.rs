//! The stage on which the commands of a page run: its files, and servers in place of those that it names.

use std::path::Path;

use crate::bench::Bench;
#[cfg(unix)]
use crate::bench::questions;
#[cfg(unix)]
use crate::compare::{git, packed};
use crate::mock::Mock;
use crate::server::{Server, hub};

/// Names of models that pages use.
const MODELS: [&str; 16] = [
    "gemma:2b",
    "qwen2:1.5b",
    "qwen2:1.5b-instruct-q4_K_M",
    "qwen2:1.5b-instruct-q8_0",
    "qwen3:4b",
    "gpt-4.1-nano",
    "gpt-4.1-mini",
    "claude-haiku-4-5",
    "gemini-2.5-flash-lite",
    "Qwen/Qwen2.5-1.5B-Instruct",
    "qwen/qwen-2.5-7b-instruct",
    "google/gemma-2-9b-it",
    "llama-3.2-1b-instruct",
    "my-deployment",
    "models/small-q4.gguf",
    "models/small-q8.gguf",
];

/// Keys that pages name.
pub(crate) const KEYS: [(&str, &str); 6] = [
    ("OPENAI_API_KEY", "test-key"),
    ("ANTHROPIC_API_KEY", "test-key"),
    ("OPENROUTER_API_KEY", "test-key"),
    ("GEMINI_API_KEY", "test-key"),
    ("AZURE_API_KEY", "test-key"),
    ("TEAM_KEY", "test-key"),
];

/// Addresses of servers that speak OpenAI's API.
const OPENAI: [&str; 7] = [
    "https://api.openai.com/v1",
    "https://openrouter.ai/api/v1",
    "https://generativelanguage.googleapis.com/v1beta/openai",
    "https://my-resource.openai.azure.com/openai/deployments/my-deployment",
    "http://127.0.0.1:8000/v1",
    "http://127.0.0.1:8080/v1",
    "http://127.0.0.1:1234/v1",
];

/// Programs that pages name and a test does not run.
const OTHERS: [&str; 8] = ["ollama", "cargo", "llama-server", "vllm", "curl", "git", "export", "docker"];

/// The script that stands for llama-server: a mock that has the model that is asked for.
const LLAMA_SERVER: &str = "#!/bin/sh
while [ $# -gt 0 ]; do case \"$1\" in --port) port=$2 ;; -m) model=$2 ;; esac; shift; done
exec SMALLBENCH mock --port \"$port\" --models \"$model\" --ttft 1ms --gap 0ms
";

/// An experiment of a stage on which runs were made before.
#[cfg(unix)]
const SPEC: &str = "version: 1
name: NAME
datasets: [{ source: { file: questions.jsonl } }]
endpoints: { local: { ollama: { url: \"http://127.0.0.1:11434\" } } }
models: [{ name: \"gemma:2b\", endpoint: local }]
output: { dir: ../outputs/NAME, formats: [svg] }
";

/// A file that parts of a spec refer to.
pub(crate) fn file(name: &str) -> &'static str {
    match name {
        "base.yaml" => {
            "version: 1\nname: base\ndatasets: [{ source: { file: { path: questions.jsonl } } }]\n\
             endpoints: { local: { ollama: {} } }\nmodels: [{ name: small, endpoint: local }]\n"
        }
        "prices.lock" => {
            "version = 1\nsource = \"LiteLLM\"\nas_of = \"2026-11-01\"\nsha256 = \"\"\n\
             [models.\"openai/gpt-4o-mini\"]\ninput = 0.15\noutput = 0.6\n"
        }
        "release.csv" => {
            "model,question_hash,score,latency_sec,output_tokens,cost\nsmall,019348df32ad4e08,1,0.3,25,0\n"
        }
        _ => "",
    }
}

pub(crate) struct Stage {
    bench: Bench,
    hub: String,
    ollama: Server,
    openai: Server,
    anthropic: Server,
    /// In place of a provider with a batch API.
    batches: Mock,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let bench = Bench::empty();
        put_llama_server(&bench);
        Self {
            bench,
            hub: hub::serve(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hub")),
            ollama: Server::ollama(&MODELS),
            openai: Server::openai(&MODELS, None),
            anthropic: Server::anthropic(&MODELS, None),
            batches: Mock::start(&["--models", "gpt-4.1-nano,claude-haiku-4-5"]),
        }
    }

    /// A stage on which runs were made before: experiments and their outputs, here and at earlier commits, and a log of inspect.
    #[cfg(unix)]
    pub(crate) fn lived_in() -> Self {
        let stage = Self::new();
        stage.bench.write("bin/xdg-open", "#!/bin/sh\n");
        make_executable(&stage.bench.path("bin/xdg-open"));
        stage.bench.write("experiments/questions.jsonl", questions(4));
        for name in ["old", "new", "release", "trial"] {
            let spec = format!("experiments/{name}.yaml");
            stage.has(&spec, &SPEC.replace("NAME", name));
            stage.bench.run(&["apply", &spec]).exits(0);
        }
        stage.bench.write("old/store.sqlite", std::fs::read(stage.bench.path("outputs/store.sqlite")).unwrap());
        stage.bench.write("logs/sums.eval", packed("C", "0.3.284"));
        git(&stage.bench, &["init", "-q"]);
        for message in ["one", "two", "three", "four"] {
            stage.bench.write("notes.txt", message);
            git(&stage.bench, &["add", "experiments", "outputs", "notes.txt"]);
            git(&stage.bench, &["commit", "-qm", message]);
        }
        git(&stage.bench, &["tag", "v1.0", "HEAD~1"]);
        stage
    }

    /// Whether the program takes the arguments of a command. Nothing is run.
    pub(crate) fn takes(&self, arguments: &[String]) -> Result<(), String> {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(["--help"]).collect();
        let found = self.bench.run(&arguments);
        if found.code == Some(0) { Ok(()) } else { Err(format!("{}\n{}", arguments.join(" "), found.stderr)) }
    }

    /// Writes a file of the page.
    pub(crate) fn has(&self, name: &str, text: &str) {
        let (mut openai, mut anthropic) = (self.openai.url(), self.anthropic.url());
        if text.contains("batch: true") {
            (openai, anthropic) = (self.batches.url.clone(), self.batches.url.clone());
        }
        let text = OPENAI.iter().fold(text.to_owned(), |text, address| text.replace(address, &format!("{openai}/v1")));
        let text = text.replace("http://127.0.0.1:11434", &self.ollama.url());
        self.bench.write(name, text.replace("https://api.anthropic.com", &anthropic));
    }

    /// Runs the commands of a block; the result is how many it ran, and what is wrong with them.
    pub(crate) fn plays(&self, block: &str) -> (usize, Vec<String>) {
        let lines = block.replace("\\\n", " ");
        let commands = lines.lines().filter_map(|line| line.strip_prefix("$ "));
        let outcomes: Vec<_> = commands.filter_map(|command| self.runs(command)).collect();
        (outcomes.len(), outcomes.into_iter().filter_map(Result::err).collect())
    }

    /// Runs a command if it is one of smallbench.
    fn runs(&self, command: &str) -> Option<Result<(), String>> {
        let (command, comment) = command.split_once(" # ").unwrap_or((command, ""));
        let mut words = words(command);
        let mut variables: Vec<(String, String)> = Vec::new();
        while let Some((name, value)) =
            words[0].split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
        {
            variables.push((name, value));
            words.remove(0);
        }
        if words[0] != "smallbench" {
            let is_known = OTHERS.contains(&words[0].as_str());
            return (!is_known).then(|| Err(format!("{command}: what is {}?", words[0])));
        }
        let path = self.bench.path_with("bin");
        let hub = self.hub.clone();
        variables.extend([("PATH".to_owned(), path), ("HF_ENDPOINT".to_owned(), hub)]);
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(KEYS).collect();
        let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let wanted = comment.trim().strip_prefix("exits with ").map_or(0, |code| code.parse().unwrap());
        let found = self.bench.run_with(&arguments, &variables);
        let is_well = found.code == Some(wanted);
        Some(if is_well {
            Ok(())
        } else {
            Err(format!("{command}: {:?}\n{}\n{}", found.code, found.stdout, found.stderr))
        })
    }
}

/// Puts what stands for llama-server into `bin`.
pub(crate) fn put_llama_server(bench: &Bench) {
    bench.write("bin/llama-server", LLAMA_SERVER.replace("SMALLBENCH", env!("CARGO_BIN_EXE_smallbench")));
    #[cfg(unix)]
    make_executable(&bench.path("bin/llama-server"));
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// The words of a command, of which those in quotes hold spaces.
pub(super) fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for char in command.trim().chars() {
        match (quote, char) {
            (None, '\'' | '"') => quote = Some(char),
            (Some(open), _) if open == char => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(char),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
