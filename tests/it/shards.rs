//! One experiment over several runs, each with a store of its own, and one table at the end.

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};
use crate::table::{TIMES, Table};

const SPEC: &str = "experiments/trial.yaml";

/// Runs a shard of the trial.
fn shard(bench: &Bench, part: &str) {
    bench.run(&["apply", SPEC, "--shard", part]).exits(0);
}

/// The rows of the trial without the columns that depend on the client's clock.
fn timeless(bench: &Bench) -> Table {
    bench.results().without(&TIMES)
}

#[test]
fn shards_ask_everything_once_and_merge_into_the_table_of_one_run() {
    let server = Server::ollama(&["small", "large"]);
    let spec = Spec::on(&server)
        .with("models", "[{ name: small, endpoint: local }, { name: large, endpoint: local }]")
        .with("generation", "{ repeats: 2 }");
    let bench = Bench::ready(30, &spec);
    for part in ["1/3", "2/3", "3/3"] {
        shard(&bench, part);
    }
    assert_eq!(server.count(), 30 * 2 * 2, "every request is sent by one shard");
    let stores = ["1", "2", "3"].map(|number| format!("outputs/store-{number}-of-3.sqlite"));
    let merge: Vec<&str> = ["merge"].into_iter().chain(stores.iter().map(String::as_str)).collect();
    let merge = [merge.as_slice(), &["--into", "outputs/store.sqlite"]].concat();
    bench.run(&merge).exits(0).shows(&["120 responses added"]);
    bench.run(&merge).exits(0).shows(&["0 responses added", "120 already there"]);
    let sent = server.count_during(|| {
        bench.apply().exits(0);
    });
    assert_eq!(sent, 0, "the merged store has all answers");
    let merged = timeless(&bench);
    let whole = Bench::ready(30, &spec);
    whole.apply().exits(0);
    assert_eq!(merged, timeless(&whole));
}

#[test]
fn a_lost_shard_is_named_by_the_plan_and_run_again() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(20, &Spec::on(&server));
    shard(&bench, "1/2");
    let first = server.count();
    bench.run(&["merge", "outputs/store-1-of-2.sqlite", "--into", "outputs/store.sqlite"]).exits(0);
    let missing = 20 - first;
    let plan = bench.plan();
    assert!(plan.exits(0).stdout.contains(&format!("{missing}")), "{}", plan.stdout);
    let judged = bench.run(&["judge", SPEC]);
    judged.exits(0).shows(&[&format!("{missing} requests were not sent; `smallbench apply` sends what is missing")]);
    shard(&bench, "2/2");
    bench.run(&["merge", "outputs/store-2-of-2.sqlite", "--into", "outputs/store.sqlite"]).exits(0);
    assert_eq!(
        server.count_during(|| {
            bench.apply().exits(0);
        }),
        0
    );
    assert_eq!(server.count(), 20);
}

#[test]
fn an_answer_takes_the_place_of_a_fault_and_of_nothing_else() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server));
    server.acts(|_| Act::status(500, "busy"));
    bench.apply().exits(3);
    std::fs::rename(bench.path("outputs"), bench.path("failed")).unwrap();
    server.acts(|_| Act::Answer);
    bench.apply().exits(0);
    bench
        .run(&["merge", "failed/store.sqlite", "outputs/store.sqlite", "--into", "all/store.sqlite"])
        .exits(0)
        .shows(&["4 responses added", "4 in place of a fault"]);
    let kept = bench.run(&["store", "show", "all/store.sqlite"]);
    assert!(kept.exits(0).stdout.contains('4'), "{}", kept.stdout);
    // Asked anew: both are answers, and the first stays.
    std::fs::rename(bench.path("outputs"), bench.path("earlier")).unwrap();
    bench.apply().exits(0);
    bench
        .run(&["merge", "outputs/store.sqlite", "--into", "all/store.sqlite"])
        .exits(0)
        .shows(&["0 responses added", "4 of small asked twice, of which the first answer stays"]);
}

