//! Models and datasets with settings of their own: `vary`, prompts and generation by model and by dataset.

use serde_json::json;

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

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

/// The prompts and right answers of rows by a preset.
fn preset(name: &str, rows: &str, keys: &str) -> (Vec<String>, Vec<String>) {
    let server = Server::ollama(&["small"]);
    let dataset = format!(
        "[{{ preset: {name}, source: {{ file: {{ path: questions.jsonl }} }}, few_shot: {{ count: 0 }}{keys} }}]"
    );
    let spec = Spec::on(&server).with("datasets", &dataset).with("charts", "[durations]");
    let bench = Bench::ready(1, &spec);
    bench.write("experiments/questions.jsonl", rows);
    bench.apply().exits(0);
    let expected = bench.results().column("gold_text").into_iter().map(str::to_owned).collect();
    (server.asked().into_iter().map(|asked| asked.prompt).collect(), expected)
}

/// Rows with the columns and types of the cards.
#[test]
fn presets_read_the_rows_of_their_cards() {
    let redux = r#"{"question": "Q", "choices": ["w", "x", "y", "z"], "answer": 1, "error_type": "ok", "source": null, "correct_answer": null, "potential_reason": null}
{"question": "R", "choices": ["w", "x", "y", "z"], "answer": 3, "error_type": "wrong_groundtruth", "source": "s", "correct_answer": "0", "potential_reason": "p"}"#;
    let (prompts, golds) = preset("mmlu_redux", redux, "");
    assert_eq!((prompts.len(), golds), (1, vec!["x".to_owned()]));
    let ceval =
        r#"{"id": 0, "question": "Q", "A": "1", "B": "2", "C": "3", "D": "4", "answer": "C", "explanation": ""}"#;
    assert_eq!(preset("ceval", ceval, "").1, ["3"]);
    let cmmlu = r#"{"Question": "Q", "A": "1", "B": "2", "C": "3", "D": "4", "Answer": "D"}"#;
    let (prompts, golds) = preset("cmmlu", cmmlu, "");
    assert!(prompts[0].starts_with("Q\nA. 1\nB. 2\n") && golds == ["4"], "{prompts:?} {golds:?}");
    let global = r#"{"sample_id": "abstract_algebra/test/0", "subject": "abstract_algebra", "subject_category": "STEM", "question": "Q", "option_a": "0", "option_b": "4", "option_c": "2", "option_d": "6", "answer": "B", "required_knowledge": "[]", "time_sensitive": "[]", "reference": "[]", "culture": "[]", "region": "[]", "country": "[]", "cultural_sensitivity_label": "-", "is_annotated": false}"#;
    assert_eq!(preset("global_mmlu", global, "").1, ["4"]);
    let logiqa = r#"{"context": "The passage.", "query": "Q", "options": ["a", "b", "c", "d"], "correct_option": 2}"#;
    let (prompts, golds) = preset("logiqa", logiqa, "");
    assert!(prompts[0].starts_with("The passage.\n\nQ\nA. a\n") && golds == ["c"], "{prompts:?} {golds:?}");
    let drop = r#"{"section_id": "s", "query_id": "q", "passage": "The passage.", "question": "Who?", "answers_spans": {"spans": ["Chaz Schilens", "Schilens"], "types": ["span", "span"]}}"#;
    let (prompts, golds) = preset("drop", drop, "");
    assert!(prompts[0].starts_with("The passage.\n\nWho?") && golds == ["Chaz Schilens"], "{prompts:?} {golds:?}");
    let musr = r#"{"narrative": "The story.", "question": "Who did it?", "choices": "['Mackenzie', \"O'Hara\"]", "answer_index": 1, "answer_choice": "O'Hara"}"#;
    let (prompts, golds) = preset("musr", musr, "");
    assert!(prompts[0].contains("A. Mackenzie\nB. O'Hara\n") && golds == ["O'Hara"], "{prompts:?} {golds:?}");
    let human = r#"{"task_id": "HumanEval/0", "prompt": "def f():\n", "canonical_solution": "    return 1\n", "test": "def check(f): pass", "entry_point": "f"}"#;
    let (prompts, _) = preset("humaneval", human, ", judge: none");
    assert_eq!(prompts, ["Complete this function. Answer with the whole function only.\n\ndef f():\n"]);
}

