//! The tables of a run besides that of its responses: each is written where there is something to be in it.

use std::path::Path;

use super::content::Rendered;
use super::{results_table, verdicts_table};
use crate::engine::aggregate::Aggregated;
use crate::error::Error;
use crate::files::write_bytes;
use crate::gates::junit;
use crate::tables::agreement::agreement_csv;
use crate::tables::comparisons::pairwise_csv;
use crate::tables::pairs::pairs_csv;
use crate::tables::positions_table::positions_csv;
use crate::tables::summary::Grouping;
use crate::tables::{server_metrics, write};

/// Writes the tables into a folder; gives their names.
///
/// # Errors
/// A file cannot be written or the store cannot be read.
pub(super) fn write(rendered: &Rendered<'_>, folder: &Path) -> Result<Vec<String>, Error> {
    let Rendered { responses, aggregated, opinions } = *rendered;
    let (plan, work) = (responses.plan, responses.work);
    let Aggregated { results, warmups, gates, .. } = aggregated;
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
    if warmups.values().any(|warmups| !warmups.is_empty()) {
        results_table::write_warmups(plan, warmups, results, &folder.join("warmups.csv"))?;
        names.push("warmups.csv");
    }
    if server_metrics::has_readings(&results.groups) {
        server_metrics::write(&folder.join(server_metrics::FILE), plan, &results.groups)?;
        names.push(server_metrics::FILE);
    }
    if plan.judges.iter().any(|judges| !judges.others.is_empty()) {
        verdicts_table::write(responses, opinions, folder)?;
        names.extend([verdicts_table::VERDICTS, verdicts_table::SUMMARY]);
    }
    if !opinions.asked.is_empty() {
        verdicts_table::write_asked(opinions, responses, folder)?;
        names.extend([verdicts_table::ASKED, verdicts_table::ASKED_SUMMARY]);
    }
    if opinions.agreements().next().is_some() {
        agreement_csv(&folder.join("judge_agreement.csv"), opinions.agreements())?;
        names.push("judge_agreement.csv");
    }
    if opinions.comparisons().next().is_some() {
        pairwise_csv(&folder.join("pairwise.csv"), opinions.comparisons())?;
        names.push("pairwise.csv");
    }
    if !gates.is_empty() {
        let report = junit(&plan.name, gates, plan.gating.unsure_fails);
        write_bytes(&folder.join("junit.xml"), report.as_bytes())?;
        names.push("junit.xml");
    }
    if plan.levels.iter().any(|level| level.is_open()) {
        write::arrivals_csv(&folder.join("arrivals.csv"), plan, work)?;
        names.push("arrivals.csv");
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}
