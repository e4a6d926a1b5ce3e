//! Models and data sets with settings of their own: `vary`, prompts and generation by model and by data set.

use serde_json::json;

use crate::bench::{Bench, Spec};
use crate::server::Server;

#[test]
fn every_combination_of_settings_is_a_model() {
    let server = Server::ollama(&["small"]);
    let models = "[{ name: small, endpoint: local, vary: { think: [false, true], temperature: [0, 0.7] } }]";
    let prices = "{ models: { small: { input: 1, output: 1 } } }";
    let bench = Bench::ready(2, &Spec::on(&server).with("models", models).with("pricing", prices));
    bench.apply().exits(0).shows(&["small think=true temperature=0.7"]);
    let summary = bench.table("model_summary.csv");
    let expected = [
        "small think=false temperature=0",
        "small think=false temperature=0.7",
        "small think=true temperature=0",
        "small think=true temperature=0.7",
    ];
    assert_eq!(summary.column("model"), expected);
    assert!(summary.number(3, "cost") > 0.0);
    let asked = server.asked();
    let sent: Vec<_> =
        asked.iter().map(|asked| (asked.body["think"].clone(), asked.body["options"]["temperature"].clone())).collect();
    assert_eq!((sent.len(), &sent[0], &sent[7]), (8, &(json!(false), json!(0.0)), &(json!(true), json!(0.7))));
    assert!(asked.iter().all(|asked| asked.model == "small"));
    bench.apply().exits(0);
    assert_eq!(server.count(), 8);
}

#[test]
fn what_cannot_vary_is_refused_in_place() {
    let refused = |models: &str, words: &[&str]| {
        let spec = Spec::at("{ ollama: {} }").with("models", models);
        Bench::ready(1, &spec).run(&["validate", "experiments/trial.yaml"]).exits(2).says(words);
    };
    refused(
        "[{ name: m, endpoint: local, vary: { temprature: [0, 1] } }]",
        &["unknown key `temprature`", "trial.yaml:5:"],
    );
    refused("[{ name: m, endpoint: local, vary: { seed: 1 } }]", &["`vary.seed` needs a list", "trial.yaml:5:"]);
    let judge = "{ model: { models: [{ name: j, endpoint: local, vary: { seed: [1, 2] } }] } }";
    let spec = Spec::at("{ ollama: {} }").with("judge", judge);
    let finished = Bench::ready(1, &spec).run(&["validate", "experiments/trial.yaml"]);
    finished.exits(2).says(&["`vary` is of the models that are compared"]);
}

#[test]
fn a_dataset_has_its_own_prompt_and_generation_and_a_model_goes_before_it() {
    let server = Server::ollama(&["small", "large"]);
    let datasets = "[{ source: { file: { path: questions.jsonl } } }, \
                     { source: { file: { path: more.jsonl } }, prompt: { template: \"More: {{ question }}\" }, generation: { max_tokens: 7, seed: null } }]";
    let models = "[{ name: small, endpoint: local }, \
                   { name: large, endpoint: local, prompt: { system: Hush. }, generation: { max_tokens: 9 } }]";
    let spec =
        Spec::on(&server).with("datasets", datasets).with("models", models).with("generation", "{ max_tokens: 5 }");
    let bench = Bench::ready(1, &spec);
    bench.write("experiments/more.jsonl", bench.read("experiments/questions.jsonl"));
    bench.apply().exits(0);
    let asked = server.asked();
    let of = |model: &str, more: bool| {
        let is = |asked: &&crate::server::Asked| asked.model == model && asked.prompt.contains("More: ") == more;
        let body = &asked.iter().find(is).unwrap().body;
        (body["options"]["num_predict"].clone(), body["options"]["seed"].clone(), body["system"].clone())
    };
    assert_eq!(of("small", false), (json!(5), json!(42), json!(null)));
    assert_eq!(of("small", true), (json!(7), json!(null), json!(null)));
    assert_eq!(of("large", false), (json!(9), json!(42), json!("Hush.")));
    assert_eq!(of("large", true), (json!(9), json!(null), json!("Hush.")));
    bench.apply().exits(0);
    assert_eq!(server.count(), 4);
    bench
        .run(&["prompt", "experiments/trial.yaml", "--item", "1", "--model", "large"])
        .exits(0)
        .shows(&["[system]\nHush.\n[user]\nMore: Which"]);
    bench.run(&["prompt", "experiments/trial.yaml", "--model", "none"]).exits(2).says(&["no model `none`"]);
}

#[test]
fn templates_of_models_and_datasets_are_checked_in_place() {
    let datasets = "[{ source: { file: { path: questions.jsonl } }, prompt: { template: \"{{ question\" } }]";
    let models = "[{ name: m, endpoint: local, prompt: { system: \"{% if %}\" } }]";
    let spec = Spec::at("{ ollama: {} }").with("datasets", datasets).with("models", models);
    let finished = Bench::ready(1, &spec).run(&["validate", "experiments/trial.yaml"]);
    finished.exits(2).says(&["trial.yaml:3:", "trial.yaml:5:", "invalid template", "2 problems"]);
}

/// What judges generate is limited by their own settings, not by those of the models that they judge.
#[test]
fn a_judge_generates_by_its_own_settings() {
    let server = Server::ollama(&["small", "judge"]);
    let judge = "{ model: { models: [{ name: judge, endpoint: local }], max_tokens: 333, temperature: 0.3 } }";
    let bench = Bench::ready(1, &Spec::on(&server).with("judge", judge).with("generation", "{ max_tokens: 5 }"));
    bench.apply();
    let asked = server.asked();
    let options = &asked.iter().find(|asked| asked.model == "judge").unwrap().body["options"];
    assert_eq!((&options["num_predict"], &options["temperature"]), (&json!(333), &json!(0.3)));
}
