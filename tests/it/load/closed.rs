//! Closed loops: so many requests at each level, never more in flight than it says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{TWO_MODELS, check, is_complete, repeats, rows_with, spec};
use crate::bench::{Bench, Spec, wait_until};
use crate::server::{Act, Server};

const LEVELS: [&str; 3] = ["c=1", "c=2", "c=4"];

#[test]
fn a_level_that_asks_more_than_there_is_begins_anew_in_another_order() {
    let server = Server::ollama(&["small", "large"]);
    let load = "concurrency: [1, 2, 4], requests: 13";
    let bench = Bench::ready(5, &spec(&server, load).with("models", TWO_MODELS));
    let finished = bench.apply();
    finished.exits(0).says(&["78 requests: 0 kept, 78 sent"]).shows(&["cycled (samples were asked up to 3 times"]);
    let results = bench.results();
    let of_model = |model: &str| rows_with(&results, "model", model);
    let mut found = Vec::new();
    for model in ["small", "large"] {
        for level in LEVELS {
            let rows: Vec<usize> =
                rows_with(&results, "level", level).into_iter().filter(|row| of_model(model).contains(row)).collect();
            assert_eq!(rows.len(), 13);
            found.push(repeats(&results, &rows));
        }
    }
    assert!(found.iter().all(|repeats| *repeats == found[0]), "{found:?}");
    assert!(found[0].values().all(|repeats| *repeats == (0..repeats.len()).collect::<Vec<_>>()), "{found:?}");
    assert_eq!(check(&bench, "cycled"), "passed");
    is_complete(&bench, &server);

    // One at a time shows the order itself.
    let prompts = |model: &str| -> Vec<String> {
        server.asked().into_iter().filter(|asked| asked.model == model).take(13).map(|asked| asked.prompt).collect()
    };
    let order = prompts("small");
    assert_eq!(order, prompts("large"));
    assert_ne!(order[..5], order[5..10]);
}

#[test]
fn a_level_that_asks_less_than_there_is_takes_a_seeded_choice() {
    let server = Server::ollama(&["small"]);
    let chosen = |seed: usize| {
        let bench = Bench::ready(40, &spec(&server, &format!("concurrency: [1, 2, 4], requests: 6, seed: {seed}")));
        let finished = bench.apply();
        finished.exits(0).says(&["18 requests: 0 kept, 18 sent"]);
        assert!(!finished.stdout.contains("samples were asked"), "{}", finished.stdout);
        is_complete(&bench, &server);
        let results = bench.results();
        let by_level = LEVELS.map(|level| repeats(&results, &rows_with(&results, "level", level)));
        assert!(by_level.iter().all(|repeats| *repeats == by_level[0]) && by_level[0].len() == 6);
        by_level[0].clone()
    };
    assert_eq!(chosen(1), chosen(1));
    assert_ne!(chosen(1), chosen(2));
}

#[test]
fn a_level_has_as_many_in_flight_as_it_says_and_no_more() {
    for count in [1, 3, 8] {
        let server = Server::ollama(&["small"]);
        let arrived = AtomicUsize::new(0);
        server.acts(move |_| {
            arrived.fetch_add(1, Ordering::SeqCst);
            // The first answer comes when the level is reached.
            wait_until("the level", || arrived.load(Ordering::SeqCst) >= count);
            Act::Late(Duration::from_millis(2))
        });
        Bench::ready(24, &spec(&server, &format!("concurrency: {count}"))).apply().exits(0);
        assert_eq!(server.most_at_once(), count);
    }
}

#[test]
fn a_level_that_failed_in_part_is_completed_by_the_next_run() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if asked.prompt.contains("number 3?") { Act::status(500, "no") } else { Act::Answer });
    let bench = Bench::ready(5, &spec(&server, "concurrency: [1, 2], requests: 10"));
    bench.apply().exits(3);
    server.acts(|_| Act::Answer);
    let sent = server.count_during(|| {
        bench.apply().exits(0).says(&["20 requests: 16 kept, 4 sent"]);
    });
    assert_eq!(sent, 4);
    assert_eq!(check(&bench, "one_run"), "warned");
}

#[cfg(unix)]
#[test]
fn a_level_that_needs_more_open_files_than_there_may_be_is_refused_before_anything_is_sent() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server).with("load", "{ concurrency: [2, 500], warmup: 0 }"));
    let apply = ["apply", "experiments/trial.yaml"];
    bench.start_with_open_files(&apply, 256).end().exits(2).says(&["500 requests in flight", "`ulimit -n 564`"]);
    assert_eq!(server.count(), 0);
}
