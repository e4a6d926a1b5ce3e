//! The view of time: a bar per request, of all clients that sent a level together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::shown::Shown;
use crate::chart::{BarKind, Frame, ServerReading, TimelineBar, TimelineChart, TimelineGroup};
use crate::clients::Session;
use crate::tables::figures::{Figures, duration};
use crate::tables::group::Group;
use crate::telemetry::{Observed, Reading, Word};

/// The timeline of each group; `None` without time stamps.
pub(in crate::report) fn timeline_view(groups: &[Shown<'_>], frame: Frame) -> Option<TimelineChart> {
    let (mut has_several, mut clients) = (false, 0);
    let views = groups.iter().map(|shown| {
        let (mut bars, mut readings) = (Vec::new(), Vec::new());
        if let Some(Group { figures, warmups, observed, .. }) = shown.group {
            let (clock, is_one_of_several) = largest_clock(figures);
            has_several |= is_one_of_several;
            clients = clients.max(clock.0.len());
            bars.extend(bars_of(warmups, &clock, BarKind::WarmUp));
            bars.extend(bars_of(figures, &clock, BarKind::Answer));
            readings = readings_of(observed, &clock);
        }
        TimelineGroup { label: shown.batch.label(), bars, readings }
    });
    let groups: Vec<TimelineGroup> = views.collect();
    let together = if clients > 1 { format!("Requests of {clients} clients, on one clock.") } else { String::new() };
    let several = if has_several {
        "Measured at several times, each with its own clock; the one with the most requests is shown."
    } else {
        ""
    };
    let note = [together.as_str(), several].join(" ").trim().to_owned();
    let chart = TimelineChart { frame, groups, axis: None, note };
    chart.groups.iter().any(|group| !group.bars.is_empty()).then_some(chart)
}

/// The runs that share a clock, each with how much later than the first it began.
struct Clock(BTreeMap<Arc<str>, Duration>);

/// The clock with the most rows (the last by the names of its runs if several), and whether there are others.
fn largest_clock(figures: &Figures) -> (Clock, bool) {
    let mut clocks: Vec<(Option<Session>, usize, Clock)> = Vec::new();
    for (run, rows) in figures.by_run(|row| figures.sent.get(row)) {
        let (session, later) = figures.clocks().place(&run).unzip();
        let later = later.unwrap_or_default();
        match clocks.iter_mut().find(|(known, ..)| known.is_some() && *known == session) {
            Some((_, count, Clock(runs))) => {
                *count += rows.len();
                runs.insert(run, later);
            }
            None => clocks.push((session, rows.len(), Clock(BTreeMap::from([(run, later)])))),
        }
    }
    let has_several = clocks.len() > 1;
    let largest = clocks.into_iter().max_by_key(|(_, rows, _)| *rows);
    (largest.map_or(Clock(BTreeMap::new()), |(.., clock)| clock), has_several)
}

/// What a server said in these runs.
fn readings_of(observed: &Observed, Clock(runs): &Clock) -> Vec<ServerReading> {
    let stretches = observed.stretches.iter().filter_map(|stretch| Some((stretch, runs.get(&*stretch.run)?)));
    let reading = |reading: &Reading, later: &Duration| {
        let word = |word| reading.words.get(&word).copied();
        let at = reading.at_s + later.as_secs_f64();
        ServerReading { at, running: word(Word::Running), waiting: word(Word::Waiting) }
    };
    let readings = stretches.flat_map(|(stretch, later)| stretch.readings.iter().map(move |said| reading(said, later)));
    let mut readings: Vec<ServerReading> = readings.collect();
    readings.sort_by(|left, right| left.at.total_cmp(&right.at));
    readings
}

/// The bars of these runs; `usual` is what an answer of a warm model is.
fn bars_of(figures: &Figures, Clock(runs): &Clock, usual: BarKind) -> Vec<TimelineBar> {
    let known = figures.by_run(Some).into_iter().filter_map(|(run, rows)| Some((rows, *runs.get(&run)?)));
    let placed = known.flat_map(|(rows, later)| rows.into_iter().map(move |row| (row, later)));
    let mut placed: Vec<(usize, Duration)> = placed.collect();
    placed.sort_unstable();
    placed.into_iter().filter_map(|(row, later)| bar(figures, row, later.as_secs_f64(), usual)).collect()
}

fn bar(figures: &Figures, row: usize, later: f64, usual: BarKind) -> Option<TimelineBar> {
    let sent = figures.sent.get(row)?;
    let first_token =
        figures.first_token.get(row).map(|first| (duration(sent) + duration(first)).as_secs_f64() + later);
    let kind = match usual {
        _ if figures.fault.get(row) == Some(true) => BarKind::Fault,
        BarKind::Answer if figures.cold.get(row) == Some(true) => BarKind::Cold,
        usual => usual,
    };
    Some(TimelineBar {
        scheduled: figures.scheduled.get(row)? + later,
        sent: sent + later,
        first_token,
        end: figures.flight_end.get(row)? + later,
        kind,
        tokens: figures.output_tokens.get(row).and_then(|tokens| u32::try_from(tokens).ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::Clocks;
    use crate::clients::tests::part;
    use crate::report::pictures::shown::shown;
    use crate::tables::fixture::Fixture;
    use crate::tables::group::Results;
    use crate::work::batch::Batch;

    fn chart(batches: &[Batch], results: &Results) -> Option<TimelineChart> {
        timeline_view(&shown(batches, results), Frame::default())
    }

    #[test]
    fn a_timeline_keeps_to_one_clock() {
        let mut fixture = Fixture::new(4);
        let batches = Batch::all(&fixture.plan);
        let chart = |fixture: &Fixture| chart(&batches, &fixture.results());
        assert_eq!(chart(&fixture), None);
        fixture.back_to_back(1);
        fixture.responses[3].run = "run-2".into();
        fixture.responses[1].cold = true;
        let chart = chart(&fixture).unwrap();
        let kinds: Vec<BarKind> = chart.groups[0].bars.iter().map(|bar| bar.kind).collect();
        assert_eq!(kinds, [BarKind::Answer, BarKind::Cold, BarKind::Answer]);
        assert!(chart.note.contains("several times"));
    }

    #[test]
    fn clients_that_began_together_stand_on_one_clock() {
        let mut fixture = Fixture::new(4);
        fixture.back_to_back(1);
        (2..4).for_each(|index| fixture.responses[index].run = "run-2".into());
        let batches = Batch::all(&fixture.plan);
        let mut results = fixture.results();
        let alone = chart(&batches, &results).unwrap();
        assert_eq!((alone.groups[0].bars.len(), alone.note.contains("several times")), (2, true));
        let clocks = Clocks::of(vec![part("run-1", (1, 2), 0, 10_000), part("run-2", (2, 2), 500, 10_000)]);
        let group = &mut results.groups[0];
        group.figures = group.figures.clone().with_clocks(clocks);
        let together = chart(&batches, &results).unwrap();
        let bars = &together.groups[0].bars;
        assert_eq!((bars.len(), &*together.note), (4, "Requests of 2 clients, on one clock."));
        assert!((bars[2].sent - alone.groups[0].bars[0].sent).abs() < 1.0, "{bars:?}");
    }
}
