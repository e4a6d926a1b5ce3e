//! Prompts that a generator makes: their lengths, their shared prefix, and what a rerun sends.

use std::collections::HashSet;

use serde_json::json;

use crate::bench::{Bench, Spec};
use crate::server::Server;

/// A spec whose only dataset is made; the servers of the tests count a token for every four bytes.
fn spec(server: &Server, source: &str) -> Spec {
    let datasets = format!("[{{ source: {{ synthetic: {{ {source} }} }} }}]");
    Spec::on(server).with("datasets", &datasets).with("charts", "[durations]")
}

#[test]
fn made_prompts_have_a_length_a_prefix_and_a_limit_and_are_the_same_for_all_models() {
    let server = Server::ollama(&["small", "large"]);
    let models = "[{ name: small, endpoint: local }, { name: large, endpoint: local, generation: { max_tokens: 9 } }]";
    let source = "input_tokens: 60, output_tokens: 17, spread: 0.2, prefix_tokens: 20, samples: 8, seed: 1";
    let bench = Bench::ready(1, &spec(&server, source).with("models", models));
    bench.apply().exits(0).shows(&["synthetic"]);
    let asked = server.asked();
    let of = |model: &str| -> Vec<String> {
        asked.iter().filter(|asked| asked.model == model).map(|asked| asked.prompt.trim().to_owned()).collect()
    };
    let (small, large) = (of("small"), of("large"));
    assert_eq!((small.len(), &small), (8, &large));
    let words: Vec<Vec<&str>> = small.iter().map(|prompt| prompt.split_whitespace().collect()).collect();
    assert!(words.iter().all(|own| (48..=72).contains(&own.len()) && own[..20] == words[0][..20]), "{words:?}");
    assert_eq!(words.iter().map(|words| &words[..24]).collect::<HashSet<_>>().len(), 8);
    let limit =
        |model: &str| asked.iter().find(|asked| asked.model == model).unwrap().body["options"]["num_predict"].clone();
    // What a model says goes before what a dataset says.
    assert_eq!((limit("small"), limit("large")), (json!(17), json!(9)));
    let results = bench.results();
    assert!(results.column("score").iter().chain(&results.column("verdict")).all(|value| value.is_empty()));
}

#[test]
fn a_rerun_sends_nothing_and_more_samples_send_what_is_new() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(1, &spec(&server, "input_tokens: 40, spread: 0.5, samples: 5"));
    bench.apply().exits(0);
    bench.apply().exits(0);
    assert_eq!(server.count(), 5);
    bench.run(&["apply", "experiments/trial.yaml", "--locked"]).exits(0);
    bench.spec(&spec(&server, "input_tokens: 40, spread: 0.5, samples: 7"));
    bench.apply().exits(0);
    assert_eq!(server.count(), 7);
    bench.spec(&spec(&server, "input_tokens: 40, spread: 0.5, samples: 7, seed: 43"));
    bench.run(&["apply", "experiments/trial.yaml", "--limit", "3"]).exits(0);
    assert_eq!(server.count(), 10);
}

#[test]
fn the_length_that_was_reached_is_told_with_the_ratio_that_fits() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(1, &spec(&server, "input_tokens: 200, samples: 6"));
    let finished = bench.apply();
    finished.exits(0);
    let summary = bench.read("outputs/trial/summary.md");
    let said = format!("{}{}{summary}", finished.stdout, finished.stderr);
    assert!(said.contains("input tokens on average instead of 200"), "{said}");
    let ratio = said.split("`tokens_per_word: ").nth(1).unwrap().split('`').next().unwrap();
    assert!(ratio.parse::<f64>().unwrap() > 1.0, "{ratio}");
    bench.spec(&spec(&server, &format!("input_tokens: 200, samples: 6, tokens_per_word: {ratio}")));
    bench.apply().exits(0);
    let mean = (0..6).map(|row| bench.results().number(row, "prompt_tokens")).sum::<f64>() / 6.0;
    assert!((mean / 200.0 - 1.0).abs() < 0.1, "{mean}");
    let summary = bench.read("outputs/trial/summary.md");
    assert!(summary.contains("input\\_length") && !summary.contains("instead of"), "{summary}");
}

