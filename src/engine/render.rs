//! The stage render: tables become files and pictures.

use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use rayon::prelude::*;

use super::consult::Opinions;
use super::responses::Responses;
use super::warmups::Warmups;
use super::{Context, results_table, verdicts_table};
use crate::chart;
use crate::checks::Check;
use crate::checksum::sha256_of;
use crate::error::Error;
use crate::event::{Event, Stage};
use crate::files::write_bytes;
use crate::format::counted;
use crate::gates::{GateOutcome, junit};
use crate::report::manifest::FileEntry;
use crate::report::markdown;
use crate::report::pictures::{ChartJob, Measured, chart_jobs};
use crate::spec::types::PictureFormat;
use crate::tables::agreement::agreement_csv;
use crate::tables::comparisons::pairwise_csv;
use crate::tables::group::Results;
use crate::tables::pairs::pairs_csv;
use crate::tables::positions_table::positions_csv;
use crate::tables::summary::Grouping;
use crate::tables::write;

/// Pixels of a PNG per unit of the drawing.
const SCALE: f32 = 2.0;

/// What was measured, in the shape in which it is written.
pub(super) struct Rendered<'r> {
    pub(super) responses: &'r Responses<'r>,
    pub(super) results: &'r Results,
    pub(super) warmups: &'r [Warmups],
    pub(super) checks: &'r [Check],
    pub(super) gates: &'r [GateOutcome],
    pub(super) opinions: &'r Opinions,
}

impl Rendered<'_> {
    /// Writes tables, charts and summary into a folder; returns the files in order. Warm-ups and the arrivals of open
    /// loops have tables of their own, if there are any.
    ///
    /// # Errors
    /// A file that cannot be written or a chart that cannot be drawn.
    pub(super) fn write(&self, folder: &Path, context: &Context<'_>) -> Result<Vec<FileEntry>, Error> {
        let (plan, work) = (self.responses.plan, self.responses.work);
        let mut names = self.write_tables(folder)?;
        let written = names.len();
        let jobs = chart_jobs(Measured { plan, work, results: self.results, checks: self.checks });
        let drawn = draw_all(&jobs, &plan.output.formats, folder)?;
        let formats: Vec<String> = plan.output.formats.iter().map(|format| ending(*format).to_uppercase()).collect();
        let shown: Vec<String> = drawn.iter().filter(|name| name.ends_with(".svg")).cloned().collect();
        let shown = if shown.is_empty() { drawn.clone() } else { shown };
        names.extend(drawn);
        let comparisons: Vec<_> = self.opinions.comparisons().cloned().collect();
        let summary = markdown::document(plan, (self.results, &comparisons), (self.checks, self.gates), &shown);
        write_bytes(&folder.join("summary.md"), summary.as_bytes())?;
        names.push("summary.md".into());
        let entries = names.par_iter().map(|name| entry(folder, name)).collect::<Result<Vec<_>, _>>()?;
        for name in &names {
            (context.observer)(&Event::FileWritten { path: folder.join(name) });
        }
        let (charts, tables) = (counted(jobs.len(), "chart"), counted(written, "table"));
        let line = format!("{charts} ({}), {tables} in {}", formats.join(" and "), folder.display());
        context.finished(Stage::Render, line);
        Ok(entries)
    }

    fn write_tables(&self, folder: &Path) -> Result<Vec<String>, Error> {
        let (plan, work) = (self.responses.plan, self.responses.work);
        results_table::write(self.responses, self.results, folder)?;
        let results = self.results;
        write::summary_csv(&folder.join("model_summary.csv"), results.summaries(), Grouping::Model)?;
        write::summary_csv(&folder.join("cell_summary.csv"), results.cells.iter(), Grouping::Cell)?;
        write::summary_csv(&folder.join("subject_summary.csv"), results.subjects.iter(), Grouping::Subject)?;
        let mut names =
            vec!["results.csv", "results.parquet", "model_summary.csv", "cell_summary.csv", "subject_summary.csv"];
        if !results.pairs.is_empty() {
            pairs_csv(&folder.join("pairs.csv"), &results.pairs)?;
            names.push("pairs.csv");
        }
        if results.cells.iter().any(|cell| cell.positions.is_some()) {
            positions_csv(&folder.join("position_bias.csv"), &results.cells)?;
            names.push("position_bias.csv");
        }
        if self.warmups.iter().any(|warmups| !warmups.is_empty()) {
            results_table::write_warmups(plan, self.warmups, results, &folder.join("warmups.csv"))?;
            names.push("warmups.csv");
        }
        if plan.judges.iter().any(|judges| !judges.others.is_empty()) {
            verdicts_table::write(self.responses, self.opinions, folder)?;
            names.extend([verdicts_table::VERDICTS, verdicts_table::SUMMARY]);
        }
        if !self.opinions.asked.is_empty() {
            verdicts_table::write_asked(self.opinions, self.responses, folder)?;
            names.extend([verdicts_table::ASKED, verdicts_table::ASKED_SUMMARY]);
        }
        if self.opinions.agreements().next().is_some() {
            agreement_csv(&folder.join("judge_agreement.csv"), self.opinions.agreements())?;
            names.push("judge_agreement.csv");
        }
        if self.opinions.comparisons().next().is_some() {
            pairwise_csv(&folder.join("pairwise.csv"), self.opinions.comparisons())?;
            names.push("pairwise.csv");
        }
        if !self.gates.is_empty() {
            let report = junit(&plan.name, self.gates, plan.gating.unsure_fails);
            write_bytes(&folder.join("junit.xml"), report.as_bytes())?;
            names.push("junit.xml");
        }
        if plan.levels.iter().any(|level| level.is_open()) {
            write::arrivals_csv(&folder.join("arrivals.csv"), plan, work)?;
            names.push("arrivals.csv");
        }
        Ok(names.into_iter().map(str::to_owned).collect())
    }
}

