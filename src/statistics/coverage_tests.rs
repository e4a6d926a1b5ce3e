//! How often intervals hold the truth and tests raise false alarms, by simulation with fixed seeds.
//!
//! The tests draw few; `cargo test --release coverage -- --ignored --nocapture` draws 20,000 and prints the table of
//! benches/README.md.

#![expect(clippy::print_stdout, reason = "the table is printed for benches/README.md")]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::bca::{RESAMPLES, mean_interval, ratio_interval};
use super::cluster::mean_score;
use super::holm::holm;
use super::paired::Outcomes;
use super::wilson;

const SIZES: [usize; 4] = [10, 50, 200, 1000];

const SHARES: [f64; 7] = [0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98];

/// Draws of a test, and of the table.
const FEW: u64 = 1_000;
const MANY: u64 = 20_000;

/// A number below 1.
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    f64::from(random.next_u32()) / 4_294_967_296.0
}

fn flip(random: &mut ChaCha8Rng, share: f64) -> f64 {
    f64::from(u8::from(uniform(random) < share))
}

/// An exponential time with a mean of 1.
fn time(random: &mut ChaCha8Rng) -> f64 {
    -libm::log(1.0 - uniform(random))
}

/// The share of draws of which something holds, each with a seed of its own.
fn share(draws: u64, holds: impl Fn(&mut ChaCha8Rng) -> bool + Sync) -> f64 {
    let held = (0..draws).into_par_iter().filter(|draw| holds(&mut ChaCha8Rng::seed_from_u64(*draw * 7919 + 13)));
    held.count() as f64 / draws as f64
}

/// The share of intervals that hold the truth; one that cannot be given holds it.
fn coverage(draws: u64, truth: f64, interval: impl Fn(&mut ChaCha8Rng) -> Option<(f64, f64)> + Sync) -> f64 {
    share(draws, |random| interval(random).is_none_or(|(low, high)| low <= truth + 1e-12 && truth <= high + 1e-12))
}

/// Wilson's interval of answers to `size` questions, each asked once.
fn of_shares(draws: u64, size: usize, p: f64) -> f64 {
    coverage(draws, p, |random| wilson((0..size).map(|_| flip(random, p)).sum::<f64>() / size as f64, size as u64))
}

/// Newcombe's interval of the difference of two models that agree on half of the questions and are right alike.
fn of_pairs(draws: u64, size: usize, p: f64) -> f64 {
    coverage(draws, 0.0, |random| pair(random, size, p).and_then(Outcomes::interval))
}

fn pair(random: &mut ChaCha8Rng, size: usize, p: f64) -> Option<Outcomes> {
    let (a, b): (Vec<f64>, Vec<f64>) = (0..size)
        .map(|_| {
            let first = flip(random, p);
            (first, if uniform(random) < 0.5 { first } else { flip(random, p) })
        })
        .unzip();
    Outcomes::of(&a, &b)
}

/// The interval of a score whose questions were asked four times and are as hard each time.
fn of_repeats(draws: u64, size: usize, p: f64) -> f64 {
    coverage(draws, p, |random| {
        let question = |_| {
            // A question is known in two of three cases, and guessed else.
            let known = flip(random, p);
            let answers = (0..4).map(|_| if uniform(random) < 2.0 / 3.0 { known } else { flip(random, p) });
            (answers.sum::<f64>(), 4.0)
        };
        mean_score(&(0..size).map(question).collect::<Vec<_>>(), true).map(|found| found.interval)
    })
}

/// The BCa intervals of a mean of exponential times, and of a ratio of two of them.
fn of_means(draws: u64, size: usize, resamples: usize) -> [f64; 2] {
    let mean =
        coverage(draws, 1.0, |random| mean_interval(&(0..size).map(|_| time(random)).collect::<Vec<_>>(), resamples));
    let ratio = coverage(draws, 1.0, |random| {
        ratio_interval(&(0..size).map(|_| (time(random), time(random))).collect::<Vec<_>>(), resamples)
    });
    [mean, ratio]
}

/// The share of families of six pairs of four equal models in which any pair is called different.
fn alarms(draws: u64, size: usize, p: f64) -> f64 {
    share(draws, |random| {
        let models: Vec<Vec<f64>> = (0..4).map(|_| (0..size).map(|_| flip(random, p)).collect()).collect();
        let pairs = (0..4).flat_map(|a| (a + 1..4).map(move |b| (a, b)));
        let p = pairs.filter_map(|(a, b)| Some(Outcomes::of(&models[a], &models[b])?.mcnemar()));
        holm(&p.collect::<Vec<_>>()).iter().any(|p| *p < 0.05)
    })
}

#[test]
fn intervals_of_shares_hold_the_truth_as_often_as_they_say() {
    for size in [50, 200, 1000] {
        let found: Vec<f64> = SHARES[1..6].iter().map(|p| of_shares(FEW, size, *p)).collect();
        let mean = found.iter().sum::<f64>() / found.len() as f64;
        // The standard error of this mean is 0.3 %; single shares jump, because counts are whole.
        assert!((mean - 0.95).abs() < 0.012, "{size}: {found:?}");
        assert!(found.iter().all(|share| *share > 0.91), "{size}: {found:?}");
    }
}

#[test]
fn intervals_of_pairs_and_repeats_hold_the_truth_at_least_as_often_as_they_say() {
    for (size, p) in [(50, 0.5), (200, 0.25), (200, 0.75)] {
        let found = [of_pairs(FEW, size, p), of_repeats(FEW, size, p)];
        assert!(found.iter().all(|share| *share > 0.93), "{size}, {p}: {found:?}");
    }
}

#[test]
fn bootstrap_intervals_hold_the_truth_about_as_often_as_they_say() {
    let found = of_means(400, 100, 500);
    // Skewed times have 94 %; 400 draws have a standard error of 1.2 %.
    assert!(found.iter().all(|share| *share > 0.90), "{found:?}");
}

#[test]
fn equal_models_are_rarely_called_different() {
    for (size, p) in [(50, 0.5), (200, 0.25)] {
        let found = alarms(FEW, size, p);
        assert!(found <= 0.05 + 0.014, "{size}, {p}: {found}");
    }
}

#[test]
#[ignore = "draws 20,000 times; run by hand, optimised"]
fn table_of_coverage() {
    println!("| questions | share right | Wilson | pairs (Newcombe) | four repeats | false alarms of six pairs |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for size in SIZES {
        for p in SHARES {
            let found =
                [of_shares(MANY, size, p), of_pairs(MANY, size, p), of_repeats(MANY, size, p), alarms(MANY, size, p)];
            let cells: Vec<String> = found.iter().map(|share| format!("{:.1} %", share * 100.0)).collect();
            println!("| {size} | {p} | {} |", cells.join(" | "));
        }
    }
    println!("| times | BCa of a mean | BCa of a ratio |");
    for size in SIZES {
        let cells: Vec<String> =
            of_means(MANY / 10, size, RESAMPLES).iter().map(|share| format!("{:.1} %", share * 100.0)).collect();
        println!("| {size} | {} |", cells.join(" | "));
    }
}
