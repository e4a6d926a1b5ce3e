//! How many answers judges read per second, on all cores. Each answer is one to a question of its own, so that the judge
//! prepares a question for every answer, as it does where nothing is repeated.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;
use smallbench::judge::{Ending, Judge, Output};
use smallbench::sample::{Answer, Sample};

/// Answers to choices, and to the judges that take longer for each.
const CHOICES: usize = 1_000_000;
const FORMULAS: usize = 100_000;

pub fn run_all() {
    let choices = ["It is a cyclic group", "It is an abelian group", "It is a simple group", "It is a free group"];
    let answers = [
        "B",
        "The answer is C.",
        "(D)",
        "B. It is an abelian group",
        "Answer: A",
        "**C**",
        "I think it is an abelian group, so the answer is B.",
        "It is a free group",
    ];
    let sample = |index: usize| sample(index, &choices, Answer::Choice(index % 4));
    measure(("choice", "5"), &answers, (CHOICES, &sample));

    let answers = ["42", "The answer is 42.", "So 6 × 7 = 42 apples are left.", "$1,042.50", "#### 41", "about 4.2e1"];
    let sample = |index: usize| self::sample(index, &[], Answer::Text((index % 50).to_string().into()));
    measure(("numeric", ""), &answers, (FORMULAS, &sample));

    let answers = [r"\boxed{\frac{3}{4}}", "x = 0.75", r"The answer is $\sqrt{2}/2$.", r"\boxed{(1, 2)}", "75%", "3/4"];
    let sample =
        |index: usize| self::sample(index, &[], Answer::Text([r"\frac34", r"\frac{\sqrt2}{2}"][index % 2].into()));
    measure(("math", ""), &answers, (FORMULAS, &sample));
}

fn measure(
    (judge, target): (&str, &str),
    answers: &[&str],
    (count, sample): (usize, &(dyn Fn(usize) -> Sample + Sync)),
) {
    let spec = match judge {
        "math" => judge.into(),
        // With the defaults of its settings.
        _ => serde_json::json!({ judge: {} }),
    };
    let Judge::Reader(reader) =
        Judge::new(&serde_json::from_value(spec).expect("a judge"), Path::new("."), &BTreeMap::new()).expect("a judge")
    else {
        panic!("{judge} reads answers itself");
    };
    let samples: Vec<Sample> = (0..1000).map(sample).collect();
    let read = |index: usize| {
        let output =
            Output { text: answers[index % answers.len()], ending: Ending::Complete, alternatives: &[], calls: &[] };
        reader.prepare(&samples[index % samples.len()]).read(&output).score
    };
    let started = Instant::now();
    let score: f64 = (0..count).into_par_iter().map(read).sum();
    let seconds = started.elapsed().as_secs_f64();
    assert!(score > 0.0, "{judge} finds no right answer");
    let figure = format!("judging {count} short answers with `{judge}` (s)");
    println!("{figure:<58} {seconds:>12.2} {target:>12}");
    println!("{:<58} {:>12.0}", format!("answers per second with `{judge}`"), count as f64 / seconds);
}

fn sample(index: usize, choices: &[&str], answer: Answer) -> Sample {
    let question = format!("Question {index}: which of these holds for the group that the lecture described?");
    Sample {
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        answer: Some(answer),
        ..Sample::new(index, question)
    }
}