/// File names by the chart's index.
type Drawn = Vec<(usize, Vec<String>)>;

/// Draws every chart, on all cores: each is independent of the others.
fn draw_all(jobs: &[ChartJob], formats: &[PictureFormat], folder: &Path) -> Result<Vec<String>, Error> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(jobs.len().max(1));
    let queue = Mutex::new(jobs.iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut done = Vec::new();
        while let Some((index, job)) = next() {
            done.push((index, draw_one(job, formats, folder)?));
        }
        Ok(done)
    };
    let outcomes: Vec<Result<Drawn, Error>> = thread::scope(|scope| {
        let others = 1..workers;
        // What the system gives no thread for is drawn by this one.
        let threads: Vec<_> = others.map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let own = std::iter::once(work());
        let theirs =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        own.chain(theirs.collect::<Vec<_>>()).collect()
    });
    let mut drawn = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    drawn.sort();
    Ok(drawn.into_iter().flat_map(|(_, names)| names).collect())
}

fn draw_one(job: &ChartJob, formats: &[PictureFormat], folder: &Path) -> Result<Vec<String>, Error> {
    let picture = job.draw()?;
    let mut names = Vec::new();
    for format in formats {
        let bytes = match format {
            PictureFormat::Svg => picture.svg.clone().into_bytes(),
            PictureFormat::Png => chart::png(&picture.svg, SCALE)
                .map_err(|error| Error::Chart { name: picture.name.clone(), message: error.to_string() })?,
        };
        let name = format!("{}.{}", picture.name, ending(*format));
        write_bytes(&folder.join(&name), &bytes)?;
        names.push(name);
    }
    Ok(names)
}

fn ending(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Png => "png",
        PictureFormat::Svg => "svg",
    }
}

pub(super) fn entry(folder: &Path, name: &str) -> Result<FileEntry, Error> {
    let path = folder.join(name);
    let sha256 = sha256_of(&path).map_err(Error::io(&path))?;
    Ok(FileEntry { name: name.to_owned(), sha256 })
}
