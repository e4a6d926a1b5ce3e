//! Judges that compare the answers of every two models in both orders.

use crate::bench::{Bench, Spec};
use crate::server::{Act, Asked, Server};

const JUDGE: &str = "{ model: { models: [{ name: judge, endpoint: local }], pairwise: true, verdict: line } }";
const MODELS: &str = "[{ name: small, endpoint: local }, { name: large, endpoint: local }]";

fn number(asked: &Asked) -> usize {
    asked.prompt.split("number ").nth(1).and_then(|rest| rest.split('?').next()?.parse().ok()).unwrap()
}

/// Of every four questions the judge prefers `small` on one, `large` on one, and the first answer on one; on one the answers
/// are the same.
fn compares(asked: &Asked) -> Act {
    let kind = number(asked) % 4;
    if asked.model != "judge" {
        return Act::Say(if kind == 3 { "the same".into() } else { format!("by {}", asked.model) });
    }
    assert!(kind != 3, "nobody has to be asked about equal answers");
    let is_small_first = asked.prompt.contains("First answer, between the marks:\n<<<\nby small\n>>>");
    let is_first = match kind {
        0 => is_small_first,
        1 => !is_small_first,
        _ => true,
    };
    Act::Say(format!("VERDICT: {}", if is_first { "first" } else { "second" }))
}

fn spec(server: &Server) -> Spec {
    Spec::on(server).with("models", MODELS).with("judge", JUDGE).with("charts", "[durations]")
}

#[test]
fn every_two_answers_are_compared_in_both_orders_and_only_once() {
    let server = Server::ollama(&["small", "large", "judge"]);
    server.acts(compares);
    let bench = Bench::ready(12, &spec(&server));
    let note = "the order decided 33.3 % of 18 comparisons";
    bench.apply().exits(0).says(&["24 answers by judge: 0 kept, 18 sent"]);
    assert!(!bench.read("outputs/trial/summary.md").contains(note), "nine comparisons say nothing yet");
    let pairs = bench.table("pairwise.csv");
    let counts = ["questions", "comparisons", "wins_a", "ties", "wins_b", "equal", "unjudged", "both_orders"];
    assert_eq!(counts.map(|name| pairs.field(0, name)), ["12", "12", "3", "6", "3", "3", "0", "9"]);
    let models = ["model_a", "model_b"].map(|name| pairs.field(0, name));
    assert_eq!((pairs.rows.len(), models), (1, ["small", "large"]));
    assert!((pairs.number(0, "score_a") - 0.5).abs() < 1e-9 && pairs.number(0, "score_a_low") < 0.5);
    assert!((pairs.number(0, "order_decided") - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!((pairs.field(0, "first_preferred"), pairs.field(0, "second_preferred")), ("3", "0"));
    let results = bench.results();
    let rows = |kind: usize| (0..24).filter(move |row| row % 12 % 4 == kind);
    let scores = |kind: usize| rows(kind).map(|row| results.number(row, "score")).collect::<Vec<_>>();
    assert_eq!((&scores(0)[..3], &scores(0)[3..], &scores(2)[..1]), (&[1.0; 3][..], &[0.0; 3][..], &[0.5][..]));
    assert!(rows(3).all(|row| results.field(row, "extracted_answer") == "tie"));
    assert_eq!(bench.table("judge_answers.csv").rows.len(), 18);
    let text = bench.read("outputs/trial/summary.md");
    assert!(
        text.contains("## Pairwise comparisons") && text.contains("| small | large | judge on questions | 3 | 6 | 3 |"),
        "{text}"
    );

    let asked = server.count();
    bench.apply().exits(0).says(&["24 answers by judge: 18 kept, 0 sent"]);
    assert_eq!(server.count(), asked);
    drop(server);
    let page = bench.run(&["explain", "experiments/trial.yaml", "2", "--model", "large"]);
    page.exits(0).shows(&["rule: pairwise", "judge: tie with small (shown first: first; shown second: first)"]);
    assert!(!page.stdout.contains("small · questions"), "{}", page.stdout);
}

#[test]
fn a_judge_that_only_sees_the_order_is_named() {
    let server = Server::ollama(&["small", "large", "judge"]);
    server.acts(|asked| {
        Act::Say(if asked.model == "judge" { "VERDICT: second".into() } else { format!("by {}", asked.model) })
    });
    let bench = Bench::ready(12, &spec(&server));
    let note =
        "the order decided 100.0 % of 12 comparisons of small and large, 0 for the first place and 12 for the second";
    bench.apply().exits(0).shows(&["order_decided (judge)", note]);
    assert!(bench.results().column("score").iter().all(|score| *score == "0.5"));
}

#[test]
fn comparisons_are_planned_budgeted_and_finished_by_the_next_run() {
    let server = Server::ollama(&["small", "large", "judge"]);
    server.acts(compares);
    let bench = Bench::ready(4, &spec(&server));
    bench
        .plan()
        .exits(0)
        .shows(&["judge `judge` of questions by judge: at most 8 requests: 0 kept, at most 8 to send"]);
    bench.spec(&spec(&server).with("budget", "{ max_requests: 11 }"));
    bench.apply().exits(4);
    assert_eq!(server.count(), 11);
    let unjudged = bench.results();
    assert_eq!(unjudged.column("rule").iter().filter(|rule| **rule == "no_verdict").count(), 4);
    bench.spec(&spec(&server));
    bench.apply().exits(0).says(&["8 answers by judge: 3 kept, 3 sent"]);
    assert_eq!(bench.table("pairwise.csv").field(0, "comparisons"), "4");
}

#[test]
fn what_cannot_be_compared_is_refused_with_its_place() {
    let server = Server::ollama(&["small", "large", "judge"]);
    let refused = |spec: &Spec, words: &[&str]| {
        Bench::ready(1, spec).run(&["validate", "experiments/trial.yaml"]).exits(2).says(words);
    };
    let alone = spec(&server).with("models", "[{ name: small, endpoint: local }]");
    refused(&alone, &["`pairwise` compares the answers of models", "trial.yaml:", "add a model"]);
    let judge = JUDGE.replace("pairwise: true", "pairwise: true, scale: { min: 1, max: 5 }");
    refused(&spec(&server).with("judge", &judge), &["first, second or tie"]);
}