#[test]
fn a_length_that_nobody_counts_is_called_an_assumption() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| crate::server::Act::LateEnd(UNCOUNTED, std::time::Duration::ZERO));
    let bench = Bench::ready(1, &spec(&server, "input_tokens: 20, samples: 2, tokens_per_word: 1.5"));
    let finished = bench.apply();
    finished.exits(0);
    let said = bench.read("outputs/trial/summary.md");
    assert!(said.contains("is an assumption: 1.5 tokens per word"), "{said}");
}

#[test]
fn answers_that_end_at_the_length_that_is_wanted_are_not_called_truncated() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| crate::server::Act::LateEnd(CAPPED, std::time::Duration::ZERO));
    let is_warned = |source: &str| {
        let bench = Bench::ready(1, &spec(&server, source));
        bench.apply().exits(0);
        bench.read("outputs/trial/summary.md").contains("were truncated at the token limit")
    };
    assert!(!is_warned("input_tokens: 20, output_tokens: 1, samples: 2"));
    assert!(is_warned("input_tokens: 20, samples: 2"));
}

/// An answer of OpenAI's API that was cut.
const CAPPED: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"B\"}}]}\n\n\
                      data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n";

/// An answer of OpenAI's API without `usage`.
const UNCOUNTED: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"B\"}}]}\n\n\
                         data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

#[test]
fn made_prompts_stand_beside_questions_that_are_judged() {
    let server = Server::ollama(&["small"]);
    let datasets = "[{ source: { file: { path: questions.jsonl } } }, { source: { synthetic: { input_tokens: 30, samples: 3 } } }]";
    let bench = Bench::ready(4, &Spec::on(&server).with("datasets", datasets));
    bench.apply().exits(0);
    let results = bench.results();
    let scored = results.column("score").iter().filter(|score| !score.is_empty()).count();
    assert_eq!((results.column("score").len(), scored), (7, 4));
}

#[test]
fn what_does_not_fit_made_prompts_is_refused_in_place() {
    let refused = |dataset: &str, load: &str, words: &[&str]| {
        let spec = Spec::at("{ ollama: {} }").with("datasets", &format!("[{{ {dataset} }}]"));
        let spec = spec.with("charts", "[durations]").with("load", load);
        let finished = Bench::ready(1, &spec).run(&["validate", "experiments/trial.yaml"]);
        finished.exits(2).says(words).says(&["trial.yaml:3:"]);
    };
    let (made, load) = ("source: { synthetic: { input_tokens: 50 } }", "{ concurrency: 1 }");
    refused("source: { synthetic: { output_tokens: 5 } }", load, &["input_tokens"]);
    refused("source: { synthetic: { input_tokens: 0 } }", load, &["0 is too small; the minimum is 1"]);
    refused("source: { synthetic: { input_tokens: 5, spread: 2 } }", load, &["2 is too large; the maximum is 1"]);
    let prefix = "source: { synthetic: { input_tokens: 50, spread: 0.5, prefix_tokens: 25 } }";
    refused(prefix, load, &["leaves nothing of the shortest prompt, which has 25"]);
    let short = "source: { synthetic: { input_tokens: 50, prefix_tokens: 25 } }";
    refused(short, "\n  cache_bust: true", &["`load.cache_bust` puts a nonce before it"]);
    let large = "source: { synthetic: { input_tokens: 100000, samples: 100000 } }";
    refused(large, load, &["100000 prompts of 100000 tokens are too many"]);
    let twice = "source: { synthetic: { input_tokens: 5, output_tokens: 5 } }, generation: { max_tokens: 6 }";
    refused(twice, load, &["`output_tokens` and `generation.max_tokens`"]);
    for (key, value) in [
        ("columns", "{ question: q }"),
        ("filter", "{ subject: x }"),
        ("few_shot", "{ count: 2 }"),
        ("on_bad_row", "skip"),
        ("shuffle", "1"),
        ("shuffle_choices", "1"),
    ] {
        refused(&format!("{made}, {key}: {value}"), load, &[&format!("`{key}` is of rows")]);
    }
}
