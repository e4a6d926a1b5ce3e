//! The schema, the loader, the examples and `init` say the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::bench::Bench;

/// Invalid specs whose fault lies between two places, in the value of a unit or in the world, where a schema does not look.
const UNSEEN_BY_THE_SCHEMA: [&str; 32] = [
    "a_batch_api_beside_levels.yaml",
    "a_batch_without_its_price.yaml",
    "a_chart_of_cost_without_prices.yaml",
    "a_duration_of_nothing.yaml",
    "a_file_that_is_not_there.yaml",
    "a_first_token_that_nobody_sees.yaml",
    "a_judge_whose_program_is_not_there.yaml",
    "a_label_that_is_blank.yaml",
    "a_level_twice.yaml",
    "a_limit_on_money_without_prices.yaml",
    "a_name_that_is_no_folder.yaml",
    "a_price_for_no_endpoint.yaml",
    "a_price_for_no_model.yaml",
    "a_range_that_ends_before_it_begins.yaml",
    "a_rate_of_nothing.yaml",
    "a_rate_twice.yaml",
    "a_repository_without_an_owner.yaml",
    "a_rule_of_cost_without_prices.yaml",
    "a_search_beside_levels.yaml",
    "a_search_of_too_few_requests.yaml",
    "a_search_without_a_service_level.yaml",
    "a_template_that_is_not_closed.yaml",
    "a_time_per_token_that_nobody_sees.yaml",
    "a_variable_that_is_not_set.yaml",
    "an_address_that_is_none.yaml",
    "an_endpoint_that_is_not_there.yaml",
    "repeats_beside_a_duration.yaml",
    "repeats_beside_requests.yaml",
    "requests_and_a_duration.yaml",
    "two_datasets_of_one_name.yaml",
    "two_models_of_one_label.yaml",
    "two_models_of_one_name.yaml",
];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(project().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    assert!(!files.is_empty(), "nothing in {folder}");
    files
}

fn schema() -> Json {
    let path = project().join("schemas/experiment.schema.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What the schema has against a spec.
fn faults(validator: &jsonschema::Validator, yaml: &str) -> Vec<String> {
    let spec: Json = serde_saphyr::from_str(yaml).unwrap();
    validator.iter_errors(&spec).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The program, on a file of the project. Nothing here runs, so nothing is written.
fn validate(path: &Path) -> crate::bench::Finished {
    Bench::empty().run(&["validate", path.to_str().unwrap()])
}

#[test]
fn the_schema_in_the_project_is_the_schema_of_the_program() {
    let printed = Bench::empty().run(&["schema"]);
    printed.exits(0);
    let kept = fs::read_to_string(project().join("schemas/experiment.schema.json")).unwrap_or_default();
    assert!(kept == printed.stdout, "run: smallbench schema > schemas/experiment.schema.json");
}

#[test]
fn the_reference_in_the_project_is_the_reference_of_the_program() {
    let folder = project().join("docs/reference");
    let mut names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(
        names,
        ["checks.md", "columns.md", "commands.md", "environment.md", "events.md", "exit-codes.md", "keys.md"]
    );
    for name in names {
        let page = name.trim_end_matches(".md");
        let printed = Bench::empty().run(&["reference", page]);
        printed.exits(0);
        let kept = fs::read_to_string(folder.join(&name)).unwrap();
        assert!(kept == printed.stdout, "run: smallbench reference {page} > docs/reference/{name}");
    }
}

#[test]
fn every_command_has_a_manual_page_and_completions() {
    let bench = Bench::empty();
    bench.run(&["man", "pages"]).exits(0);
    for name in ["smallbench.1", "smallbench-apply.1", "smallbench-store-recover.1"] {
        assert!(bench.read(&format!("pages/{name}")).contains(".TH smallbench"), "{name}");
    }
    assert!(!bench.path("pages/smallbench-guard.1").exists(), "a hidden command has no page");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = bench.run(&["completions", shell]);
        assert!(script.exits(0).stdout.contains("cannot-tell"), "{shell}");
    }
}

#[test]
fn the_schema_of_the_events_is_that_of_the_program() {
    let printed = Bench::empty().run(&["schema", "--events"]);
    printed.exits(0);
    let kept = fs::read_to_string(project().join("schemas/events.schema.json")).unwrap_or_default();
    assert!(kept == printed.stdout, "run: smallbench schema --events > schemas/events.schema.json");
}

#[test]
fn every_experiment_passes_the_loader_and_the_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for path in yaml_files("experiments") {
        validate(&path).exits(0);
        assert_eq!(faults(&validator, &fs::read_to_string(&path).unwrap()), [""; 0], "{}", path.display());
    }
}

#[test]
fn what_init_writes_passes_the_schema() {
    let bench = Bench::empty();
    bench.run(&["init", "first"]).exits(0);
    let validator = jsonschema::validator_for(&schema()).unwrap();
    assert_eq!(faults(&validator, &bench.read("experiments/first.yaml")), [""; 0]);
}

#[test]
fn every_invalid_spec_fails_the_loader() {
    for path in yaml_files("tests/specs/invalid") {
        validate(&path).exits(2).says(&[path.file_name().unwrap().to_str().unwrap(), "1 problem in"]);
    }
}

#[test]
fn the_schema_sees_what_one_place_shows() {
    let validator = jsonschema::options().should_validate_formats(true).build(&schema()).unwrap();
    let passes = |path: &PathBuf| faults(&validator, &fs::read_to_string(path).unwrap()).is_empty();
    let unseen: Vec<PathBuf> = yaml_files("tests/specs/invalid").into_iter().filter(passes).collect();
    let names: Vec<&str> = unseen.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, UNSEEN_BY_THE_SCHEMA);
}
