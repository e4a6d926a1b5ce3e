//! A percentile that is held against a limit. Too few answers for an interval may still bound it on one side, and one side
//! decides: the lower bound alone that a limit is broken, the upper bound alone that it is held.

use crate::format::{counted, interval, seconds};
use crate::statistics::{PERCENTILES, fewest_bounded};
use crate::tables::timing::Percentiles;

/// What the answers say of a percentile.
pub(super) struct Held {
    /// The percentile; halfway between the bounds where too few answers carry it.
    pub(super) estimate: f64,
    /// Its bounds, infinite on a side where there is none.
    pub(super) bounds: (f64, f64),
    /// Both in words.
    pub(super) shown: String,
    /// What it takes to say more, where too few answers carry an interval.
    pub(super) lacking: Option<String>,
}

/// What the answers say of a percentile.
///
/// # Errors
/// They bound it on neither side; the text says how many would.
pub(super) fn held(name: &str, percentiles: &Percentiles) -> Result<Held, String> {
    if let Some(known) = percentiles.named(name) {
        let bounds = (known.low, known.high);
        let shown = format!("{} [{}, {}]", seconds(known.value), seconds(known.low), seconds(known.high));
        return Ok(Held { estimate: known.value, bounds, shown, lacking: None });
    }
    let answers = counted(percentiles.n, "warm answer");
    let needed = PERCENTILES.iter().find(|known| known.1 == name).map_or(0, |(share, _)| fewest_bounded(*share));
    let from_above = format!("it takes {needed} of them to bound {name} from above");
    let (low, high) = percentiles.bounds(name);
    let (shown, lacking) = match (low, high) {
        (None, None) => return Err(format!("{name} has no bound with {answers}; {from_above}")),
        (Some(low), Some(high)) => (interval((low, high), seconds), "more of them narrow it".to_owned()),
        (Some(low), None) => (format!("at least {}", seconds(low)), from_above),
        (None, Some(high)) => (format!("at most {}", seconds(high)), "more of them bound it from below".to_owned()),
    };
    let bounds = (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
    let shown = format!("{shown} with {answers}");
    Ok(Held { estimate: f64::midpoint(bounds.0, bounds.1), bounds, shown, lacking: Some(lacking) })
}