#[test]
fn shards_share_the_load_of_a_hosted_server_and_not_that_of_their_own() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| Act::Late(std::time::Duration::from_millis(100)));
    let load = "{ warmup: 0, attempts: 1, concurrency: 4 }";
    let hosted = Spec::at("{ openai: { url: \"http://far.invalid/v1\" } }").with("load", load);
    let bench = Bench::ready(40, &hosted);
    let shared = bench.run_with(&["apply", SPEC, "--shard", "1/2"], &[("HTTP_PROXY", &server.url())]);
    shared.exits(0).says(&["2 shards share the server of `small`; this one has 2 of 4 requests in flight"]);
    assert_eq!(server.most_at_once(), 2);
    let many = bench.run_with(&["apply", SPEC, "--shard", "2/8"], &[("HTTP_PROXY", &server.url())]);
    many.exits(0).says(&["8 shards share the server of `small`, and each has a request in flight", "(4)"]);
    assert_eq!(server.most_at_once(), 2);
    let bench = Bench::ready(40, &Spec::on(&server).with("load", load));
    let own = bench.run(&["apply", SPEC, "--shard", "1/2"]);
    assert!(!own.exits(0).stderr.contains("share"), "{}", own.stderr);
    assert_eq!(server.most_at_once(), 4);
}

#[test]
fn shards_of_an_open_loop_send_its_rate_together() {
    let server = Server::openai(&["small"], None);
    let load = "{ warmup: 0, attempts: 1, rate: 20/s, arrivals: constant }";
    let bench = Bench::ready(40, &Spec::at("{ openai: { url: \"http://far.invalid/v1\" } }").with("load", load));
    let mut schedules = Vec::new();
    for part in ["1/2", "2/2"] {
        bench.run_with(&["apply", SPEC, "--shard", part], &[("HTTP_PROXY", &server.url())]).exits(0);
        let table = Table::read(&bench.path(&format!("outputs/trial-{}/results.csv", part.replace('/', "-of-"))));
        let mut due: Vec<f64> = table.column("scheduled_s").iter().map(|time| time.parse().unwrap()).collect();
        due.sort_by(f64::total_cmp);
        schedules.push((due.len(), due[due.len() - 1] - due[0]));
    }
    // 40 arrivals at 20/s take 2 s, whatever part of them a shard has.
    assert_eq!(schedules.iter().map(|(count, _)| count).sum::<usize>(), 40);
    assert!(schedules.iter().all(|(_, length)| (1.0..=1.96).contains(length)), "{schedules:?}");
}

#[test]
fn stores_of_different_models_are_merged_only_if_that_is_wanted() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(10, &Spec::on(&server));
    shard(&bench, "1/2");
    std::fs::remove_file(bench.path("experiments/trial.lock")).unwrap();
    server.pulls_again();
    shard(&bench, "2/2");
    let stores = ["outputs/store-1-of-2.sqlite", "outputs/store-2-of-2.sqlite"];
    let merge = [&["merge"][..], &stores, &["--into", "outputs/store.sqlite"]].concat();
    let names = "the stores know different models under one name: small (";
    bench.run(&merge).exits(1).says(&[names, "run them with the same one, or add `--other-models`"]);
    let shown = bench.run(&["store", "show", "outputs/store.sqlite"]);
    assert!(!shown.stdout.contains("small"), "{}", shown.stdout);
    let wanted = bench.run(&[merge.as_slice(), &["--other-models"]].concat());
    wanted.exits(0).shows(&["10 responses added"]).says(&[names]);
}

#[test]
fn a_level_is_measured_by_one_shard_and_merged_from_one_store() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server)
        .with("load", "{ warmup: 0, attempts: 1, concurrency: [2, 4], requests: 12, cache_bust: true }");
    let bench = Bench::ready(6, &spec);
    shard(&bench, "1/2");
    assert_eq!(server.count(), 12);
    shard(&bench, "2/2");
    assert_eq!(server.count(), 24);
    let merge =
        ["merge", "outputs/store-1-of-2.sqlite", "outputs/store-2-of-2.sqlite", "--into", "outputs/store.sqlite"];
    bench.run(&merge).exits(0).shows(&["24 responses added"]);
    assert_eq!(
        server.count_during(|| {
            bench.apply().exits(0);
        }),
        0,
        "nonces do not depend on the shard"
    );
    std::fs::rename(bench.path("outputs"), bench.path("earlier")).unwrap();
    bench.apply().exits(0);
    let twice = bench.run(&["merge", "outputs/store.sqlite", "--into", "earlier/store.sqlite"]);
    twice.exits(1).says(&["has other times for requests of level c=", "a load level is one measurement"]);
}

