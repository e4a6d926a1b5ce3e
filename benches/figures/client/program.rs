//! The program itself under a bench: the built-in server, a run of `apply`, and the rows that it wrote.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

/// The built-in server in a process of its own; it ends with this value.
pub struct Mock {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Mock {
    /// Starts it with these options.
    pub fn start(options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smallbench"));
        command.args(["mock", "--port", "0"]).args(options).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        Self { child, url: line.trim().to_owned() }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with questions, for one run.
pub struct Program {
    folder: TempDir,
}

/// What a run took.
pub struct Ran {
    /// From the first request to the last response, in seconds.
    pub sending_s: f64,
    /// Largest resident set.
    pub peak_mb: f64,
}

impl Program {
    /// So many different questions.
    pub fn new(questions: usize, question: &str) -> Self {
        Self::with((0..questions).map(|index| format!("Question {index}. {question}")))
    }

    /// Few questions, to be asked again and again: so many of this length would not fit into memory.
    pub fn of_repeats(requests: usize, question: &str) -> Self {
        Self::with((0..requests / 100).map(|index| format!("Question {index}. {question}")))
    }

    fn with(questions: impl Iterator<Item = String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let rows = questions.enumerate().map(|(index, question)| {
            let choices = ["It is cyclic", "It is abelian", "It is simple", "It is free"];
            let row = serde_json::json!({ "question": question, "choices": choices, "answer": index % 4 });
            format!("{row}\n")
        });
        fs::write(folder.path().join("q.jsonl"), rows.collect::<String>()).expect("the questions are written");
        Self { folder }
    }

    /// Runs `apply`; `more` are further keys of the spec.
    pub fn run(&self, mock: &Mock, more: &str) -> Ran {
        let spec = format!(
            "version: 1\nname: bench\ndatasets: [{{source: {{file: {{path: q.jsonl}}}}}}]\n\
             endpoints: {{e: {{openai: {{url: \"{}/v1\"}}}}}}\nmodels: [{{name: mock, endpoint: e}}]\n{more}charts: []\n\
             output: {{dir: out/bench}}\n",
            mock.url
        );
        let path = self.folder.path().join("bench.yaml");
        fs::write(&path, spec).expect("the spec is written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_smallbench"));
        command.arg("apply").arg(&path).env_clear().stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stderr.take().expect("its words")).lines();
        let (mut started, mut sending_s, mut peak_mb) = (None, 0.0, 0.0_f64);
        for line in lines {
            let line = line.expect("a line");
            if line.starts_with("generate  mock") && !line.contains(" sent in ") {
                started = Some(Instant::now());
            } else if line.starts_with("generate  mock") {
                sending_s = started.expect("it has started").elapsed().as_secs_f64();
                peak_mb = peak_mb.max(self::peak_mb(child.id()));
            }
        }
        assert!(child.wait().expect("a status").success(), "the run failed: {}", path.display());
        Ran { sending_s, peak_mb }
    }

    fn results(&self) -> PathBuf {
        self.folder.path().join("out/bench/results.csv")
    }
}

fn peak_mb(process: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}

/// The rows of a run.
pub struct Results {
    headers: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

impl Results {
    /// Reads `results.csv`.
    pub fn of(program: &Program) -> Self {
        let mut reader = csv::Reader::from_path(program.results()).expect("the results are there");
        let headers = reader.headers().expect("a header").clone();
        Self { headers, rows: reader.records().map(|row| row.expect("a row")).collect() }
    }

    /// A column of texts.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let at = self.headers.iter().position(|header| header == name).expect("the column is there");
        self.rows.iter().map(|row| &row[at]).collect()
    }

    /// A column of numbers, without what is empty.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        self.texts(name).into_iter().filter_map(|text| text.parse().ok()).collect()
    }
}
