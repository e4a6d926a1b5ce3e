//! A bench: a folder of its own for each test, and the real program that runs in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::server::Server;
use crate::table::Table;

/// Longest time that anything here may take; far more than it does on a busy machine.
const DEADLINE: Duration = Duration::from_secs(120);

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < end, "{what} did not come true");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A folder with `experiments/` in it.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    /// An empty bench.
    pub(crate) fn empty() -> Self {
        let bench = Self { folder: TempDir::new().unwrap() };
        fs::create_dir(bench.path("experiments")).unwrap();
        bench
    }

    /// A bench with so many questions in `experiments/questions.jsonl`.
    pub(crate) fn with_questions(count: usize) -> Self {
        let bench = Self::empty();
        bench.write("experiments/questions.jsonl", questions(count));
        bench
    }

    /// A bench with questions and `experiments/trial.yaml`.
    pub(crate) fn ready(count: usize, spec: &Spec) -> Self {
        let bench = Self::with_questions(count);
        bench.spec(spec);
        bench
    }

    /// A path in the bench.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The variable `PATH` with a folder of the bench before the others.
    pub(crate) fn path_with(&self, folder: &str) -> String {
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.path(folder)).chain(std::env::split_paths(&others));
        std::env::join_paths(folders).unwrap().into_string().unwrap()
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), content).unwrap();
    }

    /// Reads a text file.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes `experiments/trial.yaml`.
    pub(crate) fn spec(&self, spec: &Spec) {
        self.write("experiments/trial.yaml", spec.text());
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        self.run_with(arguments, &[])
    }

    /// Runs a command to its end, with environment variables.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
        self.start(arguments, variables).end()
    }

    /// `apply experiments/trial.yaml`.
    pub(crate) fn apply(&self) -> Finished {
        self.run(&["apply", "experiments/trial.yaml"])
    }

    /// `plan experiments/trial.yaml`.
    pub(crate) fn plan(&self) -> Finished {
        self.run(&["plan", "experiments/trial.yaml"])
    }

    /// Starts a command.
    pub(crate) fn start(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smallbench"));
        command.args(arguments);
        self.spawn(command, variables)
    }

    /// Starts a command in a terminal of so many columns, both of whose outputs are standard output; none without `script`.
    #[cfg(target_os = "linux")]
    pub(crate) fn start_in_a_terminal(
        &self,
        columns: usize,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Option<Running> {
        let quoted: Vec<String> = arguments.iter().map(|argument| format!("'{argument}'")).collect();
        let program = env!("CARGO_BIN_EXE_smallbench");
        let line = format!("stty cols {columns} rows 40; echo $$ > pid; exec '{program}' {}", quoted.join(" "));
        let mut command = Command::new("script");
        command.args(["-qefc", &line, "/dev/null"]);
        Command::new("script").arg("--version").output().is_ok().then(|| self.spawn(command, variables))
    }

    /// Interrupts what runs in a terminal.
    #[cfg(target_os = "linux")]
    pub(crate) fn interrupt(&self, _: &Running) {
        let kill = format!("kill -INT {}", self.read("pid").trim());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Starts a command for which no file can grow over so many kilobytes, as on a disk that is full.
    #[cfg(unix)]
    pub(crate) fn start_on_a_full_disk(&self, arguments: &[&str], kilobytes: usize) -> Running {
        self.start_under(&format!("trap '' XFSZ; ulimit -f {kilobytes}"), arguments)
    }

    /// Starts a command that may have so many files open.
    #[cfg(unix)]
    pub(crate) fn start_with_open_files(&self, arguments: &[&str], files: usize) -> Running {
        self.start_under(&format!("ulimit -n {files}"), arguments)
    }

    /// Starts a command that may take so many kilobytes of address space.
    #[cfg(unix)]
    pub(crate) fn start_with_memory(&self, arguments: &[&str], kilobytes: usize) -> Running {
        self.start_under(&format!("ulimit -v {kilobytes}"), arguments)
    }

    #[cfg(unix)]
    fn start_under(&self, limit: &str, arguments: &[&str]) -> Running {
        let script = format!("{limit}; exec \"$0\" \"$@\"");
        let mut command = Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_smallbench")]).args(arguments);
        self.spawn(command, &[])
    }

    fn spawn(&self, mut command: Command, variables: &[(&str, &str)]) -> Running {
        command.current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("HF_HOME", self.path("huggingface"));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Running::new(command.spawn().unwrap())
    }

    /// A table of the trial.
    #[track_caller]
    pub(crate) fn table(&self, name: &str) -> Table {
        Table::read(&self.path("outputs/trial").join(name))
    }

    /// The rows of the trial.
    #[track_caller]
    pub(crate) fn results(&self) -> Table {
        self.table("results.csv")
    }

    /// Every file of the trial but the manifest, which is the one that holds a clock.
    pub(crate) fn outputs(&self) -> BTreeMap<String, Vec<u8>> {
        let (folder, mut files) = (self.path("outputs/trial"), Vec::new());
        collect(&folder, &mut files);
        let name = |path: &Path| path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
        let named = files.into_iter().map(|(path, bytes)| (name(&path), bytes));
        named.filter(|(name, _)| !name.ends_with("manifest.json")).collect()
    }

    /// Every file of the bench, whatever wrote it.
    pub(crate) fn everything(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.folder.path(), &mut files);
        files
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push((path.clone(), fs::read(path).unwrap()));
        }
    }
}

