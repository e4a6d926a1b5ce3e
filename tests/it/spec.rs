//! The spec and the command line: what is understood, what is refused, and in which words.

use crate::bench::{Bench, Finished, Spec};
use crate::server::Server;

const VALIDATE: [&str; 2] = ["validate", "experiments/trial.yaml"];

/// A spec that needs no server.
fn plain() -> Spec {
    Spec::at("{ ollama: {} }")
}

/// What `validate` says of a spec.
fn validate(spec: &Spec) -> Finished {
    Bench::ready(1, spec).run(&VALIDATE)
}

#[test]
fn a_right_spec_is_valid() {
    validate(&plain()).exits(0).shows(&["is valid", "1 model", "1 dataset"]);
}

#[test]
fn a_typo_in_a_key_is_shown_where_it_is() {
    let finished = validate(&plain().with("load", "{ concurency: 1 }"));
    finished.exits(2).says(&[
        "unknown key `concurency`",
        "trial.yaml:6:9",
        "load: { concurency: 1 }",
        "did you mean `concurrency`?",
    ]);
}

#[test]
fn all_errors_of_a_file_are_shown_at_once() {
    let spec = plain()
        .with("models", "[{ nam: small, endpoint: local }, { name: large, endpoint: loca }]")
        .with("generation", "{ temperature: hot }")
        .with("judge", "chioce")
        .with("load", "{ timeout: 5 }")
        .with("charts", "[{ scatter: { x: latency, y: cost } }]");
    validate(&spec).exits(2).says(&[
        "`nam`",
        "did you mean `name`?",
        "unknown endpoint `loca`",
        "did you mean `local`?",
        "hot",
        "`chioce`",
        "did you mean `choice`?",
        "`5` is not a duration",
        "`latency`",
        "problems in",
        "trial.yaml:5:",
        "trial.yaml:6:",
        "trial.yaml:7:",
    ]);
}

#[test]
fn a_wrong_type_is_named_with_the_right_one() {
    validate(&plain().with("models", "small")).exits(2).says(&["expected a list", "`small`"]);
    validate(&plain().with("generation", "{ max_tokens: -3 }")).exits(2).says(&["trial.yaml:", "-3"]);
}

#[test]
fn a_missing_key_is_named() {
    validate(&plain().with("models", "[{ endpoint: local }]")).exits(2).says(&["key `name` is missing in `models`"]);
}

#[test]
fn two_models_of_one_name_are_refused() {
    let twins = "[{ name: small, endpoint: local }, { name: small, endpoint: local }]";
    validate(&plain().with("models", twins)).exits(2).says(&["two models are called `small`"]);
}

#[test]
fn a_price_for_no_model_is_refused() {
    let spec = plain().with("pricing", "{ models: { smoll: { input: 1, output: 1 } } }");
    validate(&spec).exits(2).says(&["a price for unknown model `smoll`", "did you mean `small`?"]);
}

#[test]
fn a_template_that_names_an_unknown_variable_is_refused() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(1, &Spec::on(&server).with("prompt", "{ template: \"{{ qestion }}\" }"));
    bench.apply().exits(2).says(&["`qestion`", "did you mean `question`?"]);
    assert_eq!(server.count(), 0);
}

#[test]
fn a_template_that_is_not_closed_is_refused() {
    validate(&plain().with("prompt", "{ template: \"{{ question\" }")).exits(2).says(&["invalid template"]);
}

#[test]
fn a_missing_data_file_is_refused() {
    let spec = plain().with("datasets", "[{ source: { file: { path: nowhere.jsonl } } }]");
    validate(&spec).exits(2).says(&["does not exist", "nowhere.jsonl", "relative to the folder of the spec"]);
}

#[test]
fn a_missing_spec_is_refused_with_what_to_do() {
    Bench::empty().run(&VALIDATE).exits(2).says(&["does not exist", "trial.yaml", "smallbench init"]);
}

#[test]
fn a_folder_in_place_of_a_spec_is_refused() {
    Bench::empty().run(&["validate", "experiments"]).exits(2).says(&["experiments"]);
}

#[test]
fn invalid_utf8_is_refused_with_its_line() {
    let bench = Bench::empty();
    bench.write("experiments/trial.yaml", b"version: 1\nname: \xff\n");
    bench.run(&VALIDATE).exits(2).says(&["line 2", "not valid UTF-8"]);
}

