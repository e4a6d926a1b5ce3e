//! What a spec may say of load.

use crate::bench::{Bench, Spec};

/// A section of a spec and its value.
type Section = (&'static str, &'static str);

/// What `validate` says of a spec with these sections.
fn validate(sections: &[Section]) -> crate::bench::Finished {
    let plain = Spec::at("{ ollama: {} }");
    let spec = sections.iter().fold(plain, |spec, (key, value)| spec.with(key, value));
    Bench::ready(1, &spec).run(&["validate", "experiments/trial.yaml"])
}

#[test]
fn levels_are_numbers_or_lists_closed_or_open_or_both() {
    for load in [
        "{ concurrency: 4 }",
        "{ concurrency: [1, 2, 4], requests: 100 }",
        "{ rate: 2/s }",
        "{ rate: [0.5/s, 90/min, 100/h], arrivals: constant }",
        "{ concurrency: [1, 2], rate: [1/s, 2/s], duration: 30s, seed: 7, cache_bust: true, warmup: 3 }",
    ] {
        validate(&[("load", load)]).exits(0);
    }
    validate(&[("generation", "{ stream: false }"), ("slo", "{ latency: 2s }")]).exits(0);
}

#[test]
fn what_contradicts_itself_is_refused_with_what_to_do() {
    let whole = ("generation", "{ stream: false }");
    let cases: [(&[Section], [&str; 2]); 6] = [
        (&[("load", "{ requests: 5, duration: 5s }")], ["cannot be combined", "keep one"]),
        (&[("load", "{ requests: 5 }"), ("generation", "{ repeats: 2 }")], ["`repeats`", "remove `repeats`"]),
        (&[("load", "{ concurrency: [1, 1] }")], ["duplicate load level", "trial.yaml:6:"]),
        (&[("load", "{ rate: 5 }")], ["`5` is not a rate", "`2/s`"]),
        (&[whole, ("slo", "{ ttft: 1s }")], ["`slo.ttft` needs", "generation.stream: true"]),
        (&[whole, ("slo", "{ tpot: 1s }")], ["`slo.tpot` needs", "generation.stream: true"]),
    ];
    for (sections, words) in cases {
        validate(sections).exits(2).says(&words);
    }
}
