//! `kill -9` at random moments: what is sent again, and whether the tables come out the same.
//!
//! For 1, 8 and 64 requests in flight, a run is killed at random moments until it ends by itself; over all rounds each
//! killed run may cost at most as many requests as were in flight, and in the end `results.csv` must
//! equal that of an undisturbed run, times aside.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::server::Server;

/// Questions of the experiment.
const QUESTIONS: usize = 600;

/// Columns that hold the client's clock or follow from it, or say which run sent the request and how.
const TIMES: [&str; 21] = [
    "latency_sec",
    "headers_s",
    "first_byte_s",
    "ttft_s",
    "ttfc_s",
    "tpot_s",
    "last_token_s",
    "stream_total_s",
    "chunk_gaps_ms",
    "decode_tokens_per_s",
    "residue_s",
    "retry_s",
    "measured_by",
    "scheduled_s",
    "permit_s",
    "sent_s",
    "connect_s",
    "new_connection",
    "cold",
    "latency_from_schedule_s",
    "dispatch_delay_s",
];

pub fn run_all(rounds: usize) {
    for in_flight in [1, 8, 64] {
        let mut kills = 0;
        let mut worst = 0;
        let mut experiments = 0;
        while kills < rounds {
            let (killed, again) = one_experiment(in_flight, rounds - kills, experiments);
            kills += killed;
            worst = worst.max(again);
            experiments += 1;
        }
        println!(
            "{in_flight:>3} in flight: {kills} kills in {experiments} experiments, at most {worst} sent again per kill"
        );
    }
}

/// Runs one experiment to its end with kills on the way; how many, and the most that one of them cost.
fn one_experiment(in_flight: usize, most_kills: usize, seed: usize) -> (usize, usize) {
    let server = Server::start(Duration::from_micros(300 * in_flight as u64));
    let folder = tempfile::tempdir().expect("a folder");
    let spec = write_spec(folder.path(), &server.url, in_flight);
    let mut kills = 0;
    let mut worst = 0;
    let mut moments = Moments(0x9e37_79b9_7f4a_7c15 ^ ((seed as u64 + 1) * in_flight as u64));
    loop {
        let before = stored(folder.path());
        let sent_before = settled(&server);
        let mut child = start(&spec);
        if kills < most_kills {
            thread::sleep(Duration::from_millis(moments.next_below(250)));
        }
        let ended = kills >= most_kills && child.wait().expect("a status").success();
        if ended || matches!(child.try_wait(), Ok(Some(_))) {
            break;
        }
        child.kill().expect("it can be killed");
        child.wait().expect("a status");
        kills += 1;
        let sent = settled(&server) - sent_before;
        let kept = stored(folder.path()) - before;
        assert!(sent - kept <= in_flight, "{sent} sent, {kept} kept, {in_flight} in flight");
        worst = worst.max(sent - kept);
    }
    let disturbed = table(&folder.path().join("out/kill/results.csv"));
    fs::remove_dir_all(folder.path().join("out")).expect("the results go");
    assert!(start(&spec).wait().expect("a status").success());
    let undisturbed = table(&folder.path().join("out/kill/results.csv"));
    assert!(disturbed == undisturbed, "the tables differ");
    (kills, worst)
}

/// How many requests the server has read, once it reads no more: what a killed program had written may still lie in
/// a socket, and would be taken for a request of the next one.
fn settled(server: &Server) -> usize {
    loop {
        let before = server.seen().generations;
        thread::sleep(Duration::from_millis(30));
        if server.seen().generations == before {
            return before;
        }
    }
}

fn start(spec: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_smallbench"))
        .arg("apply")
        .arg(spec)
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// Responses in the store, by a look into the file itself.
fn stored(folder: &Path) -> usize {
    let path = folder.join("out/store.sqlite");
    if !path.exists() {
        return 0;
    }
    let connection = rusqlite::Connection::open(path).expect("the store opens");
    let found = connection.query_row("SELECT count(*) FROM responses", [], |row| row.get::<_, i64>(0));
    // A run that was killed before it made its tables has stored nothing.
    found.map_or(0, |count| usize::try_from(count).expect("a count"))
}

fn write_spec(folder: &Path, url: &str, in_flight: usize) -> PathBuf {
    let rows = (0..QUESTIONS).map(|index| {
        format!(
            "{{\"question\": \"q{index}\", \"choices\": [\"1\", \"2\", \"3\", \"4\"], \"answer\": {}}}\n",
            index % 4
        )
    });
    fs::write(folder.join("q.jsonl"), rows.collect::<String>()).expect("the questions are written");
    let spec = format!(
        "version: 1\nname: kill\ndatasets: [{{source: {{file: {{path: q.jsonl}}}}}}]\n\
         endpoints: {{e: {{ollama: {{url: \"{url}\"}}}}}}\nmodels: [{{name: m0, endpoint: e}}]\n\
         generation: {{stream: false}}\nload: {{concurrency: {in_flight}, warmup: 0}}\ncharts: []\noutput: {{dir: out/kill}}\n"
    );
    let path = folder.join("kill.yaml");
    fs::write(&path, spec).expect("the spec is written");
    path
}

/// The results without the columns of time.
fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).expect("the results are there");
    let headers = reader.headers().expect("a header").clone();
    let kept: Vec<usize> = (0..headers.len()).filter(|index| !TIMES.contains(&&headers[*index])).collect();
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| kept.iter().map(|index| row[*index].to_owned()).collect()).collect()
}

/// Pseudo-random moments; the same for everyone who runs this.
struct Moments(u64);

impl Moments {
    fn next_below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