#[test]
fn a_file_that_is_no_yaml_is_refused_with_its_place() {
    let bench = Bench::empty();
    bench.write("experiments/trial.yaml", "version: 1\nname: [unclosed\n");
    bench.run(&VALIDATE).exits(2).says(&["trial.yaml:"]);
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_place() {
    let bench = Bench::empty();
    bench.write("experiments/trial.toml", "version = 1\nname = [unclosed\n");
    bench.run(&["validate", "experiments/trial.toml"]).exits(2).says(&["trial.toml:"]);
}

#[test]
fn a_spec_without_its_sections_names_all_that_is_missing() {
    let bench = Bench::empty();
    bench.write("experiments/trial.yaml", "description: nothing yet\n");
    bench.run(&VALIDATE).exits(2).says(&["`version`", "`name`", "`datasets`", "`endpoints`", "`models`"]);
}

#[test]
fn a_spec_of_a_later_version_is_refused() {
    validate(&plain().with("version", "2")).exits(2).says(&["trial.yaml:1:10", "reads version 1"]);
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let spec = Spec::at("{ ollama: { url: \"${NOWHERE}\" } }");
    validate(&spec).exits(2).says(&["environment variable `NOWHERE` is not set"]);
}

#[test]
fn an_address_that_is_none_is_refused() {
    validate(&Spec::at("{ openai: { url: \"ftp://example.com\" } }")).exits(2).says(&["neither an http nor an https"]);
}

#[test]
fn wrong_usage_is_code_2() {
    Bench::empty().run(&["aply"]).exits(2).says(&["apply"]);
    Bench::empty().run(&[]).exits(2);
}

#[test]
fn yaml_and_toml_give_the_same_requests() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server).with("generation", "{ temperature: 0.5, stop: [END] }"));
    bench.apply().exits(0);
    let toml = format!(
        r#"version = 1
name = "trial"
models = [{{ name = "small", endpoint = "local" }}]
charts = ["score"]

[[datasets]]
source.file.path = "questions.jsonl"

[endpoints.local.ollama]
url = "{}"

[generation]
temperature = 0.5
stop = ["END"]

[load]
warmup = 0
attempts = 1

[output]
dir = "../outputs/toml"
formats = ["svg"]
"#,
        server.url()
    );
    bench.write("experiments/toml.toml", toml);
    let sent = server.count_during(|| {
        bench.run(&["apply", "experiments/toml.toml"]).exits(0);
    });
    assert_eq!(sent, 0);
    assert_eq!(bench.read("outputs/toml/results.csv"), bench.read("outputs/trial/results.csv"));
    assert_eq!(bench.run(&["plan", "experiments/toml.toml"]).stdout, bench.plan().stdout);
}

#[test]
fn a_set_replaces_a_field() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    bench
        .run(&["apply", "--set", "generation.seed=99", "--set", "models[0].label=Other", "experiments/trial.yaml"])
        .exits(0)
        .shows(&["Other"]);
    assert_eq!(server.asked()[0].body["options"]["seed"], 99);
}

#[test]
fn a_set_that_is_wrong_is_shown() {
    let bench = Bench::ready(1, &plain());
    let set = |text: &str| bench.run(&["validate", "--set", text, "experiments/trial.yaml"]);
    set("load.concurency=2").exits(2).says(&["unknown key `concurency`", "--set"]);
    set("load").exits(2).says(&["key=value"]);
    set("models[3].label=x").exits(2).says(&["index [3] is out of range"]);
}

#[test]
fn a_limit_cuts_every_dataset() {
    let server = Server::ollama(&["small"]);
    let datasets = "[{ source: { file: { path: questions.jsonl } } }, \
        { name: short, source: { file: { path: short.jsonl } }, limit: 1 }]";
    let bench = Bench::ready(5, &Spec::on(&server).with("datasets", datasets));
    bench.write("experiments/short.jsonl", crate::bench::questions(9).replace("word", "term"));
    bench.run(&["apply", "--limit", "2", "experiments/trial.yaml"]).exits(0);
    assert_eq!(bench.results().column("dataset"), ["questions", "questions", "short"]);
}

#[test]
fn init_writes_a_spec_that_is_valid() {
    let bench = Bench::empty();
    bench.run(&["init", "first"]).exits(0).shows(&["experiments/first.yaml"]);
    bench.run(&["validate", "experiments/first.yaml"]).exits(0);
}

#[test]
fn init_does_not_overwrite() {
    let bench = Bench::empty();
    bench.write("experiments/first.yaml", "mine");
    bench.run(&["init", "first"]).exits(2).says(&["first.yaml", "already exists"]);
    assert_eq!(bench.read("experiments/first.yaml"), "mine");
}

