//! The stage render: tables become files and pictures.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::opinions::Opinions;
use super::pictures::{draw_all, ending, shown};
use super::responses::Responses;
use super::table_draft::TableDraft;
use super::warmups::Warmups;
use super::{Context, results_table, verdicts_table};
use crate::checks::Check;
use crate::checksum::sha256_of;
use crate::error::Error;
use crate::event::{Event, Stage};
use crate::files::write_bytes;
use crate::format::{counted, enumerated};
use crate::gates::{GateOutcome, junit};
use crate::id::BatchId;
use crate::report::manifest::FileEntry;
use crate::report::markdown;
use crate::report::pictures::{ChartInput, ChartJob, chart_jobs};
use crate::report::unknown_letters;
use crate::spec::chart_files::chart_file;
use crate::tables::agreement::agreement_csv;
use crate::tables::comparisons::pairwise_csv;
use crate::tables::group::Results;
use crate::tables::pairs::pairs_csv;
use crate::tables::positions_table::positions_csv;
use crate::tables::server_metrics;
use crate::tables::summary::Grouping;
use crate::tables::write;

/// What was measured, in the shape in which it is written.
pub(super) struct Rendered<'r> {
    pub(super) responses: &'r Responses<'r>,
    pub(super) results: &'r Results,
    pub(super) warmups: &'r BTreeMap<BatchId, Warmups>,
    pub(super) checks: &'r [Check],
    pub(super) gates: &'r [GateOutcome],
    pub(super) opinions: &'r Opinions,
}

impl Rendered<'_> {
    /// Writes tables, charts and summary into a folder; returns the files in order. The table of results is moved there if it
    /// is drafted, and else made now. Warm-ups and the arrivals of open loops have tables of their own, if there are any.
    ///
    /// # Errors
    /// A file that cannot be written or a chart that cannot be drawn.
    pub(super) fn write(
        &self,
        table: Option<TableDraft>,
        folder: &Path,
        context: &Context<'_>,
    ) -> Result<Vec<FileEntry>, Error> {
        let (plan, work) = (self.responses.plan, self.responses.work);
        let mut entries = match table {
            Some(table) => table.finish(folder)?,
            None => results_table::write(self.responses, self.results, folder)?,
        };
        let mut names = self.write_tables(folder)?;
        let written = entries.len() + names.len();
        let jobs = chart_jobs(ChartInput { plan, work, results: self.results, checks: self.checks })?;
        self.warn_of_undrawn(&jobs, context);
        let drawn = draw_all(&jobs, &plan.output, folder)?;
        let formats: Vec<String> = plan.output.formats.iter().map(|format| ending(*format).to_uppercase()).collect();
        unknown_letters::warn_of(&drawn.unknown, |text| context.warn(text));
        let shown = shown(&drawn.names);
        names.extend(drawn.names);
        let comparisons: Vec<_> = self.opinions.comparisons().cloned().collect();
        let summary = markdown::document(plan, (self.results, &comparisons), (self.checks, self.gates), &shown);
        write_bytes(&folder.join("summary.md"), summary.as_bytes())?;
        names.push("summary.md".into());
        entries.extend(names.par_iter().map(|name| entry(folder, name)).collect::<Result<Vec<_>, _>>()?);
        for entry in &entries {
            (context.observer)(&Event::FileWritten { path: folder.join(&entry.name) });
        }
        let (charts, tables) = (counted(jobs.len(), "chart"), counted(written, "table"));
        let line = format!("{charts} ({}), {tables} in {}", enumerated(&formats), folder.display());
        context.finished(Stage::Render, line);
        Ok(entries)
    }

    /// Says which charts are left out for the times that answers of a batch API do not have.
    fn warn_of_undrawn(&self, jobs: &[ChartJob], context: &Context<'_>) {
        if !self.results.groups.iter().any(|group| group.by_batch() > 0) {
            return;
        }
        let is_drawn = |name: &str| jobs.iter().any(|job| job.name() == name);
        let charts = self.responses.plan.charts.iter().map(chart_file);
        let undrawn: Vec<String> = charts.filter(|name| !is_drawn(name)).collect();
        if !undrawn.is_empty() {
            context
                .warn(format!("not drawn, because their figures are not measured (batch API): {}", undrawn.join(", ")));
        }
    }

    fn write_tables(&self, folder: &Path) -> Result<Vec<String>, Error> {
        let (plan, work) = (self.responses.plan, self.responses.work);
        let results = self.results;
        write::summary_csv(&folder.join("model_summary.csv"), results.summaries(), Grouping::Model)?;
        write::summary_csv(&folder.join("cell_summary.csv"), results.cells.iter(), Grouping::Cell)?;
        write::summary_csv(&folder.join("subject_summary.csv"), results.subjects.iter(), Grouping::Subject)?;
        let mut names = vec!["model_summary.csv", "cell_summary.csv", "subject_summary.csv"];
        if !results.pairs.is_empty() {
            pairs_csv(&folder.join("pairs.csv"), &results.pairs)?;
            names.push("pairs.csv");
        }
        if results.cells.iter().any(|cell| cell.positions.is_some()) {
            positions_csv(&folder.join("position_bias.csv"), &results.cells)?;
            names.push("position_bias.csv");
        }
        if self.warmups.values().any(|warmups| !warmups.is_empty()) {
            results_table::write_warmups(plan, self.warmups, results, &folder.join("warmups.csv"))?;
            names.push("warmups.csv");
        }
        if server_metrics::has_readings(&results.groups) {
            server_metrics::write(&folder.join(server_metrics::FILE), plan, &results.groups)?;
            names.push(server_metrics::FILE);
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

pub(super) fn entry(folder: &Path, name: &str) -> Result<FileEntry, Error> {
    let path = folder.join(name);
    let sha256 = sha256_of(&path).map_err(Error::io(&path))?;
    Ok(FileEntry { name: name.to_owned(), sha256 })
}
