//! Prompts that a generator makes: their lengths, their shared prefix, and what a rerun sends.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

/// A spec whose only dataset is made; the servers of the tests count a token for every four bytes, unless told otherwise.
fn gauged(server: &Server, source: &str) -> Spec {
    let datasets = format!("[{{ source: {{ synthetic: {{ {source} }} }} }}]");
    Spec::on(server).with("datasets", &datasets).with("charts", "[durations]")
}

/// The same with a length that nobody calibrates.
fn spec(server: &Server, source: &str) -> Spec {
    let stated = if source.contains("tokens_per_word") { "" } else { ", tokens_per_word: 1" };
    gauged(server, &format!("{source}{stated}"))
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
    server.acts(|_| Act::LateEnd(UNCOUNTED, Duration::ZERO));
    let bench = Bench::ready(1, &spec(&server, "input_tokens: 20, samples: 2, tokens_per_word: 1.5"));
    let finished = bench.apply();
    finished.exits(0);
    let said = bench.read("outputs/trial/summary.md");
    assert!(said.contains("is an assumption: 1.5 tokens per word"), "{said}");
}

#[test]
fn answers_that_end_at_the_length_that_is_wanted_are_not_called_truncated() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| Act::LateEnd(CAPPED, Duration::ZERO));
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

/// Makes a server count words: so many tokens for each word, and so many around them; none of a model without an entry.
fn counts(server: &Server, ratios: &'static [(&'static str, f64, f64)]) {
    server.acts(|asked| {
        let words = asked.prompt.split_whitespace().count() as f64;
        let own = ratios.iter().find(|(model, ..)| asked.model == *model);
        let usage = own.map(|(_, each, around)| {
            let tokens = (words * each + around).round();
            format!(",\"usage\":{{\"prompt_tokens\":{tokens},\"completion_tokens\":1}}")
        });
        let end = format!("{}{}}}\n\ndata: [DONE]\n\n", END, usage.unwrap_or_default());
        Act::LateEnd(Box::leak(end.into_boxed_str()), Duration::ZERO)
    });
}

/// The last piece of an answer, whose count of tokens is still to come.
const END: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"B\"}}]}\n\n\
                   data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]";

/// The mean input tokens of the first rows and the last, half of them each.
fn means(bench: &Bench, rows: usize) -> [f64; 2] {
    let results = bench.results();
    let mean = |rows: std::ops::Range<usize>| {
        let count = rows.len() as f64;
        rows.map(|row| results.number(row, "prompt_tokens")).sum::<f64>() / count
    };
    [mean(0..rows / 2), mean(rows / 2..rows)]
}

fn applied(bench: &Bench) {
    bench.apply().exits(0);
}

const TWO: &str = "[{ name: small, endpoint: local }, { name: large, endpoint: local }]";

#[test]
fn two_models_that_count_differently_get_the_same_number_of_tokens_in_prompts_of_their_own() {
    let server = Server::openai(&["small", "large"], None);
    counts(&server, &[("small", 1.3, 20.0), ("large", 2.5, 3.0)]);
    let bench = Bench::ready(1, &gauged(&server, "input_tokens: 300, spread: 0.2, samples: 10").with("models", TWO));
    let planned = bench.plan();
    planned.exits(0).shows(&["small × calibration of synthetic", "24 requests: 0 kept, 24 to send"]);
    planned.says(&["the prompts of `synthetic` are an estimate for 2 models"]);
    bench.apply().exits(0).says(&["small 1.30 tokens per word", "large 2.50 tokens per word"]);
    assert_eq!(server.count(), 2 * (2 + 10));
    for mean in means(&bench, 20) {
        assert!((mean / 300.0 - 1.0).abs() < 0.03, "{mean}");
    }
    let asked = server.asked();
    let prompts = |model: &str| -> Vec<String> {
        let own = asked.iter().filter(|asked| asked.model == model && asked.prompt.split_whitespace().count() != 512);
        own.filter(|asked| asked.prompt.split_whitespace().count() != 256).map(|asked| asked.prompt.clone()).collect()
    };
    // The words are the same, and fewer of them where each is more tokens.
    let (small, large) = (prompts("small"), prompts("large"));
    assert!(
        small.iter().zip(&large).all(|(small, large)| small.trim().starts_with(large.trim())),
        "{small:?} {large:?}"
    );
    let sent = server.count_during(|| {
        bench.apply().exits(0);
        bench.run(&["apply", "experiments/trial.yaml", "--locked"]).exits(0);
        bench.plan().exits(0).shows(&["24 requests: 24 kept, 0 to send"]);
    });
    assert_eq!(sent, 0);
    // Another length is made by the same calibration.
    let longer = gauged(&server, "input_tokens: 900, samples: 2").with("models", TWO);
    bench.spec(&longer);
    assert_eq!(server.count_during(|| applied(&bench)), 4);
    let printed = bench.run(&["prompt", "experiments/trial.yaml", "--model", "large"]);
    assert_eq!(printed.exits(0).stdout.split_whitespace().count(), ((900.0_f64 - 3.0) / 2.5).round() as usize);
}

