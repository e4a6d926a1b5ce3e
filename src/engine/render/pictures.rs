//! Charts become files: pictures in the formats of the spec, and the values that they draw.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use crate::chart;
use crate::error::Error;
use crate::files::write_bytes;
use crate::plan::OutputPlan;
use crate::report::manifest::CHART_DATA;
use crate::report::pictures::{ChartJob, Picture};
use crate::report::unknown_letters;
use crate::spec::types::PictureFormat;
use crate::tables::write::chart_csv;

/// Pixels of a PNG per unit of the drawing.
const SCALE: f32 = 2.0;

/// The files of charts, and the letters that some of them cannot show.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) names: Vec<String>,
    pub(super) unknown: BTreeSet<char>,
}

/// Draws every chart, on all cores: each is independent of the others.
pub(super) fn draw_all(jobs: &[ChartJob], output: &OutputPlan, folder: &Path) -> Result<Drawn, Error> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(jobs.len().max(1));
    let queue = Mutex::new(jobs.iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut done = Vec::new();
        while let Some((index, job)) = next() {
            done.push((index, draw_one(job, output, folder)?));
        }
        Ok(done)
    };
    let outcomes: Vec<Result<Vec<(usize, Drawn)>, Error>> = thread::scope(|scope| {
        let others = 1..workers;
        // What the system gives no thread for is drawn by this one.
        let threads: Vec<_> = others.map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let own = std::iter::once(work());
        let theirs =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        own.chain(theirs.collect::<Vec<_>>()).collect()
    });
    let mut drawn: Vec<_> = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    drawn.sort_by_key(|(index, _)| *index);
    let mut all = Drawn::default();
    for (_, one) in drawn {
        all.names.extend(one.names);
        all.unknown.extend(one.unknown);
    }
    Ok(all)
}

fn draw_one(job: &ChartJob, output: &OutputPlan, folder: &Path) -> Result<Drawn, Error> {
    let mut drawn = Drawn::default();
    for picture in job.draw()? {
        draw_page(&picture, output, folder, &mut drawn)?;
    }
    if output.chart_data {
        drawn.names.extend(write_values(job, folder)?);
    }
    Ok(drawn)
}

/// Writes a picture in every format.
fn draw_page(picture: &Picture, output: &OutputPlan, folder: &Path, drawn: &mut Drawn) -> Result<(), Error> {
    for format in &output.formats {
        let bytes = match format {
            PictureFormat::Svg => chart::with_fonts(&picture.svg).map(String::into_bytes),
            PictureFormat::Png => chart::png(&picture.svg, SCALE),
            PictureFormat::Pdf => chart::pdf(&picture.svg, &picture.title),
        };
        let bytes = bytes.map_err(|error| Error::Chart { name: picture.name.clone(), message: error.to_string() })?;
        let name = format!("{}.{}", picture.name, ending(*format));
        write_bytes(&folder.join(&name), &bytes)?;
        drawn.names.push(name);
    }
    let is_for_any_viewer = output.formats.iter().all(|format| *format == PictureFormat::Svg);
    if !is_for_any_viewer {
        drawn.unknown.extend(unknown_letters::of(&picture.name, &picture.svg)?);
    }
    Ok(())
}

/// Writes what a chart draws: a table, and a Vega-Lite chart of it.
fn write_values(job: &ChartJob, folder: &Path) -> Result<[String; 2], Error> {
    let (values, csv) = (job.values(), format!("{}.csv", job.name()));
    let names = [format!("{CHART_DATA}/{csv}"), format!("{CHART_DATA}/{}.vl.json", job.name())];
    chart_csv(&folder.join(&names[0]), &values.table)?;
    write_bytes(&folder.join(&names[1]), values.vega_text(&csv).as_bytes())?;
    Ok(names)
}

/// The pictures that the summary shows: drawings, or what there is instead.
pub(super) fn shown(drawn: &[String]) -> Vec<String> {
    let of = |ending: &str| drawn.iter().filter(|name| name.ends_with(ending)).cloned().collect::<Vec<_>>();
    let drawings = of(".svg");
    if drawings.is_empty() { of(".png") } else { drawings }
}

pub(super) fn ending(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Png => "png",
        PictureFormat::Svg => "svg",
        PictureFormat::Pdf => "pdf",
    }
}