#[test]
fn a_file_in_the_place_of_the_output_folder_is_named_before_anything_is_sent() {
    for place in ["outputs/trial", "outputs"] {
        let server = Server::ollama(&["small"]);
        let bench = Bench::ready(1, &Spec::on(&server));
        bench.write(place, "in the way");
        bench.apply().exits(1).says(&["outputs"]);
        assert_eq!((server.count(), bench.read(place).as_str()), (0, "in the way"));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_named_before_anything_is_sent() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(1, &Spec::on(&server));
    let folder = bench.path("outputs/trial");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(folder.join("probe"), "").is_ok() {
        println!("skipped: this user may write everywhere");
        return;
    }
    bench.apply().exits(1).says(&["outputs/trial", "output.dir"]);
    assert_eq!(server.count(), 0);
}

/// A store that a run has written, with some SQL done to it.
fn store_after(server: &Server, sql: &str) -> Bench {
    let bench = Bench::ready(1, &Spec::on(server));
    bench.apply().exits(0);
    let connection = rusqlite::Connection::open(bench.path("outputs/store.sqlite")).unwrap();
    connection.execute_batch(sql).unwrap();
    bench
}

#[test]
fn a_store_of_a_newer_version_is_refused() {
    let server = Server::ollama(&["small"]);
    let bench = store_after(&server, "PRAGMA user_version = 99");
    bench.apply().exits(1).says(&["store.sqlite", "format 99", "newer"]);
}

#[test]
fn a_database_of_another_program_is_refused() {
    let server = Server::ollama(&["small"]);
    let bench = store_after(&server, "PRAGMA application_id = 7");
    bench.apply().exits(1).says(&["store.sqlite", "is not a smallbench store"]);
}

#[test]
fn a_file_that_is_no_store_is_refused_and_left_as_it_is() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(1, &Spec::on(&server));
    let letter = "Dear diary, ".repeat(100);
    bench.write("outputs/store.sqlite", &letter);
    bench.apply().exits(1).says(&["store.sqlite", "is not a smallbench store"]);
    assert_eq!((server.count(), bench.read("outputs/store.sqlite")), (0, letter));
}

#[test]
fn a_store_that_was_cut_is_refused_and_left_as_it_is() {
    let server = Server::ollama(&["small"]);
    let bench = store_after(&server, "PRAGMA wal_checkpoint(TRUNCATE)");
    let path = bench.path("outputs/store.sqlite");
    let bytes = std::fs::read(&path).unwrap();
    let half = &bytes[..bytes.len() / 2];
    std::fs::write(&path, half).unwrap();
    let sent = server.count_during(|| {
        bench.apply().exits(1).says(&["store.sqlite"]);
    });
    assert_eq!((sent, std::fs::read(&path).unwrap().as_slice()), (0, half));
}

#[test]
fn an_empty_spec_names_all_that_is_missing() {
    let bench = Bench::empty();
    bench.write("experiments/trial.yaml", "");
    bench.run(&VALIDATE).exits(2).says(&["`version`", "`name`", "`datasets`", "`endpoints`", "`models`"]);
}

const BASE: &str = "version: 1\nname: base\nx-models: [&m { name: small, endpoint: local }]\n\
    datasets: [{ source: { file: { path: questions.jsonl } } }]\nendpoints: { local: { ollama: {} } }\n\
    models: [*m]\njudge: exact\ngeneration: { max_tokens: 9, seed: 1 }\n";

#[test]
fn a_spec_says_what_differs_from_another() {
    let bench = Bench::with_questions(1);
    bench.write("experiments/base.yaml", BASE);
    bench.write("experiments/middle.yaml", "extends: base.yaml\nname: middle\njudge: { numeric: { tolerance: 1 } }\n");
    bench.write("experiments/trial.yaml", "extends: middle.yaml\nname: trial\ngeneration: { seed: 2 }\n");
    let shown = bench.run(&["show", "experiments/trial.yaml"]).exits(0).stdout.clone();
    for line in ["name: trial", "max_tokens: 9", "seed: 2", "tolerance: 1"] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    assert!(!shown.contains("extends") && !shown.contains("x-models"), "{shown}");
    bench.run(&["validate", "experiments/trial.yaml", "--set", "generation.seed=3"]).exits(0);
}

#[test]
fn a_problem_of_an_extended_spec_is_shown_in_its_file() {
    let bench = Bench::with_questions(1);
    bench.write("experiments/base.yaml", BASE.replace("seed: 1", "sed: 1"));
    bench.write("experiments/trial.yaml", "extends: base.yaml\nname: trial\n");
    bench.run(&VALIDATE).exits(2).says(&[
        "unknown key `sed`",
        "experiments/base.yaml:8:",
        "generation: { max_tokens: 9, sed: 1 }",
    ]);
    bench.write("experiments/base.yaml", "a: [\n");
    bench.run(&VALIDATE).exits(2).says(&["experiments/base.yaml:"]);
    bench.write("experiments/base.yaml", "extends: trial.yaml\n");
    bench.run(&VALIDATE).exits(2).says(&["`trial.yaml` is extended by itself", "experiments/base.yaml:1:10"]);
    bench.write("experiments/trial.yaml", "extends: none.yaml\n");
    bench.run(&VALIDATE).exits(2).says(&[
        "cannot read",
        "none.yaml",
        "trial.yaml:1:10",
        "relative to the file that it stands in",
    ]);
    let key = "sk-0123456789abcdefghij";
    bench.write("experiments/trial.yaml", "extends: base.yaml\n");
    bench.write(
        "experiments/base.yaml",
        format!("endpoints: {{ a: {{ openai: {{ url: x, api_key_env: {key} }} }} }}\n"),
    );
    let finished = bench.run(&VALIDATE);
    assert!(!finished.exits(2).stderr.contains(key), "{}", finished.stderr);
}
