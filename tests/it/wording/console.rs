//! What commands print: tables, lines, events.

use serde_json::json;

use super::check;
use super::normal::{events, printed, stable, unmeasured};
use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

const TRIAL: &str = "experiments/trial.yaml";

#[test]
fn plan_lists_cells_and_an_estimate() {
    let server = Server::ollama(&["small", "large"]);
    let spec = Spec::on(&server)
        .with("models", "[{ name: small, endpoint: local }, { name: large, endpoint: local }]")
        .with("generation", "{ max_tokens: 16 }")
        .with("pricing", "{ models: { small: { input: 1, output: 2 }, large: { input: 3, output: 4 } } }");
    let bench = Bench::ready(3, &spec);
    let before = bench.plan();
    bench.run(&["apply", "--limit", "1", TRIAL]).exits(0);
    let between = bench.plan();
    bench.spec(&spec.with("load", "{ warmup: 0, concurrency: [1], duration: 5s }"));
    let text = [&before, &between, &bench.plan()].map(|finished| printed(finished, |text| stable(&bench, text)));
    check("console", "plan", &text.join("\n"));
}

#[test]
fn doctor_has_a_line_for_each_thing() {
    let (server, down) = (Server::ollama(&["small"]), Server::openai(&["large"], None));
    let hosted = format!("{{ openai: {{ url: \"{}/v1\", api_key_env: TRIAL_KEY }} }}", down.url());
    let fine = Bench::ready(3, &Spec::on(&server));
    let spec = Spec::on(&server)
        .with("endpoints", &format!("{{ local: {}, hosted: {hosted} }}", server.endpoint()))
        .with("models", "[{ name: smoll, endpoint: local }, { name: large, endpoint: hosted }]")
        .with("datasets", "[{ source: { file: { path: questions.jsonl } }, columns: { answer: anser } }]");
    let ill = Bench::ready(3, &spec);
    ill.write("outputs/store.sqlite", "Dear diary, ".repeat(100));
    drop(down);
    let text = [&fine, &ill].map(|bench| {
        let finished = bench.run_with(&["doctor", TRIAL], &[("TRIAL_KEY", "sk-very-secret")]);
        printed(&finished, |text| stable(bench, text))
    });
    check("console", "doctor", &text.join("\n"));
}

/// Two models: one that answers in each way that counts, one whose requests fail.
fn mixed(server: &Server) -> Bench {
    server.acts(|asked| match (asked.model.as_str(), asked.prompt.contains("number 0?")) {
        ("large", _) => Act::status(500, "the model has crashed"),
        (_, true) => Act::Say("I do not know".into()),
        _ => Act::Say("B".into()),
    });
    let spec = Spec::on(server)
        .with("models", "[{ name: small, endpoint: local }, { name: large, endpoint: local }]")
        .with("load", "{ warmup: 1, attempts: 1, concurrency: [1] }")
        .with("slo", "{ latency: 60s }");
    Bench::ready(4, &spec)
}

#[test]
fn apply_prints_stages_tables_and_checks() {
    let server = Server::ollama(&["small", "large"]);
    server.forgets_its_models();
    let bench = mixed(&server);
    let text = [bench.apply(), bench.apply()].map(|finished| printed(&finished, |text| unmeasured(&bench, text)));
    check("console", "apply", &text.join("\n"));
    check("reports", "faults_and_levels.md", &unmeasured(&bench, &bench.read("outputs/trial/summary.md")));
}

#[test]
fn apply_reports_events_as_json() {
    let server = Server::ollama(&["small"]);
    server.forgets_its_models();
    let bench = mixed(&server);
    bench.spec(&Spec::on(&server).with("load", "{ warmup: 1, attempts: 1, concurrency: [1] }"));
    let finished = bench.run(&["apply", "--json", TRIAL]);
    check("console", "events.jsonl", &events(&bench, &finished.exits(0).stdout));
}

#[test]
fn apply_names_what_differs_from_the_lock_file() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    let mut shown = vec![bench.run(&["apply", "--locked", TRIAL]), bench.apply()];
    bench.write("experiments/questions.jsonl", crate::bench::questions(3));
    server.pulls_again();
    shown.extend([bench.run(&["apply", "--locked", TRIAL]), bench.apply(), bench.run(&["apply", "--update", TRIAL])]);
    let text: Vec<String> = shown.iter().map(|finished| printed(finished, |text| unmeasured(&bench, text))).collect();
    check("console", "lock", &text.join("\n"));
}

#[test]
fn apply_stops_at_a_budget_and_asks_above_one() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("generation", "{ max_tokens: 16 }");
    let priced = spec.with("pricing", "{ models: { small: { input: 100000, output: 100000 } } }");
    let bench = Bench::ready(4, &priced);
    let mut shown = vec![bench.apply()];
    bench.spec(&spec.with("budget", "{ max_requests: 2 }"));
    shown.extend([bench.apply(), bench.plan()]);
    let text: Vec<String> = shown.iter().map(|finished| printed(finished, |text| unmeasured(&bench, text))).collect();
    check("console", "budget", &text.join("\n"));
}

#[test]
fn apply_names_a_server_that_is_gone_and_a_model_that_is_missing() {
    let (server, down) = (Server::ollama(&["small"]), Server::openai(&["small"], None));
    let gone = Bench::ready(2, &Spec::on(&down));
    drop(down);
    let missing = Bench::ready(2, &Spec::on(&server).with("models", "[{ name: smoll, endpoint: local }]"));
    let text = [&gone, &missing].map(|bench| printed(&bench.apply(), |text| stable(bench, text)));
    check("console", "unreachable", &text.join("\n"));
}

#[test]
fn checks_warn_of_what_a_server_says_about_its_answers() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| {
        let last = asked.prompt.contains("number 3?");
        let usage = if last {
            json!(null)
        } else {
            json!({ "prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": { "cached_tokens": 64 } })
        };
        let choice = json!({ "message": { "content": "B" }, "finish_reason": "length" });
        let headers = vec![("Content-Type", "application/json".into())];
        Act::Status(200, headers, json!({ "choices": [choice], "usage": usage }).to_string())
    });
    let bench = Bench::ready(4, &Spec::on(&server).with("generation", "{ stream: false }"));
    check("console", "checks", &printed(&bench.apply(), |text| unmeasured(&bench, text)));
}

#[test]
fn selftest_prints_true_beside_measured() {
    let bench = Bench::empty();
    let tiny = ["selftest", "--concurrency", "1", "--requests", "10", "--ttft", "2ms", "--gap", "1ms", "--tokens=3"];
    let finished = bench.run(&tiny);
    // Which remarks come depends on the machine; the heads do not.
    let heads: Vec<&str> =
        finished.stdout.lines().filter(|line| !line.starts_with(|c: char| c.is_ascii_digit())).collect();
    let fixed: Vec<&str> = heads.into_iter().take_while(|line| !line.starts_with("c=1:")).collect();
    check("console", "selftest", &unmeasured(&bench, &fixed.join("\n")));
}