/// A preset, a row with the columns and types of its card, the right answer, and what the prompt has to show.
const CARDS: [(&str, &str, &str, &str); 22] = [
    ("gsm8k", r#"{"question":"How many?","answer":"She has 3 * 6 = <<3*6=18>>18.\n#### 18"}"#, "18", "How many?"),
    ("mmlu", r#"{"question":"Q","subject":"anatomy","choices":["w","x","y","z"],"answer":1}"#, "x", "B. x"),
    (
        "mmlu_pro",
        r#"{"question_id":70,"question":"Q","options":["a","b","c","d","e","f","g","h","i","j"],"answer":"I","answer_index":8,"cot_content":"","category":"business","src":"ori_mmlu-business_ethics"}"#,
        "i",
        "J. j",
    ),
    (
        "arc_challenge",
        r#"{"id":"Mercury_1","question":"Q","choices":{"text":["w","x","y","z"],"label":["A","B","C","D"]},"answerKey":"C"}"#,
        "y",
        "C. y",
    ),
    (
        "arc_easy",
        r#"{"id":"NYSED_1","question":"Q","choices":{"text":["w","x","y","z"],"label":["1","2","3","4"]},"answerKey":"4"}"#,
        "z",
        "D. z",
    ),
    (
        "hellaswag",
        r#"{"ind":24,"activity_label":"Roof","ctx_a":"A man is on a roof.","ctx_b":"he","ctx":"A man is on a roof. he","endings":["w","x","y","z"],"source_id":"a~v_1","split":"val","split_type":"indomain","label":"3"}"#,
        "z",
        "A man is on a roof. he",
    ),
    (
        "winogrande",
        r#"{"sentence":"The _ fell.","option1":"cup","option2":"table","answer":"2"}"#,
        "table",
        "The _ fell.",
    ),
    (
        "truthfulqa_mc1",
        r#"{"question":"Q","mc1_targets":{"choices":["right","wrong"],"labels":[1,0]},"mc2_targets":{"choices":["right","wrong","so"],"labels":[1,0,1]}}"#,
        "right",
        "right",
    ),
    ("boolq", r#"{"question":"is it so","answer":true,"passage":"It is so."}"#, "yes", "It is so."),
    ("piqa", r#"{"goal":"To open","sol1":"pull","sol2":"push","label":1}"#, "push", "To open"),
    (
        "siqa",
        r#"{"context":"Ann left.","question":"Why?","answerA":"a","answerB":"b","answerC":"c","label":"3"}"#,
        "c",
        "Ann left.",
    ),
    (
        "openbookqa",
        r#"{"id":"8-343","question_stem":"The sun is","choices":{"text":["w","x","y","z"],"label":["A","B","C","D"]},"answerKey":"B"}"#,
        "x",
        "The sun is",
    ),
    (
        "commonsenseqa",
        r#"{"id":"1afa","question":"Q","question_concept":"punishing","choices":{"label":["A","B","C","D","E"],"text":["a","b","c","d","e"]},"answerKey":"E"}"#,
        "e",
        "E. e",
    ),
    (
        "gpqa_diamond",
        r#"{"Pre-Revision Question":"P","Question":"Q","Correct Answer":"right","Incorrect Answer 1":"one","Incorrect Answer 2":"two","Incorrect Answer 3":"three","Explanation":"E","Subdomain":"Genetics","High-level domain":"Biology","Record ID":"rec1"}"#,
        "right",
        "three",
    ),
    (
        "math_500",
        r#"{"problem":"Convert","solution":"so $\\boxed{\\frac{1}{2}}$","answer":"\\frac{1}{2}","subject":"Precalculus","level":2,"unique_id":"test/precalculus/807.json"}"#,
        "\\frac{1}{2}",
        "Convert",
    ),
    (
        "aime",
        r#"{"id":60,"problem":"Every morning","solution":"S","answer":"204","url":"https://x","year":"2024"}"#,
        "204",
        "Every morning",
    ),
    (
        "medqa",
        r#"{"question":"Q","answer":"x","options":{"A":"w","B":"x","C":"y","D":"z"},"meta_info":"step1","answer_idx":"B","metamap_phrases":["p"]}"#,
        "x",
        "B. x",
    ),
    (
        "medmcqa",
        r#"{"id":"e9ad","question":"Q","opa":"w","opb":"x","opc":"y","opd":"z","cop":2,"choice_type":"single","exp":null,"subject_name":"Anatomy","topic_name":null}"#,
        "y",
        "C. y",
    ),
    (
        "pubmedqa",
        r#"{"pubid":21645374,"question":"Do they?","context":{"contexts":["First.","Second."],"labels":["B","R"],"meshes":["M"],"reasoning_required_pred":["y"],"reasoning_free_pred":["y"]},"long_answer":"L","final_decision":"maybe"}"#,
        "maybe",
        "First.\nSecond.",
    ),
    (
        "race",
        r#"{"example_id":"high1.txt","article":"The article.","answer":"D","question":"Who?","options":["w","x","y","z"]}"#,
        "z",
        "The article.",
    ),
    (
        "triviaqa",
        r#"{"question":"Who?","question_id":"tc_1","question_source":"http://x","entity_pages":{"doc_source":[],"filename":[]},"search_results":{"description":[],"filename":[]},"answer":{"aliases":["Lewis","Sinclair Lewis"],"normalized_aliases":["lewis","sinclair lewis"],"matched_wiki_entity_name":"","normalized_value":"sinclair lewis","type":"WikipediaEntity","value":"Sinclair Lewis"}}"#,
        "Sinclair Lewis",
        "Who?",
    ),
    (
        "nq_open",
        r#"{"question":"when did it","answer":["14 December 1972 UTC","December 1972"]}"#,
        "14 December 1972 UTC",
        "when did it",
    ),
];

#[test]
fn every_preset_reads_a_row_of_its_card() {
    let server = Server::ollama(&["small"]);
    let datasets = CARDS.map(|(name, ..)| {
        format!("{{ preset: {name}, source: {{ file: {{ path: {name}.jsonl }} }}, few_shot: {{ count: 0 }} }}")
    });
    let spec = Spec::on(&server).with("datasets", &format!("[{}]", datasets.join(", "))).with("charts", "[durations]");
    let bench = Bench::ready(1, &spec);
    for (name, row, ..) in CARDS {
        bench.write(&format!("experiments/{name}.jsonl"), format!("{row}\n"));
    }
    bench.apply().exits(0);
    let (results, asked) = (bench.results(), server.asked());
    for (name, _, gold, shown) in &CARDS {
        let row = results.column("dataset").iter().position(|dataset| dataset == name).unwrap();
        assert_eq!(results.field(row, "gold_text"), *gold, "{name}");
        assert!(asked.iter().any(|asked| asked.prompt.contains(shown)), "{name}: {shown}");
    }
}

#[test]
fn bbh_is_judged_by_its_last_sentence() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| {
        Act::Say(
            if asked.prompt.starts_with("not") { "Hm.\nSo the answer is False." } else { "The answer is (B)" }.into(),
        )
    });
    let datasets = "[{ preset: bbh, source: { file: { path: questions.jsonl } } }]";
    let bench = Bench::ready(1, &Spec::on(&server).with("datasets", datasets));
    let rows = r#"{"input": "not ( True ) is", "target": "False"}
{"input": "Options:\n(A) x\n(B) y", "target": "(B)"}
{"input": "Options:\n(A) y\n(B) x", "target": "(A)"}"#;
    bench.write("experiments/questions.jsonl", rows);
    bench.apply().exits(0);
    assert_eq!(bench.results().column("verdict"), ["correct", "correct", "wrong"]);
}

#[test]
fn several_presets_keep_their_own_judges_and_settings() {
    let server = Server::ollama(&["small"]);
    let datasets = "[{ preset: logiqa, source: { file: { path: logiqa.jsonl } } }, { preset: drop, source: { file: { path: drop.jsonl } } }]";
    let bench = Bench::ready(1, &Spec::on(&server).with("datasets", datasets));
    bench.write(
        "experiments/logiqa.jsonl",
        r#"{"context": "P", "query": "Q", "options": ["a", "b"], "correct_option": 1}"#,
    );
    bench.write(
        "experiments/drop.jsonl",
        r#"{"passage": "P", "question": "Who?", "answers_spans": {"spans": ["x"], "types": ["span"]}}"#,
    );
    bench.apply().exits(0).shows(&["logiqa", "drop"]);
    let limits: Vec<_> = server.asked().iter().map(|asked| asked.body["options"]["num_predict"].clone()).collect();
    assert_eq!(limits, [json!(16), json!(64)]);
    assert!(bench.path("outputs/trial/model_summary.csv").exists());
}

const PRICES: &str = r#"{"openai": {"models": {"small": {"cost": {"input": 1000, "output": 2000}}, "big": {"cost": {"input": 1, "output": 1}}}},
    "azure": {"models": {"big": {"cost": {"input": 3, "output": 3}}}}}"#;

#[test]
fn prices_come_from_a_list_that_is_kept() {
    let server = Server::openai(&["small"], None);
    let bench = Bench::ready(1, &Spec::on(&server).with("pricing", "{ from: prices.lock }"));
    bench.run(&["validate", "experiments/trial.yaml"]).exits(2).says(&[
        "cannot read",
        "prices.lock",
        "smallbench prices update",
        "trial.yaml:",
    ]);
    bench.write("api.json", PRICES);
    let update = ["prices", "update", "--from", "api.json", "--output", "experiments/prices.lock"];
    bench.run(&update).exits(0).shows(&["3 prices of models.dev written to experiments/prices.lock"]);
    let lock = bench.read("experiments/prices.lock");
    assert!(
        lock.contains("source = \"models.dev\"") && lock.contains("as_of = \"20") && lock.contains("sha256 = "),
        "{lock}"
    );
    bench.apply().exits(0);
    let results = bench.results();
    let tokens = |name: &str| results.number(0, name);
    let expected = (tokens("prompt_tokens") * 1000.0 + tokens("output_tokens") * 2000.0) / 1e6;
    assert!((results.number(0, "cost") - expected).abs() < 1e-9, "{expected}");
    let models = "[{ name: m, model: big, endpoint: local }]";
    let spec = Spec::on(&server).with("models", models);
    bench.spec(&spec.with("pricing", "{ from: prices.lock }"));
    bench.run(&["validate", "experiments/trial.yaml"]).exits(2).says(&[
        "several prices of `big`",
        "azure/big",
        "openai/big",
        "names: { m: ",
    ]);
    bench.spec(&spec.with("pricing", "{ from: prices.lock, names: { m: openai/bog } }"));
    bench.run(&["validate", "experiments/trial.yaml"]).exits(2).says(&["the price list has no `openai/bog`"]);
    bench.spec(&spec.with("pricing", "{ from: prices.lock, names: { m: azure/big } }"));
    bench.run(&["show", "experiments/trial.yaml"]).exits(0).shows(&["source: models.dev"]);
    bench
        .run(&["prices", "update", "--from", "experiments/trial.yaml"])
        .exits(2)
        .says(&["cannot be used", "not a JSON object"]);
}

#[test]
fn a_model_has_its_own_headers() {
    let server = Server::openai(&["small"], None);
    let endpoint = format!(
        "{{ openai: {{ url: \"{}/v1\", headers: {{ anthropic-version: shared, X-Other: y }} }} }}",
        server.url()
    );
    let models = "[{ name: plain, model: small, endpoint: local }, \
                   { name: own, model: small, endpoint: local, headers: { Anthropic-Version: own }, headers_env: { x-api-key: TRIAL_KEY } }]";
    let bench = Bench::ready(1, &Spec::at(&endpoint).with("models", models));
    let key = ("TRIAL_KEY", "sk-trial-0123456789");
    let finished = bench.run_with(&["apply", "experiments/trial.yaml"], &[key]);
    finished.exits(0);
    let asked = server.asked();
    let sent: Vec<_> = asked.iter().map(|asked| (asked.version.as_deref(), asked.api_key.as_deref())).collect();
    assert_eq!(sent, [(Some("shared"), None), (Some("own"), Some(key.1))]);
    for (path, content) in bench.everything() {
        assert!(!String::from_utf8_lossy(&content).contains(key.1), "{}", path.display());
    }
    bench.run_with(&["apply", "experiments/trial.yaml"], &[key]).exits(0);
    assert_eq!(server.count(), 2);
    let refused = |models: &str, words: &[&str]| {
        let bench = Bench::ready(1, &Spec::at(&endpoint).with("models", models));
        bench.run(&["validate", "experiments/trial.yaml"]).exits(2).says(words);
    };
    refused("[{ name: m, endpoint: local, headers: { Authorization: Bearer x } }]", &["headers_env", "trial.yaml:5:"]);
    refused(
        "[{ name: m, endpoint: local, headers_env: { a: sk-0123456789abcdef } }]",
        &["holds a key", "trial.yaml:5:"],
    );
}
