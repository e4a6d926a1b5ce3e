//! Results of other tools in an output folder: their tables, charts, page, and the line of the history.

use std::collections::BTreeSet;
use std::path::Path;

use super::history::{HistoryEntry, Measured as Line, RunContent};
use super::html;
use super::manifest::CHART_DATA;
use super::pictures::imported::{imported_jobs, missing};
use super::pictures::{ChartJob, Picture};
use super::unknown_letters;
use crate::chart;
use crate::checksum::sha256;
use crate::error::Error;
use crate::files::write_bytes;
use crate::import::{FILE, Imported};
use crate::statistics::quantile;
use crate::tables::figures::as_count;
use crate::tables::write::chart_csv;

/// Pixels of a PNG per unit of the drawing.
const SCALE: f32 = 2.0;

/// What there is to say of a folder that was written.
pub struct Written {
    /// What the results do not say.
    pub missing: Vec<&'static str>,
    /// Letters that its PNGs cannot show.
    pub unknown: BTreeSet<char>,
}

/// Writes all files of a folder.
///
/// # Errors
/// A file cannot be written, or a chart cannot be drawn.
pub fn write(folder: &Path, imported: &Imported) -> Result<Written, Error> {
    for (name, text) in &imported.files {
        write_bytes(&folder.join(name), text.as_bytes())?;
    }
    let name = name(folder);
    let jobs = imported_jobs(&name, imported);
    let drawn = jobs.iter().map(|job| draw(job, folder)).collect::<Result<Vec<_>, _>>()?;
    let pictures: Vec<Picture> = drawn.into_iter().flatten().collect();
    let missing = missing(imported);
    let page = html::imported_page(&name, imported, (&pictures, missing.clone()))?;
    write_bytes(&folder.join(html::FILE), page.as_bytes())?;
    let unknown = pictures.iter().map(|picture| unknown_letters::of(&picture.name, &picture.svg));
    let unknown = unknown.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    Ok(Written { missing, unknown })
}

/// What a folder is called.
pub fn name(folder: &Path) -> String {
    folder.file_name().map_or_else(|| "import".into(), |name| name.to_string_lossy().into_owned())
}

fn draw(job: &ChartJob, folder: &Path) -> Result<Vec<Picture>, Error> {
    let pictures = job.draw()?;
    for picture in &pictures {
        let failed = |error: chart::ChartError| Error::Chart { name: picture.name.clone(), message: error.to_string() };
        let svg = chart::with_fonts(&picture.svg).map_err(failed)?;
        write_bytes(&folder.join(format!("{}.svg", picture.name)), svg.as_bytes())?;
        let png = chart::png(&picture.svg, SCALE).map_err(failed)?;
        write_bytes(&folder.join(format!("{}.png", picture.name)), &png)?;
    }
    let (values, csv) = (job.values(), format!("{}.csv", job.name()));
    let data = folder.join(CHART_DATA);
    chart_csv(&data.join(&csv), &values.table)?;
    write_bytes(&data.join(format!("{}.vl.json", job.name())), values.vega_text(&csv).as_bytes())?;
    Ok(pictures)
}

/// The line of the history. It has the day that the results name, else the moment of the import.
pub fn entry(folder: &Path, imported: &Imported, now: String) -> HistoryEntry {
    let answers = || imported.sources.iter().flat_map(|source| &source.answers);
    let day = answers().filter_map(|answer| answer.measured).max();
    let origin = imported.files.iter().find(|(name, _)| *name == FILE).map_or("", |(_, text)| text.as_str());
    let hash = sha256(origin.as_bytes());
    let line = |part: &crate::import::Measured| {
        let own = || answers().filter(|answer| answer.model == part.model && answer.dataset == part.dataset);
        let mut latencies: Vec<f64> = own().filter_map(|answer| answer.item.latency).collect();
        latencies.sort_by(f64::total_cmp);
        let costs: Vec<f64> = own().filter_map(|answer| answer.item.cost).collect();
        Line {
            model: part.model.to_string(),
            // What is parted by datasets here is parted by levels in a run.
            level: part.dataset.clone(),
            digest: None,
            samples: as_count(part.questions),
            score: part.score,
            score_interval: part.interval,
            is_guessing: false,
            latency_median_s: quantile(&latencies, 0.5),
            cost: (!costs.is_empty()).then(|| costs.iter().sum()),
        }
    };
    let content = RunContent {
        experiment: name(folder),
        smallbench: env!("CARGO_PKG_VERSION").to_owned(),
        spec_sha256: String::new(),
        overrides: Vec::new(),
        data_sha256: hash.clone(),
        models: imported.measured.iter().map(line).collect(),
    };
    let finished = day.map_or(now, |day| format!("{day}T00:00:00Z"));
    HistoryEntry { run: format!("import-{}", &hash[..8]), finished, content }
}
