//! The stage render: results become tables, pictures and a page, and the manifest of these files.

pub mod content;
mod pictures;
pub mod place;
mod report_page;
mod results_table;
pub mod run_record;
mod tables;
mod verdicts_table;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use content::{Rendered, entry};
use pictures::{draw_all, ending, shown};
use run_record::RunRecord;

use super::Context;
use super::judge::table_draft::TableDraft;
use super::outcome::Unfinished;
use crate::error::Error;
use crate::event::{Event, Stage};
use crate::files::write_bytes;
use crate::format::{counted, enumerated};
use crate::report::manifest::{self, FileEntry, Manifest};
use crate::report::pictures::{ChartInput, ChartJob, chart_jobs};
use crate::report::{history, markdown, unknown_letters};
use crate::spec::chart_files::chart_file;

/// Writes tables, charts and the page of a run, then the manifest of these files; what is no partial result becomes a
/// part of the history. Gives the folder.
///
/// # Errors
/// A file that cannot be written or a chart that cannot be drawn.
pub(super) fn render(
    rendered: Rendered<'_>,
    table: Option<TableDraft>,
    (record, unfinished): (RunRecord<'_>, &Unfinished),
    context: &Context<'_>,
) -> Result<PathBuf, Error> {
    let (plan, aggregated) = (rendered.responses.plan, rendered.aggregated);
    let answered = aggregated.results.len() - unfinished.failed();
    let asks_for_all = unfinished.is_nothing() && record.prepared.elsewhere.is_empty() && !plan.is_overridden;
    let folder = place::folder(plan, answered, asks_for_all, context);
    let earlier = Manifest::load(&folder);
    let files = write(&rendered, table, &folder, context)?;
    let manifest = record.manifest(plan, answered, (&folder, files), context);
    let mut manifest = manifest.with_checks(aggregated.checks.clone()).with_clients(&aggregated.results.groups);
    manifest.files.extend(report_page::write(&rendered, &manifest, &folder, context)?);
    let written: Vec<String> = manifest.files.iter().map(|file| file.name.clone()).collect();
    place::tidy(&folder, earlier.as_ref(), &written, answered);
    write_bytes(&folder.join(manifest::FILE), manifest.text()?.as_bytes())?;
    if folder == plan.output.folder {
        history::add(&plan.output.outer, &history::HistoryEntry::new(&manifest, &aggregated.results)?)?;
    }
    Ok(folder)
}

/// Writes tables, charts and summary; gives the files in order. The table of results is moved into the folder if it is
/// drafted, and else made now.
fn write(
    rendered: &Rendered<'_>,
    table: Option<TableDraft>,
    folder: &Path,
    context: &Context<'_>,
) -> Result<Vec<FileEntry>, Error> {
    let Rendered { responses, aggregated, opinions } = *rendered;
    let (plan, results) = (responses.plan, &aggregated.results);
    let mut entries = match table {
        Some(table) => table.finish(folder)?,
        None => results_table::write(responses, results, folder)?,
    };
    let mut names = tables::write(rendered, folder)?;
    let written = entries.len() + names.len();
    let input = ChartInput { plan, work: responses.work, results, checks: &aggregated.checks };
    let jobs = chart_jobs(input)?;
    warn_of_undrawn(rendered, &jobs, context);
    let drawn = draw_all(&jobs, &plan.output, folder)?;
    unknown_letters::warn_of(&drawn.unknown, |text| context.warn(text));
    let shown = shown(&drawn.names);
    names.extend(drawn.names);
    let comparisons: Vec<_> = opinions.comparisons().cloned().collect();
    let (checks, gates) = (&*aggregated.checks, &*aggregated.gates);
    let summary = markdown::document(plan, (results, &comparisons), (checks, gates), &shown);
    write_bytes(&folder.join("summary.md"), summary.as_bytes())?;
    names.push("summary.md".into());
    entries.extend(names.par_iter().map(|name| entry(folder, name)).collect::<Result<Vec<_>, _>>()?);
    for entry in &entries {
        (context.observer)(&Event::FileWritten { path: folder.join(&entry.name) });
    }
    let formats: Vec<String> = plan.output.formats.iter().map(|format| ending(*format).to_uppercase()).collect();
    let (charts, tables) = (counted(jobs.len(), "chart"), counted(written, "table"));
    let line = format!("{charts} ({}), {tables} in {}", enumerated(&formats), folder.display());
    context.finished(Stage::Render, line);
    Ok(entries)
}

/// Says which charts are left out for the times that answers of a batch API do not have.
fn warn_of_undrawn(rendered: &Rendered<'_>, jobs: &[ChartJob], context: &Context<'_>) {
    if !rendered.aggregated.results.groups.iter().any(|group| group.by_batch() > 0) {
        return;
    }
    let is_drawn = |name: &str| jobs.iter().any(|job| job.name() == name);
    let charts = rendered.responses.plan.charts.iter().map(chart_file);
    let undrawn: Vec<String> = charts.filter(|name| !is_drawn(name)).collect();
    if !undrawn.is_empty() {
        context.warn(format!("not drawn, because their figures are not measured (batch API): {}", undrawn.join(", ")));
    }
}
