//! The figures of a whole run, measured on the real binary: start, reuse, overhead, memory.
//!
//! Linux only: times and memory come from /proc. The server lives in this process, answers at once,
//! and shares the machine's cores with what is measured.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::server::Server;

/// Questions of MMLU `all`.
const MANY: usize = 14_042;

/// Ticks per second of the times in /proc.
const TICKS: f64 = 100.0;

pub fn run_all() {
    let server = Server::start(Duration::ZERO);
    let folder = tempfile::tempdir().expect("a folder");
    println!("{:<58} {:>12} {:>12}", "figure", "measured", "target");
    start_to_first_request(&server, folder.path());
    reuse_with_charts(&server, folder.path());
    overhead_and_memory(&server, folder.path());
    reuse_of_all(&server, folder.path());
    plan_over_many(&server, folder.path());
    binary_size();
}

fn report(figure: &str, measured: &str, target: &str) {
    println!("{figure:<58} {measured:>12} {target:>12}");
}

fn start_to_first_request(server: &Server, folder: &Path) {
    let mut times = Vec::new();
    for round in 0..7 {
        let spec =
            Experiment { name: format!("start{round}"), questions: 100, models: 1, concurrency: 1, charts: false };
        let path = spec.write(server, folder);
        server.forget();
        let started = Instant::now();
        run(&path);
        times.push(server.seen().first.map_or(f64::NAN, |at| (at - started).as_secs_f64() * 1e3));
    }
    report("start to first request, 100 questions (ms, median of 7)", &format!("{:.1}", median(times)), "50");
}

fn reuse_with_charts(server: &Server, folder: &Path) {
    let spec = Experiment { name: "charts".into(), questions: 100, models: 3, concurrency: 4, charts: true };
    let path = spec.write(server, folder);
    run(&path);
    let times = (0..5).map(|_| run(&path).wall.as_secs_f64()).collect();
    report("apply of 300 kept responses, all charts (s, median of 5)", &format!("{:.2}", median(times)), "1.0");
}

fn overhead_and_memory(server: &Server, folder: &Path) {
    let spec = Experiment { name: "one".into(), questions: MANY, models: 1, concurrency: 8, charts: false };
    let usage = run(&spec.write(server, folder));
    let per_request = usage.cpu * 1e3 / MANY as f64;
    report("CPU per request, 14,042 × 1, everything included (ms)", &format!("{per_request:.3}"), "0.5");
    report("requests per second, 14,042 × 1 at c=8", &format!("{:.0}", MANY as f64 / usage.wall.as_secs_f64()), "");
    report("peak memory, 14,042 × 1 (MB)", &format!("{:.0}", usage.peak_mb), "150");
    let stored = fs::metadata(folder.join("out/store.sqlite")).map_or(0, |file| file.len());
    report(
        "store per response of 14,042 × 1 (bytes, all runs so far)",
        &format!("{}", stored as usize / (MANY + 1000)),
        "1500",
    );
}

fn reuse_of_all(server: &Server, folder: &Path) {
    let spec = Experiment { name: "all".into(), questions: MANY, models: 3, concurrency: 8, charts: false };
    let path = spec.write(server, folder);
    run(&path);
    let usages: Vec<Usage> = (0..3).map(|_| run(&path)).collect();
    let peak = usages.iter().map(|usage| usage.peak_mb).fold(0.0, f64::max);
    let times = usages.iter().map(|usage| usage.wall.as_secs_f64()).collect();
    report("apply of 14,042 × 3 kept, no charts (s, median of 3)", &format!("{:.2}", median(times)), "5");
    report("peak memory of that (MB)", &format!("{peak:.0}"), "");
}

fn plan_over_many(server: &Server, folder: &Path) {
    let spec = Experiment { name: "many".into(), questions: 200_000, models: 1, concurrency: 16, charts: false };
    let path = spec.write(server, folder);
    run(&path);
    let times = (0..3).map(|_| run_command("plan", &path).wall.as_secs_f64()).collect();
    report("plan over 200,000 stored responses (s, median of 3)", &format!("{:.2}", median(times)), "2");
}

fn binary_size() {
    let size = fs::metadata(binary()).map_or(0, |file| file.len());
    report("binary (MB)", &format!("{:.1}", size as f64 / 1e6), "60");
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_smallbench"))
}

/// What a run took.
struct Usage {
    wall: Duration,
    cpu: f64,
    peak_mb: f64,
}

fn run(spec: &Path) -> Usage {
    run_command("apply", spec)
}

fn run_command(command: &str, spec: &Path) -> Usage {
    let before = children_cpu();
    let started = Instant::now();
    let mut child = Command::new(binary())
        .args([command, &spec.display().to_string()])
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let peak_mb = watch(&mut child);
    let wall = started.elapsed();
    assert!(child.wait().expect("a status").success(), "the run failed: {}", spec.display());
    Usage { wall, cpu: children_cpu() - before, peak_mb }
}

/// Waits for the end of a run; the largest resident set seen on the way.
fn watch(child: &mut Child) -> f64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    while matches!(child.try_wait(), Ok(None)) {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0.0) / 1e3);
        thread::sleep(Duration::from_millis(2));
    }
    peak
}

/// CPU seconds of the children that have ended: fields 16 and 17 of /proc/self/stat.
fn children_cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(13) + ticks(14)) / TICKS
}

/// An experiment to measure.
struct Experiment {
    name: String,
    questions: usize,
    models: usize,
    concurrency: usize,
    charts: bool,
}

impl Experiment {
    /// Writes spec and questions; texts as long as those of MMLU.
    fn write(&self, server: &Server, folder: &Path) -> PathBuf {
        let questions = folder.join(format!("{}.jsonl", self.name));
        let rows = (0..self.questions).map(|index| {
            let text = "Which of these holds for the group that was described in the lecture? ".repeat(1 + index % 8);
            let body = serde_json::json!({
                "question": format!("{}: question {index}. {text}", self.name), "answer": index % 4, "subject": "algebra",
                "choices": ["It is a cyclic group", "It is an abelian group", "It is a simple group", "It is a free group"],
            });
            format!("{body}\n")
        });
        fs::write(&questions, rows.collect::<String>()).expect("the questions are written");
        let models: Vec<String> = (0..self.models).map(|index| format!("{{name: m{index}, endpoint: e}}")).collect();
        let charts = if self.charts { "" } else { "charts: []\n" };
        let spec = format!(
            "version: 1\nname: {0}\ndatasets: [{{source: {{file: {{path: {0}.jsonl}}}}}}]\n\
             endpoints: {{e: {{ollama: {{url: \"{1}\"}}}}}}\nmodels: [{2}]\ngeneration: {{stream: false}}\n\
             load: {{concurrency: {3}, warmup: 0}}\n{charts}output: {{dir: out/{0}}}\n",
            self.name,
            server.url,
            models.join(", "),
            self.concurrency
        );
        let path = folder.join(format!("{}.yaml", self.name));
        fs::write(&path, spec).expect("the spec is written");
        path
    }
}
