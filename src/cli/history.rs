//! `smallbench history`: the runs of an experiment.

use std::path::PathBuf;

use super::arguments::History;
use super::origin;
use super::session::Session;
use crate::chart::{self, ChartError, Medium, View};
use crate::console::history;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::write_bytes;
use crate::import;
use crate::report::history::load;
use crate::report::{imported, unknown_letters};

/// Pixels of a PNG per unit of the drawing.
const SCALE: f32 = 2.0;

/// Name of the chart.
const NAME: &str = "history";

pub(super) fn run(arguments: &History, session: &Session) -> Result<Exit, Error> {
    let Place { folder, name, medium } = place(arguments, session)?;
    let entries = load(&folder, &name)?;
    if entries.is_empty() {
        let (folder, spec) = (folder.display(), arguments.spec.spec.display());
        let hint = format!("`smallbench apply {spec}` begins it");
        return Err(Error::misuse(format!("{folder} has no history of {name}"), hint));
    }
    let reporter = session.reporter_of_tables(arguments.wide);
    if arguments.json {
        let text = serde_json::to_string_pretty(&entries);
        reporter.result(&text.map_err(|error| Error::Internal(format!("cannot serialize the history: {error}")))?);
    } else {
        reporter.result(&history::table(&entries, reporter.width()));
    }
    if let Some(path) = &arguments.chart {
        let view = View::History(history::chart(&name, &entries, medium));
        let svg = view.draw().map_err(failed)?;
        let format = path.extension().and_then(|ending| ending.to_str());
        write_bytes(path, &picture(&svg, view.title(), format).map_err(failed)?)?;
        unknown_letters::warn_of(&unknown_letters::of(NAME, &svg)?, |text| reporter.warn(&text));
    }
    reporter.written()?;
    Ok(Exit::Success)
}

/// Where a history is, and for what it is drawn.
struct Place {
    folder: PathBuf,
    /// The name of the experiment.
    name: String,
    medium: Medium,
}

/// The place of a spec, of a run, or of imported results, which have no medium of their own.
fn place(arguments: &History, session: &Session) -> Result<Place, Error> {
    let named = &arguments.spec.spec;
    if named.join(import::FILE).is_file() {
        let folder = named.canonicalize().map_err(Error::io(named))?;
        let outer = folder.parent().unwrap_or(&folder).to_owned();
        return Ok(Place { folder: outer, name: imported::name(&folder), medium: Medium::default() });
    }
    let (plan, _) = origin::plan(named, &arguments.spec.overrides, session)?;
    Ok(Place { folder: plan.output.outer.clone(), medium: plan.output.medium.into(), name: plan.name })
}

/// The chart as SVG, or as PNG or PDF where the name of its file says so.
fn picture(svg: &str, title: &str, format: Option<&str>) -> Result<Vec<u8>, ChartError> {
    match format {
        Some("png") => chart::png(svg, SCALE),
        Some("pdf") => chart::pdf(svg, title),
        _ => chart::with_fonts(svg).map(String::into_bytes),
    }
}

fn failed(error: ChartError) -> Error {
    Error::Chart { name: NAME.into(), message: error.to_string() }
}
