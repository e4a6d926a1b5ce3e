//! What a plan may ask of its datasets: no more requests than memory holds, and only what its judges can read.

use crate::dataset::Dataset;
use crate::error::Error;
use crate::format::counted;
use crate::plan::{Extent, MOST_REQUESTS, Plan};
use crate::request::{Parameters, RequestOptions};
use crate::sample::Sample;

/// The number of requests of a plan whose datasets have `samples` samples in total; those of timed levels are not known
/// in advance and not counted.
fn requests_of(plan: &Plan, samples: usize) -> Option<usize> {
    let per_level = match plan.load.extent {
        Extent::Dataset => samples.checked_mul(usize::try_from(plan.generation.repeats).ok()?)?,
        Extent::Requests(count) => count,
        // The spec bounds the arrivals of a level, and a closed loop has no list before it runs.
        Extent::Duration(_) => 0,
    };
    per_level.checked_mul(plan.most_levels())?.checked_mul(plan.models.len())
}

/// More requests than memory holds are refused before the first is listed.
pub(super) fn check_size(plan: &Plan, datasets: &[Dataset]) -> Result<(), Error> {
    let samples: usize = datasets.iter().map(|dataset| dataset.samples.len()).sum();
    if requests_of(plan, samples).is_some_and(|count| count <= MOST_REQUESTS) {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "{} at {}, {} and {} exceed the maximum number of requests of a run, {MOST_REQUESTS}; lower `generation.repeats`, \
         `load.requests` or a dataset's `limit`",
        counted(samples, "question"),
        counted(plan.generation.repeats, "repeat"),
        counted(plan.most_levels(), "level"),
        counted(plan.models.len(), "model"),
    )))
}

/// Turns wait for answers, so they are asked in closed loops over their dataset alone.
pub(super) fn check_turns(plan: &Plan, datasets: &[Dataset]) -> Result<(), Error> {
    let has_turns = |dataset: &&Dataset| dataset.samples.iter().any(|sample| sample.replies() > 0);
    let Some(dataset) = datasets.iter().find(has_turns) else { return Ok(()) };
    if plan.models.iter().any(|model| model.is_by_batch) {
        return Err(Error::Usage(format!(
            "`{}` has conversations, whose turns are asked with the answers to the turns before them, and a batch API takes \
             all requests at once; remove `batch` from the endpoint",
            dataset.name
        )));
    }
    let unfit = match plan.load.extent {
        Extent::Requests(_) => "load.requests",
        Extent::Duration(_) => "load.duration",
        Extent::Dataset if plan.levels.iter().any(|level| level.is_open()) => "load.rate",
        Extent::Dataset if plan.search.is_some() => "load.find",
        Extent::Dataset if plan.gating.until.is_some() => "until",
        Extent::Dataset if plan.divides_levels() => "--client",
        Extent::Dataset => return Ok(()),
    };
    Err(Error::Usage(format!(
        "`{}` has conversations, whose turns are asked with the answers to the turns before them, and `{unfit}` asks \
         without waiting for these or in another order; remove `{unfit}` and set `load.concurrency`",
        dataset.name
    )))
}

/// Tools of rows, where the API of a model takes none.
pub(super) fn check_tools(plan: &Plan, datasets: &[Dataset]) -> Result<(), Error> {
    let of_rows = datasets.iter().find_map(|dataset| {
        let sample = dataset.samples.iter().find(|sample| !sample.tools.is_empty())?;
        Some((dataset, sample.tools.to_vec()))
    });
    let Some((dataset, tools)) = of_rows else { return Ok(()) };
    let parameters =
        Parameters { options: RequestOptions { tools, ..RequestOptions::default() }, ..Parameters::default() };
    for model in &plan.models {
        let endpoint = plan.endpoint_of(model);
        if let Some(why) = endpoint.provider.refuse(&parameters) {
            let why = why.replace("`generation.tools`", "`columns.tools`");
            return Err(Error::Usage(format!(
                "endpoint `{}` cannot be asked with the tools of `{}`: {why}",
                endpoint.name, dataset.name
            )));
        }
    }
    Ok(())
}

pub(super) fn check_judge(plan: &Plan, datasets: &[Dataset]) -> Result<(), Error> {
    for (dataset, judges) in datasets.iter().zip(&plan.judges) {
        let all = || std::iter::once(&judges.score).chain(judges.others.iter().map(|(_, judge)| judge));
        let has_answers = dataset.samples.iter().any(|sample| sample.answer.is_some());
        let unfit_for = |sample: &Sample| {
            let mut asked = all().filter(|judge| !(has_answers && judge.judge.leaves_out(sample)));
            asked.find_map(|judge| judge.judge.unfit(sample))
        };
        let mut unfit: Vec<(&'static str, Vec<&Sample>)> = Vec::new();
        for (sample, why) in dataset.samples.iter().filter_map(|sample| Some((sample, unfit_for(sample)?))) {
            match unfit.iter_mut().find(|(known, _)| *known == why) {
                Some((_, samples)) => samples.push(sample),
                None => unfit.push((why, vec![sample])),
            }
        }
        if !unfit.is_empty() {
            return Err(Error::Judge(unfit.iter().map(|(why, samples)| told(dataset, why, samples)).collect()));
        }
    }
    Ok(())
}

/// Why samples cannot be judged: what is wrong with the first, and where the others stand.
fn told(dataset: &Dataset, why: &str, samples: &[&Sample]) -> String {
    let Some((first, others)) = samples.split_first() else { return String::new() };
    let others = match others.len() {
        0 => String::new(),
        count => format!(" (and {}: {})", counted(count, "more row"), dataset.named(others.iter().copied())),
    };
    format!("{} of {} {why}{others}", dataset.named([*first]), dataset.source_of(first))
}
