//! The page of a run: what it shows of answers is read from the store.

use std::path::Path;

use super::content::{Rendered, entry};
use crate::engine::Context;
use crate::engine::aggregate::Aggregated;
use crate::engine::opinions::Consultation;
use crate::engine::stored::responses::TOGETHER;
use crate::error::Error;
use crate::event::Event;
use crate::files::write_bytes;
use crate::plan::Plan;
use crate::report::history;
use crate::report::html::{FILE, ReportPage, Source};
use crate::report::manifest::{FileEntry, Manifest};
use crate::response::Response;
use crate::spec::written::written;

/// Writes the page of a run, if the spec wants one.
///
/// # Errors
/// The store cannot be read or the file cannot be written.
pub(super) fn write(
    rendered: &Rendered<'_>,
    manifest: &Manifest,
    folder: &Path,
    context: &Context<'_>,
) -> Result<Option<FileEntry>, Error> {
    let Rendered { responses, aggregated, opinions } = *rendered;
    let Aggregated { results, checks, gates, .. } = aggregated;
    let (plan, work) = (responses.plan, responses.work);
    if !plan.output.report {
        return Ok(None);
    }
    let read = |places: &[usize]| -> Result<Vec<(usize, Response)>, Error> {
        let parts = places.chunks(TOGETHER).map(|places| responses.read(places));
        Ok(parts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    };
    let sample = |place: usize| work.slots.get(place).map(|slot| work.sample(slot));
    let earlier = history::load(&plan.output.outer, &plan.name)?;
    let page = ReportPage {
        plan,
        batches: &work.batches,
        results,
        checks,
        gates,
        judging: opinions.asked.iter().map(Consultation::spent).collect(),
        manifest,
        earlier: &earlier,
        spec: context.secrets.redact(&spec(plan)?).into_owned(),
        source: Source { sample: &sample, responses: &read },
    };
    let path = folder.join(FILE);
    write_bytes(&path, page.html()?.as_bytes())?;
    (context.observer)(&Event::FileWritten { path });
    entry(folder, FILE).map(Some)
}

/// The spec with all defaults.
fn spec(plan: &Plan) -> Result<String, Error> {
    let text = written(&plan.document.spec).and_then(|spec| serde_json::to_string_pretty(&spec));
    text.map_err(|error| Error::Internal(format!("the spec cannot be written: {error}")))
}
