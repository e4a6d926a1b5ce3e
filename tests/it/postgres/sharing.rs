//! Several runs on one store.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{APPLY, Database, Gate, Shared};
use crate::bench::{Bench, wait_until};
use crate::server::{Act, Server};

#[test]
fn three_runs_share_the_requests_and_each_writes_the_same_table() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(Duration::from_millis(2)));
    // So many that each begins at a place of its own.
    let shared = Shared::new(database, &server, 1200);
    let names = ["trial", "second", "third"];
    let running: Vec<_> =
        names.iter().map(|name| shared.start(&["apply", &format!("experiments/{name}.yaml")])).collect();
    for run in running {
        run.end().exits(0);
    }
    assert_eq!((server.count(), shared.responses()), (1200, 1200));
    let table = |name: &str| shared.bench.read(&format!("outputs/{name}/results.csv"));
    assert_eq!((table("trial") == table("second"), table("second") == table("third")), (true, true));
    assert_eq!(shared.sql("SELECT count(*) FROM workers"), "0");
    assert_eq!(shared.sql("SELECT count(*) FROM claims"), "0");
    shared.run(&APPLY).exits(0).says(&["1200 requests: 1200 kept, 0 sent"]);
}

#[cfg(target_os = "linux")]
#[test]
fn killed_runs_cost_what_was_in_flight_and_no_more() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(Duration::from_millis(4)));
    let shared = Shared::new(database, &server, 200);
    let rest = shared.start(&["apply", "experiments/second.yaml"]);
    let kills = 4;
    for kill in 1..=kills {
        let victim = shared.start(&APPLY);
        wait_until("more answers", || server.count() >= 30 * kill);
        victim.kill();
    }
    rest.end().exits(0);
    let most = 200 + 2 * kills;
    assert!((200..=most).contains(&server.count()), "{} requests were sent", server.count());
    assert_eq!(shared.responses(), 200);
}

#[test]
fn an_answer_that_comes_after_its_lease_has_ended_is_stored_once() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let gate = Gate::default();
    let held = gate.clone();
    server.acts(move |asked| if asked.before == 0 { held.pass() } else { Act::Answer });
    let shared = Shared::new(database, &server, 1);
    let slow = shared.start(&APPLY);
    wait_until("the first one", || server.count() == 1);
    shared.sql("UPDATE workers SET host = 'elsewhere', until = clock_timestamp() - interval '1 s'");
    shared.run(&["apply", "experiments/second.yaml"]).exits(0).says(&["1 request: 0 kept, 1 sent"]);
    let stored = shared.sql("SELECT run FROM responses");
    gate.open();
    slow.end().exits(0);
    assert_eq!(server.count(), 2);
    assert_eq!(shared.sql("SELECT run FROM responses"), stored);
}

#[test]
fn what_a_run_on_another_machine_has_claimed_is_waited_for() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if asked.before == 0 { Act::Silence } else { Act::Answer });
    let shared = Shared::new(database, &server, 3);
    let running = shared.start(&APPLY);
    wait_until("two in flight", || server.count() == 2);
    running.kill();
    shared.sql("UPDATE workers SET host = 'elsewhere', until = clock_timestamp() + interval '1 h'");
    let waiting = shared.start(&["apply", "experiments/second.yaml"]);
    wait_until("the second run", || shared.sql("SELECT count(*) FROM workers") == "2");
    assert_eq!(server.count(), 2);
    shared.sql("UPDATE workers SET until = clock_timestamp() WHERE host = 'elsewhere'");
    server.acts(|_| Act::Answer);
    waiting.end().exits(0);
    assert_eq!(server.count(), 2 + 3);
}

/// A library that sets the clock of a program ahead; nothing without a C compiler.
#[cfg(target_os = "linux")]
fn clock_ahead(bench: &Bench) -> Option<String> {
    bench.write(
        "ahead.c",
        "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <time.h>\n\
         int clock_gettime(clockid_t id, struct timespec *t) {\n\
           int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, \"clock_gettime\");\n\
           int told = real(id, t);\n  if (id == CLOCK_REALTIME) t->tv_sec += 7200;\n  return told;\n}\n",
    );
    let (source, library) = (bench.path("ahead.c"), bench.path("ahead.so"));
    let mut compile = std::process::Command::new("cc");
    compile.args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl");
    let made = compile.status().is_ok_and(|status| status.success());
    if !made {
        println!("skipped: there is no C compiler");
    }
    made.then(|| library.display().to_string())
}