/// So many questions with four choices each, as JSONL.
pub(crate) fn questions(count: usize) -> String {
    let row = |index: usize| {
        let subject = if index.is_multiple_of(2) { "even" } else { "odd" };
        json!({
            "question": format!("Which word belongs to number {index}?"), "subject": subject,
            "choices": ["alpha", "beta", "gamma", "delta"], "answer": index % 4,
        })
    };
    (0..count).map(|index| format!("{}\n", row(index))).collect()
}

/// A spec: its top-level keys, each with its value in YAML.
#[derive(Clone)]
pub(crate) struct Spec(Vec<(String, String)>);

impl Spec {
    /// One model `small` on a server, one attempt, no warm-up, one chart.
    pub(crate) fn on(server: &Server) -> Self {
        Self::at(&server.endpoint())
    }

    /// The same on an endpoint that is given as YAML.
    pub(crate) fn at(endpoint: &str) -> Self {
        Self(Vec::new())
            .with("version", "1")
            .with("name", "trial")
            .with("datasets", "[{ source: { file: { path: questions.jsonl } } }]")
            .with("endpoints", &format!("{{ local: {endpoint} }}"))
            .with("models", "[{ name: small, endpoint: local }]")
            .with("load", "{ warmup: 0, attempts: 1 }")
            .with("charts", "[score]")
            .with("output", "{ dir: ../outputs/trial, formats: [svg] }")
    }

    /// With another value of a key.
    pub(crate) fn with(&self, key: &str, value: &str) -> Self {
        let mut keys = self.0.clone();
        match keys.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => value.clone_into(old),
            None => keys.push((key.to_owned(), value.to_owned())),
        }
        Self(keys)
    }

    /// The file.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
    }
}

/// A program that runs.
pub(crate) struct Running {
    child: Child,
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    fn new(mut child: Child) -> Self {
        let (stdout, out) = keep(child.stdout.take().unwrap());
        let (stderr, err) = keep(child.stderr.take().unwrap());
        Self { child, stdout, stderr, readers: vec![out, err] }
    }

    /// What it has said on standard error so far.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.lock().unwrap()).into_owned()
    }

    /// What it has written to standard output so far.
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout.lock().unwrap()).into_owned()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Lets it stand still for a while.
    pub(crate) fn stands_still(&self, time: Duration) {
        self.signal("STOP");
        thread::sleep(time);
        self.signal("CONT");
    }

    /// Ends it at once, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end. Whatever it was told, it never panics.
    pub(crate) fn end(mut self) -> Finished {
        let start = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            if start.elapsed() > DEADLINE {
                self.child.kill().unwrap();
                panic!("the program did not end: {}", self.stderr());
            }
            thread::sleep(Duration::from_millis(2));
        }
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        let text = |bytes: &Mutex<Vec<u8>>| String::from_utf8(bytes.lock().unwrap().clone()).unwrap();
        let code = self.child.wait().unwrap().code();
        let finished = Finished { code, stdout: text(&self.stdout), stderr: text(&self.stderr) };
        assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
        finished
    }
}

fn keep(mut pipe: impl Read + Send + 'static) -> (Arc<Mutex<Vec<u8>>>, JoinHandle<()>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&kept);
    let reader = thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            shared.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
    });
    (kept, reader)
}

/// A program that has ended.
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// It ended with this code.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Each of these words is on standard error.
    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.stderr.contains(word), "`{word}` is not in:\n{}", self.stderr);
        }
        self
    }

    /// Each of these words is on standard output.
    #[track_caller]
    pub(crate) fn shows(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.stdout.contains(word), "`{word}` is not in:\n{}", self.stdout);
        }
        self
    }
}
