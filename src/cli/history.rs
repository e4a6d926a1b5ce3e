//! `smallbench history`: the runs of an experiment.

use super::arguments::History;
use super::session::Session;
use crate::chart::{self, View};
use crate::console::history;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::write_bytes;
use crate::report::history::{Entry, load};

/// Pixels of a PNG per unit of the drawing.
const SCALE: f32 = 2.0;

pub(super) fn run(arguments: &History, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(&arguments.spec)?;
    let folder = plan.output.outer.as_path();
    let entries = load(folder, &plan.name)?;
    if entries.is_empty() {
        let (folder, spec) = (folder.display(), arguments.spec.spec.display());
        return Err(Error::Usage(format!(
            "{folder} has no history of {}; `smallbench apply {spec}` begins it",
            plan.name
        )));
    }
    let reporter = session.reporter(false);
    if arguments.json {
        let text = serde_json::to_string_pretty(&entries);
        reporter.result(&text.map_err(|error| Error::Internal(format!("cannot serialize the history: {error}")))?);
    } else {
        reporter.result(&history::table(&entries));
    }
    if let Some(path) = &arguments.chart {
        write_bytes(path, &picture(&plan.name, &entries, arguments)?)?;
    }
    reporter.written()?;
    Ok(Exit::Success)
}

/// The chart as SVG, or as PNG or PDF where the name of its file says so.
fn picture(name: &str, entries: &[Entry], arguments: &History) -> Result<Vec<u8>, Error> {
    let failed = |error: chart::ChartError| Error::Chart { name: "history".into(), message: error.to_string() };
    let view = View::History(history::chart(name, entries));
    let svg = view.draw().map_err(failed)?;
    let ending = arguments.chart.as_ref().and_then(|path| path.extension()).and_then(|ending| ending.to_str());
    let bytes = match ending {
        Some("png") => chart::png(&svg, SCALE),
        Some("pdf") => chart::pdf(&svg, view.title()),
        _ => chart::with_fonts(&svg).map(String::into_bytes),
    };
    bytes.map_err(failed)
}