#[cfg(target_os = "linux")]
#[test]
fn a_clock_that_is_wrong_takes_no_claims_and_loses_none() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let gate = Gate::default();
    let held = gate.clone();
    let is_first = |prompt: &str| prompt.contains("number 0?") || prompt.contains("number 1?");
    server.acts(move |asked| if is_first(&asked.prompt) { held.pass() } else { Act::Answer });
    let shared = Shared::new(database, &server, 40);
    let Some(library) = clock_ahead(&shared.bench) else { return };
    let variables = [(super::VARIABLE, shared.url.as_str()), ("LD_PRELOAD", library.as_str())];
    let right = shared.start(&APPLY);
    wait_until("the first ones", || server.count() == 2);
    assert_eq!(shared.sql("SELECT count(*) FROM claims"), "32");
    let ahead = shared.bench.start(&["apply", "experiments/second.yaml"], &variables);
    wait_until("what was not claimed", || shared.responses() == 8);
    assert_eq!(server.count(), 2 + 8);
    gate.open();
    right.end().exits(0);
    ahead.end().exits(0);
    assert_eq!((server.count(), shared.responses()), (40, 40));
    let runs = shared.sql("SELECT DISTINCT run FROM responses");
    let hours: BTreeSet<&str> = runs.lines().filter_map(|run| run.get(.."20260101T00".len())).collect();
    assert_eq!(hours.len(), 2, "the clocks differ: {runs}");
}

#[test]
fn a_fresh_run_asks_again_what_was_stored_before_it() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::new(database, &server, 10);
    shared.run(&APPLY).exits(0);
    shared.run(&["apply", "experiments/trial.yaml", "--fresh"]).exits(0).says(&["0 kept, 10 sent"]);
    assert_eq!((server.count(), shared.responses()), (20, 10));
}

#[test]
fn runs_that_work_at_the_same_time_spend_one_budget() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let gate = Gate::default();
    let held = gate.clone();
    server.acts(move |_| held.pass());
    let shared = Shared::new(database, &server, 60);
    let set = ["--set", "budget={ max_requests: 20 }"];
    let start = |name: &str| shared.start(&[&["apply", name][..], &set].concat());
    let running = [start("experiments/trial.yaml"), start("experiments/second.yaml")];
    wait_until("both", || server.count() == 4);
    gate.open();
    for run in running {
        run.end().exits(4);
    }
    assert_eq!((server.count(), shared.responses()), (20, 20));
    assert_eq!(shared.sql("SELECT requests FROM budgets"), "20");
    start("experiments/trial.yaml").end().exits(4);
    assert_eq!(server.count(), 40, "the next run has a budget of its own");
}

#[test]
fn what_a_server_tells_one_run_to_wait_the_others_wait_too_and_no_longer() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let pause = Duration::from_secs(4);
    let (refused, arrivals) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(Vec::new())));
    let (told, seen) = (Arc::clone(&refused), Arc::clone(&arrivals));
    server.acts(move |asked| {
        seen.lock().unwrap().push(Instant::now());
        if asked.prompt.contains("number 30?") && told.lock().unwrap().is_none() {
            *told.lock().unwrap() = Some(Instant::now());
            let seconds = pause.as_secs().to_string();
            return Act::Status(429, vec![("retry-after", seconds)], "{\"error\":\"slow down\"}".into());
        }
        Act::Late(Duration::from_millis(20))
    });
    let shared = Shared::new(database, &server, 300);
    let set = ["--set", "load.attempts=3"];
    let start = |name: &str| shared.start(&[&["apply", name][..], &set].concat());
    let running = [start("experiments/trial.yaml"), start("experiments/second.yaml")];
    for run in running {
        run.end().exits(0);
    }
    let refused = refused.lock().unwrap().unwrap();
    let arrivals = arrivals.lock().unwrap();
    // The word needs its way to the other run, on a busy machine as well; what has been sent by then is in flight.
    let way = pause / 2;
    let between = |from: Duration, to: Duration| {
        arrivals.iter().filter(|at| (refused + from..refused + to).contains(*at)).count()
    };
    assert_eq!(between(way, pause), 0, "nothing is sent in the pause");
    assert!(between(pause, pause + Duration::from_secs(60)) > 100, "and all the rest after it");
    assert_eq!((server.count(), shared.responses()), (301, 300));
    assert_eq!(shared.sql("SELECT count(DISTINCT run) FROM responses"), "2");
}

#[test]
fn status_names_the_runs_and_what_they_work_on() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let gate = Gate::default();
    let held = gate.clone();
    server.acts(move |_| held.pass());
    let shared = Shared::new(database, &server, 3);
    shared.run(&["status", "experiments/trial.yaml"]).exits(0).shows(&["no run works on the store"]);
    let running = shared.start(&APPLY);
    wait_until("the first ones", || server.count() == 2);
    let text = shared.run(&["status", "experiments/trial.yaml"]);
    text.exits(0).shows(&["works on", "small c=2"]);
    let json = shared.run(&["status", "experiments/trial.yaml", "--json"]);
    let workers: serde_json::Value = serde_json::from_str(&json.exits(0).stdout).unwrap();
    assert_eq!(workers[0]["claimed"], serde_json::json!([{ "batch": "small c=2", "requests": 3 }]));
    assert_eq!((&workers[0]["experiment"], &workers[0]["lives"]), (&"trial".into(), &true.into()));
    // What it has stored it tells with its second word.
    let is_new = workers[0]["heard_s"].as_f64().unwrap() + 1.0 > workers[0]["since_s"].as_f64().unwrap();
    assert_eq!(workers[0]["stored"].is_null(), is_new, "{workers}");
    gate.open();
    running.end().exits(0);
}