#[test]
fn templates_of_the_prompt_are_part_of_the_wanted_length() {
    let server = Server::openai(&["small"], None);
    counts(&server, &[("small", 1.0, 10.0)]);
    let long = "one two three four five six seven eight nine ten eleven twelve";
    let template = format!("{{ template: '{long} {{{{ question }}}}' }}");
    let with = |tokens: u32| {
        gauged(&server, &format!("input_tokens: {tokens}, prefix_tokens: 5, samples: 4")).with("prompt", &template)
    };
    let bench = Bench::ready(1, &with(60));
    bench.apply().exits(0);
    assert_eq!(means(&bench, 4), [60.0, 60.0]);
    bench.spec(&with(20));
    bench.apply().exits(0);
    let said = bench.read("outputs/trial/summary.md");
    assert!(said.contains("the templates of the prompt and of the model alone are about 22"), "{said}");
}

#[test]
fn a_server_that_counts_nothing_or_not_by_words_is_asked_once_and_its_length_is_an_assumption() {
    let server = Server::openai(&["small", "large"], None);
    counts(&server, &[("large", 0.0, 7.0)]);
    let bench = Bench::ready(1, &gauged(&server, "input_tokens: 20, samples: 2").with("models", TWO));
    let finished = bench.apply();
    finished.exits(0).says(&["small counts no words, so their length is an assumption"]);
    assert_eq!(server.count(), 2 * (2 + 2));
    let said = bench.read("outputs/trial/summary.md");
    assert!(said.contains("is an assumption: 1 tokens per word"), "{said}");
    let words = "have 7 input tokens on average instead of 20; what the server counts does not follow the words";
    assert!(said.contains(words), "{said}");
    let words = server.asked().iter().map(|asked| asked.prompt.split_whitespace().count()).collect::<Vec<_>>();
    assert_eq!(words.iter().filter(|count| **count == 20).count(), 4, "{words:?}");
    assert_eq!(server.count_during(|| applied(&bench)), 0);
}

#[test]
fn a_calibration_that_fails_ends_the_run_before_prompts_are_made() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| Act::status(500, "out of memory"));
    let spec =
        gauged(&server, "input_tokens: 40, samples: 3").with("load", "{ concurrency: 1, warmup: 0, attempts: 1 }");
    let bench = Bench::ready(1, &spec);
    let words = ["the prompts of `synthetic` cannot be calibrated for `small`", "out of memory", "`tokens_per_word`"];
    bench.apply().exits(1).says(&words);
    assert!(server.asked().iter().all(|asked| asked.prompt.split_whitespace().count() >= 256));
    counts(&server, &[("small", 2.0, 0.0)]);
    assert_eq!(server.count_during(|| applied(&bench)), 2 + 3);
    assert_eq!(means(&bench, 3)[1], 40.0);
}

#[test]
fn calibrations_are_a_part_of_the_budget_and_a_run_that_ends_between_continues() {
    let server = Server::openai(&["small"], None);
    counts(&server, &[("small", 2.0, 4.0)]);
    let budget = |most: u32| {
        gauged(&server, "input_tokens: 104, samples: 4").with("budget", &format!("{{ max_requests: {most} }}"))
    };
    let bench = Bench::ready(1, &budget(2));
    bench.apply().exits(4);
    assert_eq!(server.count(), 2);
    bench.spec(&budget(4));
    bench.apply().exits(0);
    assert_eq!((server.count(), means(&bench, 4)), (6, [104.0, 104.0]));
}

#[test]
fn shards_calibrate_for_themselves_and_merge_into_the_table_of_one_run() {
    let server = Server::openai(&["small"], None);
    counts(&server, &[("small", 1.7, 9.0)]);
    let bench = Bench::ready(1, &gauged(&server, "input_tokens: 80, spread: 0.3, samples: 12"));
    for part in ["1/2", "2/2"] {
        bench.run(&["apply", "experiments/trial.yaml", "--shard", part]).exits(0);
    }
    assert_eq!(server.count(), 2 * 2 + 12);
    let stores = ["outputs/store-1-of-2.sqlite", "outputs/store-2-of-2.sqlite"];
    bench
        .run(&["merge", stores[0], stores[1], "--into", "outputs/store.sqlite"])
        .exits(0)
        .shows(&["14 responses added"]);
    assert_eq!(server.count_during(|| applied(&bench)), 0);
    assert_eq!(bench.results().column("prompt_tokens").len(), 12);
}

#[test]
fn made_prompts_stand_beside_questions_that_are_judged() {
    let server = Server::ollama(&["small"]);
    let datasets = "[{ source: { file: { path: questions.jsonl } } }, { source: { synthetic: { input_tokens: 30, samples: 3, tokens_per_word: 1 } } }]";
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
