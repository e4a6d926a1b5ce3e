//! The client beside bare loops, against the built-in server in a process of its own on the same machine.

mod bare;
mod program;

use program::{Mock, Program, Results};
use tokio::runtime::Runtime;

/// Rounds of each comparison; the table shows medians.
const ROUNDS: usize = 5;

/// Requests in flight where nothing else is said.
const IN_FLIGHT: usize = 64;

/// A question as long as those of MMLU.
const QUESTION: &str = "Which of these holds for the group that was described in the lecture? ";

pub fn run_all() {
    let runtime = Runtime::new().expect("a runtime");
    println!("{:<66} {:>12} {:>12}", "figure", "measured", "target");
    throughput(&runtime);
    accuracy(&runtime);
    events();
    many_streams();
    pacing();
    long_prompts(&runtime);
}

fn report(figure: &str, measured: &str, target: &str) {
    println!("{figure:<66} {measured:>12} {target:>12}");
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

/// Whole answers from a server that takes no time, all of the program included: template, key, store, events.
fn throughput(runtime: &Runtime) {
    const REQUESTS: usize = 40_000;
    let mock = Mock::start(&["--ttft", "0ms", "--gap", "0ms", "--tokens", "8"]);
    let body = bare::body(false, &QUESTION.repeat(5));
    let load = (IN_FLIGHT, REQUESTS);
    let mut rates: [Vec<f64>; 4] = Default::default();
    let mut reused = Vec::new();
    for _ in 0..ROUNDS {
        rates[0].push(bare::reqwest(runtime, &mock.url, &body, load));
        rates[1].push(bare::hyper(runtime, &mock.url, &body, load));
        rates[2].push(bare::wire(runtime, &mock.url, &body, load));
        let program = Program::new(REQUESTS, &QUESTION.repeat(5));
        let ran = program.run(&mock, "generation: {stream: false}\nload: {concurrency: 64, warmup: 0}\n");
        rates[3].push(REQUESTS as f64 / ran.sending_s);
        let results = Results::of(&program);
        reused.push(1.0 - results.numbers("new_connection").iter().sum::<f64>() / REQUESTS as f64);
    }
    let [reqwest, hyper, wire, program] = rates.map(median);
    report("whole answers/s, bare loop over reqwest, c=64", &format!("{reqwest:.0}"), "");
    report("whole answers/s, bare loop over hyper's pooled client", &format!("{hyper:.0}"), "");
    report("whole answers/s, bare loop over the program's connections", &format!("{wire:.0}"), "");
    report("whole answers/s, apply with template, key, store and events", &format!("{program:.0}"), "");
    report("  of the bare loop over its own connections", &format!("{:.2}", program / wire), "0.75");
    report("  of the bare loop over reqwest", &format!("{:.2}", program / reqwest), "");
    report("requests on a connection that was there already", &format!("{:.4}", median(reused)), "0.99");
}

/// Streams with 50 ms to the first of 20 tokens, 5 ms apart.
fn accuracy(runtime: &Runtime) {
    const REQUESTS: usize = 2_560;
    let mock = Mock::start(&["--ttft", "50ms", "--gap", "5ms", "--tokens", "20"]);
    let truth = [0.050, 0.145];
    let body = bare::body(true, &QUESTION.repeat(5));
    let mut errors: [Vec<f64>; 8] = Default::default();
    for _ in 0..3 {
        let bare = bare::stream_times(runtime, &mock.url, &body, (IN_FLIGHT, REQUESTS));
        let program = Program::new(REQUESTS, &QUESTION.repeat(5));
        program.run(&mock, "load: {concurrency: 64, warmup: 64}\n");
        let results = Results::of(&program);
        let own = [results.numbers("ttft_s"), results.numbers("latency_sec")];
        for (metric, true_s) in truth.into_iter().enumerate() {
            for (who, times) in [&bare[metric], &own[metric]].into_iter().enumerate() {
                errors[metric * 4 + who * 2].push((quantile(times, 0.5) - true_s) * 1e3);
                errors[metric * 4 + who * 2 + 1].push((quantile(times, 0.99) - true_s) * 1e3);
            }
        }
    }
    let errors = errors.map(median);
    for (metric, name) in ["TTFT", "latency"].into_iter().enumerate() {
        let [bare_median, bare_tail, median, tail] = [0, 1, 2, 3].map(|at| errors[metric * 4 + at]);
        report(&format!("{name} at c=64, median minus true (ms)"), &format!("{median:.2}"), "1");
        report(&format!("{name} at c=64, p99 minus true (ms)"), &format!("{tail:.2}"), "");
        let apart = tail - bare_tail;
        report(&format!("{name} at c=64, p99 minus that of bare hyper (ms)"), &format!("{apart:.2}"), "10");
        report(&format!("{name} of bare hyper, median minus true (ms)"), &format!("{bare_median:.2}"), "");
    }
}

/// Streams from a server that takes no time.
fn events() {
    let (requests, tokens) = (4_000, 500);
    let mock = Mock::start(&["--ttft", "0ms", "--gap", "0ms", "--tokens", "500"]);
    let rates = (0..ROUNDS).map(|_| {
        let program = Program::new(requests, QUESTION);
        let ran = program.run(&mock, "generation: {max_tokens: 1000}\nload: {concurrency: 16, warmup: 0}\n");
        let counted: f64 = Results::of(&program).numbers("output_tokens").iter().sum();
        assert!((counted - (requests * tokens) as f64).abs() < 0.5, "every token is counted");
        counted / ran.sending_s
    });
    report("stream events/s, c=16", &format!("{:.0}", median(rates.collect())), "500000");
}

/// Ten thousand streams at a time.
fn many_streams() {
    let mock = Mock::start(&["--ttft", "3s", "--gap", "500ms", "--tokens", "10"]);
    let program = Program::new(20_000, QUESTION);
    let ran = program.run(&mock, "load: {concurrency: 10000, warmup: 0}\n");
    let results = Results::of(&program);
    let failed = results.texts("status").iter().filter(|status| **status != "ok").count();
    report("failed of 20,000 streams, 10,000 at a time", &failed.to_string(), "0");
    report("  peak memory (MB)", &format!("{:.0}", ran.peak_mb), "1000");
    report(
        "  TTFT, median minus true (ms)",
        &format!("{:.1}", (quantile(&results.numbers("ttft_s"), 0.5) - 3.0) * 1e3),
        "",
    );
}

/// An open loop of a thousand arrivals per second.
fn pacing() {
    let mock = Mock::start(&["--ttft", "0ms", "--gap", "0ms", "--tokens", "4"]);
    let program = Program::new(10_000, QUESTION);
    program.run(&mock, "generation: {stream: false}\nload: {rate: 1000/s, warmup: 8}\n");
    let delays = Results::of(&program).numbers("dispatch_delay_s");
    for (name, share, target) in [("median", 0.5, ""), ("p99", 0.99, "1"), ("largest", 1.0, "")] {
        let delay = quantile(&delays, share) * 1e3;
        report(&format!("Poisson arrivals at 1,000/s, sent after due, {name} (ms)"), &format!("{delay:.2}"), target);
    }
}

/// Prompts of 200 KB.
fn long_prompts(runtime: &Runtime) {
    const REQUESTS: usize = 4_000;
    let mock = Mock::start(&["--ttft", "0ms", "--gap", "0ms", "--tokens", "8"]);
    let prompt = QUESTION.repeat(200_000 / QUESTION.len());
    let body = bare::body(false, &prompt);
    let mut rates: [Vec<f64>; 2] = Default::default();
    for _ in 0..3 {
        rates[0].push(bare::wire(runtime, &mock.url, &body, (8, REQUESTS)));
        let program = Program::of_repeats(REQUESTS, &prompt);
        let ran =
            program.run(&mock, "generation: {stream: false}\nload: {concurrency: 8, warmup: 0, requests: 4000}\n");
        rates[1].push(REQUESTS as f64 / ran.sending_s);
    }
    let [bare, program] = rates.map(median);
    report("200 KB prompts/s, bare loop over the program's connections, c=8", &format!("{bare:.0}"), "");
    report("200 KB prompts/s, apply", &format!("{program:.0}"), "no loss");
}