#[test]
fn a_scheduler_says_which_shard_it_is() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(20, &Spec::on(&server));
    let apply = |part: &str, variables: &[(&str, &str)]| bench.run_with(&["apply", SPEC, "--shard", part], variables);
    apply("auto/2", &[("JOB_COMPLETION_INDEX", "1")])
        .exits(0)
        .says(&["this run is shard 2/2, by JOB_COMPLETION_INDEX=1"]);
    assert!(bench.path("outputs/trial-2-of-2/results.csv").exists());
    let lost = [("SLURM_ARRAY_TASK_ID", "3"), ("SLURM_ARRAY_TASK_MIN", "3"), ("SLURM_ARRAY_TASK_MAX", "3")];
    let lost = [lost.as_slice(), &[("SLURM_ARRAY_TASK_COUNT", "1")]].concat();
    apply("auto", &lost).exits(2).says(&["a job array of one task does not say of how many it is a part; write `I/N`"]);
    apply("auto", &[]).exits(2).says(&["neither `SLURM_ARRAY_TASK_ID` nor `JOB_COMPLETION_INDEX` is set"]);
    apply("3/2", &[]).exits(2).says(&["3 is not one of 2"]);
    bench.write("experiments/questions.jsonl", crate::bench::questions(1));
    let shares =
        ["1/2", "2/2"].map(|part| apply(part, &[]).stderr.contains("no request of this experiment belongs to shard"));
    assert_ne!(shares[0], shares[1], "one question is of one shard");
    bench.spec(
        &Spec::on(&server).with("load", "{ find: { concurrency: 1..4 }, requests: 80 }").with("slo", "{ latency: 5s }"),
    );
    apply("1/2", &[]).exits(2).says(&["has no shards"]);
}

#[test]
fn what_cannot_be_merged_changes_nothing() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server));
    bench.apply().exits(0);
    bench.write("other.sqlite", "no store");
    let refused = |path: &str| bench.run(&["merge", "outputs/store.sqlite", path, "--into", "all.sqlite"]);
    refused("none.sqlite").exits(1).says(&["there is no store none.sqlite"]);
    refused("other.sqlite").exits(1).says(&["other.sqlite is not a smallbench store"]);
    let shown = bench.run(&["store", "show", "all.sqlite"]);
    assert!(!shown.stdout.contains("small"), "{}", shown.stdout);
}

#[test]
fn a_damaged_store_is_not_merged() {
    for damage in [
        "UPDATE responses SET text = text || '!' WHERE id = 1",
        "UPDATE prompts SET text = text || '!' WHERE id = 1",
        "UPDATE settings SET parameters = parameters || ' '",
    ] {
        let server = Server::ollama(&["small"]);
        let bench = Bench::ready(4, &Spec::on(&server));
        bench.apply().exits(0);
        rusqlite::Connection::open(bench.path("outputs/store.sqlite")).unwrap().execute_batch(damage).unwrap();
        let merged = bench.run(&["merge", "outputs/store.sqlite", "--into", "all.sqlite"]);
        merged.exits(1).says(&["outputs/store.sqlite", "smallbench store recover"]);
        let shown = bench.run(&["store", "show", "all.sqlite"]);
        assert!(!shown.stdout.contains("small"), "{damage}: {}", shown.stdout);
    }
}

#[test]
fn a_merge_that_fails_leaves_no_store_behind() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    bench.apply().exits(0);
    bench.write("outputs/empty.sqlite", "");
    bench.write("outputs/text.sqlite", "no store");
    for (other, said) in [
        ("missing", "there is no store"),
        ("empty", "is not a smallbench store"),
        ("text", "is not a smallbench store"),
    ] {
        let other = format!("outputs/{other}.sqlite");
        bench.run(&["merge", "outputs/store.sqlite", &other, "--into", "outputs/new.sqlite"]).exits(1).says(&[said]);
        for tail in ["", "-wal", "-shm"] {
            assert!(!bench.path(&format!("outputs/new.sqlite{tail}")).exists(), "{other}{tail}");
        }
    }
}

/// Root may write everything, so that the test says nothing there.
#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_is_merged() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    bench.write("kept/store.sqlite", std::fs::read(bench.path("outputs/store.sqlite")).unwrap());
    let set = |name: &str, mode: u32| {
        std::fs::set_permissions(bench.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set("kept/store.sqlite", 0o444);
    set("kept", 0o555);
    let merged = bench.run(&["merge", "kept/store.sqlite", "--into", "outputs/other.sqlite"]);
    set("kept", 0o755);
    merged.exits(0).shows(&["3 responses added"]);
}
